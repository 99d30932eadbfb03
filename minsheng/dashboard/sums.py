"""Money of what is counted from a standpoint, added up in the database by group, and here to what the groups sum to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, Sum

from funding.money import add
from projects.models import PeriodFigure, ReportingPeriod

AMOUNTS: Final = ("planned", "secured", "spent")


@dataclass(frozen=True)
class Sums:
    """In yuan; ``None`` is 未定. ``approx``: some are about; ``undetermined``: how many have no planned amount."""

    planned: Decimal | None
    secured: Decimal | None
    spent: Decimal | None
    approx: bool
    undetermined: int


# Over what ``stood`` annotates.
GROUP_SUMS: Final[dict[str, Any]] = {name: Sum(f"stood_{name}") for name in AMOUNTS} | {
    "approx": Count("pk", filter=Q(stood_approx=True, stood_planned__isnull=False)),
    "undetermined": Count("pk", filter=~Q(stood_light="") & Q(stood_planned__isnull=True)),
}


def added_up(groups: Iterable[Mapping[str, Any]]) -> Sums:
    """Of groups of sub-items, each with ``GROUP_SUMS``, the sums of all."""
    every = list(groups)
    return Sums(
        **{name: add(group.get(name) for group in every) for name in AMOUNTS},
        approx=any(group.get("approx") for group in every),
        undetermined=sum(group.get("undetermined", 0) for group in every),
    )


def sums_kept(period: ReportingPeriod) -> dict[str, Decimal | None]:
    """What the figures of a month add up to, where every sub-item that counts has one. One query."""
    figures = PeriodFigure.objects.filter(period=period, newest=True).order_by()
    return figures.aggregate(secured=Sum("secured"), spent=Sum("spent"))
