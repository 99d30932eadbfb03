"""A line's one reader of earlier releases becomes its first assignment."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from departments import clock
from funding.models import LineAssignment
from tests.factories.departments import DepartmentFactory
from tests.factories.funding import FundingLineFactory


@pytest.mark.django_db(transaction=True)
def test_the_reader_of_an_earlier_release_is_dated():
    unit, line, other = DepartmentFactory(), FundingLineFactory(), FundingLineFactory()
    before = [("funding", "0007_assigned_from")]
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes("funding")
    try:
        old = executor.migrate(before).apps.get_model("funding", "FundingLine")
        given = {"assigned_at": clock.now(), "assigned_by_name": "某某"}
        old.objects.filter(pk=line.pk).update(
            department=unit.pk, assigned_from=date(2023, 9, 1), assigned_after=7, **given
        )
        old.objects.filter(pk=other.pk).update(department=unit.pk, **given)
    finally:
        MigrationExecutor(connection).migrate(newest)
    dated = LineAssignment.objects.order_by("line").values_list("line", "department", "since", "until", "after")
    first_month = other.sub_item.programme.first_month
    assert list(dated) == [
        (line.pk, unit.pk, date(2023, 9, 1), None, 7),
        (other.pk, unit.pk, first_month, None, 0),
    ]
    assert set(LineAssignment.objects.values_list("by_name", flat=True)) == {"某某"}
