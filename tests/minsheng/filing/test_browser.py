"""The month's filing in a browser: on a phone with one hand, by keyboard alone, and without JavaScript.

``tests/chromium.py`` sees to console, CSP and foreign requests.
"""

from datetime import datetime

import pytest
from django.urls import reverse

from departments import clock
from projects.models import MonthlyReport
from tests.factories.projects import SubItemFactory
from tests.minsheng.life import approved_in_august

State = MonthlyReport.State
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def moment(settings):
    """20 September 2023, also for the server's thread."""
    settings.PORTAL_NOW = datetime(2023, 9, 20, 9, tzinfo=clock.ZONE)


@pytest.fixture
def begun(transactional_db, world):
    """August was filed; September has two items, the second one new."""
    approved_in_august(world)
    world.second = SubItemFactory(
        project=world.sub_item.project, lead=world.unit, position=world.sub_item.position + 1, content="第二个子项。"
    )
    return world


@pytest.fixture
def enter(begun, live_server, new_context, sign_in):
    def on_the_to_do_page(viewport, **kwargs):
        page = new_context(viewport=viewport, base_url=live_server.url, **kwargs).new_page()
        sign_in(page, begun.clerk)
        page.goto(reverse("filing:due"))
        return page

    return on_the_to_do_page


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def form_address(world, sub_item):
    return reverse("filing:report", args=[sub_item.pk, "2023-09"])


def open_the_form(page, world):
    page.locator("tr", has_text=world.sub_item.title).get_by_role("link", name="填报").click()
    page.wait_for_url(f"**{form_address(world, world.sub_item)}")


def say_what_is_done(page):
    page.locator("#id_factor").select_option("coordination")
    page.locator("#id_measure").fill("倒排工期。")
    page.locator("#id_measure_by").fill("2023-10-31")


def test_one_hand_on_a_phone(begun, enter):
    page = enter(PHONE)
    assert fits(page)
    open_the_form(page, begun)
    assert fits(page)
    for button in page.locator(".report-bar .btn").all():
        assert button.bounding_box()["height"] >= 44
    assert page.locator("#check-count").inner_text().strip() == "还差 2 项"

    # What is missing leads to its box; while typing the list follows, and what lags asks for its reason.
    page.locator("#check-count").click()
    page.locator("#checklist").get_by_role("link", name="进度（%）").click()
    assert page.evaluate("document.activeElement.id") == "id_percent"
    page.locator("#id_percent").fill("６０")
    page.locator("#id_progress").fill("完成路基施工。")
    page.locator("#checklist").get_by_role("link", name="下降或滞后原因").first.wait_for()
    page.locator("#id_reason").wait_for()  # its fold has opened
    assert "黄灯" in page.locator("#light-so-far").inner_text()
    assert MonthlyReport.objects.filter(period=begun.september).count() == 0

    # A folded line changes, and goes back to what it was with one tap.
    target = begun.target.pk
    line, box = page.locator(f"#line-target-{target}"), page.locator(f"#id_target_{target}")
    assert "同上月" in line.inner_text()
    assert not box.is_visible()
    line.locator("summary").click()
    box.fill("250")
    assert "有变化" in line.inner_text()
    line.get_by_role("button", name="同上月").click()
    assert (box.input_value(), box.is_visible()) == ("200", False)

    page.locator("#id_reason").fill("管线迁改滞后。")
    say_what_is_done(page)
    page.get_by_text("填写完整，可以报送").wait_for()
    page.get_by_role("button", name="报送", exact=True).click()
    page.wait_for_url(f"**{form_address(begun, begun.second)}")
    assert "请继续填报本项" in page.locator(".message[role=status]").inner_text()
    report = MonthlyReport.objects.get(period=begun.september)
    assert (report.state, report.percent, report.target_readings.get().value) == (State.SUBMITTED, 60, 200)


def test_the_keyboard_is_enough(begun, enter, page_log):
    page = enter(DESKTOP)
    open_the_form(page, begun)
    seen = []
    page.locator("#group-nil summary").focus()
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.parentNode.id"))
    target, line = f"line-target-{begun.target.pk}", f"line-money-{begun.line.pk}"
    boxes = ["id_percent", "id_progress", "id_problems", "id_next_steps", target, line, "group-reason"]
    assert seen[: len(boxes)] == boxes

    # Enter in a figure goes on to the next box, and sends nothing.
    page.locator("#id_percent").focus()
    page.keyboard.type("75")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_progress"
    page.keyboard.type("主体完工。")

    # Whoever leaves is asked first.
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="进展填报").last.click(no_wait_after=True)
    page.wait_for_function("document.readyState === 'complete'")
    assert page.url.endswith(form_address(begun, begun.sub_item))
    assert asked == ["beforeunload"]

    page.locator("#id_progress").focus()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert MonthlyReport.objects.get(period=begun.september).state == State.DRAFT
    assert asked == ["beforeunload"]

    # A refusal puts the focus into the first box that is wrong.
    page.locator("#id_percent").fill("七成")
    page_log.allow("422")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert page.evaluate("document.activeElement.id") == "id_percent"


def test_a_double_click_submits_once(begun, enter):
    page = enter(DESKTOP)
    open_the_form(page, begun)
    page.locator("#id_percent").fill("75")
    page.locator("#id_progress").fill("主体完工。")
    page.get_by_role("button", name="报送", exact=True).dblclick()
    page.wait_for_url(f"**{form_address(begun, begun.second)}")
    report = MonthlyReport.objects.get(period=begun.september)
    assert (report.state, report.version, report.events.count()) == (State.SUBMITTED, 1, 1)


def test_the_same_way_without_javascript(begun, enter, page_log):
    page = enter(PHONE, java_script_enabled=False)
    open_the_form(page, begun)
    assert "还差 2 项" in page.content()
    page.locator("#id_percent").fill("60")
    page_log.allow("422")
    page.locator("#id_percent").press("Enter")  # saves, and no more
    page.wait_for_load_state()
    assert MonthlyReport.objects.get(period=begun.september).state == State.DRAFT
    page.locator("#id_progress").fill("完成路基施工。")
    page.get_by_role("button", name="报送", exact=True).click()
    page.locator("#id_reason-errors").wait_for()  # the fold is open, the text is kept
    assert page.locator("#id_progress").input_value() == "完成路基施工。"
    page.locator("#id_reason").fill("管线迁改滞后。")
    say_what_is_done(page)
    page.get_by_role("button", name="报送", exact=True).click()
    page.wait_for_url(f"**{form_address(begun, begun.second)}")
    page.get_by_role("button", name="上一项").click()
    page.wait_for_url(f"**{form_address(begun, begun.sub_item)}")
    assert page.locator("form#report-form").count() == 0  # it is submitted, and only read
    assert MonthlyReport.objects.get(period=begun.september).state == State.SUBMITTED
