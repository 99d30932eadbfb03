"""Milestones that are overdue or due soon, of what counts and is not complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from minsheng.dashboard.addresses import list_from, sub_item_from
from minsheng.dashboard.filters import judged_on, open_milestones, unfinished
from minsheng.dashboard.late import SHOWN, whose
from minsheng.dashboard.matrix import every_from
from projects.models import Milestone
from projects.standing import Standpoint


@dataclass(frozen=True)
class MilestoneRow:
    """``days`` in words: how long ago, or how long yet."""

    sub_item: str
    url: str
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


@dataclass(frozen=True)
class Due:
    """Milestones as they were found: the first, how many there are, and of how many sub-items."""

    due: str
    steps: list[Milestone]
    count: int
    sub_items: int


def due_of(point: Standpoint, due: str, limit: int | None = SHOWN) -> Due:
    """``due``: overdue or soon. ``limit=None``: all of them. One query, and one to count them where there are more."""
    every: Any = every_from(point, "light").filter(unfinished(point)).order_by()
    steps = open_milestones(due, point).filter(sub_item__in=every.values("pk"))
    found = list(steps.select_related("sub_item__project").order_by("due_on", "sub_item__position", "position")[:limit])
    if limit is None or len(found) < limit:
        return Due(due, found, len(found), len({step.sub_item_id for step in found}))
    numbers = steps.order_by().aggregate(count=Count("pk"), sub_items=Count("sub_item", distinct=True))
    return Due(due, found, numbers["count"], numbers["sub_items"])


def milestones_due(point: Standpoint, due: str) -> Milestones:
    """All of them."""
    found = due_of(point, due, limit=None)
    return milestones_of(point, found, whose(point, {step.sub_item_id for step in found.steps}))


def milestones_of(point: Standpoint, found: Due, units: Mapping[int, str]) -> Milestones:
    days = _late if found.due == "overdue" else _left
    return Milestones(
        rows=[
            MilestoneRow(
                sub_item=str(step.sub_item),
                url=sub_item_from(point, step.sub_item_id),
                unit=units.get(step.sub_item_id) or _("to be named"),
                name=step.name,
                due_on=step.due_on,
                days=days(step.due_on, point),
            )
            for step in found.steps
        ],
        count=found.count,
        sub_items=found.sub_items,
        url=list_from(point, milestone=found.due),
    )


def _late(due_on: date, point: Standpoint) -> str:
    """Never nothing: a day is late when it is over, and a month is over with its last day."""
    days = (judged_on(point) - due_on).days
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def _left(due_on: date, point: Standpoint) -> str:
    """From the day from which ``soon`` counts, so that the words never say more days than its heading."""
    on = judged_on(point)
    days = (due_on - on).days
    if days:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return _("due today") if on == point.today else _("due the day after")
