"""The monthly reports on a sub-item's page: those the person may read, with their history."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from departments.permissions import Person
from funding.models import FundingReading
from minsheng.filing.contributions import counted_in, gathered
from minsheng.filing.panel import Panel, panel_of
from minsheng.filing.way import Event, taken
from projects.models import Contribution, ContributionVersion, MonthlyReport, ReportEvent, SubItem, TargetReading
from projects.rules.reports import EDITABLE

State = MonthlyReport.State


@dataclass(frozen=True)
class Reader:
    """What a person is to a sub-item: by the units whose grants he holds, and by oversight of its jurisdiction."""

    units: frozenset[int]
    leads: bool
    oversees: bool
    supervises: bool = False

    @property
    def is_insider(self) -> bool:
        """Whether the reasons of returns are for him: a lead, the office, or oversight (design §4)."""
        return self.leads or self.oversees


@dataclass(frozen=True)
class ReportView:
    """A report; ``text_shown`` is false while its unit rewrites what was returned and the reader is no lead."""

    report: MonthlyReport
    month: str
    state: str
    is_pending: bool
    text_shown: bool
    targets: list[Any]
    money: list[Any]
    panel: Panel
    events: list[Event]

    @property
    def return_reason(self) -> str:
        """Why it came back, where it did and the reader may know: a return is then its last step."""
        return self.events[-1].told if self.report.state == State.RETURNED and self.events else ""


@dataclass(frozen=True)
class OwnContribution:
    """What a unit of the reader has on its desk for a month, sent or not; its page has all of it."""

    month: str
    unit: str
    newest: ContributionVersion | None
    url: str


def own_contributions(sub_item: SubItem, reader: Reader) -> list[OwnContribution]:
    """Of the reader's own units, the newest month first; a unit reads what it said whatever becomes of the report."""
    if not reader.units or sub_item.status != SubItem.Status.ACTIVE:
        return []
    rows = (
        Contribution.objects.filter(report__sub_item=sub_item, department__in=reader.units)
        .select_related("report__period", "department__parent")
        .prefetch_related("versions")
        .order_by("-report__period__month", "department")
    )
    found = []
    for one in rows:
        period, versions = one.report.period, list(one.versions.all())
        url = reverse("filing:contribute", args=[sub_item.pk, f"{period.month:%Y-%m}", one.department_id])
        found.append(OwnContribution(str(period), one.department.full_name, versions[-1] if versions else None, url))
    return found


def _panel(sub_item: SubItem, report: MonthlyReport, reader: Reader) -> Panel:
    """Contributions are for leads, the office and oversight, and for their author; the names of who has not filed are
    not the author's business. What is rewritten after a return is the leads' alone.
    """
    month = report.period.month
    roles = [one for one in sub_item.responsibilities.all() if one.department_id and one.held_in(month)]
    filing = next((one.department for one in roles if one.files), None)
    every = gathered([one for one in roles if not one.files], {}, report.contributions.all(), filing=filing)
    newest = list(report.events.all())[-1:]
    if report.state not in EDITABLE and newest and "contributions" in newest[0].snapshot:
        every = counted_in(every, newest[0].snapshot)
    if reader.leads or (reader.oversees and report.state != State.RETURNED):
        return panel_of(every)
    return panel_of(one for one in every if one.is_submitted and one.unit.pk in reader.units)


def reports_of(sub_item: SubItem, *, user: Person, reader: Reader) -> list[ReportView]:
    """Readable reports, the newest month first.

    A returned report's present text is its unit's draft again: others read what was submitted in its steps.
    """
    targets = TargetReading.objects.select_related("target").order_by("target__position")
    money = FundingReading.objects.select_related("line__source").order_by("line__position")
    contributed = Contribution.objects.filter(state=Contribution.State.SUBMITTED).select_related("department__parent")
    reports = (
        MonthlyReport.objects.readable_by(user)
        .filter(sub_item=sub_item)
        .select_related("period")
        .prefetch_related(
            Prefetch("target_readings", targets),
            Prefetch("funding_readings", money),
            Prefetch("contributions", contributed.prefetch_related("versions__takings")),
            Prefetch("events", ReportEvent.objects.order_by("at", "pk")),
        )
        .order_by("-period__month")
    )
    return [
        ReportView(
            report=report,
            month=str(report.period),
            state=report.get_state_display(),
            is_pending=report.state == State.SUBMITTED,
            text_shown=reader.leads or report.state != State.RETURNED,
            targets=list(report.target_readings.all()),
            money=list(report.funding_readings.all()),
            panel=_panel(sub_item, report, reader),
            events=taken(report.events.all(), insider=reader.is_insider),
        )
        for report in reports
    ]
