"""One draft under two hands: two people of a unit, or two tabs of one. Nothing is overwritten unseen."""

import pytest

from departments.permissions import FILE_REPORT
from projects.models import MonthlyReport
from tests.factories.departments import UserFactory
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import approved_in_august, content, draft

State = MonthlyReport.State
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
HERS, HIS = "资金不足，缺口200万元。", "用地未批。\n正在与自然资源局对接。"


@pytest.fixture
def colleague(world):
    return UserFactory(department=world.unit, name="李同事", grants={world.unit: [FILE_REPORT]})


@pytest.fixture
def begun(transactional_db, world):
    """August was filed, September has a draft."""
    approved_in_august(world)
    draft(world, content(world, "75"))
    return world


TWO = ["two people", "two tabs"]


@pytest.fixture(params=TWO)
def two(request, begun, colleague, by_the_door):
    """Two open forms of the same draft, and how the second names who writes in the first."""
    first = by_the_door(begun.clerk, DESKTOP)
    if request.param == "two people":
        second, who = by_the_door(colleague, PHONE), str(begun.clerk)
    else:
        second, who = first.context.new_page(), "您在另一窗口"
    for page in (first, second):
        page.goto(address(begun))
        for fold in page.locator(".field-group > .fold-small:not([open]) > summary").all():
            fold.click()  # a phone folds what nobody has written
    return first, second, who


def report(world):
    return MonthlyReport.objects.get(period=world.september)


def write(page, field, text):
    """And it has saved itself."""
    box = page.locator(f"#id_{field}")
    box.evaluate("box => { if (box.closest('details')) { box.closest('details').open = true; } }")  # a phone folds it
    with page.expect_response("**/autosave/"):
        box.fill(text)


def save(page):
    with page.expect_navigation():
        page.locator("#save").click()


def test_different_fields_merge(two, begun):
    first, second, who = two
    write(first, "problems", HERS)
    write(second, "next_steps", HIS)
    # The second form says that another field has changed and by whom, and does not empty it.
    whose = who if who.startswith("您") else "他人"
    second.locator("#autosaved", has_text=f"{whose}修改了：存在问题。").wait_for()
    save(second)
    assert (second.locator("#id_problems").input_value(), second.locator("#id_next_steps").input_value()) == (HERS, HIS)
    save(first)
    assert first.locator("#id_next_steps").input_value() == HIS
    found = report(begun)
    assert (found.problems, found.next_steps.splitlines()) == (HERS, HIS.splitlines())


@pytest.mark.parametrize(
    ("two", "choice", "kept"),
    [("two people", "mine", HIS), ("two tabs", "theirs", HERS), ("two people", "joined", f"{HERS}\n{HIS}")],
    indirect=["two"],
    ids=["two people, mine", "two tabs, theirs", "two people, joined"],
)
def test_of_the_same_field_both_texts_are_shown_and_one_chosen(two, begun, page_log, choice, kept):
    first, second, who = two
    write(first, "problems", HERS)
    save(first)
    write(second, "problems", HIS)
    note = second.locator("#autosaved.autosaved-not", has_text="存在问题")  # named, and nothing was overwritten
    note.wait_for()
    assert who in note.inner_text()
    write(second, "next_steps", "下周复核。")  # all else goes on being kept
    note.wait_for()
    assert (report(begun).problems, report(begun).next_steps) == (HERS, "下周复核。")
    assert second.evaluate("document.documentElement.scrollWidth") <= second.viewport_size["width"]

    page_log.allow("409")
    with second.expect_navigation():
        note.get_by_role("button", name="查看两份内容并选择").click()
    clash = second.locator("#clash-problems")
    assert (HERS in clash.inner_text(), HIS.splitlines()[0] in clash.inner_text()) == (True, True)
    assert who in clash.inner_text()
    assert second.evaluate("document.documentElement.scrollWidth") <= second.viewport_size["width"]
    assert report(begun).problems == HERS

    with second.expect_response("**/autosave/"):
        clash.locator(f"input[value={choice}]").check()
    second.locator("#autosaved a[href='#clash-problems']").wait_for()
    assert report(begun).problems == HERS  # a choice is made once, and by the person
    save(second)
    assert report(begun).problems.splitlines() == kept.splitlines()
    assert second.locator("#id_problems").input_value() == kept
    assert second.locator(".clash").count() == 0


def test_the_other_one_has_submitted(two, begun, page_log):
    """What is still typed then can be copied; the report stays as it was sent."""
    first, second, _who = two
    with first.expect_navigation():
        first.locator(".report-bar").get_by_role("button", name="报送", exact=True).click()
    page_log.allow("409")
    second.locator("#id_problems").fill(HIS)
    with second.expect_navigation():
        second.locator("#save").click()
    assert HIS.splitlines()[1] in second.locator("main").inner_text()
    found = report(begun)
    assert (found.state, found.events.count()) == (State.SUBMITTED, 1)
