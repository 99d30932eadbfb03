"""The list of sub-items: whose rows, narrowed how, and that nothing typed breaks it."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, OVERSEE, REVIEW_REPORT
from minsheng.dashboard import listing
from projects.models import Light, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import (
    MonthlyReportFactory,
    ProgrammeFactory,
    ProjectFactory,
    ReportingPeriodFactory,
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


def foot(response):
    return [column.footer for column in response.context["list"].table.columns if column.has_footer()]


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


def test_a_form_sent_without_scripts_leaves_no_empty_box_in_the_address(client, programme, leader):
    client.force_login(leader)
    url = reverse("dashboard:list", args=[programme.pk])
    sent = client.get(url, {"month": "", "light": "red", "unit": "", "q": ""})

    assert (sent.status_code, sent.url) == (302, f"{url}?light=red")
    assert client.get(url, {"q": ""}).url == url
    assert client.get(url, {"q": "", "light": "red"}, headers={"HX-Request": "true"}).status_code == 200


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
        {"filing": "<script>"},
        {"source": "7"},
        {"month": "2023-13"},
        {"q": "长" * 101},
        {"q": "a\x00b"},
        {"sort": "password"},
        {"sort": "-"},
        {"page": "x"},
        {"page": "-9"},
        {"page": "9" * 30},
        {"unit": ["1", "2"], "nothing": "known"},
    ],
)
def test_a_bad_value_narrows_nothing_and_is_said_in_place(client, programme, leader, params):
    made = SubItemFactory(programme=programme)
    response = page(client, leader, programme, **params)

    assert response.status_code == 200
    assert keys(response) == [made.pk]
    if not {"page", "nothing", "sort"} & set(params):
        assert "is-invalid" in response.text


def test_what_is_typed_and_stored_is_escaped(client, programme, leader):
    SubItemFactory(programme=programme, content="<script>alert(1)</script>", sentence="<b>x</b>")
    response = page(client, leader, programme, q="<script>alert(1)</script>")

    assert len(keys(response)) == 1
    assert "<script>alert" not in response.text
    assert "<b>x</b>" not in page(client, leader, programme).text


def test_the_sums_are_of_all_pages_and_leave_out_the_withdrawn(client, programme, leader, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    SubItemFactory.create_batch(3, programme=programme, planned=Decimal(10_000))
    SubItemFactory(programme=programme, planned=Decimal(10_000), status=SubItem.Status.WITHDRAWN)
    response = page(client, leader, programme)

    assert len(keys(response)) == 2
    assert foot(response) == ["3.00", "—", "—"]
    assert len(keys(page(client, leader, programme, page=2))) == 1


def test_pages_keep_order_and_filter_and_another_order_begins_at_the_first(client, programme, leader, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    SubItemFactory.create_batch(3, programme=programme, light=Light.RED)
    text = page(client, leader, programme, light="red", sort="-planned", page=2).text

    assert "?light=red&amp;sort=-planned&amp;page=3" in text
    assert 'href="?light=red&amp;sort=deadline"' in text
    assert 'href="?light=red&amp;sort=planned"' in text
    assert '<input type="hidden" name="sort" value="-planned">' in text


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "abcd"),
        ("position", "abcd"),
        ("-position", "dcba"),
        ("light", "cdab"),
        ("-light", "badc"),
        ("percent", "dcab"),
        ("-percent", "bacd"),
        ("-behind", "cdab"),
        ("deadline", "badc"),
        ("-deadline", "dabc"),
        ("unit", "bdac"),
        ("-planned", "bacd"),
        ("planned", "abcd"),
        ("filing", "cdba"),
    ],
)
def test_each_order(client, programme, leader, sort, order):
    last, first = (DepartmentFactory(jurisdiction=programme.jurisdiction, order=order) for order in (900, 100))
    section = DepartmentFactory(parent=first)
    period = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    rows = (
        ("a", last, Light.GREEN, 80, 70, 10, date(2023, 11, 1)),
        ("b", first, Light.BLUE, 100, None, 20, date(2023, 10, 1)),
        ("c", None, Light.RED, 30, 70, None, None),
        ("d", section, Light.YELLOW, 20, 40, None, date(2023, 12, 1)),
    )
    names = {}
    for name, lead, light, percent, scheduled, planned, deadline in rows:
        figure = {"light": light, "percent": percent, "scheduled_percent": scheduled, "planned": planned}
        names[SubItemFactory(programme=programme, lead=lead, deadline=deadline, **figure).pk] = name
    a, b, c, _d = names
    MonthlyReportFactory(
        sub_item_id=a, sub_item=SubItem.objects.get(pk=a), period=period, state="approved", is_nil=False
    )
    MonthlyReportFactory(sub_item=SubItem.objects.get(pk=b), period=period, state="approved", is_nil=True)
    MonthlyReportFactory(sub_item=SubItem.objects.get(pk=c), period=period, state="returned")

    asked = {"sort": sort} if sort else {}
    assert "".join(names[key] for key in keys(page(client, leader, programme, **asked))) == order


def test_the_ordered_head_says_so(client, programme, leader):
    SubItemFactory(programme=programme)
    text = page(client, leader, programme, sort="-planned").text

    assert text.count("aria-sort=") == text.count('aria-sort="descending"') == 1


def test_conditions_stand_as_chips_that_lead_to_the_list_without_them(client, programme, leader):
    SubItemFactory(programme=programme, light=Light.RED)
    response = page(client, leader, programme, light="red", q="示例", sort="light", page=1, money="bad")
    chips = {chip.word: chip.url for chip in response.context["chips"]}

    assert chips == {"■ 红灯": "?q=%E7%A4%BA%E4%BE%8B&sort=light&money=bad", "示例": "?light=red&sort=light&money=bad"}
    assert response.context["chips"][0].label in response.text


def test_htmx_gets_an_address_without_what_was_left_open(client, programme, leader):
    SubItemFactory(programme=programme, light=Light.RED)
    client.force_login(leader)
    url = reverse("dashboard:list", args=[programme.pk])
    response = client.get(f"{url}?light=red&q=&unit=", headers={"HX-Request": "true"})

    assert response["HX-Push-Url"] == f"{url}?light=red"
    assert "HX-Push-Url" not in client.get(url)


def test_a_source_is_named_in_the_heads_of_its_money(client, programme, leader):
    line = FundingLineFactory(sub_item=SubItemFactory(programme=programme))
    table = page(client, leader, programme, source=line.source.pk).context["list"].table

    assert all(line.source.name in str(table.columns[name].header) for name in ("planned", "secured", "spent"))
    assert foot(page(client, leader, programme, source=line.source.pk)) == ["500.00", "—", "—"]
    assert line.source.name not in str(page(client, leader, programme).context["list"].table.columns["planned"].header)


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
    with django_assert_num_queries(19 if whose == "leader" else 21):
        response = client.get(reverse("dashboard:list", args=[programme.pk]))

    assert len(keys(response)) == count
