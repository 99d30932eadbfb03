"""The office's lists: ordered by their heads, narrowed by the address, numbered, paged, taken along as they stand."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from departments.models import AuditEvent, DepartmentAlias, DepartmentGroup, GroupMember
from departments.permissions import FILE_REPORT, OVERSEE
from funding.models import FundingSource
from tests.factories.departments import DepartmentAliasFactory, DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory

PEOPLE, UNITS = reverse("office:people"), reverse("office:units")
GROUPS, SOURCES = reverse("office:groups"), reverse("office:sources")


def shown(client, address):
    return client.get(address).context["table"].records


def cells(client, page, query=""):
    content = client.get(reverse(page) + query).content
    return list(load_workbook(io.BytesIO(content)).active.iter_rows())


@pytest.fixture
def many(town):
    """Another unit with a section, and people in both."""
    other = DepartmentFactory(jurisdiction=town.zone, name="数据局", order=2, contact="周科")
    section = DepartmentFactory(parent=other, name="综合科")
    DepartmentAliasFactory(department=section, text="数据综合科")
    clerk = UserFactory(
        username="a1", name="周丁", department=section, telephone="0537-88", grants={section: [FILE_REPORT]}
    )
    boss = UserFactory(
        username="b1", name="安甲", department=other, jurisdiction=town.zone, grants={town.zone: [OVERSEE]}
    )
    closed = UserFactory(username="c1", name="康乙", department=town.unit, is_active=False)
    boss.last_login = timezone.now()
    boss.save()
    town.other_unit, town.section, town.clerk, town.boss, town.closed = other, section, clerk, boss, closed
    return town


def test_people_stand_in_the_order_of_their_units_until_another_is_asked_for(office, many):
    everybody = shown(office, PEOPLE)
    assert everybody[:4] == [many.closed, many.person, many.boss, many.clerk]
    assert everybody[4:] == sorted([many.auditor, many.administrator, many.second], key=lambda one: one.username)
    assert shown(office, PEOPLE + "?sort=username")[:3] == [many.clerk, many.boss, many.closed]
    assert shown(office, PEOPLE + "?sort=-last_login")[:2] == [many.boss, many.administrator]
    assert shown(office, PEOPLE + "?sort=unit") == everybody
    assert shown(office, PEOPLE + "?sort=state")[0] == many.closed


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("q=周", {"clerk"}),
        ("q=0537-88", {"clerk"}),
        ("right=departments.file_report", {"clerk"}),
        ("right=departments.oversee", {"boss"}),
        ("right=none", {"person", "closed"}),
        ("state=closed", {"closed"}),
        ("state=never&right=departments.file_report", {"clerk"}),
        ("right=departments.nothing", None),  # not understood: everybody
    ],
)
def test_people_are_narrowed_by_the_address(office, many, query, who):
    found = shown(office, f"{PEOPLE}?{query}")
    assert set(found) == ({getattr(many, one) for one in who} if who is not None else set(shown(office, PEOPLE)))


def test_an_account_that_is_out_of_use_is_not_called_as_a_sub_item_is(office, many):
    pages = [PEOPLE + "?state=closed", reverse("office:person", args=[many.closed.pk])]
    file = " ".join(str(cell.value) for row in cells(office, "office:people_export", "?state=closed") for cell in row)

    for said in (*(office.get(page).text for page in pages), file):
        assert ("已停用" in said, "已销号" in said) == (True, False)


def test_a_units_people_are_those_of_its_sections_too_and_its_number_says_how_many(office, many):
    page = office.get(UNITS)
    persons = {unit: unit.persons for unit in page.context["table"].records}
    assert persons == {many.unit: 1, many.other_unit: 2}  # a closed account is none
    for unit, count in persons.items():
        address = f"{PEOPLE}?area={many.zone.pk}&unit={unit.pk}&state=active"
        assert address.replace("&", "&amp;") in page.content.decode()
        assert len(shown(office, address)) == count


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["示例局", "数据局"]),
        ("?sort=-people", ["数据局", "示例局"]),
        ("?sort=name", ["数据局", "示例局"]),
        ("?q=综合科", ["数据局"]),
        ("?q=周科", ["数据局"]),
        ("?q=示例", ["示例局"]),
        ("?state=ended", []),
        ("?people=filing", ["示例局"]),
        ("?people=none", []),
    ],
)
def test_units_are_ordered_and_narrowed_by_the_address(office, many, query, names):
    assert [unit.name for unit in shown(office, UNITS + query)] == names


def test_the_official_order_is_changed_only_where_it_stands_whole(office, many):
    place = reverse("office:unit_place", args=[many.other_unit.pk])
    assert place in office.get(UNITS).content.decode()
    for query in ("?sort=name", "?q=数据", "?state=active"):
        assert place not in office.get(UNITS + query).content.decode()


def test_units_of_the_second_page_keep_their_places(office, town):
    units = DepartmentFactory.create_batch(104, jurisdiction=town.zone)
    for order, unit in enumerate(units, start=2):
        unit.order = order
        unit.save()
    page = office.get(UNITS + "?page=2")
    table = page.context["table"]
    assert [table.numbers[unit.pk] for unit in table.records] == [101, 102, 103, 104, 105]
    html = page.content.decode()
    assert f'id="unit-{units[-1].pk}"' in html
    office.post(reverse("office:unit_place", args=[units[-1].pk]), {"place": 104})
    assert [unit.pk for unit in shown(office, UNITS + "?page=2")][-2:] == [units[-1].pk, units[-2].pk]


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_of_people_asks_as_often_for_many_as_for_one(office, town, django_assert_num_queries, count):
    for number in range(count):
        UserFactory(name=f"查{number}", department=town.unit, grants={town.unit: [FILE_REPORT]})
    address = reverse("office:people_export") + "?q=查"
    office.get(address)
    # session, user, areas, units of the filter, people, rights on areas, on units, the event
    with django_assert_num_queries(8):
        office.get(address)


def test_a_file_of_people_is_the_list_of_the_page_and_is_recorded(office, many):
    UserFactory(username="d1", name="=1+1", department=many.unit, grants={many.unit: [FILE_REPORT]})
    rows = cells(office, "office:people_export", "?right=departments.file_report&sort=username")
    assert [[cell.value for cell in row][:4] for row in rows[3:]] == [
        ["序号", "姓名", "用户名", "单位"],
        [1, "周丁", "a1", "数据局（综合科）"],
        [2, "=1+1", "d1", "示例局"],
    ]
    assert rows[4][4].value == "填报 数据局（综合科）"
    assert "f" not in {cell.data_type for row in rows for cell in row}
    event = AuditEvent.objects.get()
    assert (event.action, event.actor) == ("office.export", many.administrator)
    assert event.details == {"kind": "people", "rows": 2, "conditions": "权限：填报月报"}


def test_a_file_of_units_has_sections_aliases_and_ends(office, many):
    DepartmentAliasFactory(department=many.other_unit, text="大数据局")
    rows = [[cell.value for cell in row] for row in cells(office, "office:units_export")[4:]]
    assert rows[1] == [2, "数据局", "综合科", "大数据局", "周科", None, 2, "在用"]
    assert AuditEvent.objects.get().details["kind"] == "units"


def test_another_zones_lists_are_not_taken(office, many):
    for page in ("office:people_export", "office:units_export"):
        assert office.get(reverse(page) + f"?area={many.other.pk}").status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_page_leads_to_the_file_of_just_what_it_shows(office, many):
    page = office.get(f"{PEOPLE}?area={many.zone.pk}&q=周&sort=-name&page=1").content.decode()
    export = reverse("office:people_export")
    assert f'href="{export}?area={many.zone.pk}&amp;q=%E5%91%A8&amp;sort=-name"' in page


@pytest.fixture
def grouped(many):
    """Two groups, one of them open, and two sources, one of them used."""
    many.group = DepartmentGroup.objects.create(jurisdiction=many.zone, name="各局")
    many.open_group = DepartmentGroup.objects.create(jurisdiction=many.zone, name="试点街道", is_open=True)
    for position, unit in enumerate((many.unit, many.other_unit)):
        GroupMember.objects.create(group=many.group, department=unit, position=position)
    DepartmentAlias.objects.create(jurisdiction=many.zone, group=many.group, text="=各部门", plain="=各部门")
    many.line = FundingLineFactory(source=FundingSource.objects.get(code="city"))
    return many


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["各局", "试点街道"]),
        ("?sort=-name", ["试点街道", "各局"]),
        ("?sort=members", ["试点街道", "各局"]),
        ("?sort=-members", ["各局", "试点街道"]),
        ("?q=数据", ["各局"]),
        ("?q=部门", ["各局"]),
        ("?q=试点", ["试点街道"]),
        ("?members=open", ["试点街道"]),
        ("?members=named", ["各局"]),
    ],
)
def test_groups_are_ordered_and_narrowed_by_the_address(office, grouped, query, names):
    assert sorted(group.name for group in shown(office, GROUPS + query)) == sorted(names)
    if "sort" in query:
        assert [group.name for group in shown(office, GROUPS + query)] == names


def test_groups_are_narrowed_to_a_member(office, grouped):
    assert shown(office, f"{GROUPS}?unit={grouped.other_unit.pk}") == [grouped.group]
    assert shown(office, f"{GROUPS}?unit={grouped.foreign_unit.pk}") == shown(office, GROUPS)  # not understood


def test_a_file_of_groups_has_members_and_aliases_and_no_formula(office, grouped):
    rows = cells(office, "office:groups_export", "?q=各局")
    assert [cell.value for cell in rows[4]] == [1, "各局", "示例局、数据局", "=各部门"]
    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert AuditEvent.objects.get().details == {"kind": "groups", "rows": 1, "conditions": "名称、别名或成员：各局"}


@pytest.mark.parametrize(
    ("query", "codes"),
    [("?used=used", ["city"]), ("?q=city", ["city"]), ("?sort=-used&q=市", ["city"]), ("?used=unused&q=city", [])],
)
def test_sources_are_ordered_and_narrowed_by_the_address(office, grouped, query, codes):
    assert [source.code for source in shown(office, SOURCES + query)][: len(codes) or None] == codes


def test_the_order_of_sources_is_changed_only_where_it_stands_whole(office, grouped):
    place = reverse("office:source_place", args=[grouped.line.source_id])
    assert place in office.get(SOURCES).text
    for query in ("?sort=name", "?q=city", "?used=used"):
        assert place not in office.get(SOURCES + query).text


def test_a_file_of_sources_says_how_often_each_is_used(office, grouped):
    rows = [[cell.value for cell in row] for row in cells(office, "office:sources_export", "?used=used")]
    assert rows[-1] == [1, str(grouped.line.source), "city", 1]
    assert AuditEvent.objects.get().details["kind"] == "sources"


@pytest.mark.parametrize("count", [1, 3])
def test_groups_ask_as_often_for_many_as_for_one(office, town, django_assert_num_queries, count):
    for number in range(count):
        group = DepartmentGroup.objects.create(jurisdiction=town.zone, name=f"组{number}")
        GroupMember.objects.create(group=group, department=DepartmentFactory(jurisdiction=town.zone))
    office.get(GROUPS)
    with django_assert_num_queries(10):
        office.get(GROUPS)
