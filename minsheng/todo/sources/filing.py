"""To file, and returned."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import language
from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from minsheng.filing import slots
from minsheng.todo.entries import Entry, Kind, Source, ordered
from projects.filing import LET_GO as LET_GO_WORD
from projects.filings import filings, let_go
from projects.models import (
    SET_ASIDE,
    ApprovalKept,
    LetGo,
    MonthlyReport,
    ReportEvent,
    ReportingPeriod,
    SubItem,
    units_before,
)
from projects.services.reports import open_until

State = MonthlyReport.State
FILERS: Final = frozenset({FILE_REPORT})


def _not_returned(found: QuerySet[Any]) -> QuerySet[Any]:
    rest = found.filter(Q(state=None) | Q(state=State.DRAFT))
    return rest.order_by("due_on", "month", "sub_item__programme", "sub_item__position", "pk")


def _returned(found: QuerySet[Any]) -> QuerySet[Any]:
    """Of these filings the returned ones, in the order of their returns."""
    events = ReportEvent.objects.filter(
        report__period=OuterRef("period"), report__sub_item=OuterRef("sub_item"), to_state=State.RETURNED
    ).order_by("-pk")
    returned: QuerySet[Any] = found.filter(state=State.RETURNED).annotate(event=Subquery(events.values("pk")[:1]))
    return returned.order_by("event", "pk")


def _read_to_file(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    here = {"period": OuterRef("period"), "sub_item": OuterRef("sub_item")}
    reports = MonthlyReport.objects.filter(**here).order_by()
    rows = rows.annotate(edits=Subquery(reports.values("edits")[:1]), let_go=Exists(let_go().filter(**here)))
    for row, period in _with_periods(rows):
        yield Entry(
            since=period.opens_on,
            due=period.due_on,
            step=_("Go on") if row.state == State.DRAFT else _("Fill in"),
            note=_note(row),
            **_named(row, period),
        )


def _note(row: Any) -> str:
    """How far a month that is to be filed has come: begun, by another unit perhaps; or waited for no longer."""
    if row.let_go:
        return _("%(state)s; it may be filed all the same") % {"state": LET_GO_WORD}
    if row.state != State.DRAFT:
        return ""
    units = units_before(row.edits, row.department_id)
    return _("draft kept, handed over from %(units)s") % {"units": language.listed(units)} if units else _("draft kept")


def _read_returned(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    found = list(_with_periods(rows))
    events = ReportEvent.objects.in_bulk([row.event for row, _period in found])
    for row, period in found:
        event = events[row.event]
        again = event.due_again_on
        yield Entry(
            since=event.at,
            due=max(again, period.due_on) if again else period.due_on,
            step=_("Correct and submit"),
            why=event.told,
            who=event.who,
            **_named(row, period),
        )


def _read_run_out(rows: QuerySet[Any], user: User) -> Iterator[Entry]:
    for entry in _read_returned(rows, user):
        note = _("locked since; the supervision office decides, or you ask for an exception")
        yield replace(entry, step=_("Look"), note=note, due=None, until=None)


def _let_go(user: User) -> QuerySet[LetGo]:
    """Months that the office waits for no longer, which nobody of the person's units has taken note of. One that may
    be filed all the same stands among what is to be filed.
    """
    units = departments_granted(user, FILE_REPORT).values("pk")
    told = LetGo.objects.filter(department__in=units, noted_at=None, event__report__state=State.DRAFT)
    may_file = filings().filter(
        open_now=True, sub_item=OuterRef("event__report__sub_item"), period=OuterRef("event__report__period")
    )
    return told.exclude(Exists(may_file.order_by()))


def _read_let_go(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for told in rows.select_related("event__report__sub_item__project", "event__report__period"):
        own = told.department_id == told.event.report.department_id
        note = (
            _("it counts as not filed; with an exception it may still be filed")
            if own
            else _("it counts as not filed, and what your unit had contributed is not carried on")
        )
        yield _to_note(told, reverse("filing:let_go_noted", args=[told.pk]), note=note)


def _kept(user: User) -> QuerySet[ApprovalKept]:
    """Approvals that were kept, of which nobody of the person's units has taken note, as long as nothing came after."""
    units = departments_granted(user, FILE_REPORT).values("pk")
    later = ReportEvent.objects.filter(report=OuterRef("event__report"), pk__gt=OuterRef("event")).order_by()
    return ApprovalKept.objects.filter(~Exists(later), department__in=units, noted_at=None)


def _read_kept(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for told in rows.select_related("event__report__sub_item__project", "event__report__period"):
        yield _to_note(told, reverse("filing:kept_noted", args=[told.pk]), note=_uncounted(told))


def _uncounted(told: ApprovalKept) -> str:
    """What of the unit does not count: a contribution; of the filing unit its report, submitted or not."""
    event = told.event
    unsent = event.snapshot.get(SET_ASIDE)
    if told.department_id != event.report.department_id:
        return _("what your unit had submitted since does not count") if told.uncounted else ""
    if told.uncounted and unsent:
        return _("what your unit had submitted since, or not submitted yet, does not count; see the report's page")
    if told.uncounted:
        return _("what your unit had submitted since does not count; it stands on the report's page")
    return _("what your unit had not submitted does not count; it stands on the report's page") if unsent else ""


def _to_note(told: LetGo | ApprovalKept, url: str, *, note: str) -> Entry:
    """What the office did with a month, to be taken note of at ``url``, and read on the month's page."""
    event, report = told.event, told.event.report
    return Entry(
        title=report.sub_item.title,
        serial=report.sub_item.serial,
        month=str(report.period),
        programme=report.sub_item.programme_id,
        url=url,
        step=_("Noted"),
        posts=True,
        page=_page_of(told),
        since=event.at,
        why=event.comment,
        who=event.actor_name,
        note=note,
    )


def _page_of(told: LetGo | ApprovalKept) -> str:
    """Where the unit reads of the month: the report, or its contribution; none of what has ended."""
    report = told.event.report
    if report.sub_item.status != SubItem.Status.ACTIVE:
        return ""
    here = [report.sub_item_id, f"{report.period.month:%Y-%m}"]
    if told.department_id == report.department_id:
        return reverse("filing:report", args=here)
    return reverse("filing:contribute", args=[*here, told.department_id])


def _with_periods(rows: QuerySet[Any]) -> Iterator[tuple[Any, ReportingPeriod]]:
    """The rows with their sub-items, each with its period and what excepts it from the lock."""
    found = list(rows.select_related("sub_item__project", "department"))
    periods = ReportingPeriod.objects.prefetch_related("exceptions").in_bulk([row.period for row in found])
    for row in found:
        yield row, periods[row.period]


def _named(row: Any, period: ReportingPeriod) -> dict[str, Any]:
    item = row.sub_item
    return {
        "title": item.title,
        "serial": item.serial,
        "about": item.project.name if item.project.name != item.title else "",
        "month": str(period),
        "programme": item.programme_id,
        "until": open_until(period, item, row.department),
        "url": reverse("filing:report", args=[item.pk, f"{period.month:%Y-%m}"]),
    }


WORDS: Final = gettext_lazy("All progress reports")
FILE: Final = Source(Kind.FILE, FILERS, slots.to_file, _not_returned, _read_to_file, "filing:due", WORDS)
RETURNED: Final = Source(Kind.RETURNED, FILERS, slots.to_file, _returned, _read_returned, "filing:due", WORDS)
RUN_OUT: Final = Source(Kind.RUN_OUT, FILERS, slots.locked, _returned, _read_run_out)
LET_GO: Final = Source(Kind.LET_GO, FILERS, _let_go, ordered("pk"), _read_let_go)
KEPT: Final = Source(Kind.KEPT, FILERS, _kept, ordered("pk"), _read_kept)
