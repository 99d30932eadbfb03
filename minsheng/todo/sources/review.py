"""To review for the unit, to approve, to take over, and what was returned and never came back."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import User
from departments.permissions import REVIEW_REPORT, SUPERVISE
from minsheng.review import doubts, rechecks, services
from minsheng.todo.entries import Entry, Kind, Source, ordered
from projects.models import MonthlyReport, Recheck, ReportEvent
from projects.services.reports import undecided_before

OFFICE: Final = frozenset({SUPERVISE})
REVIEWERS: Final = frozenset({REVIEW_REPORT})


def _oldest_first(reports: QuerySet[MonthlyReport]) -> QuerySet[Any]:
    """Reports in the order of their newest steps."""
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-pk")
    return reports.annotate(newest=Subquery(newest.values("pk")[:1])).order_by("newest", "pk")


def _with_earlier(reports: QuerySet[MonthlyReport]) -> QuerySet[Any]:
    """The same, with whether an earlier month must be decided first."""
    earlier = undecided_before(OuterRef("sub_item"), OuterRef("period__month"))
    return _oldest_first(reports.annotate(earlier=Exists(earlier)))


def _read_to_review(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for report, event in _with_steps(rows):
        yield Entry(step=_("Review"), url=reverse("review:report", args=[report.pk]), **_named(report, event))


def _read_to_approve(rows: QuerySet[Any], user: User) -> Iterator[Entry]:
    own = doubts.own_units(user)
    for report, event in _with_steps(rows):
        note = ""
        if report.earlier:
            note = _("an earlier month waits for its decision first")
        elif doubts.needs_exception(user, report, own=own):
            note = _("your own unit's: another person approves it, or you say why you do")
        named = _named(report, event)
        yield Entry(step=_("Review"), url=reverse("review:report", args=[report.pk]), note=note, **named)


def _read_stuck(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for report, event in _with_steps(rows):
        note = "" if report.has_reviewer else _("nobody of the unit can review it any more")
        url = reverse("review:take_over", args=[report.pk])
        yield Entry(step=_("Take over"), url=url, note=note, **_named(report, event))


def _read_run_out(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for report, event in _with_steps(rows):
        url = reverse("review:run_out", args=[report.pk])
        yield Entry(step=_("Decide"), url=url, why=event.told, **_named(report, event))


def _read_rechecks(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    found = list(rows.select_related("sub_item__project", "period"))
    waiting = Recheck.objects.waiting().filter(report__in=found).select_related("because__report__period")
    because = {one.report_id: one.because for one in waiting.order_by("pk")}
    for report in found:
        event = because[report.pk]
        note = _("carries on what %(month)s said before it was decided anew") % {"month": event.report.period}
        url = reverse("review:recheck", args=[report.pk])
        yield Entry(step=_("Check"), url=url, note=note, **_named(report, event))


def _with_steps(rows: QuerySet[Any]) -> Iterator[tuple[Any, ReportEvent]]:
    """The reports with what is said of them, each with its newest step."""
    found = list(rows.select_related("sub_item__project", "period"))
    events = ReportEvent.objects.in_bulk([report.newest for report in found])
    for report in found:
        yield report, events[report.newest]


def _named(report: MonthlyReport, event: ReportEvent) -> dict[str, Any]:
    """Without the month's due day: that is the unit's, and it has filed; what counts is how long it waits by now."""
    return {
        "title": report.sub_item.title,
        "serial": report.sub_item.serial,
        "about": "" if event.actor_name.startswith(report.department_name) else report.department_name,
        "month": str(report.period),
        "programme": report.sub_item.programme_id,
        "since": event.at,
        "who": event.actor_name,
    }


QUEUE: Final = ("review:queue", gettext_lazy("To the review, several at once"))
REVIEW: Final = Source(Kind.REVIEW, REVIEWERS, services.in_unit_review, _oldest_first, _read_to_review, *QUEUE)
APPROVE: Final = Source(Kind.APPROVE, OFFICE, services.to_approve, _with_earlier, _read_to_approve, *QUEUE)
RECHECK: Final = Source(
    Kind.RECHECK, OFFICE, rechecks.to_recheck, ordered("period__month", "sub_item__position", "pk"), _read_rechecks
)
STUCK: Final = Source(Kind.STUCK, OFFICE, services.stuck, _oldest_first, _read_stuck)
RUN_OUT: Final = Source(Kind.RUN_OUT, OFFICE, services.run_out, _oldest_first, _read_run_out)
