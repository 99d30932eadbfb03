"""The number in the header, the to-do and the work pages say the same, whatever becomes of a month."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import AUDIT, FILE_REPORT, IMPORT_TABLE, OVERSEE, REVIEW_REPORT, SUPERVISE, rights_held
from minsheng.filing.contributing import waiting_for
from minsheng.filing.due import due_months
from minsheng.periods.chase import chase_of
from minsheng.periods.filings import Reporting
from minsheng.review import services as review
from minsheng.review.queue import queue_of
from minsheng.review.services import stuck
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import MonthlyReport, Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import (
    FilingExceptionFactory,
    ProgrammeFactory,
    ReportEventFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
)
from tests.minsheng.life import submitted


def number(user):
    return todo.number(user, rights_held(user))


def board(user, **asked):
    return todo.board_of(user, rights_held(user), asked)


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
        ReportEventFactory(report=submitted(world), to_state=name)
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


@pytest.mark.parametrize("change", CHANGES)
def test_number_list_and_work_pages_agree(world, change, django_assert_num_queries):
    reviewer = world.reviewer()
    CHANGES[change](world)
    number(world.clerk)  # warm guardian's process-wide cache
    for person in (world.clerk, reviewer, world.office, world.stranger):
        held = rights_held(person)
        with django_assert_num_queries(2 if FILE_REPORT in held else 1):  # and whether they have money lines to read
            found = todo.number(person, held)
        shown = board(person)
        assert found == shown.total == sum(len(group.entries) for group in shown.groups)
        filing = sum(month.waiting for month in due_months(person))
        nobody_files = sum(group.count for group in shown.groups if group.kind == Kind.NO_UNIT)
        assert found == filing + len(queue_of(person)) + stuck(person).count() + nobody_files
    assert number(world.stranger) == 0


def test_an_exception_makes_a_locked_month_wait_again(world):
    lock(world)
    assert number(world.clerk) == 0
    CHANGES["excepted"](world)
    assert number(world.clerk) == 1


def test_a_month_goes_from_list_to_list(world):
    reviewer = world.reviewer()
    assert [group.kind for group in board(world.clerk).groups] == [Kind.FILE]
    report = submitted(world)
    assert (number(world.clerk), number(reviewer), number(world.office)) == (0, 1, 0)
    assert [group.kind for group in board(reviewer).groups] == [Kind.REVIEW]
    MonthlyReport.objects.filter(pk=report.pk).update(state=MonthlyReport.State.SUBMITTED)
    assert (number(world.clerk), number(reviewer), number(world.office)) == (0, 0, 1)
    assert [group.kind for group in board(world.office).groups] == [Kind.APPROVE]


def test_the_number_stands_in_the_header_of_every_page(world, client):
    client.force_login(world.clerk)
    for address in ("home", "filing:due", "dashboard:sub_items"):
        page = client.get(reverse(address), follow=True).content.decode()
        assert page.count('<span class="nav-badge">1<') == 1
        assert page.count("nav-badge") == 1


def test_every_role_begins_here_and_leadership_at_the_overview(world, client):
    people = {
        "clerk": world.clerk,
        "reviewer": world.reviewer(),
        "office": world.office,
        "importer": UserFactory(grants={world.jurisdiction: [IMPORT_TABLE]}),
        "auditor": UserFactory(grants={world.jurisdiction: [AUDIT]}),
        "both": UserFactory(grants={world.jurisdiction: [OVERSEE, SUPERVISE]}),
    }
    for person in people.values():
        client.force_login(person)
        page = client.get("/")
        assert (page.status_code, page.templates[0].name) == (200, "todo/page.html")
        assert page.content.decode().count('aria-current="page"') == 1

    client.force_login(world.leader)
    assert client.get("/").url == reverse("dashboard:overview")
    overview = client.get("/", follow=True)
    assert next(item.url_name for item in overview.context["navigation"]) == "dashboard:overview"


def test_where_nothing_waits_the_next_due_day_is_told(world, client):
    submitted(world)
    ahead = todo.upcoming(world.clerk, {FILE_REPORT})
    assert [(one.month, one.opens_on, one.due_on, one.is_open) for one in ahead] == [
        (date(2023, 10, 1), date(2023, 10, 1), date(2023, 10, 25), False)
    ]
    MonthlyReport.objects.update(state=MonthlyReport.State.APPROVED)
    (due,) = todo.upcoming(world.office, {SUPERVISE})
    assert (due.month, due.due_on, due.is_open) == (date(2023, 9, 1), date(2023, 9, 25), True)
    client.force_login(world.office)
    page = client.get("/").content.decode()
    assert "没有待您办理的事项" in page
    assert "9月25日" in page


def test_in_the_last_month_nothing_follows(world):
    programme = world.sub_item.programme
    programme.last_month = date(2023, 9, 1)
    programme.save()
    submitted(world)
    assert todo.upcoming(world.clerk, {FILE_REPORT}) == []
    assert [one.month for one in todo.upcoming(world.clerk, {REVIEW_REPORT})] == [date(2023, 9, 1)]


def test_what_was_returned_stands_first_and_then_what_has_waited_longest(world):
    """It was filed after the others opened, and returned last of all; its button stands first as well."""
    SubItemFactory(project=world.sub_item.project, lead=world.unit)
    review.send_back(submitted(world), by=world.office, comment="请核实。")
    shown = board(world.clerk)
    returned, to_file = shown.groups
    assert (returned.kind, to_file.kind) == (Kind.RETURNED, Kind.FILE)
    assert returned.entries[0].since.date() > to_file.entries[0].since
    assert [one.kind for one in shown.choices] == [None, Kind.RETURNED, Kind.FILE]


def test_many_entries_are_shown_a_kind_at_a_time(world, client):
    for _ in range(11):
        SubItemFactory(project=world.sub_item.project, lead=world.unit)
    both = UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT], world.jurisdiction: [SUPERVISE]})
    submitted(world)
    shown = board(both)
    assert [(group.kind, len(group.entries), group.left) for group in shown.groups] == [
        (Kind.FILE, 10, 1),
        (Kind.APPROVE, 1, 0),
    ]
    assert [(one.kind, one.count, one.current) for one in shown.choices] == [
        (None, 12, True),
        (Kind.FILE, 11, False),
        (Kind.APPROVE, 1, False),
    ]
    narrowed = board(both, kind="file")
    assert [(group.kind, len(group.entries)) for group in narrowed.groups] == [(Kind.FILE, 11)]
    assert [(group.kind, len(group.entries)) for group in board(world.clerk).groups] == [(Kind.FILE, 11)]
    assert board(both, kind="right").groups == shown.groups  # what he has none of narrows nothing
    client.force_login(both)
    assert "还有1项" in client.get("/").content.decode()


def test_long_lists_are_paged(world, client):
    SubItemFactory.create_batch(51, project=world.sub_item.project, lead=world.unit)
    client.force_login(world.clerk)
    assert len(client.get("/").context["board"].groups[0].entries) == 50
    assert len(client.get("/?page=2").context["board"].groups[0].entries) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_much_waits(world, client, django_assert_num_queries, count):
    for _ in range(count - 1):
        other = SubItemFactory(project=world.sub_item.project, lead=world.unit)
        MonthlyReport.objects.create(sub_item=other, period=world.september, department=world.unit)
    client.force_login(world.clerk)
    client.get("/")
    # session, person with unit (2), rights; counts of what is returned, to file, to contribute, refused, let go, and
    # lines to read; rows, periods, exceptions; what others do: requests, what ran out; in the header rights, number (2)
    with django_assert_num_queries(21):  # with his programmes, whether there are several
        page = client.get("/")
    assert page.context["board"].total == count


def test_nobody_else_pays_for_it(world, client, django_assert_num_queries):
    client.force_login(UserFactory(grants={world.jurisdiction: [AUDIT]}))
    with django_assert_num_queries(6):  # session, person, rights; units and offices of what is due next; rights
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


# several programmes ----------------------------------------------------------------------------------------------


@pytest.fixture
def second(world):
    """Another programme of the same unit, due five days earlier in the same month."""
    programme = ProgrammeFactory(jurisdiction=world.jurisdiction, name="重点工作")
    ReportingPeriodFactory(programme=programme, month=date(2023, 9, 1), due_on=date(2023, 9, 22))
    return SubItemFactory(programme=programme, lead=world.unit)


def test_what_is_due_earlier_stands_first_and_each_programme_is_named(world, second, client):
    assist = DepartmentFactory(jurisdiction=world.jurisdiction)
    for item in (world.sub_item, second):
        ResponsibilityFactory(sub_item=item, department=assist, role="assist")
    helper = UserFactory(department=assist, grants={assist: [FILE_REPORT]})
    for person in (world.clerk, helper):
        (group,) = board(person).groups
        assert [(one.due, one.programme_name) for one in group.entries] == [
            (date(2023, 9, 22), "重点工作"),
            (date(2023, 9, 25), world.sub_item.programme.name),
        ]
    months = due_months(world.clerk)
    assert [month.period.due_on for month in months] == [date(2023, 9, 22), date(2023, 9, 25)]
    assert [task.due_on for task in waiting_for(helper, clock.today())] == [date(2023, 9, 22), date(2023, 9, 25)]
    client.force_login(world.clerk)
    assert "重点工作" in client.get("/").content.decode()
    assert "重点工作" in client.get(reverse("filing:report", args=[second.pk, "2023-09"])).content.decode()
    submitted(world)
    assert [one.programme_name for one in board(world.office).groups[0].entries] == [world.sub_item.programme.name]


def test_programmes_of_one_name_are_told_apart_by_year(world):
    other = ProgrammeFactory(jurisdiction=world.jurisdiction, name=world.sub_item.programme.name, year=2024)
    (entry,) = board(world.clerk).groups[0].entries
    assert entry.programme_name == ""  # his unit has no part in the other one
    SubItemFactory(programme=other, lead=world.unit)
    (entry,) = board(world.clerk).groups[0].entries
    assert entry.programme_name == str(world.sub_item.programme)


def test_what_was_filed_waits_since_then_and_is_not_late(world, client):
    """The month's due day is the unit's: whoever reviews or approves reads how long it has waited."""
    reviewer = world.reviewer()
    report = submitted(world)
    with clock.at(datetime(2023, 9, 28, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        for state, person in (
            (MonthlyReport.State.UNIT_REVIEW, reviewer),
            (MonthlyReport.State.SUBMITTED, world.office),
        ):
            MonthlyReport.objects.filter(pk=report.pk).update(state=state)
            (entry,) = board(person).groups[0].entries
            assert (entry.due, entry.is_overdue, entry.days_waiting) == (None, False, 8)
            client.force_login(person)
            page = client.get("/").content.decode()
            assert "已等待8天" in page
            assert "已过" not in page
