"""Tables of other governments in a browser: uploaded, resolved, confirmed; and two people at work on one of them."""

import json
from datetime import datetime

import pytest
from django.conf import settings as portal_settings
from django.urls import reverse

from departments import clock
from departments.models import Department, DepartmentAlias, DepartmentGroup, Jurisdiction
from departments.permissions import IMPORT_TABLE
from departments.services import units
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.parsers.several import of_several
from projects.models import SubItem
from tests.factories.departments import UserFactory

FIXTURES = portal_settings.BASE_DIR / "fixtures"
TABLES = portal_settings.BASE_DIR / "tests" / "data" / "task_tables"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _january():
    """The clock is the setting's here: the live server runs in a thread of its own."""


@pytest.fixture
def people(transactional_db, settings):
    settings.PORTAL_NOW = datetime(2023, 1, 10, 9, tzinfo=clock.ZONE)
    units.load(json.loads((FIXTURES / "departments.json").read_text("utf-8")), by=None)
    zone = Jurisdiction.objects.get(code="370871")
    return [UserFactory(grants={zone: [IMPORT_TABLE]}) for _number in range(2)]


@pytest.fixture
def enter(live_server, new_context, sign_in):
    def through(person, viewport=DESKTOP):
        page = new_context(viewport=viewport, base_url=live_server.url).new_page()
        sign_in(page, person)
        return page

    return through


def truth(name):
    return json.loads((TABLES / f"{name}.truth.json").read_text("utf-8"))


def upload(page, file, year, programme):
    page.goto(reverse("task_table:upload"))
    page.locator("input[name=year]").fill(str(year))
    page.locator("input[name=programme]").fill(programme)
    page.locator("input[type=file]").set_input_files(TABLES / file)
    page.get_by_role("button", name="上传并读取").click()
    page.locator("#review-progress").wait_for()


def answer_names(page):
    """Names that nobody knows become new units: looked at first, kept by a second step, made at the commit only."""
    before = Department.objects.count()
    page.get_by_role("link", name="逐一答复").click()
    page.get_by_role("button", name="其余未答复的全部预设为新增单位").click()
    assert ImportBatch.objects.get().names == {}  # only looked at
    page.get_by_role("button", name="保存答复").click()
    page.locator("#review-progress, .name-line").first.wait_for()
    assert Department.objects.count() == before
    return before


def settle(page):
    """Take the defaults that are offered, one after the other; the categories stay as they are."""
    page.goto(reverse("task_table:batch", args=[ImportBatch.objects.get().pk]))
    for what in ("deadline", "kind", "filing"):
        offer = page.locator("form.offer", has=page.locator(f"input[name=what][value={what}]"))
        if offer.count():
            if what == "kind":
                offer.locator("select").select_option("construction")
            offer.get_by_role("button", name="由我采用").click()
            offer.wait_for(state="detached")


def confirm(page):
    page.locator("#confirm-button").click()
    page.wait_for_load_state()
    if page.get_by_role("button", name="按识别结果导入").count():
        assert SubItem.objects.count() == 0
        page.get_by_role("button", name="按识别结果导入").click()
    page.get_by_text("已导入").first.wait_for()


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize(
    ("name", "suffix", "year"), [("a03_province_money_2020", "xlsx", 2020), ("a01_zhonglou_2021", "docx", 2021)]
)
def test_table_of_another_government_is_imported(people, enter, name, suffix, year):
    page = enter(people[0])
    told = truth(name)["rows"]
    upload(page, f"{name}.{suffix}", year, "民生实事")
    assert ImportBatch.objects.get().rows.count() == len(told)
    before = answer_names(page)
    settle(page)
    assert (SubItem.objects.count(), Department.objects.count()) == (0, before)

    # one reading is corrected in its place, the page stays
    row = page.locator("article.staged").first
    row.locator("[id$='-name'] .part-edit").click()
    form = row.locator("form.part-form")
    form.locator("input[name=category]").fill("示范类")
    form.get_by_role("button", name="保存更正").click()
    page.locator("article.staged", has_text="示范类").first.wait_for()
    assert no_sideways_scroll(page)
    confirm(page)

    items = SubItem.objects.order_by("position")
    assert [item.source_row for item in items] == [row["row"] for row in told]
    assert [item.content for item in items] == [row["content"] for row in told]
    assert items.filter(category="示范类").count() == 1
    assert all(item.responsibilities.filter(files=True).count() == 1 for item in items)
    stated = {unit for row in told for unit in (*row["lead_units"], *row["assisting_units"])}
    names = (Department, "name"), (DepartmentAlias, "text"), (DepartmentGroup, "name")
    known = {name for model, field in names for name in model.objects.values_list(field, flat=True)}
    assert Department.objects.count() > before
    assert all(of_several(name) for name in stated - known)  # 各市州政府 is never made one unit by the way


def test_two_people_on_one_part_see_both_texts_and_neither_is_lost(people, enter, page_log):
    page_log.allow("409")
    first, second = enter(people[0]), enter(people[1], PHONE)
    upload(first, "a03_province_money_2020.xlsx", 2020, "民生实事")
    batch = ImportBatch.objects.get()
    second.goto(reverse("task_table:batch", args=[batch.pk]))
    number = batch.rows.order_by("position").first().row
    for page in (first, second):
        page.locator(f"#row-{number}-name .part-edit").click()
        page.locator(f"#row-{number}-name form").wait_for()

    first.locator(f"#row-{number}-name").locator("input[name=project]").fill("甲的名称")
    first.get_by_role("button", name="保存更正").click()
    first.locator(f"#row-{number}", has_text="甲的名称").wait_for()
    mine = second.locator(f"#row-{number}-name")
    mine.locator("input[name=project]").fill("乙的名称")
    mine.get_by_role("button", name="保存更正").click()

    mine.locator("[role=alert]", has_text="甲的名称").wait_for()
    assert mine.locator("input[name=project]").input_value() == "乙的名称"
    assert batch.rows.get(row=number).corrections["name"]["values"]["project"] == "甲的名称"
    assert no_sideways_scroll(second)
    mine.get_by_role("button", name="保存更正").click()
    second.locator(f"#row-{number}", has_text="乙的名称").wait_for()
    assert batch.rows.get(row=number).corrections["name"]["values"]["project"] == "乙的名称"


def test_row_that_a_colleague_left_out_says_so_where_it_is_saved(people, enter, page_log):
    page_log.allow("409")
    first, second = enter(people[0]), enter(people[1])
    upload(first, "a03_province_money_2020.xlsx", 2020, "民生实事")
    batch = ImportBatch.objects.get()
    number = batch.rows.order_by("position").first().row
    first.locator(f"#row-{number}-name .part-edit").click()
    first.locator(f"#row-{number}-name").locator("input[name=project]").fill("甲的名称")
    second.goto(reverse("task_table:leave_out", args=[batch.pk, number]))
    second.locator("textarea[name=reason]").fill("重复")
    second.get_by_role("button", name="剔除").click()
    second.locator(".message").first.wait_for()

    first.get_by_role("button", name="保存更正").click()

    first.get_by_text(f"第{number}行已由").wait_for()
    assert batch.rows.get(row=number).corrections == {}


def test_ended_session_keeps_what_was_typed(people, enter, page_log):
    page_log.allow("401")
    page = enter(people[0])
    upload(page, "a03_province_money_2020.xlsx", 2020, "民生实事")
    number = ImportBatch.objects.get().rows.order_by("position").first().row
    page.locator(f"#row-{number}-name .part-edit").click()
    page.locator(f"#row-{number}-name").locator("input[name=project]").fill("甲的名称")
    page.context.clear_cookies(name=portal_settings.SESSION_COOKIE_NAME)

    page.get_by_role("button", name="保存更正").click()

    page.locator("#signed-out").wait_for()
    assert page.locator(f"#row-{number}-name").locator("input[name=project]").input_value() == "甲的名称"
