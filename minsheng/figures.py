"""Figures put together: progress from ``projects``, money from ``funding``."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from departments import language, locks
from departments.bulk import fetch_few
from departments.models import User
from funding import summary
from projects.models import Light, MonthlyReport, PeriodFigure, Programme, ReportingPeriod, SubItem
from projects.services import figures


def latest_approved(sub_item: SubItem, up_to: ReportingPeriod | None = None) -> MonthlyReport | None:
    """The newest approved report, of ``up_to``'s month or before."""
    approved = MonthlyReport.objects.filter(sub_item=sub_item).newest_approved(up_to.month if up_to else None)
    return approved.select_related("period", "department").first()


@transaction.atomic
def keep_approved(report: MonthlyReport, *, by: User) -> None:
    """Append the figure of an approved report, and a 更正 for each later month that had carried older figures on.

    Where the report had been approved before and was reopened, its own figure is a 更正 too, with the reason.
    """
    sub_item = report.sub_item
    amounts = summary.figures_of(sub_item, report)
    reopening = report.events.filter(from_state=MonthlyReport.State.APPROVED).order_by("pk").last()
    figures.append(
        sub_item,
        report.period,
        cause=PeriodFigure.Cause.CORRECTION if reopening else PeriodFigure.Cause.APPROVAL,
        amounts=amounts,
        percent=report.percent,
        report=report,
        by=by,
        reason=reopening.comment if reopening else "",
    )
    with language.of_the_office():
        why = (
            _("The report of %(month)s was corrected: %(reason)s")
            % {"month": report.period, "reason": reopening.comment}
            if reopening
            else _("The report of %(month)s was approved after this month had locked.") % {"month": report.period}
        )
    _correct(sub_item, _carried_since(report), percent=report.percent, amounts=amounts, by=by, why=why)
    refresh(sub_item)


def _carried_since(report: MonthlyReport) -> Iterator[PeriodFigure]:
    """The newest figures of later months that nobody has filed since ``report``: they carry it on."""
    stale = PeriodFigure.objects.filter(
        sub_item=report.sub_item, period__month__gt=report.period.month, newest=True, report=None
    ).select_related("period")
    for figure in stale.order_by("period__month"):
        if latest_approved(report.sub_item, figure.period) != report:
            return
        yield figure


@transaction.atomic
def keep_again(report: MonthlyReport, *, by: User, reason: str) -> None:
    """An approval that was withdrawn stands after all: its own figure does, too. Where the month has come to say
    something else (it was let go meanwhile), and where a later one locked without it, a 更正 is appended; what says so
    already gets none.
    """
    sub_item = report.sub_item
    amounts = summary.figures_of(sub_item, report)
    with language.of_the_office():
        why = _("The approval of %(month)s stands after all: %(reason)s") % {"month": report.period, "reason": reason}
    values = report.percent, amounts
    own = PeriodFigure.objects.filter(sub_item=sub_item, period=report.period_id, newest=True).select_related("period")
    for figure in own:
        if figure.report_id != report.pk or _values(figure) != values:
            _correct(sub_item, [figure], percent=report.percent, amounts=amounts, by=by, why=why, report=report)
    stale = (one for one in _carried_since(report) if _values(one) != values)
    _correct(sub_item, stale, percent=report.percent, amounts=amounts, by=by, why=why)
    refresh(sub_item)


@transaction.atomic
def carry_over(report: MonthlyReport, *, by: User, reason: str) -> None:
    """The month of ``report``, which had been approved, counts as not filed: what was approved before it is carried on,
    as a 更正 of its figure and of those of later months that had carried it.
    """
    sub_item = report.sub_item
    before = latest_approved(sub_item, report.period)
    amounts = summary.figures_of(sub_item, before)
    percent = before.percent if before else None
    with language.of_the_office():
        why = _("%(month)s counts as not filed: %(reason)s") % {"month": report.period, "reason": reason}
    stale = (one for one in _standing_on(report) if one.report_id is not None or _values(one) != (percent, amounts))
    _correct(sub_item, stale, percent=percent, amounts=amounts, by=by, why=why)
    refresh(sub_item)


def _standing_on(report: MonthlyReport) -> Iterator[PeriodFigure]:
    """The newest figures of the report's month and later ones, up to one that was filed itself."""
    since = PeriodFigure.objects.filter(
        sub_item=report.sub_item, period__month__gte=report.period.month, newest=True
    ).select_related("period")
    for figure in since.order_by("period__month"):
        if figure.report_id not in (None, report.pk):
            return
        yield figure


def _correct(
    sub_item: SubItem,
    stale: Iterable[PeriodFigure],
    *,
    percent: Decimal | None,
    amounts: figures.Amounts,
    by: User,
    why: str,
    report: MonthlyReport | None = None,
) -> None:
    """A 更正 in the place of each of ``stale``: carried on, or what ``report`` says of its own month."""
    for figure in stale:
        figures.append(
            sub_item,
            figure.period,
            cause=PeriodFigure.Cause.CORRECTION,
            amounts=amounts,
            percent=percent,
            report=report,
            by=by,
            reason=why,
        )


def _values(figure: PeriodFigure) -> tuple[Decimal | None, figures.Amounts]:
    amounts = figures.Amounts(figure.planned, figure.planned_approx, figure.secured, figure.spent)
    return figure.percent, amounts


def refresh(sub_item: SubItem) -> None:
    """Put on ``sub_item`` what its newest approved report says."""
    figures.refresh(sub_item, summary.figures_of(sub_item, latest_approved(sub_item)))


@transaction.atomic
def keep_locked(period: ReportingPeriod) -> int:
    """At the lock, keep a figure of each sub-item that has none: its last approved values carried on."""
    programme = period.programme
    sub_items = _locked(programme)
    kept = set(PeriodFigure.objects.filter(period=period).values_list("sub_item", flat=True))
    without = [sub_item for sub_item in sub_items if sub_item.pk not in kept]
    last = MonthlyReport.objects.filter(sub_item__programme=programme).newest_approved(period.month)
    figures.append_at_lock(
        period,
        without,
        amounts=summary.money_by_sub_item(programme, period.month),
        percents=dict(last.values_list("sub_item", "percent")),
    )
    return len(without)


@transaction.atomic
def refresh_programme(programme: Programme) -> int:
    """Put on each sub-item what stands today."""
    sub_items = _locked(programme)
    figures.refresh_all(programme, sub_items, summary.money_by_sub_item(programme))
    return len(sub_items)


def lights_changed(programme: Programme) -> list[tuple[SubItem, Light, Light]]:
    """Sub-items whose light would be another one by ``programme`` as it is given, with both; nothing is written."""
    sub_items = SubItem.objects.counted().filter(programme=programme.pk).select_related("project").order_by("position")
    return figures.would_stand(programme, sub_items.prefetch_related("milestones", "overrides"))


def _locked(programme: Programme) -> list[SubItem]:
    """The sub-items that count, locked before anything else is read of them: whoever approves a report meanwhile
    waits, and is not overwritten with what stood before.
    """
    fresh = Programme.objects.defer("layout").get(pk=programme.pk)
    # These are long, and no figure hangs on them.
    sub_items = list(locks.held(fresh.sub_items.counted().defer("extra", "source_cells")))
    fetch_few(sub_items, "milestones", "overrides", sub_item__programme=programme.pk)
    return sub_items
