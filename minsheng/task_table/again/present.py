"""The sub-items of a programme as they stand, each with all that belongs to it and what the last table said of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.fields.json import KT

from departments.models import Department
from funding.models import FundingLine, FundingTotal
from minsheng.task_table.again.pictures import Picture, picture
from minsheng.task_table.models import StagedRow
from projects.models import Deliverable, Programme, Responsibility, SubItem, Target
from projects.services import shifts


@dataclass(frozen=True)
class Present:
    """A sub-item as it stands."""

    sub_item: SubItem
    first_month: date | None  # from which it can be handed over
    read: tuple[str, str, str] | None = None  # serial, project and content as the last table had them


@dataclass(frozen=True)
class Standing:
    """What belongs to a sub-item at present: held only while it is compared."""

    responsibilities: list[Responsibility]
    picture: Picture

    @property
    def filing(self) -> Responsibility | None:
        return next((one for one in self.responsibilities if one.files), None)


def present_of(programme: Programme, sub_items: QuerySet[SubItem] | None = None) -> dict[int, Present]:
    """The programme's sub-items as they stand, in their order. Four queries."""
    found = SubItem.objects.filter(programme=programme) if sub_items is None else sub_items
    items = sorted(found.select_related("project"), key=lambda one: one.position)
    months = shifts.earliest_in(programme)
    names = (KT("reading__serial"), KT("reading__project"), KT("reading__content"))  # as texts: “1” is no number
    as_read = StagedRow.objects.filter(sub_item__programme=programme).values_list("sub_item_id", *names)
    last = {pk: (serial or "", project or "", content or "") for pk, serial, project, content in as_read}
    for item in items:
        item.programme = programme  # one for all: it holds the layout of the whole table
    return {item.pk: Present(item, months.get(item.pk), last.get(item.pk)) for item in items}


def standing_of(some: Collection[Present]) -> dict[int, Standing]:
    """What belongs to these sub-items at present, by their key. Seven queries.

    Units and sources are few: each is made once, and not once for each row that names it.
    """
    of = {"sub_item__in": [one.sub_item.pk for one in some]}
    deliverables = _by_item(Deliverable.objects.filter(**of).order_by("position"))
    targets = _by_item(Target.objects.filter(**of).select_related("deliverable").order_by("position"))
    units = Prefetch("department", Department.objects.select_related("parent"))
    held = Responsibility.objects.current().filter(**of).prefetch_related(units)
    responsibilities = _by_item(held.order_by("order", "pk"))
    funding = _by_item(FundingLine.objects.filter(**of).prefetch_related("source").order_by("position"))
    totals = _by_item(FundingTotal.objects.filter(**of).order_by("pk"))
    return {
        item.pk: Standing(
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
        )
        for item in (one.sub_item for one in some)
    }


def _by_item(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.sub_item_id].append(row)
    return found
