"""Task tables that stand side by side on one sheet: each becomes a table of its own, called by its columns.

序号 | 项目名称 | 责任单位 |   | 序号 | 项目名称 | 责任单位
1    | 老年食堂 | 县民政局 |   | 1    | 村级公路 | 县交通局
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from openpyxl.utils import get_column_letter

from minsheng.task_table.common_lines import with_common_lines
from minsheng.task_table.header import Header, find_header
from minsheng.task_table.meanings import DESCRIPTIONS, meaning_of
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import key
from minsheng.task_table.sheet import Sheet

_FURTHEST: Final = 1000  # rows below the first in which a header is looked for
_FIRST: Final = ("serial", *DESCRIPTIONS)  # what a header begins with
_APART, _UNSURE = "apart", "unsure"
_WHOLE: Final = 3  # columns of so many meanings make a table


def apart(sheets: Iterable[Sheet]) -> list[Sheet]:
    """The sheets, those of several tables side by side cut between them; the left one keeps the name."""
    return [part for sheet in sheets for part in _cut(sheet)]


def seem_beside(sheets: Iterable[Sheet]) -> list[Issue]:
    """Ask of those that are read whole though two tables may stand in them: parts beside what they are parts of."""
    seem = (row for sheet in sheets for row, _of, verdict in _looked_at(sheet) if verdict == _UNSURE)
    return [Issue("sheet", "warning", "tables_beside", {"row": row}) for row in seem]


def _cut(sheet: Sheet) -> list[Sheet]:
    for row, headers, verdict in _looked_at(sheet):
        if verdict == _APART:
            starts = _starts(sheet, row)
            first = min(header.rows[0] for header in headers)
            return with_common_lines(sheet, list(_parts(sheet, row, starts)), starts, first)
    return [sheet]


def _looked_at(sheet: Sheet) -> Iterator[tuple[int, list[Header], str]]:
    """Each row in which a header begins again, the headers there, and whether these are tables."""
    for row in sheet.rows[:_FURTHEST]:
        starts = _starts(sheet, row)
        if len(starts) > 1:
            parts = list(_parts(sheet, row, starts))
            headers = [header for part in parts if (header := find_header(part)) and row in header.rows]
            if len(headers) == len(parts) and _is_table(headers[0]):
                yield row, headers, _verdict(sheet, headers)


def _starts(sheet: Sheet, row: int) -> list[int]:
    """The columns where the first word of a header stands again."""
    cells = sheet.filled(row)
    if len({cell.text for cell in cells}) == len(cells):  # so it is nearly everywhere
        return []
    first = next((cell for cell in cells if meaning_of(cell.text) in _FIRST), None)
    if first is None:
        return []
    word = key(first.text)
    return [cell.column for cell in cells if key(cell.text) == word and meaning_of(cell.text) in _FIRST]


def _parts(sheet: Sheet, row: int, starts: list[int]) -> Iterator[Sheet]:
    """What stands in the columns of each, from the lines right above its header on; all else is of the first.

    What of it stands once for all is told apart when they are tables for sure: ``common_lines``.
    """
    top = _top(sheet, row, len(starts))
    ends = [start - 1 for start in starts[1:]] + [sheet.last_column]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        yield _part(sheet, top, start if number else 1, end, starts[1])


def _top(sheet: Sheet, row: int, tables: int) -> int:
    """The first of the lines above the headers that may be of one table only: a title for each, its unit of money."""
    above = [one for one in sheet.rows if one < row]
    while above and above[-1] == row - 1 and len(sheet.filled(above[-1])) <= 2 * tables:
        row = above.pop()
    return row


def _part(sheet: Sheet, top: int, start: int, end: int, second: int) -> Sheet:
    def is_in(place: tuple[int, int]) -> bool:
        row, column = place
        return start <= column <= end and row >= top if start >= second else row < top or column <= end

    name = f"{sheet.name}!{get_column_letter(start)}:{get_column_letter(end)}" if start >= second else sheet.name
    ranges = {
        place: (row, min(column, end) if place[0] >= top else column)
        for place, (row, column) in sheet.ranges.items()
        if is_in(place)
    }
    return replace(
        sheet,
        name=name,
        cut_from=sheet.name if start >= second else "",
        columns=0,
        cells={place: cell for place, cell in sheet.cells.items() if is_in(place)},
        anchors={place: anchor for place, anchor in sheet.anchors.items() if is_in(place) and is_in(anchor)},
        ranges=ranges,
    )


def _is_table(header: Header) -> bool:
    """Whether it is a whole table, not the first columns of one: 序号 | 类别 | 序号 | 任务 | 责任单位."""
    meanings = {column.meaning.partition(":")[0] for column in header.columns} - {"", "extra", "plan"}
    described = meanings & {*DESCRIPTIONS}
    beside = meanings & {"lead_units", "assisting_units", "implementing_units", "deadline", "funding"}
    return len(meanings) >= _WHOLE and bool(described) and bool(beside or len(described) > 1)


def _verdict(sheet: Sheet, headers: list[Header]) -> str:
    """Whether each names tasks of its own in columns of the same kind.

    The same names in the same rows are further columns of the same tasks; several names beside one are its parts.
    """
    first, *others = headers
    rows = [row for row in sheet.rows if row >= first.first_data_row]
    called = _descriptions(first)
    for other in others:
        both = [(called[words], column) for words, column in _descriptions(other).items() if words in called]
        if not both:
            return ""
        ours, theirs = ([key(sheet.own_text(row, column)) for row in rows] for column in both[0])
        filled = [place for place, name in enumerate(theirs) if name]
        same = sum(ours[place] == theirs[place] for place in filled)
        last = max((place for place, name in enumerate(ours) if name), default=0)
        parts = sum(not ours[place] for place in filled if place <= last)
        if same * 2 >= len(filled):
            return ""
        if parts * 2 >= len(filled):
            return _UNSURE
    return _APART


def _descriptions(header: Header) -> dict[str, int]:
    """The columns that describe tasks, by what their words alone mean: a name without contents beside it is both."""
    columns = [column for column in header.columns if column.meaning in DESCRIPTIONS]
    return {meaning_of(column.own): column.index for column in reversed(columns)}
