"""Where sub-items stand: now, or at the end of a past month as its figures were kept, and whether they have filed.

One vocabulary for overview, lists, charts and exports, so that a figure and the list behind it cannot disagree: each
is a filter or a count over the annotations ``stood`` adds. Nothing here decides; lights come from the figures.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypedDict

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from projects.filing import with_filing
from projects.models import (
    Light,
    MonthlyReport,
    Programme,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.models.responsibility import ResponsibilityQuerySet
from projects.models.sub_item import SubItemQuerySet

if TYPE_CHECKING:
    from decimal import Decimal

    from django_stubs_ext import WithAnnotations

    class StoodFields(TypedDict):
        stood_light: str
        stood_percent: Decimal | None
        stood_scheduled: Decimal | None
        stood_sentence: str
        stood_planned: Decimal | None
        stood_approx: bool
        stood_secured: Decimal | None
        stood_spent: Decimal | None
        stood_unit: int | None
        light_before: str
        filing: str
        report: int | None
        report_state: str | None
        on_behalf: bool | None
        let_go: bool

    StoodSubItem = WithAnnotations[SubItem, StoodFields]

State = MonthlyReport.State
# What ``StoodFields`` calls a field of ``Figure``; and what stands in its place where a month has none.
FIGURES: Final = {
    "light": "light",
    "percent": "percent",
    "scheduled": "scheduled_percent",
    "sentence": "sentence",
    "planned": "planned",
    "approx": "planned_approx",
    "secured": "secured",
    "spent": "spent",
}
NO_FIGURE: Final = {"light": Value(""), "sentence": Value(""), "approx": Value(value=False)}
EVERYTHING: Final = frozenset({*FIGURES, "unit", "before", "filing"})


@dataclass(frozen=True)
class Standpoint:
    """From where a programme is looked at: as it stands on ``today``, or by the figures of the month ``period``.

    ``opened`` are the programme's periods opened by ``today``, oldest first.
    """

    programme: Programme
    today: date
    opened: tuple[ReportingPeriod, ...]
    period: ReportingPeriod | None = None

    @cached_property
    def present(self) -> ReportingPeriod | None:
        """The period units are filing now: the first opened one not yet past its due day, else the last opened one."""
        waiting = (period for period in self.opened if period.due_on >= self.today)
        return next(waiting, self.opened[-1] if self.opened else None)

    @cached_property
    def filing(self) -> ReportingPeriod | None:
        """The period whose filing is shown."""
        return self.period or self.present

    @cached_property
    def compared(self) -> ReportingPeriod | None:
        """The period at whose end lights compare: the past month itself, or the latest that was due."""
        due = [period for period in self.opened if period.due_on <= self.today]
        return self.period or (due[-1] if due else None)

    @cached_property
    def before(self) -> ReportingPeriod | None:
        """The period before ``compared``: what has changed since is shown against it."""
        if self.compared is None:
            return None
        earlier = [period for period in self.opened if period.month < self.compared.month]
        return earlier[-1] if earlier else None

    @cached_property
    def month(self) -> date:
        """The first day of the month whose responsibilities are shown: whose filing is, else the present one."""
        return self.filing.month if self.filing else self.today.replace(day=1)

    @cached_property
    def on(self) -> date:
        """The day looked at: today, or the last day of a month that has ended."""
        return min(self.today, self.period.ends_on) if self.period else self.today

    @property
    def running(self) -> bool:
        """Whether the month looked at has not ended: of some sub-items there may be a figure, of others not yet."""
        return self.period is not None and self.period.ends_on >= self.today

    def at(self, period: ReportingPeriod | None) -> "Standpoint":
        """The same programme at the end of ``period``, or now."""
        return Standpoint(self.programme, self.today, self.opened, period)


def standpoint(programme: Programme, *, today: date, month: date | None = None) -> Standpoint:
    """Look at ``programme`` at the end of ``month``, or as it stands now where none, or none that has opened, is asked.

    One query.
    """
    opened = tuple(ReportingPeriod.objects.filter(programme=programme, opens_on__lte=today).order_by("month"))
    asked = next((period for period in opened if period.month == month), None)
    return Standpoint(programme, today, opened, asked)


def running_first(programmes: QuerySet[Programme], *, today: date) -> QuerySet[Programme]:
    """``programmes`` in the order in which a page that names none takes the first: those in which somebody may file,
    those that have begun, those still to come; among equals the newest. So next year's table, imported in autumn, does
    not stand before the year that runs.
    """
    opened = ReportingPeriod.objects.filter(programme=OuterRef("pk"), opens_on__lte=today)
    return programmes.order_by(
        Exists(opened.open_on(today)).desc(), Exists(opened).desc(), *(Programme._meta.ordering or ())
    )


def stood(sub_items: SubItemQuerySet, point: Standpoint, *, only: Collection[str] = EVERYTHING) -> SubItemQuerySet:
    """``sub_items`` of the programme as they stand from ``point``, annotated with ``StoodFields``.

    ``only`` names what a sum or a count asks for, where that is not everything. Withdrawn ones stay in it: ``counted``
    leaves them out. ``stood_light`` is empty where a month has no figure yet; ``stood_unit`` is the filing unit, a
    section standing as its unit.
    """
    sub_items = _with_figures(sub_items, point, only)
    if "before" in only:
        sub_items = _with_before(sub_items, point)
    return with_filing(sub_items, point) if "filing" in only else sub_items


def counted(sub_items: SubItemQuerySet, point: Standpoint) -> SubItemQuerySet:
    """Of what ``stood`` gives, that which tiles and totals of ``point`` count.

    Now: all that was not withdrawn. A locked month: what has a figure of it, also if withdrawn since, and nothing that
    came later.
    """
    if point.period is None:
        return sub_items.counted()
    if point.period.locked_at is not None:
        return sub_items.filter(Q(figure__isnull=False))
    return sub_items.filter(~Q(status=SubItem.Status.WITHDRAWN) | Q(figure__isnull=False))


def worst_first(sub_items: SubItemQuerySet) -> SubItemQuerySet:
    """Red, yellow, green, not started, complete; inside a light the furthest behind first."""
    order = [When(stood_light=light, then=Value(place)) for place, light in enumerate(Light.values)]
    return sub_items.alias(
        light_order=Case(*order, default=Value(9), output_field=IntegerField()),
        behind=F("stood_scheduled") - F("stood_percent"),
    ).order_by("light_order", F("behind").desc(nulls_last=True), "position")


def turned_worse() -> Q:
    """Sub-items that are yellow or red and were better at the end of the month before."""
    return Q(stood_light=Light.RED) & ~Q(light_before=Light.RED) | Q(stood_light=Light.YELLOW) & ~Q(
        light_before__in=[Light.RED, Light.YELLOW]
    )


def moved(light: str, point: Standpoint) -> Q:
    """Sub-items that show ``light`` and did not at the end of the month before, or did and do not; so many more came
    than went as its count has grown. What was withdrawn since has gone.
    """
    stands = Q(stood_light=light)
    if point.period is None:
        stands &= ~Q(status=SubItem.Status.WITHDRAWN)
    was = Q(light_before=light)
    return stands & ~was | was & ~stands


def waiting_for_approval(point: Standpoint) -> Q:
    """Sub-items with a report that the office has to approve: of the month looked at, or now of any."""
    waiting = MonthlyReport.objects.filter(sub_item=OuterRef("pk"), state=State.SUBMITTED)
    return Q(Exists(waiting if point.period is None else waiting.filter(period=point.period)))


def _with_figures(sub_items: SubItemQuerySet, point: Standpoint, only: Collection[str]) -> SubItemQuerySet:
    if point.period is None:
        now: dict[str, Any] = {f"stood_{name}": F(field) for name, field in FIGURES.items() if name in only}
    else:
        kept = Q(figures__period=point.period, figures__newest=True)
        sub_items = sub_items.annotate(figure=FilteredRelation("figures", condition=kept))
        fields = {f"stood_{name}": (f"figure__{field}", name) for name, field in FIGURES.items() if name in only}
        now = {
            name: Coalesce(path, NO_FIGURE[field]) if field in NO_FIGURE else F(path)
            for name, (path, field) in fields.items()
        }
    if "unit" in only:
        sub_items, unit = _with_unit(sub_items, point)
        now["stood_unit"] = unit
    return sub_items.annotate(**now)


def _with_unit(sub_items: SubItemQuerySet, point: Standpoint) -> tuple[SubItemQuerySet, Coalesce]:
    """What the figure of the month names, else whoever was responsible. Most were never handed over: their one unit is
    joined, and only for the others it is asked who stood in the month.
    """
    steady = Q(responsibilities__files=True, responsibilities__since=None, responsibilities__until=None)
    ways = [f"{name}__department{parent}" for name in ("figure", "steady") for parent in ("__parent", "")]
    found = sub_items.alias(steady=FilteredRelation("responsibilities", condition=steady))
    of_month = _unit(Responsibility.objects.standing_in(point.month))
    return found, Coalesce(*(F(way) for way in ways[0 if point.period else 2 :]), of_month)


def _unit(held: ResponsibilityQuerySet) -> Subquery:
    """The filing unit among ``held``; a section stands as its unit."""
    filing = held.filter(sub_item=OuterRef("pk"), files=True).order_by("-since")
    return Subquery(filing.values(top=Coalesce("department__parent", "department"))[:1])


def _with_before(sub_items: SubItemQuerySet, point: Standpoint) -> SubItemQuerySet:
    if point.before is None:
        return sub_items.annotate(light_before=Value("", output_field=CharField()))
    kept = Q(figures__period=point.before, figures__newest=True)
    return sub_items.annotate(figure_before=FilteredRelation("figures", condition=kept)).annotate(
        light_before=Coalesce("figure_before__light", Value(""))
    )
