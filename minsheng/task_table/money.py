"""The funding of one row, out of all the columns that speak of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header
from minsheng.task_table.meanings import below_money
from minsheng.task_table.parsers.amounts import amount_in_column
from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.money_lines import Funding, FundingItem, FundingSum, wrong_sum
from minsheng.task_table.parsers.own_level import with_own_level
from minsheng.task_table.parsers.parsed import Issue, Parsed, Severity
from minsheng.task_table.parsers.sources import MIXED, OTHER, UNSPECIFIED, one_source
from minsheng.task_table.parsers.text import is_nothing, plain
from minsheng.task_table.rates import COUNTS, counted, of_rates
from minsheng.task_table.sheet import Sheet
from minsheng.task_table.told_in_content import clauses_of_money, money_to_reach, tells_money_too

_SHARED = re.compile("按比例|分担|共担|共同(?:承担|负担|出资)|各半")
_KINDS = {"amount_total": "total_investment", "amount_year_plan": "year_plan", "amount_sum": "sum"}
_BARE = {"amount": "sum"}  # unless its money is that of a source in another column


def read_money(sheet: Sheet, header: Header, row: int, year: int | None, level: str) -> tuple[Funding, list[Issue]]:
    """Lines and totals of a row. What is merged over several rows belongs to the first, and is asked about in each."""
    lines: list[FundingItem] = []
    totals: list[FundingSum] = []
    issues: list[Issue] = []
    bare: list[tuple[Column, FundingSum]] = []
    told = tells_money_too(header)
    for column in header.columns:
        meaning = column.meaning.partition(":")[0]
        if meaning not in ("funding", "amount", *_KINDS) and column is not told:
            continue
        cell = sheet.cell(row, column.index)
        text = clauses_of_money(cell.text) if column is told else cell.text
        if is_nothing(text):
            continue
        if sheet.bottom(cell) > cell.row:
            issues.append(_issue("warning", "funding_shared", text))
            if cell.row != row:
                continue
        if column is told:
            parsed = parse_funding(text, year=year, level=level)
            lines += parsed.value.lines
            totals += parsed.value.totals
            issues += parsed.issues
            issues += [_issue("warning", "target_money", reached)] if (reached := money_to_reach(text)) else []
            continue
        if meaning == "funding":
            parsed = parse_funding(cell.text, year=year, unit=column.unit or header.amount_unit, level=level)
            parsed = _of_header(parsed, one_source(plain(column.header)))
            stated = _of_column(parsed.value, column)
            lines += stated.lines
            totals += stated.totals
            issues += parsed.issues
            continue
        _read_column(column, header, cell.text, (year, level), (lines, totals, issues, bare))
    paid = of_rates(lines, [*totals, *(total for _column, total in bare)])
    _join_bare(header, lines, totals, issues, bare)
    if paid is not None:
        _take_as_paid(sheet, header, row, paid, (lines, issues))
    if len(totals) > 1:
        issues += _ask_of_sums(header, totals)
    return Funding(tuple(lines), tuple(totals)), issues


_Found = tuple[list[FundingItem], list[FundingSum], list[Issue], list[tuple[Column, FundingSum]]]


def _take_as_paid(
    sheet: Sheet, header: Header, row: int, paid: FundingItem, found: tuple[list[FundingItem], list[Issue]]
) -> None:
    """省财政按130元/人补助 | 312: the amount is that of the rate, surely where a figure of the row times it makes it.

    A 总投资 that it does not make may as well hold what others pay: it stays a total.
    """
    lines, issues = found
    counts = [sheet.text(row, column.index) for column in header.columns if column.meaning in COUNTS]
    certain = counted(paid, lines, counts)
    if not certain and any(c.meaning == "amount_total" and "总" in c.header for c in header.columns):
        return
    lines.append(paid)
    issues[:] = [issue for issue in issues if issue.code != "funding_no_source"]
    issues.append(_issue("info" if certain else "warning", "funding_total_as_line", paid.text))


def _read_column(column: Column, header: Header, text: str, told: tuple[int | None, str], found: _Found) -> None:
    """A cell in a column of amounts."""
    lines, totals, issues, bare = found
    unit = column.unit or header.amount_unit
    if not unit:
        unit = "万元"
        if re.fullmatch(r"[^一-鿿]+", plain(text)):
            issues.append(_issue("info", "funding_unit_assumed", column.header))
    payer = (
        column.source in ("", UNSPECIFIED) and one_source(with_own_level(plain(text), told[1])) is not None
    )  # 区财政85万元 in a column of amounts
    amount = None if payer else amount_in_column(text, unit)
    if amount is None:
        parsed = parse_funding(text, year=told[0], unit=unit, level=told[1])
        parsed = _of_header(parsed, column.source or one_source(plain(column.header)))
        if any(line.amount_wan is not None for line in parsed.value.lines) or parsed.value.totals:
            stated = _of_column(parsed.value, column)
            lines += stated.lines
            totals += stated.totals
            issues += parsed.issues
        else:
            issues.append(_issue("info", "funding_no_amount", text))
        return
    wan, approx = amount
    if column.source:
        if wan:
            stage = column.stage or None
            lines.append(FundingItem(column.source, wan, approx, stage, plain(text), "", column.year))
        return
    kind = _KINDS.get(column.meaning, "sum")
    total = FundingSum(kind, wan, approx, plain(text), column.year)
    if column.meaning == "amount" and column.year is None:
        bare.append((column, total))
    else:
        totals.append(total)


def _of_column(found: Funding, column: Column) -> Funding:
    """What a column states in words is of the year, and at the stage, that its header names, unless a cell says it."""
    if column.year is None and not column.stage:
        return found
    year, stage = column.year, column.stage or None
    return Funding(
        tuple(replace(n, reference_year=n.reference_year or year, stage=n.stage or stage) for n in found.lines),
        tuple(replace(n, reference_year=n.reference_year or year) for n in found.totals),
    )


def _ask_of_sums(header: Header, totals: Sequence[FundingSum]) -> list[Issue]:
    """所需资金 | 项目预算: two sums of one row, and no word of how one is in the other."""
    kinds = Counter(total.kind for total in totals if total.reference_year is None)
    issues = []
    for kind in ("sum", "year_plan"):
        if kinds[kind] < 2:
            continue
        columns = [c for c in header.columns if _KINDS.get(c.meaning, _BARE.get(c.meaning)) == kind and c.year is None]
        if len(columns) > 1:
            issues.append(_issue("warning", "funding_sums", "、".join(f"“{column.own}”" for column in columns)))
    return issues


def _of_header(parsed: Parsed[Funding], source: str | None) -> Parsed[Funding]:
    """省级财政投入（亿元） over 已安排3.1: an amount of nobody is that of its column."""
    if source in (None, MIXED, OTHER):
        return parsed
    unknown = {issue.params["text"] for issue in parsed.issues if issue.code == "funding_source_unknown"}
    open_ = [line for line in parsed.value.lines if line.source == OTHER and line.text in unknown]
    lines = tuple(replace(line, source=source) if line in open_ else line for line in parsed.value.lines)
    told = {line.text for line in open_}
    issues = tuple(
        issue
        for issue in parsed.issues
        if not (issue.code == "funding_source_unknown" and issue.params["text"] in told)
    )
    return replace(parsed, value=replace(parsed.value, lines=lines), issues=issues)


def _open(line: FundingItem) -> bool:
    """Whether a line names one source and no amount, or those who share one: 市、区财政按比例分担."""
    if line.source == MIXED and _SHARED.search(line.text):
        return line.amount_wan is None and line.rate is None
    several = re.search(r"[、,，;；+和及与]", line.text) is not None
    return line.amount_wan is None and line.rate is None and line.share is None and not several


def _pay_together(line: FundingItem) -> bool:
    """Whether a line lists those who pay one amount together, each by a name of its own: 自有资金、社会捐赠."""
    names = re.split(r"[、,，;；+和及与]", line.text)
    stated = line.amount_wan is not None or line.rate is not None or line.share is not None
    return not stated and len(names) > 1 and all(one_source(name) for name in names)


def _join_bare(
    header: Header,
    lines: list[FundingItem],
    totals: list[FundingSum],
    issues: list[Issue],
    bare: list[tuple[Column, FundingSum]],
) -> None:
    """资金来源 | 金额: the amount of the second column is that of the one source in the first."""
    stated = [
        column
        for column in header.columns
        if column.meaning.partition(":")[0] in ("amount", *_KINDS) and column.year is None
    ]
    if len(stated) == 1 and len(totals) == len(lines) == 1 and not bare and _open(lines[0]):
        # 总投资 | 资金来源, and one source only: the whole amount is its.
        lines[0] = replace(lines[0], amount_wan=totals[0].amount_wan, approx=totals[0].approx)
        issues.append(_issue("info", "funding_amount_from_column", stated[0].header))
    for column, total in bare:
        together = len(lines) == 1 and _pay_together(lines[0])
        if len(bare) == 1 and len(lines) == 1 and (_open(lines[0]) or together):
            source = MIXED if together else lines[0].source
            lines[0] = replace(lines[0], source=source, amount_wan=total.amount_wan, approx=total.approx)
            issues[:] = [i for i in issues if (i.code, i.params["text"]) != ("funding_no_amount", lines[0].text)]
            issues += [_issue("info", "funding_mixed", lines[0].text)] if together else []
        elif any(line.amount_wan is not None for line in lines):
            totals.append(total)
            if below_money(column.header) and total.amount_wan != sum(line.amount_wan or 0 for line in lines):
                issues.append(_issue("warning", "funding_no_source", column.header))  # 资金安排 over a word unknown
        else:
            totals.append(total)
            issues.append(_issue("info", "funding_no_source", column.header))


def compare_columns(funding: Funding) -> list[Issue]:
    """Ask where amounts by source, each in its own column, do not add up to the column of their sum."""
    sums = [total for total in funding.totals if total.kind == "sum" and total.reference_year is None]
    lines = [line for line in funding.lines if line.reference_year is None]
    planned = {line.source for line in lines if line.stage in (None, "planned")}
    amounts = [line.amount_wan for line in lines if line.stage in (None, "planned") or line.source not in planned]
    if len(sums) != 1 or not amounts or any(amount is None for amount in amounts):
        return []
    added = sum((amount for amount in amounts if amount is not None), Decimal(0))
    same = added == sums[0].amount_wan or any(line.source == OTHER or line.share for line in funding.lines)
    return [] if same else [wrong_sum(sums[0], added)]


def _issue(severity: Severity, code: str, text: str) -> Issue:
    return Issue("funding", severity, code, {"text": plain(text)})
