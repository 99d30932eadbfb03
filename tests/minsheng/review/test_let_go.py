"""A month that had been approved, was reopened and is let go: nobody reads its withdrawn figures any more."""

from datetime import datetime

import pytest

from departments import clock
from minsheng.daily import tick
from minsheng.review import services as review
from projects.models import MonthlyReport, PeriodFigure, ReportingPeriod, SubItem
from tests.minsheng.life import approved, approved_in_august, content, submitted

State = MonthlyReport.State
WHY = "不再等待。"


def on(month, day, hour=9):
    return clock.at(datetime(2023, month, day, hour, tzinfo=clock.ZONE))


def figures(world, period):
    kept = PeriodFigure.objects.filter(sub_item=world.sub_item, period=period).order_by("sequence")
    return list(kept.values_list("cause", "percent", "secured", "report"))


def reopened(world, report):
    review.reopen(report, by=world.office, reason="数字有误。")
    return MonthlyReport.objects.get(pk=report.pk)


@pytest.fixture
def september(world):
    """August was approved with 68 %; September with 75 %, and is reopened after its lock."""
    approved_in_august(world)
    approved(world, content(world, "75", secured="2500000"))
    with on(10, 6):
        tick(world.sub_item.programme)
        report = reopened(world, MonthlyReport.objects.get(period=world.september))
    return report


def test_the_month_carries_on_what_was_approved_before_it(world, september):
    with on(10, 20):
        for _click in range(2):
            review.let_go(september, by=world.office, reason=WHY)
    assert figures(world, world.september) == [
        ("approval", 75, 2_500_000, september.pk),
        ("correction", 68, 2_000_000, None),
    ]
    newest = PeriodFigure.objects.get(period=world.september, newest=True)
    assert (newest.by, newest.reason) == (world.office, f"2023年9月月报按未报处理：{WHY}")
    item = SubItem.objects.get(pk=world.sub_item.pk)
    assert (item.percent, item.secured, item.figure_period) == (68, 2_000_000, world.august)


def test_so_do_later_months_that_had_carried_it(world):
    approved_in_august(world)
    report = approved(world, content(world, "75", secured="2500000"))
    with on(11, 10):
        tick(world.sub_item.programme)
        october = ReportingPeriod.objects.get(month="2023-10-01")
        assert [row[:2] for row in figures(world, october)] == [("lock", 75)]
        report = reopened(world, report)
    with on(11, 20):
        review.let_go(report, by=world.office, reason=WHY)
    assert [row[:2] for row in figures(world, october)] == [("lock", 75), ("correction", 68)]


def test_a_later_month_that_was_filed_itself_keeps_its_figures(world, september):
    with on(10, 20):
        tick(world.sub_item.programme)
        review.let_go(september, by=world.office, reason=WHY)
        october = ReportingPeriod.objects.get(month="2023-10-01")
        report = submitted(world, content(world, "85", secured="2500000"), period=october)
        review.approve(report, by=world.office, exception="9月不再等待。")
        september.refresh_from_db()
    before = figures(world, october)
    with on(11, 10):
        tick(world.sub_item.programme)
        august = reopened(world, MonthlyReport.objects.get(period=world.august))
    with on(11, 20):
        review.let_go(august, by=world.office, reason=WHY)
    assert figures(world, october) == before
    assert [row[1] for row in figures(world, world.august)] == [68, None]
    assert [row[1] for row in figures(world, world.september)] == [75, 68, None]


def test_a_month_that_was_never_approved_gets_no_correction(world):
    approved_in_august(world)
    report = submitted(world, content(world, "75"))
    review.send_back(report, by=world.office, comment="请核实。")
    with on(10, 6):
        tick(world.sub_item.programme)
        review.let_go(report, by=world.office, reason=WHY)
    assert [row[:2] for row in figures(world, world.september)] == [("lock", 68)]
