"""What a working day set by hand does to due days, and what the office is told of it."""

from datetime import date

import pytest

from projects.models import DayOverride
from tests.minsheng.periods.test_pages import address


@pytest.fixture
def office(world, client):
    client.force_login(world.office)
    return client


def test_months_that_have_not_opened_move_too_and_are_counted(world, office):
    url = address(world, "calendar")
    done = office.post(url, {"day": "2023-11-27", "works": "off"}, follow=True)
    assert "1个月份" in done.content.decode()
    forget = address(world, "forget_day", DayOverride.objects.get().pk)
    assert "1个月份" in office.post(forget, follow=True).content.decode()
    assert "没有变化" in office.post(url, {"day": "2023-11-28", "works": "off"}, follow=True).content.decode()


def test_a_due_day_set_by_hand_that_becomes_a_day_off_is_pointed_out(world, office):
    asked = {"due_on": "2023-09-27", "reason": "推迟", "seen": "2023-09-25"}
    office.post(address(world, "due", "2023-09"), asked)
    url = address(world, "calendar")
    done = office.post(url, {"day": "2023-09-27", "works": "off"}, follow=True)
    assert "人工调整的截止日期2023-09-27现为休息日" in done.content.decode()
    row = next(one for one in office.get(address(world, "periods")).context["rows"] if one.month.month == 9)
    assert (row.is_off, row.period.due_on) == (True, date(2023, 9, 27))
    again = office.post(url, {"day": "2023-10-27", "works": "off"}, follow=True)
    assert "现为休息日" not in again.content.decode()
