"""What stands round a figure and says how exactly it is meant: 不少于, 以上, 左右."""

import re

from minsheng.task_table.parsers.numbers import ARABIC

_AT_LEAST_APART = re.compile(r"(?:至少|最少|不少于|不低于)(?=[^\d,，;；。、]{0,6}$)")
_QUALIFIER = r"不少于|不低于|不小于|不超过|不高于|不多于|超过|高于|低于|至少|约"
_FIGURE = rf"{ARABIC}[^\d,，;；。、和及与]{{0,6}}"
# 分别不低于92%和62%, 分别达到90%、85%以上: one word for every figure.
_SAID_BEFORE = re.compile(rf"分别[一-鿿]{{0,4}}?(?P<word>{_QUALIFIER})(?:{_FIGURE}[、和及与])+$")
_SAID_BEHIND = re.compile(rf"(?:[、和及与]{_FIGURE}?)+?(?P<word>及?以[上下内]|左右)")
_MOST = re.compile(r"不超|不高|不多|最多|≤|<=|低于|小于|以下|以内")
_LEAST = re.compile(r"不少|不低|不小|至少|最少|≥|>=|超|突破|高于|大于|以上")
_NOT_LESS = re.compile("不低|不小")


def bound_of(words: str) -> str | None:
    """Whether words say that a figure is the least (min) or the most (max).

    >>> bound_of("不低于"), bound_of("以内"), bound_of("左右"), bound_of("")
    ('min', 'max', None, None)
    """
    if not words:
        return None
    if _MOST.search(words) and not _NOT_LESS.search(words):
        return "max"
    return "min" if _LEAST.search(words) else None


def said_apart(before: str, after: str) -> str:
    """Words that are said of a figure and do not touch it, in a text before and behind it.

    >>> said_apart("至少建成", "处"), said_apart("管理率分别不低于92%和", "%"), said_apart("分别达到", "、85%以上")
    ('至少', '不低于', '以上')
    >>> said_apart("不低于92%和", ""), said_apart("达到", "、85%以上")
    ('', '')
    """
    apart = _AT_LEAST_APART.search(before)
    words = apart[0] if apart else ""
    if "分别" not in before:
        return words
    listed = _SAID_BEFORE.search(before)
    words += listed["word"] if listed else ""
    clause = re.split("[,，;；。]", before)[-1]
    behind = _SAID_BEHIND.match(after) if "分别" in clause else None
    return words + (behind["word"] if behind else "")
