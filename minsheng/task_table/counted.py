"""How much of a staged table is still to decide, kept row by row: a step counts anew what it touched, and no more.

What a row asks hangs on the row and on the names of the batch alone. Every step says in the record which rows it
touched (``record.keep``); their counts are forgotten there, and counted when they are next asked for.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, Sum

from departments import locks
from departments.bulk import ROWS_AT_ONCE, batched, update_rows
from minsheng.task_table.compose import People, reading_of
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.points import points_of


@dataclass(frozen=True)
class Progress:
    """``blocking`` are rows that must be answered first, ``following`` is the next row of the sheet that asks."""

    points: int
    open_points: int
    blocking: int
    following: int | None = None

    @property
    def answered_points(self) -> int:
        return self.points - self.open_points


def progress_of(batch: ImportBatch, row: int) -> Progress:
    """How far the batch is, and what asks next after ``row`` and round again. Three queries where all is counted."""
    _count(batch)
    found = batch.rows.aggregate(
        all=Sum("points", default=0), open=Sum("open_points", default=0), blocking=Count("pk", filter=Q(blocks=True))
    )
    asking = batch.rows.filter(open_points__gt=0).order_by("row").values_list("row", flat=True)
    following = asking.filter(row__gt=row).first() or asking.first()
    return Progress(found["all"], found["open"], found["blocking"], following)


@transaction.atomic
def _count(batch: ImportBatch) -> None:
    """Count what is not counted. The batch is locked: a step that comes between would be counted as it was before."""
    if not batch.rows.filter(points=None).exists():
        return
    locked = locks.held(ImportBatch.objects.all()).get(pk=batch.pk)
    keys = list(locked.rows.filter(points=None).order_by("position").values_list("pk", flat=True))
    for some in batched(keys, ROWS_AT_ONCE):
        rows = list(locked.rows.filter(pk__in=some).order_by("position"))
        people, readings = People(rows), reading_of(locked, rows).rows
        for row, reading in zip(rows, readings, strict=True):
            points = points_of(row, reading, people)
            row.points, row.open_points = len(points), sum(point.is_open for point in points)
            row.blocks = any(point.blocks for point in points)
        update_rows(rows, ["points", "open_points", "blocks"])
