"""Which table of a file is the task table, and what else of the file is read with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from minsheng.task_table.blocks import blocks_folded
from minsheng.task_table.column_keys import own
from minsheng.task_table.continued import joined, lines_above, may_stand_between, says_that_it_goes_on, unit_named
from minsheng.task_table.document_runs import first_of_run, goes_on_by_itself, run_of
from minsheng.task_table.header import Header, find_header
from minsheng.task_table.headings import first_under, under
from minsheng.task_table.labelled import labels_apart
from minsheng.task_table.money_columns import of_their_years
from minsheng.task_table.other_tables import Read, others_of, told
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import key, one_line, plain
from minsheng.task_table.result import Candidate, JoinedTable, OtherTable
from minsheng.task_table.set_apart import tables_set_apart
from minsheng.task_table.sheet import Sheet, moved
from minsheng.task_table.side_by_side import apart, seem_beside
from minsheng.task_table.stated_unit import unit_in
from minsheng.task_table.target_columns import of_year

_FURTHER_ROWS = 1000  # rows of another sheet count from the next such number on: 1004 is the fourth row of the next one
_NO_CATEGORY = re.compile(
    r"(?:sheet|table|工作表|表格?|附[表件])[-—_\d一二三四五六七八九十()]*|\d{0,4}年?[\d一二三四五六七八九十]{1,3}月份?|第.{1,3}[页季张]度?|.{0,1}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Part:
    """One sheet that is read: its rows below ``header``. ``category``: what the sheet is called, where that tells one.
    ``goes_on``: it has no header of its own.
    """

    sheet: Sheet
    header: Header
    category: str = ""
    goes_on: bool = False
    mapping: Mapping[str, str] | None = None  # what people said of its columns

    def in_year(self, year: int | None) -> "Part":
        """The same without the targets of other years than the table's, and with the years of what they pay."""
        return replace(self, header=header_in_year(self.header, year))

    def holds(self, row: int) -> bool:
        """Whether ``row`` is one of its rows."""
        return row in self.sheet.rows


def header_in_year(header: Header, year: int | None) -> Header:
    """What the columns of a header mean in a table of ``year``."""
    return replace(header, columns=of_their_years(of_year(header.columns, year), year))


@dataclass(frozen=True)
class Chosen:
    """``sheet`` is the table, below ``header``; ``parts`` are all that is read, in the order of the file."""

    sheet: Sheet
    header: Header
    candidates: tuple[Candidate, ...]
    issues: tuple[Issue, ...] = ()
    parts: tuple[Part, ...] = ()
    others: tuple[OtherTable, ...] = ()
    joined: tuple[JoinedTable, ...] = ()


def choose(
    sheets: list[Sheet], name: str | None, mapping: Mapping[str, str] | None, joining: Collection[str] | None = None
) -> Chosen:
    """The named table, or the one with most rows below a header; visible ones come first, those that a heading sets
    apart last. The tables ``joining`` are read with it; where nobody says which, those that go on from it in a
    document.

    Raises ``TaskTableRefused`` where there is none, or one of ``joining`` cannot be read so.
    """
    sheets = apart(sheets)
    names = None if name is None else _names_meant(sheets, name)
    tables = joined(sheets)
    found = [(sheet, header) for sheet in tables if (header := find_header(sheet, own(mapping or {}, "") or None))]
    apart_ones = tables_set_apart(sheets)
    found.sort(key=lambda pair: (pair[0].hidden, pair[0].name in apart_ones, -_rows_below(*pair)))
    wanted = [pair for pair in found if names is None or pair[0].name in names]
    if not wanted:
        raise TaskTableRefused(
            _(
                "No header of a task table was found: a row that names at least the project or its content, "
                "and the units or the deadline."
            )
        )
    headers = {table.name: below for table, below in found}
    sheet, header = wanted[0]
    if name is None and (first := first_of_run(tables, sheet, headers)) is not sheet:
        sheet, header = first, headers[first.name]
    candidates = tuple(
        Candidate(other.name, _rows_below(other, below), hidden=other.hidden, chosen=other is sheet)
        for other, below in sorted(found, key=lambda pair: sheets_order(sheets, pair[0]))
    )
    if mapping:  # its letters are of columns of the chosen one
        others = ((table, _by_words(header, table, mapping)) for table in tables if table is not sheet)
        headers = {sheet.name: header} | {t.name: below for t, words in others if (below := find_header(t, words))}
    read = Read(sheet, header, headers)
    beside = others_of(tables, read)
    run = run_of(tables, read, beside)
    beside = goes_on_by_itself(beside, run)
    joining = [table.name for table in run] if joining is None else joining
    places = _places(tables, sheet, beside)
    beside = tuple(replace(one, shift=places[one.name].shift, last=places[one.name].last) for one in beside)
    behind = _behind(sheet, joining, beside, places)
    issues = told(beside, joining)
    if sheet.hidden:
        issues.append(Issue("sheet", "warning", "sheet_hidden", {"sheet": sheet.name}))
    issues += seem_beside(table for table in tables if table is sheet or table.name in behind)
    if not sheet.looks:
        issues.append(Issue("sheet", "info", "looks_unknown"))
    parts = []
    by_sheet = any(table.on_sheet != sheet.on_sheet for table in tables if table.name in behind)
    for table in tables:
        if table is sheet:
            top = first_under(sheet, _lines_below(tables, sheet, run, apart_ones))
            category = _category(sheet, header) if by_sheet else ""
            part, further = _prepared(Part(top, header, category, mapping=own(mapping or {}, "")))
            main = part
        elif table.name in behind:
            part = _part(table, behind[table.name].shift, header, mapping)
            part, further = _prepared(part if by_sheet else replace(part, category=""))
        else:
            continue
        parts.append(part)
        issues += [one for one in further if one not in issues]
    return Chosen(main.sheet, main.header, candidates, tuple(issues), tuple(parts), beside, tuple(behind.values()))


def _lines_below(
    tables: Sequence[Sheet], sheet: Sheet, run: Sequence[Sheet], apart_ones: Collection[str]
) -> Sequence[str]:
    """What stands between the table and the next one, where that is read on, or set apart by its heading."""
    following = run or [table for table in tables[tables.index(sheet) + 1 :] if table.in_document][:1]
    return following[0].above if following and (run or following[0].name in apart_ones) else ()


def _names_meant(sheets: Sequence[Sheet], name: str) -> set[str]:
    """The sheet of exactly this name; where there is none, those whose names differ from it in blanks and width only.

    Raises ``TaskTableRefused`` where there are none.
    """
    names = {sheet.name for sheet in sheets}
    found = names & {name} or {one for one in names if plain(one) == plain(name)}
    if not found:
        raise TaskTableRefused(_("The file has no sheet called %(name)s.") % {"name": name})
    return found


def _prepared(part: Part) -> tuple[Part, list[Issue]]:
    """The part with what several rows, or labels within a cell, say of one task in columns of their own."""
    sheet, header, folded = blocks_folded(part.sheet, part.header, part.mapping)
    sheet, header, apart = labels_apart(sheet, header, part.mapping)
    return replace(part, sheet=sheet, header=header), [*folded, *apart]


def _behind(
    chosen: Sheet, joining: Collection[str], others: Sequence[OtherTable], places: Mapping[str, JoinedTable]
) -> dict[str, JoinedTable]:
    """From where on the rows of each of ``joining`` count, in the order of the file."""
    if missing := {*joining} - {one.name for one in others if one.fits}:
        raise TaskTableRefused(
            _("The rows of “%(name)s” cannot be read on with those of “%(sheet)s”.")
            % {"name": min(missing), "sheet": chosen.name}
        )
    return {name: place for name, place in places.items() if name in joining}


def _places(tables: Sequence[Sheet], chosen: Sheet, others: Sequence[OtherTable]) -> dict[str, JoinedTable]:
    """From where on the rows of each table beside the ``chosen`` one count: of those that go on by themselves right
    behind the last.

    The number of a row hangs on the file and on the table that was chosen, never on what else is read: what people
    said of it stays on it when another sheet is read on, or no longer is.
    """
    found: dict[str, JoinedTable] = {}
    last, before = chosen.end, True
    by_itself = {one.name for one in others if one.itself}
    for table in tables:
        if table is chosen:
            before = False
        else:
            shift = last if table.name in by_itself else -(-(last + 1) // _FURTHER_ROWS) * _FURTHER_ROWS
            last = shift + table.end
            found[table.name] = JoinedTable(table.name, shift, last, before)
    return found


def _part(table: Sheet, shift: int, above: Header, mapping: Mapping[str, str] | None) -> Part:
    """A table that is read on: below its own header, or, without one, below that of the table."""
    lines = lines_above(table) if table.in_document else []
    sheet = moved(under(table, [line for line in lines if may_stand_between(line)]), shift)
    said = _by_words(above, table, mapping)
    if found := find_header(sheet, said):
        unit = found.amount_unit or (above.amount_unit if table.in_document and not _named_last(table, above) else "")
        return Part(sheet, replace(found, amount_unit=unit), _category(table, found), mapping=said)
    unit = unit_named(table.above) or above.amount_unit
    return Part(sheet, replace(above, rows=(shift,), amount_unit=unit), goes_on=True, mapping=own(mapping or {}, ""))


def _named_last(table: Sheet, above: Header) -> bool:
    """Whether the document named another unit of money since that of the table: a person is asked which holds then."""
    last = next(filter(None, map(unit_in, reversed(table.before))), "")
    return last not in ("", above.amount_unit or "万元")


def _by_words(above: Header, table: Sheet, mapping: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """What people said of the columns of another sheet, and, by the words of their headers, of the table's: a letter
    is another column there.
    """
    if not mapping:
        return mapping
    of_table = own(mapping, "")
    found = find_header(table)
    if found is not None and same_words(found, above):
        return of_table
    words = {column.letter: one_line(column.header) for column in above.columns}
    said = {words.get(name) or name: meaning for name, meaning in of_table.items() if name not in words or words[name]}
    return said | own(mapping, table.name)


def same_words(header: Header, other: Header) -> bool:
    """Whether two headers name the same columns: what is said of one is said of the other."""
    return [key(column.header) for column in header.columns] == [key(column.header) for column in other.columns]


def _category(sheet: Sheet, header: Header) -> str:
    """教育类: the name of a sheet, where the table has no column of categories and the name tells one."""
    name = one_line(sheet.on_sheet)
    plainly = plain(name)
    if header.column("category") or _NO_CATEGORY.fullmatch(plainly) or says_that_it_goes_on(name) or sheet.in_document:
        return ""
    return name


def sheets_order(sheets: list[Sheet], sheet: Sheet) -> int:
    return next((place for place, other in enumerate(sheets) if other.name == sheet.name), len(sheets))


def _rows_below(sheet: Sheet, header: Header) -> int:
    return sum(1 for row in sheet.rows if row >= header.first_data_row and len(sheet.filled(row)) > 1)
