"""What overview and list show: which sub-items, narrowed how, and the figures of the tiles.

Tiles and lists read the newest figure that stands on each sub-item; no query depends on the number of rows.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from departments.models import Department
from departments.permissions import OVERSEE, SUPERVISE, Person, jurisdictions_granted
from funding.money import Amount, tile_amount
from minsheng.dashboard import words
from minsheng.dashboard.forms import FilterForm, Show
from minsheng.dashboard.rows import FILED, Row, rows_of
from projects.models import Light, MonthlyReport, Programme, ReportingPeriod, Responsibility, SubItem
from projects.models.sub_item import SubItemQuerySet

PAGE_SIZE = 100


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


@dataclass(frozen=True)
class SubItemList:
    """One page of rows; the sums are of the whole list, not of the page."""

    form: FilterForm
    page: Page[Any]
    rows: list[Row]
    planned: str
    secured: str
    spent: str


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


def list_of(
    sub_items: SubItemQuerySet, *, user: Person, period: ReportingPeriod | None, params: Any, today: date
) -> SubItemList:
    """``sub_items`` narrowed by what the address asks, as one page of rows with the sums of all."""
    form = FilterForm(params, units=_lead_units(sub_items))
    form.is_valid()
    narrowed = narrow(sub_items, form.cleaned_data, period)
    sums = narrowed.order_by().aggregate(
        count=Count("pk"),
        sum_planned=Sum("planned"),
        sum_secured=Sum("secured"),
        sum_spent=Sum("spent"),
        approx=Count("pk", filter=Q(planned_approx=True, planned__isnull=False)),
    )
    paginator = Paginator(narrowed.select_related("project"), PAGE_SIZE)
    paginator.count = sums["count"]  # the sums have counted already
    page = paginator.get_page(params.get("page"))
    return SubItemList(
        form=form,
        page=page,
        rows=rows_of(list(page.object_list), user=user, period=period, today=today),
        planned=words.money(sums["sum_planned"], approx=bool(sums["approx"])),
        secured=words.stage(sums["sum_secured"]),
        spent=words.stage(sums["sum_spent"]),
    )


def narrow(sub_items: SubItemQuerySet, asked: dict[str, Any], period: ReportingPeriod | None) -> SubItemQuerySet:
    """Unit, light, part and text together. Withdrawn sub-items come only where they are asked for.

    A unit stands for its sections too; asked for filing, it stands for what it files, else for all it leads.
    """
    show = asked.get("show", "")
    if show == Show.WITHDRAWN:
        sub_items = sub_items.filter(status=SubItem.Status.WITHDRAWN)
    else:
        sub_items = sub_items.counted().filter(_part(show, period))
    if light := asked.get("light"):
        sub_items = sub_items.filter(light=light)
    if unit := asked.get("unit"):
        leads = Responsibility.objects.current().filter(sub_item=OuterRef("pk"), role=Responsibility.Role.LEAD)
        if show in (Show.FILED, Show.UNFILED):
            leads = leads.filter(files=True)
        sub_items = sub_items.filter(Exists(leads.filter(Q(department=unit) | Q(department__parent=unit))))
    if text := asked.get("q"):
        named = Q(content__icontains=text) | Q(project__name__icontains=text)
        sub_items = sub_items.filter(named | Q(code__icontains=text) | Q(serial__iexact=text))
    return sub_items


def _part(show: str, period: ReportingPeriod | None) -> Q:
    reports = MonthlyReport.objects.filter(sub_item=OuterRef("pk"))
    filed = Exists(reports.filter(period=period, state__in=FILED))
    parts: dict[str, Q] = {
        Show.FILED: Q(filed, status=SubItem.Status.ACTIVE),
        Show.UNFILED: Q(~filed, status=SubItem.Status.ACTIVE) if period else Q(pk__in=[]),
        Show.PENDING: Q(Exists(reports.filter(state=MonthlyReport.State.SUBMITTED))),
        Show.PLANNED: Q(planned__isnull=False),
        Show.SECURED: Q(secured__isnull=False),
        Show.SPENT: Q(spent__isnull=False),
        Show.UNDETERMINED: Q(planned__isnull=True),
    }
    return parts.get(show, Q())


def _lead_units(sub_items: SubItemQuerySet) -> list[Department]:
    """Units that lead any of ``sub_items`` at present, in official order."""
    leads = Responsibility.objects.current().filter(
        role=Responsibility.Role.LEAD, sub_item__in=sub_items.order_by().values("pk")
    )
    units = Department.objects.filter(pk__in=leads.values("department")).select_related("parent")
    return list(units.official_order())


def overview_of(programme: Programme, period: ReportingPeriod | None) -> Overview:
    """The tiles of ``programme``, each leading to its list."""
    every = SubItem.objects.filter(programme=programme)
    lights = {light: Count("pk", filter=Q(light=light)) for light in Light.values}
    sums = every.counted().aggregate(
        **lights,
        all=Count("pk"),
        active=Count("pk", filter=Q(status=SubItem.Status.ACTIVE)),
        sum_planned=Sum("planned"),
        sum_secured=Sum("secured"),
        sum_spent=Sum("spent"),
        approx=Count("pk", filter=Q(planned_approx=True, planned__isnull=False)),
        undetermined=Count("pk", filter=Q(planned__isnull=True)),
        compared=Min("as_of"),
    )
    withdrawn = every.filter(status=SubItem.Status.WITHDRAWN).count()
    return Overview(
        lights=_light_tiles(programme, sums),
        money=_money_tiles(programme, sums),
        filing=_filing_tiles(programme, period, active=sums["active"]),
        unfiled=_unfiled(programme, period),
        withdrawn=Tile(_("Withdrawn"), str(withdrawn), list_url(programme, show=Show.WITHDRAWN)) if withdrawn else None,
        as_of=sums["compared"],
    )


def list_url(programme: Programme, **asked: Any) -> str:
    url = reverse("dashboard:list", args=[programme.pk])
    return f"{url}?{urlencode(asked)}" if asked else url


def _light_tiles(programme: Programme, sums: dict[str, Any]) -> list[Tile]:
    tiles = [Tile(pgettext("how many", "Sub-items"), str(sums["all"]), list_url(programme))]
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
            list_url(programme, show=Show.PLANNED),
            unit=planned.unit,
            note=_("includes approximate amounts") if sums["approx"] else "",
            tone="money",
        )
    ]
    for label, name, show in ((_("Secured"), "sum_secured", Show.SECURED), (_("Spent"), "sum_spent", Show.SPENT)):
        amount = Amount(words.NOTHING, "") if sums[name] is None else tile_amount(sums[name])
        of_planned = _of_planned(sums[name], sums["sum_planned"])
        url = list_url(programme, show=show)
        tiles.append(Tile(label, amount.figure, url, unit=amount.unit, note=of_planned, tone="money"))
    if sums["undetermined"]:
        url = list_url(programme, show=Show.UNDETERMINED)
        unit = ngettext("item", "items", sums["undetermined"])
        tiles.append(Tile(_("Money undetermined"), str(sums["undetermined"]), url, unit=unit))
    return tiles


def _of_planned(amount: Decimal | None, planned: Decimal | None) -> str:
    if amount is None or not planned:
        return ""
    return _("%(percent)s of the planned money") % {"percent": words.percent(amount / planned * 100)}


def _filing_tiles(programme: Programme, period: ReportingPeriod | None, *, active: int) -> list[Tile]:
    """Filed of expected, missing, and waiting for approval. Closed sub-items file no more."""
    reports = MonthlyReport.objects.filter(sub_item__programme=programme)
    pending = (
        reports.filter(state=MonthlyReport.State.SUBMITTED)
        .exclude(sub_item__status=SubItem.Status.WITHDRAWN)
        .aggregate(count=Count("sub_item", distinct=True))["count"]
    )
    tiles = []
    if period is not None:
        filed = reports.filter(period=period, state__in=FILED, sub_item__status=SubItem.Status.ACTIVE).count()
        note = _("of %(expected)d expected") % {"expected": active}
        due = _("due %(day)s") % {"day": period.due_on.isoformat()}
        label = _("Filed for %(month)s") % {"month": period}
        tiles = [
            Tile(label, str(filed), list_url(programme, show=Show.FILED), note=note),
            Tile(_("Not filed"), str(active - filed), list_url(programme, show=Show.UNFILED), note=due),
        ]
    return [*tiles, Tile(_("Waiting for approval"), str(pending), list_url(programme, show=Show.PENDING))]


def _unfiled(programme: Programme, period: ReportingPeriod | None) -> list[Unfiled]:
    """Units with sub-items missing in ``period``, in official order, each with what its sections miss."""
    if period is None:
        return []
    missing = narrow(SubItem.objects.filter(programme=programme), {"show": Show.UNFILED}, period)
    filing = Responsibility.objects.current().filter(files=True, sub_item__in=missing.order_by().values("pk"))
    unit = Coalesce("department__parent", "department")
    counted = dict(filing.order_by().values_list(unit).annotate(count=Count("pk")))
    return [
        Unfiled(unit.name, counted[unit.pk], list_url(programme, show=Show.UNFILED, unit=unit.pk))
        for unit in Department.objects.filter(pk__in=counted).official_order()
    ]
