"""The overview's tiles: figures a leader reads first, each with its list and its change against the month before."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from funding.money import Amount, tile_amount
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.matrix import TONES, Matrix
from projects.models import Light, SubItem
from projects.standing import HAVE_FILED, HAVE_NOT_FILED, Filing, Standpoint, counted, stood, waiting_for_approval


@dataclass(frozen=True)
class Part:
    words: str
    url: str


@dataclass(frozen=True)
class Tile:
    """A figure, its name, and the list of exactly the sub-items it speaks of.

    ``change``: against the month before. ``part``: a figure that is a part of it, with a list of its own.
    """

    label: str
    value: str
    url: str
    unit: str = ""
    note: str = ""
    tone: str = ""
    change: str = ""
    part: Part | None = None


@dataclass(frozen=True)
class Sums:
    """Money of what is counted from a standpoint, in yuan; ``None`` is 未定."""

    planned: Decimal | None
    secured: Decimal | None
    spent: Decimal | None
    approx: bool
    undetermined: int
    pending: int


def sums_of(point: Standpoint) -> Sums:
    """One query."""
    every = counted(stood(SubItem.objects.filter(programme=point.programme), point), point)
    found: dict[str, Any] = every.order_by().aggregate(
        planned=Sum("stood_planned"),
        secured=Sum("stood_secured"),
        spent=Sum("stood_spent"),
        approximate=Count("pk", filter=Q(stood_approx=True, stood_planned__isnull=False)),
        undetermined=Count("pk", filter=~Q(stood_light="") & Q(stood_planned__isnull=True)),
        pending=Count("pk", filter=waiting_for_approval(point)),
    )
    return Sums(approx=bool(found.pop("approximate")), **found)


def light_tiles(matrix: Matrix) -> list[Tile]:
    """All sub-items, then each light; in an open month also those that have no figure of it yet."""
    point = matrix.point
    now = _by_light(matrix, point)
    before = _by_light(matrix, point.at(point.before)) if point.before else None
    tiles = [Tile(pgettext("how many", "Sub-items"), str(sum(now.values())), list_from(point))]
    for light, word in words.LIGHTS.items():
        label = _("Complete") if light == Light.BLUE else str(word)
        change = "" if before is None else changed(now.get(light, 0) - before.get(light, 0))
        url = list_from(point, light=light)
        tiles.append(Tile(label, str(now.get(light, 0)), url, tone=TONES[light], change=change))  # type: ignore[index]
    if now.get(""):
        tiles.append(Tile(_("No figure yet"), str(now[""]), list_from(point, light="none")))
    return tiles


def _by_light(matrix: Matrix, point: Standpoint) -> dict[str, int]:
    found: dict[str, int] = {}
    for counts in matrix.at(point.period).values():
        for light, count in counts.lights.items():
            found[light] = found.get(light, 0) + count
    return found


def changed(difference: int) -> str:
    """
    >>> from django.utils import translation
    >>> with translation.override("en"):
    ...     changed(2), changed(-1), changed(0)
    ('+2 on last month', '−1 on last month', 'as last month')
    """
    if difference == 0:
        return _("as last month")
    sign = "+" if difference > 0 else "−"
    return _("%(change)s on last month") % {"change": f"{sign}{abs(difference)}"}


def money_tiles(point: Standpoint, now: Sums) -> list[Tile]:
    """Planned, secured, spent; and how many sub-items have no planned amount."""
    before = sums_of(point.at(point.before)) if point.before else None
    planned = tile_amount(now.planned)
    tiles = [
        Tile(
            _("Planned money"),
            planned.figure,
            list_from(point, money="planned"),
            unit=planned.unit,
            note=_("includes approximate amounts") if now.approx else "",
            tone="money",
        )
    ]
    for label, name in ((_("Secured"), "secured"), (_("Spent"), "spent")):
        amount: Decimal | None = getattr(now, name)
        shown = Amount(words.NOTHING, "") if amount is None else tile_amount(amount)
        tiles.append(
            Tile(
                label,
                shown.figure,
                list_from(point, money=name),
                unit=shown.unit,
                note=_of_planned(amount, now.planned),
                tone="money",
                change=_money_change(amount, getattr(before, name)) if before else "",
            )
        )
    if now.undetermined:
        url = list_from(point, money="undetermined")
        tiles.append(
            Tile(_("Money undetermined"), str(now.undetermined), url, unit=ngettext("item", "items", now.undetermined))
        )
    return tiles


def _of_planned(amount: Decimal | None, planned: Decimal | None) -> str:
    if amount is None or not planned:
        return ""
    return _("%(percent)s of the plan") % {"percent": words.percent(amount / planned * 100)}


def _money_change(amount: Decimal | None, before: Decimal | None) -> str:
    if amount is None or before is None:
        return ""
    difference = amount - before
    if difference == 0:
        return _("as last month")
    shown = tile_amount(abs(difference))
    sign = "+" if difference > 0 else "−"
    figure = pgettext("amount", "%(figure)s %(unit)s") % shown._asdict()
    return _("%(change)s on last month") % {"change": f"{sign}{figure}"}


def filing_tiles(matrix: Matrix, *, pending: int) -> list[Tile]:
    """Filed of expected, not filed, waiting for approval, in the period whose filing is shown."""
    point = matrix.point
    if point.filing is None:
        return []
    found = {state: _filing(matrix, state) for state in Filing.values}
    filed = sum(found[state] for state in HAVE_FILED)
    owing = sum(found[state] for state in HAVE_NOT_FILED)
    late = _("%(count)d late") % {"count": found[Filing.LATE]}
    returned = pgettext("filing", "%(count)d returned") % {"count": found[Filing.RETURNED]}
    return [
        Tile(
            _("Filed for %(month)s") % {"month": point.filing},
            str(filed),
            list_from(point, filing="filed"),
            note=_("of %(expected)d expected") % {"expected": filed + owing},
            part=Part(late, list_from(point, filing=Filing.LATE)) if found[Filing.LATE] else None,
        ),
        Tile(
            _("Not filed"),
            str(owing),
            list_from(point, filing="unfiled"),
            note=_("due %(day)s") % {"day": point.filing.due_on.isoformat()},
            part=Part(returned, list_from(point, filing=Filing.RETURNED)) if found[Filing.RETURNED] else None,
        ),
        Tile(_("Waiting for approval"), str(pending), list_from(point, filing="pending")),
    ]


def _filing(matrix: Matrix, state: str) -> int:
    return sum(counts.filing.get(state, 0) for counts in matrix.at(matrix.point.period).values())
