"""A row that somebody had before him and that is no longer there: who took it away, and when."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from departments import clock
from departments.errors import Conflict, DomainError
from departments.language import listed
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.other_tables import APART, TABLE

_STEPS = (ImportDecision.Step.REREAD, ImportDecision.Step.TABLE)


class RowGone(Conflict):
    """The row was there when it was shown, and was taken out of the table since."""

    def __init__(self, batch: ImportBatch, row: int, by: ImportDecision) -> None:
        self.row = row
        when = f"{clock.local(by.at):%m-%d %H:%M}"
        what = {"place": batch.words_of(row), "person": by.by_name or "—", "when": when}
        if by.step == ImportDecision.Step.TABLE:
            text = _(
                "%(place)s is no longer in the table: %(person)s said that its sheet is no part of it (%(when)s)."
                " Nothing was kept of it."
            )
        else:
            text = _(
                "%(place)s is no longer in the table: %(person)s had it read again (%(when)s). Nothing was kept of it."
            )
        super().__init__(text % what)


class LeftOut(Conflict):
    """The row was left out: nothing of it is written, so nothing of it is changed."""

    def __init__(self, row: StagedRow) -> None:
        self.row = row
        super().__init__(
            _("%(row)s was left out by %(person)s. Take it in again first.")
            % {"row": row.batch.words_of(row.row), "person": row.left_out.get("by_name") or "—"}
        )


def not_there(batch: ImportBatch, row: int) -> DomainError:
    """Why ``row`` is none of the table: ``RowGone`` where it may have been one before."""
    sheet, _place = batch.place_of(row)
    for one in batch.decisions.filter(step__in=_STEPS).order_by("-version", "-pk"):
        if one.step == ImportDecision.Step.REREAD or (one.part == f"{TABLE}{sheet}" and one.after["said"] == APART):
            return RowGone(batch, row, one)
    return DomainError(_("There is no such row in the table."))


def refuse_gone(batch: ImportBatch, rows: Collection[int]) -> None:
    """Raise ``RowGone`` where one of ``rows``, none of the table's, was one before."""
    for row in sorted(rows):
        why = not_there(batch, row)
        if isinstance(why, RowGone):
            raise why


def missing(batch: ImportBatch, rows: Collection[int]) -> tuple[int, DomainError] | None:
    """The first of ``rows`` that does not become a sub-item any more, and why."""
    there = {row.row: row for row in batch.rows.filter(row__in=rows).select_related("batch")} if rows else {}
    for row in sorted(rows):
        if row not in there:
            return row, not_there(batch, row)
        if not there[row].is_in:
            return row, LeftOut(there[row])
    return None


def with_choice(why: DomainError, chosen: Collection[str]) -> DomainError:
    """The same with what was chosen there, so that it is not lost from sight."""
    return DomainError(_("%(why)s You chose there: %(chosen)s") % {"why": why, "chosen": listed(chosen) or "—"})
