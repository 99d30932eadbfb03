"""Accounts from before: kept by the jurisdiction of their unit, of a right of theirs, or by none."""

from importlib import import_module

import pytest
from django.apps import apps

from departments.models import User
from departments.permissions import OVERSEE
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_accounts_find_who_keeps_them():
    unit, zone = DepartmentFactory(), JurisdictionFactory()
    member, leader, nobody, operator = (
        UserFactory(department=unit),
        UserFactory(grants={zone: [OVERSEE]}),
        UserFactory(),
        UserFactory(department=unit, is_staff=True),
    )
    User.objects.update(jurisdiction=None)
    import_module("departments.migrations.0003_keep_accounts").keep_accounts(apps, None)
    found = [User.objects.get(pk=row.pk).jurisdiction for row in (member, leader, nobody, operator)]
    assert found == [unit.jurisdiction, zone, None, None]
