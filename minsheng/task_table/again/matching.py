"""Which row of a new table is which sub-item. By itself only where serial, project and content agree, and nothing else
does so; every other match is proposed, with a score and a reason, and a person decides. One row, one sub-item.

They agree as they now stand, or as the two tables have them: what was corrected since makes no other sub-item.

Pure functions, no database.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from typing import Final

from minsheng.task_table.parsers.text import key

NEW: Final = 0  # what a person says of a row that is a new sub-item
Mark = tuple[str, str, str]  # serial, project and content, for comparing
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


ALIKE: Final = {Why.DOUBLE, Why.MOVED, Why.OTHER_PROJECT}  # of the same content


@dataclass(frozen=True)
class Known:
    """A row of the table (``at`` its row of the sheet), or a sub-item (``at`` its key).

    ``read`` is serial, project and content as they were read from the table, before anybody corrected them.
    """

    at: int
    serial: str
    project: str
    content: str
    place: int = 0
    withdrawn: bool = False
    read: tuple[str, str, str] | None = None

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
    def as_read(self) -> "Known":
        """The same before anybody corrected it."""
        if self.read is None:
            return self
        serial, project, content = self.read
        return replace(self, serial=serial, project=project, content=content, read=None)

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

    @cached_property
    def moved(self) -> dict[int, int]:
        """Row → sub-item, of open rows with the project and content of one sub-item, and of no other row's: they only
        moved, as after a row that was inserted further up. A person confirms them as one.
        """
        same = {row: [one for one in found if one.why in ALIKE] for row, found in self.proposed.items()}
        rows_of = Counter(one.item for found in same.values() for one in found)
        return {
            row: found[0].item
            for row, found in same.items()
            if len(found) == 1 and found[0].why == Why.MOVED and rows_of[found[0].item] == 1
        }

    @property
    def pairs(self) -> dict[int, int]:
        """Row → sub-item, of all that is settled."""
        return self.sure | {row: item for row, item in self.decided.items() if item != NEW}


def match(rows: Sequence[Known], items: Sequence[Known], decided: Mapping[int, int]) -> Matching:
    """Match rows with sub-items. What a person ``decided`` holds, before what is sure.

    It says nothing of rows that are not there (left out since), and nothing where it makes one sub-item of two rows.
    """
    there = {row.at for row in rows}
    decided = {row: item for row, item in decided.items() if row in there}
    count = Counter(item for item in decided.values() if item != NEW)
    decided = {row: item for row, item in decided.items() if count[item] < 2}
    taken = {item for item in decided.values() if item != NEW}
    free_rows = [row for row in rows if row.at not in decided]
    free_items = [item for item in items if item.at not in taken]
    sure = _sure(free_rows, free_items)
    # A row decided otherwise does not make its twin sure: of two that are alike a person says which is which.
    said = {mark for one in rows if one.at in decided for mark in (one.all, one.as_read.all)}
    sure = {
        row.at: item
        for row in free_rows
        if (item := sure.get(row.at)) is not None and not {row.all, row.as_read.all} & said
    }
    held = set(sure.values())
    open_rows = [row for row in free_rows if row.at not in sure]
    open_items = [item for item in free_items if item.at not in held]
    proposed = _proposals(open_rows, open_items)
    return Matching(sure, decided, proposed, _one_to_one(proposed))


def _sure(rows: Iterable[Known], items: Iterable[Known]) -> dict[int, int]:
    rows, items = list(rows), [item for item in items if not item.withdrawn]
    sure = _agreeing([(row.at, row.all) for row in rows], [(item.at, item.all) for item in items])
    as_read = _agreeing(
        [(row.at, row.as_read.all) for row in rows], [(item.at, item.as_read.all) for item in items if item.read]
    )
    taken = set(sure.values())
    return {row: item for row, item in as_read.items() if item not in taken} | sure


def _agreeing(rows: Sequence[tuple[int, Mark]], items: Sequence[tuple[int, Mark]]) -> dict[int, int]:
    of_rows, of_items = Counter(mark for _at, mark in rows), Counter(mark for _at, mark in items)
    by_mark = {mark: at for at, mark in items if of_items[mark] == 1}
    return {at: by_mark[mark] for at, mark in rows if mark in by_mark and of_rows[mark] == 1}


def _proposals(rows: Sequence[Known], items: Sequence[Known]) -> dict[int, list[Proposal]]:
    near = _Near(items)
    found = {}
    for row in rows:
        best: dict[int, Proposal] = {}
        for mine, theirs in near.to(row):
            one = _judged(mine, theirs)
            if one and (one.item not in best or best[one.item].score < one.score):
                best[one.item] = one
        found[row.at] = sorted(best.values(), key=lambda one: (-one.score, one.item))[:MOST]
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
        self.now = _Index(items)
        self.as_read = _Index([item.as_read for item in items if item.read])

    def to(self, row: Known) -> Iterable[tuple[Known, Known]]:
        """Both as they now stand, and both as the tables have them."""
        yield from ((row, item) for item in self.now.to(row))
        yield from ((row.as_read, item) for item in self.as_read.to(row.as_read))


class _Index:
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
        """Where the content is there as it is, what is only like it is not asked about."""
        found = {item.at: item for item in self.by_words.get(row.words, ())[:MOST]}
        alike = any(not item.withdrawn for item in found.values())
        if row.serial:
            found.update((item.at, item) for item in self.by_serial.get(row.all[0], ())[:MOST])
        if alike:
            return found.values()
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
