"""An item that five streets lead as a group, in a browser: each files its part on a phone, the filing unit sees who is
missing, takes over sum and texts, submits; the reviewer sees all of it.
"""

from datetime import datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT
from projects.models import ContributionVersion, MonthlyReport, Taking
from tests.factories.departments import DepartmentFactory, DepartmentGroupFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import approved_in_august

State = MonthlyReport.State
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SHARES = {"洸河街道": 50, "柳行街道": 60, "黄屯街道": 70, "王因街道": 80, "接庄街道": 45}


@pytest.fixture
def moment(settings):
    """20 September 2023, also for the server's thread."""
    settings.PORTAL_NOW = datetime(2023, 9, 20, 9, tzinfo=clock.ZONE)


@pytest.fixture
def group(transactional_db, world):
    """August was filed; five streets lead as a group, each has its clerk with a telephone."""
    approved_in_august(world)
    units = [DepartmentFactory(jurisdiction=world.jurisdiction, name=name) for name in SHARES]
    streets = DepartmentGroupFactory(jurisdiction=world.jurisdiction, name="各街道", members=units)
    world.streets = {}
    for order, unit in enumerate(units, start=1):
        ResponsibilityFactory(
            sub_item=world.sub_item, department=unit, order=order, stated_as="各街道", group_origin=streets
        )
        world.streets[unit.name] = UserFactory(
            department=unit, telephone=f"0537-55502{order:02d}", grants={unit: [FILE_REPORT]}
        )
    return world


@pytest.fixture
def enter(group, live_server, new_context, sign_in):
    def as_person(person, viewport, **kwargs):
        page = new_context(viewport=viewport, base_url=live_server.url, **kwargs).new_page()
        sign_in(page, person)
        page.goto(reverse("filing:due"))
        return page

    return as_person


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def file_on_a_phone(enter, group, name):
    """From the list to the form, a text and a figure, and back to the list."""
    page = enter(group.streets[name], PHONE)
    assert fits(page)
    page.get_by_role("link", name=f"填报 {group.sub_item.title} {name}").click()
    page.wait_for_load_state()
    assert fits(page)
    for button in page.locator(".report-bar .btn").all():
        assert button.bounding_box()["height"] >= 44
    page.locator("#id_progress").fill(f"{name}完成入户。")
    box = page.locator(f"#id_target_{group.target.pk}")
    box.fill(str(SHARES[name]))
    page.locator("#autosaved[data-saved]").wait_for()  # it saves itself; nobody else reads that yet
    assert not ContributionVersion.objects.filter(contribution__department__name=name).exists()
    page.get_by_role("button", name="提交给填报单位").dblclick()
    page.wait_for_url(f"**{reverse('filing:due')}")
    assert ContributionVersion.objects.filter(contribution__department__name=name).count() == 1
    page.context.close()


def test_five_streets_lead_as_a_group(group, enter, page_log):
    *four, last = SHARES
    for name in four:
        file_on_a_phone(enter, group, name)

    # The filing unit sees who is missing, with whom to call, and what the others add up to.
    clerk = enter(group.clerk, PHONE)
    address = reverse("filing:report", args=[group.sub_item.pk, "2023-09"])
    clerk.goto(address)
    assert fits(clerk)
    panel = clerk.locator("#contributions")
    assert "5个单位，已报4个" in panel.inner_text()
    assert f"主办单位未报：{last}" in panel.inner_text()
    panel.locator("summary").first.click()  # a phone folds it, so that the form comes first
    missing = panel.locator(".contributions-missing").inner_text()
    assert str(group.streets[last]) in missing
    assert "0537-5550205" in missing
    line = clerk.locator(f"#line-target-{group.target.pk}")
    assert "260" in line.locator(".line-sum strong").inner_text()
    assert f"未填：{last}" in line.inner_text()
    clerk.locator("#id_progress").fill("总体推进顺利。")
    line.get_by_role("button", name="采用合计数").click()
    clerk.wait_for_url(f"**{address}#line-target-{group.target.pk}")
    assert clerk.locator(f"#id_target_{group.target.pk}").input_value() == "260"
    assert clerk.locator("#id_progress").input_value() == "总体推进顺利。"  # what was typed was saved with it

    # The fifth files: the change is pointed out, and nothing has changed by itself.
    file_on_a_phone(enter, group, last)
    clerk.goto(address)
    changed = clerk.locator(f"#line-target-{group.target.pk} .contribution-changed").inner_text()
    assert f"{last} — → 45" in changed
    assert clerk.locator(f"#id_target_{group.target.pk}").input_value() == "260"
    clerk.locator(f"#line-target-{group.target.pk}").get_by_role("button", name="采用合计数").click()
    clerk.wait_for_url(f"**{address}#line-target-{group.target.pk}")
    clerk.locator("#contributions summary").first.click()
    clerk.locator("#contributions").get_by_role("button", name="采用5条新文字").click()
    clerk.wait_for_url(f"**{address}#group-progress")
    assert clerk.locator("#id_progress").input_value() == "\n".join(
        ["总体推进顺利。", *(f"{name}：{name}完成入户。" for name in SHARES)]
    )
    clerk.locator("#contributions summary").click()  # all taken: it has folded
    assert clerk.locator("#contributions .contribution-taken").count() == 5

    clerk.locator("#id_percent").fill("75")
    clerk.get_by_text("填写完整，可以报送").wait_for()
    clerk.get_by_role("button", name="报送", exact=True).click()
    clerk.wait_for_url(f"**{reverse('filing:due')}")
    report = MonthlyReport.objects.get(period=group.september)
    assert (report.state, report.target_readings.get().value) == (State.SUBMITTED, 305)

    # The reviewer sees all of it, with authors; the streets can no longer change it.
    office = enter(group.office, DESKTOP)
    office.goto(reverse("review:report", args=[report.pk]))
    assert fits(office)
    seen = office.locator("#contributions").inner_text()
    for name, person in group.streets.items():
        assert f"{name}·{person}" in seen
        assert f"{name}完成入户。" in seen
    assert office.locator("#contributions .contribution").count() == 5
    street = enter(group.streets[last], PHONE)
    street.goto(reverse("filing:contribute", args=[group.sub_item.pk, "2023-09", group.streets[last].department_id]))
    assert "协办情况随之冻结" in street.content()
    assert street.locator("form#report-form").count() == 0


def test_the_same_without_javascript(group, enter, page_log):
    street = enter(group.streets["洸河街道"], PHONE, java_script_enabled=False)
    street.get_by_role("link", name=f"填报 {group.sub_item.title}").click()
    street.locator("#id_progress").fill("完成入户。")
    street.locator(f"#id_target_{group.target.pk}").fill("５０")
    street.get_by_role("button", name="提交给填报单位").click()
    street.wait_for_url(f"**{reverse('filing:due')}")

    clerk = enter(group.clerk, PHONE, java_script_enabled=False)
    address = reverse("filing:report", args=[group.sub_item.pk, "2023-09"])
    clerk.goto(address)
    clerk.locator("#id_problems").fill("资金不足。")
    page_log.allow("409")
    clerk.get_by_role("button", name="采用合计数").click()
    assert fits(clerk)
    clerk.get_by_role("button", name="仍采用较小的合计数").click()  # four streets have stated nothing yet
    clerk.wait_for_url(f"**{address}#line-target-{group.target.pk}")
    clerk.get_by_role("button", name="采用文字 洸河街道").click()
    clerk.wait_for_url(f"**{address}#group-progress")
    report = MonthlyReport.objects.get(period=group.september)
    assert (report.progress, report.problems) == ("洸河街道：完成入户。", "资金不足。")
    assert report.target_readings.get().value == 50
    assert Taking.objects.count() == 2
