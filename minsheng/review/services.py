"""Reviewing a month: the unit's reviewer passes on, the supervision office approves, either returns."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from departments.errors import DomainError
from departments.models import User
from departments.permissions import REVIEW_REPORT, SUPERVISE, departments_granted, has_grant, jurisdictions_granted
from minsheng import figures
from minsheng.filing.content import content_of
from minsheng.filing.services import Sheet, kept_of, sheet_of, submission_of
from projects.models import MonthlyReport, Responsibility, SubItem
from projects.rules.reports import approver_conflict, refusals
from projects.services import reports

State = MonthlyReport.State


def reviewable(user: User) -> QuerySet[MonthlyReport]:
    """Reports that wait for ``user``: submitted ones of his jurisdictions, and those in review of his units."""
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    units = departments_granted(user, REVIEW_REPORT).values("pk")
    return MonthlyReport.objects.filter(
        Q(state=State.SUBMITTED, sub_item__programme__jurisdiction__in=offices)
        | Q(state=State.UNIT_REVIEW, department__in=units)
    )


def readable(user: User) -> QuerySet[MonthlyReport]:
    """Reports that ``user`` may open for review, decided or not; never a draft of somebody else's."""
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    units = departments_granted(user, REVIEW_REPORT).values("pk")
    still_leads = Responsibility.objects.filter(sub_item=OuterRef("sub_item"), department__in=units)
    return MonthlyReport.objects.exclude(state=State.DRAFT).filter(
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
    return report.state == State.UNIT_REVIEW and reviews_for_unit(user, report)


def needs_exception(user: User, report: MonthlyReport) -> bool:
    """Whether this person filed or passed on what he would now approve."""
    return approver_conflict(approver=user.pk, submitter=report.submitted_by_id, reviewer=report.reviewed_by_id)


@transaction.atomic
def pass_on(report: MonthlyReport, *, by: User, comment: str = "") -> None:
    """The unit's reviewer passes the report on to the supervision office; never his own."""
    reports.lock(report, allowed=[State.UNIT_REVIEW])
    if report.submitted_by_id == by.pk:
        raise DomainError(_("Whoever submitted a report does not review it as well."))
    reports.move(report, State.SUBMITTED, by=by, comment=comment, snapshot=_snapshot(_sheet(report)))


@transaction.atomic
def approve(report: MonthlyReport, *, by: User, comment: str = "", exception: str = "") -> None:
    """The supervision office approves; the period's figure is kept in the same transaction.

    Months are approved in order and the checks run again. Who filed or passed on the report may only approve it with
    ``exception``, the reason, which is recorded in the step.
    """
    reports.lock(report, allowed=[State.SUBMITTED])
    if needs_exception(by, report) and not exception.strip():
        raise DomainError(_("You filed or passed on this report yourself: another person approves it."))
    earlier = reports.earlier_undecided(report)
    if earlier is not None:
        raise DomainError(
            _("Months are approved in order: the report of %(month)s is still “%(state)s”.")
            % {"month": earlier.period, "state": earlier.get_state_display()}
        )
    sheet = _sheet(report)
    findings = refusals(submission_of(sheet, content_of(sheet_report(sheet))))
    if findings:
        raise DomainError(" ".join(finding.message for finding in findings))
    snapshot = _snapshot(sheet)
    if exception.strip():
        snapshot["exception"] = exception
        comment = "\n".join(part for part in (comment, exception) if part.strip())
    reports.move(report, State.APPROVED, by=by, comment=comment, snapshot=snapshot)
    figures.keep_approved(report, by=by)


@transaction.atomic
def send_back(report: MonthlyReport, *, by: User, comment: str) -> None:
    """Return the report to its unit with a reason; after the lock the unit may file again for some days."""
    reports.lock(report, allowed=[State.SUBMITTED if supervises(by, report) else State.UNIT_REVIEW])
    if not comment.strip():
        raise DomainError(_("Say why the report is returned: the unit reads it."))
    reports.move(report, State.RETURNED, by=by, comment=comment.strip(), snapshot=_snapshot(_sheet(report)))
    reports.reopen_filing(report, by=by, reason=comment.strip())


def sheet_report(sheet: Sheet) -> MonthlyReport:
    """The sheet's report, which is there when it is reviewed."""
    if sheet.report is None:
        raise DomainError(_("This report does not exist any more."))
    return sheet.report


def _sheet(report: MonthlyReport) -> Sheet:
    sub_item = (
        SubItem.objects.select_related("programme__jurisdiction")
        .prefetch_related("targets", "milestones", "overrides")
        .get(pk=report.sub_item_id)
    )
    return sheet_of(sub_item, report.period)


def _snapshot(sheet: Sheet) -> dict[str, object]:
    return kept_of(sheet, content_of(sheet_report(sheet)))
