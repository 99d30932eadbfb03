"""What is still missing or unusual in what has been typed so far, by the same rules that decide on the submission."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from departments import language
from minsheng.filing.content import Content, content_of
from minsheng.filing.forms import ReportForm
from minsheng.filing.merge import digest, flat
from minsheng.filing.nil import CONTRIBUTIONS, left_out, sentence
from minsheng.filing.services import Sheet, findings_of, implied_of, submission_of, verdict_of, warnings_of
from minsheng.filing.settled import settled
from projects.models import MonthlyReport
from projects.rules.lights import Verdict
from projects.rules.reports import Finding, refusals

# How many units are named in a sentence.
NAMED: Final = 3


@dataclass(frozen=True)
class Point:
    """One thing to look at: ``field`` is its box, ``label`` what stands beside it."""

    field: str
    label: str
    message: str

    @property
    def anchor(self) -> str:
        return CONTRIBUTIONS if self.field == CONTRIBUTIONS else f"id_{self.field}"


@dataclass(frozen=True)
class Check:
    """``missing`` keeps the report back; ``unusual`` may be submitted, and the reviewers see it too.

    ``verdict`` is the light so far; none while there is no percent to judge by. ``scheduled`` is what the plan asks,
    ``implied`` what the target figures say of the percent.
    """

    missing: list[Point]
    unusual: list[Point]
    verdict: Verdict | None
    scheduled: Decimal | None
    implied: Decimal | None = None

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(point.field for point in (*self.missing, *self.unusual))


def check_of(form: ReportForm) -> Check:
    """Looks at the form, filled in or just opened, and writes nothing."""
    sheet = form.sheet
    typed = form.so_far()
    content = settled(sheet, typed)
    wrong = [Finding(name, " ".join(map(str, errors))) for name, errors in form.errors.items() if name in form.fields]
    unread = {finding.field for finding in wrong}
    missing = wrong + [one for one in _refusals(form, typed, content) if one.field not in unread]
    verdict = verdict_of(sheet, content.percent)
    return Check(
        missing=[_point(form, finding) for finding in missing if finding.field != "version"],
        unusual=[
            *_missing_contributions(sheet),
            *_left_out(sheet, content),
            *(_point(form, finding) for finding in findings_of(sheet, content) if finding.field != CONTRIBUTIONS),
        ],
        verdict=verdict if content.percent is not None or sheet.by_milestones else None,
        scheduled=verdict.scheduled,
        implied=None if sheet.by_milestones else implied_of(sheet, content),
    )


def _refusals(form: ReportForm, typed: Content, content: Content) -> list[Finding]:
    return [*dropped_by_nil(form, typed), *refusals(submission_of(form.sheet, content))]


def dropped_by_nil(form: ReportForm, typed: Content) -> list[Finding]:
    """Figures typed beside a nil report, which carries the last ones: a nil report with them is not sent off, so that
    none is dropped unseen. An empty box is no figure.
    """
    if not typed.is_nil:
        return []
    carried = flat(settled(form.sheet, typed))
    message = _("A nil report carries the last figure (%(last)s): clear this box, or submit an ordinary report.")
    return [
        Finding(name, message % {"last": form.words_of(name, carried.get(name)) or "0"})
        for name, value in flat(typed).items()
        if isinstance(value, Decimal) and digest(value) != digest(carried.get(name))
    ]


def _missing_contributions(sheet: Sheet) -> Iterator[Point]:
    """Whoever submits closes the others' contributions: who has none is counted and named, and nothing waits for it.

    For the filer alone: the reviewers have the panel, and a report is not unusual for it.
    """
    asked = [one for one in sheet.contributed if one.is_asked]
    missing = [one.unit.full_name for one in asked if not one.is_submitted]
    if missing:
        words = {"count": len(missing), "asked": len(asked), "units": language.listed(missing[:NAMED])}
        message = _("%(count)d of %(asked)d units have not contributed (%(units)s). After submitting they cannot.")
        if len(missing) > NAMED:
            message = _(
                "%(count)d of %(asked)d units have not contributed (%(units)s and more). After submitting they cannot."
            )
        yield Point(CONTRIBUTIONS, _("Contribution"), message % words)


def _left_out(sheet: Sheet, content: Content) -> Iterator[Point]:
    """Whoever files a nil report is told what it leaves out, before he submits it."""
    others = left_out(sheet, content) if content.is_nil else []
    if others:
        yield Point(CONTRIBUTIONS, _("Contribution"), sentence(others))


def warnings_of_filed(sheet: Sheet) -> list[str]:
    """What is unusual in a report that is only read; the form's own checklist says it while the report is written, and
    of a draft that was left when its month locked nothing is said: it reports nothing.
    """
    report = sheet.report
    if report is None or sheet.is_editable or report.state == MonthlyReport.State.DRAFT:
        return []
    return warnings_of(sheet, content_of(report))


def _point(form: ReportForm, finding: Finding) -> Point:
    """At its box; what is said of a money line that another unit reads, at the line itself."""
    has_place = finding.field in form.fields or form.line_of(finding.field) is not None
    return Point(finding.field, form.label_of(finding.field) if has_place else "", finding.message)
