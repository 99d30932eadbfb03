"""Which row of a new reading of the same file is which of the old one.

Numbers tell it as long as the reader counts rows as before. A newer one may not (a heading between two tables of a
document had a row of its own once): then what stands in the cells tells it, and a number alone never does.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from minsheng.task_table.models import StagedRow
from minsheng.task_table.parsers.text import key

Pair = tuple[StagedRow, StagedRow]
Marked = frozenset[tuple[str, int]]
Mark = Callable[[StagedRow], Marked]
_NAMED: Final = ("serial", "project", "content")


def paired(old: Sequence[StagedRow], new: Sequence[StagedRow]) -> list[Pair]:
    """Rows with the same cells, or called the same: at the same number first, elsewhere where only one is so.

    The other rows are paired by number, where the longest text of one stands in the other: cells were taken apart, or
    columns mean something else.
    """
    found: list[Pair] = []
    for mark in (_cells, _names):
        for pairs in (_in_place, _elsewhere):
            found += pairs(*_without(found, old, new), mark)
    return found + _overlapping(*_without(found, old, new))


def _cells(row: StagedRow) -> Marked:
    """What stands in its cells, whatever their columns mean."""
    texts = Counter(key(str(cell["text"])) for cell in row.reading["source"].values())
    del texts[""]
    return frozenset(texts.items())


def _names(row: StagedRow) -> Marked:
    names = [(key(str(row.reading.get(name) or "")), place) for place, name in enumerate(_NAMED)]
    return frozenset(names if any(name for name, _place in names) else ())


def _in_place(old: Sequence[StagedRow], new: Sequence[StagedRow], mark: Mark) -> list[Pair]:
    before = {row.row: row for row in old}
    return [(before[row.row], row) for row in new if row.row in before and mark(before[row.row]) == mark(row)]


def _elsewhere(old: Sequence[StagedRow], new: Sequence[StagedRow], mark: Mark) -> list[Pair]:
    """Of rows of the same mark those that are the only ones."""
    before, now = Counter(map(mark, old)), Counter(map(mark, new))
    alone = {mark(row): row for row in old}
    return [(alone[one], row) for row in new if (one := mark(row)) and before[one] == now[one] == 1]


def _overlapping(old: Sequence[StagedRow], new: Sequence[StagedRow]) -> list[Pair]:
    before = {row.row: row for row in old}
    pairs = [(before[row.row], row) for row in new if row.row in before]
    return [(one, other) for one, other in pairs if _holds(one, other) or _holds(other, one)]


def _holds(row: StagedRow, other: StagedRow) -> bool:
    texts = [key(str(cell["text"])) for cell in other.reading["source"].values()]
    longest = max(texts, key=len, default="")
    return bool(longest) and any(longest in key(str(cell["text"])) for cell in row.reading["source"].values())


def _without(
    pairs: Sequence[Pair], old: Sequence[StagedRow], new: Sequence[StagedRow]
) -> tuple[list[StagedRow], list[StagedRow]]:
    taken = {id(row) for pair in pairs for row in pair}
    return [row for row in old if id(row) not in taken], [row for row in new if id(row) not in taken]
