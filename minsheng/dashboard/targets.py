"""A sub-item's targets as bars to their goal: several in one chart, rates and yes-or-no told apart."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from minsheng.charts import Goal, Goals, Point
from minsheng.dashboard import words
from projects.models import MonthlyReport, SubItem, Target, TargetReading

Kind = Target.Kind


@dataclass(frozen=True)
class TargetRow:
    """``reading`` is the newest approved one, ``month`` its month; ``share`` how much of the goal it is."""

    text: str
    kind: str
    goal: str
    reading: str
    month: str
    share: str
    length: Decimal | None
    deliverable: str
    tracked: bool


def target_rows(sub_item: SubItem) -> list[TargetRow]:
    """Each target with its newest approved reading. ``targets`` with their deliverables are loaded; one query."""
    latest = {
        reading.target_id: reading
        for reading in TargetReading.objects.filter(
            report__sub_item=sub_item, report__state=MonthlyReport.State.APPROVED, value__isnull=False
        )
        .select_related("report__period")
        .order_by("report__period__month")
    }
    return [_row(target, latest.get(target.pk)) for target in sub_item.targets.all()]


def goals_chart(rows: list[TargetRow]) -> Goals | None:
    """All targets in one chart; one that has no share to draw stands in it with its words."""
    if not rows:
        return None
    return Goals(
        id="targets-chart",
        caption=_("Targets, each as far as it is to its goal"),
        goals=[
            Goal(
                name=_name(row),
                goal=row.goal,
                reached=_reached(row),
                share=Point(row.length, row.share),
            )
            for row in rows
        ],
    )


def _row(target: Target, reading: TargetReading | None) -> TargetRow:
    value = reading.value if reading else None
    return TargetRow(
        text=target.text,
        kind="" if target.kind == Kind.COUNT else target.get_kind_display(),
        goal=words.goal(target),
        reading=_reading(target, value),
        month=str(reading.report.period) if reading else "",
        share=_share(target, value),
        length=_length(target, value),
        deliverable=target.deliverable.marker if target.deliverable else "",
        tracked=target.tracked,
    )


def _reading(target: Target, value: Decimal | None) -> str:
    if target.kind == Kind.YES_NO and value in (0, 1):
        return _("done") if value else _("not done")
    if target.kind == Kind.RATE and value is not None:
        return words.number(value) + (target.unit or "%")
    return words.number(value)


def _share(target: Target, value: Decimal | None) -> str:
    """The share of a count. A rate is one itself and is not divided again."""
    if value is None or target.kind == Kind.COUNT:
        return words.share(value, target)
    reading = _reading(target, value)
    return _("now %(rate)s") % {"rate": reading} if target.kind == Kind.RATE else reading


def _reached(row: TargetRow) -> str:
    if not row.month:
        return row.reading
    return _("%(reading)s (%(month)s)") % {"reading": row.reading, "month": row.month}


def _length(target: Target, value: Decimal | None) -> Decimal | None:
    """Percent of the goal. A rate that must stay below its goal, and what is done or not, have no way to go."""
    if value is None or not target.goal or target.kind == Kind.YES_NO or target.minimum is None:
        return None
    return value / target.goal * 100


def _name(row: TargetRow) -> str:
    marks = [mark for mark in (row.kind, "" if row.tracked else _("not asked each month")) if mark]
    name = f"{row.deliverable} {row.text}".strip()
    return f"{name} [{', '.join(marks)}]" if marks else name
