"""Milestones that are overdue or due soon, of what counts and is not complete."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments.models import Department
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.filters import judged_on, open_milestones, unfinished
from minsheng.dashboard.late import SHOWN
from minsheng.dashboard.matrix import every_from
from projects.standing import Standpoint


@dataclass(frozen=True)
class MilestoneRow:
    """``days`` in words: how long ago, or how long yet."""

    pk: int
    sub_item: str
    unit: str
    name: str
    due_on: date
    days: str


@dataclass(frozen=True)
class Milestones:
    """Open milestones by day; ``url`` leads to the sub-items they belong to, ``sub_items`` says how many these are."""

    rows: list[MilestoneRow]
    count: int
    sub_items: int
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def milestones_due(point: Standpoint, due: str, limit: int | None = SHOWN) -> Milestones:
    """``due``: overdue or soon. ``limit=None``: all of them."""
    every: Any = every_from(point).filter(unfinished(point)).order_by()
    steps = open_milestones(due, point).filter(sub_item__in=every.values("pk"))
    found = list(steps.select_related("sub_item__project").order_by("due_on", "sub_item__position", "position")[:limit])
    numbers = steps.order_by().aggregate(count=Count("pk"), sub_items=Count("sub_item", distinct=True))
    units = _unit_names({step.sub_item_id for step in found}, every)
    return Milestones(
        rows=[
            MilestoneRow(
                pk=step.sub_item_id,
                sub_item=str(step.sub_item),
                unit=units.get(step.sub_item_id) or _("to be named"),
                name=step.name,
                due_on=step.due_on,
                days=_late(step.due_on, point) if due == "overdue" else _left(step.due_on, point),
            )
            for step in found
        ],
        count=numbers["count"],
        sub_items=numbers["sub_items"],
        url=list_from(point, milestone=due),
    )


def _late(due_on: date, point: Standpoint) -> str:
    """Never nothing: a day is late when it is over, and a month is over with its last day."""
    days = (judged_on(point) - due_on).days
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def _left(due_on: date, point: Standpoint) -> str:
    days = (due_on - point.on).days
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days} if days else _("due today")


def _unit_names(sub_items: Iterable[int], every: Any) -> dict[int, str]:
    of = dict(every.filter(pk__in=sub_items).values_list("pk", "stood_unit")) if sub_items else {}
    names = dict(Department.objects.filter(pk__in=[unit for unit in of.values() if unit]).values_list("pk", "name"))
    return {sub_item: names.get(unit, "") for sub_item, unit in of.items()}
