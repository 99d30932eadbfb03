"""What waits for a person's decision, the unusual first, and why it is unusual."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from departments.models import User
from funding.models import FundingLine
from funding.services.readings import is_read
from minsheng.filing import nil
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.services import Sheet, findings_of, frozen_of, submission_of
from minsheng.review.doubts import Doubt, Doubts
from minsheng.review.doubts import Kind as DoubtKind
from minsheng.review.services import reviewable
from minsheng.review.versions import Line, corrected
from projects.models import Light, MonthlyReport, ReportEvent
from projects.rules.reports import Finding, Kind, Unusual, unusual
from projects.services import reports

# What a finding at a funding line begins with.
MONEY = ("applied_", "secured_", "spent_", "money_")


@dataclass(frozen=True)
class Look:
    """How a report strikes the reviewer: its light, what fell or lags, what is possible but odd. ``doubted`` of its
    findings are said by a doubt that stands beside them.
    """

    light: str
    sentence: str
    remarks: list[Unusual]
    findings: list[Finding]
    doubted: Sequence[Finding] = ()

    @property
    def warnings(self) -> list[str]:
        return [one.message for one in self.findings if one not in self.doubted]

    @property
    def off_target(self) -> bool:
        """Whether the percent and what the targets imply lie far apart."""
        return any(one.field == "percent" for one in self.findings)

    @property
    def off_sum(self) -> bool:
        """Whether a target says another figure than the units' shares make."""
        return any(one.field.startswith("target_") for one in self.findings)

    @property
    def odd_money(self) -> bool:
        """Whether something about its money is odd: any finding at a funding line."""
        return any(one.field.startswith(MONEY) for one in self.findings)

    @property
    def stale_nil(self) -> bool:
        """Whether it is a nil report whose figures are not those submitted last."""
        return any(one.field == nil.FIELD for one in self.findings)

    @property
    def leaves_out(self) -> bool:
        """Whether it is a nil report without what other units have contributed."""
        return any(one.field == nil.CONTRIBUTIONS for one in self.findings)

    @property
    def fell(self) -> list[Unusual]:
        return [one for one in self.remarks if one.kind == Kind.FALL]

    @property
    def lags(self) -> bool:
        return any(one.kind == Kind.LAG for one in self.remarks)

    @property
    def rank(self) -> int:
        """0: a figure fell or the light is red; 1: yellow, or a warning; 2: as usual."""
        if self.fell or (self.lags and self.light == Light.RED):
            return 0
        return 1 if self.lags or self.findings else 2


@dataclass(frozen=True)
class Again:
    """That a report was approved before and reopened: ``lines`` are the figures that it says otherwise now."""

    approval: ReportEvent
    lines: list[Line]


@dataclass(frozen=True)
class Row:
    """A waiting report as the queue shows it: with the last actor and since when, and how it strikes."""

    report: MonthlyReport
    since: datetime
    actor_name: str
    look: Look
    last_percent: Decimal | None = None
    newest_event: int = 0  # by its key: whether the report is still the one that was looked at
    doubts: Sequence[Doubt] = ()
    earlier: Sequence[MonthlyReport] = ()  # of earlier months, that are decided first
    again: Again | None = None

    @property
    def waits_for(self) -> str:
        """Why it cannot be approved yet; empty where it can."""
        return reports.in_order(self.earlier[0]) if self.earlier else ""

    @property
    def needs_exception(self) -> bool:
        return any(one.kind == DoubtKind.OWN for one in self.doubts)

    @property
    def out_of_order(self) -> list[Doubt]:
        """What is odd about its month beside the months before and after."""
        return [one for one in self.doubts if one.kind != DoubtKind.OWN]

    @property
    def rank(self) -> int:
        """That of the look; a month out of order is unusual too, and one that was approved before."""
        return min(self.look.rank, 1) if self.out_of_order or self.again else self.look.rank

    @property
    def in_bulk(self) -> bool:
        """Whether it may be approved without being opened: submitted, nothing unusual, not approved before, no doubt to
        give a word for, and no earlier month that waits for anybody but the office itself.
        """
        submitted = all(one.state == MonthlyReport.State.SUBMITTED for one in (self.report, *self.earlier))
        return submitted and self.look.rank == 2 and not self.doubts and not self.again

    @property
    def programme_key(self) -> tuple[int, str]:
        return self.report.sub_item.programme_id, str(self.report.sub_item.programme.name)

    @property
    def unit_key(self) -> tuple[int, str]:
        return self.report.department_id, self.report.department_name

    @property
    def month_key(self) -> tuple[str, str]:
        return f"{self.report.period.month:%Y-%m}", str(self.report.period)


@dataclass(frozen=True)
class Place:
    """A report's place in the queue, and the reports beside it; ``following`` is what to go on with."""

    number: int
    total: int
    before: MonthlyReport | None
    after: MonthlyReport | None
    following: MonthlyReport | None


# What the queue can be narrowed by: the address's word, and whose key it compares.
NARROWED = {"programme": "programme_key", "unit": "unit_key", "month": "month_key"}


def look_at(sheet: Sheet, doubts: Iterable[Doubt] = ()) -> Look:
    """The sheet's report, by the rules that its filing was checked by; ``doubts`` stand beside it."""
    content = content_of(sheet.report) if sheet.report else Content()
    submission = submission_of(sheet, content)
    is_doubted = content.is_nil and any(one.kind == DoubtKind.NIL for one in doubts)
    doubted = list(nil.stale(sheet, content)) if is_doubted else []
    found = findings_of(sheet, content)
    return Look(submission.light, submission.light_sentence, unusual(submission), found, doubted)


def queue_of(user: User) -> list[Row]:
    """What waits for ``user``: falls and red first, then yellow and warnings; inside, the oldest month first.

    The number of queries is constant.
    """
    waiting = reviewable(user)
    last = reports.last_submissions(waiting)
    found = list(_loaded(waiting))
    doubts, earlier = Doubts(user, found), reports.earlier_undecided_of(found)
    rows = []
    for report in found:
        event = last.get(report.pk)
        sheet = _sheet(report, event)
        events = list(report.events.all())
        newest = events[-1]
        doubted = doubts.of(sheet) if report.state == MonthlyReport.State.SUBMITTED else []
        rows.append(
            Row(
                report,
                newest.at,
                newest.who,
                look_at(sheet, doubted),
                sheet.last.percent,
                newest.pk,
                doubted,
                earlier.get(report.pk, ()) if report.state == MonthlyReport.State.SUBMITTED else (),
                again_of(events),
            )
        )
    return sorted(rows, key=lambda row: row.rank)


def again_of(events: Sequence[ReportEvent]) -> Again | None:
    """Of a report's steps, in order: whether it was approved before, and what it says otherwise now."""
    approval = next((one for one in reversed(events) if one.to_state == MonthlyReport.State.APPROVED), None)
    return Again(approval, corrected(approval, events[-1])) if approval and approval != events[-1] else None


def together(rows: Iterable[Row]) -> list[Row]:
    """Of ``rows`` those that may be approved at once, months in order: earlier months are among them, or decided."""
    chosen: list[Row] = []
    kept: set[int] = set()
    for row in sorted(rows, key=lambda row: row.report.period.month):
        if row.in_bulk and kept.issuperset(one.pk for one in row.earlier):
            chosen.append(row)
            kept.add(row.report.pk)
    return chosen


def narrowed(rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
    """The rows that the address asks for; what it asks in vain (a value no row has) narrows nothing."""
    for name, key in NARROWED.items():
        offered = {str(getattr(row, key)[0]) for row in rows}
        if asked.get(name) in offered:
            rows = [row for row in rows if str(getattr(row, key)[0]) == asked[name]]
    return rows


def place_of(rows: list[Row], report: MonthlyReport) -> Place | None:
    """Where ``report`` stands among ``rows``; ``None`` where it does not wait."""
    queue = [row.report for row in rows]
    if report not in queue:
        return None
    at = queue.index(report)
    others = queue[at + 1 :] + queue[:at]
    return Place(
        number=at + 1,
        total=len(queue),
        before=queue[at - 1] if at else None,
        after=queue[at + 1] if at + 1 < len(queue) else None,
        following=others[0] if others else None,
    )


def _loaded(waiting: QuerySet[MonthlyReport]) -> QuerySet[MonthlyReport]:
    lines = FundingLine.objects.select_related("source")
    return (
        waiting.select_related("sub_item__project", "sub_item__programme", "period", "department")
        .prefetch_related(
            "events",
            "target_readings",
            "funding_readings",
            "sub_item__targets",
            "sub_item__milestones",
            "sub_item__overrides",
            Prefetch("sub_item__funding_lines", lines),
        )
        .order_by("period__month", "sub_item__programme", "sub_item__position")
    )


def _sheet(report: MonthlyReport, last: ReportEvent | None) -> Sheet:
    """The report's sheet from what is loaded already."""
    sub_item = report.sub_item
    return Sheet(
        sub_item=sub_item,
        period=report.period,
        unit=report.department,
        report=report,
        targets=[target for target in sub_item.targets.all() if target.tracked],
        lines=[line for line in sub_item.funding_lines.all() if is_read(line, sub_item.programme.year)],
        last_event=last,
        last=content_from(last) if last else Content(),
        frozen=frozen_of(report),
    )
