"""Charts as data: each says at once what is drawn and what its table holds, so that the two cannot differ.

A view makes one of ``Stacked``, ``Bars``, ``Curve``, ``Goals`` and hands it to ``components/chart.html``, which writes
the caption, the table with its links, and ``data`` as JSON for ``static/js/charts.js``. What a person reads (labels of
bars, hints, cells) comes ready made in ``text``; numbers in the JSON only set lengths: a float there loses nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _

NOTHING = "—"  # an em dash: nothing to show here
Tone = Literal["green", "yellow", "red", "blue", "grey"]
Number = Decimal | int


@dataclass(frozen=True)
class Point:
    """One value: its length, the text shown for it, and where it leads. ``None`` is not known, and draws nothing."""

    value: Number | None
    text: str = ""
    url: str = ""

    @property
    def shown(self) -> str:
        if self.text:
            return self.text
        return NOTHING if self.value is None else f"{self.value:,}"

    @property
    def data(self) -> dict[str, Any]:
        return {"value": _length(self.value), "text": self.shown, "url": self.url}


@dataclass(frozen=True)
class Category:
    """One row of bars: a unit, a source of money, a target. ``drawn=False``: it stands in the table only."""

    name: str
    url: str = ""
    drawn: bool = True

    @property
    def data(self) -> dict[str, str]:
        return {"name": self.name, "url": self.url}


@dataclass(frozen=True)
class Series:
    """One colour of a chart, a point for each category. ``tone`` is a light's; amounts have none and are blue."""

    name: str
    points: Sequence[Point]
    tone: Tone | None = None


@dataclass(frozen=True)
class Milestone:
    """A mark on a plan curve, at its month and its planned percent."""

    month: str
    name: str
    percent: Number
    done: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a chart's table; ``number`` stands right-aligned."""

    text: str
    url: str = ""
    number: bool = True


@dataclass(frozen=True)
class Chart(ABC):
    """``id`` is unique on the page; ``caption`` says what is drawn and stands above chart and table."""

    id: str
    caption: str
    kind: ClassVar[str]

    @property
    def source(self) -> str:
        """The id of the JSON."""
        return f"{self.id}-data"

    @property
    @abstractmethod
    def data(self) -> dict[str, Any]:
        """What charts.js draws; the head of that file documents the forms."""

    @property
    @abstractmethod
    def head(self) -> list[Cell]:
        """The table's column heads."""

    @property
    @abstractmethod
    def rows(self) -> list[list[Cell]]:
        """The table's rows, each beginning with its row head."""

    @property
    def foot(self) -> list[Cell]:
        """The 合计 row; empty where a sum says nothing."""
        return []


@dataclass(frozen=True)
class _Grid(Chart):
    """Categories by series: every series has a point for each category."""

    label: str  # what the categories are: 单位, 资金渠道
    categories: Sequence[Category]
    series: Sequence[Series]
    unit: str = ""

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.points) != len(self.categories):
                raise ValueError(f"{self.id}: {series.name} has {len(series.points)} of {len(self.categories)} points.")

    @property
    def data(self) -> dict[str, Any]:
        drawn = [at for at, category in enumerate(self.categories) if category.drawn]
        return {
            "unit": self.unit,
            "categories": [self.categories[at].data for at in drawn],
            "series": [
                {
                    "name": series.name,
                    "tone": series.tone or "",
                    "points": [series.points[at].data for at in drawn],
                }
                for series in self.series
            ],
        }

    @property
    def head(self) -> list[Cell]:
        unit = f" ({self.unit})" if self.unit else ""
        return [Cell(self.label, number=False), *(Cell(series.name + unit) for series in self.series)]

    @property
    def rows(self) -> list[list[Cell]]:
        return [
            [Cell(category.name, category.url, number=False), *(_cell(series.points[at]) for series in self.series)]
            for at, category in enumerate(self.categories)
        ]


@dataclass(frozen=True)
class Stacked(_Grid):
    """Counts lying end to end in a bar for each category: lights by unit. A click on a part follows its link."""

    kind: ClassVar[str] = "stacked"
    totals: Sequence[Point] = ()  # of each series, for the 合计 row; empty: added here
    total_label: str = ""  # what the totals are of, where it is not the rows above

    @property
    def foot(self) -> list[Cell]:
        points = self.totals or [
            Point(sum((point.value or 0 for point in series.points), start=Decimal(0))) for series in self.series
        ]
        return [Cell(self.total_label or _("Total"), number=False), *(_cell(point) for point in points)]


@dataclass(frozen=True)
class Bars(_Grid):
    """Amounts side by side, in blues: planned, secured, spent by source."""

    kind: ClassVar[str] = "bars"
    totals: Sequence[Point] = ()  # for the 合计 row, reckoned where the amounts are; empty: no such row

    @property
    def foot(self) -> list[Cell]:
        return [Cell(_("Total"), number=False), *(_cell(point) for point in self.totals)] if self.totals else []


@dataclass(frozen=True)
class Curve(Chart):
    """The plan curve (dashed) against what was reached (a line), in percent by month; milestones are marks."""

    kind: ClassVar[str] = "curve"
    months: Sequence[str]
    scheduled: Sequence[Point]
    actual: Sequence[Point]
    milestones: Sequence[Milestone] = ()
    as_of: str = ""  # one of ``months``: how far the figures reach

    def __post_init__(self) -> None:
        if not len(self.months) == len(self.scheduled) == len(self.actual):
            raise ValueError(f"{self.id}: {len(self.months)} months have as many points on each curve.")
        unknown = {mark.month for mark in self.milestones} - set(self.months)
        if unknown or (self.as_of and self.as_of not in self.months):
            raise ValueError(f"{self.id}: no such month: {', '.join(sorted(unknown)) or self.as_of}.")

    @property
    def data(self) -> dict[str, Any]:
        return {
            "months": list(self.months),
            "scheduled": {"name": _("Scheduled"), "points": [point.data for point in self.scheduled]},
            "actual": {"name": _("Actual"), "points": [point.data for point in self.actual]},
            "milestones": {
                "name": _("Milestones"),
                "points": [
                    {"month": mark.month, "name": mark.name, "value": _length(mark.percent), "done": mark.done}
                    for mark in self.milestones
                ],
            },
            "as_of": self.as_of,
        }

    @property
    def head(self) -> list[Cell]:
        cells = [Cell(_("Month"), number=False), Cell(_("Scheduled")), Cell(_("Actual"))]
        return [*cells, Cell(_("Milestones"), number=False)] if self.milestones else cells

    @property
    def rows(self) -> list[list[Cell]]:
        found = []
        for month, scheduled, actual in zip(self.months, self.scheduled, self.actual, strict=True):
            cells = [Cell(month, number=False), _cell(scheduled), _cell(actual)]
            if self.milestones:
                marks = (("✓ " if mark.done else "") + mark.name for mark in self.milestones if mark.month == month)
                cells.append(Cell("; ".join(marks), number=False))
            found.append(cells)
        return found


@dataclass(frozen=True)
class Goal:
    """One target: what is promised and what is reached, in its own words, and the share in percent."""

    name: str
    goal: str
    reached: str
    share: Point
    url: str = ""


@dataclass(frozen=True)
class Goals(Chart):
    """Targets as bars to their goal; the goal stands at 100%."""

    kind: ClassVar[str] = "goal"
    goals: Sequence[Goal]

    @property
    def data(self) -> dict[str, Any]:
        return {
            "name": _("Share"),
            "goals": [
                goal.share.data | {"name": goal.name, "url": goal.url, "hint": f"{goal.reached} / {goal.goal}"}
                for goal in self.goals
            ],
        }

    @property
    def head(self) -> list[Cell]:
        return [Cell(_("Target"), number=False), Cell(_("Goal")), Cell(_("Reached")), Cell(_("Share"))]

    @property
    def rows(self) -> list[list[Cell]]:
        return [
            [Cell(goal.name, goal.url, number=False), Cell(goal.goal), Cell(goal.reached), _cell(goal.share)]
            for goal in self.goals
        ]


def _cell(point: Point) -> Cell:
    return Cell(point.shown, point.url)


def _length(value: Number | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value
