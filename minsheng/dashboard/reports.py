"""The monthly reports on a sub-item's page: those the person may read, with their history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from departments.permissions import FILE_REPORT, REVIEW_REPORT, Person, departments_granted
from projects.models import Contribution, MonthlyReport, ReportEvent, SubItem

State = MonthlyReport.State
TONES = {State.APPROVED: "green", State.RETURNED: "yellow", State.SUBMITTED: "blue", State.UNIT_REVIEW: "blue"}


@dataclass(frozen=True)
class Event:
    """A step, as ``components/timeline.html`` draws it."""

    at: datetime
    title: str
    actor: str
    comment: str
    tone: str


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


def reports_of(sub_item: SubItem, *, user: Person, insider: bool) -> list[ReportView]:
    """Readable reports, the newest month first. ``insider``: reasons of returns and contributions are shown.

    A returned report's present text is its unit's draft again: others read what was submitted in its steps.
    """
    mine = set(departments_granted(user, FILE_REPORT, REVIEW_REPORT).values_list("pk", flat=True))
    leading = {one.department_id for one in sub_item.responsibilities.all() if one.role == "lead"}
    leads = bool(mine & leading)
    reports = (
        MonthlyReport.objects.readable_by(user)
        .filter(sub_item=sub_item)
        .select_related("period")
        .prefetch_related(
            "target_readings__target",
            "funding_readings__line__source",
            Prefetch("contributions", Contribution.objects.order_by("written_at")),
            "events",
        )
        .order_by("-period__month")
    )
    return [
        ReportView(
            report=report,
            month=str(report.period),
            state=report.get_state_display(),
            is_pending=report.state == State.SUBMITTED,
            text_shown=leads or report.state != State.RETURNED,
            targets=list(report.target_readings.all()),
            money=list(report.funding_readings.all()),
            contributions=[one for one in report.contributions.all() if insider or one.department_id in mine],
            events=[_event(event, insider=insider) for event in report.events.all()],
        )
        for report in reports
    ]


def _event(event: ReportEvent, *, insider: bool) -> Event:
    hidden = event.to_state == State.RETURNED and not insider
    return Event(
        at=event.at,
        title=event.get_to_state_display(),
        actor=event.actor_name,
        comment="" if hidden else event.comment,
        tone=TONES.get(State(event.to_state), "grey"),
    )
