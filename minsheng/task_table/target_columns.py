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
# 上年, 明年: which year that is hangs on the table's. What is carried over, or goes on, is of this one.
_YEARS_OFF = (
    (re.compile("(?:次|明|来|下|下一)年(?!结转|续建)"), 1),
    (re.compile("(?<![两二三四五六七八九十\\d])(?:上|去|上一|往)年(?!结转|续建|遗留|跨)"), -1),
    (re.compile("前年(?!结转|续建)"), -2),
)
# 三年目标, 2021—2023年目标, “十四五”任务: what several years are to reach together.
_SEVERAL_YEARS = re.compile(
    r"(?<![第\d])(?:[两二三四五]|[2-5])年(?:行动|总体|建设|工作|改造|攻坚|提升|合计)*(?:总?目标|总?任务|总?计划|总量|规划|合计)"
    r"|20\d\d年?[-—–~～至到]+(?:20)?\d\d(?=年|[)目任计规总]|$)|十[二三四五六]五|中长期|[中长远]期(?:目标|任务|规划)"
    r"|(?:规划|任)期"
)
# 总体目标 may be that of the year, unless a column beside it is called so.
_OVERALL = re.compile("总体|总目标|总任务|规划目标|最终|全周期")
_OF_THE_YEAR = re.compile(r"20\d\d年|年度|本年|今年|当年")
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


def without_several_years(columns: list[Column]) -> list[Column]:
    """三年目标（2021—2023年） | 2023年目标任务: the first is kept as it is, where another says what is to be done.

    >>> def meant(*headers):
    ...     columns = [Column(n, header, "content") for n, header in enumerate(headers, 1)]
    ...     return [column.meaning for column in without_several_years(columns)]
    >>> meant("三年目标（2021—2023年）", "2023年目标任务"), meant("“十四五”任务", "建设内容")
    (['extra', 'content'], ['extra', 'content'])
    >>> meant("总体目标", "年度目标"), meant("总体目标", "具体举措"), meant("2021—2023年建设内容")
    (['extra', 'content'], ['content', 'content'], ['content'])
    """
    described = [column for column in columns if column.meaning in ("content", "target", "goal")]
    several = [column for column in described if of_several_years(column)]
    others = [column for column in described if column not in several]
    if any(_OF_THE_YEAR.search(column.own) for column in others):
        several += [c for c in others if _OVERALL.search(c.own) and not _OF_THE_YEAR.search(c.own)]
    if len(several) == len(described):
        return columns
    return [replace(column, meaning="extra") if column in several else column for column in columns]


def of_several_years(column: Column) -> bool:
    """Whether the words of a column name several years together, its own or those above it.

    >>> [
    ...     of_several_years(Column(4, words, ""))
    ...     for words in ("三年目标", "2021—2023年任务 / 合计", "2024-2026年规划目标")
    ... ]
    [True, True, True]
    >>> [
    ...     of_several_years(Column(4, words, ""))
    ...     for words in ("2021—2023年任务 / 2023年", "第三年目标", "2023年1—6月目标", "年度目标")
    ... ]
    [False, False, False, False]
    """
    own = column.own
    return _SEVERAL_YEARS.search(own if "20" in own else plain(column.header)) is not None


def _holds_figures(column: Column, sheet: Sheet, rows: range, is_target: Callable[[str], bool]) -> bool:
    cells = samples(sheet, column.index, rows) if column.meaning in _OPEN else []
    return sum(map(is_target, cells)) * 3 >= len(cells) * 2 > 0


def of_year(columns: Sequence[Column], year: int | None) -> tuple[Column, ...]:
    """2025年 | 2026年: of several columns of targets those of another year than the table's are kept as they are.

    So is a column of contents or goals, where another one says what is to be done in the year.
    """
    columns = tuple(columns)
    for meanings in (("target",), ("content", "goal")):
        described = [column for column in columns if column.meaning in meanings]
        others = [column for column in described if of_another_year(column, year)]
        if not others or len(others) == len(described):
            continue
        columns = tuple(replace(c, meaning="extra") if c in others else c for c in columns)
        if meanings[0] == "content" and all(column.meaning != "content" for column in columns):
            columns = tuple(replace(c, meaning="content") if c in described else c for c in columns)
    return columns


def of_another_year(column: Column, year: int | None) -> bool:
    """Whether a column names years, and not ``year``.

    >>> [of_another_year(Column(4, words, ""), 2025) for words in ("任务 / 2026年", "2024年目标", "2025年", "建设内容")]
    [True, True, False, False]
    >>> [of_another_year(Column(4, words, ""), None) for words in ("上年目标", "明年任务", "年度目标", "上年结转任务")]
    [True, True, False, False]
    """
    years = years_from(column.own, year or 0) if year is not None or "20" not in column.own else set()
    return bool(years) and (year or 0) not in years


def years_from(words: str, year: int) -> set[int]:
    """The years that the words of a header name, in figures or as they lie from ``year``, that of the table.

    >>> years_from("2022年投资", 2023), years_from("次年计划投资", 2023), years_from("年度投资", 2023)
    ({2022}, {2024}, set())
    """
    figures = {int(found) for found in _YEAR.findall(words)} if "20" in words else set()
    return figures or {year + off for pattern, off in _YEARS_OFF if "年" in words and pattern.search(words)}


def is_of_other_years(column: Column, year: int | None) -> bool:
    """Whether a column that is kept as it is tells what is to be done, and not in the year of the table.

    >>> [is_of_other_years(Column(4, words, "extra"), 2025) for words in ("三年目标", "2026年任务", "2024年完成情况")]
    [True, True, False]
    """
    other = of_several_years(column) or of_another_year(column, year)
    return other and meaning_of(column.header.rpartition(" / ")[2], column.above) in ("content", "quantity")


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
