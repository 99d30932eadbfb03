"""The office changes days while the day is run, and the day is run twice: each stands, or is told."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from departments import clock
from minsheng.daily import tick
from minsheng.review import services as review
from projects.models import MonthlyReport, PeriodFigure, Programme, ReportingPeriod, SubItem
from projects.services import periods
from projects.services.schedules import schedule_of
from tests.minsheng.life import content, draft, submitted
from tests.minsheng.pairs import CONFLICT, DONE, MANY, Pair, again, report

pytestmark = pytest.mark.django_db(transaction=True)
State = MonthlyReport.State


@pytest.fixture
def both():
    with Pair() as pair:
        yield pair


def test_a_due_day_set_by_hand_and_another_schedule(world, both):
    """The day set by hand stands under whatever schedule, or whoever set it is told that it moved under his eyes."""
    programme = Programme.objects.get(pk=world.sub_item.programme_id)
    first = schedule_of(programme)
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
        present = schedule_of(Programme.objects.get(pk=programme.pk))
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
