"""Returned reports do not fall out of every list: the unit has its days, then the office decides. Whose turn it is."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError, IllegalTransition
from departments.permissions import FILE_REPORT, REVIEW_REPORT, SUPERVISE, rights_held
from minsheng.filing import services as filing
from minsheng.review import services as review
from minsheng.review.queue import queue_of
from minsheng.review.versions import versions_of
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.filing import Filing
from projects.models import FilingException, MonthlyReport, ReportingPeriod, SubItem
from projects.services import exceptions, reports
from projects.standing import standpoint, stood
from tests.factories.departments import UserFactory
from tests.factories.projects import FilingExceptionFactory
from tests.minsheng.life import approved_in_august, content, draft, sheet, submitted

State = MonthlyReport.State


def on(month, day, hour=9):
    return clock.at(datetime(2023, month, day, hour, tzinfo=clock.ZONE))


def kinds(user):
    return {group.kind: group.count for group in todo.board_of(user, rights_held(user), {}).groups}


def returned(world, *, day=(9, 20)):
    """September's report, returned by the office on ``day``."""
    report = submitted(world)
    with on(*day):
        review.send_back(report, by=world.office, comment="请核实。")
    return report


def test_a_return_gives_a_week_at_least(world):
    """September locks on 5 October: what is returned before 28 September has longer than a week anyway."""
    found = {}
    for month, day in ((9, 27), (9, 28), (10, 4), (10, 20)):
        report = submitted(world)
        with on(month, day):
            review.send_back(report, by=world.office, comment="请核实。")
        exception = FilingException.objects.order_by("pk").last()
        found[month, day] = exception.until if exception else None
        MonthlyReport.objects.update(state=State.DRAFT)
    assert found == {
        (9, 27): None,
        (9, 28): date(2023, 10, 5),
        (10, 4): date(2023, 10, 11),
        (10, 20): date(2023, 10, 27),
    }


def test_what_is_returned_on_the_last_open_day_is_filed_the_next(world):
    returned(world, day=(10, 4))
    with on(10, 5):
        assert kinds(world.clerk) == {Kind.RETURNED: 1}
        filing.submit(sheet(world, ReportingPeriod.objects.get(pk=world.september.pk)), by=world.clerk)
    assert MonthlyReport.objects.get().state == State.SUBMITTED


def test_a_returned_report_is_shown_with_why_by_whom_and_until_when(world):
    report = returned(world)
    (entry,) = todo.board_of(world.clerk, rights_held(world.clerk), {}).groups[0].entries
    assert (entry.why, entry.who, entry.until) == ("请核实。", str(world.office), date(2023, 10, 4))
    assert entry.due == date(2023, 9, 27)  # a week, as the review says
    MonthlyReport.objects.filter(pk=report.pk).update(state=State.SUBMITTED)
    with on(10, 2):
        report.refresh_from_db()
        review.send_back(report, by=world.office, comment="再核实。")
        (entry,) = todo.board_of(world.clerk, rights_held(world.clerk), {}).groups[0].entries
    assert (entry.why, entry.due, entry.until) == ("再核实。", date(2023, 10, 9), date(2023, 10, 9))


def test_after_the_days_the_office_decides_and_may_give_more(world):
    report = returned(world)
    with on(10, 4):
        assert (kinds(world.clerk), kinds(world.office)) == ({Kind.RETURNED: 1}, {})
    with on(10, 5):
        assert (kinds(world.clerk), kinds(world.office)) == ({}, {Kind.RUN_OUT: 1})
        board = todo.board_of(world.clerk, rights_held(world.clerk), {})
        assert [entry.title for group in board.pending for entry in group.entries] == [world.sub_item.title]
        review.give_more_time(report, until=date(2023, 10, 9), by=world.office, reason="再给几天。")
        review.give_more_time(report, until=date(2023, 10, 9), by=world.office, reason="再给几天。")  # a double click
        assert FilingException.objects.count() == 1
        with pytest.raises(DomainError, match="等待单位重报"):
            review.give_more_time(report, until=date(2023, 10, 19), by=world.office, reason="再给几天。")
        assert (kinds(world.clerk), kinds(world.office)) == ({Kind.RETURNED: 1}, {})
    with on(10, 10):
        assert (kinds(world.clerk), kinds(world.office)) == ({}, {Kind.RUN_OUT: 1})


def test_a_year_is_not_blocked_by_what_never_came_back(world):
    """August was approved and reopened, and the unit does nothing; September waits."""
    report = approved_in_august(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    september = submitted(world, content(world, "80"))
    with on(9, 28):
        with pytest.raises(DomainError, match="2023年8月"):
            review.approve(september, by=world.office)
        assert kinds(world.office) == {Kind.APPROVE: 1, Kind.RUN_OUT: 1}
        (entry,) = todo.board_of(world.office, rights_held(world.office), {"kind": "approve"}).groups[0].entries
        assert "前面月份" in entry.note
        with pytest.raises(DomainError, match="原因"):
            review.let_go(report, by=world.office, reason=" ")
        for _ in range(2):
            review.let_go(report, by=world.office, reason="单位撤并，不再等待。")
        with pytest.raises(IllegalTransition):
            review.let_go(report, by=UserFactory(), reason="不再等待。")
        assert kinds(world.office) == {Kind.APPROVE: 1}
        review.approve(september, by=world.office, exception="8月不再等待。")  # the month that is missing wants a word
    report.refresh_from_db()
    assert report.state == State.DRAFT
    steps = list(report.events.order_by("pk").values_list("from_state", "to_state", "comment"))
    assert steps[-2:] == [
        (State.APPROVED, State.RETURNED, "数字有误。"),
        (State.RETURNED, State.DRAFT, "单位撤并，不再等待。"),
    ]
    assert report.submitted_by == world.clerk  # who submitted it last
    assert review.readable(world.office).filter(pk=report.pk).exists()
    assert [version.number for version in versions_of(report, world.office)] == [1]
    assert [one.number for one in versions_of(report, world.reviewer())] == [1]


def test_letting_go_is_no_submission(world):
    report = returned(world)
    with on(10, 6):
        review.let_go(report, by=world.office, reason="不再等待。")
    assert reports.last_submission(world.sub_item, date(2023, 10, 1)) is None
    with on(10, 6):
        point = standpoint(world.sub_item.programme, today=clock.today(), month=date(2023, 9, 1))
        assert stood(SubItem.objects.all(), point).get().filing == Filing.MISSING


def test_what_was_let_go_may_be_filed_again_by_an_exception(world):
    report = returned(world)
    with on(10, 6):
        review.let_go(report, by=world.office, reason="不再等待。")
        FilingExceptionFactory(period=world.september, until=date(2023, 10, 10))
        assert kinds(world.clerk) == {Kind.FILE: 1}
        period = ReportingPeriod.objects.get(pk=world.september.pk)
        draft(world, content(world, "77"), period=period)
        filing.submit(sheet(world, period), by=world.clerk)
        report.refresh_from_db()
        review.approve(report, by=world.office)
    assert MonthlyReport.objects.get().percent == 77


def test_a_request_of_the_unit_comes_before_the_decision(world):
    report = returned(world)
    with on(10, 6):
        exceptions.ask(
            ReportingPeriod.objects.get(pk=world.september.pk),
            world.unit,
            by=world.clerk,
            reason="正在核实。",
            wished_until=date(2023, 10, 10),
        )
        assert kinds(world.office) == {Kind.ASKED: 1}
        with pytest.raises(DomainError, match="申请"):
            review.let_go(report, by=world.office, reason="不再等待。")


def test_what_its_unit_may_still_file_is_not_let_go(world):
    report = returned(world)
    with pytest.raises(DomainError, match="等待单位重报"):
        review.let_go(report, by=world.office, reason="不再等待。")
    assert MonthlyReport.objects.get().state == State.RETURNED
    filing.submit(sheet(world), by=world.clerk)
    with pytest.raises(IllegalTransition):
        review.let_go(report, by=world.office, reason="不再等待。")
    assert MonthlyReport.objects.get().state == State.SUBMITTED


def test_a_sub_item_that_was_withdrawn_blocks_nobody(world):
    report = approved_in_august(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    september = submitted(world, content(world, "80"))
    SubItem.objects.update(status=SubItem.Status.WITHDRAWN)
    with on(9, 28):
        assert kinds(world.office) == {Kind.APPROVE: 1}
        review.approve(september, by=world.office)
    assert MonthlyReport.objects.get(pk=september.pk).state == State.APPROVED


def test_the_page_of_the_decision(world, client):
    report = returned(world)
    page = reverse("review:run_out", args=[report.pk])
    client.force_login(world.office)
    assert client.get(page).url == reverse("review:report", args=[report.pk])
    with on(10, 6):
        shown = client.get(page)
        assert shown.context["until"] == date(2023, 10, 4)
        assert page in client.get(reverse("review:report", args=[report.pk])).content.decode()
        for typed in ({}, {"step": "extend", "reason": "再给几天。"}, {"step": "let-go", "until": "2023-10-09"}):
            assert client.post(page, typed).status_code == 422
        past = client.post(page, {"step": "extend", "until": "2023-10-05", "reason": "再给几天。"})
        assert (past.status_code, FilingException.objects.count()) == (409, 0)
        done = client.post(page, {"step": "extend", "until": "2023-10-09", "reason": "再给几天。"})
        assert (done.url, FilingException.objects.get().until) == (reverse("home"), date(2023, 10, 9))
    with on(10, 10):
        MonthlyReport.objects.update(progress="再改的草稿")
        assert client.post(page, {"step": "let-go", "reason": "不再等待。"}).url == reverse("home")
        assert MonthlyReport.objects.get().state == State.DRAFT
        text = client.get(reverse("review:report", args=[report.pk])).content.decode()
        assert "逾期未重报，按未报处理" in text
        assert "再改的草稿" not in text  # a draft's text is its unit's


# Whose turn it is.


def test_who_holds_both_rights_returns_at_either_station(world):
    both = UserFactory(department=world.unit, grants={world.unit: [REVIEW_REPORT], world.jurisdiction: [SUPERVISE]})
    report = submitted(world)
    assert report.state == State.UNIT_REVIEW
    review.send_back(report, by=both, comment="请核实。")
    filing.submit(sheet(world), by=world.clerk)
    report.refresh_from_db()
    review.pass_on(report, by=both)
    review.send_back(report, by=both, comment="请再核实。")
    assert report.events.filter(to_state=State.RETURNED).count() == 2


def test_the_right_for_the_state_is_needed(world):
    reviewer = world.reviewer()
    report = submitted(world)
    with pytest.raises(IllegalTransition):
        review.send_back(report, by=world.office, comment="请核实。")
    review.pass_on(report, by=reviewer)
    with pytest.raises(IllegalTransition):
        review.send_back(report, by=reviewer, comment="请核实。")
    assert MonthlyReport.objects.get().state == State.SUBMITTED


def test_nobody_reviews_what_he_submitted_and_it_is_not_in_his_list(world):
    own = UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT, REVIEW_REPORT]})
    other = world.reviewer()
    draft(world, by=own)
    report = filing.submit(sheet(world), by=own)
    assert report.state == State.UNIT_REVIEW
    assert not review.can_decide(own, report)
    assert (queue_of(own), len(queue_of(other)), kinds(own)) == ([], 1, {})
    for step in (review.pass_on, review.send_back):
        with pytest.raises(DomainError, match="不能"):
            step(report, by=own, comment="x")
    assert MonthlyReport.objects.get().state == State.UNIT_REVIEW


def test_what_nobody_of_the_unit_can_review_goes_to_the_office_at_once(world, client):
    own = UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT, REVIEW_REPORT]})
    other = world.reviewer()
    draft(world, by=own)
    report = filing.submit(sheet(world), by=own)
    assert kinds(world.office) == {}
    with pytest.raises(DomainError, match="2023-09-20"):
        review.take_over(report, by=world.office, reason="滞留")
    other.is_active = False
    other.save()
    (entry,) = todo.board_of(world.office, rights_held(world.office), {}).groups[0].entries
    assert (entry.url, bool(entry.note)) == (reverse("review:take_over", args=[report.pk]), True)
    client.force_login(world.office)
    assert client.get(entry.url).status_code == 200
    review.take_over(report, by=world.office, reason="无人审核")
    assert kinds(world.office) == {Kind.APPROVE: 1}


def test_a_reviewer_by_a_group_counts(world):
    from django.contrib.auth.models import Group
    from guardian.shortcuts import assign_perm

    group = Group.objects.create(name="审核")
    assign_perm(REVIEW_REPORT, group, world.unit)
    member = UserFactory()
    member.groups.add(group)
    report = submitted(world)
    assert (report.state, kinds(world.office)) == (State.UNIT_REVIEW, {})
    member.is_active = False
    member.save()
    assert kinds(world.office) == {Kind.STUCK: 1}


@pytest.mark.parametrize("days", [0, 3])
def test_a_stuck_report_is_in_both_lists(world, days):
    reviewer = world.reviewer()
    submitted(world)
    with clock.at(clock.now() + timedelta(days=days)):
        assert kinds(reviewer) == {Kind.REVIEW: 1}
        assert kinds(world.office) == ({Kind.STUCK: 1} if days else {})
