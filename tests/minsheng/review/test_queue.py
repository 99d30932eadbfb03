"""The queue: the unusual first and why, what it can be narrowed by, and the next report at hand."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.urls import reverse

from departments import clock
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from projects.models import MonthlyReport
from tests.factories.projects import ReportEventFactory, SubItemFactory
from tests.minsheng.life import approved, approved_in_august, content, submitted

State = MonthlyReport.State


@pytest.fixture
def ordinary(world):
    """A report of another item with nothing unusual."""
    sub_item = SubItemFactory(project=world.sub_item.project, lead=world.stranger.department or world.unit, position=0)
    report = MonthlyReport.objects.create(
        sub_item=sub_item,
        period=world.september,
        department=world.unit,
        department_name="公安分局",
        percent=75,
        state=State.SUBMITTED,
    )
    ReportEventFactory(report=report)
    return report


@pytest.mark.parametrize(
    ("percent", "changed", "rank", "marks"),
    [
        ("75", {}, 2, (0, False, 0)),
        ("60", {"reason": "征地滞后"}, 0, (1, True, 0)),  # lower than August's 68
        ("75", {"reached": "100", "reason": "核减"}, 0, (1, False, 1)),
        ("75", {"spent": "3000000"}, 1, (0, False, 1)),
        ("10", {"reason": "停工"}, 0, (1, True, 1)),
    ],
)
def test_why_a_report_is_unusual(world, percent, changed, rank, marks):
    approved_in_august(world)
    submitted(world, content(world, percent, **changed))
    (row,) = queue_of(world.office)
    assert (len(row.look.fell), row.look.lags, len(row.look.warnings)) == marks
    assert (row.look.rank, row.last_percent) == (rank, 68)


def test_the_unusual_stands_first(world, ordinary):
    odd = submitted(world, content(world, "40", reason="征地滞后"))
    assert [row.report for row in queue_of(world.office)] == [odd, ordinary]


def test_the_queue_is_narrowed_by_its_address(world, ordinary, client):
    report = submitted(world)
    client.force_login(world.office)
    shown = client.get(reverse("review:queue"))
    assert list(shown.context["form"].fields) == []  # one programme, one unit, one month: nothing to choose

    def rows(**asked):
        return [row.report for row in client.get(reverse("review:queue"), asked).context["rows"]]

    assert rows(month="2023-09") == [ordinary, report]
    assert rows(month="2023-08") == [ordinary, report]  # nothing of it waits: nothing is hidden
    assert rows(unit="x") == [ordinary, report]


def test_after_a_decision_the_next_report_is_there(world, ordinary, client):
    report = submitted(world, content(world, "40", reason="征地滞后"))
    client.force_login(world.office)
    address = reverse("review:report", args=[report.pk])
    place = client.get(address).context["place"]
    assert (place.number, place.total, place.before, place.after) == (1, 2, None, ordinary)
    done = client.post(f"{address}?month=2023-09", {"step": "approve"})
    assert done.url == f"{reverse('review:report', args=[ordinary.pk])}?month=2023-09"


def test_figures_stand_beside_the_last_ones(world, client):
    approved_in_august(world)
    report = submitted(world)
    client.force_login(world.office)
    page = client.get(reverse("review:report", args=[report.pk])).content.decode()
    assert all(figure in page for figure in ("68.0%", "75.0%", "+7", "+100"))


def test_a_returned_report_shows_nothing_of_the_work_on_it(world, client):
    report = submitted(world)
    client.force_login(world.office)
    client.post(reverse("review:report", args=[report.pk]), {"step": "return", "comment": "请核实"})
    assert client.get(reverse("review:report", args=[report.pk])).context["look"] is None


# months in order -----------------------------------------------------------------------------------------------


@pytest.fixture
def after_august(world):
    """September waits for its approval while August, approved once, is with its unit again."""
    august = approved_in_august(world)
    september = submitted(world)
    review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="核实")
    return MonthlyReport.objects.get(pk=august.pk), september


def looked_at(client, *reports):
    page = client.post(reverse("review:bulk"), {"step": "look", "report": [one.pk for one in reports]})
    return [row.report for row in page.context["rows"]], page.content.decode()


def test_what_waits_for_an_earlier_month_says_so_everywhere_and_is_not_in_bulk(world, after_august, client):
    august, september = after_august
    (row,) = queue_of(world.office)
    assert (row.report, row.in_bulk, row.rank) == (september, False, 2)
    assert row.waits_for == "月报须按月份依次审核：2023年8月月报仍为“已退回”，请先办理。"
    client.force_login(world.office)
    page = client.get(reverse("review:report", args=[september.pk])).content.decode()
    assert row.waits_for in page
    assert reverse("review:report", args=[august.pk]) in page
    assert row.waits_for in client.get(reverse("review:queue")).content.decode()
    chosen, page = looked_at(client, september)
    assert chosen == []
    assert row.waits_for in page
    assert "共0份" not in page
    assert "这些月报都不能批量审核通过" in page
    assert "返回待审核列表" in page
    review.send_back(september, by=world.office, comment="请核实。")
    gone = client.post(reverse("review:bulk"), {"step": "look", "report": [september.pk]}, follow=True)
    assert "所选月报均已不待您审核" in gone.content.decode()


def test_months_that_all_wait_are_approved_together_in_their_order(world, client):
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        august = submitted(world, content(world, "68", reached="270"), period=world.august)
    september = submitted(world, content(world, "75", reached="300"))
    client.force_login(world.office)
    assert [row.in_bulk for row in queue_of(world.office)] == [True, True]
    assert looked_at(client, september)[0] == []
    assert looked_at(client, september, august)[0] == [august, september]
    outcomes = approve_each({one.pk: one.events.get().pk for one in (september, august)}, by=world.office)
    assert [one.done for one in outcomes] == [True, True]


# a nil report whose last figures are no more the last ------------------------------------------------------------


def test_a_nil_report_that_is_one_no_more_says_so_and_is_not_in_bulk(world, client):
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        august = approved(world, content(world, "68", reached="270"), period=world.august)
    nil = submitted(world, replace(content(world), is_nil=True, nil_reason="停工等待验收"))
    (row,) = queue_of(world.office)
    assert (row.look.stale_nil, row.look.warnings, row.in_bulk) == (False, [], True)

    with clock.at(datetime(2023, 9, 21, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        review.reopen(MonthlyReport.objects.get(pk=august.pk), by=world.office, reason="核减")
        exceptions = world.august.exceptions.count()
        corrected = content(world, "60", reached="250", secured="1800000", reason="核减")
        review.approve(submitted(world, corrected, period=world.august), by=world.office)
        (row,) = queue_of(world.office)
        assert exceptions == 1  # August had locked; the reopening opened it
        assert (row.report, row.look.stale_nil, row.in_bulk) == (nil, True, False)
        (told,) = [doubt.message for doubt in row.doubts]
        for figure in ("进度68.0%（该月60.0%）", "270（该月250）", "到位（万元）200.00（该月180.00）"):
            assert figure in told
        assert "但与上次报送数不一致" not in str(row.look.warnings)  # it is said once
        client.force_login(world.office)
        assert "零报告与上次报送数不一致" in client.get(reverse("review:queue")).content.decode()
        assert told in client.get(reverse("review:report", args=[nil.pk])).content.decode()
        (outcome,) = approve_each({nil.pk: row.newest_event}, by=world.office)
    assert not outcome.done
    assert MonthlyReport.objects.get(pk=nil.pk).state == State.SUBMITTED


# approved before -------------------------------------------------------------------------------------------------


def test_what_was_approved_before_is_unusual_shows_what_changed_and_is_not_in_bulk(world, client):
    report = approved(world, content(world, "75", spent="1000000"))
    review.reopen(report, by=world.office, reason="支出多报。")
    report = submitted(world, content(world, "75", spent="900000", reason="核减"))
    (row,) = queue_of(world.office)
    assert (row.look.rank, row.rank, row.in_bulk) == (2, 1, False)
    client.force_login(world.office)
    for page in ("review:queue", "review:report"):
        html = client.get(reverse(page, args=[] if page.endswith("queue") else [report.pk])).content.decode()
        assert "曾审核通过" in html
        assert "100.00 → 90.00" in " ".join(html.split())
    chosen, html = looked_at(client, report)
    assert (chosen, "曾审核通过" in html) == ([], True)
    (outcome,) = approve_each({report.pk: row.newest_event}, by=world.office)
    assert not outcome.done
    assert MonthlyReport.objects.get().state == State.SUBMITTED
    review.approve(report, by=world.office)
    assert client.get(reverse("review:report", args=[report.pk])).context["again"] is None
