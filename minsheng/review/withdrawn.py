"""What an earlier month said once and does not stand by any more: it was let go, or corrected, or what was submitted
was returned. Whoever writes a later month, and whoever reviews it, is told, and which of its figures are still those.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q
from django.utils.translation import gettext as _

from departments import language
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.services import Sheet
from minsheng.review.later import Figure, Words, figures_beside
from projects.filings import let_go
from projects.models import MonthlyReport, ReportEvent, ReportingPeriod, SubItem
from projects.rules.reports import EDITABLE, SUBMISSION
from projects.services import reports

State = MonthlyReport.State


@dataclass(frozen=True)
class Withdrawn:
    """An earlier month that was let go by ``event``, or that ``event`` says otherwise than it was approved before, or
    submitted and returned (``was_returned``).

    ``same`` are the figures of the report that are those of that time, and not what stands now. ``stands`` is the month
    whose figures count as last submitted.
    """

    event: ReportEvent
    same: list[Figure]
    stands: ReportingPeriod | None
    was_returned: bool = False

    @property
    def is_let_go(self) -> bool:
        return self.event.to_state == State.DRAFT

    @property
    def message(self) -> str:
        if self.was_returned:
            return _("%(month)s had been submitted with other figures, and returned.") % {
                "month": self.event.report.period
            }
        if not self.is_let_go:
            return _("%(month)s was corrected since it had been approved.") % {"month": self.event.report.period}
        words = {"month": self.event.report.period, "stands": self.stands}
        if self.stands is None:
            return _("%(month)s counts as not filed: what it had said is not what was last submitted.") % words
        return _("%(month)s counts as not filed: what was last submitted is that of %(stands)s.") % words

    @property
    def figures(self) -> str:
        """The figures that are the same, in words; empty where there are none."""
        return language.listed(f"{what} {now}" for what, now, _then in (one.words for one in self.same))


def withdrawn_before(sheet: Sheet) -> list[Withdrawn]:
    """The months before that of ``sheet`` that were let go since the last one that stands, and that one itself where it
    was corrected and the report still says what it had said. One query; none for a month that is decided.
    """
    report = sheet.report
    if report is not None and report.state == State.APPROVED:
        return []
    last = sheet.last_event
    gone = Q(report__in=let_go(), report__period__month__lt=sheet.period.month)
    if last is not None:
        gone &= Q(report__period__month__gt=last.report.period.month)
        said = Q(to_state=State.APPROVED) | Q(from_state__in=EDITABLE, to_state__in=SUBMISSION)
        gone |= said & Q(report=last.report_id, pk__lt=last.pk)
    found = ReportEvent.objects.filter(gone, report__sub_item=sheet.sub_item).select_related("report__period")
    now = content_of(report) if report is not None and report.version else Content()
    return withdrawn_in(sheet, now, found.order_by("report__period__month", "pk"))


def let_go_before(sub_item: SubItem, period: ReportingPeriod) -> list[Withdrawn]:
    """For who contributes to ``period``: the months before it that were let go since the last one that stands, which is
    where its amounts begin. One query, two where there are any.
    """
    gone = ReportEvent.objects.filter(
        report__in=let_go().filter(sub_item=sub_item, period__month__lt=period.month), to_state=State.DRAFT
    )
    newest = {
        one.report_id: one for one in gone.select_related("report__period").order_by("report__period__month", "pk")
    }
    last = reports.last_submission(sub_item, period.month) if newest else None
    stands = last.report.period if last else None
    return [
        Withdrawn(one, [], stands)
        for one in newest.values()
        if stands is None or one.report.period.month > stands.month
    ]


def withdrawn_in(sheet: Sheet, now: Content, steps: Iterable[ReportEvent]) -> list[Withdrawn]:
    """The same of ``now``, from the ``steps`` of these months, in order."""
    by_month: dict[int, list[ReportEvent]] = {}
    for event in steps:
        by_month.setdefault(event.report_id, []).append(event)
    return [one for events in by_month.values() for one in _withdrawn(sheet, now, events)]


def _withdrawn(sheet: Sheet, now: Content, events: list[ReportEvent]) -> Iterator[Withdrawn]:
    """Of one month: ``events`` are all its steps where it was let go, else its approvals and submissions so far but the
    last one.
    """
    last, newest = sheet.last_event, events[-1]
    stands = last.report.period if last else None
    if newest.to_state == State.DRAFT:
        kept = [one for one in events if one.is_submission or one.is_kept]
        yield Withdrawn(newest, still_as_before(sheet, now, kept), stands)
    elif last is not None:
        if same := still_as_approved(sheet, now, events):
            yield Withdrawn(last, same, stands)
        if same := still_as_returned(sheet, now, events):
            yield Withdrawn(last, same, stands, was_returned=True)


def still_as_approved(sheet: Sheet, now: Content, before: list[ReportEvent]) -> list[Figure]:
    """The figures of ``now`` that the month before said when it was approved, and says otherwise by now. ``before`` are
    its approvals and submissions before the last one.
    """
    return still_as_before(sheet, now, [one for one in before if one.to_state == State.APPROVED])


def still_as_returned(sheet: Sheet, now: Content, before: list[ReportEvent]) -> list[Figure]:
    """The same of what was only submitted, and returned. A figure that was written after something else had taken its
    place was stated anew, beside that: it is none of them.
    """
    report, last = sheet.report, sheet.last_event
    if report is None or last is None:
        return []
    approved = {one.key for one in still_as_approved(sheet, now, before)}
    found: dict[str, Figure] = {}
    said = [one for one in before if one.is_submission or one.is_kept]
    for event, following in pairwise([*said, last]):
        for one in still_as_before(sheet, now, [event]):
            mark = report.edits.get(one.key)
            anew = mark is not None and datetime.fromisoformat(mark["at"]) > following.at
            if one.key not in approved and not anew:
                found[one.key] = one
    return list(found.values())


def still_as_before(sheet: Sheet, now: Content, before: list[ReportEvent]) -> list[Figure]:
    """The figures of ``now`` that one of ``before`` said, and that stand otherwise."""
    stands = {one.key: one.then for one in figures_beside(sheet, now, sheet.last)}
    found: dict[str, Figure] = {}
    for event in before:
        for one in figures_beside(sheet, now, content_from(event)):
            if one.now is not None and one.now == one.then != stands[one.key]:
                found[one.key] = one
    return list(found.values())


def changed(sheet: Sheet, now: Content) -> list[Figure]:
    """The figures of ``now`` that are others than those submitted last; what that did not state is none, nor is what
    another unit has read this month.
    """
    read = {int(pk) for pk in sheet.others.get("lines_read", {})}
    beside = figures_beside(sheet, now, sheet.last)
    return [one for one in beside if one.then is not None and one.now != one.then and one.line not in read]


def beside_last(sheet: Sheet, now: Content, figures: list[Figure]) -> list[Words]:
    """``figures`` of ``now`` beside what was last submitted of each, in words."""
    keys = {one.key for one in figures}
    return [one.words for one in figures_beside(sheet, now, sheet.last) if one.key in keys]
