"""A staged table beside the programme it changes: matched, compared, and what of it is still open.

Compared three ways: what the table has as the last one had it is no difference, whatever people made of it since; it
is told apart, and set back to the table only where a person says so. Fifteen queries, however many rows there are.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db.models import QuerySet

from funding.services import lines
from funding.services.lines import Stated as StatedMoney
from minsheng.task_table import corrections
from minsheng.task_table.again import matching
from minsheng.task_table.again.matching import Known, Matching
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.pictures import Difference, differences, picture
from minsheng.task_table.again.present import Present, present_of
from minsheng.task_table.carry import same_source, says_nothing_new
from minsheng.task_table.compose import People, money_of, plan_of, reading_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.points import Point, rows_that_block, still_open
from minsheng.task_table.reading import RowReading
from projects.models import Programme, Project, SubItem
from projects.rules.kinds import kind_of
from projects.rules.responsible import Stated, eligible, must_choose, shares
from projects.services import plans
from projects.services.plans import Parts, SubItemPlan

WITHDRAWN: Final = SubItem.Status.WITHDRAWN
MANY: Final = 3  # sub-items of which only the serial moved
# What a part of the page is in the review: the part that is corrected there, and its values.
READ_AS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "serial": ("name", ("serial",)),
    "category": ("name", ("category",)),
    "project": ("name", ("project",)),
    "content": ("content", ("content", "kind")),
    "deliverables": ("deliverables", ("deliverables",)),
    "targets": ("targets", ("targets",)),
    "deadline": ("deadline", corrections.PARTS["deadline"]),
    "funding": ("money", ("funding", "funding_totals")),
    "responsibilities": ("units", ("units",)),
    "leader": ("people", ("leader",)),
    "contact": ("people", ("contact",)),
    "remarks": ("people", ("remarks",)),
    "extra": ("extra", ("extra",)),
}


@dataclass(frozen=True)
class Row:
    """A row of the new table, with the plan it states. ``must_choose``: a person has still to say who files."""

    staged: StagedRow
    reading: RowReading
    plan: SubItemPlan
    must_choose: bool

    @property
    def position(self) -> int:
        return self.staged.position


@dataclass(frozen=True)
class Pair:
    """A row and the sub-item it is, with what differs. ``refused`` are the parts a person leaves as they are.

    ``kept`` differs too, but the table has it as the last one had it: people changed it since, and it stays so unless
    a person has it ``set_back``.
    """

    row: Row
    present: Present
    drafted: SubItem
    parts: Parts
    money: StatedMoney
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


@dataclass
class Comparison:
    """``missing``: sub-items in force that the table does not name. ``new``: rows that become sub-items.

    ``open_points`` are questions of the rows that hold nothing up, ``blocking`` rows of the sheet that do.
    """

    update: TableUpdate
    programme: Programme
    rows: list[Row]
    items: dict[int, Present]
    matching: Matching
    pairs: list[Pair] = field(default_factory=list)
    sheet: str = ""
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
        """Those of which nothing but the number moved, where they are many: they are looked at and taken as one."""
        moved = [pair for pair in self.pairs if pair.only_serial]
        return moved if len(moved) >= MANY else []

    @property
    def listed(self) -> list[Pair]:
        """What is looked at one by one: what differs, and behind it what only people changed."""
        together = {pair.row.position for pair in self.serials}
        changed = [pair for pair in self.changed if pair.row.position not in together]
        return changed + [pair for pair in self.kept if not pair.differences]

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if self.matching.decided.get(row.position) == matching.NEW]

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
        whole = [sorted(self.matching.pairs.items()), [row.position for row in self.new], self.order, marks]
        return {**marks, "": _sum(whole)}


def _sum(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def staged_rows(update: TableUpdate) -> list[StagedRow]:
    """The rows that count."""
    return [row for row in update.batch.rows.order_by("position") if row.is_in]


def compare(update: TableUpdate, sub_items: QuerySet[SubItem] | None = None) -> Comparison:
    """``update``'s table beside its programme; the caller may hand the ``sub_items`` in, locked."""
    programme = update.programme
    staged = staged_rows(update)
    reading = reading_of(update.batch, staged)
    items = present_of(programme, sub_items)
    people = People(staged)
    matched = matching.match(
        [
            Known(row.position, read.serial, _project(read.project, read.content), read.content, read=_as_read(row))
            for row, read in zip(staged, reading.rows, strict=True)
        ],
        [_known(one) for one in items.values()],
        _decided(update, items),
    )
    pairs_of = matched.pairs
    rows = [
        _row(row, read, reading.sheet, people, items.get(pairs_of.get(row.position, 0)))
        for row, read in zip(staged, reading.rows, strict=True)
    ]
    found = Comparison(update, programme, rows, items, matched, sheet=reading.sheet)
    found.open_points = still_open(staged, reading.rows, people)
    found.blocking = rows_that_block(staged, reading.rows, people)
    sources = lines.all_sources()
    for row in rows:
        if (pk := pairs_of.get(row.position)) is not None:
            found.pairs.append(_pair(update, row, items[pk], sources, by_itself=row.position in matched.sure))
    _tell_apart(found.pairs)
    return found


def _tell_apart(pairs: list[Pair]) -> None:
    """Of what differs, that which the table has as the last one had it: people changed it since. One query."""
    differing = [pair.present.sub_item.pk for pair in pairs if pair.differences]
    rows = StagedRow.objects.filter(sub_item__in=differing) if differing else ()
    last = {row.sub_item_id: row for row in rows}
    for place, pair in enumerate(pairs):
        before = last.get(pair.present.sub_item.pk)
        if before is not None:
            kept = [one for one in pair.differences if _as_before(one.part, pair.row.staged, before)]
            changed = [one for one in pair.differences if one not in kept]
            pairs[place] = replace(pair, differences=changed, kept=kept)


def _known(one: Present) -> Known:
    item = one.sub_item
    project = item.project.name
    as_read = (one.read[0], _project(*one.read[1:]), one.read[2]) if one.read else None
    return Known(item.pk, item.serial, project, item.content, item.position, item.status == WITHDRAWN, as_read)


def _project(project: str, content: str) -> str:
    return project or content.partition("。")[0]


def _as_read(row: StagedRow) -> tuple[str, str, str]:
    read = row.reading
    return read["serial"], _project(read["project"], read["content"]), read["content"]


def _decided(update: TableUpdate, items: Mapping[int, Present]) -> dict[int, int]:
    """What people said; of a sub-item that is gone nothing is said."""
    said = {int(position): one["match"] for position, one in update.rows.items() if "match" in one}
    return {position: pk for position, pk in said.items() if pk == matching.NEW or pk in items}


def _row(staged: StagedRow, reading: RowReading, sheet: str, people: People, present: Present | None) -> Row:
    """The plan of a row. What a person said before of an open name, and who files where the table leaves that open,
    holds until somebody says otherwise.
    """
    plan = plan_of(staged, reading, sheet, people)
    stated = people.stated(staged)
    filing = people.filing(staged)
    if present is not None:
        stated = [_as_named_before(one, present) for one in stated]
        if filing is None and must_choose(stated) and present.filing:
            among, unit = eligible(stated), present.filing.department
            filing = unit if among is None or unit in among else None
    plan = replace(plan, shares=shares(stated, filing=filing))
    return Row(staged, reading, plan, must_choose=sum(share.files for share in plan.shares) != 1)


def _as_named_before(one: Stated, present: Present) -> Stated:
    if one.units:
        return one
    before = [
        row.department
        for row in present.responsibilities
        if row.department and row.role == one.role and row.stated_as == one.written
    ]
    return replace(one, units=tuple(before)) if before else one


def _pair(update: TableUpdate, row: Row, present: Present, sources: Mapping[str, Any], *, by_itself: bool) -> Pair:
    item = present.sub_item
    drafted = plans.sub_item_of(update.programme, row.plan)
    drafted.status = SubItem.Status.ACTIVE if item.status == WITHDRAWN else item.status
    if "kind" not in row.plan.fields and item.kind != kind_of(item.content):
        drafted.kind = item.kind  # a person said so
    parts = plans.parts_of(item, row.plan)
    stated = money_of(row.reading)
    money = lines.rows_of(item, stated.amounts, stated.totals, sources)
    new = picture(
        drafted,
        plans.cut(Project, "name", row.plan.project),
        deliverables=parts.deliverables,
        targets=parts.targets,
        responsibilities=parts.responsibilities,
        lines=money.lines,
        totals=money.totals,
    )
    said: Mapping[str, Any] = update.rows.get(str(row.position), {})
    month = date.fromisoformat(said["month"]) if said.get("month") else None
    found = differences(present.picture, new)
    refused, set_back = frozenset(said.get("refused", ())), frozenset(said.get("set_back", ()))
    return Pair(row, present, drafted, parts, money, found, refused, month, by_itself, set_back=set_back)


def _as_before(part: str, row: StagedRow, last: StagedRow) -> bool:
    """Whether the table has the part as the last one had it, and nobody said otherwise in this review."""
    if part not in READ_AS:
        return False
    of, names = READ_AS[part]
    return all(same_source(last.reading, row.reading, name) for name in names) and says_nothing_new(
        last, row, of, names
    )
