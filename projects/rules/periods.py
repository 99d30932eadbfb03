"""The days of a reporting period. Pure functions; months are their first days."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class PeriodDays:
    opens_on: date
    due_on: date
    locks_on: date


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The months from ``first`` to ``last``, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def days_of(month: date, *, due_day: int, due_next_month: bool, lock_after_days: int) -> PeriodDays:
    """When the period of ``month`` opens (its first day), is due, and locks (at least a day later).

    A due day the month does not have is its last day.

    >>> days = days_of(date(2023, 2, 1), due_day=30, due_next_month=False, lock_after_days=10)
    >>> str(days.due_on), str(days.locks_on)
    ('2023-02-28', '2023-03-10')
    """
    due_month = next_month(month) if due_next_month else month
    due_on = due_month.replace(day=min(due_day, monthrange(due_month.year, due_month.month)[1]))
    return PeriodDays(opens_on=month, due_on=due_on, locks_on=due_on + timedelta(days=max(1, lock_after_days)))
