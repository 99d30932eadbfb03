"""Who held a sub-item in which month, asked of many rows and of one."""

from datetime import date

import pytest

from projects.models import Responsibility
from tests.factories.projects import ResponsibilityFactory

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = date(2023, 3, 1), date(2023, 4, 1), date(2023, 5, 1)


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (None, None, True),
        (APRIL, None, True),
        (None, APRIL, True),
        (APRIL, APRIL, True),
        (MAY, None, False),
        (None, MARCH, False),
        (MARCH, MAY, True),
    ],
)
def test_first_and_last_month_are_included(since, until, held):
    role = ResponsibilityFactory(since=since, until=until)

    assert role.held_in(APRIL) is held
    assert list(Responsibility.objects.in_month(APRIL)) == ([role] if held else [])
