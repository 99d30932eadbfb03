"""A unit with one sub-item, its clerk, the office; September 2023 is open until 5 October."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from departments import clock
from departments.permissions import FILE_REPORT, OVERSEE, REVIEW_REPORT, SUPERVISE
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import ReportingPeriodFactory, SubItemFactory, TargetFactory
from tests.minsheng.year import fill_year

__all__ = ["fill_year"]


@pytest.fixture
def moment():
    """20 September 2023, for the whole test."""
    with clock.at(datetime(2023, 9, 20, 9, 0)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        yield


@pytest.fixture
def world(db, moment):
    unit = DepartmentFactory(name="发展软环境保障局")
    jurisdiction = unit.jurisdiction
    sub_item = SubItemFactory(lead=unit, project__programme__jurisdiction=jurisdiction)
    august, september = (
        ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, month, 1)) for month in (8, 9)
    )
    return SimpleNamespace(
        unit=unit,
        jurisdiction=jurisdiction,
        sub_item=sub_item,
        target=TargetFactory(sub_item=sub_item),
        line=FundingLineFactory(sub_item=sub_item, planned=Decimal(5_000_000)),
        august=august,
        september=september,
        clerk=UserFactory(department=unit, grants={unit: [FILE_REPORT]}),
        reviewer=lambda: UserFactory(department=unit, grants={unit: [REVIEW_REPORT]}),
        office=UserFactory(grants={jurisdiction: [SUPERVISE]}),
        leader=UserFactory(grants={jurisdiction: [OVERSEE]}),
        stranger=UserFactory(grants={DepartmentFactory(jurisdiction=jurisdiction): [FILE_REPORT]}),
    )
