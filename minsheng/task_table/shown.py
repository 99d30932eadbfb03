"""A staged table as the page shows it: each row's reading beside its cells, with what is open."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.bulk import new_row
from funding.models import FundingSource, FundingTotal
from funding.money import add
from funding.services.lines import LinePlan, merge, yuan
from funding.summary import sub_item_money
from minsheng.collector import paused
from minsheng.task_table.compose import People, matches_of, money_of
from minsheng.task_table.corrections import standing
from minsheng.task_table.counted import Progress
from minsheng.task_table.forms import ChoicesForm
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.points import Point, kind_words, points_of
from minsheng.task_table.reading import RowReading, SourceCell, TableReading
from minsheng.task_table.spoken import PRECISIONS, Change, Words, changes_of
from minsheng.task_table.table import Table
from projects.rules.responsible import LEAD

# The words for what a cell is about, in the order of the page.
FIELDS: Final[dict[str, Promise]] = {
    "serial": _("Serial"),
    "category": _("Category"),
    "project": _("Project"),
    "content": _("Content and scale"),
    "targets": _("Targets"),
    "deadline": _("Deadline"),
    "funding": _("Funding"),
    "lead_units": _("Lead units"),
    "assisting_units": _("Assisting units"),
    "leader": _("Leader in charge"),
    "contact": _("Contact"),
    "remarks": _("Remarks"),
}
SKIPPED: Final[dict[str, Promise]] = {
    "title": pgettext_lazy("row that is no task", "title"),
    "header": pgettext_lazy("row that is no task", "header"),
    "repeated_header": pgettext_lazy("row that is no task", "header repeated"),
    "category": pgettext_lazy("row that is no task", "heading"),
    "subtotal": pgettext_lazy("row that is no task", "total"),
    "note": pgettext_lazy("row that is no task", "note"),
}


@dataclass(frozen=True)
class NameShown:
    """A written name with the units it stands for; ``near`` are names like an unknown one."""

    written: str
    kind: Kind
    units: tuple[str, ...]
    near: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return not self.units

    @property
    def says_more(self) -> bool:
        """Whether the units are worth saying beside what is written."""
        return bool(self.units) and self.units != (self.written,)


@dataclass(frozen=True)
class LineShown:
    source: str
    line: LinePlan

    @property
    def planned(self) -> Decimal | None:
        return self.line.amounts.get("planned")

    @property
    def approx(self) -> bool:
        return self.line.approx

    @property
    def year(self) -> int:
        return self.line.year

    @property
    def applied(self) -> Decimal | None:
        return self.line.amounts.get("applied")

    @property
    def secured(self) -> Decimal | None:
        return self.line.amounts.get("secured")


@dataclass
class RowShown:
    """One staged row. ``planned`` is its money by the rule of the portal, null is 未定."""

    staged: StagedRow
    reading: RowReading
    points: list[Point]
    leads: list[NameShown]
    assists: list[NameShown]
    lines: list[LineShown]
    totals: list[FundingTotal]
    planned: Decimal | None
    approx: bool
    words: Words
    form: ChoicesForm | None = None

    @property
    def cells(self) -> list[tuple[Any, SourceCell]]:
        return list(_cells(self.reading))

    @property
    def fields(self) -> list[BoundField]:
        return self.form.fields_of(self.staged) if self.form else []

    @property
    def telling(self) -> list[Issue]:
        return [issue for issue in self.reading.issues if not issue.asks]

    @property
    def open_points(self) -> list[Point]:
        return [point for point in self.points if point.is_open]

    @property
    def is_asking(self) -> bool:
        return bool(self.open_points)

    @property
    def blocks(self) -> bool:
        return any(point.blocks for point in self.points)

    @property
    def is_corrected(self) -> bool:
        return bool(self.changes)

    @property
    def changes(self) -> dict[str, Change]:
        """What was corrected: part → what had been read, who and when."""
        return changes_of(self.staged, self.words)

    @property
    def precision(self) -> str:
        """How exact the deadline is, where it is not the very day."""
        exact = self.reading.deadline_precision in ("", "day")
        return "" if exact else str(PRECISIONS.get(self.reading.deadline_precision, ""))

    @property
    def kind(self) -> str:
        """What kind of work it is."""
        return str(self.words.kinds[str(standing(self.staged, "content").get("kind", ""))])


@dataclass
class BatchShown:
    """A batch with all its rows, what they come to, and what is asked. ``left_out`` are rows that are not written."""

    batch: ImportBatch
    reading: TableReading
    rows: list[RowShown]
    left_out: list[StagedRow]
    projects: int
    planned: Decimal | None
    approx: bool
    undecided: int
    words: Words

    @property
    def asking(self) -> list[RowShown]:
        return [row for row in self.rows if row.is_asking]

    @property
    def blocking(self) -> list[RowShown]:
        return [row for row in self.rows if row.blocks]

    @cached_property
    def progress(self) -> Progress:
        return Progress(
            sum(len(row.points) for row in self.rows),
            sum(len(row.open_points) for row in self.rows),
            len(self.blocking),
            min((row.staged.row for row in self.asking), default=None),
        )

    @cached_property
    def kinds(self) -> list[tuple[str, str, int]]:
        """Kinds of questions with the number that is open, those of most first."""
        count = Counter(point.kind for row in self.rows for point in row.points if point.is_open)
        return [(kind, kind_words(kind), number) for kind, number in count.most_common()]

    @property
    def skipped(self) -> list[tuple[int, Any, str, bool]]:
        """Rows of the sheet that are no task: number, kind, text; whether it is a line right before that row."""
        taken = {row.staged.row for row in self.rows} | {row.row for row in self.left_out}
        return [
            (row.row, SKIPPED.get(row.kind, row.kind), row.text, row.between)
            for row in self.reading.skipped_rows
            if row.text and (row.between or row.row not in taken)
        ]


def words_of(table: Table) -> Words:
    return Words(dict(FundingSource.objects.values_list("code", "name")), table.labels)


@paused()
def show(table: Table) -> BatchShown:
    """The batch for its page. One query, for the names of funding sources."""
    words = words_of(table)
    rows = [
        _row(row, read, table.batch.year, table.people, words)
        for row, read in zip(table.rows, table.reading.rows, strict=True)
    ]
    return BatchShown(
        table.batch,
        table.reading,
        rows,
        table.left_out,
        projects=len({read.project for read in table.reading.rows}),
        planned=add(row.planned for row in rows),
        approx=any(row.approx for row in rows),
        undecided=sum(row.planned is None for row in rows),
        words=words,
    )


def _row(row: StagedRow, read: RowReading, year: int, people: People, words: Words) -> RowShown:
    money = money_of(read)
    merged = merge(money.amounts, year=year)
    lines = [LineShown(words.sources.get(line.source, line.source), line) for line in merged]
    totals = [
        new_row(
            FundingTotal,
            kind=one.kind,
            amount=yuan(one.wan),
            approx=one.approx,
            year=one.year or year,
            text=one.text,
        )
        for one in money.totals
    ]
    planned, approx = sub_item_money(year, totals, lines)
    named: dict[str, list[int]] = row.decisions.get("named", {})
    names = [(role, _name(match, named, people)) for role, match in matches_of(row)]
    return RowShown(
        row,
        read,
        points=points_of(row, read, people),
        leads=[name for role, name in names if role == LEAD],
        assists=[name for role, name in names if role != LEAD],
        lines=lines,
        totals=totals,
        planned=planned,
        approx=approx,
        words=words,
    )


def _name(match: Match, named: dict[str, list[int]], people: People) -> NameShown:
    keys = match.units or tuple(named.get(match.written, ()))
    return people.once(
        ("name", match, keys),
        lambda: NameShown(match.written, match.kind, people.labels(keys), people.labels(match.near)),
    )


def _cells(read: RowReading) -> Iterable[tuple[Any, SourceCell]]:
    """The cells of the row in the order of the page; what we have no word for keeps that of the table."""
    seen: set[tuple[str, str]] = set()
    for name in (*FIELDS, *(name for name in read.source if name not in FIELDS)):
        cell = read.source.get(name)
        if cell is None or not cell.text.strip() or (cell.cell, cell.text) in seen:
            continue
        seen.add((cell.cell, cell.text))
        yield FIELDS.get(name, name), cell
