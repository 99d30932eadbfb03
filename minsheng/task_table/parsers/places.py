"""Figures that each of several places is to reach: 在十里铺、三里屯各建1个停车场 is two."""

import re

from minsheng.task_table.parsers.counts import DOING

_EACH = re.compile(rf"各(?:自|分别)?(?:{DOING}[一-鿿]{{0,8}})?(?:不少于|至少|约)?$")
_NAMED = re.compile(r"[在于](?P<names>[一-鿿、]{5,80})$")
_LONGEST_PLACE = 10
_SPLIT = re.compile(r"、|(?<=[一-鿿]{2})[和及与](?=[一-鿿]{2})")


def places_of_each(before: str) -> int | None:
    """How many places each reach the figure behind ``before``: 1 where none is said, ``None`` where nobody says.

    >>> places_of_each("在十里铺、三里屯各建"), places_of_each("新建停车场"), places_of_each("举办各类活动")
    (2, 1, 1)
    >>> places_of_each("在各镇街各建"), places_of_each("东区、西区各新建公园"), places_of_each("在东区、西区等地各建")
    (None, None, None)
    """
    each = _EACH.search(before)
    if each is None:
        return 1
    named = _NAMED.search(re.split("[,，;；。\\n]", before[: each.start()])[-1])
    if named is None or re.search("[各等每□]|其他|所有", named["names"]):
        return None
    names = _SPLIT.split(named["names"])
    return len(names) if len(names) > 1 and all(1 < len(name) <= _LONGEST_PLACE for name in names) else None
