"""A nil report carries the last figures: what other units have contributed meanwhile is not in it. Whoever submits one
is told of them, and asked once more.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from departments import language
from departments.errors import DomainError
from minsheng.filing.content import Content
from minsheng.filing.contributions import Contributed, adds_up, sum_of

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet

NIL: Final = "nil"
SURE: Final = "sure-nil-"  # a nil report all the same; what follows is the newest contribution that was seen


class LeavesOut(DomainError):
    """A nil report without what ``units`` have contributed; ``newest`` is the key of the newest of their versions."""

    def __init__(self, units: Iterable[Contributed]) -> None:
        left = list(units)
        self.newest = max(one.newest.pk for one in left if one.newest)
        super().__init__(sentence(left))


def sentence(units: Iterable[Contributed]) -> str:
    """That a nil report would be without what ``units`` have contributed."""
    names = [one.unit.full_name for one in units]
    words = {"units": language.listed(names), "count": len(names)}
    told = _(
        "%(count)d units have contributed news that a nil report leaves out: %(units)s. Take it over and file an"
        " ordinary report, or submit the nil report all the same."
    )
    return told % words


def left_out(sheet: "Sheet", content: Content) -> list[Contributed]:
    """The units whose text was not taken over, or whose share makes another sum than the figure that a nil report
    carries (``content``). One that has nothing new to say is none of them.
    """
    others = {
        target.pk
        for target in sheet.targets
        if adds_up(target)
        and sum_of(sheet.contributed, target.pk) not in (None, content.targets.get(target.pk) or Decimal(0))
    }
    said = [one for one in sheet.contributed if one.newest and not one.content.is_nil]
    return [one for one in said if one.is_text_new or others & one.shares.keys()]


def step_of(sent: str) -> tuple[str, int]:
    """The step that the button asks for, and the newest contribution that its presser has been told of."""
    known = sent.removeprefix(SURE)
    return (NIL, int(known)) if sent.startswith(SURE) and known.isdecimal() else (sent, 0)
