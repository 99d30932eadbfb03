"""In a browser: an administrator adds a unit and a person and gives the right; the person signs in to his work."""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from departments import clock
from departments.models import Department, Jurisdiction
from departments.permissions import ADMINISTER
from departments.services import units
from tests.factories.departments import PASSWORD, UserFactory

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def enter(transactional_db, settings, live_server, new_context):
    settings.PORTAL_NOW = datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)
    units.load(json.loads((FIXTURES / "departments.json").read_text("utf-8")), by=None)
    zone = Jurisdiction.objects.get(code="370871")
    UserFactory(username="guanli", jurisdiction=zone, grants={zone: [ADMINISTER]})

    def through_the_door(username, password, viewport=DESKTOP):
        page = new_context(viewport=viewport, base_url=live_server.url).new_page()
        page.goto("/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill(password)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("button", name="退出").wait_for()
        return page

    return through_the_door


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_from_a_new_unit_to_its_clerks_first_look(enter, viewport):
    page = enter("guanli", PASSWORD, viewport)
    page.locator(".site-nav").get_by_role("link", name="人员与单位").click()
    page.get_by_role("link", name="新增单位").click()
    page.get_by_label("名称").fill("数据管理局")
    page.get_by_role("button", name="添加").click()
    page.get_by_text("“数据管理局”已添加。").wait_for()
    assert no_sideways_scroll(page)
    unit = Department.objects.get(name="数据管理局")

    page.get_by_role("link", name="+ 新增人员").click()
    page.get_by_label("姓名").fill("张新")
    page.get_by_label("用户名").fill("zhangxin")
    assert page.locator("#id_department").input_value() == str(unit.pk)
    page.get_by_role("button", name="添加").click()
    password = page.locator("#initial-password").inner_text()
    assert no_sideways_scroll(page)

    page.locator("main").get_by_role("link", name="授予权限").click()
    page.locator("form", has_text="授予单位权限").get_by_role("button", name="授予权限").click()
    page.get_by_text("权限已授予。").wait_for()
    assert no_sideways_scroll(page)

    page = enter("zhangxin", password, viewport)
    page.get_by_text("当前使用的是管理员设置的初始密码").wait_for()
    page.locator("input[name=oldpassword]").fill(password)
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill("Ganjing-2023-shi")
    page.get_by_role("button", name="修改密码").click()
    page.wait_for_url(lambda url: urlsplit(url).path == reverse("home"))
    assert no_sideways_scroll(page)
