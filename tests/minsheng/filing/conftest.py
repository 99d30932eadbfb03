"""Two units that assist, each with its clerk."""

import pytest

from departments.permissions import FILE_REPORT
from projects.models import Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
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
