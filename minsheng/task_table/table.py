"""A batch with everything that belongs to it, fetched once."""

from dataclasses import dataclass

from minsheng.collector import paused
from minsheng.task_table.answers import pending_labels
from minsheng.task_table.compose import People, reading_of
from minsheng.task_table.match import resolver_of
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.reading import TableReading


@dataclass(frozen=True)
class Table:
    """``rows`` are those that become sub-items, ``left_out`` the others.

    ``labels`` are the units one may choose from: key → full name, in official order; only while it is staged.
    """

    batch: ImportBatch
    rows: list[StagedRow]
    left_out: list[StagedRow]
    reading: TableReading
    people: People
    labels: dict[int, str]


@paused()
def table_of(batch: ImportBatch, *, row: int | None = None) -> Table:
    """Seven queries, however many rows there are. With ``row`` it holds no other row than this one of the sheet."""
    found = batch.rows.all() if row is None else batch.rows.filter(row=row)
    every = list(found.order_by("position"))
    rows = [row for row in every if row.is_in]
    labels = resolver_of(batch.jurisdiction).labels | pending_labels(batch) if batch.is_staged else {}
    left_out = [row for row in every if not row.is_in]
    return Table(batch, rows, left_out, reading_of(batch, rows), People(rows), labels)
