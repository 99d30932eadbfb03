"""Figures to be reached in several columns under one header: 2025年目标 over 计划开工 | 计划竣工 | 新增."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from minsheng.task_table.column import Column, samples
from minsheng.task_table.meanings import meaning_of
from minsheng.task_table.parsers.measures import MEASURES
from minsheng.task_table.parsers.text import plain
from minsheng.task_table.sheet import Sheet

# What stands there already, or was done before, is not to be reached.
_STANDS = re.compile(r"现[有状]|原有|原|存量|基[数期]|上年|去年|往年|已|实际|累计|占比|情况|完成率|同比|增[长幅速]")
# Of a whole and its parts the whole is what is to be reached.
_WHOLE = re.compile(
    r"(?:合计|总计|小计|共计|总数|总量|全年|全市|全县|全区|全省|年度)(?:目标|任务|计划)?[数值量]?(?:\(.*\))?"
)
_OPEN = ("target", "quantity", "content", "goal", "", "extra")
_YEAR = re.compile(r"20\d\d(?=年|$)")
_COUNTED = re.compile(r"(户|人|个|处|座|所|件|台|辆|套|条|间|栋|幢|家|场|亩|人次|户次|场次|万人|万户)[次]?数")
_IN_BRACKETS = re.compile(r"\(([^()]{1,5})\)$")


def split_targets(columns: list[Column], sheet: Sheet, rows: range, is_target: Callable[[str], bool]) -> list[Column]:
    """With the column of targets, those under the same header whose cells are figures to be reached as well."""
    first = next((column for column in columns if column.meaning == "target" and column.above), None)
    beside = [column for column in columns if first is not None and column.above == first.above]
    figures = [column for column in beside if column is first or _holds_figures(column, sheet, rows, is_target)]
    if first is None or len(figures) < 2:
        return columns
    planned = [column for column in figures if not _STANDS.search(column.own)]
    meant = [column for column in planned if _WHOLE.fullmatch(column.own)][:1] or planned
    return [replace(c, meaning="target" if c in meant else "extra") if c in figures else c for c in columns]


def _holds_figures(column: Column, sheet: Sheet, rows: range, is_target: Callable[[str], bool]) -> bool:
    cells = samples(sheet, column.index, rows) if column.meaning in _OPEN else []
    return sum(map(is_target, cells)) * 3 >= len(cells) * 2 > 0


def of_year(columns: Sequence[Column], year: int | None) -> tuple[Column, ...]:
    """2025年 | 2026年: of several columns of targets those of another year than the table's are kept as they are."""
    targets = [column for column in columns if column.meaning == "target"]
    if year is None or len(targets) < 2:
        return tuple(columns)
    others = [c for c in targets if (years := _YEAR.findall(c.own)) and str(year) not in years]
    if len(others) == len(targets):
        return tuple(columns)
    return tuple(replace(c, meaning="extra") if c in others else c for c in columns)


def measure_of(column: Column) -> str:
    """The unit of measure that the words of a column tell: 户 of 户数, 公里 of 里程（公里）; empty for none.

    >>> [
    ...     measure_of(Column(1, f"任务 / {words}", "target"))
    ...     for words in ("户数", "里程（公里）", "新建", "学位数（万个）")
    ... ]
    ['户', '公里', '', '万个']
    """
    found = _IN_BRACKETS.search(column.own)
    if found and found[1].lstrip("万亿") in MEASURES:
        return found[1]
    counted = _COUNTED.fullmatch(column.own)
    return counted[1] if counted else ""


def may_be_target(column: Column, year: int | None) -> bool:
    """Whether a column that was not understood stands under a header of what is to be reached in the year.

    >>> may_be_target(Column(4, "2025年任务 / 甲类", "extra"), 2025)
    True
    >>> [
    ...     may_be_target(Column(4, words, "extra"), 2025)
    ...     for words in ("任务 / 2026年", "任务 / 现有", "甲类", "资金 / 甲类")
    ... ]
    [False, False, False, False]
    """
    if not column.above or _STANDS.search(column.own):
        return False
    years = _YEAR.findall(column.own)
    return meaning_of(column.above) in ("content", "quantity") and (not years or str(year) in years)


def has_whole(columns: Sequence[Column]) -> bool:
    """Whether one of several columns holds the whole of what the others hold the parts of: 合计 | 城区 | 农村."""
    return any(_WHOLE.fullmatch(column.own) for column in columns)


def called(column: Column) -> str:
    """The word of a column that tells its figures from those beside it; empty where it stands alone."""
    return re.sub(r"\([^()]*\)$", "", column.own) if column.above and plain(column.above) != column.own else ""
