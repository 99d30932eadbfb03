"""The lines of the form: a target or a funding line with its boxes, the last values, and whether anything changed."""

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BoundField

from departments.models import Department
from funding.models import FundingLine, LineAssignment
from funding.money import show_stage
from funding.services.readings import LineReading
from minsheng.dashboard import words
from minsheng.filing.content import content_from, content_of
from minsheng.filing.contributions import Contributed
from minsheng.filing.opened_form import stages_of
from minsheng.filing.panel import Shares
from minsheng.filing.remarks import Asked, unanswered
from minsheng.filing.services import Sheet
from projects.models import MonthlyReport, Target


@dataclass(frozen=True)
class Box:
    """One box of a line; ``shown`` is what it says, ``last`` what was last submitted, empty where nothing was."""

    field: BoundField
    last: str
    shown: str
    value: Decimal | None
    last_value: Decimal | None

    @property
    def name(self) -> str:
        return str(self.field.name)


@dataclass(frozen=True)
class Line:
    """``unchanged``: every box says what was last submitted; such a line folds, unless something is said about it."""

    boxes: list[Box]
    compared: bool
    noticed: bool

    @property
    def unchanged(self) -> bool:
        return self.compared and all(box.value == box.last_value for box in self.boxes)

    @property
    def is_open(self) -> bool:
        return self.noticed or not self.unchanged


@dataclass(frozen=True)
class TargetLine(Line):
    """``shares`` are what the other units say of it."""

    target: Target
    shares: Shares | None = None

    @property
    def total(self) -> Decimal | None:
        return self.shares.total if self.shares else None

    @property
    def field(self) -> str:
        """The key under which something is remarked at it."""
        return f"target_{self.target.pk}"

    @property
    def differs_from_total(self) -> bool:
        return self.total is not None and self.boxes[0].value != self.total

    @property
    def is_open(self) -> bool:
        return super().is_open or self.differs_from_total or bool(self.shares and self.shares.changed)

    @property
    def goal(self) -> str:
        return words.goal(self.target)

    @property
    def share(self) -> str:
        return words.share(self.boxes[0].value, self.target)


@dataclass(frozen=True)
class Elsewhere:
    """A money line that another unit reads: what counts of it, who read it or that nobody has, and what the filing
    unit's own draft said of it before (``before``), which does not count. ``again``: it was remarked on since it was
    read. ``given`` says who assigned it. ``was_carried``: the report itself had only carried ``before`` on;
    ``was_counted``: it was sent off with it, read by another unit or carried on. ``as_last``: what counts is what was
    last submitted.
    """

    one: Contributed
    amounts: list[tuple[Any, str]]
    is_read: bool
    before: list[tuple[Any, str]]
    again: bool = False
    given: LineAssignment | None = None
    was_carried: bool = False
    was_counted: bool = False
    as_last: bool = True


@dataclass(frozen=True)
class MoneyLine(Line):
    """A line with its boxes; one that is read ``elsewhere`` has none. ``in_others``: the unit that reads it in other
    months than this one.
    """

    line: FundingLine
    elsewhere: Elsewhere | None = None
    in_others: Department | None = None

    @property
    def field(self) -> str:
        """The key under which something is remarked at it."""
        return f"money_{self.line.pk}"


def elsewhere_of(sheet: Sheet, line: FundingLine, counted: LineReading, asked: Asked) -> Elsewhere:
    """``line`` as the form shows it in words; ``counted`` is what the report says of it, ``asked`` what its return."""
    one, report = sheet.assigned[line.pk], sheet.report
    held = content_of(report).money.get(line.pk) if report is not None and report.version else None
    before = [
        (label, show_stage(getattr(held, stage)))
        for stage, label in stages_of(line)
        if held is not None and getattr(held, stage) != getattr(counted, stage)
    ]
    amounts = amounts_of(line, counted)
    again = unanswered(asked, [line], one.newest)
    return Elsewhere(
        one,
        amounts,
        line.pk in one.money,
        before,
        again=bool(again),
        given=line.assigned_in(sheet.period.month, sheet.first_submission),
        was_carried=line.pk in sheet.carried,
        was_counted=bool(before) and report is not None and _was_counted(report, line.pk, held),
        as_last=counted == sheet.last.money.get(line.pk),
    )


def _was_counted(report: MonthlyReport, line: int, held: LineReading | None) -> bool:
    """Whether what the report holds of a line is what it said at its newest step, and no words of its filer's own."""
    newest = report.events.order_by("pk").last()
    if newest is None:
        return False
    others = newest.snapshot.get("lines_read", {}).keys() | newest.snapshot.get("lines_unread", {}).keys()
    return str(line) in others and content_from(newest).money.get(line) == held


def amounts_of(line: FundingLine, reading: LineReading) -> list[tuple[Any, str]]:
    """What is said of ``line``: what each amount is, and the amount in 万元."""
    return [(label, show_stage(getattr(reading, stage))) for stage, label in stages_of(line)]


@dataclass(frozen=True)
class LeftBehind:
    """What a unit had drafted of a line that ``unit`` reads by now."""

    line: FundingLine
    unit: Department | None
    amounts: list[tuple[Any, str]]


def noticed(boxes: list[Box], fields: Container[str]) -> bool:
    """Whether something is wrong with, or said about, one of the boxes."""
    return any(box.field.errors or box.name in fields for box in boxes)
