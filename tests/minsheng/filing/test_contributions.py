"""What the other responsible units say to a month's report, through the services."""

from decimal import Decimal

import pytest

from departments.errors import Conflict, DomainError, IllegalTransition
from departments.permissions import FILE_REPORT
from funding.services.readings import LineReading
from minsheng.filing import contributions
from minsheng.filing import services as filing
from minsheng.filing.content import content_of
from minsheng.review import services as review
from projects.models import Contribution, MonthlyReport, ReportEvent, Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import content, draft, sheet, submitted


@pytest.fixture
def streets(world):
    """Two units that assist, each with its clerk."""
    units = [DepartmentFactory(jurisdiction=world.jurisdiction, name=name) for name in ("光荷街道", "明湖街道")]
    for order, unit in enumerate(units):
        ResponsibilityFactory(sub_item=world.sub_item, department=unit, role=Responsibility.Role.ASSIST, order=order)
    return [(unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})) for unit in units]


def contribute(world, street, text="已完成入户。", share="20", *, money=None, seen_version=0, submit=True):
    unit, clerk = street
    return contributions.contribute(
        world.sub_item,
        world.september,
        unit,
        by=clerk,
        text=text,
        shares={world.target.pk: None if share is None else Decimal(share)},
        money=money or {},
        seen_version=seen_version,
        submit=submit,
    )


def test_the_filing_unit_sees_who_has_and_has_not_and_the_sum(world, streets):
    contribute(world, streets[0], share="20")
    contribute(world, streets[1], share="30", submit=False)
    here = sheet(world).contributed
    assert [(one.unit.name, one.is_submitted) for one in here] == [("光荷街道", True), ("明湖街道", False)]
    assert contributions.sum_of(here, world.target.pk) == 20  # nothing of a draft
    contribute(world, streets[1], share="30", seen_version=1)
    assert contributions.sum_of(sheet(world).contributed, world.target.pk) == 50


def test_texts_and_sums_are_taken_once_under_their_authors_names(world, streets):
    contribute(world, streets[0], "已完成入户。", "20")
    here = sheet(world).contributed
    taken = contributions.taken(content(world, progress="主体完工。"), here, figures=True, texts=True)
    assert taken.progress == "主体完工。\n光荷街道：已完成入户。"
    assert taken.targets == {world.target.pk: Decimal(20)}
    assert contributions.taken(taken, here, figures=True, texts=True) == taken


def test_contributions_do_not_begin_the_units_own_draft(world, streets):
    contribute(world, streets[0])
    report = MonthlyReport.objects.get()
    assert (report.version, report.edited_by, report.department) == (0, None, world.unit)
    assert draft(world).version == 1


def test_they_are_frozen_with_the_report_and_a_return_opens_them_again(world, streets):
    contribute(world, streets[0])
    report = submitted(world)
    with pytest.raises(IllegalTransition):
        contribute(world, streets[0], "改写。", seen_version=1)
    with pytest.raises(IllegalTransition):
        contribute(world, streets[1])
    assert [one.text for one in Contribution.objects.all()] == ["已完成入户。"]
    (kept,) = ReportEvent.objects.get().snapshot["contributions"]
    assert (kept["unit"], kept["text"], kept["shares"]) == (
        "光荷街道",
        "已完成入户。",
        {str(world.target.pk): "20.0000"},
    )
    review.send_back(report, by=world.office, comment="请核实街道数据")
    assert contribute(world, streets[0], "改写。", seen_version=1).text == "改写。"


def test_what_is_refused_changes_nothing(world, streets):
    stranger = DepartmentFactory(jurisdiction=world.jurisdiction)
    with pytest.raises(DomainError):
        contribute(world, (stranger, world.stranger))
    with pytest.raises(DomainError):
        contribute(world, (world.unit, world.clerk))  # it files the report itself
    with pytest.raises(DomainError):
        contribute(world, streets[0], " ", None)
    assert not Contribution.objects.exists()
    contribute(world, streets[0])
    with pytest.raises(Conflict):
        contribute(world, streets[0], "另一个窗口。")
    assert Contribution.objects.get().text == "已完成入户。"


def test_who_may_contribute(world, streets):
    people = [*(clerk for _unit, clerk in streets), world.clerk, world.office, world.stranger]
    found = [len(contributions.units_of(person, world.sub_item, world.september)) for person in people]
    assert found == [1, 1, 0, 0, 0]


def test_a_money_line_is_read_by_the_unit_it_is_assigned_to(world, streets):
    amounts = {world.line.pk: LineReading(None, Decimal(3_000_000), Decimal(500_000))}
    contribute(world, streets[0], money=amounts)
    draft(world)
    assert MonthlyReport.objects.get().funding_readings.get().secured == 2_000_000  # not its line: dropped

    world.line.department = streets[0][0]
    world.line.save()
    contribute(world, streets[0], money=amounts, seen_version=1)
    report = filing.submit(sheet(world), by=world.clerk)  # written down as it is submitted
    assert content_of(MonthlyReport.objects.get(pk=report.pk)).money == amounts
