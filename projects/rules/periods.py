"""The days of a reporting period. Pure functions; months are their first days."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from projects.rules.working_days import SATURDAY, Calendar


@dataclass(frozen=True)
class PeriodDays:
    opens_on: date
    due_on: date
    locks_on: date

    @property
    def made_up(self) -> bool:
        """Whether the due day is a Saturday or Sunday, which then is a make-up day (调休)."""
        return self.due_on.weekday() >= SATURDAY


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def latest_month(year: int) -> date:
    """The last month in which a programme of ``year`` may report: that of the year after it."""
    return date(year + 1, 12, 1)


def latest_day(last_month: date) -> date:
    """The last day on which a month of a programme may be due or be filed: the year after its last month ends then.

    A day further on is a slip of the pen.
    """
    return date(last_month.year + 1, 12, 31)


def months_between(first: date, last: date) -> Iterator[date]:
    """The months from ``first`` to ``last``, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


@dataclass(frozen=True)
class Schedule:
    """When the months of a programme are due: on ``due_day`` of the month or of the next one, or the next working day;
    filing locks ``lock_after_days`` after that, at least one.
    """

    first_month: date
    last_month: date
    due_day: int
    due_next_month: bool
    lock_after_days: int

    def months(self) -> Iterator[date]:
        return months_between(self.first_month, self.last_month)

    def stated_day(self, month: date) -> date:
        """The due day as it is stated, before it moves to a working day. A day the month does not have is its last."""
        due_month = next_month(month) if self.due_next_month else month
        return due_month.replace(day=min(self.due_day, monthrange(due_month.year, due_month.month)[1]))

    def days_of(self, month: date, calendar: Calendar) -> PeriodDays:
        """When the period of ``month`` opens (its first day), is due, and locks.

        >>> schedule = Schedule(date(2023, 1, 1), date(2023, 12, 1), 30, False, 10)
        >>> [str(day) for day in (schedule.days_of(date(2023, month, 1), Calendar()).due_on for month in (2, 4, 9))]
        ['2023-02-28', '2023-05-04', '2023-10-07']
        >>> str(schedule.days_of(date(2023, 2, 1), Calendar()).locks_on)
        '2023-03-10'
        """
        due_on = calendar.from_day(self.stated_day(month))
        return PeriodDays(opens_on=month, due_on=due_on, locks_on=self.lock_of(due_on))

    def lock_of(self, due_on: date) -> date:
        return due_on + timedelta(days=max(1, self.lock_after_days))
