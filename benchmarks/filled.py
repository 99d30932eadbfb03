"""A programme's whole year written in bulk, past the services, for benchmarks: what is measured reads it.

The rows are those the services leave behind: for each sub-item and month an approved report with its steps, its
readings and its figure, the newest of them on the sub-item. Everything follows from the row's number.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction
from guardian.shortcuts import assign_perm

from departments import clock
from departments.models import Department, Jurisdiction, User
from departments.permissions import OVERSEE
from funding.models import FundingLine, FundingReading, FundingSource
from funding.money import FEN
from projects.models import (
    Light,
    Milestone,
    MonthlyReport,
    PeriodFigure,
    Programme,
    Project,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
)

YEAR, MONTHS = 2023, 12
TODAY = datetime(YEAR, 12, 28, 9, tzinfo=clock.ZONE)
LIGHTS = (*[Light.GREEN] * 6, Light.YELLOW, Light.RED, Light.BLUE, Light.GREY)
State = MonthlyReport.State


@transaction.atomic
def fill(sub_items: int, units: int) -> tuple[Programme, User]:
    """A programme of ``sub_items`` led by ``units``, and a leader who oversees it."""
    area = Jurisdiction.objects.create(code="370871", name="示例区", office_name="督查室", path="/1/")
    leader = User.objects.create(username="leader", name="领导")
    assign_perm(OVERSEE, leader, area)
    programme = Programme.objects.create(
        jurisdiction=area,
        year=YEAR,
        name="民生实事",
        starts_on=date(YEAR, 1, 1),
        first_month=date(YEAR, 1, 1),
        last_month=date(YEAR, MONTHS, 1),
    )
    of_unit = Department.objects.bulk_create(
        [Department(jurisdiction=area, name=f"第{n}单位", order=n) for n in range(units)]
    )
    periods = _periods(programme)
    items = _sub_items(programme, sub_items, periods)
    held = [
        Responsibility(
            sub_item=item,
            department=of_unit[n % units],
            role="lead",
            order=0,
            files=True,
            stated_as=of_unit[n % units].name,
        )
        for n, item in enumerate(items)
    ]
    _write(Responsibility, held)
    lines = _lines(items)
    _write(Milestone, (_milestone(item, n, step) for n, item in enumerate(items) for step in range(3)))
    for month, period in enumerate(periods, start=1):
        _month(month, period, items, lines, of_unit)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return programme, leader


def _periods(programme: Programme) -> list[ReportingPeriod]:
    made = []
    for month in range(1, MONTHS + 1):
        due = date(YEAR, month, 25)
        locked = datetime(YEAR, month + 1, 5, tzinfo=clock.ZONE) if month < MONTHS else None
        made.append(
            ReportingPeriod(
                programme=programme,
                month=due.replace(day=1),
                opens_on=due.replace(day=1),
                due_on=due,
                locks_on=due + timedelta(days=10),
                locked_at=locked,
            )
        )
    return list(ReportingPeriod.objects.bulk_create(made))


def _sub_items(programme: Programme, count: int, periods: list[ReportingPeriod]) -> list[SubItem]:
    projects = Project.objects.bulk_create(
        [Project(programme=programme, position=n, name=f"第{n}项目") for n in range(1 + count // 3)]
    )
    made = [
        SubItem(
            programme=programme,
            project=projects[n // 3],
            position=n + 1,
            serial=str(n + 1),
            code=f"MS{YEAR}-{n + 1:06d}",
            content=f"第{n + 1}项工程。新增托位452个，改造道路978米，惠及居民约60户。",
            deadline=date(YEAR, 12, 31),
            deadline_precision=SubItem.Precision.YEAR,
            figure_period=periods[_approved(n) - 1],
            **_figure(n, _approved(n)),
        )
        for n in range(count)
    ]
    return _write(SubItem, made)


def _approved(n: int) -> int:
    """The month of the newest approved report."""
    return MONTHS - 1 if n % 10 in (3, 4) else MONTHS


def _lines(items: list[SubItem]) -> list[FundingLine]:
    sources = list(FundingSource.objects.all())
    made = [
        FundingLine(
            sub_item=item,
            source=sources[n % len(sources)],
            position=1,
            planned=_planned(n),
            year=YEAR,
            text="财政资金。",
        )
        for n, item in enumerate(items)
    ]
    return _write(FundingLine, made)


def _milestone(item: SubItem, n: int, step: int) -> Milestone:
    due = date(YEAR, (3, 8, 12)[step], 15 + n % 10)
    done = due if step == 0 or (step == 1 and n % 50) else None
    return Milestone(
        sub_item=item, position=step + 1, name=f"第{step + 1}步", due_on=due, weight=step + 1, done_on=done
    )


def _month(
    month: int, period: ReportingPeriod, items: list[SubItem], lines: list[FundingLine], units: list[Department]
) -> None:
    """Reports of a month: all approved, but of the last one a tenth is missing and a tenth waits for approval."""
    at = datetime(YEAR, month, 20, 9, tzinfo=clock.ZONE)
    last = month == MONTHS
    filed = [(n, item) for n, item in enumerate(items) if not (last and n % 10 == 3)]
    reports = _write(
        MonthlyReport,
        (
            MonthlyReport(
                sub_item=item,
                period=period,
                department=units[n % len(units)],
                department_name=units[n % len(units)].name,
                percent=_figure(n, month)["percent"],
                progress="本月按计划推进，完成了主体施工和设备采购。",
                next_steps="下月继续推进。",
                is_nil=n % 7 == 0,
                state=State.SUBMITTED if last and n % 10 == 4 else State.APPROVED,
            )
            for n, item in filed
        ),
    )
    pairs = list(zip((n for n, _item in filed), reports, strict=True))
    _write(ReportEvent, (step for n, report in pairs for step in _steps(n, report, at)))
    _write(FundingReading, (_reading(n, report, lines[n], month) for n, report in pairs))
    _write(PeriodFigure, (_kept(n, report, at, month) for n, report in pairs if report.state == State.APPROVED))


def _steps(n: int, report: MonthlyReport, at: datetime) -> Iterator[ReportEvent]:
    sent = at + timedelta(days=6 if n % 20 == 0 else 0)
    ways = [(State.DRAFT, State.SUBMITTED, sent), (State.SUBMITTED, State.APPROVED, sent + timedelta(days=1))]
    for before, after, when in ways[: 1 if report.state == State.SUBMITTED else 2]:
        yield ReportEvent(report=report, actor_name="单位·填报员", at=when, from_state=before, to_state=after)


def _reading(n: int, report: MonthlyReport, line: FundingLine, month: int) -> FundingReading:
    figure = _figure(n, month)
    return FundingReading(report=report, line=line, secured=figure["secured"], spent=figure["spent"])


def _kept(n: int, report: MonthlyReport, at: datetime, month: int) -> PeriodFigure:
    return PeriodFigure(
        sub_item_id=report.sub_item_id,
        period_id=report.period_id,
        cause=PeriodFigure.Cause.APPROVAL,
        report=report,
        department_id=report.department_id,
        department_name=report.department_name,
        rule_version="standard-1",
        inputs={"closed": False},
        at=at,
        **_figure(n, month),
    )


def _planned(n: int) -> Decimal:
    return Decimal(1_000_000 + 10_000 * (n % 97))


def _figure(n: int, month: int) -> dict[str, Any]:
    light = LIGHTS[(n + month // 3) % len(LIGHTS)]
    scheduled = Decimal(month * 100) / MONTHS
    return {
        "percent": Decimal(100) if light == Light.BLUE else Decimal(round(scheduled * (60 + n % 40) / 100)),
        "scheduled_percent": scheduled.quantize(Decimal("0.1")),
        "light": light,
        "sentence": f"截至{month}月底序时进度{scheduled:.1f}%，实际较慢，亮灯如此。",
        "planned": _planned(n),
        "secured": (_planned(n) * month / 15).quantize(FEN),
        "spent": (_planned(n) * month / 20).quantize(FEN),
    }


def _write(model: Any, rows: Iterable[Any]) -> list[Any]:
    made: list[Any] = []
    waiting = iter(rows)
    while batch := list(islice(waiting, 5000)):
        made += model.objects.bulk_create(batch)
    return made
