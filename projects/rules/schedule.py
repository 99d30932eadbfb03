"""Scheduled progress (序时进度): how far a plan should have come by the end of a day. Pure functions."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from projects.models import SubItem

# Kinds whose progress comes at once: nothing until the last milestone or the deadline, then everything.
AT_ONCE: Final = frozenset({SubItem.Kind.INSURANCE, SubItem.Kind.SUBSIDY, SubItem.Kind.POLICY})


@dataclass(frozen=True)
class Step:
    """A milestone: when it is due, its weight, and since when it is reached."""

    due_on: date
    weight: Decimal
    done_on: date | None = None


@dataclass(frozen=True)
class Plan:
    """What the plan curve is drawn from. ``starts_on`` is the sub-item's own start, else its programme's."""

    starts_on: date
    deadline: date | None
    at_once: bool = False
    by_milestones: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def ends_on(self) -> date | None:
        """When everything is due: the deadline, else the last milestone; ``None`` where the plan names neither."""
        return self.deadline or max((step.due_on for step in self.steps), default=None)


def scheduled_percent(plan: Plan, on: date) -> Decimal | None:
    """Percent of the plan due by the end of the day ``on``, 0.0 to 100.0; ``None`` where it names no end.

    Time runs in months, each as long as any other, as offices count it: nine months of a year are 75.0 %.

    >>> year = Plan(date(2023, 1, 1), date(2023, 12, 31))
    >>> scheduled_percent(year, date(2023, 9, 30))
    Decimal('75.0')
    >>> scheduled_percent(Plan(date(2023, 4, 1), date(2023, 12, 31)), date(2023, 9, 30))
    Decimal('66.7')
    >>> scheduled_percent(Plan(date(2023, 1, 1), date(2023, 12, 31), at_once=True), date(2023, 11, 30))
    Decimal('0.0')
    """
    end = plan.ends_on
    if end is None:
        return None
    if plan.by_milestones and plan.steps:
        return _percent(_weight(plan.steps, due_by=on))
    if plan.at_once:
        last = max((step.due_on for step in plan.steps), default=end)
        return _percent(Fraction(int(on >= last)))
    return _percent(_along(_corners(plan, end), _month_count(on)))


def reached_percent(steps: Sequence[Step], on: date) -> Decimal | None:
    """Percent of the milestones' weight reached by ``on``, for sub-items judged by milestones only.

    ``None`` without milestones: there is nothing to judge by.
    """
    if not steps:
        return None
    done = [step for step in steps if step.done_on is not None and step.done_on <= on]
    return _percent(_share(done, steps))


def _corners(plan: Plan, end: date) -> list[tuple[Fraction, Fraction]]:
    """The curve's corners as (month count, share): the start, each milestone with the weight due by then, the end.

    Milestones divide the whole between them. After the last one nothing is left; a deadline before it does not
    hurry the milestones: they are the finer plan.
    """
    start = _month_count(plan.starts_on, at_its_end=False)
    if not plan.steps:
        return [(start, Fraction(0)), (_month_count(end), Fraction(1))]
    days = sorted({step.due_on for step in plan.steps})
    return [(start, Fraction(0)), *((_month_count(day), _weight(plan.steps, due_by=day)) for day in days)]


def _along(corners: list[tuple[Fraction, Fraction]], moment: Fraction) -> Fraction:
    """The share at ``moment`` on the line through ``corners`` (ordered by time), level before and after."""
    share = Fraction(0)
    before = corners[0][0]
    for when, then in corners[1:]:
        if moment >= when:
            share, before = then, max(before, when)
        elif moment <= before:
            return share
        else:
            return share + (then - share) * (moment - before) / (when - before)
    return share


def _weight(steps: Sequence[Step], *, due_by: date) -> Fraction:
    return _share([step for step in steps if step.due_on <= due_by], steps)


def _share(some: Sequence[Step], all_of: Sequence[Step]) -> Fraction:
    whole = sum((Fraction(step.weight) for step in all_of), Fraction(0))
    return sum((Fraction(step.weight) for step in some), Fraction(0)) / whole if whole else Fraction(0)


def _month_count(day: date, *, at_its_end: bool = True) -> Fraction:
    """Months since year 0 to the end (or the beginning) of ``day``, its month divided by its own days."""
    days = monthrange(day.year, day.month)[1]
    return Fraction(day.year * 12 + day.month - 1) + Fraction(day.day - (0 if at_its_end else 1), days)


def _percent(share: Fraction) -> Decimal:
    tenths = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return tenths.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
