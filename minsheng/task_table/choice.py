"""Which table of a file is the task table."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from minsheng.task_table.blocks import blocks_folded
from minsheng.task_table.continued import joined, unread
from minsheng.task_table.header import Header, find_header
from minsheng.task_table.labelled import labels_apart
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import plain
from minsheng.task_table.result import Candidate
from minsheng.task_table.sheet import Sheet


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
    tables = joined(sheets)
    found = [(sheet, header) for sheet in tables if (header := find_header(sheet, mapping))]
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
    issues += unread(tables, [table for table, _header in found], sheet)
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
