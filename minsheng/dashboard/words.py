"""Dashboard values as ready words: lights, deadlines, goals, units. Pure functions over loaded rows."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from departments.models import Department
from funding.money import show_wan
from projects.models import Light, SubItem, Target

NOTHING: Final = "—"  # an em dash: nothing to show here
SHAPES: Final = {Light.RED: "■", Light.YELLOW: "▲", Light.GREEN: "●", Light.GREY: "○", Light.BLUE: "◆"}
LIGHTS: Final[dict[str, Promise]] = {
    Light.RED: gettext_lazy("Red light"),
    Light.YELLOW: gettext_lazy("Yellow light"),
    Light.GREEN: gettext_lazy("Green light"),
    Light.GREY: gettext_lazy("Not started"),
    Light.BLUE: gettext_lazy("Complete, awaiting closure"),
}


def light_word(light: str, *, closed: bool = False) -> str:
    """The light's word; blue has two, 已完成待销号 and 已销号."""
    if light == Light.BLUE and closed:
        return pgettext("light", "Closed")
    return str(LIGHTS.get(light, NOTHING))


def percent(value: Decimal | None) -> str:
    return NOTHING if value is None else f"{value:.1f}%"


def number(value: Decimal | None) -> str:
    """A count or rate with separators and no idle zeros.

    >>> number(Decimal("1452.5000"))
    '1,452.5'
    """
    return NOTHING if value is None else f"{value.normalize():,f}"


def money(amount: Decimal | None, *, approx: bool = False) -> str:
    """万元 without its unit, to two places; an approximate amount says so, one nobody has decided is 未定."""
    if amount is None or not approx:
        return show_wan(amount)
    return _("about %(amount)s") % {"amount": show_wan(amount)}


def stage(amount: Decimal | None) -> str:
    """What is applied for, secured or spent; a dash where nobody has said: only a plan can be 未定."""
    return NOTHING if amount is None else show_wan(amount)


def day(value: date | None) -> str:
    return value.isoformat() if value else NOTHING


def deadline(sub_item: SubItem) -> str:
    """The deadline to the precision the table gives; the table's own words where it names no date."""
    when = sub_item.deadline
    if when is None:
        return sub_item.deadline_text or NOTHING
    parts = {"year": when.year, "quarter": (when.month + 2) // 3}
    match sub_item.deadline_precision:
        case SubItem.Precision.MONTH:
            return _("end of %(month)s") % {"month": date_format(when, "YEAR_MONTH_FORMAT")}
        case SubItem.Precision.QUARTER:
            return _("quarter %(quarter)d of %(year)d") % parts
        case SubItem.Precision.HALF:
            first = _("first half of %(year)d") % parts
            return first if when.month <= 6 else _("second half of %(year)d") % parts
        case SubItem.Precision.YEAR:
            return _("end of %(year)d") % parts
    return when.isoformat()


def is_overdue(sub_item: SubItem, today: date) -> bool:
    """Whether the deadline has passed and the sub-item is neither complete nor withdrawn."""
    done = sub_item.light == Light.BLUE or sub_item.status != SubItem.Status.ACTIVE
    return not done and sub_item.deadline is not None and sub_item.deadline < today


def unit_name(unit: Department) -> str:
    """A unit's full name; a section stands behind its unit. ``unit.parent`` is loaded."""
    if unit.parent is None:
        return unit.name
    return _("%(unit)s (%(section)s)") % {"unit": unit.parent.name, "section": unit.name}


def goal(target: Target) -> str:
    """What a target promises, with its qualifier: 约60户, 不少于500个, 1至2个."""
    if target.kind == Target.Kind.YES_NO:
        return _("to be done")
    low, high = target.minimum, target.maximum
    unit = target.unit or ("%" if target.kind == Target.Kind.RATE else "")
    suffix = unit + (f"/{target.per}" if target.per else "")
    if low is not None and high is not None:
        if low != high:
            return _("%(low)s to %(high)s%(unit)s") % {"low": number(low), "high": number(high), "unit": suffix}
        form = _("about %(number)s%(unit)s") if target.approx else "%(number)s%(unit)s"
        return form % {"number": number(low), "unit": suffix}
    if low is not None:
        return _("at least %(number)s%(unit)s") % {"number": number(low), "unit": suffix}
    if high is not None:
        return _("at most %(number)s%(unit)s") % {"number": number(high), "unit": suffix}
    return NOTHING


def share(value: Decimal | None, target: Target) -> str:
    """How much of the goal is reached; nothing where there is no goal to divide by."""
    if value is None or not target.goal or target.kind == Target.Kind.RATE:
        return NOTHING
    return percent(value / target.goal * 100)
