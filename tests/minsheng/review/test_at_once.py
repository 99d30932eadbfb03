"""Two decisions at the same moment, or a decision and a draft: one stands, the other is told."""

from datetime import date

import pytest

from departments import clock
from departments.permissions import SUPERVISE
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from projects.models import FilingException, MonthlyReport, PeriodFigure, ReportEvent, ReportingPeriod, SubItem
from tests.factories.departments import UserFactory
from tests.minsheng.life import approved_in_august, content, draft, submitted
from tests.minsheng.pairs import DONE, MANY, REFUSED, Pair, again, report, steps

pytestmark = pytest.mark.django_db(transaction=True)
State = MonthlyReport.State


@pytest.fixture
def both():
    with Pair() as pair:
        yield pair


@pytest.fixture
def second(world):
    return UserFactory(grants={world.jurisdiction: [SUPERVISE]})


def test_two_approve(world, both, second):
    submitted(world)
    for _ in range(MANY):
        again(State.SUBMITTED)
        ends = both(*(lambda by=by: review.approve(report(), by=by) for by in (world.office, second)))
        assert sorted(ends) == [DONE, REFUSED]
        assert (steps(), PeriodFigure.objects.count()) == ([State.APPROVED], 1)


def test_approval_and_return(world, both, second):
    submitted(world)
    for _ in range(MANY):
        again(State.SUBMITTED)
        ends = both(
            lambda: review.approve(report(), by=world.office),
            lambda: review.send_back(report(), by=second, comment="请核实。"),
        )
        assert sorted(ends) == [DONE, REFUSED]
        assert steps() == [State.APPROVED if ends[0] == DONE else State.RETURNED] == [report().state]
        assert PeriodFigure.objects.count() == (ends[0] == DONE)


def test_passing_on_and_taking_over(world, both):
    reviewer = world.reviewer()
    submitted(world)
    ReportingPeriod.objects.filter(pk=world.september.pk).update(due_on=date(2023, 9, 19))
    for _ in range(MANY):
        again(State.UNIT_REVIEW, reviewed_by=None)
        ends = both(
            lambda: review.pass_on(report(), by=reviewer),
            lambda: review.take_over(report(), by=world.office, reason="审核人出差。"),
        )
        assert sorted(ends) == [DONE, REFUSED]
        assert steps() == [State.SUBMITTED]
        assert report().reviewed_by == (reviewer if ends[0] == DONE else None)


def test_approval_and_the_draft_of_a_stale_tab(world, both):
    submitted(world)
    for _ in range(MANY):
        again(State.SUBMITTED)
        ends = both(
            lambda: review.approve(report(), by=world.office), lambda: draft(world, content(world, problems="旧页面。"))
        )
        assert ends == [DONE, REFUSED]
        assert (report().state, report().problems) == (State.APPROVED, "")


def test_return_and_the_draft_it_opens(world, both, second):
    """Either the draft came too early, or the returned report holds it."""
    submitted(world)
    for number in range(MANY):
        again(State.SUBMITTED, problems="")
        text = f"第{number}次。"
        ends = both(
            lambda: review.send_back(report(), by=second, comment="请核实。"),
            lambda: draft(world, content(world, problems=text)),
        )
        assert ends in ([DONE, DONE], [DONE, REFUSED])
        assert (report().state, report().problems) == (State.RETURNED, text if ends[1] == DONE else "")


def test_reopening_and_the_approval_of_the_next_month(world, both):
    """September is never approved above an August that was withdrawn before."""
    august = approved_in_august(world)
    september = submitted(world, content(world, "75"))
    for _ in range(MANY):
        ReportEvent.objects.filter(report=september).delete()
        FilingException.objects.all().delete()
        MonthlyReport.objects.filter(pk=august.pk).update(state=State.APPROVED)
        MonthlyReport.objects.filter(pk=september.pk).update(state=State.SUBMITTED)
        ReportEvent.objects.filter(report=august, to_state=State.RETURNED).delete()
        ends = both(
            lambda: review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="数据有误。"),
            lambda: review.approve(MonthlyReport.objects.get(pk=september.pk), by=world.office),
        )
        assert ends[0] == DONE
        newest = list(ReportEvent.objects.filter(report__in=[august, september]).order_by("pk"))[-2:]
        if ends[1] == DONE:
            assert [one.report_id for one in newest] == [september.pk, august.pk]
        assert SubItem.objects.get(pk=world.sub_item.pk).percent == (75 if ends[1] == DONE else None)


def test_two_reopen(world, both, second):
    submitted(world)
    for _ in range(MANY):
        again(State.APPROVED)
        ends = both(
            *(lambda by=by: review.reopen(report(), by=by, reason="数据有误。") for by in (world.office, second))
        )
        assert sorted(ends) == [DONE, REFUSED]
        assert steps() == [State.RETURNED]


def test_two_clicks_on_many_approvals(world, both):
    """A second click is no second approval, and no refusal either."""
    submitted(world)
    for _ in range(MANY):
        again(State.SUBMITTED)
        ReportEvent.objects.create(
            report=report(), actor=world.clerk, at=clock.now(), from_state=State.DRAFT, to_state=State.SUBMITTED
        )
        seen, outcomes = {report().pk: ReportEvent.objects.get().pk}, []
        both(*[lambda: outcomes.append(approve_each(seen, by=world.office))] * 2)
        assert [[one.done for one in each] for each in outcomes] == [[True], [True]]
        assert (steps(), PeriodFigure.objects.count()) == ([State.SUBMITTED, State.APPROVED], 1)
