"""What a programme's reporting schedule makes of each month. Nothing here writes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from departments import clock
from departments.errors import DomainError
from departments.language import year_month
from projects.models import Programme, ReportingPeriod
from projects.rules.periods import PeriodDays, Schedule, latest_month
from projects.rules.working_days import Calendar


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


def plan(
    programme: Programme, schedule: Schedule, calendar: Calendar, *, present: Schedule | None = None
) -> list[Planned]:
    """Every month under ``schedule``, what its days are (those still to open: by ``present``, else the programme's own)
    and what they become; one query.
    """
    periods = {period.month: period for period in programme.periods.all()}
    present = present or schedule_of(programme)
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


def check_months(programme: Programme, schedule: Schedule, calendar: Calendar) -> None:
    """Raise ``DomainError`` where the reporting months of ``schedule`` are none, or none that can be had any more."""
    if schedule.first_month > schedule.last_month:
        raise DomainError(_("The last reporting month cannot be before the first one."))
    latest, year = latest_month(programme.year), programme.year
    if schedule.last_month > latest:
        raise DomainError(_("Reporting ends with %(month)s at the latest.") % {"month": year_month(latest)})
    if schedule.first_month < date(year - 1, 1, 1):
        raise DomainError(_("Reporting begins with %(month)s at the earliest.") % {"month": f"{year - 1}-01"})
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
                _("%(month)s would be locked already: nobody could file it.") % {"month": year_month(month)}
            )


def uncertain_years(schedule: Schedule, calendar: Calendar) -> list[int]:
    """Years in which a month is due and whose make-up days are not known yet."""
    years = sorted({schedule.stated_day(month).year for month in schedule.months()})
    return [year for year in years if not calendar.is_certain(year)]


def coming_moved(programme: Programme, before: Calendar, after: Calendar) -> int:
    """How many months that have not opened are due on another day under the calendar ``after``."""
    schedule, opened = schedule_of(programme), set(programme.periods.values_list("month", flat=True))
    coming = [month for month in schedule.months() if month not in opened]
    return sum(schedule.days_of(month, before) != schedule.days_of(month, after) for month in coming)
