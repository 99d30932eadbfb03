"""The numbers in the navigation are those of the pages behind them, and cost nothing to whom they do not concern."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import AUDIT
from minsheng import waiting
from minsheng.filing.due import due_months
from minsheng.periods.chase import chase_of
from minsheng.periods.filings import Reporting
from projects.models import MonthlyReport, Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import FilingExceptionFactory, ReportingPeriodFactory, SubItemFactory
from tests.minsheng.life import submitted


def listed(user):
    return sum(month.waiting for month in due_months(user))


def role(world):
    return Responsibility.objects.get(sub_item=world.sub_item)


def lock(world, **exception):
    """September locks today, August did before; ``exception`` lets August be filed all the same."""
    world.september.due_on = clock.today() - timedelta(days=1)
    world.september.locks_on = clock.today()
    world.september.save()
    if exception:
        FilingExceptionFactory(period=world.august, **exception)


def handed_over(world):
    held = role(world)
    held.until = date(2023, 8, 1)
    held.save()


def state(name):
    def change(world):
        submitted(world)
        MonthlyReport.objects.update(state=name)

    return change


TODAY, YESTERDAY = timedelta(0), timedelta(-1)
CHANGES = {
    "as it is": lambda _world: None,
    "withdrawn": lambda world: SubItem.objects.update(status=SubItem.Status.WITHDRAWN),
    "handed over after August": handed_over,
    "begins with September": lambda _world: Responsibility.objects.update(since=date(2023, 9, 1)),
    "locked": lock,
    "excepted": lambda world: lock(world, until=clock.today()),
    "excepted until yesterday": lambda world: lock(world, until=clock.today() + YESTERDAY),
    "another unit excepted": lambda world: lock(world, until=clock.today(), department=DepartmentFactory()),
    "this unit excepted": lambda world: lock(world, until=clock.today(), department=world.unit),
    "another item excepted": lambda world: lock(world, until=clock.today(), sub_item=SubItemFactory()),
    "two more, in a month to come": lambda world: [
        SubItemFactory(project=world.sub_item.project, lead=world.unit),
        ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 11, 1)),
    ],
    **{name: state(name) for name in MonthlyReport.State.values},
}


def test_an_exception_makes_a_locked_month_wait_again(world):
    lock(world)
    assert waiting.to_file(world.clerk) == 0
    CHANGES["excepted"](world)
    assert waiting.to_file(world.clerk) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_what_waits_to_be_filed_is_what_the_page_lists(world, change, django_assert_num_queries):
    CHANGES[change](world)
    waiting.to_file(world.clerk)  # warm guardian's process-wide cache
    with django_assert_num_queries(1):
        found = waiting.to_file(world.clerk)
    assert found == listed(world.clerk)
    assert waiting.to_file(world.stranger) == 0


def test_the_changes_above_make_a_difference(world):
    assert waiting.to_file(world.clerk) == 1
    submitted(world)
    assert waiting.to_file(world.clerk) == 0
    assert waiting.to_review(world.office) == 1
    assert waiting.to_review(world.stranger) == 0


def test_the_number_stands_in_the_navigation(world, client):
    client.force_login(world.clerk)
    assert '<span class="nav-badge">1<' in client.get(reverse("filing:due")).content.decode()


def test_nobody_else_pays_for_it(world, client, django_assert_num_queries):
    client.force_login(UserFactory(grants={world.jurisdiction: [AUDIT]}))
    with django_assert_num_queries(3):  # session, person, rights for the landing
        client.get("/")


@pytest.mark.parametrize("status", SubItem.Status.values)
@pytest.mark.parametrize("name", [None, *MonthlyReport.State.values])
def test_what_the_office_chases_is_what_waits_for_the_unit(world, name, status):
    """While a month is open, but for what waits with the unit's own reviewer."""
    if name:
        state(name)(world)
    SubItem.objects.update(status=status)
    reporting = Reporting(world.sub_item.programme)
    chased = [item for one in chase_of(reporting, world.september).owing for item in one.items]
    waits = [item for item in chased if not item.in_unit_review]
    assert len(waits) == sum(month.waiting for month in due_months(world.clerk, only=world.september))
    if status != SubItem.Status.ACTIVE:
        assert chased == []
