"""The overview of a programme: what is late and whose, how much money, who has not filed; now or in a past month.

Every figure leads to exactly the list behind it. The number of queries does not grow with sub-items, units or months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from minsheng.charts import Stacked
from minsheng.dashboard import by_unit, heat, words
from minsheng.dashboard.addresses import Option, list_from, overview_from
from minsheng.dashboard.by_source import Sources, sources_of
from minsheng.dashboard.by_unit import Owing
from minsheng.dashboard.filters import judged_on
from minsheng.dashboard.late import BEHIND, ShortList, behind_and_turned, behind_list, turned_list, whose
from minsheng.dashboard.matrix import MANY, Matrix, Unit
from minsheng.dashboard.next_milestones import Milestones, due_of, milestones_of
from minsheng.dashboard.tiles import Tile, filing_tiles, light_tiles, money_tiles
from projects.models import Light, ReportingPeriod, SubItem
from projects.standing import Standpoint

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
    def counted_from(self) -> date:
        """The day on which milestones are late or still to come."""
        return judged_on(self.point)

    @property
    def export_url(self) -> str:
        return overview_from(self.point, page="overview_export")


def overview_of(point: Standpoint, asked: Asked) -> Overview:
    """Everything the page shows from ``point``."""
    counts = Matrix(point)
    sums = counts.sums  # reads lights, filing and money of where the page looks, at once
    every = every_unit(counts, asked.heat)
    shown = every if asked.all_units else _furthest_behind(counts, every)
    heatmap = heat.heatmap(counts, asked.heat, shown)
    all_url = overview_from(point, **asked.but(units="all"))
    owing = by_unit.unfiled_by_unit(counts)
    lights = counts.all_lights(point.period)
    late, turned = behind_and_turned(point, sum(lights[light] for light in BEHIND))
    overdue, soon = due_of(point, "overdue"), due_of(point, "soon")
    named = {row.pk for found in (late, turned) for row in found.rows}
    units = whose(point, named.union(step.sub_item_id for due in (overdue, soon) for step in due.steps))
    return Overview(
        point=point,
        months=month_links(point, asked),
        lights=light_tiles(counts),
        money=money_tiles(counts),
        filing=filing_tiles(counts),
        kept=_kept(counts),
        withdrawn=_withdrawn(point),
        behind=behind_list(point, late, units),
        turned=turned_list(point, turned, units),
        owing=ShortList(owing if asked.all_units else _first(owing, OWING_SHOWN), len(owing), all_url + "#owing"),
        by_unit=by_unit.lights_by_unit(counts, _of_now(counts, shown), all_units=len(shown) == len(every)),
        heat=heatmap,
        heat_links=[
            Option(str(word), overview_from(point, **asked.but(heat=what)) + "#heat", what == asked.heat)
            for what, word in zip(heat.WHATS, (_("Lights"), _("Filing")), strict=True)
        ],
        all_units=None if len(shown) == len(every) else Option(str(len(every)), all_url + "#heat", current=False),
        sources=sources_of(point, sums),
        overdue=milestones_of(point, overdue, units),
        soon=milestones_of(point, soon, units),
    )


def every_unit(counts: Matrix, what: str) -> list[tuple[Unit, str]]:
    """Every unit that the heatmap or the bars can show, in official order."""
    return counts.units_in(heat.columns_of(counts, what), what)


def _furthest_behind(counts: Matrix, units: list[tuple[Unit, str]]) -> list[tuple[Unit, str]]:
    """With many units those with the most red, then yellow lights; in official order still. A link shows all."""
    lights = counts.lights(counts.point.period)
    behind_first = sorted(units, key=lambda unit: _badness(lights.get(unit[0], {})), reverse=True)
    kept = set(behind_first[:MANY])
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
    periods = list(reversed(point.opened))
    names = words.months_side_by_side(period.month for period in periods)
    return [now, *(_month_link(point, *one, asked) for one in zip(periods, names, strict=True))]


def _month_link(point: Standpoint, period: ReportingPeriod, label: str, asked: Asked) -> Option:
    if period == point.present and period.locks_on > point.today:
        label = _("%(month)s (being filed)") % {"month": label}
    return Option(label, overview_from(point.at(period), **asked.but()), point.period == period)


def _kept(counts: Matrix) -> Tile | None:
    point = counts.point
    lights = counts.all_lights(point.period)
    if point.period is None or not (point.running or lights[""]):
        return None
    kept = lights.total() - lights[""]
    return Tile(_("Figures kept so far"), str(kept), list_from(point, light="kept"), number=kept)


def _withdrawn(point: Standpoint) -> Tile | None:
    if point.period:
        return None
    count = SubItem.objects.filter(programme=point.programme, status=SubItem.Status.WITHDRAWN).count()
    if not count:
        return None
    return Tile(_("Withdrawn"), str(count), list_from(point, status="withdrawn"), number=count)
