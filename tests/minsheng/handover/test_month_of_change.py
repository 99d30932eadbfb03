"""Around the month from which another unit files, and many sub-items handed over at once."""

from collections import Counter
from datetime import date

import pytest

from departments import clock
from departments.errors import DomainError
from departments.models import AuditEvent
from minsheng.daily import tick
from minsheng.dashboard.matrix import Matrix
from minsheng.filing import slots
from minsheng.filing.due import due_months
from minsheng.handover import services
from minsheng.handover.months import spans
from minsheng.periods.chase import chase_of
from minsheng.periods.filings import Reporting
from minsheng.review import services as review
from projects.models import MonthlyReport, Responsibility, SubItem, SubItemRevision
from projects.standing import standpoint, stood
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import ReportingPeriodFactory, ResponsibilityFactory, SubItemFactory
from tests.minsheng.handover.test_services import AUGUST, NOVEMBER, OCTOBER, SEPTEMBER, at, goes_to, held, new
from tests.minsheng.life import approved_in_august, content, draft, sheet, submitted

__all__ = ["new"]


# around the month of change ------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", [(9, 20), (9, 30), (10, 2), (10, 26), (11, 6)])
def test_nothing_is_missing_or_double_around_the_month_of_change(world, new, today):
    """August was filed; September and October are not yet; the new unit files from October on."""
    approved_in_august(world)
    second = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    goes_to(world, new, OCTOBER)
    with at(*today):
        tick(world.sub_item.programme)
        programme = world.sub_item.programme
        reporting = Reporting(programme)
        owner = {AUGUST: world.unit, SEPTEMBER: world.unit, OCTOBER: new, NOVEMBER: new}
        for period in reporting.months:
            if period.month not in owner:
                continue
            counts = {unit: sum(one.filing.values()) for unit, one in reporting.matrix.at(period).items()}
            expected = Counter({owner[period.month].pk: 1})
            expected[world.unit.pk] += 1  # the second one
            assert counts == expected
            owing = {one.unit: {item.sub_item.pk for item in one.items} for one in chase_of(reporting, period).owing}
            if period.month >= SEPTEMBER:
                assert world.sub_item.pk in owing[owner[period.month].name]
                assert sum(world.sub_item.pk in items for items in owing.values()) == 1
        # The overview's unit is the one that the filing page of its month names.
        point = standpoint(programme, today=clock.today())
        now = Matrix(point).at(None)
        assert {unit: sum(one.filing.values()) for unit, one in now.items()} == {
            unit: sum(one.filing.values()) for unit, one in Matrix(point).at(point.filing).items()
        }
        to_do = {
            person: [
                (entry.period.month, item.sub_item.pk)
                for entry in due_months(person)
                for item in entry.waiting_items
                if item.sub_item == world.sub_item
            ]
            for person in (world.clerk, world.new_clerk)
        }
        open_months = [period for period in reporting.months if period.locks_on > clock.today()]
        assert to_do[world.clerk] == [(one.month, world.sub_item.pk) for one in open_months if one.month == SEPTEMBER]
        assert to_do[world.new_clerk] == [(one.month, world.sub_item.pk) for one in open_months if one.month >= OCTOBER]
        assert slots.to_file(world.new_clerk).count() == len(to_do[world.new_clerk])
        assert second.responsibilities.count() == 1


def test_the_old_unit_reads_what_it_filed_and_no_draft_of_its_successor(world, new):
    approved_in_august(world)
    submitted(world)
    goes_to(world, new, OCTOBER)
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=OCTOBER)
    with at(10, 10):
        draft(world, content(world, "84"), by=world.new_clerk, period=october)
    readable = {
        person: set(MonthlyReport.objects.readable_by(person).values_list("period__month", flat=True))
        for person in (world.clerk, world.new_clerk)
    }
    assert readable[world.clerk] == {AUGUST, SEPTEMBER}
    assert readable[world.new_clerk] >= {AUGUST, OCTOBER}


def test_what_is_returned_after_the_hand_over_goes_back_to_who_filed_it(world, new):
    report = submitted(world)
    goes_to(world, new, OCTOBER)
    with at(10, 2):
        review.send_back(report, by=world.office, comment="请核实")
        assert [slots.to_file(person).count() for person in (world.clerk, world.new_clerk)] == [1, 0]
        submitted(world, content(world, "76"))
    assert MonthlyReport.objects.get().department == world.unit


def test_the_new_units_first_month_carries_the_last_figures_on(world, new):
    approved_in_august(world)
    submitted(world)
    goes_to(world, new, OCTOBER)
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=OCTOBER)
    with at(10, 10):
        assert sheet(world, october).last.percent == 75


def test_the_list_names_the_unit_of_the_month_that_is_filed(world, new):
    goes_to(world, new, OCTOBER)
    for today, unit in ((date(2023, 9, 25), world.unit), (date(2023, 10, 3), new)):
        ReportingPeriodFactory(programme=world.sub_item.programme, month=today.replace(day=1))
        point = standpoint(world.sub_item.programme, today=today)
        assert stood(SubItem.objects.all(), point).values_list("stood_unit", flat=True).get() == unit.pk


# many at once --------------------------------------------------------------------------------------------------


def test_all_that_a_unit_holds_goes_to_its_successor_together(world, new):
    section = DepartmentFactory(parent=world.unit, name="规划科")
    by_section, assisted, beside = (SubItemFactory(project=world.sub_item.project) for _ in range(3))
    ResponsibilityFactory(sub_item=by_section, department=section, files=True)
    lead = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=assisted, department=lead, files=True)
    ResponsibilityFactory(sub_item=assisted, department=world.unit, role="assist", order=1)
    ResponsibilityFactory(sub_item=beside, department=world.unit, files=True)
    ResponsibilityFactory(sub_item=beside, department=new, role="assist", order=1)
    items = [world.sub_item, by_section, assisted, beside]
    assert len(goes_to(world, new, OCTOBER, items=items)) == 4
    now = {
        one.pk: [
            (row.department, row.role, row.files)
            for row in Responsibility.objects.current().filter(sub_item=one).order_by("-files", "pk")
        ]
        for one in items
    }
    assert now == {
        world.sub_item.pk: [(new, "lead", True)],
        by_section.pk: [(new, "lead", True)],
        assisted.pk: [(lead, "lead", True), (new, "assist", False)],
        beside.pk: [(new, "lead", True)],
    }
    assert SubItemRevision.objects.count() == 4
    assert AuditEvent.objects.count() == 1


def test_of_many_one_refused_stops_all(world, new):
    second = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    submitted(world)
    with pytest.raises(DomainError, match="2023年9月已报送"):
        goes_to(world, new, SEPTEMBER, items=[world.sub_item, second])
    assert held(second) == [(world.unit.name, "lead", True, None, None)]
    assert not SubItemRevision.objects.exists()


def test_what_belongs_to_another_programme_is_refused(world, new):
    with pytest.raises(DomainError):
        goes_to(world, new, OCTOBER, items=[world.sub_item, SubItemFactory(lead=world.unit)])
    assert not SubItemRevision.objects.exists()


def test_only_the_office_may(world):
    people = (world.office, world.leader, world.clerk, world.stranger)
    assert [services.may_hand_over(one, world.sub_item.programme) for one in people] == [True, False, False, False]


def test_who_files_which_month_in_spans(world, new):
    goes_to(world, new, OCTOBER)
    months = [date(2023, month, 1) for month in range(8, 13)]
    rows = list(world.sub_item.responsibilities.select_related("department__parent"))
    shown = [(one.first.month, one.last.month, one.unit) for one in spans(rows, months)]
    assert shown == [(8, 9, world.unit.name), (10, 12, new.name)]
    again = spans(rows, months, since=date(2023, 12, 1), unit="某局")
    assert [(one.last.month, one.unit, one.coming) for one in again][-2:] == [(11, new.name, False), (12, "某局", True)]
