"""To contribute: a word to the report of another unit, and money lines that were assigned to the person's own."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments import clock, language
from departments.models import User
from departments.permissions import FILE_REPORT
from funding.models import FundingLine
from funding.services.readings import with_readers
from minsheng.filing import slots
from minsheng.filing.contributing import Task, asked_for, lines_waiting_for
from minsheng.filing.remarks import Asked, unanswered
from minsheng.todo.entries import Entry, Kind, Source
from projects.models import ReportingPeriod, Responsibility
from projects.services.reports import open_until, submissions

FILERS: Final = frozenset({FILE_REPORT})


def _oldest_first(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("due_on", "month", "sub_item__programme", "sub_item__position", "pk")


def _read(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    found = list(rows.select_related("sub_item__project", "department"))
    periods = ReportingPeriod.objects.prefetch_related("exceptions").in_bulk([row.period for row in found])
    filing: dict[int, list[Responsibility]] = {}
    roles = Responsibility.objects.filter(sub_item__in=[row.sub_item_id for row in found], files=True)
    for role in roles.select_related("department__parent"):
        filing.setdefault(role.sub_item_id, []).append(role)
    lines_of = _lines_of(found)
    returns = asked_for(row.returned for row in found if row.returned)
    for row in found:
        period, item = periods[row.period], row.sub_item
        unit = next((one.department for one in filing[item.pk] if one.held_in(period.month)), None)
        lines, asked = lines_of(row, period), returns.get(row.returned, Asked([]))
        again = unanswered(asked, lines, None)  # it has said nothing yet
        yield Entry(
            title=item.title,
            serial=item.serial,
            about=_("filed by %(unit)s") % {"unit": unit.full_name if unit else ""},
            month=str(period),
            programme=item.programme_id,
            url=reverse("filing:contribute", args=[item.pk, f"{period.month:%Y-%m}", row.department_id]),
            step=_("Go on") if row.state else _("Contribute"),
            since=again[-1].at if again else period.opens_on,
            why="\n".join(one.words for one in again),
            who=again[-1].who if again else "",
            due=asked.due_on(period),
            until=open_until(period, item, unit),
            note=language.listed(_notes(row, len(lines))),
        )


def _lines_of(rows: list[Any]) -> Callable[[Any, ReportingPeriod], list[FundingLine]]:
    """The money lines that the unit of a row is to read in a period. Three queries, one where there are no lines."""
    found: dict[int, list[FundingLine]] = {}
    lines = slots.lines_of().filter(sub_item__in=[row.sub_item_id for row in rows])
    for line in with_readers(lines):
        found.setdefault(line.sub_item_id, []).append(line)
    first: dict[tuple[int, int], int] = {}
    if found:
        sent = submissions().filter(report__sub_item__in=found).order_by()
        places = sent.values_list("report__sub_item", "report__period").annotate(first=Min("pk"))
        first = {(item, period): key for item, period, key in places}

    def lines_in(row: Any, period: ReportingPeriod) -> list[FundingLine]:
        lines, sent = found.get(row.sub_item_id, ()), first.get((row.sub_item_id, period.pk))
        return [line for line in lines if line.reader_in(period.month, sent) == row.department]

    return lines_in


def _notes(row: Any, lines: int) -> list[str]:
    """With how many money lines to read, and whether a draft is kept."""
    notes = []
    if lines:
        words = ngettext("with %(count)d money line to read", "with %(count)d money lines to read", lines)
        notes.append(words % {"count": lines})
    if row.state:
        notes.append(_("draft kept"))
    return notes


def _money(user: User) -> list[Task]:
    """Money lines that nobody of the unit has read yet, or that are to be read again, where a word of it is not missing
    anyway (which says so).

    Whether a line was read stands in what was submitted, which no query can tell; most units have none to read.
    """
    tasks = lines_waiting_for(user, clock.today())
    return [task for task in tasks if not (task.role and task.newest is None and not task.reopened)]


def _as_they_come(tasks: list[Task]) -> list[Task]:
    return tasks


def _read_money(tasks: list[Task], _user: User) -> Iterator[Entry]:
    for task in tasks:
        lines = len(task.unread)
        words = ngettext("%(count)d money line to read", "%(count)d money lines to read", lines)
        if task.again:
            words = ngettext("%(count)d money line to read again", "%(count)d money lines to read again", lines)
        yield Entry(
            title=task.sub_item.title,
            serial=task.sub_item.serial,
            about=_("filed by %(unit)s") % {"unit": task.filing_unit},
            month=str(task.period),
            programme=task.sub_item.programme_id,
            url=task.url,
            step=_("Correct") if task.again else _("Go on") if task.is_begun else _("Contribute"),
            since=task.again[-1].at if task.again else task.since,
            why="\n".join(one.words for one in task.again),
            who=task.again[-1].who if task.again else "",
            due=task.due_on,
            until=task.until,
            note=words % {"count": lines},
        )


CONTRIBUTE: Final = Source(Kind.CONTRIBUTE, FILERS, slots.to_contribute, _oldest_first, _read)
READ_MONEY: Final = Source(Kind.READ_MONEY, FILERS, _money, _as_they_come, _read_money)
