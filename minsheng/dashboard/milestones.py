"""Milestones of a sub-item as a strip along its months, and as rows. Geometry only: drawn by an inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from minsheng.dashboard import words
from projects.models import SubItem
from projects.rules.periods import months_between, next_month

WIDTH: Final = 1000  # units of the drawing, about a pixel each on a desktop
EDGE: Final = 14
APART: Final = 30  # marks nearer than this stand in rows of their own
AXIS: Final = 26  # room for the months' names above the first row
ROW: Final = 34


@dataclass(frozen=True)
class Step:
    """``state``: done, due or overdue; ``word`` says it, and how late. ``number`` stands on strip and row."""

    number: int
    name: str
    due_on: str
    done_on: str
    weight: str
    state: str
    word: str


@dataclass(frozen=True)
class Mark:
    step: Step
    x: int
    y: int


@dataclass(frozen=True)
class Tick:
    """A month's begin, and its name in the middle."""

    x: int
    middle: int
    name: str


@dataclass(frozen=True)
class Strip:
    marks: list[Mark]
    ticks: list[Tick]
    today: int | None
    height: int
    axis: int = AXIS
    width: int = WIDTH

    @property
    def label(self) -> str:
        """The strip in words, for who does not see it."""
        return "; ".join(
            f"{mark.step.number} {mark.step.name} {mark.step.due_on} {mark.step.word}" for mark in self.marks
        )


def steps_of(sub_item: SubItem, today: date) -> list[Step]:
    """Milestones by their day; ``milestones`` are loaded."""
    milestones = sub_item.milestones.all()
    whole = sum((one.weight for one in milestones), Decimal(0))
    return [
        Step(
            number=number,
            name=one.name,
            due_on=words.day(one.due_on),
            done_on=words.day(one.done_on),
            weight=words.percent(one.weight / whole * 100),
            state=_state(one.due_on, one.done_on, today),
            word=_word(one.due_on, one.done_on, today),
        )
        for number, one in enumerate(milestones, start=1)
    ]


def strip_of(sub_item: SubItem, steps: Sequence[Step], today: date) -> Strip | None:
    """The strip from the programme's first month (or its first milestone's) to the last."""
    milestones = list(sub_item.milestones.all())
    if not milestones:
        return None
    days = [one.due_on for one in milestones]
    first = min(sub_item.programme.first_month, min(days).replace(day=1))
    last = max(sub_item.programme.last_month, max(days).replace(day=1))
    months = list(months_between(first, last))
    marks = _marks(steps, [_x(day, months) for day in days])
    return Strip(
        marks=marks,
        ticks=_ticks(months),
        today=_x(today, months) if first <= today < next_month(last) else None,
        height=max(mark.y for mark in marks) + ROW // 2 + 4,
    )


def _state(due_on: date, done_on: date | None, today: date) -> str:
    if done_on is not None:
        return "done"
    return "overdue" if due_on < today else "due"


def _word(due_on: date, done_on: date | None, today: date) -> str:
    if done_on is None:
        late = (today - due_on).days
        return _("overdue by %(days)d days") % {"days": late} if late > 0 else _("to come")
    late = (done_on - due_on).days
    return _("reached %(days)d days late") % {"days": late} if late > 0 else _("reached in time")


def _marks(steps: Sequence[Step], places: Sequence[int]) -> list[Mark]:
    """Each mark in the first row where it does not touch the one before."""
    rows: list[int] = []
    marks = []
    for step, x in zip(steps, places, strict=True):
        row = next((at for at, taken in enumerate(rows) if x - taken >= APART), len(rows))
        rows[row : row + 1] = [x]
        marks.append(Mark(step, x, AXIS + ROW // 2 + 4 + row * ROW))
    return marks


def _ticks(months: Sequence[date]) -> list[Tick]:
    places = [_x(month, months, at_its_end=False) for month in months]
    ends = [*places[1:], WIDTH - EDGE]
    names = words.months_side_by_side(months)
    return [Tick(place, (place + end) // 2, name) for place, end, name in zip(places, ends, names, strict=True)]


def _x(day: date, months: Sequence[date], *, at_its_end: bool = True) -> int:
    """Where ``day`` stands: months are equally wide, as the schedule counts them."""
    whole = (day.year - months[0].year) * 12 + day.month - months[0].month
    length = (next_month(day.replace(day=1)) - day.replace(day=1)).days
    along = whole + (day.day if at_its_end else day.day - 1) / length
    return round(EDGE + (WIDTH - 2 * EDGE) * along / len(months))
