"""The file of a batch, read and read again: with the sheet and the columns that people chose."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from departments import clock
from departments.errors import DomainError
from departments.models import Jurisdiction, User
from minsheng.task_table.choice import choose
from minsheng.task_table.kept import KeptReading
from minsheng.task_table.match import Resolver
from minsheng.task_table.models import ColumnMemory, ImportBatch
from minsheng.task_table.own_rows import row_as_in_file
from minsheng.task_table.parsers.own_level import level_of
from minsheng.task_table.parsers.text import key, one_line
from minsheng.task_table.pasted import open_pasted
from minsheng.task_table.reading import TableReading, decoded, read_pasted, read_table
from minsheng.task_table.result import columns_of
from minsheng.task_table.row import Above, RowReader
from minsheng.task_table.workbook import open_workbook

TEXT: Final = ".txt"  # what was pasted is kept as such a file


def read(
    content: bytes,
    *,
    name: str,
    year: int,
    resolver: Resolver,
    sheet: str = "",
    mapping: Mapping[str, str] | None = None,
    joining: Collection[str] | None = None,
) -> TableReading:
    """The reading of a file, or of a text that was pasted; ``joining`` as of ``read_table``. Raises
    ``TaskTableRefused``.
    """
    if PurePath(name).suffix.lower() == TEXT:
        return read_pasted(
            decoded(content), name=name, year=year, known_units=resolver.known_names, mapping=mapping or None
        )
    return read_table(
        content,
        name=name,
        year=year,
        sheet=sheet or None,
        known_units=resolver.known_names,
        mapping=mapping or None,
        joining=joining,
    )


def read_as_before(
    content: bytes,
    *,
    name: str,
    jurisdiction: Jurisdiction,
    year: int,
    programme: str,
    resolver: Resolver,
    sheet: str = "",
    joining: Collection[str] | None = None,
) -> tuple[TableReading, dict[str, str], ColumnMemory | None]:
    """The reading with what was said of the columns of an earlier table, that (letter of a column → meaning), and whose
    word it was.

    The earlier table is one of the same programme's name, or one of the jurisdiction with the same header.
    """
    memories = ColumnMemory.objects.filter(jurisdiction=jurisdiction).order_by("-at")
    same_name = memories.filter(programme_name=programme).first()
    how: dict[str, Any] = {"name": name, "year": year, "resolver": resolver, "sheet": sheet, "joining": joining}
    reading = read(content, mapping=same_name.mapping if same_name else None, **how)
    memory = same_name or memories.filter(signature=signature(reading)).first()
    if memory is None:
        return reading, {}, None
    if memory is not same_name:
        reading = read(content, mapping=memory.mapping, **how)
    mapping = _said_of(reading.words_of_columns, memory)
    return reading, mapping, memory if mapping else None


def remembered(batch: ImportBatch, reading: TableReading) -> dict[str, str]:
    """What was said of an earlier table's columns, of those that ``batch`` had not read before this ``reading``."""
    memories = ColumnMemory.objects.filter(jurisdiction=batch.jurisdiction).order_by("-at")
    memory = memories.filter(programme_name=batch.programme_name).first()
    memory = memory or memories.filter(signature=signature(reading)).first()
    before = columns_of(batch.document)
    new = {column: words for column, words in reading.words_of_columns.items() if column not in before}
    return _said_of(new, memory) if memory else {}


def _said_of(columns: Mapping[str, str], memory: ColumnMemory) -> dict[str, str]:
    """By the words of their headers: what columns were said to mean."""
    said = {key(words): meaning for words, meaning in memory.mapping.items()}
    return {column: said[key(words)] for column, words in columns.items() if key(words) in said}


def remember(batch: ImportBatch, reading: TableReading, *, by: User | None) -> None:
    """Keep what was said of the columns, by the words of their headers, for the next table."""
    texts = reading.words_of_columns
    mapping = {
        one_line(texts[column]): meaning for column, meaning in batch.mapping.items() if texts.get(column, "").strip()
    }
    ColumnMemory.objects.update_or_create(
        jurisdiction=batch.jurisdiction,
        programme_name=batch.programme_name,
        signature=signature(reading),
        defaults={"mapping": mapping, "by": by, "at": clock.now()},
    )


def forget(batch: ImportBatch, reading: TableReading) -> None:
    """No earlier table's columns are followed any more, by the next table as by this one."""
    memories = ColumnMemory.objects.filter(jurisdiction=batch.jurisdiction)
    memories.filter(Q(programme_name=batch.programme_name) | Q(signature=signature(reading))).delete()


def signature(reading: TableReading) -> str:
    """The header's words, whatever they were taken to mean."""
    words = "\n".join(key(text) for _letter, text in sorted(reading.header_texts.items()))
    return hashlib.sha256(words.encode()).hexdigest()


def content_of(batch: ImportBatch) -> bytes:
    with batch.file.open("rb") as opened:
        content: bytes = opened.read()
    return content


def read_row(batch: ImportBatch, row: int, *, resolver: Resolver, text: str | None = None) -> KeptReading:
    """One row of the sheet as a task, whatever it looked like to the reader; as ``StagedRow.reading`` keeps it.

    ``text`` is what stands in it. Raises ``DomainError`` where another text does: a newer reader counts otherwise.
    """
    name, mapping = batch.file_name, batch.mapping or None
    content = content_of(batch)
    if PurePath(name).suffix.lower() == TEXT:
        sheets = [open_pasted(decoded(content))]
    else:
        sheets = open_workbook(content, name=name)
    chosen = choose(sheets, batch.document.get("sheet") or None, mapping, [one.name for one in batch.joined])
    part = next((one for one in chosen.parts if one.holds(row)), chosen.parts[0]).in_year(batch.year)
    if text is not None and "".join(cell.text for cell in part.sheet.filled(row)) != text:
        raise DomainError(_("Rows are counted otherwise by now. Read the columns again, then take the row in."))
    above = Above(batch.year, level_of(batch.document.get("title", "")), known_units=frozenset(resolver.known_names))
    above.first_leads = batch.document.get("lead_rule") == "first"
    above.begin(part.category, goes_on=part.goes_on)
    return KeptReading.of(row_as_in_file(RowReader(part.sheet, part.header, row, above).read(), chosen.parts))
