"""What a report's target figures say about its percent. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from departments import language
from projects.models import Target
from projects.rules.reports import Finding

HUNDRED: Final = Decimal(100)
# Percentage points up to which the percent stated and the one that the targets imply may differ without a word.
GAP: Final = Decimal(15)


@dataclass(frozen=True)
class Reached:
    """How far one count had come: ``part`` is the deliverable it belongs to, none where it stands by itself."""

    value: Decimal | None
    goal: Decimal
    part: int | None = None


@dataclass(frozen=True)
class Change:
    """A unit's share that is another one than when it was taken into the sum; ``None``: none stated."""

    unit: str
    was: Decimal | None
    now: Decimal | None


@dataclass(frozen=True)
class UnitsSum:
    """What the units' shares of a target make; ``taken``: the filing unit has taken the sum over, and which shares
    have ``changed`` since.
    """

    total: Decimal
    taken: bool = False
    changed: tuple[Change, ...] = ()


def reached(target: Target, value: Decimal | None) -> Reached | None:
    """The target as it counts here; nothing where its figure says nothing of how much is done.

    That are rates and yes or no, figures that are no running total, and bounds that are only not to be exceeded.
    """
    says = target.tracked and target.kind == Target.Kind.COUNT and target.cumulative and bool(target.minimum)
    return Reached(value, target.minimum, target.deliverable_id) if says and target.minimum is not None else None


def implied_percent(targets: Iterable[Reached]) -> Decimal | None:
    """The share of the targets that is reached, each capped at its goal; ``None`` where they do not say.

    Each deliverable weighs the same, and so does each target that belongs to none; targets of one deliverable share its
    weight. Figures of different units are thus never added.

    >>> implied_percent([Reached(Decimal(226), Decimal(452))])
    Decimal('50.0')
    >>> implied_percent([Reached(Decimal(30), Decimal(20), 1), Reached(Decimal(0), Decimal(9), 1)])
    Decimal('50.0')
    >>> implied_percent(
    ...     [Reached(Decimal(1), Decimal(1), 1), Reached(Decimal(0), Decimal(9), 2), Reached(None, Decimal(5))]
    ... )
    >>> implied_percent([])
    """
    parts: dict[object, list[Decimal]] = {}
    for place, one in enumerate(targets):
        if one.value is None:
            return None
        key = ("part", one.part) if one.part is not None else ("alone", place)
        parts.setdefault(key, []).append(min(one.value / one.goal, Decimal(1)))
    if not parts:
        return None
    whole = sum((sum(shares, Decimal(0)) / len(shares) for shares in parts.values()), Decimal(0)) / len(parts)
    return round(whole * HUNDRED, 1)


def gap(percent: Decimal | None, implied: Decimal | None) -> list[Finding]:
    """A percent that lies more than ``GAP`` points off what the targets imply: possible, and pointed out.

    >>> gap(Decimal(80), Decimal(65)), gap(None, Decimal(10)), gap(Decimal(10), None)
    ([], [], [])
    >>> [finding.field for finding in gap(Decimal(80), Decimal("64.9"))]
    ['percent']
    """
    if percent is None or implied is None or abs(percent - implied) <= GAP:
        return []
    words = {"percent": _plain(percent), "implied": _plain(implied), "gap": _plain(abs(percent - implied))}
    if percent > implied:
        message = _("Progress %(percent)s%%, but the targets reached imply %(implied)s%%: %(gap)s points less.") % words
    else:
        message = _("Progress %(percent)s%%, but the targets reached imply %(implied)s%%: %(gap)s points more.") % words
    return [Finding("percent", message)]


def off_sum(field: str, name: str, value: Decimal | None, units: UnitsSum) -> list[Finding]:
    """A figure that is not what the units' shares make: possible, and pointed out.

    Below the sum always; above it only where the sum was taken over, since not every unit need have stated a share.

    >>> [off_sum("target_1", "x", Decimal(value), UnitsSum(Decimal(5))) == [] for value in (4, 5, 6)]
    [False, True, True]
    >>> [off_sum("target_1", "x", Decimal(value), UnitsSum(Decimal(5), taken=True)) == [] for value in (4, 5, 6)]
    [False, True, False]
    """
    if value is None or value == units.total or (value > units.total and not units.taken):
        return []
    words = {"target": name, "value": _plain(value), "total": _plain(units.total)}
    if not units.changed:
        message = _("“%(target)s”: %(value)s stated, but the units' shares make %(total)s.") % words
        return [Finding(field, message)]
    words["changes"] = language.listed(f"{one.unit} {_or_none(one.was)}→{_or_none(one.now)}" for one in units.changed)
    message = _(
        "“%(target)s”: %(value)s stated, but the units' shares make %(total)s now. Changed since the sum was taken"
        " over: %(changes)s."
    )
    return [Finding(field, message % words)]


def _or_none(number: Decimal | None) -> str:
    return "—" if number is None else _plain(number)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
