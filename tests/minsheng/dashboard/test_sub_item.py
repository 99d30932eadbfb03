"""One sub-item's page: for whom it exists, whose words each reader sees, and what stands where nothing is known."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, OVERSEE, REVIEW_REPORT
from funding.models import FundingTotal
from projects.models import MonthlyReport, PeriodFigure
from tests.factories.departments import DepartmentFactory, DepartmentGroupFactory, JurisdictionFactory, UserFactory
from tests.factories.funding import FundingLineFactory, FundingReadingFactory, FundingTotalFactory
from tests.factories.projects import (
    ContributionFactory,
    DeliverableFactory,
    LightOverrideFactory,
    MilestoneFactory,
    MonthlyReportFactory,
    PeriodFigureFactory,
    ReportEventFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
    SubItemRevisionFactory,
    TargetFactory,
    TargetReadingFactory,
)

pytestmark = pytest.mark.django_db
State = MonthlyReport.State


@pytest.fixture(autouse=True)
def _twentieth_of_october():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        yield


@pytest.fixture
def unit():
    return DepartmentFactory()


@pytest.fixture
def assisting(unit):
    return DepartmentFactory(jurisdiction=unit.jurisdiction)


@pytest.fixture
def sub_item(unit, assisting):
    return SubItemFactory(project__programme__jurisdiction=unit.jurisdiction, lead=unit, assists=[assisting])


@pytest.fixture
def leader(unit):
    return UserFactory(grants={unit.jurisdiction: [OVERSEE]})


def page(client, user, sub_item):
    client.force_login(user)
    return client.get(reverse("dashboard:sub_item", args=[sub_item.pk]))


def plain(response):
    """The body without the token that every form has its own of."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)


def test_leads_assisting_units_and_oversight_see_it(client, sub_item, unit, assisting, leader):
    assert page(client, leader, sub_item).status_code == 200
    assert page(client, UserFactory(grants={unit: [FILE_REPORT]}), sub_item).status_code == 200
    assert page(client, UserFactory(grants={assisting: [REVIEW_REPORT]}), sub_item).status_code == 200


@pytest.mark.parametrize("who", ["other unit", ADMINISTER, AUDIT, "elsewhere", "superuser"])
def test_for_others_it_does_not_exist(client, sub_item, unit, who):
    grants = {
        "other unit": {DepartmentFactory(jurisdiction=unit.jurisdiction): [FILE_REPORT]},
        "elsewhere": {JurisdictionFactory(): [OVERSEE]},
        "superuser": {},
    }.get(who, {unit.jurisdiction: [who]})
    response = page(client, UserFactory(is_superuser=who == "superuser", grants=grants), sub_item)
    missing = client.get(reverse("dashboard:sub_item", args=[10**20]))

    assert response.status_code == missing.status_code == 404
    assert plain(response) == plain(missing)


def test_a_draft_is_read_by_its_leads_only(client, sub_item, unit, assisting, leader):
    MonthlyReportFactory(sub_item=sub_item, state=State.DRAFT, progress="尚未写完的话")

    assert "尚未写完的话" in page(client, UserFactory(grants={unit: [FILE_REPORT]}), sub_item).text
    assert "尚未写完的话" not in page(client, leader, sub_item).text
    assert "尚未写完的话" not in page(client, UserFactory(grants={assisting: [FILE_REPORT]}), sub_item).text


def test_what_is_being_rewritten_after_a_return_is_not_for_the_office(client, sub_item, unit, leader):
    report = MonthlyReportFactory(sub_item=sub_item, state=State.RETURNED, progress="重写中的话")
    ReportEventFactory(report=report, to_state=State.RETURNED, comment="数据有误")
    seen = page(client, leader, sub_item).text

    assert "重写中的话" not in seen
    assert "数据有误" in seen
    assert "重写中的话" in page(client, UserFactory(grants={unit: [FILE_REPORT]}), sub_item).text


def test_assisting_units_read_an_approved_report_without_the_reason_of_its_return(client, sub_item, assisting, leader):
    report = MonthlyReportFactory(sub_item=sub_item, state=State.APPROVED, progress="已批准的话")
    ReportEventFactory(report=report, to_state=State.RETURNED, comment="数据有误")
    seen = page(client, UserFactory(grants={assisting: [FILE_REPORT]}), sub_item).text

    assert "已批准的话" in seen
    assert "数据有误" not in seen
    assert "数据有误" in page(client, leader, sub_item).text


def test_a_pending_figure_is_not_for_assisting_units(client, sub_item, assisting, leader):
    MonthlyReportFactory(sub_item=sub_item, state=State.SUBMITTED, percent=Decimal("61.5"))

    (waiting,) = page(client, leader, sub_item).context["headline"].waiting
    assert "61.5" in waiting.text
    seen = page(client, UserFactory(grants={assisting: [FILE_REPORT]}), sub_item)
    assert seen.context["headline"].waiting == []
    assert "61.5" not in seen.text


def test_an_empty_sub_item_says_so_in_words(client, leader, unit):
    bare = SubItemFactory(project__programme__jurisdiction=unit.jurisdiction, deadline=None, deadline_text="")
    response = page(client, leader, bare)

    assert response.status_code == 200
    assert response.context["money"].lines == response.context["targets"] == response.context["shares"] == []
    assert {row.scheduled for row in response.context["months"]} == {"—"}


def test_responsibilities_show_group_open_members_and_hand_over(client, sub_item, leader):
    group = DepartmentGroupFactory(jurisdiction=sub_item.programme.jurisdiction)
    ResponsibilityFactory(sub_item=sub_item, role="assist", order=5, group_origin=group)
    ResponsibilityFactory(sub_item=sub_item, role="assist", order=6, department=None)
    former = ResponsibilityFactory(sub_item=sub_item, files=True, until=date(2023, 3, 1))
    shares = page(client, leader, sub_item).context["shares"]

    assert [share.files for share in shares] == [True, False, False, False, False]
    assert [share.name for share in shares if share.origin == group.name]
    assert [share.name for share in shares if share.is_open] == ["试点街道"]
    assert (shares[-1].name, shares[-1].past, "2023年3月" in shares[-1].months) == (former.department.name, True, True)


@pytest.mark.parametrize(
    ("target", "figures"),
    [
        ({"minimum": 452, "maximum": 452}, ["452"]),
        ({"minimum": 60, "maximum": 60, "approx": True}, ["60"]),
        ({"minimum": 1500, "maximum": None}, ["1,500"]),
        ({"minimum": 1, "maximum": 2}, ["1", "2"]),
    ],
)
def test_a_goal_keeps_its_qualifier(client, sub_item, leader, target, figures):
    TargetFactory(sub_item=sub_item, **target)
    goal = page(client, leader, sub_item).context["targets"][0].goal

    assert re.findall(r"[\d,.]+", goal) == figures
    assert (goal == f"{figures[0]}个") is (target == {"minimum": 452, "maximum": 452})


def test_the_newest_approved_reading_counts(client, sub_item, leader):
    target = TargetFactory(sub_item=sub_item, minimum=200, maximum=200)
    for month, state, value in ((1, "approved", 50), (2, "approved", 100), (3, "submitted", 180)):
        period = ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, month, 1))
        report = MonthlyReportFactory(sub_item=sub_item, period=period, state=state)
        TargetReadingFactory(report=report, target=target, value=value)
    row = page(client, leader, sub_item).context["targets"][0]

    assert (row.reading, row.share) == ("100", "50.0%")


def test_money_shows_rates_as_rates_other_years_marked_and_totals_compared(client, sub_item, leader):
    FundingTotalFactory(sub_item=sub_item, kind=FundingTotal.Kind.YEAR_PLAN, amount=100_000_000)
    FundingLineFactory(sub_item=sub_item, planned=Decimal(101_400_000), secured=Decimal(20_000_000), applied=None)
    FundingLineFactory(sub_item=sub_item, planned=None, rate=Decimal("2889.43"), rate_unit="人·月")
    FundingLineFactory(sub_item=sub_item, planned=Decimal(390_000), year=2022)
    money = page(client, leader, sub_item).context["money"]
    line, rate, reference = money.lines

    assert (money.planned, money.line_sum, money.secured, money.applied) == ("10,000.00", "10,140.00", "2,000.00", "—")
    assert (line.planned, line.applied, line.spent) == ("10,140.00", "—", "—")
    assert (rate.planned, "2,889.43" in rate.rate) == ("", True)
    assert "2022" in reference.reference
    assert "140.00" in money.totals[0].compared


def test_a_correction_stands_below_what_it_corrects(client, sub_item, leader):
    period = ReportingPeriodFactory(programme=sub_item.programme)
    same = {"sub_item": sub_item, "period": period}
    PeriodFigureFactory(**same, newest=False)
    PeriodFigureFactory(
        **same, sequence=2, cause=PeriodFigure.Cause.CORRECTION, percent=Decimal(35), reason="核实后更正"
    )
    months = page(client, leader, sub_item).context["months"]

    assert [(row.month, row.percent, row.superseded) for row in months[:3]] == [
        ("2023年1月", "40.0%", True),
        ("2023年1月", "35.0%", False),
        ("2023年2月", "", False),
    ]
    assert "核实后更正" in months[1].correction
    assert len(months) == 13


def test_an_override_is_shown_while_it_is_in_force(client, sub_item, leader):
    LightOverrideFactory(sub_item=sub_item, reason="现行理由")
    LightOverrideFactory(sub_item=sub_item, reason="过期理由", until=date(2023, 9, 30))
    context = page(client, leader, sub_item).context

    assert [row.reason for row in context["overrides"]] == ["现行理由"]
    assert {event.comment for event in context["timeline"].first} == {"现行理由", "过期理由"}


def test_text_from_tables_and_people_is_escaped(client, leader, unit):
    bad = "<script>alert(1)</script>"
    sub_item = SubItemFactory(
        project__programme__jurisdiction=unit.jurisdiction,
        project__name=bad,
        lead=unit,
        content=bad,
        sentence=bad,
        extra={bad: bad},
        source_cells={"content": {"cell": "C4", "text": bad}},
        deadline_note=bad,
    )
    FundingLineFactory(sub_item=sub_item, text=bad, use=bad)
    TargetFactory(sub_item=sub_item, text=bad, unit="<b>")
    report = MonthlyReportFactory(sub_item=sub_item, state=State.APPROVED, progress=bad, department_name=bad)
    ReportEventFactory(report=report, actor_name=bad, comment=bad)
    seen = page(client, leader, sub_item).text

    assert "<script>alert" not in seen
    assert "<b>" not in seen
    assert "C4" in seen


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, django_assert_num_queries, sub_item, leader, count):
    for part in range(count):
        period = ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, part + 1, 1))
        report = MonthlyReportFactory(sub_item=sub_item, period=period, state=State.APPROVED)
        TargetReadingFactory(report=report)
        FundingReadingFactory(report=report)
        ReportEventFactory(report=report)
        ContributionFactory(report=report)
        PeriodFigureFactory(sub_item=sub_item, period=period, report=report)
        ResponsibilityFactory(
            sub_item=sub_item, role="assist", department=DepartmentFactory(parent=DepartmentFactory())
        )
        for factory in (
            DeliverableFactory,
            MilestoneFactory,
            LightOverrideFactory,
            FundingTotalFactory,
            SubItemRevisionFactory,
        ):
            factory(sub_item=sub_item)
        SubItemFactory(programme=sub_item.programme)

    page(client, leader, sub_item)  # warm guardian's process-wide permission cache
    with django_assert_num_queries(38):
        response = client.get(reverse("dashboard:sub_item", args=[sub_item.pk]))

    assert len(response.context["reports"]) == count
