"""From stated amounts to funding lines: exact, one for each source and use, nothing added up."""

from decimal import Decimal

import pytest

from departments.errors import DomainError
from funding.models import FundingLine, FundingTotal
from funding.services.lines import StatedAmount, StatedTotal, as_json, merge, write, yuan
from tests.factories.projects import SubItemFactory

BOND = "special_bond"


def amounts(*stated):
    return [line.amounts for line in merge(stated, year=2023)]


@pytest.mark.parametrize(
    ("wan", "expected"),
    [("5000", "50000000.00"), ("21.6", "216000.00"), ("0.0001", "1.00"), ("72200", "722000000.00"), ("0", "0.00")],
)
def test_wan_becomes_yuan_exactly(wan, expected):
    assert str(yuan(Decimal(wan))) == expected


@pytest.mark.parametrize("wan", ["0.0000001", "-1", "1000000000000000", "NaN", "Infinity"])
def test_what_the_column_cannot_hold_is_refused(wan):
    with pytest.raises(DomainError):
        yuan(Decimal(wan))


def test_planned_and_secured_of_one_source_are_one_line():
    stated = [
        StatedAmount(BOND, Decimal(5000), "planned", text="计划申请专项债5000万", cell="E3"),
        StatedAmount(BOND, Decimal(2000), "secured", text="已申请到2000万", cell="E3"),
    ]

    (line,) = merge(stated, year=2023)

    assert line.amounts == {"planned": Decimal(50_000_000), "secured": Decimal(20_000_000)}
    assert line.text == "计划申请专项债5000万；已申请到2000万"


def test_two_amounts_of_one_stage_stay_two_lines():
    assert amounts(StatedAmount(BOND, Decimal(5)), StatedAmount(BOND, Decimal(7), "planned")) == [
        {"planned": Decimal(50_000)},
        {"planned": Decimal(70_000)},
    ]


@pytest.mark.parametrize(
    "other",
    [
        StatedAmount("city", Decimal(2), "secured"),
        StatedAmount(BOND, Decimal(2), "secured", use="教室照明"),
        StatedAmount(BOND, Decimal(2), "secured", year=2022),
        StatedAmount(BOND, Decimal(2), "secured", cell="E4"),
        StatedAmount(BOND, rate=Decimal("2889.43"), rate_unit="人·月"),
        StatedAmount(BOND, share=Decimal("0.4")),
    ],
)
def test_other_source_use_year_cell_and_what_is_no_amount_are_lines_of_their_own(other):
    assert len(amounts(StatedAmount(BOND, Decimal(5)), other)) == 2


def test_no_amount_is_undetermined_and_not_zero():
    assert amounts(StatedAmount("other", text="按市局文件要求执行")) == [{}]


@pytest.mark.django_db
def test_lines_and_totals_are_written_as_stated():
    sub_item = SubItemFactory()
    stated = [
        StatedAmount("city", share=Decimal("0.4"), text="40%由市财政承担", cell="E21"),
        StatedAmount("district", Decimal("21.6"), "planned", share=Decimal("0.6"), cell="E21"),
        StatedAmount("province", Decimal(39), year=2022, approx=True, use="补贴"),
        StatedAmount("several_levels", rate=Decimal(10_000), rate_unit="人·年"),
        StatedAmount("no such source", Decimal(1), "applied"),
    ]
    totals = [
        StatedTotal("sum", Decimal(36), text="预计投入资金36万元", cell="E21"),
        StatedTotal("sum", Decimal(65), year=2022),
    ]

    write(sub_item, stated, totals)

    fields = (
        "source__code",
        "position",
        "planned",
        "applied",
        "year",
        "approx",
        "use",
        "share",
        "rate",
        "rate_unit",
        "cell",
    )
    assert list(FundingLine.objects.filter(sub_item=sub_item).values_list(*fields)) == [
        ("city", 1, None, None, 2023, False, "", Decimal("0.4"), None, "", "E21"),
        ("district", 2, Decimal(216_000), None, 2023, False, "", Decimal("0.6"), None, "", "E21"),
        ("province", 3, Decimal(390_000), None, 2022, True, "补贴", None, None, "", ""),
        ("several_levels", 4, None, None, 2023, False, "", None, Decimal(10_000), "人·年", ""),
        ("other", 5, None, Decimal(10_000), 2023, False, "", None, None, "", ""),
    ]
    stated_totals = FundingTotal.objects.filter(sub_item=sub_item).values_list("kind", "amount", "year", "text", "cell")
    assert list(stated_totals) == [
        ("sum", Decimal(360_000), 2023, "预计投入资金36万元", "E21"),
        ("sum", Decimal(650_000), 2022, "", ""),
    ]


def test_money_in_a_baseline_is_text():
    kept = as_json([StatedAmount(BOND, Decimal("21.6"))], [StatedTotal("sum", Decimal(36))])

    assert (kept["lines"][0]["wan"], kept["totals"][0]["wan"]) == ("21.6", "36")
