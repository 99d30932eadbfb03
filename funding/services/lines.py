"""Writing the money of a plan: what the table states, line by line, and its totals apart."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from departments import clock
from departments.bulk import insert_rows, new_row, update_rows
from departments.errors import DomainError
from funding.models import ContributionMoney, FundingLine, FundingReading, FundingSource, FundingTotal
from funding.money import FEN, WAN, is_kept
from projects.models import SubItem
from projects.services.parts import pair, step_aside

STAGES: Final = ("planned", "applied", "secured")
JOIN: Final = "；"
# What a later table may change of a line. What of it was spent is never in a table.
LINE: Final = (
    "position", "source", "use", "planned", "applied", "secured", "approx", "year", "rate", "rate_unit", "share",
    "text", "cell",
)  # fmt: skip


@dataclass(frozen=True)
class StatedAmount:
    """One amount, rate or share as a cell states it; ``source`` is the code of a ``FundingSource``.

    ``wan`` is in 万元, null where the cell states none; ``stage`` is one of ``STAGES`` or empty, which means planned.
    ``rate`` is in yuan. ``year`` is that of an amount of another year, for reference only.
    """

    source: str
    wan: Decimal | None = None
    stage: str | None = None
    approx: bool = False
    use: str = ""
    year: int | None = None
    rate: Decimal | None = None
    rate_unit: str = ""
    share: Decimal | None = None
    text: str = ""
    cell: str = ""


@dataclass(frozen=True)
class StatedTotal:
    """A total as a cell states it, in 万元; ``kind`` is one of ``FundingTotal.Kind``."""

    kind: str
    wan: Decimal
    approx: bool = False
    year: int | None = None
    text: str = ""
    cell: str = ""


@dataclass(frozen=True)
class LinePlan:
    """A funding line to be. Amounts are yuan, null is 未定."""

    source: str
    use: str
    year: int
    amounts: dict[str, Decimal]
    approx: bool
    rate: Decimal | None
    rate_unit: str
    share: Decimal | None
    text: str
    cell: str


def merge(stated: Iterable[StatedAmount], *, year: int) -> list[LinePlan]:
    """Lines from the amounts of one sub-item: one for each source and use of a cell.

    “计划申请专项债5000万，已申请到2000万” is one line, planned 5000, secured 2000. A second amount of the same stage is
    a line of its own: nothing is added up. A rate, or a share without an amount, is never joined with an amount.

    >>> stated = [StatedAmount("special_bond", Decimal(5000)), StatedAmount("special_bond", Decimal(2000), "secured")]
    >>> [line.amounts for line in merge(stated, year=2023)]
    [{'planned': Decimal('50000000.00'), 'secured': Decimal('20000000.00')}]
    """
    lines: list[LinePlan] = []
    for one in stated:
        line = _line(one, year)
        partner = next((place for place, earlier in enumerate(lines) if _one_line(earlier, line)), None)
        if partner is None:
            lines.append(line)
        else:
            lines[partner] = _joined(lines[partner], line)
    return lines


def yuan(wan: Decimal) -> Decimal:
    """Yuan from 万元, exact; ``DomainError`` for less than a fen, below zero, or more than the column holds."""
    amount = wan * WAN
    if not is_kept(amount):
        raise DomainError(_("The amount %(amount)s × 10,000 yuan cannot be kept to the fen.") % {"amount": wan})
    return amount.quantize(FEN)


@dataclass(frozen=True)
class Stated:
    """The lines and totals of a sub-item as its table states them, not yet written."""

    lines: list[FundingLine]
    totals: list[FundingTotal]

    def of(self, sub_item: SubItem) -> "Stated":
        """Say whose they are."""
        for line in self.lines:
            line.sub_item_id = sub_item.pk
        for total in self.totals:
            total.sub_item_id = sub_item.pk
        return self


def rows_of(
    stated: Sequence[StatedAmount], totals: Sequence[StatedTotal], sources: Mapping[str, FundingSource], *, year: int
) -> Stated:
    """In the order of the table, of a programme of ``year``; whose they are is not said yet. A source we do not know
    is “other”.
    """
    lines = []
    for position, line in enumerate(merge(stated, year=year), start=1):
        source = sources.get(line.source) or sources["other"]
        row = new_row(
            FundingLine,
            {"source": source},  # it is asked for its name
            position=position,
            use=line.use[:120],
            year=line.year,
            approx=line.approx,
            rate=line.rate,
            rate_unit=line.rate_unit[:20],
            share=line.share,
            text=line.text,
            cell=line.cell[:10],
            **line.amounts,
        )
        lines.append(row)
    sums = [
        new_row(
            FundingTotal,
            kind=total.kind,
            amount=yuan(total.wan),
            approx=total.approx,
            year=total.year or year,
            text=total.text[:300],
            cell=total.cell[:10],
        )
        for total in totals
    ]
    return Stated(lines, sums)


def all_sources() -> dict[str, FundingSource]:
    """Sources by their code."""
    return {source.code: source for source in FundingSource.objects.all()}


@transaction.atomic
def write(sub_item: SubItem, stated: Sequence[StatedAmount], totals: Sequence[StatedTotal]) -> None:
    """The lines and totals of one new sub-item."""
    write_all([rows_of(stated, totals, all_sources(), year=sub_item.programme.year).of(sub_item)])


@transaction.atomic
def write_all(money: Iterable[Stated]) -> None:
    """The lines and totals of new sub-items: two statements, but for what one holds."""
    money = list(money)
    insert_rows([line for one in money for line in one.lines])
    insert_rows([total for one in money for total in one.totals])


@transaction.atomic
def revise(money: Sequence[tuple[SubItem, Stated]]) -> None:
    """Make lines and totals those of a later table. The same source and use of a year is the same line, with its
    readings; one with readings that the table no longer names is superseded, not deleted.
    """
    if not money:
        return
    keys = [sub_item.pk for sub_item, _stated in money]
    present: dict[int, list[FundingLine]] = {}
    for line in FundingLine.objects.filter(sub_item__in=keys):
        present.setdefault(line.sub_item_id, []).append(line)
    kept, gone, come = [], [], []
    for sub_item, stated in money:
        both, old, new = pair(present.get(sub_item.pk, []), stated.lines, _as_it_is, _of_one_use)
        for line, wanted in both:
            for name in LINE:
                setattr(line, name, getattr(wanted, name))
        kept += [line for line, _wanted in both]
        gone += [line.pk for line in old]
        come += new
    read = {
        *FundingReading.objects.filter(line__in=gone).order_by().values_list("line", flat=True),
        *ContributionMoney.objects.filter(line__in=gone).order_by().values_list("line", flat=True),
    }
    FundingLine.objects.filter(pk__in=[pk for pk in gone if pk not in read]).delete()
    FundingLine.objects.filter(pk__in=read).update(superseded_at=clock.now())
    step_aside(FundingLine.objects.filter(pk__in=[line.pk for line in kept]))
    update_rows(kept, LINE)
    FundingTotal.objects.filter(sub_item__in=keys).delete()
    write_all([Stated(come, [total for _sub_item, stated in money for total in stated.totals])])


def _as_it_is(line: FundingLine) -> Hashable:
    return (*_of_one_use(line), line.text, line.planned, line.rate, line.share)


def _of_one_use(line: FundingLine) -> tuple[Hashable, ...]:
    return line.source_id, line.use, line.year, line.rate is None, line.share is None


def as_json(stated: Iterable[StatedAmount], totals: Iterable[StatedTotal]) -> dict[str, Any]:
    """The money of a plan as it is kept in a revision: decimals as text."""
    return {"lines": [_plain(one) for one in stated], "totals": [_plain(total) for total in totals]}


def _line(one: StatedAmount, year: int) -> LinePlan:
    stage = one.stage if one.stage in STAGES else "planned"
    return LinePlan(
        source=one.source,
        use=one.use,
        year=one.year or year,
        amounts={} if one.wan is None else {stage: yuan(one.wan)},
        approx=one.approx,
        rate=one.rate,
        rate_unit=one.rate_unit,
        share=one.share,
        text=one.text,
        cell=one.cell,
    )


def _one_line(line: LinePlan, other: LinePlan) -> bool:
    """Whether both are the same money at different stages."""
    return (
        (line.source, line.use, line.year, line.cell) == (other.source, other.use, other.year, other.cell)
        and bool(line.amounts and other.amounts)
        and not line.amounts.keys() & other.amounts.keys()
        and line.rate == other.rate
        and line.share == other.share
    )


def _joined(line: LinePlan, other: LinePlan) -> LinePlan:
    texts = dict.fromkeys((line.text, other.text))
    return replace(
        line,
        amounts={**line.amounts, **other.amounts},
        approx=line.approx or other.approx,
        text=JOIN.join(text for text in texts if text),
    )


def _plain(stated: StatedAmount | StatedTotal) -> dict[str, Any]:
    values = vars(stated).items()
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in values}
