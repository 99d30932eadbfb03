"""The whole way in a browser, as four people: the official table comes in, a unit files its month, the office approves,
and leadership sees the figure change. ``tests/chromium.py`` sees to console, CSP and foreign requests.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.urls import reverse

from departments import clock
from departments.models import Department, Jurisdiction
from departments.permissions import FILE_REPORT, IMPORT_TABLE, OVERSEE, SUPERVISE
from departments.services import units
from projects.models import MonthlyReport, PeriodFigure, SubItem
from tests.factories.departments import PASSWORD, UserFactory

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def people(transactional_db, settings):
    """The zone and four people of it, on 20 October 2023."""
    settings.PORTAL_NOW = datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)
    units.load(json.loads((FIXTURES / "departments.json").read_text("utf-8")), by=None)
    zone = Jurisdiction.objects.get(code="370871")
    unit = Department.objects.get(name="城乡建设和交通局", parent=None)
    return {
        "importer": UserFactory(username="importer", grants={zone: [IMPORT_TABLE]}),
        "clerk": UserFactory(username="clerk", department=unit, grants={unit: [FILE_REPORT]}),
        "office": UserFactory(username="office", grants={zone: [SUPERVISE]}),
        "leader": UserFactory(username="leader", grants={zone: [OVERSEE]}),
    }


@pytest.fixture
def enter(people, live_server, new_context):
    """``enter("clerk", PHONE)``: signs in through the sign-in page, and returns the page the person lands on."""

    def through_the_door(name, viewport=DESKTOP):
        page = new_context(viewport=viewport, base_url=live_server.url).new_page()
        page.goto("/")
        page.locator("input[name=login]").fill(people[name].username)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("button", name="退出").wait_for()
        return page

    return through_the_door


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def import_the_table(page):
    page.goto(reverse("task_table:batches"))
    page.get_by_role("link", name="上传任务表").first.click()
    page.locator("input[type=file]").set_input_files(FIXTURES / "task_table_2023.xlsx")
    page.get_by_role("button", name="上传并读取").click()
    assert SubItem.objects.count() == 0
    page.get_by_text("29,137.00").first.wait_for()  # the programme's money, in 万元
    page.get_by_role("button", name="确认导入").click()
    assert SubItem.objects.count() == 0  # some questions are open: whether they stay as read is asked once more
    page.get_by_role("button", name="按识别结果导入").click()
    page.get_by_text("已导入").first.wait_for()
    assert SubItem.objects.count() == 22


def file_the_month(page, page_log):
    road = SubItem.objects.get(serial="12")
    page.goto(reverse("filing:due"))
    page.locator("tr", has_text="道路改造工程").get_by_role("link", name="填报").click()
    page.get_by_label("进度（%）").fill("４５")
    for target in road.targets.all():
        page.locator(f"#id_target_{target.pk}").fill("1")
    page.get_by_label("本月进展").fill("完成路基施工。")
    page_log.allow("422")  # the lag wants a reason
    page.get_by_role("button", name="报送").click()
    page.locator("#id_reason-errors").wait_for()
    assert page.get_by_label("本月进展").input_value() == "完成路基施工。"
    assert no_sideways_scroll(page)
    assert MonthlyReport.objects.get().state == MonthlyReport.State.DRAFT
    page.locator("#id_reason").fill("管线迁改滞后，已专题调度。")
    page.locator("#id_factor").select_option("coordination")
    page.locator("#id_measure").fill("倒排工期。")
    page.locator("#id_measure_by").fill("2023-11-30")
    page.get_by_role("button", name="报送").click()
    page.locator(".message[role=status]").wait_for()
    assert MonthlyReport.objects.get().state == MonthlyReport.State.SUBMITTED
    assert no_sideways_scroll(page)


def approve(page):
    page.goto(reverse("review:queue"))
    page.locator("tr", has_text="道路改造工程").get_by_role("link", name="审核").click()
    page.get_by_text("管线迁改滞后，已专题调度。").first.wait_for()
    page.get_by_role("button", name="审核通过").click()
    page.locator(".message[role=status]").wait_for()
    assert PeriodFigure.objects.get().percent == 45


def what_leadership_sees(page):
    """The road's row in the list."""
    page.goto(reverse("dashboard:sub_items"))
    return page.locator("tr", has_text="道路改造工程").inner_text()


def test_from_the_official_table_to_leaderships_list(enter, page_log):
    import_the_table(enter("importer"))
    leader = enter("leader")
    assert "45.0%" not in what_leadership_sees(leader)

    file_the_month(enter("clerk", PHONE), page_log)
    row = what_leadership_sees(leader)  # submitted is not yet approved
    assert "待审核：45.0%" in row
    assert "未启动" in row

    approve(enter("office"))
    row = what_leadership_sees(leader)
    assert "45.0%" in row
    assert [word for word in ("红灯", "83.3%", "38.3") if word not in row] == []
    assert no_sideways_scroll(leader)


def test_another_units_item_is_not_there_by_address(enter, page_log):
    import_the_table(enter("importer"))
    page_log.allow("40[34]")
    page = enter("clerk")
    # 城乡建设和交通局 assists in 20 and has no part in 3.
    assisted, theirs = (SubItem.objects.get(serial=serial) for serial in ("20", "3"))
    asked = [page.goto(reverse("filing:report", args=[item.pk, "2023-10"])).status for item in (assisted, theirs)] + [
        page.goto(reverse("dashboard:sub_item", args=[item.pk])).status for item in (assisted, theirs)
    ]
    assert asked == [403, 404, 200, 404]
    assert not MonthlyReport.objects.exists()
