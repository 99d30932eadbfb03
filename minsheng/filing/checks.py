"""What is still missing or unusual in what has been typed so far, by the same rules that decide on the submission."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from minsheng.filing.content import Content
from minsheng.filing.forms import ReportForm
from minsheng.filing.services import findings_of, implied_of, submission_of, verdict_of
from minsheng.filing.settled import settled
from projects.rules.lights import Verdict
from projects.rules.reports import Finding, refusals


@dataclass(frozen=True)
class Point:
    """One thing to look at: ``field`` is its box, ``label`` what stands beside it."""

    field: str
    label: str
    message: str


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
    missing = wrong + [one for one in refusals(submission_of(sheet, content)) if one.field not in unread]
    verdict = verdict_of(sheet, content.percent)
    return Check(
        missing=[_point(form, finding) for finding in missing if finding.field != "version"],
        unusual=[_point(form, finding) for finding in (*_dropped(typed, content), *findings_of(sheet, content))],
        verdict=verdict if content.percent is not None or sheet.by_milestones else None,
        scheduled=verdict.scheduled,
        implied=None if sheet.by_milestones else implied_of(sheet, content),
    )


def _dropped(typed: Content, content: Content) -> list[Finding]:
    """Figures typed beside a nil report do not count: that is said rather than left to be found out."""
    figures = [(typed.percent, content.percent), *((typed.targets[key], content.targets[key]) for key in typed.targets)]
    same = all(one in (None, kept) for one, kept in figures) and typed.money == content.money
    if not typed.is_nil or same:
        return []
    return [Finding("is_nil", _("A nil report carries the last figures; the others typed here do not count."))]


def _point(form: ReportForm, finding: Finding) -> Point:
    field = form.fields.get(finding.field)
    return Point(finding.field, str(field.label) if field else "", finding.message)
