"""The heatmap: units by months, by their lights or by their filing. A table: it prints and is read aloud."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from departments.language import listed
from minsheng.dashboard import words
from minsheng.dashboard.matrix import FILING_MARKS, TONES, Matrix, Unit, unit_url
from projects.models import ReportingPeriod
from projects.standing import Filing

WHATS: Final = ("lights", "filing")


@dataclass(frozen=True)
class Cell:
    """The worst of a unit's month and how many sub-items stand so; ``words`` say all that stand in it.

    Empty where there is nothing to say.
    """

    tone: str = ""
    mark: str = ""
    count: int = 0
    words: str = ""
    url: str = ""


@dataclass(frozen=True)
class Head:
    """A column: a month, or now. ``current``: from there the page looks."""

    word: str
    current: bool


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
    """``what`` is lights or filing."""

    what: str
    heads: list[Head]
    rows: list[HeatRow]
    legend: list[Legend]


def columns_of(matrix: Matrix, what: str) -> list[ReportingPeriod | None]:
    """The months that have opened; of lights also now, where the page looks from now: it may stand worse."""
    point = matrix.point
    now = [None] if what == "lights" and point.period is None and point.opened else []
    return [*point.opened, *now]


def heatmap(matrix: Matrix, what: str, units: Iterable[tuple[Unit, str]]) -> Heatmap:
    """``units`` by months: the worst light of each cell, or the worst of its filing."""
    point, columns = matrix.point, columns_of(matrix, what)
    filed = what == "filing"
    counts = [(column, matrix.filing(column) if filed else matrix.lights(column)) for column in columns]
    cell = _filing_cell if filed else _light_cell
    return Heatmap(
        what=what,
        heads=[Head(_name(column), column == point.period) for column in columns],
        rows=[
            HeatRow(
                unit=name,
                url=unit_url(point, unit),
                cells=[cell(matrix, unit, name, column, of[unit]) if of.get(unit) else Cell() for column, of in counts],
            )
            for unit, name in units
        ],
        legend=_filing_legend() if filed else _light_legend(),
    )


def _name(column: ReportingPeriod | None) -> str:
    return words.month(column.month) if column else _("Now")


def _light_cell(matrix: Matrix, unit: Unit, name: str, column: ReportingPeriod | None, counts: Counter[str]) -> Cell:
    worst = _worst(words.LIGHTS, counts)
    if worst is None:
        return Cell()
    every = {light: words.light_word(light) for light in words.LIGHTS} | {"": _("No figure yet")}
    return Cell(
        tone=TONES[worst],  # type: ignore[index]
        mark=words.SHAPES[worst],  # type: ignore[index]
        count=counts[worst],
        words=_cell_words(name, column, counts, every),
        url=unit_url(matrix.point.at(column), unit, light=worst),
    )


def _filing_cell(matrix: Matrix, unit: Unit, name: str, column: ReportingPeriod | None, counts: Counter[str]) -> Cell:
    worst = _worst(FILING_MARKS, counts)
    if worst is None:
        return Cell()
    return Cell(
        tone=worst,
        mark=str(FILING_MARKS[worst]),
        count=counts[worst],
        words=_cell_words(name, column, counts, {filing: str(filing.label) for filing in Filing}),
        url=unit_url(matrix.point.at(column), unit, filing=worst),
    )


def _worst(order: Iterable[str], counts: Counter[str]) -> str | None:
    return next((one for one in order if counts[one]), None)


def _cell_words(
    unit: str, column: ReportingPeriod | None, counts: Counter[str], every: Mapping[str, str | Promise]
) -> str:
    """Everything that stands in the cell, the worst first: 城乡建设和交通局，2023年9月：红灯1，绿灯3."""
    parts = (
        _("%(word)s %(count)d") % {"word": word, "count": counts[one]} for one, word in every.items() if counts[one]
    )
    return _("%(unit)s, %(month)s: %(counts)s") % {
        "unit": unit,
        "month": column or _("Now"),
        "counts": listed(parts),
    }


def _light_legend() -> list[Legend]:
    return [Legend(TONES[light], words.SHAPES[light], str(word)) for light, word in words.LIGHTS.items()]  # type: ignore[index]


def _filing_legend() -> list[Legend]:
    return [Legend(filing, str(mark), str(Filing(filing).label)) for filing, mark in FILING_MARKS.items()]
