"""The sign-in expires while somebody types: nothing is lost, however he signs in again, and the report goes out."""

import pytest
from django.contrib.sessions.models import Session

from departments.permissions import FILE_REPORT
from projects.models import MonthlyReport
from tests.factories.departments import UserFactory
from tests.minsheng.filing.conftest import sign_in_on
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import approved_in_august

State = MonthlyReport.State
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
BEFORE, LONG = "完成主体施工。", "完成主体施工。\n内装完成三成，设备已进场，正在调试。"


@pytest.fixture
def typing(transactional_db, world, by_the_door):
    """``typing(viewport)``: the clerk's form with a first text that has saved itself; then his session ends."""
    approved_in_august(world)

    def begun(viewport):
        page = by_the_door(world.clerk, viewport)
        page.goto(address(world))
        page.locator("#id_percent").fill("75")
        page.locator("#id_progress").fill(BEFORE)
        page.locator("#autosaved", has_text="已自动保存").wait_for()
        assert report(world).progress == BEFORE
        Session.objects.all().delete()
        return page

    return begun


def report(world):
    return MonthlyReport.objects.get(period=world.september)


def is_whole(world):
    """What was typed before and after is one report, submitted once."""
    found = report(world)
    assert (found.state, found.percent) == (State.SUBMITTED, 75)
    assert found.progress.splitlines() == LONG.splitlines()
    assert found.events.count() == 1
    return True


def send(page):
    with page.expect_navigation():
        page.locator(".report-bar").get_by_role("button", name="报送", exact=True).click()


def test_in_another_window(typing, world, page_log):
    """The form stays as it is, says what has happened, and goes on after the sign-in beside it."""
    page = typing(DESKTOP)
    page_log.allow("401")
    page.locator("#id_progress").fill(LONG)
    page.locator("#signed-out").wait_for()
    assert page.locator("#id_progress").input_value() == LONG
    assert report(world).progress == BEFORE

    with page.expect_popup() as opened:
        page.get_by_role("link", name="登录（新窗口）").click()
    window = opened.value
    sign_in_on(window, world.clerk)
    window.get_by_role("button", name="退出").wait_for()
    window.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # a headless window is never left
    page.locator("#signed-out").wait_for(state="hidden")
    page.locator("#autosaved", has_text="已自动保存").wait_for()
    assert report(world).progress.splitlines() == LONG.splitlines()

    send(page)
    assert is_whole(world)


def test_somebody_else_in_the_other_window(typing, world, page_log):
    """One alert names him, and nothing goes under his name."""
    page = typing(DESKTOP)
    page_log.allow("401")
    page_log.allow("403")
    page_log.allow("404")  # the check: his is another unit
    page.locator("#id_progress").fill(LONG)
    page.locator("#signed-out").wait_for()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="登录（新窗口）").click()
    sign_in_on(opened.value, world.stranger)
    opened.value.get_by_role("button", name="退出").wait_for()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("#not-kept [data-cause=other]", has_text=str(world.stranger)).wait_for()
    assert not page.locator("#signed-out").is_visible()
    assert not page.locator("#not-kept [data-cause=gone]").is_visible()
    assert (page.locator("#id_progress").input_value(), report(world).progress) == (LONG, BEFORE)


@pytest.mark.parametrize("step", ["保存草稿", "报送"])
def test_in_place(typing, world, page_log, step):
    """He has not noticed and sends the form: the sign-in page comes, and behind it the form as he left it."""
    page = typing(PHONE)
    page_log.allow("401")
    page.locator("#id_progress").fill(LONG)
    with page.expect_navigation():
        page.locator(".report-bar").get_by_role("button", name=step, exact=True).click()
    assert "/accounts/login/" in page.url
    sign_in_on(page, world.clerk)
    page.wait_for_url(f"**{address(world)}")
    assert "您填写的内容已恢复" in page.locator("#report-form").inner_text()
    assert page.locator("#id_progress").input_value() == LONG
    assert report(world).state == State.DRAFT  # nothing is sent without a look at it
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    send(page)
    assert is_whole(world)


def test_a_colleague_signs_in_on_the_same_computer(typing, world, page_log):
    """He is not shown what the other one typed; the draft of their unit, as it was saved, he is."""
    colleague = UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT]})
    page = typing(DESKTOP)
    page_log.allow("401")
    page.locator("#id_progress").fill(LONG)
    with page.expect_navigation():
        page.get_by_role("button", name="保存草稿").locator("visible=true").last.click()
    sign_in_on(page, colleague)
    page.wait_for_url(f"**{address(world)}")
    assert page.locator("#id_progress").input_value() == BEFORE


def test_without_javascript(world, transactional_db, live_server, new_context, by_the_door):
    approved_in_august(world)
    page = new_context(viewport=PHONE, base_url=live_server.url, java_script_enabled=False).new_page()
    page.goto(address(world))
    sign_in_on(page, world.clerk)
    page.locator("#id_percent").fill("75")
    page.locator("#id_progress").fill(LONG)
    Session.objects.all().delete()
    page.get_by_role("button", name="报送", exact=True).click()
    sign_in_on(page, world.clerk)
    assert page.locator("#id_progress").input_value() == LONG
    page.get_by_role("button", name="报送", exact=True).click()
    page.wait_for_load_state()
    assert is_whole(world)
