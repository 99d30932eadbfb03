"""A batch with everything that belongs to it, fetched once."""

from dataclasses import dataclass

from minsheng.task_table.compose import People, reading_of
from minsheng.task_table.match import resolver_of
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.reading import TableReading


@dataclass(frozen=True)
class Table:
    """``labels`` are the units one may choose from: key → full name, in official order; only while it is staged."""

    batch: ImportBatch
    rows: list[StagedRow]
    reading: TableReading
    people: People
    labels: dict[int, str]


def table_of(batch: ImportBatch) -> Table:
    """Seven queries, however many rows there are."""
    rows = list(batch.rows.order_by("position"))
    labels = resolver_of(batch.jurisdiction).labels if batch.is_staged else {}
    return Table(batch, rows, reading_of(batch, rows), People(rows), labels)
