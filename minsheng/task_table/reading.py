"""Reading a task table: from a file to a ``TableReading``. No database."""

import re
from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from minsheng.progress import tell
from minsheng.task_table.choice import Part, choose, header_in_year, same_words
from minsheng.task_table.deadline_column import may_be_deadlines
from minsheng.task_table.dump import dump, load, to_json
from minsheng.task_table.header import Header, other_headers, sample_rows
from minsheng.task_table.meanings import DESCRIPTIONS, MEANINGS
from minsheng.task_table.money_columns import told_of_money
from minsheng.task_table.name_columns import unsure_names
from minsheng.task_table.own_rows import issues_as_in_file, rows_as_in_file
from minsheng.task_table.package import Source, TaskTableRefused
from minsheng.task_table.parsers.own_level import level_of, own_level_left
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.sources import UNSPECIFIED, includes_others
from minsheng.task_table.parsers.text import one_line, plain
from minsheng.task_table.pasted import decoded, open_pasted
from minsheng.task_table.result import (
    Candidate,
    Deliverable,
    JoinedHeader,
    RowReading,
    SkippedRow,
    SourceCell,
    TableReading,
)
from minsheng.task_table.row import Above
from minsheng.task_table.rows import first_leads, mark_leads, title_of
from minsheng.task_table.sheet import Sheet, together
from minsheng.task_table.table_sums import Run, totals_that_differ
from minsheng.task_table.target_columns import is_of_other_years
from minsheng.task_table.told_in_content import column_telling, tells_money_too
from minsheng.task_table.walk import read_rows
from minsheng.task_table.workbook import open_workbook
from minsheng.task_table.year import year_of

__all__ = [
    "Candidate",
    "Deliverable",
    "RowReading",
    "SkippedRow",
    "SourceCell",
    "TableReading",
    "TaskTableRefused",
    "decoded",
    "dump",
    "load",
    "read_pasted",
    "read_table",
    "to_json",
]

LONGEST_TITLE = 200  # that of a programme
_ONCE = ("funding_unit_assumed", "funding_no_source", "lead_of_both")
_MONEY_TOO = re.compile("资金|投资|经费|预算")


def read_table(
    source: Source,
    *,
    name: str,
    year: int | None = None,
    sheet: str | None = None,
    known_units: Collection[str] = (),
    mapping: Mapping[str, str] | None = None,
    joining: Collection[str] | None = None,
) -> TableReading:
    """Read the task table of a file; ``name`` is for people and may tell the year.

    ``year`` and ``sheet`` are found where they are not given. ``known_units`` are names known to be whole.
    ``mapping`` says what columns mean, in place of what their headers seem to say: words or letter of a column → one
    of ``MEANINGS``, or empty. ``joining`` are names of other sheets whose rows are read with it; where nobody says
    which, tables of a document that go on from it. Raises ``TaskTableRefused`` for a file that holds no readable table;
    what is unsure within one becomes an issue.
    """
    tell(_("Opening the file"))
    sheets = open_workbook(source, name=name)
    return _read(sheets, name, year=year, sheet=sheet, known_units=known_units, mapping=mapping, joining=joining)


def read_pasted(
    text: str,
    *,
    name: str = "",
    year: int | None = None,
    known_units: Collection[str] = (),
    mapping: Mapping[str, str] | None = None,
) -> TableReading:
    """Read a table that was copied from Excel, Word or a page and pasted as text; rows count from 1."""
    return _read([open_pasted(text)], name, year=year, sheet=None, known_units=known_units, mapping=mapping)


def _read(
    sheets: list[Sheet],
    name: str,
    *,
    year: int | None,
    sheet: str | None,
    known_units: Collection[str],
    mapping: Mapping[str, str] | None,
    joining: Collection[str] | None = None,
) -> TableReading:
    if unknown := set((mapping or {}).values()) - {*MEANINGS, ""}:
        raise TaskTableRefused(_("There is no column of the kind %(meaning)s.") % {"meaning": min(unknown)})
    chosen = choose(sheets, sheet, mapping, joining)
    table, header, issues = chosen.sheet, chosen.header, [*chosen.issues]
    title = title_of(table, header)
    found, unsure = year_of(table, header, title=title, name=name, given=year)
    issues += [unsure] if unsure else []
    parts = [part.in_year(found) for part in chosen.parts]
    header = next(part.header for part in parts if part.sheet is table)
    if len(title) > LONGEST_TITLE:
        issues.append(Issue("title", "warning", "title_cut", {"text": title[:20], "count": LONGEST_TITLE}))
    above = Above(found, level_of(title), known_units=frozenset(known_units))
    remarks = [text for part in parts for text in _remarks_on_table(part.sheet, part.header)]
    above.first_leads = header.column("lead_units") is not None and first_leads(remarks, apart=header.leads_apart)
    above.mark_leads = mark_leads(remarks)
    rows: list[RowReading] = []
    skipped: list[SkippedRow] = []
    further: list[Header] = []
    by_itself = {one.name for one in chosen.others if one.itself}
    runs: list[tuple[Sheet, list[Header]]] = []  # a sheet, with those that go on below its header
    for part in parts:
        others = [header_in_year(one, found) for one in other_headers(part.sheet, part.header, part.mapping)]
        own = title if part.sheet is table or part.goes_on else title_of(part.sheet, part.header)
        above.begin(part.category, goes_on=part.goes_on, under_same=part.sheet.name in by_itself)
        tasks, others_rows = read_rows(part.sheet, part.header, others, own, above)
        rows += tasks
        skipped += others_rows
        further += others
        if part.goes_on and runs:
            runs[-1] = (together(runs[-1][0], part.sheet), runs[-1][1])
        else:
            runs.append((part.sheet, sorted((part.header, *others), key=lambda one: one.rows)))
    if not rows:
        raise TaskTableRefused(_("There is no task below the header in row %(row)s.") % {"row": header.rows[0]})
    issues += [Issue("sheet", "warning", "further_table", {"row": other.rows[0]}) for other in further]
    for part in parts:
        issues += [one for one in _about_part(part, table, found) if one not in issues]
    issues += _asked_once(rows)
    issues += _totals([_run(run, headers, rows, skipped) for run, headers in runs])
    rows, issues = rows_as_in_file(rows, parts), issues_as_in_file(issues, parts)
    return TableReading(
        name, table.name, found, title, header.rows,
        *_columns_of(header), tuple(rows), tuple(skipped), tuple(issues),
        "first" if above.first_leads else "all", header.amount_unit,
        chosen.candidates, chosen.others, chosen.joined, _joined_headers(parts, table),
    )  # fmt: skip


def _joined_headers(parts: Sequence[Part], table: Sheet) -> tuple[JoinedHeader, ...]:
    """Of the sheets that are read on, the headers that are worded otherwise than the table's."""
    main = next(part.header for part in parts if part.sheet is table)
    own = [part for part in parts if part.sheet is not table and not part.goes_on]
    return tuple(
        JoinedHeader(part.sheet.name, *_columns_of(part.header)) for part in own if not same_words(part.header, main)
    )


def _columns_of(header: Header) -> tuple[dict[str, str], dict[str, str]]:
    """What columns mean, and the words of their headers, by letter."""
    return {c.letter: c.meaning for c in header.columns}, {c.letter: c.header for c in header.columns}


def _run(sheet: Sheet, headers: list[Header], rows: list[RowReading], skipped: list[SkippedRow]) -> Run:
    within = {*sheet.rows}
    left = [row for row in skipped if row.row in within]
    return Run(sheet, headers, [row for row in rows if row.row in within], left)


def _totals(runs: list[Run]) -> list[Issue]:
    return [issue for run in runs for issue in totals_that_differ(run, [other for other in runs if other is not run])]


def _about_part(part: Part, table: Sheet, year: int | None) -> list[Issue]:
    """What there is to say of the columns, and of another sheet whether it is of the same year."""
    issues = [] if part.goes_on else _about_columns(part.sheet, part.header, year)
    if part.sheet is not table:
        title = title_of(part.sheet, part.header)
        _year, unsure = year_of(part.sheet, part.header, title=title, name=part.sheet.name, given=year)
        issues += [unsure] if unsure else []
    if part.category:
        issues.append(Issue("category", "info", "category_of_sheet", {"text": part.category}))
    return issues


def _remarks_on_table(sheet: Sheet, header: Header) -> list[str]:
    """Texts that may say who leads: those above and in the header, notes below, text round a Word table."""
    outside = [cell.text for row in sheet.rows if row < header.first_data_row for cell in sheet.filled(row)]
    below = [
        cells[0].text for row in sheet.rows if row >= header.first_data_row and len(cells := sheet.filled(row)) == 1
    ]
    return [*outside, *below, *sheet.notes]


def _asked_once(rows: list[RowReading]) -> list[Issue]:
    """What each row only tells, since one answer for the whole column does."""
    found = {issue.code: issue for row in rows for issue in row.issues if issue.code in _ONCE}
    return [Issue("header", "warning", code, issue.params) for code, issue in found.items()]


def _about_columns(sheet: Sheet, header: Header, year: int | None) -> list[Issue]:
    issues = []
    if (dates := may_be_deadlines(header.columns, sheet, sample_rows(sheet, header))) is not None:
        issues.append(Issue("header", "warning", "deadline_column_unsure", {"text": one_line(dates.header)}))
    elif header.column("deadline") is None and column_telling(header, "deadline") is None:
        issues.append(Issue("header", "info", "no_deadline_column"))
    if header.column("lead_units") is None:
        issues.append(Issue("header", "warning", "no_units_column"))
    issues += [
        Issue("header", "warning", "funding_no_source", {"text": one_line(column.header)})
        for column in header.columns
        if column.source == UNSPECIFIED and own_level_left(plain(column.header))
    ]
    issues += [
        Issue("header", "warning", "funding_includes", {"text": one_line(column.header)})
        for column in header.columns
        if column.source and includes_others(plain(column.header))
    ]
    if header.column("deadline") is None and (told := column_telling(header, "deadline")) is not None:
        issues.append(Issue("header", "info", "deadline_in_content", {"text": one_line(told.header)}))
    if (told := tells_money_too(header)) is not None:
        issues.append(Issue("header", "info", "funding_from_content", {"text": one_line(told.header)}))
    issues += [
        Issue("header", severity, code, {"text": one_line(column.header)})
        for code, severity, column in told_of_money(header.columns)
    ]
    issues += [
        Issue("header", "warning", "project_column_unsure", {"text": one_line(column.header)})
        for column in unsure_names(header.columns)
    ]
    issues += [
        Issue("header", "info", "column_of_years", {"text": one_line(column.header)})
        for column in header.columns
        if column.meaning == "extra" and is_of_other_years(column, year)
    ]
    described = [column.header for column in header.columns if column.meaning in DESCRIPTIONS and column is not told]
    issues += [
        Issue("header", "warning", "funding_in_content", {"text": one_line(words)})
        for words in described
        if _MONEY_TOO.search(plain(words))
    ]
    hidden = [column for column in header.columns if column.index in sheet.hidden_columns]
    return [
        *issues,
        *(Issue("header", "info", "column_hidden", {"text": one_line(column.header)}) for column in hidden),
    ]
