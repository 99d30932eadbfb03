"""A rate in the column of sources, and the amount of it in a column of its own: 省财政按130元/人补助 | 312."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from minsheng.task_table.parsers.money_lines import FundingItem, FundingSum
from minsheng.task_table.parsers.numbers import ARABIC, to_decimal
from minsheng.task_table.parsers.sources import OTHER
from minsheng.task_table.parsers.text import plain

# Columns whose figures say for how many a rate is paid.
COUNTS: Final = ("project", "content", "project_content", "target", "goal")
_COUNT = re.compile(rf"(?P<number>{ARABIC})(?P<scale>[万千百]?)")
_SCALES: Final = {"": 1, "百": 100, "千": 1000, "万": 10_000}
_PERIODS: Final = (1, 12)  # a rate of a month is paid twelve times


def of_rates(lines: Sequence[FundingItem], totals: Sequence[FundingSum]) -> FundingItem | None:
    """The one amount of a row whose sources state rates only, as a line of the one that pays them."""
    if len(totals) != 1 or not lines or any(line.rate is None or line.reference_year for line in lines):
        return None
    sources = {line.source for line in lines} - {OTHER}
    if len(sources) != 1 or totals[0].reference_year:
        return None
    return FundingItem(sources.pop(), totals[0].amount_wan, totals[0].approx, lines[0].stage, totals[0].text)


def counted(paid: FundingItem, lines: Iterable[FundingItem], texts: Iterable[str]) -> bool:
    """Whether one of the rates, times a figure of ``texts``, makes the amount: then it is surely that of the rate.

    >>> rate = FundingItem("省级", rate=(Decimal(130), "人"))
    >>> paid = FundingItem("省级", Decimal(312))
    >>> counted(paid, [rate], ["免费体检2.4万人，体检率不低于90%"]), counted(paid, [rate], ["免费体检2万人"])
    (True, False)
    """
    yuan = (paid.amount_wan or Decimal(0)) * 10_000
    rates = [line.rate[0] * times for line in lines if line.rate for times in _PERIODS]
    found = [one for text in texts for one in _COUNT.finditer(plain(text))]
    counts = [number * _SCALES[one["scale"]] for one in found if (number := to_decimal(one["number"])) is not None]
    return any(rate * count == yuan for rate in rates for count in counts)
