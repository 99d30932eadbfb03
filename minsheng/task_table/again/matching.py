"""Which row of a new table is which sub-item. By itself only where serial, project and content agree, and nothing else
does so; every other match is proposed, with a score and a reason, and a person decides. One row, one sub-item.

Pure functions, no database.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from typing import Final

from minsheng.task_table.parsers.text import key

NEW: Final = 0  # what a person says of a row that is a new sub-item
LIKELY: Final = 0.6  # from this score on a proposal stands in the field already, to be confirmed
LIKE: Final = 0.5  # how like two contents must be to be proposed at all
MOST: Final = 5  # proposals for one row


class Why(StrEnum):
    SAME = "same"
    DOUBLE = "double"  # all agrees, but for several rows or sub-items
    MOVED = "moved"
    OTHER_PROJECT = "other-project"
    REWORDED = "reworded"
    SIMILAR = "similar"
    SERIAL_ONLY = "serial-only"


@dataclass(frozen=True)
class Known:
    """A row of the table (``at`` its position), or a sub-item (``at`` its key)."""

    at: int
    serial: str
    project: str
    content: str
    place: int = 0
    withdrawn: bool = False

    @cached_property
    def words(self) -> str:
        return key(self.content)

    @cached_property
    def name(self) -> str:
        """What comes before the first stop: most contents begin with what they are called."""
        return self.words.partition("。")[0]

    @cached_property
    def all(self) -> tuple[str, str, str]:
        return key(self.serial), key(self.project), self.words

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Its pairs of neighbouring characters: cheap to compare with many."""
        return frozenset(map("".join, zip(self.words, self.words[1:], strict=False)))


@dataclass(frozen=True)
class Proposal:
    row: int
    item: int
    score: float
    why: Why

    @property
    def percent(self) -> int:
        return round(self.score * 100)


@dataclass
class Matching:
    """``sure`` and ``decided``: row → sub-item (``NEW`` where a person said so). ``proposed`` has for each row that is
    still open its proposals, the likeliest first; ``best`` the one-to-one choice among them.
    """

    sure: dict[int, int]
    decided: dict[int, int]
    proposed: dict[int, list[Proposal]] = field(default_factory=dict)
    best: dict[int, Proposal] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        return not self.proposed

    @property
    def pairs(self) -> dict[int, int]:
        """Row → sub-item, of all that is settled."""
        return self.sure | {row: item for row, item in self.decided.items() if item != NEW}


def match(rows: Sequence[Known], items: Sequence[Known], decided: Mapping[int, int]) -> Matching:
    """Match rows with sub-items. What a person ``decided`` holds, before what is sure."""
    taken = {item for item in decided.values() if item != NEW}
    free_rows = [row for row in rows if row.at not in decided]
    free_items = [item for item in items if item.at not in taken]
    sure = _sure(free_rows, free_items)
    # A row decided otherwise does not make its twin sure: of two that are alike a person says which is which.
    doubles = {one.all for one in rows if one.at in decided} & {one.all for one in free_rows}
    sure = {row.at: item for row in free_rows if (item := sure.get(row.at)) is not None and row.all not in doubles}
    held = set(sure.values())
    open_rows = [row for row in free_rows if row.at not in sure]
    open_items = [item for item in free_items if item.at not in held]
    proposed = _proposals(open_rows, open_items)
    return Matching(sure, dict(decided), proposed, _one_to_one(proposed))


def _sure(rows: Iterable[Known], items: Iterable[Known]) -> dict[int, int]:
    rows, items = list(rows), [item for item in items if not item.withdrawn]
    of_rows, of_items = Counter(row.all for row in rows), Counter(item.all for item in items)
    by_all = {item.all: item.at for item in items if of_items[item.all] == 1}
    return {row.at: by_all[row.all] for row in rows if row.all in by_all and of_rows[row.all] == 1}


def _proposals(rows: Sequence[Known], items: Sequence[Known]) -> dict[int, list[Proposal]]:
    near = _Near(items)
    found = {}
    for row in rows:
        of_row = (_judged(row, item) for item in near.to(row))
        ranked = sorted((one for one in of_row if one), key=lambda one: (-one.score, one.item))
        found[row.at] = ranked[:MOST]
    return found


def _judged(row: Known, item: Known) -> Proposal | None:
    same_serial = bool(row.serial) and row.all[0] == item.all[0]
    same_project = row.all[1] == item.all[1]
    if row.words == item.words:
        if same_project:
            # No serial in either counts as agreeing.
            agree = row.all[0] == item.all[0]
            return Proposal(row.at, item.at, 0.97 if agree else 0.95, Why.DOUBLE if agree else Why.MOVED)
        return Proposal(row.at, item.at, 0.9, Why.OTHER_PROJECT)
    like = SequenceMatcher(None, row.words, item.words, autojunk=False).ratio()
    if row.name == item.name and len(row.name) >= 4:
        like = max(like, 0.75)
    if like >= LIKE:
        score = like * (0.94 if same_serial else 0.85) - (0 if same_project else 0.05)
        return Proposal(row.at, item.at, round(score, 3), Why.REWORDED if same_serial else Why.SIMILAR)
    if same_serial and same_project:
        return Proposal(row.at, item.at, round(like * 0.5, 3), Why.SERIAL_ONLY)
    return None


class _Near:
    """Which sub-items are worth comparing with a row: those that share its serial, or much of its text."""

    def __init__(self, items: Sequence[Known]) -> None:
        self.by_serial: dict[str, list[Known]] = defaultdict(list)
        self.by_words: dict[str, list[Known]] = defaultdict(list)
        self.by_pair: dict[str, list[Known]] = defaultdict(list)
        for item in items:
            self.by_serial[item.all[0]].append(item)
            self.by_words[item.words].append(item)
            for two in item.pairs:
                self.by_pair[two].append(item)

    def to(self, row: Known) -> Collection[Known]:
        found = {item.at: item for item in self.by_words.get(row.words, ())[:MOST]}
        if row.serial:
            found.update((item.at, item) for item in self.by_serial.get(row.all[0], ())[:MOST])
        shared: Counter[int] = Counter()
        known = {}
        # What stands in few contents tells more than what stands in all; and is quicker to ask.
        rare = sorted((self.by_pair[two] for two in row.pairs if two in self.by_pair), key=len)[:40]
        for items in rare:
            for item in items[:50]:
                shared[item.at] += 1
                known[item.at] = item
        found.update((at, known[at]) for at, _count in shared.most_common(2 * MOST))
        return found.values()


def _one_to_one(proposed: Mapping[int, Sequence[Proposal]]) -> dict[int, Proposal]:
    """The likeliest first; no sub-item twice. Of equal ones the first row gets the first sub-item."""
    ranked = sorted(
        (one for of_row in proposed.values() for one in of_row), key=lambda one: (-one.score, one.row, one.item)
    )
    best: dict[int, Proposal] = {}
    taken: set[int] = set()
    for one in ranked:
        if one.row not in best and one.item not in taken:
            best[one.row] = one
            taken.add(one.item)
    return best
