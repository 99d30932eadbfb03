"""The plan curve of a sub-item month by month, beside the figures kept of each month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from minsheng.charts import Curve, Milestone, Point
from minsheng.dashboard import words
from projects.models import PeriodFigure, SubItem
from projects.rules.periods import months_between, next_month
from projects.rules.schedule import Plan, scheduled_percent
from projects.services.figures import plan_of
from projects.standing import Standpoint

ONE_DAY = date.resolution


@dataclass(frozen=True)
class Month:
    """A month of the curve. ``scheduled`` is what was kept with its newest figure, else what the present plan asks."""

    first: date
    scheduled: Decimal | None
    figures: tuple[PeriodFigure, ...] = ()

    @property
    def newest(self) -> PeriodFigure | None:
        return next((figure for figure in reversed(self.figures) if figure.newest), None)


@dataclass(frozen=True)
class MonthRow:
    """A figure kept of a month, or a month without one. ``month`` is its name; ``key`` the month as it stands in an
    address, 2023-08, where a figure was kept of it. ``superseded``: a later row of the month corrects it.
    """

    month: str
    scheduled: str
    key: str = ""
    percent: str = ""
    light: str = ""
    sentence: str = ""
    secured: str = ""
    spent: str = ""
    unit: str = ""
    correction: str = ""
    superseded: bool = False


def figures_of(sub_item: SubItem) -> list[PeriodFigure]:
    """All figures kept of ``sub_item``, corrections included, the oldest month first. One query."""
    figures = sub_item.figures.select_related("period", "by__department")
    return list(figures.order_by("period__month", "sequence"))


def months_of(sub_item: SubItem, figures: Iterable[PeriodFigure]) -> list[Month]:
    """Every month of the programme, and each further one of which a figure was kept."""
    plan = plan_of(sub_item)
    kept: dict[date, list[PeriodFigure]] = {}
    for figure in figures:
        kept.setdefault(figure.period.month, []).append(figure)
    programme = sub_item.programme
    firsts = sorted({*months_between(programme.first_month, programme.last_month), *kept})
    return [_month(plan, first, kept.get(first, [])) for first in firsts]


def curve_of(sub_item: SubItem, months: list[Month], point: Standpoint) -> Curve | None:
    """Scheduled against actual; ``None`` where the plan names no end and nothing is known."""
    if all(month.scheduled is None and month.newest is None for month in months):
        return None
    firsts = [month.first for month in months]
    names = {first: _label(first, firsts) for first in firsts}
    return Curve(
        id="curve",
        caption=_("Scheduled and actual progress by month, in percent"),
        months=list(names.values()),
        scheduled=[Point(month.scheduled, words.percent(month.scheduled)) for month in months],
        actual=[_actual(month.newest) for month in months],
        milestones=_marks(sub_item, names),
        as_of=names.get(point.compared.month, "") if point.compared else "",
    )


def month_rows(months: Iterable[Month]) -> list[MonthRow]:
    """Each figure kept, month by month, corrections below what they correct."""
    rows: list[MonthRow] = []
    for month in months:
        name = words.year_month(month.first)
        rows += [_row(name, figure) for figure in month.figures] or [MonthRow(name, words.percent(month.scheduled))]
    return rows


def correction_of(figure: PeriodFigure) -> str:
    """That a figure corrects an earlier one of its month or what had been carried on, and why."""
    if figure.cause != PeriodFigure.Cause.CORRECTION and figure.sequence == 1:
        return ""
    return _("correction: %(reason)s") % {"reason": figure.reason} if figure.reason else _("correction")


def _month(plan: Plan, first: date, figures: list[PeriodFigure]) -> Month:
    newest = next((figure for figure in reversed(figures) if figure.newest), None)
    if newest is not None and newest.scheduled_percent is not None:
        return Month(first, newest.scheduled_percent, tuple(figures))
    return Month(first, scheduled_percent(plan, next_month(first) - ONE_DAY), tuple(figures))


def _actual(figure: PeriodFigure | None) -> Point:
    if figure is None:
        return Point(None)
    return Point(figure.percent, f"{words.percent(figure.percent)} {words.light_word(figure.light)}")


def _label(first: date, among: list[date]) -> str:
    """The month's short name where all are of one year."""
    return words.month(first) if among[0].year == among[-1].year else words.year_month(first)


def _marks(sub_item: SubItem, names: dict[date, str]) -> list[Milestone]:
    """Milestones within the curve's months, at what is scheduled on their day."""
    plan = plan_of(sub_item)
    return [
        Milestone(
            month=names[step.due_on.replace(day=1)],
            name=step.name,
            percent=scheduled_percent(plan, step.due_on) or Decimal(0),
            done=step.done_on is not None,
        )
        for step in sub_item.milestones.all()
        if step.due_on.replace(day=1) in names
    ]


def _row(month: str, figure: PeriodFigure) -> MonthRow:
    return MonthRow(
        month=month,
        scheduled=words.percent(figure.scheduled_percent),
        key=f"{figure.period.month:%Y-%m}",
        percent=words.percent(figure.percent),
        light=figure.light,
        sentence=figure.sentence,
        secured=words.stage(figure.secured),
        spent=words.stage(figure.spent),
        unit=figure.department_name,
        correction=correction_of(figure),
        superseded=not figure.newest,
    )
