"""What people do with the rows of a staged table: correct, take back, accept, leave out, take in. What is missing in
many of them is said once in ``defaults``.

Each step is one transaction on the locked batch and one entry in its record. Of two people who change the same part of
the same row the second is told what the first said; other parts and other rows never conflict. ``sheet`` is the one
whose row was meant, where a page tells it: see ``held.lock``.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.bulk import update_rows
from departments.errors import Conflict, DomainError
from departments.models import User
from minsheng.task_table import compose, record, source
from minsheng.task_table.corrections import PARTS, correction, seen_of, standing, was_read
from minsheng.task_table.held import lock, same_sheet
from minsheng.task_table.match import resolver_of
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.points import points_of
from minsheng.task_table.staging import units_of
from projects.rules.deadlines import check_deadline

Step = ImportDecision.Step
_STAGED = {ImportBatch.State.STAGED}


class LeftOut(Conflict):
    """The row was left out: nothing of it is written, so nothing of it is changed."""

    def __init__(self, row: StagedRow) -> None:
        self.row = row
        super().__init__(
            _("Row %(row)s was left out by %(person)s. Take it in again first.")
            % {"row": row.row, "person": row.left_out.get("by_name") or "—"}
        )


class ChangedMeanwhile(Conflict):
    """Somebody else changed the same part: ``row`` is the row as it now stands, ``name`` who it was."""

    def __init__(self, row: StagedRow, part: str, by: User | None) -> None:
        found = row.corrections.get(part, {})
        self.row, self.name = row, str(found.get("by_name", ""))
        if by is not None and self.name == audit.signature(by):
            text = _("You changed this meanwhile in another window. Both are shown: save again to keep these.")
        else:
            text = _("%(person)s changed this meanwhile. Both are shown: save again to keep yours.")
        super().__init__(text % {"person": self.name})


@transaction.atomic
def correct(
    batch: ImportBatch,
    row: int,
    part: str,
    values: Mapping[str, Any],
    *,
    seen: int,
    by: User | None,
    sheet: str | None = None,
) -> ImportBatch:
    """Put ``values`` in place of what stands for ``part`` of the row; what was read is kept beside them.

    ``seen`` is how often the part had been changed when it was shown. Raises ``ChangedMeanwhile`` where it was changed
    since, to something else, and ``DomainError`` for a deadline that cannot be right.
    """
    locked = lock(batch, _STAGED, sheet=sheet)
    found = _row_in(locked, row)
    before = standing(found, part)
    if before == dict(values):
        return locked
    if seen_of(found, part) != seen:
        raise ChangedMeanwhile(found, part, by)
    check_deadline(_day(values), year=locked.year, before=_day(before))
    if part == "units":
        _names_gone(found)
    put(found, part, None if was_read(found, part) == dict(values) else dict(values), by=by)
    found.save(update_fields=["corrections", "decisions"])
    record.keep(locked, [record.Said(row, part, before, dict(values))], step=Step.CORRECT, by=by)
    return locked


def _day(values: Mapping[str, Any]) -> date | None:
    """The deadline among ``values``, where they are those of a deadline."""
    written = values.get("deadline")
    return date.fromisoformat(written) if written else None


@transaction.atomic
def take_back(
    batch: ImportBatch, row: int, part: str, *, seen: int, by: User | None, sheet: str | None = None
) -> ImportBatch:
    """Let the reading stand again for ``part`` of the row."""
    locked = lock(batch, _STAGED, sheet=sheet)
    found = _row_in(locked, row)
    if correction(found, part) is None:
        return locked
    if seen_of(found, part) != seen:
        raise ChangedMeanwhile(found, part, by)
    before = standing(found, part)
    if part == "units":
        _names_gone(found)
    put(found, part, None, by=by)
    found.save(update_fields=["corrections", "decisions"])
    record.keep(locked, [record.Said(row, part, before, was_read(found, part))], step=Step.TAKE_BACK, by=by)
    return locked


@transaction.atomic
def use_again(batch: ImportBatch, lost: ImportDecision, *, by: User | None) -> ImportBatch:
    """Make a correction again that did not hold of a new reading; it is ``by``'s now."""
    locked = lock(batch, _STAGED)
    said = lost.before or {}
    values = said.get("values")
    ours = lost.batch_id == locked.pk and lost.step == Step.LOST
    if not ours or lost.row is None or not values or said.get("elsewhere"):
        raise DomainError(_("There is no such answer."))
    same_sheet(locked, said.get("sheet"))
    found = _row_in(locked, lost.row)
    before = standing(found, lost.part)
    if before == values:
        return locked
    if lost.part == "units":
        _names_gone(found)
    put(found, lost.part, values, by=by)
    found.save(update_fields=["corrections", "decisions"])
    record.keep(locked, [record.Said(lost.row, lost.part, before, values)], step=Step.CORRECT, by=by)
    return locked


@transaction.atomic
def accept(batch: ImportBatch, points: Iterable[tuple[int, str]], *, by: User | None, sheet: str | None = None) -> int:
    """Answer these questions (row of the sheet, key) with “as read”; how many were still open.

    A question that was answered otherwise meanwhile stays so.
    """
    locked = lock(batch, _STAGED, sheet=sheet)
    wanted: dict[int, set[str]] = {}
    for row, key in points:
        wanted.setdefault(row, set()).add(key)
    rows = list(locked.rows.filter(row__in=wanted).order_by("position"))
    readings = compose.reading_of(locked, rows).rows
    people = compose.People(rows)
    said: list[record.Said] = []
    for found, reading in zip(rows, readings, strict=True):
        for point in points_of(found, reading, people):
            if point.is_open and point.acceptable and point.key in wanted[found.row]:
                found.accepted = {**found.accepted, point.key: signed(by)}
                said.append(record.Said(found.row, point.key, None, point.message))
    if said:
        update_rows(rows, ["accepted"])
        record.keep(locked, said, step=Step.ACCEPT, by=by)
    return len(said)


@transaction.atomic
def ask_again(batch: ImportBatch, row: int, key: str, *, by: User | None, sheet: str | None = None) -> ImportBatch:
    """Take “as read” back: the question is open again."""
    locked = lock(batch, _STAGED, sheet=sheet)
    found = _row(locked, row)
    if key in found.accepted:
        found.accepted = {name: value for name, value in found.accepted.items() if name != key}
        found.save(update_fields=["accepted"])
        record.keep(locked, [record.Said(row, key)], step=Step.REOPEN, by=by)
    return locked


@transaction.atomic
def leave_out(batch: ImportBatch, row: int, *, reason: str, by: User | None, sheet: str | None = None) -> ImportBatch:
    """The row does not become a sub-item; it stays listed, with the reason, and can be taken in again."""
    locked = lock(batch, _STAGED, sheet=sheet)
    found = _row(locked, row)
    if not reason.strip():
        raise DomainError(_("Say why the row is left out."))
    if found.is_in:
        found.left_out = {"reason": reason.strip(), **signed(by)}
        found.save(update_fields=["left_out"])
        record.keep(locked, [record.Said(row, after=reason.strip())], step=Step.LEAVE_OUT, by=by)
    return locked


@transaction.atomic
def take_in(batch: ImportBatch, row: int, *, by: User | None, sheet: str | None = None) -> ImportBatch:
    """The row becomes a sub-item: one that was left out, or one that the reader took for a heading, total or note."""
    locked = lock(batch, _STAGED, sheet=sheet)
    found = locked.rows.filter(row=row).first()
    if found is not None and found.is_in:
        return locked
    if found is not None:
        found.left_out = {}
        found.save(update_fields=["left_out"])
    else:
        _insert(locked, row)
    record.keep(locked, [record.Said(row)], step=Step.TAKE_IN, by=by)
    return locked


def _insert(batch: ImportBatch, row: int) -> None:
    """A row of the sheet among the others, at its place."""
    if row not in batch.skipped_texts:
        raise DomainError(_("There is no such row in the table."))
    resolver = resolver_of(batch.jurisdiction)
    reading = source.read_row(batch, row, resolver=resolver, text=batch.skipped_texts[row])
    key = batch.place_key()
    place = sum(key(other) < key(row) for other in batch.rows.values_list("row", flat=True)) + 1
    far = 1_000_000  # places move in two steps, so that no two are the same at any moment
    batch.rows.filter(position__gte=place).update(position=F("position") + far)
    batch.rows.filter(position__gte=far).update(position=F("position") - far + 1)
    units = units_of(reading.whole, resolver)
    StagedRow.objects.create(batch=batch, position=place, row=row, reading=reading, units=units)


def put(row: StagedRow, part: str, values: dict[str, Any] | None, *, by: User | None) -> None:
    """Lay ``values`` over what was read; nothing lets the reading stand again. Saved by the caller."""
    if part not in PARTS:
        raise DomainError(_("There is no such part."))
    row.corrections = {**row.corrections, part: {"n": seen_of(row, part) + 1, "values": values, **signed(by)}}


def _names_gone(row: StagedRow) -> None:
    """Other names ask anew who is meant, and who files."""
    row.decisions = {}


def signed(by: User | None) -> dict[str, str]:
    return {"by_name": audit.signature(by), "at": clock.now().isoformat()}


def _row(batch: ImportBatch, row: int) -> StagedRow:
    found = batch.rows.filter(row=row).first()
    if found is None:
        raise DomainError(_("There is no such row in the table."))
    return found


def _row_in(batch: ImportBatch, row: int) -> StagedRow:
    found = _row(batch, row)
    if not found.is_in:
        raise LeftOut(found)
    return found
