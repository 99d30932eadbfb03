"""Who files what in which month, and whether he may today: one row for each sub-item in each month that has opened.

One vocabulary for what waits for units and for what nobody can file any more.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from departments import clock
from projects.models import Contribution, FilingException, MonthlyReport, ReportEvent, Responsibility, SubItem
from projects.rules.reports import EDITABLE

if TYPE_CHECKING:
    from datetime import date
    from typing import TypedDict

    from django_stubs_ext import WithAnnotations

    class FilingFields(TypedDict):
        period: int
        month: date
        due_on: date
        locks_on: date
        state: str | None
        gone_on: bool
        open_now: bool
        returned: int | None

    Slot = WithAnnotations[Responsibility, FilingFields]

State = MonthlyReport.State
PERIOD = "sub_item__programme__periods"


def filings() -> "QuerySet[Slot]":
    """Every sub-item in progress in every month that has opened, with the unit that files it then.

    Annotated with ``FilingFields``: ``state`` is the report's, none where nobody has begun one; ``gone_on``: it has
    left the unit; ``open_now``: the unit may file today (``reports.is_open`` asks the same of one).
    """
    today = clock.today()
    month = F(f"{PERIOD}__month")
    held: Any = Responsibility.objects.filter(
        Q(since=None) | Q(since__lte=month),
        Q(until=None) | Q(until__gte=month),
        **{f"{PERIOD}__opens_on__lte": today},
        files=True,
        sub_item__status=SubItem.Status.ACTIVE,
    ).annotate(period=F(f"{PERIOD}__pk"), month=month, due_on=F(f"{PERIOD}__due_on"), locks_on=F(f"{PERIOD}__locks_on"))
    reports = MonthlyReport.objects.filter(period=OuterRef("period"), sub_item=OuterRef("sub_item")).order_by()
    excepted = FilingException.objects.in_force(today).reaching(
        sub_item=OuterRef("sub_item"), unit=OuterRef("department"), parent=OuterRef("department__parent")
    )
    is_open = Q(locks_on__gt=today) | Q(Exists(excepted.filter(period=OuterRef("period"))))
    found: QuerySet[Slot] = held.annotate(
        state=Subquery(reports.values("state")[:1]),
        gone_on=Exists(reports.exclude(state__in=EDITABLE)),
        open_now=ExpressionWrapper(is_open, output_field=BooleanField()),
    )
    return found


def contributions_missing() -> "QuerySet[Slot]":
    """Units beside the filing one that are responsible in a month their filing unit still writes, and have submitted
    nothing to it; one row for each. Annotated with ``period``, ``month``, ``due_on``, ``state``: of its own draft, and
    ``returned``: the key of the report, where it was returned.

    A month that was approved without their word and is reopened asks nobody for it again.
    """
    month = F(f"{PERIOD}__month")
    held: Any = Responsibility.objects.filter(
        Q(since=None) | Q(since__lte=month),
        Q(until=None) | Q(until__gte=month),
        **{f"{PERIOD}__opens_on__lte": clock.today()},
        files=False,
        department__isnull=False,
        sub_item__status=SubItem.Status.ACTIVE,
    ).annotate(period=F(f"{PERIOD}__pk"), month=month, due_on=F(f"{PERIOD}__due_on"))
    written = filings().filter(open_now=True, gone_on=False, sub_item=OuterRef("sub_item"), period=OuterRef("period"))
    own = Contribution.objects.filter(
        report__period=OuterRef("period"), report__sub_item=OuterRef("sub_item"), department=OuterRef("department")
    )
    missing = held.filter(Exists(written.order_by())).exclude(Exists(own.filter(versions__isnull=False)))
    returned = MonthlyReport.objects.filter(
        period=OuterRef("period"), sub_item=OuterRef("sub_item"), state=State.RETURNED
    ).order_by()
    again = reopened().filter(period=OuterRef("period"), sub_item=OuterRef("sub_item")).order_by()
    found: QuerySet[Slot] = missing.exclude(Exists(again)).annotate(
        state=Subquery(own.values("state")[:1]), returned=Subquery(returned.values("pk")[:1])
    )
    return found


def reopened() -> QuerySet[MonthlyReport]:
    """Reports that are with their units again after they had been approved."""
    approved = ReportEvent.objects.filter(report=OuterRef("pk"), to_state=State.APPROVED).order_by()
    return MonthlyReport.objects.filter(Exists(approved), state=State.RETURNED)


def let_go() -> QuerySet[MonthlyReport]:
    """Reports that the office waits for no longer, and that nobody has filed since."""
    ended = ReportEvent.objects.filter(report=OuterRef("pk"), to_state=State.DRAFT).order_by()
    return MonthlyReport.objects.filter(Exists(ended), state=State.DRAFT)


def returned_and_locked() -> QuerySet[MonthlyReport]:
    """Returned reports that no unit may file any more: the month has locked, and no exception is in force."""
    may_file = filings().filter(open_now=True, sub_item=OuterRef("sub_item"), period=OuterRef("period"))
    return MonthlyReport.objects.filter(~Exists(may_file), state=State.RETURNED, sub_item__status=SubItem.Status.ACTIVE)
