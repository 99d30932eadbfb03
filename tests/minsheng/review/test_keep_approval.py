"""A month that was approved, reopened, and not filed again in time: the office lets the earlier approval stand."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError, IllegalTransition
from departments.permissions import rights_held
from minsheng.daily import tick
from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.review import services as review
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.filing import Filing
from projects.models import MonthlyReport, PeriodFigure, ReportingPeriod, SubItem
from projects.services import reports
from projects.standing import standpoint, stood
from tests.factories.departments import UserFactory
from tests.minsheng.life import approved, approved_in_august, content, draft, sheet, submitted

State = MonthlyReport.State
WHY = "经核实，原数无误。"


def on(month, day, hour=9):
    return clock.at(datetime(2023, month, day, hour, tzinfo=clock.ZONE))


def kinds(user):
    return {group.kind: group.count for group in todo.board_of(user, rights_held(user), {}).groups}


def figures(world, period=None):
    kept = PeriodFigure.objects.filter(sub_item=world.sub_item, period=period or world.august).order_by("sequence")
    return list(kept.values_list("cause", "percent", "secured", "report"))


def stands(world):
    item = SubItem.objects.get(pk=world.sub_item.pk)
    return item.percent, item.secured, item.figure_period_id


@pytest.fixture
def august(world):
    """August was approved with 68 %, and is reopened; the unit changed its draft."""
    report = approved_in_august(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    world.august.refresh_from_db()
    draft(world, content(world, "90", reached="400", secured="2500000", reason="x"), period=world.august)
    return MonthlyReport.objects.get(pk=report.pk)


def test_the_month_says_again_what_was_approved(world, august):
    before, version = figures(world), august.version
    assert stands(world) == (None, None, None)
    with on(9, 28):
        assert kinds(world.office) == {Kind.RUN_OUT: 1}
        for _click in range(2):
            review.keep_approval(august, by=world.office, reason=WHY)
        assert kinds(world.office) == {}
    august.refresh_from_db()
    said = content_of(filing.fresh(august))
    assert (august.state, said.percent, said.targets) == (State.APPROVED, 68, {world.target.pk: Decimal(200)})
    assert said.money[world.line.pk].secured == 2_000_000
    assert (said.progress, said.reason) == ("本月完成主体施工。", "")
    assert (august.version, august.edited_by, august.submitted_by) == (version + 1, world.office, world.clerk)
    assert figures(world) == before  # no 更正 of what was never changed
    assert stands(world) == (68, 2_000_000, world.august.pk)
    step = august.events.latest("pk")
    assert (step.from_state, step.to_state, step.comment, step.title) == (
        State.RETURNED,
        State.APPROVED,
        WHY,
        "维持原审核结果",
    )
    assert (step.actor, step.on_behalf_of_name) == (world.office, "")
    assert step.snapshot == reports.last_approval(august).snapshot
    assert step.snapshot["percent"] == "68.0"


def test_the_following_months_may_be_approved_and_compare_with_it(world, august):
    september = submitted(world, content(world, "80"))
    with on(9, 28):
        review.keep_approval(august, by=world.office, reason=WHY)
        review.approve(september, by=world.office)
    assert MonthlyReport.objects.get(pk=september.pk).state == State.APPROVED


def test_what_was_filed_anew_and_returned_again_does_not_count(world, august):
    """The unit files another figure, and it is returned again: the last word is the approval."""
    reviewer = world.reviewer()
    filing.submit(sheet(world, world.august), by=world.clerk)
    report = MonthlyReport.objects.get(pk=august.pk)
    review.pass_on(report, by=reviewer)
    review.send_back(report, by=world.office, comment="仍不对。")
    assert (report.reviewed_by, reports.last_submission(world.sub_item, date(2023, 9, 1)).snapshot["percent"]) == (
        reviewer,
        "90.0",
    )
    with on(9, 28):
        review.keep_approval(report, by=world.office, reason=WHY)
        report.refresh_from_db()
        assert (report.percent, report.submitted_by, report.reviewed_by) == (68, world.clerk, None)
        last = reports.last_submission(world.sub_item, date(2023, 9, 1))
        assert last.snapshot["percent"] == "68.0"
        point = standpoint(world.sub_item.programme, today=clock.today(), month=world.august.month)
        assert stood(SubItem.objects.all(), point).get().filing == Filing.ON_TIME


def test_nothing_is_written_over_where_the_unit_changed_nothing(world):
    report = approved_in_august(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    with on(9, 28):
        review.keep_approval(report, by=world.office, reason=WHY)
    report.refresh_from_db()
    assert (report.version, report.edited_by) == (1, world.clerk)


def test_a_later_month_that_locked_without_it_is_corrected_and_one_that_carries_it_is_not(world, august):
    with on(10, 6):
        tick(world.sub_item.programme)
        september = ReportingPeriod.objects.get(pk=world.september.pk)
        assert [row[:2] for row in figures(world, september)] == [("lock", None)]
        review.keep_approval(august, by=world.office, reason=WHY)
        assert [row[:3] for row in figures(world, september)][1:] == [("correction", 68, 2_000_000)]
        newest = PeriodFigure.objects.get(period=september, newest=True)
        assert newest.reason == f"2023年8月月报维持原审核结果：{WHY}"
        review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="再看。")
    with on(10, 20):
        review.keep_approval(august, by=world.office, reason=WHY)
        assert len(figures(world, september)) == 2


def test_it_is_reopened_and_kept_again(world, august):
    with on(9, 28):
        review.keep_approval(august, by=world.office, reason=WHY)
        review.reopen(august, by=world.office, reason="再看。")
        with pytest.raises(DomainError, match="等待单位重报"):
            review.keep_approval(august, by=world.office, reason=WHY)
    with on(10, 20):
        review.keep_approval(august, by=world.office, reason=WHY)
    august.refresh_from_db()
    assert (august.state, august.percent) == (State.APPROVED, 68)


def test_what_cannot_be_kept_is_refused_and_changes_nothing(world, august):
    with pytest.raises(DomainError, match="等待单位重报"):
        review.keep_approval(august, by=world.office, reason=WHY)
    with on(9, 28):
        with pytest.raises(DomainError, match="原因"):
            review.keep_approval(august, by=world.office, reason=" ")
        september = submitted(world, content(world, "80"))
        with pytest.raises(IllegalTransition):
            review.keep_approval(september, by=world.office, reason=WHY)
        review.send_back(september, by=world.office, comment="请核实。")
    with on(10, 20):
        with pytest.raises(DomainError, match="未曾审核通过"):
            review.keep_approval(september, by=world.office, reason=WHY)
        review.keep_approval(august, by=world.office, reason=WHY)
        with pytest.raises(IllegalTransition):  # another person is told that it has been decided
            review.keep_approval(august, by=UserFactory(), reason=WHY)
    assert august.events.filter(to_state=State.APPROVED).count() == 2
    assert september.events.filter(to_state=State.APPROVED).count() == 0


def test_an_ordinary_approval_is_no_second_click(world):
    report = approved(world)
    with pytest.raises(IllegalTransition):
        review.keep_approval(report, by=world.office, reason=WHY)


def test_the_page_says_that_it_had_been_approved_and_offers_to_keep_it(world, august, client):
    page = reverse("review:run_out", args=[august.pk])
    client.force_login(world.office)
    with on(9, 28):
        shown = client.get(page).content.decode()
        assert "本月月报曾于2023-08-20" in shown
        assert client.get(page).context["approved"][0].label == "进度（%）"
        for figure in ("68.0%", "200.00", "100.00"):
            assert figure in shown
        assert "90.0%" not in shown
        assert 'btn-primary" type="submit" name="step" value="keep"' in shown
        assert client.post(page, {"step": "keep", "reason": ""}).status_code == 422
        for _click in range(2):
            assert client.post(page, {"step": "keep", "reason": WHY}).url == reverse("home")
        assert MonthlyReport.objects.get().state == State.APPROVED
        text = client.get(reverse("review:report", args=[august.pk])).content.decode()
        assert "维持原审核结果" in text
        assert WHY in text


def test_a_month_that_was_never_approved_offers_it_not(world, client):
    report = submitted(world)
    review.send_back(report, by=world.office, comment="请核实。")
    page = reverse("review:run_out", args=[report.pk])
    client.force_login(world.office)
    with on(10, 6):
        shown = client.get(page).content.decode()
        assert 'value="keep"' not in shown
        assert 'btn-primary" type="submit" name="step" value="extend"' in shown
        assert client.post(page, {"step": "keep", "reason": WHY}).status_code == 409
    assert MonthlyReport.objects.get().state == State.RETURNED


def test_letting_go_is_not_done_on_behalf_of_anybody(world, august):
    with on(9, 28):
        review.let_go(august, by=world.office, reason="不再等待。")
    assert august.events.latest("pk").on_behalf_of is None
