"""A unit's own desk in a month: what it says to the filing unit's report, drafted, submitted, corrected.

It is written as long as the filing unit writes; once the report is submitted it is frozen with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import language
from departments.errors import Conflict, DomainError
from departments.models import Department, User
from funding.models import FundingLine
from funding.services import readings
from funding.services.readings import LineReading, lines_to_read
from minsheng.filing.content import CONTRIBUTED_LENGTH, Content, content_from, snapshot_of
from minsheng.filing.contribution_checks import Refused, changed_figures, refusals, warnings_of
from minsheng.filing.contributions import adds_up, counts, first_submission_of
from minsheng.filing.drafts import Clash, Standing, fields_of, merged_with, unsettled
from minsheng.filing.earlier import last_of
from minsheng.filing.merge import Opened, base_of, digest, flat
from minsheng.filing.remarks import Asked, Said, asked_of, concerning, unanswered
from minsheng.filing.settled import as_stated
from projects.models import (
    Contribution,
    ContributionVersion,
    MonthlyReport,
    ReportingPeriod,
    SubItem,
    Taking,
    Target,
)
from projects.rules.reports import EDITABLE
from projects.services import contributions, reports

LINE_GONE: Final = gettext_lazy("A money line was taken back from your unit meanwhile. Nothing was saved; see below.")
ASKED_OTHERWISE: Final = gettext_lazy(
    "What your unit is asked was changed meanwhile. Nothing was saved; what has no box any more stands below."
)


@dataclass(frozen=True)
class Desk:
    """A unit's place at a month's report, read once. ``role`` is empty where it only reads ``lines``, or nothing more.
    ``is_own``: it files the report itself, and may state its own share where other units state theirs.

    ``last`` is what its form begins with: its own last shares, and of its lines what the last report says, at first
    what the table states. ``said`` is what it last submitted in an earlier month, ``reported`` what the last report
    says of the lines. ``others`` are the lines that are not its own, each with the unit that reads it. ``asked`` is
    what reviewers remarked, as they returned the report, at its lines and at what was taken over of it; ``again`` are
    those at its lines that it has not answered for.
    """

    sub_item: SubItem
    period: ReportingPeriod
    unit: Department
    filing: Department | None
    role: str
    targets: list[Target]
    lines: list[FundingLine]
    report: MonthlyReport | None
    contribution: Contribution | None
    newest: ContributionVersion | None
    last: Content
    said: Content
    reported: dict[int, LineReading]
    others: list[tuple[FundingLine, Department | None]]
    is_own: bool = False
    asked: Asked = field(default_factory=lambda: Asked([]))
    again: list[Said] = field(default_factory=list)

    @property
    def boxes(self) -> frozenset[str]:
        """The names of the boxes in which it is asked something."""
        own = () if self.is_own else ("progress",)
        shares = (f"target_{target.pk}" for target in self.targets)
        return frozenset([*own, *shares, *fields_of(line.pk for line in self.lines)])

    @property
    def is_asked(self) -> bool:
        return bool(self.role or self.lines or self.is_own)

    @property
    def anew(self) -> list[FundingLine]:
        """Lines of which the unit has said something, and that came back to it after they had been taken back: they
        wait for a new word.
        """
        said = content_from(self.newest).money if self.newest else {}
        month = self.period.month
        return [line for line in self.lines if line.pk in said and not counts(self.newest, line, month)]

    @property
    def explains(self) -> bool:
        """Whether a figure of it may be lower than last submitted, which wants a reason."""
        return bool(self.lines) or any(one.must_not_fall and self.last.targets.get(one.pk) for one in self.targets)

    @property
    def is_open(self) -> bool:
        """Whether the month may be filed now."""
        return self.filing is not None and reports.is_open(self.period, self.sub_item, self.filing)

    @property
    def is_frozen(self) -> bool:
        """Whether the filing unit has submitted its report."""
        return self.report is not None and self.report.state not in EDITABLE

    @property
    def is_editable(self) -> bool:
        return self.is_asked and self.is_open and not self.is_frozen

    @property
    def present(self) -> Content:
        """What the form begins with: what stands on the desk, else the last figures."""
        if self.contribution is None:
            return narrowed(self, self.last)
        stands = desk_content(self.contribution)
        return narrowed(self, replace(stands, money={**self.last.money, **stands.money}))

    @property
    def unsent_text(self) -> str:
        """The text that stands on the desk, where it says something else than what was submitted."""
        text = self.contribution.text.strip() if self.contribution else ""
        return "" if self.newest and text == content_from(self.newest).progress.strip() else text

    @property
    def left_behind(self) -> list[tuple[FundingLine, Department | None, LineReading]]:
        """What stands on the desk of lines that are not the unit's to read any more, each with the unit that reads it
        now, where that was not submitted: it counts nowhere, and is not lost.
        """
        stands = desk_content(self.contribution).money if self.contribution else {}
        said = content_from(self.newest).money if self.newest else {}
        nothing = LineReading()
        return [
            (line, reader, stands[line.pk])
            for line, reader in self.others
            if stands.get(line.pk, nothing) not in (nothing, said.get(line.pk))
        ]

    @property
    def has_unsent(self) -> bool:
        """Whether the desk says something else than the filing unit reads."""
        if self.contribution is None or self.newest is None:
            return False
        return base_of(self.present) != base_of(narrowed(self, content_from(self.newest)))


def desk_of(sub_item: SubItem, period: ReportingPeriod, unit: Department) -> Desk:
    """What ``unit`` is asked in the month, and what it has said; at most thirteen queries."""
    filing = reports.filing_unit(sub_item, period.month)
    roles = contributions.contributing(sub_item, period.month)
    role = next((str(one.role) for one in roles if one.department == unit), "")
    report = MonthlyReport.objects.filter(sub_item=sub_item, period=period).select_related("period").first()
    every = lines_to_read(sub_item)
    first = first_submission_of(report, every)
    readers = {line.pk: line.reader_in(period.month, first) or filing for line in every}
    lines = [line for line in every if readers[line.pk] == unit and unit != filing]
    targets = list(Target.objects.filter(sub_item=sub_item, tracked=True)) if role or unit == filing else []
    is_own = unit == filing and bool(roles) and any(map(adds_up, targets))
    found = Contribution.objects.filter(report=report, department=unit).select_related("author__department")
    contribution = found.prefetch_related("readings", "money", "versions").first() if report else None
    versions = list(contribution.versions.all()) if contribution else []
    own = last_of(unit, sub_item, period.month)
    said = content_from(own) if own else Content()
    event = reports.last_submission(sub_item, period.month) if lines else None
    reported = content_from(event).money if event else {}
    newest = versions[-1] if versions else None
    asked = _asked(report, contribution, lines, newest)
    return Desk(
        sub_item=sub_item,
        period=period,
        unit=unit,
        filing=filing,
        role=role,
        targets=[target for target in targets if role or (is_own and adds_up(target))],
        lines=lines,
        report=report,
        contribution=contribution,
        newest=newest,
        last=Content(
            targets=said.targets,
            money={line.pk: reported.get(line.pk) or as_stated(line) for line in lines},
        ),
        said=said,
        reported=reported,
        others=[(line, readers[line.pk]) for line in every if line not in lines],
        is_own=is_own,
        asked=asked,
        again=unanswered(asked, lines, newest),
    )


def _asked(
    report: MonthlyReport | None,
    contribution: Contribution | None,
    lines: Sequence[FundingLine],
    newest: ContributionVersion | None,
) -> Asked:
    """What was remarked, as ``report`` was returned, at ``lines`` and at the texts and shares that were taken over."""
    if report is None or report.state not in EDITABLE:
        return Asked([])
    steps = list(report.events.defer("snapshot").order_by("pk"))
    if not steps:
        return Asked([])
    fields = {f"money_{line.pk}" for line in lines}
    taken = Taking.objects.filter(version__contribution=contribution) if contribution else Taking.objects.none()
    for target in taken.values_list("target", flat=True).distinct():
        fields.add(f"target_{target}" if target else "progress")
    return concerning(asked_of(steps), fields, lines, newest)


def desk_content(contribution: Contribution) -> Content:
    """What stands on the unit's desk, as a report's content: the text is its ``progress``."""
    return Content(
        progress=contribution.text,
        reason=contribution.reason,
        targets={one.target_id: one.value for one in contribution.readings.all()},
        money={one.line_id: LineReading.of(one) for one in contribution.money.all()},
    )


def narrowed(desk: Desk, content: Content) -> Content:
    """Only what the unit is asked: its text, its shares, its lines and why figures fell."""
    return Content(
        progress=content.progress,
        reason=content.reason if desk.explains else "",
        targets={target.pk: content.targets.get(target.pk) for target in desk.targets},
        money={line.pk: content.money.get(line.pk, LineReading()) for line in desk.lines},
    )


@dataclass(frozen=True)
class Kept:
    """The desk after saving, what it says, and which fields others changed that this form does not show.

    ``own`` are those of them that the same person changed, ``clashes`` fields that were left as they stood.
    """

    contribution: Contribution
    content: Content
    theirs: list[str]
    clashes: Sequence[Clash] = ()
    own: frozenset[str] = frozenset()


@transaction.atomic
def save(
    desk: Desk, content: Content, *, by: User, seen_version: int, opened: Opened | None = None, partly: bool = False
) -> Kept:
    """Keep what was typed, merged field by field with what others of the unit saved meanwhile.

    What was submitted before stays what the filing unit reads. Raises ``FieldsConflict``; a form that saves itself
    keeps all that does not clash (``partly``), and chooses nothing.
    """
    if not desk.is_open:
        raise DomainError(_("This period is locked: ask the supervision office for an exception."))
    report = reports.start(desk.sub_item, desk.period)
    reports.lock(report, allowed=EDITABLE)
    now = desk_of(desk.sub_item, desk.period, desk.unit)
    if not now.is_asked:
        raise DomainError(_("This unit has nothing to contribute to the sub-item in this month."))
    before, version = now.contribution, now.contribution.version if now.contribution else 0
    present, opened = now.present, unsettled(opened) if partly else opened or Opened()
    if opened.base is None and seen_version == version:
        opened = replace(opened, base=base_of(present))
    _refuse_ground_lost(desk, now, content, opened)
    standing = Standing(present, {}, None, None)
    if before is not None:
        standing = Standing(present, before.edits, before.author, before.written_at)
    typed = narrowed(now, content)
    merged = merged_with(standing, typed, opened=opened, by=by, limit=CONTRIBUTED_LENGTH, partly=partly)
    kept = merged.content
    stood, stands = flat(desk_content(before)) if before else {}, flat(kept)
    changed = [name for name, value in stands.items() if digest(value) != digest(stood.get(name))]
    if before is not None and not changed:
        return Kept(before, kept, merged.theirs, merged.clashes, merged.own)
    contribution = contributions.write(
        report,
        desk.unit,
        by=by,
        text=kept.progress.strip(),
        reason=kept.reason.strip(),
        shares=kept.targets,
        seen_version=version,
        changed=changed,
        form=opened.editor,
    )
    readings.contribute(contribution, kept.money)
    return Kept(contribution, kept, merged.theirs, merged.clashes, merged.own)


def _refuse_ground_lost(desk: Desk, now: Desk, typed: Content, opened: Opened) -> None:
    """What the unit is asked was changed while the form was on its way, a line taken back, say: what was typed of it is
    not dropped in silence.
    """
    gone, said = desk.boxes - now.boxes, flat(typed)
    lost = {name for name in gone if (opened.base or {}).get(name) != digest(said.get(name))}
    if lost & set(fields_of(line.pk for line in desk.lines)):
        raise Conflict(str(LINE_GONE))
    if any(digest(said.get(name)) != digest(None) for name in lost):
        raise Conflict(str(ASKED_OTHERWISE))


@transaction.atomic
def submit(desk: Desk, *, by: User, nothing: bool = False) -> ContributionVersion:
    """Show the desk as it stands in the database to the filing unit. The same said twice is one version, but after a
    remark at one of its lines, or where a line came back to it: then it says that the figures are right.

    ``nothing``: the unit has nothing new to say, unless it wrote a text; its last figures stand, others are refused.
    """
    report = reports.start(desk.sub_item, desk.period)
    reports.lock(report, allowed=EDITABLE)
    now = desk_of(desk.sub_item, desk.period, desk.unit)
    if not now.is_open:
        raise DomainError(_("This period is locked: ask the supervision office for an exception."))
    if now.contribution is None or not now.is_asked:
        raise DomainError(_("There is nothing to submit yet: save a draft first."))
    content = now.present
    findings = [*(changed_figures(now, content) if nothing else ()), *refusals(now, content, nothing=nothing)]
    if findings:
        raise Refused(findings)
    content = replace(content, is_nil=nothing and not content.progress.strip())
    with language.of_the_office():
        warnings = [finding.message for finding in warnings_of(now, content)]
        snapshot = with_last(now, snapshot_of(content, targets=now.targets, lines=now.lines, warnings=warnings))
    if now.newest is not None and now.newest.snapshot == snapshot and not (now.again or now.anew):
        return now.newest
    return contributions.submit(now.contribution, by=by, snapshot=snapshot)


def with_last(desk: Desk, snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot with the unit's last share beside each share: whoever reads it sees what has changed."""
    last = desk.last.targets
    told = [
        {**one, "last": f"{last[one['id']]:f}" if last.get(one["id"]) is not None else None}
        for one in snapshot["targets"]
    ]
    return {**snapshot, "targets": told}
