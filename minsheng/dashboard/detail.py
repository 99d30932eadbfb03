"""One sub-item as its page shows it: everything loaded in a fixed number of queries, every value ready to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Prefetch, QuerySet

from departments.models import User
from departments.permissions import (
    FILE_REPORT,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    Person,
    departments_granted,
    has_grant,
)
from funding.models import FundingLine
from funding.services.readings import with_readers
from minsheng.dashboard.addresses import list_from, month_of, overview_from, sub_item_from
from minsheng.dashboard.headline import headline_of
from minsheng.dashboard.milestones import steps_of, strip_of
from minsheng.dashboard.money import money_of
from minsheng.dashboard.months import curve_of, figures_of, month_rows, months_of
from minsheng.dashboard.reports import Reader, own_contributions, reports_of
from minsheng.dashboard.shares import share_rows
from minsheng.dashboard.targets import goals_chart, target_rows
from minsheng.dashboard.timeline import timeline_of
from minsheng.filing.assigning import may_assign
from projects.models import LightOverride, Responsibility, SubItem, Target
from projects.standing import Standpoint, stood

if TYPE_CHECKING:
    from projects.standing import StoodSubItem


@dataclass(frozen=True)
class Neighbour:
    """The sub-item before or after this one, of those the reader sees."""

    title: str
    url: str


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
    lines = with_readers(FundingLine.objects.select_related("source"))
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


def page_of(sub_item: SubItem, *, user: Person, point: Standpoint, asked: str = "") -> dict[str, Any]:
    """The page's context. Drafts, returned texts and the reasons of returns only for who may read them (design §4).

    Only the headline looks from ``point``; all else is what is known today. ``asked`` narrows the timeline.
    """
    reader = reader_of(sub_item, user)
    reports = reports_of(sub_item, user=user, reader=reader)
    months = months_of(sub_item, figures_of(sub_item))
    steps = steps_of(sub_item, point.today)
    targets = target_rows(sub_item)
    return {
        "sub_item": sub_item,
        "point": point,
        "headline": headline_of(sub_item, _stood(sub_item, point), point=point, reader=reader, reports=reports),
        "kind": sub_item.get_kind_display(),
        "progress_kind": sub_item.get_progress_kind_display(),
        "curve": curve_of(sub_item, months, point),
        "months": month_rows(months),
        "targets": targets,
        "goals": goals_chart(targets),
        "money": money_of(sub_item),
        "shares": share_rows(sub_item, point.month),
        "milestones": steps,
        "strip": strip_of(sub_item, steps, point.today),
        "overrides": [row for row in sub_item.overrides.all() if row.since <= point.on <= row.until],
        "timeline": timeline_of(
            sub_item, reports=reports, months=months, asked=asked, month=month_of(point), room=_room(sub_item)
        ),
        "reports": reports,
        "own_contributions": own_contributions(sub_item, reader),
        "overseen": reader.oversees,
        "overview_url": overview_from(point),
        "list_url": list_from(point),
        "may_supervise": reader.supervises,
        "may_hand_over": reader.supervises and sub_item.status == SubItem.Status.ACTIVE,
        "may_assign": bool(reader.units or reader.supervises)
        and sub_item.status == SubItem.Status.ACTIVE
        and isinstance(user, User)
        and may_assign(user, sub_item),
        "may_change_milestones": reader.supervises and sub_item.status == SubItem.Status.ACTIVE,
        "before": _neighbour(sub_item, user, point, after=False),
        "after": _neighbour(sub_item, user, point, after=True),
        "source": source_cells(sub_item),
    }


def _room(sub_item: SubItem) -> int:
    """How many events stand below plan and units, so that this column of the page ends at about the height of the
    other, with targets, money and milestones; in thirds of an event's height.
    """
    lines, totals = len(sub_item.funding_lines.all()), len(sub_item.funding_totals.all())
    other = 2 * len(sub_item.targets.all()) + 3 * lines + 3 * totals + 2 * len(sub_item.milestones.all())
    texts = len(sub_item.content) + sum(len(one.text) for one in sub_item.deliverables.all())
    return 5 + other // 3 - len(sub_item.responsibilities.all()) // 2 - texts // 100


def reader_of(sub_item: SubItem, user: Person) -> Reader:
    """What ``user`` is to ``sub_item``. A unit that handed it over stays a lead of what it filed."""
    mine = frozenset(departments_granted(user, FILE_REPORT, REVIEW_REPORT).order_by().values_list("pk", flat=True))
    leading = {one.department_id for one in sub_item.responsibilities.all() if one.role == Responsibility.Role.LEAD}
    jurisdiction = sub_item.programme.jurisdiction
    supervises = has_grant(user, SUPERVISE, jurisdiction)
    return Reader(
        units=mine,
        leads=bool(mine & leading),
        oversees=supervises or has_grant(user, OVERSEE, jurisdiction),
        supervises=supervises,
    )


def _stood(sub_item: SubItem, point: Standpoint) -> "StoodSubItem":
    return cast("StoodSubItem", stood(SubItem.objects.filter(pk=sub_item.pk), point).get())


def _neighbour(sub_item: SubItem, user: Person, point: Standpoint, *, after: bool) -> Neighbour | None:
    """The nearest in the official order, of what the reader sees and what counts. The month stays in the address."""
    seen = SubItem.objects.visible_to(user).counted().filter(programme=sub_item.programme_id)
    beyond = seen.filter(position__gt=sub_item.position) if after else seen.filter(position__lt=sub_item.position)
    found = beyond.select_related("project").order_by("position" if after else "-position").first()
    if found is None:
        return None
    return Neighbour(str(found), sub_item_from(point, found.pk))


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
