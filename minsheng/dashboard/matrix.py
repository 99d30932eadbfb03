"""Units by months: how many sub-items stand how, for the bars of lights by unit and the heatmap.

One grouped query for each month, whatever the number of sub-items. Each cell leads to the list it counts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from departments.models import Department
from minsheng.charts import Category, Point, Series, Stacked
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.filters import NOBODY
from projects.models import Light, ReportingPeriod, SubItem
from projects.standing import Filing, Standpoint, counted, stood

# One character each, so that a cell is told without its colour.
FILING_MARKS: Final[dict[str, Promise | str]] = {
    Filing.MISSING: pgettext_lazy("mark of a cell", "missing"),
    Filing.RETURNED: pgettext_lazy("mark of a cell", "returned"),
    Filing.LATE: pgettext_lazy("mark of a cell", "late"),
    Filing.NIL: pgettext_lazy("mark of a cell", "nil"),
    Filing.ON_TIME: "✓",
    Filing.WAITING: "…",
}
TONES: Final = {
    Light.GREEN: "green",
    Light.YELLOW: "yellow",
    Light.RED: "red",
    Light.BLUE: "blue",
    Light.GREY: "grey",
}


@dataclass
class Counts:
    """Of one unit's sub-items in one month: how many show which light, and how their filing stands."""

    lights: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    filing: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return sum(self.lights.values())


@dataclass(frozen=True)
class Cell:
    """The worst of a unit's month and how many sub-items stand so; empty where there is nothing to say."""

    tone: str = ""
    mark: str = ""
    count: int = 0
    words: str = ""
    url: str = ""


@dataclass(frozen=True)
class HeatRow:
    unit: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Legend:
    tone: str
    mark: str
    words: str


@dataclass(frozen=True)
class Heatmap:
    """``months`` are the columns; ``what`` is lights or filing."""

    what: str
    months: list[ReportingPeriod]
    rows: list[HeatRow]
    legend: list[Legend]

    @property
    def heads(self) -> list[str]:
        return [words.month(period.month) for period in self.months]


class Matrix:
    """Counts by unit and month of one programme, read once for each month that is asked."""

    def __init__(self, point: Standpoint) -> None:
        self.point = point
        self._read: dict[int | None, dict[int | None, Counts]] = {}

    def at(self, period: ReportingPeriod | None) -> dict[int | None, Counts]:
        """Counts by unit at the end of ``period``, or now."""
        key = period.pk if period else None
        if key not in self._read:
            self._read[key] = _counts(self.point.at(period))
        return self._read[key]

    def units(self, *periods: ReportingPeriod | None) -> list[tuple[int | None, str]]:
        """The units that file anything in any of ``periods``, in official order; last, where nobody is named."""
        found = {unit for period in periods for unit in self.at(period)}
        named = Department.objects.filter(pk__in=[unit for unit in found if unit is not None]).official_order()
        units: list[tuple[int | None, str]] = [(unit.pk, unit.name) for unit in named]
        return [*units, (None, _("No unit named"))] if None in found else units


def _counts(point: Standpoint) -> dict[int | None, Counts]:
    every: Any = counted(stood(SubItem.objects.filter(programme=point.programme), point), point)
    grouped = every.order_by().values_list("stood_unit", "stood_light", "filing").annotate(count=Count("pk"))
    found: dict[int | None, Counts] = defaultdict(Counts)
    for unit, light, filing, count in grouped:
        found[unit].lights[light] += count
        found[unit].filing[filing] += count
    return found


def lights_by_unit(matrix: Matrix) -> Stacked:
    """Each unit's sub-items by light, from where the programme is looked at."""
    point = matrix.point
    counts = matrix.at(point.period)
    units = matrix.units(point.period)
    shown = [light for light in words.LIGHTS if any(one.lights.get(light) for one in counts.values())]
    return Stacked(
        id="lights-by-unit",
        caption=_("Lights by unit"),
        label=_("Unit"),
        categories=[Category(name, unit_url(point, unit)) for unit, name in units],
        series=[
            Series(
                name=f"{words.SHAPES[light]} {words.LIGHTS[light]}",  # type: ignore[index]
                tone=TONES[light],  # type: ignore[index, arg-type]
                points=[
                    Point(counts[unit].lights.get(light, 0), url=unit_url(point, unit, light=light))
                    for unit, _name in units
                ],
            )
            for light in shown
        ],
        totals=[
            Point(sum(one.lights.get(light, 0) for one in counts.values()), url=list_from(point, light=light))
            for light in shown
        ],
    )


def heatmap(matrix: Matrix, what: str) -> Heatmap:
    """Units by months that have opened: the worst light of each, or the worst of their filing."""
    months = list(matrix.point.opened)
    cell = _filing_cell if what == "filing" else _light_cell
    return Heatmap(
        what=what,
        months=months,
        rows=[
            HeatRow(
                unit=name,
                url=unit_url(matrix.point, unit),
                cells=[cell(matrix, unit, name, month) for month in months],
            )
            for unit, name in matrix.units(*months)
        ],
        legend=_filing_legend() if what == "filing" else _light_legend(),
    )


def _light_cell(matrix: Matrix, unit: int | None, name: str, month: ReportingPeriod) -> Cell:
    counts = matrix.at(month).get(unit)
    worst = _worst(words.LIGHTS, counts.lights if counts else {})
    if counts is None or worst is None:
        return Cell()
    return Cell(
        tone=TONES[worst],  # type: ignore[index]
        mark=words.SHAPES[worst],  # type: ignore[index]
        count=counts.lights[worst],
        words=_cell_words(name, month, words.light_word(worst), counts.lights[worst]),
        url=unit_url(matrix.point.at(month), unit, light=worst),
    )


def _filing_cell(matrix: Matrix, unit: int | None, name: str, month: ReportingPeriod) -> Cell:
    counts = matrix.at(month).get(unit)
    worst = _worst(FILING_MARKS, counts.filing if counts else {})
    if counts is None or worst is None:
        return Cell()
    return Cell(
        tone=worst,
        mark=str(FILING_MARKS[worst]),
        count=counts.filing[worst],
        words=_cell_words(name, month, str(Filing(worst).label), counts.filing[worst]),
        url=unit_url(matrix.point.at(month), unit, filing=worst),
    )


def _worst(order: Iterable[str], counts: dict[str, int]) -> str | None:
    return next((one for one in order if counts.get(one)), None)


def _cell_words(unit: str, month: ReportingPeriod, what: str, count: int) -> str:
    return _("%(unit)s, %(month)s: %(what)s, %(count)d") % {
        "unit": unit,
        "month": month,
        "what": what,
        "count": count,
    }


def unit_url(point: Standpoint, unit: int | None, **asked: str) -> str:
    return list_from(point, unit=NOBODY if unit is None else unit, **asked)


def _light_legend() -> list[Legend]:
    return [Legend(TONES[light], words.SHAPES[light], str(word)) for light, word in words.LIGHTS.items()]  # type: ignore[index]


def _filing_legend() -> list[Legend]:
    return [Legend(filing, str(mark), str(Filing(filing).label)) for filing, mark in FILING_MARKS.items()]


@dataclass(frozen=True)
class Owing:
    """A unit that has not filed for some of its sub-items; ``returned`` says for how many of them it was sent back."""

    unit: str
    count: int
    url: str
    returned: str
    returned_url: str


def unfiled_by_unit(matrix: Matrix) -> list[Owing]:
    """Units that still owe reports of the period shown, in official order, each with how many."""
    point = matrix.point
    counts = matrix.at(point.period)
    owing = []
    for unit, name in matrix.units(point.period):
        filing = counts[unit].filing
        missing = sum(filing.get(one, 0) for one in (Filing.MISSING, Filing.RETURNED, Filing.WAITING))
        if missing:
            returned = filing.get(Filing.RETURNED, 0)
            note = pgettext("filing", "%(count)d returned") % {"count": returned} if returned else ""
            owing.append(
                Owing(
                    unit=name,
                    count=missing,
                    url=unit_url(point, unit, filing="unfiled"),
                    returned=note,
                    returned_url=unit_url(point, unit, filing=Filing.RETURNED),
                )
            )
    return owing
