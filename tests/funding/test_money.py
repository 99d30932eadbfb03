from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from departments.errors import DomainError
from funding.money import LARGEST, add, format_wan, parse_wan, plain_wan, tile_amount, wan_from_yuan, yuan_from_wan

AMOUNTS = st.decimals(min_value=0, max_value=LARGEST, places=2)


@given(AMOUNTS)
def test_what_is_shown_reads_as_the_same_amount(amount):
    assert parse_wan(format_wan(amount)) == amount
    assert parse_wan(plain_wan(amount)) == amount
    assert yuan_from_wan(wan_from_yuan(amount)) == amount


@given(AMOUNTS)
def test_full_width_reads_the_same(amount):
    wide = format_wan(amount).translate({ord(c): ord(c) - 0x21 + 0xFF01 for c in "0123456789.,"})

    assert parse_wan(f"　{wide} 万元") == amount


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        amount = parse_wan(text)
    except DomainError:
        return
    assert amount is None or 0 <= amount <= LARGEST


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("", None),
        (" 　", None),
        ("0", Decimal(0)),
        ("5000", Decimal(50_000_000)),
        ("5,000.00", Decimal(50_000_000)),
        ("0.288943", Decimal("2889.43")),
        ("1亿", Decimal(100_000_000)),
        ("7.22 亿元", Decimal(722_000_000)),
        ("12万", Decimal(120_000)),
    ],
)
def test_typed_amounts(text, yuan):
    assert parse_wan(text) == yuan


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "约50",
        "1,23",
        "1,2345",
        "1.",
        ".5",
        "1e3",
        "5千",
        "50元",
        "NaN",
        "Infinity",
        "1.2.3",
        "0.0000001",
        "9" * 13,
        "9" * 4000,
    ],
)
def test_refused_amounts(text):
    with pytest.raises(DomainError):
        parse_wan(text)


def test_undetermined_is_not_nought():
    assert format_wan(None) != format_wan(Decimal(0)) == "0.00"
    assert plain_wan(None) == ""
    assert tile_amount(None).unit == ""
    assert add([None]) is None


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [(291_000_000, "291"), (21_520_000, "21.5"), (1_234_567, "1.23"), (60_000, "0.06"), (1_234_500_000, "1,235")],
)
def test_english_counts_in_millions(yuan, shown):
    with translation.override("en"):
        assert tile_amount(Decimal(yuan)) == (shown, "million yuan")
    assert tile_amount(Decimal(yuan)).unit in ("万元", "亿元")


def test_tiles_change_to_yi_from_one_yi_on():
    below, at = tile_amount(Decimal(99999999)), tile_amount(Decimal(100_000_000))

    assert (below.figure, at.figure) == ("10,000.00", "1.00")
    assert below.unit != at.unit
