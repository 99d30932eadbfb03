"""With what money. Amounts are yuan."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from departments import clock
from funding.models import FundingLine, FundingReading, FundingSource, FundingTotal, LineAssignment
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import MonthlyReportFactory, SubItemFactory


class FundingSourceFactory(DjangoModelFactory):
    """A source by its stable code; those of the first migration are taken as they are."""

    class Meta:
        model = FundingSource
        django_get_or_create = ("code",)

    code = "district"
    name = factory.SelfAttribute("code")


class FundingLineFactory(DjangoModelFactory):
    class Meta:
        model = FundingLine
        skip_postgeneration_save = True

    sub_item = factory.SubFactory(SubItemFactory)
    source = factory.SubFactory(FundingSourceFactory)
    position = factory.Sequence(lambda n: n + 1)
    planned = Decimal(5_000_000)
    year = factory.LazyAttribute(lambda row: row.sub_item.programme.year)
    text = "财政资金500万元。"
    cell = "E4"

    @factory.post_generation
    def reader(self, _create, unit, **_kwargs):
        """The unit to which the line is assigned."""
        if unit is not None:
            LineAssignmentFactory(line=self, department=unit)


class LineAssignmentFactory(DjangoModelFactory):
    """Who reads a line from the programme's first month on."""

    class Meta:
        model = LineAssignment

    line = factory.SubFactory(FundingLineFactory)
    department = factory.SubFactory(DepartmentFactory)
    since = factory.LazyAttribute(lambda row: row.line.sub_item.programme.first_month)
    at = factory.LazyFunction(clock.now)


class FundingTotalFactory(DjangoModelFactory):
    class Meta:
        model = FundingTotal

    sub_item = factory.SubFactory(SubItemFactory)
    kind = FundingTotal.Kind.YEAR_PLAN
    amount = Decimal(100_000_000)
    year = factory.LazyAttribute(lambda row: row.sub_item.programme.year)
    text = "2023年计划投资1亿元"
    cell = "E4"


class FundingReadingFactory(DjangoModelFactory):
    class Meta:
        model = FundingReading

    report = factory.SubFactory(MonthlyReportFactory)
    line = factory.SubFactory(FundingLineFactory, sub_item=factory.SelfAttribute("..report.sub_item"))
    secured = Decimal(2_000_000)
    spent = Decimal(1_000_000)
