"""The life of a monthly report as bare, locked steps. What a step means is composed in ``minsheng/filing`` and
``minsheng/review``; no view calls these.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import Department, User
from projects.models import (
    CONTENT_FIELDS,
    SET_ASIDE,
    TAKEN_OVER,
    MonthlyReport,
    Programme,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
    TargetReading,
)
from projects.rules.reports import EDITABLE, STEPS, SUBMISSION, acts_on_behalf, filing_open
from projects.services import exceptions

# How long a unit has at least to file again what was returned to it: until then it is due again, and open.
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
def start(sub_item: SubItem, period: ReportingPeriod, *, seen_unit: Department | None = None) -> MonthlyReport:
    """The report of ``sub_item`` in ``period``, made if it was not there; two people at once get the same one.

    The sub-item stays locked until the caller's transaction ends. A report that nobody has written yet goes over to the
    unit that files the month by now: contributions may have begun it before a hand-over. Raises ``Conflict`` where
    another unit than ``seen_unit`` files it by now: a hand-over came in between.
    """
    try:
        locks.hold(SubItem, sub_item.pk)
    except SubItem.DoesNotExist:
        raise DomainError(_("This sub-item is gone: its table was taken back meanwhile.")) from None
    unit = filing_unit(sub_item, period.month)
    if unit is None:
        raise DomainError(_("No unit files this sub-item in this month; the supervision office names one."))
    if seen_unit is not None and seen_unit != unit:
        raise Conflict(_("“%(unit)s” files this sub-item by now. Nothing was saved.") % {"unit": unit.full_name})
    report, _made = MonthlyReport.objects.get_or_create(
        sub_item=sub_item,
        period=period,
        defaults={"department": unit, "department_name": unit.full_name},
    )
    if report.department_id != unit.pk and not report.version and report.state == MonthlyReport.State.DRAFT:
        report.department, report.department_name = unit, unit.full_name
        report.save(update_fields=["department", "department_name"])
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
    TargetReading.objects.bulk_create(
        [TargetReading(report=report, target_id=target_id, value=value) for target_id, value in targets.items()],
        update_conflicts=True,
        unique_fields=["report", "target"],
        update_fields=["value"],
    )


def lock(report: MonthlyReport, *, allowed: Collection[str]) -> None:
    """Re-read ``report`` under the lock of its sub-item and its own, so that of two people acting at once the second
    waits, sees what the first did and is refused.
    """
    locks.hold(SubItem, report.sub_item_id)
    locks.again(report)
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
    remarks: Sequence[Mapping[str, str]] = (),
) -> ReportEvent:
    """One step of the life: the state changes and an event says who, when, why, over what text.

    ``taken_over``: the office takes a report out of its unit's review, which nobody has then reviewed for the unit.
    ``remarks`` of a return say what is wrong at which field. Who submits, passes on or returns for a unit that is not
    his own is kept as acting on its behalf.
    """
    lock(report, allowed=[state for state, following in STEPS.items() if to in following])
    state = MonthlyReport.State
    sends_off = report.state in EDITABLE and to in SUBMISSION
    for_unit = sends_off or (report.state == state.UNIT_REVIEW and not taken_over)
    behalf = report.department if for_unit and acts_on_behalf(by.department, report.department) else None
    event = ReportEvent.objects.create(
        report=report,
        actor=by,
        actor_name=audit.signature(by),
        actor_unit=by.department,
        on_behalf_of=behalf,
        on_behalf_of_name=behalf.full_name if behalf else "",
        at=clock.now(),
        from_state=report.state,
        to_state=to,
        comment=comment,
        remarks=list(remarks),
        due_by=_due_by(report, to),
        snapshot={**snapshot, TAKEN_OVER: True} if taken_over else snapshot,
    )
    report.state = to
    if event.from_state in EDITABLE and to in SUBMISSION:
        report.submitted_by, report.reviewed_by, report.on_behalf = by, None, behalf is not None
    elif event.from_state == state.UNIT_REVIEW and to == state.SUBMITTED:
        report.reviewed_by = None if taken_over else by
    report.save(update_fields=["state", "submitted_by", "on_behalf", "reviewed_by"])
    return event


def last_approval(report: MonthlyReport) -> ReportEvent | None:
    """The newest approval of ``report``, withdrawn since or not."""
    return report.events.filter(to_state=MonthlyReport.State.APPROVED).order_by("pk").last()


@transaction.atomic
def keep_approval(
    report: MonthlyReport, approval: ReportEvent, *, by: User, comment: str, beside: Mapping[str, Any]
) -> ReportEvent:
    """Let ``approval`` stand again, which was withdrawn; who had filed and reviewed it then, has.

    What it says is the caller's to put back before. The step keeps the snapshot of ``approval``, and what is ``beside``
    it: what the unit had written since, what was in doubt.
    """
    state = MonthlyReport.State
    before = report.events.filter(pk__lt=approval.pk).order_by("pk")
    filed = before.filter(from_state__in=EDITABLE, to_state__in=SUBMISSION).last()
    shot = {name: value for name, value in approval.snapshot.items() if name != SET_ASIDE}
    event = move(report, state.APPROVED, by=by, comment=comment, snapshot={**shot, **beside})
    if filed is not None:
        passed = before.filter(pk__gt=filed.pk, from_state=state.UNIT_REVIEW, to_state=state.SUBMITTED).last()
        report.submitted_by, report.on_behalf = filed.actor, filed.on_behalf_of_id is not None
        report.reviewed_by = passed.actor if passed and not passed.snapshot.get(TAKEN_OVER) else None
        report.save(update_fields=["submitted_by", "on_behalf", "reviewed_by"])
    return event


def _due_by(report: MonthlyReport, to: MonthlyReport.State) -> datetime | None:
    """Until when ``report`` is due again: some days after the office returned it. Its unit's own reviewer gives no day
    more, and what is filed again keeps what the office's last return gave. A month that was let go has no day any more.
    """
    state = MonthlyReport.State
    if to == state.RETURNED and report.state != state.UNIT_REVIEW:
        return clock.end_of(clock.today() + timedelta(days=DAYS_AFTER_RETURN))
    if to in SUBMISSION and report.state in EDITABLE:
        given = Q(to_state=state.RETURNED, due_by__isnull=False) | Q(to_state=state.DRAFT)
        return report.events.filter(given).order_by("pk").values_list("due_by", flat=True).last()
    return None


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


def earlier_undecided_of(reports: Iterable[MonthlyReport]) -> dict[int, list[MonthlyReport]]:
    """Of each of ``reports``, by its key, those of earlier months that hold it up, the first one first; one query."""
    waiting = list(reports)
    if not waiting:
        return {}
    latest = max(report.period.month for report in waiting)
    found: dict[int, list[MonthlyReport]] = {}
    items = {report.sub_item_id for report in waiting}
    rows = (
        _undecided()
        .filter(sub_item__in=items, period__month__lt=latest)
        .select_related("period")
        .order_by("period__month")
    )
    for one in rows:
        found.setdefault(one.sub_item_id, []).append(one)
    earlier = {
        report.pk: [one for one in found.get(report.sub_item_id, ()) if one.period.month < report.period.month]
        for report in waiting
    }
    return {pk: held for pk, held in earlier.items() if held}


def in_order(earlier: MonthlyReport) -> str:
    """Why a later month waits for ``earlier``."""
    words = {"month": earlier.period, "state": earlier.get_state_display()}
    return _("Months are approved in order: the report of %(month)s is still “%(state)s”.") % words


def undecided_before(sub_item: int | OuterRef, month: date | OuterRef) -> QuerySet[MonthlyReport]:
    """Reports of earlier months than ``month`` that hold up the approval of that month."""
    return _undecided().filter(sub_item=sub_item, period__month__lt=month)


def _undecided() -> QuerySet[MonthlyReport]:
    state = MonthlyReport.State
    returned = Q(state=state.RETURNED, sub_item__status=SubItem.Status.ACTIVE)
    return MonthlyReport.objects.filter(Q(state__in=SUBMISSION) | returned)


def last_submission(sub_item: SubItem, before: date) -> ReportEvent | None:
    """The newest submission of an earlier month than ``before``: its snapshot holds the last submitted values."""
    return submissions_before(sub_item.pk, before).select_related("report__period").first()


def last_submissions(reports: QuerySet[MonthlyReport]) -> dict[int, ReportEvent]:
    """The same of many reports at once, by the key of the report; two queries."""
    newest = submissions_before(OuterRef("sub_item"), OuterRef("period__month")).values("pk")[:1]
    keys = {pk: event for pk, event in reports.order_by().values_list("pk", Subquery(newest)) if event}
    events = ReportEvent.objects.select_related("report__period").in_bulk(keys.values())
    return {pk: events[event] for pk, event in keys.items()}


def first_submission(report: MonthlyReport) -> int | None:
    """The key of the first submission of ``report``."""
    return submissions_of(report.pk).values_list("pk", flat=True).first()


def submissions_of(report: int | OuterRef) -> QuerySet[ReportEvent]:
    """Submissions of the report, the oldest first."""
    return submissions().filter(report=report).order_by("pk")


def submissions() -> QuerySet[ReportEvent]:
    """The steps that are a unit's submission."""
    return ReportEvent.objects.filter(from_state__in=EDITABLE, to_state__in=SUBMISSION)


def kept_approvals() -> QuerySet[ReportEvent]:
    """The steps by which an approval that was withdrawn stands after all."""
    state = MonthlyReport.State
    return ReportEvent.objects.filter(from_state=state.RETURNED, to_state=state.APPROVED)


def submissions_before(sub_item: int | OuterRef, month: date | OuterRef) -> QuerySet[ReportEvent]:
    """Submissions of earlier months than ``month`` that stand, the newest first; an approval that was kept after all
    says again what it had approved. One that was let go is a draft again, and says nothing to later months.
    """
    found = (submissions() | kept_approvals()).filter(report__sub_item=sub_item, report__period__month__lt=month)
    return found.exclude(report__state=MonthlyReport.State.DRAFT).order_by("-report__period__month", "-pk")
