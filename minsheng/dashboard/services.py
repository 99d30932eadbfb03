"""What the overview shows: which programmes a person may see, and the figures of the tiles.

A tile counts what stands behind its address; no query depends on the number of rows.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from departments.models import Department
from departments.permissions import OVERSEE, SUPERVISE, Person, jurisdictions_granted
from funding.money import Amount, tile_amount
from minsheng.dashboard import words
from minsheng.dashboard.listing import list_url, seen
from projects.models import Light, Programme, ReportingPeriod, SubItem
from projects.models.sub_item import SubItemQuerySet
from projects.standing import HAVE_FILED, HAVE_NOT_FILED, Standpoint, State, counted


@dataclass(frozen=True)
class Tile:
    """A figure, its name, and the list of exactly the sub-items it speaks of."""

    label: str
    value: str
    url: str
    unit: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Unfiled:
    """A unit that has not filed all of this period, and how many of its sub-items are missing."""

    unit: str
    count: int
    url: str


@dataclass(frozen=True)
class Overview:
    """The first screen: what is late, how much money, who has not filed. ``as_of``: the earliest day compared at."""

    lights: list[Tile]
    money: list[Tile]
    filing: list[Tile]
    unfiled: list[Unfiled]
    withdrawn: Tile | None
    as_of: date | None


def overseen_programmes(user: Person) -> QuerySet[Programme]:
    """Programmes of which ``user`` may see the whole, the newest first."""
    reach = jurisdictions_granted(user, OVERSEE, SUPERVISE).values("pk")
    return Programme.objects.filter(jurisdiction__in=reach).select_related("jurisdiction")


def visible_programmes(user: Person) -> QuerySet[Programme]:
    """Programmes of which ``user`` may see the whole, or any sub-item."""
    reach = jurisdictions_granted(user, OVERSEE, SUPERVISE).values("pk")
    mine = SubItem.objects.visible_to(user).values("programme")
    return Programme.objects.filter(Q(jurisdiction__in=reach) | Q(pk__in=mine)).select_related("jurisdiction")


def present_period(programme: Programme, today: date) -> ReportingPeriod | None:
    """The period units are filing now: the first opened one not yet past its due day, else the last opened one."""
    opened = list(ReportingPeriod.objects.filter(programme=programme, opens_on__lte=today).order_by("month"))
    return next((period for period in opened if period.due_on >= today), opened[-1] if opened else None)


def overview_of(user: Person, point: Standpoint) -> Overview:
    """The tiles of the programme as it stands from ``point``, each leading to its list."""
    programme = point.programme
    every = seen(user, point)
    lights = {light: Count("pk", filter=Q(stood_light=light)) for light in Light.values}
    sums = (
        counted(every, point)
        .order_by()
        .aggregate(
            **lights,
            all=Count("pk"),
            filed=Count("pk", filter=Q(filing_seen__in=HAVE_FILED)),
            unfiled=Count("pk", filter=Q(filing_seen__in=HAVE_NOT_FILED)),
            pending=Count("pk", filter=Q(report_state=State.SUBMITTED)),
            sum_planned=Sum("stood_planned"),
            sum_secured=Sum("stood_secured"),
            sum_spent=Sum("stood_spent"),
            approx=Count("pk", filter=Q(stood_approx=True, stood_planned__isnull=False)),
            undetermined=Count("pk", filter=Q(stood_planned__isnull=True)),
        )
    )
    withdrawn = every.filter(status=SubItem.Status.WITHDRAWN).count()
    return Overview(
        lights=_light_tiles(programme, sums),
        money=_money_tiles(programme, sums),
        filing=_filing_tiles(point, sums),
        unfiled=_unfiled(every, point),
        withdrawn=Tile(_("Withdrawn"), str(withdrawn), list_url(programme, status="withdrawn")) if withdrawn else None,
        as_of=point.compared.ends_on if point.compared else None,
    )


def _light_tiles(programme: Programme, sums: dict[str, Any]) -> list[Tile]:
    tiles = [Tile(_("Sub-items"), str(sums["all"]), list_url(programme))]
    for light, word in words.LIGHTS.items():
        label = _("Complete") if light == Light.BLUE else str(word)
        tiles.append(Tile(label, str(sums[light]), list_url(programme, light=light), tone=light))
    return tiles


def _money_tiles(programme: Programme, sums: dict[str, Any]) -> list[Tile]:
    planned = tile_amount(sums["sum_planned"])
    tiles = [
        Tile(
            _("Planned money"),
            planned.figure,
            list_url(programme, money="planned"),
            unit=planned.unit,
            note=_("includes approximate amounts") if sums["approx"] else "",
            tone="money",
        )
    ]
    for label, name, show in ((_("Secured"), "sum_secured", "secured"), (_("Spent"), "sum_spent", "spent")):
        amount = Amount(words.NOTHING, "") if sums[name] is None else tile_amount(sums[name])
        of_planned = _of_planned(sums[name], sums["sum_planned"])
        url = list_url(programme, money=show)
        tiles.append(Tile(label, amount.figure, url, unit=amount.unit, note=of_planned, tone="money"))
    if sums["undetermined"]:
        url = list_url(programme, money="undetermined")
        tiles.append(Tile(_("Money undetermined"), str(sums["undetermined"]), url, unit=_("items")))
    return tiles


def _of_planned(amount: Decimal | None, planned: Decimal | None) -> str:
    if amount is None or not planned:
        return ""
    return _("%(percent)s of the planned money") % {"percent": words.percent(amount / planned * 100)}


def _filing_tiles(point: Standpoint, sums: dict[str, Any]) -> list[Tile]:
    """Filed of expected, missing, and waiting for approval. Closed sub-items file no more."""
    programme, period = point.programme, point.filing
    tiles = []
    if period is not None:
        note = _("of %(expected)d expected") % {"expected": sums["filed"] + sums["unfiled"]}
        due = _("due %(day)s") % {"day": period.due_on}
        label = _("Filed for %(month)s") % {"month": period}
        tiles = [
            Tile(label, str(sums["filed"]), list_url(programme, filing="filed"), note=note),
            Tile(_("Not filed"), str(sums["unfiled"]), list_url(programme, filing="unfiled"), note=due),
        ]
    return [*tiles, Tile(_("Waiting for approval"), str(sums["pending"]), list_url(programme, filing="pending"))]


def _unfiled(every: SubItemQuerySet, point: Standpoint) -> list[Unfiled]:
    """Units with sub-items missing in the period, in official order, each with what its sections miss."""
    missing: QuerySet[Any] = counted(every, point).filter(Q(filing_seen__in=HAVE_NOT_FILED))
    found = Counter(missing.filter(stood_unit__isnull=False).order_by().values_list("stood_unit", flat=True))
    return [
        Unfiled(unit.name, found[unit.pk], list_url(point.programme, filing="unfiled", unit=unit.pk))
        for unit in Department.objects.filter(pk__in=found).official_order()
    ]
