"""What waits for a person's units to contribute: texts, shares, and money lines to read; and what they have sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Prefetch, Q
from django.urls import reverse

from departments.models import Department, User
from departments.permissions import FILE_REPORT, departments_granted
from funding.models import FundingLine
from funding.services.readings import is_read
from minsheng.filing.content import content_from
from minsheng.filing.contributions import is_stated
from projects.models import (
    Contribution,
    ContributionVersion,
    MonthlyReport,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.rules.reports import EDITABLE, filing_open
from projects.services.reports import excepted_until, open_until


class Kind(StrEnum):
    CONTRIBUTE = "contribute"
    READ_MONEY = "read-money"


@dataclass(frozen=True)
class Task:
    """A month of a sub-item to which ``unit`` contributes; ``lines`` are the money lines it is to read there.

    ``until`` is the last day on which it can be written.
    """

    kind: Kind
    sub_item: SubItem
    period: ReportingPeriod
    unit: Department
    filing_unit: str
    lines: tuple[FundingLine, ...]
    role: str
    newest: ContributionVersion | None
    is_begun: bool
    until: date

    @property
    def waits(self) -> bool:
        """Whether something is missing: nothing was submitted, or a line was not read."""
        if self.newest is None:
            return True
        money = content_from(self.newest).money
        return any(line.pk not in money or not is_stated(money[line.pk]) for line in self.lines)

    @property
    def since(self) -> date:
        return self.period.opens_on

    @property
    def due_on(self) -> date:
        return self.period.due_on

    @property
    def url(self) -> str:
        return reverse("filing:contribute", args=[self.sub_item.pk, f"{self.period.month:%Y-%m}", self.unit.pk])


def waiting_for(user: User, on: date) -> list[Task]:
    """What waits for ``user`` on the day ``on``, the oldest month first. A fixed number of queries."""
    return [task for task in tasks_of(user, on) if task.waits]


def tasks_of(user: User, on: date) -> list[Task]:
    """All that the units for which ``user`` files may contribute to on the day ``on``, sent or not.

    A month is there as long as its filing unit writes: from its opening to its lock, or an exception's end, and not
    once the report was submitted.
    """
    mine = {unit.pk: unit for unit in departments_granted(user, FILE_REPORT).select_related("parent")}
    asked = _asked(mine) if mine else {}
    if not asked:
        return []
    items = {pk for pk, _unit in asked}
    active = SubItem.objects.filter(pk__in=items, status=SubItem.Status.ACTIVE)
    sub_items = active.select_related("project", "programme__jurisdiction").in_bulk()
    filing: dict[int, list[Responsibility]] = {}
    for role in Responsibility.objects.filter(sub_item__in=items, files=True).select_related("department__parent"):
        filing.setdefault(role.sub_item_id, []).append(role)
    periods = (
        ReportingPeriod.objects.filter(programme__in={one.programme_id for one in sub_items.values()}, opens_on__lte=on)
        .filter(Q(locks_on__gt=on) | Q(exceptions__until__gte=on))
        .select_related("programme__jurisdiction")
        .prefetch_related("exceptions")
        .distinct()
        .order_by("month", "programme")
    )
    states = _states(items, list(periods), mine)
    found = []
    for period in periods:
        tasks = [
            task
            for (pk, unit), ask in asked.items()
            if pk in sub_items and sub_items[pk].programme_id == period.programme_id
            for task in _task(sub_items[pk], period, mine[unit], ask, filing.get(pk, ()), states, on)
        ]
        found += sorted(tasks, key=lambda task: (task.sub_item.position, task.unit.pk))
    return found


@dataclass
class Asked:
    """What a unit is asked of a sub-item: by its responsibilities, and by the lines assigned to it."""

    roles: list[Responsibility]
    lines: list[FundingLine]


def _asked(mine: Iterable[int]) -> dict[tuple[int, int], Asked]:
    """By sub-item and unit. Two queries."""
    asked: dict[tuple[int, int], Asked] = {}
    active = {"sub_item__status": SubItem.Status.ACTIVE, "department__in": list(mine)}
    for role in Responsibility.objects.filter(**active, files=False):
        if role.department_id:
            asked.setdefault((role.sub_item_id, role.department_id), Asked([], [])).roles.append(role)
    lines = FundingLine.objects.filter(**active).select_related("source", "sub_item__programme")
    for line in lines:
        if line.department_id and is_read(line, line.sub_item.programme.year):
            asked.setdefault((line.sub_item_id, line.department_id), Asked([], [])).lines.append(line)
    return asked


@dataclass(frozen=True)
class States:
    """What there is of each month: reports that are not written any more, and the units' contributions."""

    closed: set[tuple[int, int]]
    contributions: dict[tuple[int, int, int], Contribution]


def _states(items: Iterable[int], periods: list[ReportingPeriod], mine: Iterable[int]) -> States:
    reports = MonthlyReport.objects.filter(sub_item__in=items, period__in=periods)
    closed = reports.exclude(state__in=EDITABLE).values_list("sub_item", "period")
    rows = (
        Contribution.objects.filter(report__sub_item__in=items, report__period__in=periods, department__in=list(mine))
        .select_related("report")
        .prefetch_related(Prefetch("versions", ContributionVersion.objects.order_by("number")))
    )
    by_place = {(one.report.sub_item_id, one.report.period_id, one.department_id): one for one in rows}
    return States(set(closed), by_place)


def _task(
    sub_item: SubItem,
    period: ReportingPeriod,
    unit: Department,
    asked: Asked,
    filing: Iterable[Responsibility],
    states: States,
    on: date,
) -> Iterator[Task]:
    """The task of ``unit`` in ``period``; none where it is not asked in it, or the month is not written any more."""
    files = next((role.department for role in filing if role.held_in(period.month)), None)
    role = next((str(one.role) for one in asked.roles if one.held_in(period.month)), "")
    lines = tuple(asked.lines) if unit != files else ()
    if files is None or not (role or lines) or (sub_item.pk, period.pk) in states.closed:
        return
    excepted = excepted_until(period, sub_item, files)
    if not filing_open(today=on, opens_on=period.opens_on, locks_on=period.locks_on, excepted_until=excepted):
        return
    contribution = states.contributions.get((sub_item.pk, period.pk, unit.pk))
    versions = list(contribution.versions.all()) if contribution else []
    yield Task(
        kind=Kind.CONTRIBUTE if role else Kind.READ_MONEY,
        sub_item=sub_item,
        period=period,
        unit=unit,
        filing_unit=files.full_name,
        lines=lines,
        role=role,
        newest=versions[-1] if versions else None,
        is_begun=contribution is not None,
        until=open_until(period, sub_item, files),
    )
