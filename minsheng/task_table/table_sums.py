"""The totals that a table states of its rows (合计, 小计, amounts of headings), against what they add up to.

A difference is asked of the table as a whole: which of its figures is wrong nobody can tell from here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, chain

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header
from minsheng.task_table.parsers.amounts import SCALES, amount_in_column, amounts, exact
from minsheng.task_table.parsers.numbers import ARABIC, to_decimal
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import is_nothing, key, one_line, plain
from minsheng.task_table.result import RowReading, SkippedRow
from minsheng.task_table.sheet import Cell, Sheet

DATA, PART, WHOLE, HEADING = "data", "小计", "合计", "heading"
# Columns that nobody reads as money or targets, and that count something all the same.
_COUNTS = re.compile(r"(?:数量?|面积|里程|长度|学位|床位|金额|投资|规模|任务量)(?:\([^()]*\))?$")
_CALLED = re.compile("合计|总计|小计|共计|累计")
_NO_SUM = re.compile("率|比例|%|单价|标准|均|序|年份|分值|权重")
_COUNTED = re.compile(rf"(?:约|≥|不少于)?({ARABIC})(万?)([^\d+=~～—-]{{0,6}})")


@dataclass(frozen=True)
class _Item:
    """A row below a header, and what it is; ``level`` is that of a heading, 1 the highest."""

    row: int
    kind: str
    level: int = 0
    called: str = ""  # 合计, 总计
    line: str | None = None  # the text of what stands before the row, and in none of its own


@dataclass(frozen=True)
class _Figure:
    wan: Decimal
    places: int  # decimal places, as it is written
    unit: str = ""


@dataclass(frozen=True)
class Run:
    """A sheet, with those that go on below its header; ``headers`` in their order, what was read of it and skipped."""

    sheet: Sheet
    headers: Sequence[Header]
    rows: Sequence[RowReading]
    skipped: Sequence[SkippedRow]

    def tables(self) -> "Iterator[tuple[Header, list[_Item]]]":
        """Each header with the rows below it."""
        items = sorted([*_tasks(self.rows), *_stated(self.skipped)], key=lambda item: (item.row, item.line is None))
        ends = [header.rows[0] for header in self.headers[1:]] + [self.sheet.last_row + 1]
        for header, end in zip(self.headers, ends, strict=True):
            yield header, [item for item in items if header.rows[-1] < item.row < end]


def totals_that_differ(run: Run, others: Sequence[Run] = ()) -> list[Issue]:
    """Ask of each stated total of a column that is not what the rows add up to, with both figures.

    总计 may also be of all that is read, with the rows of the ``others``.
    """
    if not any(one.kind in ("subtotal", "category") for one in run.skipped):
        return []
    issues: list[Issue] = []
    for header, own in run.tables():
        for column in header.columns if any(item.kind != DATA for item in own) else ():
            issues += _Summed(run.sheet, header, column, own, others).issues()
    return issues


def _tasks(rows: Sequence[RowReading]) -> Iterator[_Item]:
    return (_Item(row.row, DATA) for row in rows)


def _stated(skipped: Sequence[SkippedRow]) -> Iterator[_Item]:
    for one in skipped:
        words = plain(one.text)
        line = one.text if one.between else None
        if one.kind == "subtotal":
            called = _CALLED.search(words)
            kind = PART if called and called[0] == "小计" else WHOLE
            yield _Item(one.row, kind, called=called[0] if called else "", line=line)
        elif one.kind == "category":
            yield _Item(one.row, HEADING, 1 if re.match("[一二三四五六七八九十]+|第", words) else 2, line=line)


class _Summed:
    """One column of one table."""

    def __init__(
        self, sheet: Sheet, header: Header, column: Column, items: Sequence[_Item], others: Sequence[Run] = ()
    ) -> None:
        self.sheet, self.header, self.column, self.items, self.others = sheet, header, column, items, others
        self.money = _of_money(column)
        self.alone = self.money and sum(map(_of_money, header.columns)) == 1
        self.unit = (column.unit or header.amount_unit or "万元") if self.money else ""

    def issues(self) -> list[Issue]:
        words = plain(self.column.header)
        counts = self.column.meaning in ("extra", "quantity") and _COUNTS.search(words) and not _NO_SUM.search(words)
        if not (self.money or self.column.meaning == "target" or counts):
            return []
        stated = [n for n, item in enumerate(self.items) if item.kind != DATA and self.figure(n) is not None]
        if not stated or (not self.money and not self._alike(stated)):
            return []
        return [issue for place in stated if (issue := self._issue(place))]

    def cell(self, place: int) -> Cell | None:
        """The cell of the column in a row, where it is its own: one merged over several rows is that of the first.

        合计：300万元 tells in its own words what the one column of money comes to.
        """
        item, index = self.items[place], self.column.index
        cell = self.sheet.cell(item.row, index) if item.line is None else Cell(item.row, 0, item.line)
        if (cell.row, cell.column) == (item.row, index) and not is_nothing(cell.text):
            return cell
        if item.kind not in (PART, WHOLE) or not self.alone:
            return None
        first = self.sheet.filled(item.row)[0] if item.line is None else cell
        return first if len(amounts(plain(first.text))) == 1 else None

    def figure(self, place: int) -> _Figure | None:
        return self.figures[place]

    @cached_property
    def figures(self) -> list[_Figure | None]:
        return [_figure(cell.text, self.unit) if (cell := self.cell(n)) else None for n in range(len(self.items))]

    @cached_property
    def hidden(self) -> frozenset[int]:
        return frozenset(
            n for n, item in enumerate(self.items) if item.line is None and item.row in self.sheet.hidden_rows
        )

    def _alike(self, stated: Sequence[int]) -> bool:
        """Whether all figures count the same thing: 8所 and 12公里 do not add up."""
        measure = self.header.column("unit_of_measure")
        places = [n for n, figure in enumerate(self.figures) if figure is not None and n not in stated]
        if any(self.cell(n) and self.figure(n) is None for n, item in enumerate(self.items) if item.kind == DATA):
            return False
        units = {self.figures[n].unit for n in places if self.figures[n]}  # type: ignore[union-attr]
        measures = {plain(self.sheet.text(self.items[n].row, measure.index)) for n in places} if measure else set()
        return len(units) < 2 and len(measures) < 2

    @cached_property
    def _sums(self) -> list[Decimal]:
        return self._running(range(len(self.items)))

    @cached_property
    def _shown_sums(self) -> list[Decimal]:
        return self._running(n for n in range(len(self.items)) if n not in self.hidden)

    @cached_property
    def _unread(self) -> list[int]:
        """How many cells of tasks hold something that is no figure, up to each place."""
        unread = (it.kind == DATA and self.figures[n] is None and self.cell(n) is not None for n, it in self._each)
        return list(accumulate(map(int, unread), initial=0))

    @property
    def _each(self) -> Iterator[tuple[int, _Item]]:
        return enumerate(self.items)

    def _running(self, places: "Iterator[int] | range") -> list[Decimal]:
        wanted = set(places)
        amounts = (
            figure.wan if item.kind == DATA and n in wanted and (figure := self.figures[n]) else Decimal(0)
            for n, item in self._each
        )
        return list(accumulate(amounts, initial=Decimal(0)))

    def _last(self, place: int, *kinds: str, level: int = 9) -> int:
        """The place behind the nearest row above of these kinds."""
        found = (n + 1 for n in range(place - 1, -1, -1) if self._is(n, kinds, level))
        return next(found, 0)

    def _next(self, place: int, *kinds: str, level: int = 9) -> int:
        return next((n for n in range(place + 1, len(self.items)) if self._is(n, kinds, level)), len(self.items))

    def _is(self, place: int, kinds: Sequence[str], level: int) -> bool:
        item = self.items[place]
        return item.kind in kinds and (item.kind != HEADING or item.level <= level)

    def _spans(self, place: int) -> list[tuple[int, int]]:
        """Runs of rows that a total may be of, the likeliest first."""
        item, count = self.items[place], len(self.items)
        if item.kind == HEADING:
            ends = (self._next(place, HEADING, level=n) for n in (item.level, 9))
            return [(place + 1, end) for end in (*ends, self._next(place, HEADING, PART, WHOLE))]
        above = [self._last(place, *kinds) for kinds in ((PART, WHOLE, HEADING), (PART, WHOLE))]
        above += [max(self._last(place, WHOLE), self._last(place, HEADING, level=1))]
        below = [self._next(place, *kinds) for kinds in ((PART, WHOLE, HEADING), (PART, WHOLE))]
        parts = [(start, place) for start in above] + [(place + 1, end) for end in below]
        if item.kind == PART:
            return parts
        whole = [(0, place), (place + 1, count), (0, count)]
        if not any((one.kind, one.called) == (WHOLE, item.called) for n, one in self._each if n != place):
            return whole
        return [(self._last(place, WHOLE), place), *whole, *parts]  # 合计 of each part

    def _issue(self, place: int) -> Issue | None:
        figure = self.figures[place]
        spans = [span for span in self._spans(place) if self._told(*span)]
        if figure is None or not spans or any(self._agrees(figure, *span) for span in spans):
            return None
        if self.items[place].kind == WHOLE and figure.wan in self._of_parts(place) | self._of_all:
            return None
        start, end = spans[0]
        return Issue(
            "funding" if self.money else "targets", "warning", "total_differs",
            {
                "row": self.items[place].row, "column": one_line(self.column.header) or self.column.letter,
                "stated": self._shown(figure.wan, figure.unit),
                "summed": self._shown(self._sums[end] - self._sums[start], figure.unit),
            },
        )  # fmt: skip

    def _told(self, start: int, end: int) -> bool:
        return any(self.items[n].kind == DATA and self.figures[n] is not None for n in range(start, end))

    def _agrees(self, figure: _Figure, start: int, end: int) -> bool:
        """Whether the rows are what was stated, but for a last place; what a cell tells in words may be the rest."""
        finer = any(one.places > figure.places for one in self.figures[start:end] if one)
        rounded = Decimal(5).scaleb(-figure.places - 1) if finer else Decimal(0)
        rounded *= SCALES[self.unit.removesuffix("元")] if self.money else 1
        unread = self._unread[end] - self._unread[start]
        for sums in (self._sums, self._shown_sums):
            added = sums[end] - sums[start]
            if abs(added - figure.wan) <= rounded or (unread and added < figure.wan):
                return True
        return False

    def _of_parts(self, place: int) -> set[Decimal]:
        """What the stated totals of parts add up to, above and in all."""
        found: set[Decimal] = set()
        for kind in (PART, HEADING):
            stated = [(n, one.wan) for n, one in enumerate(self.figures) if one and self.items[n].kind == kind]
            found |= {sum((wan for _n, wan in stated), Decimal(0))} if stated else set()
            found |= {sum((wan for n, wan in stated if n < place), Decimal(0))} - {Decimal(0)}
        return found

    @cached_property
    def _of_all(self) -> set[Decimal]:
        """What all rows add up to, with those of the other sheets in their columns of the same words or meaning."""
        found = {self._sums[-1]} if self.others else set()
        for run in self.others:
            for header, items in run.tables():
                column = self._like(header)
                if column is not None:
                    there = _Summed(run.sheet, header, column, items)._sums[-1]
                    found = {one + there for one in found}
        return found

    def _like(self, header: Header) -> Column | None:
        """The column of another header that counts the same."""
        same = (column for column in header.columns if column.meaning == self.column.meaning)
        words = (column for column in header.columns if key(column.header) == key(self.column.header))
        return next(chain(words, same if self.money else ()), None)

    def _shown(self, number: Decimal, unit: str) -> str:
        if not self.money:
            return f"{exact(number)}{unit}"
        return f"{exact(number / SCALES[self.unit.removesuffix('元')])}{self.unit}"


def _of_money(column: Column) -> bool:
    return column.meaning.startswith("amount") or column.meaning == "funding"


def _figure(text: str, unit: str) -> _Figure | None:
    """The one figure of a cell, money in 万元; none for what else it holds.

    >>> _figure("1,200.50", "万元"), _figure("8所", ""), _figure("8所、12公里", ""), _figure("区财政", "万元")
    (_Figure(wan=Decimal('1200.5'), places=2, unit=''), _Figure(wan=Decimal('8'), places=0, unit='所'), None, None)
    """
    decimals = re.search(r"\.(\d+)", plain(text))
    places = len(decimals[1]) if decimals else 0
    if unit:
        amount = amount_in_column(text, unit)
        return _Figure(amount[0], places) if amount else None
    found = _COUNTED.fullmatch(plain(text))
    number = to_decimal(found[1]) if found else None
    if found is None or number is None:
        return None
    return _Figure(exact(number * (10_000 if found[2] else 1)), places, found[3])
