"""Where sub-items stand: now and at the end of a month, and how filing stands; the words every list and figure uses."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from departments import clock
from projects.filing import Filing
from projects.models import Light, MonthlyReport, PeriodFigure, SubItem
from projects.standing import counted, standpoint, stood, turned_worse
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import (
    MonthlyReportFactory,
    PeriodFigureFactory,
    ReportEventFactory,
    ReportingPeriodFactory,
    ResponsibilityFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db
State = MonthlyReport.State
SEPTEMBER_5 = date(2023, 9, 5)


def august_at(day, hour, minute=0):
    return datetime(2023, 8, day, hour, minute, tzinfo=clock.ZONE)


@pytest.fixture
def sub_item():
    return SubItemFactory(lead=DepartmentFactory(name="教育局"), light=Light.YELLOW, planned=Decimal(7))


@pytest.fixture
def august(sub_item):
    return ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, 8, 1))


def seen(programme, *, today, month=None):
    point = standpoint(programme, today=today, month=month)
    return counted(stood(SubItem.objects.filter(programme=programme), point), point), point


def filing_of(sub_item, *, today, month=date(2023, 8, 1)):
    rows, _point = seen(sub_item.programme, today=today, month=month)
    return rows.values_list("filing", flat=True).get(pk=sub_item.pk)


def test_now_shows_what_stands_on_the_sub_item_and_a_month_what_was_kept_of_it(sub_item, august):
    PeriodFigureFactory(sub_item=sub_item, period=august, light=Light.RED, newest=False)
    PeriodFigureFactory(sub_item=sub_item, period=august, sequence=2, light=Light.GREEN, planned=Decimal(5))

    now, _ = seen(sub_item.programme, today=SEPTEMBER_5)
    then, point = seen(sub_item.programme, today=SEPTEMBER_5, month=august.month)

    assert now.values_list("stood_light", "stood_planned").get() == (Light.YELLOW, Decimal(7))
    assert then.values_list("stood_light", "stood_planned").get() == (Light.GREEN, Decimal(5))
    assert point.on == date(2023, 8, 31)


def test_a_month_that_has_not_opened_is_seen_as_now(sub_item, august):
    _, point = seen(sub_item.programme, today=SEPTEMBER_5, month=date(2023, 11, 1))

    assert point.period is None


def test_a_locked_month_counts_what_it_kept_and_nothing_else(sub_item, august):
    august.locked_at = clock.now()
    august.save()
    gone = SubItemFactory(programme=sub_item.programme, status=SubItem.Status.WITHDRAWN)
    SubItemFactory(programme=sub_item.programme)  # came later
    for one in (sub_item, gone):
        PeriodFigureFactory(sub_item=one, period=august)

    then, _ = seen(sub_item.programme, today=SEPTEMBER_5, month=august.month)
    now, _ = seen(sub_item.programme, today=SEPTEMBER_5)

    assert set(then.values_list("pk", flat=True)) == {sub_item.pk, gone.pk}
    assert gone.pk not in now.values_list("pk", flat=True)


def test_an_open_month_counts_what_is_in_the_programme(sub_item, august):
    SubItemFactory(programme=sub_item.programme, status=SubItem.Status.WITHDRAWN)

    then, _ = seen(sub_item.programme, today=SEPTEMBER_5, month=august.month)

    assert then.values_list("pk", "stood_light").get() == (sub_item.pk, "")


@pytest.mark.parametrize(
    ("state", "sent", "is_nil", "told"),
    [
        (None, None, False, Filing.MISSING),
        (State.DRAFT, None, False, Filing.MISSING),
        (State.UNIT_REVIEW, None, False, Filing.MISSING),
        (State.RETURNED, august_at(20, 9), False, Filing.RETURNED),
        (State.SUBMITTED, august_at(25, 23, 59), False, Filing.ON_TIME),
        (State.SUBMITTED, august_at(26, 0, 0), False, Filing.LATE),
        (State.APPROVED, august_at(20, 9), True, Filing.NIL),
        (State.APPROVED, august_at(27, 9), True, Filing.LATE),
    ],
)
def test_filing_is_told_by_the_report_and_the_day_it_left_its_unit(sub_item, august, state, sent, is_nil, told):
    if state:
        report = MonthlyReportFactory(sub_item=sub_item, period=august, state=state, is_nil=is_nil)
        if sent:
            ReportEventFactory(report=report, at=sent)

    assert filing_of(sub_item, today=SEPTEMBER_5) == told


@pytest.mark.parametrize(
    ("sent", "due_again", "again", "told"),
    [
        (20, 29, 28, Filing.ON_TIME),  # due again until the 29th
        (20, 29, 29, Filing.ON_TIME),
        (20, 29, 30, Filing.LATE),
        (20, 22, 24, Filing.ON_TIME),  # the due day is later
        (20, 22, 26, Filing.LATE),
        (26, 31, 28, Filing.LATE),  # once late stays late
    ],
)
def test_what_the_office_returned_is_due_again(sub_item, august, sent, due_again, again, told):
    report = MonthlyReportFactory(sub_item=sub_item, period=august, state=State.SUBMITTED)
    due_by = clock.end_of(date(2023, 8, due_again))
    ReportEventFactory(report=report, at=august_at(sent, 9))
    ReportEventFactory(
        report=report, at=august_at(21, 9), from_state=State.SUBMITTED, to_state=State.RETURNED, due_by=due_by
    )
    ReportEventFactory(report=report, at=august_at(again, 23, 59), from_state=State.RETURNED, due_by=due_by)

    assert filing_of(sub_item, today=SEPTEMBER_5) == told


@pytest.mark.parametrize(("again", "told"), [(25, Filing.ON_TIME), (26, Filing.LATE)])
def test_what_its_own_reviewer_returned_has_no_day_more(sub_item, august, again, told):
    report = MonthlyReportFactory(sub_item=sub_item, period=august, state=State.SUBMITTED)
    ReportEventFactory(report=report, at=august_at(24, 9), to_state=State.UNIT_REVIEW)
    ReportEventFactory(report=report, at=august_at(24, 10), from_state=State.UNIT_REVIEW, to_state=State.RETURNED)
    ReportEventFactory(report=report, at=august_at(again, 9), from_state=State.RETURNED, to_state=State.UNIT_REVIEW)
    ReportEventFactory(report=report, at=august_at(29, 9), from_state=State.UNIT_REVIEW)

    assert filing_of(sub_item, today=SEPTEMBER_5) == told


def test_before_its_due_day_is_over_nothing_is_missing(sub_item, august):
    assert filing_of(sub_item, today=date(2023, 8, 25)) == Filing.WAITING
    assert filing_of(sub_item, today=date(2023, 8, 26)) == Filing.MISSING


def test_of_a_closed_sub_item_nothing_is_expected_and_what_it_filed_stays(sub_item, august):
    july = ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, 7, 1))
    report = MonthlyReportFactory(sub_item=sub_item, period=july, state=State.APPROVED)
    ReportEventFactory(report=report, at=datetime(2023, 7, 20, tzinfo=clock.ZONE))
    sub_item.status = SubItem.Status.CLOSED
    sub_item.save()

    assert filing_of(sub_item, today=SEPTEMBER_5) == Filing.EXEMPT
    assert filing_of(sub_item, today=SEPTEMBER_5, month=july.month) == Filing.ON_TIME


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.DRAFT, Filing.EXEMPT),
        (State.RETURNED, Filing.EXEMPT),
        (State.UNIT_REVIEW, Filing.EXEMPT),
        (State.SUBMITTED, Filing.ON_TIME),
    ],
)
@pytest.mark.parametrize("locked", [False, True])
def test_what_a_closed_sub_item_had_begun_is_not_missing(sub_item, august, state, told, locked):
    report = MonthlyReportFactory(sub_item=sub_item, period=august, state=state)
    ReportEventFactory(report=report, at=august_at(20, 9))
    SubItem.objects.update(status=SubItem.Status.CLOSED)
    if locked:
        PeriodFigureFactory(sub_item=sub_item, period=august, cause=PeriodFigure.Cause.LOCK, inputs={"closed": True})
        august.locked_at = clock.now()
        august.save()

    assert filing_of(sub_item, today=SEPTEMBER_5) == told


@pytest.mark.parametrize("locked", [False, True])
def test_of_what_begins_later_nothing_is_expected_before(sub_item, august, locked):
    sub_item.responsibilities.update(since=date(2023, 9, 1))
    if locked:
        PeriodFigureFactory(sub_item=sub_item, period=august, cause=PeriodFigure.Cause.LOCK)
        august.locked_at = clock.now()
        august.save()
    assert filing_of(sub_item, today=SEPTEMBER_5) == Filing.EXEMPT
    rows, _point = seen(sub_item.programme, today=SEPTEMBER_5)
    assert rows.values_list("stood_unit", flat=True).get() == sub_item.responsibilities.get().department_id

    ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, 9, 1))
    assert filing_of(sub_item, today=SEPTEMBER_5, month=date(2023, 9, 1)) == Filing.WAITING


def test_a_hand_over_dated_ahead_has_not_happened_yet(sub_item, august):
    old, new = sub_item.responsibilities.get(), DepartmentFactory(name="体育局")
    sub_item.responsibilities.update(until=august.month)
    ResponsibilityFactory(sub_item=sub_item, department=new, files=True, since=date(2023, 9, 1))

    def unit(today):
        rows, _point = seen(sub_item.programme, today=today)
        return rows.values_list("stood_unit", flat=True).get()

    assert unit(date(2023, 8, 20)) == old.department_id
    ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, 9, 1))
    assert unit(SEPTEMBER_5) == new.pk


def test_what_was_missing_when_a_month_locked_stays_missing_after_the_closure(sub_item, august):
    PeriodFigureFactory(sub_item=sub_item, period=august, cause=PeriodFigure.Cause.LOCK, inputs={"closed": False})
    august.locked_at = clock.now()
    august.save()
    sub_item.status = SubItem.Status.CLOSED
    sub_item.save()

    assert filing_of(sub_item, today=SEPTEMBER_5) == Filing.MISSING


def test_a_sub_item_belongs_to_the_unit_that_filed_it_then_and_a_section_to_its_unit(sub_item, august):
    old = sub_item.responsibilities.get()
    section = DepartmentFactory(parent=DepartmentFactory(name="城市建设局"), name="城乡统筹")
    old.until, old.files = august.month, True
    old.save()
    ResponsibilityFactory(sub_item=sub_item, department=section, files=True, since=date(2023, 9, 1))
    ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, 9, 1))

    now, _ = seen(sub_item.programme, today=SEPTEMBER_5)
    then, _ = seen(sub_item.programme, today=SEPTEMBER_5, month=august.month)

    assert now.values_list("stood_unit", flat=True).get() == section.parent_id
    assert then.values_list("stood_unit", flat=True).get() == old.department_id

    PeriodFigureFactory(sub_item=sub_item, period=august, department=section)
    kept, _ = seen(sub_item.programme, today=SEPTEMBER_5, month=august.month)

    assert kept.values_list("stood_unit", flat=True).get() == section.parent_id


@pytest.mark.parametrize(
    ("before", "light", "turned"),
    [
        (Light.GREEN, Light.YELLOW, True),
        (Light.YELLOW, Light.RED, True),
        (None, Light.RED, True),
        (Light.YELLOW, Light.YELLOW, False),
        (Light.RED, Light.YELLOW, False),
        (Light.RED, Light.GREEN, False),
    ],
)
def test_turned_worse_is_against_the_month_before_the_one_compared(sub_item, august, before, light, turned):
    july = ReportingPeriodFactory(programme=sub_item.programme, month=date(2023, 7, 1))
    if before:
        PeriodFigureFactory(sub_item=sub_item, period=july, light=before)
    SubItem.objects.filter(pk=sub_item.pk).update(light=light)

    rows, point = seen(sub_item.programme, today=SEPTEMBER_5)

    assert (point.compared, point.before) == (august, july)
    assert rows.filter(turned_worse()).exists() is turned
