"""A table into the portal: read and kept, row by row, with its file; nothing is written to the domain."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.bulk import insert_rows, new_row
from departments.errors import DomainError
from departments.models import Jurisdiction, User
from minsheng.collector import paused
from minsheng.progress import tell
from minsheng.task_table import record, source
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.alike import taken_by
from minsheng.task_table.carry import carry, pairs_of
from minsheng.task_table.corrections import PARTS, correction
from minsheng.task_table.kept import KeptReading
from minsheng.task_table.match import Resolver, resolver_of
from minsheng.task_table.models import ColumnMemory, ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.reading import RowReading, TableReading, dump
from projects.models import Programme, SubItemRevision
from projects.rules.responsible import ASSIST, LEAD
from projects.services import plans

AsBefore = tuple[TableReading, dict[str, str], ColumnMemory | None]


@paused()
def stage(file: File, *, jurisdiction: Jurisdiction, year: int, programme: str, by: User | None) -> ImportBatch:  # type: ignore[type-arg]
    """Read ``file`` and keep what was read, row by row, with the file; nothing is written to the domain.

    Where the programme exists the table is an update of it (``again``). Raises ``DomainError`` where the file is no
    task table, or would change nothing.
    """
    content = file.read(settings.TASK_TABLE_MAX_BYTES + 1)  # one more than the reader takes
    sha256 = hashlib.sha256(content).hexdigest()
    name = PurePath(file.name or "").name
    plans.check_name(year, programme)
    existing = Programme.objects.filter(jurisdiction=jurisdiction, year=year, name=programme).first()
    resolver = resolver_of(jurisdiction)
    how = {"name": name, "jurisdiction": jurisdiction, "year": year, "programme": programme, "resolver": resolver}
    last = last_of(existing) if existing else None
    (read, mapping, memory), chosen, said = _read(content, sha256, existing, last, how)
    sheets = {read.sheet, *(one.name for one in read.joined)}
    if not any(
        one.asks for one in read.others if one.name not in {*said, *sheets}
    ):  # else a person may read more of it
        refuse_same_table(jurisdiction, sha256, sheets, existing)
    document, rows = dump(read)
    batch = ImportBatch(
        jurisdiction=jurisdiction,
        year=year,
        programme_name=programme,
        file_name=name[:200],
        sha256=sha256,
        size=len(content),
        document=document,
        sheet=chosen,
        mapping=mapping,
        columns_from=_whose(memory) if memory else {},
        other_tables=said,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    # The stored name is ours: what people call their files is kept beside it.
    batch.file.save(f"{sha256[:16]}{PurePath(name).suffix.lower()[:8]}", ContentFile(content), save=False)
    try:
        _keep(batch, rows, resolver, by=by, existing=existing)
    except BaseException:
        forget_file(batch)
        raise
    return batch


def _read(
    content: bytes, sha256: str, existing: Programme | None, last: ImportBatch | None, how: dict[str, Any]
) -> tuple[AsBefore, str, dict[str, Any]]:
    """The reading of the sheet that is wanted; its name, where it is not the one that the reader found; and what was
    said of the other sheets when the programme's last table was read, as far as it holds of these. One that was
    imported as another programme is no part of this one.
    """
    found, chosen = source.read_as_before(content, **how), ""
    imported = _imported(how["jurisdiction"], sha256)
    others = imported.exclude(programme=existing) if existing else imported
    taken = {name: str(batch.programme) for batch in others for name in batch.sheets_read}
    wanted = _sheet_wanted(found[0], taken, last)
    if wanted != found[0].sheet:
        found, chosen = source.read_as_before(content, sheet=wanted, **how), wanted
    said = said_before(last, found[0], taken) if last else {}
    at = clock.now().isoformat()
    said |= {
        one.name: {"said": APART, "by_name": "", "at": at, "programme": taken[one.name]}
        for one in found[0].others
        if one.name in taken
    }
    joined = {one.name for one in found[0].joined}
    joining = {name for name, one in said.items() if one["said"] == GOES_ON} | (joined - said.keys())
    if joining != joined:
        found = source.read_as_before(content, sheet=wanted, joining=joining, **how)
        by_word = joining & said.keys()
        if asked := {name for name in by_word if _is_of_another(found[0], name, existing, said[name], how)}:
            said = {name: one for name, one in said.items() if name not in asked}
            found = source.read_as_before(content, sheet=wanted, joining=joining - asked, **how)
    return found, chosen, said


def _is_of_another(
    read: TableReading, name: str, own: Programme | None, said: Mapping[str, Any], how: Mapping[str, Any]
) -> bool:
    """Whether the rows of a sheet that was read on with the last table are by now those of another programme, of which
    whoever said so did not know.
    """
    place = next(one for one in read.joined if one.name == name)
    words = ((row.project, row.content) for row in read.rows if place.shift < row.row <= place.last)
    found = taken_by(how["jurisdiction"].pk, how["year"], words, own)
    return found is not None and found.programme.pk != said.get("also_in")


def said_before(last: ImportBatch, read: TableReading, taken: Collection[str]) -> dict[str, Any]:
    """What was said of the other sheets of a programme's last table, as far as it holds of those of a new one.

    A sheet that was read on is so again, as long as its columns fit (and no other programme has its rows by now); one
    that was no part of it is asked about anew where it says something else.
    """
    if last.sheet_read != read.sheet:
        return {}
    marks = {one["name"]: one["mark"] for one in last.document.get("others", ())}
    found: dict[str, Any] = {}
    for other in read.others:
        said = last.other_tables.get(other.name)
        holds = said and (
            (other.fits and other.name not in taken) if said["said"] == GOES_ON else marks.get(other.name) == other.mark
        )
        found |= {other.name: said} if holds else {}
    return found


def _whose(memory: ColumnMemory) -> dict[str, str]:
    return {"by_name": audit.signature(memory.by), "at": memory.at.isoformat(), "programme": memory.programme_name}


@transaction.atomic
def _keep(
    batch: ImportBatch, rows: list[KeptReading], resolver: Resolver, *, by: User | None, existing: Programme | None
) -> None:
    batch.save()
    tell(_("Keeping what was read"))
    if existing:
        TableUpdate.objects.create(batch=batch, programme=existing)
    meant: dict[Any, dict[str, Any]] = {}  # rows that name the same have what it means in common
    of, fresh = {"batch": batch}, []
    for position, row in enumerate(rows, start=1):
        read = row.whole
        names = (*read.lead_units, "", *read.assisting_units)
        units = meant[names] if names in meant else meant.setdefault(names, units_of(read, resolver))
        fresh.append(new_row(StagedRow, of, position=position, row=read.row, reading=row, units=units))
    carried = carry_over(fresh, existing) if existing else []
    insert_rows(fresh)
    people = {name: one for name, one in batch.other_tables.items() if "programme" not in one}
    carried += [record.Said(None, f"table-{name}", after=one) for name, one in people.items()]
    if carried:
        record.keep(batch, carried, step=ImportDecision.Step.CARRY, by=by)
    audit.record(
        "import.stage",
        batch,
        by=by,
        jurisdiction=batch.jurisdiction,
        file=batch.file_name,
        sha256=batch.sha256,
        rows=len(rows),
    )


def units_of(row: RowReading, resolver: Resolver) -> dict[str, list[dict[str, Any]]]:
    """What the names of a reading mean today."""
    names = {LEAD: row.lead_units, ASSIST: row.assisting_units}
    return {role.value: [resolver.match(name).dump() for name in listed] for role, listed in names.items()}


def forget_file(batch: ImportBatch) -> None:
    """Remove the stored file of a batch that was never written."""
    if batch.file.name:
        batch.file.storage.delete(batch.file.name)


def carry_over(rows: Sequence[StagedRow], programme: Programme) -> list[record.Said]:
    """Put on ``rows`` what people said of the last table of ``programme``, where the cells are the same.

    Rows of which something is said already are left alone. Gives what was carried, for the record.
    """
    last = last_of(programme)
    if last is None:
        return []
    free = [row for row in rows if not (row.corrections or row.accepted or row.decisions or row.left_out)]
    for old, new in pairs_of(list(last.rows.order_by("position")), free):
        carry(old, new)
    return [
        record.Said(row.row, part, after=found["values"])
        for row in free
        for part in PARTS
        if (found := correction(row, part))
    ] + [record.Said(row.row) for row in free if row.accepted or row.decisions or row.left_out]


def refuse_same_table(
    jurisdiction: Jurisdiction, sha256: str, sheets: Collection[str], updated: Programme | None
) -> None:
    """No sheet of a file twice, however many tables came since: as another programme its money would count twice, as
    the newest of the same one nothing would change.

    What was changed since may be set back by the newest table, and by an earlier one of the same programme.
    """
    imported = _imported(jurisdiction, sha256)
    others = imported.exclude(programme=updated) if updated else imported
    other = next((one for one in others if one.sheets_read & {*sheets}), None)
    if other is not None:
        raise DomainError(
            _("This very file was imported already, as “%(programme)s”.") % {"programme": other.programme}
        )
    last = last_of(updated) if updated else None
    if last is None or (last.sha256, last.sheets_read) != (sha256, {*sheets}):
        return
    later = SubItemRevision.objects.filter(sub_item__programme=updated, number__gt=1)
    if last.committed_at is None or later.filter(at__gt=last.committed_at).exists():
        return
    raise DomainError(
        _("This very file was imported already, as “%(programme)s”: nothing would change.") % {"programme": updated}
    )


def _imported(jurisdiction: Jurisdiction, sha256: str) -> QuerySet[ImportBatch]:
    found = ImportBatch.objects.filter(jurisdiction=jurisdiction, sha256=sha256, state=ImportBatch.State.COMMITTED)
    return found.select_related("programme__jurisdiction")


def last_of(programme: Programme) -> ImportBatch | None:
    """The last table that was imported into ``programme``."""
    committed = programme.import_batches.filter(state=ImportBatch.State.COMMITTED)
    return committed.order_by("committed_at", "pk").last()


def _sheet_wanted(read: TableReading, taken: Collection[str], last: ImportBatch | None) -> str:
    """The sheet of the programme's last table, where the file has it; else the one found, or, where that was imported
    as another programme, the longest that was not. All are named on the page, and another can be chosen there.
    """
    there = sorted((one for one in read.candidates if one.rows and not one.hidden), key=lambda one: -one.rows)
    free = [one.name for one in there if one.name not in taken]
    if last is not None and last.sheet_read in free:
        return last.sheet_read
    return free[0] if free and read.sheet in taken else read.sheet
