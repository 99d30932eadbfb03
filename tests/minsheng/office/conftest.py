"""A zone with two administrators, a unit and a person of it; another zone with its own."""

from types import SimpleNamespace

import pytest

from departments.permissions import ADMINISTER, AUDIT
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory


@pytest.fixture
def town(db):
    zone, other = JurisdictionFactory.create_batch(2)
    unit = DepartmentFactory(jurisdiction=zone, name="示例局", order=1)
    return SimpleNamespace(
        zone=zone,
        unit=unit,
        administrator=UserFactory(username="guanli", jurisdiction=zone, grants={zone: [ADMINISTER]}),
        second=UserFactory(username="guanli2", jurisdiction=zone, grants={zone: [ADMINISTER]}),
        auditor=UserFactory(jurisdiction=zone, grants={zone: [AUDIT]}),
        person=UserFactory(username="wangli", name="王丽", department=unit),
        other=other,
        foreign_unit=DepartmentFactory(jurisdiction=other),
        foreigner=UserFactory(jurisdiction=other),
    )


@pytest.fixture
def office(client, town):
    """The client, signed in as the administrator."""
    client.force_login(town.administrator)
    return client
