"""The town of the filing benchmark: units, each with a clerk and one sub-item, which he filed last month."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection

from departments import clock
from departments.models import Department, Jurisdiction, User
from departments.permissions import FILE_REPORT, SUPERVISE
from departments.services import grants, jurisdictions
from funding.models import FundingReading
from funding.services import lines
from funding.services.lines import StatedAmount
from funding.services.readings import LineReading
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.review import services as review
from projects.models import MonthlyReport, Programme, ReportEvent, Responsibility, SubItem, TargetReading
from projects.rules.responsible import Share
from projects.services import periods, plans
from projects.services.plans import SubItemPlan, TargetPlan

PASSWORD: Final = "longer-than-twelve-1"  # noqa: S105 of a database that is thrown away
State = MonthlyReport.State


@dataclass(frozen=True)
class Case:
    """A clerk and what he has to file."""

    username: str
    sub_item: int
    path: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Stored:
    """What the database holds of a month in the end, beside what was acknowledged."""

    stored: int
    lost: int
    double: int
    strange: int

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.double or self.strange)


def prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def says() -> str:
    """The database, and whether what it acknowledges survives a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            asked = {name: f"PRAGMA {name}" for name in ("journal_mode", "synchronous")}
            version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        else:
            asked = {name: f"SHOW {name}" for name in ("fsync", "synchronous_commit", "full_page_writes")}
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        values = {}
        for name, question in asked.items():
            cursor.execute(question)
            values[name] = cursor.fetchone()[0]
    if connection.vendor == "postgresql" and set(values.values()) != {"on"}:
        raise SystemExit(f"The figures would mean nothing: {values}")
    return f"{connection.vendor} {version}, " + ", ".join(f"{name}={value}" for name, value in values.items())


def fill(units: int) -> list[Case]:
    """Everything through the services, but for the clerks' passwords, which are worked out once."""
    today = clock.today()
    last = today.replace(day=1) - timedelta(days=1)
    has_past = last.year == today.year
    area = jurisdictions.create(by=None, code="370000", name="示例市")
    begun = datetime.combine(last.replace(day=15) if has_past else today, time(9), tzinfo=clock.ZONE)
    with clock.at(begun):
        office = User.objects.create_user("office", password=None, name="督查", jurisdiction=area)
        grants.give(SUPERVISE, area, to=office, by=None)
        clerks = _clerks(area, units)
        programme = _programme(area)
        periods.open_periods(programme)
        if has_past:
            for sub_item in _sub_items(programme):
                _file(sub_item, last.replace(day=1), clerks=clerks, office=office)
    periods.open_periods(programme)
    return [_case(sub_item, clerks, today) for sub_item in _sub_items(programme)]


def _clerks(area: Jurisdiction, units: int) -> dict[int, User]:
    """By the key of their unit."""
    password, clerks = make_password(PASSWORD), {}
    for number in range(1, units + 1):
        unit = Department.objects.create(jurisdiction=area, name=f"第{number}单位", order=number)
        clerk = User(username=f"clerk{number}", name=f"填报{number}", department=unit, jurisdiction=area)
        clerk.password = password
        clerk.save()
        grants.give(FILE_REPORT, unit, to=clerk, by=None)
        clerks[unit.pk] = clerk
    return clerks


def _programme(area: Jurisdiction) -> Programme:
    units = Department.objects.filter(jurisdiction=area).order_by("order")
    items = [
        SubItemPlan(
            project=f"项目{unit.order // 5 + 1}",
            content=f"新建第{unit.order}处停车场，新增车位500个。",
            fields={"serial": str(unit.order), "deadline": date(clock.today().year, 12, 31)},
            targets=[TargetPlan("新增车位500个", minimum=Decimal(500), maximum=Decimal(500), unit="个")],
            shares=[Share(Responsibility.Role.LEAD, unit, unit.name, None, files=True)],
        )
        for unit in units
    ]
    programme = plans.create(area, clock.today().year, "民生实事", items, by=None)
    for sub_item in programme.sub_items.select_related("programme"):
        lines.write(sub_item, [StatedAmount("district", Decimal(500))], [])
    return programme


def _sub_items(programme: Programme) -> list[SubItem]:
    found = programme.sub_items.select_related("programme__jurisdiction").order_by("position")
    return list(found.prefetch_related("targets", "milestones", "overrides", "funding_lines", "responsibilities"))


def _unit_of(sub_item: SubItem) -> int:
    unit = sub_item.responsibilities.all()[0].department
    assert unit is not None  # noqa: S101 it was planned so
    return unit.pk


def _file(sub_item: SubItem, month: date, *, clerks: dict[int, User], office: User) -> None:
    period = sub_item.programme.periods.get(month=month)
    clerk, sheet = clerks[_unit_of(sub_item)], filing.sheet_of(sub_item, period)
    said = Content(
        percent=Decimal(90),
        progress="按计划施工。",
        targets={target.pk: Decimal(300) for target in sheet.targets},
        money={line.pk: LineReading(None, Decimal(2_000_000), Decimal(1_000_000)) for line in sheet.lines},
    )
    drafts.save_draft(sheet, said, by=clerk, seen_version=0)
    report = filing.submit(filing.sheet_of(sub_item, period), by=clerk)
    review.approve(report, by=office)


def _case(sub_item: SubItem, clerks: dict[int, User], today: date) -> Case:
    (target,), (line,) = sub_item.targets.all(), sub_item.funding_lines.all()
    return Case(
        clerks[_unit_of(sub_item)].username,
        sub_item.pk,
        f"/filing/{sub_item.pk}/{today:%Y-%m}/",
        {"percent": "96", f"target_{target.pk}": "400", f"secured_{line.pk}": "300", f"spent_{line.pk}": "200"},
    )


def forget(month: date) -> None:
    """The month as if nobody had filed it."""
    reports = MonthlyReport.objects.filter(period__month=month)
    for model in (ReportEvent, TargetReading, FundingReading):
        model.objects.filter(report__in=reports).delete()
    reports.delete()


def compare(month: date, acknowledged: dict[int, str], cases: list[Case]) -> Stored:
    """``acknowledged``: by sub-item the text whose submission was answered with success.

    Strange is a report that is stored otherwise than it was typed, or not as one submission by its clerk.
    """
    users = {case.sub_item: case.username for case in cases}
    found = MonthlyReport.objects.filter(period__month=month).prefetch_related(
        "events__actor", "target_readings", "funding_readings"
    )
    reports = list(found)
    stored = {report.sub_item_id: report for report in reports if report.state == State.SUBMITTED}
    return Stored(
        stored=len(stored),
        lost=sum(pk not in stored or stored[pk].progress != text for pk, text in acknowledged.items()),
        double=len(reports) - len({report.sub_item_id for report in reports})
        + sum(len(report.events.all()) > 1 for report in reports),
        strange=sum(not _as_typed(report, users[pk]) for pk, report in stored.items()),
    )  # fmt: skip


def _as_typed(report: MonthlyReport, username: str) -> bool:
    events = list(report.events.all())
    return (
        bool(events)
        and events[0].actor is not None
        and events[0].actor.username == username
        and events[0].snapshot["progress"] == report.progress
        and (report.percent, report.version) == (96, 1)
        and [one.value for one in report.target_readings.all()] == [400]
        and [(one.secured, one.spent) for one in report.funding_readings.all()] == [(3_000_000, 2_000_000)]
    )
