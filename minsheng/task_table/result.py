"""What a reading of a task table holds. Frozen, and free of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import msgspec

from minsheng.task_table.column_keys import key_of
from minsheng.task_table.parsers.money_lines import FundingItem, FundingSum
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.targets import Target


@dataclass(frozen=True)
class Deliverable:
    marker: str
    text: str


class SourceCell(msgspec.Struct, frozen=True):
    """Where a value came from: the address of its cell (of a merged one the top left) and its text as it came."""

    cell: str
    text: str


@dataclass(frozen=True)
class RowReading:
    """One task. Empty texts and tuples mean that the table says nothing; a figure not stated is ``None``, never 0."""

    row: int
    serial: str
    project: str
    content: str
    category: str = ""
    leader: str = ""
    contact: str = ""
    remarks: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    deadline: date | None = None
    deadline_precision: str = ""
    deadline_firm: bool = True
    deadline_status: str = "missing"
    deadline_text: str = ""
    deadline_note: str = ""
    deliverables: tuple[Deliverable, ...] = ()
    targets: tuple[Target, ...] = ()
    funding: tuple[FundingItem, ...] = ()
    funding_totals: tuple[FundingSum, ...] = ()
    lead_units: tuple[str, ...] = ()
    assisting_units: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    source: Mapping[str, SourceCell] = field(default_factory=dict)


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no task: title, header, repeated_header, category, subtotal, note or blank.

    ``between``: it is a line of the document right before ``row``, and no row of a table.
    """

    row: int
    kind: str
    text: str = ""
    between: bool = False


@dataclass(frozen=True)
class Candidate:
    """A sheet, or a table of a document, that may be the task table; ``rows`` below its header."""

    name: str
    rows: int
    hidden: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class OtherTable:
    """A sheet, or a table of a document, beside the one that was read.

    ``asks``: it seems to hold tasks that are not read. ``fits``: its rows can be read on with those of the table.
    ``headed``: it has a header of its own, so it can be chosen as the table. ``rows`` is how many it has, ``same`` how
    many of them stand in the table that was read. ``first`` are cells of the first rows; ``seems``: what it may be,
    where something tells that (``goes-on``, ``apart``). ``mark`` is that of its text. ``itself``: it goes on under the
    heading ``under`` and is read on unless a person says otherwise. Its row n counts as ``shift + n``, up to ``last``,
    while it is read on; people may speak of it so when it no longer is.
    """

    name: str
    rows: int
    asks: bool
    fits: bool
    headed: bool
    hidden: bool = False
    same: int = 0
    seems: str = ""
    first: tuple[tuple[str, ...], ...] = ()
    mark: str = ""
    shift: int = 0
    last: int = 0
    itself: bool = False
    under: str = ""


@dataclass(frozen=True)
class JoinedTable:
    """Another sheet whose rows are read on: its row n counts as ``shift + n``, up to ``last``. ``before``: it
    stands before the table in the file, and so do its rows here.
    """

    name: str
    shift: int
    last: int
    before: bool = False


@dataclass(frozen=True)
class JoinedHeader:
    """The columns of another sheet that is read on below a header of its own, worded otherwise than the table's."""

    name: str
    header_map: Mapping[str, str]
    header_texts: Mapping[str, str]


class ColumnRead(NamedTuple):
    """A column as it was read: the words of its header, and what they were taken to mean."""

    words: str
    meaning: str


def columns_of(document: Mapping[str, Any]) -> dict[str, ColumnRead]:
    """The columns of a kept reading, by their keys (``column_keys``): those of the table, then of sheets read on."""
    tables = [("", document), *((one["name"], one) for one in document.get("joined_headers", ()))]
    return {
        key_of(letter, sheet): ColumnRead(table.get("header_texts", {}).get(letter, ""), meaning or "extra")
        for sheet, table in tables
        for letter, meaning in table.get("header_map", {}).items()
    }


@dataclass(frozen=True)
class TableReading:
    """``header_map`` leads from column letters to meanings, ``header_texts`` to the words of the header."""

    file: str
    sheet: str
    year: int | None
    title: str
    header_rows: tuple[int, ...]
    header_map: Mapping[str, str]
    header_texts: Mapping[str, str]
    rows: tuple[RowReading, ...]
    skipped_rows: tuple[SkippedRow, ...] = ()
    issues: tuple[Issue, ...] = ()
    lead_rule: str = "all"  # first: a note says that the first unit of the column leads
    amount_unit: str = ""
    candidates: tuple[Candidate, ...] = ()
    others: tuple[OtherTable, ...] = ()
    joined: tuple[JoinedTable, ...] = ()
    joined_headers: tuple[JoinedHeader, ...] = ()

    @property
    def words_of_columns(self) -> dict[str, str]:
        """The words of all headers that rows are read below, by the keys of their columns."""
        texts = [("", self.header_texts), *((one.name, one.header_texts) for one in self.joined_headers)]
        return {key_of(letter, sheet): words for sheet, own in texts for letter, words in own.items()}

    @property
    def data_first_row(self) -> int:
        return self.rows[0].row
