"""The overview of a programme: what is late and whose, how much money, who has not filed; now or in a past month.

Every figure leads to exactly the list behind it. The number of queries grows with the months that have opened, never
with sub-items or units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import Department
from funding.models import FundingSource
from funding.money import show_stage, show_wan, wan_from_yuan
from funding.sources import by_source, unassigned
from minsheng.charts import Bars, Category, Point, Series, Stacked
from minsheng.dashboard import matrix as counts
from minsheng.dashboard import words
from minsheng.dashboard.addresses import Option, list_from, overview_from
from minsheng.dashboard.filters import UNASSIGNED, open_milestones, unfinished
from minsheng.dashboard.tiles import Sums, Tile, filing_tiles, light_tiles, money_tiles, sums_of
from projects.models import Light, ReportingPeriod, SubItem
from projects.standing import Standpoint, counted, stood, turned_worse, worst_first

AMOUNTS: Final = {
    "planned": gettext_lazy("Planned"),
    "secured": gettext_lazy("Secured"),
    "spent": gettext_lazy("Spent"),
}
SHOWN: Final = 8  # rows of a short list; its head leads to the whole


@dataclass(frozen=True)
class LateRow:
    """A sub-item that is behind, or has just turned: its light, whose it is, and why."""

    pk: int
    serial: str
    title: str
    light: str
    shape: str
    light_word: str
    unit: str
    sentence: str
    filing: str


@dataclass(frozen=True)
class ShortList:
    """The first rows of a list, how long it is, and where the whole stands."""

    rows: Sequence[Any]
    count: int
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class MilestoneRow:
    pk: int
    sub_item: str
    unit: str
    name: str
    due_on: date
    days: int


@dataclass(frozen=True)
class Milestones:
    """Open milestones by day; ``url`` leads to the sub-items they belong to, ``sub_items`` says how many these are."""

    rows: list[MilestoneRow]
    count: int
    sub_items: int
    url: str


@dataclass(frozen=True)
class Overview:
    point: Standpoint
    months: list[Option]
    lights: list[Tile]
    money: list[Tile]
    filing: list[Tile]
    withdrawn: Tile | None
    behind: ShortList
    turned: ShortList
    owing: list[counts.Owing]
    by_unit: Stacked
    heat: counts.Heatmap
    heat_links: list[Option]
    sources: Bars | None
    overdue: Milestones
    soon: Milestones

    @property
    def export_url(self) -> str:
        return overview_from(self.point, page="overview_export")


def overview_of(point: Standpoint, *, heat: str) -> Overview:
    """Everything the page shows from ``point``; ``heat`` is what the heatmap shows, lights or filing."""
    matrix = counts.Matrix(point)
    sums = sums_of(point)
    return Overview(
        point=point,
        months=month_links(point),
        lights=light_tiles(matrix),
        money=money_tiles(point, sums),
        filing=filing_tiles(matrix, pending=sums.pending),
        withdrawn=_withdrawn(point),
        behind=_short(point, Q(stood_light__in=[Light.RED, Light.YELLOW]), light="behind"),
        turned=_short(point, turned_worse(), turned="worse"),
        owing=counts.unfiled_by_unit(matrix),
        by_unit=counts.lights_by_unit(matrix),
        heat=counts.heatmap(matrix, heat),
        heat_links=[
            Option(str(word), overview_from(point, heat=what) + "#heat", what == heat)
            for what, word in (("lights", _("Lights")), ("filing", _("Filing")))
        ],
        sources=_sources(point, sums),
        overdue=_milestones(point, "overdue"),
        soon=_milestones(point, "soon"),
    )


def month_links(point: Standpoint) -> list[Option]:
    """Now, and every month that has opened, the newest first."""
    now = Option(_("Now"), overview_from(point.at(None)), point.period is None)
    return [now, *(_month_link(point, period) for period in reversed(point.opened))]


def _month_link(point: Standpoint, period: ReportingPeriod) -> Option:
    label = words.month(period.month)
    if period == point.present:
        label = _("%(month)s (being filed)") % {"month": label}
    return Option(label, overview_from(point.at(period)), point.period == period)


def _withdrawn(point: Standpoint) -> Tile | None:
    count = SubItem.objects.filter(programme=point.programme, status=SubItem.Status.WITHDRAWN).count()
    if not count or point.period:
        return None
    return Tile(_("Withdrawn"), str(count), list_from(point, status="withdrawn"))


def _short(point: Standpoint, which: Q, **asked: str) -> ShortList:
    every = counted(stood(SubItem.objects.filter(programme=point.programme), point), point)
    found: Any = worst_first(every).filter(which).select_related("project")
    rows = list(found[:SHOWN])
    count = len(rows) if len(rows) < SHOWN else found.count()
    units = dict(Department.objects.filter(pk__in={row.stood_unit for row in rows}).values_list("pk", "name"))
    return ShortList([_late_row(row, units) for row in rows], count, list_from(point, **asked))


def _late_row(row: Any, units: dict[int, str]) -> LateRow:
    return LateRow(
        pk=row.pk,
        serial=row.serial or words.NOTHING,
        title=row.title,
        light=row.stood_light,
        shape=words.SHAPES[row.stood_light],
        light_word=words.light_word(row.stood_light),
        unit=units.get(row.stood_unit) or _("to be named"),
        sentence=row.stood_sentence,
        filing=row.filing,
    )


def _sources(point: Standpoint, sums: Sums) -> Bars | None:
    """Planned, secured and spent by source, with what share of the plan is there and spent. Three queries.

    What is planned and no line assigns (未分来源) stands last; where the lines promise more than the totals it is below
    0, and stands in the table only.
    """
    year, until = point.programme.year, point.period.month if point.period else None
    every = counted(stood(SubItem.objects.filter(programme=point.programme), point), point)
    money = by_source(every, year=year, until=until)
    if not money:
        return None
    sources = list(FundingSource.objects.filter(pk__in=money))
    urls = [list_from(point, source=source.pk) for source in sources]
    left: Any = every.order_by().annotate(left=unassigned(year))
    rest = left.aggregate(sum=Sum("left"))["sum"] or Decimal(0)
    last = [Category(_("not assigned to a source"), list_from(point, source=UNASSIGNED))] if rest else []
    series = []
    for name, label in AMOUNTS.items():
        points = [
            _source_point(getattr(money[source.pk], name), None if name == "planned" else money[source.pk].planned, url)
            for source, url in zip(sources, urls, strict=True)
        ]
        if rest:
            left = Point(wan_from_yuan(rest) if rest > 0 else None, text=show_wan(rest), url=last[0].url)
            points.append(left if name == "planned" else Point(None))
        series.append(Series(str(label), points))
    return Bars(
        id="money-by-source",
        caption=_("Money by source"),
        label=_("Funding source"),
        categories=[*(Category(str(source), url) for source, url in zip(sources, urls, strict=True)), *last],
        series=series,
        unit=_("10,000 yuan"),
        totals=[_source_point(getattr(sums, name), None, list_from(point, money=name)) for name in AMOUNTS],
    )


def _source_point(amount: Decimal | None, planned: Decimal | None, url: str) -> Point:
    if amount is None:
        return Point(None, text=show_stage(None))
    text = show_wan(amount)
    if planned:
        text = _("%(amount)s (%(share)s)") % {"amount": text, "share": words.percent(amount / planned * 100)}
    return Point(wan_from_yuan(amount), text=text, url=url)


def _milestones(point: Standpoint, due: str) -> Milestones:
    """Open milestones of counted sub-items that are not complete."""
    every: Any = counted(stood(SubItem.objects.filter(programme=point.programme), point), point)
    steps = open_milestones(due, point).filter(sub_item__in=every.filter(unfinished(point)).order_by().values("pk"))
    found = list(steps.select_related("sub_item__project").order_by("due_on", "sub_item__position", "position"))
    units = _unit_names({step.sub_item_id for step in found[:SHOWN]}, every)
    return Milestones(
        rows=[
            MilestoneRow(
                pk=step.sub_item_id,
                sub_item=str(step.sub_item),
                unit=units.get(step.sub_item_id) or _("to be named"),
                name=step.name,
                due_on=step.due_on,
                days=abs((step.due_on - point.on).days),
            )
            for step in found[:SHOWN]
        ],
        count=len(found),
        sub_items=len({step.sub_item_id for step in found}),
        url=list_from(point, milestone=due),
    )


def _unit_names(sub_items: Iterable[int], every: Any) -> dict[int, str]:
    of = dict(every.filter(pk__in=sub_items).order_by().values_list("pk", "stood_unit")) if sub_items else {}
    names = dict(Department.objects.filter(pk__in=[unit for unit in of.values() if unit]).values_list("pk", "name"))
    return {sub_item: names.get(unit, "") for sub_item, unit in of.items()}
