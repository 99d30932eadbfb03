"""Which table of a file is the task table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from minsheng.task_table.blocks import blocks_folded
from minsheng.task_table.header import Header, find_header
from minsheng.task_table.labelled import labels_apart
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import key, plain
from minsheng.task_table.result import Candidate
from minsheng.task_table.sheet import Cell, Sheet

_LONGEST_HEADING = 60
_FEWEST_COLUMNS = 3


@dataclass(frozen=True)
class Chosen:
    sheet: Sheet
    header: Header
    candidates: tuple[Candidate, ...]
    issues: tuple[Issue, ...] = ()


def choose(sheets: list[Sheet], name: str | None, mapping: Mapping[str, str] | None) -> Chosen:
    """The named table, or the one with most rows below a header; visible ones come first.

    Raises ``TaskTableRefused`` where there is none.
    """
    if name is not None and not any(plain(sheet.name) == plain(name) for sheet in sheets):
        raise TaskTableRefused(_("The file has no sheet called %(name)s.") % {"name": name})
    found = [(sheet, header) for sheet in joined(sheets) if (header := find_header(sheet, mapping))]
    found.sort(key=lambda pair: (pair[0].hidden, -_rows_below(*pair)))
    wanted = [pair for pair in found if name is None or plain(pair[0].name) == plain(name)]
    if not wanted:
        raise TaskTableRefused(
            _(
                "No header of a task table was found: a row that names at least the project or its content, "
                "and the units or the deadline."
            )
        )
    sheet, header = wanted[0]
    candidates = tuple(
        Candidate(other.name, _rows_below(other, below), hidden=other.hidden, chosen=other is sheet)
        for other, below in sorted(found, key=lambda pair: sheets_order(sheets, pair[0]))
    )
    issues = []
    others = [c.name for c in candidates if not c.chosen and not c.hidden and c.rows]
    hidden = [c.name for c in candidates if not c.chosen and c.hidden and c.rows]
    if others:
        issues.append(Issue("sheet", "warning", "several_sheets", {"sheet": sheet.name, "others": "、".join(others)}))
    if hidden:
        issues.append(Issue("sheet", "info", "sheets_hidden", {"others": "、".join(hidden)}))
    if sheet.hidden:
        issues.append(Issue("sheet", "warning", "sheet_hidden", {"sheet": sheet.name}))
    if not sheet.looks:
        issues.append(Issue("sheet", "info", "looks_unknown"))
    sheet, header, folded = blocks_folded(sheet, header, mapping)
    sheet, header, apart = labels_apart(sheet, header, mapping)
    return Chosen(sheet, header, candidates, (*issues, *folded, *apart))


def sheets_order(sheets: list[Sheet], sheet: Sheet) -> int:
    return next((place for place, other in enumerate(sheets) if other.name == sheet.name), len(sheets))


def _rows_below(sheet: Sheet, header: Header) -> int:
    return sum(1 for row in sheet.rows if row >= header.first_data_row and len(sheet.filled(row)) > 1)


def joined(sheets: list[Sheet]) -> list[Sheet]:
    """Tables of a Word document that are one table: continued over a page, or one for each heading.

    The next one belongs to the one before if it has the same header, or has none, as many columns, and nothing stands
    between. What stands between goes in as a heading.
    """
    result: list[Sheet] = []
    for sheet in sheets:
        if result and sheet.in_document and result[-1].in_document and _goes_on(result[-1], sheet):
            result[-1] = _append(result[-1], sheet)
        else:
            result.append(sheet)
    return result


def _goes_on(first: Sheet, second: Sheet) -> bool:
    if first.last_column != second.last_column or first.last_column < _FEWEST_COLUMNS:
        return False
    header = find_header(first)
    if header is None:
        return False
    below = find_header(second)
    if below is None:
        return not second.above
    return [key(c.header) for c in header.columns] == [key(c.header) for c in below.columns]


def _append(first: Sheet, second: Sheet) -> Sheet:
    cells = dict(first.cells)
    last = first.last_row
    for text in second.above:
        if len(text) <= _LONGEST_HEADING:
            last += 1
            cells[last, 1] = Cell(last, 1, text)
    heading = {(row, 1): (row, first.last_column) for row in range(first.last_row + 1, last + 1)}
    cells |= {(row + last, column): replace(cell, row=row + last) for (row, column), cell in second.cells.items()}
    anchors = {(row + last, column): (top + last, left) for (row, column), (top, left) in second.anchors.items()}
    ranges = {(top + last, left): (row + last, column) for (top, left), (row, column) in second.ranges.items()}
    return replace(
        first, cells=cells, anchors={**first.anchors, **anchors}, ranges={**first.ranges, **heading, **ranges},
        hidden_rows=first.hidden_rows | {row + last for row in second.hidden_rows},
    )  # fmt: skip
