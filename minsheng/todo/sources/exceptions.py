"""Exceptions asked for: to be answered, refused, still with the office; and those that were ended early."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from departments import clock
from departments.models import User
from departments.permissions import FILE_REPORT, SUPERVISE, departments_granted, jurisdictions_granted
from minsheng.todo.entries import Entry, Kind, Source, ordered
from projects.filings import filings
from projects.models import ExceptionEnd, ExceptionRequest, MonthlyReport, ReportEvent, ReportingPeriod, SubItem

State = ExceptionRequest.State


def asked(user: User) -> QuerySet[ExceptionRequest]:
    """Requests that wait for the office's answer."""
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    return ExceptionRequest.objects.filter(state=State.WAITING, period__programme__jurisdiction__in=offices)


def refused(user: User) -> QuerySet[ExceptionRequest]:
    """Refusals that nobody of the person's units has taken note of; and what was granted and ended before its day,
    while something that it was for is neither filed nor can be.
    """
    owed = _owed("", "exception__ended_at")
    locked = Exists(owed.filter(sub_item=OuterRef("sub_item"))) | Q(Exists(owed), sub_item=None)
    ended = Q(locked, exception__ended_at__isnull=False)
    return _of_units(user).filter(Q(state=State.REFUSED) | ended, noted_at=None)


def cut_short(user: User) -> QuerySet[ExceptionEnd]:
    """Exceptions that nobody had asked for and that were ended before their day, which nobody of the person's units has
    taken note of, while something is neither filed nor can be for it.
    """
    units = departments_granted(user, FILE_REPORT).values("pk")
    owed = _owed("exception__", "exception__ended_at")
    locked = Exists(owed.filter(sub_item=OuterRef("exception__sub_item"))) | Q(Exists(owed), exception__sub_item=None)
    return ExceptionEnd.objects.filter(locked, noted_at=None, department__in=units)


def _owed(where: str, ended: str) -> QuerySet[Any]:
    """Inside a question about an exception that was ended: what its unit has not filed and cannot; but for what the
    office waits for no longer since, which is told by itself.
    """
    let_go = ReportEvent.objects.filter(
        report__sub_item=OuterRef("sub_item"),
        report__period=OuterRef("period"),
        to_state=MonthlyReport.State.DRAFT,
        at__gte=OuterRef(OuterRef(ended)),
    )
    found = filings().filter(
        gone_on=False, open_now=False, period=OuterRef(f"{where}period"), department=OuterRef("department")
    )
    return found.exclude(Exists(let_go.order_by())).order_by()


def asked_by_us(user: User) -> QuerySet[ExceptionRequest]:
    return _of_units(user).filter(state=State.WAITING)


def _of_units(user: User) -> QuerySet[ExceptionRequest]:
    return ExceptionRequest.objects.filter(department__in=departments_granted(user, FILE_REPORT).values("pk"))


def _read_asked(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for request in _loaded(rows):
        unit = request.department_name
        yield Entry(
            step=_("Answer"),
            url=reverse("periods:request", args=[request.pk]),
            since=request.asked_at,
            why=request.reason,
            who=request.asked_by_name,
            note=_("asks to file until %(day)s") % {"day": request.wished_until.isoformat()},
            **_named(request, "" if request.asked_by_name.startswith(unit) else unit),
        )


def _read_refused(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for request in _loaded(rows):
        yield Entry(
            step=_("Noted"),
            posts=True,
            url=reverse("filing:exception_noted", args=[request.pk]),
            since=request.decided_at,
            why=request.answer,
            who=request.decided_by_name,
            note=_ended(request),
            **_named(request, ""),
        )


def _read_cut_short(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for end in rows.select_related("exception__period", "exception__sub_item__project"):
        exception = end.exception
        day = clock.local(exception.ended_at).date() if exception.ended_at else exception.until
        yield Entry(
            step=_("Noted"),
            posts=True,
            url=reverse("filing:end_noted", args=[end.pk]),
            since=exception.ended_at,
            why=exception.reason,
            who=end.by_name,
            note=_("the exception was ended early on %(day)s: what is not filed is locked") % {"day": day.isoformat()},
            **_titled(exception.sub_item, exception.period),
        )


def _ended(request: ExceptionRequest) -> str:
    if request.ended_on is None:
        return ""
    return _("granted, and ended early on %(day)s: what is not filed is locked") % {"day": request.ended_on.isoformat()}


def _read_asked_by_us(rows: QuerySet[Any], _user: User) -> Iterator[Entry]:
    for request in _loaded(rows):
        month = f"{request.period.month:%Y-%m}"
        url = reverse("filing:report", args=[request.sub_item_id, month]) if request.sub_item else reverse("filing:due")
        yield Entry(
            step=_("Look"),
            url=url,
            since=request.asked_at,
            why=request.reason,
            who=request.asked_by_name,
            note=_("exception asked for; the supervision office has not answered yet"),
            **_named(request, ""),
        )


def _loaded(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("sub_item__project", "period", "exception")


def _named(request: ExceptionRequest, unit: str) -> dict[str, Any]:
    return {**_titled(request.sub_item, request.period), "about": unit}


def _titled(item: SubItem | None, period: ReportingPeriod) -> dict[str, Any]:
    return {
        "title": item.title if item else _("All that was not filed of the month"),
        "serial": item.serial if item else "",
        "month": str(period),
        "programme": period.programme_id,
    }


ASKED: Final = Source(Kind.ASKED, frozenset({SUPERVISE}), asked, ordered("asked_at", "pk"), _read_asked)
REFUSED: Final = Source(Kind.REFUSED, frozenset({FILE_REPORT}), refused, ordered("decided_at", "pk"), _read_refused)
CUT_SHORT: Final = Source(
    Kind.CUT_SHORT, frozenset({FILE_REPORT}), cut_short, ordered("exception__ended_at", "pk"), _read_cut_short
)
ASKED_BY_US: Final = Source(
    Kind.ASKED, frozenset({FILE_REPORT}), asked_by_us, ordered("asked_at", "pk"), _read_asked_by_us
)
