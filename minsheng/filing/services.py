"""Filing a month: drafts, submission, and the checks in between."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from departments import clock, language
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from departments.permissions import FILE_REPORT, REVIEW_REPORT, departments_granted, holders
from funding import rules as money_rules
from funding.models import FundingLine, FundingReading
from funding.services import readings
from funding.services.readings import lines_to_read
from minsheng.filing import nil
from minsheng.filing.content import Content, content_from, snapshot_of, target_figures
from minsheng.filing.contributions import (
    KEPT,
    Contributed,
    assigned_to,
    carried_by,
    contributed_of,
    first_submission_of,
    sums_from,
)
from minsheng.filing.contributions import kept_of as kept_of_others
from minsheng.filing.inherited import inherited_findings
from minsheng.filing.line_findings import explained_of, figures_of, line_findings
from minsheng.filing.measures import measure_days_of
from minsheng.filing.nil import LeavesOut, left_out
from minsheng.filing.remarks import unanswered_of
from minsheng.filing.settled import settled, stored_of
from projects.models import (
    MonthlyReport,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
    Target,
    TargetReading,
)
from projects.rules import targets as target_rules
from projects.rules.lights import Verdict
from projects.rules.reports import (
    EDITABLE,
    SUBMISSION,
    Finding,
    Submission,
    late_measure,
    refusals,
)
from projects.services import figures, reports


class Refused(DomainError):
    """A submission that the checks refuse; ``findings`` say at which field and why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(finding.message for finding in findings))
        self.findings = findings


@dataclass(frozen=True)
class Rights:
    """What a person may do with a sub-item's report of a month."""

    draft: bool
    submit: bool


@dataclass
class Sheet:
    """All that belongs to a sub-item's report of a month, read once: for the form, the checks and the snapshot.

    ``frozen`` is what the newest step kept of a report that is not being written: what others said counts as it was.
    ``first_submission`` is the step with which it was first submitted, where money lines are assigned to other units.
    """

    sub_item: SubItem
    period: ReportingPeriod
    unit: Department | None
    report: MonthlyReport | None
    targets: list[Target]
    lines: list[FundingLine]
    last_event: ReportEvent | None
    last: Content = field(default_factory=Content)
    contributed: list[Contributed] = field(default_factory=list)
    frozen: dict[str, Any] | None = None
    first_submission: int | None = None

    @property
    def is_open(self) -> bool:
        return reports.is_open(self.period, self.sub_item, self.unit)

    @property
    def opens_later(self) -> bool:
        return clock.today() < self.period.opens_on

    @property
    def open_until(self) -> date:
        """The last day on which the unit may, or might, file."""
        return reports.open_until(self.period, self.sub_item, self.unit)

    @property
    def is_editable(self) -> bool:
        """Whether the unit may write now: it is its turn and the period is open."""
        return self.is_open and (self.report is None or self.report.state in EDITABLE)

    @property
    def by_milestones(self) -> bool:
        return self.sub_item.progress_kind == SubItem.ProgressKind.MILESTONES

    @property
    def assigned(self) -> dict[int, Contributed]:
        """The money lines that another unit reads, by their key; none while the report is not being written."""
        return assigned_to(self.contributed)

    @property
    def others(self) -> dict[str, Any]:
        """What the other units have said and what they have not, as the report's snapshot keeps it."""
        if self.frozen is None:
            return {**kept_of_others(self.contributed, self.targets), "lines_unanswered": self.unanswered}
        return {name: self.frozen[name] for name in KEPT if name in self.frozen}

    @property
    def unread(self) -> dict[int, str]:
        """The unit that should have read each line and has not, by the line's key."""
        return {int(pk): unit for pk, unit in self.others.get("lines_unread", {}).items()}

    @cached_property
    def unanswered(self) -> dict[str, str]:
        """The unit that has not answered for what was remarked at the line it reads, by the line's key as kept."""
        return unanswered_of(self)

    @cached_property
    def carried(self) -> frozenset[int]:
        """The money lines that the report has only carried on so far, as often as it was submitted."""
        return carried_by(self.report) if self.report is not None and self.first_submission else frozenset()


def sheet_of(sub_item: SubItem, period: ReportingPeriod) -> Sheet:
    last_event = reports.last_submission(sub_item, period.month)
    report = (
        MonthlyReport.objects.filter(sub_item=sub_item, period=period)
        .select_related("edited_by", "department", "period", "sub_item__programme")
        .prefetch_related(
            Prefetch("target_readings", TargetReading.objects.select_related("target")),
            Prefetch("funding_readings", FundingReading.objects.select_related("line__source")),
        )
        .first()
    )
    lines = lines_to_read(sub_item)
    unit = reports.filing_unit(sub_item, period.month)
    first = first_submission_of(report, lines)
    return Sheet(
        sub_item=sub_item,
        period=period,
        unit=unit,
        report=report,
        targets=[target for target in sub_item.targets.all() if target.tracked],
        lines=lines,
        last_event=last_event,
        last=content_from(last_event) if last_event else Content(),
        contributed=contributed_of(sub_item, period, report, lines, filing=unit, first=first),
        frozen=frozen_of(report),
        first_submission=first,
    )


def frozen_of(report: MonthlyReport | None) -> dict[str, Any] | None:
    """What the newest step of ``report`` kept, where it is not being written."""
    if report is None or report.state in EDITABLE:
        return None
    steps = list(report.events.all())
    return steps[-1].snapshot if steps else {}


def rights_of(user: User, sub_item: SubItem, period: ReportingPeriod) -> Rights:
    """Leads of the month may write the draft, its filing unit alone submits (design §4, §5)."""
    mine = departments_granted(user, FILE_REPORT).values("pk")
    leads = list(
        Responsibility.objects.in_month(period.month)
        .filter(sub_item=sub_item, role=Responsibility.Role.LEAD, department__in=mine)
        .values_list("files", flat=True)
    )
    return Rights(draft=bool(leads), submit=any(leads))


def kept_already(sheet: Sheet, content: Content, *, by: User) -> bool:
    """Whether ``by`` himself has just written exactly ``content``: the same form sent twice."""
    report = sheet.report
    return report is not None and report.edited_by == by and stored_of(sheet, report) == settled(sheet, content)


def submitted_already(sheet: Sheet, *, by: User) -> bool:
    """Whether the report stands submitted by ``by``."""
    report = sheet.report
    return report is not None and report.state in SUBMISSION and report.submitted_by_id == by.pk


@transaction.atomic
def submit(sheet: Sheet, *, by: User, known: int = 0) -> MonthlyReport:
    """Submit the draft as it stands in the database, or refuse with all findings at once.

    A nil report that would leave out what other units have contributed is not submitted (``LeavesOut``) before ``by``
    was told of the newest version, ``known``. It goes to the unit's reviewer where another active person holds that
    right, else to the supervision office.
    """
    report = sheet.report
    if report is None:
        raise DomainError(_("There is nothing to submit yet: save a draft first."))
    if not sheet.is_open:
        raise DomainError(_("This period is locked: ask the supervision office for an exception."))
    reports.lock(report, allowed=EDITABLE)
    check_unit(sheet, report)
    sheet = with_newest_contributions(planned_now(sheet), report)
    content = settled(sheet, stored_of(sheet, fresh(report)))
    readings.revise(report, content.money)
    findings = refusals(submission_of(sheet, content))
    if findings:
        raise Refused(findings)
    others = left_out(sheet, content) if content.is_nil else []
    if any(one.newest and one.newest.pk > known for one in others):
        raise LeavesOut(others)
    reports.move(
        report,
        MonthlyReport.State.UNIT_REVIEW if is_reviewed(sheet, by=by) else MonthlyReport.State.SUBMITTED,
        by=by,
        snapshot=kept_of(sheet, content),
    )
    return report


def planned_now(sheet: Sheet) -> Sheet:
    """The sheet with the targets and money lines of the plan in force; the caller holds the lock on its report.

    A later table may have changed them since the page was read: what was typed for one that is gone goes with it.
    """
    targets = Target.objects.filter(sub_item=sheet.sub_item, tracked=True)
    return replace(sheet, targets=list(targets), lines=lines_to_read(sheet.sub_item))


def check_unit(sheet: Sheet, report: MonthlyReport) -> None:
    """Whether ``report``, which the caller has locked, is still its unit's: it may have been handed over meanwhile."""
    if sheet.unit is None or report.department_id != sheet.unit.pk:
        raise Conflict(
            _("%(unit)s files this month now: the sub-item was handed over meanwhile.")
            % {"unit": report.department_name}
        )


def with_newest_contributions(sheet: Sheet, report: MonthlyReport) -> Sheet:
    """The sheet as the units have contributed by now; the caller holds the lock on ``report``."""
    first = first_submission_of(report, sheet.lines)
    contributed = contributed_of(sheet.sub_item, sheet.period, report, sheet.lines, filing=sheet.unit, first=first)
    return replace(sheet, contributed=contributed, first_submission=first)


def is_reviewed(sheet: Sheet, *, by: User) -> bool:
    """Whether another person of the unit looks at the report before the office does."""
    report = sheet.report
    if report is not None and report.state not in EDITABLE:
        return report.state == MonthlyReport.State.UNIT_REVIEW or report.reviewed_by_id is not None
    unit = report.department if report else sheet.unit
    return unit is not None and holders(REVIEW_REPORT, unit).exclude(pk=by.pk).exists()


def kept_of(sheet: Sheet, content: Content) -> dict[str, Any]:
    """What a step keeps of the report, its warnings in the words of the office."""
    with language.of_the_office():
        shot = snapshot_of(content, targets=sheet.targets, lines=sheet.lines, warnings=warnings_of(sheet, content))
        return {**shot, **sheet.others, nil.LEFT_OUT: nil.units_left_out(sheet, content)}


def verdict_of(sheet: Sheet, percent: Decimal | None) -> Verdict:
    """The light the report would show at its period's end."""
    verdict, _inputs, _rule = figures.look_at_end(sheet.sub_item, percent, sheet.period)
    return verdict


def submission_of(sheet: Sheet, content: Content) -> Submission:
    """The report beside what it is compared to, for the rules."""
    first_day, last_day = measure_days_of(sheet)
    verdict = verdict_of(sheet, content.percent)
    return Submission(
        percent=content.percent,
        last_percent=sheet.last.percent,
        by_milestones=sheet.by_milestones,
        progress=content.progress,
        reason=content.reason,
        is_nil=content.is_nil,
        nil_reason=content.nil_reason,
        light=verdict.light,
        light_sentence=verdict.sentence,
        targets=target_figures(sheet.targets, content, sheet.last),
        fallen=tuple(money_rules.fallen(figures_of(sheet, content))),
        explained=explained_of(sheet, content),
        factor=content.factor,
        measure=content.measure,
        measure_by=content.measure_by,
        first_day=first_day,
        last_day=last_day,
    )


def warnings_of(sheet: Sheet, content: Content) -> list[str]:
    """Unusual but possible: said to the filer and to every reviewer."""
    return [finding.message for finding in findings_of(sheet, content)]


def findings_of(sheet: Sheet, content: Content) -> list[Finding]:
    """The same, each with the field it concerns."""
    implied = None if sheet.by_milestones else implied_of(sheet, content)
    return [
        *target_rules.gap(content.percent, implied),
        *_off_sums(sheet, content),
        *line_findings(sheet, content),
        *late_measure(content.measure_by, sheet.sub_item.deadline),
        *nil.findings(sheet, content),
        *inherited_findings(sheet, content),
    ]


def _off_sums(sheet: Sheet, content: Content) -> Iterator[Finding]:
    """Where a target says another figure than the units' shares make."""
    sums = sums_from(sheet.others)
    for target in sheet.targets:
        if target.pk in sums:
            value = content.targets.get(target.pk)
            yield from target_rules.off_sum(f"target_{target.pk}", target.text, value, sums[target.pk])


def implied_of(sheet: Sheet, content: Content) -> Decimal | None:
    """The percent that the target figures imply."""
    counts = (target_rules.reached(target, content.targets.get(target.pk)) for target in sheet.targets)
    return target_rules.implied_percent(one for one in counts if one)


def fresh(report: MonthlyReport) -> MonthlyReport:
    return MonthlyReport.objects.prefetch_related("target_readings", "funding_readings").get(pk=report.pk)
