"""Figures that are no money as the words every page shows; amounts are worded in ``funding.money``. Pure functions."""

from decimal import Decimal

from funding.money import NOTHING, rounded

__all__ = ["NOTHING", "number", "percent"]


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
