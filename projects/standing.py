"""Where sub-items stand: now, or at the end of a past month as its figures were kept, and whether they have filed.

One vocabulary for overview, lists, charts and exports, so that a figure and the list behind it cannot disagree: each
is a filter or a count over the annotations ``stood`` adds. Nothing here decides; lights come from the figures.

Late and on time are told by the events. What counts is the moment at which the unit submitted, to its own reviewer or
to the office: who reviews slowly makes no unit late. A month is due on its due day; a report that the office returned
is due again, some days after the return or on the due day, whichever is later; one that the unit's own reviewer
returned has no day more. A report is late if any of its submissions was later than it then was due: filed on time,
returned and filed again in time is on time, late once stays late.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypedDict

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from departments import clock
from projects.models import Light, MonthlyReport, Programme, ReportEvent, ReportingPeriod, Responsibility, SubItem
from projects.models.responsibility import ResponsibilityQuerySet
from projects.models.sub_item import SubItemQuerySet
from projects.rules.reports import EDITABLE, SUBMISSION

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

    StoodSubItem = WithAnnotations[SubItem, StoodFields]

State = MonthlyReport.State
# A report that has left its unit. One that came back is due again.
FILED: Final = (State.SUBMITTED, State.APPROVED)


class Filing(TextChoices):
    """How a sub-item's filing for a month stands, what worries most first."""

    MISSING = "missing", pgettext_lazy("filing", "missing")
    RETURNED = "returned", pgettext_lazy("filing", "returned")
    LATE = "late", pgettext_lazy("filing", "late")
    NIL = "nil", pgettext_lazy("filing", "nil report")
    ON_TIME = "on-time", pgettext_lazy("filing", "on time")
    WAITING = "waiting", pgettext_lazy("filing", "not due yet")
    EXEMPT = "exempt", pgettext_lazy("filing", "not expected")


HAVE_FILED: Final = (Filing.LATE, Filing.NIL, Filing.ON_TIME)
HAVE_NOT_FILED: Final = (Filing.MISSING, Filing.RETURNED, Filing.WAITING)


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


def stood(
    sub_items: SubItemQuerySet, point: Standpoint, *, before: bool = True, filing: bool = True
) -> SubItemQuerySet:
    """``sub_items`` of the programme as they stand from ``point``, annotated with ``StoodFields``.

    What a sum or a count does not ask for can be left out: the light ``before``, and how the ``filing`` of the month
    stands. Withdrawn ones stay in it: ``counted`` leaves them out. ``stood_light`` is empty where a month has no figure
    yet; ``stood_unit`` is the filing unit, a section standing as its unit.
    """
    sub_items = _with_figures(sub_items, point)
    if before:
        sub_items = _with_before(sub_items, point)
    return _with_filing(sub_items, point) if filing else sub_items


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


def waiting_for_approval(point: Standpoint) -> Q:
    """Sub-items with a report that the office has to approve: of the month looked at, or now of any."""
    waiting = MonthlyReport.objects.filter(sub_item=OuterRef("pk"), state=State.SUBMITTED)
    return Q(Exists(waiting if point.period is None else waiting.filter(period=point.period)))


def _with_figures(sub_items: SubItemQuerySet, point: Standpoint) -> SubItemQuerySet:
    if point.period is None:
        return sub_items.annotate(
            stood_light=F("light"),
            stood_percent=F("percent"),
            stood_scheduled=F("scheduled_percent"),
            stood_sentence=F("sentence"),
            stood_planned=F("planned"),
            stood_approx=F("planned_approx"),
            stood_secured=F("secured"),
            stood_spent=F("spent"),
            stood_unit=_unit(Responsibility.objects.standing_in(point.month)),
        )
    kept = Q(figures__period=point.period, figures__newest=True)
    return sub_items.annotate(figure=FilteredRelation("figures", condition=kept)).annotate(
        stood_light=Coalesce("figure__light", Value("")),
        stood_percent=F("figure__percent"),
        stood_scheduled=F("figure__scheduled_percent"),
        stood_sentence=Coalesce("figure__sentence", Value("")),
        stood_planned=F("figure__planned"),
        stood_approx=Coalesce("figure__planned_approx", Value(value=False)),
        stood_secured=F("figure__secured"),
        stood_spent=F("figure__spent"),
        stood_unit=Coalesce(
            F("figure__department__parent"),
            F("figure__department"),
            _unit(Responsibility.objects.standing_in(point.month)),
        ),
    )


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


def _with_filing(sub_items: SubItemQuerySet, point: Standpoint) -> SubItemQuerySet:
    period = point.filing
    if period is None:
        nothing = Value(None, output_field=IntegerField())
        return sub_items.annotate(
            report=nothing,
            report_state=Value(None, output_field=CharField()),
            on_behalf=Value(None, output_field=BooleanField()),
            filing=Value(Filing.EXEMPT.value, output_field=CharField()),
        )
    sub_items = sub_items.annotate(
        month_report=FilteredRelation("reports", condition=Q(reports__period=period)),
        month_figure=FilteredRelation("figures", condition=Q(figures__period=period, figures__newest=True)),
    ).annotate(
        report=F("month_report__pk"),
        report_state=F("month_report__state"),
        on_behalf=F("month_report__on_behalf"),
    )
    filed = Q(month_report__state__in=FILED)
    unfiled = Q(month_report__isnull=True) | ~Q(month_report__state__in=FILED)
    cases = [
        When(unfiled & ~_expected(period), then=Value(Filing.EXEMPT.value)),
        When(month_report__state=State.RETURNED, then=Value(Filing.RETURNED.value)),
        When(filed & _late(period), then=Value(Filing.LATE.value)),
        When(filed & Q(month_report__is_nil=True), then=Value(Filing.NIL.value)),
        When(filed, then=Value(Filing.ON_TIME.value)),
    ]
    overdue = Filing.MISSING if point.today > period.due_on else Filing.WAITING
    return sub_items.annotate(filing=Case(*cases, default=Value(overdue.value), output_field=CharField()))


def _late(period: ReportingPeriod) -> Q:
    """Whether any submission was later than the report then was due."""
    late = ReportEvent.objects.filter(
        Q(due_by=None) | Q(at__gte=F("due_by")),
        report__sub_item=OuterRef("pk"),
        report__period=period,
        from_state__in=EDITABLE,
        to_state__in=SUBMISSION,
        at__gte=clock.end_of(period.due_on),
    )
    return Q(Exists(late))


def _expected(period: ReportingPeriod) -> Q:
    """Of whom a report of ``period`` is expected: whoever is in progress; after the lock, whoever then was. Nothing is
    expected of what was closed, whatever it had begun to write, nor of what only begins later.
    """
    files = Responsibility.objects.filter(files=True)
    coming = files.filter(sub_item__programme=period.programme_id, since__gt=period.month).values("sub_item")
    begun = files.filter(Q(since=None) | Q(since__lte=period.month), sub_item=OuterRef("pk"))
    begins_later = Q(pk__in=coming) & ~Q(Exists(begun))  # few take over at all: the rest is asked once for all
    if period.locked_at is None:
        return Q(status=SubItem.Status.ACTIVE) & ~begins_later
    return Q(month_figure__isnull=False) & ~Q(month_figure__inputs__closed=True) & ~begins_later
