"""Questions that hold nothing up and are still open: whoever confirms lets them pass, and it is on record."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from departments import audit, clock
from departments.bulk import update_rows
from departments.errors import DomainError
from departments.models import User
from minsheng.task_table import record
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.points import Point, by_kind

Open = Sequence[tuple[StagedRow, Point]]


class StillOpen(DomainError):
    """Questions that whoever confirms has not been asked about. ``kinds``: key, words, how many.

    ``rows`` has each of them: the row in words and what it asks.
    """

    def __init__(self, found: Open) -> None:
        text = ngettext("%(count)s question is still open.", "%(count)s questions are still open.", len(found))
        super().__init__(text % {"count": len(found)})
        self.kinds = by_kind(point for _row, point in found)
        self.rows = [(row.batch.words_of(row.row), point.message) for row, point in found]


def let_pass(batch: ImportBatch, found: Open, *, by: User | None) -> None:
    """Accept each of ``found`` as read, in the name of whoever confirms."""
    signed = {"by_name": audit.signature(by), "at": clock.now().isoformat(), "passed": True}
    for row, point in found:
        row.accepted = {**row.accepted, point.key: signed}
    if found:
        update_rows(list({row.pk: row for row, _point in found}.values()), ["accepted"])
        said = [record.Said(row.row, point.key, None, point.message) for row, point in found]
        record.keep(batch, said, step=ImportDecision.Step.PASS, by=by)
