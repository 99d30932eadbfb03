"""A later month that only carried on what was said before: whoever decides an earlier one anew looks at it again."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError
from departments.permissions import rights_held
from minsheng.review import rechecks
from minsheng.review import services as review
from minsheng.review.doubts import Doubts, Kind
from minsheng.review.queue import queue_of
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind as ToDo
from projects.models import MonthlyReport, Recheck
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import LineAssignmentFactory
from tests.factories.projects import ReportingPeriodFactory
from tests.minsheng.life import approved, approved_in_august, content, draft, sheet, submitted

State = MonthlyReport.State
WHY = "9月数据另有来源，无误。"


def kinds(user):
    return {group.kind: group.count for group in todo.board_of(user, rights_held(user), {}).groups}


def nil_of(world, percent="68", reached="200", **more):
    return replace(content(world, percent, reached=reached, progress="", **more), is_nil=True, nil_reason="无变化。")


def corrected(world, percent="66", reached="190"):
    """August reopened, and filed again with less."""
    august = MonthlyReport.objects.get(period=world.august)
    review.reopen(august, by=world.office, reason="多报。")
    return submitted(world, content(world, percent, reached=reached), period=world.august)


@pytest.fixture
def august(world):
    """August was approved with 68 %, September as a nil report of it; August is corrected."""
    approved_in_august(world)
    approved(world, nil_of(world))
    return corrected(world)


@pytest.fixture
def september(world, august):
    """September, to be looked at again."""
    review.approve(august, by=world.office, exception="9月将一并更正。")
    return MonthlyReport.objects.get(period=world.september)


def test_the_approval_names_the_nil_report_and_wants_a_word(world, august):
    (doubt,) = Doubts(world.office, [august]).of(sheet(world, world.august))
    assert (doubt.kind, doubt.later.report.period) == (Kind.CARRIED, world.september)
    assert [(now, then) for _what, now, then in doubt.above] == [("66.0%", "68.0%"), ("190", "200")]
    assert doubt.message.startswith("2023年9月已审核通过，其数沿用此前数据：进度66.0%（该月68.0%）")
    (row,) = queue_of(world.office)
    assert (row.rank, row.in_bulk) == (1, False)
    with pytest.raises(DomainError, match="2023年9月"):
        review.approve(august, by=world.office)
    assert not Recheck.objects.exists()


def test_it_then_waits_for_the_office_until_it_is_said_to_be_right(world, september):
    assert kinds(world.office) == {ToDo.RECHECK: 1}
    assert todo.number(world.office, rights_held(world.office)) == 1
    assert Recheck.objects.get().figures[0] == ["进度", "68.0%", "66.0%"]
    with pytest.raises(DomainError, match="理由"):
        rechecks.say_right(september, by=world.office, reason=" ")
    for _click in range(2):
        rechecks.say_right(september, by=world.office, reason=WHY)
    assert kinds(world.office) == {}
    with pytest.raises(DomainError):
        rechecks.say_right(september, by=UserFactory(), reason=WHY)
    one = Recheck.objects.get()
    assert (one.said_by, one.word) == (world.office, WHY)


def test_or_until_it_is_reopened_and_approved_again(world, september):
    review.reopen(september, by=world.office, reason="随8月更正。")
    assert kinds(world.office) == {}
    report = submitted(world, content(world, "75", reached="195"))
    review.approve(report, by=world.office)
    assert kinds(world.office) == {}
    with pytest.raises(DomainError):
        rechecks.say_right(report, by=world.office, reason=WHY)


def test_what_says_the_same_again_asks_nothing(world, september):
    report = corrected(world, "68", "200")
    assert Doubts(world.office, [report]).of(sheet(world, world.august)) == []
    review.approve(report, by=world.office)
    assert kinds(world.office) == {}


def test_a_month_that_said_something_itself_ends_the_chain(world):
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 10, 1))
    approved_in_august(world)
    approved(world, content(world, "75", reached="210"))
    with clock.at(datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)):
        what = nil_of(world, "75", "210", reason="征地滞后。", measure_by=date(2023, 11, 30))
        approved(world, what, period=october)
        report = corrected(world)
        assert Doubts(world.office, [report]).of(sheet(world, world.august)) == []


def test_every_nil_report_that_follows_is_named(world):
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 10, 1))
    approved_in_august(world)
    approved(world, nil_of(world))
    with clock.at(datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)):
        approved(world, nil_of(world, reason="征地滞后。", measure_by=date(2023, 11, 30)), period=october)
        report = corrected(world)
        found = Doubts(world.office, [report]).of(sheet(world, world.august))
        assert [one.later.report.period for one in found] == [world.september, october]
        review.approve(report, by=world.office, exception="将一并更正。")
        assert kinds(world.office) == {ToDo.RECHECK: 2}


def test_a_line_that_nobody_read_carries_on_too(world):
    approved_in_august(world)
    LineAssignmentFactory(line=world.line, department=DepartmentFactory(), since=world.september.month)
    approved(world, content(world, "75"))
    review.reopen(MonthlyReport.objects.get(period=world.august), by=world.office, reason="少报。")
    more = content(world, "68", reached="200", secured="2400000")
    report = submitted(world, more, period=world.august)
    (doubt,) = Doubts(world.office, [report]).of(sheet(world, world.august))
    assert (doubt.kind, [(now, then) for _what, now, then in doubt.above]) == (Kind.CARRIED, [("240.00", "200.00")])


def rechecked():
    """By month what waits: as the later month says it, as the earlier one does."""
    return {one.report.period.month.month: [pair[1:] for pair in one.figures] for one in Recheck.objects.waiting()}


def test_an_ordinary_report_with_lines_as_last_month_carries_them_on(world):
    """September says its own percent and target; both amounts are as August had said."""
    approved_in_august(world)
    approved(world, content(world, "75", reached="210"))
    review.reopen(MonthlyReport.objects.get(period=world.august), by=world.office, reason="多计。")
    less = content(world, "67", reached="190", secured="1500000", spent="900000", reason="核减。")
    report = submitted(world, less, period=world.august)
    (doubt,) = Doubts(world.office, [report]).of(sheet(world, world.august))
    assert (doubt.kind, [(now, then) for _what, now, then in doubt.above]) == (
        Kind.CARRIED,
        [("150.00", "200.00"), ("90.00", "100.00")],
    )
    review.approve(report, by=world.office, exception="9月将一并更正。")
    assert rechecked() == {9: [["200.00", "150.00"], ["100.00", "90.00"]]}


def test_what_the_later_month_says_otherwise_is_not_asked(world):
    approved_in_august(world)
    approved(world, content(world, "75", reached="210", secured="2100000", spent="1100000"))
    review.approve(corrected(world), by=world.office)
    assert rechecked() == {}


def test_so_it_goes_through_every_month_up_to_one_that_says_another_figure(world):
    october, november = (
        ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, month, 1)) for month in (10, 11)
    )
    approved_in_august(world)
    approved(world, content(world, "75", reached="210"))
    lag = {"reason": "征地滞后。", "measure_by": date(2023, 12, 20)}
    for period, spent in ((october, "1000000"), (november, "1200000")):
        with clock.at(datetime(2023, period.month.month, 20, 9, tzinfo=clock.ZONE)):
            approved(world, content(world, "80", reached="220", spent=spent, **lag), period=period)
    with clock.at(datetime(2023, 11, 20, 9, tzinfo=clock.ZONE)):
        review.reopen(MonthlyReport.objects.get(period=world.august), by=world.office, reason="多计。")
        less = content(world, "68", reached="200", secured="1500000", spent="900000")
        report = submitted(world, less, period=world.august)
        review.approve(report, by=world.office, exception="将一并更正。")
    found = rechecked()
    assert found == {
        9: [["200.00", "150.00"], ["100.00", "90.00"]],
        10: [["200.00", "150.00"], ["100.00", "90.00"]],
        11: [["200.00", "150.00"]],
    }


def test_a_second_correction_asks_again_and_the_first_figures_are_still_known(world):
    approved_in_august(world)
    approved(world, content(world, "75", reached="210"))
    for secured, told in (("1500000", "150.00"), ("1400000", "140.00")):
        review.reopen(MonthlyReport.objects.get(period=world.august), by=world.office, reason="多计。")
        report = submitted(world, content(world, "68", reached="200", secured=secured), period=world.august)
        review.approve(report, by=world.office, exception="9月将一并更正。")
        assert rechecked() == {9: [["200.00", told]]}


def test_a_figure_of_before_the_last_correction_is_no_longer_what_this_month_said(world):
    """September was filed after August's first correction, with the amount of before it: that it says itself."""
    approved_in_august(world)
    review.approve(corrected(world), by=world.office)
    report = submitted(world, content(world, "75", reached="200", secured="2100000", spent="1100000"))
    review.approve(report, by=world.office, exception="已核，确为200。")
    review.approve(corrected(world, "66", "180"), by=world.office)
    assert rechecked() == {}


def test_letting_go_asks_for_lines_as_last_month_too(world):
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 10, 1))
    approved_in_august(world)
    september = approved(world, content(world, "75", secured="2500000"))
    lag = {"reason": "征地滞后。", "measure_by": date(2023, 12, 20)}
    with clock.at(datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)):
        approved(world, content(world, "80", reached="310", secured="2500000", **lag), period=october)
        review.reopen(september, by=world.office, reason="数字虚高。")
    with clock.at(datetime(2023, 10, 30, 9, tzinfo=clock.ZONE)):
        review.let_go(september, by=world.office, reason="不再等待。")
        assert rechecked() == {10: [["250.00", "200.00"]]}


def test_what_was_said_to_be_right_is_not_asked_again_where_nothing_has_changed(world, september):
    rechecks.say_right(september, by=world.office, reason=WHY)
    august = MonthlyReport.objects.get(period=world.august)
    review.reopen(august, by=world.office, reason="再看。")
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        review.keep_approval(august, by=world.office, reason="无误。")
        assert rechecked() == {}
        review.reopen(august, by=world.office, reason="再看。")
        review.approve(
            submitted(world, content(world, "64", reached="190"), period=world.august),
            by=world.office,
            exception="9月数据另有来源。",
        )
        assert rechecked() == {9: [["68.0%", "64.0%"], ["200", "190"]]}


def test_letting_the_month_go_asks_too_and_keeping_it_does_not(world, september):
    review.reopen(MonthlyReport.objects.get(period=world.august), by=world.office, reason="再看。")
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        report = MonthlyReport.objects.get(period=world.august)
        assert kinds(world.office) == {ToDo.RUN_OUT: 1, ToDo.RECHECK: 1}
        review.let_go(report, by=world.office, reason="不再等待。")
        assert kinds(world.office) == {ToDo.RECHECK: 1}
        assert [one.because.to_state for one in Recheck.objects.waiting()] == [State.DRAFT]


def test_keeping_the_approval_that_it_carried_on_settles_it(world):
    approved_in_august(world)
    approved(world, nil_of(world))
    review.reopen(MonthlyReport.objects.get(period=world.august), by=world.office, reason="再看。")
    draft(world, content(world, "50"), period=world.august)
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        review.keep_approval(MonthlyReport.objects.get(period=world.august), by=world.office, reason="无误。")
        assert kinds(world.office) == {}


def test_the_page_shows_both_figures_and_offers_both_ways(world, september, client):
    page, there = (reverse(f"review:{name}", args=[september.pk]) for name in ("recheck", "report"))
    client.force_login(world.office)
    entry = todo.board_of(world.office, rights_held(world.office), {}).groups[0].entries[0]
    assert (entry.url, entry.note) == (page, "2023年8月已重新审定，本月仍沿用其原数据")
    for shown in (client.get(page), client.get(there)):
        text = " ".join(shown.content.decode().split())
        assert "进度：本月68.0%，2023年8月66.0%" in text
    text = client.get(page).content.decode()
    for month in (world.august, world.september):
        assert f'href="{reverse("review:report", args=[MonthlyReport.objects.get(period=month).pk])}"' in text
    seen = Recheck.objects.get().pk
    assert f'name="seen" value="{seen}"' in text
    assert client.post(page, {"reason": "", "seen": seen}).status_code == 422
    for _click in range(2):
        assert client.post(page, {"reason": WHY, "seen": seen}).url == there
    assert WHY in client.get(there).content.decode()
    assert client.get(page).url == there
    client.force_login(UserFactory(grants={world.unit: ["departments.review_report"]}))
    assert client.post(page, {"reason": WHY}).status_code == 403


def test_the_page_that_reopens_takes_what_was_typed_along(world, september, client):
    page = reverse("review:recheck", args=[september.pk])
    client.force_login(world.office)
    shown = client.post(page, {"reason": "随8月更正", "seen": Recheck.objects.get().pk, "step": "reopen"})
    text = shown.content.decode()
    assert (shown.status_code, "随8月更正</textarea>" in text) == (200, True)
    there = reverse("review:reopen", args=[september.pk])
    assert f'action="{there}"' in text
    assert (MonthlyReport.objects.get(pk=september.pk).state, kinds(world.office)) == (
        State.APPROVED,
        {ToDo.RECHECK: 1},
    )
    assert client.post(there, {"reason": "随8月更正"}).status_code == 302
    assert MonthlyReport.objects.get(pk=september.pk).state == State.RETURNED
    client.force_login(world.clerk)
    assert client.post(page, {"reason": "x", "step": "reopen"}).status_code == 404


def test_nothing_is_said_to_be_right_that_was_not_looked_at(world, september, client):
    """Another person has August corrected once more while the page is open."""
    page = reverse("review:recheck", args=[september.pk])
    seen = Recheck.objects.get().pk
    review.approve(corrected(world, "64", "150"), by=world.office, exception="9月将一并更正。")
    client.force_login(world.office)
    shown = client.post(page, {"reason": "相差2个百分点，可以接受。", "seen": seen})
    text = " ".join(shown.content.decode().split())
    assert shown.status_code == 409
    assert all(one in text for one in ("相差2个百分点，可以接受。", "本月68.0%，2023年8月64.0%", "重新审定"))
    assert (kinds(world.office), Recheck.objects.exclude(said_at=None).count()) == ({ToDo.RECHECK: 1}, 0)
    now = Recheck.objects.waiting().get().pk
    assert client.post(page, {"reason": "可以接受。", "seen": now}).status_code == 302
    assert kinds(world.office) == {}


def test_keeping_the_later_month_passes_over_nothing(world, september, client):
    """September is to be looked at again, is reopened for that, and nothing comes."""
    review.reopen(september, by=world.office, reason="随8月更正。")
    client.force_login(world.office)
    with clock.at(datetime(2023, 10, 6, 9, tzinfo=clock.ZONE)):
        assert kinds(world.office) == {ToDo.RUN_OUT: 1}
        text = " ".join(client.get(reverse("review:run_out", args=[september.pk])).content.decode().split())
        assert "进度：本月68.0%，2023年8月66.0%" in text
        assert "该项仍待复核" in text
        review.keep_approval(september, by=world.office, reason="单位未改。")
        assert kinds(world.office) == {ToDo.RECHECK: 1}
        rechecks.say_right(september, by=world.office, reason=WHY)
        review.reopen(september, by=world.office, reason="再看。")
    with clock.at(datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)):
        review.keep_approval(september, by=world.office, reason="单位未改。")
        assert ToDo.RECHECK not in kinds(world.office)
