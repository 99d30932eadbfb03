"""What is still missing or unusual in what has been typed so far, by the same rules that decide on the submission."""

from dataclasses import dataclass
from decimal import Decimal

from minsheng.filing.forms import ReportForm
from minsheng.filing.services import findings_of, settled, submission_of, verdict_of
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

    ``verdict`` is the light so far; none while there is no percent to judge by. ``scheduled`` is what the plan asks.
    """

    missing: list[Point]
    unusual: list[Point]
    verdict: Verdict | None
    scheduled: Decimal | None

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(point.field for point in (*self.missing, *self.unusual))


def check_of(form: ReportForm) -> Check:
    """Looks at the form, filled in or just opened, and writes nothing."""
    sheet = form.sheet
    content = settled(sheet, form.so_far())
    wrong = [Finding(name, " ".join(map(str, errors))) for name, errors in form.errors.items() if name in form.fields]
    unread = {finding.field for finding in wrong}
    missing = wrong + [one for one in refusals(submission_of(sheet, content)) if one.field not in unread]
    verdict = verdict_of(sheet, content.percent)
    return Check(
        missing=[_point(form, finding) for finding in missing if finding.field != "version"],
        unusual=[_point(form, finding) for finding in findings_of(sheet, content)],
        verdict=verdict if content.percent is not None or sheet.by_milestones else None,
        scheduled=verdict.scheduled,
    )


def _point(form: ReportForm, finding: Finding) -> Point:
    field = form.fields.get(finding.field)
    return Point(finding.field, str(field.label) if field else "", finding.message)
