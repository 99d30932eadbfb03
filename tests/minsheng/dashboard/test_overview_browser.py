"""The overview in Chromium: what a leader sees first on a desktop and on a phone, and what comes out on paper."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import OVERSEE
from projects.models import Light
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import (
    MilestoneFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportingPeriodFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def programme(settings):
    """The year of a district: nine units, 22 sub-items, nine of them late, ten months."""
    settings.PORTAL_NOW = datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)
    programme = ProgrammeFactory()
    units = DepartmentFactory.create_batch(9, jurisdiction=programme.jurisdiction)
    months = [
        ReportingPeriodFactory(programme=programme, month=date(2023, n, 1), locked_at=clock.now() if n < 10 else None)
        for n in range(1, 11)
    ]
    lights = [*[Light.RED] * 4, *[Light.YELLOW] * 5, *[Light.GREEN] * 13]
    for n, light in enumerate(lights):
        sub_item = SubItemFactory(
            programme=programme,
            lead=units[n % 9],
            light=light,
            planned=5_000_000,
            sentence="截至9月底序时进度75%，实际36%，低39个百分点，红灯",
        )
        FundingLineFactory(sub_item=sub_item)
        for month in months[:-1]:
            PeriodFigureFactory(sub_item=sub_item, period=month, light=Light.GREEN, department=units[n % 9])
    for day in (date(2023, 6, 30), date(2023, 11, 10)):
        MilestoneFactory(sub_item=sub_item, due_on=day, name="10kv线杆入地、管线迁改完成")
    return programme


@pytest.fixture
def leader(programme):
    return UserFactory(grants={programme.jurisdiction: [OVERSEE]})


@pytest.fixture
def address(programme, live_server):
    return live_server.url + reverse("dashboard:overview", args=[programme.pk])


def place(page, selector):
    return page.locator(selector).first.bounding_box()


def test_the_first_screen_says_what_is_late_whose_how_much_and_who_has_not_filed(page, sign_in, leader, address):
    page.set_viewport_size(DESK)
    sign_in(page, leader)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")

    for what in (".tiles-lights", ".late-list", ".owing", ".tiles-row"):
        box = place(page, what)
        assert box["y"] + box["height"] <= DESK["height"], what


def test_on_a_phone_what_is_late_comes_right_after_the_lights_and_the_newest_months_first(
    new_context, sign_in, leader, address
):
    for scripts in (True, False):
        page = new_context(viewport=PHONE, java_script_enabled=scripts).new_page()
        sign_in(page, leader)
        page.goto(address)

        first = place(page, ".late-list tbody tr")
        assert first["y"] + first["height"] <= PHONE["height"]
        assert place(page, ".owing")["y"] < place(page, ".tiles-row")["y"]
        now = place(page, ".heat thead th:last-child")
        assert now["x"] + now["width"] <= PHONE["width"]
        assert page.locator(".heat tbody th").first.bounding_box()["x"] >= 0
        name = place(page, ".milestones-next .milestone-name")
        assert name["width"] > 300
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_names_in_the_tables_of_charts_can_be_read_on_a_phone(page, sign_in, leader, address):
    page.set_viewport_size(PHONE)
    sign_in(page, leader)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.locator("#money-by-source summary").click()

    assert place(page, "#money-by-source tbody th")["width"] >= 90


def test_it_prints_on_three_pages_at_most_and_whole(page, sign_in, leader, address):
    sign_in(page, leader)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    paper = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 3
    for what in (".tiles", ".late-list", ".owing", ".heat", "#lights-by-unit table", "#money-by-source table"):
        assert page.locator(what).first.is_visible(), what
    assert not page.locator(".chart-place").first.is_visible()
    assert page.locator("#printed").inner_text().startswith("打印时间：2023-")
    inked = "all => all.filter(one => getComputedStyle(one).webkitPrintColorAdjust === 'exact').length"
    heads = page.locator("thead th")
    assert heads.evaluate_all(inked) == heads.count() > 0
    assert page.locator("tbody th").evaluate_all(inked) == 0  # a row is striped as a whole or not at all
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]
