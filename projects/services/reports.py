"""The life of a monthly report as bare, locked steps. What a step means is composed in ``minsheng/filing`` and
``minsheng/review``; no view calls these.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import Department, User
from projects.models import (
    CONTENT_FIELDS,
    TAKEN_OVER,
    MonthlyReport,
    Programme,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
    TargetReading,
)
from projects.rules.reports import EDITABLE, STEPS, SUBMISSION, filing_open
from projects.services import exceptions

# How long a unit has to file again what was returned to it after the lock.
DAYS_AFTER_RETURN: Final = 7


def filing_unit(sub_item: SubItem, month: date) -> Department | None:
    """The unit that files ``sub_item`` for the month that begins on ``month``."""
    responsibility = (
        Responsibility.objects.in_month(month)
        .filter(sub_item=sub_item, files=True)
        .select_related("department__parent")
        .first()
    )
    return responsibility.department if responsibility else None


def filing_units(programme: Programme, month: date) -> dict[int, Department]:
    """The same for each sub-item of ``programme``, in one query; one that nobody files is left out."""
    responsibilities = (
        Responsibility.objects.in_month(month)
        .filter(sub_item__programme=programme, files=True, department__isnull=False)
        .select_related("department__parent")
    )
    units: dict[int, Department] = {}
    for responsibility in responsibilities:
        if responsibility.department:
            units.setdefault(responsibility.sub_item_id, responsibility.department)
    return units


def is_open(period: ReportingPeriod, sub_item: SubItem, unit: Department | None) -> bool:
    """Whether ``unit`` may file ``sub_item`` in ``period`` today."""
    return filing_open(
        today=clock.today(),
        opens_on=period.opens_on,
        locks_on=period.locks_on,
        excepted_until=excepted_until(period, sub_item, unit),
    )


def excepted_until(period: ReportingPeriod, sub_item: SubItem, unit: Department | None) -> date | None:
    """The last day of the longest exception that concerns the sub-item."""
    found: date | None = None
    for exception in period.exceptions.all():
        if exception.reaches(sub_item.pk, unit):
            found = max(found or exception.until, exception.until)
    return found


def open_until(period: ReportingPeriod, sub_item: SubItem, unit: Department | None) -> date:
    """The last day on which ``unit`` may, or might, file ``sub_item`` in ``period``."""
    last_open_day = period.locks_on - timedelta(days=1)
    return max(excepted_until(period, sub_item, unit) or last_open_day, last_open_day)


@transaction.atomic
def start(sub_item: SubItem, period: ReportingPeriod) -> MonthlyReport:
    """The report of ``sub_item`` in ``period``, made if it was not there; two people at once get the same one."""
    SubItem.objects.select_for_update().get(pk=sub_item.pk)
    unit = filing_unit(sub_item, period.month)
    if unit is None:
        raise DomainError(_("No unit files this sub-item in this month; the supervision office names one."))
    report, _made = MonthlyReport.objects.get_or_create(
        sub_item=sub_item,
        period=period,
        defaults={"department": unit, "department_name": unit.full_name},
    )
    return report


@transaction.atomic
def revise(
    report: MonthlyReport,
    *,
    by: User,
    seen_version: int,
    content: Mapping[str, Any],
    targets: Mapping[int, Decimal | None],
    changed: Collection[str] = (),
    form: str = "",
) -> None:
    """Write the unit's text and target readings over the version ``seen_version``, and no other.

    ``changed`` are the fields that become others, written by ``form``.
    """
    lock(report, allowed=EDITABLE)
    if report.version != seen_version:
        raise Conflict(_("This report was changed meanwhile. Nothing was overwritten: load the page again."))
    for name in CONTENT_FIELDS:
        setattr(report, name, content[name])
    report.version += 1
    report.edited_by, report.edited_at = by, clock.now()
    mark = {"by": audit.signature(by), "person": str(by.pk), "at": clock.now().isoformat(), "form": form}
    report.edits = {**report.edits, **dict.fromkeys(changed, mark)}
    report.save(update_fields=[*CONTENT_FIELDS, "version", "edits", "edited_by", "edited_at"])
    for target_id, value in targets.items():
        TargetReading.objects.update_or_create(report=report, target_id=target_id, defaults={"value": value})


def lock(report: MonthlyReport, *, allowed: Collection[str]) -> None:
    """Re-read ``report`` under a row lock, so that of two people acting at once the second waits, sees what the
    first did and is refused.
    """
    report.refresh_from_db(from_queryset=MonthlyReport.objects.select_for_update())
    if report.state not in allowed:
        raise not_possible(report)


def not_possible(report: MonthlyReport) -> IllegalTransition:
    """That ``report`` is not in a state for the step, in words."""
    return IllegalTransition(
        _("This report is now “%(state)s”, so this step is no longer possible.") % {"state": report.get_state_display()}
    )


@transaction.atomic
def move(
    report: MonthlyReport,
    to: MonthlyReport.State,
    *,
    by: User,
    comment: str = "",
    snapshot: dict[str, Any],
    taken_over: bool = False,
) -> ReportEvent:
    """One step of the life: the state changes and an event says who, when, why, over what text.

    ``taken_over``: the office takes a report out of its unit's review, which nobody has then reviewed for the unit.
    """
    lock(report, allowed=[state for state, following in STEPS.items() if to in following])
    event = ReportEvent.objects.create(
        report=report,
        actor=by,
        actor_name=audit.signature(by),
        at=clock.now(),
        from_state=report.state,
        to_state=to,
        comment=comment,
        snapshot={**snapshot, TAKEN_OVER: True} if taken_over else snapshot,
    )
    report.state = to
    if event.from_state in EDITABLE and to in SUBMISSION:
        report.submitted_by, report.reviewed_by = by, None
    elif event.from_state == MonthlyReport.State.UNIT_REVIEW and to == MonthlyReport.State.SUBMITTED:
        report.reviewed_by = None if taken_over else by
    report.save(update_fields=["state", "submitted_by", "reviewed_by"])
    return event


def reopen_filing(report: MonthlyReport, *, by: User, reason: str) -> None:
    """What is returned may be filed again up to the lock, and for some days at least, by itself."""
    until = clock.today() + timedelta(days=DAYS_AFTER_RETURN)
    if until >= report.period.locks_on:
        exceptions.make(report.period, until=until, reason=reason, by=by, sub_item=report.sub_item)


def earlier_undecided(report: MonthlyReport) -> MonthlyReport | None:
    """The first report of an earlier month of the same sub-item that waits for somebody: months go in order.

    What was returned waits for its unit, as long as the sub-item is in progress.
    """
    found = undecided_before(report.sub_item_id, report.period.month)
    return found.select_related("period").order_by("period__month").first()


def undecided_before(sub_item: int | OuterRef, month: date | OuterRef) -> QuerySet[MonthlyReport]:
    """Reports of earlier months than ``month`` that hold up the approval of that month."""
    state = MonthlyReport.State
    returned = Q(state=state.RETURNED, sub_item__status=SubItem.Status.ACTIVE)
    return MonthlyReport.objects.filter(Q(state__in=SUBMISSION) | returned, sub_item=sub_item, period__month__lt=month)


def last_submission(sub_item: SubItem, before: date) -> ReportEvent | None:
    """The newest submission of an earlier month than ``before``: its snapshot holds the last submitted values."""
    return submissions_before(sub_item.pk, before).select_related("report__period").first()


def last_submissions(reports: QuerySet[MonthlyReport]) -> dict[int, ReportEvent]:
    """The same of many reports at once, by the key of the report; two queries."""
    newest = submissions_before(OuterRef("sub_item"), OuterRef("period__month")).values("pk")[:1]
    keys = {pk: event for pk, event in reports.order_by().values_list("pk", Subquery(newest)) if event}
    events = ReportEvent.objects.select_related("report__period").in_bulk(keys.values())
    return {pk: events[event] for pk, event in keys.items()}


def submissions_before(sub_item: int | OuterRef, month: date | OuterRef) -> QuerySet[ReportEvent]:
    """Submissions of earlier months than ``month``, the newest first."""
    return ReportEvent.objects.filter(
        report__sub_item=sub_item, report__period__month__lt=month, from_state__in=EDITABLE, to_state__in=SUBMISSION
    ).order_by("-report__period__month", "-pk")
