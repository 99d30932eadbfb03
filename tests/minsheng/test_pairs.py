"""Pairs of steps at the same moment, many times over: nothing is lost, nothing done twice, nobody waits for ever.

Quick by default; ``make test-long`` takes 200 pairs of each, on SQLite and on PostgreSQL.
"""

from dataclasses import replace
from datetime import date, datetime

import pytest

from departments import clock
from departments.permissions import FILE_REPORT, SUPERVISE
from minsheng.daily import tick
from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.filing.merge import Opened, base_of
from minsheng.review import services as review
from projects.models import (
    Contribution,
    ContributionVersion,
    FilingException,
    MonthlyReport,
    PeriodFigure,
    Programme,
    ReportEvent,
    ReportingPeriod,
    SubItem,
)
from projects.services import periods
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import approved_in_august, content, contribute, draft, sheet, submitted
from tests.minsheng.pairs import CONFLICT, DONE, MANY, REFUSED, Pair

pytestmark = pytest.mark.django_db(transaction=True)
State = MonthlyReport.State
ONE_OF_EACH = [DONE, REFUSED]


@pytest.fixture
def both():
    with Pair() as pair:
        yield pair


@pytest.fixture
def colleague(world):
    return UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT]})


@pytest.fixture
def second(world):
    return UserFactory(grants={world.jurisdiction: [SUPERVISE]})


def again(state, **fields):
    """The month's report back in ``state``, as if no step had been taken since."""
    PeriodFigure.objects.all().delete()
    ReportEvent.objects.all().delete()
    FilingException.objects.all().delete()
    MonthlyReport.objects.update(state=state, **fields)


def report():
    return MonthlyReport.objects.get()


def steps():
    return list(ReportEvent.objects.order_by("pk").values_list("to_state", flat=True))


# filing ------------------------------------------------------------------------------------------------------------


def test_two_submit(world, both, colleague):
    draft(world)
    for _ in range(MANY):
        again(State.DRAFT)
        ends = both(*(lambda by=by: filing.submit(sheet(world), by=by) for by in (world.clerk, colleague)))
        assert sorted(ends) == ONE_OF_EACH
        assert steps() == [State.SUBMITTED]


def test_submission_and_a_colleagues_draft(world, both, colleague):
    """Either the draft came first, and what is submitted holds it; or it is refused, and nothing of it stands."""
    draft(world)
    for number in range(MANY):
        again(State.DRAFT, problems="")
        text = f"第{number}次。"
        ends = both(
            lambda: filing.submit(sheet(world), by=world.clerk),
            lambda: draft(world, content(world, problems=text), by=colleague),
        )
        assert ends in ([DONE, DONE], [DONE, REFUSED])
        kept = text if ends[1] == DONE else ""
        assert (report().problems, ReportEvent.objects.get().snapshot["problems"]) == (kept, kept)


def test_two_first_drafts(world, both, colleague):
    for number in range(MANY):
        MonthlyReport.objects.all().delete()
        typed = [f"{number}甲。", f"{number}乙。"]
        ends = both(
            *(
                lambda by=by, text=text: draft(world, content(world, problems=text), by=by, seen_version=0)
                for by, text in zip((world.clerk, colleague), typed, strict=True)
            )
        )
        assert sorted(ends) == [CONFLICT, DONE]
        assert (report().problems, report().version) == (typed[ends.index(DONE)], 1)


def test_two_save_the_same_field(world, both, colleague):
    draft(world, content(world))
    for number in range(MANY):
        base = base_of(content_of(report()))
        typed, version = [f"{number}甲。", f"{number}乙。"], report().version
        ends = both(
            *(
                lambda by=by, text=text: draft(world, content(world, problems=text), by=by, opened=Opened(base))
                for by, text in zip((world.clerk, colleague), typed, strict=True)
            )
        )
        assert sorted(ends) == [CONFLICT, DONE]
        assert (report().problems, report().version) == (typed[ends.index(DONE)], version + 1)


def test_two_save_different_fields(world, both, colleague):
    draft(world, content(world))
    for number in range(MANY):
        now = content_of(report())
        base, texts = base_of(now), (f"{number}甲。", f"{number}乙。")
        ends = both(
            lambda: draft(world, replace(now, problems=texts[0]), by=world.clerk, opened=Opened(base)),
            lambda: draft(world, replace(now, next_steps=texts[1]), by=colleague, opened=Opened(base)),
        )
        assert ends == [DONE, DONE]
        assert (report().problems, report().next_steps) == texts


def test_two_units_contribute_while_the_third_saves(world):
    units = [DepartmentFactory(jurisdiction=world.jurisdiction) for _ in range(2)]
    for unit in units:
        ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist")
    streets = [(unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})) for unit in units]
    draft(world)
    with Pair(3) as three:
        for number in range(MANY):
            ends = three(
                lambda: draft(world, content(world, problems=f"{number}。")),
                *(
                    lambda street=street: contribute(world, street, f"第{number}次。", str(number))
                    for street in streets
                ),
            )
            assert ends == [DONE] * 3
            assert report().problems == f"{number}。"
            found = Contribution.objects.order_by("department").prefetch_related("readings", "versions")
            assert [(one.text, one.readings.get().value, one.versions.count()) for one in found] == [
                (f"第{number}次。", number, number + 1)
            ] * 2


def test_a_contribution_and_the_submission_of_the_report(world, both):
    """Either the submission holds what was contributed, or the unit is told that it came too late."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist")
    street = unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})
    draft(world)
    for number in range(MANY):
        again(State.DRAFT)
        ends = both(
            lambda: filing.submit(sheet(world), by=world.clerk), lambda: contribute(world, street, f"第{number}次。")
        )
        assert ends in ([DONE, DONE], [DONE, REFUSED])
        newest = ContributionVersion.objects.order_by("number").last()
        if ends[1] == DONE:
            assert newest.snapshot["progress"] == f"第{number}次。"
            assert f"第{number}次。" in str(ReportEvent.objects.get().snapshot["contributions"])


# review ------------------------------------------------------------------------------------------------------------


def test_two_approve(world, both, second):
    submitted(world)
    for _ in range(MANY):
        again(State.SUBMITTED)
        ends = both(*(lambda by=by: review.approve(report(), by=by) for by in (world.office, second)))
        assert sorted(ends) == ONE_OF_EACH
        assert (steps(), PeriodFigure.objects.count()) == ([State.APPROVED], 1)


def test_approval_and_return(world, both, second):
    submitted(world)
    for _ in range(MANY):
        again(State.SUBMITTED)
        ends = both(
            lambda: review.approve(report(), by=world.office),
            lambda: review.send_back(report(), by=second, comment="请核实。"),
        )
        assert sorted(ends) == ONE_OF_EACH
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
        assert sorted(ends) == ONE_OF_EACH
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


# periods -----------------------------------------------------------------------------------------------------------


def test_a_due_day_set_by_hand_and_another_schedule(world, both):
    """The day set by hand stands under whatever schedule, or whoever set it is told that it moved under his eyes."""
    programme = Programme.objects.get(pk=world.sub_item.programme_id)
    first = periods.schedule_of(programme)
    regular, by_hand = {"due_on": date(2023, 9, 25), "locks_on": first.lock_of(date(2023, 9, 25))}, date(2023, 9, 28)
    for number in range(MANY):
        ReportingPeriod.objects.filter(pk=world.september.pk).update(**regular, regular_due_on=None, due_reason="")
        present = replace(first, due_day=25)
        Programme.objects.filter(pk=programme.pk).update(due_day=25)
        ends = both(
            lambda: periods.change_schedule(
                Programme.objects.get(pk=programme.pk), replace(present, due_day=27), seen=present,
                by=world.office, reason="中秋。",
            ),
            lambda: periods.change_due(
                ReportingPeriod.objects.get(pk=world.september.pk), by_hand, seen=date(2023, 9, 25),
                by=world.office, reason="全区停电。",
            ),
        )  # fmt: skip
        assert ends in ([DONE, DONE], [DONE, CONFLICT]), number
        period = ReportingPeriod.objects.get(pk=world.september.pk)
        assert period.due_on == (by_hand if ends[1] == DONE else date(2023, 9, 27))
        assert period.locks_on == first.lock_of(period.due_on)
        assert bool(period.regular_due_on) == bool(period.due_reason) == (ends[1] == DONE)


# the daily run -----------------------------------------------------------------------------------------------------


def lock_august_today(world):
    world.august.due_on, world.august.locks_on = date(2023, 9, 10), date(2023, 9, 20)
    world.august.save()
    Programme.objects.filter(pk=world.sub_item.programme_id).update(first_month=date(2023, 8, 1))


@pytest.fixture
def on_the_day_of_the_lock(world):
    """August locks today with nothing approved, September is not opened yet."""
    MonthlyReport.objects.all().delete()
    world.september.delete()
    lock_august_today(world)
    return world


def undo_the_day(world):
    PeriodFigure.objects.all().delete()
    ReportingPeriod.objects.exclude(pk=world.august.pk).delete()
    ReportingPeriod.objects.update(locked_at=None)


def run_the_day(world):
    return tick(Programme.objects.select_related("jurisdiction").get(pk=world.sub_item.programme_id))


def test_two_daily_runs(on_the_day_of_the_lock, both):
    world = on_the_day_of_the_lock
    for _ in range(MANY):
        undo_the_day(world)
        assert both(*[lambda: run_the_day(world)] * 2) == [DONE, DONE]
        months = [f"{month:%m}" for month in ReportingPeriod.objects.order_by("month").values_list("month", flat=True)]
        assert months == ["08", "09"]
        assert (PeriodFigure.objects.count(), PeriodFigure.objects.get().sequence) == (1, 1)


def test_the_daily_run_and_an_approval(on_the_day_of_the_lock, both):
    """The locked month's figure is the approved one, or a correction of what the lock kept: never the empty one."""
    world = on_the_day_of_the_lock
    with clock.at(datetime(2023, 9, 9, 9, tzinfo=clock.ZONE)):
        submitted(world, content(world, "68"), period=world.august)
    for _ in range(MANY):
        undo_the_day(world)
        again(State.SUBMITTED)
        ends = both(lambda: run_the_day(world), lambda: review.approve(report(), by=world.office))
        assert ends == [DONE, DONE]
        assert PeriodFigure.objects.get(newest=True).percent == 68
        assert SubItem.objects.get(pk=world.sub_item.pk).percent == 68


def test_the_daily_run_and_a_draft(world, both):
    lock_august_today(world)
    draft(world)
    for number in range(MANY):
        PeriodFigure.objects.all().delete()
        ReportingPeriod.objects.update(locked_at=None)
        text = f"第{number}次。"
        ends = both(lambda: run_the_day(world), lambda: draft(world, content(world, problems=text)))
        assert ends == [DONE, DONE]
        assert (report().problems, PeriodFigure.objects.count()) == (text, 1)


def test_the_daily_run_and_another_schedule(world, both):
    programme = Programme.objects.get(pk=world.sub_item.programme_id)
    lock_august_today(world)
    for number in range(MANY):
        PeriodFigure.objects.all().delete()
        ReportingPeriod.objects.update(locked_at=None)
        present = periods.schedule_of(Programme.objects.get(pk=programme.pk))
        day = 25 + number % 2
        ends = both(
            lambda: run_the_day(world),
            lambda: periods.change_schedule(
                Programme.objects.get(pk=programme.pk), replace(present, due_day=day), seen=present,
                by=world.office, reason="统一时间。",
            ),
        )  # fmt: skip
        assert ends == [DONE, DONE]
        assert ReportingPeriod.objects.get(pk=world.august.pk).locked_at
        assert ReportingPeriod.objects.get(pk=world.september.pk).due_on == date(2023, 9, day)
