"""Money by source as it stood, in the database: what the year's lines of a source add up to, per sub-item or in all.

Secured and spent are what the latest approved report says of a line, else what the table says. Which report that is
stands on the sub-item (``figure_period``); with ``until`` (the first day of a month) it is looked for, and later ones
are left out of account. ``None`` is an amount nobody has decided.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from funding.models import FundingLine, FundingReading
from projects.models import MonthlyReport, Programme
from projects.models.sub_item import SubItemQuerySet
from projects.services.figures import Amounts

AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=2)
# Of a sub-item's money, and which field of ``lines_as_read`` says it of a line.
STAGES: Final = {"planned": "planned", "secured": "now_secured", "spent": "now_spent"}


def lines_as_read(until: date | None = None) -> QuerySet[FundingLine]:
    """Lines with ``now_secured`` and ``now_spent``: what they stood at by the end of ``until``, or now."""
    read = FundingReading.objects.filter(line=OuterRef("pk")).order_by()
    if until is None:
        newest = OuterRef("sub_item__figure_period")
        read = read.filter(report__period=newest, report__state=MonthlyReport.State.APPROVED)
    else:
        read = read.filter(report__in=MonthlyReport.objects.newest_approved(until).values("pk"))
    return FundingLine.objects.order_by().annotate(
        now_secured=Coalesce(Subquery(read.values("secured")[:1]), "secured", output_field=AMOUNT),
        now_spent=Coalesce(Subquery(read.values("spent")[:1]), "spent", output_field=AMOUNT),
    )


def of_source(source: int, *, year: int, until: date | None = None) -> dict[str, Any]:
    """Annotations for sub-items: planned, approx, secured and spent of the year's lines of ``source`` alone."""
    lines = lines_as_read(until).filter(sub_item=OuterRef("pk"), source=source, year=year)
    rough = FundingLine.objects.filter(
        sub_item=OuterRef("pk"), source=source, year=year, approx=True, planned__isnull=False
    )
    return {
        "planned": _sum_of(lines, "planned"),
        "approx": Exists(rough),
        "secured": _sum_of(lines, "now_secured"),
        "spent": _sum_of(lines, "now_spent"),
    }


def of_no_source(*, year: int, until: date | None = None) -> dict[str, Any]:
    """Annotations for sub-items as they stood: what no line assigns of the planned, secured and spent money."""
    return {"approx": F("stood_approx")} | {stage: unassigned(stage, year=year, until=until) for stage in STAGES}


def unassigned(stage: str, *, year: int, until: date | None = None) -> Any:
    """What a sub-item's money as it stood has beyond the year's lines; negative where they say more (未分来源).

    Only plans are stated apart from lines; what is secured and spent differs where lines changed after a past month.
    """
    lines = FundingLine.objects.order_by() if stage == "planned" else lines_as_read(until)
    of_lines = _sum_of(lines.filter(sub_item=OuterRef("pk"), year=year), STAGES[stage])
    stood = F(f"stood_{stage}")
    return Coalesce(stood - of_lines, stood, Value(0, output_field=AMOUNT) - of_lines, output_field=AMOUNT)


def by_source(sub_items: SubItemQuerySet, *, programme: Programme, until: date | None = None) -> dict[int, Amounts]:
    """What the year's lines of each source add up to over ``sub_items`` of ``programme``, by the key of the source.

    Two queries, whatever the number of lines: what these say themselves, and what the reports say in their place.
    """
    lines = FundingLine.objects.order_by().filter(sub_item__in=sub_items.order_by().values("pk"), year=programme.year)
    said = lines.values("source").annotate(
        planned_sum=Sum("planned"),
        rough=Count("pk", filter=Q(approx=True, planned__isnull=False)),
        **_stated("secured"),
        **_stated("spent"),
    )
    reports = MonthlyReport.objects.filter(sub_item__programme=programme)
    if until is None:
        reports = reports.filter(period=F("sub_item__figure_period"), state=MonthlyReport.State.APPROVED)
    else:
        reports = reports.newest_approved(until)
    readings = FundingReading.objects.order_by().filter(report__in=reports.values("pk"), line__in=lines.values("pk"))
    read = readings.values(source=F("line__source")).annotate(**_read("secured"), **_read("spent"))
    instead = {row["source"]: row for row in read}
    return {
        row["source"]: Amounts(
            planned=row["planned_sum"],
            approx=bool(row["rough"]),
            secured=_now("secured", row, instead.get(row["source"])),
            spent=_now("spent", row, instead.get(row["source"])),
        )
        for row in said
    }


def _stated(stage: str) -> dict[str, Any]:
    return {f"{stage}_sum": Sum(stage), f"{stage}_lines": Count(stage)}


def _read(stage: str) -> dict[str, Any]:
    """What readings say of a stage, and what the lines had said in whose place they do."""
    says = Q(**{f"{stage}__isnull": False})
    return {
        f"{stage}_read": Sum(stage),
        f"{stage}_replaced": Sum(f"line__{stage}", filter=says),
        f"{stage}_fewer": Count(f"line__{stage}", filter=says),
    }


def _now(stage: str, said: Mapping[str, Any], read: Mapping[str, Any] | None) -> Decimal | None:
    if read is None or read[f"{stage}_read"] is None:
        return cast("Decimal | None", said[f"{stage}_sum"])
    unread = said[f"{stage}_lines"] - read[f"{stage}_fewer"]
    left = said[f"{stage}_sum"] - (read[f"{stage}_replaced"] or 0) if unread else Decimal(0)
    return left + cast(Decimal, read[f"{stage}_read"])


def _sum_of(lines: Any, field: str) -> Subquery:
    sums = lines.values("sub_item").annotate(sum=Sum(field)).values("sum")
    return Subquery(sums, output_field=AMOUNT)
