"""A sub-item's money as its page shows it: lines as they stand, stated totals beside what the lines add up to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from departments import clock
from funding.models import FundingLine, FundingReading, FundingTotal
from funding.money import add, wan_from_yuan
from funding.services.readings import is_read
from funding.summary import LineState, line_states, sub_item_money
from minsheng.charts import Bars, Category, Point, Series
from minsheng.dashboard import words
from projects.models import MonthlyReport, SubItem


@dataclass(frozen=True)
class LineRow:
    """A funding line. ``rate`` and ``share`` are no amounts; ``reference`` says of which other year the amounts are.

    ``read_by`` is the unit that reads it each month, empty for the filing unit; ``pk`` of a line that is read at all.
    """

    source: str
    use: str
    planned: str
    applied: str
    secured: str
    spent: str
    rate: str
    share: str
    reference: str
    text: str
    cell: str
    read_by: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class TotalRow:
    """A total the table states. ``compared`` is what the lines of the year leave of it, or why it is not compared."""

    name: str
    amount: str
    compared: str
    text: str
    cell: str


@dataclass(frozen=True)
class Money:
    """``planned`` follows the rule of the programme's money; the other sums are of the year's lines."""

    lines: list[LineRow]
    totals: list[TotalRow]
    planned: str
    basis: str
    line_sum: str
    applied: str
    secured: str
    spent: str
    chart: Bars | None


def money_of(sub_item: SubItem) -> Money:
    """Lines with the readings of the latest approved report. ``funding_lines`` and ``funding_totals`` are loaded."""
    latest = MonthlyReport.objects.filter(sub_item=sub_item).newest_approved()
    readings = FundingReading.objects.filter(report__in=list(latest.values_list("pk", flat=True)))
    year = sub_item.programme.year
    states = line_states(sub_item.funding_lines.all(), readings)
    counted = [state for state in states if state.line.year == year]
    totals = list(sub_item.funding_totals.all())
    planned, approx = sub_item_money(year, totals, [state.line for state in states])
    line_sum = add(state.line.planned for state in counted)
    return Money(
        lines=[_line(state, year) for state in states],
        totals=[_total(total, year, line_sum) for total in totals],
        planned=words.money(planned, approx=approx),
        basis=_basis(totals, year),
        line_sum=words.money(line_sum, approx=_any_approx(state.line for state in counted)),
        applied=words.stage(add(state.applied for state in counted)),
        secured=words.stage(add(state.secured for state in counted)),
        spent=words.stage(add(state.spent for state in counted)),
        chart=_chart(counted),
    )


def _chart(states: Sequence[LineState]) -> Bars | None:
    """The year's lines as bars, in blues; a stage of which nothing is known anywhere has no bars."""
    stages: list[tuple[str, Callable[[LineState], Point]]] = [
        (_("Planned"), lambda state: _planned(state.line)),
        (_("Applied"), lambda state: _bar(state.applied)),
        (_("Secured"), lambda state: _bar(state.secured)),
        (_("Spent"), lambda state: _bar(state.spent)),
    ]
    known = [(name, stage) for name, stage in stages if any(stage(state).value is not None for state in states)]
    drawn = [state for state in states if any(stage(state).value is not None for _name, stage in known)]
    if not drawn:
        return None
    return Bars(
        id="money-chart",
        caption=_("Money of the year by line, as planned, secured and spent"),
        label=_("Funding line"),
        categories=[Category(str(state.line)) for state in drawn],
        series=[Series(name, [stage(state) for state in drawn]) for name, stage in known],
        unit=_("10,000 yuan"),
    )


def _planned(line: FundingLine) -> Point:
    return Point(_length(line.planned), words.money(line.planned, approx=line.approx))


def _bar(amount: Decimal | None) -> Point:
    return Point(_length(amount), words.stage(amount))


def _length(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else wan_from_yuan(amount)


def _any_approx(lines: Iterable[FundingLine]) -> bool:
    return any(line.approx for line in lines if line.planned is not None)


def _basis(totals: list[FundingTotal], year: int) -> str:
    kinds = {total.kind for total in totals if total.year == year}
    if FundingTotal.Kind.YEAR_PLAN in kinds:
        return _("as planned for the year")
    if FundingTotal.Kind.STATED_SUM in kinds:
        return _("as the table sums it up")
    return _("the year's lines added up")


def _line(state: LineState, year: int) -> LineRow:
    line = state.line
    reader = line.reader_in(clock.today().replace(day=1))
    return LineRow(
        source=line.source.name,
        use=line.use,
        planned=words.money(line.planned, approx=line.approx) if line.rate is None or line.planned is not None else "",
        applied=words.stage(state.applied),
        secured=words.stage(state.secured),
        spent=words.stage(state.spent),
        rate=_rate(line),
        share=words.percent(line.share * 100) if line.share is not None else "",
        reference=_("%(year)d, for reference") % {"year": line.year} if line.year != year else "",
        text=line.text,
        cell=line.cell,
        read_by=reader.full_name if reader else "",
        pk=line.pk if is_read(line, year) else None,
    )


def _rate(line: FundingLine) -> str:
    if line.rate is None:
        return ""
    return _("%(rate)s yuan per %(unit)s") % {"rate": f"{line.rate:,.2f}", "unit": line.rate_unit or words.NOTHING}


def _total(total: FundingTotal, year: int, line_sum: Decimal | None) -> TotalRow:
    return TotalRow(
        name=total.get_kind_display(),
        amount=words.money(total.amount, approx=total.approx),
        compared=_compared(total, year, line_sum),
        text=total.text,
        cell=total.cell,
    )


def _compared(total: FundingTotal, year: int, line_sum: Decimal | None) -> str:
    if total.year != year:
        return _("%(year)d, for reference") % {"year": total.year}
    if total.kind == FundingTotal.Kind.TOTAL_INVESTMENT:
        return _("over all years, not compared")
    if line_sum is None:
        return _("no line with an amount to compare")
    if line_sum == total.amount:
        return _("equals the lines")
    difference = words.money(abs(total.amount - line_sum))
    if line_sum < total.amount:
        return _("%(amount)s more than the lines") % {"amount": difference}
    return _("%(amount)s less than the lines") % {"amount": difference}
