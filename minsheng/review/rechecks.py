"""Later months that only carried on what an earlier one said: the office looks at them again when that one changes."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from departments import audit, clock, language
from departments.errors import Conflict, DomainError
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
    Recheck.objects.bulk_create(one for one in asked if not is_answered(one))


def is_answered(asked: Recheck) -> bool:
    """Whether the office has said of just these figures of both months that they are right, and has not decided the
    month anew since.
    """
    said = Recheck.objects.filter(report=asked.report_id, because__report=asked.because.report_id)
    newest = said.exclude(said_at=None).order_by("pk").last()
    if newest is None or newest.said_at is None or newest.figures != asked.figures:
        return False
    anew = ReportEvent.objects.filter(report=asked.report_id, to_state=State.APPROVED, at__gt=newest.said_at)
    return not anew.exclude(from_state=State.RETURNED).exists()


@transaction.atomic
def say_right(report: MonthlyReport, *, by: User, reason: str, seen: Collection[int] | None = None) -> None:
    """The office has looked at the month again: its figures are right all the same. Said twice by one person, once.

    ``seen`` are the keys of what he had before him; ``None``: he was asked of nothing in particular. Raises
    ``Conflict`` where something else waits by now.
    """
    reports.lock(report, allowed=[State.APPROVED])
    waiting = Recheck.objects.waiting().filter(report=report)
    if not waiting:
        said = report.rechecks.exclude(said_at=None).last()
        if said is None or said.said_by_id != by.pk:
            raise DomainError(_("Nobody waits for a word on this month any more."))
        return
    if seen is not None and any(one.pk not in seen for one in waiting):
        raise Conflict(_("An earlier month was decided anew since you looked: see the figures as they are now."))
    if not reason.strip():
        raise DomainError(_("Say why its figures are right all the same: it is kept."))
    # Their keys first: what is written takes them out of the question.
    Recheck.objects.filter(pk__in=[one.pk for one in waiting]).update(
        said_by=by, said_by_name=audit.signature(by), said_at=clock.now(), word=reason.strip()
    )
