"""The monthly reports on a sub-item's page: those the person may read, with their history."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from departments.permissions import Person
from funding.models import FundingReading
from minsheng.filing.way import Event, taken
from projects.models import Contribution, MonthlyReport, ReportEvent, SubItem, TargetReading

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
    contributions: list[Contribution]
    events: list[Event]

    @property
    def return_reason(self) -> str:
        """Why it came back, where it did and the reader may know: a return is then its last step."""
        return self.events[-1].told if self.report.state == State.RETURNED and self.events else ""


def reports_of(sub_item: SubItem, *, user: Person, reader: Reader) -> list[ReportView]:
    """Readable reports, the newest month first.

    A returned report's present text is its unit's draft again: others read what was submitted in its steps.
    """
    targets = TargetReading.objects.select_related("target").order_by("target__position")
    money = FundingReading.objects.select_related("line__source").order_by("line__position")
    submitted = Contribution.objects.filter(state=Contribution.State.SUBMITTED).order_by("written_at")
    reports = (
        MonthlyReport.objects.readable_by(user)
        .filter(sub_item=sub_item)
        .select_related("period")
        .prefetch_related(
            Prefetch("target_readings", targets),
            Prefetch("funding_readings", money),
            Prefetch("contributions", submitted),
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
            contributions=[
                one for one in report.contributions.all() if reader.is_insider or one.department_id in reader.units
            ],
            events=taken(report.events.all(), insider=reader.is_insider),
        )
        for report in reports
    ]
