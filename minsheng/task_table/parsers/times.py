"""Whether the cells of a column tell when something is to be done."""

import re

from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.moments import moments_in, written_out
from minsheng.task_table.parsers.text import plain

# What else than a date tells when: 常态化推进, 春节前, 暂定; and what tells of work done.
_EVENT = re.compile(
    r"[^,，;；。\d]{1,6}前(?:夕|完成)?|[^,，;；。]{0,4}[暂待]定[^,，;；。]{0,4}|[一-鿿]{2,4}后\d{1,3}(?:个月|天|日)(?:之|以)?内"
)
_DONE = re.compile(r"已(?!定)|正在|累计|完成率|尚未|目前|进行中|;|；")
# 3月底前：完成设计, 6月底前完成主体, 4—6月 施工: a line that begins with its time.
_TIME = (
    r"(?:20\d\d[年./]|[今明本次]年)?(?:\d{1,2}(?:月(?:份|\d{1,2}[日号])?)?(?:[-—–~～至到]+(?:20\d\d年)?))?"
    r"(?:\d{1,2}月份?(?:\d{1,2}[日号]|[上中下]旬)?|第?[一二三四1-4]季度|[上下]半年|年)[底末初内]?(?:之?前|以前)?"
)
_STEP = re.compile(
    rf"(?:[(（]?[\d一二三四五六七八九十]{{1,2}}[.、．)）](?!\d)|[①-⑳])?(?:于|到|至|截至|在)?{_TIME}[:：,，]?[^\d\s]"
)
_SHORT_WHEN, _LONGEST_WHEN, _MOST_BESIDE = 12, 30, 6
_ANY_YEAR = 2000  # whether it is a time does not hang on it


def tells_when(cell: str) -> bool:
    """Whether a cell tells when something is to be done, and little else.

    >>> all(
    ...     map(tells_when, ("2024年12月", "前三季度", "常态化推进", "春节前", "6月启动，12月完成", "每季度末月25日前"))
    ... )
    True
    >>> tells_when("已完成80%，持续推进"), tells_when("一季度立项；二季度开工"), tells_when("新建公园2处")
    (False, False, False)
    """
    if is_dated(cell) or _EVENT.fullmatch(cell):
        return True
    lasting = parse_deadline(cell, year=_ANY_YEAR).value.status in ("open_ended", "recurring")
    return lasting and len(cell) <= _SHORT_WHEN and not _DONE.search(cell)


def tells_only_when(cell: str) -> bool:
    """Whether a cell tells when, and not what: hardly a word stands beside its moments.

    >>> [tells_only_when(cell) for cell in ("10月底前", "2024年12月底前全部完成", "6月启动，12月完成", "常态化推进")]
    [True, True, True, True]
    >>> tells_only_when("新建公厕3座，10月底前建成"), tells_only_when("续建公园，年底前完工")
    (False, False)
    """
    text = written_out(cell)
    dated = sum(moment.end - moment.start for moment in moments_in(text, _ANY_YEAR))
    return len(text) - dated <= (_MOST_BESIDE if dated else _SHORT_WHEN) and tells_when(cell)


def is_steps(text: str) -> bool:
    """Whether a text of several lines tells, nearly line by line, what is to be done by when.

    >>> is_steps("3月底前：完成设计\\n6月底前：完成5处\\n10月底前：全部完工"), is_steps("4月底前采购；8月底前安装到位")
    (True, True)
    >>> is_steps("一季度：立项；二季度：开工；年底前：完工"), is_steps("1—3月：前期准备。4—10月：施工")
    (True, True)
    >>> is_steps("新建学校3所\\n8月底前投用"), is_steps("10月底前完成"), is_steps("")
    (False, False, False)
    """
    steps = [line for part in re.split("[\n；;。]", text) if (line := plain(part))]
    told = sum(_STEP.match(line) is not None for line in steps)
    return told > 1 and told * 4 >= len(steps) * 3


def tells_done(cell: str) -> bool:
    """Whether a cell tells of work that has been done, or goes on: 已完成80%, 前期已办结."""
    return _DONE.search(cell.replace("；", "").replace(";", "")) is not None


def is_dated(cell: str) -> bool:
    """Whether a cell names a moment, and little else.

    >>> is_dated("6月启动，12月完成"), is_dated("春节前")
    (True, False)
    """
    if len(cell) > _LONGEST_WHEN or _DONE.search(cell):
        return False
    status = parse_deadline(cell, year=_ANY_YEAR).value.status
    return status not in ("unparseable", "missing", "open_ended", "recurring")
