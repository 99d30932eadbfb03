"""The parts of a task that its text numbers: ①②③, 1. 2. 3., （1）（2）, 一是二是."""

import re
from dataclasses import dataclass
from functools import lru_cache

from minsheng.task_table.parsers.text import SAME_TEXTS, plain

_HAN = "一二三四五六七八九十"
# Start of the text or the end of what came before: a number elsewhere is a figure.
_EDGE = r"(?:(?<=^)|(?<=[\s。；;：:，,、.！）)]))"
_NUMBER, _NUMERAL = r"(?=\d)", f"(?=[{_HAN}])"  # looked at first: quick, and hardly ever there
_DOTTED = re.compile(_NUMBER + _EDGE + r"(?P<mark>(?P<number>\d{1,2})(?:[.．](?!\d(?!\d?月))|、))")  # 1.4月底前: part 1
# Each with the signs one of which a text must hold.
_KINDS = (
    ("①", re.compile(r"(?P<mark>[①-⑳])[.、．]?")),
    ("⑴", re.compile(r"(?P<mark>[⑴-⒇])")),
    ("⒈", re.compile(r"(?P<mark>[⒈-⒛])")),
    ("❶", re.compile(r"(?P<mark>[❶-❿])")),
    (".．、", _DOTTED),
    ("(（", re.compile(r"(?P<mark>[(（](?P<number>\d{1,2})[)）])(?!型)")),  # 小（2）型水库
    (")）", re.compile(_NUMBER + _EDGE + r"(?P<mark>(?P<number>\d{1,2})[)）])(?!型)")),
    ("(（", re.compile(rf"(?P<mark>[(（](?P<han>[{_HAN}])[)）])(?!型)")),
    ("、", re.compile(_NUMERAL + _EDGE + rf"(?P<mark>(?P<han>[{_HAN}])、)")),
    ("是", re.compile(_NUMERAL + _EDGE + rf"(?P<mark>(?P<han>[{_HAN}])是)")),
)
_SIGNS = frozenset("".join(signs for signs, _kind in _KINDS))
# 2.3所幼儿园 behind 1.…。: a mark that stands against a number. Such things are not counted in tenths.
_AGAINST = re.compile(
    r"(?=\d)(?:(?<=^)|(?<=[\s。；;]))(?P<mark>(?P<number>\d{1,2})[.．])(?=\d+(?:个(?!百分点)|[所处座条家户名人场台辆栋项村次间套]|路公交|号))"
)
_FIRST = {"①": 1, "⑴": 1, "⒈": 1, "❶": 1}


@dataclass(frozen=True)
class Part:
    marker: str
    text: str
    start: int  # in the text as it came, behind the marker
    end: int


@lru_cache(maxsize=SAME_TEXTS)
def parse_deliverables(text: str) -> tuple[Part, ...]:
    """The numbered parts of a text, without what stands before the first; empty where there are fewer than two.

    Marks must count 1, 2, 3 …; with marks of two kinds the outer ones, which come first, are the parts. They follow
    each other without a gap, so nothing behind the first mark is lost. Never raises.

    >>> [part.text for part in parse_deliverables("教育扩容。①新建小学2所；②新增学位2400个。")]
    ['新建小学2所；', '新增学位2400个。']
    >>> [part.marker for part in parse_deliverables("1.城镇新增就业6万人；2.扶持创业3000人。")]
    ['1.', '2.']
    >>> [part.text for part in parse_deliverables("1.新增学位300个。2.3所幼儿园试点托班。3.开展指导60场。")]
    ['新增学位300个。', '3所幼儿园试点托班。', '开展指导60场。']
    >>> parse_deliverables("硬化道路1.5公里，2.5米宽")
    ()
    """
    there = _SIGNS.intersection(text)
    if not there:
        return ()
    best: list[tuple[int, int, str]] = []
    for signs, kind in _KINDS:
        marks = [] if there.isdisjoint(signs) else _counting(kind, text)
        if len(marks) > 1 and (not best or marks[0][0] < best[0][0]):
            best = marks
    if not best:
        return ()
    ends = [start for start, _, _ in best[1:]] + [len(text)]
    return tuple(
        Part(plain(mark), text[behind:end].strip(), behind, end)
        for (_, behind, mark), end in zip(best, ends, strict=True)
    )


def _counting(kind: re.Pattern[str], text: str) -> list[tuple[int, int, str]]:
    """Start, end and text of the marks of one kind that count up from one."""
    marks: list[tuple[int, int, str]] = []
    every = list(kind.finditer(text))
    if kind is _DOTTED:
        every = sorted([*every, *_AGAINST.finditer(text)], key=lambda found: found.start())
    for found in every:
        if _value(found) == len(marks) + 1:
            marks.append((found.start(), found.end(), found["mark"]))
    return marks


def _value(found: re.Match[str]) -> int:
    groups = found.groupdict()
    if groups.get("number"):
        return int(groups["number"])
    if groups.get("han"):
        return _HAN.index(groups["han"]) + 1
    first = max((c for c in _FIRST if c <= found["mark"][0]), default="①")
    return ord(found["mark"][0]) - ord(first) + 1
