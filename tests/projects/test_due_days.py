"""Days that a person sets: back to the schedule, not too far away, once however often they are sent."""

from datetime import date

import pytest

from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from projects.models import FilingException
from projects.services import periods
from projects.services.schedules import schedule_of
from projects.services.working_days import set_day
from tests.factories.departments import UserFactory
from tests.factories.projects import ProgrammeFactory
from tests.projects.test_periods import at, changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory()


@pytest.fixture
def programme():
    return ProgrammeFactory()


def test_the_regular_due_day_set_back_follows_the_calendar_again(programme, office):
    with at(9, 20):
        periods.open_periods(programme)
        period = programme.periods.get(month=date(2023, 9, 1))
        periods.change_due(period, date(2023, 9, 28), seen=period.due_on, by=office, reason="推迟")
        periods.change_due(period, date(2023, 9, 27), seen=period.due_on, by=office, reason="再调")
        assert (period.regular_due_on, period.due_reason) == (date(2023, 9, 25), "再调")
        periods.change_due(period, date(2023, 9, 25), seen=period.due_on, by=office, reason="恢复25日")
        period.refresh_from_db()
        assert (period.due_on, period.regular_due_on, period.due_reason) == (date(2023, 9, 25), None, "")
        set_day(programme.jurisdiction, date(2023, 9, 25), works=False, note="", by=office)
        assert [str(one.due_on) for one in periods.realign(programme)] == ["2023-09-26"]
    assert AuditEvent.objects.filter(action="period.due").first().details["reason"] == "恢复25日"


def test_a_former_day_that_the_schedule_does_not_make_any_more_stays_by_hand(programme, office):
    with at(9, 20):
        periods.open_periods(programme)
        period = programme.periods.get(month=date(2023, 9, 1))
        periods.change_due(period, date(2023, 9, 28), seen=period.due_on, by=office, reason="推迟")
        periods.change_schedule(
            programme, changed(programme, due_day=26), seen=schedule_of(programme), by=office, reason="调整"
        )
        period.programme.refresh_from_db()
        periods.change_due(period, date(2023, 9, 25), seen=period.due_on, by=office, reason="恢复25日")
    assert (period.due_on, period.regular_due_on) == (date(2023, 9, 25), date(2023, 9, 26))


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2099, 1, 1)])
def test_a_day_far_away_is_refused(programme, office, day):
    with at(9, 20):
        periods.open_periods(programme)
        period, august = (programme.periods.get(month=date(2023, month, 1)) for month in (9, 8))
        with pytest.raises(DomainError, match="2024-12-31"):
            periods.change_due(period, day, seen=period.due_on, by=office, reason="推迟")
        with pytest.raises(DomainError, match="2024-12-31"):
            periods.add_exception(august, until=day, reason="补报", by=office)
        periods.add_exception(august, until=date(2024, 12, 31), reason="补报", by=office)
    assert FilingException.objects.get().until == date(2024, 12, 31)
    assert not AuditEvent.objects.filter(action="period.due").exists()


def test_the_same_sent_twice_by_one_person_is_one(programme, office):
    colleague = UserFactory()
    with at(9, 20):
        periods.open_periods(programme)
        period, august = (programme.periods.get(month=date(2023, month, 1)) for month in (9, 8))
        first, new = schedule_of(programme), changed(programme, due_day=26)
        due = {"due_on": date(2023, 9, 28), "seen": date(2023, 9, 25), "reason": "推迟"}
        excepted = {"until": date(2023, 9, 30), "reason": "系统故障"}
        counts = [periods.change_schedule(programme, new, seen=first, by=office, reason="调整") for _ in range(2)]
        assert counts == [3, 3]  # the 25th and the 26th of November are a weekend
        due["seen"] = programme.periods.get(pk=period.pk).due_on
        for _ in range(2):
            periods.change_due(period, **due, by=office)
        one, other = (periods.add_exception(august, **excepted, by=office) for _ in range(2))
        assert one == other
        for _ in range(2):
            periods.end_exception(one, by=office)
        assert periods.add_exception(august, **excepted, by=office) != one  # it has ended: a new one
        # Of another person, or with other words, it is another act.
        with pytest.raises(Conflict):
            periods.change_due(period, **due, by=colleague)
        with pytest.raises(Conflict):
            periods.change_due(period, **due | {"reason": "另有原因"}, by=office)
        with pytest.raises(Conflict):
            periods.change_schedule(programme, new, seen=first, by=colleague, reason="调整")
        with pytest.raises(DomainError):
            periods.end_exception(one, by=colleague)
    acts = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(acts) == [
        "period.schedule",
        "period.due",
        "period.exception",
        "period.exception_end",
        "period.exception",
    ]
