"""Amounts as people write and read them: yuan inside, 万元 in tables and forms, 亿元 on tiles. Pure functions.

``format_wan`` is exact, ``show_wan`` is for columns, ``show_stage`` for what only may have been said, ``plain_wan`` for
the box of a form, ``tile_amount`` and ``show_yi`` for tiles.

``None`` is an amount nobody has decided (未定); it is never 0. Nothing here goes through a float.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from departments.errors import DomainError

WAN: Final = Decimal(10_000)
MILLION: Final = Decimal(1_000_000)
YI: Final = Decimal(100_000_000)
FEN: Final = Decimal("0.01")
NOTHING: Final = "—"  # an em dash: nothing to show here
# One amount is at most a million million yuan (1万亿), so that sums of thousands of them fit a column of 18 digits.
LARGEST: Final = Decimal(10) ** 12

NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TYPED = re.compile(rf"(?P<number>{NUMBER})\s*(?P<unit>万元?|亿元?)?", re.ASCII)
# Figures as Chinese keyboards type them. No more than these: NFKC would make 42 of 4².
_WIDE: Final = str.maketrans("０１２３４５６７８９．，％－\u3000", "0123456789.,%- ")


def is_kept(yuan: Decimal) -> bool:
    """Whether a column of amounts holds ``yuan`` as it stands.

    >>> is_kept(Decimal("21.50")), is_kept(Decimal("0.001")), is_kept(Decimal(10) ** 13)
    (True, False, False)
    """
    return yuan.is_finite() and 0 <= yuan <= LARGEST and yuan == yuan.quantize(FEN)


class Amount(NamedTuple):
    """An amount ready to be shown: the figure and, apart from it, its unit."""

    figure: str
    unit: str


def narrow(text: str) -> str:
    """``text`` with full-width figures and signs made ordinary ones, without blanks around it."""
    return text.translate(_WIDE).strip()


def yuan_from_wan(wan: Decimal) -> Decimal:
    """Yuan, exactly.

    >>> yuan_from_wan(Decimal("21.6"))
    Decimal('216000.00')
    """
    return (wan * WAN).quantize(FEN)


def wan_from_yuan(yuan: Decimal) -> Decimal:
    """万元, exactly: up to six places.

    >>> wan_from_yuan(Decimal("2889.43"))
    Decimal('0.288943')
    """
    return yuan.scaleb(-4)


def parse_wan(text: str) -> Decimal | None:
    """Yuan from what a person typed as 万元; nothing typed is ``None``.

    Takes separators, full-width digits and blanks, and a unit of its own (万元, 亿元).

    Raises ``DomainError`` for anything else: no number, separators in the wrong place, a negative amount, less than
    a fen, or more than the column holds. Nothing is rounded.

    >>> parse_wan("1，234.5 ")
    Decimal('12345000.00')
    >>> parse_wan("7.22亿元")
    Decimal('722000000.00')
    """
    typed = narrow(text)
    if not typed:
        return None
    match = _TYPED.fullmatch(typed)
    if match is None:
        raise DomainError(_("Write the amount in 10,000 yuan as a number that is not negative, such as 1,234.5."))
    factor = YI if (match["unit"] or "").startswith("亿") else WAN
    number = match["number"].replace(",", "")
    if len(number) > 30:
        raise DomainError(_("This amount is too large."))
    amount = Decimal(number) * factor
    if amount > LARGEST:
        raise DomainError(_("This amount is too large."))
    if amount != amount.quantize(FEN):
        raise DomainError(_("The smallest amount is a fen: at most six places after the point."))
    return amount.quantize(FEN)


def format_wan(amount: Decimal | None) -> str:
    """万元 without its unit, exact, with separators and at least two places; ``None`` says that it is undetermined.

    >>> format_wan(Decimal("50000000")), format_wan(Decimal("2889.43"))
    ('5,000.00', '0.288943')
    """
    if amount is None:
        return _("Undetermined")
    exact = wan_from_yuan(amount).normalize()
    places = max(2, -int(exact.as_tuple().exponent))
    return f"{exact:,.{places}f}"


def show_wan(amount: Decimal | None, *, approx: bool = False) -> str:
    """万元 for a column of amounts: two places, halves up; exact where that would make something nothing.

    An approximate amount says so; one that nobody has decided is 未定.

    >>> show_wan(Decimal("71867250")), show_wan(Decimal("10050")), show_wan(Decimal("40"))
    ('7,186.73', '1.01', '0.004')
    """
    if amount is None:
        return _("Undetermined")
    shown = rounded(wan_from_yuan(amount), 2)
    if amount and shown == "0.00":
        shown = format_wan(amount)
    return _("about %(amount)s") % {"amount": shown} if approx else shown


def show_stage(amount: Decimal | None) -> str:
    """What is applied for, secured or spent; a dash where nobody has said: only a plan can be 未定."""
    return NOTHING if amount is None else show_wan(amount)


def plain_wan(amount: Decimal | None) -> str:
    """万元 for the box of a form: exact, no separators and no idle zeros; ``None`` is an empty box.

    >>> plain_wan(Decimal("50000000")), plain_wan(Decimal("12345000")), plain_wan(None)
    ('5000', '1234.5', '')
    """
    return "" if amount is None else f"{wan_from_yuan(amount).normalize():f}"


def tile_amount(amount: Decimal | None) -> Amount:
    """An amount for a tile; ``None`` has no unit.

    Chinese counts by 万: 亿元 from one 亿 on, 万元 below, rounded to two places. English counts by thousands: millions
    of yuan, rounded to three figures, or to two places below ten.
    """
    if amount is None:
        return Amount(_("Undetermined"), "")
    if not _counts_by_wan():
        million = amount / MILLION
        return Amount(rounded(million, 0 if abs(million) >= 100 else 1 if abs(million) >= 10 else 2), _("million yuan"))
    if abs(amount) >= YI:
        return Amount(show_yi(amount), _("100 million yuan"))
    return Amount(rounded(amount / WAN, 2), _("10,000 yuan"))


def show_yi(amount: Decimal | None) -> str:
    """亿元 without its unit, rounded to two places.

    >>> show_yi(Decimal("123450000"))
    '1.23'
    """
    return _("Undetermined") if amount is None else rounded(amount / YI, 2)


def _counts_by_wan() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("zh")


def rounded(number: Decimal, places: int) -> str:
    """With separators and exactly so many places, halves up, and never "-0.00".

    >>> rounded(Decimal("1234.565"), 2), rounded(Decimal("-0.004"), 2)
    ('1,234.57', '0.00')
    """
    exact = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{exact or abs(exact):,.{places}f}"


def add(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of those that are decided; ``None`` where none is.

    >>> add([None, Decimal(3), None]), add([None, None]), add([])
    (Decimal('3'), None, None)
    """
    decided = [amount for amount in amounts if amount is not None]
    return sum(decided, Decimal(0)) if decided else None
