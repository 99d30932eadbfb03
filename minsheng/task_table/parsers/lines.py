"""Lines that tell tasks where no columns do: a sheet of which each row fills one cell."""

import re
from collections.abc import Iterable
from typing import Final

from minsheng.task_table.parsers.measures import MEASURE
from minsheng.task_table.parsers.text import heading, plain, without_serial

_SHORTEST: Final = 6
# What forms and covers say of themselves: 请于12月底前报送, 本表一式3份, 联系电话.
_OF_THE_FORM = re.compile(
    "填[写报表列]|报送|上报|报至|本表|此表|该表|电话|联系人|邮箱|盖章|一式|打印|^(?:注|备注|说明)"
)
_PROMISED = re.compile(rf"\d[万千]?余?(?:{MEASURE})|(?:月|年|季度|月底|旬)(?:底|末)?(?:之?前|完成|建成)|年底|牵头|负责")


def tells_task(line: str) -> bool:
    """Whether a line says what is to be done: how much of it, by when or by whom.

    >>> tells_task("十一、新建口袋公园3处（洸河街道，2023年11月底前完成）"), tells_task("完善养老服务，由县民政局牵头")
    (True, True)
    >>> tells_task("一、请各单位于12月底前报送"), tells_task("2023年民生实事任务表"), tells_task("财政资金")
    (False, False, False)
    """
    words = plain(line)
    return len(words) >= _SHORTEST and not _OF_THE_FORM.search(words) and _PROMISED.search(words) is not None


def tell_tasks(lines: Iterable[str]) -> bool:
    """Whether one of the lines is a numbered task, or most of them are tasks."""
    told = [(line, tells_task(line)) for line in lines if len(plain(line)) >= _SHORTEST]
    numbered = any(task and (without_serial(line)[0] or heading(plain(line))) for line, task in told)
    return numbered or sum(task for _line, task in told) * 2 > len(told)
