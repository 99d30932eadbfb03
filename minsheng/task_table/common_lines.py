"""Lines that stand once above or below tables side by side: title, unit of money, notes belong to each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from minsheng.task_table.rows import is_note, may_be_title, without_unit
from minsheng.task_table.sheet import Cell, Sheet
from minsheng.task_table.stated_unit import unit_in

_MOST_CELLS: Final = 2  # of a line, to each table: a title and a unit, who wrote it and when


def with_common_lines(sheet: Sheet, parts: Sequence[Sheet], starts: Sequence[int], header: int) -> list[Sheet]:
    """The ``parts`` of a sheet, that begin in the columns ``starts`` below the row ``header``, each with what stands
    once for all of them.

    A cell merged over columns of several is of each. So is a line, or what a line says of the unit of money, that
    stands in the columns of one only; but where each has a title of its own, a unit may be that of one table, and the
    others are asked of theirs.
    """
    above = _above(sheet, header, len(parts))
    named = any(_titles(sheet, row, starts) == len(parts) for row in above)
    common = [cell for row in above for cell in _common(sheet, row, starts, named=named)]
    below = [cell for row in sheet.rows if row >= header for cell in _below(sheet, row, starts)]
    return [_with(part, sheet, common, below) for part in parts]


def _above(sheet: Sheet, header: int, tables: int) -> list[int]:
    """The rows above the header that hold lines, down from what may be another table."""
    rows = [row for row in sheet.rows if row < header]
    wide = [row for row in rows if len(sheet.filled(row)) > _MOST_CELLS * tables]
    return [row for row in rows if row > max(wide, default=0)]


def _common(sheet: Sheet, row: int, starts: Sequence[int], *, named: bool) -> Iterator[Cell]:
    """The cells of a line above the tables that speak of all of them."""
    units = [cell for cell in sheet.filled(row) if _is_unit(cell.text)]
    others = [cell for cell in sheet.filled(row) if cell not in units]
    for cells in (units, others):
        once = len({_part_of(cell.column, starts) for cell in cells}) == 1 and not (named and cells is units)
        yield from (cell for cell in cells if once or _spans(sheet, cell, starts))


def _below(sheet: Sheet, row: int, starts: Sequence[int]) -> Iterator[Cell]:
    """A cell merged over several of the tables; below the last of their rows a note, too, wherever it stands."""
    cells = sheet.filled(row)
    if len(cells) == 1 and (_spans(sheet, cells[0], starts) or (is_note(cells[0].text) and _is_below(sheet, row))):
        yield cells[0]


def _is_below(sheet: Sheet, row: int) -> bool:
    return all(len(sheet.filled(further)) == 1 for further in sheet.rows[sheet.rows.index(row) :])


def _is_unit(text: str) -> bool:
    return bool(unit_in(text)) and not may_be_title(without_unit(text))


def _titles(sheet: Sheet, row: int, starts: Sequence[int]) -> int:
    """In the columns of how many tables a title begins that reaches into no other."""
    titles = [cell for cell in sheet.filled(row) if may_be_title(without_unit(cell.text))]
    return len({_part_of(cell.column, starts) for cell in titles if not _spans(sheet, cell, starts)})


def _part_of(column: int, starts: Sequence[int]) -> int:
    return sum(start <= column for start in starts[1:])


def _spans(sheet: Sheet, cell: Cell, starts: Sequence[int]) -> bool:
    return _part_of(cell.column, starts) != _part_of(cell.column + sheet.width(cell) - 1, starts)


def _with(part: Sheet, sheet: Sheet, common: Sequence[Cell], below: Sequence[Cell]) -> Sheet:
    """Lines below a table stand in its first column: elsewhere they would make a column of their own."""
    first = min(column for _row, column in part.cells)
    last = part.last_column
    moved = [
        replace(cell, column=first, origin=cell.origin or (cell.row, cell.column))
        for cell in below
        if (cell.row, cell.column) not in part.cells
    ]
    cells = {(cell.row, cell.column): cell for cell in (*common, *moved)}
    spanned = {place: sheet.ranges[place] for cell in common if (place := (cell.row, cell.column)) in sheet.ranges}
    spanned |= {(cell.row, first): (cell.row, last) for cell in moved}
    anchors = {
        (row, column): top
        for top, (bottom, right) in spanned.items()
        for row in range(top[0], bottom + 1)
        for column in range(top[1], right + 1)
    }
    return replace(
        part,
        cells={**part.cells, **cells},
        anchors={**part.anchors, **anchors},
        ranges={**part.ranges, **spanned},
    )
