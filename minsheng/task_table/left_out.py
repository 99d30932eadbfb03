"""Tasks that a table lists and that were not chosen: 票决结果 | 未当选."""

import re
from collections.abc import Mapping
from typing import Final

from minsheng.task_table.parsers.text import plain

_LONGEST: Final = 12  # of a cell that tells a result and nothing else
_NOT = "(?:未能?|没有?|不)"
# Nothing but such a vote, or a choice, says so.
_SURELY = re.compile(
    f"{_NOT}(?:当选|入选|获选|入围|中选)|落选|不(?:予|再|组织|作)(?:安排|实施|立项|采纳)|否决|淘汰|出局"
)
# 未立项 is how far a task is, in a column of progress; below 评审结果 it is what became of it.
_IN_A_RESULT = re.compile(
    f"{_NOT}(?:获得?|予)?(?:批准|通过|立项|列入|纳入|采纳|推荐|实施|同意)|暂缓.{{0,4}}|暂不.{{0,4}}|缓建|缓办|备选(?:项目)?|候补(?:项目)?|[否×✗✘xXnN]"
)
_RESULT = re.compile(
    "结果|当选|入选|入围|票决|表决|投票|遴选|评审|评选|审议|结论|审[核查批]意见|(?<!部门)意见$|是否(?:通过|立项|列入|纳入|实施|采纳)"
)


def left_out(remarks: str, project: str, extra: Mapping[str, str]) -> str:
    """The words that say that a task was not chosen; empty where none do. ``extra`` are cells below their headers.

    >>> [left_out("", "停车", {"票决结果": words}) for words in ("未当选", "落选", "暂缓", "不予实施", "未通过")]
    ['未当选', '落选', '暂缓', '不予实施', '未通过']
    >>> [left_out("", "停车", {"票决结果": words}) for words in ("当选", "通过", "得票198", "予以立项")]
    ['', '', '', '']
    >>> (
    ...     left_out("", "停车", {"进展": "未立项"}),
    ...     left_out("", "停车", {"是否当选": "否"}),
    ...     left_out("", "停车", {"是否新建": "否"}),
    ... )
    ('', '否', '')
    >>> (
    ...     left_out("未入选，列入储备", "停车", {}),
    ...     left_out("", "停车场建设（落选）", {}),
    ...     left_out("未通过验收的重建", "停车", {}),
    ... )
    ('未入选，列入储备', '停车场建设（落选）', '')
    """
    for header, cell in extra.items():
        if len(cell) > _LONGEST:
            continue
        words = plain(cell)
        if _SURELY.search(words) or (_IN_A_RESULT.fullmatch(words) and _RESULT.search(plain(header))):
            return cell
    return next((text for text, words in ((remarks, remarks), (project, project[-8:])) if _SURELY.search(words)), "")
