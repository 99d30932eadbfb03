"""A month that was let go counts with nothing it had said: not for later months, and its unit still reads why."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError
from departments.permissions import rights_held
from minsheng.daily import tick
from minsheng.filing import services as filing
from minsheng.filing.earlier import last_of
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from minsheng.review.queue import queue_of
from minsheng.review.withdrawn import withdrawn_before
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.filing import Filing
from projects.models import MonthlyReport, ReportingPeriod, SubItem
from projects.services import exceptions, periods, reports
from projects.standing import standpoint, stood
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import LineAssignmentFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import approved, approved_in_august, content, contribute, sheet, submitted

State = MonthlyReport.State
LAG = {"reason": "征地滞后。", "measure_by": date(2023, 11, 30)}
FALSE = {"reached": "300", "secured": "2500000"}  # what September said


def on(month, day, hour=9):
    return clock.at(datetime(2023, month, day, hour, tzinfo=clock.ZONE))


def period_of(month):
    return ReportingPeriod.objects.get(month=date(2023, month, 1))


def kinds(user):
    return {group.kind: group.count for group in todo.board_of(user, rights_held(user), {}).groups}


def ended(world, report, *, remarks=None, reopen=True):
    """``report`` comes back with a reason, is not filed again, and is let go on 8 October."""
    if reopen:
        review.reopen(report, by=world.office, reason="数字虚高。", remarks=remarks)
    else:
        review.send_back(report, by=world.office, comment="数字虚高。", remarks=remarks)
    with on(10, 8):
        tick(world.sub_item.programme)
        review.let_go(report, by=world.office, reason="不再等待。")
    return MonthlyReport.objects.get(pk=report.pk)


@pytest.fixture(params=["reopened", "never approved"])
def september(world, request):
    """August stands at 68 %, 200 of the target and 2,000,000; September said 90 %, and is let go."""
    approved_in_august(world)
    report = submitted(world, content(world, "90", **FALSE))
    if request.param == "reopened":
        review.approve(report, by=world.office)
    return ended(world, report, reopen=request.param == "reopened")


def test_a_later_month_begins_with_the_month_before_it(world, september):
    with on(10, 20):
        october = sheet(world, period_of(10))
        assert october.last_event.report.period == world.august
        begins = present_of(october)
        assert (begins.targets[world.target.pk], begins.money[world.line.pk].secured) == (200, 2_000_000)


def test_nothing_changed_means_since_that_month(world, september):
    with on(10, 20):
        nil = replace(content(world, "90", **FALSE, progress="", **LAG), is_nil=True, nil_reason="无变化。")
        report = submitted(world, nil, period=period_of(10))
        report.refresh_from_db()
        assert (report.percent, report.target_readings.get().value) == (68, 200)
        assert report.funding_readings.get().secured == 2_000_000
        review.approve(report, by=world.office, exception="9月不再等待。")
    assert SubItem.objects.get(pk=world.sub_item.pk).percent == 68


def test_an_honest_lower_figure_is_no_fall(world, september):
    with on(10, 20):
        report = submitted(world, content(world, "85", reached="210", secured="2100000"), period=period_of(10))
    assert report.state == State.SUBMITTED
    with on(10, 20):
        assert filing.submission_of(sheet(world, period_of(10)), content(world, "85")).last_percent == 68


def test_who_assists_begins_with_the_month_before_it_too(world):
    unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist", order=1)
    clerk = UserFactory(department=unit, grants={unit: ["departments.file_report"]})
    with on(8, 18):
        contribute(world, (unit, clerk), share="20", period=world.august)
    approved_in_august(world)
    contribute(world, (unit, clerk), share="90")
    ended(world, approved(world))
    with on(10, 20):
        said = last_of(unit, world.sub_item, date(2023, 10, 1))
        assert said.contribution.report.period == world.august


def test_form_and_review_say_so_and_which_figures_are_still_those(world, september, client):
    here = reverse("filing:report", args=[world.sub_item.pk, "2023-10"])
    with on(10, 20):
        client.force_login(world.clerk)
        said = "2023年9月已按未报处理，上次报送以2023年8月为准。"
        assert said in client.get(here).content.decode()
        report = submitted(world, content(world, "90", **FALSE | {"reached": "310"}, **LAG), period=period_of(10))
        (one,) = withdrawn_before(sheet(world, period_of(10)))
        assert [(figure.key.partition("_")[0], figure.words[1]) for figure in one.same] == [
            ("percent", "90.0%"),
            ("secured", "250.00"),
        ]
        client.force_login(world.office)
        page = client.get(reverse("review:report", args=[report.pk])).content.decode()
        assert said in page
        assert "与2023年9月原报数相同" in page
        assert "沿用已按未报处理月份的数据" in page
        review.approve(report, by=world.office, exception="9月不再等待。")
        (_skipped, kept) = report.events.latest("pk").snapshot["despite"]
        figures = "进度：90.0%（上次68.0%）、区级财政到位（万元）：250.00（上次200.00）"
        assert kept == f"与2023年9月原报数相同（该月已按未报处理），与上次报送数不同：{figures}。"
        assert withdrawn_before(sheet(world, period_of(10))) == []


def test_what_was_corrected_is_told_where_its_old_figures_go_on(world, client):
    """September was submitted while August still said 200 of the target; August is corrected, then both are decided."""
    report = approved_in_august(world)
    waiting = submitted(world, content(world, "75", reached="200"))
    review.reopen(report, by=world.office, reason="多报。")
    submitted(world, content(world, "68", reached="180"), period=world.august)
    (one,) = withdrawn_before(sheet(world))
    assert (one.is_let_go, one.figures) == (False, f"{world.target.text} 200")
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=world.office)
    (row,) = queue_of(world.office)
    assert (row.in_bulk, [doubt.kind for doubt in row.doubts]) == (False, ["old"])
    message = f"与2023年8月更正前所报相同、与其现数不同：{world.target.text}200（该月180）。"
    assert row.doubts[0].message == message
    client.force_login(world.office)
    assert client.get(reverse("review:report", args=[waiting.pk])).content.decode().count(message) == 2
    with pytest.raises(DomainError, match="更正前"):
        review.approve(waiting, by=world.office)
    review.approve(waiting, by=world.office, exception="9月已核，无误。")


def test_what_is_filed_anew_with_the_figures_of_now_is_in_order(world):
    report = approved_in_august(world)
    review.reopen(report, by=world.office, reason="多报。")
    submitted(world, content(world, "68", reached="180"), period=world.august)
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=world.office)
    submitted(world, content(world, "75", reached="190"))
    (row,) = queue_of(world.office)
    assert (row.doubts, withdrawn_before(sheet(world))) == ([], [])


def test_the_second_month_let_go_leads_further_back(world, september):
    with on(10, 20):
        submitted(world, content(world, "92", **FALSE, **LAG), period=period_of(10))
        october = MonthlyReport.objects.get(period=period_of(10))
        review.send_back(october, by=world.office, comment="请核实。")
    with on(11, 20):
        tick(world.sub_item.programme)
        review.let_go(october, by=world.office, reason="不再等待。")
        november = sheet(world, period_of(11))
        assert november.last_event.report.period == world.august
        assert [one.event.report.period.month.month for one in withdrawn_before(november)] == [9, 10]


def test_filed_after_all_it_counts_again_and_is_late(world, september):
    with on(10, 9):
        periods.add_exception(world.september, until=date(2023, 10, 20), reason="补报。", by=world.office)
        report = submitted(world, content(world, "75", secured="2100000"), period=period_of(9))
        assert report.events.order_by("pk").last().due_by is None
        point = standpoint(world.sub_item.programme, today=clock.today(), month=date(2023, 9, 1))
        assert stood(SubItem.objects.all(), point).get().filing == Filing.LATE
        last = reports.last_submission(world.sub_item, date(2023, 10, 1))
        assert last.report.period == world.september


def test_returned_again_after_that_it_has_its_days_again(world, september):
    with on(10, 9):
        periods.add_exception(world.september, until=date(2023, 10, 20), reason="补报。", by=world.office)
        report = submitted(world, content(world, "75", secured="2100000"), period=period_of(9))
        review.send_back(report, by=world.office, comment="再核实。")
        report = filing.submit(sheet(world, period_of(9)), by=world.clerk)
        assert report.events.order_by("pk").last().due_by == clock.end_of(date(2023, 10, 16))


@pytest.fixture
def remarked(world):
    approved_in_august(world)
    report = approved(world, content(world, "90", **FALSE))
    return ended(world, report, remarks={f"money_{world.line.pk}": "与台账不符。", "progress": "请写明。"})


def test_the_unit_reads_why_it_came_back_and_that_it_was_let_go(world, remarked, client):
    here = reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    client.force_login(world.clerk)
    with on(10, 9):
        periods.add_exception(world.september, until=date(2023, 10, 20), reason="补报。", by=world.office)
        shown = client.get(here)
        top = shown.content.decode().partition("流转记录")[0]
        assert all(
            words in top
            for words in ("数字虚高。", "与台账不符。", "请写明。", "督查室已将该月按未报处理", "不再等待。")
        )
        assert "届时报送视为按期" not in top
        assert shown.context["due_on"] == world.september.due_on
        (month,) = [one for one in client.get(reverse("filing:due")).context["months"] if one.period == world.september]
        (item,) = month.items
        assert (item.return_comment[:5], item.due_again) == ("数字虚高。", None)
        report = submitted(world, content(world, "75", secured="2100000"), period=period_of(9))
        client.force_login(world.office)
        page = client.get(reverse("review:report", args=[report.pk])).content.decode()
        assert "曾按未报处理，现予补报" in page
        review.approve(report, by=world.office)
    assert "数字虚高。" not in client.get(here).content.decode().partition("流转记录")[0]


def test_its_reader_is_asked_again_once_it_may_be_filed(world):
    bureau = DepartmentFactory(jurisdiction=world.jurisdiction)
    clerk = UserFactory(department=bureau, grants={bureau: ["departments.file_report"]})
    LineAssignmentFactory(line=world.line, department=bureau, since=date(2023, 9, 1), until=date(2023, 9, 1))
    approved_in_august(world)
    ended(world, approved(world), remarks={f"money_{world.line.pk}": "与台账不符。"})
    with on(10, 9):
        assert kinds(clerk) == {}
        periods.add_exception(world.september, until=date(2023, 10, 20), reason="补报。", by=world.office)
        assert kinds(clerk) == {Kind.READ_MONEY: 1}
        (entry,) = todo.board_of(clerk, rights_held(clerk), {}).groups[0].entries
        assert ("与台账不符。" in entry.why, entry.due) == (True, world.september.due_on)
        report = submitted(world, content(world, "75"), period=period_of(9))
        assert report.events.order_by("pk").last().snapshot["lines_unanswered"] == {str(world.line.pk): str(bureau)}


def test_who_assists_is_not_asked_for_a_month_that_was_approved_without_it(world):
    unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    clerk = UserFactory(department=unit, grants={unit: ["departments.file_report"]})
    approved_in_august(world)
    report = approved(world, content(world, "90", **FALSE))
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist", order=1, since=date(2023, 9, 1))
    ended(world, report)
    with on(10, 9):
        periods.add_exception(world.september, until=date(2023, 10, 20), reason="补报。", by=world.office)
        assert kinds(world.clerk)[Kind.FILE] == 2  # October has opened
        assert kinds(clerk) == {Kind.CONTRIBUTE: 1}  # October's alone


def test_the_request_says_that_the_office_let_the_month_go(world, remarked, client):
    with on(10, 9):
        asked = exceptions.ask(
            period_of(9), world.unit, by=world.clerk, reason="现可补报。", wished_until=date(2023, 10, 20)
        )
        client.force_login(world.office)
        page = reverse("periods:request", args=[asked.pk])
        assert "准予补报的，仍可补报" in client.get(page).content.decode()
        assert kinds(world.office) == {Kind.ASKED: 1}
