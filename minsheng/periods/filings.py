"""How units have filed, month by month: counts of ``standing``, the same as the overview's, with their rates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments import clock
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.matrix import FILING_MARKS, Matrix, unit_url
from projects.filing import HAVE_FILED, Filing
from projects.models import Programme, ReportingPeriod
from projects.standing import Standpoint, standpoint

# The columns of a month, from what was asked to what is not: each the address's word and its heading.
COLUMNS: Final[tuple[tuple[str, Promise], ...]] = (
    ("expected", pgettext_lazy("filing", "expected")),
    ("filed", pgettext_lazy("filing", "filed")),
    (Filing.ON_TIME, pgettext_lazy("filing", "on time")),
    (Filing.NIL, pgettext_lazy("filing", "nil report")),
    (Filing.LATE, pgettext_lazy("filing", "late")),
    (Filing.RETURNED, pgettext_lazy("filing", "returned")),
    (Filing.MISSING, pgettext_lazy("filing", "missing")),
    (Filing.WAITING, pgettext_lazy("filing", "not due yet")),
    (Filing.EXEMPT, pgettext_lazy("filing", "not expected")),
)
COMPLETENESS: Final = gettext_lazy("Completeness")
TIMELINESS: Final = gettext_lazy("Timeliness")


@dataclass(frozen=True)
class Filings:
    """Of some sub-items in some months: how many stand how. Nil reports are those filed on time. Whether the due day
    has passed (``is_due``): before it nobody is late, and no rate says who is in time.
    """

    counts: Mapping[str, int]
    is_due: bool = True

    @property
    def exempt(self) -> int:
        return self.counts.get(Filing.EXEMPT, 0)

    @property
    def expected(self) -> int:
        return sum(self.counts.values()) - self.exempt

    @property
    def filed(self) -> int:
        return sum(self.counts.get(one, 0) for one in HAVE_FILED)

    @property
    def unfiled(self) -> int:
        return self.expected - self.filed

    @property
    def on_time(self) -> int:
        """Filed by the due day, nil reports among them."""
        return self.counts.get(Filing.ON_TIME, 0) + self.counts.get(Filing.NIL, 0)

    @property
    def completeness(self) -> Decimal | None:
        """Filed of what is expected (报送率), late or not, in percent."""
        return self._share(self.filed)

    @property
    def timeliness(self) -> Decimal | None:
        """Filed by the due day of what is expected (及时率), in percent; none before it has passed."""
        return self._share(self.on_time) if self.is_due else None

    def count(self, name: str) -> int:
        """What stands in the column ``name``."""
        if name == "expected":
            return self.expected
        return self.filed if name == "filed" else self.counts.get(name, 0)

    def _share(self, part: int) -> Decimal | None:
        return Decimal(part) / Decimal(self.expected) * 100 if self.expected else None


def together(several: Iterable[Filings], *, is_due: bool = True) -> Filings:
    counts: dict[str, int] = {}
    for one in several:
        for name, count in one.counts.items():
            counts[name] = counts.get(name, 0) + count
    return Filings(counts, is_due)


@dataclass(frozen=True)
class Count:
    """A figure and the list behind it; none behind nothing."""

    label: str
    name: str
    number: int
    url: str


@dataclass(frozen=True)
class UnitRow:
    """A unit's month, or (``unit`` empty) all units'."""

    unit: str
    filings: Filings
    counts: list[Count]
    url: str = ""


@dataclass(frozen=True)
class MonthCell:
    """A unit's month in its year: filed of expected, and the worst that is."""

    filings: Filings | None
    tone: str = ""
    mark: str = ""
    words: str = ""
    url: str = ""


@dataclass(frozen=True)
class YearRow:
    """A unit's year; ``filings`` are of the months whose due day has passed."""

    unit: str
    cells: list[MonthCell]
    filings: Filings


class Reporting:
    """The filing of one programme, counted once for each month that is asked."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.point: Standpoint = standpoint(programme, today=clock.today())
        self.matrix = Matrix(self.point)

    @cached_property
    def months(self) -> Sequence[ReportingPeriod]:
        return self.point.opened

    @cached_property
    def due(self) -> list[ReportingPeriod]:
        """The months whose due day has passed: only they tell who is late."""
        return [period for period in self.months if self.is_due(period)]

    def is_due(self, period: ReportingPeriod) -> bool:
        return period.due_on < self.point.today

    def of(self, period: ReportingPeriod) -> Filings:
        counted = self.matrix.at(period).values()
        return together((Filings(counts.filing) for counts in counted), is_due=self.is_due(period))

    def rows(self, period: ReportingPeriod) -> list[UnitRow]:
        """Each unit in official order."""
        point, counts, is_due = self.point.at(period), self.matrix.at(period), self.is_due(period)
        return [
            _row(name, Filings(counts[unit].filing, is_due), partial(_list_of_unit, point, unit))
            for unit, name in self.matrix.units(period)
        ]

    def total(self, period: ReportingPeriod) -> UnitRow:
        point = self.point.at(period)
        return _row("", self.of(period), lambda filing: list_from(point, filing=filing))

    def unfiled(self, period: ReportingPeriod) -> Count:
        """What is not filed, whether its day has come or not: the figure of the overview's tile and of the chase."""
        number = self.of(period).unfiled
        url = list_from(self.point.at(period), filing="unfiled") if number else ""
        return Count(_("Not filed"), "unfiled", number, url)

    def years(self) -> list[YearRow]:
        """Each unit that files anything, all its months."""
        self.matrix.read(self.months, "filing")
        found = []
        for unit, name in self.matrix.units(*self.months):
            of_unit = {period: self.matrix.at(period).get(unit) for period in self.months}
            due = [Filings(counts.filing) for period, counts in of_unit.items() if counts and period in self.due]
            cells = [
                self._cell(unit, name, period, Filings(counts.filing)) if counts else MonthCell(None)
                for period, counts in of_unit.items()
            ]
            found.append(YearRow(name, cells, together(due)))
        return found

    def _cell(self, unit: int | None, name: str, period: ReportingPeriod, filings: Filings) -> MonthCell:
        worst = next((one for one in FILING_MARKS if filings.counts.get(one)), "")
        words_ = {"unit": name, "month": period, "filed": filings.filed, "expected": filings.expected}
        return MonthCell(
            filings,
            tone=worst,
            mark=str(FILING_MARKS.get(worst, words.NOTHING)),
            words=_("%(unit)s, %(month)s: %(filed)d of %(expected)d filed") % words_,
            url=unit_url(self.point.at(period), unit),
        )


def _row(unit: str, filings: Filings, url_of: Callable[[str], str]) -> UnitRow:
    counts = [
        Count(str(label), name, filings.count(name), url_of(name) if filings.count(name) else "")
        for name, label in COLUMNS
    ]
    return UnitRow(unit, filings, counts)


def _list_of_unit(point: Standpoint, unit: int | None, filing: str) -> str:
    return unit_url(point, unit, filing=filing)
