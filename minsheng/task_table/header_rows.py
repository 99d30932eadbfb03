"""Which rows of a sheet a header has: where it may begin, and how far down it goes."""

import re
from typing import Final

from minsheng.task_table.meanings import meaning_below, meaning_of, only_opens
from minsheng.task_table.parsers.text import is_nothing, plain
from minsheng.task_table.sheet import Cell, Sheet

MOST_ROWS: Final = 3
LONGEST_CELL: Final = 80  # of a header as it came, with its blanks and line breaks
_MOST_MERGED_ROWS = 5  # of a header whose cells are merged down
_IN_BRACKETS = re.compile(r"\([^()]*\)")


def may_begin(sheet: Sheet, row: int) -> bool:
    """Whether a header may begin here: a quick look that spares nearly every row the slow one."""
    first, *below = (
        {meaning_of(cell.text) for cell in sheet.filled(r) if len(cell.text) <= LONGEST_CELL} - {""}
        for r in range(row, row + MOST_ROWS)
    )
    # （共4大类12项） below a title, and 2025年2月 at its right
    words = [cell for cell in sheet.filled(row) if not _IN_BRACKETS.fullmatch(plain(cell.text))]
    return len(words) > 1 and bool(first) and len(first.union(*below)) > 1


def most_rows(sheet: Sheet, row: int) -> int:
    """How many rows a header that begins here may have: as far down as its cells are merged."""
    bottom = max((sheet.bottom(cell) for cell in sheet.filled(row)), default=row)
    return min(max(MOST_ROWS, bottom - row + 1), _MOST_MERGED_ROWS)


def belongs(sheet: Sheet, rows: tuple[int, ...]) -> bool:
    """Whether the last of ``rows`` is header still: it names parts of the cells above, or is merged with them."""
    *above, row = rows
    own = sheet.filled(row)
    top = sheet.filled(above[-1])
    if not own or any(cell.is_number or len(plain(cell.text)) > 20 for cell in own):
        return False
    if any(_ended(sheet, above[-1], child.column) for child in own):
        return False
    if _reaches_down(sheet, above[0], row):
        return True
    merged_down = any(sheet.bottom(cell) >= row for upper in above for cell in sheet.filled(upper))
    parents = [
        cell for cell in top if any(cell.column <= child.column < cell.column + sheet.width(cell) for child in own)
    ]
    spans = all(sheet.width(cell) > 1 or _opens(sheet, cell) for cell in parents)
    words = all(meaning_below(child.text, _levels(sheet, above, child.column)) for child in own)
    if merged_down:
        return (
            spans
            and all(sheet.width(child) == 1 or words for child in own)
            and (words or _money_above(sheet, above, own) or below_all(sheet, rows))
        )
    first = sheet.filled(above[0])
    serial = min((cell.column for cell in first), default=1)
    numbered = any(
        child.column == serial and meaning_of(child.text) == "serial" for child in own
    )  # 项目 over 编号 | 名称
    beside = len(own) < len(first) and all(child.column != serial for child in own)
    return spans and words and (numbered or beside)


def below_all(sheet: Sheet, rows: tuple[int, ...]) -> bool:
    """Whether every cell of the header is merged down to its last row, or over cells of it: that row is header then."""
    if len(rows) < 2:
        return False
    own = sheet.filled(rows[-1])
    return all(
        sheet.bottom(cell) >= rows[-1]
        or any(cell.column <= child.column < cell.column + sheet.width(cell) for child in own)
        for cell in sheet.filled(rows[-2])
    )


def _reaches_down(sheet: Sheet, top: int, row: int) -> bool:
    """Whether the first row of a header reaches down to ``row``: what is not merged down so far spans several columns.

    Whatever stands between, be it a word that no header knows, is header then: 总投资 | 2024年 over 财政 | 社会.
    """
    cells = sheet.filled(top)
    down = [cell for cell in cells if sheet.bottom(cell) >= row]
    meant = {meaning_of(cell.text) for cell in down if len(cell.text) <= LONGEST_CELL} - {""}
    return len(meant) > 1 and all(cell in down or sheet.width(cell) > 1 for cell in cells)


def _ended(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a column's header is merged down to this row and no further: what follows is a task or a heading."""
    cell = sheet.cell(row, column)
    return cell.row < row and sheet.width(cell) == 1


def _money_above(sheet: Sheet, above: list[int], own: list[Cell]) -> bool:
    return any("资金" in plain(words) for child in own for words in _levels(sheet, above, child.column))


def _levels(sheet: Sheet, above: list[int], column: int) -> list[str]:
    """The words over a column, outermost first, without those that only open a level."""
    return [words for row in above if not only_opens(words := words_above(sheet, row, column))]


def _opens(sheet: Sheet, cell: Cell) -> bool:
    """Whether the cell to the right is blank, so that an unmerged 责任单位 may stand over 牵头 and 配合."""
    return is_nothing(sheet.text(cell.row, cell.column + 1))


def words_above(sheet: Sheet, row: int, column: int) -> str:
    """The header over a column, also where it was written over several without merging them."""
    for left in range(column, 0, -1):
        text = sheet.text(row, left)
        if not is_nothing(text):
            return text
    return ""
