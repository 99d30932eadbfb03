"""The record of what people said of a staged table, and what a page needs to know of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max

from departments import audit, clock
from departments.bulk import ROWS_AT_ONCE, insert_columns
from departments.models import User
from minsheng.task_table.models import ImportBatch, ImportDecision

UNCOUNTED: Final[dict[str, Any]] = {"points": None, "open_points": None, "blocks": None}  # see ``counted``
MOST_CHANGES = 50  # that a refused commit tells one by one


@dataclass(frozen=True)
class Said:
    """What was said of one row of the sheet (none: of the table as a whole), and what stood before and after."""

    row: int | None
    part: str = ""
    before: Any = None
    after: Any = None


def keep(
    batch: ImportBatch,
    said: Iterable[Said],
    *,
    step: ImportDecision.Step,
    by: User | None,
    touched: Collection[int] | None = None,
) -> None:
    """Append decisions to a locked batch: its next version, so that nobody confirms what he has not seen.

    What the rows they speak of ask is counted anew, or the rows ``touched``; all of them where the table as a whole is
    meant and it is not told which.
    """
    said = list(said)
    rows = {one.row for one in said if one.row is not None} if touched is None else set(touched)
    few = len(rows) <= ROWS_AT_ONCE and (touched is not None or all(one.row is not None for one in said))
    counted = batch.rows.exclude(points=None, open_points=None, blocks=None)
    (counted.filter(row__in=rows) if few else counted).update(**UNCOUNTED)
    batch.version += 1
    batch.save(update_fields=["version"])
    if said:
        insert_columns(
            ImportDecision,
            {
                "row": [one.row for one in said],
                "part": [one.part[:200] for one in said],
                "before": [one.before for one in said],
                "after": [one.after for one in said],
            },
            batch_id=batch.pk,
            version=batch.version,
            step=step,
            by_id=by and by.pk,
            by_name=audit.signature(by),
            at=clock.now(),
        )


def since(batch: ImportBatch, version: int) -> list[ImportDecision]:
    """What was said after ``version``, the newest first."""
    return list(batch.decisions.filter(version__gt=version).order_by("-version", "row")[:MOST_CHANGES])


def is_own_since(batch: ImportBatch, version: int, by: User | None) -> bool:
    """Whether ``by`` alone changed the batch after ``version``, or nobody did."""
    own = batch.decisions.filter(version__gt=version, by=by).values_list("version").distinct().count()
    return batch.version - version <= own


def lost(batch: ImportBatch) -> list[ImportDecision]:
    """What did not hold of the last reading, and was not said anew since: in the order of the rows."""
    found = batch.decisions.filter(step=ImportDecision.Step.LOST).order_by("-version")
    last = found.values_list("version", flat=True).first()
    if last is None:
        return []
    again = set(batch.decisions.filter(version__gt=last, row__isnull=False).values_list("row", "part"))
    return [one for one in found.filter(version=last).order_by("row", "pk") if (one.row, one.part) not in again]


def workers(batch: ImportBatch) -> list[tuple[str, datetime]]:
    """Who decided on the table, and when last; the latest first. One query."""
    return list(batch.decisions.values_list("by_name").annotate(last=Max("at")).order_by("-last"))
