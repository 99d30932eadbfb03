"""Money by source as it stood, in the database: what the year's lines of a source add up to, per sub-item or in all.

Secured and spent are what the latest approved report says of a line, else what the table says. With ``until`` (the
first day of a month), later reports are left out of account. ``None`` is an amount nobody has decided.
"""

from datetime import date
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.query import QuerySet

from funding.models import FundingLine, FundingReading
from projects.models import MonthlyReport
from projects.models.sub_item import SubItemQuerySet
from projects.services.figures import Amounts

AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=2)


def lines_as_read(until: date | None = None) -> QuerySet[FundingLine]:
    """Lines with ``now_secured`` and ``now_spent``: what they stood at by the end of ``until``, or now."""
    reports = MonthlyReport.objects.newest_approved(until).values("pk")
    read = FundingReading.objects.filter(line=OuterRef("pk"), report__in=reports).order_by()
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


def of_no_source(*, year: int) -> dict[str, Any]:
    """Annotations for sub-items as they stood: what is planned and no line assigns. It is neither secured nor spent."""
    nothing = Cast(Value(None), AMOUNT)  # PostgreSQL takes a bare NULL for text
    return {"planned": unassigned(year), "approx": F("stood_approx"), "secured": nothing, "spent": nothing}


def unassigned(year: int) -> Any:
    """What a sub-item's planned money has beyond the year's lines; negative where they promise more (未分来源)."""
    lines = FundingLine.objects.filter(sub_item=OuterRef("pk"), year=year).order_by()
    return F("stood_planned") - Coalesce(_sum_of(lines, "planned"), Value(0), output_field=AMOUNT)


def by_source(sub_items: SubItemQuerySet, *, year: int, until: date | None = None) -> dict[int, Amounts]:
    """What the year's lines of each source add up to over ``sub_items``, in one query; by the key of the source."""
    rows = (
        lines_as_read(until)
        .filter(sub_item__in=sub_items.order_by().values("pk"), year=year)
        .values("source")
        .annotate(
            sum_planned=Sum("planned"),
            rough=Sum("planned", filter=Q(approx=True)),
            sum_secured=Sum("now_secured"),
            sum_spent=Sum("now_spent"),
        )
    )
    return {
        row["source"]: Amounts(
            planned=row["sum_planned"],
            approx=row["rough"] is not None,
            secured=row["sum_secured"],
            spent=row["sum_spent"],
        )
        for row in rows
    }


def _sum_of(lines: Any, field: str) -> Subquery:
    sums = lines.values("sub_item").annotate(sum=Sum(field)).values("sum")
    return Subquery(sums, output_field=AMOUNT)
