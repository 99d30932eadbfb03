"""What waits for a person's units to contribute: the list, against every desk looked at by itself."""

import random
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, rights_held
from funding.models import FundingLine
from funding.services import assignments
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.filing.contribute import desk_of
from minsheng.filing.contributing import Kind, lines_waiting_for, tasks_of, waiting_for
from minsheng.filing.contributions import is_stated
from minsheng.review import services as review
from minsheng.todo import services as todo
from projects.models import MonthlyReport, ReportingPeriod, Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory, LineAssignmentFactory
from tests.factories.projects import (
    FilingExceptionFactory,
    MonthlyReportFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
)
from tests.minsheng.filing.test_assigned_lines import READ, assign
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import contribute, draft, sheet, submitted

TODAY = date(2023, 9, 20)


def waiting(person, on=TODAY):
    return [(task.kind, task.sub_item, task.period.month.month, task.unit.name) for task in waiting_for(person, on)]


def test_an_assisting_clerk_finds_his_item(world, streets, client):
    (task,) = waiting_for(streets[0][1], TODAY)
    assert (task.kind, task.sub_item, task.period, task.unit) == (
        Kind.CONTRIBUTE,
        world.sub_item,
        world.september,
        streets[0][0],
    )
    assert (task.since, task.due_on, task.until, task.filing_unit) == (
        date(2023, 9, 1),
        date(2023, 9, 25),
        date(2023, 10, 4),
        "发展软环境保障局",
    )
    client.force_login(streets[0][1])
    assert client.get(task.url).status_code == 200
    page = client.get(reverse("filing:due"))
    assert [one.url for one in page.context["contributions"]] == [task.url]
    assert task.url in page.content.decode()
    assert [waiting(person) for person in (world.clerk, world.office, world.stranger, world.reviewer())] == [[]] * 4


def test_what_is_sent_is_done_and_stays_at_hand_for_a_correction(world, streets, client):
    contribute(world, streets[0], submit=False)
    assert len(waiting(streets[0][1])) == 1
    contribute(world, streets[0])
    assert waiting(streets[0][1]) == []
    client.force_login(streets[0][1])
    page = client.get(reverse("filing:due"))
    assert (page.context["contributions"], [one.unit for one in page.context["contributed"]]) == ([], [streets[0][0]])
    report = submitted(world)
    assert tasks_of(streets[0][1], TODAY) == []
    assert waiting(streets[1][1]) == []  # too late for this month
    review.send_back(report, by=world.office, comment="请核实。")
    assert len(waiting(streets[1][1])) == 1


def test_what_closed_unsent_stays_in_sight_until_the_lock(world, streets, client):
    """The first street had contributed, the second had not."""
    contribute(world, streets[0])
    report = submitted(world)
    seen = {}
    for unit, clerk in streets:
        client.force_login(clerk)
        page = client.get(reverse("filing:due"))
        seen[unit] = [(task.unit, task.period) for task in page.context["frozen"]]
        assert ("已冻结，未提交" in page.content.decode()) == bool(seen[unit])
    second = streets[1][0]
    assert seen == {streets[0][0]: [], second: [(second, world.september)]}

    review.send_back(report, by=world.office, comment="请核实。")  # now it waits again
    page = client.get(reverse("filing:due"))
    assert (page.context["frozen"], [task.unit for task in page.context["contributions"]]) == ([], [second])
    filing.submit(sheet(world), by=world.clerk)
    with clock.at(datetime(2023, 10, 5, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        assert client.get(reverse("filing:due")).context["frozen"] == []


def test_a_line_assigned_after_the_report_was_submitted_is_not_said_to_be_frozen(world, finance, client):
    submitted(world)
    assignments.assign(FundingLine.objects.get(), finance[0], by=world.office, seen=None, month=world.august.month)
    client.force_login(finance[1])
    assert client.get(reverse("filing:due")).context["frozen"] == []


def test_whoever_submits_is_told_who_has_not_contributed_and_may_all_the_same(world, streets, client):
    client.force_login(world.clerk)

    def told():
        check = client.get(address(world)).context["check"]
        return [point.message for point in check.unusual if point.anchor == "contributions"]

    first, second = (unit.full_name for unit, _clerk in streets)
    assert told() == [f"2个协办单位中有2个尚未提交协办情况（{first}、{second}）。报送后，这些单位不能再提交。"]
    contribute(world, streets[0])
    assert told() == [f"2个协办单位中有1个尚未提交协办情况（{second}）。报送后，这些单位不能再提交。"]
    assert 'href="#contributions"' in client.get(address(world)).content.decode()
    assert submitted(world).events.get().snapshot["warnings"] == []  # it is no fault of the report


def test_a_line_waits_until_it_is_read(world, streets, finance):
    contribute(world, streets[0])
    assert waiting(finance[1]) == []
    assign(world, finance[0])
    assert waiting(finance[1]) == [(Kind.READ_MONEY, world.sub_item, 9, "财政金融局")]
    (task,) = waiting_for(finance[1], TODAY)
    assert [str(line) for line in task.lines] == ["区级财政"]
    contribute(world, finance, "", None, money={world.line.pk: READ})
    assert waiting(finance[1]) == []
    assign(world, streets[0][0])  # which has sent its text already
    assert waiting(streets[0][1]) == [(Kind.CONTRIBUTE, world.sub_item, 9, "光荷街道")]
    assert waiting(finance[1]) == []


def test_an_untouched_report_counts_as_not_begun(world, streets, client):
    contribute(world, streets[0])
    client.force_login(world.clerk)
    (item,) = [item for month in client.get(reverse("filing:due")).context["months"] for item in month.items]
    assert (item.report, item.waits_for_unit) == (None, True)
    draft(world)
    (item,) = [item for month in client.get(reverse("filing:due")).context["months"] for item in month.items]
    assert item.report is not None


def looked_at_one_by_one(person, units, on):
    """The same by the pages: every desk of every month that may be written now and says too little."""
    found = set()
    for sub_item in SubItem.objects.filter(status=SubItem.Status.ACTIVE).select_related("programme__jurisdiction"):
        for period in ReportingPeriod.objects.filter(programme=sub_item.programme):
            for unit in units:
                desk = desk_of(sub_item, period, unit)
                if not desk.is_editable or desk.is_own:
                    continue
                said = desk.newest.snapshot if desk.newest else None
                stated = {
                    entry["id"]
                    for entry in (said or {}).get("money", ())
                    if is_stated(LineReading(entry["applied"], entry["secured"], entry["spent"]))
                }
                waits = said is None or any(line.pk not in stated for line in desk.lines)
                found.add((sub_item.pk, period.pk, unit.pk, waits))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_list_says_what_the_desks_say(world, seed):
    """Random plans, months, hand-overs, exceptions, reports and contributions."""
    dice = random.Random(seed)
    units = [DepartmentFactory(jurisdiction=world.jurisdiction) for _ in range(3)]
    units.append(DepartmentFactory(jurisdiction=world.jurisdiction, parent=units[0]))
    person = UserFactory(grants={unit: [FILE_REPORT] for unit in dice.sample(units[:3], 2)})
    mine = [unit for unit in units if person.departmentusergrant_set.filter(content_object__in=[unit, unit.parent])]
    months = [
        world.august,
        world.september,
        ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 10, 1)),
    ]
    for _ in range(4):
        sub_item = SubItemFactory(
            project=world.sub_item.project,
            lead=dice.choice([world.unit, *units]),
            status=dice.choice(["active", "active", "active", "withdrawn"]),
        )
        for order, unit in enumerate(dice.sample(units, dice.randint(0, 3))):
            if sub_item.responsibilities.filter(department=unit).exists():
                continue
            until = dice.choice([None, None, date(2023, 8, 1)])
            ResponsibilityFactory(
                sub_item=sub_item, department=unit, role=dice.choice(["lead", "assist"]), order=order, until=until
            )
        for _line in range(dice.randint(0, 2)):
            reader = dice.choice([None, *units])
            FundingLineFactory(sub_item=sub_item, reader=reader, rate=dice.choice([None, None, Decimal(3)]))
        for period in months:
            _random_month(dice, world, sub_item, period, units)
    for moment in (datetime(2023, 9, 20, 9), datetime(2023, 10, 6, 9)):  # noqa: DTZ001
        with clock.at(moment):
            listed = {
                (task.sub_item.pk, task.period.pk, task.unit.pk, task.waits) for task in tasks_of(person, moment.date())
            }
            assert listed == looked_at_one_by_one(person, mine, moment.date())
            with_lines = [task for task in waiting_for(person, moment.date()) if task.lines]
            assert lines_waiting_for(person, moment.date()) == with_lines


def _random_month(dice, world, sub_item, period, units):
    if dice.random() < 0.3:
        FilingExceptionFactory(period=period, sub_item=dice.choice([None, sub_item]), until=date(2023, 10, 9))
    for unit in units:
        if dice.random() < 0.5:
            continue
        with clock.at(datetime.combine(period.month, datetime.min.time()).replace(day=10)):
            desk = desk_of(sub_item, period, unit)
            if not desk.is_editable:
                continue
            money = {line.pk: LineReading(applied=Decimal(1)) for line in desk.lines if dice.random() < 0.7}
            author = UserFactory(department=unit)
            contributing.save(desk, Content(progress="好。", money=money), by=author, seen_version=0)
            if dice.random() < 0.6 and len(money) == len(desk.lines):
                contributing.submit(desk, by=author)
    if dice.random() < 0.3:
        state = dice.choice(list(MonthlyReport.State))
        if not MonthlyReport.objects.filter(sub_item=sub_item, period=period).update(state=state):
            MonthlyReportFactory(sub_item=sub_item, period=period, state=state)
    if dice.random() < 0.3:  # assigned once more, after some have sent
        for line in sub_item.funding_lines.all():
            LineAssignmentFactory(
                line=line, department=dice.choice([None, *units]), since=date(2023, dice.choice([8, 9, 10]), 1)
            )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_long_it_is(world, finance, django_assert_num_queries, count):
    for _ in range(count):
        sub_item = SubItemFactory(project=world.sub_item.project, lead=world.unit)
        Responsibility.objects.create(
            sub_item=sub_item, department=finance[0], role="assist", order=1, stated_as="财政金融局"
        )
        line = FundingLineFactory(sub_item=sub_item, reader=finance[0])
        desk = desk_of(sub_item, world.september, finance[0])
        contributing.save(desk, Content(money={line.pk: READ}), by=finance[1], seen_version=0)
        contributing.submit(desk, by=finance[1])
    tasks_of(finance[1], TODAY)
    # lines, roles, periods and exceptions, reports with contributions, versions
    with django_assert_num_queries(8):
        tasks = tasks_of(finance[1], TODAY)
        assert [(task.waits, str(task.lines[0]), task.sub_item.title) for task in tasks]
    assert len(tasks) == count
    with django_assert_num_queries(8 + 1):  # what the header pays, whose number is one more query
        assert todo.number(finance[1], {FILE_REPORT}) == 0


def waits_for(person):
    return [one.due for one in todo.board_of(person, rights_held(person), {}).groups[0].entries]


def test_a_reopened_month_asks_nobody_who_had_not_contributed_to_it(world, streets, finance):
    """It was approved without them; who had contributed may correct it, and is not asked."""
    LineAssignmentFactory(line=world.line, department=finance[0])
    contribute(world, streets[0])
    report = submitted(world)
    review.approve(report, by=world.office)
    with clock.at(datetime(2023, 10, 6, 9)):  # noqa: DTZ001
        review.reopen(MonthlyReport.objects.get(pk=report.pk), by=world.office, reason="数据有误")
        for _unit, clerk in (*streets, finance):
            assert todo.number(clerk, rights_held(clerk)) == 0
            assert waiting_for(clerk, clock.today()) == []
        assert [one.newest.number for one in tasks_of(streets[0][1], clock.today())] == [1]
        assert tasks_of(streets[1][1], clock.today()) == []
        contribute(world, streets[1])  # asked by word of mouth, it still can


def test_a_returned_month_waits_for_a_contribution_up_to_the_day_it_is_due_again(world, streets, finance):
    LineAssignmentFactory(line=world.line, department=finance[0])
    report = submitted(world)
    with clock.at(datetime(2023, 9, 28, 9)):  # noqa: DTZ001
        review.send_back(report, by=world.office, comment="请核实")
        for _unit, clerk in (streets[0], finance):
            assert waits_for(clerk) == [date(2023, 10, 5)]
            assert [task.due_on for task in waiting_for(clerk, clock.today())] == [date(2023, 10, 5)]
