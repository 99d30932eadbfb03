"""A sub-item's page in Chromium: charts drawn, tables without JavaScript, no sideways scroll, two pages of paper."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from projects.models import SubItemRevision
from tests.factories.projects import LightOverrideFactory, MilestoneFactory, SubItemRevisionFactory
from tests.minsheng.life import approved, content, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(world, live_server):
    """The page of a sub-item with one of everything."""
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        approved(world, content(world, "50", reason="施工许可证办理滞后。"), period=world.august)
    submitted(world)
    MilestoneFactory(sub_item=world.sub_item, due_on=date(2023, 3, 1), done_on=date(2023, 3, 1))
    MilestoneFactory(sub_item=world.sub_item, due_on=date(2023, 12, 1))
    LightOverrideFactory(sub_item=world.sub_item)
    SubItemRevisionFactory(
        sub_item=world.sub_item,
        number=2,
        origin=SubItemRevision.Origin.CHANGE,
        at=clock.now(),
        changes={"content": ["旧的内容" * 30, "新的内容" * 30]},
    )
    return live_server.url + reverse("dashboard:sub_item", args=[world.sub_item.pk])


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}])
def test_charts_are_drawn_and_nothing_scrolls_sideways(page, sign_in, world, address, size):
    page.set_viewport_size(size)
    sign_in(page, world.leader)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")

    assert page.locator("figure[data-drawn] canvas").count() == 3
    assert page.locator(".headline").is_visible()
    assert page.locator(".strip svg").is_visible() is (size["width"] > 767)
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_without_javascript_the_tables_stand_open(new_context, sign_in, world, address):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, world.leader)
    page.goto(address)

    assert page.locator("canvas").count() == 0
    for chart in ("curve", "targets-chart"):
        assert page.locator(f"#{chart} table").is_visible()
    assert page.locator("section[aria-labelledby=money] table:visible").count() == 1  # its figures once
    page.locator(".switch a").nth(1).click()
    assert "events=" in page.url
    assert page.locator(".events .timeline > li").count() > 0


def test_it_prints_on_two_pages(page, sign_in, world, address):
    sign_in(page, world.leader)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    paper = page.pdf(prefer_css_page_size=True)

    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2


def test_a_past_month_leads_back_to_now(page, sign_in, world, address):
    sign_in(page, world.leader)
    page.goto(f"{address}?month=2023-08")
    assert "2023年8月" in page.locator(".seen-from").inner_text()
    assert "50.0%" in page.locator(".headline").inner_text()
    page.locator(".seen-from a").click()
    assert page.url == address
    assert page.locator(".seen-from").count() == 0
