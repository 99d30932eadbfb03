"""Who submits for a unit that is not his own does so on its behalf: kept with the step, and never silent."""

from datetime import datetime
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.permissions import FILE_REPORT, REVIEW_REPORT
from minsheng.filing import services as filing
from minsheng.review import services as review
from projects.filing import Filing
from projects.models import MonthlyReport, ReportEvent, Responsibility
from projects.rules.reports import acts_on_behalf
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.minsheng.life import content, draft, sheet, submitted

State = MonthlyReport.State


@pytest.fixture
def helper(world):
    """Of another unit, with a grant on this one."""
    other = DepartmentFactory(jurisdiction=world.jurisdiction, name="经济发展局")
    return UserFactory(name="李援", department=other, grants={world.unit: [FILE_REPORT]})


def submitted_by(world, person):
    draft(world, by=person)
    return filing.submit(sheet(world), by=person)


def test_whose_own_unit_files_acts_for_himself(world):
    unit, section = world.unit, DepartmentFactory(parent=world.unit)
    elsewhere = DepartmentFactory(jurisdiction=world.jurisdiction)
    assert [acts_on_behalf(own, unit) for own in (unit, section, elsewhere, None)] == [False, False, True, True]
    # the unit's own person for one of its sections, and a section for the one beside it
    beside = DepartmentFactory(parent=world.unit)
    assert [acts_on_behalf(own, section) for own in (section, unit, beside)] == [False, True, True]


def test_the_step_keeps_actor_his_unit_of_the_day_and_for_whom(world, helper):
    report = submitted_by(world, helper)
    assert report.on_behalf
    event = ReportEvent.objects.get()
    assert (event.actor, event.actor_unit, event.on_behalf_of) == (helper, helper.department, world.unit)
    assert event.who == "经济发展局·李援（代发展软环境保障局）"
    # what they are called later changes nothing of it
    for unit in (helper.department, world.unit):
        unit.name = f"新{unit.name}"
        unit.save()
    assert ReportEvent.objects.get().who == "经济发展局·李援（代发展软环境保障局）"


def test_ones_own_submission_is_told_as_before(world):
    report = submitted(world)
    event = ReportEvent.objects.get()
    assert (report.on_behalf, event.on_behalf_of, event.actor_unit) == (False, None, world.unit)
    assert event.who == event.actor_name


def test_who_submits_again_for_his_own_unit_is_not_on_behalf(world, helper):
    review.send_back(submitted_by(world, helper), by=world.office, comment="请核实")
    assert MonthlyReport.objects.get().on_behalf
    assert not submitted(world, content(world, "76")).on_behalf


def test_a_reviewer_of_another_unit_passes_on_on_its_behalf_and_the_office_for_itself(world):
    reviewer = UserFactory(department=DepartmentFactory(), grants={world.unit: [REVIEW_REPORT]})
    report = submitted(world)
    review.pass_on(report, by=reviewer)
    review.approve(report, by=world.office)
    assert [event.on_behalf_of for event in ReportEvent.objects.order_by("pk")] == [None, world.unit, None]
    assert not MonthlyReport.objects.get().on_behalf  # its submission was the unit's own


def test_taking_over_is_the_offices_own_act(world):
    world.reviewer()
    report = submitted(world)
    with clock.at(datetime(2023, 9, 26, 9)):  # noqa: DTZ001
        review.take_over(report, by=world.office, reason="审核人休假")
    assert ReportEvent.objects.latest("pk").on_behalf_of is None


def test_it_is_said_before_and_after_submitting(world, helper, client):
    client.force_login(helper)
    url = reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    page = client.get(url)
    assert "记录并显示为“经济发展局·李援代发展软环境保障局报送”" in page.content.decode()
    draft(world, by=helper)
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in values.items() if value not in (None, False)}
    done = client.post(url, data | {"step": "submit"}, follow=True)
    assert "已代发展软环境保障局报送" in done.content.decode()
    client.force_login(world.clerk)
    assert "记录并显示为" not in client.get(url).content.decode()


def test_everybody_who_reads_it_is_told(world, helper, client):
    report = submitted_by(world, helper)
    who = "经济发展局·李援（代发展软环境保障局）"
    pages = {
        "queue": (world.office, reverse("review:queue")),
        "review": (world.office, reverse("review:report", args=[report.pk])),
        "versions": (world.office, reverse("review:versions", args=[report.pk])),
        "sub-item": (world.leader, reverse("dashboard:sub_item", args=[world.sub_item.pk])),
        "filing": (world.clerk, reverse("filing:report", args=[world.sub_item.pk, "2023-09"])),
    }
    for name, (person, url) in pages.items():
        client.force_login(person)
        assert who in client.get(url).content.decode(), name
    assert "代报" in client.get(reverse("filing:due")).content.decode()
    client.force_login(world.office)
    assert "代报" in client.get(reverse("review:queue")).content.decode()
    rows = client.get(reverse("dashboard:list", args=[world.sub_item.programme_id]))
    assert "（代报）" in rows.content.decode()


def test_excel_tells_it_too(world, helper, client):
    world.reviewer()
    report = submitted_by(world, helper)
    assert report.state == State.UNIT_REVIEW
    client.force_login(world.office)
    programme = world.sub_item.programme_id

    def cells(name, *args):
        answer = client.get(reverse(name, args=[programme, *args]))
        book = load_workbook(BytesIO(answer.getvalue()))
        return [value for row in book.active.iter_rows(values_only=True) for value in row]

    assert [cell for cell in cells("periods:export", "2023-09") if "待单位审核（代报）" in str(cell)]
    with clock.at(datetime(2023, 9, 26, 9)):  # noqa: DTZ001
        review.take_over(report, by=world.office, reason="审核人休假")
    assert f"{Filing.ON_TIME.label}（代报）" in cells("dashboard:list_export")


def test_who_may_not_know_of_a_report_is_not_told_who_submitted_it(world, helper, client):
    submitted_by(world, helper)
    assisting = DepartmentFactory(jurisdiction=world.jurisdiction)
    Responsibility.objects.create(
        sub_item=world.sub_item, department=assisting, role="assist", order=1, stated_as=assisting.name
    )
    client.force_login(UserFactory(grants={assisting: [FILE_REPORT]}))
    page = client.get(reverse("dashboard:list", args=[world.sub_item.programme_id])).content.decode()
    assert "代报" not in page
