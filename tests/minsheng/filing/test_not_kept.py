"""What was typed is not lost where it cannot be saved any more: saving by itself says so, and so does the page."""

import re
from datetime import date
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse

from departments.permissions import FILE_REPORT
from minsheng import sign_in
from projects.models import MonthlyReport, Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.minsheng.filing.conftest import sign_in_on
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.handover.test_services import goes_to
from tests.minsheng.life import approved_in_august

DESKTOP = {"width": 1440, "height": 900}
FIRST, LONG = "完成主体施工。", "完成主体施工。\n内装完成三成。"
SHORT, WHOSE = "未保存", "现由数据和政务服务局填报"


@pytest.fixture
def new(world):
    return DepartmentFactory(jurisdiction=world.jurisdiction, name="数据和政务服务局")


def autosave(world):
    return reverse("filing:autosave", args=[world.sub_item.pk, "2023-09"])


# answers of the server ------------------------------------------------------------------------------------------


def test_after_a_hand_over_the_old_unit_is_told_whose_it_is_and_sees_what_it_typed(world, new, client):
    goes_to(world, new, date(2023, 9, 1))
    client.force_login(world.clerk)
    kept = client.post(autosave(world), typed(world, progress=LONG))
    assert kept.status_code == 403
    assert SHORT in kept.content.decode()
    assert WHOSE in kept.content.decode()

    for step in ("save", "submit", "next", "nil"):
        refused = client.post(address(world), typed(world, progress=LONG, step=step))
        assert refused.status_code == 403
        page = refused.content.decode()
        assert WHOSE in page
        assert ("本月进展", LONG) in refused.context["typed"]
        assert page.count("内装完成三成。") == 1
    assert not MonthlyReport.objects.exists()


def test_a_month_that_another_unit_files_says_whose_it_is_where_it_is_opened(world, new, client):
    goes_to(world, new, date(2023, 9, 1))
    client.force_login(world.clerk)
    answer = client.get(address(world))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "2023年9月月报由数据和政务服务局填报，您没有填报权限。" in page
    assert reverse("dashboard:sub_item", args=[world.sub_item.pk]) in page
    assert "未保存" not in page
    Responsibility.objects.update(files=False)
    assert "2023年9月该子项没有填报单位。" in client.get(address(world)).content.decode()


@pytest.mark.parametrize("person", ["stranger", "leader"])
def test_a_refused_step_shows_the_typed_text_to_whom_the_form_was_drawn_for(world, client, person):
    """404 and 403 alike, of any form that carries the mark."""
    user = getattr(world, person)
    client.force_login(user)
    url = reverse("filing:exception", args=[world.sub_item.pk, "2023-09"])
    data = {"reason": LONG, "scope": "on", "seen": "kept-out", "step": "kept-out"}
    refused = client.post(url, data | {"typed_by": sign_in.typed_by(user)})
    assert refused.status_code == {"stranger": 404, "leader": 403}[person]
    assert "内装完成三成。" in refused.content.decode()
    assert "kept-out" not in refused.content.decode()
    assert refused.context["typed"] == [("", LONG)]  # the mark is one without labels
    labelled = {"typed_by": sign_in.typed_by(user, {"reason": "原因", "step": "步骤"})}
    assert client.post(url, data | labelled).context["typed"] == [("原因", LONG)]
    for mark in ("", "forged", sign_in.typed_by(world.clerk)):
        assert "内装完成三成。" not in client.post(url, data | {"typed_by": mark}).content.decode()


def test_what_is_shown_instead_of_a_page_stands_beside_the_forms_own_labels(world, client):
    """As it was drawn, by name; also where it waited in the session, and for marks of forms drawn before the labels."""
    client.force_login(world.clerk)
    form = client.get(address(world)).context["form"]
    mark = re.search(r'name="typed_by" value="([^"]+)"', client.get(address(world)).content.decode()).group(1)
    said = typed(world, progress=LONG) | {"typed_by": mark}
    secured = f"secured_{world.line.pk}"
    world.sub_item.status = "withdrawn"
    world.sub_item.save()
    gone = client.post(address(world), said)
    assert gone.status_code == 404
    assert ("本月进展", LONG) in gone.context["typed"]
    assert (form.label_of(secured), said[secured]) in gone.context["typed"]
    client.logout()
    client.post(address(world), said)
    client.force_login(world.clerk)
    assert ("本月进展", LONG) in client.get(address(world)).context["typed"]
    old = signing.dumps(world.clerk.pk, salt=sign_in.SALT)
    assert ("", LONG) in client.post(address(world), said | {"typed_by": old}).context["typed"]


def test_it_is_saved_under_no_other_name_than_that_of_whom_the_form_was_drawn_for(world, client):
    """A colleague has signed in in the same browser meanwhile."""
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    client.force_login(colleague)
    said = typed(world, progress=LONG) | {"typed_by": sign_in.typed_by(world.clerk)}
    refused = client.post(autosave(world), said, headers={"HX-Request": "true"})
    assert (refused.status_code, unquote(refused["X-Signed-In-As"])) == (403, str(colleague))
    assert not MonthlyReport.objects.exists()
    client.force_login(world.clerk)
    assert client.post(autosave(world), said, headers={"HX-Request": "true"}).status_code == 200
    assert MonthlyReport.objects.get().edited_by == world.clerk


@pytest.mark.parametrize("step", ["save", "submit", "next", "nil"])
def test_nothing_is_filed_under_another_name_either_and_what_was_typed_waits(world, client, step):
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    client.force_login(colleague)
    said = typed(world, progress=LONG, step=step) | {"typed_by": sign_in.typed_by(world.clerk)}
    refused = client.post(address(world), said)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert f"本页由{world.clerk}打开；本浏览器现已由{colleague}登录。" in page
    assert f"所填内容已为{world.clerk}保留十二小时" in page
    assert "内装完成三成。" not in page
    assert not MonthlyReport.objects.exists()
    assert "内装完成三成。" not in client.get(address(world)).content.decode()
    client.force_login(world.clerk)
    again = client.get(address(world)).content.decode()
    assert "内装完成三成。" in again
    assert "内装完成三成。" not in client.get(address(world)).content.decode()  # once
    assert not MonthlyReport.objects.exists()


def test_what_the_same_page_sends_later_is_not_replaced_by_what_waits(world, client):
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    client.force_login(world.clerk)
    editor = client.get(address(world)).context["form"]["editor"].value()
    said = typed(world, progress=FIRST, editor=editor) | {"typed_by": sign_in.typed_by(world.clerk)}
    client.force_login(colleague)
    assert client.post(address(world), said).status_code == 409
    client.force_login(world.clerk)
    assert client.post(address(world), said | {"progress": LONG}).status_code == 302
    assert client.get(address(world)).context["form"]["progress"].value().splitlines() == LONG.splitlines()
    assert MonthlyReport.objects.get().progress.splitlines() == LONG.splitlines()


def test_of_two_pages_what_each_sent_waits_and_nothing_is_promised_to_nobody(world, client):
    colleague, august = UserFactory(grants={world.unit: [FILE_REPORT]}), address(world).replace("-09", "-08")
    mark = {"typed_by": sign_in.typed_by(world.clerk)}
    client.force_login(colleague)
    client.post(address(world), typed(world, progress=LONG) | mark)
    client.post(august, typed(world, progress="八月的话。") | mark)
    client.force_login(world.clerk)
    assert "内装完成三成。" in client.get(address(world)).content.decode()
    assert "八月的话。" in client.get(august).content.decode()
    world.clerk.is_active = False
    world.clerk.save()
    client.force_login(colleague)
    refused = client.post(address(world), typed(world, progress=LONG) | mark)
    assert (refused.status_code, refused.context["kept"]) == (409, False)
    assert "保留十二小时" not in refused.content.decode()


def test_a_page_of_before_the_other_sign_in_says_who_is_there_though_its_token_is_old(world):
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(UserFactory(grants={world.unit: [FILE_REPORT]}))
    said = typed(world, progress=LONG, step="submit") | {"typed_by": sign_in.typed_by(world.clerk)}
    refused = checked.post(address(world), said)
    assert (refused.status_code, unquote(refused["X-Signed-In-As"])) == (409, str(refused.context["user"]))
    assert not MonthlyReport.objects.exists()
    checked.force_login(world.clerk)
    assert "内装完成三成。" in checked.get(address(world)).content.decode()


# in the browser -------------------------------------------------------------------------------------------------


@pytest.fixture
def typing(transactional_db, world, by_the_door):
    """The clerk's form with a first text that has saved itself."""
    approved_in_august(world)
    page = by_the_door(world.clerk, DESKTOP)
    page.goto(address(world))
    page.locator("#id_percent").fill("75")
    page.locator("#id_progress").fill(FIRST)
    page.locator("#autosaved", has_text="已自动保存").wait_for()
    return page


def is_told(page, cause):
    """The note beside the buttons does not claim any more that it is saved; an alert says why; the text stays."""
    alert = page.locator("#not-kept")
    alert.wait_for()
    assert page.locator("#autosaved").inner_text().startswith(SHORT)
    assert cause in alert.inner_text()
    assert alert.locator("[data-cause]:visible").count() == 1
    assert page.locator("#id_progress").input_value() == LONG
    return True


def test_after_a_hand_over(typing, world, new, page_log):
    page_log.allow("403")
    goes_to(world, new, date(2023, 9, 1))
    typing.locator("#id_progress").fill(LONG)
    assert is_told(typing, "已移交")
    assert WHOSE in typing.locator("#autosaved").inner_text()

    typing.on("dialog", lambda dialog: dialog.accept())
    with typing.expect_navigation():
        typing.locator("#save").click()
    assert WHOSE in typing.locator("#main").inner_text()
    assert LONG in typing.locator("#main").inner_text()


@pytest.mark.parametrize(("status", "cause"), [(404, "已移交"), (500, "服务器暂时无法保存"), (None, "无法连接服务器")])
def test_whatever_fails_it_is_said_and_unsaid_when_it_is_kept(typing, world, page_log, status, cause):
    page_log.allow("htmx|net::ERR_FAILED" if status is None else str(status))
    pattern = "**/autosave/"
    typing.route(pattern, lambda route: route.fulfill(status=status) if status else route.abort())
    typing.locator("#id_progress").fill(LONG)
    assert is_told(typing, cause)

    typing.unroute(pattern)
    typing.evaluate("window.dispatchEvent(new Event('online'))")  # the network is there again
    typing.locator("#autosaved", has_text="已自动保存").wait_for()
    assert not typing.locator("#not-kept").is_visible()
    assert MonthlyReport.objects.get(period=world.september).progress.splitlines() == LONG.splitlines()


def sign_in_elsewhere(page, person):
    """In another window of the same browser."""
    page.context.clear_cookies(name="sessionid")
    window = page.context.new_page()
    window.goto("/")
    sign_in_on(window, person)
    window.get_by_role("button", name="退出").wait_for()
    window.close()


@pytest.mark.parametrize("button", ["保存草稿", "报送"])
def test_under_another_name_nothing_leaves_the_page_and_as_oneself_it_goes_on(typing, world, page_log, button):
    page_log.allow("401|403")
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    sign_in_elsewhere(typing, colleague)
    typing.locator("#id_progress").fill(LONG)
    typing.get_by_role("button", name=button, exact=True).click()
    typing.locator("#not-kept [data-cause=other]:visible").wait_for()
    assert str(colleague) in typing.locator("#not-kept").inner_text()
    assert typing.locator("#id_progress").input_value() == LONG
    assert MonthlyReport.objects.get(period=world.september).progress == FIRST

    sign_in_elsewhere(typing, world.clerk)
    typing.evaluate("window.dispatchEvent(new Event('focus'))")
    typing.locator("#autosaved", has_text="已自动保存").wait_for()
    assert not typing.locator("#not-kept").is_visible()
    typing.on("dialog", lambda dialog: dialog.accept())
    with typing.expect_navigation():
        typing.get_by_role("button", name=button, exact=True).click()
    report = MonthlyReport.objects.get(period=world.september)
    assert report.progress.splitlines() == LONG.splitlines()
    assert report.edited_by == world.clerk


def test_an_expired_sign_in_does_not_leave_the_old_note(typing, world, page_log):
    page_log.allow("401")
    Session.objects.all().delete()
    typing.locator("#id_progress").fill(LONG)
    typing.locator("#signed-out").wait_for()
    assert typing.locator("#autosaved").inner_text() == SHORT


def test_a_contribution_is_told_too(transactional_db, world, streets, by_the_door, page_log):
    page_log.allow("403")
    unit, clerk = streets[0]
    page = by_the_door(clerk, DESKTOP)
    page.goto(reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", unit.pk]))
    page.locator("#id_progress").fill(FIRST)
    page.locator("#autosaved", has_text="已自动保存").wait_for()
    page.route("**/autosave/", lambda route: route.fulfill(status=403))
    page.locator("#id_progress").fill(LONG)
    assert is_told(page, "已移交")
