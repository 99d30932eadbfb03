"""What waits for units that only contribute or read money lines; and what nobody could do for them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from departments import clock
from departments.models import DepartmentUserGrant
from departments.permissions import ADMINISTER, FILE_REPORT, rights_held
from funding.models import FundingLine
from funding.services import assignments
from funding.services.readings import LineReading
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import ResponsibilityFactory, SubItemFactory
from tests.minsheng.life import contribute, submitted

QUERIES = 17


def entries(user, kind):
    groups = todo.board_of(user, rights_held(user), {}).groups
    return [entry for group in groups if group.kind == kind for entry in group.entries]


def assign(world, unit, line=None):
    found = FundingLine.objects.get(pk=(line or world.line).pk)
    assignments.assign(
        found, unit, by=world.clerk, seen=found.reader_in(world.september.month), month=world.september.month
    )


@pytest.fixture
def street(world):
    unit = DepartmentFactory(jurisdiction=world.jurisdiction, name="光荷街道")
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role=Responsibility.Role.ASSIST, order=1)
    return unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})


@pytest.fixture
def administrator(world):
    return UserFactory(grants={world.jurisdiction: [ADMINISTER]})


def told(administrator):
    return {entry.title: entry.note for entry in entries(administrator, Kind.NO_FILER)}


def without_anybody(unit):
    DepartmentUserGrant.objects.filter(content_object=unit).delete()


def test_a_row_says_how_many_money_lines_are_among_what_is_asked(world, street):
    unit, clerk = street
    assert [entry.note for entry in entries(clerk, Kind.CONTRIBUTE)] == [""]
    assign(world, unit)
    assert [entry.note for entry in entries(clerk, Kind.CONTRIBUTE)] == ["含资金1条"]
    assign(world, unit, FundingLineFactory(sub_item=world.sub_item))
    # Lines of other years and mere rates are not read.
    FundingLineFactory(sub_item=world.sub_item, reader=unit, year=2022)
    contribute(world, street, submit=False)
    assert [entry.note for entry in entries(clerk, Kind.CONTRIBUTE)] == ["含资金2条、已存草稿"]


def test_rows_with_money_ask_no_more_queries(world, street, django_assert_num_queries):
    unit, clerk = street
    entries(clerk, Kind.CONTRIBUTE)
    with django_assert_num_queries(QUERIES):
        assert len(entries(clerk, Kind.CONTRIBUTE)) == 1
    for position in (20, 21):
        more = SubItemFactory(project=world.sub_item.project, lead=world.unit, position=position)
        ResponsibilityFactory(sub_item=more, department=unit, order=1)
    with django_assert_num_queries(QUERIES):
        assert len(entries(clerk, Kind.CONTRIBUTE)) == 3


def test_the_administrator_is_told_of_a_contributing_unit_without_anybody(world, street, administrator):
    unit, _clerk = street
    assert told(administrator) == {}
    without_anybody(unit)
    assert told(administrator) == {unit.full_name: "有协办情况待填，但没有在用的填报人员"}
    (entry,) = entries(administrator, Kind.NO_FILER)
    assert entry.url == reverse("office:unit", args=[unit.pk])


@pytest.mark.parametrize("done", ["contributed", "report submitted", "locked", "not responsible"])
def test_nothing_is_told_where_nothing_waits(world, street, administrator, done):
    unit, _clerk = street
    if done == "contributed":
        contribute(world, street)
    elif done == "report submitted":
        submitted(world)
    elif done == "locked":
        september = world.september
        september.due_on, september.locks_on = clock.today() - timedelta(days=1), clock.today()
        september.save()
    else:
        unit.responsibilities.update(until=world.august.month)
    without_anybody(unit)
    assert unit.full_name not in told(administrator)


def test_the_administrator_is_told_of_a_unit_that_reads_money_and_has_nobody(world, street, administrator):
    reader = DepartmentFactory(jurisdiction=world.jurisdiction, name="财政金融局")
    assign(world, reader)
    assert set(told(administrator)) == {"财政金融局"}
    clerk = UserFactory(department=reader)
    contribute(world, (reader, clerk), "", None, money={world.line.pk: LineReading(None, 1, 1)})
    assert told(administrator) == {}


def test_who_assigns_a_line_to_a_unit_without_anybody_is_told(world, client):
    nobody = DepartmentFactory(jurisdiction=world.jurisdiction, name="财政金融局")
    client.force_login(world.clerk)
    url = reverse("filing:assign", args=[world.sub_item.pk, world.line.pk])
    done = client.post(url, {"unit": str(nobody.pk), "seen": ""}, follow=True)
    assert "财政金融局尚无填报员" in done.content.decode()
    assert "财政金融局尚无填报员" in client.get(url).content.decode()
    taken_back = client.post(url, {"unit": "", "seen": str(nobody.pk)}, follow=True)
    assert "尚无填报员" not in taken_back.content.decode()
