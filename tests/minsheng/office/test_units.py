"""Units, sections, aliases, groups, sources, as an administrator changes them."""

from datetime import date

import pytest
from django.urls import reverse

from departments.models import AuditEvent, Department, DepartmentAlias, DepartmentGroup
from funding.models import FundingSource
from tests.factories.departments import (
    DepartmentAliasFactory,
    DepartmentFactory,
    DepartmentGroupFactory,
)

CONTENT = {"name": "数据局", "short_name": "", "contact": "", "telephone": ""}


def post(client, page, /, *args, query="", **data):
    return client.post(reverse(f"office:{page}", args=args) + query, data)


def nothing_happened():
    return not AuditEvent.objects.exists()


def order(zone):
    return list(Department.objects.filter(jurisdiction=zone, parent=None).official_order())


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_many_units_as_for_one(office, town, django_assert_num_queries, count):
    for unit in [town.unit, *DepartmentFactory.create_batch(count - 1, jurisdiction=town.zone)]:
        DepartmentAliasFactory(department=unit)
        DepartmentAliasFactory(department=DepartmentFactory(parent=unit))
    office.get(reverse("office:units"))
    # session, user, areas, count, units, aliases, sections, their aliases, navigation and its number
    with django_assert_num_queries(10):
        response = office.get(reverse("office:units"))
    assert len(response.context["table"].records) == count


def test_a_unit_and_its_section_are_added_at_the_end_and_recorded(office, town):
    response = post(office, "unit_add", **CONTENT)
    unit = Department.objects.get(name="数据局")
    assert response.url == reverse("office:unit", args=[unit.pk])
    post(office, "unit_add", query=f"?parent={unit.pk}", **CONTENT | {"name": "综合科"})

    section = unit.sections.get()
    assert order(town.zone) == [town.unit, unit]
    assert (section.order, section.position) == (unit.order, 1)
    assert list(AuditEvent.objects.values_list("action", "object_name", "actor")) == [
        ("unit.add", "综合科", town.administrator.pk),
        ("unit.add", "数据局", town.administrator.pk),
    ]


@pytest.mark.parametrize("taken", ["示例局", "示例 局", "示例\u2060局", "\u202e示例局", "老示例局", "各街道"])
def test_a_name_that_means_something_already_is_refused_in_place(office, town, taken):
    DepartmentAliasFactory(department=town.unit, text="老示例局")
    DepartmentGroupFactory(jurisdiction=town.zone, name="各街道")
    response = post(office, "unit_add", **CONTENT | {"name": taken, "contact": "李四"})
    assert response.status_code == 409
    assert "一名称不能指两个对象" in response.content.decode()
    assert 'value="李四"' in response.content.decode()  # what was typed is there
    assert order(town.zone) == [town.unit]
    assert nothing_happened()


def test_what_shows_nothing_is_not_kept_in_a_name(office, town):
    post(office, "unit_add", **CONTENT | {"name": "数据\u202e局\u2060"})
    assert Department.objects.filter(name="数据局").exists()


def test_renaming_keeps_old_and_new(office, town):
    post(office, "unit", town.unit.pk, **CONTENT | {"telephone": "0537-1"})
    town.unit.refresh_from_db()
    assert town.unit.name == "数据局"
    assert AuditEvent.objects.get().details["changed"] == {"name": ["示例局", "数据局"], "telephone": ["", "0537-1"]}
    post(office, "unit", town.unit.pk, **CONTENT | {"telephone": "0537-1"})
    assert AuditEvent.objects.count() == 1  # nothing differs, nothing is recorded


def test_a_section_of_a_section_does_not_exist(office, town):
    section = DepartmentFactory(parent=town.unit)
    assert post(office, "unit_add", query=f"?parent={section.pk}", **CONTENT).status_code == 404
    assert office.get(reverse("office:unit_add") + "?parent=x").status_code == 404
    assert Department.objects.filter(name="数据局").count() == 0


def test_units_move_with_their_sections(office, town):
    second, third = (DepartmentFactory(jurisdiction=town.zone, order=number) for number in (2, 2))
    section = DepartmentFactory(parent=third)
    post(office, "unit_place", third.pk, place=1)
    assert order(town.zone) == [third, town.unit, second]
    section.refresh_from_db()
    third.refresh_from_db()
    assert section.order == third.order == 1
    response = post(office, "unit_place", third.pk, place="一")
    assert response.status_code == 422
    assert order(town.zone)[0] == third


def test_a_unit_ends_with_its_sections_and_goes_on(office, town):
    section, heir = DepartmentFactory(parent=town.unit), DepartmentFactory(jurisdiction=town.zone)
    post(office, "unit_close", town.unit.pk, until="2023-10-31", successor=heir.pk)
    for row in (town.unit, section):
        row.refresh_from_db()
        assert (row.active_until, row.successor) == (date(2023, 10, 31), heir)
    post(office, "unit_reopen", town.unit.pk)
    for row in (town.unit, section):
        row.refresh_from_db()
        assert (row.active_until, row.successor) == (None, None)
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == ["unit.close"] * 2 + ["unit.reopen"] * 2


def test_an_end_that_cannot_be_is_refused_in_place(office, town):
    section, ended = DepartmentFactory(parent=town.unit), DepartmentFactory(jurisdiction=town.zone)
    Department.objects.filter(pk=ended.pk).update(active_until=date(2023, 1, 1))
    for until, successor in (
        ("2023-13-01", ""),
        ("", ""),
        ("2023-10-31", town.unit.pk),
        ("2023-10-31", section.pk),
        ("2023-10-31", ended.pk),
        ("2023-10-31", town.foreign_unit.pk),
    ):
        response = post(office, "unit_close", town.unit.pk, until=until, successor=successor)
        assert response.status_code == 422, (until, successor)
    town.unit.refresh_from_db()
    assert town.unit.active_until is None
    assert nothing_happened()


def test_aliases_come_and_go(office, town):
    post(office, "unit_alias", town.unit.pk, alias="示例 局（本级）")
    alias = DepartmentAlias.objects.get()
    assert (alias.department, alias.plain) == (town.unit, "示例局(本级)")
    post(office, "alias_remove", alias.pk)
    assert not DepartmentAlias.objects.exists()
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == ["alias.add", "alias.remove"]


@pytest.mark.parametrize("text", ["另一局", "另一局的别名", "各街道", "示例局", "另一局（综合科）"])
def test_an_alias_that_would_be_ambiguous_is_refused_in_place(office, town, text):
    other = DepartmentFactory(jurisdiction=town.zone, name="另一局")
    DepartmentFactory(parent=other, name="综合科")
    DepartmentAliasFactory(department=other, text="另一局的别名")
    DepartmentGroupFactory(jurisdiction=town.zone, name="各街道")
    response = post(office, "unit_alias", town.unit.pk, alias=text)
    assert response.status_code == 409
    assert f'value="{text}"' in response.content.decode()
    assert DepartmentAlias.objects.count() == 1
    assert nothing_happened()


def test_groups_have_members_in_official_order_or_leave_them_open(office, town):
    later = DepartmentFactory(jurisdiction=town.zone, order=9)
    post(office, "group_add", name="各局", members=[later.pk, town.unit.pk])
    group = DepartmentGroup.objects.get()
    assert [member.department for member in group.memberships.all()] == [town.unit, later]
    post(office, "group", group.pk, name="各局", members=[later.pk])
    assert [member.department for member in group.memberships.all()] == [later]
    assert AuditEvent.objects.filter(action="group.members").count() == 2

    for data in (
        {"name": "各局"},
        {"name": "各局", "is_open": "on", "members": [later.pk]},
        {"name": "示例局", "members": later.pk},
    ):
        assert post(office, "group", group.pk, **data).status_code == 409
    assert post(office, "group", group.pk, name="各局", members=[town.foreign_unit.pk]).status_code == 422
    group.refresh_from_db()
    assert group.name == "各局"
    assert [member.department for member in group.memberships.all()] == [later]


def test_sources_are_added_renamed_and_ordered_and_keep_their_code(office, town):
    post(office, "source_add", code="lottery", name="彩票公益金")
    source = FundingSource.objects.get(code="lottery")
    post(office, "source", source.pk, name="福彩公益金")
    post(office, "source_place", source.pk, place=1)
    assert FundingSource.objects.first() == source
    assert office.get(reverse("office:sources")).context["table"].records == list(FundingSource.objects.all())
    source.refresh_from_db()
    assert source.name == "福彩公益金"
    before = AuditEvent.objects.count()
    taken = FundingSource.objects.exclude(pk=source.pk).first()
    assert post(office, "source_add", code="lottery", name="新名").status_code == 409
    assert post(office, "source_add", code="彩票", name="新名").status_code == 409
    assert post(office, "source", source.pk, name=taken.name).status_code == 409
    post(office, "source_place", source.pk, place="x")
    assert AuditEvent.objects.count() == before
    assert not FundingSource.objects.filter(name="新名").exists()


def test_what_another_zone_keeps_does_not_exist(office, town):
    alias = DepartmentAliasFactory(department=town.foreign_unit)
    group = DepartmentGroupFactory(jurisdiction=town.other, members=[town.foreign_unit])
    pk = town.foreign_unit.pk
    answers = [
        office.get(reverse("office:units") + f"?area={town.other.pk}"),
        office.get(reverse("office:unit", args=[pk])),
        post(office, "unit", pk, **CONTENT),
        post(office, "unit_add", query=f"?area={town.other.pk}", **CONTENT),
        post(office, "unit_add", query=f"?parent={pk}", **CONTENT),
        post(office, "unit_place", pk, place=1),
        post(office, "unit_close", pk, until="2023-10-31"),
        post(office, "unit_reopen", pk),
        post(office, "unit_alias", pk, alias="新别名"),
        post(office, "unit_right", pk, person=town.person.pk, right="departments.file_report"),
        post(office, "alias_remove", alias.pk),
        post(office, "group", group.pk, name="别组", members=[pk]),
        post(office, "group_alias", group.pk, alias="新别名"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    town.foreign_unit.refresh_from_db()
    assert (town.foreign_unit.name, town.foreign_unit.active_until) != ("数据局", date(2023, 10, 31))
    assert list(DepartmentAlias.objects.all()) == [alias]
    assert nothing_happened()
