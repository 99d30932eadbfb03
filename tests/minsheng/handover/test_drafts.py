"""A draft that is handed over says whose it is, on the form, in the to-do and to the reviewers, until it is changed."""

from dataclasses import replace

import pytest
from django.urls import reverse

from departments.permissions import FILE_REPORT, rights_held
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.filing.inherited import inherited_of
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from minsheng.todo import services as todo
from projects.models import MonthlyReport, ReportingPeriod
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.minsheng.filing.test_assigned_lines import assign
from tests.minsheng.handover.test_services import SEPTEMBER, at, goes_to, new
from tests.minsheng.life import approved_in_august, content, draft, sheet

__all__ = ["new"]

OLD = "旧单位写的进展。"


@pytest.fixture
def handed(world, new):
    """August is approved; September was begun by the old unit's clerk, on the 20th, and goes to the new unit."""
    approved_in_august(world)
    draft(world, content(world, "75", progress=OLD, secured="2500000"))
    goes_to(world, new, SEPTEMBER)
    return world


def rewritten(world, *, by):
    """The progress of the draft, by somebody of the new unit."""
    here = sheet(world)
    drafts.save_draft(here, replace(present_of(here), progress="新单位改写。"), by=by, seen_version=here.report.version)


def entry_of(person):
    board = todo.board_of(person, rights_held(person), {})
    return next(entry for group in board.groups for entry in group.entries)


def test_form_and_to_do_name_unit_and_person_and_since_when(handed, new, client):
    (one,) = inherited_of(sheet(handed))
    assert (one.unit, one.who) == (handed.unit.name, f"{handed.unit.name}·{handed.clerk}")
    assert (one.handed, one.at.day) == (SEPTEMBER, 20)
    # The target and what was spent, too; 1,000,000 was spent in August as well: nobody wrote that.
    assert one.labels == ["进度（%）", handed.target.text, "区级财政", "本月进展"]
    client.force_login(handed.new_clerk)
    page = client.get(reverse("filing:report", args=[handed.sub_item.pk, "2023-09"])).content.decode()
    assert f"自2023年9月起由{new.name}填报" in page
    assert f"{handed.unit.name}·{handed.clerk} 2023-09-20 09:00" in page
    assert entry_of(handed.new_clerk).note == f"已存草稿，由{handed.unit.name}移交"
    assert f"草稿由{handed.unit.name}移交" in client.get(reverse("filing:due")).content.decode()


def test_it_is_said_before_submitting_and_the_reviewers_read_it_afterwards(handed, new, client):
    client.force_login(handed.new_clerk)
    check = client.get(reverse("filing:report", args=[handed.sub_item.pk, "2023-09"])).context["check"]
    told = [point.message for point in check.unusual]
    assert [one for one in told if one.startswith(f"草稿由{handed.unit.name}移交：进度（%）、")] == told
    report = filing.submit(sheet(handed), by=handed.new_clerk)
    event = report.events.get()
    assert (event.actor_unit, event.on_behalf_of, report.on_behalf) == (new, None, False)
    assert report.department_name == new.name
    assert event.snapshot["warnings"] == told
    client.force_login(handed.office)
    assert told[0] in client.get(reverse("review:report", args=[report.pk])).content.decode()
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=handed.office)
    assert report.events.order_by("pk").last().snapshot["warnings"] == told


def test_what_the_new_unit_changes_is_its_own_and_the_rest_goes_on_being_said(handed):
    rewritten(handed, by=handed.new_clerk)
    (one,) = inherited_of(sheet(handed))
    assert one.labels == ["进度（%）", handed.target.text, "区级财政"]
    here = sheet(handed)
    changed = content(handed, "78", reached="310", secured="2600000", progress="新单位改写。")
    drafts.save_draft(here, changed, by=handed.new_clerk, seen_version=here.report.version)
    assert inherited_of(sheet(handed)) == []


def test_typed_over_in_the_form_it_is_not_said_to_be_the_others_while_it_is_checked(handed):
    here = sheet(handed)
    stands = content_of(here.report)
    typed = content(handed, "75", progress="正在改。", secured="2500000")
    assert "本月进展" in inherited_of(here, stands)[0].labels
    assert "本月进展" not in inherited_of(here, typed)[0].labels


def test_who_gets_it_back_is_told_of_what_the_others_wrote_alone(handed, new):
    rewritten(handed, by=handed.new_clerk)
    third = DepartmentFactory(jurisdiction=handed.jurisdiction, name="第三单位")
    UserFactory(department=third, grants={third: [FILE_REPORT]})
    old = handed.unit
    handed.unit = new
    goes_to(handed, third, SEPTEMBER)
    assert {(one.unit, tuple(one.labels)[-1]) for one in inherited_of(sheet(handed))} == {
        (old.name, "区级财政"),
        (new.name, "本月进展"),
    }
    handed.unit = third
    goes_to(handed, old, SEPTEMBER)
    (one,) = inherited_of(sheet(handed))
    assert (one.unit, one.labels) == (new.name, ["本月进展"])


def test_a_month_that_nobody_had_begun_and_one_never_handed_over_say_nothing(world, new):
    draft(world)
    assert inherited_of(sheet(world)) == []
    assert entry_of(world.clerk).note == "已存草稿"
    MonthlyReport.objects.all().delete()
    goes_to(world, new, SEPTEMBER)
    assert inherited_of(sheet(world)) == []
    assert entry_of(world.new_clerk).note == ""


def test_a_line_that_another_unit_reads_is_not_the_old_units(handed):
    assign(handed, DepartmentFactory(jurisdiction=handed.jurisdiction), by=handed.office)
    (one,) = inherited_of(sheet(handed))
    assert "区级财政" not in one.labels


def test_a_later_month_that_was_begun_goes_over_too(world, new):
    with at(9, 28):
        draft(world, content(world, "75", progress=OLD))
        goes_to(world, new, SEPTEMBER)
    assert ReportingPeriod.objects.get(pk=world.september.pk).reports.get().handed_from == [world.unit.name]
