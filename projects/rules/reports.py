"""What a monthly report must say before it may be submitted, and which steps its life allows. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from departments.models import Department
from projects.models import Light, MonthlyReport

State = MonthlyReport.State

# From which state to which; whoever acts second on the same report is refused.
STEPS: Final = {
    State.DRAFT: {State.UNIT_REVIEW, State.SUBMITTED},
    # Let go: it counts as not filed. Approved before and reopened: the approval may stand after all.
    State.RETURNED: {State.UNIT_REVIEW, State.SUBMITTED, State.DRAFT, State.APPROVED},
    State.UNIT_REVIEW: {State.SUBMITTED, State.RETURNED},
    State.SUBMITTED: {State.APPROVED, State.RETURNED},
    State.APPROVED: {State.RETURNED},  # reopened
}
EDITABLE: Final = frozenset({State.DRAFT, State.RETURNED})
# How long a report waits for its unit's reviewer before the office may take it over; after the due day not at all.
DAYS_IN_UNIT_REVIEW: Final = 3
# A lag that is said to be caught up later than so many years after the report is a slip of the pen.
MEASURE_YEARS: Final = 3
# Steps into these from an editable state are a unit's submission.
SUBMISSION: Final = frozenset({State.UNIT_REVIEW, State.SUBMITTED})


@dataclass(frozen=True)
class Finding:
    """Something wrong or unusual about a report; ``field`` names the form's field that it concerns."""

    field: str
    message: str


class Kind(StrEnum):
    FALL = "fall"
    LAG = "lag"


@dataclass(frozen=True)
class Unusual:
    """What a reader of the report must notice, as a sentence; the unit gives a reason for it."""

    kind: Kind
    message: str


@dataclass(frozen=True)
class TargetFigure:
    """A tracked target's reading beside the last submitted one."""

    field: str
    name: str
    value: Decimal | None
    last: Decimal | None
    must_not_fall: bool

    @property
    def fell(self) -> bool:
        if self.value is None or self.last is None:
            return False
        return self.must_not_fall and self.value < self.last


@dataclass(frozen=True)
class Submission:
    """A report as it would be submitted, with what it is compared to.

    ``light`` is the one it would show at its period's end. ``first_day`` and ``last_day`` bound the day by which a lag
    is caught up; none where the report has been sent off and its day was bounded then.
    """

    percent: Decimal | None
    last_percent: Decimal | None
    by_milestones: bool
    progress: str
    reason: str
    is_nil: bool
    nil_reason: str
    light: Light
    light_sentence: str
    targets: tuple[TargetFigure, ...] = ()
    fallen: tuple[str, ...] = field(default=())
    explained: tuple[str, ...] = field(default=())
    factor: str = ""
    measure: str = ""
    measure_by: date | None = None
    first_day: date | None = None
    last_day: date | None = None


def refusals(report: Submission) -> list[Finding]:
    """All that stands between the report and its submission; empty when it may be submitted."""
    found = list(_missing(report))
    if not report.reason.strip():
        found += [Finding("reason", text) for text in unexplained(report)]
    return [*found, *_without_measure(report)]


def _missing(report: Submission) -> Iterable[Finding]:
    if report.percent is None and not report.by_milestones:
        yield Finding("percent", _("State the progress in percent."))
    if report.percent is not None and not 0 <= report.percent <= 100:
        yield Finding("percent", _("Progress is between 0 and 100 percent."))
    if report.is_nil:
        if not report.nil_reason.strip():
            yield Finding("nil_reason", _("A nil report needs a word why nothing changed."))
    elif not report.progress.strip():
        yield Finding("progress", _("Write what was done this month, or file a nil report."))
    for target in report.targets:
        if target.value is None:
            yield Finding(target.field, _("State how far this target has come; 0 if nothing yet."))


def _without_measure(report: Submission) -> Iterable[Finding]:
    """Whoever is behind says what holds it up, what is done about it, and by when."""
    if any(one.kind == Kind.LAG for one in unusual(report)):
        if not report.factor:
            yield Finding("factor", _("Name what mainly holds it up."))
        if not report.measure.strip():
            yield Finding("measure", _("Write what is done to catch up."))
        if report.measure_by is None:
            yield Finding("measure_by", _("Say by which day."))
    if report.measure_by is None:
        return
    if report.first_day is not None and report.measure_by < report.first_day:
        yield Finding(
            "measure_by",
            _("By this day it cannot be caught up any more: state one from %(day)s on.")
            % {"day": report.first_day.isoformat()},
        )
    if report.last_day is not None and report.measure_by > report.last_day:
        yield Finding(
            "measure_by",
            _("This day is too far off: state one until %(day)s.") % {"day": report.last_day.isoformat()},
        )


def measure_days(*, ends_on: date, today: date, deadline: date | None) -> tuple[date, date]:
    """The first and the last day by which a lag may be said to be caught up, ``ends_on`` the last day of the month.

    A report speaks of its month's end, or of today while the month runs: what has passed by then is no plan. The last
    is the end of the third year after it, or the deadline where that is later: what lies beyond is a slip of the pen.

    >>> days = measure_days(ends_on=date(2023, 10, 31), today=date(2023, 10, 20), deadline=date(2023, 12, 31))
    >>> [day.isoformat() for day in days]
    ['2023-10-20', '2026-12-31']
    >>> measure_days(ends_on=date(2023, 8, 31), today=date(2023, 10, 20), deadline=date(2028, 6, 30))[0].isoformat()
    '2023-08-31'
    """
    far = date(ends_on.year + MEASURE_YEARS, 12, 31)
    return min(today, ends_on), max(deadline or far, far)


def late_measure(measure_by: date | None, deadline: date | None) -> list[Finding]:
    """A lag that will be caught up after the deadline only: it may be so, and everybody is told."""
    if measure_by is None or deadline is None or measure_by <= deadline:
        return []
    days = {"day": measure_by.isoformat(), "deadline": deadline.isoformat()}
    return [Finding("measure_by", _("Caught up by %(day)s only, after the deadline (%(deadline)s).") % days)]


def unexplained(report: Submission) -> list[str]:
    """What needs a reason: figures that fell, and a lag that shows yellow or red; not amounts that the unit that reads
    them has explained (``explained``).
    """
    left = replace(report, fallen=tuple(name for name in report.fallen if name not in report.explained))
    return [_("%(sentence)s Say why.") % {"sentence": one.message} for one in unusual(left)]


def unusual(report: Submission) -> list[Unusual]:
    """Figures that fell, and a lag that shows yellow or red, each as a statement: filer and reviewers read the same."""
    found = []
    if report.percent is not None and report.last_percent is not None and report.percent < report.last_percent:
        found.append(_("Progress is lower than last submitted (%(last)s%%).") % {"last": _plain(report.last_percent)})
    found += fallen_targets(report.targets)
    found += [_("“%(name)s” is lower than last submitted.") % {"name": name} for name in report.fallen]
    remarks = [Unusual(Kind.FALL, message) for message in found]
    judged = report.percent is not None or report.by_milestones
    if judged and report.light in (Light.YELLOW, Light.RED):
        remarks.append(Unusual(Kind.LAG, report.light_sentence))
    return remarks


def fallen_targets(targets: Iterable[TargetFigure]) -> list[str]:
    """Figures that must not fall and are lower than last submitted, each as a sentence."""
    return [
        _("“%(name)s” is lower than last submitted (%(last)s).")
        % {"name": target.name, "last": _plain(target.last or Decimal(0))}
        for target in targets
        if target.fell
    ]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def filing_open(*, today: date, opens_on: date, locks_on: date, excepted_until: date | None) -> bool:
    """Whether a unit may file in a period: while it is open, or by an exception up to its last day."""
    if today < opens_on:
        return False
    return today < locks_on or (excepted_until is not None and today <= excepted_until)


def acts_on_behalf(own: Department | None, filing: Department) -> bool:
    """Whether who belongs to ``own`` acts for another unit: one that is neither ``filing`` nor a section of it.

    The person of the unit above a section does, and so does whoever belongs to no unit.
    """
    return own is None or filing.pk not in (own.pk, own.parent_id)


def approver_conflict(*, approver: int, submitter: int | None, reviewer: int | None, own_unit: bool = False) -> bool:
    """Whether the approver would approve what he filed or passed on himself, or what his own unit filed."""
    return own_unit or approver in (submitter, reviewer)


def is_stuck(*, since: date, due_on: date, today: date) -> bool:
    """Whether a report has waited in its unit's review since ``since`` for too long: days, or past the due day.

    >>> waits = {"since": date(2023, 9, 20), "due_on": date(2023, 9, 25)}
    >>> [is_stuck(**waits, today=date(2023, 9, day)) for day in (22, 23)]
    [False, True]
    >>> is_stuck(since=date(2023, 9, 25), due_on=date(2023, 9, 25), today=date(2023, 9, 26))
    True
    """
    return today > due_on or today - since >= timedelta(days=DAYS_IN_UNIT_REVIEW)
