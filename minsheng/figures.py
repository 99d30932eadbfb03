"""Figures put together: progress from ``projects``, money from ``funding``."""

from django.db import transaction
from django.utils.translation import gettext as _

from departments import language
from departments.models import User
from funding import summary
from projects.models import MonthlyReport, PeriodFigure, Programme, ReportingPeriod, SubItem
from projects.services import figures


def amounts_of(sub_item: SubItem, report: MonthlyReport | None) -> figures.Amounts:
    """The money of ``sub_item`` as it stands after ``report``, or as the table states it without one."""
    money = summary.figures_of(sub_item, report)
    return figures.Amounts(planned=money.planned, approx=money.approx, secured=money.secured, spent=money.spent)


def latest_approved(sub_item: SubItem, up_to: ReportingPeriod | None = None) -> MonthlyReport | None:
    """The newest approved report, of ``up_to``'s month or before."""
    approved = MonthlyReport.objects.filter(sub_item=sub_item, state=MonthlyReport.State.APPROVED)
    if up_to is not None:
        approved = approved.filter(period__month__lte=up_to.month)
    return approved.select_related("period", "department").order_by("-period__month").first()


@transaction.atomic
def keep_approved(report: MonthlyReport, *, by: User) -> None:
    """Append the figure of an approved report, and a 更正 for each later month that had carried older figures on."""
    sub_item = report.sub_item
    amounts = amounts_of(sub_item, report)
    figures.append(
        sub_item,
        report.period,
        cause=PeriodFigure.Cause.APPROVAL,
        amounts=amounts,
        percent=report.percent,
        report=report,
        by=by,
    )
    stale = PeriodFigure.objects.filter(
        sub_item=sub_item, period__month__gt=report.period.month, newest=True, report=None
    ).select_related("period")
    with language.of_the_office():
        late = _("The report of %(month)s was approved after this month had locked.") % {"month": report.period}
    for figure in stale.order_by("period__month"):
        source = latest_approved(sub_item, figure.period)
        if source != report:
            break
        figures.append(
            sub_item,
            figure.period,
            cause=PeriodFigure.Cause.CORRECTION,
            amounts=amounts,
            percent=report.percent,
            by=by,
            reason=late,
        )
    figures.refresh(sub_item, amounts_of(sub_item, latest_approved(sub_item)))


@transaction.atomic
def keep_locked(period: ReportingPeriod) -> int:
    """At the lock, keep a figure of each sub-item that has none: its last approved values carried on."""
    sub_items = (
        SubItem.objects.counted()
        .filter(programme=period.programme)
        .exclude(figures__period=period)
        .select_related("programme")
        .prefetch_related("milestones", "overrides")
    )
    for sub_item in sub_items:
        last = latest_approved(sub_item, period)
        figures.append(
            sub_item,
            period,
            cause=PeriodFigure.Cause.LOCK,
            amounts=amounts_of(sub_item, last),
            percent=last.percent if last else None,
        )
    return len(sub_items)


@transaction.atomic
def refresh_programme(programme: Programme) -> int:
    """Put on each sub-item what stands today."""
    sub_items = (
        SubItem.objects.counted()
        .filter(programme=programme)
        .select_related("programme")
        .prefetch_related("milestones", "overrides")
    )
    for sub_item in sub_items:
        figures.refresh(sub_item, amounts_of(sub_item, latest_approved(sub_item)))
    return len(sub_items)
