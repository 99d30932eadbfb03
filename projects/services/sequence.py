"""Months in their order: what of a sub-item was approved after a report, and what before it was never filed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef
from django.utils.translation import gettext as _

from departments import clock
from projects.filing import LET_GO
from projects.models import MonthlyReport, ReportEvent, ReportingPeriod, Responsibility, SubItemRevision
from projects.rules.reports import filing_open
from projects.services.reports import excepted_until, kept_approvals, submissions

State = MonthlyReport.State


@dataclass(frozen=True)
class Skipped:
    """An earlier month for which nothing was filed: whether it was begun, whether the office waits for it no longer,
    and whether it can still be filed.
    """

    period: ReportingPeriod
    is_draft: bool
    is_open: bool
    is_let_go: bool = False

    @property
    def words(self) -> str:
        month = {"month": str(self.period), "state": str(LET_GO)}
        if self.is_let_go and self.is_open:
            return _("%(month)s (%(state)s, can still be filed)") % month
        if self.is_let_go:
            return _("%(month)s (%(state)s)") % month
        if self.is_open:
            return _("%(month)s (can still be filed)") % month
        return _("%(month)s (a draft, locked)") % month if self.is_draft else _("%(month)s (locked)") % month


def approvals_after(reports: Iterable[MonthlyReport]) -> dict[int, list[ReportEvent]]:
    """Of each of ``reports``, by its key, the approvals of later months of its sub-item that are approved, in order.

    Their snapshots hold those months' figures. One query.
    """
    waiting = list(reports)
    if not waiting:
        return {}
    found = ReportEvent.objects.filter(
        report__sub_item__in={report.sub_item_id for report in waiting},
        report__period__month__gt=min(report.period.month for report in waiting),
        report__state=State.APPROVED,
        to_state=State.APPROVED,
    )
    newest: dict[int, ReportEvent] = {}
    for event in found.select_related("report__period").order_by("report__period__month", "pk"):
        newest[event.report_id] = event
    later = {
        report.pk: [
            event
            for event in newest.values()
            if event.report.sub_item_id == report.sub_item_id and event.report.period.month > report.period.month
        ]
        for report in waiting
    }
    return {pk: events for pk, events in later.items() if events}


def approvals_of(reports: Iterable[int]) -> dict[int, list[ReportEvent]]:
    """Of each of ``reports``, which are named by their keys, every approval so far, withdrawn or not, in order. One
    query; none without reports.
    """
    keys = list(reports)
    found: dict[int, list[ReportEvent]] = {}
    rows = ReportEvent.objects.filter(report__in=keys, to_state=State.APPROVED).order_by("pk") if keys else ()
    for event in rows:
        found.setdefault(event.report_id, []).append(event)
    return found


def replaced_before(reports: Iterable[MonthlyReport]) -> dict[int, list[ReportEvent]]:
    """Approvals and submissions of earlier months than those of ``reports``, of their sub-items, after which the month
    was submitted anew, or an approval of it kept: by the key of the earlier report, in order. One query.
    """
    waiting = list(reports)
    if not waiting:
        return {}
    anew = (submissions() | kept_approvals()).filter(report=OuterRef("report"), pk__gt=OuterRef("pk")).order_by()
    said = ReportEvent.objects.filter(to_state=State.APPROVED) | submissions()
    rows = said.filter(
        Exists(anew),
        report__sub_item__in={report.sub_item_id for report in waiting},
        report__period__month__lt=max(report.period.month for report in waiting),
    )
    found: dict[int, list[ReportEvent]] = {}
    for event in rows.order_by("pk"):
        found.setdefault(event.report_id, []).append(event)
    return found


def steps_let_go(
    reports: Iterable[MonthlyReport], skipped: Mapping[int, list[Skipped]]
) -> dict[int, list[ReportEvent]]:
    """Of each of ``reports``, by its key, every step of those months among its ``skipped`` ones that the office waits
    for no longer, in order. One query; none where there are no such months.
    """
    gone = {
        report.pk: [(report.sub_item_id, one.period.pk) for one in skipped.get(report.pk, ()) if one.is_let_go]
        for report in reports
    }
    keys = {key for months in gone.values() for key in months}
    if not keys:
        return {}
    items, periods = zip(*keys, strict=True)
    steps: dict[tuple[int, int], list[ReportEvent]] = defaultdict(list)
    rows = ReportEvent.objects.filter(report__sub_item__in=set(items), report__period__in=set(periods))
    for event in rows.select_related("report__period").order_by("pk"):
        steps[event.report.sub_item_id, event.report.period_id].append(event)
    return {pk: [event for key in months for event in steps[key]] for pk, months in gone.items() if months}


def skipped_before(reports: Iterable[MonthlyReport]) -> dict[int, list[Skipped]]:
    """Of each of ``reports``, by its key, the months between the last approved one and its own that nobody filed.

    A month counts if a unit was to file it: it was begun, it can still be filed, or the sub-item stood in the programme
    before it locked (its first revision or an earlier report says so). Months that had locked before a programme came
    into the portal are nobody's omission. Five queries, however many reports.
    """
    reports = list(reports)
    if not reports:
        return {}
    gaps = _Gaps(reports)
    found = {report.pk: gaps.before(report) for report in reports}
    return {pk: skipped for pk, skipped in found.items() if skipped}


class _Gaps:
    """What of the sub-items of some reports is needed to say which months were skipped."""

    def __init__(self, reports: list[MonthlyReport]) -> None:
        keys = {report.sub_item_id for report in reports}
        programmes = {report.sub_item.programme_id for report in reports}
        self.today = clock.today()
        self.periods: dict[int, list[ReportingPeriod]] = defaultdict(list)
        opened = ReportingPeriod.objects.filter(programme__in=programmes, opens_on__lte=self.today)
        for period in opened.prefetch_related("exceptions").order_by("month"):
            self.periods[period.programme_id].append(period)
        self.states: dict[int, dict[date, str]] = defaultdict(dict)
        self.let_go: set[tuple[int, date]] = set()
        for one in (
            MonthlyReport.objects.filter(sub_item__in=keys)
            .select_related("period")
            .order_by()
            .only("sub_item", "period__month", "state", "submitted_by")
        ):
            self.states[one.sub_item_id][one.period.month] = one.state
            if one.is_let_go:
                self.let_go.add((one.sub_item_id, one.period.month))
        self.filing: dict[int, list[Responsibility]] = defaultdict(list)
        for role in Responsibility.objects.filter(sub_item__in=keys, files=True).select_related("department"):
            self.filing[role.sub_item_id].append(role)
        came = SubItemRevision.objects.filter(sub_item__in=keys).order_by().values_list("sub_item")
        self.came: dict[int, datetime] = dict(came.annotate(Min("at")))

    def before(self, report: MonthlyReport) -> list[Skipped]:
        sub_item, month = report.sub_item_id, report.period.month
        states = self.states[sub_item]
        approved = max((one for one, state in states.items() if state == State.APPROVED and one < month), default=None)
        between = (
            period
            for period in self.periods[report.sub_item.programme_id]
            if period.month < month and (approved is None or period.month > approved)
        )
        found = (self._skipped(report, period, states.get(period.month)) for period in between)
        return [one for one in found if one]

    def _skipped(self, report: MonthlyReport, period: ReportingPeriod, state: str | None) -> Skipped | None:
        roles = self.filing[report.sub_item_id]
        role = next((one for one in roles if one.held_in(period.month)), None)
        if role is None or state not in (None, State.DRAFT):
            return None
        is_open = filing_open(
            today=self.today,
            opens_on=period.opens_on,
            locks_on=period.locks_on,
            excepted_until=excepted_until(period, report.sub_item, role.department),
        )
        if state == State.DRAFT or is_open or self._stood_before(report.sub_item_id, period):
            is_let_go = (report.sub_item_id, period.month) in self.let_go
            return Skipped(period, state == State.DRAFT, is_open, is_let_go)
        return None

    def _stood_before(self, sub_item: int, period: ReportingPeriod) -> bool:
        """Whether the sub-item stood in the programme before the month locked."""
        if any(month < period.month for month in self.states[sub_item]):
            return True
        came = self.came.get(sub_item)
        return came is not None and clock.local(came).date() < period.locks_on
