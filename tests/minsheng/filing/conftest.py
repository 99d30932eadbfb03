"""Two units that assist, each with its clerk; and the way in by the sign-in page."""

from datetime import datetime

import pytest

from departments import clock
from departments.permissions import FILE_REPORT
from projects.models import Responsibility
from tests.factories.departments import PASSWORD, DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory


@pytest.fixture
def streets(world):
    units = [DepartmentFactory(jurisdiction=world.jurisdiction, name=name) for name in ("光荷街道", "明湖街道")]
    for order, unit in enumerate(units):
        ResponsibilityFactory(sub_item=world.sub_item, department=unit, role=Responsibility.Role.ASSIST, order=order)
    return [(unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})) for unit in units]


@pytest.fixture
def finance(world):
    """A unit that is not responsible for the sub-item, with its clerk."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction, name="财政金融局")
    return unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})


@pytest.fixture
def by_the_door(world, live_server, new_context, settings):
    """``by_the_door(person, viewport)``: a page on which the person has signed in, through the sign-in page.

    It is 20 September 2023, 9:00, also for the server's thread.
    """
    settings.PORTAL_NOW = datetime(2023, 9, 20, 9, tzinfo=clock.ZONE)

    def enter(person, viewport):
        page = new_context(viewport=viewport, base_url=live_server.url).new_page()
        page.goto("/")
        sign_in_on(page, person)
        page.get_by_role("button", name="退出").wait_for()
        return page

    return enter


def sign_in_on(page, person):
    """On the sign-in page."""
    page.locator("input[name=login]").fill(person.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
