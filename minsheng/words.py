"""Figures that are no money, and days, as the words every page shows; amounts are worded in ``funding.money``."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format

from departments import clock
from funding.money import NOTHING, rounded

__all__ = ["NOTHING", "near_day", "number", "percent"]


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
