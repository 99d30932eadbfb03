"""What waits for a person: the number in the header, and the page that lists it. Both count the same rows."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from departments import clock
from departments.models import User
from departments.permissions import (
    FILE_REPORT,
    OVERSEE,
    REVIEW_REPORT,
    SUPERVISE,
    departments_granted,
    jurisdictions_granted,
)
from minsheng.todo.entries import Entry, Kind, Source
from minsheng.todo.sources import WAITING, WITH_OTHERS
from projects.models import Programme, ReportingPeriod, Responsibility
from projects.services.schedules import schedule_of
from projects.services.working_days import calendar_of

# How many entries of a kind stand on the page while there are several kinds, and on a page of one kind.
IN_GROUP: Final = 10
ON_PAGE: Final = 50
# Work that begins with the to-do; leadership without any of it begins with the overview.
WORK: Final = frozenset(right for source in (*WAITING, *WITH_OTHERS) for right in source.rights)


@dataclass(frozen=True)
class Group:
    """The entries of one kind, oldest first: some of ``count``. ``url`` is their work page, where there is one."""

    kind: Kind
    entries: list[Entry]
    count: int
    url: str = ""
    words: str | Promise = ""

    @property
    def left(self) -> int:
        return self.count - len(self.entries)


@dataclass(frozen=True)
class Choice:
    """A kind to narrow the list to; none for all."""

    kind: Kind | None
    count: int
    current: bool


@dataclass(frozen=True)
class Upcoming:
    """The next month that will be due."""

    programme: Programme
    month: date
    opens_on: date
    due_on: date

    @property
    def is_open(self) -> bool:
        return self.opens_on <= clock.today()


@dataclass(frozen=True)
class Board:
    """A person's to-do: ``groups`` of what waits for him, ``pending`` of what he waits for."""

    total: int
    groups: list[Group]
    pending: list[Group]
    choices: list[Choice] = field(default_factory=list)
    page: Page[Any] | None = None
    upcoming: list[Upcoming] = field(default_factory=list)


def number(user: User, held: Collection[str]) -> int:
    """How many entries wait for ``user``, who holds the rights ``held``: one query over all sources that are queries,
    none where nothing can wait.
    """
    shared = dict.fromkeys(source.waiting for source in _his(WAITING, held))
    every = [waiting(user) for waiting in shared]
    listed = sum(len(rows) for rows in every if isinstance(rows, list))
    queries = [rows.order_by().values_list("pk") for rows in every if isinstance(rows, QuerySet)]
    if not queries:
        return listed
    first, *others = queries
    return listed + (first.union(*others, all=True) if others else first).count()


def begins_at_overview(user: User, held: Collection[str]) -> bool:
    """Whether this is leadership for whom nothing waits: it is led on to the overview."""
    return OVERSEE in held and not WORK.intersection(held) and number(user, held) == 0


def board_of(user: User, held: Collection[str], asked: Mapping[str, str]) -> Board:
    """What waits for ``user``: all kinds, what was returned first and then the oldest, of each the oldest entries; or a
    page of the kind that the address asks for.

    The number of queries depends on his rights alone.
    """
    sources = _his(WAITING, held)
    rows = {source.kind: source.rows(user) for source in sources}
    counts = {kind: len(found) if isinstance(found, list) else found.count() for kind, found in rows.items()}
    total = sum(counts.values())
    waiting = [source for source in sources if counts[source.kind]]
    chosen = next((source for source in waiting if source.kind == asked.get("kind")), None)
    if chosen is None and len(waiting) == 1:
        chosen = waiting[0]
    page = None
    if chosen is not None:
        paginator = Paginator(rows[chosen.kind], ON_PAGE)
        paginator.__dict__["count"] = counts[chosen.kind]  # counted already
        page = paginator.get_page(asked.get("page"))
        groups = [_group(chosen, page.object_list, user, counts[chosen.kind])]
    else:
        groups = [_group(one, rows[one.kind][:IN_GROUP], user, counts[one.kind]) for one in waiting]
        groups.sort(key=_first)
    pending = _pending(user, held)
    names = programme_names(user) if groups or pending else {}
    return Board(
        total=total,
        groups=[_named(group, names) for group in groups],
        pending=[_named(group, names) for group in pending],
        choices=_choices(waiting, counts, chosen) if len(waiting) > 1 else [],
        page=page,
        upcoming=[] if total else upcoming(user, held),
    )


def _his(sources: tuple[Source, ...], held: Collection[str]) -> list[Source]:
    return [source for source in sources if source.rights.intersection(held)]


def _group(source: Source, rows: Any, user: User, count: int) -> Group:
    url = reverse(source.all_at) if source.all_at else ""
    return Group(source.kind, list(source.read(rows, user)), count, url, source.all_words)


def _named(group: Group, names: Mapping[int, str]) -> Group:
    entries = [replace(one, programme_name=names.get(one.programme or 0, "")) for one in group.entries]
    return replace(group, entries=entries)


def programme_names(user: User) -> dict[int, str]:
    """What the programmes of the person's units and offices are called beside each other; nothing where it is one.

    Those of one name are told apart by jurisdiction and year.
    """
    found = list(_programmes(user, Responsibility.objects.all()))
    if len(found) < 2:
        return {}
    times = Counter(programme.name for programme in found)
    return {one.pk: one.name if times[one.name] == 1 else str(one) for one in found}


def _programmes(user: User, roles: QuerySet[Responsibility]) -> QuerySet[Programme]:
    """The programmes in which the person's units hold one of ``roles``, and those of his offices."""
    units = departments_granted(user, FILE_REPORT, REVIEW_REPORT).values("pk")
    theirs = roles.filter(department__in=units).values("sub_item__programme")
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    found = Programme.objects.filter(Q(pk__in=theirs) | Q(jurisdiction__in=offices))
    return found.select_related("jurisdiction")


def _first(group: Group) -> tuple[bool, bool, date]:
    """What was returned stands first: somebody has read it and waits for it again, and its days run. Then by since when
    the first entry has waited; those that nobody dated come last.
    """
    since = group.entries[0].since
    day = clock.local(since).date() if isinstance(since, datetime) else since
    return group.kind != Kind.RETURNED, day is None, day or date.max


def _pending(user: User, held: Collection[str]) -> list[Group]:
    found = []
    for source in _his(WITH_OTHERS, held):
        entries = list(source.read(source.rows(user)[:ON_PAGE], user))
        if entries:
            found.append(Group(source.kind, entries, len(entries)))
    return found


def _choices(waiting: list[Source], counts: Mapping[Kind, int], chosen: Source | None) -> list[Choice]:
    every = Choice(None, sum(counts.values()), chosen is None)
    kinds = [source.kind for source in waiting]
    return [every, *(Choice(kind, counts[kind], chosen is not None and kind == chosen.kind) for kind in kinds)]


def upcoming(user: User, held: Collection[str]) -> list[Upcoming]:
    """Of each programme that concerns the person's units or office the next month to be due, the earliest first.

    For whoever only files, and has filed, it is one that has not opened yet.
    """
    decides = bool({SUPERVISE, REVIEW_REPORT}.intersection(held))
    programmes = _programmes(user, Responsibility.objects.current())
    opened: dict[int, list[ReportingPeriod]] = {}
    for period in ReportingPeriod.objects.filter(programme__in=programmes).order_by("month"):
        opened.setdefault(period.programme_id, []).append(period)
    found = [_next_of(programme, opened.get(programme.pk, []), decides=decides) for programme in programmes]
    return sorted((one for one in found if one), key=lambda one: one.due_on)


def _next_of(programme: Programme, opened: list[ReportingPeriod], *, decides: bool) -> Upcoming | None:
    today = clock.today()
    for period in opened:
        if period.due_on >= today and (decides or period.opens_on > today):
            return Upcoming(programme, period.month, period.opens_on, period.due_on)
    months = {period.month for period in opened}
    ahead = (month for month in schedule_of(programme).months() if month not in months and month > today)
    month = next(ahead, None)
    if month is None:
        return None
    days = schedule_of(programme).days_of(month, calendar_of(programme.jurisdiction))
    return Upcoming(programme, month, days.opens_on, days.due_on)
