"""Periods: their days on working days, opened late, changed by people."""

from datetime import date, datetime

import pytest

from departments import clock
from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from minsheng.daily import tick
from projects.models import DayOverride, FilingException, PeriodFigure, ReportingPeriod
from projects.rules.periods import Schedule
from projects.rules.working_days import Calendar, is_announced, is_ordered_working_day
from projects.services import periods, working_days
from projects.services.reports import excepted_until
from projects.services.schedules import Stays, plan, schedule_of
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

pytestmark = pytest.mark.django_db


def at(month, day, year=2023):
    return clock.at(datetime(year, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


@pytest.fixture
def office():
    return UserFactory()


@pytest.fixture
def programme():
    return ProgrammeFactory()


def days(programme):
    return {
        f"{period.month:%m}": (f"{period.due_on:%m-%d}", f"{period.locks_on:%m-%d}")
        for period in programme.periods.order_by("month")
    }


def changed(programme, **others):
    present = schedule_of(programme)
    return Schedule(**{**vars(present), **others})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2023, 1, 28), True),  # Saturday, made up for the Spring Festival
        (date(2023, 1, 26), False),
        (date(2023, 6, 25), True),  # Sunday, made up for the Dragon Boat Festival
        (date(2023, 10, 6), False),
        (date(2023, 10, 8), True),
        (date(2023, 10, 14), False),
        (date(2023, 10, 16), True),
    ],
)
def test_the_countrys_working_days(day, works):
    assert is_ordered_working_day(day) is works


def test_a_year_whose_make_up_days_are_unknown_is_told():
    assert (is_announced(2024), is_announced(2199)) == (True, False)
    assert not Calendar({date(2199, 1, 1): False}).is_certain(2199)
    assert Calendar({date(2199, 1, 5): True}).is_certain(2199)


def test_a_calendar_without_a_working_day_ends():
    never = Calendar(
        {date(2023, 3, day): False for day in range(1, 32)} | {date(2023, 4, d): False for d in range(1, 31)}
    )
    assert never.from_day(date(2023, 3, 1)) == date(2023, 3, 1)


def test_due_days_move_to_the_next_working_day(programme):
    with at(7, 1):
        periods.open_periods(programme)
    assert days(programme) == {
        "01": ("01-28", "02-07"),
        "02": ("02-27", "03-09"),
        "03": ("03-27", "04-06"),
        "04": ("04-25", "05-05"),
        "05": ("05-25", "06-04"),
        "06": ("06-25", "07-05"),
        "07": ("07-25", "08-04"),
    }


def test_what_the_office_knows_better_counts(programme, office):
    with at(4, 1):
        working_days.set_day(programme.jurisdiction, date(2023, 4, 25), works=False, note="区内放假", by=office)
        periods.open_periods(programme)
        assert days(programme)["04"] == ("04-26", "05-06")
        working_days.forget_day(DayOverride.objects.get(), by=office)
        assert [str(period.due_on) for period in periods.realign(programme)] == ["2023-04-25"]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "calendar.day",
        "calendar.forget",
    ]


def test_what_the_country_says_already_is_not_said_again(programme, office):
    for day, works in ((date(2023, 4, 25), True), (date(2023, 10, 1), False)):
        with pytest.raises(DomainError):
            working_days.set_day(programme.jurisdiction, day, works=works, note="", by=office)
    assert not DayOverride.objects.exists()


def test_after_weeks_of_standstill_all_months_open_and_lock_in_order():
    unit = DepartmentFactory()
    sub_item = SubItemFactory(lead=unit, project__programme__jurisdiction=unit.jurisdiction)
    programme = sub_item.programme
    with at(1, 10):
        tick(programme)
    with at(5, 20):
        first = tick(programme)
        again = tick(programme)
    assert (first.opened, first.locked, first.kept) == (4, 4, 4)
    assert (again.opened, again.locked, again.kept) == (0, 0, 0)
    kept = PeriodFigure.objects.order_by("pk").values_list("period__month", "scheduled_percent", "sequence")
    assert [(month.month, round(scheduled), sequence) for month, scheduled, sequence in kept] == [
        (1, 8, 1),
        (2, 17, 1),
        (3, 25, 1),
        (4, 33, 1),
    ]
    assert ReportingPeriod.objects.get(month=date(2023, 5, 1)).locked_at is None


def test_settings_change_what_is_not_due_yet(programme, office):
    with at(3, 28):
        periods.open_periods(programme)
        count = periods.change_schedule(
            programme,
            changed(programme, due_day=5, due_next_month=True),
            seen=schedule_of(programme),
            by=office,
            reason="按督查室通知",
        )
    assert count == 9
    assert days(programme)["03"] == ("03-27", "04-06")  # its due day has come
    with at(4, 1):
        periods.open_periods(programme)
    assert days(programme)["04"] == ("05-05", "05-15")
    event = AuditEvent.objects.get(action="period.schedule")
    assert event.details["changed"] == {"due_day": [25, 5], "due_next_month": [False, True]}
    assert event.details["reason"] == "按督查室通知"


def test_a_new_day_that_has_passed_makes_nobody_late(programme, office):
    with at(3, 20):
        periods.open_periods(programme)
        planned = plan(programme, changed(programme, due_day=10), Calendar())
        march, april = planned[2], planned[3]
        assert (march.stays, march.after.due_on) == (Stays.PAST, date(2023, 3, 27))
        assert (april.stays, april.after.due_on) == (None, date(2023, 4, 10))
        periods.change_schedule(
            programme, changed(programme, due_day=10), seen=schedule_of(programme), by=office, reason="提前"
        )
    assert days(programme)["03"] == ("03-27", "04-06")


@pytest.mark.parametrize(
    ("others", "word"),
    [
        ({"first_month": date(2023, 2, 1)}, "2023年1月"),
        ({"last_month": date(2023, 2, 1)}, "2023年3月"),
        ({"first_month": date(2022, 11, 1)}, "2022年11月"),
        ({"first_month": date(1999, 1, 1)}, "2022-01"),
        ({"last_month": date(2124, 6, 1)}, "2024年12月"),
    ],
)
def test_months_that_have_opened_stay_and_none_begins_locked(programme, office, others, word):
    with at(3, 20):
        periods.open_periods(programme)
        with pytest.raises(DomainError, match=word):
            periods.change_schedule(
                programme, changed(programme, **others), seen=schedule_of(programme), by=office, reason="调整"
            )
    programme.refresh_from_db()
    assert (programme.first_month, programme.last_month) == (date(2023, 1, 1), date(2023, 12, 1))
    assert not AuditEvent.objects.exists()


def test_settings_that_somebody_else_changed_are_not_overwritten(programme, office):
    seen = schedule_of(programme)
    periods.change_schedule(programme, changed(programme, due_day=10), seen=seen, by=office, reason="一")
    with pytest.raises(Conflict):
        periods.change_schedule(programme, changed(programme, due_day=20), seen=seen, by=office, reason="二")
    programme.refresh_from_db()
    assert programme.due_day == 10


def test_one_due_day_is_changed_and_stays_what_a_person_set(programme, office):
    with at(9, 20):
        periods.open_periods(programme)
        period = programme.periods.get(month=date(2023, 9, 1))
        periods.change_due(period, date(2023, 9, 28), seen=period.due_on, by=office, reason="国庆前报送")
        periods.change_schedule(
            programme, changed(programme, due_day=26), seen=schedule_of(programme), by=office, reason="调整"
        )
    period.refresh_from_db()
    assert (period.due_on, period.locks_on, period.regular_due_on) == (
        date(2023, 9, 28),
        date(2023, 10, 8),
        date(2023, 9, 25),
    )
    assert period.due_reason == "国庆前报送"


@pytest.mark.parametrize(
    ("day", "reason"),
    [(date(2023, 9, 19), "提前"), (date(2023, 8, 31), "提前"), (date(2023, 9, 28), "  "), (date(2023, 9, 25), "相同")],
)
def test_a_due_day_that_would_make_units_late_is_refused(programme, office, day, reason):
    with at(9, 20):
        periods.open_periods(programme)
        period = programme.periods.get(month=date(2023, 9, 1))
        with pytest.raises(DomainError):
            periods.change_due(period, day, seen=period.due_on, by=office, reason=reason)
    assert ReportingPeriod.objects.get(pk=period.pk).due_on == date(2023, 9, 25)
    assert not AuditEvent.objects.exists()


def test_a_locked_month_keeps_its_due_day(programme, office):
    period = ReportingPeriodFactory(programme=programme, month=date(2023, 8, 1))
    with at(9, 20), pytest.raises(DomainError):
        periods.change_due(period, date(2023, 9, 28), seen=period.due_on, by=office, reason="补报")
    assert ReportingPeriod.objects.get().due_on == date(2023, 8, 25)


def test_an_exception_of_a_unit_reaches_its_sections_and_ends_early(programme, office):
    unit = DepartmentFactory(jurisdiction=programme.jurisdiction)
    section, other = DepartmentFactory(parent=unit), DepartmentFactory(jurisdiction=programme.jurisdiction)
    sub_item = SubItemFactory(programme=programme, lead=section)
    period = ReportingPeriodFactory(programme=programme, month=date(2023, 8, 1))
    with at(9, 20):
        exception = periods.add_exception(
            period, until=date(2023, 9, 22), reason="系统故障", by=office, department=unit
        )
        assert [excepted_until(period, sub_item, one) for one in (unit, section, other)] == [
            date(2023, 9, 22),
            date(2023, 9, 22),
            None,
        ]
        periods.end_exception(exception, by=office)
        with pytest.raises(DomainError):
            periods.end_exception(exception, by=UserFactory())
    exception.refresh_from_db()
    assert exception.until == date(2023, 9, 19)
    assert exception.ended_at is not None
    assert AuditEvent.objects.filter(action="period.exception_end").count() == 1


@pytest.mark.parametrize("until", [date(2023, 9, 19), date(2023, 9, 3)])
def test_an_exception_that_opens_nothing_is_refused(programme, office, until):
    period = ReportingPeriodFactory(programme=programme, month=date(2023, 8, 1))
    with at(9, 20), pytest.raises(DomainError):
        periods.add_exception(period, until=until, reason="补报", by=office)
    september = ReportingPeriodFactory(programme=programme, month=date(2023, 9, 1))
    with at(9, 20), pytest.raises(DomainError):
        periods.add_exception(september, until=date(2023, 9, 30), reason="补报", by=office)
    assert not FilingException.objects.exists()
