"""What the database itself refuses: each constraint shown by breaking it."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, UniqueConstraint

from tests.factories.departments import DepartmentFactory
from tests.factories.projects import (
    DeliverableFactory,
    LightOverrideFactory,
    MilestoneFactory,
    MonthlyReportFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ProjectFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
    SubItemRevisionFactory,
    TargetFactory,
    TargetReadingFactory,
)

pytestmark = pytest.mark.django_db


def refused(name, make):
    """``make`` is refused, and by the constraint ``name`` (SQLite names only its checks)."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make()
    said = str(refusal.value)
    assert name in said or "UNIQUE" in said


def test_programme_is_unique_by_jurisdiction_year_and_name():
    programme = ProgrammeFactory()
    same = {"jurisdiction": programme.jurisdiction, "name": programme.name}

    refused("programme_unique", lambda: ProgrammeFactory(**same))
    ProgrammeFactory(**same, year=2024)
    ProgrammeFactory(jurisdiction=programme.jurisdiction, name="重点工作")


@pytest.mark.parametrize("day", [0, 32])
def test_due_day_is_a_day_of_a_month(day):
    refused("programme_due_day", lambda: ProgrammeFactory(due_day=day))


def test_programme_months_are_in_order():
    refused("programme_months_in_order", lambda: ProgrammeFactory(last_month=date(2022, 12, 1)))


def test_project_is_once_in_a_programme():
    project = ProjectFactory()
    again = {"programme": project.programme}

    refused("project_name_unique_in_programme", lambda: ProjectFactory(**again, name=project.name))
    refused("project_position_unique_in_programme", lambda: ProjectFactory(**again, position=project.position))
    ProjectFactory(name=project.name, position=project.position)


def test_position_is_unique_in_a_programme_and_serial_need_not_be():
    sub_item = SubItemFactory()
    again = {"programme": sub_item.programme}

    refused("position_unique_in_programme", lambda: SubItemFactory(**again, position=sub_item.position))
    refused("code", lambda: SubItemFactory(**again, code=sub_item.code))
    SubItemFactory(**again, serial=sub_item.serial)
    SubItemFactory(**again, serial="")


@pytest.mark.parametrize("percent", [Decimal("-0.1"), Decimal("100.1")])
def test_percent_stays_between_0_and_100(percent):
    refused("sub_item_percent", lambda: SubItemFactory(percent=percent))
    refused("sub_item_percent", lambda: SubItemFactory(scheduled_percent=percent))
    refused("report_percent", lambda: MonthlyReportFactory(percent=percent))
    refused("figure_percent", lambda: PeriodFigureFactory(percent=percent))
    refused("figure_percent", lambda: PeriodFigureFactory(scheduled_percent=percent))


@pytest.mark.parametrize("percent", [None, Decimal(0), Decimal(100)])
def test_percent_may_be_empty_nought_or_100(percent):
    MonthlyReportFactory(percent=percent)


@pytest.mark.parametrize("field", ["planned", "secured", "spent"])
def test_money_is_not_negative(field):
    refused("sub_item_money", lambda: SubItemFactory(**{field: Decimal("-0.01")}))
    refused("figure_money", lambda: PeriodFigureFactory(**{field: Decimal("-0.01")}))


def test_one_report_for_a_sub_item_and_period():
    report = MonthlyReportFactory()

    refused(
        "one_report_per_sub_item_and_period",
        lambda: MonthlyReportFactory(sub_item=report.sub_item, period=report.period),
    )


def test_one_filing_unit_at_a_time():
    sub_item = SubItemFactory(lead=DepartmentFactory())

    refused("one_filing_unit_at_a_time", lambda: ResponsibilityFactory(sub_item=sub_item, files=True))
    ResponsibilityFactory(sub_item=sub_item, files=True, until=date(2023, 3, 1))


def test_a_unit_holds_one_present_role():
    unit = DepartmentFactory()
    sub_item = SubItemFactory(lead=unit)

    refused("unit_once_per_sub_item", lambda: ResponsibilityFactory(sub_item=sub_item, department=unit, role="assist"))
    ResponsibilityFactory(sub_item=sub_item, department=None)
    ResponsibilityFactory(sub_item=sub_item, department=None)


def test_the_filing_unit_is_a_lead_unit_that_is_named():
    refused("filing_unit_is_a_lead_unit", lambda: ResponsibilityFactory(files=True, role="assist"))
    refused("filing_unit_is_a_lead_unit", lambda: ResponsibilityFactory(files=True, department=None))


def test_a_responsibility_does_not_end_before_it_begins():
    months = {"since": date(2023, 5, 1), "until": date(2023, 4, 1)}

    refused("responsibility_months_in_order", lambda: ResponsibilityFactory(**months))


def test_a_month_is_once_in_a_programme():
    period = ReportingPeriodFactory()

    again = ReportingPeriodFactory.build(programme=period.programme, month=period.month)
    refused("month_unique_in_programme", again.save)


@pytest.mark.parametrize("days", [{"opens_on": date(2023, 1, 26)}, {"locks_on": date(2023, 1, 25)}])
def test_a_period_opens_is_due_and_locks(days):
    refused("period_days_in_order", lambda: ReportingPeriodFactory(**days))


@pytest.mark.parametrize("factory", [DeliverableFactory, TargetFactory, MilestoneFactory])
def test_parts_of_a_plan_have_their_own_positions(factory):
    part = factory()

    refused("position_unique", lambda: factory(sub_item=part.sub_item, position=part.position))


def test_a_targets_bounds_are_in_order():
    refused("target_bounds_in_order", lambda: TargetFactory(minimum=2, maximum=1))
    TargetFactory(minimum=500, maximum=None)


def test_a_milestone_weighs_something():
    refused("milestone_weight_positive", lambda: MilestoneFactory(weight=0))


def test_an_override_has_a_reason_and_an_end():
    refused("override_has_a_reason", lambda: LightOverrideFactory(reason=""))
    refused("override_days_in_order", lambda: LightOverrideFactory(until=date(2023, 8, 31)))


def test_a_target_is_read_once_in_a_report_and_not_below_nought():
    reading = TargetReadingFactory()

    refused(
        "one_reading_per_report_and_target",
        lambda: TargetReadingFactory(report=reading.report, target=reading.target),
    )
    refused("target_reading_not_negative", lambda: TargetReadingFactory(value=-1))


def test_figures_are_numbered_and_one_is_the_newest():
    figure = PeriodFigureFactory()
    same = {"sub_item": figure.sub_item, "period": figure.period}

    refused("figure_sequence_unique", lambda: PeriodFigureFactory(**same, newest=False))
    refused("one_newest_figure_per_period", lambda: PeriodFigureFactory(**same, sequence=2))
    PeriodFigureFactory(**same, sequence=2, newest=False)


def test_revisions_are_numbered():
    revision = SubItemRevisionFactory()

    refused(
        "revision_number_unique",
        lambda: SubItemRevisionFactory(sub_item=revision.sub_item, number=revision.number),
    )


def test_nothing_that_has_reports_is_deleted():
    report = MonthlyReportFactory(sub_item=SubItemFactory(lead=DepartmentFactory()))
    sub_item = report.sub_item

    for row in (sub_item, sub_item.project, sub_item.programme, report.period, report.department):
        with pytest.raises(ProtectedError):
            row.delete()


def test_no_index_says_what_another_begins_with():
    """A key that a unique constraint or an index begins with is found by that; each insert would write both."""
    own = ("departments", "projects", "funding", "minsheng")
    spare = []
    for model in (model for model in apps.get_models() if model._meta.app_label in own):
        whole = [
            *(one for one in model._meta.constraints if isinstance(one, UniqueConstraint) and one.condition is None),
            *(one for one in model._meta.indexes if one.condition is None),
        ]
        firsts = {one.fields[0].removeprefix("-") for one in whole if one.fields}
        indexed = [field.name for field in model._meta.local_fields if field.db_index and not field.unique]
        spare += [f"{model.__name__}.{name}" for name in indexed if name in firsts]
    assert spare == []
