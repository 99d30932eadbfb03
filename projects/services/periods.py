"""Reporting periods: opened month by month, their days set by the programme's schedule, changed by a person."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from projects.models import ExceptionRequest, FilingException, Programme, ReportingPeriod, SubItem
from projects.rules.periods import PeriodDays, Schedule
from projects.rules.working_days import Calendar
from projects.services import exceptions
from projects.services.working_days import calendar_of


class Stays(StrEnum):
    """Why the days of a period do not follow the schedule."""

    DUE = "due"  # its due day has come
    BY_HAND = "by-hand"  # a person set it
    PAST = "past"  # the new day would have passed


@dataclass(frozen=True)
class Planned:
    """A month under a schedule: the days it has (none where it is new), the days it gets, and why it keeps its own."""

    month: date
    before: PeriodDays | None
    after: PeriodDays
    stays: Stays | None = None
    period: ReportingPeriod | None = None

    @property
    def changes(self) -> bool:
        return self.before != self.after


def schedule_of(programme: Programme) -> Schedule:
    return Schedule(
        first_month=programme.first_month,
        last_month=programme.last_month,
        due_day=programme.due_day,
        due_next_month=programme.due_next_month,
        lock_after_days=programme.lock_after_days,
    )


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


def plan(programme: Programme, schedule: Schedule, calendar: Calendar) -> list[Planned]:
    """Every month under ``schedule``, what its days are and what they become. Writes nothing; one query."""
    periods = {period.month: period for period in programme.periods.all()}
    present = schedule_of(programme)
    months = sorted({*schedule.months(), *periods})
    return [_planned(month, periods.get(month), schedule, present, calendar) for month in months]


def _planned(
    month: date, period: ReportingPeriod | None, schedule: Schedule, present: Schedule, calendar: Calendar
) -> Planned:
    after = schedule.days_of(month, calendar)
    if period is None:
        known = present.first_month <= month <= present.last_month
        return Planned(month, present.days_of(month, calendar) if known else None, after)
    before = PeriodDays(period.opens_on, period.due_on, period.locks_on)
    stays = _why_it_stays(period, after.due_on)
    return Planned(month, before, before if stays else after, stays, period)


def _why_it_stays(period: ReportingPeriod, due_on: date) -> Stays | None:
    if period.due_on <= clock.today() or period.locked_at is not None:
        return Stays.DUE
    if period.regular_due_on is not None:
        return Stays.BY_HAND
    return Stays.PAST if due_on <= clock.today() else None


@transaction.atomic
def change_schedule(programme: Programme, schedule: Schedule, *, seen: Schedule | None, by: User, reason: str) -> int:
    """Report by ``schedule`` from now on: months not yet due get its days, those due keep theirs. How many changed.

    ``seen`` is the schedule the person changed. A month that has opened stays, and none is opened that has locked
    already. Raises ``Conflict`` where somebody changed it meanwhile, ``DomainError`` for what the rules refuse.
    """
    locked = locks.held(Programme.objects.all()).get(pk=programme.pk)
    present = schedule_of(locked)
    if present != seen:
        raise Conflict(_("Somebody else changed these settings meanwhile. Look at them and change them again."))
    if schedule == present:
        return 0
    if not reason.strip():
        raise DomainError(_("Say why the settings change: it is kept with them."))
    calendar = calendar_of(programme.jurisdiction)
    _check_months(programme, schedule, calendar)
    planned = plan(locked, schedule, calendar)
    for name, value in asdict(schedule).items():
        setattr(programme, name, value)
    programme.save(update_fields=list(asdict(schedule)))
    moved = _move(planned)
    _record(
        "period.schedule",
        programme,
        by=by,
        changed={
            name: [old, _json(schedule)[name]] for name, old in _json(present).items() if old != _json(schedule)[name]
        },
        reason=reason.strip(),
        moved=[f"{period.month:%Y-%m}" for period in moved],
    )
    return sum(one.changes for one in planned)


def _check_months(programme: Programme, schedule: Schedule, calendar: Calendar) -> None:
    if schedule.first_month > schedule.last_month:
        raise DomainError(_("The last reporting month cannot be before the first one."))
    opened = list(programme.periods.order_by("month"))
    if not opened:
        return
    if schedule.first_month > opened[0].month:
        raise DomainError(_("%(month)s has opened already: reporting cannot begin later.") % {"month": opened[0]})
    if schedule.last_month < opened[-1].month:
        raise DomainError(_("%(month)s has opened already: reporting cannot end earlier.") % {"month": opened[-1]})
    known = {*schedule_of(programme).months(), *(period.month for period in opened)}
    for month in schedule.months():
        if month not in known and schedule.days_of(month, calendar).locks_on <= clock.today():
            raise DomainError(
                _("%(month)s would be locked already: nobody could file it.") % {"month": f"{month:%Y-%m}"}
            )


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

    It cannot be before today: nobody becomes late by it. A period that has locked is reopened by exceptions only.
    """
    programme = locks.held(Programme.objects.all()).get(pk=period.programme_id)
    locks.again(period)
    today = clock.today()
    if period.due_on != seen:
        raise Conflict(_("Somebody else changed the due day meanwhile: it is %(day)s now.") % {"day": period.due_on})
    if period.locked_at is not None or period.locks_on <= today:
        raise DomainError(_("This month has locked: open an exception instead."))
    if due_on < today or due_on < period.opens_on:
        raise DomainError(_("The due day cannot be before today: reports that were on time would become late."))
    if due_on == period.due_on:
        raise DomainError(_("This is the due day already."))
    if not reason.strip():
        raise DomainError(_("Say why the due day changes: the units read it."))
    old = period.due_on
    period.regular_due_on = period.regular_due_on or old
    period.due_on, period.due_reason = due_on, reason.strip()
    period.locks_on = schedule_of(programme).lock_of(due_on)
    period.save(update_fields=["due_on", "locks_on", "regular_due_on", "due_reason"])
    _record(
        "period.due", period, by=by, changed={"due_on": [old.isoformat(), due_on.isoformat()]}, reason=reason.strip()
    )


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
    more than this are granted by it.
    """
    locks.again(period)
    if period.opens_on > clock.today():
        raise DomainError(_("This month has not opened yet."))
    if until < clock.today():
        raise DomainError(_("The last day of the exception has passed already."))
    if until < period.locks_on:
        raise DomainError(_("Filing is open before %(day)s anyway.") % {"day": period.locks_on})
    if not reason.strip():
        raise DomainError(_("Say why the exception is made: it is kept with it."))
    if sub_item is not None and sub_item.programme_id != period.programme_id:
        raise DomainError(_("This sub-item belongs to another programme."))
    exception = exceptions.make(
        period, until=until, reason=reason.strip(), by=by, sub_item=sub_item, department=department
    )
    _record("period.exception", period, by=by, until=until.isoformat(), reason=reason.strip(), **_for_whom(exception))
    return exception


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
    """End it today: from now on nobody files by it."""
    locks.again(exception)
    if exception.until < clock.today():
        raise DomainError(_("This exception has ended already."))
    old, exception.until = exception.until, clock.today() - date.resolution
    exception.ended_at = clock.now()
    exception.save(update_fields=["until", "ended_at"])
    changed = {"until": [old.isoformat(), exception.until.isoformat()]}
    _record("period.exception_end", exception.period, by=by, changed=changed, **_for_whom(exception))


def _for_whom(exception: FilingException) -> dict[str, str]:
    whom = exception.sub_item or exception.department
    return {"whom": str(whom)} if whom else {}


def _record(action: str, on: Programme | ReportingPeriod, *, by: User, **details: Any) -> None:
    """Kept on the programme, so that all that happened to its periods is found in one place."""
    programme = on if isinstance(on, Programme) else on.programme
    if isinstance(on, ReportingPeriod):
        details["month"] = f"{on.month:%Y-%m}"
    audit.record(action, programme, by=by, jurisdiction=programme.jurisdiction, **details)


def _json(schedule: Schedule) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(schedule).items()}


def uncertain_years(schedule: Schedule, calendar: Calendar) -> list[int]:
    """Years in which a month is due and whose make-up days are not known yet."""
    years = sorted({schedule.stated_day(month).year for month in schedule.months()})
    return [year for year in years if not calendar.is_certain(year)]
