"""Figures of a row that no column holds as they stand: rounded, left away or refused, and a person is asked first."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funding.money import FEN, LARGEST, WAN, is_kept
from minsheng.task_table.compose import LARGEST_TARGET, SHARE_STEP, TARGET_STEP
from minsheng.task_table.lengths import PREFIX
from minsheng.task_table.parsers.money_lines import FundingItem
from minsheng.task_table.parsers.targets import Target
from minsheng.task_table.result import RowReading

MONEY: Final = "money"


@dataclass(frozen=True)
class Unkept:
    """A figure of ``part`` and what becomes of it; a ``refused`` one holds up the import until it is corrected."""

    part: str
    text: str
    message: str
    refused: bool = False

    @property
    def key(self) -> str:
        """It is of this very figure: another one is asked about again."""
        mark = hashlib.sha256(self.message.encode()).hexdigest()[:12]
        return f"{PREFIX}{self.part}.{mark}"


def unkept_of(reading: RowReading) -> Iterator[Unkept]:
    """Each such figure of a row, as it was read or corrected, once."""
    found = [one for target in reading.targets if (one := _of_target(target))]
    found += [one for line in reading.funding for one in _of_line(line)]
    found += [one for total in reading.funding_totals if (one := _of_money(total.text, total.amount_wan * WAN))]
    yield from dict.fromkeys(found)


def _of_target(target: Target) -> Unkept | None:
    figures = [target.quantity, *([] if target.maximum is None else [target.maximum])]
    if max(figures) >= LARGEST_TARGET:
        message = _("“%(text)s”: so large a figure is not kept; the target is written without one.")
        return Unkept("targets", target.text, message % {"text": target.text})
    return _rounded("targets", target.text, figures, TARGET_STEP)


def _of_line(line: FundingItem) -> Iterator[Unkept]:
    if line.amount_wan is not None and (one := _of_money(line.text, line.amount_wan * WAN)):
        yield one
    if line.rate is not None:
        too_large = line.rate[0] > LARGEST
        one = _of_money(line.text, line.rate[0]) if too_large else _rounded(MONEY, line.text, [line.rate[0]], FEN)
        if one:
            yield one
    if line.share is None:
        return
    if not 0 <= line.share <= 1:
        message = _("“%(text)s”: a share of more than the whole is not written.")
        yield Unkept(MONEY, line.text, message % {"text": line.text})
    elif one := _rounded(MONEY, line.text, [line.share], SHARE_STEP):
        yield one


def _of_money(text: str, yuan: Decimal) -> Unkept | None:
    if is_kept(yuan):
        return None
    message = _("“%(text)s”: an amount is kept to the fen, and up to a million million yuan.")
    return Unkept(MONEY, text, message % {"text": text}, refused=True)


def _rounded(part: str, text: str, figures: list[Decimal], step: Decimal) -> Unkept | None:
    if all(figure == figure.quantize(step) for figure in figures):
        return None
    count = -int(step.as_tuple().exponent)
    message = ngettext(
        "“%(text)s”: no more than %(count)s decimal is written.",
        "“%(text)s”: no more than %(count)s decimals are written.",
        count,
    )
    return Unkept(part, text, message % {"text": text, "count": count})
