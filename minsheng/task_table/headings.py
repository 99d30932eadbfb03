"""Headings of a document between its tables: how they are numbered, and what stands under which."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from minsheng.task_table.parsers.text import follows, plain
from minsheng.task_table.sheet import Sheet

# How headings are numbered, the outermost first.
_STYLES: Final = (
    re.compile(r"第[一二三四五六七八九十]+[部章类篇]"),
    re.compile(r"[一二三四五六七八九十]+、"),
    re.compile(r"[(（][一二三四五六七八九十]+[)）]"),
)
_FIRST: Final = re.compile(r"[第(（]?一[)）、部章类篇]")
_SECOND: Final = re.compile(r"[第(（]?二[)）、部章类篇]")


@dataclass
class Numbers:
    """The numbers of the headings so far, by their style."""

    last: dict[int, str] = field(default_factory=dict)

    def take(self, lines: Sequence[str]) -> bool:
        """Whether the headings among ``lines`` go on from those before; they are the last ones then."""
        taken = [self._take(line) for line in lines]
        return all(taken)

    def _take(self, line: str) -> bool:
        style, number = numbered(line)
        if not number:
            return True
        before, outer = self.last.get(style), any(one < style for one in self.last)
        self.last = {one: text for one, text in self.last.items() if one < style} | {style: number}
        if before:
            return number != before and follows(number, before)
        # A first one begins inside another part. What stands right under the title may be the first part.
        return (_FIRST if outer else _SECOND).fullmatch(number) is not None


@dataclass
class Headings:
    """The headings that a row stands under, the outermost first."""

    taken: dict[int, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)  # of those a person was asked already, with all that is below

    def begin(self, line: str = "") -> None:
        """Another table, with at most one heading right above it."""
        self.taken = {}
        if line:
            self.take(line)

    def take(self, line: str, *, asked: bool = False) -> None:
        """A heading: it ends those of its kind and further in; one without a number ends them all."""
        (self.asked.add if asked else self.asked.discard)(line)
        style, number = numbered(line)
        outer = {one: text for one, text in self.taken.items() if one < style} if number else {}
        self.taken = outer | {style: line}

    def unasked(self) -> list[str]:
        return [line for line in self.taken.values() if line not in self.asked]

    def __iter__(self) -> Iterator[str]:
        return iter(self.taken.values())


def numbered(line: str) -> tuple[int, str]:
    """Which style of heading a line has, and its number; an empty one where it is none.

    >>> numbered("二、卫生类"), numbered("(三)道路"), numbered("第二部分 交通"), numbered("重点工程")
    ((1, '二、'), (2, '(三)'), (0, '第二部'), (0, ''))
    """
    found = ((place, style.match(plain(line))) for place, style in enumerate(_STYLES))
    return next(((place, one[0]) for place, one in found if one), (0, ""))


def last_heading(lines: Sequence[str]) -> str:
    """The heading nearest to what stands below the lines."""
    return next((line for line in reversed(lines) if numbered(line)[1]), "")


def under(table: Sheet, lines: Sequence[str]) -> Sheet:
    """``table`` with these lines before its first row."""
    return replace(table, between={**table.between, table.rows[0]: tuple(lines)}) if lines and table.rows else table


def first_under(table: Sheet, following: Sequence[str]) -> Sheet:
    """The first of several tables with the heading right above it, where the lines above the next go on from that.

    Elsewhere what stands above a table may be a chapter of the text, and no category of its rows.
    """
    own = _chain(table.above)
    numbers = Numbers()
    numbers.take(own)
    goes_on = bool(own) and bool(last_heading(following)) and numbers.take(following)
    return under(table, own) if goes_on and not table.between.get(table.rows[0]) else table


def _chain(lines: Sequence[str]) -> list[str]:
    """The headings right above a table, the outermost first: 一、城建类, （一）新建."""
    chain: list[str] = []
    for line in reversed(lines):
        style, number = numbered(line)
        if chain and not (number and style < numbered(chain[0])[0]):
            break
        if number:
            chain.insert(0, line)
    return chain
