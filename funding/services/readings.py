"""Monthly readings of funding lines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Final, Self

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from funding.models import ContributionMoney, FundingLine, FundingReading, LineAssignment
from projects.models import Contribution, MonthlyReport, SubItem

STAGES: Final = ("applied", "secured", "spent")


@dataclass(frozen=True)
class LineReading:
    """What of a line was applied for, secured and spent in all by the end of the period, in yuan."""

    applied: Decimal | None = None
    secured: Decimal | None = None
    spent: Decimal | None = None

    @classmethod
    def of(cls, row: FundingLine | FundingReading | ContributionMoney) -> Self:
        """The amounts that ``row`` holds."""
        return cls(row.applied, row.secured, row.spent)


def lines_to_read(sub_item: SubItem) -> list[FundingLine]:
    """The lines asked each month: this year's, and not the ones that only state a rate or a share."""
    lines = FundingLine.objects.filter(sub_item=sub_item, year=sub_item.programme.year)
    read = with_readers(lines.select_related("source"))
    return [line for line in read if is_read(line, sub_item.programme.year)]


def with_readers(lines: QuerySet[FundingLine]) -> QuerySet[FundingLine]:
    """``lines`` with who reads each of them in which months (``FundingLine.reader_in``): one query more."""
    return lines.prefetch_related(Prefetch("assignments", LineAssignment.objects.select_related("department__parent")))


def is_read(line: FundingLine, year: int) -> bool:
    """Whether ``line`` is asked in the months of ``year``."""
    return line.year == year and line.rate is None


@transaction.atomic
def revise(report: MonthlyReport, readings: Mapping[int, LineReading]) -> None:
    """Write ``readings`` by the key of their line; the caller holds the lock on ``report``."""
    FundingReading.objects.bulk_create(
        [FundingReading(report=report, line_id=line_id, **asdict(reading)) for line_id, reading in readings.items()],
        update_conflicts=True,
        unique_fields=["report", "line"],
        update_fields=STAGES,
    )


@transaction.atomic
def contribute(contribution: Contribution, money: Mapping[int, LineReading]) -> None:
    """What the contribution's unit says of the lines assigned to it; the caller holds the lock on the report."""
    for line_id, reading in money.items():
        ContributionMoney.objects.update_or_create(
            contribution=contribution,
            line_id=line_id,
            defaults=asdict(reading),
        )
