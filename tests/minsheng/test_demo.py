"""The demo's data: filled through the services, plausible, varied, and the same each time."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from departments import clock
from departments.models import User
from departments.permissions import rights_held
from funding.models import LineAssignment
from minsheng.demo.people import PASSWORD, PEOPLE, sign_ins
from minsheng.filing.contributing import waiting_for
from projects.models import ContributionVersion, Light, Milestone, MonthlyReport, PeriodFigure, ReportEvent, SubItem

State = MonthlyReport.State


@pytest.fixture
def filled(db, settings):
    settings.PORTAL_NOW = datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)
    call_command("seed_demo")


def test_the_demo_is_a_year_in_the_life_of_the_seed_table(filled):
    assert Counter(SubItem.objects.values_list("light", flat=True)) == {
        Light.GREEN: 15,
        Light.YELLOW: 2,
        Light.RED: 2,
        Light.BLUE: 3,
    }
    reports = MonthlyReport.objects
    assert reports.filter(period__month__month__lte=9).count() == 22 * 9 - 1  # one month was never filed
    assert not reports.filter(period__month__month__lte=9).exclude(state=State.APPROVED).exists()
    october = Counter(reports.filter(period__month__month=10).values_list("state", flat=True))
    assert set(october) == {State.DRAFT, State.UNIT_REVIEW, State.SUBMITTED, State.RETURNED, State.APPROVED}
    assert reports.filter(is_nil=True).count() >= 5
    assert ReportEvent.objects.filter(to_state=State.RETURNED).count() >= 4
    red = SubItem.objects.get(serial="12")
    assert (str(red.percent), str(red.scheduled_percent)) == ("36.0", "75.0")
    assert "停电审批" in reports.get(sub_item=red, period__month__month=9).reason
    assert PeriodFigure.objects.filter(cause=PeriodFigure.Cause.LOCK).count() == 1

    # The plans' milestones: reached, overdue, and due in the next thirty days; the schedule stays as even as before.
    today = date(2023, 10, 20)
    steps = Milestone.objects
    assert steps.exclude(done_on=None).count() >= 10
    assert steps.filter(done_on=None, due_on__lt=today).count() == 2
    assert steps.filter(done_on=None, due_on__range=(today, today + timedelta(days=30))).count() == 3
    scheduled = PeriodFigure.objects.filter(sub_item__serial__in=["11", "12", "13", "16"], period__month__month=9)
    assert {figure.scheduled_percent for figure in scheduled} == {Decimal("75.0")}

    # The streets lead row 9 as a group: each files its share, in October one is missing; a bureau reads a money line.
    contributed = ContributionVersion.objects.filter(contribution__report__sub_item__serial="9")
    by_month = Counter(contributed.values_list("contribution__report__period__month", flat=True))
    assert by_month == {
        **{date(2023, month, 1): 5 for month in range(1, 10)},
        date(2023, 9, 1): 6,
        date(2023, 10, 1): 4,
    }
    for report in reports.filter(sub_item__serial="9", state=State.APPROVED):
        said = [version.snapshot["targets"] for version in contributed.filter(contribution__report=report)]
        parts = [Decimal(share["value"]) for targets in said for share in targets if share["value"]]
        assert sum(parts) == report.target_readings.get().value
    line = LineAssignment.objects.get().line
    assert (line.reader_in(date.max).name, line.sub_item.serial) == ("财政金融局", "9")
    on = date(2023, 10, 20)
    tasks = {name: waiting_for(User.objects.get(username=name), on) for name in ("guanghe", "liuhang", "caizheng")}
    nine = {name: [task for task in found if task.sub_item.serial == "9"] for name, found in tasks.items()}
    assert {name: len(found) for name, found in nine.items()} == {"guanghe": 1, "liuhang": 0, "caizheng": 1}
    assert nine["caizheng"][0].lines == (line,)

    # Every step was taken by a person who may, at a moment of 2023.
    assert not ReportEvent.objects.exclude(at__year=2023).exists()
    assert not ReportEvent.objects.filter(actor=None).exists()

    # A second run changes nothing, and every sign-in that is printed works.
    before = ReportEvent.objects.count(), User.objects.count()
    call_command("seed_demo")
    assert (ReportEvent.objects.count(), User.objects.count()) == before
    assert len(sign_ins()) >= 6
    for person in PEOPLE:
        user = User.objects.get(username=person.username)
        assert user.check_password(PASSWORD)
        assert rights_held(user) == {*person.on_area, *person.on_unit}
