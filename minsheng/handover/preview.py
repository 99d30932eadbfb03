"""A hand-over before it is written: who files which month, what goes over, and what cannot."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from departments.models import Department
from minsheng.handover.months import Span, spans
from minsheng.handover.services import Share, holds, present_of, succeeded
from projects.models import MonthlyReport, Programme, Responsibility, SubItem
from projects.rules.periods import months_between
from projects.services import shifts
from projects.services.shifts import Bound


@dataclass(frozen=True)
class Preview:
    """One sub-item: ``spans`` say who files which month, ``drafts`` which begun months go over, ``refusal`` why none
    can.
    """

    sub_item: SubItem
    token: str
    spans: list[Span]
    drafts: list[date]
    refusal: str = ""
    part: Responsibility | None = None  # what the unit that hands over holds
    filing: Department | None = None  # who files then

    @property
    def key(self) -> str:
        return f"{self.sub_item.pk}:{self.token}"


def months_of(programme: Programme) -> list[date]:
    return list(months_between(programme.first_month, programme.last_month))


def units_of(programme: Programme) -> list[Department]:
    """The units that may be responsible: those of the jurisdiction that have not ended."""
    units = Department.objects.filter(jurisdiction=programme.jurisdiction).select_related("parent")
    return list(units.active(programme.first_month).official_order())


def holders_of(programme: Programme) -> list[Department]:
    """The units, and units of sections, that are responsible for something in the programme."""
    held = Responsibility.objects.current().filter(sub_item__programme=programme, department__isnull=False)
    units = Department.objects.filter(Q(pk__in=held.values("department")) | Q(sections__in=held.values("department")))
    return list(units.distinct().select_related("parent").official_order())


def previews(
    programme: Programme, sub_items: Sequence[SubItem], wanted: Mapping[int, Sequence[Share]], since: date
) -> list[Preview]:
    """The number of queries does not grow with the sub-items."""
    keys = [one.pk for one in sub_items]
    present, bounds, months = present_of(sub_items), shifts.bounds(sub_items), months_of(programme)
    filing: dict[int, list[Responsibility]] = defaultdict(list)
    for row in Responsibility.objects.filter(sub_item__in=keys, files=True).select_related("department__parent"):
        filing[row.sub_item_id].append(row)
    drafts: dict[int, list[date]] = defaultdict(list)
    begun = MonthlyReport.objects.filter(sub_item__in=keys, state=MonthlyReport.State.DRAFT, period__month__gte=since)
    for key, month in begun.order_by("period__month").values_list("sub_item", "period__month"):
        drafts[key].append(month)
    found = []
    for one in sub_items:
        new = next((share.unit for share in wanted[one.pk] if share.files and share.unit), None)
        old = next((row.department for row in present[one.pk] if row.files), None)
        refusal = _refusal(one, bounds.get(one.pk), since)
        changes = new is not None and new != old and not refusal
        found.append(
            Preview(
                one,
                shifts.token(present[one.pk]),
                spans(filing[one.pk], months, since=since if changes else None, unit=new.full_name if new else ""),
                drafts[one.pk] if changes else [],
                refusal,
                filing=new,
            )
        )
    return found


def succession(programme: Programme, old: Department, new: Department, since: date) -> list[Preview]:
    """All that ``old`` and its sections hold, as it would go to ``new``; in the table's order."""
    held = Responsibility.objects.current().filter(sub_item__programme=programme)
    theirs = held.filter(department=old) | held.filter(department__parent=old)
    counted = SubItem.objects.counted().filter(programme=programme, pk__in=theirs.values("sub_item"))
    sub_items = list(counted.select_related("project", "programme").order_by("position"))
    present = present_of(sub_items)
    wanted = {one.pk: succeeded(present[one.pk], old, new) for one in sub_items}
    parts = {one.pk: next((row for row in present[one.pk] if holds(row.department, old)), None) for one in sub_items}
    return [
        Preview(one.sub_item, one.token, one.spans, one.drafts, one.refusal, parts[one.sub_item.pk])
        for one in previews(programme, sub_items, wanted, since)
    ]


def _refusal(sub_item: SubItem, bound: Bound | None, since: date) -> str:
    if sub_item.is_closed:
        return str(sub_item.get_status_display())
    return bound.message if bound and since < bound.month else ""
