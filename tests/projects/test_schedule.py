"""Plan curves: what is due by when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.schedule import Plan, Step, reached_percent, scheduled_percent

YEAR = Plan(date(2023, 1, 1), date(2023, 12, 31))
days = st.dates(date(2022, 1, 1), date(2025, 12, 31))
steps = st.lists(
    st.builds(Step, days, st.decimals("0.01", "100", places=2), st.one_of(st.none(), days)), max_size=6
).map(tuple)
plans = st.builds(Plan, days, st.one_of(st.none(), days), st.booleans(), st.booleans(), steps)


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2022, 12, 31), "0.0"),
        (date(2023, 1, 31), "8.3"),
        (date(2023, 2, 28), "16.7"),
        (date(2023, 9, 15), "70.8"),
        (date(2023, 9, 30), "75.0"),
        (date(2023, 12, 31), "100.0"),
        (date(2024, 5, 1), "100.0"),
    ],
)
def test_a_year_runs_in_equal_months(on, due):
    assert scheduled_percent(YEAR, on) == Decimal(due)


def test_a_plan_that_starts_in_april_is_two_thirds_through_at_the_end_of_september():
    assert scheduled_percent(Plan(date(2023, 4, 1), date(2023, 12, 31)), date(2023, 9, 30)) == Decimal("66.7")


def test_progress_that_comes_at_once_is_nothing_until_the_deadline():
    plan = Plan(date(2023, 1, 1), date(2023, 9, 30), at_once=True)
    assert scheduled_percent(plan, date(2023, 9, 29)) == 0
    assert scheduled_percent(plan, date(2023, 9, 30)) == 100


def test_progress_that_comes_at_once_waits_for_the_last_milestone():
    plan = Plan(date(2023, 1, 1), date(2023, 12, 31), at_once=True, steps=(Step(date(2023, 6, 30), Decimal(1)),))
    assert scheduled_percent(plan, date(2023, 6, 29)) == 0
    assert scheduled_percent(plan, date(2023, 6, 30)) == 100


def test_the_curve_runs_through_weighted_milestones():
    plan = Plan(
        date(2023, 1, 1),
        date(2023, 12, 31),
        steps=(Step(date(2023, 6, 30), Decimal(20)), Step(date(2023, 12, 31), Decimal(60))),
    )
    assert scheduled_percent(plan, date(2023, 3, 31)) == Decimal("12.5")  # half the way to 25 %
    assert scheduled_percent(plan, date(2023, 6, 30)) == Decimal("25.0")
    assert scheduled_percent(plan, date(2023, 9, 30)) == Decimal("62.5")


def test_judged_by_milestones_nothing_is_due_before_a_milestone_is():
    plan = Plan(
        date(2023, 1, 1),
        date(2023, 12, 31),
        by_milestones=True,
        steps=(Step(date(2023, 6, 30), Decimal(1), date(2023, 7, 4)), Step(date(2023, 11, 30), Decimal(3))),
    )
    assert scheduled_percent(plan, date(2023, 6, 29)) == 0
    assert scheduled_percent(plan, date(2023, 6, 30)) == 25
    assert reached_percent(plan.steps, date(2023, 6, 30)) == 0
    assert reached_percent(plan.steps, date(2023, 7, 31)) == 25


def test_no_deadline_and_no_milestone_is_nothing_to_compare_with():
    assert scheduled_percent(Plan(date(2023, 1, 1), None), date(2023, 9, 30)) is None
    assert reached_percent((), date(2023, 9, 30)) is None


@given(plans, days)
def test_the_curve_stays_between_0_and_100_and_never_falls(plan, day):
    here, tomorrow = scheduled_percent(plan, day), scheduled_percent(plan, day + timedelta(days=1))
    if here is None:
        assert tomorrow is None
    else:
        assert 0 <= here <= tomorrow <= 100


@given(plans)
def test_everything_is_due_in_the_end(plan):
    last = max([day for day in (plan.deadline, *(step.due_on for step in plan.steps)) if day], default=None)
    if last is not None:
        assert scheduled_percent(plan, max(last, plan.starts_on)) == 100
