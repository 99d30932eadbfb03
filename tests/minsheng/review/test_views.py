"""The review pages: the office, the unit's reviewer, and everybody else."""

import pytest
from django.urls import reverse

from departments.permissions import REVIEW_REPORT, SUPERVISE
from projects.models import MonthlyReport, PeriodFigure, ReportEvent
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory
from tests.factories.projects import ReportEventFactory, SubItemFactory
from tests.minsheng.life import content, draft, submitted

State = MonthlyReport.State


def address(report):
    return reverse("review:report", args=[report.pk])


def test_the_office_finds_a_report_in_its_to_do_and_approves(world, client):
    report = submitted(world)
    client.force_login(world.office)
    (entry,) = client.get("/").context["board"].groups[0].entries
    assert entry.url == address(report)
    assert [row.report for row in client.get(reverse("review:queue")).context["rows"]] == [report]
    assert client.get(address(report)).status_code == 200

    done = client.post(address(report), {"step": "approve"})
    assert (done.status_code, done.url) == (302, reverse("review:queue"))
    assert MonthlyReport.objects.get().state == State.APPROVED


def test_a_return_without_a_reason_is_refused_in_place(world, client):
    report = submitted(world)
    client.force_login(world.office)
    response = client.post(address(report), {"step": "return", "comment": " "})
    assert response.status_code == 422
    assert "comment" in response.context["form"].errors
    assert MonthlyReport.objects.get().state == State.SUBMITTED

    client.post(address(report), {"step": "return", "comment": "请核实完成数"})
    client.force_login(world.clerk)
    assert "请核实完成数" in client.get(reverse("filing:due")).content.decode()


def test_the_second_of_two_decisions_is_refused_and_says_so(world, client):
    report = submitted(world)
    client.force_login(world.office)
    client.post(address(report), {"step": "approve"})
    second = client.post(address(report), {"step": "return", "comment": "数据有误"})
    assert second.status_code == 409
    assert "数据有误" not in list(ReportEvent.objects.values_list("comment", flat=True))
    assert PeriodFigure.objects.count() == 1


@pytest.mark.parametrize("step", ["approve", "pass", "return"])
@pytest.mark.parametrize("who", ["clerk", "stranger", "leader", "office_elsewhere", "reviewer_elsewhere"])
def test_who_has_no_right_decides_nothing(world, client, who, step):
    report = submitted(world)
    people = {
        "clerk": world.clerk,
        "stranger": world.stranger,
        "leader": world.leader,
        "office_elsewhere": UserFactory(grants={JurisdictionFactory(): [SUPERVISE]}),
        "reviewer_elsewhere": UserFactory(grants={DepartmentFactory(): [REVIEW_REPORT]}),
    }
    client.force_login(people[who])
    response = client.post(address(report), {"step": step, "comment": "不应生效"})
    assert response.status_code == 404
    assert MonthlyReport.objects.get().state == State.SUBMITTED
    assert ReportEvent.objects.count() == 1


def test_the_units_reviewer_passes_on_and_does_not_approve(world, client):
    reviewer = world.reviewer()
    report = submitted(world)
    client.force_login(reviewer)
    assert client.post(address(report), {"step": "approve"}).status_code == 403
    assert client.post(address(report), {"step": "pass"}).status_code == 302
    assert MonthlyReport.objects.get().state == State.SUBMITTED
    assert MonthlyReport.objects.get().reviewed_by == reviewer


def test_a_draft_is_not_reviewed(world, client):
    report = draft(world)
    client.force_login(world.office)
    assert client.get(address(report)).status_code == 404


def test_a_returned_report_shows_the_office_what_was_submitted_not_the_work_on_it(world, client):
    report = submitted(world)
    client.force_login(world.office)
    client.post(address(report), {"step": "return", "comment": "请核实"})
    draft(world, content(world, "80", progress="正在修改的内容"))
    assert "正在修改的内容" not in client.get(address(report)).content.decode()


def test_warnings_stand_in_the_queue(world, client):
    submitted(world, content(world, secured="6000000"))
    client.force_login(world.office)
    (row,) = client.get(reverse("review:queue")).context["rows"]
    assert len(row.look.warnings) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_however_long_it_is(world, client, django_assert_num_queries, count):
    for _ in range(count):
        report = MonthlyReport.objects.create(
            sub_item=SubItemFactory(project=world.sub_item.project, lead=world.unit),
            period=world.september,
            department=world.unit,
            state=State.SUBMITTED,
        )
        ReportEventFactory(report=report)
    client.force_login(world.office)
    client.get(reverse("review:queue"))
    # session, person, rights, own units, last submissions, reports, events, readings (2), targets, milestones,
    # overrides, funding lines, what is stuck in unit review, navigation, its number; months out of order: later
    # approvals, periods, exceptions, reports of other months, who files, first revisions
    with django_assert_num_queries(24):
        assert len(client.get(reverse("review:queue")).context["rows"]) == count
