"""Reading the file of a staged table again, with another sheet or other columns; what people said stays."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit
from departments.bulk import insert_rows
from departments.errors import DomainError
from departments.language import listed
from departments.models import User
from minsheng.collector import paused
from minsheng.task_table import record, source
from minsheng.task_table.again.carried import carry_said
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.carry import TAKEN_IN, Lost, all_lost, carry
from minsheng.task_table.columns import meant_twice
from minsheng.task_table.held import lock
from minsheng.task_table.kept import KeptReading, whole_of
from minsheng.task_table.match import Resolver, resolver_of
from minsheng.task_table.meanings import MEANINGS
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.reading import TableReading, dump
from minsheng.task_table.result import columns_of
from minsheng.task_table.same_rows import Pair, paired
from minsheng.task_table.staging import refuse_same_table, units_of

Step = ImportDecision.Step


@paused()
@transaction.atomic
def reread(
    batch: ImportBatch, *, sheet: str, mapping: Mapping[str, str], version: int, by: User | None
) -> tuple[ImportBatch, list[Lost]]:
    """Read the file with this sheet and these columns (``column_keys`` → meaning); which things people said were lost.

    What was said of a part stays on the row of the same number, field by field where its cells are the same; so does
    which sub-item a row is, where it is read as before; what a person took in stays in. Of another sheet nothing holds.
    What is lost is kept in the record, to be used again. The mapping is remembered for the next table; with an empty
    one columns are read by their words, and what was remembered is forgotten.

    Raises ``Conflict`` where somebody decided since ``version``, ``DomainError`` where nothing can be read so, or two
    columns are said to be what only one can be; nothing is changed then.
    """
    if not set(mapping.values()) <= {*MEANINGS, ""}:
        raise DomainError(_("Choose among the fields that are offered."))
    for _meaning, letters in meant_twice(mapping):
        raise DomainError(_("Columns %(letters)s cannot all be read as the same.") % {"letters": listed(letters)})
    locked = lock(batch, {ImportBatch.State.STAGED}, version=version)
    resolver = resolver_of(locked.jurisdiction)
    other_sheet = sheet != locked.document.get("sheet")
    locked.mapping = {} if other_sheet else dict(mapping)
    reading = source.read(
        source.content_of(locked),
        name=locked.file_name,
        year=locked.year,
        resolver=resolver,
        sheet=sheet,
        mapping=locked.mapping,
        joining=None if other_sheet else [one.name for one in locked.joined],
    )
    if other_sheet:
        update = TableUpdate.objects.filter(batch=locked).select_related("programme").first()
        refuse_same_table(locked.jurisdiction, locked.sha256, {reading.sheet}, update.programme if update else None)
    before = _columns(locked)
    locked.sheet = sheet if other_sheet else locked.sheet
    locked.columns_from = {}
    was = ImportBatch(document=locked.document)
    lost = _put(locked, reading, resolver, other_sheet=other_sheet)
    record.keep(locked, [record.Said(None, "", before, _columns(locked))], step=Step.REREAD, by=by)
    _record_lost(locked, lost, was, by=by)
    if locked.mapping:
        source.remember(locked, reading, by=by)
    elif not other_sheet:
        source.forget(locked, reading)
    audit.record("import.reread", locked, by=by, jurisdiction=locked.jurisdiction, **_columns(locked))
    return locked, lost


def read_with(
    locked: ImportBatch, joining: Collection[str], said: Sequence[record.Said], *, by: User | None
) -> list[Lost]:
    """Read the same table with the rows of these other sheets of the file; which things people said were lost.

    ``said`` is what somebody said of other tables, for the record; the batch is locked by the caller, and what it
    keeps of it is put in its place there. Raises ``DomainError`` where the file cannot be read so.
    """
    resolver = resolver_of(locked.jurisdiction)
    content = source.content_of(locked)
    how: dict[str, Any] = {"resolver": resolver, "sheet": locked.sheet_read, "joining": joining}
    how |= {"name": locked.file_name, "year": locked.year}
    reading = source.read(content, mapping=locked.mapping, **how)
    if known := source.remembered(locked, reading):  # of columns that are read for the first time
        locked.mapping = locked.mapping | known
        reading = source.read(content, mapping=locked.mapping, **how)
    was = ImportBatch(document=locked.document)
    lost = _put(locked, reading, resolver, other_sheet=False)
    record.keep(locked, said, step=Step.TABLE, by=by)
    _record_lost(locked, lost, was, by=by)
    return lost


def _put(batch: ImportBatch, reading: TableReading, resolver: Resolver, *, other_sheet: bool) -> list[Lost]:
    """A new reading in place of the old one; what was said and does not hold of it. Of another sheet nothing holds."""
    document, rows = dump(reading)
    skipped = batch.skipped_texts
    batch.document = document
    batch.other_tables = {} if other_sheet else batch.other_tables
    batch.save(update_fields=["sheet", "mapping", "document", "columns_from", "other_tables"])
    old = list(batch.rows.order_by("position"))
    taken_in = set() if other_sheet else _taken_in(old, skipped, batch.skipped_texts)
    fresh = _fresh(batch, rows, taken_in, resolver)
    pairs = [] if other_sheet else paired(old, fresh)
    _same_categories(batch, pairs)
    lost = [one for row in old for one in all_lost(row)] if other_sheet else _carried(pairs, old, fresh)
    there = set() if other_sheet else {row.row for row in fresh}
    kept = {batch.skipped_texts[row] for row in taken_in}
    lost += [
        Lost(row.row, TAKEN_IN, None, _who_took_in(batch, row.row))
        for row in old
        if row.row in skipped and row.row not in there and skipped[row.row] not in kept
    ]
    lost += carry_said(batch, pairs, same_sheet=not other_sheet)
    batch.rows.all().delete()
    insert_rows(fresh)
    return lost


def _who_took_in(batch: ImportBatch, row: int) -> str:
    last = batch.decisions.filter(step=Step.TAKE_IN, row=row).order_by("version").last()
    return last.by_name if last else ""


def _taken_in(old: Sequence[StagedRow], before: Mapping[int, str], now: Mapping[int, str]) -> set[int]:
    """Those of the rows that are no task now that a person took in before: of the same text, at its place first."""
    found = set()
    for number in (row.row for row in old if row.row in before):
        text = before[number]
        same = [number] if now.get(number) == text else [row for row, words in now.items() if text and words == text]
        found |= set(same if len(same) == 1 else ())
    return found


def _same_categories(batch: ImportBatch, pairs: Sequence[Pair]) -> None:
    """Whether other sheets are read on tells whether rows without a category are called by their sheet, and a newer
    reader may find the heading above a table: no word of a person hangs on that. The old rows are given up.
    """
    for row, new in pairs:
        now = new.reading["category"]
        if row.reading["category"] in ("", batch.place_of(new.row)[0]) and "category" not in new.reading["source"]:
            row.reading = KeptReading.of(replace(whole_of(row.reading), category=now))


def _record_lost(batch: ImportBatch, lost: Sequence[Lost], was: ImportBatch, *, by: User | None) -> None:
    if lost:
        said = [record.Said(one.row, one.part, _said(one, was)) for one in lost]
        record.keep(batch, said, step=Step.LOST, by=by)


def _said(lost: Lost, was: ImportBatch) -> dict[str, Any]:
    """It can be used again on the same row of the same ``sheet``. ``at`` is where the row stands in the file."""
    at = list(was.place_of(lost.row))
    said = {"values": lost.values, "by_name": lost.by_name, "sheet": was.sheet_read, "at": at}
    return said | ({"elsewhere": True} if lost.elsewhere else {})


def _columns(batch: ImportBatch) -> dict[str, Any]:
    read_as = {key: column.meaning for key, column in columns_of(batch.document).items()}
    return {"sheet": batch.document.get("sheet"), "header_map": read_as}


def _fresh(batch: ImportBatch, rows: Sequence[KeptReading], taken_in: set[int], resolver: Resolver) -> list[StagedRow]:
    """The rows of the new reading, and among them, at their places, those that a person took in."""
    readings = {row.whole.row: row for row in rows}
    readings |= {row: source.read_row(batch, row, resolver=resolver) for row in taken_in}
    return [
        StagedRow(
            batch=batch, position=place, row=row, reading=readings[row], units=units_of(readings[row].whole, resolver)
        )
        for place, row in enumerate(sorted(readings, key=batch.place_key()), start=1)
    ]


def _carried(pairs: Sequence[Pair], old: Sequence[StagedRow], fresh: Sequence[StagedRow]) -> list[Lost]:
    """What was said goes to the row it was said of; what could not be, under the number that this has now."""
    lost = [replace(one, row=row.row) for before, row in pairs for one in carry(before, row)]
    there, still = {row.row for row in fresh}, {before.row for before, _row in pairs}
    gone = [one for row in old if row.row not in still for one in all_lost(row)]
    return lost + [replace(one, elsewhere=one.row in there) for one in gone]
