"""Units and months: how many sub-items stand how, and how their filing stands; what the heatmap and the bars count.

A few grouped queries, whatever the number of sub-items and units; of months that have locked one for all of them.
"""

from collections import Counter
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
from projects.models import Light, PeriodFigure, ReportingPeriod, SubItem
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
Unit = int | None  # the key of a unit; nothing where none is named


@dataclass
class Counts:
    """Of one unit's sub-items in one month: how many show which light, and how their filing stands."""

    lights: Counter[str] = field(default_factory=Counter)
    filing: Counter[str] = field(default_factory=Counter)


class Matrix:
    """Counts by unit and month of one programme, each read once, when it is first asked for."""

    def __init__(self, point: Standpoint) -> None:
        self.point = point
        self._read: dict[int | None, dict[Unit, Counts]] = {}
        self._lights: dict[int | None, dict[Unit, Counter[str]]] = {}
        self._names: dict[int, tuple[int, str]] = {}

    def at(self, period: ReportingPeriod | None) -> dict[Unit, Counts]:
        """Counts by unit at the end of ``period``, or now."""
        key = period.pk if period else None
        if key not in self._read:
            self._read[key] = _counts(self.point.at(period))
        return self._read[key]

    def lights(self, period: ReportingPeriod | None) -> dict[Unit, Counter[str]]:
        """Lights by unit at the end of ``period``, or now; empty is the light of what has no figure."""
        key = period.pk if period else None
        if key in self._read:
            return {unit: counts.lights for unit, counts in self._read[key].items()}
        if key not in self._lights and period and period.locked_at:
            self._lights |= _kept_lights(self.point)
        if key not in self._lights:
            self._lights[key] = _lights(self.point.at(period))
        return self._lights[key]

    def filing(self, period: ReportingPeriod | None) -> dict[Unit, Counter[str]]:
        return {unit: counts.filing for unit, counts in self.at(period).items()}

    def all_lights(self, period: ReportingPeriod | None) -> Counter[str]:
        return sum(self.lights(period).values(), start=Counter())

    def all_filing(self, period: ReportingPeriod | None) -> Counter[str]:
        return sum(self.filing(period).values(), start=Counter())

    def units(self, *periods: ReportingPeriod | None) -> list[tuple[Unit, str]]:
        """The units that file anything in any of ``periods``, in official order; last, where nobody is named."""
        return self.named({unit for period in periods for unit in self.at(period)})

    def named(self, units: Iterable[Unit]) -> list[tuple[Unit, str]]:
        """``units`` with their names, in official order; last, where nobody is named."""
        units = set(units)
        known = {unit for unit in units if unit is not None}
        if known - self._names.keys():
            every = Department.objects.filter(pk__in=known | self._names.keys()).official_order()
            self._names = {pk: (place, name) for place, (pk, name) in enumerate(every.values_list("pk", "name"))}
        found: list[tuple[Unit, str]] = [
            (unit, self._names[unit][1]) for unit in sorted(known, key=lambda unit: self._names[unit][0])
        ]
        return [*found, (None, _("No unit named"))] if None in units else found


def every_from(point: Standpoint, *, before: bool = False) -> Any:
    """The sub-items that count from ``point``, as they stood, without their filing; what the light was ``before`` only
    where it is asked for.
    """
    every = SubItem.objects.filter(programme=point.programme)
    return counted(stood(every, point, before=before, filing=False), point)


def _kept_lights(point: Standpoint) -> dict[int | None, dict[Unit, Counter[str]]]:
    """Lights of the months that have locked, in one query: of these each figure counts, and nothing else (``counted``).

    Of a month with a figure that names no unit it says nothing: there ``stood`` asks who was responsible then.
    """
    locked = [period.pk for period in point.opened if period.locked_at is not None]
    figures = PeriodFigure.objects.filter(period__in=locked, newest=True).order_by()
    grouped = list(figures.values_list("period", "department", "light").annotate(count=Count("pk")))
    departments = {int(department) for _period, department, _light, _count in grouped if department}
    sections = Department.objects.filter(pk__in=departments, parent__isnull=False)
    unit_of = dict(sections.order_by().values_list("pk", "parent"))
    found: dict[int | None, dict[Unit, Counter[str]]] = {period: {} for period in locked}
    for period, department, light, count in grouped:
        found[period].setdefault(unit_of.get(department, department), Counter())[light] += count
    return {period: lights for period, lights in found.items() if None not in lights}


def _lights(point: Standpoint) -> dict[Unit, Counter[str]]:
    grouped = every_from(point).order_by().values_list("stood_unit", "stood_light").annotate(count=Count("pk"))
    found: dict[Unit, Counter[str]] = {}
    for unit, light, count in grouped:
        found.setdefault(unit, Counter())[light] += count
    return found


def _counts(point: Standpoint) -> dict[Unit, Counts]:
    every: Any = counted(stood(SubItem.objects.filter(programme=point.programme), point, before=False), point)
    grouped = every.order_by().values_list("stood_unit", "stood_light", "filing").annotate(count=Count("pk"))
    found: dict[Unit, Counts] = {}
    for unit, light, filing, count in grouped:
        counts = found.setdefault(unit, Counts())
        counts.lights[light] += count
        counts.filing[filing] += count
    return found


def lights_by_unit(matrix: Matrix, units: Iterable[tuple[Unit, str]], *, all_units: bool) -> Stacked:
    """The sub-items of ``units`` by light, from where the programme is looked at; the sum is always of all units."""
    point, units = matrix.point, list(units)
    lights, every = matrix.lights(point.period), matrix.all_lights(point.period)
    shown = [light for light in words.LIGHTS if every[light]]
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
                    Point(count, url=unit_url(point, unit, light=light))
                    if (count := lights[unit][light])
                    else Point(None)
                    for unit, _name in units
                ],
            )
            for light in shown
        ],
        totals=[Point(every[light], url=list_from(point, light=light)) for light in shown],
        total_label="" if all_units else _("All units"),
    )


def _count(count: int, url: str) -> Point:
    return Point(count, url=url) if count else Point(None)


def unit_url(point: Standpoint, unit: Unit, **asked: str) -> str:
    return list_from(point, unit=NOBODY if unit is None else unit, **asked)


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
    filing = matrix.filing(point.period)
    owing = []
    for unit, name in matrix.named(filing):
        missing = sum(filing[unit][one] for one in (Filing.MISSING, Filing.RETURNED, Filing.WAITING))
        if missing:
            returned = filing[unit][Filing.RETURNED]
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
