"""What waits for a person's units to contribute: texts, shares, and money lines to read; and what they have sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse

from departments import clock
from departments.models import Department, User
from departments.permissions import FILE_REPORT, departments_granted
from funding.models import FundingLine, LineAssignment
from funding.services.readings import is_read, with_readers
from minsheng.filing.content import content_from
from minsheng.filing.contributions import counts, is_stated
from minsheng.filing.remarks import Asked, Said, unanswered
from minsheng.filing.remarks import asked_of as returns_of
from projects.filings import reopened
from projects.models import (
    ContributionVersion,
    MonthlyReport,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.rules.reports import EDITABLE, filing_open
from projects.services.reports import excepted_until, open_until, submissions_of


class Kind(StrEnum):
    CONTRIBUTE = "contribute"
    READ_MONEY = "read-money"


@dataclass(frozen=True)
class Task:
    """A month of a sub-item to which ``unit`` contributes; ``lines`` are the money lines it is to read there.

    ``until`` is the last day on which it can be written; ``is_frozen``: the report has been submitted before. One that
    was ``reopened`` after its approval may be corrected, and asks for nothing. ``again`` are remarks with which the
    report was returned, at its lines, that the unit has not answered for: they ask for its word in any case.
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
    due_on: date
    is_frozen: bool = False
    reopened: bool = False
    again: tuple[Said, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether something is missing: nothing was submitted, or a line was not read, or is to be read again."""
        if self.again:
            return True
        return not self.reopened and (self.newest is None or bool(self.unread))

    @property
    def unread(self) -> list[FundingLine]:
        """The lines of which nothing was said, and those that are to be read again."""
        money = content_from(self.newest).money if self.newest else {}
        month = self.period.month
        read = {line.pk for line in self.lines if line.pk in money and counts(self.newest, line, month)}
        remarked = {one.field for one in self.again}
        return [
            line
            for line in self.lines
            if line.pk not in read or not is_stated(money[line.pk]) or f"money_{line.pk}" in remarked
        ]

    @property
    def since(self) -> date:
        return clock.local(self.again[-1].at).date() if self.again else self.period.opens_on

    @property
    def url(self) -> str:
        return reverse("filing:contribute", args=[self.sub_item.pk, f"{self.period.month:%Y-%m}", self.unit.pk])


def waiting_for(user: User, on: date) -> list[Task]:
    """What waits for ``user`` on the day ``on``, the oldest month first. A fixed number of queries."""
    return [task for task in tasks_of(user, on) if task.waits]


def lines_waiting_for(user: User, on: date) -> list[Task]:
    """Of these the tasks with money lines to read: one query where there are no lines, as for most units."""
    return [task for task in tasks_of(user, on, with_lines=True) if task.lines and task.waits]


def tasks_of(user: User, on: date, *, with_lines: bool = False) -> list[Task]:
    """Of ``asked_of`` what can be written: a month is there as long as its filing unit writes."""
    return [task for task in asked_of(user, on, with_lines=with_lines) if not task.is_frozen]


def asked_of(user: User, on: date, *, with_lines: bool = False) -> list[Task]:
    """All that the units for which ``user`` files are asked to contribute to on the day ``on``, sent or not;
    ``with_lines``: those in which they have money lines.

    A month is there from its opening to its lock, or an exception's end; it is frozen once its report was submitted.
    """
    mine = departments_granted(user, FILE_REPORT).values("pk")
    lines = _lines(mine)
    if with_lines and not lines:
        return []
    asked, filing = _asked(mine, lines, with_lines=with_lines)
    sub_items = {ask.sub_item.pk: ask.sub_item for ask in asked}
    if not sub_items:
        return []
    periods = list(
        ReportingPeriod.objects.filter(programme__in={one.programme_id for one in sub_items.values()}, opens_on__lte=on)
        .filter(Q(locks_on__gt=on) | Q(exceptions__until__gte=on))
        .select_related("programme__jurisdiction")
        .prefetch_related("exceptions")
        .distinct()
        .order_by("due_on", "month", "programme")
    )
    states = _states(sub_items, periods, {ask.unit.pk for ask in asked})
    found = []
    for period in periods:
        tasks = [
            task
            for ask in asked
            if ask.sub_item.programme_id == period.programme_id
            for task in _task(ask, period, filing.get(ask.sub_item.pk, ()), states, on)
        ]
        found += sorted(tasks, key=lambda task: (task.sub_item.position, task.unit.pk))
    return found


@dataclass
class Part:
    """What a unit is asked of a sub-item: by its responsibilities, and by the lines assigned to it in some months."""

    sub_item: SubItem
    unit: Department
    roles: list[Responsibility] = field(default_factory=list)
    lines: list[FundingLine] = field(default_factory=list)


WITH_ITEM: Final = ("department__parent", "sub_item__project", "sub_item__programme__jurisdiction")


def _lines(mine: Any) -> list[tuple[Department, FundingLine]]:
    """The money lines that units among ``mine`` are to read in some months, each with its unit."""
    given = LineAssignment.objects.filter(
        department__in=mine, line__sub_item__status=SubItem.Status.ACTIVE, line__superseded_at=None
    )
    given = given.select_related("department__parent").order_by("line__sub_item", "line__position", "pk")
    found = [(one.line_id, one.department) for one in given if one.department]
    related = ("source", "sub_item__project", "sub_item__programme__jurisdiction")
    every = with_readers(FundingLine.objects.select_related(*related))
    lines = every.in_bulk({line for line, _unit in found}) if found else {}
    return [
        (unit, lines[pk]) for pk, unit in dict.fromkeys(found) if is_read(lines[pk], lines[pk].sub_item.programme.year)
    ]


def _asked(
    mine: Any, lines: Iterable[tuple[Department, FundingLine]], *, with_lines: bool
) -> tuple[list[Part], dict[int, list[Responsibility]]]:
    """By sub-item and unit; and who files those sub-items. One query."""
    items = Q(sub_item__in={line.sub_item_id for _unit, line in lines})
    besides = Responsibility.objects.filter(files=False, department__in=mine).order_by()
    if not with_lines:
        items |= Q(sub_item__in=besides.values("sub_item"))
    roles = Responsibility.objects.filter(items, sub_item__status=SubItem.Status.ACTIVE)
    asked: dict[tuple[int, int], Part] = {}
    filing: dict[int, list[Responsibility]] = {}
    for role in roles.filter(Q(files=True) | Q(files=False, department__in=mine)).select_related(*WITH_ITEM):
        if role.files:
            filing.setdefault(role.sub_item_id, []).append(role)
        elif role.department:
            place = (role.sub_item_id, role.department.pk)
            asked.setdefault(place, Part(role.sub_item, role.department)).roles.append(role)
    for unit, line in lines:
        asked.setdefault((line.sub_item_id, unit.pk), Part(line.sub_item, unit)).lines.append(line)
    found = [one for one in asked.values() if one.lines or not with_lines]
    return found, filing


@dataclass(frozen=True)
class States:
    """What there is of each month: reports that are not written any more, which contributions were begun, and the
    newest version of each; what is ``asked`` for of what was returned, and what had been approved before; the step with
    which each was ``first`` submitted.
    """

    closed: set[tuple[int, int]]
    begun: set[tuple[int, int, int]]
    newest: dict[tuple[int, int, int], ContributionVersion]
    asked: dict[tuple[int, int], Asked]
    reopened: set[tuple[int, int]]
    first: dict[tuple[int, int], int]


def asked_for(reports: Iterable[int]) -> dict[int, Asked]:
    """What is asked for of each of ``reports``, which are returned, by its key; one query, none without reports."""
    keys = list(reports)
    events: dict[int, list[ReportEvent]] = {}
    found = ReportEvent.objects.filter(report__in=keys).defer("snapshot").order_by("pk") if keys else ()
    for event in found:
        events.setdefault(event.report_id, []).append(event)
    return {pk: returns_of(steps) for pk, steps in events.items()}


def _states(items: Iterable[int], periods: list[ReportingPeriod], units: Iterable[int]) -> States:
    """One query, one for the versions where any contribution was begun, and two where anything was returned."""
    own = FilteredRelation("contributions", condition=Q(contributions__department__in=list(units)))
    rows = (
        MonthlyReport.objects.filter(sub_item__in=list(items), period__in=periods)
        .order_by()
        .annotate(own=own, first=Subquery(submissions_of(OuterRef("pk")).values("pk")[:1]))
        .values_list("sub_item", "period", "pk", "state", "first", "own__department", "own__pk")
    )
    closed, places, returned, submitted = set(), {}, {}, {}
    for sub_item, period, report, state, first, unit, contribution in rows:
        if first:
            submitted[sub_item, period] = first
        if state in EDITABLE and first:  # it has come back, and was let go perhaps
            returned[report] = (sub_item, period)
        if state not in EDITABLE:
            closed.add((sub_item, period))
        if contribution:
            places[contribution] = (sub_item, period, unit)
    versions = ContributionVersion.objects.filter(contribution__in=places).order_by("number") if places else ()
    again = reopened().filter(pk__in=returned).values_list("pk", flat=True) if returned else ()
    return States(
        closed,
        set(places.values()),
        {places[one.contribution_id]: one for one in versions},
        asked={returned[pk]: asked for pk, asked in asked_for(returned).items()},
        reopened={returned[pk] for pk in again},
        first=submitted,
    )


def _task(
    asked: Part, period: ReportingPeriod, filing: Iterable[Responsibility], states: States, on: date
) -> Iterator[Task]:
    """The task of the unit in ``period``; none where it is not asked in it, where the month is not written any more, or
    was approved without the unit's word.
    """
    sub_item, unit = asked.sub_item, asked.unit
    files = next((role.department for role in filing if role.held_in(period.month)), None)
    role = next((str(one.role) for one in asked.roles if one.held_in(period.month)), "")
    month, place = (sub_item.pk, period.pk), (sub_item.pk, period.pk, unit.pk)
    first = states.first.get(month)
    lines = tuple(one for one in asked.lines if unit != files and one.reader_in(period.month, first) == unit)
    is_frozen = month in states.closed
    if files is None or not (role or lines):
        return
    excepted = excepted_until(period, sub_item, files)
    if not filing_open(today=on, opens_on=period.opens_on, locks_on=period.locks_on, excepted_until=excepted):
        return
    newest, returned = states.newest.get(place), states.asked.get(month, Asked([]))
    again = unanswered(returned, lines, newest)
    if month in states.reopened and newest is None and not again:
        return
    yield Task(
        kind=Kind.CONTRIBUTE if role else Kind.READ_MONEY,
        sub_item=sub_item,
        period=period,
        unit=unit,
        filing_unit=files.full_name,
        lines=lines,
        role=role,
        newest=newest,
        is_begun=place in states.begun,
        until=open_until(period, sub_item, files),
        due_on=returned.due_on(period),
        is_frozen=is_frozen,
        reopened=month in states.reopened,
        again=tuple(again),
    )
