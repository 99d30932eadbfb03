"""Reporting periods: opened month by month, their days set by the programme's schedule, changed by a person."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import Conflict, DomainError
from departments.models import AuditEvent, Department, User
from projects.models import ExceptionRequest, FilingException, Programme, ReportingPeriod, SubItem
from projects.rules.periods import Schedule, latest_day
from projects.services import exceptions
from projects.services.schedules import Planned, check_months, plan, schedule_of
from projects.services.working_days import calendar_of


@transaction.atomic
def open_periods(programme: Programme) -> list[ReportingPeriod]:
    """Make the periods whose opening day has come; those already there stay as they are.

    Safe to run twice or late: a missed month is made up for.
    """
    locked = locks.held(Programme.objects.all()).get(pk=programme.pk)
    there = set(programme.periods.values_list("month", flat=True))
    calendar, schedule = calendar_of(programme.jurisdiction), schedule_of(locked)
    made = []
    for month in schedule.months():
        days = schedule.days_of(month, calendar)
        if month in there:
            continue
        if days.opens_on > clock.today():
            break
        made.append(ReportingPeriod.objects.create(programme=programme, month=month, **asdict(days)))
    return made


@transaction.atomic
def mark_locked(period: ReportingPeriod) -> bool:
    """Note that ``period`` locked, once; false where it was noted before, or where it does not lock yet."""
    locks.hold(Programme, period.programme_id)
    locks.again(period)
    if period.locked_at is not None or period.locks_on > clock.today():
        return False
    period.locked_at = clock.now()
    period.save(update_fields=["locked_at"])
    return True


@transaction.atomic
def change_schedule(programme: Programme, schedule: Schedule, *, seen: Schedule | None, by: User, reason: str) -> int:
    """Report by ``schedule`` from now on: months not yet due get its days, those due keep theirs. How many changed.

    ``seen`` is the schedule the person changed. A month that has opened stays, and none is opened that has locked
    already. The same sent twice by one person is one. Raises ``Conflict`` where somebody else changed it meanwhile,
    ``DomainError`` for what the rules refuse.
    """
    locked = locks.held(Programme.objects.all()).get(pk=programme.pk)
    present, calendar = schedule_of(locked), calendar_of(programme.jurisdiction)
    if present != seen:
        before = audit.newest("period.schedule", programme)
        if seen and present == schedule and _same(before, by, _changed(seen, schedule), reason):
            moved_then = len(before.details["moved"]) if before else 0
            return moved_then + sum(one.changes for one in plan(locked, schedule, calendar, present=seen))
        raise Conflict(_("Somebody else changed these settings meanwhile. Look at them and change them again."))
    if schedule == present:
        return 0
    if not reason.strip():
        raise DomainError(_("Say why the settings change: it is kept with them."))
    check_months(programme, schedule, calendar)
    planned = plan(locked, schedule, calendar)
    for name, value in asdict(schedule).items():
        setattr(programme, name, value)
    programme.save(update_fields=list(asdict(schedule)))
    moved = _move(planned)
    _record(
        "period.schedule",
        programme,
        by=by,
        changed=_changed(present, schedule),
        reason=reason.strip(),
        moved=[f"{period.month:%Y-%m}" for period in moved],
    )
    return sum(one.changes for one in planned)


@transaction.atomic
def realign(programme: Programme) -> list[ReportingPeriod]:
    """Give the periods not yet due the days that the calendar now makes them; those that moved."""
    locked = locks.held(Programme.objects.all()).get(pk=programme.pk)
    return _move(plan(locked, schedule_of(locked), calendar_of(programme.jurisdiction)))


def _move(planned: list[Planned]) -> list[ReportingPeriod]:
    moved = []
    for one in planned:
        if one.period is not None and one.changes:
            one.period.due_on, one.period.locks_on = one.after.due_on, one.after.locks_on
            one.period.save(update_fields=["due_on", "locks_on"])
            moved.append(one.period)
    return moved


@transaction.atomic
def change_due(period: ReportingPeriod, due_on: date, *, seen: date, by: User, reason: str) -> None:
    """Set another due day for one month, with the lock as far behind it as in every month.

    It cannot be before today: nobody becomes late by it. A period that has locked is reopened by exceptions only. The
    day that the schedule makes follows the schedule again. The same sent twice by one person is one.
    """
    programme = locks.held(Programme.objects.all()).get(pk=period.programme_id)
    locks.again(period)
    if period.due_on != seen:
        before = audit.newest("period.due", programme, month=f"{period.month:%Y-%m}")
        asked = {"due_on": [seen.isoformat(), due_on.isoformat()]}
        if period.due_on == due_on and _same(before, by, asked, reason):
            return
        raise Conflict(_("Somebody else changed the due day meanwhile: it is %(day)s now.") % {"day": period.due_on})
    _check_due(period, due_on, reason)
    schedule = schedule_of(programme)
    by_rule = schedule.days_of(period.month, calendar_of(programme.jurisdiction)).due_on
    if due_on == by_rule:
        period.regular_due_on, period.due_reason = None, ""
    else:
        first = period.regular_due_on or period.due_on
        period.regular_due_on, period.due_reason = by_rule if due_on == first else first, reason.strip()
    period.due_on, period.locks_on = due_on, schedule.lock_of(due_on)
    period.save(update_fields=["due_on", "locks_on", "regular_due_on", "due_reason"])
    _record(
        "period.due", period, by=by, changed={"due_on": [seen.isoformat(), due_on.isoformat()]}, reason=reason.strip()
    )


def _check_due(period: ReportingPeriod, due_on: date, reason: str) -> None:
    today, latest = clock.today(), latest_day(period.programme.last_month)
    if period.locked_at is not None or period.locks_on <= today:
        raise DomainError(_("This month has locked: open an exception instead."))
    if due_on < today or due_on < period.opens_on:
        raise DomainError(_("The due day cannot be before today: reports that were on time would become late."))
    if due_on == period.due_on:
        raise DomainError(_("This is the due day already."))
    if due_on > latest:
        raise DomainError(_("The day is %(day)s at the latest.") % {"day": latest})
    if not reason.strip():
        raise DomainError(_("Say why the due day changes: the units read it."))


@transaction.atomic
def add_exception(
    period: ReportingPeriod,
    *,
    until: date,
    reason: str,
    by: User,
    sub_item: SubItem | None = None,
    department: Department | None = None,
) -> FilingException:
    """Let a sub-item, a unit or everybody file in ``period`` up to ``until``, its last day. Requests that wait for no
    more than this are granted by it. The same made twice by one person is one.
    """
    locks.again(period)
    said = {"until": until, "reason": reason.strip(), "sub_item": sub_item, "department": department}
    there = period.exceptions.in_force(clock.today()).filter(by=by, **said).first()
    if there is not None:
        return there
    if period.opens_on > clock.today():
        raise DomainError(_("This month has not opened yet."))
    if until < clock.today():
        raise DomainError(_("The last day of the exception has passed already."))
    if until < period.locks_on:
        raise DomainError(_("Filing is open before %(day)s anyway.") % {"day": period.locks_on})
    latest = latest_day(period.programme.last_month)
    if until > latest:
        raise DomainError(_("The day is %(day)s at the latest.") % {"day": latest})
    if not reason.strip():
        raise DomainError(_("Say why the exception is made: it is kept with it."))
    if sub_item is not None and sub_item.programme_id != period.programme_id:
        raise DomainError(_("This sub-item belongs to another programme."))
    return exceptions.make(period, until=until, reason=reason.strip(), by=by, sub_item=sub_item, department=department)


@transaction.atomic
def grant(request: ExceptionRequest, *, until: date, by: User, answer: str = "") -> None:
    """Make the exception that a unit asked for, up to ``until``. The same answer sent twice by one person is one."""
    locks.hold(ReportingPeriod, request.period_id)
    if not exceptions.still_waits(request, by=by, state=ExceptionRequest.State.GRANTED):
        return
    add_exception(
        request.period,
        until=until,
        reason=request.reason,
        by=by,
        sub_item=request.sub_item,
        department=None if request.sub_item else request.department,
    )
    request.refresh_from_db()
    request.answer = answer.strip()
    request.save(update_fields=["answer"])


@transaction.atomic
def end_exception(exception: FilingException, *, by: User) -> None:
    """End it today: from now on nobody files by it, and the units that still had something to file are told.

    Ended twice by one person, once.
    """
    locks.again(exception)
    if exception.until < clock.today():
        before = audit.newest("period.exception_end", exception.period.programme, exception_id=exception.pk)
        if before is not None and before.actor_id == by.pk:
            return
        raise DomainError(_("This exception has ended already."))
    old, exception.until = exception.until, clock.today() - date.resolution
    exception.ended_at = clock.now()
    exception.save(update_fields=["until", "ended_at"])
    exceptions.tell_of_end(exception, by=by)
    changed = {"until": [old.isoformat(), exception.until.isoformat()]}
    whom = exceptions.for_whom(exception)
    _record("period.exception_end", exception.period, by=by, changed=changed, exception_id=exception.pk, **whom)


def _record(action: str, on: Programme | ReportingPeriod, *, by: User, **details: Any) -> None:
    """Kept on the programme, so that all that happened to its periods is found in one place."""
    programme = on if isinstance(on, Programme) else on.programme
    if isinstance(on, ReportingPeriod):
        details["month"] = f"{on.month:%Y-%m}"
    audit.record(action, programme, by=by, jurisdiction=programme.jurisdiction, **details)


def _same(event: AuditEvent | None, by: User, changed: dict[str, Any], reason: str) -> bool:
    """Whether ``event`` is what ``by`` asks for: the same form sent twice."""
    if event is None or event.actor_id != by.pk:
        return False
    return bool(event.details["changed"] == changed and event.details["reason"] == reason.strip())


def _changed(old: Schedule, new: Schedule) -> dict[str, list[Any]]:
    was, becomes = _json(old), _json(new)
    return {name: [was[name], becomes[name]] for name in was if was[name] != becomes[name]}


def _json(schedule: Schedule) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(schedule).items()}
