"""A whole month of a unit on a phone, as its clerk files it: what changed, what did not, what was returned."""

from decimal import Decimal

import pytest
from django.urls import reverse

from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.review import services as review
from projects.models import MonthlyReport, SubItem
from tests.factories.projects import SubItemFactory
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import approved_in_august

State = MonthlyReport.State
PHONE = {"width": 390, "height": 844}
REASON = "数字与现场不符，请核实。"
DONE, MENDED = "完成主体施工，开始内装。", "已与现场核对。"


@pytest.fixture
def items(transactional_db, world):
    """Four of one unit, by the plan's order: one filed before, two new ones, one that the office has returned."""
    approved_in_august(world)
    first = world.sub_item
    names = ("改造老旧小区。", "新建口袋公园。", "购置校车。")
    more = [
        SubItemFactory(project=first.project, lead=world.unit, position=first.position + place, content=name)
        for place, name in enumerate(names, start=1)
    ]
    last = SubItem.objects.select_related("programme__jurisdiction").get(pk=more[-1].pk)
    typed = Content(percent=Decimal(80), progress="到货20辆。")
    drafts.save_draft(filing.sheet_of(last, world.september), typed, by=world.clerk, seen_version=0)
    returned = filing.submit(filing.sheet_of(last, world.september), by=world.clerk)
    review.send_back(returned, by=world.office, comment=REASON)
    return [first, *more]


def fits(page):
    """Nothing is wider than the phone, and what is pressed is as high as a finger."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator(".report-bar .btn:visible, .place .btn:visible, .due-step .btn:visible").all():
        assert button.bounding_box()["height"] >= 44, button.inner_text()


def titles(cards):
    return cards.locator(".card-title a").all_inner_texts()


def at(page, world, item):
    """The form of ``item`` has come."""
    page.wait_for_url(f"**{address(world, sub_item=item)}")
    page.wait_for_function("document.documentElement.hasAttribute('data-ready')")
    fits(page)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).locator("visible=true").last.click()


def test_a_month_of_one_unit(items, world, by_the_door):
    first, second, third, last = items
    page = by_the_door(world.clerk, PHONE)
    page.goto(reverse("filing:due"))
    fits(page)
    cards = page.locator(".due-table").first.locator("tbody tr")
    assert titles(cards) == [last.title, first.title, second.title, third.title]  # what was returned comes first
    assert REASON in cards.first.inner_text()
    assert "已报 0 项，共 4 项" in page.locator(".due-done").inner_text()

    # The first one has not changed: open, say why, send.
    cards.nth(1).get_by_role("link", name="填报").click()
    at(page, world, first)
    assert "1/4" in page.locator(".place-number").inner_text()
    page.locator("#group-nil summary").click()
    page.locator("#id_nil_reason").fill("等待验收。")
    fits(page)
    press(page, "报送零报告")
    at(page, world, second)
    assert "请继续填报本项" in page.locator(".message[role=status]").inner_text()

    # The second one has. The first box stands on the first screen, above the bar: what is secondary is folded.
    bar = page.locator(".report-bar").bounding_box()
    first_box = page.locator("#id_percent").bounding_box()
    assert first_box["y"] + first_box["height"] < bar["y"]
    strip = page.locator(".report-strip")
    assert not strip.locator(".strip-way").is_visible()
    strip.locator("summary").click()
    assert strip.locator(".strip-way").is_visible()
    strip.locator("summary").click()
    assert not page.locator("#id_problems").is_visible()  # nothing was said of them last time, nor now
    page.locator(".fold-small", has=page.locator("#id_problems")).locator("summary").click()
    page.locator("#id_problems").fill("无")

    # What is typed goes along with the turn to the next and back.
    page.locator("#id_percent").fill("75")
    page.locator("#id_progress").fill(DONE)
    press(page, "下一项")
    at(page, world, third)
    assert MonthlyReport.objects.get(sub_item=second).state == State.DRAFT
    press(page, "上一项")
    at(page, world, second)
    assert page.locator("#id_progress").input_value() == DONE
    press(page, "报送")
    at(page, world, third)
    page.locator("#id_percent").fill("80")
    page.locator("#id_progress").fill("完成土方。")
    press(page, "报送")
    at(page, world, last)

    # The last one came back, and says why and from whom.
    assert REASON in page.locator("main").inner_text()
    assert page.locator("#id_progress").input_value() == "到货20辆。"
    page.locator("#id_progress").fill(MENDED)
    press(page, "报送")
    page.wait_for_url(f"**{reverse('filing:due')}")

    # Nothing is left, and it says so; what was filed is still there to look at.
    fits(page)
    assert "本月没有需要本单位报送的子项。" in page.locator("main").inner_text()
    assert page.locator("main .btn-primary").count() == 0
    assert "4" not in page.locator(".site-nav").inner_text()  # the number of what waits is gone
    page.locator(".due-settled summary").first.click()
    settled = page.locator(".due-settled").first.locator("tbody tr")
    assert titles(settled) == [item.title for item in items]
    assert "零报告" in settled.first.inner_text()
    settled.nth(3).get_by_role("link", name="查看").click()
    page.wait_for_url(f"**{address(world, sub_item=last)}")
    assert page.locator("form#report-form").count() == 0
    fits(page)

    reports = {report.sub_item_id: report for report in MonthlyReport.objects.filter(period=world.september)}
    assert {report.state for report in reports.values()} == {State.SUBMITTED}
    assert [reports[item.pk].is_nil for item in items] == [True, False, False, False]
    assert [reports[item.pk].progress for item in items] == ["", DONE, "完成土方。", MENDED]
    assert [reports[item.pk].events.count() for item in items] == [1, 1, 1, 3]


def test_nobody_has_anything_to_file(world, transactional_db, by_the_door):
    """Before any period has opened for the unit the page says when something will stand there."""
    world.august.delete()
    world.september.delete()
    page = by_the_door(world.clerk, PHONE)
    page.goto(reverse("filing:due"))
    assert page.locator(".empty").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
