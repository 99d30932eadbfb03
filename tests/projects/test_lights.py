"""Lights and their sentences."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.models import Light
from projects.rules.lights import PRESETS, Inputs, judge, rule_of

STANDARD = PRESETS["standard"]
SEPTEMBER = date(2023, 9, 30)


def inputs(percent, scheduled="75.0", *, on=SEPTEMBER, today=None, **changed):
    return Inputs(
        on=on,
        today=today or on,
        percent=None if percent is None else Decimal(percent),
        scheduled=None if scheduled is None else Decimal(scheduled),
        **{"planned_start": None, "deadline": date(2023, 12, 31), "firm": True, **changed},
    )


@pytest.mark.parametrize(
    ("percent", "light"),
    [
        ("75", Light.GREEN),
        ("65", Light.GREEN),
        ("64.9", Light.YELLOW),
        ("45", Light.YELLOW),
        ("44.9", Light.RED),
        ("90", Light.GREEN),
        ("100", Light.BLUE),
    ],
)
def test_standard_is_by_points_behind(percent, light):
    assert judge(inputs(percent), STANDARD).light == light


@pytest.mark.parametrize(
    ("preset", "percent", "light"),
    [
        ("strict-ratio", "60", Light.GREEN),
        ("strict-ratio", "59.9", Light.YELLOW),
        ("strict-ratio", "45", Light.YELLOW),
        ("strict-ratio", "44.9", Light.RED),
        ("half", "75", Light.GREEN),
        ("half", "74.9", Light.YELLOW),
        ("half", "37.5", Light.YELLOW),
        ("half", "37.4", Light.RED),
    ],
)
def test_the_other_presets_are_by_ratio(preset, percent, light):
    assert judge(inputs(percent), PRESETS[preset]).light == light


def test_an_edited_copy_changes_the_numbers_and_says_so_in_its_version():
    edited = rule_of("standard", {"points": ["5", "20"]})
    assert judge(inputs("69"), edited).light == Light.YELLOW
    assert (rule_of("standard", {}).version, edited.version) == ("1:standard:10/30", "1:standard:5/20")


def test_the_sentence_a_leader_reads():
    assert judge(inputs("45", "66.7"), STANDARD).sentence == "截至9月底序时进度66.7%，实际45%，低21.7个百分点，黄灯"


def test_a_firm_deadline_that_passed_unfinished_is_red_and_says_so():
    verdict = judge(inputs("95", "100", deadline=SEPTEMBER, today=date(2023, 10, 1)), STANDARD)
    assert verdict.light == Light.RED
    assert "2023年9月30日" in verdict.sentence
    assert "95%" in verdict.sentence


def test_between_periods_only_time_decides():
    waiting = inputs("75", today=date(2023, 10, 20))
    assert judge(waiting, STANDARD).light == Light.GREEN
    passed = inputs("75", today=date(2023, 11, 1), deadline=date(2023, 10, 31))
    assert judge(passed, STANDARD).light == Light.RED
    on_the_day = inputs("75", today=date(2023, 10, 31), deadline=date(2023, 10, 31))
    assert judge(on_the_day, STANDARD).light == Light.GREEN


def test_a_deadline_that_is_not_firm_is_never_red_by_its_date():
    late = inputs("0", "100", on=date(2023, 12, 31), today=date(2024, 3, 1), firm=False)
    assert judge(late, STANDARD).light == Light.YELLOW


def test_not_started_is_grey_only_while_nothing_is_due():
    assert judge(inputs(None, "0"), STANDARD).light == Light.GREY
    assert judge(inputs("10", "0"), STANDARD).light == Light.GREEN
    assert judge(inputs(None, None), STANDARD).light == Light.GREY


@pytest.mark.parametrize(
    ("day", "percent", "planned_start", "light"),
    [
        (date(2023, 1, 31), None, date(2023, 1, 1), Light.GREEN),
        (date(2023, 2, 1), None, date(2023, 1, 1), Light.YELLOW),
        (date(2023, 2, 1), "1", date(2023, 1, 1), Light.GREEN),
        (date(2023, 2, 1), None, None, Light.GREEN),  # the programme's start is nobody's promise
    ],
)
def test_a_planned_start_missed_by_a_month_is_yellow(day, percent, planned_start, light):
    january = inputs(percent, "8.3", on=date(2023, 1, 31), today=day, planned_start=planned_start)
    assert judge(january, STANDARD).light == light


def test_complete_and_closed_are_blue_in_two_words():
    assert judge(inputs("100"), STANDARD).sentence == "已完成待销号"
    assert judge(inputs("100", closed=True), STANDARD).sentence == "已销号"


percents = st.decimals("0", "100", places=1)


@given(percents, percents, st.sampled_from(list(PRESETS)))
def test_more_progress_never_makes_a_worse_light(percent, scheduled, preset):
    order = [Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE]
    less, more = (
        judge(inputs(value, scheduled, today=date(2023, 1, 2)), PRESETS[preset]).light
        for value in sorted((percent, min(percent + 7, Decimal(100))))
    )
    if Light.GREY not in (less, more):
        assert order.index(less) <= order.index(more)


def test_no_deadline_has_passed_before_its_day_is_over():
    """October's report, filed on the 20th, speaks of the 31st: the deadline of that day still lies ahead."""
    early = inputs("95", "100", on=date(2023, 10, 31), today=date(2023, 10, 20), deadline=date(2023, 10, 31))
    assert judge(early, STANDARD).light == Light.GREEN
