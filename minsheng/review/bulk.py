"""Approving many reports at once: only what is ordinary, exactly what was looked at, each by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from departments.errors import Conflict, DomainError
from departments.models import User
from departments.permissions import SUPERVISE, jurisdictions_granted
from minsheng.filing.services import sheet_of
from minsheng.review import services
from minsheng.review.queue import look_at
from projects.models import MonthlyReport, SubItem
from projects.services import reports

State = MonthlyReport.State


@dataclass(frozen=True)
class Outcome:
    """How it ended with one report: approved, or ``why`` not."""

    report: MonthlyReport
    why: str = ""

    @property
    def done(self) -> bool:
        return not self.why


def approve_each(chosen: Mapping[int, int], *, by: User) -> list[Outcome]:
    """Approve the reports of ``chosen``, months in order, each in a transaction of its own.

    ``chosen`` says by the key of each report the key of its newest step when it was looked at: a report that has moved
    on since is refused, and so is one that has become unusual. One that is refused stops no other. The same asked twice
    by the same person succeeds once more. What is not this person's to approve is left out.
    """
    offices = jurisdictions_granted(by, SUPERVISE).values("pk")
    found = (
        MonthlyReport.objects.filter(pk__in=chosen, sub_item__programme__jurisdiction__in=offices)
        .select_related("sub_item__programme__jurisdiction", "sub_item__project", "period", "department")
        .exclude(state__in=[State.DRAFT, State.UNIT_REVIEW])
        .order_by("period__month", "sub_item__programme", "sub_item__position")
    )
    return [Outcome(report, _approve(report, chosen[report.pk], by=by)) for report in found]


def _approve(report: MonthlyReport, seen: int, *, by: User) -> str:
    """Why it was refused; empty where it was approved."""
    try:
        with transaction.atomic():
            reports.lock(report, allowed=[State.SUBMITTED])
            _still_ordinary(report, seen)
            services.approve(report, by=by)
    except DomainError as error:
        report.refresh_from_db()
        return "" if _approved_already(report, seen, by=by) else str(error)
    return ""


def _still_ordinary(report: MonthlyReport, seen: int) -> None:
    newest = report.events.order_by("pk").last()
    if newest is None or newest.pk != seen:
        raise Conflict(_("It was filed again after you looked at it: open it and look at it once more."))
    sub_items = SubItem.objects.select_related("programme").prefetch_related("targets", "milestones", "overrides")
    sheet = sheet_of(sub_items.get(pk=report.sub_item_id), report.period)
    if look_at(sheet).rank < 2 or reports.last_approval(report) is not None:
        raise DomainError(_("It is unusual: open it and decide on it by itself."))


def _approved_already(report: MonthlyReport, seen: int, *, by: User) -> bool:
    """Whether the only step since it was looked at is this person's own approval: a second click."""
    since = list(report.events.filter(pk__gt=seen))
    return len(since) == 1 and since[0].to_state == State.APPROVED and since[0].actor_id == by.pk
