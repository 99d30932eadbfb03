"""How the filing of a month stands: of sub-items in one month, or of all months that have locked at once.

Late and on time are told by the events. What counts is the moment at which the unit submitted, to its own reviewer or
to the office: who reviews slowly makes no unit late. A month is due on its due day; a report that the office returned
is due again, some days after the return or on the due day, whichever is later; one that the unit's own reviewer
returned has no day more. A report is late if any of its submissions was later than it then was due: filed on time,
returned and filed again in time is on time, late once stays late. An approval that is kept after all says again what
was filed for it: what was submitted between the two counts no more, neither its figures nor its moment.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from departments import clock
from projects.models import MonthlyReport, PeriodFigure, ReportEvent, ReportingPeriod, Responsibility, SubItem
from projects.models.sub_item import SubItemQuerySet
from projects.rules.reports import EDITABLE, SUBMISSION

if TYPE_CHECKING:
    from projects.standing import Standpoint

State = MonthlyReport.State
# A report that has left its unit. One that came back is due again.
FILED: Final = (State.SUBMITTED, State.APPROVED)


class Filing(TextChoices):
    """How a sub-item's filing for a month stands, what worries most first: on time only where nothing is to come."""

    MISSING = "missing", pgettext_lazy("filing", "missing")
    RETURNED = "returned", pgettext_lazy("filing", "returned")
    LATE = "late", pgettext_lazy("filing", "late")
    WAITING = "waiting", pgettext_lazy("filing", "not due yet")
    NIL = "nil", pgettext_lazy("filing", "nil report")
    ON_TIME = "on-time", pgettext_lazy("filing", "on time")
    EXEMPT = "exempt", pgettext_lazy("filing", "not expected")


# What the office waits for no longer: counted as missing, and called by its own word wherever it is named.
LET_GO: Final = pgettext_lazy("filing", "let go")
HAVE_FILED: Final = (Filing.LATE, Filing.NIL, Filing.ON_TIME)
HAVE_NOT_FILED: Final = (Filing.MISSING, Filing.RETURNED, Filing.WAITING)


def word_of(filing: str, *, let_go: bool) -> str:
    """How the filing of one sub-item's month stands, in a word."""
    return str(LET_GO if let_go and filing == Filing.MISSING else Filing(filing).label)


def with_filing(sub_items: SubItemQuerySet, point: "Standpoint") -> SubItemQuerySet:
    period = point.filing
    if period is None:
        nothing = Value(None, output_field=IntegerField())
        return sub_items.annotate(
            report=nothing,
            report_state=Value(None, output_field=CharField()),
            on_behalf=Value(None, output_field=BooleanField()),
            let_go=Value(value=False, output_field=BooleanField()),
            filing=Value(Filing.EXEMPT.value, output_field=CharField()),
        )
    overdue = Filing.MISSING if point.today > period.due_on else Filing.WAITING
    return (
        sub_items.annotate(
            month_report=FilteredRelation("reports", condition=Q(reports__period=period)),
            month_figure=FilteredRelation("figures", condition=Q(figures__period=period, figures__newest=True)),
        )
        .annotate(
            report=F("month_report__pk"),
            report_state=F("month_report__state"),
            on_behalf=F("month_report__on_behalf"),
            # As ``MonthlyReport.is_let_go`` says it of one.
            let_go=Case(
                When(month_report__state=State.DRAFT, month_report__submitted_by__isnull=False, then=Value(value=True)),
                default=Value(value=False),
            ),
        )
        .annotate(
            filing=_filing(_expected(period), late=_late(clock.end_of(period.due_on)), unfiled=Value(overdue.value))
        )
    )


def kept_filing(periods: Collection[ReportingPeriod], today: date) -> QuerySet[PeriodFigure]:
    """The newest figures of locked ``periods`` with the ``filing`` of each, as ``stood`` says it of one month: what has
    a figure of such a month is what counts in it (``counted``).
    """
    ends = [When(period=period, then=Value(clock.end_of(period.due_on))) for period in periods]
    waiting = [When(period=period, then=Value(Filing.WAITING.value)) for period in periods if today <= period.due_on]
    files = Responsibility.objects.filter(files=True, sub_item=OuterRef("sub_item"))
    coming = files.filter(since__gt=OuterRef("period__month"))
    begun = files.filter(Q(since=None) | Q(since__lte=OuterRef("period__month")))
    # Asked apart, so that an index holds all that is read of the figures of those that have filed.
    closed = PeriodFigure.objects.filter(pk=OuterRef("pk"), inputs__closed=True)
    expected = ~Q(Exists(closed)) & ~(Q(Exists(coming)) & ~Q(Exists(begun)))
    reports = FilteredRelation("sub_item__reports", condition=Q(sub_item__reports__period=F("period")))
    unfiled = Case(*waiting, default=Value(Filing.MISSING.value), output_field=CharField())
    return (
        PeriodFigure.objects.filter(period__in=periods, newest=True)
        .alias(month_report=reports, due_end=Case(*ends, output_field=DateTimeField()))
        .alias(report_of_month=F("month_report__pk"))
        .annotate(filing=_filing(expected, late=_late(OuterRef("due_end"), "report_of_month"), unfiled=unfiled))
    )


def _filing(expected: Q, *, late: Q, unfiled: Value | Case) -> Case:
    """How the filing of ``month_report`` stands; what is ``unfiled`` says of what should have been and was not."""
    filed = Q(month_report__state__in=FILED)
    not_filed = Q(month_report__isnull=True) | ~Q(month_report__state__in=FILED)
    cases = [
        When(not_filed & ~expected, then=Value(Filing.EXEMPT.value)),
        When(month_report__state=State.RETURNED, then=Value(Filing.RETURNED.value)),
        When(filed & late, then=Value(Filing.LATE.value)),
        When(filed & Q(month_report__is_nil=True), then=Value(Filing.NIL.value)),
        When(filed, then=Value(Filing.ON_TIME.value)),
    ]
    return Case(*cases, default=unfiled, output_field=CharField())


def _late(end: datetime | OuterRef, report: str = "report") -> Q:
    """Whether any submission that counts was later than the report then was due; ``end`` is that of the due day."""
    decided = ReportEvent.objects.filter(report=OuterRef("report"), pk__gt=OuterRef("pk"), to_state=State.APPROVED)
    decided_from = Coalesce(Subquery(decided.order_by("pk").values("from_state")[:1]), Value(""))
    late = ReportEvent.objects.alias(decided_from=decided_from).filter(
        Q(due_by=None) | Q(at__gte=F("due_by")),
        ~Q(decided_from=State.RETURNED),  # else the next approval is one that was kept
        report=OuterRef(report),
        from_state__in=EDITABLE,
        to_state__in=SUBMISSION,
        at__gte=end,
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
