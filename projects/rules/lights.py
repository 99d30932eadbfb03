"""Lights (亮灯): which one a sub-item shows, and the sentence that explains it (design §6). Pure functions."""

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.errors import DomainError
from projects.models import Light, LightPreset
from projects.rules.schedule import Plan, scheduled_percent

VERSION: Final = "1"
COMPLETE: Final = Decimal(100)


@dataclass(frozen=True)
class Rule:
    """A programme's light rule: a preset, or an edited copy of one.

    ``points``: percentage points behind schedule up to which a sub-item is green, then yellow.
    ``ratio``: actual over scheduled from which it is green, then yellow. One of the two is given.
    """

    name: str
    points: tuple[Decimal, Decimal] | None = None
    ratio: tuple[Decimal, Decimal] | None = None

    @property
    def version(self) -> str:
        """Enough to compute the same light again: the code's version, the preset and its numbers."""
        numbers = self.points or self.ratio or ()
        return f"{VERSION}:{self.name}:{'/'.join(f'{number.normalize():f}' for number in numbers)}"


PRESETS: Final = {
    LightPreset.STANDARD: Rule("standard", points=(Decimal(10), Decimal(30))),
    LightPreset.STRICT_RATIO: Rule("strict-ratio", ratio=(Decimal("0.8"), Decimal("0.6"))),
    LightPreset.HALF: Rule("half", ratio=(Decimal(1), Decimal("0.5"))),
}


def rule_of(preset: str, edited: dict[str, Any]) -> Rule:
    """The rule of a programme: its preset, with the numbers of the edited copy where there is one."""
    rule = PRESETS[LightPreset(preset)]
    numbers = edited.get("points" if rule.points else "ratio")
    if not numbers:
        return rule
    green, yellow = (Decimal(str(number)) for number in numbers)
    return Rule(rule.name, points=(green, yellow)) if rule.points else Rule(rule.name, ratio=(green, yellow))


Numbers = tuple[Decimal, Decimal]


def numbers_of(rule: Rule) -> Numbers:
    """Up to where a sub-item is green, then yellow: points behind, or actual over scheduled."""
    return rule.points or rule.ratio or (COMPLETE, COMPLETE)


def edited_rule(preset: str, numbers: Numbers) -> dict[str, Any]:
    """What a programme keeps of ``numbers``: nothing where they are the preset's own.

    Raises ``DomainError`` where they are in no order, or beyond what can be behind or done.
    """
    rule = PRESETS[LightPreset(preset)]
    green, yellow = numbers
    if rule.points and not 0 <= green <= yellow <= COMPLETE:
        raise DomainError(_("Points behind lie between 0 and 100, those of green not above those of yellow."))
    if rule.ratio and not 0 <= yellow <= green <= 1:
        raise DomainError(_("Shares of the schedule lie between 0% and 100%, that of green not below that of yellow."))
    if numbers == numbers_of(rule):
        return {}
    return {"points" if rule.points else "ratio": [f"{number.normalize():f}" for number in numbers]}


@dataclass(frozen=True)
class Inputs:
    """What a light is computed from.

    ``percent`` is the actual progress at ``on`` (``None``: nothing reported yet, or milestones without any), and
    ``scheduled`` what the plan asks by the end of ``on``. ``today`` decides only what time alone decides.
    ``planned_start`` is the sub-item's own; the programme's start, which only begins the curve, is no promise.
    """

    on: date
    today: date
    percent: Decimal | None
    scheduled: Decimal | None
    planned_start: date | None
    deadline: date | None
    firm: bool
    closed: bool = False

    def as_json(self) -> dict[str, Any]:
        return {key: value if isinstance(value, bool | None) else str(value) for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Verdict:
    light: Light
    sentence: str
    scheduled: Decimal | None


def inputs_for(
    plan: Plan,
    *,
    on: date,
    today: date,
    percent: Decimal | None,
    firm: bool,
    planned_start: date | None = None,
    closed: bool = False,
) -> Inputs:
    """The inputs of a sub-item whose plan is ``plan``, compared at the end of ``on``."""
    return Inputs(
        on=on,
        today=today,
        percent=percent,
        scheduled=scheduled_percent(plan, on),
        planned_start=planned_start,
        deadline=plan.deadline,
        firm=firm,
        closed=closed,
    )


def judge(inputs: Inputs, rule: Rule) -> Verdict:
    """The light and its sentence, in the language that is active; whoever keeps it composes it in that of the office.

    Compared at ``inputs.on``, the end of a period; afterwards only a firm deadline that passes, or a planned start
    missed by a month, changes it. A deadline that is not firm never makes red by its date.
    """
    light, sentence = _judge(inputs, rule)
    return Verdict(light, sentence, inputs.scheduled)


def _judge(inputs: Inputs, rule: Rule) -> tuple[Light, str]:
    actual = inputs.percent or Decimal(0)
    if inputs.closed:
        return Light.BLUE, _("Closed.")
    if actual >= COMPLETE:
        return Light.BLUE, _("Complete, waiting for closure.")
    overdue = _overdue(inputs, actual)
    if overdue:
        return Light.RED, overdue
    light, sentence = _compared(inputs, rule, actual)
    missed = _start_missed(inputs, actual)
    if missed and light in (Light.GREEN, Light.GREY):
        return Light.YELLOW, missed
    return light, sentence


def _overdue(inputs: Inputs, actual: Decimal) -> str:
    """The sentence of a firm deadline that has passed unfinished, else nothing."""
    deadline = inputs.deadline
    if deadline is None or not inputs.firm or deadline >= inputs.today:
        return ""
    return _("The deadline %(deadline)s has passed, progress %(actual)s, red light.") % {
        "deadline": _day(deadline),
        "actual": _number(actual),
    }


def _compared(inputs: Inputs, rule: Rule, actual: Decimal) -> tuple[Light, str]:
    if inputs.scheduled is None:
        if actual == 0:
            return Light.GREY, _("Not started; the table names no deadline to compare with.")
        return Light.GREEN, _("Progress %(actual)s; the table names no deadline to compare with.") % {
            "actual": _number(actual)
        }
    if actual == 0 and inputs.scheduled == 0:
        return Light.GREY, _("Not started, and nothing due yet.")
    if inputs.scheduled == 0:
        return Light.GREEN, _("Nothing due by %(when)s yet, actual progress %(actual)s, green light.") % {
            "when": _when(inputs.on),
            "actual": _number(actual),
        }
    behind = inputs.scheduled - actual
    light = _light(rule, actual, inputs.scheduled)
    if light == Light.RED and not inputs.firm and inputs.deadline and inputs.deadline <= inputs.on:
        # Past a deadline that is not firm, the whole lag is the date's doing: a person decides on red.
        light = Light.YELLOW
    words = {
        "when": _when(inputs.on),
        "scheduled": _number(inputs.scheduled),
        "actual": _number(actual),
        "behind": f"{abs(behind).normalize():f}",
        "light": {Light.GREEN: _("green light"), Light.YELLOW: _("yellow light"), Light.RED: _("red light")}[light],
    }
    if behind > 0:
        return light, _(
            "By %(when)s: scheduled %(scheduled)s, actual %(actual)s, %(behind)s points behind, %(light)s."
        ) % words
    if behind < 0:
        return light, _(
            "By %(when)s: scheduled %(scheduled)s, actual %(actual)s, %(behind)s points ahead, %(light)s."
        ) % words
    return (
        light,
        _("By %(when)s: scheduled %(scheduled)s, actual %(actual)s, on schedule, %(light)s.") % words,
    )


def _light(rule: Rule, actual: Decimal, scheduled: Decimal) -> Light:
    if rule.points:
        behind = scheduled - actual
        green, yellow = rule.points
        return Light.GREEN if behind <= green else Light.YELLOW if behind <= yellow else Light.RED
    green, yellow = rule.ratio or (COMPLETE, COMPLETE)
    if actual >= scheduled * green:
        return Light.GREEN
    return Light.YELLOW if actual >= scheduled * yellow else Light.RED


def _start_missed(inputs: Inputs, actual: Decimal) -> str:
    """The sentence of a planned start that is a month past with nothing begun, else nothing."""
    start = inputs.planned_start
    if start is None or actual > 0 or max(inputs.on, inputs.today) < _a_month_after(start):
        return ""
    if inputs.scheduled == 0:
        return ""  # a kind whose progress comes at once is not late before its end
    return _("Planned to start on %(start)s, not started after more than a month, yellow light.") % {
        "start": _day(start)
    }


def _a_month_after(day: date) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _when(day: date) -> str:
    """A month's end is called by its month, as offices say it (9月底)."""
    if day.day == monthrange(day.year, day.month)[1]:
        return _("the end of %(month)s") % {"month": date_format(day, "MONTH_FORMAT")}
    return date_format(day, "MONTH_DAY_FORMAT")


def _day(day: date) -> str:
    return date_format(day, "YEAR_MONTH_DAY_FORMAT")


def _number(percent: Decimal) -> str:
    return f"{percent.normalize():f}%"
