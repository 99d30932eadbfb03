"""Later months that only carried on what an earlier one said: the office looks at them again when that one changes."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from departments import audit, clock, language
from departments.errors import DomainError
from departments.models import User
from departments.permissions import SUPERVISE, jurisdictions_granted
from minsheng.filing.content import Content
from minsheng.filing.services import Sheet
from minsheng.review.later import carried_in, in_words
from projects.models import MonthlyReport, Recheck, ReportEvent
from projects.services import reports
from projects.services.sequence import approvals_after, approvals_of

State = MonthlyReport.State


def to_recheck(user: User) -> QuerySet[MonthlyReport]:
    """The months of the jurisdictions that ``user`` supervises of which the office has neither said yet that they are
    right, nor reopened them.
    """
    offices = jurisdictions_granted(user, SUPERVISE).values("pk")
    waiting = Recheck.objects.waiting().filter(report=OuterRef("pk")).order_by()
    return MonthlyReport.objects.filter(Exists(waiting), sub_item__programme__jurisdiction__in=offices)


def ask(because: ReportEvent, sheet: Sheet, now: Content) -> None:
    """After a decision (``because``) on the month of ``sheet``, which says ``now``: put what carried something else on
    from it before the office. The caller has a transaction.
    """
    report = because.report
    later = approvals_after([report])
    own = approvals_of(later).get(report.pk, ())
    carried = carried_in(sheet, now, later.get(report.pk, ()), own=[one for one in own if one.pk < because.pk])
    with language.of_the_office():
        asked = [Recheck(report=one.approval.report, because=because, figures=in_words(one.figures)) for one in carried]
    approvals = {one.approval.report_id: one.approval for one in carried}
    Recheck.objects.bulk_create(one for one in asked if not _is_answered(one, since=approvals[one.report_id]))


def _is_answered(asked: Recheck, *, since: ReportEvent) -> bool:
    """Whether the office has said of just these figures of both months that they are right, after the month was
    approved (``since``).
    """
    said = Recheck.objects.filter(report=asked.report_id, because__report=asked.because.report_id)
    newest = said.filter(said_at__gte=since.at).order_by("pk").last()
    return newest is not None and newest.figures == asked.figures


@transaction.atomic
def say_right(report: MonthlyReport, *, by: User, reason: str) -> None:
    """The office has looked at the month again: its figures are right all the same. Said twice by one person, once."""
    reports.lock(report, allowed=[State.APPROVED])
    waiting = Recheck.objects.waiting().filter(report=report)
    if not waiting:
        said = report.rechecks.exclude(said_at=None).last()
        if said is None or said.said_by_id != by.pk:
            raise DomainError(_("Nobody waits for a word on this month any more."))
        return
    if not reason.strip():
        raise DomainError(_("Say why its figures are right all the same: it is kept."))
    # Their keys first: what is written takes them out of the question.
    Recheck.objects.filter(pk__in=[one.pk for one in waiting]).update(
        said_by=by, said_by_name=audit.signature(by), said_at=clock.now(), word=reason.strip()
    )
