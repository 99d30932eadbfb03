"""The order of row locks, and that the watch over it (``tests/lock_order.py``) sees what breaks it."""

import pytest
from django.db import connection, transaction

from departments import locks
from projects.models import MonthlyReport, Programme, SubItem
from tests.factories.projects import MonthlyReportFactory

pytestmark = pytest.mark.django_db


def test_every_table_of_the_order_exists():
    assert set(locks.ORDER) <= set(connection.introspection.table_names())


def downwards(report):
    locks.hold(Programme, report.period.programme_id)
    locks.hold(SubItem, report.sub_item_id)
    locks.again(report)


UPWARDS = [
    lambda report: locks.hold(Programme, report.period.programme_id),
    lambda report: Programme.objects.filter(pk=report.period.programme_id).update(title="甲"),
    lambda report: Programme.objects.select_for_update().get(pk=report.period.programme_id),
]


def test_downwards_is_fine_and_so_is_once_more(locks_in_order):
    report = MonthlyReportFactory()
    with transaction.atomic():
        downwards(report)
        Programme.objects.update(title="甲")  # it is held
    with transaction.atomic():
        locks.again(report)
    with transaction.atomic():
        downwards(report)
    assert locks_in_order.found == []


def test_what_is_written_in_a_block_without_a_savepoint_of_its_own_is_a_transaction_of_its_own(locks_in_order):
    report = MonthlyReportFactory()
    MonthlyReport.objects.bulk_update([report], ["progress"])
    Programme.objects.bulk_update([report.period.programme], ["title"])
    assert locks_in_order.found == []


def upwards_is_found(step, locks_in_order):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one lock for everything")
    report = MonthlyReportFactory()
    with transaction.atomic():
        locks.again(report)
        step(report)
    (found,) = locks_in_order.found
    assert found.startswith("projects_programme is locked after projects_monthlyreport")
    locks_in_order.found.clear()


@pytest.mark.parametrize("step", UPWARDS)
def test_upwards_is_found(step, locks_in_order):
    upwards_is_found(step, locks_in_order)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", UPWARDS)
def test_upwards_is_found_in_a_transaction_that_is_none_of_the_tests(step, locks_in_order):
    upwards_is_found(step, locks_in_order)
