"""What a comparison found: rows and sub-items that differ, are new, or missing, and what of it is still open."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from funding.services.lines import Stated as StatedMoney
from minsheng.task_table.again import matching
from minsheng.task_table.again.matching import Matching
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.pictures import Difference
from minsheng.task_table.again.present import Present
from minsheng.task_table.models import StagedRow
from minsheng.task_table.points import Point
from minsheng.task_table.reading import RowReading
from projects.models import Programme, SubItem
from projects.services.plans import Parts, SubItemPlan

WITHDRAWN: Final = SubItem.Status.WITHDRAWN
MANY: Final = 3  # rows that only moved, or sub-items of which only the serial did


@dataclass(frozen=True)
class Row:
    """A row of the new table, with the plan it states. ``must_choose``: a person has still to say who files."""

    staged: StagedRow
    reading: RowReading
    plan: SubItemPlan
    must_choose: bool

    @property
    def number(self) -> int:
        """Its row of the sheet: what people say of it is kept by this, as places move where a row is taken in."""
        return self.staged.row


@dataclass(frozen=True)
class Pair:
    """A row and the sub-item it is, with what differs. ``refused`` are the parts a person leaves as they are.

    ``kept`` differs too, but the table has it as the last one had it: people changed it since, and it stays so unless
    a person has it ``set_back``. Of ``parts`` and ``money`` no more is held than differs.
    """

    row: Row
    present: Present
    drafted: SubItem
    parts: Parts | None
    money: StatedMoney | None
    differences: list[Difference]
    refused: frozenset[str]
    month: date | None
    by_itself: bool
    kept: list[Difference] = field(default_factory=list)
    set_back: frozenset[str] = frozenset()

    @property
    def accepted(self) -> list[Difference]:
        """Nothing of what was closed changes."""
        if self.present.sub_item.is_closed:
            return []
        taken = [one for one in self.differences if one.part not in self.refused]
        return taken + [one for one in self.kept if one.part in self.set_back]

    @property
    def only_serial(self) -> bool:
        """Whether nothing but its number moved, as after a row that was inserted further up."""
        parts = [one.part for one in self.differences]
        return parts == ["serial"] and not self.kept and not self.present.sub_item.is_closed

    @property
    def hands_over(self) -> bool:
        return any(one.part == "responsibilities" for one in self.accepted)


@dataclass(frozen=True)
class Same:
    """A row and the sub-item it is, with nothing that differs; ``source`` is what of its place in the table does."""

    staged: StagedRow
    present: Present
    source: dict[str, Any]


@dataclass
class Comparison:
    """``missing``: sub-items in force that the table does not name. ``new``: rows that become sub-items.

    A table may have thousands of rows, and most say what they said: these are ``same``, held without their plan. Whole
    are ``rows``: those that differ, are new, or that a person matches or chooses for. ``staged`` are all that count,
    without their reading. ``open_points`` are questions of the rows that hold nothing up, ``blocking`` rows of the
    sheet that do.
    """

    update: TableUpdate
    programme: Programme
    items: dict[int, Present]
    matching: Matching
    staged: list[StagedRow] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    same: list[Same] = field(default_factory=list)
    open_points: list[tuple[StagedRow, Point]] = field(default_factory=list)
    blocking: list[int] = field(default_factory=list)

    @property
    def changed(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.differences]

    @property
    def kept(self) -> list[Pair]:
        """Where people changed since what the table has as before."""
        return [pair for pair in self.pairs if pair.kept]

    @property
    def serials(self) -> list[Pair]:
        """Those of which nothing but the number moved, where they are many: they are looked at and taken as one. Where
        a person left some of them as they are and others not, these stand by themselves.
        """
        moved = [pair for pair in self.pairs if pair.only_serial]
        taken = [pair for pair in moved if "serial" not in pair.refused]
        moved = taken or moved
        return moved if len(moved) >= MANY else []

    @property
    def listed(self) -> list[Pair]:
        """What is looked at one by one: what differs, and behind it what only people changed."""
        together = {pair.row.number for pair in self.serials}
        changed = [pair for pair in self.changed if pair.row.number not in together]
        return changed + [pair for pair in self.kept if not pair.differences]

    @cached_property
    def moved(self) -> list[tuple[Row, Present]]:
        """Open rows that only moved, with the sub-items they are; where they are many they are confirmed as one."""
        moved = self.matching.moved
        found = [(row, self.items[moved[row.number]]) for row in self.rows if row.number in moved]
        found = [(row, one) for row, one in found if one.sub_item.status == SubItem.Status.ACTIVE]
        return found if len(found) >= MANY else []

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if self.matching.decided.get(row.number) == matching.NEW]

    @property
    def missing(self) -> list[Present]:
        """Asked only when it is clear which row is what."""
        if not self.matching.is_settled:
            return []
        there = set(self.matching.pairs.values())
        return [one for pk, one in self.items.items() if pk not in there and one.sub_item.status != WITHDRAWN]

    @property
    def must_choose(self) -> list[Row]:
        return [row for row in self.rows if row.must_choose]

    @property
    def order(self) -> list[int]:
        """The present sub-items as the table orders them: what it does not name stays behind what it followed."""
        row_of = {item: row for row, item in self.matching.pairs.items()}
        keys: dict[int, tuple[int, int]] = {}
        last = 0
        for pk, one in self.items.items():
            last = row_of.get(pk, last)
            keys[pk] = (last, one.sub_item.position if pk not in row_of else 0)
        return sorted(keys, key=lambda pk: keys[pk])

    @property
    def order_changes(self) -> bool:
        return self.matching.is_settled and self.order != list(self.items)

    @property
    def is_the_same(self) -> bool:
        """Whether the table says nothing new."""
        set_back = any(pair.set_back for pair in self.kept)
        return self.matching.is_settled and not (
            self.changed or self.new or self.missing or self.order_changes or set_back
        )

    @cached_property
    def marks(self) -> dict[str, str]:
        """What was shown of each sub-item that differs or is missing, and of all as a whole, as short sums."""
        shown: dict[str, Any] = {
            str(pair.present.sub_item.pk): [[one.part, one.changes] for one in (*pair.differences, *pair.kept)]
            for pair in self.pairs
            if pair.differences or pair.kept
        }
        shown |= {str(one.sub_item.pk): "missing" for one in self.missing}
        marks = {pk: _sum(value) for pk, value in shown.items()}
        whole = [sorted(self.matching.pairs.items()), [row.number for row in self.new], self.order, marks]
        return {**marks, "": _sum(whole)}


def _sum(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def source_of(sub_item: SubItem, drafted: SubItem, cells: dict[str, Any]) -> dict[str, Any]:
    """Where it stands in the table, as far as that is otherwise than it was; what was closed keeps its place."""
    if sub_item.is_closed:
        return {}
    source = {"source_sheet": drafted.source_sheet, "source_row": drafted.source_row, "source_cells": cells}
    return {name: value for name, value in source.items() if getattr(sub_item, name) != value}
