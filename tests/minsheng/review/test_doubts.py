"""What an approval wants a word for: a later month approved with less, an earlier one never filed, one's own filing."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import Conflict, DomainError
from departments.permissions import SUPERVISE
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.doubts import Doubts, Kind
from minsheng.review.queue import queue_of
from projects.models import MonthlyReport, PeriodFigure, ReportEvent, Responsibility
from tests.factories.departments import UserFactory
from tests.factories.projects import FilingExceptionFactory, ReportingPeriodFactory, SubItemRevisionFactory
from tests.minsheng.life import approved, approved_in_august, content, draft, sheet, submitted

State = MonthlyReport.State


def at(month, day):
    return clock.at(datetime(2023, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


def doubts(world, report, period=None):
    return Doubts(world.office, [report]).of(sheet(world, period or report.period))


def address(report):
    return reverse("review:report", args=[report.pk])


@pytest.fixture
def corrected(world):
    """August reopened although September is approved, and filed again with more than September says."""
    august = approved_in_august(world)
    approved(world, content(world, "75"))
    review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="少报")
    more = content(world, "95", reached="480", secured="2000000", spent="1500000")
    return submitted(world, more, period=world.august)


# a later month -------------------------------------------------------------------------------------------------


def test_an_approval_is_compared_with_the_next_approved_month(world, corrected):
    """What September says just as August did before is carried on: 1,000,000 spent."""
    doubt, carried = doubts(world, corrected)
    assert (doubt.kind, carried.kind) == (Kind.LATER, Kind.CARRIED)
    assert [(now, then) for _what, now, then in doubt.above] == [("95.0%", "75.0%"), ("480", "300")]
    assert [(now, then) for _what, now, then in carried.above] == [("150.00", "100.00")]
    assert doubt.message.startswith("2023年9月已审核通过，其数低于本月：")


def test_what_is_not_above_the_later_month_is_in_order(world):
    august = approved_in_august(world)
    approved(world, content(world, "75"))
    review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="多报")
    report = submitted(world, content(world, "70", reached="300"), period=world.august)
    assert doubts(world, report) == []
    review.approve(report, by=world.office)


def test_it_wants_a_word_which_is_recorded(world, corrected):
    with pytest.raises(DomainError, match="2023年9月"):
        review.approve(corrected, by=world.office)
    assert MonthlyReport.objects.get(pk=corrected.pk).state == State.SUBMITTED
    figures = PeriodFigure.objects.count()

    review.approve(corrected, by=world.office, exception="9月将一并更正")
    event = ReportEvent.objects.latest("pk")
    assert event.snapshot["exception"] == "9月将一并更正"
    assert "其数低于本月" in event.snapshot["despite"][0]
    assert event.comment.endswith("9月将一并更正")
    assert PeriodFigure.objects.count() == figures + 1


def test_the_page_asks_for_the_word_at_its_field(world, corrected, client):
    client.force_login(world.office)
    page = client.get(address(corrected))
    assert "高于后月" in page.content.decode()
    seen = page.context["form"]["seen"].value()
    refused = client.post(address(corrected), {"step": "approve", "seen": seen})
    assert refused.status_code == 422
    assert "exception" in refused.context["form"].errors
    done = client.post(address(corrected), {"step": "approve", "seen": seen, "exception": "9月将一并更正"})
    assert done.status_code == 302
    assert MonthlyReport.objects.get(pk=corrected.pk).state == State.APPROVED


def test_a_word_given_for_something_else_does_not_count(world, corrected, client):
    client.force_login(world.office)
    old = client.post(address(corrected), {"step": "approve", "seen": "skipped:2023-07", "exception": "系统故障"})
    assert old.status_code == 409
    assert MonthlyReport.objects.get(pk=corrected.pk).state == State.SUBMITTED
    with pytest.raises(Conflict):
        review.approve(corrected, by=world.office, exception="系统故障", seen=[])


# an earlier month ----------------------------------------------------------------------------------------------


def test_a_month_that_was_begun_and_never_filed_wants_a_word(world):
    with at(8, 20):
        draft(world, period=world.august)
    report = submitted(world)
    (doubt,) = doubts(world, report)
    assert (doubt.kind, doubt.message) == (
        Kind.SKIPPED,
        "月报须按月份依次审核，此前2023年8月（仅有草稿，已锁定）尚未报送。",
    )
    with pytest.raises(DomainError, match="2023年8月"):
        review.approve(report, by=world.office)
    assert MonthlyReport.objects.get(pk=report.pk).state == State.SUBMITTED
    review.approve(report, by=world.office, exception="8月系统故障")
    assert ReportEvent.objects.latest("pk").snapshot["exception"] == "8月系统故障"


def test_a_month_that_can_still_be_filed_wants_a_word(world):
    FilingExceptionFactory(period=world.august, until=date(2023, 9, 30))
    (doubt,) = doubts(world, submitted(world))
    assert doubt.skipped[0].is_open
    assert "2023年8月（仍可报送）" in doubt.message


@pytest.mark.parametrize(("came", "asked"), [((2023, 9, 3), True), ((2023, 9, 4), False)])
def test_a_locked_month_counts_from_when_the_sub_item_was_in_the_programme(world, came, asked):
    """August locked on 4 September."""
    SubItemRevisionFactory(sub_item=world.sub_item, number=1, at=datetime(*came, 12, tzinfo=clock.ZONE))
    assert bool(doubts(world, submitted(world))) is asked


def test_a_month_between_two_filed_ones_is_missing(world):
    july = ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 7, 1))
    with at(7, 20):
        approved(world, content(world, "60", reached="100"), period=july)
    (doubt,) = doubts(world, submitted(world))
    assert [one.period for one in doubt.skipped] == [world.august]


def test_a_gap_is_asked_for_once(world):
    with at(8, 20):
        draft(world, period=world.august)
    review.approve(submitted(world), by=world.office, exception="8月系统故障")
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 10, 1))
    with at(10, 20):
        report = submitted(world, content(world, "84", reached="350"), period=october)
        assert doubts(world, report) == []


@pytest.mark.parametrize("change", [{"since": date(2023, 9, 1)}, {"files": False}])
def test_a_month_that_nobody_was_to_file_is_not_missing(world, change):
    report = submitted(world)
    SubItemRevisionFactory(sub_item=world.sub_item, number=1, at=datetime(2023, 1, 10, tzinfo=clock.ZONE))
    assert doubts(world, report)
    Responsibility.objects.update(**change)
    assert doubts(world, report) == []


# the queue -----------------------------------------------------------------------------------------------------


def test_a_month_out_of_order_is_unusual_and_never_in_bulk(world, client):
    with at(8, 20):
        draft(world, period=world.august)
    report = submitted(world)
    (row,) = queue_of(world.office)
    assert (row.rank, row.look.rank, row.in_bulk) == (1, 2, False)
    (outcome,) = approve_each({report.pk: row.newest_event}, by=world.office)
    assert "2023年8月" in outcome.why
    assert MonthlyReport.objects.get(pk=report.pk).state == State.SUBMITTED

    client.force_login(world.office)
    page = client.get(reverse("review:queue")).content.decode()
    assert "前月未报" in page
    assert f'value="{report.pk}" form="bulk"' not in page
    looked = client.post(reverse("review:bulk"), {"step": "look", "report": [report.pk]})
    assert [one.report for one in looked.context["left_out"]] == [report]
    assert "前月未报" in looked.content.decode()


def test_ones_own_filing_and_a_missing_month_want_one_word(world):
    with at(8, 20):
        draft(world, period=world.august)
    report = submitted(world)
    colleague = UserFactory(department=world.unit, grants={world.jurisdiction: [SUPERVISE]})
    found = Doubts(colleague, [report]).of(sheet(world))
    assert [one.kind for one in found] == [Kind.OWN, Kind.SKIPPED]
    review.approve(report, by=colleague, exception="督查室设在本单位", seen=[one.key for one in found])
    assert len(ReportEvent.objects.latest("pk").snapshot["despite"]) == 2


# marks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "marks"),
    [
        ({}, (False, False)),
        ({"reached": "100"}, (True, False)),
        ({"spent": "3000000"}, (False, True)),
        ({"reached": "100", "secured": "6000000"}, (True, True)),
    ],
)
def test_a_gap_to_the_targets_and_odd_money_are_two_marks(world, client, what, marks):
    report = submitted(world, content(world, **what))
    (row,) = queue_of(world.office)
    assert (row.look.off_target, row.look.odd_money) == marks
    client.force_login(world.office)
    pages = [
        client.get(reverse("review:queue")),
        client.get(address(report)),
        *([client.post(reverse("review:bulk"), {"report": [report.pk]})] if any(marks) else []),
    ]
    for page in pages:
        html = page.content.decode()
        assert ("进度与目标不符" in html, "资金异常" in html) == marks
