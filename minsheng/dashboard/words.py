"""Dashboard values as ready words: lights, deadlines, goals; money and figures as everywhere. Pure functions."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from departments import language
from departments.models import Department
from funding.money import show_stage as stage
from funding.money import show_wan as money
from minsheng.words import NOTHING, number, percent
from projects.models import Light, SubItem, Target
from projects.standing import Standpoint

__all__ = [
    "LIGHTS",
    "NOTHING",
    "SHAPES",
    "by_present_plan",
    "day",
    "deadline",
    "goal",
    "is_overdue",
    "light_word",
    "money",
    "month",
    "month_among",
    "months_side_by_side",
    "number",
    "percent",
    "seen_from",
    "share",
    "stage",
    "unit_name",
    "year_month",
]

SHAPES: Final = {Light.RED: "■", Light.YELLOW: "▲", Light.GREEN: "●", Light.GREY: "○", Light.BLUE: "◆"}
LIGHTS: Final[dict[str, Promise]] = {
    Light.RED: pgettext_lazy("light", "Red"),
    Light.YELLOW: pgettext_lazy("light", "Yellow"),
    Light.GREEN: pgettext_lazy("light", "Green"),
    Light.GREY: gettext_lazy("Not started"),
    Light.BLUE: pgettext_lazy("light", "Complete"),
}


def light_word(light: str, *, closed: bool = False) -> str:
    """The light's word; blue has two, 已完成待销号 and 已销号."""
    if light == Light.BLUE and closed:
        return pgettext("light", "Closed")
    return str(LIGHTS.get(light, NOTHING))


def day(value: date | None) -> str:
    return value.isoformat() if value else NOTHING


def year_month(value: date | None) -> str:
    """A month beyond its programme's year: 2023年9月."""
    return language.year_month(value) if value else NOTHING


def kept_month(value: str) -> str:
    """A month as addresses and records keep it (2023-09), in words."""
    return language.year_month(date.fromisoformat(f"{value}-01"))


def month(value: date) -> str:
    """A month within its programme, short: 9月, Sep."""
    return date_format(value, pgettext("date format of a month in its year", "M"))


def month_among(point: Standpoint) -> str:
    """The month before the one compared, short where both are of one year: 8月, 2022年12月."""
    before, compared = point.before, point.compared
    if before is None or compared is None:
        return ""
    return month(before.month) if before.month.year == compared.month.year else str(before)


def months_side_by_side(months: Iterable[date]) -> list[str]:
    """Months as heads and buttons beside each other, short; of several years, the first of each says which.

    >>> months_side_by_side(date(2023, month, 1) for month in (1, 2))
    ['1月', '2月']
    >>> months_side_by_side([date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)])
    ['2023年12月', '2024年1月', '2月']
    """
    shown = list(months)
    several = len({one.year for one in shown}) > 1
    begins = (at == 0 or one.year != shown[at - 1].year for at, one in enumerate(shown))
    return [
        language.year_month(one) if several and first else month(one) for one, first in zip(shown, begins, strict=True)
    ]


def seen_from(point: Standpoint) -> str:
    """From when the figures are, for a page's head and for files."""
    if point.period is None:
        return _("As it stands now")
    if point.running:
        return _("%(month)s has not ended: only the figures kept so far") % {"month": point.period}
    return _("As approved at the end of %(month)s") % {"month": point.period}


def by_present_plan() -> str:
    """Said of a past month where something of it was not kept."""
    return _("Milestones, deadlines and the planned money of each source are by the plan as it stands now")


def deadline(sub_item: SubItem) -> str:
    """The deadline to the precision the table gives; the table's own words where it names no date."""
    when = sub_item.deadline
    if when is None:
        return sub_item.deadline_text or NOTHING
    parts = {"year": when.year, "quarter": (when.month + 2) // 3}
    match sub_item.deadline_precision:
        case SubItem.Precision.MONTH:
            short = date_format(when, pgettext("date format of a month with its year, short", "M Y"))
            return _("%(month)s (end)") % {"month": short}
        case SubItem.Precision.QUARTER:
            return _("Q%(quarter)d %(year)d") % parts
        case SubItem.Precision.HALF:
            first = _("%(year)d, first half") % parts
            return first if when.month <= 6 else _("%(year)d, second half") % parts
        case SubItem.Precision.YEAR:
            return _("%(year)d (end)") % parts
    return when.isoformat()


def is_overdue(sub_item: SubItem, today: date) -> bool:
    """Whether the deadline has passed and the sub-item is neither complete nor withdrawn."""
    done = sub_item.light == Light.BLUE or sub_item.status != SubItem.Status.ACTIVE
    return not done and sub_item.deadline is not None and sub_item.deadline < today


def unit_name(unit: Department) -> str:
    return unit.full_name


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
