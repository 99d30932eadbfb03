"""The 资金渠道 column of a task table: which money, from whom, how far along."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from minsheng.task_table.parsers.amounts import Amount, exact
from minsheng.task_table.parsers.brackets import parts_in
from minsheng.task_table.parsers.equations import sums_in, units_written_out
from minsheng.task_table.parsers.figures import UNREAD, Token, blank_out, joined, share_out, tokens_of
from minsheng.task_table.parsers.inherited import (
    EACH,
    LISTED,
    carried_stage,
    in_proportion,
    inherited,
    only_total,
    parts_of_rate,
    payer_of_total,
    payers_behind,
    rate_listed,
    rest_of_total,
    said_of_another,
    small_sum,
    source_for_all,
    stage_for_all,
    sum_of_rates,
    take_back_changed,
    without_baselines,
)
from minsheng.task_table.parsers.money_lines import Context, Funding, FundingItem, FundingSum, wrong_sum
from minsheng.task_table.parsers.numbers import ARABIC
from minsheng.task_table.parsers.own_level import own_level_left, with_own_level
from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.sources import (
    HIGHER,
    MIXED,
    OTHER,
    UNSPECIFIED,
    includes_others,
    one_source,
    sources_in,
)
from minsheng.task_table.parsers.terms import NOT_YET, rate_of, source_of, stage_of, use_of
from minsheng.task_table.parsers.text import SAME_TEXTS, is_nothing, without_endless_numbers
from minsheng.task_table.parsers.totals import kind_of_total

_NO_MONEY = re.compile(
    r"(?:无需|不需|不涉及|无|没有|不用)(?:要)?(?:新增|安排|财政|专项)?(?:资金|经费|投入|投资)?(?:投入|安排)?[。.]?"
)
# 缺口100万元 is money that nobody gives yet.
_GAP = re.compile(r"(?:缺口|尚缺|还差|尚差|不足)(?:资金)?(?:为|约|达|:)*$")
# 较上年增加60万元 compares, and nobody gives it.
_COMPARED = re.compile(
    r"(?:较|比|同比)(?:上年|去年|上一年|往年|同期|20\d\d年|上年度)?(?:同期)?(?:增[加长]?|提高|上升|新增|减少?|下降|降低|节约|多)(?:了|约|资金|投入|安排|支出|:)*$"
)
# 区财政补助80%(约240万元): the share in figures.
_IN_FIGURES = re.compile(r"\((?:约|计|即|合计?|折合|共计?|预计|预算|资金|为)*")
_SOMEBODY_PAYS = re.compile("自筹|承担|出资|配套|负担|解决|列支|兜底")
_OVER_YEARS = re.compile(r"分(?:[两二三四五\d]|若干)年[^,，;；。]*")  # 1亿元，分三年下达，2024年3000万元
_YEAR = re.compile(r"(20\d\d)年")
_SENTENCES = re.compile(r"[；;。\n]")
_TO_BE_SET = re.compile(r"(?:根据|按照?|以|待)[^,，]*(?:确定|执行|为准|下达|安排)(?=[,，])")
_ALL_OF_IT = re.compile(r"(?:所需|以上|上述|全部)(?:资金|经费)")
_PART_BEFORE = re.compile(r"\((?:内|其中)?(?:包?含|包括)")
_BEHIND = re.compile(r"\([^()]*\)|[,，](?:其中)?(?:包含|包括|含)[^,，]*")
_PERCENT = re.compile(r"\d+(?:\.\d+)?%")
_INSIDE = re.compile(r"[(,，](?:其中|内?(?:包含|包括|含))")


@lru_cache(maxsize=SAME_TEXTS)
def parse_funding(text: str, *, year: int | None = None, unit: str = "", level: str = "") -> Parsed[Funding]:
    """Read every amount of a cell with its source and stage; ``year`` is the table's, ``unit`` that of bare numbers.

    ``level`` (省, 市, 县) is that of the government whose table it is, and of 本级.

    Amounts are exact and in 万元. 总投资 and 计划投资 and 共计 are totals and not lines; an amount per person or
    piece is a rate and has no amount; 2022年… in a table of 2023 is for reference, with all that follows in its
    sentence. An amount whose source the text does not name is kept as 其他 and a person is asked. Never raises.

    >>> cell = parse_funding("专项债资金6500万元、区财政资金1700万元，共计8200万元。").value
    >>> [(line.source, str(line.amount_wan)) for line in cell.lines], [total.kind for total in cell.totals]
    ([('地方政府专项债', '6500'), ('区级财政', '1700')], ['sum'])
    >>> cell = parse_funding("区级财政6500万元+市级1700万元=8300万元")
    >>> [(line.source, str(line.amount_wan)) for line in cell.value.lines], dict(cell.issues[0].params)
    ([('区级财政', '6500'), ('市级', '1700')], {'text': '8300万元', 'amount': '8200'})
    >>> (line,) = parse_funding("按每人每月2889.43元测算").value.lines
    >>> line.amount_wan is None, line.rate
    (True, (Decimal('2889.43'), '人·月'))
    >>> parse_funding("2022年共计65万元，省级补贴39万元", year=2023).value.lines[0].reference_year
    2022
    >>> [(line.amount_wan, line.stage) for line in parse_funding("申请专项债6000万元，目前未到位").value.lines]
    [(Decimal('6000'), 'applied')]
    """
    cell = without_endless_numbers(joined(text, bare=bool(unit)))
    if is_nothing(cell) or _NO_MONEY.fullmatch(cell):
        return Parsed(Funding(), text)
    if unit:
        cell = re.sub(rf"(?<![\d.,])({ARABIC})(?=$|[、；;。()\n]|,(?!\d))", rf"\g<1>{unit}", cell)
    cell = with_own_level(in_proportion(units_written_out(cell, unit)), level)
    context = Context(year, in_yuan=unit == "元")
    depth = 0
    for sentence in _SENTENCES.split(cell):
        if depth <= 0:
            context.reference, context.part_stage, context.said_stage, context.respectively = None, None, None, []
        _read_sentence(sentence, context)
        depth += sentence.count("(") - sentence.count(")")
    if not context.lines and not context.totals:
        source = one_source(cell)
        context.lines.append(FundingItem(source or OTHER, stage=stage_of(cell), text=cell))
        context.ask("info", "funding_no_amount", cell)
    parts_of_rate(context)
    sum_of_rates(cell, context)
    if (
        not only_total(cell, context)
        and not context.lines
        and (
            _SOMEBODY_PAYS.search(cell)
            or any(total.kind != "total_investment" or "总" not in total.text for total in context.totals)
        )
    ):
        context.ask("warning", "funding_total_only", context.totals[0].text)
    unread = UNREAD.search(blank_out(cell, tokens_of(cell)))
    if not unread and all(line.source != MIXED for line in context.lines):  # 专项债70%、财政30%
        unread = _PERCENT.search(blank_out(cell, tokens_of(cell)))
    if unread:
        context.ask("warning", "funding_number_unread", unread[0])
    if (years := _OVER_YEARS.search(cell)) and len(context.lines) > 1:
        context.ask("warning", "funding_part", years[0])
    _ask_of_rest(context)
    _compare(context)
    return Parsed(Funding(tuple(context.lines), tuple(context.totals)), text, tuple(context.issues))


def _read_sentence(sentence: str, context: Context) -> None:
    tokens = tokens_of(sentence)
    if not tokens:
        _without_figures(sentence, context)
        return
    share_out(sentence, tokens)
    tokens = without_baselines(sentence, tokens, context)
    context.parts, context.sums = parts_in(sentence, tokens), sums_in(sentence, tokens)
    first_line, first_total = len(context.lines), len(context.totals)
    unstated = _TO_BE_SET.match(tokens[0].before)
    if unstated:
        context.lines.append(FundingItem(OTHER, text=unstated[0]))
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if token.share is not None:
            each = sources_in(token.who) if EACH.search(token.who) else ()  # 市、县各承担50%
            for source in each or (one_source(token.who) or OTHER,):
                context.lines.append(FundingItem(source, share=token.share, text=sentence[token.start : token.end]))
        elif token.amount is not None:
            _read_amount(sentence, token, token.amount, following, context)
    stage_for_all(sentence, context, first_line)
    if payer_of_total(tokens[-1].after, sentence, context, first_line, first_total):
        return
    if not rest_of_total(tokens[-1].after, context):
        payers_behind(tokens[-1].after, context)
    source_for_all(sentence, context, 0 if _ALL_OF_IT.match(sentence) else first_line)


def _without_figures(sentence: str, context: Context) -> None:
    """A sentence that names a source and no amount: 其余申请上级资金, 待上级下达."""
    if context.lines and rest_of_total(sentence, context):
        return
    if not context.lines and payer_of_total(sentence, sentence, context, 0, 0):  # 计划投资560万元。由企业自筹。
        return
    source = one_source(sentence)
    stage = stage_of(sentence)
    if source is None and stage == "secured" and context.lines:  # 财政资金500万元。资金已到位。
        context.lines = [line if line.stage else replace(line, stage=stage) for line in context.lines]
    if source is None or (re.match(r"[^,，]*$", sentence) and re.search(r"岗位$|[:：]$", sentence)):
        return
    later = re.match(r"(?:均|全部|以上|资金)+[^,，]*(?:为|由|从|来自|来源)", sentence)
    if later and context.lines and context.lines[-1].source == OTHER:
        context.lines = [replace(line, source=source) if line.source == OTHER else line for line in context.lines]
        return
    if (
        context.lines
        and not re.search(r"其余|剩余|不足|缺口|差额|待|另", sentence)
        and re.search(r"由.+两部分|组成|构成", sentence)
    ):
        return
    context.lines.append(FundingItem(source, stage=stage, text=sentence.strip("()")))


def _read_amount(sentence: str, token: Token, amount: Amount, following: Token | None, context: Context) -> None:
    _year_of(token, context)
    text = token.phrase(sentence)
    source = source_of(token) or context.parts.owners.get(token.start)
    if sentence[token.start] == "近":
        context.ask("info", "nearly", text)
    if _is_rate(sentence, token, amount, source, context):
        return
    if (_GAP.search(token.head) and source is None) or _COMPARED.search(token.head):
        context.ask("info", "funding_gap" if _GAP.search(token.head) else "funding_compared", text)
        return
    kind = kind_of_total(token, following)
    spent = kind == "year_plan" and "投入" in token.head and context.lines and context.lines[-1].source != OTHER
    if kind == "sum" and following is None and _one_rate(context):  # 县财政补贴每户2000元，共计40万元
        source = context.lines[-1].source
    elif spent:  # 县财政2023年已投入500万元，2024年计划投入800万元
        source = context.lines[-1].source
        context.ask("warning", "funding_total_as_line", text)
    elif kind or token.start in context.parts.wholes or token.start in context.sums:
        kind = kind or "sum"
        context.totals.append(FundingSum(kind, amount.wan, amount.approx, text, context.reference))
        context.after_total = True
        context.checked += context.totals[-1:] if token.start in {*context.parts.wholes, *context.sums} else []
        if token.start in context.sums:
            context.stage_for_parts(stage_of(token.after))
            wrong = context.sums[token.start] != amount.wan
            context.issues += [wrong_sum(context.totals[-1], context.sums[token.start])] if wrong else []
        stage = stage_of(token.before)
        if kind == "sum" and stage:  # 40%由市财政承担（预计投入资金36万元
            context.lines = [replace(n, stage=n.stage or stage) if n.share is not None else n for n in context.lines]
        context.part_stage = stage if kind == "sum" or "(" in token.after else None
        if kind == "total_investment" and following and following.before.startswith(("(", "，其中", ",其中")):
            context.part_stage = stage_of(token.head)
        return
    if small_sum(token, amount, sentence) and not context.in_yuan:
        context.ask("warning", "funding_small", text)
    _append_line(token, amount, source, text, following, context)


def _is_rate(sentence: str, token: Token, amount: Amount, source: str | None, context: Context) -> bool:
    """Take an amount per person or piece, or one that is listed behind such a one, as a rate."""
    rate, text = rate_of(token, amount), token.phrase(sentence)
    if rate is None and (rate := rate_listed(token, amount, sentence, context)):
        source = source or context.lines[-1].source
    if rate is None:
        return False
    context.lines.append(FundingItem(source or OTHER, text=text + token.after, rate=rate))
    if rate[1] == "年":
        context.ask("warning", "funding_each_year", text)
    return True


def _append_line(
    token: Token, amount: Amount, source: str | None, text: str, following: Token | None, context: Context
) -> None:
    own = stage_of(token.head) or stage_of(token.before)
    behind = None if said_of_another(token, source, context) else stage_of(token.after)
    stage = own or behind or carried_stage(token, context) or context.part_stage
    context.said_stage = (own or (None if behind else stage)) if source else None
    if NOT_YET.search(token.after) and stage == "secured":
        stage = "applied"
    named = list(sources_in(token.head))
    alone = not (following and LISTED.fullmatch(following.before))
    if len(named) > 1 and alone and EACH.search(token.head):  # 市区各150万元
        if "彩" in token.head and len(named) > 2:  # 市、区两级体彩公益金各150万元: the levels, not the lottery besides
            named = [each for each in named if each != OTHER]
        context.lines += [
            FundingItem(each, amount.wan, amount.approx, stage, text, "", context.reference) for each in named
        ]
        return
    source = inherited(token, source, named, stage, alone=alone, context=context)
    if earlier := take_back_changed(token, source, context):
        source = source or earlier.source
        context.ask("warning", "funding_changed", text)
    if amount.maximum is not None:
        context.ask("warning", "funding_range", text)
    for position, line in enumerate(context.lines):
        its = line.source == source or (line is context.lines[-1] and _IN_FIGURES.fullmatch(token.before))
        if line.share is not None and line.amount_wan is None and its:  # 60%由区财政承担（…21.6万元）
            context.lines[position] = replace(
                line, amount_wan=amount.wan, approx=amount.approx, stage=stage, text=f"{line.text},{text}"
            )
            return
    context.lines.append(
        FundingItem(source or OTHER, amount.wan, amount.approx, stage, text, use_of(token.head), context.reference)
    )
    if context.reference is not None:
        context.ask("info", "funding_of_year", text)
    _ask_of_line(token, source, text, context)


def _ask_of_line(token: Token, source: str | None, text: str, context: Context) -> None:
    """What the words of an amount that was just read leave open."""
    if _PART_BEFORE.match(token.before) or _inside_another(token, source, context):
        context.ask("warning", "funding_part", text)
    context.after_total = False
    if source is None or (source == UNSPECIFIED and own_level_left(text)):
        context.ask("warning", "funding_source_unknown", text)
    if source == MIXED:
        context.ask("info", "funding_mixed", text)
    elif source != HIGHER and (includes_others(token.head) or includes_others(text + _behind(token))):
        context.ask("warning", "funding_includes", text + _behind(token))


def _behind(token: Token) -> str:
    """The words right behind an amount: (含上级) of 区财政500万元(含上级), ,含上级 of 区财政500万元,含上级."""
    found = _BEHIND.match(token.after)
    return found[0] if found else ""


def _inside_another(token: Token, source: str | None, context: Context) -> bool:
    """市级专项资金600万元(其中区级配套200万元), 区财政500万元，含省级补助200万元: a part of what another pays."""
    before = [line for line in context.lines[:-1] if line.amount_wan is not None]
    return (
        bool(before)
        and not context.after_total
        and _INSIDE.match(token.before) is not None
        and source not in (None, OTHER, before[-1].source)
    )


def _one_rate(context: Context) -> bool:
    return len(context.lines) == 1 and context.lines[0].rate is not None and context.lines[0].source != OTHER


def _year_of(token: Token, context: Context) -> None:
    """An amount of another year is for reference only, and so is what follows it in the sentence."""
    named = _YEAR.findall(token.before)
    if named and context.year is not None:
        last = int(named[-1])
        context.reference = last if last != context.year else None


def _ask_of_rest(context: Context) -> None:
    """Ask of a rest without an amount where the total and all other amounts are stated, and of shares of an amount."""
    lines = [line for line in context.lines if line.reference_year is None]
    totals = [total for total in context.totals if total.reference_year is None]
    shares = [line for line in lines if line.share is not None and line.amount_wan is None]
    if totals and shares:
        context.ask("info", "funding_no_amount", "、".join(dict.fromkeys(line.text for line in shares)))
    rest = [line for line in lines if line.amount_wan is None]
    if len(totals) != 1 or len(rest) != 1 or not re.match("其余|剩余|余下", rest[0].text):
        return
    amount = totals[0].amount_wan - sum(line.amount_wan for line in lines if line.amount_wan is not None)
    if len(lines) > 1 and amount > 0:
        context.issues = [issue for issue in context.issues if issue.params["text"] != rest[0].text]
        params = {"text": rest[0].text, "amount": str(exact(amount))}
        context.issues.append(Issue("funding", "warning", "funding_rest", params))


def _compare(context: Context) -> None:
    """Ask where the lines do not add up to the sum that the cell itself states."""
    lines = [line for line in context.lines if line.reference_year is None]
    checked = context.checked if len(lines) == len(context.lines) else []  # 7500万元(2022年5000万元,2023年2500万元)
    sums = [total for total in context.totals if total.kind == "sum" and total not in checked]
    if len(sums) != 1 or sums[0].reference_year is not None or any(line.amount_wan is None for line in lines):
        return
    added = sum((line.amount_wan for line in lines if line.amount_wan is not None), Decimal(0))
    if lines and added != sums[0].amount_wan and not any(line.share for line in lines):
        context.issues.append(wrong_sum(sums[0], added))
