"""The office in its browser: months and who has not filed, a text copied, many reports approved at once."""

from datetime import datetime

import pytest
from django.urls import reverse

from departments import clock
from projects.models import MonthlyReport, PeriodFigure
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import ReportEventFactory, SubItemFactory

State = MonthlyReport.State
WIDTHS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def frozen(settings):
    settings.PORTAL_NOW = datetime(2023, 9, 28, 9, tzinfo=clock.ZONE)


def waiting(world, percent):
    sub_item = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    report = MonthlyReport.objects.create(
        sub_item=sub_item,
        period=world.september,
        department=world.unit,
        department_name=world.unit.name,
        percent=percent,
        progress="正常推进。",
        reason="征地滞后" if percent < 60 else "",
        state=State.SUBMITTED,
        submitted_by=world.clerk,
    )
    ReportEventFactory(report=report, actor=world.clerk)
    return report


@pytest.mark.parametrize("width", WIDTHS)
def test_who_has_not_filed_is_copied_for_the_work_group(
    transactional_db, frozen, world, live_server, new_context, sign_in, width
):
    lazy = DepartmentFactory(jurisdiction=world.jurisdiction, name="示例街道", contact="周主任", telephone="8780000")
    SubItemFactory(project=world.sub_item.project, lead=lazy)
    context = new_context(viewport=WIDTHS[width], base_url=live_server.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    sign_in(page, world.office)
    page.goto(reverse("periods:newest"))
    todo, here = (page.locator(f".site-nav {what}").bounding_box() for what in ("li:first-child", "[aria-current]"))
    assert 0 <= todo["x"] < todo["x"] + todo["width"] <= here["x"] + 1  # the to-do in reach beside the present entry
    assert here["x"] + here["width"] <= WIDTHS[width]["width"]
    page.locator("tr", has_text="2023年9月").get_by_role("link", name="催报").click()
    page.get_by_role("button", name="复制").click()
    page.get_by_role("button", name="已复制").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.replace("\r\n", "\n") == page.locator("#chase-text").input_value()
    assert "示例街道（周主任 8780000）" in text
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]["width"]


def test_the_text_is_there_without_scripts(transactional_db, frozen, world, live_server, new_context, sign_in):
    page = new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    sign_in(page, world.office)
    page.goto(reverse("periods:unfiled", args=[world.sub_item.programme_id, "2023-09"]))
    assert world.unit.name in page.locator("#chase-text").input_value()
    assert not page.locator("[data-copy]").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_ordinary_reports_are_approved_together(
    transactional_db, frozen, world, live_server, new_context, sign_in, width
):
    odd, *plain = (waiting(world, percent) for percent in (40, 75, 80))
    page = new_context(viewport=WIDTHS[width], base_url=live_server.url).new_page()
    sign_in(page, world.office)
    page.goto(reverse("review:queue"))
    assert page.locator("input[name=report]").count() == 2
    if width == "desktop":
        page.locator("[data-pick-all]").check()
    else:
        for box in page.locator("input[name=report]").all():
            box.check()
    page.get_by_role("button", name="批量审核所选").click()
    page.get_by_role("button", name="确认审核通过这2份月报").click()
    page.get_by_role("heading", name="批量审核结果").wait_for()
    assert page.get_by_text("审核通过", exact=False).count() >= 2
    assert [MonthlyReport.objects.get(pk=one.pk).state for one in (odd, *plain)] == [
        State.SUBMITTED,
        State.APPROVED,
        State.APPROVED,
    ]
    assert PeriodFigure.objects.count() == 2
