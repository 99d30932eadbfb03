"""Figures that are no money, and days, as the words every page shows; amounts are worded in ``funding.money``."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format

from departments import clock
from funding.money import NOTHING, rounded

__all__ = ["NOTHING", "near_day", "near_moment", "number", "percent"]


def percent(value: Decimal | None) -> str:
    """A percentage with one place, halves up.

    >>> percent(Decimal("66.65")), percent(None)
    ('66.7%', '—')
    """
    return NOTHING if value is None else f"{rounded(value, 1)}%"


def number(value: Decimal | None, *, nothing: str = NOTHING) -> str:
    """A count or rate with separators and no idle zeros; ``nothing`` where there is none.

    >>> number(Decimal("1452.5000")), number(Decimal(1330)), number(None)
    ('1,452.5', '1,330', '—')
    """
    return nothing if value is None else f"{value.normalize():,f}"


def near_day(day: date | None) -> str:
    """A day as short as it is clear: without its year where that is the present one."""
    if day is None:
        return ""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == clock.today().year else "YEAR_MONTH_DAY_FORMAT")


def near_moment(at: datetime | None) -> str:
    """A moment to the minute, without its year where that is the present one: 10-17 09:01, 2023-10-17 09:01."""
    if at is None:
        return ""
    here = clock.local(at)
    return f"{here:%m-%d %H:%M}" if here.year == clock.today().year else f"{here:%Y-%m-%d %H:%M}"
