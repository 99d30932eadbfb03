"""From a staged row to the plan that is written: nothing is read again, nothing is guessed."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from departments.errors import DomainError
from departments.models import Department, DepartmentGroup
from funding.money import FEN, LARGEST, WAN, is_kept
from funding.services.lines import StatedAmount, StatedTotal, as_json
from minsheng.task_table.answers import meant, pending_units
from minsheng.task_table.corrections import corrected, kind_said, units_data
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.parsers import sources
from minsheng.task_table.parsers.targets import Target
from minsheng.task_table.reading import RowReading, TableReading, load
from projects.rules.responsible import ASSIST, LEAD, Share, Stated, shares
from projects.services.plans import SubItemPlan, TargetPlan

T = TypeVar("T")

# The vocabulary of readings → the codes of funding sources.
SOURCE_CODES: Final = {
    sources.BOND: "special_bond",
    sources.CENTRAL: "central",
    sources.PROVINCE: "province",
    sources.CITY: "city",
    sources.DISTRICT: "district",
    sources.HIGHER: "higher_level",
    sources.EMPLOYMENT: "employment_fund",
    sources.ENTERPRISE: "enterprise",
    sources.UNSPECIFIED: "public_unspecified",
    sources.MIXED: "several_levels",
    sources.OTHER: "other",
}
# What the columns of a target hold, and of a share; ``unkept`` asks of what they do not hold as it stands.
LARGEST_TARGET: Final = Decimal(10) ** 14
TARGET_STEP: Final = Decimal("0.0001")
SHARE_STEP: Final = Decimal("0.0001")


@dataclass(frozen=True)
class Money:
    """What a row states of money."""

    amounts: tuple[StatedAmount, ...]
    totals: tuple[StatedTotal, ...]


class People:
    """The units and groups that the rows of a batch speak of, fetched once: two queries."""

    def __init__(self, rows: Iterable[StagedRow]) -> None:
        batch: ImportBatch | None = None
        keys: set[int] = set()
        groups: set[int] = set()
        for row in rows:  # once, and none of them is held
            batch = row.batch
            for _role, match in matches_of(row):
                keys.update(match.units, match.near)
                groups.update([match.group] if match.group else [])
            keys.update(pk for pks in row.decisions.get("named", {}).values() for pk in pks)
            keys.add(row.decisions.get("filing") or 0)
        self._units = Department.objects.select_related("parent").in_bulk(keys)
        if batch is not None:
            self._units |= pending_units(batch)
        self._groups = DepartmentGroup.objects.in_bulk(groups)
        self._stated: dict[Hashable, tuple[Stated, ...]] = {}
        self._shares: dict[Hashable, tuple[Share, ...]] = {}
        self._kept: dict[Hashable, Any] = {}

    def unit(self, pk: int) -> Department:
        return _still_there(self._units, pk)

    def labels(self, keys: Iterable[int]) -> tuple[str, ...]:
        """Full names for display; a unit that has gone since is left out."""
        return tuple(self._units[pk].full_name for pk in keys if pk in self._units)

    def stated(self, row: StagedRow) -> tuple[Stated, ...]:
        """What the table states of who is responsible, with what people said of open and unknown names.

        Raises ``DomainError`` where a unit or group has gone since the table was read.
        """
        said = said_of(row)
        found = self._stated.get(said)
        if found is None:
            found = self._stated[said] = tuple(
                Stated(
                    role,
                    match.written,
                    tuple(self.unit(pk) for pk in keys),
                    _still_there(self._groups, match.group) if match.group else None,
                )
                for role, match, keys in said
            )
        return found

    def shares(self, row: StagedRow) -> tuple[Share, ...]:
        """What becomes of that, with who was chosen to file: rows that say the same have it in common."""
        filing = self.filing(row)
        said = (said_of(row), filing and filing.pk)
        found = self._shares.get(said)
        if found is None:
            found = self._shares[said] = tuple(shares(self.stated(row), filing=filing))
        return found

    def once(self, hangs_on: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for all rows that have what it ``hangs_on`` in common, in one language."""
        key = (hangs_on, get_language())
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def filing(self, row: StagedRow) -> Department | None:
        """The unit that a person chose to file for ``row``."""
        pk = row.decisions.get("filing")
        return self.unit(pk) if pk else None


def _still_there(found: Mapping[int, T], pk: int) -> T:
    if pk not in found:
        raise DomainError(_("A unit of this table has been removed since it was read. Please upload it again."))
    return found[pk]


def said_of(row: StagedRow) -> tuple[tuple[Any, Match, tuple[int, ...]], ...]:
    """Each name of ``row`` with its role, what it means, and the units of that: also those that a person named."""
    named: Mapping[str, list[int]] = row.decisions.get("named", {})
    return tuple((role, match, match.units or tuple(named.get(match.written, ()))) for role, match in matches_of(row))


def matches_of(row: StagedRow) -> Sequence[tuple[Any, Match]]:
    """Each name of ``row`` with its role and what it means by now."""
    if not row.batch.names:
        return written_of(row)
    return [(role, meant(row.batch, match)) for role, match in written_of(row)]


def written_of(row: StagedRow) -> Sequence[tuple[Any, Match]]:
    """Each name of ``row`` with its role, in the order of the table, or as a person corrected it.

    A name that nobody knew is unknown here, whatever was answered since.
    """
    units = units_data(row)
    kept: tuple[Any, Sequence[tuple[Any, Match]]] | None = row.__dict__.get("_written")
    if kept is None or kept[0] is not units:  # a correction puts others in their place
        found = [(role, Match.load(data)) for role in (LEAD, ASSIST) for data in units.get(role.value, [])]
        kept = row.__dict__["_written"] = (units, found)
    return kept[1]


def is_asked(match: Match) -> bool:
    """Whether a person may say who is meant by this name."""
    return match.kind in (Kind.OPEN, Kind.UNKNOWN)


def reading_of(batch: ImportBatch, rows: Iterable[StagedRow]) -> TableReading:
    """The reading as it was staged, with the corrections that people made since."""
    return load(batch.document, map(corrected, rows))


def project_of(reading: RowReading) -> str:
    """What the project of a row is called."""
    return called(reading.project, reading.content)


def called(project: str, content: str) -> str:
    """A project without a name of its own is called as its first sentence."""
    return project or content.partition("。")[0]


def plan_of(row: StagedRow, reading: RowReading, people: People, money: Money) -> SubItemPlan:
    """The sub-item that ``row`` becomes; ``money`` is what its ``reading`` states of it."""
    sheet, place = row.batch.place_of(reading.row)
    return SubItemPlan(
        project=project_of(reading),
        content=reading.content,
        fields={
            "serial": reading.serial,
            "deadline": reading.deadline,
            "deadline_precision": reading.deadline_precision,
            "deadline_text": reading.deadline_text,
            "deadline_note": reading.deadline_note,
            "deadline_firm": reading.deadline_firm,
            "leader": reading.leader,
            "contact": reading.contact,
            "category": reading.category,
            "remarks": reading.remarks,
            "extra": dict(reading.extra),
            "source_sheet": sheet,
            "source_row": place,
            "source_cells": {name: {"cell": cell.cell, "text": cell.text} for name, cell in reading.source.items()},
            **({"kind": kind} if (kind := kind_said(row)) else {}),
        },
        deliverables=[(part.marker, part.text) for part in reading.deliverables],
        targets=[_target(target) for target in reading.targets],
        shares=people.shares(row),
        funding=as_json(money.amounts, money.totals),
    )


def money_of(reading: RowReading) -> Money:
    """Amounts and totals of the row, each with the cell it comes from, but for what no column holds (``unkept``)."""
    cell = reading.source["funding"].cell if "funding" in reading.source else ""
    amounts = (
        StatedAmount(
            source=SOURCE_CODES.get(item.source, item.source),  # a correction names the code itself
            wan=item.amount_wan if item.amount_wan is not None and is_kept(item.amount_wan * WAN) else None,
            stage=item.stage,
            approx=item.approx,
            use=item.use,
            year=item.reference_year,
            rate=_rounded(item.rate[0], FEN) if item.rate and item.rate[0] <= LARGEST else None,
            rate_unit=item.rate[1] if item.rate else "",
            share=_rounded(item.share, SHARE_STEP) if item.share is not None and 0 <= item.share <= 1 else None,
            text=item.text,
            cell=cell,
        )
        for item in reading.funding
    )
    totals = (
        StatedTotal(total.kind, total.amount_wan, total.approx, total.reference_year, total.text, cell)
        for total in reading.funding_totals
        if is_kept(total.amount_wan * WAN)
    )
    return Money(tuple(amounts), tuple(totals))


def _target(target: Target) -> TargetPlan:
    minimum, maximum = _bounds(target.quantity, target.maximum, target.bound)
    return TargetPlan(
        text=target.text,
        minimum=minimum,
        maximum=maximum,
        approx=target.approx,
        unit=target.unit,
        per=target.per,
        tracked=target.core,
        marker=target.deliverable,
    )


def _bounds(quantity: Decimal, maximum: Decimal | None, bound: str | None) -> tuple[Decimal | None, Decimal | None]:
    """Least and most: 452个 is both, 500个以上 the least, 1至2个 the two. More than a column holds is no figure."""
    if max(quantity, maximum or quantity) >= LARGEST_TARGET:
        return None, None
    least = _rounded(quantity, TARGET_STEP)
    most = least if maximum is None else _rounded(maximum, TARGET_STEP)
    if bound == "min":
        return least, None
    if bound == "max":
        return None, least
    if bound == "range":
        return min(least, most), max(least, most)
    return least, least


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    return number.quantize(step, rounding=ROUND_HALF_UP)
