"""The daily run over a whole programme: as many queries for three sub-items as for one, and the same figures."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from departments import clock
from funding.summary import figures_of
from minsheng.figures import keep_locked, latest_approved, refresh_programme
from projects.models import MonthlyReport, PeriodFigure, SubItem
from projects.services import figures
from tests.factories.departments import DepartmentFactory
from tests.factories.funding import FundingLineFactory, FundingReadingFactory, FundingTotalFactory
from tests.factories.projects import (
    LightOverrideFactory,
    MilestoneFactory,
    MonthlyReportFactory,
    ProgrammeFactory,
    ReportingPeriodFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db
REFRESH, WRITE, LOCK = 15, 1, 17


@pytest.fixture(autouse=True)
def _october():
    with clock.at(datetime(2023, 10, 6)):  # noqa: DTZ001
        yield


def programme_of(count):
    """So many sub-items, each with August and September approved; and one that was withdrawn."""
    unit = DepartmentFactory()
    programme = ProgrammeFactory(jurisdiction=unit.jurisdiction)
    months = [ReportingPeriodFactory(programme=programme, month=date(2023, month, 1)) for month in (8, 9)]
    for number in range(count):
        sub_item = SubItemFactory(programme=programme, lead=unit)
        line = FundingLineFactory(sub_item=sub_item, planned=Decimal(5_000_000))
        FundingTotalFactory(sub_item=sub_item)
        MilestoneFactory(sub_item=sub_item)
        for period in months:
            report = MonthlyReportFactory(
                sub_item=sub_item,
                period=period,
                percent=period.month.month * 5 + number,
                state=MonthlyReport.State.APPROVED,
            )
            FundingReadingFactory(report=report, line=line, secured=period.month.month * 1000 + number)
    SubItemFactory(programme=programme, lead=unit, status=SubItem.Status.WITHDRAWN)
    return programme, months


@pytest.mark.parametrize("count", [1, 3])
def test_refreshing_costs_the_same_for_each_size(count, django_assert_num_queries):
    programme, _months = programme_of(count)

    with django_assert_num_queries(REFRESH + WRITE):
        assert refresh_programme(programme) == count
    with django_assert_num_queries(REFRESH):  # nothing changed, nothing is written
        refresh_programme(programme)


@pytest.mark.parametrize("count", [1, 3])
def test_a_lock_costs_the_same_for_each_size(count, django_assert_num_queries):
    _programme, (august, _september) = programme_of(count)

    with django_assert_num_queries(LOCK):
        assert keep_locked(august) == count
    assert keep_locked(august) == 0


def test_many_at_once_stand_as_each_by_itself():
    programme, _months = programme_of(3)
    first, second, third = programme.sub_items.counted().order_by("pk")
    LightOverrideFactory(sub_item=first, until=date(2023, 10, 31))
    MonthlyReport.objects.filter(sub_item=second).update(state=MonthlyReport.State.DRAFT)
    SubItem.objects.filter(pk=third.pk).update(deadline=date(2023, 9, 30))

    refresh_programme(programme)
    together = list(programme.sub_items.order_by("pk").values_list(*figures.STANDING))
    for sub_item in programme.sub_items.counted():
        figures.refresh(sub_item, figures_of(sub_item, latest_approved(sub_item)))

    assert together == list(programme.sub_items.order_by("pk").values_list(*figures.STANDING))
    assert [row[0] for row in together] == [Decimal(45), None, Decimal(47), None]


def test_the_lock_keeps_what_was_approved_by_then():
    programme, (august, _september) = programme_of(1)

    keep_locked(august)

    figure = PeriodFigure.objects.get(period=august)
    unit = programme.sub_items.counted().get().responsibilities.get().department
    assert (figure.percent, figure.secured, figure.sequence, figure.newest) == (40, 8000, 1, True)
    assert (figure.cause, figure.department, figure.department_name) == (PeriodFigure.Cause.LOCK, unit, unit.name)
