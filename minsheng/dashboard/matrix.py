"""Units and months: how many sub-items stand how, and how their filing stands; what the heatmap and the bars count.

A few grouped queries, whatever the number of sub-items and units; of months that have locked one for all of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from departments.models import Department
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.filters import NOBODY
from minsheng.dashboard.sums import GROUP_SUMS, Sums, added_up
from projects.filing import Filing, kept_filing
from projects.models import Light, PeriodFigure, ReportingPeriod, SubItem
from projects.standing import Standpoint, counted, stood

# One character each, so that a cell is told without its colour; what worries most first, as ``Filing`` has it.
FILING_MARKS: Final[dict[str, Promise | str]] = {
    Filing.MISSING: pgettext_lazy("mark of a cell", "missing"),
    Filing.RETURNED: pgettext_lazy("mark of a cell", "returned"),
    Filing.LATE: pgettext_lazy("mark of a cell", "late"),
    Filing.WAITING: "…",
    Filing.NIL: pgettext_lazy("mark of a cell", "nil"),
    Filing.ON_TIME: "✓",
}
TONES: Final = {
    Light.GREEN: "green",
    Light.YELLOW: "yellow",
    Light.RED: "red",
    Light.BLUE: "blue",
    Light.GREY: "grey",
}
Unit = int | None  # the key of a unit; nothing where none is named
PLACE: Final = ("jurisdiction__path", "order", "position", "pk")  # by which ``official_order`` goes
# Of more units than that only some are drawn, and the months of only those are read.
MANY: Final = 30


@dataclass
class Counts:
    """Of one unit's sub-items in one month: how many show which light, and how their filing stands."""

    lights: Counter[str] = field(default_factory=Counter)
    filing: Counter[str] = field(default_factory=Counter)


class Known(NamedTuple):
    """A unit or section: its place in the official order, and the unit as which it stands."""

    place: tuple[Any, ...]
    name: str
    unit: int


class Matrix:
    """Counts by unit and month of one programme, each read once, when it is first asked for."""

    def __init__(self, point: Standpoint) -> None:
        self.point = point
        self._read: dict[int | None, dict[Unit, Counts]] = {}
        self._lights: dict[int | None, dict[Unit, Counter[str]]] = {}
        self._totals: dict[int | None, Counter[str]] = {}
        self._units: dict[int, Known] = {}
        self._sums: Sums | None = None

    def at(self, period: ReportingPeriod | None) -> dict[Unit, Counts]:
        """Counts by unit at the end of ``period``, or now."""
        key = period.pk if period else None
        if key not in self._read:
            self._read[key], _none = _counts(self.point.at(period))
        return self._read[key]

    @property
    def sums(self) -> Sums:
        """Money of what counts where the programme is looked at, read together with its counts."""
        if self._sums is None:
            point, present = self.point, self.point.filing
            if point.period is None and present and not _is_locked(present):
                self._read[None], self._sums, self._lights[present.pk] = _counts_and_present(point)
            else:
                self._read[point.period.pk if point.period else None], self._sums = _counts(point, money=True)
        return self._sums

    def lights(self, period: ReportingPeriod | None) -> dict[Unit, Counter[str]]:
        """Lights by unit at the end of ``period``, or now; empty is the light of what has no figure."""
        key = period.pk if period else None
        if key in self._read:
            return {unit: counts.lights for unit, counts in self._read[key].items()}
        if key not in self._lights:
            self._lights[key] = _lights(self.point.at(period))
        return self._lights[key]

    def filing(self, period: ReportingPeriod | None) -> dict[Unit, Counter[str]]:
        return {unit: counts.filing for unit, counts in self.at(period).items()}

    def all_lights(self, period: ReportingPeriod | None) -> Counter[str]:
        """Of all units together: of a month that has locked its figures, whatever units they name."""
        key = period.pk if period else None
        if key not in self._totals:
            if _is_locked(period) and not self._has(period, "lights"):
                figures = PeriodFigure.objects.filter(period=period, newest=True).order_by()
                self._totals[key] = Counter(dict(figures.values_list("light").annotate(count=Count("pk"))))
            else:
                self._totals[key] = _together(self.lights(period).values())
        return self._totals[key]

    def all_filing(self, period: ReportingPeriod | None) -> Counter[str]:
        return _together(self.filing(period).values())

    def read(self, periods: Iterable[ReportingPeriod | None], what: str) -> None:
        """Read ``periods``, lights or filing; those that have locked in one query."""
        every = [period for period in periods if not self._has(period, what)]
        for period, of_unit in self._kept(every, what).items():
            if what == "filing":
                self._read[period] = of_unit
            else:
                self._lights[period] = {unit: counts.lights for unit, counts in of_unit.items()}

    def units_in(self, periods: Sequence[ReportingPeriod | None], what: str) -> list[tuple[Unit, str]]:
        """The units of which any of ``periods`` has anything to show, in official order. Of few units the periods are
        read for that; of many it is asked only who has a figure in them.
        """
        own = set(self.at(self.point.period))
        if len(own) <= MANY:
            self.read(periods, what)
            return self.named(own.union(*(self.lights(period) for period in periods)))
        locked = [period for period in periods if _is_locked(period)]
        figures = PeriodFigure.objects.filter(period__in=locked, newest=True).order_by()
        nobody = set(figures.filter(department=None).values_list("period", flat=True).distinct())
        of_unit = figures.filter(department=OuterRef("pk"))
        found = self._know(Department.objects.filter(Exists(of_unit)))
        others = [period for period in periods if period not in locked or (period and period.pk in nobody)]
        return self.named(own.union(found, *(self.lights(period) for period in others)))

    def columns(
        self, periods: Sequence[ReportingPeriod | None], what: str, units: Iterable[Unit]
    ) -> list[Mapping[Unit, Counter[str]]]:
        """Of each period the lights or the filing by unit: of ``units`` surely, of others perhaps not."""
        missing = [period for period in periods if not self._has(period, what)]
        some = self._kept(missing, what, only={unit for unit in units if unit})
        read = self.filing if what == "filing" else self.lights
        return [
            {unit: getattr(counts, what) for unit, counts in some[period.pk].items()}
            if period and period.pk in some
            else read(period)
            for period in periods
        ]

    def units(self, *periods: ReportingPeriod | None) -> list[tuple[Unit, str]]:
        """The units that file anything in any of ``periods``, in official order; last, where nobody is named."""
        return self.named({unit for period in periods for unit in self.at(period)})

    def named(self, units: Iterable[Unit]) -> list[tuple[Unit, str]]:
        """``units`` with their names, in official order; last, where nobody is named."""
        units = set(units)
        known = {unit for unit in units if unit is not None}
        if known - self._units.keys():
            self._know(Department.objects.filter(pk__in=known))
        found: list[tuple[Unit, str]] = [
            (unit, self._units[unit].name) for unit in sorted(known, key=lambda unit: self._units[unit].place)
        ]
        return [*found, (None, _("No unit named"))] if None in units else found

    def _has(self, period: ReportingPeriod | None, what: str) -> bool:
        key = period.pk if period else None
        return key in self._read or (what == "lights" and key in self._lights)

    def _kept(
        self, periods: Iterable[ReportingPeriod | None], what: str, only: Collection[int] | None = None
    ) -> dict[int, dict[Unit, Counts]]:
        """Of those of ``periods`` that have locked, in one query: of these each figure counts, and nothing else
        (``counted``). ``only``: of these units and their sections alone.

        Of a month with a figure that names no unit it says nothing: there ``stood`` asks who was responsible then.
        """
        locked = [period for period in periods if period and _is_locked(period)]
        if not locked:
            return {}
        rows = _kept_counts(locked, self.point.today, what, only)
        unnamed = {period for period, department, *_rest in rows if department is None}
        departments = {department for _period, department, *_rest in rows if department is not None}
        if departments - self._units.keys():
            of_parents = Q(sections__in=departments)
            self._know(Department.objects.filter(Q(pk__in=departments) | of_parents).distinct())
        found: dict[int, dict[Unit, Counts]] = {one.pk: {} for one in locked if one.pk not in unnamed}
        for period, department, light, filing, count in rows:
            if period in found:
                counts = found[period].setdefault(self._units[department].unit, Counts())
                counts.lights[light] += count
                counts.filing[filing] += count
        return found

    def _know(self, departments: QuerySet[Department]) -> set[Unit]:
        """Read the names of ``departments`` and their places in the official order; gives their units."""
        rows = list(departments.order_by().values_list("pk", "parent", "name", *PLACE))
        self._units |= {pk: Known(tuple(place), name, parent or pk) for pk, parent, name, *place in rows}
        return {self._units[pk].unit for pk, *_rest in rows}


def _is_locked(period: ReportingPeriod | None) -> bool:
    return period is not None and period.locked_at is not None


def _together(counters: Iterable[Counter[str]]) -> Counter[str]:
    every: Counter[str] = Counter()
    for counter in counters:
        every.update(counter)
    return every


def every_from(point: Standpoint, *only: str) -> Any:
    """The sub-items that count from ``point``, as they stood: of ``StoodFields`` those that are asked for."""
    every = SubItem.objects.filter(programme=point.programme)
    return counted(stood(every, point, only=only), point)


def _kept_counts(
    periods: Sequence[ReportingPeriod], today: date, what: str, only: Collection[int] | None
) -> list[tuple[Any, ...]]:
    """By month, department, light and filing; without asking how they filed all is read from one index."""
    figures: Any = PeriodFigure.objects.filter(period__in=periods, newest=True)
    if what == "filing":
        figures = kept_filing(periods, today)
    else:
        figures = figures.annotate(filing=Value("", output_field=CharField()))
    if only is not None:
        theirs = Department.objects.filter(Q(pk__in=only) | Q(parent__in=only)).order_by()
        figures = figures.filter(Q(department=None) | Q(department__in=theirs.values("pk")))
    grouped = figures.order_by().values_list("period", "department", "light", "filing").annotate(count=Count("pk"))
    return list(grouped)


def _lights(point: Standpoint) -> dict[Unit, Counter[str]]:
    every = every_from(point, "light", "unit").order_by()
    found: dict[Unit, Counter[str]] = {}
    for unit, light, count in every.values_list("stood_unit", "stood_light").annotate(count=Count("pk")):
        found.setdefault(unit, Counter())[light] += count
    return found


def _counts(point: Standpoint, *, money: bool = False) -> tuple[dict[Unit, Counts], Sums]:
    """One query; with ``money`` also what the counted sub-items add up to."""
    counts, sums, _present = _grouped(every_from(point, *_asked(money=money)), money=money)
    return counts, sums


def _counts_and_present(point: Standpoint) -> tuple[dict[Unit, Counts], Sums, dict[Unit, Counter[str]]]:
    """As it stands now, with the money; and the lights of the month that is filed now and has not locked, of which
    counts what was not withdrawn or has a figure (``counted``). Both in one query.
    """
    sub_items = SubItem.objects.filter(programme=point.programme)
    every: Any = stood(sub_items, point, only=_asked(money=True)).filter(
        ~Q(status=SubItem.Status.WITHDRAWN) | Q(month_figure__isnull=False)
    )
    present = {
        "withdrawn": Case(When(status=SubItem.Status.WITHDRAWN, then=True), default=False),
        "then_unit": Coalesce("month_figure__department__parent", "month_figure__department", "stood_unit"),
        "then_light": Coalesce("month_figure__light", Value("")),
    }
    return _grouped(every.annotate(**present), *present, money=True)


def _asked(*, money: bool) -> list[str]:
    return ["light", "unit", "filing", *(("planned", "approx", "secured", "spent") if money else ())]


def _grouped(every: Any, *present: str, money: bool) -> tuple[dict[Unit, Counts], Sums, dict[Unit, Counter[str]]]:
    rows = every.order_by().values_list("stood_unit", "stood_light", "filing", *present)
    sums = GROUP_SUMS if money else {}
    found: dict[Unit, Counts] = {}
    then: dict[Unit, Counter[str]] = {}
    of_groups = []
    for unit, light, filing, *rest in rows.annotate(count=Count("pk"), **sums):
        withdrawn, then_unit, then_light = rest[: len(present)] or (False, None, "")
        count, *amounts = rest[len(present) :]
        then.setdefault(then_unit, Counter())[then_light] += count
        if not withdrawn:
            counts = found.setdefault(unit, Counts())
            counts.lights[light] += count
            counts.filing[filing] += count
            of_groups.append(dict(zip(sums, amounts, strict=True)))
    return found, added_up(of_groups), then


def unit_url(point: Standpoint, unit: Unit, **asked: str) -> str:
    return list_from(point, unit=NOBODY if unit is None else unit, **asked)
