from datetime import date
from decimal import Decimal

import pytest

from funding.models import FundingTotal
from funding.summary import figures_of, money_by_source, programme_money
from projects.models import MonthlyReport, SubItem
from projects.services.figures import Amounts
from tests.factories.funding import FundingLineFactory, FundingReadingFactory, FundingSourceFactory, FundingTotalFactory
from tests.factories.projects import MonthlyReportFactory, ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

WAN = 10_000
Kind = FundingTotal.Kind


@pytest.fixture
def sub_item(db):
    """Row 1 of 2023: 总投资7.22亿元，计划投资1亿元，专项债5000万元（已到2000），区约5000，教室照明约80，市60。"""
    sub_item = SubItemFactory()
    FundingTotalFactory(sub_item=sub_item, kind=Kind.TOTAL_INVESTMENT, amount=72_200 * WAN)
    FundingTotalFactory(sub_item=sub_item, kind=Kind.YEAR_PLAN, amount=10_000 * WAN)
    source = {code: FundingSourceFactory(code=code) for code in ("special_bond", "district", "other", "city")}
    FundingLineFactory(sub_item=sub_item, source=source["special_bond"], planned=5_000 * WAN, secured=2_000 * WAN)
    FundingLineFactory(sub_item=sub_item, source=source["district"], planned=5_000 * WAN, approx=True)
    FundingLineFactory(sub_item=sub_item, source=source["other"], planned=80 * WAN, approx=True)
    FundingLineFactory(sub_item=sub_item, source=source["city"], planned=60 * WAN)
    return sub_item


def test_the_year_plan_counts_and_nothing_is_added_to_it(sub_item):
    assert figures_of(sub_item, None) == Amounts(Decimal(10_000 * WAN), approx=False, secured=Decimal(2_000 * WAN))


def test_without_a_year_plan_the_stated_sum_counts(sub_item):
    sub_item.funding_totals.all().delete()
    FundingTotalFactory(sub_item=sub_item, kind=Kind.STATED_SUM, amount=9_000 * WAN, approx=True)

    assert figures_of(sub_item, None).planned == Decimal(9_000 * WAN)
    assert figures_of(sub_item, None).approx is True


@pytest.mark.parametrize("kind", [Kind.YEAR_PLAN, Kind.STATED_SUM])
def test_totals_of_another_year_are_for_reference(sub_item, kind):
    sub_item.funding_totals.all().delete()
    FundingTotalFactory(sub_item=sub_item, kind=kind, amount=1, year=2022)

    assert figures_of(sub_item, None).planned == Decimal(10_140 * WAN)  # 5000 + 5000 + 80 + 60


def test_without_totals_the_lines_of_the_year_add_up_and_stay_approximate(sub_item):
    sub_item.funding_totals.all().delete()
    FundingLineFactory(sub_item=sub_item, planned=39 * WAN, secured=39 * WAN, year=2022)

    assert figures_of(sub_item, None) == Amounts(Decimal(10_140 * WAN), approx=True, secured=Decimal(2_000 * WAN))


def test_lines_without_an_amount_are_undetermined_not_nought(db):
    line = FundingLineFactory(planned=None, rate=Decimal("2889.43"), rate_unit="人·月", approx=True)

    assert figures_of(line.sub_item, None) == Amounts(planned=None, approx=False, secured=None, spent=None)


def test_a_reading_counts_and_where_it_says_nothing_the_table_does(sub_item):
    report = MonthlyReportFactory(sub_item=sub_item, state=MonthlyReport.State.APPROVED)
    bond, district, *_rest = sub_item.funding_lines.all()
    FundingReadingFactory(report=report, line=bond, secured=None, spent=500 * WAN)
    FundingReadingFactory(report=report, line=district, secured=1_000 * WAN, spent=None)

    money = figures_of(sub_item, report)

    assert (money.secured, money.spent) == (Decimal(3_000 * WAN), Decimal(500 * WAN))


def test_the_programme_counts_the_latest_approved_report_only(sub_item):
    bond = sub_item.funding_lines.first()
    for month, state, secured in ((1, "approved", 2_100), (2, "approved", 2_500), (3, "submitted", 5_000)):
        period = ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, month, 1))
        report = MonthlyReportFactory(sub_item=sub_item, period=period, state=state)
        FundingReadingFactory(report=report, line=bond, secured=secured * WAN, spent=0)

    money = programme_money(sub_item.programme)

    assert (money.secured, money.spent) == (Decimal(2_500 * WAN), Decimal(0))


def test_the_programme_adds_sub_items_and_counts_the_undecided(sub_item):
    programme = sub_item.programme
    SubItemFactory(programme=programme)
    FundingLineFactory(sub_item=SubItemFactory(programme=programme), planned=180 * WAN, approx=True)
    withdrawn = SubItemFactory(programme=programme, status=SubItem.Status.WITHDRAWN)
    FundingLineFactory(sub_item=withdrawn, planned=7 * WAN)

    money = programme_money(programme)

    assert money.planned == Decimal(10_180 * WAN)
    assert money.approx is True
    assert money.undecided == 1


def test_an_empty_programme_has_no_money_rather_than_nought(db):
    money = programme_money(ProgrammeFactory())

    assert (money.planned, money.secured, money.spent, money.undecided) == (None, None, None, 0)


def test_sources_add_lines_and_the_difference_is_unassigned(sub_item):
    FundingTotalFactory(sub_item=SubItemFactory(programme=sub_item.programme), amount=300 * WAN)

    table = money_by_source(sub_item.programme)

    planned = [(row.source.code, row.planned) for row in table.rows]
    assert planned == [
        ("special_bond", Decimal(5_000 * WAN)),
        ("city", Decimal(60 * WAN)),
        ("district", Decimal(5_000 * WAN)),
        ("other", Decimal(80 * WAN)),
    ]
    assert table.unassigned == Decimal((10_300 - 10_140) * WAN)
    assert table.money == programme_money(sub_item.programme)


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts_do_not_grow(db, django_assert_num_queries, count):
    programme = ProgrammeFactory()
    for sub_item in SubItemFactory.create_batch(count, programme=programme):
        period = ReportingPeriodFactory(programme=programme, month=date(2023, sub_item.position % 12 + 1, 1))
        report = MonthlyReportFactory(sub_item=sub_item, period=period, state="approved")
        FundingReadingFactory(report=report)

    with django_assert_num_queries(4):  # lines, readings, sub-items, totals
        programme_money(programme)
    with django_assert_num_queries(5):  # and sources
        money_by_source(programme)
    with django_assert_num_queries(3):  # lines, readings, totals
        figures_of(sub_item, report)
