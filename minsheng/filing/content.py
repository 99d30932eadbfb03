"""What a unit files, as plain values between form, service and snapshot."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from funding.models import FundingLine
from funding.services.readings import STAGES, LineReading
from projects.models import CONTENT_FIELDS, ContributionVersion, MonthlyReport, ReportEvent, Target
from projects.rules.reports import TargetFigure

# What of a report is plain text.
TEXTS: Final = ("progress", "problems", "next_steps", "reason", "nil_reason", "factor", "measure")
# How long each text may be; what another unit contributes is shorter.
TEXT_LENGTH: Final = 4000
CONTRIBUTED_LENGTH: Final = 2000
# How the stages of a money line are called within a sentence.
STAGE_WORDS: Final[dict[str, Promise]] = {
    "applied": gettext_lazy("applied for"),
    "secured": gettext_lazy("secured"),
    "spent": gettext_lazy("spent"),
}


@dataclass(frozen=True)
class Content:
    """The text and figures of one report; readings by the key of their target or line. Money is yuan."""

    percent: Decimal | None = None
    progress: str = ""
    problems: str = ""
    next_steps: str = ""
    reason: str = ""
    is_nil: bool = False
    nil_reason: str = ""
    factor: str = ""
    measure: str = ""
    measure_by: date | None = None
    targets: dict[int, Decimal | None] = field(default_factory=dict)
    money: dict[int, LineReading] = field(default_factory=dict)

    def text(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in CONTENT_FIELDS}


def content_of(report: MonthlyReport) -> Content:
    """The report as it stands in the database."""
    return Content(
        **{name: getattr(report, name) for name in CONTENT_FIELDS},
        targets={reading.target_id: reading.value for reading in report.target_readings.all()},
        money={reading.line_id: LineReading.of(reading) for reading in report.funding_readings.all()},
    )


def snapshot_of(
    content: Content, *, targets: list[Target], lines: list[FundingLine], warnings: list[str]
) -> dict[str, Any]:
    """The report as JSON for its event: it can be read without the rows it was made from."""
    return {
        **{name: _plain(value) for name, value in content.text().items()},
        "targets": [
            {
                "id": target.pk,
                "text": target.text,
                "unit": target.unit,
                "value": _plain(content.targets.get(target.pk)),
            }
            for target in targets
        ],
        "money": [
            {"id": line.pk, "name": str(line), **_reading(content.money.get(line.pk, LineReading()))} for line in lines
        ],
        "warnings": warnings,
    }


def content_from(kept: ReportEvent | ContributionVersion) -> Content:
    """What was submitted, from its snapshot."""
    shot = kept.snapshot
    return Content(
        percent=_number(shot.get("percent")),
        **{name: shot.get(name, "") for name in TEXTS},
        is_nil=bool(shot.get("is_nil")),
        measure_by=date.fromisoformat(shot["measure_by"]) if shot.get("measure_by") else None,
        targets={target["id"]: _number(target["value"]) for target in shot.get("targets", ())},
        money={line["id"]: LineReading(*(_number(line[stage]) for stage in STAGES)) for line in shot.get("money", ())},
    )


def _reading(reading: LineReading) -> dict[str, str | None]:
    return {"applied": _plain(reading.applied), "secured": _plain(reading.secured), "spent": _plain(reading.spent)}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def target_figures(targets: Iterable[Target], content: Content, last: Content) -> tuple[TargetFigure, ...]:
    """What ``content`` says of ``targets`` beside what was said ``last``, for the rules."""
    return tuple(
        TargetFigure(
            field=f"target_{target.pk}",
            name=target.text,
            value=content.targets.get(target.pk),
            last=last.targets.get(target.pk),
            must_not_fall=target.must_not_fall,
        )
        for target in targets
    )
