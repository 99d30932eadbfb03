"""What: programmes of 2023, sub-items, plans, reports and figures."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from departments import clock
from projects.models import (
    ApprovalKept,
    Contribution,
    ContributionReading,
    ContributionVersion,
    DayOverride,
    Deliverable,
    ExceptionEnd,
    ExceptionRequest,
    FilingException,
    LetGo,
    Light,
    LightOverride,
    Milestone,
    MonthlyReport,
    PeriodFigure,
    Programme,
    Project,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
    SubItemRevision,
    Target,
    TargetReading,
)
from tests.factories.departments import DepartmentFactory, JurisdictionFactory, UserFactory


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    year = 2023
    name = factory.Sequence(lambda n: f"民生实事{n}")
    starts_on = factory.LazyAttribute(lambda row: date(row.year, 1, 1))
    first_month = factory.LazyAttribute(lambda row: date(row.year, 1, 1))
    last_month = factory.LazyAttribute(lambda row: date(row.year, 12, 1))


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project

    programme = factory.SubFactory(ProgrammeFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"示例项目{n}")


class SubItemFactory(DjangoModelFactory):
    """A sub-item, due on 31 December. ``lead`` becomes its filing unit, ``assists`` its assisting units.

    Of ``programme`` and ``project`` the one not given follows the other.
    """

    class Meta:
        model = SubItem
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    programme = factory.SelfAttribute("project.programme")
    position = factory.Sequence(lambda n: n + 1)
    serial = factory.LazyAttribute(lambda row: str(row.position))
    code = factory.Sequence(lambda n: f"MS2023-{n:04d}")
    content = factory.Sequence(lambda n: f"示例子项{n}。新增托位452个。")
    deadline = factory.LazyAttribute(lambda row: date(row.programme.year, 12, 31))
    deadline_precision = SubItem.Precision.MONTH
    deadline_text = "2023年12月底"

    @classmethod
    def _generate(cls, strategy, params):
        if "programme" in params and "project" not in params:
            params["project__programme"] = params["programme"]
        return super()._generate(strategy, params)

    @factory.post_generation
    def lead(self, create, extracted, **kwargs):
        if extracted:
            ResponsibilityFactory(sub_item=self, department=extracted, files=True)

    @factory.post_generation
    def assists(self, create, extracted, **kwargs):
        for order, unit in enumerate(extracted or ()):
            ResponsibilityFactory(sub_item=self, department=unit, role=Responsibility.Role.ASSIST, order=order)


class SubItemRevisionFactory(DjangoModelFactory):
    class Meta:
        model = SubItemRevision

    sub_item = factory.SubFactory(SubItemFactory)
    number = factory.Sequence(lambda n: n + 1)
    origin = SubItemRevision.Origin.TABLE
    at = factory.LazyFunction(clock.now)
    plan = factory.LazyAttribute(lambda row: {"content": row.sub_item.content})


class ResponsibilityFactory(DjangoModelFactory):
    """A unit leads (``files=True``: and files) or assists; ``department=None`` is one still to be named."""

    class Meta:
        model = Responsibility

    sub_item = factory.SubFactory(SubItemFactory)
    department = factory.SubFactory(DepartmentFactory)
    role = Responsibility.Role.LEAD
    order = 0
    stated_as = factory.LazyAttribute(lambda row: row.department.name if row.department else "试点街道")


class DeliverableFactory(DjangoModelFactory):
    class Meta:
        model = Deliverable

    sub_item = factory.SubFactory(SubItemFactory)
    position = factory.Sequence(lambda n: n + 1)
    marker = "①"
    text = "实施幼儿园扩容工程。"


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    sub_item = factory.SubFactory(SubItemFactory)
    position = factory.Sequence(lambda n: n + 1)
    text = "新增托位452个"
    minimum = Decimal(452)
    maximum = Decimal(452)
    unit = "个"


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    sub_item = factory.SubFactory(SubItemFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = "主体完工"
    due_on = date(2023, 6, 30)


class LightOverrideFactory(DjangoModelFactory):
    class Meta:
        model = LightOverride

    sub_item = factory.SubFactory(SubItemFactory)
    light = Light.YELLOW
    reason = "因上级政策调整。"
    since = date(2023, 9, 1)
    until = date(2023, 12, 31)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(clock.now)


class ReportingPeriodFactory(DjangoModelFactory):
    """A month: opens on its 1st, due on its 25th, locks ten days later."""

    class Meta:
        model = ReportingPeriod
        django_get_or_create = ("programme", "month")

    programme = factory.SubFactory(ProgrammeFactory)
    month = date(2023, 1, 1)
    opens_on = factory.SelfAttribute("month")
    due_on = factory.LazyAttribute(lambda row: row.month.replace(day=25))
    locks_on = factory.LazyAttribute(lambda row: row.due_on + timedelta(days=10))


class DayOverrideFactory(DjangoModelFactory):
    class Meta:
        model = DayOverride

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    day = date(2023, 12, 8)
    works = False
    at = factory.LazyFunction(clock.now)


class FilingExceptionFactory(DjangoModelFactory):
    class Meta:
        model = FilingException

    period = factory.SubFactory(ReportingPeriodFactory)
    until = date(2023, 2, 20)
    reason = "系统故障。"
    at = factory.LazyFunction(clock.now)


class ExceptionEndFactory(DjangoModelFactory):
    """An exception that nobody had asked for, ended early; its unit has not taken note of it."""

    class Meta:
        model = ExceptionEnd

    exception = factory.SubFactory(FilingExceptionFactory)
    department = factory.SubFactory(DepartmentFactory)
    by_name = "督查室"


class LetGoFactory(DjangoModelFactory):
    """A month that was let go; its unit has not taken note of it."""

    class Meta:
        model = LetGo


class ApprovalKeptFactory(DjangoModelFactory):
    """An approval that was kept; its unit has not taken note of it."""

    class Meta:
        model = ApprovalKept


class ExceptionRequestFactory(DjangoModelFactory):
    """A unit's request that waits for the office."""

    class Meta:
        model = ExceptionRequest

    period = factory.SubFactory(ReportingPeriodFactory)
    department = factory.SubFactory(DepartmentFactory)
    department_name = factory.LazyAttribute(lambda row: row.department.full_name)
    reason = "经办人休假，漏报。"
    wished_until = date(2023, 9, 30)
    asked_by = factory.SubFactory(UserFactory)
    asked_by_name = factory.LazyAttribute(lambda row: f"{row.department_name}·{row.asked_by}")
    asked_at = factory.LazyFunction(clock.now)


def _filing_unit(row):
    filing = row.sub_item.responsibilities.filter(files=True).select_related("department").last()
    return filing.department if filing else DepartmentFactory(jurisdiction=row.sub_item.programme.jurisdiction)


class MonthlyReportFactory(DjangoModelFactory):
    """A report by the sub-item's filing unit, for January of its programme unless a ``period`` is given."""

    class Meta:
        model = MonthlyReport

    sub_item = factory.SubFactory(SubItemFactory)
    period = factory.SubFactory(ReportingPeriodFactory, programme=factory.SelfAttribute("..sub_item.programme"))
    department = factory.LazyAttribute(_filing_unit)
    department_name = factory.LazyAttribute(lambda row: row.department.name)
    percent = Decimal(40)
    progress = "本月进展正常。"


class ReportEventFactory(DjangoModelFactory):
    class Meta:
        model = ReportEvent

    report = factory.SubFactory(MonthlyReportFactory)
    actor = factory.SubFactory(UserFactory)
    actor_name = factory.LazyAttribute(lambda row: f"{row.report.department_name}·{row.actor}")
    at = factory.LazyFunction(clock.now)
    from_state = MonthlyReport.State.DRAFT
    to_state = MonthlyReport.State.SUBMITTED


class TargetReadingFactory(DjangoModelFactory):
    class Meta:
        model = TargetReading

    report = factory.SubFactory(MonthlyReportFactory)
    target = factory.SubFactory(TargetFactory, sub_item=factory.SelfAttribute("..report.sub_item"))
    value = Decimal(120)


class ContributionFactory(DjangoModelFactory):
    """A submitted one has its version, as its page would have made it."""

    class Meta:
        model = Contribution
        skip_postgeneration_save = True

    report = factory.SubFactory(MonthlyReportFactory)
    department = factory.SubFactory(DepartmentFactory)
    department_name = factory.LazyAttribute(lambda row: row.department.name)
    author = factory.SubFactory(UserFactory)
    text = "已配合完成。"
    state = Contribution.State.SUBMITTED
    version = 1
    written_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def versions(self, create, extracted, **kwargs):
        if create and self.state == Contribution.State.SUBMITTED:
            ContributionVersionFactory(contribution=self, snapshot={"progress": self.text})


class ContributionVersionFactory(DjangoModelFactory):
    class Meta:
        model = ContributionVersion

    contribution = factory.SubFactory(ContributionFactory, state=Contribution.State.DRAFT)
    number = 1
    author = factory.SelfAttribute("contribution.author")
    author_name = factory.LazyAttribute(lambda row: f"{row.contribution.department_name}·{row.author}")
    at = factory.SelfAttribute("contribution.written_at")
    snapshot = factory.LazyAttribute(lambda row: {"progress": row.contribution.text})


class ContributionReadingFactory(DjangoModelFactory):
    class Meta:
        model = ContributionReading

    contribution = factory.SubFactory(ContributionFactory)
    target = factory.SubFactory(TargetFactory, sub_item=factory.SelfAttribute("..contribution.report.sub_item"))
    value = Decimal(20)


class PeriodFigureFactory(DjangoModelFactory):
    """A figure of January of the sub-item's programme; ``newest`` is not worked out."""

    class Meta:
        model = PeriodFigure

    sub_item = factory.SubFactory(SubItemFactory)
    period = factory.SubFactory(ReportingPeriodFactory, programme=factory.SelfAttribute("..sub_item.programme"))
    cause = PeriodFigure.Cause.APPROVAL
    percent = Decimal(40)
    scheduled_percent = Decimal("8.3")
    light = Light.GREEN
    sentence = "截至1月底序时进度8.3%，实际40%，绿灯。"
    rule_version = "1:standard:10/30"
    at = factory.LazyFunction(clock.now)
