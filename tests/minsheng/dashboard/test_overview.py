"""The overview: who may see it, and that each tile says what its list shows."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, IMPORT_TABLE, OVERSEE, SUPERVISE
from projects.models import Light, MonthlyReport, SubItem
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory
from tests.factories.projects import MonthlyReportFactory, ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

pytestmark = pytest.mark.django_db
State = MonthlyReport.State


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


@pytest.fixture
def filled(programme):
    """Eight sub-items: every light, reports in every state, money decided and not, one closed, one withdrawn."""
    first, second = DepartmentFactory.create_batch(2, jurisdiction=programme.jurisdiction)
    section = DepartmentFactory(parent=first)
    october = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    september = ReportingPeriodFactory(programme=programme, month=date(2023, 9, 1))
    made = {"programme": programme}
    million = Decimal(1_000_000)
    red = SubItemFactory(**made, lead=first, light=Light.RED, planned=90 * million, secured=million, spent=0)
    yellow = SubItemFactory(**made, lead=section, light=Light.YELLOW, planned=20 * million, planned_approx=True)
    green = SubItemFactory(**made, lead=second, light=Light.GREEN, planned=million, secured=million)
    waiting = SubItemFactory(**made, lead=second, assists=[first], light=Light.GREEN)
    SubItemFactory(**made, light=Light.GREY)
    SubItemFactory(**made, lead=first, light=Light.BLUE, status=SubItem.Status.CLOSED)
    SubItemFactory(**made, lead=second, light=Light.BLUE, percent=100)
    SubItemFactory(**made, lead=first, light=Light.RED, planned=million, status=SubItem.Status.WITHDRAWN)
    MonthlyReportFactory(sub_item=green, period=october, state=State.APPROVED)
    MonthlyReportFactory(sub_item=waiting, period=october, state=State.SUBMITTED, percent=Decimal("61.5"))
    MonthlyReportFactory(sub_item=red, period=october, state=State.RETURNED)
    MonthlyReportFactory(sub_item=yellow, period=october, state=State.DRAFT)
    MonthlyReportFactory(sub_item=yellow, period=september, state=State.SUBMITTED)
    return programme


def page(client, user, programme, **params):
    client.force_login(user)
    return client.get(reverse("dashboard:overview", args=[programme.pk]), params)


def tiles_of(response):
    overview = response.context["overview"]
    return [*overview.lights, *overview.money, *overview.filing]


def test_every_tile_leads_to_a_list_of_exactly_that_many(client, filled, leader):
    response = page(client, leader, filled)
    tiles = tiles_of(response)
    counted = {tile.label: int(tile.value) for tile in tiles if tile.tone != "money"}

    for tile in tiles:
        assert f'href="{tile.url.replace("&", "&amp;")}"' in response.text
        rows = client.get(tile.url).context["list"].rows
        if tile.tone != "money":
            assert len(rows) == int(tile.value), tile
    for unit in response.context["overview"].unfiled:
        assert len(client.get(unit.url).context["list"].rows) == unit.count
    assert list(counted.values()) == [7, 1, 1, 2, 1, 2, 4, 2, 4, 2]


def test_the_lists_behind_the_money_add_up_to_the_tiles(client, filled, leader):
    tiles = [tile for tile in tiles_of(page(client, leader, filled)) if tile.tone == "money"]

    assert [(tile.value, tile.unit != "") for tile in tiles] == [("1.11", True), ("200.00", True), ("0.00", True)]
    for tile, name, total in zip(tiles, ("planned", "secured", "spent"), ("11,100.00", "200.00", "0.00"), strict=True):
        assert getattr(client.get(tile.url).context["list"], name).endswith(total)


def test_who_has_not_filed_stands_in_official_order_with_their_sections(client, filled, leader):
    unfiled = page(client, leader, filled).context["overview"].unfiled

    assert [one.count for one in unfiled] == [2, 1]


def test_the_worst_comes_first_and_the_withdrawn_not_at_all(client, filled, leader):
    rows = page(client, leader, filled).context["list"].rows

    assert [row.light for row in rows] == ["red", "yellow", "green", "green", "grey", "blue", "blue"]


def test_the_withdrawn_stay_readable(client, filled, leader):
    withdrawn = page(client, leader, filled).context["overview"].withdrawn

    assert len(client.get(withdrawn.url).context["list"].rows) == int(withdrawn.value) == 1


def test_what_waits_for_approval_is_shown_as_pending(client, filled, leader):
    rows = page(client, leader, filled).context["list"].rows

    assert [row.pending for row in rows if "61.5" in row.pending]
    assert len([row for row in rows if row.pending]) == 2


@pytest.mark.parametrize("perm", [OVERSEE, SUPERVISE])
def test_oversight_and_office_see_it(client, filled, perm):
    assert page(client, UserFactory(grants={filled.jurisdiction: [perm]}), filled).status_code == 200


def test_oversight_from_above_sees_it_and_supervision_from_above_does_not(client):
    city = JurisdictionFactory()
    programme = ProgrammeFactory(jurisdiction=JurisdictionFactory(parent=city))

    assert page(client, UserFactory(grants={city: [OVERSEE]}), programme).status_code == 200
    assert page(client, UserFactory(grants={city: [SUPERVISE]}), programme).status_code == 404


@pytest.mark.parametrize("perm", [IMPORT_TABLE, ADMINISTER, AUDIT, FILE_REPORT, "elsewhere", "superuser"])
def test_for_others_it_does_not_exist(client, filled, perm):
    user = UserFactory(is_superuser=perm == "superuser")
    if perm == FILE_REPORT:
        user = UserFactory(grants={filled.jurisdiction.departments.first(): [perm]})
    elif perm == "elsewhere":
        user = UserFactory(grants={JurisdictionFactory(): [OVERSEE]})
    elif perm != "superuser":
        user = UserFactory(grants={filled.jurisdiction: [perm]})
    response = page(client, user, filled)
    missing = client.get(reverse("dashboard:overview", args=[10**20]))

    assert response.status_code == missing.status_code == 404
    assert plain(response) == plain(missing)


def plain(response):
    """The body without the token that every form has its own of."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)


def test_the_newest_programme_is_where_the_overview_leads(client, programme, leader):
    newer = ProgrammeFactory(jurisdiction=programme.jurisdiction, year=2024)
    client.force_login(leader)

    assert client.get(reverse("dashboard:overview")).url == reverse("dashboard:overview", args=[newer.pk])


def test_without_a_programme_the_page_says_so(client):
    client.force_login(UserFactory(grants={JurisdictionFactory(): [OVERSEE]}))

    assert client.get(reverse("dashboard:overview")).status_code == 200
    client.force_login(UserFactory())
    assert client.get(reverse("dashboard:overview")).status_code == 404


def test_an_empty_programme_has_a_page(client, programme, leader):
    response = page(client, leader, programme)

    assert response.status_code == 200
    assert [tile.value for tile in response.context["overview"].lights] == ["0"] * 6


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, django_assert_num_queries, programme, leader, count):
    period = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    for _n in range(count):
        sub_item = SubItemFactory(programme=programme, lead=DepartmentFactory(jurisdiction=programme.jurisdiction))
        MonthlyReportFactory(sub_item=sub_item, period=period, state=State.SUBMITTED)
        SubItemFactory(programme=programme, lead=DepartmentFactory(jurisdiction=programme.jurisdiction))

    page(client, leader, programme)  # warm guardian's process-wide permission cache
    with django_assert_num_queries(20):
        response = client.get(reverse("dashboard:overview", args=[programme.pk]))

    assert len(response.context["list"].rows) == 2 * count
