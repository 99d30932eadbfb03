"""The overview: who may see it, and that each tile says what its list shows."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, IMPORT_TABLE, OVERSEE, SUPERVISE
from funding.models import FundingSource
from projects.filing import Filing
from projects.models import Light, MonthlyReport, PeriodFigure, ReportingPeriod, SubItem
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
from tests.minsheng.dashboard.figures import Page, follow_every_figure, loose_figures

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
    PeriodFigureFactory(sub_item=green, period=october, planned=million, secured=million, department=second)
    city, district = FundingSource.objects.all()[:2]
    FundingLineFactory(sub_item=red, source=city, planned=60 * million, secured=million)
    FundingLineFactory(sub_item=red, source=district, planned=20 * million, use="设备")
    FundingLineFactory(sub_item=yellow, source=district, planned=30 * million)
    FundingLineFactory(sub_item=green, source=city, planned=2 * million, secured=million)
    MilestoneFactory(sub_item=red, due_on=date(2023, 9, 30))
    MilestoneFactory(sub_item=red, due_on=date(2023, 10, 30))
    MilestoneFactory(sub_item=green, due_on=date(2023, 11, 10))
    return programme


def page(client, user, programme, **params):
    client.force_login(user)
    return client.get(reverse("dashboard:overview", args=[programme.pk]), params)


PLACES = (
    {},
    {"heat": "filing"},
    {"month": "2023-09"},
    {"month": "2023-09", "heat": "filing"},
    {"month": "2023-10"},  # has not ended, and of most there is no figure yet
    {"month": "2023-10", "heat": "filing"},
)


def test_every_figure_leads_to_exactly_the_list_behind_it(client, filled, leader):
    client.force_login(leader)

    assert [follow_every_figure(client, filled, **params) for params in PLACES] == [53, 52, 38, 40, 33, 35]


@pytest.mark.parametrize("params", PLACES[::2])
def test_the_columns_of_the_money_table_add_up_to_their_sums(client, filled, leader, params):
    chart = page(client, leader, filled, **params).context["overview"].sources.chart
    sums = [sum((point.value or 0 for point in series.points), Decimal(0)) for series in chart.series]

    assert sums == [total.value or 0 for total in chart.totals]
    assert any(sums)


def test_money_beyond_the_plan_is_said_and_not_drawn(client, filled, leader):
    overview = page(client, leader, filled, month="2023-10").context["overview"]

    assert [one.name for one in overview.sources.chart.categories if not one.drawn] == ["未分来源"]
    assert "未分来源" not in [one["name"] for one in overview.sources.chart.data["categories"]]
    assert overview.sources.over.words == "渠道合计比计划多100.00万元"


def test_a_month_that_has_not_ended_says_so_and_compares_nothing(client, filled, leader):
    response = page(client, leader, filled, month="2023-10")
    overview = response.context["overview"]

    assert "2023年10月尚未结束" in response.text
    assert "期末数据显示" not in response.text
    assert "没有滞后的子项" not in response.text
    assert overview.kept.value == "1"
    assert {tile.change for tile in (*overview.lights, *overview.money)} == {""}
    assert len(overview.by_unit.categories) == 1  # a unit without a light is no empty bar


def test_milestones_of_a_month_that_has_not_ended_count_from_today(client, filled, leader):
    days = {
        month: [row.days for row in (*overview.overdue.rows, *overview.soon.rows)]
        for month in ("", "2023-10", "2023-09")
        if (overview := page(client, leader, filled, month=month).context["overview"])
    }

    assert days == {
        "": ["已过20天", "还有10天", "还有21天"],
        "2023-10": ["已过20天", "还有10天", "还有21天"],
        "2023-09": ["已过1天", "还有29天"],  # both from 1 October: the last day of the month is over
    }
    assert "天数算至2023-10-01" in page(client, leader, filled, month="2023-09").text


def test_the_heatmap_ends_with_now_and_a_cell_says_all_that_stands_in_it(client, filled, leader):
    heat = page(client, leader, filled).context["overview"].heat
    past = page(client, leader, filled, month="2023-09").context["overview"].heat

    assert [(head.word, head.current) for head in heat.heads][-2:] == [("10月", False), ("当前", True)]
    assert [(head.word, head.current) for head in past.heads][-2:] == [("9月", True), ("10月", False)]
    worst = heat.rows[0].cells[-1]
    assert (worst.tone, worst.count) == ("red", 1)
    assert worst.words.endswith("，当前：红灯1项、黄灯1项、已完成待销号1项")


def test_a_past_month_says_in_place_what_follows_the_plan_of_today(client, filled, leader):
    notes = ("节点按现行计划", "各渠道计划数按现行计划，合计为该月保存的数据。")
    past = page(client, leader, filled, month="2023-09")
    assert [past.text.count(note) for note in notes] == [2, 1]
    assert not any(note in page(client, leader, filled).text for note in notes)
    whole = "节点、期限和各渠道计划数按现行计划"
    address = reverse("dashboard:list", args=[filled.pk])
    for asked in ({"milestone": "overdue"}, {"deadline": "soon"}, {"source": "none"}):
        assert whole in client.get(address, {"month": "2023-09", **asked}).text
        assert whole not in client.get(address, asked).text
    assert whole not in client.get(address, {"month": "2023-09"}).text


@pytest.mark.parametrize("month", [{}, {"month": "2023-09"}])
def test_a_past_month_stays_in_view_from_the_overview_to_a_sub_item_and_back(client, filled, leader, month):
    client.force_login(leader)
    pages = [reverse(f"dashboard:{name}", args=[filled.pk]) for name in ("overview", "list")]
    sub_items = {
        link.attrs["href"]
        for url in pages
        for link in Page(client.get(url, month).text).found
        if re.match(r"/sub-items/\d+/", link.attrs.get("href", ""))
    }
    asked = f"?{urlencode(month)}" if month else ""
    seen = client.get(min(sub_items))
    crumbs = [link.attrs["href"] for link in Page(seen.text).found if link.tag == "a" and link.within("nav", "crumbs")]

    assert len(sub_items) == (7 if not month else 2)  # those counted, on both pages at the same addresses
    assert all(url.partition("/?")[2] == asked[1:] for url in sub_items)
    assert str(seen.context["point"].period or "") == ("2023年9月" if month else "")
    assert crumbs[1:] == [f"{url}{asked}" for url in pages]


def test_what_is_printed_says_when_and_by_whom(client, filled, leader):
    client.force_login(leader)
    sub_item = SubItem.objects.filter(programme=filled).first()
    places = [reverse(f"dashboard:{name}", args=[filled.pk]) for name in ("overview", "list")]

    for url in (*places, reverse("dashboard:sub_item", args=[sub_item.pk])):
        assert f"打印时间：2023-10-20 09:00　打印人：{leader}" in client.get(url).text


def test_a_milestone_due_the_day_after_a_past_month_is_not_due_today(client, filled, leader):
    red = filled.sub_items.filter(light=Light.RED).first()
    MilestoneFactory(sub_item=red, due_on=date(2023, 10, 1))
    MilestoneFactory(sub_item=red, due_on=date(2023, 10, 31))
    MilestoneFactory(sub_item=red, due_on=date(2023, 11, 1))
    soon = page(client, leader, filled, month="2023-09").context["overview"].soon

    assert [row.days for row in soon.rows] == ["次日到期", "还有29天", "还有30天"]


def test_a_unit_is_not_on_time_in_the_heatmap_while_one_of_its_sub_items_is_still_to_come(client, filled, leader):
    """The second unit has filed two of three, and the month is not due yet."""
    heat = page(client, leader, filled, heat="filing").context["overview"].heat
    cell = heat.rows[1].cells[-1]

    assert (cell.tone, cell.mark, cell.count) == (Filing.WAITING, "…", 1)
    assert cell.words.endswith("2023年10月：未到期1项、按时2项")
    assert f"filing={Filing.WAITING}" in cell.url


def test_of_many_units_the_furthest_behind_are_drawn_and_the_rest_is_a_click_away(client, filled, leader):
    for _unit in range(32):
        SubItemFactory(programme=filled, lead=DepartmentFactory(jurisdiction=filled.jurisdiction), light=Light.GREEN)
    SubItemFactory(programme=filled, lead=DepartmentFactory(jurisdiction=filled.jurisdiction), light=Light.YELLOW)
    response = page(client, leader, filled)
    overview = response.context["overview"]
    everything = client.get(overview.all_units.url.partition("#")[0]).context["overview"]

    assert (len(overview.heat.rows), len(everything.heat.rows)) == (30, 36)
    assert len(overview.by_unit.categories) == 30
    assert overview.by_unit.foot[0].text == "全部单位"
    assert (len(overview.owing.rows), len(everything.owing.rows)) == (8, 36)
    assert [row.unit for row in everything.heat.rows if row in overview.heat.rows] == [
        row.unit for row in overview.heat.rows
    ]
    assert overview.heat.rows[-1].cells[-1].tone == "yellow"
    assert everything.all_units is None
    assert loose_figures(Page(response.text)) == []


def test_the_tiles_say_what_there_is(client, filled, leader):
    overview = page(client, leader, filled).context["overview"]

    assert [tile.value for tile in overview.lights] == ["7", "1", "1", "2", "1", "2"]
    assert [tile.value for tile in overview.money] == ["1.11", "200.00", "0.00", "4"]
    assert [tile.value for tile in overview.filing] == ["2", "4", "2"]


def test_a_past_month_is_shown_as_it_was_kept_and_changes_are_against_the_month_before(client, filled, leader):
    september = page(client, leader, filled, month="2023-09").context["overview"]

    assert [tile.value for tile in september.lights] == ["2", "0", "1", "1", "0", "0"]
    assert september.lights[2].change == "较8月底+1"
    assert [row.sentence for row in september.turned.rows] == ["九月的说明。"]


def test_who_has_not_filed_stands_in_official_order_with_their_sections(client, filled, leader):
    owing = page(client, leader, filled).context["overview"].owing.rows

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


def test_the_programme_that_runs_comes_first_and_the_newest_among_equals(client, programme):
    """Next year's table is imported in autumn: until its first month opens, the year that runs stands first."""
    grants = {programme.jurisdiction: [OVERSEE, SUPERVISE]}
    client.force_login(UserFactory(grants=grants))
    newer = ProgrammeFactory(jurisdiction=programme.jurisdiction, year=2024)

    def first():
        pages = {"dashboard:overview": "overview", "dashboard:sub_items": "list", "periods:newest": "periods"}
        found = {name: client.get(reverse(name)).url for name in pages}
        shown = {
            one.pk
            for one in (programme, newer)
            if found == {name: reverse(f"{name.split(':')[0]}:{page}", args=[one.pk]) for name, page in pages.items()}
        }
        return shown.pop()

    assert first() == newer.pk  # neither has begun
    october = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    assert first() == programme.pk
    with clock.at(datetime(2024, 1, 2, 9)):  # noqa: DTZ001 as above
        assert october.locks_on < clock.today()
        assert first() == programme.pk  # all its months are locked, the other has none
        ReportingPeriodFactory(programme=newer, month=date(2024, 1, 1))
        assert first() == newer.pk


def test_a_month_that_locked_is_not_being_filed(client, programme, leader):
    october = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    SubItemFactory(programme=programme)

    def words():
        return page(client, leader, programme).context["overview"].months[1].label

    assert "报送中" in words()
    with clock.at(datetime.combine(october.locks_on, time(9))):
        assert words() == "10月"


def test_without_a_programme_the_page_says_so(client):
    client.force_login(UserFactory(grants={JurisdictionFactory(): [OVERSEE]}))

    assert client.get(reverse("dashboard:overview")).status_code == 200
    client.force_login(UserFactory())
    assert client.get(reverse("dashboard:overview")).status_code == 404


def test_an_empty_programme_has_a_page(client, programme, leader):
    response = page(client, leader, programme)

    assert response.status_code == 200
    assert [tile.value for tile in response.context["overview"].lights] == ["0"] * 6


@pytest.mark.parametrize("heat", ["", "filing"])
@pytest.mark.parametrize(("count", "months"), [(1, 2), (3, 2), (1, 6)])
def test_query_count_grows_neither_with_sub_items_nor_with_months(
    client, django_assert_num_queries, programme, leader, count, months, heat
):
    october = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    locked = [
        ReportingPeriodFactory(programme=programme, month=date(2023, 9 - n, 1), locked_at=clock.now())
        for n in range(months)
    ]
    for _n in range(2 * count):
        sub_item = SubItemFactory(programme=programme, lead=DepartmentFactory(jurisdiction=programme.jurisdiction))
        MonthlyReportFactory(sub_item=sub_item, period=october, state=State.SUBMITTED)
        FundingLineFactory(sub_item=sub_item)
        MilestoneFactory(sub_item=sub_item)
        for period in locked:
            unit = sub_item.responsibilities.get().department
            PeriodFigureFactory(sub_item=sub_item, period=period, light=Light.RED, department=unit)

    page(client, leader, programme)  # warm guardian's process-wide permission cache
    with django_assert_num_queries(19 if heat else 18):
        response = client.get(reverse("dashboard:overview", args=[programme.pk]), {"heat": heat})

    assert response.context["overview"].lights[0].value == str(2 * count)
    assert len(response.context["overview"].heat.heads) == months + (1 if heat else 2)


@pytest.mark.parametrize("month", ["2024-01", "2023-11", "abc", "2023-13"])
def test_a_month_the_programme_does_not_have_is_said_and_gives_no_file(client, filled, leader, month):
    said = "本年度计划没有该月数据"
    response = page(client, leader, filled, month=month)
    assert said in response.text
    assert response.context["overview"].point.period is None
    for known in ({}, {"month": ""}, {"month": "2023-09"}):
        assert said not in page(client, leader, filled, **known).text

    file = client.get(reverse("dashboard:overview_export", args=[filled.pk]), {"month": month})
    assert file.status_code == 302
    assert said in client.get(file.url).text


def test_that_nothing_has_turned_is_said(client, filled, leader):
    said = "没有转为黄灯或红灯的子项"
    assert said not in page(client, leader, filled, month="2023-09").text
    PeriodFigure.objects.filter(period__month=date(2023, 9, 1)).update(light=Light.GREEN)
    response = page(client, leader, filled, month="2023-09")
    assert said in response.text
    assert response.context["overview"].turned.count == 0
    assert said not in page(client, leader, filled, month="2023-08").text  # nothing stands before it
