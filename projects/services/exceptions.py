"""Leaves to file a locked month: made by a person or by a return, asked for by a unit, answered by the office."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import DomainError, IllegalTransition
from departments.models import Department, User
from projects.filings import filings
from projects.models import (
    ExceptionEnd,
    ExceptionRequest,
    FilingException,
    MonthlyReport,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.rules.periods import latest_day
from projects.rules.reports import EDITABLE

State = ExceptionRequest.State


def make(
    period: ReportingPeriod,
    *,
    until: date,
    reason: str,
    by: User,
    sub_item: SubItem | None = None,
    department: Department | None = None,
) -> FilingException:
    """Append the exception, record it, and grant by it the requests that wait for no more than it allows.

    The caller has a transaction.
    """
    exception = FilingException.objects.create(
        period=period, sub_item=sub_item, department=department, until=until, reason=reason, by=by, at=clock.now()
    )
    programme = period.programme
    audit.record(
        "period.exception",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        month=f"{period.month:%Y-%m}",
        until=until.isoformat(),
        reason=reason,
        **for_whom(exception),
    )
    waiting = ExceptionRequest.objects.filter(period=period, state=State.WAITING).select_related("department")
    for request in locks.held(waiting):
        if request.covered_by(exception):
            _answer(request, State.GRANTED, by=by, exception=exception)
    return exception


def tell_of_end(exception: FilingException, *, by: User) -> None:
    """Note for each unit that ``exception``, which has just been ended, kept something open that is neither filed nor
    can be now. What a unit had asked for, its request tells. The caller has a transaction.
    """
    asked: dict[int, set[int | None]] = {}
    for unit, item in exception.requests.values_list("department", "sub_item"):
        asked.setdefault(unit, set()).add(item)
    locked = filings().filter(period=exception.period_id, gone_on=False, open_now=False)
    told: dict[int, Department] = {}
    for slot in locked.select_related("department").order_by("sub_item__position"):
        filing, theirs = slot.department, asked.get(slot.department_id or 0, set())
        if filing and exception.reaches(slot.sub_item_id, filing) and not theirs & {None, slot.sub_item_id}:
            told[filing.pk] = filing
    # One word for one thing: what was ended before, of as much, and nobody has noted, goes with this.
    before = ExceptionEnd.objects.filter(
        exception__period=exception.period_id, exception__sub_item=exception.sub_item_id, noted_at=None
    )
    before.filter(department__in=told).update(noted_at=clock.now())
    name = audit.signature(by)
    ExceptionEnd.objects.bulk_create(
        ExceptionEnd(exception=exception, department=unit, by_name=name) for unit in told.values()
    )


def for_whom(exception: FilingException) -> dict[str, str]:
    """Whom it lets file, as the audit trail keeps it; nothing for everybody."""
    whom = exception.sub_item or exception.department
    return {"whom": str(whom)} if whom else {}


def owed(period: ReportingPeriod, unit: Department) -> QuerySet[SubItem]:
    """What ``unit`` files for ``period`` and has not, and cannot any more without an exception; in the plan's order."""
    today = clock.today()
    filing = Responsibility.objects.in_month(period.month).filter(sub_item=OuterRef("pk"), files=True, department=unit)
    gone_on = MonthlyReport.objects.filter(period=period, sub_item=OuterRef("pk")).exclude(state__in=EDITABLE)
    excepted = FilingException.objects.in_force(today).filter(
        Q(sub_item=None) | Q(sub_item=OuterRef("pk")),
        Q(department=None) | Q(department__in=[key for key in (unit.pk, unit.parent_id) if key]),
        period=period,
    )
    found = SubItem.objects.filter(Exists(filing), status=SubItem.Status.ACTIVE, programme=period.programme_id)
    if period.locks_on > today:
        return found.none()
    return found.exclude(Exists(gone_on)).exclude(Exists(excepted)).select_related("project").order_by("position")


@transaction.atomic
def ask(
    period: ReportingPeriod,
    unit: Department,
    *,
    by: User,
    reason: str,
    wished_until: date,
    sub_item: SubItem | None = None,
) -> ExceptionRequest:
    """Ask the supervision office to let ``unit`` file a locked month: ``sub_item``, or all it still owes.

    While a request waits no second one for the same is made; the same sent twice by one person is one. Asking again
    after a refusal, or after the office has ended what it granted, is possible and takes note of that.
    """
    locks.hold(ReportingPeriod, period.pk)
    reason = reason.strip()
    there = ExceptionRequest.objects.filter(period=period, department=unit, state=State.WAITING)
    waiting = there.filter(Q(sub_item=None) | Q(sub_item=sub_item)).first()
    if waiting is not None:
        if (waiting.asked_by_id, waiting.sub_item, waiting.reason) == (by.pk, sub_item, reason):
            return waiting
        raise DomainError(
            _("%(who)s asked for this on %(day)s already: the supervision office has not answered yet.")
            % {"who": waiting.asked_by_name, "day": clock.local(waiting.asked_at).date().isoformat()}
        )
    _check(period, unit, sub_item, reason=reason, wished_until=wished_until)
    told = ExceptionRequest.objects.filter(
        Q(state=State.REFUSED) | Q(exception__ended_at__isnull=False),
        period=period,
        department=unit,
        sub_item=sub_item,
        noted_at=None,
    )
    told.update(noted_at=clock.now(), noted_by=by)
    ends = ExceptionEnd.objects.filter(exception__period=period, department=unit, noted_at=None)
    if sub_item is not None and owed(period, unit).exclude(pk=sub_item.pk).exists():
        ends = ends.filter(exception__sub_item=sub_item)  # the others are still to be heard of
    ends.update(noted_at=clock.now(), noted_by=by)
    try:
        with transaction.atomic():
            request = ExceptionRequest.objects.create(
                period=period,
                department=unit,
                department_name=unit.full_name,
                sub_item=sub_item,
                reason=reason,
                wished_until=wished_until,
                asked_by=by,
                asked_by_name=audit.signature(by),
                asked_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError(_("Somebody of your unit has just asked for the same.")) from error
    _keep_event("exception.ask", request, by=by, reason=reason, until=wished_until.isoformat())
    return request


def _check(
    period: ReportingPeriod, unit: Department, sub_item: SubItem | None, *, reason: str, wished_until: date
) -> None:
    if not reason:
        raise DomainError(_("Say why the month must still be filed: the supervision office decides on it."))
    if wished_until < clock.today():
        raise DomainError(_("The day you wish has passed already."))
    latest = latest_day(period.programme.last_month)
    if wished_until > latest:
        raise DomainError(_("The day is %(day)s at the latest.") % {"day": latest})
    if period.locks_on > clock.today():
        raise DomainError(_("This month is open for filing: no exception is needed."))
    missing = owed(period, unit)
    if sub_item is not None and not missing.filter(pk=sub_item.pk).exists():
        raise DomainError(_("There is nothing to ask for: this sub-item is filed, or may be filed now."))
    if not missing.exists():
        raise DomainError(_("There is nothing to ask for: your unit owes nothing of this month, or may file it now."))


def refuse(request: ExceptionRequest, *, by: User, answer: str) -> None:
    """The office refuses, with a reason that the unit reads. The same refusal sent twice by one person is one."""
    answer = answer.strip()
    with transaction.atomic():
        if not still_waits(request, by=by, state=State.REFUSED):
            return
        if not answer:
            raise DomainError(_("Say why the request is refused: the unit reads it."))
        _answer(request, State.REFUSED, by=by, answer=answer)
        _keep_event("exception.refuse", request, by=by, reason=answer)


def note(request: ExceptionRequest, *, by: User) -> None:
    """Somebody of the unit has read the refusal, or the early end of what was granted; once."""
    with transaction.atomic():
        locks.again(request)
        told = request.state == State.REFUSED or request.ended_on is not None
        if not told or request.noted_at is not None:
            return
        request.noted_by, request.noted_at = by, clock.now()
        request.save(update_fields=["noted_by", "noted_at"])


def still_waits(request: ExceptionRequest, *, by: User, state: State) -> bool:
    """Lock ``request``; whether it still waits. False where ``by`` himself has just answered it with ``state``.

    Raises where somebody else answered it, or it was answered otherwise. The caller has a transaction.
    """
    locks.again(request)
    if request.state == State.WAITING:
        return True
    if request.state == state and request.decided_by_id == by.pk:
        return False
    raise IllegalTransition(
        _("%(who)s has answered this request already: %(state)s.")
        % {"who": request.decided_by_name, "state": request.get_state_display()}
    )


def _answer(
    request: ExceptionRequest,
    state: State,
    *,
    by: User,
    answer: str = "",
    exception: FilingException | None = None,
) -> None:
    request.state, request.answer, request.exception = state, answer, exception
    request.decided_by, request.decided_by_name, request.decided_at = by, audit.signature(by), clock.now()
    request.save(update_fields=["state", "answer", "exception", "decided_by", "decided_by_name", "decided_at"])


def _keep_event(action: str, request: ExceptionRequest, *, by: User, **details: Any) -> None:
    """Kept on the programme, beside all that happens to its periods."""
    programme = request.period.programme
    whom = f"{request.department_name} {request.sub_item}" if request.sub_item else request.department_name
    audit.record(
        action,
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        month=f"{request.period.month:%Y-%m}",
        whom=whom,
        **details,
    )
