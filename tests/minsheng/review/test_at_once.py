"""Two people at the same moment, on real connections: one succeeds, the other is told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from departments import clock
from departments.errors import DomainError
from departments.permissions import FILE_REPORT, SUPERVISE
from minsheng.filing import services as filing
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from projects.models import MonthlyReport, PeriodFigure, ReportEvent
from tests.factories.departments import UserFactory
from tests.minsheng.life import approved, approved_in_august, content, draft, sheet, submitted

pytestmark = pytest.mark.django_db(transaction=True)
State = MonthlyReport.State


def at_once(*steps):
    """How the steps ended, begun together: "done" or "refused"."""
    barrier = Barrier(len(steps))

    def run(step):
        try:
            with clock.at(datetime(2023, 9, 20, 9, 0)):  # noqa: DTZ001 Shanghai time
                barrier.wait(timeout=20)
                step()
        except DomainError:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return Counter(pool.map(run, steps))


@pytest.mark.parametrize("_round", range(5))
def test_two_approvals(world, _round):
    report = submitted(world)
    second = UserFactory(grants={world.jurisdiction: [SUPERVISE]})
    ends = at_once(
        *(lambda by=by: review.approve(MonthlyReport.objects.get(pk=report.pk), by=by) for by in (world.office, second))
    )
    assert ends == {"done": 1, "refused": 1}
    assert PeriodFigure.objects.count() == 1
    assert ReportEvent.objects.filter(to_state=State.APPROVED).count() == 1


def test_approval_and_return(world):
    report = submitted(world)
    ends = at_once(
        lambda: review.approve(MonthlyReport.objects.get(pk=report.pk), by=world.office),
        lambda: review.send_back(MonthlyReport.objects.get(pk=report.pk), by=world.office, comment="请核实"),
    )
    assert ends == {"done": 1, "refused": 1}
    assert ReportEvent.objects.filter(from_state=State.SUBMITTED).count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_taking_over_and_the_units_own_review(world, _round):
    reviewer = world.reviewer()
    report = submitted(world)
    long_since = datetime(2023, 9, 16, 9, tzinfo=clock.ZONE)
    ReportEvent.objects.update(at=long_since)
    ends = at_once(
        lambda: review.take_over(MonthlyReport.objects.get(pk=report.pk), by=world.office, reason="审核人出差"),
        lambda: review.pass_on(MonthlyReport.objects.get(pk=report.pk), by=reviewer),
    )
    assert ends == {"done": 1, "refused": 1}
    assert ReportEvent.objects.filter(from_state=State.UNIT_REVIEW, to_state=State.SUBMITTED).count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_two_reopen_the_same_report(world, _round):
    report = approved(world)
    second = UserFactory(grants={world.jurisdiction: [SUPERVISE]})
    ends = at_once(
        *(
            lambda by=by: review.reopen(MonthlyReport.objects.get(pk=report.pk), by=by, reason="数据有误")
            for by in (world.office, second)
        )
    )
    assert ends == {"done": 1, "refused": 1}
    assert ReportEvent.objects.filter(from_state=State.APPROVED).count() == 1


def test_reopening_and_the_approval_of_the_next_month(world):
    """Either September was approved before August came back, or it waits for August: never after it."""
    august = approved_in_august(world)
    september = submitted(world, content(world, "75"))
    ends = at_once(
        lambda: review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="数据有误"),
        lambda: review.approve(MonthlyReport.objects.get(pk=september.pk), by=world.office),
    )
    assert ends["done"] >= 1
    september.refresh_from_db()
    assert september.state == (State.APPROVED if ends["done"] == 2 else State.SUBMITTED)


def test_two_clicks_on_many_approvals(world):
    report = submitted(world)
    seen = {report.pk: report.events.get().pk}
    outcomes = []
    at_once(*(lambda: outcomes.append(approve_each(seen, by=world.office)) for _ in range(2)))
    assert [[one.done for one in each] for each in outcomes] == [[True], [True]]
    assert (PeriodFigure.objects.count(), ReportEvent.objects.filter(to_state=State.APPROVED).count()) == (1, 1)


def test_two_first_drafts_are_one_report_and_no_text_is_overwritten(world):
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    ends = at_once(
        *(
            lambda by=by, percent=percent: draft(world, content(world, percent), by=by, seen_version=0)
            for by, percent in ((world.clerk, "60"), (colleague, "70"))
        )
    )
    assert ends == {"done": 1, "refused": 1}
    assert MonthlyReport.objects.get().version == 1


def test_a_click_twice_submits_once(world):
    draft(world)
    ends = at_once(*(lambda: filing.submit(sheet(world), by=world.clerk) for _ in range(2)))
    assert ends == {"done": 1, "refused": 1}
    assert ReportEvent.objects.count() == 1
