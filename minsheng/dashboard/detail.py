"""One sub-item as its page shows it: everything loaded in a fixed number of queries, every value ready to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from departments.permissions import (
    FILE_REPORT,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    Person,
    departments_granted,
    jurisdictions_granted,
)
from funding.models import FundingLine
from minsheng.dashboard import services, words
from minsheng.dashboard.money import money_of
from minsheng.dashboard.reports import Reader, reports_of
from minsheng.dashboard.rows import rows_of
from projects.models import (
    LightOverride,
    MonthlyReport,
    PeriodFigure,
    Responsibility,
    SubItem,
    Target,
    TargetReading,
)
from projects.rules.periods import months_between, next_month
from projects.rules.schedule import scheduled_percent
from projects.services.figures import plan_of


@dataclass(frozen=True)
class Share:
    """A unit's part in the sub-item. ``is_open``: nobody has named the unit yet."""

    name: str
    role: str
    files: bool
    is_open: bool
    origin: str
    months: str
    past: bool


@dataclass(frozen=True)
class TargetRow:
    text: str
    goal: str
    reading: str
    month: str
    share: str
    deliverable: str
    tracked: bool


@dataclass(frozen=True)
class MonthRow:
    """A month of the plan curve, with what was kept of it. ``superseded``: a later row of the month corrects it."""

    month: str
    scheduled: str
    percent: str = ""
    light: str = ""
    shape: str = ""
    light_word: str = ""
    sentence: str = ""
    secured: str = ""
    spent: str = ""
    unit: str = ""
    correction: str = ""
    superseded: bool = False


@dataclass(frozen=True)
class SourceCell:
    """What stood in a cell of the official table."""

    field: str
    cell: str
    text: str


def loaded(sub_items: QuerySet[SubItem]) -> QuerySet[SubItem]:
    """``sub_items`` with all that one page needs of the plan."""
    shares = Responsibility.objects.select_related("department__parent", "group_origin")
    targets = Target.objects.select_related("deliverable")
    lines = FundingLine.objects.select_related("source")
    overrides = LightOverride.objects.select_related("by__department")
    return sub_items.select_related("programme__jurisdiction", "project", "figure_period").prefetch_related(
        "deliverables",
        "milestones",
        "funding_totals",
        Prefetch("targets", targets),
        Prefetch("funding_lines", lines),
        Prefetch("responsibilities", shares),
        Prefetch("overrides", overrides),
    )


def page_of(sub_item: SubItem, *, user: Person, today: date) -> dict[str, Any]:
    """The page's context. Drafts, returned texts and the reasons of returns only for who may read them (design §4)."""
    period = services.present_period(sub_item.programme, today)
    reader = reader_of(sub_item, user)
    return {
        "sub_item": sub_item,
        "period": period,
        "row": rows_of([sub_item], user=user, period=period, today=today)[0],
        "kind": sub_item.get_kind_display(),
        "progress_kind": sub_item.get_progress_kind_display(),
        "milestones": milestone_rows(sub_item, today),
        "shares": share_rows(sub_item),
        "targets": target_rows(sub_item),
        "money": money_of(sub_item),
        "overrides": [row for row in sub_item.overrides.all() if row.holds_on(today)],
        "months": month_rows(sub_item),
        "reports": reports_of(sub_item, user=user, reader=reader),
        "overseen": reader.oversees,
        "source": source_cells(sub_item),
    }


def reader_of(sub_item: SubItem, user: Person) -> Reader:
    """What ``user`` is to ``sub_item``. A unit that handed it over stays a lead of what it filed."""
    mine = frozenset(departments_granted(user, FILE_REPORT, REVIEW_REPORT).order_by().values_list("pk", flat=True))
    leading = {one.department_id for one in sub_item.responsibilities.all() if one.role == Responsibility.Role.LEAD}
    reach = jurisdictions_granted(user, SUPERVISE, OVERSEE)
    return Reader(
        units=mine,
        leads=bool(mine & leading),
        oversees=reach.filter(pk=sub_item.programme.jurisdiction_id).exists(),
    )


def share_rows(sub_item: SubItem) -> list[Share]:
    """Present responsibilities first, leads before assisting units; then those handed over."""
    rows = [
        Share(
            name=one.department.full_name if one.department else one.stated_as,
            role=one.get_role_display(),
            files=one.files and one.until is None,
            is_open=one.is_open,
            origin=str(one.group_origin) if one.group_origin and not one.is_open else "",
            months=_held(one.since, one.until),
            past=one.until is not None,
        )
        for one in sub_item.responsibilities.all()
    ]
    return sorted(rows, key=lambda row: row.past)


def _held(since: date | None, until: date | None) -> str:
    months = {"since": _month(since), "until": _month(until)}
    if since and until:
        return _("%(since)s to %(until)s") % months
    if since:
        return _("from %(since)s") % months
    return _("until %(until)s, handed over") % months if until else ""


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""


def target_rows(sub_item: SubItem) -> list[TargetRow]:
    """Each target with its newest approved reading."""
    latest = {
        reading.target_id: reading
        for reading in TargetReading.objects.filter(
            report__sub_item=sub_item, report__state=MonthlyReport.State.APPROVED, value__isnull=False
        )
        .select_related("report__period")
        .order_by("report__period__month")
    }
    rows = []
    for target in sub_item.targets.all():
        reading = latest.get(target.pk)
        value = reading.value if reading else None
        rows.append(
            TargetRow(
                text=target.text,
                goal=words.goal(target),
                reading=words.number(value),
                month=str(reading.report.period) if reading else "",
                share=words.share(value, target),
                deliverable=target.deliverable.marker if target.deliverable else "",
                tracked=target.tracked,
            )
        )
    return rows


def milestone_rows(sub_item: SubItem, today: date) -> list[dict[str, Any]]:
    whole = sum((step.weight for step in sub_item.milestones.all()), Decimal(0))
    return [
        {
            "name": step.name,
            "due_on": words.day(step.due_on),
            "weight": words.percent(step.weight / whole * 100),
            "done_on": words.day(step.done_on),
            "late": step.done_on is None and step.due_on < today,
        }
        for step in sub_item.milestones.all()
    ]


def month_rows(sub_item: SubItem) -> list[MonthRow]:
    """Every month of the programme: the plan curve, and each figure kept of the month, corrections included."""
    plan = plan_of(sub_item)
    kept: dict[date, list[PeriodFigure]] = {}
    for figure in sub_item.figures.select_related("period").order_by("period__month", "sequence"):
        kept.setdefault(figure.period.month, []).append(figure)
    programme = sub_item.programme
    rows = []
    for month in sorted({*months_between(programme.first_month, programme.last_month), *kept}):
        scheduled = words.percent(scheduled_percent(plan, next_month(month) - timedelta(days=1)))
        figures = kept.get(month, [])
        rows += [_figure_row(figure, scheduled) for figure in figures] or [MonthRow(_month(month), scheduled)]
    return rows


def _figure_row(figure: PeriodFigure, scheduled: str) -> MonthRow:
    correction = ""
    if figure.cause == PeriodFigure.Cause.CORRECTION or figure.sequence > 1:
        correction = _("correction: %(reason)s") % {"reason": figure.reason} if figure.reason else _("correction")
    return MonthRow(
        month=_month(figure.period.month),
        scheduled=scheduled if figure.newest else words.percent(figure.scheduled_percent),
        percent=words.percent(figure.percent),
        light=figure.light,
        shape=words.SHAPES[figure.light],  # type: ignore[index]
        light_word=words.light_word(figure.light),
        sentence=figure.sentence,
        secured=words.stage(figure.secured),
        spent=words.stage(figure.spent),
        unit=figure.department_name,
        correction=correction,
        superseded=not figure.newest,
    )


def source_cells(sub_item: SubItem) -> list[SourceCell]:
    """The row of the official table as it came: ``source_cells`` maps a field to its address and text."""
    return list(_cells(sub_item.source_cells.items()))


def _cells(items: Iterable[tuple[str, Any]]) -> Iterable[SourceCell]:
    for field, value in items:
        if isinstance(value, dict):
            yield SourceCell(field, str(value.get("cell", "")), str(value.get("text", "")))
        elif isinstance(value, list | tuple) and len(value) == 2:
            yield SourceCell(field, str(value[0]), str(value[1]))
        else:
            yield SourceCell(field, "", str(value))
