"""Working days of a Chinese office: weekends and public holidays, with their make-up days (调休). Pure functions.

What the country ordered for a year is known once it has been announced; what an office knows better it writes itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays

SATURDAY: Final = 5
# An unbroken rest of the country is at most nine days; twice that is a table somebody has filled in by mistake.
LONGEST_REST: Final = 60


@cache
def _of_year(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, expand=False)


@cache
def is_announced(year: int) -> bool:
    """Whether the make-up days of ``year`` are known: each year has some, so one without them is not known yet.

    >>> is_announced(2023), is_announced(2199)
    (True, False)
    """
    return any(day.year == year for day in _of_year(year).weekend_workdays)


def is_ordered_working_day(day: date) -> bool:
    """Whether the country's order makes ``day`` a working day.

    >>> [is_ordered_working_day(date(2023, 10, day)) for day in (5, 7, 9, 14)]
    [False, True, True, False]
    """
    ordered = _of_year(day.year)
    if day in ordered.weekend_workdays:
        return True
    return day.weekday() < SATURDAY and day not in ordered


@dataclass(frozen=True)
class Calendar:
    """The country's working days and what an office knows better: ``overrides`` say of a day whether it is one."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        override = self.overrides.get(day)
        return is_ordered_working_day(day) if override is None else override

    def from_day(self, day: date) -> date:
        """``day`` where it is a working day, else the next one.

        >>> str(Calendar().from_day(date(2023, 10, 1))), str(Calendar().from_day(date(2023, 6, 25)))
        ('2023-10-07', '2023-06-25')
        >>> str(Calendar({date(2023, 10, 7): False}).from_day(date(2023, 10, 1)))
        '2023-10-08'
        """
        for later in range(LONGEST_REST):
            found = day + timedelta(days=later)
            if self.works(found):
                return found
        return day

    def is_certain(self, year: int) -> bool:
        """Whether the make-up days of ``year`` are known: announced, or entered by the office."""
        return is_announced(year) or any(works for day, works in self.overrides.items() if day.year == year)
