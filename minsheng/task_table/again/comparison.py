"""A staged table beside the programme it changes: matched, compared, and what of it is still open.

Thirteen queries, however many rows there are.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db.models import QuerySet

from funding.models import FundingLine, FundingTotal
from funding.services import lines
from funding.services.lines import Stated as StatedMoney
from minsheng.task_table.again import matching
from minsheng.task_table.again.matching import Known, Matching
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.pictures import Difference, Picture, differences, picture
from minsheng.task_table.compose import People, money_of, plan_of, reading_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.reading import RowReading
from projects.models import Deliverable, Programme, Project, Responsibility, SubItem, Target
from projects.rules.kinds import kind_of
from projects.rules.responsible import Stated, eligible, must_choose, shares
from projects.services import plans, shifts
from projects.services.plans import Parts, SubItemPlan

WITHDRAWN: Final = SubItem.Status.WITHDRAWN


@dataclass(frozen=True)
class Present:
    """A sub-item with all that belongs to it at present."""

    sub_item: SubItem
    responsibilities: list[Responsibility]
    picture: Picture
    first_month: date | None  # from which it can be handed over

    @property
    def filing(self) -> Responsibility | None:
        return next((one for one in self.responsibilities if one.files), None)


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
    """A row and the sub-item it is, with what differs. ``refused`` are the parts a person leaves as they are."""

    row: Row
    present: Present
    drafted: SubItem
    parts: Parts
    money: StatedMoney
    differences: list[Difference]
    refused: frozenset[str]
    month: date | None
    by_itself: bool

    @property
    def accepted(self) -> list[Difference]:
        """Nothing of what was closed changes."""
        if self.present.sub_item.is_closed:
            return []
        return [one for one in self.differences if one.part not in self.refused]

    @property
    def hands_over(self) -> bool:
        return any(one.part == "responsibilities" for one in self.accepted)


@dataclass
class Comparison:
    """``missing``: sub-items in force that the table does not name. ``new``: rows that become sub-items."""

    update: TableUpdate
    programme: Programme
    rows: list[Row]
    items: dict[int, Present]
    matching: Matching
    pairs: list[Pair] = field(default_factory=list)
    sheet: str = ""

    @property
    def changed(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.differences]

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
        return self.matching.is_settled and not (self.changed or self.new or self.missing or self.order_changes)

    @cached_property
    def marks(self) -> dict[str, str]:
        """What was shown of each sub-item that differs or is missing, and of all as a whole, as short sums."""
        shown: dict[str, Any] = {
            str(pair.present.sub_item.pk): [[one.part, one.changes] for one in pair.differences]
            for pair in self.changed
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
            Known(row.position, read.serial, read.project or read.content.partition("。")[0], read.content)
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
    sources = lines.all_sources()
    for row in rows:
        if (pk := pairs_of.get(row.position)) is not None:
            found.pairs.append(_pair(update, row, items[pk], sources, by_itself=row.position in matched.sure))
    return found


def _known(one: Present) -> Known:
    item = one.sub_item
    project = item.project.name
    return Known(item.pk, item.serial, project, item.content, item.position, item.status == WITHDRAWN)


def _decided(update: TableUpdate, items: Mapping[int, Present]) -> dict[int, int]:
    """What people said; of a sub-item that is gone nothing is said."""
    said = {int(position): one["match"] for position, one in update.rows.items() if "match" in one}
    return {position: pk for position, pk in said.items() if pk == matching.NEW or pk in items}


def present_of(programme: Programme, sub_items: QuerySet[SubItem] | None = None) -> dict[int, Present]:
    """The programme's sub-items as they stand, in their order. Eight queries."""
    found = SubItem.objects.filter(programme=programme) if sub_items is None else sub_items
    items = sorted(found.select_related("project", "programme"), key=lambda one: one.position)
    of = {"sub_item__programme": programme}
    deliverables = _by_item(Deliverable.objects.filter(**of).order_by("position"))
    targets = _by_item(Target.objects.filter(**of).select_related("deliverable").order_by("position"))
    held = Responsibility.objects.current().filter(**of).select_related("department__parent", "group_origin")
    responsibilities = _by_item(held.order_by("order", "pk"))
    funding = _by_item(FundingLine.objects.filter(**of).select_related("source").order_by("position"))
    totals = _by_item(FundingTotal.objects.filter(**of).order_by("pk"))
    months = shifts.earliest_in(programme)
    return {
        item.pk: Present(
            item,
            responsibilities[item.pk],
            picture(
                item,
                item.project.name,
                deliverables=deliverables[item.pk],
                targets=targets[item.pk],
                responsibilities=responsibilities[item.pk],
                lines=funding[item.pk],
                totals=totals[item.pk],
            ),
            months.get(item.pk),
        )
        for item in items
    }


def _by_item(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.sub_item_id].append(row)
    return found


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
    return Pair(row, present, drafted, parts, money, found, frozenset(said.get("refused", ())), month, by_itself)
