"""A month that had been approved, was reopened and is let go: nobody reads its withdrawn figures any more."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import rights_held
from minsheng.daily import tick
from minsheng.review import services as review
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import FilingException, LetGo, MonthlyReport, PeriodFigure, ReportingPeriod, SubItem
from projects.services import periods
from tests.minsheng.life import approved, approved_in_august, content, submitted

State = MonthlyReport.State
WHY = "不再等待。"


def on(month, day, hour=9):
    return clock.at(datetime(2023, month, day, hour, tzinfo=clock.ZONE))


def kinds(user):
    """Without October, which has opened meanwhile."""
    counts = {group.kind: group.count for group in todo.board_of(user, rights_held(user), {}).groups}
    return {kind: count for kind, count in counts.items() if kind != Kind.FILE}


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
        return reopened(world, MonthlyReport.objects.get(period=world.september))


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


def test_the_unit_is_told_until_it_takes_note_and_of_nothing_else(world, september, client):
    """The early end of its exception is no news beside it."""
    with on(10, 7):
        exception = FilingException.objects.get()
        periods.end_exception(exception, by=world.office)
        assert kinds(world.clerk) == {Kind.CUT_SHORT: 1}
    with on(10, 8):
        review.let_go(september, by=world.office, reason=WHY)
        assert kinds(world.clerk) == {Kind.LET_GO: 1}
        board = todo.board_of(world.clerk, rights_held(world.clerk), {"kind": "let-go"})
        (entry,) = board.groups[0].entries
        assert (entry.why, entry.who, entry.posts) == (WHY, str(world.office), True)
        client.force_login(world.stranger)
        assert client.post(entry.url).status_code == 404
        assert kinds(world.clerk) == {Kind.LET_GO: 1}
        client.force_login(world.clerk)
        for _click in range(2):
            assert client.post(entry.url).url == reverse("home")
        assert kinds(world.clerk) == {}
        assert LetGo.objects.get().noted_by == world.clerk


def test_what_may_be_filed_all_the_same_is_no_news_any_more_but_stands_among_what_is_to_be_filed(world, september):
    with on(10, 20):
        review.let_go(september, by=world.office, reason=WHY)
        assert kinds(world.clerk) == {Kind.LET_GO: 1}
        exception = periods.add_exception(
            world.september, until=date(2023, 10, 30), reason="补报。", by=world.office, sub_item=world.sub_item
        )
        assert kinds(world.clerk) == {}
        board = todo.board_of(world.clerk, rights_held(world.clerk), {"kind": "file"})
        assert board.groups[0].entries[0].note == "按未报处理，现仍可补报"
        periods.end_exception(exception, by=world.office)
        assert kinds(world.clerk)[Kind.LET_GO] == 1  # nobody has noted it, and it cannot be filed again
        periods.add_exception(world.september, until=date(2023, 10, 30), reason="补报。", by=world.office)
        period = ReportingPeriod.objects.get(month="2023-09-01")
        submitted(world, content(world, "76", secured="2500000"), period=period)
        assert kinds(world.clerk) == {}


def test_what_has_locked_is_promised_no_day_and_waits_since_it_was_returned(world, september, client):
    """The exception that the reopening gave is ended on the same day."""
    page = reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    client.force_login(world.clerk)
    with on(10, 6):
        assert "届时报送视为按期" in client.get(page).content.decode()
        periods.end_exception(FilingException.objects.get(), by=world.office)
        shown = client.get(page)
        assert "届时报送视为按期" not in shown.content.decode()
        assert shown.context["due_on"] == world.september.due_on
        (group,) = todo.board_of(world.office, rights_held(world.office), {}).groups
        assert (group.kind, group.entries[0].days_waiting, group.entries[0].is_overdue) == (Kind.RUN_OUT, 0, False)
