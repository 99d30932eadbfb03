"""Reviewing a month: the unit's reviewer passes on, the supervision office approves, either returns.

The office takes over what is stuck with the unit's reviewer, and reopens what it has approved.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from departments import clock, language, locks
from departments.errors import DomainError
from departments.models import User
from departments.permissions import (
    REVIEW_REPORT,
    SUPERVISE,
    departments_granted,
    has_grant,
    is_held,
    jurisdictions_granted,
)
from minsheng import figures
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.contributions import counted_in
from minsheng.filing.remarks import remarks_of
from minsheng.filing.services import Sheet, fresh, kept_of, sheet_of, submission_of
from minsheng.review import rechecks
from minsheng.review.doubts import Doubts, consent, with_doubts
from minsheng.review.kept import beside_approval, doubts_of_keeping, put_back, says, submitted_since
from projects.filings import returned_and_locked
from projects.models import (
    TAKEN_OVER,
    ExceptionRequest,
    MonthlyReport,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.rules.reports import DAYS_IN_UNIT_REVIEW, is_stuck, refusals
from projects.services import periods, reports, told

State = MonthlyReport.State


def reviewable(user: User) -> QuerySet[MonthlyReport]:
    """Reports that wait for ``user``: submitted ones of his jurisdictions, and those in review of his units."""
    return to_approve(user) | in_unit_review(user)


def to_approve(user: User) -> QuerySet[MonthlyReport]:
    """Submitted reports of the jurisdictions that ``user`` supervises."""
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    return MonthlyReport.objects.filter(state=State.SUBMITTED, sub_item__programme__jurisdiction__in=offices)


def in_unit_review(user: User) -> QuerySet[MonthlyReport]:
    """Reports in review of the units that ``user`` reviews for; never one he submitted himself."""
    units = departments_granted(user, REVIEW_REPORT).values("pk")
    return MonthlyReport.objects.filter(~Q(submitted_by=user), state=State.UNIT_REVIEW, department__in=units)


def readable(user: User) -> QuerySet[MonthlyReport]:
    """Reports that ``user`` may open for review, decided or not; never a draft of somebody else's.

    One that was let go after its return is a draft again, of which the steps are read.
    """
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    units = departments_granted(user, REVIEW_REPORT).values("pk")
    still_leads = Responsibility.objects.filter(sub_item=OuterRef("sub_item"), department__in=units)
    let_go = ReportEvent.objects.filter(report=OuterRef("pk"), to_state=State.DRAFT)
    return MonthlyReport.objects.filter(~Q(state=State.DRAFT) | Exists(let_go)).filter(
        Q(sub_item__programme__jurisdiction__in=offices) & ~Q(state=State.UNIT_REVIEW)
        | Q(Exists(still_leads), department__in=units)
    )


def supervises(user: User, report: MonthlyReport) -> bool:
    return has_grant(user, SUPERVISE, report.sub_item.programme.jurisdiction)


def reviews_for_unit(user: User, report: MonthlyReport) -> bool:
    return has_grant(user, REVIEW_REPORT, report.department)


def can_decide(user: User, report: MonthlyReport) -> bool:
    """Whether the next decision on ``report`` is this person's to take."""
    if report.state == State.SUBMITTED:
        return supervises(user, report)
    if report.state != State.UNIT_REVIEW or report.submitted_by_id == user.pk:
        return False
    return reviews_for_unit(user, report)


@transaction.atomic
def pass_on(report: MonthlyReport, *, by: User, comment: str = "") -> None:
    """The unit's reviewer passes the report on to the supervision office; never his own."""
    reports.lock(report, allowed=[State.UNIT_REVIEW])
    if report.submitted_by_id == by.pk:
        raise DomainError(_("Whoever submitted a report does not review it as well."))
    reports.move(report, State.SUBMITTED, by=by, comment=comment, snapshot=_snapshot(sheet_for(report)))


@transaction.atomic
def approve(
    report: MonthlyReport, *, by: User, comment: str = "", exception: str = "", seen: Collection[str] | None = None
) -> None:
    """The supervision office approves; the period's figure is kept in the same transaction.

    Months are approved in order and the checks run again. What is in doubt (``minsheng.review.doubts``: his own filing,
    an earlier month that was never filed, a later one approved with less) wants ``exception``, the approver's word,
    which is recorded in the step; ``seen`` are the keys of the doubts he had before him. Later months that only carried
    on something else are put before the office (``rechecks``).
    """
    reports.lock(report, allowed=[State.SUBMITTED])
    earlier = reports.earlier_undecided(report)
    if earlier is not None:
        raise DomainError(reports.in_order(earlier))
    sheet = sheet_for(report)
    kept = consent(Doubts(by, [report]).of(sheet), exception, seen=seen)
    findings = refusals(submission_of(sheet, content_of(sheet_report(sheet))))
    if findings:
        raise DomainError(" ".join(finding.message for finding in findings))
    snapshot = {**_snapshot(sheet), **kept}
    event = reports.move(report, State.APPROVED, by=by, comment=with_doubts(comment, kept), snapshot=snapshot)
    figures.keep_approved(report, by=by)
    rechecks.ask(event, sheet, content_from(event))


@transaction.atomic
def send_back(report: MonthlyReport, *, by: User, comment: str = "", remarks: Mapping[str, str] | None = None) -> None:
    """Return the report to its unit with a reason, overall, at the fields it concerns (``remarks``, by their keys), or
    both. By the office it is due again; the unit may file again for some days at least, after the lock too.

    Whose turn it is to return it, the unit's reviewer's or the office's, its state says.
    """
    reports.lock(report, allowed=[State.SUBMITTED, State.UNIT_REVIEW])
    if report.state == State.UNIT_REVIEW and report.submitted_by_id == by.pk:
        raise DomainError(_("Whoever submitted a report does not review it as well."))
    if not can_decide(by, report):
        raise reports.not_possible(report)
    sheet = sheet_for(report)
    found = remarks_of(sheet, remarks or {})
    if not comment.strip() and not found:
        raise DomainError(_("Say why the report is returned: the unit reads it."))
    event = reports.move(
        report, State.RETURNED, by=by, comment=comment.strip(), remarks=found, snapshot=_snapshot(sheet)
    )
    with language.of_the_office():
        reports.reopen_filing(report, by=by, reason=event.told)


def stuck(user: User) -> QuerySet[Any]:
    """Reports of the person's jurisdictions that have waited too long for their unit's reviewer (``rules.is_stuck``),
    or that nobody of the unit can review any more; ``since`` is when they began to wait.
    """
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    found = _waiting_in_unit_review().filter(sub_item__programme__jurisdiction__in=offices)
    long_ago = clock.end_of(clock.today() - timedelta(days=DAYS_IN_UNIT_REVIEW))
    return found.filter(Q(period__due_on__lt=clock.today()) | Q(since__lt=long_ago) | Q(has_reviewer=False)).order_by(
        "since"
    )


def _waiting_in_unit_review() -> QuerySet[Any]:
    """Reports in unit review with ``since`` when, and whether anybody but their submitter can review them."""
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-pk").values("at")[:1]
    return MonthlyReport.objects.filter(state=State.UNIT_REVIEW).annotate(
        since=Subquery(newest),
        has_reviewer=is_held(REVIEW_REPORT, "department", "department__parent", but="submitted_by"),
    )


@transaction.atomic
def take_over(report: MonthlyReport, *, by: User, reason: str) -> None:
    """The office takes a report that is stuck in its unit's review: it is submitted, and nobody reviewed it.

    The unit and its reviewer read the reason in the report's steps. Sent twice by one person, once.
    """
    reports.lock(report, allowed=[State.UNIT_REVIEW, State.SUBMITTED])
    if report.state == State.SUBMITTED:
        newest = report.events.order_by("pk").last()
        if newest is None or not newest.snapshot.get(TAKEN_OVER) or newest.actor_id != by.pk:
            raise reports.not_possible(report)
        return
    waits = _waiting_in_unit_review().get(pk=report.pk)
    since = clock.local(waits.since).date()
    if waits.has_reviewer and not is_stuck(since=since, due_on=report.period.due_on, today=clock.today()):
        raise DomainError(
            _("The unit's reviewer has this report since %(day)s: it is still his turn.") % {"day": since.isoformat()}
        )
    if not reason.strip():
        raise DomainError(_("Say why the report is taken over: the unit and its reviewer read it."))
    snapshot = _snapshot(sheet_for(report))
    reports.move(report, State.SUBMITTED, by=by, comment=reason.strip(), snapshot=snapshot, taken_over=True)


@transaction.atomic
def reopen(report: MonthlyReport, *, by: User, reason: str, remarks: Mapping[str, str] | None = None) -> None:
    """Withdraw the approval so that the unit corrects the report; what was approved stays in its steps and figures.
    ``remarks`` say at which fields, as in a return; another unit that reads such a money line is asked for its word.

    Until it is approved again the sub-item stands as its last other approved report says; kept figures of past months
    stay as they are, and the new approval appends its 更正 to them.
    """
    reports.lock(report, allowed=[State.APPROVED])
    if report.sub_item.status != SubItem.Status.ACTIVE:
        raise DomainError(_("A sub-item that is closed or withdrawn keeps its reports."))
    if not reason.strip():
        raise DomainError(_("Say why the report is reopened: the unit reads it, and the correction keeps it."))
    sheet = sheet_for(report)
    found = remarks_of(sheet, remarks or {})
    reports.move(report, State.RETURNED, by=by, comment=reason.strip(), remarks=found, snapshot=_snapshot(sheet))
    reports.reopen_filing(report, by=by, reason=reason.strip())
    figures.refresh(report.sub_item)


def run_out(user: User) -> QuerySet[MonthlyReport]:
    """Returned reports of the person's jurisdictions that their unit can no longer file: the office gives it another
    day, or lets them go. Where the unit has asked for an exception, answering that comes first.
    """
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    return returned_and_locked().filter(~_asked_for(), sub_item__programme__jurisdiction__in=offices)


def _asked_for() -> Exists:
    """As a condition on reports: whether their unit has asked for an exception and waits for the answer."""
    return Exists(
        ExceptionRequest.objects.filter(
            Q(sub_item=None) | Q(sub_item=OuterRef("sub_item")),
            period=OuterRef("period"),
            department=OuterRef("department"),
            state=ExceptionRequest.State.WAITING,
        )
    )


@transaction.atomic
def give_more_time(report: MonthlyReport, *, until: date, by: User, reason: str) -> None:
    """Let the unit file again, up to ``until``, what was returned to it and has locked since; sent twice, once."""
    locks.hold(ReportingPeriod, report.period_id)
    reports.lock(report, allowed=[State.RETURNED])
    if not _has_run_out(report):
        given = report.period.exceptions.filter(sub_item=report.sub_item_id).order_by("pk").last()
        if given is not None and (given.by_id, given.until) == (by.pk, until):
            return
        raise DomainError(_("The unit may still file this report: it is its turn."))
    periods.add_exception(report.period, until=until, reason=reason, by=by, sub_item=report.sub_item)


@transaction.atomic
def let_go(report: MonthlyReport, *, by: User, reason: str) -> None:
    """Wait no longer for a returned report that its unit can no longer file: the month counts as not filed, and the
    following ones may be approved. What was submitted stays in its steps. Where it had been approved, what was approved
    before it is carried on (更正). The unit is told. Sent twice by one person, once.
    """
    reports.lock(report, allowed=[State.RETURNED, State.DRAFT])
    newest = report.events.order_by("pk").last()
    if report.state == State.DRAFT:
        if newest is None or newest.to_state != State.DRAFT or newest.actor_id != by.pk:
            raise reports.not_possible(report)
        return
    _check_run_out(report)
    if not reason.strip():
        raise DomainError(_("Say why nobody waits for this report any longer: the unit reads it."))
    sheet = sheet_for(report)
    event = reports.move(report, State.DRAFT, by=by, comment=reason.strip(), snapshot=_snapshot(sheet))
    told.tell(event)
    if reports.last_approval(report) is not None:
        figures.carry_over(report, by=by, reason=reason.strip())
        before = figures.latest_approved(report.sub_item, report.period)
        rechecks.ask(event, sheet, content_of(before) if before else Content())


@transaction.atomic
def keep_approval(
    report: MonthlyReport, *, by: User, reason: str, exception: str = "", seen: Collection[str] | None = None
) -> None:
    """Let the earlier approval of a report stand, which was reopened and not filed again in time: it says what was
    approved then, and its figure stays. What its unit had written since is kept with the step, for the unit, which is
    told, of what it had submitted since as well; so is each unit whose contribution since then counts no more. What is
    in doubt beside other months wants ``exception`` as in ``approve``. Sent twice by one person, once.
    """
    reports.lock(report, allowed=[State.RETURNED, State.APPROVED])
    if report.state == State.APPROVED:
        newest = report.events.order_by("pk").last()
        if newest is None or not newest.is_kept or newest.actor_id != by.pk:
            raise reports.not_possible(report)
        return
    _check_run_out(report)
    approval = reports.last_approval(report)
    if approval is None:
        raise DomainError(_("This report has never been approved: there is nothing to keep."))
    if not reason.strip():
        raise DomainError(_("Say why the earlier approval stands: the unit reads it."))
    sheet, said = sheet_for(report), content_from(approval)
    kept = consent(doubts_of_keeping(by, sheet, approval), exception, seen=seen)
    steps = list(report.events.order_by("pk"))
    returned = next((one for one in reversed(steps) if one.to_state == State.RETURNED), None)
    unsent = returned is not None and not says(fresh(report), content_from(returned))
    beside = beside_approval(approval, kept, unsent=_snapshot(sheet) if unsent else None)
    put_back(report, said, by=by)
    event = reports.keep_approval(report, approval, by=by, comment=with_doubts(reason, kept), beside=beside)
    later = counted_in(sheet.contributed, approval.snapshot)
    uncounted = [one.unit for one in later if one.uncounted and one.unit != report.department]
    if submitted_since(steps, approval, within=True):
        uncounted.append(report.department)
    told.tell_kept(event, uncounted)
    figures.keep_again(report, by=by, reason=reason.strip())
    rechecks.ask(event, sheet, content_from(event))


def _check_run_out(report: MonthlyReport) -> None:
    """Refuse what is not the office's to end yet."""
    if not _has_run_out(report):
        raise DomainError(_("The unit may still file this report: it is its turn."))
    if MonthlyReport.objects.filter(_asked_for(), pk=report.pk).exists():
        raise DomainError(_("The unit has asked for an exception: answer its request first."))


def _has_run_out(report: MonthlyReport) -> bool:
    return returned_and_locked().filter(pk=report.pk).exists()


def sheet_report(sheet: Sheet) -> MonthlyReport:
    """The sheet's report, which is there when it is reviewed."""
    if sheet.report is None:
        raise DomainError(_("This report does not exist any more."))
    return sheet.report


def sheet_for(report: MonthlyReport) -> Sheet:
    """The sheet of the report's month, read anew."""
    sub_item = (
        SubItem.objects.select_related("programme__jurisdiction")
        .prefetch_related("targets", "milestones", "overrides")
        .get(pk=report.sub_item_id)
    )
    return sheet_of(sub_item, report.period)


def _snapshot(sheet: Sheet) -> dict[str, object]:
    return kept_of(sheet, content_of(sheet_report(sheet)))
