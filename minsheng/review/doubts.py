"""What an approval does not pass over in silence: each doubt wants a word of the approver, which the step keeps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from departments import language
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from departments.permissions import FILE_REPORT, REVIEW_REPORT, departments_granted
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.line_findings import told_beside
from minsheng.filing.services import Sheet
from minsheng.review.later import Figure, carried_in, grown
from minsheng.review.withdrawn import (
    beside_last,
    changed,
    still_as_approved,
    still_as_returned,
    withdrawn_in,
)
from projects.models import MonthlyReport, ReportEvent
from projects.rules.reports import approver_conflict
from projects.services.sequence import (
    Skipped,
    approvals_after,
    approvals_of,
    replaced_before,
    skipped_before,
    steps_let_go,
)


class Kind(StrEnum):
    OWN = "own"  # the approver's own filing, or his own unit's
    LATER = "later"  # a later month is approved with less
    CARRIED = "carried"  # a later month is approved, with what this one said before
    OLD = "old"  # figures of before an earlier month was corrected
    RETURNED = "returned"  # figures of an earlier month that were submitted and returned
    NIL = "nil"  # a nil report with other figures than those submitted last
    GONE = "gone"  # figures of an earlier month that was let go
    SKIPPED = "skipped"  # an earlier month was never filed


@dataclass(frozen=True)
class Doubt:
    """``key`` says whether it is still the doubt that was looked at. The message is in the language of who reads it.
    ``later`` is the step of the other month, of old figures that of the earlier one.
    """

    kind: Kind
    skipped: Sequence[Skipped] = ()
    later: ReportEvent | None = None
    above: Sequence[tuple[str | Promise, str, str]] = ()  # what, this month, the other one

    @property
    def key(self) -> str:
        figures = "|".join(f"{now}>{then}" for _what, now, then in self.above)
        months = ",".join(f"{one.period.month:%Y-%m}" for one in self.skipped)
        if self.kind in (Kind.CARRIED, Kind.GONE) and self.later:
            months = f"{self.later.report.period.month:%Y-%m}"
        return f"{self.kind}:{months}{figures}"

    @property
    def message(self) -> str:
        if self.kind == Kind.OWN:
            return _("You or your own unit filed or passed on this report.")
        if self.kind == Kind.SKIPPED:
            months = language.listed(one.words for one in self.skipped)
            return _("Months are approved in order, and nothing was filed for %(months)s.") % {"months": months}
        figures = language.listed(
            told_beside(str(what), now, then)
            if self.kind == Kind.GONE
            else _("%(figure)s %(now)s (then %(then)s)") % {"figure": what, "now": now, "then": then}
            for what, now, then in self.above
        )
        month = self.later.report.period if self.later else ""
        words = {"month": month, "figures": figures}
        if self.kind == Kind.OLD:
            return _("As %(month)s had said before it was corrected, and not as it says now: %(figures)s.") % words
        if self.kind == Kind.RETURNED:
            return _("As %(month)s had said in what was returned, and not as it says now: %(figures)s.") % words
        if self.kind == Kind.GONE:
            return (
                _("As %(month)s had said, which counts as not filed, and not as was last submitted: %(figures)s.")
                % words
            )
        if self.kind == Kind.NIL:
            return _("A nil report that differs from what %(month)s says by now: %(figures)s.") % words
        if self.kind == Kind.CARRIED:
            return _(
                "%(month)s is approved already, and only carried on what was said before: %(figures)s. It goes to your"
                " to-do, to be reopened or said to be right."
            ) % {"month": month, "figures": figures}
        return _("%(month)s is approved already, with less: %(figures)s.") % {"month": month, "figures": figures}


class Doubts:
    """The doubts of one approver about some reports, read at once: eleven queries, however many they are,
    and one more where a month before was let go.
    """

    def __init__(self, user: User, reports: Iterable[MonthlyReport]) -> None:
        waiting = list(reports)
        self.user = user
        self.own = own_units(user) if waiting else frozenset()
        self.later = approvals_after(waiting)
        self.before = approvals_of(self.later)
        self.replaced = replaced_before(waiting)
        self.skipped = skipped_before(waiting)
        self.gone = steps_let_go(waiting, self.skipped)

    def of(self, sheet: Sheet) -> list[Doubt]:
        """About the report of ``sheet``, which is one of them."""
        report = sheet.report
        if report is None:
            return []
        own = [Doubt(Kind.OWN)] if needs_exception(self.user, report, own=self.own) else []
        now = content_of(report)
        return [*own, *self.beside(sheet, report, now), *self._old(sheet, now, report)]

    def beside(self, sheet: Sheet, report: MonthlyReport, now: Content) -> list[Doubt]:
        """About the months before and after ``report``, which is that of ``sheet``, where it says ``now``."""
        found = []
        if report.pk in self.skipped:
            found.append(Doubt(Kind.SKIPPED, skipped=self.skipped[report.pk]))
        later = self.later.get(report.pk, [])
        carried = carried_in(sheet, now, later, own=self.before.get(report.pk, ()))
        above = grown(sheet, now, content_from(later[0])) if later else []
        if carried and carried[0].approval == later[0]:
            above = [one for one in above if one not in carried[0].figures]
        if above:
            found.append(Doubt(Kind.LATER, later=later[0], above=[one.words for one in above]))
        return [
            *found,
            *(Doubt(Kind.CARRIED, later=one.approval, above=[two.words for two in one.figures]) for one in carried),
        ]

    def _old(self, sheet: Sheet, now: Content, report: MonthlyReport) -> list[Doubt]:
        """Figures that an earlier month does not stand by any more, corrected, returned or let go, and those of a nil
        report that are not the last ones, whatever the cause; unread lines are told as such already.
        """
        last = sheet.last_event
        gone = withdrawn_in(sheet, now, self.gone.get(report.pk, ()))
        found = [_doubt(Kind.GONE, one.event, sheet, now, one.same) for one in gone]
        if last is not None and now.is_nil:
            found.append(_doubt(Kind.NIL, last, sheet, now, changed(sheet, now)))
        elif last is not None:
            replaced = [one for one in self.replaced.get(last.report_id, ()) if one.pk < last.pk]
            found.append(_doubt(Kind.OLD, last, sheet, now, still_as_approved(sheet, now, replaced)))
            found.append(_doubt(Kind.RETURNED, last, sheet, now, still_as_returned(sheet, now, replaced)))
        return [one for one in found if one.above]


def _doubt(kind: Kind, step: ReportEvent, sheet: Sheet, now: Content, figures: Iterable[Figure]) -> Doubt:
    """Of ``figures`` beside what was last submitted; of none that another unit was to read and has not."""
    own = [one for one in figures if one.line not in sheet.unread]
    return Doubt(kind, later=step, above=beside_last(sheet, now, own))


def consent(doubts: Sequence[Doubt], word: str, *, seen: Collection[str] | None) -> dict[str, Any]:
    """What the step keeps of ``word``, given for ``doubts``; nothing where there are none.

    ``seen`` are the keys of the doubts the approver had before him; ``None``: he was asked for none in particular.
    Raises ``DomainError`` where a word is wanted, ``Conflict`` where a doubt has come up since.
    """
    if not doubts:
        return {}
    messages = " ".join(one.message for one in doubts)
    if not word.strip():
        raise DomainError(
            _("%(doubts)s If it is to be approved all the same, by you, say why: it is kept.") % {"doubts": messages}
        )
    if seen is not None and any(one.key not in seen for one in doubts):
        raise Conflict(_("This has come up since you looked at it: %(doubts)s") % {"doubts": messages})
    with language.of_the_office():
        return {"exception": word.strip(), "despite": [one.message for one in doubts]}


def with_doubts(comment: str, kept: Mapping[str, Any]) -> str:
    """The ``comment`` of a step, with what was in doubt and the word given for it, as the step has ``kept`` them."""
    return "\n".join(part for part in (comment.strip(), *kept.get("despite", ()), kept.get("exception", "")) if part)


def own_units(user: User) -> frozenset[int]:
    """The units that are a person's own: his unit with its sections, and those he files or reviews for."""
    mine = Q(pk__in=departments_granted(user, FILE_REPORT, REVIEW_REPORT).values("pk"))
    if user.department:
        top = user.department.parent_id or user.department.pk
        mine |= Q(pk=top) | Q(parent=top)
    return frozenset(Department.objects.filter(mine).values_list("pk", flat=True))


def needs_exception(user: User, report: MonthlyReport, *, own: frozenset[int] | None = None) -> bool:
    """Whether this person, or his own unit, filed or passed on what he would now approve.

    ``own`` are his ``own_units``, where they are at hand.
    """
    return approver_conflict(
        approver=user.pk,
        submitter=report.submitted_by_id,
        reviewer=report.reviewed_by_id,
        own_unit=report.department_id in (own_units(user) if own is None else own),
    )
