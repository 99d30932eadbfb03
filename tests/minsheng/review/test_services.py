"""Decisions on reports: who, in which order, with what effect on the figures."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError, IllegalTransition
from minsheng.daily import tick
from minsheng.office import history
from minsheng.review import services as review
from projects.models import FilingException, Light, MonthlyReport, PeriodFigure, ReportEvent, SubItem
from tests.factories.departments import UserFactory
from tests.factories.funding import FundingLineFactory, FundingReadingFactory
from tests.factories.projects import LightOverrideFactory, MilestoneFactory
from tests.minsheng.life import approved, content, submitted

State = MonthlyReport.State
AUGUST_20 = datetime(2023, 8, 20, 9)  # noqa: DTZ001 Shanghai time, as the clock reads it
OCTOBER_6 = datetime(2023, 10, 6, 9)  # noqa: DTZ001


def test_approval_keeps_a_figure_and_moves_the_sub_item(world):
    report = approved(world, content(world, "70"))

    figure = PeriodFigure.objects.get()
    assert (figure.percent, figure.scheduled_percent, figure.light, figure.cause) == (
        Decimal(70),
        Decimal(75),
        Light.GREEN,
        PeriodFigure.Cause.APPROVAL,
    )
    assert (figure.planned, figure.secured, figure.spent) == (5_000_000, 2_000_000, 1_000_000)
    assert (figure.department, figure.department_name, figure.report) == (world.unit, world.unit.name, report)
    assert figure.rule_version == "1:standard:10/30"
    assert figure.inputs["percent"] == "70.0"
    sub_item = SubItem.objects.get()
    assert (sub_item.percent, sub_item.light, sub_item.spent) == (70, Light.GREEN, 1_000_000)
    assert sub_item.figure_period == world.september


def test_every_step_is_an_event_with_its_snapshot(world):
    reviewer = world.reviewer()
    report = submitted(world)
    review.pass_on(report, by=reviewer, comment="属实")
    review.approve(report, by=world.office)

    steps = ReportEvent.objects.order_by("pk")
    assert [(step.from_state, step.to_state, step.actor_id, step.snapshot["percent"]) for step in steps] == [
        (State.DRAFT, State.UNIT_REVIEW, world.clerk.pk, "75.0"),
        (State.UNIT_REVIEW, State.SUBMITTED, reviewer.pk, "75.0"),
        (State.SUBMITTED, State.APPROVED, world.office.pk, "75.0"),
    ]


def test_of_two_decisions_the_second_is_refused(world):
    report = submitted(world)
    same = MonthlyReport.objects.get(pk=report.pk)
    review.approve(report, by=world.office)
    with pytest.raises(IllegalTransition):
        review.send_back(same, by=world.office, comment="数据有误")
    assert MonthlyReport.objects.get().state == State.APPROVED
    assert ReportEvent.objects.filter(to_state=State.RETURNED).count() == 0


def test_a_return_needs_a_reason_and_keeps_what_was_submitted(world):
    report = submitted(world)
    with pytest.raises(DomainError):
        review.send_back(report, by=world.office, comment="  ")
    review.send_back(report, by=world.office, comment="请核实完成数")

    assert MonthlyReport.objects.get().state == State.RETURNED
    event = ReportEvent.objects.get(to_state=State.RETURNED)
    assert (event.comment, event.snapshot["percent"]) == ("请核实完成数", "75.0")
    assert not PeriodFigure.objects.exists()


def test_a_return_after_the_lock_opens_a_dated_exception(world):
    report = submitted(world)
    with clock.at(OCTOBER_6):
        review.send_back(report, by=world.office, comment="请核实")
        assert FilingException.objects.get().until == date(2023, 10, 13)
        kept = history.of(world.sub_item.programme)[0]  # beside all that happens to the programme's periods
        assert (kept.event.action, kept.event.details["whom"]) == ("period.exception", str(world.sub_item))
        again = submitted(world, content(world, "76"))
        review.approve(again, by=world.office)
    assert SubItem.objects.get().percent == 76


def test_nobody_approves_what_he_filed_unless_a_reason_is_recorded(world):
    report = submitted(world)
    MonthlyReport.objects.update(submitted_by=world.office)
    with pytest.raises(DomainError):
        review.approve(report, by=world.office)
    assert MonthlyReport.objects.get().state == State.SUBMITTED

    review.approve(report, by=world.office, exception="党政办公室自行填报，办公室仅一人在岗")
    assert ReportEvent.objects.get(to_state=State.APPROVED).snapshot["exception"].startswith("党政办公室")


def test_the_submitter_does_not_review_for_his_unit(world):
    reviewer = world.reviewer()
    report = submitted(world)
    MonthlyReport.objects.update(submitted_by=reviewer)
    with pytest.raises(DomainError):
        review.pass_on(report, by=reviewer)
    assert MonthlyReport.objects.get().state == State.UNIT_REVIEW


def test_months_are_approved_in_order(world):
    with clock.at(AUGUST_20):
        august = submitted(world, content(world, "70"), period=world.august)
    september = submitted(world)
    with pytest.raises(DomainError, match="2023年8月"):
        review.approve(september, by=world.office)
    review.approve(august, by=world.office)
    review.approve(september, by=world.office)
    assert SubItem.objects.get().percent == 75


def test_the_checks_run_again_at_approval(world):
    report = submitted(world)
    SubItem.objects.update(deadline=date(2023, 9, 30))  # what was on time is late now
    with pytest.raises(DomainError):
        review.approve(report, by=world.office)
    assert not PeriodFigure.objects.exists()


def test_the_lock_carries_the_last_figures_and_a_late_approval_corrects_them(world):
    with clock.at(AUGUST_20):
        august = submitted(world, content(world, "66"), period=world.august)
    with clock.at(OCTOBER_6):
        tick(world.sub_item.programme)
        carried = PeriodFigure.objects.get(period=world.september)
        assert (carried.cause, carried.percent, carried.light) == (PeriodFigure.Cause.LOCK, None, Light.RED)
        review.approve(august, by=world.office)

    rows = PeriodFigure.objects.filter(period=world.september).order_by("sequence")
    assert list(rows.values_list("cause", "percent", "light", "newest")) == [
        ("lock", None, "red", False),
        ("correction", Decimal("66.0"), "green", True),
    ]
    assert SubItem.objects.get().percent == 66


def test_tick_twice_is_tick_once(world):
    with clock.at(OCTOBER_6):
        first, second = tick(world.sub_item.programme), tick(world.sub_item.programme)
    assert (first.opened, first.locked) == (8, 9)  # January to July and October beside August and September
    assert (second.opened, second.locked, second.kept) == (0, 0, 0)
    assert PeriodFigure.objects.filter(period=world.september).count() == 1


def test_tick_adds_what_time_alone_decides(world):
    approved(world)
    SubItem.objects.update(deadline=date(2023, 10, 31))
    PeriodFigure.objects.update(light=Light.GREEN)
    with clock.at(datetime(2023, 10, 20)):  # noqa: DTZ001
        tick(world.sub_item.programme)
        assert SubItem.objects.get().light == Light.YELLOW  # 75 of 90 at the end of September
    with clock.at(datetime(2023, 11, 1)):  # noqa: DTZ001
        tick(world.sub_item.programme)
        assert SubItem.objects.get().light == Light.RED
    assert PeriodFigure.objects.get(period=world.september).light == Light.GREEN  # the past is as it was


def test_nobody_turns_yellow_by_waiting_between_filings(world):
    approved(world, content(world, "65"))
    for day in (21, 24, 25, 30):
        with clock.at(datetime(2023, 9, day)):  # noqa: DTZ001
            tick(world.sub_item.programme)
            assert SubItem.objects.get().light == Light.GREEN
    with clock.at(datetime(2023, 10, 24)):  # noqa: DTZ001
        tick(world.sub_item.programme)
        assert SubItem.objects.get().light == Light.GREEN
    with clock.at(datetime(2023, 10, 25)):  # noqa: DTZ001 October is due
        tick(world.sub_item.programme)
        assert SubItem.objects.get().light == Light.YELLOW


def test_an_override_is_shown_with_its_reason_and_its_end(world):
    LightOverrideFactory(sub_item=world.sub_item, until=date(2023, 10, 31), reason="上级调整计划")
    approved(world)
    sub_item = SubItem.objects.get()
    assert sub_item.light == Light.YELLOW
    assert "上级调整计划" in sub_item.sentence
    assert "2023-10-31" in sub_item.sentence


def test_milestones_only_counts_their_weights(world):
    SubItem.objects.update(progress_kind=SubItem.ProgressKind.MILESTONES)
    MilestoneFactory(sub_item=world.sub_item, weight=3, due_on=date(2023, 6, 30), done_on=date(2023, 7, 20))
    MilestoneFactory(sub_item=world.sub_item, weight=1, due_on=date(2023, 12, 31))
    world.sub_item.refresh_from_db()
    approved(world)
    figure = PeriodFigure.objects.get()
    assert (figure.percent, figure.scheduled_percent, figure.light) == (75, 75, Light.GREEN)


def test_the_queue_holds_exactly_what_waits_for_each(world):
    reviewer = world.reviewer()
    report = submitted(world)
    waiting = {
        person: list(review.reviewable(person)) for person in (reviewer, world.office, world.leader, world.clerk)
    }
    assert waiting == {reviewer: [report], world.office: [], world.leader: [], world.clerk: []}
    review.pass_on(report, by=reviewer)
    assert [list(review.reviewable(person)) for person in (reviewer, world.office)] == [[], [report]]
    review.approve(report, by=world.office)
    assert [list(review.reviewable(person)) for person in (reviewer, world.office)] == [[], []]


def test_another_jurisdictions_office_sees_nothing(world):
    submitted(world)
    from departments.permissions import SUPERVISE
    from tests.factories.departments import JurisdictionFactory

    other = UserFactory(grants={JurisdictionFactory(): [SUPERVISE]})
    assert not review.reviewable(other).exists()
    assert not review.readable(other).exists()


def test_a_report_of_a_month_not_yet_over_is_not_judged_as_if_it_were(world):
    SubItem.objects.update(deadline=date(2023, 9, 30))
    approved(world, content(world, "95"))
    assert (PeriodFigure.objects.get().light, SubItem.objects.get().light) == (Light.GREEN, Light.GREEN)
    with clock.at(datetime(2023, 10, 1)):  # noqa: DTZ001
        tick(world.sub_item.programme)
    assert SubItem.objects.get().light == Light.RED


def test_sums_of_the_largest_amounts_fit(world, client):
    largest = Decimal(10) ** 12
    report = submitted(world, content(world, secured=str(largest), spent=str(largest)))
    for _ in range(9):
        line = FundingLineFactory(sub_item=world.sub_item, planned=largest)
        FundingReadingFactory(report=report, line=line, secured=largest, spent=largest)
    review.approve(report, by=world.office)
    assert SubItem.objects.get().spent == largest * 10
    client.force_login(world.leader)
    assert client.get(reverse("dashboard:overview", args=[world.sub_item.programme_id])).status_code == 200


def test_what_is_still_in_unit_review_is_the_units_own(world):
    world.reviewer()
    report = submitted(world)
    readers = [world.clerk, world.office, world.leader]
    assert [MonthlyReport.objects.readable_by(person).exists() for person in readers] == [True, False, False]
    assert not review.readable(world.office).filter(pk=report.pk).exists()
