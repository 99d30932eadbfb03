"""A unit that ends while it still files sub-items: it is said, confirmed, and the supervision office has it to do."""

from datetime import date

import pytest
from django.urls import reverse

from departments.models import AuditEvent
from departments.permissions import SUPERVISE, rights_held
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

ASKED = {"until": "2023-10-31", "successor": ""}


@pytest.fixture
def filed(town):
    """A programme in which the unit files one sub-item and its section another."""
    programme = ProgrammeFactory(jurisdiction=town.zone)
    ReportingPeriodFactory(programme=programme, month=date(2023, 9, 1))
    SubItemFactory(programme=programme, lead=town.unit)
    SubItemFactory(programme=programme, lead=DepartmentFactory(parent=town.unit))
    SubItemFactory(programme=programme, lead=town.unit, status=SubItem.Status.CLOSED)
    return programme


@pytest.fixture
def supervisor(town):
    return UserFactory(jurisdiction=town.zone, grants={town.zone: [SUPERVISE]})


def close(office, town, **more):
    return office.post(reverse("office:unit_close", args=[town.unit.pk]), ASKED | more)


def waiting(user):
    board = todo.board_of(user, rights_held(user), {"kind": Kind.ENDED})
    return [entry for group in board.groups if group.kind == Kind.ENDED for entry in group.entries]


def test_it_is_said_and_must_be_confirmed(office, town, filed):
    page = office.get(reverse("office:unit", args=[town.unit.pk])).text
    assert "该单位仍负责报送2个子项" in page
    refused = close(office, town)
    town.unit.refresh_from_db()
    assert (refused.status_code, town.unit.active_until) == (422, None)
    assert not AuditEvent.objects.filter(action="unit.close").exists()

    assert close(office, town, sure="on").status_code == 302
    town.unit.refresh_from_db()
    assert town.unit.active_until == date(2023, 10, 31)


def test_of_two_programmes_each_is_named(office, town, filed):
    assert str(filed) not in office.get(reverse("office:unit", args=[town.unit.pk])).text
    second = SubItemFactory(programme=ProgrammeFactory(jurisdiction=town.zone, year=2024), lead=town.unit).programme
    page = office.get(reverse("office:unit", args=[town.unit.pk])).text
    assert page.index(str(second)) < page.index(str(filed))


def test_who_files_nothing_ends_without_a_question(office, town):
    assert "仍负责报送" not in office.get(reverse("office:unit", args=[town.unit.pk])).text
    assert close(office, town).status_code == 302


def test_the_supervision_office_has_it_to_do_until_it_is_handed_over(client, office, town, filed, supervisor):
    assert waiting(supervisor) == []
    close(office, town, sure="on")

    entries = waiting(supervisor)
    assert [entry.note for entry in entries] == ["仍负责报送1个子项"] * 2  # the unit, and its section
    assert {entry.url for entry in entries} == {reverse("handover:programme", args=[filed.pk])}
    client.force_login(supervisor)
    assert client.get(entries[0].url).context["form"].initial["old"] == str(town.unit.pk)

    Responsibility.objects.update(until=date(2023, 9, 1))
    assert waiting(supervisor) == []
