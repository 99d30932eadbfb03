"""The list of sub-items: whose rows, narrowed how, and that nothing typed breaks it."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, OVERSEE, REVIEW_REPORT
from minsheng.dashboard import services
from projects.models import Light, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import (
    MonthlyReportFactory,
    ProgrammeFactory,
    ProjectFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _twentieth_of_october():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        yield


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def leader(programme):
    return UserFactory(grants={programme.jurisdiction: [OVERSEE]})


def page(client, user, programme, **params):
    client.force_login(user)
    return client.get(reverse("dashboard:list", args=[programme.pk]), params)


def keys(response):
    return [row.pk for row in response.context["list"].rows]


@pytest.mark.parametrize("perm", [FILE_REPORT, REVIEW_REPORT])
def test_staff_see_what_their_units_lead_or_assist_and_nothing_else(client, programme, perm):
    unit, other = DepartmentFactory.create_batch(2, jurisdiction=programme.jurisdiction)
    led = SubItemFactory(programme=programme, lead=unit)
    assisted = SubItemFactory(programme=programme, lead=other, assists=[DepartmentFactory(parent=unit)])
    SubItemFactory(programme=programme, lead=other)
    response = page(client, UserFactory(grants={unit: [perm]}), programme)

    assert keys(response) == [led.pk, assisted.pk]
    assert response.context["list"].page.paginator.count == 2


def test_the_filter_offers_no_unit_of_somebody_elses(client, programme):
    unit, other = DepartmentFactory.create_batch(2, jurisdiction=programme.jurisdiction)
    SubItemFactory(programme=programme, lead=unit)
    SubItemFactory(programme=programme, lead=other)
    response = page(client, UserFactory(grants={unit: [FILE_REPORT]}), programme)

    assert other.name not in response.text
    assert keys(page(client, UserFactory(grants={unit: [FILE_REPORT]}), programme, unit=other.pk)) != []


def test_a_programme_in_which_one_has_nothing_does_not_exist(client, programme):
    SubItemFactory(programme=programme, lead=DepartmentFactory())
    user = UserFactory(grants={DepartmentFactory(jurisdiction=programme.jurisdiction): [FILE_REPORT]})

    assert page(client, user, programme).status_code == 404


def test_units_are_offered_in_official_order_with_their_sections(client, programme, leader):
    last = DepartmentFactory(jurisdiction=programme.jurisdiction, order=900)
    first = DepartmentFactory(jurisdiction=programme.jurisdiction, order=800)
    section = DepartmentFactory(parent=first)
    for unit in (last, section, first):
        SubItemFactory(programme=programme, lead=unit)
    choices = page(client, leader, programme).context["list"].form.fields["unit"].choices

    assert [key for key, _name in choices] == ["", first.pk, section.pk, last.pk]


def test_a_unit_stands_for_its_sections_and_for_what_it_leads_at_present(client, programme, leader):
    unit = DepartmentFactory(jurisdiction=programme.jurisdiction)
    led = SubItemFactory(programme=programme, lead=unit)
    by_section = SubItemFactory(programme=programme, lead=DepartmentFactory(parent=unit))
    also_led = SubItemFactory(programme=programme, lead=DepartmentFactory())
    ResponsibilityFactory(sub_item=also_led, department=unit)
    handed_over = SubItemFactory(programme=programme, lead=DepartmentFactory())
    ResponsibilityFactory(sub_item=handed_over, department=unit, until=date(2023, 3, 1))
    SubItemFactory(programme=programme, lead=DepartmentFactory(), assists=[unit])

    assert keys(page(client, leader, programme, unit=unit.pk)) == [led.pk, by_section.pk, also_led.pk]


def test_light_and_text_narrow_together(client, programme, leader):
    school = ProjectFactory(programme=programme, name="基础教育扩容提质")
    red = SubItemFactory(project=school, light=Light.RED)
    green = SubItemFactory(project=school, light=Light.GREEN)
    by_content = SubItemFactory(programme=programme, content="改造教室照明80口。基础教育配套。")

    assert keys(page(client, leader, programme, q="基础教育")) == [red.pk, green.pk, by_content.pk]
    assert keys(page(client, leader, programme, q=" 基础教育 ", light="red")) == [red.pk]
    assert keys(page(client, leader, programme, q=green.code)) == [green.pk]
    assert keys(page(client, leader, programme, q="%")) == []


@pytest.mark.parametrize(
    "params",
    [
        {"unit": "x"},
        {"unit": "9" * 30},
        {"light": "purple"},
        {"show": "<script>"},
        {"q": "长" * 101},
        {"q": "a\x00b"},
        {"page": "x"},
        {"page": "-9"},
        {"page": "9" * 30},
        {"unit": ["1", "2"], "nothing": "known"},
    ],
)
def test_a_bad_value_narrows_nothing_and_is_said_in_place(client, programme, leader, params):
    made = SubItemFactory(programme=programme)
    for name in ("list", "overview"):
        client.force_login(leader)
        response = client.get(reverse(f"dashboard:{name}", args=[programme.pk]), params)

        assert response.status_code == 200
        assert keys(response) == [made.pk]
        if not {"page", "nothing"} & set(params):
            assert "is-invalid" in response.text


def test_what_is_typed_and_stored_is_escaped(client, programme, leader):
    SubItemFactory(programme=programme, content="<script>alert(1)</script>", sentence="<b>x</b>")
    response = page(client, leader, programme, q="<script>alert(1)</script>")

    assert len(keys(response)) == 1
    assert "<script>alert" not in response.text
    assert "<b>x</b>" not in page(client, leader, programme).text


def test_the_sums_are_of_all_pages_and_leave_out_the_withdrawn(client, programme, leader, monkeypatch):
    monkeypatch.setattr(services, "PAGE_SIZE", 2)
    SubItemFactory.create_batch(3, programme=programme, planned=Decimal(10_000))
    SubItemFactory(programme=programme, planned=Decimal(10_000), status=SubItem.Status.WITHDRAWN)
    response = page(client, leader, programme)

    assert len(keys(response)) == 2
    assert (response.context["list"].planned, response.context["list"].secured) != ("3.00", "0.00")
    assert response.context["list"].planned == "3.00"
    assert len(keys(page(client, leader, programme, page=2))) == 1


def test_nothing_found_says_so_and_leads_back(client, programme, leader):
    SubItemFactory(programme=programme)

    assert 'class="empty' in page(client, leader, programme, q="没有的").text


def test_the_address_without_a_programme_leads_to_the_newest(client, programme, leader):
    client.force_login(leader)
    assert client.get(reverse("dashboard:sub_items")).url == reverse("dashboard:list", args=[programme.pk])

    client.force_login(UserFactory())
    assert client.get(reverse("dashboard:sub_items")).status_code == 200


@pytest.mark.parametrize("whose", ["leader", "staff"])
@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, django_assert_num_queries, programme, leader, whose, count):
    unit = DepartmentFactory(jurisdiction=programme.jurisdiction)
    user = leader if whose == "leader" else UserFactory(grants={unit: [FILE_REPORT]})
    period = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    for sub_item in SubItemFactory.create_batch(count, programme=programme, lead=unit):
        MonthlyReportFactory(sub_item=sub_item, period=period, state="submitted")

    page(client, user, programme)  # warm guardian's process-wide permission cache
    with django_assert_num_queries(16 if whose == "leader" else 17):
        response = client.get(reverse("dashboard:list", args=[programme.pk]))

    assert len(keys(response)) == count
