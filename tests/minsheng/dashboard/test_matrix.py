"""The counts of the overview are those of its lists, whichever way they are read."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from departments import clock
from minsheng.dashboard import heat, late, matrix, overview
from minsheng.dashboard.matrix import Matrix
from minsheng.dashboard.overview import Asked, overview_of
from projects.filing import Filing, kept_filing
from projects.models import Light, MonthlyReport, PeriodFigure, ReportingPeriod, Responsibility, SubItem
from projects.standing import counted, standpoint, stood, turned_worse
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import (
    MonthlyReportFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportEventFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db
State = MonthlyReport.State
TODAY = date(2023, 10, 20)


@pytest.fixture
def programme():
    """Thirty sub-items of seven units and sections in three locked months and one that is filed, of every kind there
    is: handed over, beginning later, withdrawn, closed, without a unit; late, nil, returned, missing, corrected.
    """
    pick = random.Random(20231020)
    programme = ProgrammeFactory()
    units = DepartmentFactory.create_batch(5, jurisdiction=programme.jurisdiction)
    units += [DepartmentFactory(parent=units[0]), DepartmentFactory(parent=units[1])]
    locked = [ReportingPeriodFactory(programme=programme, month=date(2023, month, 1)) for month in (7, 8, 9)]
    ReportingPeriod.objects.update(locked_at=clock.now())
    present = ReportingPeriodFactory(programme=programme, month=date(2023, 10, 1))
    for n in range(30):
        unit = pick.choice(units)
        status = {3: SubItem.Status.WITHDRAWN, 11: SubItem.Status.CLOSED}.get(n, SubItem.Status.ACTIVE)
        made = {"programme": programme, "light": pick.choice(Light.values), "status": status}
        item = SubItemFactory(**made, planned=pick.choice([None, Decimal(n)]), secured=Decimal(n), spent=None)
        if n % 10 != 9:
            _responsible(item, unit, pick)
        for period in (*locked, *([present] if n % 2 else [])):
            if period != locked[0] or n % 3:
                _month(item, period, pick.choice([None, unit, *units[:2]] if n == 5 else [unit]), pick)
    return programme


def _responsible(item, unit, pick):
    kind = pick.randrange(5)
    if kind == 0:  # handed over
        ResponsibilityFactory(sub_item=item, department=DepartmentFactory(), files=True, until=date(2023, 8, 1))
        ResponsibilityFactory(sub_item=item, department=unit, files=True, since=date(2023, 9, 1))
    elif kind == 1:  # begins later
        ResponsibilityFactory(sub_item=item, department=unit, files=True, since=date(2023, pick.choice([9, 12]), 1))
    else:
        ResponsibilityFactory(sub_item=item, department=unit, files=True)


def _month(item, period, unit, pick):
    state = pick.choice([None, *State.values])
    report = None
    if state:
        nil = pick.random() < 0.3
        report = MonthlyReportFactory(sub_item=item, period=period, state=state, is_nil=nil)
        for _again in range(pick.randrange(3)):
            at = datetime.combine(period.due_on, datetime.min.time(), tzinfo=clock.ZONE) + timedelta(
                hours=pick.choice([-40, 20, 30])
            )
            due_by = pick.choice([None, at + timedelta(days=1)])
            ReportEventFactory(report=report, from_state=State.DRAFT, to_state=State.SUBMITTED, at=at, due_by=due_by)
    closed = {"closed": pick.random() < 0.2}
    made = {"sub_item": item, "period": period, "department": unit, "inputs": closed}
    corrected = pick.random() < 0.2
    PeriodFigureFactory(**made, light=pick.choice(Light.values), newest=not corrected)
    if corrected:
        PeriodFigureFactory(**made, light=pick.choice(Light.values), sequence=2)


def rows(point):
    """What the lists count over."""
    return list(counted(stood(SubItem.objects.filter(programme=point.programme), point), point))


def by_unit(point, what):
    found = defaultdict(Counter)
    for row in rows(point):
        found[row.stood_unit][getattr(row, what)] += 1
    return dict(found)


def plain(counts):
    return {unit: {name: n for name, n in counter.items() if n} for unit, counter in counts.items()}


def standpoints(programme):
    now = standpoint(programme, today=TODAY)
    return [now, *(now.at(period) for period in now.opened)]


def test_every_kind_is_there(programme):
    found = {row.filing for point in standpoints(programme) for row in rows(point)}

    assert found >= set(Filing.values) - {Filing.WAITING}
    assert PeriodFigure.objects.filter(department=None, newest=True).exists()
    assert Responsibility.objects.filter(since__isnull=False).exists()


@pytest.mark.parametrize("many", [30, 2])
@pytest.mark.parametrize("what", ["lights", "filing"])
def test_months_are_read_at_once_as_their_lists_count_them(programme, monkeypatch, many, what):
    monkeypatch.setattr(matrix, "MANY", many)
    for point in standpoints(programme):
        counts = Matrix(point)
        counts.sums  # noqa: B018 - read as the page does, all at once
        columns = heat.columns_of(counts, what)
        expected = [by_unit(point.at(period), "stood_light" if what == "lights" else "filing") for period in columns]
        every = {unit for column in expected for unit in column} | set(by_unit(point, "filing"))
        named = counts.units_in(columns, what)
        read = counts.columns(columns, what, [unit for unit, _name in named])
        few = counts.columns(columns, what, [unit for unit, _name in named[:1]])

        assert {unit for unit, _name in named} == every
        assert [plain(column) for column in read] == [plain(column) for column in expected]
        for column, whole in zip(few, expected, strict=True):
            assert column.get(named[0][0], Counter()) == whole.get(named[0][0], Counter())
        for period in (None, *point.opened):
            assert counts.all_lights(period) == sum(by_unit(point.at(period), "stood_light").values(), Counter())
        assert plain(counts.filing(point.period)) == plain(by_unit(point, "filing"))


def test_the_filing_of_kept_months_is_that_of_each_month_by_itself(programme):
    now = standpoint(programme, today=TODAY)
    locked = [period for period in now.opened if period.locked_at]
    at_once = {(one.period_id, one.sub_item_id): one.filing for one in kept_filing(locked, TODAY)}
    by_month = {(period.pk, row.pk): row.filing for period in locked for row in rows(now.at(period))}

    assert at_once == by_month


def test_the_sums_are_those_of_the_rows(programme):
    for point in standpoints(programme):
        sums, every = Matrix(point).sums, rows(point)
        for name in ("planned", "secured", "spent"):
            amounts = [amount for row in every if (amount := getattr(row, f"stood_{name}")) is not None]
            assert getattr(sums, name) == (sum(amounts) if amounts else None)
        assert sums.undetermined == sum(row.stood_planned is None and row.stood_light != "" for row in every)


@pytest.mark.parametrize(("many", "whole"), [(30, 40), (2, 0)])
def test_what_is_late_and_what_turned_are_the_same_however_they_are_read(programme, monkeypatch, many, whole):
    for module in (matrix, overview):
        monkeypatch.setattr(module, "MANY", many)
    monkeypatch.setattr(late, "WHOLE", whole)
    with clock.at(datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)):
        for point in standpoints(programme):
            shown = overview_of(point, Asked())
            every = counted(stood(SubItem.objects.filter(programme=programme), point), point)
            assert shown.behind.count == every.filter(stood_light__in=late.BEHIND).count()
            assert shown.turned.count == every.filter(turned_worse()).count()
            assert shown.behind.rows == late.behind(point).rows[: late.SHOWN]
            assert shown.turned.rows == late.turned(point).rows[: late.SHOWN]
