"""The list of a programme's sub-items: from a standpoint, narrowed by the address, with the sums of the whole list.

``seen`` is what every figure and list counts over; ``addresses.list_url`` is the one way to make a list's address.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, CharField, Count, Exists, F, OuterRef, Prefetch, Q, Sum, Value, When
from django.http import QueryDict

from departments.permissions import (
    FILE_REPORT,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    Person,
    departments_granted,
    jurisdictions_granted,
)
from funding.sources import of_no_source, of_source
from minsheng.dashboard.filters import UNASSIGNED, SubItemFilter, held, month_of
from minsheng.dashboard.tables import SubItemTable
from projects.models import MonthlyReport, PeriodFigure, Programme, Responsibility, SubItem
from projects.models.sub_item import SubItemQuerySet
from projects.standing import Standpoint, State, standpoint, stood

PAGE_SIZE: Final = 100


@dataclass(frozen=True)
class Sums:
    """What the whole list adds up to, in yuan; ``None`` where no row has an amount. ``approx``: some are about."""

    count: int
    planned: Decimal | None
    approx: bool
    secured: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True)
class SubItemList:
    """A list as its page shows it: the table has one page of the rows; the sums are of the whole list."""

    point: Standpoint
    filter: SubItemFilter
    sums: Sums
    table: SubItemTable

    @property
    def page(self) -> Page[Any]:
        return cast("Page[Any]", self.table.page)

    @property
    def rows(self) -> list[Any]:
        """The sub-items of this page."""
        return [row.record for row in self.page.object_list]


def point_of(programme: Programme, params: Any, *, today: date) -> Standpoint:
    """From where the address looks (``?month=2023-08``); without a month that has opened, from today. One query."""
    return standpoint(programme, today=today, month=_month(params.get("month", "")))


def month_unknown(point: Standpoint, params: Any) -> bool:
    """Whether the address asks for a month that is none, or has not opened in this programme: ``point`` is today's."""
    return bool(params.get("month")) and point.period is None


def oversees(user: Person, programme: Programme) -> bool:
    """Whether ``user`` may see ``programme`` as a whole."""
    return jurisdictions_granted(user, OVERSEE, SUPERVISE).filter(pk=programme.jurisdiction_id).exists()


def seen(user: Person, point: Standpoint) -> SubItemQuerySet:
    """The sub-items of the programme that ``user`` may see, as they stood (``StoodFields``), in the table's order.

    ``filing_seen`` is how filing stands as far as ``user`` may know it, else empty: whether a report exists is for its
    leads, office and oversight (design §4). ``corrected`` marks figures of a past month that replace earlier ones.
    """
    programme = point.programme
    sub_items = stood(SubItem.objects.visible_to(user).filter(programme=programme), point).order_by("position")
    if oversees(user, programme):
        sub_items = sub_items.annotate(filing_seen=F("filing"))
    else:
        known = When(_leads(user, point), then=F("filing"))
        sub_items = sub_items.annotate(filing_seen=Case(known, default=Value(""), output_field=CharField()))
    return sub_items.annotate(corrected=_corrected(point))


def list_of(user: Person, point: Standpoint, params: QueryDict) -> SubItemList:
    """What the address asks for: narrowed, in its order, its page, with the sums of all."""
    found = whole_list_of(user, point, params)
    paginator = Paginator(found.table.rows, PAGE_SIZE)
    paginator.count = found.sums.count  # the sums have counted already
    found.table.page = paginator.get_page(params.get("page"))
    return found


def whole_list_of(user: Person, point: Standpoint, params: QueryDict) -> SubItemList:
    """The same without pages, for a file."""
    asked = SubItemFilter(params, queryset=seen(user, point), point=point)
    narrowed = with_money(asked.qs, asked)
    sums = sums_of(narrowed)
    hidden = () if point.filing else ("filing",)
    rows = loaded(narrowed, user, point)
    return SubItemList(
        point, asked, sums, SubItemTable(rows, asked=asked, sums=sums, sort=params.getlist("sort"), hidden=hidden)
    )


def loaded(sub_items: Any, user: Person, point: Standpoint) -> Any:
    """``sub_items`` with their projects, ``held`` (who is responsible) and ``waiting`` (readable reports that wait for
    approval, the latest month last): a fixed number of queries.
    """
    units = held(point).select_related("department__parent").order_by("-files", "order", "pk")
    waiting = MonthlyReport.objects.readable_by(user).filter(state=State.SUBMITTED)
    if point.period is not None:
        waiting = waiting.filter(period=point.period)
    waiting = waiting.select_related("period").order_by("period__month")
    return sub_items.select_related("project").prefetch_related(
        Prefetch("responsibilities", units, to_attr="held"), Prefetch("reports", waiting, to_attr="waiting")
    )


def with_money(sub_items: Any, asked: SubItemFilter) -> Any:
    """``sub_items`` with the money to show: all of it or, where a source is asked for, that source's lines only."""
    point = asked.point
    year = point.programme.year
    if asked.source_shown is None:
        shown: dict[str, Any] = {name: F(f"stood_{name}") for name in ("planned", "approx", "secured", "spent")}
    elif asked.source_shown == UNASSIGNED:
        shown = of_no_source(year=year, until=month_of(point))
    else:
        shown = of_source(int(asked.source_shown), year=year, until=month_of(point))
    return sub_items.annotate(**{f"shown_{name}": amount for name, amount in shown.items()})


def sums_of(sub_items: Any) -> Sums:
    """The sums of the money shown, in one query."""
    sums = sub_items.order_by().aggregate(
        count=Count("pk"),
        planned=Sum("shown_planned"),
        approx=Count("pk", filter=Q(shown_approx=True, shown_planned__isnull=False)),
        secured=Sum("shown_secured"),
        spent=Sum("shown_spent"),
    )
    return Sums(**sums | {"approx": bool(sums["approx"])})


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 a month has no zone
    except ValueError:
        return None


def _leads(user: Person, point: Standpoint) -> Exists:
    """Sub-items that a unit of ``user`` leads in the month whose filing is shown."""
    mine = departments_granted(user, FILE_REPORT, REVIEW_REPORT).values("pk")
    held = Responsibility.objects.in_month(point.month)
    return Exists(held.filter(sub_item=OuterRef("pk"), role=Responsibility.Role.LEAD, department__in=mine))


def _corrected(point: Standpoint) -> Case | Value:
    if point.period is None:
        return Value(value=False)
    later = Q(figure__cause=PeriodFigure.Cause.CORRECTION) | Q(figure__sequence__gt=1)
    return Case(When(later, then=Value(value=True)), default=Value(value=False), output_field=BooleanField())
