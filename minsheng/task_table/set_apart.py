"""Headings that say that what stands below is no task of the year: 取消项目, 备选项目, 2022年已完成项目."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from minsheng.task_table.headings import last_heading
from minsheng.task_table.parsers.text import plain
from minsheng.task_table.rows import is_note
from minsheng.task_table.sheet import Sheet
from minsheng.task_table.year import years_in

_LONGEST: Final = 40
_NUMBER = re.compile(
    r"^(?!20\d\d)(?:附[件表])?(?:[(（]?[一二三四五六七八九十\d]+[)）]?[、.．]?|第[一二三四五六七八九十\d]+[部章类篇分批]+)?[:：、]?"
)
_STATE: Final = (
    "取消|撤销|调出|退出|终止|中止|暂缓|暂停|停建|缓建|储备|候选|备选|候补|预备|落选|(?:未能?|没有?|不)(?:当选|入选|获选|列入|"
    "纳入)|不再(?:实施|列入|纳入)|(?:已|全部)(?:完成|完工|竣工|办结|销号|建成)"
)
_WHOSE: Final = (
    r"(?:20\d\d年度?|本年度?|今年|[省市州区县旗镇乡]级?|拟|建议|原|已|经|因故|其[他它]|民生|惠民|为民办|实事|项目|任务|工程|"
    "重点|计划|的)*"
)
_WHAT: Final = (
    "(?:的|类|实施|建设|入库|本?年度?|计划|民生|重点|实事|"
    "项目|事项|任务|工程|工作|内容|部分|清单|情况|名单|库|目录|安排|一览|表)*"
)
_BRACKET: Final = r"[(（][^()（）]*[)）]"
_SAYS = re.compile(f"{_WHOSE}(?:{_STATE}){_WHAT}(?:{_BRACKET})?")
_SAYS_BEHIND = re.compile(rf".*[(（]{_WHOSE}(?:{_STATE})[^()（）]{{0,12}}[)）]")
_LAST_YEAR = re.compile(f".*(?:上一?年|去年|往年).{{0,8}}(?:{_BRACKET})?")
_REPORT = re.compile(rf".*(?:完成|进展|落实|办理)情况(?:表|汇总)?(?:{_BRACKET})?")
_EARLIER_TOO = re.compile("续建|结转|延续|接续|跨年|转接|滚动")


@lru_cache(maxsize=1024)  # asked of each row below it
def sets_apart(heading: str, years: frozenset[int] = frozenset()) -> bool:
    """Whether a heading says so: by its words, or by a year that is none of the ``years`` of the table.

    What is carried on from an earlier year is a task of this one.

    >>> [sets_apart(one) for one in ("二、取消项目", "（三）备选项目（未列入本年度计划）", "2022年已完成项目")]
    [True, True, True]
    >>> [
    ...     sets_apart(one)
    ...     for one in ("三、上年度遗留事项", "其他项目（已取消）", "第二部分：项目储备库", "不再实施的项目")
    ... ]
    [True, True, True, True]
    >>> [sets_apart(one) for one in ("粮食储备类", "二、取消药品加成改革", "四、退役军人", "一、保留项目")]
    [False, False, False, False]
    >>> [sets_apart(one, frozenset({2024})) for one in ("二、2023年项目", "二、2023年续建项目", "2023—2025年项目")]
    [True, False, False]
    """
    words = _NUMBER.sub("", plain(heading), count=1)
    if len(words) > _LONGEST:
        return False
    if any(one.fullmatch(words) for one in (_SAYS, _SAYS_BEHIND, _LAST_YEAR, _REPORT)):
        return True
    theirs = years_in([words])
    if not theirs or not years or _EARLIER_TOO.search(words):
        return False
    return not any(min(theirs) <= year <= max(theirs) for year in years)


def tables_set_apart(tables: Sequence[Sheet]) -> frozenset[str]:
    """The names of the tables of which the heading above them, or the name of the sheet, says so.

    What stands above the first table of a document is the title of all of it, but for a heading right above it.
    """
    first = next((table for table in tables if table.in_document), None)
    title = first.above if first else ()
    years = years_in(title)

    def is_apart(table: Sheet) -> bool:
        if not table.in_document:
            return lines_set_apart([table.name])
        lines = [last_heading(table.above)] if table is first else table.above
        return lines_set_apart(lines, () if table is first else title, years)

    return frozenset(table.name for table in tables if is_apart(table))


def lines_set_apart(lines: Iterable[str], before: Collection[str] = (), years: Collection[int] = ()) -> bool:
    """Whether one of the lines above a table says so. Notes do not, nor what stood ``before`` already, as a title does
    that is repeated on each page.
    """
    said = {plain(line) for line in before}
    return any(
        sets_apart(line, frozenset(years)) and plain(line) not in said and not _is_remark(line) for line in lines
    )


def _is_remark(line: str) -> bool:
    """附件2：备选项目 is a heading, 注：… is none."""
    return line.endswith(("。", "：", ":")) or (is_note(line) and not plain(line).startswith(("附件", "附表")))
