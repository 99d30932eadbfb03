"""The overview of a programme: what is late and whose, how much money, who has not filed; now or in a past month.

Every figure leads to exactly the list behind it. The number of queries does not grow with sub-items or units, and with
months only where the filing of each is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from minsheng.charts import Stacked
from minsheng.dashboard import heat, matrix, words
from minsheng.dashboard.addresses import Option, list_from, overview_from
from minsheng.dashboard.by_source import Sources, sources_of
from minsheng.dashboard.late import ShortList, behind, turned
from minsheng.dashboard.matrix import Matrix, Owing, Unit
from minsheng.dashboard.next_milestones import Milestones, milestones_due
from minsheng.dashboard.tiles import Tile, filing_tiles, light_tiles, money_tiles, sums_of
from projects.models import Light, ReportingPeriod, SubItem
from projects.standing import Standpoint

# With more units than that only those furthest behind are drawn, and a link shows all.
UNITS_SHOWN: Final = 30
OWING_SHOWN: Final = 8


@dataclass(frozen=True)
class Asked:
    """How the page is looked at, besides from when: ``heat`` is what the heatmap shows, lights or filing."""

    heat: str = "lights"
    all_units: bool = False

    def but(self, **changed: str) -> dict[str, str]:
        """What the address says, with something changed."""
        said = {"heat": self.heat, "units": "all" if self.all_units else ""} | changed
        return {name: value for name, value in said.items() if value and (name, value) != ("heat", "lights")}


@dataclass(frozen=True)
class Overview:
    """``kept``: of how many sub-items the month looked at has a figure; nothing where it has one of each."""

    point: Standpoint
    months: list[Option]
    lights: list[Tile]
    money: list[Tile]
    filing: list[Tile]
    kept: Tile | None
    withdrawn: Tile | None
    behind: ShortList
    turned: ShortList
    owing: ShortList
    by_unit: Stacked
    heat: heat.Heatmap
    heat_links: list[Option]
    all_units: Option | None
    sources: Sources | None
    overdue: Milestones
    soon: Milestones

    @property
    def seen_from(self) -> str:
        return words.seen_from(self.point)

    @property
    def export_url(self) -> str:
        return overview_from(self.point, page="overview_export")


def overview_of(point: Standpoint, asked: Asked) -> Overview:
    """Everything the page shows from ``point``."""
    counts = Matrix(point)
    counts.at(point.period)  # lights and filing at once
    sums = sums_of(point)
    every = every_unit(counts, asked.heat)
    shown = every if asked.all_units else _furthest_behind(counts, every)
    all_url = overview_from(point, **asked.but(units="all"))
    owing = matrix.unfiled_by_unit(counts)
    return Overview(
        point=point,
        months=month_links(point, asked),
        lights=light_tiles(counts),
        money=money_tiles(counts, sums),
        filing=filing_tiles(counts),
        kept=_kept(counts),
        withdrawn=_withdrawn(point),
        behind=behind(point),
        turned=turned(point),
        owing=ShortList(owing if asked.all_units else _first(owing, OWING_SHOWN), len(owing), all_url + "#owing"),
        by_unit=matrix.lights_by_unit(counts, _of_now(counts, shown), all_units=len(shown) == len(every)),
        heat=heat.heatmap(counts, asked.heat, shown),
        heat_links=[
            Option(str(word), overview_from(point, **asked.but(heat=what)) + "#heat", what == asked.heat)
            for what, word in zip(heat.WHATS, (_("Lights"), _("Filing")), strict=True)
        ],
        all_units=None if len(shown) == len(every) else Option(str(len(every)), all_url + "#heat", current=False),
        sources=sources_of(point, sums),
        overdue=milestones_due(point, "overdue"),
        soon=milestones_due(point, "soon"),
    )


def every_unit(counts: Matrix, what: str) -> list[tuple[Unit, str]]:
    """Every unit that the heatmap or the bars can show, in official order."""
    periods = {*heat.columns_of(counts, what), counts.point.period}
    return counts.named({unit for period in periods for unit in counts.lights(period)})


def _furthest_behind(counts: Matrix, units: list[tuple[Unit, str]]) -> list[tuple[Unit, str]]:
    """Those with the most red, then yellow lights; in official order still."""
    lights = counts.lights(counts.point.period)
    behind_first = sorted(units, key=lambda unit: _badness(lights.get(unit[0], {})), reverse=True)
    kept = set(behind_first[:UNITS_SHOWN])
    return [unit for unit in units if unit in kept]


def _badness(lights: dict[str, int]) -> tuple[int, int]:
    return lights.get(Light.RED, 0), lights.get(Light.YELLOW, 0)


def _of_now(counts: Matrix, units: list[tuple[Unit, str]]) -> list[tuple[Unit, str]]:
    """Those of ``units`` that show a light where the page looks."""
    lights = counts.lights(counts.point.period)
    return [unit for unit in units if any(light for light in lights.get(unit[0], ()))]


def _first(rows: Sequence[Owing], limit: int) -> Sequence[Owing]:
    """The first rows; all where a link to the rest would take as much room as the rest."""
    return rows if len(rows) <= limit + 1 else rows[:limit]


def month_links(point: Standpoint, asked: Asked) -> list[Option]:
    """Now, and every month that has opened, the newest first."""
    now = Option(_("Now"), overview_from(point.at(None), **asked.but()), point.period is None)
    return [now, *(_month_link(point, period, asked) for period in reversed(point.opened))]


def _month_link(point: Standpoint, period: ReportingPeriod, asked: Asked) -> Option:
    label = words.month(period.month)
    if period == point.present:
        label = _("%(month)s (being filed)") % {"month": label}
    return Option(label, overview_from(point.at(period), **asked.but()), point.period == period)


def _kept(counts: Matrix) -> Tile | None:
    point = counts.point
    lights = counts.all_lights(point.period)
    if point.period is None or not (point.running or lights[""]):
        return None
    return Tile(_("Figures kept so far"), str(lights.total() - lights[""]), list_from(point, light="kept"))


def _withdrawn(point: Standpoint) -> Tile | None:
    count = SubItem.objects.filter(programme=point.programme, status=SubItem.Status.WITHDRAWN).count()
    if not count or point.period:
        return None
    return Tile(_("Withdrawn"), str(count), list_from(point, status="withdrawn"))
