"""Loading units from a file: complete, idempotent, all or nothing."""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from departments.errors import DomainError
from departments.models import AuditEvent, Department, DepartmentAlias, DepartmentGroup, GroupMember, Jurisdiction
from departments.services import units

pytestmark = pytest.mark.django_db
FIXTURE = settings.BASE_DIR / "fixtures" / "departments.json"
STREETS = ["洸河街道", "柳行街道", "黄屯街道", "王因街道", "接庄街道"]


def fixture():
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def test_fixture_brings_the_zone_with_its_city_above():
    units.load(fixture(), by=None)

    zone = Jurisdiction.objects.get(code="370871")
    assert (zone.name, zone.parent.code, zone.office_name) == ("济宁高新区", "370800", "督查室")
    assert zone.path == f"/{zone.parent.pk}/{zone.pk}/"
    names = list(
        Department.objects.filter(jurisdiction=zone, parent=None).official_order().values_list("name", flat=True)
    )
    assert len(names) == 23
    assert names[:3] == ["党政办公室", "党工委组织部（人力资源部）", "发展软环境保障局"]
    assert names[14:19] == STREETS
    sections = Department.objects.exclude(parent=None).values_list("parent__name", "name")
    assert set(sections) == {("党政办公室", "宣传"), ("发展软环境保障局", "城乡统筹发展")}


def test_groups_have_their_members_in_order_or_are_open():
    units.load(fixture(), by=None)

    streets = DepartmentGroup.objects.get(name="各街道")
    members = GroupMember.objects.filter(group=streets).values_list("department__name", flat=True)
    assert list(members) == STREETS
    pilot = DepartmentGroup.objects.get(name="试点街道")
    assert (pilot.is_open, pilot.members.count()) == (True, 0)


def test_transport_bureau_is_nobodys_alias():
    units.load(fixture(), by=None)

    assert not DepartmentAlias.objects.filter(plain="交通局").exists()


def test_second_load_changes_nothing():
    first = units.load(fixture(), by=None)
    tables = (Jurisdiction, Department, DepartmentAlias, DepartmentGroup, GroupMember, AuditEvent)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    second = units.load(fixture(), by=None)

    assert (first.created > 0, second.created) == (True, 0)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_member_that_left_the_group_leaves_it():
    units.load(fixture(), by=None)
    data = fixture()
    data["jurisdictions"][1]["groups"][0]["members"] = STREETS[1:]

    units.load(data, by=None)

    members = GroupMember.objects.filter(group__name="各街道").values_list("department__name", flat=True)
    assert list(members) == STREETS[1:]
    assert Department.objects.filter(name=STREETS[0]).exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda zone: zone["units"].append({"name": ""}),
        lambda zone: zone["units"].append({"name": "交通局", "aliases": ["经发局"]}),
        lambda zone: zone["units"].append({"name": "交通局", "aliases": ["财政金融局"]}),
        lambda zone: zone["groups"].append({"name": "各园区", "members": ["没有的街道"]}),
        lambda zone: zone["groups"].append({"name": "各园区"}),
        lambda zone: zone["groups"].append({"name": "公安分局", "is_open": True}),
        lambda zone: zone.update(parent="999999"),
        lambda zone: zone.update(units="公安分局"),
    ],
)
def test_file_with_a_fault_is_refused_whole(spoil):
    data = fixture()
    spoil(data["jurisdictions"][1])

    with pytest.raises(DomainError):
        units.load(data, by=None)

    assert Jurisdiction.objects.count() == Department.objects.count() == 0


def test_command_says_what_it_loaded():
    out = StringIO()
    call_command("load_departments", str(FIXTURE), stdout=out)

    assert "23 units, 2 sections, 2 groups" in out.getvalue()


@pytest.mark.parametrize(("name", "content"), [("none.json", None), ("bad.json", "{"), ("list.json", "[]")])
def test_command_names_what_is_wrong_with_the_file(tmp_path, name, content):
    file = tmp_path / name
    if content is not None:
        file.write_text(content)

    with pytest.raises(CommandError, match=name):
        call_command("load_departments", str(file))
