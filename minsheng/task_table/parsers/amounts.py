"""Amounts of money inside a text: 1.53亿元, ￥150,000元, 壹佰贰拾万元整, 500—800万元."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from minsheng.task_table.parsers.numbers import ABOUT, ARABIC, HAN, NEARLY, to_decimal
from minsheng.task_table.parsers.text import SAME_TEXTS, plain

# In 万元. The unit is required: a bare number is an amount only where its column says of what.
SCALES = {
    "亿": Decimal(10_000), "千万": Decimal(1000), "百万": Decimal(100), "十万": Decimal(10), "万": Decimal(1),
    "千": Decimal("0.1"), "百": Decimal("0.01"), "": Decimal("0.0001"),
}  # fmt: skip
_DASH = r"(?:-|—|–|―|~|～|至|到)+"
_SCALE = r"(?:亿|千万|百万|十万|万|千|百)"
# 万 alone is money only where nothing countable follows: 4000万 but not 1.3万人.
_COUNTED = r"[具樘基杆根块片组桶袋千剂例份册幅棵眼口盏部支位盘羽枚只人户㎡平亩个名次套张株头只件吨辆立公米棵平]"
_AMOUNT = re.compile(
    rf"(?=[\d不至≤≥<>大约左近¥￥{HAN[1:].partition(']')[0]}])"  # where none can begin, this one look spares the rest
    rf"(?P<bound>不超过|不高于|不低于|不少于|至少|≤|≥|<=|>=)?(?P<about>大约|{ABOUT}|左右|{NEARLY})?[¥￥]?"
    rf"(?:(?P<yi>{ARABIC}|{HAN})亿(?P<wan>{ARABIC}|{HAN})(?P<wan_scale>千万|万)(?P<more3>余|多)?元?"
    rf"|(?:(?P<low>{ARABIC}|{HAN})(?P<low_scale>{_SCALE})?元?{_DASH})?(?P<number>{ARABIC}|{HAN})(?P<more>[余多几])?"
    rf"(?:(?P<scale>{_SCALE})?(?P<more2>[余多])?元|(?P<bare>亿|千万|百万|万)(?P<more4>[余多])?(?!{_COUNTED})))"
    rf"整?(?:人民币)?(?P<after>左右|上下|以上|以内|以下)?"
)
_ABOUT_BEFORE = re.compile(rf"{ABOUT}(?!定|束)[^,，;；、。\d]{{0,4}}$")
_AT_MOST = re.compile("不超过|不高于|≤|<=|以内|以下")
_AT_LEAST = re.compile("不低于|不少于|至少|≥|>=|以上")


@dataclass(frozen=True)
class Amount:
    """``wan`` in 万元, the lower end of a range; ``maximum`` its upper end."""

    start: int
    end: int
    wan: Decimal
    maximum: Decimal | None = None
    approx: bool = False
    bound: str = ""


@lru_cache(maxsize=SAME_TEXTS)  # several rules ask it of a sentence
def amounts(text: str) -> tuple[Amount, ...]:
    """Every amount in a plain text, from left to right. Only 约, 左右, 余, 多 make one approximate.

    >>> [str(amount.wan) for amount in amounts("总投资7.22亿元，已申请到2000万")]
    ['72200', '2000']
    >>> [(str(amount.wan), str(amount.maximum)) for amount in amounts("预计500—800万元")]
    [('500', '800')]
    >>> [str(amount.wan) for amount in amounts("惠及1.3万人")]
    []
    """
    if not ("元" in text or "万" in text or "亿" in text):  # one of them each amount has: quick to see
        return ()
    return tuple(amount for found in _AMOUNT.finditer(text) if (amount := _amount(found)) is not None)


def exact(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _amount(found: re.Match[str]) -> Amount | None:
    maximum = None
    if found["yi"]:
        high, low = to_decimal(found["yi"]), to_decimal(found["wan"])
        if high is None or low is None:
            return None
        wan = high * SCALES["亿"] + low * SCALES[found["wan_scale"]]
    else:
        number = to_decimal(found["number"])
        if number is None:
            return None
        scale = found["bare"] or found["scale"] or ""
        wan = number * SCALES[scale]
        if found["low"]:
            low = to_decimal(found["low"])
            if low is None:
                return None
            wan, maximum = low * SCALES[found["low_scale"] or scale], wan
    approx = any(found[name] not in (None, "近") for name in ("about", "more", "more2", "more3", "more4")) or found[
        "after"
    ] in (
        "左右",
        "上下",
    )
    before = found.string[max(0, found.start() - 7) : found.start()]
    approx = approx or _ABOUT_BEFORE.search(before) is not None
    return Amount(
        found.start(), found.end(), exact(wan), exact(maximum) if maximum is not None else None, approx, _bound(found)
    )


def _bound(found: re.Match[str]) -> str:
    if found["low"]:
        return "range"
    word = (found["bound"] or "") + (found["after"] or "")
    if not word:
        return ""
    if _AT_MOST.search(word):
        return "max"
    return "min" if _AT_LEAST.search(word) else ""


def amount_in_column(text: str, unit: str) -> tuple[Decimal, bool] | None:
    """The amount of a cell in a column of amounts, in 万元, and whether it is approximate; ``None`` without one.

    ``unit`` (元, 万元, 亿元) holds for bare numbers; a unit in the cell itself comes first.

    >>> amount_in_column("≤300", "万元"), amount_in_column("3,500.00", "元")
    ((Decimal('300'), False), (Decimal('0.35'), False))
    >>> amount_in_column("待定", "万元") is None
    True
    """
    cell = plain(text)
    written = list(amounts(cell))
    if written:
        return (written[0].wan, written[0].approx) if len(written) == 1 else None
    found = re.fullmatch(rf"(?:≤|≥|<=?|>=?|不超过|约|[¥￥])*({ARABIC}|{HAN})(左右|余|多)?", cell)
    number = to_decimal(found[1]) if found else None
    if found is None or number is None:
        return None
    return exact(number * SCALES[unit.removesuffix("元")]), "约" in cell or bool(found[2])
