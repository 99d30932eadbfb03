"""The lines of the form: a target or a funding line with its boxes, the last values, and whether anything changed."""

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from django.forms import BoundField

from funding.models import FundingLine
from minsheng.dashboard import words
from minsheng.filing.contributions import Contributed
from minsheng.filing.drafts import Clash
from projects.models import Target


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
class ClashRow:
    """A field that two people changed at once, both texts in words."""

    clash: Clash
    label: str
    mine: str
    theirs: str


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
    target: Target
    total: Decimal | None = None  # of what the units have contributed

    @property
    def field(self) -> str:
        """The key under which something is remarked at it."""
        return f"target_{self.target.pk}"

    @property
    def differs_from_total(self) -> bool:
        return self.total is not None and self.boxes[0].value != self.total

    @property
    def goal(self) -> str:
        return words.goal(self.target)

    @property
    def share(self) -> str:
        return words.share(self.boxes[0].value, self.target)


@dataclass(frozen=True)
class MoneyLine(Line):
    """``read_by`` is who has read it for this month, ``assigned`` who is to."""

    line: FundingLine
    read_by: Contributed | None = None
    assigned: Contributed | None = None

    @property
    def field(self) -> str:
        """The key under which something is remarked at it."""
        return f"money_{self.line.pk}"


def noticed(boxes: list[Box], fields: Container[str]) -> bool:
    """Whether something is wrong with, or said about, one of the boxes."""
    return any(box.field.errors or box.name in fields for box in boxes)
