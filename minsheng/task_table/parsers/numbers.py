"""Numbers as they are written in tables: Arabic, Chinese and formal, with thousands separators."""

import re
from decimal import Decimal
from functools import lru_cache

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
HAN = r"[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟]+(?:点[零〇一二三四五六七八九]+)?"
# 近2万名: the figure stands, and it is said so; no part of 附近, 就近.
NEARLY = r"(?<![就附最临邻靠远])近"
# 约2万名; 签约2万名, 预约, 节约 and 公约 are words of their own.
ABOUT = r"(?<![签预节履违契邀])(?<!(?<!办)公)约"
# JSON carries a figure exactly up to this many digits; longer ones are telephone or account numbers.
MOST_DIGITS = 15

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_ONE_ARABIC, _ONE_HAN, _LOW = re.compile(ARABIC, re.ASCII), re.compile(HAN), re.compile("[零〇]|.千")


@lru_cache(maxsize=8192)  # several rules ask it of a number, and numbers come again
def to_decimal(text: str) -> Decimal | None:
    """The value of one number in Arabic or Chinese digits, exact; ``None`` where it is not one.

    >>> to_decimal("1,236.5"), to_decimal("三千五百"), to_decimal("二十三点五"), to_decimal("壹佰贰拾")
    (Decimal('1236.5'), Decimal('3500'), Decimal('23.5'), Decimal('120'))
    >>> to_decimal("二〇二三")
    Decimal('2023')
    >>> to_decimal("一万两千"), to_decimal("三三三十"), to_decimal("三万五")
    (Decimal('12000'), None, None)
    """
    if _ONE_ARABIC.fullmatch(text):
        return Decimal(text.replace(",", "")) if sum(map(str.isdigit, text)) <= MOST_DIGITS else None
    high, _, low = text.partition("万")
    if low:  # 一万两千, but 三万五 says less than it seems
        above, below = to_decimal(high), to_decimal(low) if _LOW.match(low) else None
        fits = above is not None and below is not None and above < 10_000 and below < 10_000
        return above * 10_000 + below if above is not None and below is not None and fits else None
    if len(text) > MOST_DIGITS or not _ONE_HAN.fullmatch(text):
        return None
    whole, _, part = text.partition("点")
    number = _whole(whole)
    if number is None:
        return None
    return Decimal(f"{number}.{''.join(str(_DIGITS[c]) for c in part)}") if part else Decimal(number)


def _whole(text: str) -> int | None:
    if all(c in _DIGITS for c in text):  # a year: digit by digit
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit, last = 0, None, 10_000
    for c in text:
        if c in _TENS:
            if _TENS[c] >= last:
                return None
            last = _TENS[c]
            total += (1 if digit is None or (digit == 0 and total) else digit) * last
            digit = None
        elif digit in (None, 0):
            digit = _DIGITS[c]
        else:
            return None
    return total + (digit or 0)
