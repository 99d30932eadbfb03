"""What a sub-item and a programme cost, and how much of it is there: the one rule (design §3).

A sub-item's money is what the table plans for the year; else the sum it states for the year; else the sum of the
year's lines. Totals are compared with lines, never added to them. Amounts of another year are for reference only.
``None`` is 未定: nobody has decided it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db.models import F

from funding.models import FundingLine, FundingReading, FundingSource, FundingTotal
from funding.money import add
from projects.models import MonthlyReport, Programme, SubItem
from projects.services.figures import Amounts


@dataclass(frozen=True)
class ProgrammeMoney:
    """The money of the sub-items that count. ``undecided``: how many of them have no planned amount at all."""

    planned: Decimal | None
    approx: bool
    undecided: int
    secured: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True)
class LineState:
    """A line as it stands after a report: what the report says, else what the table said of it."""

    line: FundingLine
    applied: Decimal | None
    secured: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True)
class SourceRow:
    """What the year's lines of a source add up to. ``undecided``: lines without a planned amount."""

    source: FundingSource
    planned: Decimal | None
    approx: bool
    undecided: int
    secured: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True)
class SourceTable:
    """Lines by source. ``unassigned`` (未分来源) is what the programme's money has beyond them; negative where the
    lines promise more than the totals they stand under.
    """

    rows: tuple[SourceRow, ...]
    unassigned: Decimal | None
    money: ProgrammeMoney


class Line(Protocol):
    """What of a line counts: one that is kept, or one that a table states."""

    @property
    def planned(self) -> Decimal | None: ...
    @property
    def approx(self) -> bool: ...
    @property
    def year(self) -> int: ...


def sub_item_money(year: int, totals: Iterable[FundingTotal], lines: Iterable[Line]) -> tuple[Decimal | None, bool]:
    """The planned amount of one sub-item in ``year`` by the rule, and whether it is approximate."""
    stated = [total for total in totals if total.year == year]
    for kind in (FundingTotal.Kind.YEAR_PLAN, FundingTotal.Kind.STATED_SUM):
        of_kind = [total for total in stated if total.kind == kind]
        if of_kind:
            return add(total.amount for total in of_kind), any(total.approx for total in of_kind)
    decided = [line for line in lines if line.year == year and line.planned is not None]
    return add(line.planned for line in decided), any(line.approx for line in decided)


def stated_amounts(year: int, totals: Iterable[FundingTotal], lines: Iterable[FundingLine]) -> Amounts:
    """The money of one sub-item as its table says it stands, while nothing was reported: what ``figures_of`` finds."""
    return _money(year, totals, line_states(lines, ()))


def figures_of(sub_item: SubItem, report: MonthlyReport | None) -> Amounts:
    """The money of ``sub_item`` after ``report``; without one, as the table says it stood. Three queries at most."""
    year = sub_item.programme.year
    lines = list(FundingLine.objects.filter(sub_item=sub_item))
    readings = FundingReading.objects.filter(report=report) if report else []
    return _money(year, FundingTotal.objects.filter(sub_item=sub_item), line_states(lines, readings))


def line_states(lines: Iterable[FundingLine], readings: Iterable[FundingReading]) -> list[LineState]:
    """Each line with its reading; a figure that the reading leaves open is the one the table states."""
    by_line = {reading.line_id: reading for reading in readings}
    return [_state(line, by_line) for line in lines]


def programme_money(programme: Programme) -> ProgrammeMoney:
    """The programme's money, worked out from lines, totals and latest approved readings in four queries."""
    return _sum(money_by_sub_item(programme).values())


def money_by_sub_item(programme: Programme, up_to: date | None = None) -> dict[int, Amounts]:
    """The money of each sub-item that counts, by its key, after its latest approved report of the month ``up_to`` or
    before: what ``figures_of`` says of one, for all of them in four queries.
    """
    return _money_by_sub_item(programme, _states_of(programme, up_to))


def money_by_source(programme: Programme) -> SourceTable:
    """The programme's money by source: the year's lines added up, and what they leave of it as unassigned.

    Five queries. Sources without a line of the year do not appear; the order is that of the sources.
    """
    states = _states_of(programme)
    money = _sum(_money_by_sub_item(programme, states).values())
    by_source: dict[int, list[LineState]] = defaultdict(list)
    for state in states:
        if state.line.year == programme.year:
            by_source[state.line.source_id].append(state)
    rows = tuple(_source_row(source, by_source[source.pk]) for source in FundingSource.objects.filter(pk__in=by_source))
    assigned = add(row.planned for row in rows)
    unassigned = None if money.planned is None else money.planned - (assigned or Decimal(0))
    return SourceTable(rows=rows, unassigned=unassigned, money=money)


def latest_readings(programme: Programme, up_to: date | None = None) -> list[FundingReading]:
    """The readings of each sub-item's latest approved report, of the month ``up_to`` or before, in one query."""
    reports = MonthlyReport.objects.filter(sub_item__programme=programme).newest_approved(up_to)
    readings = FundingReading.objects.filter(report__in=reports, line__sub_item=F("report__sub_item"))
    return list(readings.order_by())


def _states_of(programme: Programme, up_to: date | None = None) -> list[LineState]:
    lines = FundingLine.objects.filter(sub_item__programme=programme, sub_item__in=SubItem.objects.counted())
    return line_states(lines.order_by("pk"), latest_readings(programme, up_to))


def _state(line: FundingLine, by_line: Mapping[int, FundingReading]) -> LineState:
    reading = by_line.get(line.pk)
    if reading is None:
        return LineState(line, line.applied, line.secured, line.spent)
    return LineState(
        line,
        applied=line.applied if reading.applied is None else reading.applied,
        secured=line.secured if reading.secured is None else reading.secured,
        spent=line.spent if reading.spent is None else reading.spent,
    )


def _money_by_sub_item(programme: Programme, states: Iterable[LineState]) -> dict[int, Amounts]:
    counted = SubItem.objects.counted().filter(programme=programme)
    totals_of: dict[int, list[FundingTotal]] = defaultdict(list)
    for total in FundingTotal.objects.filter(sub_item__programme=programme):
        totals_of[total.sub_item_id].append(total)
    states_of: dict[int, list[LineState]] = defaultdict(list)
    for state in states:
        states_of[state.line.sub_item_id].append(state)
    ids = counted.order_by("position").values_list("pk", flat=True)
    return {pk: _money(programme.year, totals_of[pk], states_of[pk]) for pk in ids}


def _money(year: int, totals: Iterable[FundingTotal], states: Iterable[LineState]) -> Amounts:
    states = [state for state in states if state.line.year == year]
    planned, approx = sub_item_money(year, totals, [state.line for state in states])
    return Amounts(
        planned=planned,
        approx=approx,
        secured=add(state.secured for state in states),
        spent=add(state.spent for state in states),
    )


def _sum(parts: Iterable[Amounts]) -> ProgrammeMoney:
    parts = list(parts)
    return ProgrammeMoney(
        planned=add(part.planned for part in parts),
        approx=any(part.approx for part in parts),
        undecided=sum(part.planned is None for part in parts),
        secured=add(part.secured for part in parts),
        spent=add(part.spent for part in parts),
    )


def _source_row(source: FundingSource, states: list[LineState]) -> SourceRow:
    return SourceRow(
        source=source,
        planned=add(state.line.planned for state in states),
        approx=any(state.line.approx for state in states if state.line.planned is not None),
        undecided=sum(state.line.planned is None for state in states),
        secured=add(state.secured for state in states),
        spent=add(state.spent for state in states),
    )
