"""Returned and chased, in a browser: the office remarks at fields, the unit finds it in its list, its form and the text
that chases, files again, and the office sees what changed; on a desktop, on a phone, and without JavaScript.
"""

from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from departments import clock
from projects.models import MonthlyReport, ReportEvent
from tests.minsheng.life import approved_in_august, content, submitted

State = MonthlyReport.State
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def moment(settings):
    """20 September 2023, also for the server's thread."""
    settings.PORTAL_NOW = datetime(2023, 9, 20, 9, tzinfo=clock.ZONE)


@pytest.fixture
def enter(transactional_db, world, live_server, new_context, sign_in):
    def as_person(person, viewport, **kwargs):
        page = new_context(viewport=viewport, base_url=live_server.url, **kwargs).new_page()
        sign_in(page, person)
        return page

    return as_person


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_returned_and_chased(world, enter, viewport, scripts):
    approved_in_august(world)
    report = submitted(world, content(world, "75", progress="完成主体施工三层。"))
    office = enter(world.office, viewport, java_script_enabled=scripts)
    unit = enter(world.clerk, viewport, java_script_enabled=scripts)
    review = reverse("review:report", args=[report.pk])

    # The office opens the folds at two fields, says what is wrong there and overall, and returns.
    office.goto(review)
    progress = office.locator("details.remark-fold", has=office.locator("#id_remark_progress"))
    assert not office.locator("#id_remark_progress").is_visible()
    progress.locator("summary").click()
    office.locator("#id_remark_progress").fill("层数与现场不符，请核实。")
    target = f"#id_remark_target_{world.target.pk}"
    office.locator("details.remark-fold", has=office.locator(target)).locator("summary").click()
    office.locator(target).fill("请附台账。")
    office.locator("#id_comment").fill("请核实后重报。")
    if scripts:
        assert fits(office)
        assert Axe().run(office).violations_count == 0
    office.get_by_role("button", name="退回", exact=True).click()
    office.wait_for_url(f"**{reverse('review:queue')}")
    assert MonthlyReport.objects.get(pk=report.pk).state == State.RETURNED
    assert len(ReportEvent.objects.latest("pk").remarks) == 2

    # It reads what it returned, and the text that chases says so.
    office.goto(review)
    assert "完成主体施工三层。" in office.locator(".version-lines").inner_text()
    assert "层数与现场不符，请核实。" in office.locator(".version-lines").inner_text()
    office.goto(reverse("periods:unfiled", args=[world.sub_item.programme_id, "2023-09"]))
    assert "（退回待改、2处批注、9月27日前重报）" in office.locator("#chase-text").input_value()

    # The unit finds it in its list and at the fields.
    unit.goto(reverse("filing:due"))
    assert "请核实后重报。（另有2处批注）" in unit.locator(".due-return").inner_text()
    unit.get_by_role("link", name="修改重报").click()
    unit.wait_for_url(f"**{reverse('filing:report', args=[world.sub_item.pk, '2023-09'])}")
    box, remark = unit.locator("#id_progress"), unit.locator("#group-progress .remark")
    assert "层数与现场不符，请核实。" in remark.inner_text()
    assert 0 < remark.bounding_box()["y"] - box.bounding_box()["y"] < 400  # it stands right below its box
    line = unit.locator(f"#line-target-{world.target.pk}")
    assert line.get_attribute("open") is not None
    assert "请附台账。" in line.inner_text()
    assert "请于9月27日前重报" in unit.locator("#main .callout-red").first.inner_text()
    if scripts:
        assert fits(unit)
        assert Axe().run(unit).violations_count == 0
    unit.locator(".return-remarks").first.get_by_role("link", name="本月进展").click()
    assert unit.url.endswith("#id_progress")
    box.fill("完成主体施工两层。")
    unit.get_by_role("button", name="报送", exact=True).click()
    unit.wait_for_url(f"**{reverse('filing:due')}")
    assert MonthlyReport.objects.get(pk=report.pk).state == State.SUBMITTED

    # The office sees what it had asked for beside what changed, and approves.
    office.goto(review)
    answers = office.locator(".remark")
    assert {("已修改" in text, "未修改" in text) for text in answers.all_inner_texts()} == {
        (True, False),
        (False, True),
    }
    assert office.locator(".remark-was del").inner_text() == "三"
    assert "上次退回：" in office.locator("#main").inner_text()
    if scripts:
        assert fits(office)
        assert Axe().run(office).violations_count == 0
    office.get_by_role("button", name="审核通过", exact=True).click()
    office.wait_for_url(f"**{reverse('review:queue')}")
    assert MonthlyReport.objects.get(pk=report.pk).state == State.APPROVED


def test_a_remark_in_a_refused_decision_stays_typed_and_open(world, enter, page_log):
    report = submitted(world)
    office = enter(world.office, DESKTOP)
    office.goto(reverse("review:report", args=[report.pk]))
    office.locator("details.remark-fold", has=office.locator("#id_remark_percent")).locator("summary").click()
    office.locator("#id_remark_percent").fill("偏高。")
    page_log.allow("422")
    office.get_by_role("button", name="审核通过", exact=True).click()
    office.get_by_text("栏目批注只随退回发出").first.wait_for()
    assert office.locator("#id_remark_percent").input_value() == "偏高。"
    assert office.locator("#id_remark_percent").is_visible()
    assert MonthlyReport.objects.get().state == State.SUBMITTED
