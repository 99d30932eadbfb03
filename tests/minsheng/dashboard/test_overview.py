"""The overview: who may see it, and that each tile says what its list shows."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, IMPORT_TABLE, OVERSEE, SUPERVISE
from funding.models import FundingSource
from projects.models import Light, MonthlyReport, ReportingPeriod, SubItem
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import (
    MilestoneFactory,
    MonthlyReportFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportingPeriodFactory,
    SubItemFactory,
)
from tests.minsheng.dashboard.figures import follow_every_figure

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
    august = ReportingPeriodFactory(programme=programme, month=date(2023, 8, 1), locked_at=clock.now())
    for sub_item, now, before in ((red, Light.GREEN, Light.GREEN), (yellow, Light.YELLOW, Light.GREEN)):
        PeriodFigureFactory(sub_item=sub_item, period=august, light=before, spent=million, department=first)
        PeriodFigureFactory(sub_item=sub_item, period=september, light=now, spent=3 * million, sentence="九月的说明。")
    ReportingPeriod.objects.filter(pk=september.pk).update(locked_at=clock.now())
    city, district = FundingSource.objects.all()[:2]
    FundingLineFactory(sub_item=red, source=city, planned=60 * million, secured=million)
    FundingLineFactory(sub_item=red, source=district, planned=20 * million, use="设备")
    FundingLineFactory(sub_item=yellow, source=district, planned=30 * million)
    MilestoneFactory(sub_item=red, due_on=date(2023, 10, 1))
    MilestoneFactory(sub_item=red, due_on=date(2023, 10, 30))
    MilestoneFactory(sub_item=green, due_on=date(2023, 11, 10))
    return programme


def page(client, user, programme, **params):
    client.force_login(user)
    return client.get(reverse("dashboard:overview", args=[programme.pk]), params)


def test_every_figure_leads_to_exactly_the_list_behind_it(client, filled, leader):
    client.force_login(leader)
    followed = [
        follow_every_figure(client, filled, **params)
        for params in ({}, {"heat": "filing"}, {"month": "2023-09"}, {"month": "2023-09", "heat": "filing"})
    ]

    assert followed == [52, 55, 27, 30]


def test_the_tiles_say_what_there_is(client, filled, leader):
    overview = page(client, leader, filled).context["overview"]

    assert [tile.value for tile in overview.lights] == ["7", "1", "1", "2", "1", "2"]
    assert [tile.value for tile in overview.money] == ["1.11", "200.00", "0.00", "4"]
    assert [tile.value for tile in overview.filing] == ["2", "4", "2"]


def test_a_past_month_is_shown_as_it_was_kept_and_changes_are_against_the_month_before(client, filled, leader):
    september = page(client, leader, filled, month="2023-09").context["overview"]

    assert [tile.value for tile in september.lights] == ["2", "0", "1", "1", "0", "0"]
    assert september.lights[2].change == "较上月+1"
    assert [row.sentence for row in september.turned.rows] == ["九月的说明。"]


def test_who_has_not_filed_stands_in_official_order_with_their_sections(client, filled, leader):
    owing = page(client, leader, filled).context["overview"].owing

    assert [(one.count, one.returned) for one in owing] == [(2, "退回1"), (1, ""), (1, "")]


def test_the_worst_comes_first_with_whose_it_is(client, filled, leader):
    behind = page(client, leader, filled).context["overview"].behind

    assert [row.light for row in behind.rows] == ["red", "yellow"]
    assert len({row.unit for row in behind.rows}) == 1  # a section stands as its unit


def test_the_withdrawn_stay_readable(client, filled, leader):
    withdrawn = page(client, leader, filled).context["overview"].withdrawn

    assert len(client.get(withdrawn.url).context["list"].rows) == int(withdrawn.value) == 1


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
    with django_assert_num_queries(19):
        response = client.get(reverse("dashboard:overview", args=[programme.pk]))

    assert response.context["overview"].lights[0].value == str(2 * count)
