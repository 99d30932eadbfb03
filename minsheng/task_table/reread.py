"""Reading the file of a staged table again, with another sheet or other columns; what people said stays."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit
from departments.errors import DomainError
from departments.models import User
from minsheng.task_table import record, source
from minsheng.task_table.corrections import PART_OF, PARTS
from minsheng.task_table.match import resolver_of
from minsheng.task_table.meanings import MEANINGS
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.reading import dump
from minsheng.task_table.services import lock, units_of


def reread(
    batch: ImportBatch, *, sheet: str, mapping: Mapping[str, str], version: int, by: User | None
) -> tuple[ImportBatch, int]:
    """Read the file with this sheet and these columns (letter → meaning); how many things people said were lost.

    What was said of a part stays on the row of the same number where the cells of that part are the same. The mapping
    is remembered for the next table. Raises ``Conflict`` where somebody decided since ``version``, ``DomainError``
    where nothing can be read so; nothing is changed then.
    """
    if not set(mapping.values()) <= {*MEANINGS, ""}:
        raise DomainError(_("Choose among the fields that are offered."))
    with transaction.atomic():
        locked = lock(batch, {ImportBatch.State.STAGED}, version=version)
        resolver = resolver_of(locked.jurisdiction)
        other_sheet = sheet != locked.document.get("sheet")
        locked.mapping = {} if other_sheet else dict(mapping)
        reading = source.read(
            source.content_of(locked),
            name=locked.file_name,
            year=locked.year,
            resolver=resolver,
            sheet=sheet if other_sheet or locked.sheet else "",
            mapping=locked.mapping,
        )
        document = dump(reading)
        rows = document.pop("rows")
        before = {"sheet": locked.document.get("sheet"), "header_map": locked.document.get("header_map")}
        locked.sheet = sheet if other_sheet else locked.sheet
        locked.document = document
        locked.save(update_fields=["sheet", "mapping", "document"])
        old = {} if other_sheet else {row.row: row for row in locked.rows.all()}
        said = sum(_count(row) for row in locked.rows.all())
        locked.rows.all().delete()
        fresh = [
            StagedRow(batch=locked, position=place, row=data["row"], reading=data, units=units_of(data, resolver))
            for place, data in enumerate(rows, start=1)
        ]
        for row in fresh:
            if row.row in old:
                _carry(old[row.row], row)
        StagedRow.objects.bulk_create(fresh)
        after = {"sheet": document["sheet"], "header_map": document["header_map"]}
        record.keep(locked, [record.Said(None, "", before, after)], step=ImportDecision.Step.REREAD, by=by)
        if locked.mapping:
            source.remember(locked, reading, by=by)
        audit.record("import.reread", locked, by=by, jurisdiction=locked.jurisdiction, **after)
    return locked, said - sum(_count(row) for row in fresh)


def _count(row: StagedRow) -> int:
    standing = sum(found.get("values") is not None for found in row.corrections.values())
    chosen = bool(row.decisions.get("filing")) + sum(bool(keys) for keys in row.decisions.get("named", {}).values())
    return standing + len(row.accepted) + bool(row.left_out) + chosen


def _carry(old: StagedRow, new: StagedRow) -> None:
    """What was said of ``old``, where it is about cells that are the same."""
    same = {part for part in PARTS if _cells(old, part) == _cells(new, part)}
    new.corrections = {part: found for part, found in old.corrections.items() if part in same}
    codes = {issue["code"]: PART_OF.get(issue["field"], "") for issue in new.reading["issues"]}
    whole = same == set(PARTS)
    for key, answer in old.accepted.items():
        code = key.rpartition(".")[0]
        part = "units" if key.startswith("name.") else codes.get(code, "")
        if part in same or (not part and whole and code in codes):
            new.accepted[key] = answer
    if whole:
        new.left_out = old.left_out
    if "units" in same:
        new.decisions = old.decisions


def _cells(row: StagedRow, part: str) -> list[Any]:
    """The cells that a part was read from, with their texts; what was read where a field has no cell."""
    fields = [field for field, of in PART_OF.items() if of == part]
    if part in ("targets", "deliverables"):
        fields = ["content", "targets"]
    cells = [row.reading["source"].get(field) for field in fields]
    if part == "units":
        cells += [row.reading["lead_units"], row.reading["assisting_units"]]
    return cells
