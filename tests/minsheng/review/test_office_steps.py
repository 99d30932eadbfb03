"""Steps of the office: many approved at once, a stuck one taken over, an approved one reopened; its versions."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError, IllegalTransition
from departments.permissions import FILE_REPORT, REVIEW_REPORT, SUPERVISE
from minsheng.daily import tick
from minsheng.dashboard.months import correction_of
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from minsheng.review.versions import compared, versions_of
from projects.models import FilingException, MonthlyReport, PeriodFigure, ReportEvent, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ReportEventFactory, SubItemFactory
from tests.minsheng.life import approved, approved_in_august, content, submitted

State = MonthlyReport.State
BULK = "/review/approve/"


def at(month, day):
    return clock.at(datetime(2023, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


def waiting(world, percent=75):
    """An ordinary report of another sub-item of the same unit."""
    sub_item = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    report = MonthlyReport.objects.create(
        sub_item=sub_item,
        period=world.september,
        department=world.unit,
        department_name=world.unit.name,
        percent=percent,
        progress="正常推进。",
        reason="征地滞后" if percent < 60 else "",
        state=State.SUBMITTED,
        submitted_by=world.clerk,
    )
    ReportEventFactory(report=report, actor=world.clerk)
    return report


def seen(*reports):
    return [f"{report.pk}:{report.events.order_by('pk').last().pk}" for report in reports]


def states(*reports):
    return [MonthlyReport.objects.get(pk=report.pk).state for report in reports]


# many at once --------------------------------------------------------------------------------------------------


def test_only_what_is_ordinary_can_be_chosen(world, client):
    odd, plain = waiting(world, 40), waiting(world)
    client.force_login(world.office)
    assert [(row.report, row.in_bulk) for row in queue_of(world.office)] == [(odd, False), (plain, True)]
    page = client.get(reverse("review:queue")).content.decode()
    assert [f'value="{report.pk}" form="bulk"' in page for report in (odd, plain)] == [False, True]

    shown = client.post(BULK, {"step": "look", "report": [odd.pk, plain.pk]})
    assert [row.report for row in shown.context["rows"]] == [plain]
    assert [row.report for row in shown.context["left_out"]] == [odd]
    assert states(odd, plain) == [State.SUBMITTED] * 2


def test_each_is_approved_by_itself_and_one_refused_stops_no_other(world, client):
    first, odd, last = waiting(world), waiting(world, 40), waiting(world)
    client.force_login(world.office)
    done = client.post(BULK, {"step": "approve", "seen": seen(first, odd, last)})
    assert [(one.report, one.done) for one in done.context["outcomes"]] == [(first, True), (odd, False), (last, True)]
    assert states(first, odd, last) == [State.APPROVED, State.SUBMITTED, State.APPROVED]
    assert PeriodFigure.objects.count() == 2
    assert done.context["outcomes"][1].why in done.content.decode()


def test_a_second_click_succeeds_once_more_and_does_nothing(world, client):
    report = waiting(world)
    asked = {"step": "approve", "seen": seen(report)}
    client.force_login(world.office)
    for _ in range(2):
        assert [one.done for one in client.post(BULK, asked).context["outcomes"]] == [True]
    assert ReportEvent.objects.filter(to_state=State.APPROVED).count() == 1


def test_what_was_filed_again_after_the_look_is_refused(world):
    report = waiting(world)
    looked_at = report.events.get().pk
    ReportEventFactory(report=report, from_state=State.RETURNED)
    (outcome,) = approve_each({report.pk: looked_at}, by=world.office)
    assert not outcome.done
    assert states(report) == [State.SUBMITTED]


def test_what_a_colleague_decided_meanwhile_is_said(world):
    report = waiting(world)
    looked_at = report.events.get().pk
    review.send_back(report, by=UserFactory(grants={world.jurisdiction: [SUPERVISE]}), comment="请核实")
    (outcome,) = approve_each({report.pk: looked_at}, by=world.office)
    assert (outcome.done, states(report)) == (False, [State.RETURNED])


@pytest.mark.parametrize("who", ["clerk", "stranger", "leader"])
def test_who_reviews_nothing_has_no_queue_and_approves_none(world, client, who):
    report = waiting(world)
    client.force_login(getattr(world, who))
    approving = {"step": "approve", "seen": seen(report)}
    assert [client.post(BULK, sent).status_code for sent in (approving, {"report": [report.pk]})] == [404, 404]
    assert client.get(reverse("review:queue")).status_code == 404
    assert states(report) == [State.SUBMITTED]
    assert not PeriodFigure.objects.exists()


def test_who_does_not_supervise_approves_none(world, client):
    report = waiting(world)
    client.force_login(UserFactory(grants={world.unit: [REVIEW_REPORT]}))
    done = client.post(BULK, {"step": "approve", "seen": [*seen(report), "x:1", "1:", "²:3"]})
    assert done.context["outcomes"] == []
    assert client.post(BULK, {"report": [report.pk]}).status_code == 302
    assert states(report) == [State.SUBMITTED]
    assert not PeriodFigure.objects.exists()


def test_the_offices_own_unit_is_never_in_bulk(world):
    report = waiting(world)
    section = DepartmentFactory(parent=world.unit)
    colleague = UserFactory(department=section, grants={world.jurisdiction: [SUPERVISE]})
    (row,) = queue_of(colleague)
    assert (row.needs_exception, row.in_bulk) == (True, False)
    (outcome,) = approve_each(dict([map(int, seen(report)[0].split(":"))]), by=colleague)
    assert not outcome.done
    assert states(report) == [State.SUBMITTED]

    review.approve(report, by=colleague, exception="督查室设在本单位，由未参与填报的同事审核")
    assert ReportEvent.objects.get(to_state=State.APPROVED).snapshot["exception"].startswith("督查室")


def test_who_files_for_a_unit_is_of_that_unit(world):
    report = waiting(world)
    both = UserFactory(grants={world.jurisdiction: [SUPERVISE], world.unit: [FILE_REPORT]})
    with pytest.raises(DomainError):
        review.approve(report, by=both)
    assert states(report) == [State.SUBMITTED]


@pytest.mark.parametrize("count", [1, 3])
def test_the_confirming_page_asks_the_same_however_many(world, client, django_assert_num_queries, count):
    reports = [waiting(world) for _ in range(count)]
    client.force_login(world.office)
    asked = {"report": [report.pk for report in reports]}
    client.post(BULK, asked)
    with django_assert_num_queries(23):
        assert len(client.post(BULK, asked).context["rows"]) == count


# taking over ---------------------------------------------------------------------------------------------------


@pytest.fixture
def in_unit_review(world):
    """Submitted on 20 September; due on the 25th."""
    world.reviewer()
    return submitted(world)


def test_a_report_is_stuck_after_days_or_past_the_due_day(world, in_unit_review):
    found = {}
    for day in (20, 22, 23, 26):
        with at(9, day):
            found[day] = list(review.stuck(world.office))
    assert found == {20: [], 22: [], 23: [in_unit_review], 26: [in_unit_review]}
    with at(9, 23):
        assert [review.stuck(person).count() for person in (world.leader, world.clerk, world.stranger)] == [0, 0, 0]


def test_the_office_takes_over_and_the_unit_reads_why(world, in_unit_review, client):
    client.force_login(world.office)
    address = reverse("review:take_over", args=[in_unit_review.pk])
    assert client.get(address).status_code == 404  # it is the unit's own
    with at(9, 23):
        assert client.get(reverse("review:queue")).context["stuck"] == [in_unit_review]
        assert client.get(address).status_code == 200
        assert client.post(address, {"reason": " "}).status_code == 422
        assert states(in_unit_review) == [State.UNIT_REVIEW]
        for _click in range(2):
            assert client.post(address, {"reason": "审核人休假"}).status_code == 302
    report = MonthlyReport.objects.get()
    assert (report.state, report.reviewed_by) == (State.SUBMITTED, None)
    event = ReportEvent.objects.latest("pk")
    assert (event.title, event.comment) == ("督查室接手单位审核", "审核人休假")
    review.approve(report, by=world.office)  # who took it over has not reviewed it for the unit


def test_what_is_not_stuck_is_not_taken_over(world, in_unit_review):
    with pytest.raises(DomainError, match="2023-09-20"):
        review.take_over(in_unit_review, by=world.office, reason="催办")
    assert states(in_unit_review) == [State.UNIT_REVIEW]
    plain = waiting(world)
    with at(9, 27), pytest.raises(IllegalTransition):
        review.take_over(plain, by=world.office, reason="催办")


@pytest.mark.parametrize(("who", "status"), [("clerk", 404), ("leader", 404), ("reviewer", 403), ("stranger", 404)])
def test_only_the_office_takes_over_or_reopens(world, in_unit_review, client, who, status):
    client.force_login(world.reviewer() if who == "reviewer" else getattr(world, who))
    with at(9, 26):
        for name in ("take_over", "reopen"):
            address = reverse(f"review:{name}", args=[in_unit_review.pk])
            assert client.post(address, {"reason": "不应生效"}).status_code == status
    assert states(in_unit_review) == [State.UNIT_REVIEW]
    assert ReportEvent.objects.count() == 1


# reopening -----------------------------------------------------------------------------------------------------


def test_a_reopened_report_is_corrected_and_later_carried_figures_follow(world):
    august = approved_in_august(world)
    with at(10, 6):
        tick(world.sub_item.programme)
        carried = PeriodFigure.objects.get(period=world.september)
        assert (carried.percent, carried.cause) == (68, PeriodFigure.Cause.LOCK)
        review.reopen(august, by=world.office, reason="完成数多报")
        assert SubItem.objects.get().percent is None  # no other report of it is approved
        assert PeriodFigure.objects.get(period=world.august).percent == 68  # what was kept stays
        assert FilingException.objects.get().until == date(2023, 10, 13)

        again = submitted(world, content(world, "60", reached="150", reason="核减"), period=world.august)
        review.approve(again, by=world.office)

    rows = PeriodFigure.objects.filter(period__in=[world.august, world.september]).order_by("period", "sequence")
    assert list(rows.values_list("period__month__month", "cause", "percent", "newest")) == [
        (8, "approval", Decimal("68.0"), False),
        (8, "correction", Decimal("60.0"), True),
        (9, "lock", Decimal("68.0"), False),
        (9, "correction", Decimal("60.0"), True),
    ]
    assert [correction_of(row) for row in rows.filter(newest=True)] == [
        "更正：完成数多报",
        "更正：2023年8月的月报已更正：完成数多报",
    ]
    assert SubItem.objects.get().percent == 60


def test_the_next_month_waits_until_the_reopened_one_is_settled(world):
    august = approved_in_august(world)
    september = submitted(world)
    review.reopen(august, by=world.office, reason="数据有误")
    with pytest.raises(DomainError, match="2023年8月"):
        review.approve(september, by=world.office)
    assert states(september) == [State.SUBMITTED]


@pytest.mark.parametrize("reason", ["", "   "])
def test_reopening_needs_a_reason(world, reason):
    report = approved(world)
    with pytest.raises(DomainError):
        review.reopen(report, by=world.office, reason=reason)
    assert states(report) == [State.APPROVED]


def test_what_is_closed_keeps_its_reports(world):
    report = approved(world)
    SubItem.objects.update(status=SubItem.Status.WITHDRAWN)
    report.refresh_from_db()
    with pytest.raises(DomainError):
        review.reopen(MonthlyReport.objects.get(), by=world.office, reason="数据有误")
    assert states(report) == [State.APPROVED]


def test_the_office_reopens_on_its_page(world, client):
    report = approved(world)
    client.force_login(world.office)
    address = reverse("review:reopen", args=[report.pk])
    assert address in client.get(reverse("review:report", args=[report.pk])).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "数据有误"}).status_code == 302
    assert client.post(address, {"reason": "数据有误"}).status_code == 409
    assert states(report) == [State.RETURNED]
    client.force_login(world.clerk)
    assert "数据有误" in client.get(reverse("filing:due")).content.decode()


# versions ------------------------------------------------------------------------------------------------------


def test_two_versions_stand_side_by_side_with_their_differences(world, client):
    report = approved(world, content(world, "70", progress="完成主体施工三层。"))
    review.reopen(report, by=world.office, reason="层数有误")
    submitted(world, content(world, "65", progress="完成主体施工两层。"))
    first, second = versions_of(report, world.office)
    lines = {line.label: line for line in compared(first, second)}
    progress = lines["本月进展"]
    assert [(piece.text, piece.changed) for piece in progress.before] == [
        ("完成主体施工", False),
        ("三", True),
        ("层。", False),
    ]
    assert [piece.text for piece in progress.after if piece.changed] == ["两"]
    changed = [line.label for line in lines.values() if line.differs]
    assert changed == ["进度（%）", "本月进展"]

    client.force_login(world.office)
    page = client.get(reverse("review:versions", args=[report.pk])).content.decode()
    assert "<del>三</del>" in page
    assert "<ins>两</ins>" in page


def test_what_never_left_the_unit_is_no_version_for_the_office(world):
    reviewer = world.reviewer()
    report = submitted(world)
    review.send_back(report, by=reviewer, comment="请补充")
    report = submitted(world)
    review.pass_on(report, by=reviewer)
    assert [len(versions_of(report, person)) for person in (world.office, reviewer)] == [1, 2]
