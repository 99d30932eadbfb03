"""Whether the cells of a column tell when something is to be done."""

import re

from minsheng.task_table.parsers.deadline import parse_deadline

# What else than a date tells when: 常态化推进, 春节前, 暂定; and what tells of work done.
_EVENT = re.compile(
    r"[^,，;；。\d]{1,6}前(?:夕|完成)?|[^,，;；。]{0,4}[暂待]定[^,，;；。]{0,4}|[一-鿿]{2,4}后\d{1,3}(?:个月|天|日)(?:之|以)?内"
)
_DONE = re.compile(r"已(?!定)|正在|累计|完成率|尚未|目前|进行中|;|；")
_SHORT_WHEN, _LONGEST_WHEN = 12, 30
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


def is_dated(cell: str) -> bool:
    """Whether a cell names a moment, and little else.

    >>> is_dated("6月启动，12月完成"), is_dated("春节前")
    (True, False)
    """
    if len(cell) > _LONGEST_WHEN or _DONE.search(cell):
        return False
    status = parse_deadline(cell, year=_ANY_YEAR).value.status
    return status not in ("unparseable", "missing", "open_ended", "recurring")
