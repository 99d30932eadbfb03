"""Which column tells the deadlines, where its header does not, or more than one does."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from minsheng.task_table.column import Column, samples
from minsheng.task_table.meanings import meaning_below
from minsheng.task_table.parsers.text import is_nothing, plain
from minsheng.task_table.parsers.times import is_dated, is_steps, tells_done, tells_when
from minsheng.task_table.sheet import Sheet

_LOOKS_BACK = re.compile("情况|实际|截至|已|累计|问题|开工|启动|开始|动工|(?:^|/)[起始自]$")
# What takes so long: below it stand its two ends, whatever they are called.
_SPAN = re.compile(r"周期|工期|起止|年限|时段|^(?:计划|建设|实施|工作|项目|推进|施工)*时间(?:安排)?$")
_NOT_PLANNED = re.compile("实际|调整|原|备注|说明|总|年度")


def right_of_pairs(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """建设周期 over two columns of dates: the second tells when it ends, unless it says another thing, or nothing."""
    for first, second in pairwise(columns):
        if first.meaning != "deadline" or second.meaning not in ("deadline", "", "extra"):
            continue
        below_one = first.above == second.above and _SPAN.search(plain(first.above))
        one_over_both = first.header == second.header and _SPAN.search(plain(first.header))
        if (below_one or one_over_both) and not _NOT_PLANNED.search(second.own) and _all_dated(second, sheet, rows):
            ends = {first.index: "start", second.index: "deadline"}
            return [replace(column, meaning=ends.get(column.index, column.meaning)) for column in columns]
    return columns


def calls_itself_deadline(column: Column) -> bool:
    """Whether the header of a column says when things are to end, not when they did, began, or were to before."""
    *above, own = column.header.split(" / ")
    words = plain(column.header)
    back = _LOOKS_BACK.search(words) or _NOT_PLANNED.search(words)
    return not back and meaning_below(own, above) == "deadline"


def _all_dated(column: Column, sheet: Sheet, rows: range) -> bool:
    cells = samples(sheet, column.index, rows)
    return sum(map(is_dated, cells)) * 5 >= len(cells) * 4 > 0


def deadlines_found(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """Without a column called so, the first one that says when things are to be done is that of deadlines.

    Where there is none either it is the first that tells step by step what is to be done by when.
    """
    if any(column.meaning == "deadline" for column in columns):
        return columns
    for tells in (_tells_when, _tells_steps):
        for column in columns:
            if tells(column, sheet, rows):
                return [replace(c, meaning="deadline") if c is column else c for c in columns]
    return columns


def _tells_when(column: Column, sheet: Sheet, rows: range) -> bool:
    cells = _possible_deadlines(column, sheet, rows)
    nearly_all = sum(map(tells_when, cells)) * 5 >= len(cells) * 4 > 0
    return nearly_all and sum(map(is_dated, cells)) * 2 >= len(cells)


def _tells_steps(column: Column, sheet: Sheet, rows: range) -> bool:
    """Steps with their dates in most cells, and no word of what has been done: that is a report."""
    cells = _possible_deadlines(column, sheet, rows)
    if not cells or any(map(tells_done, cells)):
        return False
    written = [text for row in rows if not is_nothing(text := sheet.text(row, column.index))]
    steps = [is_steps(text) for text in written]
    told = sum(step or tells_when(plain(text)) for step, text in zip(steps, written, strict=True))
    return sum(steps) * 2 > len(steps) and told * 5 >= len(written) * 4


def may_be_deadlines(columns: Sequence[Column], sheet: Sheet, rows: range) -> Column | None:
    """In a table without deadlines, a column that holds a date in more than half of its cells."""
    if any(column.meaning == "deadline" for column in columns):
        return None
    cells = {column.index: _possible_deadlines(column, sheet, rows) for column in columns}
    return next((c for c in columns if sum(map(is_dated, cells[c.index])) * 2 > len(cells[c.index])), None)


def _possible_deadlines(column: Column, sheet: Sheet, rows: range) -> list[str]:
    if column.meaning not in ("progress", "plan", "goal", "", "extra") or _LOOKS_BACK.search(plain(column.header)):
        return []
    return samples(sheet, column.index, rows)
