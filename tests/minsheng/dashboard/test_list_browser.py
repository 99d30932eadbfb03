"""The list in Chromium, narrowed in place: nothing typed is lost, the focus stays, and what fails is said."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments import clock
from departments.permissions import OVERSEE
from minsheng.dashboard import listing
from projects.models import Light
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import MonthlyReportFactory, ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

pytestmark = pytest.mark.django_db
ROWS = "#list-rows tbody tr"
FOCUSED = "document.activeElement.id"


@pytest.fixture
def units(settings):
    settings.PORTAL_NOW = datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)
    return DepartmentFactory.create_batch(2, jurisdiction=ProgrammeFactory().jurisdiction)


@pytest.fixture
def programme(units):
    """Two red ones of the first unit, a red and a green one of the second."""
    programme = ProgrammeFactory(jurisdiction=units[0].jurisdiction, year=2024)
    for unit, light in ((0, Light.RED), (0, Light.RED), (1, Light.RED), (1, Light.GREEN)):
        SubItemFactory(programme=programme, lead=units[unit], light=light, content=f"新增保险{light}。")
    return programme


@pytest.fixture
def listed(page, sign_in, programme, live_server):
    sign_in(page, UserFactory(grants={programme.jurisdiction: [OVERSEE]}))
    page.goto(live_server.url + reverse("dashboard:list", args=[programme.pk]))
    page.wait_for_selector("html[data-ready]")
    return page


def test_what_is_chosen_or_typed_while_an_answer_is_awaited_counts(listed, units):
    """What was asked before is given up, and that is no error in the console."""
    listed.evaluate(
        """() => {
            var send = XMLHttpRequest.prototype.send;
            XMLHttpRequest.prototype.send = function (body) {
                var request = this;
                window.setTimeout(function () { if (request.readyState === 1) { send.call(request, body); } }, 400);
            };
        }"""
    )
    listed.select_option("[name=light]", "red")
    listed.select_option("[name=unit]", str(units[1].pk))
    listed.fill("[name=q]", "保险")
    expect(listed.locator(ROWS)).to_have_count(1)
    assert listed.input_value("[name=q]") == "保险"
    assert f"unit={units[1].pk}" in listed.url
    assert "light=red" in listed.url

    listed.click("#list-rows th a.sort >> nth=-1")
    expect(listed.locator("#list-rows th[aria-sort]")).to_have_count(1)
    listed.wait_for_url(re.compile("sort="))
    assert {"q=", "unit=", "light=red"} <= set(re.findall(r"q=|unit=|light=red", listed.url))
    assert "q=" in listed.get_attribute("#list-export a", "href")


def test_the_focus_stays_and_the_count_is_told(listed):
    listed.focus("#list-rows th a.sort >> nth=0")
    head = listed.evaluate(FOCUSED)
    listed.keyboard.press("Enter")
    listed.wait_for_url(re.compile("sort="))
    assert listed.evaluate(FOCUSED) == head

    listed.select_option("[name=light]", "green")
    expect(listed.locator("#list-count[role=status]")).to_contain_text("1")
    before = listed.evaluate("history.length")
    listed.click(".filter-actions button")
    listed.wait_for_timeout(300)
    assert listed.evaluate("history.length") == before

    listed.focus(".chips a")
    listed.keyboard.press("Enter")
    expect(listed.locator(ROWS)).to_have_count(4)
    assert listed.evaluate(FOCUSED) == "list-rows"
    assert listed.input_value("[name=light]") == ""


def test_more_conditions_stay_open(listed):
    listed.click(".filters-more summary")
    listed.select_option("[name=light]", "green")
    expect(listed.locator(ROWS)).to_have_count(1)
    assert listed.locator(".filters-more[open]").count() == 1

    listed.click(".filter-actions a")
    expect(listed.locator(ROWS)).to_have_count(4)
    assert listed.input_value("[name=light]") == ""


def test_the_next_page_begins_at_its_top(listed, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    listed.set_viewport_size({"width": 390, "height": 500})
    listed.reload()
    listed.click(".pager [rel=next]")
    listed.wait_for_url(re.compile("page=2"))
    expect(listed.locator(".pager [rel=next]")).to_have_count(0)
    listed.wait_for_function(
        """() => {
            var top = document.getElementById("list-rows").getBoundingClientRect().top;
            return top > -1 && top < 100;
        }"""
    )
    assert listed.evaluate(FOCUSED) == "list-rows"


def test_an_expired_sign_in_leads_to_the_sign_in_and_back(listed, page_log):
    listed.context.clear_cookies()
    page_log.allow("401|htmx:responseError")
    listed.select_option("[name=light]", "red")
    listed.wait_for_url(re.compile(r"login.*light%3Dred|login.*light=red"))


def test_without_a_connection_it_is_said_above_the_rows(listed, page_log):
    page_log.allow("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest")
    listed.context.set_offline(True)
    listed.select_option("[name=light]", "red")
    expect(listed.locator("#list-failed")).to_be_visible()
    listed.context.set_offline(False)
    listed.click(".filter-actions button")
    expect(listed.locator(ROWS)).to_have_count(3)
    expect(listed.locator("#list-failed")).to_be_hidden()


def test_on_paper_the_name_is_black_also_under_the_pointer(listed):
    listed.hover("a.brand")
    listed.emulate_media(media="print")
    assert listed.evaluate("getComputedStyle(document.querySelector('a.brand')).color") == "rgb(0, 0, 0)"


@pytest.mark.looks
def test_with_an_older_month_waiting_the_list_still_fits_its_page(listed, programme):
    september, _october = (ReportingPeriodFactory(programme=programme, month=date(2023, n, 1)) for n in (9, 10))
    for sub_item in programme.sub_items.all():
        MonthlyReportFactory(sub_item=sub_item, period=september, state="submitted", percent=82)
    programme.sub_items.update(planned=12_345_678_900, secured=10_000_000_000, spent=9_876_543_200)
    for width in (1440, 1280):
        listed.set_viewport_size({"width": width, "height": 900})
        listed.reload()
        expect(listed.locator(".badge-pending").first).to_contain_text("2023年9月")
        assert listed.evaluate("document.documentElement.scrollWidth") <= width
        table, panel = (listed.locator(one).bounding_box() for one in (".sub-item-list", "#list"))
        assert table["x"] + table["width"] <= panel["x"] + panel["width"]
