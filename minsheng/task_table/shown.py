"""A staged table as the page shows it: each row's reading beside its cells, with what is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding.models import FundingLine, FundingSource, FundingTotal
from funding.money import add
from funding.services.lines import LinePlan, merge, yuan
from funding.summary import sub_item_money
from minsheng.task_table.compose import People, matches_of, money_of
from minsheng.task_table.forms import ChoicesForm
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.reading import RowReading, SourceCell, TableReading
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
    "blank": pgettext_lazy("row that is no task", "blank"),
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
    cells: list[tuple[Any, SourceCell]]
    leads: list[NameShown]
    assists: list[NameShown]
    lines: list[LineShown]
    totals: list[FundingTotal]
    planned: Decimal | None
    approx: bool
    fields: list[BoundField]

    @property
    def asking(self) -> list[Issue]:
        return [issue for issue in self.reading.issues if issue.asks]

    @property
    def telling(self) -> list[Issue]:
        return [issue for issue in self.reading.issues if not issue.asks]

    @property
    def open_names(self) -> list[NameShown]:
        return [name for name in (*self.leads, *self.assists) if name.is_open]

    @property
    def must_choose(self) -> bool:
        """Whether nobody was chosen yet to file, where a person must choose."""
        return any(field.name.endswith("-filing") and not field.value() for field in self.fields)

    @property
    def is_asking(self) -> bool:
        return bool(self.asking or self.open_names or self.must_choose)


@dataclass
class BatchShown:
    """A batch with all its rows, what they come to, and what is asked."""

    batch: ImportBatch
    reading: TableReading
    rows: list[RowShown]
    projects: int
    planned: Decimal | None
    approx: bool
    undecided: int

    @property
    def asking(self) -> list[RowShown]:
        return [row for row in self.rows if row.is_asking]

    @property
    def skipped(self) -> list[tuple[int, Any, str]]:
        """Rows of the sheet that are no task: number, kind, text."""
        return [(row.row, SKIPPED.get(row.kind, row.kind), row.text) for row in self.reading.skipped_rows if row.text]


def show(table: Table, form: ChoicesForm | None) -> BatchShown:
    """The batch for its page. One query, for the names of funding sources."""
    sources = dict(FundingSource.objects.values_list("code", "name"))
    rows = [
        _row(row, read, table.batch.year, table.people, sources, form.fields_of(row) if form else [])
        for row, read in zip(table.rows, table.reading.rows, strict=True)
    ]
    return BatchShown(
        table.batch,
        table.reading,
        rows,
        projects=len({read.project for read in table.reading.rows}),
        planned=add(row.planned for row in rows),
        approx=any(row.approx for row in rows),
        undecided=sum(row.planned is None for row in rows),
    )


def _row(
    row: StagedRow, read: RowReading, year: int, people: People, sources: dict[str, str], fields: list[BoundField]
) -> RowShown:
    money = money_of(read)
    lines = merge(money.amounts, year=year)
    totals = [
        FundingTotal(kind=one.kind, amount=yuan(one.wan), approx=one.approx, year=one.year or year, text=one.text)
        for one in money.totals
    ]
    as_lines = [FundingLine(planned=line.amounts.get("planned"), approx=line.approx, year=line.year) for line in lines]
    planned, approx = sub_item_money(year, totals, as_lines)
    named: dict[str, list[int]] = row.decisions.get("named", {})
    names = [(role, _name(match, named, people)) for role, match in matches_of(row)]
    return RowShown(
        row,
        read,
        cells=list(_cells(read)),
        leads=[name for role, name in names if role == LEAD],
        assists=[name for role, name in names if role != LEAD],
        lines=[LineShown(sources.get(line.source, line.source), line) for line in lines],
        totals=totals,
        planned=planned,
        approx=approx,
        fields=fields,
    )


def _name(match: Match, named: dict[str, list[int]], people: People) -> NameShown:
    keys = match.units or tuple(named.get(match.written, ()))
    return NameShown(match.written, match.kind, people.labels(keys), people.labels(match.near))


def _cells(read: RowReading) -> Iterable[tuple[Any, SourceCell]]:
    """The cells of the row in the order of the page; what we have no word for keeps that of the table."""
    seen: set[tuple[str, str]] = set()
    for name in (*FIELDS, *(name for name in read.source if name not in FIELDS)):
        cell = read.source.get(name)
        if cell is None or not cell.text.strip() or (cell.cell, cell.text) in seen:
            continue
        seen.add((cell.cell, cell.text))
        yield FIELDS.get(name, name), cell
