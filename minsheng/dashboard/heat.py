"""The heatmap: units by months, by their lights or by their filing. A table: it prints and is read aloud."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from departments.language import listed
from minsheng.dashboard import words
from minsheng.dashboard.matrix import FILING_MARKS, TONES, Matrix, Unit, unit_url
from projects.filing import Filing
from projects.models import ReportingPeriod
from projects.standing import Standpoint

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
    shown = _filing() if what == "filing" else _lights()
    units = list(units)
    counted = matrix.columns(columns, what, (unit for unit, _name in units))
    made = [
        _Column(name, str(period or _("Now")), point.at(period), counts)
        for period, name, counts in zip(columns, _names(columns), counted, strict=True)
    ]
    return Heatmap(
        what=what,
        heads=[Head(column.name, column.point.period == point.period) for column in made],
        rows=[
            HeatRow(name, unit_url(point, unit), [_cell(column, shown, unit, name) for column in made])
            for unit, name in units
        ],
        legend=[Legend(one.tone, one.mark, one.word) for one in shown.values() if one.mark],
    )


@dataclass(frozen=True)
class _Column:
    name: str
    full_name: str  # with its year
    point: Standpoint
    counts: Mapping[Unit, Counter[str]]


@dataclass(frozen=True)
class _Shown:
    """How a light or a state of filing is shown; what has no mark is said in words only."""

    asked: str
    tone: str
    mark: str
    word: str


def _lights() -> dict[str, _Shown]:
    """The worst first."""
    lights = {
        light: _Shown("light", TONES[light], words.SHAPES[light], words.light_word(light))  # type: ignore[index]
        for light in words.LIGHTS
    }
    return lights | {"": _Shown("light", "", "", _("No figure yet"))}


def _filing() -> dict[str, _Shown]:
    """What worries most first."""
    states = {
        value: _Shown("filing", value, str(mark), str(Filing(value).label)) for value, mark in FILING_MARKS.items()
    }
    return states | {Filing.EXEMPT.value: _Shown("filing", "", "", str(Filing.EXEMPT.label))}


def _names(columns: Sequence[ReportingPeriod | None]) -> list[str]:
    """What stands above the columns; now is the last one."""
    months = words.months_side_by_side(one.month for one in columns if one)
    return months if None not in columns else [*months, _("Now")]


def _cell(column: _Column, shown: Mapping[str, _Shown], unit: Unit, name: str) -> Cell:
    counts = column.counts.get(unit)
    worst = next((value for value, one in shown.items() if one.mark and counts[value]), None) if counts else None
    if counts is None or worst is None:
        return Cell()
    one = shown[worst]
    return Cell(
        tone=one.tone,
        mark=one.mark,
        count=counts[worst],
        words=_cell_words(name, column.full_name, counts, shown),
        url=unit_url(column.point, unit, **{one.asked: worst}),
    )


def _cell_words(unit: str, month: str, counts: Counter[str], shown: Mapping[str, _Shown]) -> str:
    """Everything that stands in the cell, the worst first: 城乡建设和交通局，2023年9月：红灯1项、绿灯3项."""
    form = _("%(word)s %(count)d")
    parts = (form % {"word": one.word, "count": counts[value]} for value, one in shown.items() if counts[value])
    return _("%(unit)s, %(month)s: %(counts)s") % {
        "unit": unit,
        "month": month,
        "counts": listed(parts),
    }
