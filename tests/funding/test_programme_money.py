"""The money of the official table of 2023, to the yuan, worked out by hand."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from departments import clock
from departments.models import Jurisdiction
from departments.services import units
from funding.models import FundingLine
from funding.summary import money_by_source, programme_money
from minsheng.task_table import services
from tests.factories.departments import UserFactory

# Design §3: for each sub-item the year plan if stated, else the stated sum of this year, else the sum of this
# year's lines. In 万元, as they stand in column E; 约 marks an approximate amount, None is 未定.
BY_HAND = {
    "1": "10000",  # 2023年计划投资1亿元: the year plan counts, neither 总投资7.22亿元 nor 5000+5000+80+60
    "2": "4500",  # 地方政府专项债4000 + 财政资金500
    "3": "170",
    "4": "180",  # 约
    "5": "25",  # 约
    "6": "50",
    "7": None,  # 按市局文件要求执行
    "8": "50",
    "9": "1000",  # 约; 1万元 a year and 2889.43元 a month are rates
    "10": "10",
    "11": "8200",  # 共计8200: the stated sum (= 6500 + 1700)
    "12": "1736",
    "13": "1130",
    "14": "1200",
    "15": "40",
    "16": "200",
    "17": "180",
    "18": "120",
    "19": "36",  # 预计投入资金36: the stated sum, of which only 21.6 is a line
    "20": None,  # 根据市下达数确定; 65 is that of 2022, for reference only
    "21": "200",  # 约
    "22": "110",  # 约
}
#   10000 + 4500 + 170 + 180 + 25 + 50          = 14925
#   + 50 + 1000 + 10 + 8200 + 1736 + 1130 + 1200 = 28251
#   + 40 + 200 + 180 + 120 + 36 + 200 + 110      = 29137  万元
PLANNED = Decimal("291370000.00")
SECURED = Decimal("20000000.00")  # 目前已申请到2000万元, of serial 1


@pytest.fixture
def programme(db):
    fixtures = settings.BASE_DIR / "fixtures"
    units.load(json.loads((fixtures / "departments.json").read_text(encoding="utf-8")), by=None)
    table = SimpleUploadedFile("表.xlsx", (fixtures / "task_table_2023.xlsx").read_bytes())
    zone = Jurisdiction.objects.get(code="370871")
    with clock.at(datetime(2023, 1, 10, 9, 0)):  # noqa: DTZ001 Shanghai time
        batch = services.import_table(
            table, jurisdiction=zone, year=2023, programme="民生实事", by=UserFactory(), filing={}, passing=True
        )
    return batch.programme


def test_programme_costs_what_the_hand_says(programme):
    money = programme_money(programme)

    assert sum(Decimal(wan) for wan in BY_HAND.values() if wan) * 10_000 == PLANNED
    assert (money.planned, money.approx, money.undecided) == (PLANNED, True, 2)
    assert (money.secured, money.spent) == (SECURED, None)


def test_each_sub_item_costs_what_the_hand_says(programme):
    planned = dict(programme.sub_items.values_list("serial", "planned"))

    assert planned == {serial: Decimal(wan) * 10_000 if wan else None for serial, wan in BY_HAND.items()}
    approximate = programme.sub_items.filter(planned_approx=True).order_by("position")
    assert list(approximate.values_list("serial", flat=True)) == ["4", "5", "9", "21", "22"]


def test_what_no_source_is_named_for_is_the_difference_to_the_lines(programme):
    # The lines of serial 1 promise 5000 + 5000 + 80 + 60 = 10140, 140 more than its year plan;
    # those of serial 19 only 21.6 of 36: 14.4 without a line. 14.4 - 140 = -125.6.
    lines = FundingLine.objects.filter(sub_item__programme=programme, year=2023, planned__isnull=False)
    assert sum(lines.values_list("planned", flat=True)) == PLANNED + Decimal(1_256_000)

    assert money_by_source(programme).unassigned == Decimal(-1_256_000)
