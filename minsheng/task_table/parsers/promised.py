"""Times that are promised: 等候时间缩短至30分钟以内, 办理时限由5个工作日压缩至1个工作日."""

import re
from collections.abc import Iterator

from minsheng.task_table.parsers.no_targets import QUOTED
from minsheng.task_table.parsers.numbers import ABOUT, ARABIC, HAN

_TIME = r"分钟|秒钟?|小时|个?工作日|个?自然日|天|日(?=以?内|[,，;；。、()]|$)"
_SHORTENED = r"(?:缩[短减]|压[缩减]|精简|减少|降低?|控制)(?:到|至|为|在)"
# How long somebody waits, or an office takes: not how long a thing lasts, nor what a condition is.
_SERVED = r"(?:等[候待]|候[诊车]|办[理结]|审批|响应|反应|受理|出警|到[场达]|处[置理]|时限|用时|耗时|间隔|通勤)"
_PROMISED = re.compile(
    rf"(?:{_SHORTENED}|{_SERVED}[^,，;；。、\d]{{0,6}}(?=不))(?P<bound>不超过|不多于|不高于)?(?P<about>{ABOUT})?"
    rf"(?P<number>{ARABIC}|{HAN})(?P<unit>{_TIME})(?P<after>(?:及?以|之)?[内下])?"
    r"(?=(?:左右)?(?:$|[,，;；。、()]|的?目标|并))"
)


def promised_in(piece: str) -> Iterator[re.Match[str]]:
    """Times within which something is to be done from now on, outside quoted names.

    >>> [found["number"] + found["unit"] for found in promised_in("办理时限由5个工作日压缩至1个工作日")]
    ['1个工作日']
    >>> [found["number"] for found in promised_in("等候时间缩短至30分钟以内，公交等候不超过10分钟")]
    ['30', '10']
    >>> list(promised_in("建成15分钟生活圈，停放不超过30分钟免费，在“时间缩短至5分钟”行动中值守24小时"))
    []
    """
    return _PROMISED.finditer(QUOTED.sub(lambda name: "□" * len(name[0]), piece))
