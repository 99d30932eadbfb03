"""A nil report beside what other units have contributed; and a month in which nothing was reported at all."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from minsheng.filing import contribute as contributing
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.filing.nil import LeavesOut, step_of
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from projects.models import ContributionVersion, MonthlyReport
from projects.services import periods
from tests.minsheng.filing.test_assigned_lines import LAST, assign, filed, read
from tests.minsheng.filing.test_taking import take
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import approved, approved_in_august, content, contribute, desk, draft, sheet, submitted
from tests.minsheng.review.test_after_let_go import ended, on

__all__ = ["filed"]
State = MonthlyReport.State
NIL = Content(is_nil=True, nil_reason="等待验收")


def nothing_new(world, street):
    contribute(world, street, text="", share=None, submit=False)
    contributing.submit(desk(world, street[0]), by=street[1], nothing=True)


def hand_in(world, **known):
    if not MonthlyReport.objects.filter(period=world.september, version__gt=0).exists():
        draft(world, NIL)
    return filing.submit(sheet(world), by=world.clerk, **known)


def state(world):
    return MonthlyReport.objects.get(period=world.september).state


def newest():
    return ContributionVersion.objects.latest("pk").pk


def test_it_is_not_submitted_over_new_contributions_before_the_filer_knows(filed, streets):
    for street, share in zip(streets, ("120", "130"), strict=True):
        contribute(filed, street, share=share)
    with pytest.raises(LeavesOut) as told:
        hand_in(filed)
    assert "光荷街道、明湖街道" in str(told.value)
    assert state(filed) == State.DRAFT
    seen = told.value.newest
    contribute(filed, streets[0], text="又有新情况。")  # comes in between: asked again
    with pytest.raises(LeavesOut) as again:
        hand_in(filed, known=seen)
    assert again.value.newest == newest() > seen
    report = hand_in(filed, known=newest())
    assert (report.state, report.is_nil, report.target_readings.get().value) == (State.SUBMITTED, True, 200)


def test_who_has_nothing_new_is_not_left_out(filed, streets):
    nothing_new(filed, streets[0])
    assert hand_in(filed).state == State.SUBMITTED


def test_a_share_that_makes_the_figure_carried_is_in_it_and_a_text_is_not(filed, streets):
    contribute(filed, streets[0], text="", share="200")
    assert hand_in(filed).state == State.SUBMITTED


def test_a_text_alone_is_left_out(filed, streets):
    contribute(filed, streets[0], share=None)
    with pytest.raises(LeavesOut):
        hand_in(filed)


def test_what_was_taken_over_is_not_left_out(filed, streets, client):
    contribute(filed, streets[0], share=None)
    client.force_login(filed.clerk)
    assert take(client, filed, "take-texts").status_code == 302
    taken = MonthlyReport.objects.get(period=filed.september).progress
    draft(filed, Content(progress=taken, is_nil=True, nil_reason="等待验收"))
    assert filing.submit(sheet(filed), by=filed.clerk).state == State.SUBMITTED


def test_an_ordinary_report_asks_nothing(filed, streets):
    contribute(filed, streets[0], share="120")
    draft(filed)
    assert filing.submit(sheet(filed), by=filed.clerk).state == State.SUBMITTED


def test_the_form_says_what_is_left_out_and_asks_once_more(filed, streets, client):
    contribute(filed, streets[0], share="120")
    client.force_login(filed.clerk)
    form = client.get(address(filed)).context["form"]
    sent = {name: form[name].value() for name in ("version", "base", "editor")} | {"nil_reason": "等待验收"}
    checked = client.post(reverse("filing:check", args=[filed.sub_item.pk, "2023-09"]), {**sent, "is_nil": "on"})
    assert "零报告中不含" in checked.content.decode()
    assert "零报告中不含" not in client.get(address(filed)).content.decode()

    asked = client.post(address(filed), {**sent, "step": "nil"})
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "光荷街道" in str(asked.context["form"].non_field_errors())
    assert f'name="step" value="sure-nil-{newest()}"' in page
    assert 'value="等待验收"' in page
    assert state(filed) == State.DRAFT

    form = asked.context["form"]
    sent = {name: form[name].value() for name in ("version", "base", "editor")} | {"nil_reason": "等待验收"}
    for _click in range(2):
        done = client.post(address(filed), {**sent, "step": f"sure-nil-{newest()}"})
        assert done.status_code == 302
    report = MonthlyReport.objects.get(period=filed.september)
    assert (report.state, report.is_nil, report.events.count()) == (State.SUBMITTED, True, 1)


@pytest.mark.parametrize("sent", ["sure-nil-", "sure-nil-x", "sure-sum-3", "submit"])
def test_what_is_no_such_step_stays_what_it_is(sent):
    assert step_of(sent) == (sent, 0)


def test_nobody_else_is_sure(filed, streets, client):
    contribute(filed, streets[0], share="120")
    draft(filed, NIL)
    client.force_login(streets[0][1])
    assert client.post(address(filed), {"version": "1", "step": f"sure-nil-{newest()}"}).status_code == 403
    assert state(filed) == State.DRAFT


# a month in which nothing was reported -----------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["a contribution", "a draft"])
def test_a_locked_month_that_was_only_begun_warns_of_nothing(filed, finance, streets, client, by):
    assign(filed, finance[0])
    contribute(filed, streets[0], share="120")
    if by == "a draft":
        draft(filed)
    client.force_login(filed.clerk)
    assert "财政金融局" in client.get(address(filed)).content.decode()
    with clock.at(datetime(2024, 2, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        page = client.get(address(filed))
    assert not page.context["editable"]
    assert page.context["warnings"] == []
    assert "沿用上次报送数" not in page.content.decode()
    assert ("本月没有报送月报" in page.content.decode()) == (by == "a contribution")


def test_one_that_was_submitted_warns_still(filed, finance, client):
    assign(filed, finance[0])
    draft(filed)
    filing.submit(sheet(filed), by=filed.clerk)
    client.force_login(filed.clerk)
    assert client.get(address(filed)).context["warnings"] == ["“区级财政”：财政金融局本月尚未报数，沿用上次报送数。"]


# what the reviewers are told ---------------------------------------------------------------------------------------


def insisted(world, streets):
    """A nil report over a contribution, whose filer was asked once more."""
    contribute(world, streets[0], share=None)
    return hand_in(world, known=newest())


@pytest.mark.parametrize("reviewed", [False, True])
def test_reviewers_read_what_a_nil_report_leaves_out(filed, streets, client, reviewed):
    reviewer = filed.reviewer() if reviewed else None
    report = insisted(filed, streets)
    told = "零报告未采用其他单位提交的协办情况（填报人已知悉）：光荷街道。"
    for person in [reviewer, filed.office] if reviewer else [filed.office]:
        (row,) = queue_of(person)
        assert (row.look.leaves_out, row.look.stale_nil, row.rank, row.in_bulk) == (True, False, 1, False)
        assert told in row.look.warnings
        assert told in report.events.latest("pk").snapshot["warnings"]
        client.force_login(person)
        page = client.get(reverse("review:report", args=[report.pk])).content.decode()
        assert told in page
        assert "零报告，未采用协办情况" in page
        if person == reviewer:
            report.refresh_from_db()
            review.pass_on(report, by=reviewer)


def test_it_does_not_pass_in_bulk_and_the_approval_keeps_it(filed, streets):
    report = insisted(filed, streets)
    (outcome,) = approve_each({report.pk: report.events.latest("pk").pk}, by=filed.office)
    assert not outcome.done
    assert state(filed) == State.SUBMITTED
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=filed.office)
    assert "光荷街道" in "".join(report.events.latest("pk").snapshot["warnings"])


def test_the_filer_is_told_of_it_once(filed, streets, client):
    contribute(filed, streets[0], share=None)
    draft(filed, NIL)
    client.force_login(filed.clerk)
    check = client.get(address(filed)).context["check"]
    assert [point.message for point in check.unusual if "光荷街道" in point.message and "零报告" in point.message] == [
        "1个单位提交了新的协办情况（光荷街道），零报告中不含这些内容。请采用后按一般月报报送，或确认仍报零报告。"
    ]


def test_an_ordinary_report_after_the_nil_one_leaves_nothing_out(filed, streets):
    report = insisted(filed, streets)
    review.send_back(report, by=filed.office, comment="请采用。")
    submitted(filed)
    (row,) = queue_of(filed.office)
    assert not row.look.leaves_out


def test_reviewers_read_that_a_line_was_read_otherwise_than_last(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    report = hand_in(filed)
    (row,) = queue_of(filed.office)
    told = (
        "零报告称本月无变化，但其他单位本月所报资金与上次不同：“区级财政”到位（万元）：300.00（上次200.00）、"
        f"支出（万元）：150.00（上次100.00），由财政金融局·{finance[1]}报数。"
    )
    assert told in row.look.warnings
    assert told in report.events.latest("pk").snapshot["warnings"]
    assert (row.look.stale_nil, row.in_bulk) == (True, False)


def test_a_line_that_was_read_as_last_is_no_news(filed, finance):
    assign(filed, finance[0])
    read(filed, finance, LAST)
    hand_in(filed)
    (row,) = queue_of(filed.office)
    assert not row.look.stale_nil


# a month that was let go ----------------------------------------------------------------------------------------


@pytest.fixture
def gone(world):
    """September said 90 %, 300 of the target and 2,500,000 yuan, was let go, and may be filed until 20 October."""
    approved_in_august(world)
    ended(world, approved(world, content(world, "90", secured="2500000", problems="无。")))
    with on(10, 9):
        periods.add_exception(world.september, until=date(2023, 10, 20), reason="补报。", by=world.office)
        yield world


def as_opened(client, world, **typed):
    """What a browser sends of the form as it was opened, with what is ``typed``."""
    form = client.get(address(world)).context["form"]
    boxes = {name: form[name].value() for name in form.fields}
    shown = {name: form.fields[name].prepare_value(value) for name, value in boxes.items()}
    return {name: value for name, value in shown.items() if value not in (None, False)} | typed


LAG = {"reason": "征地滞后。", "factor": "land", "measure": "倒排工期。", "measure_by": "2023-11-30"}


def test_a_month_that_was_let_go_needs_no_box_emptied(gone, client):
    client.force_login(gone.clerk)
    sent = as_opened(client, gone, step="nil", nil_reason="等待验收", **LAG)
    assert (sent["percent"], sent["problems"]) == ("90", "无。")
    for _click in range(2):
        assert client.post(address(gone), sent).status_code == 302
    report = filing.fresh(MonthlyReport.objects.get(period=gone.september))
    assert (report.state, report.is_nil, report.percent) == (State.SUBMITTED, True, 68)
    assert (report.progress, report.problems, report.reason) == ("", "", "征地滞后。")
    assert report.target_readings.get().value == 200
    assert report.funding_readings.get().secured == 2_000_000
    assert report.events.filter(to_state=State.SUBMITTED).count() == 2  # the first, and this one once


def test_what_was_typed_since_is_not_dropped_unseen(gone, client):
    client.force_login(gone.clerk)
    sent = as_opened(client, gone, step="nil", nil_reason="等待验收", percent="91", **LAG)
    refused = client.post(address(gone), sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["percent"])
    assert filing.fresh(MonthlyReport.objects.get(period=gone.september)).percent == 90


def test_an_ordinary_report_still_begins_with_what_it_had_said(gone, client):
    client.force_login(gone.clerk)
    sent = as_opened(client, gone, step="save")
    assert client.post(address(gone), sent).status_code == 302
    report = filing.fresh(MonthlyReport.objects.get(period=gone.september))
    assert (report.percent, report.problems, report.funding_readings.get().secured) == (90, "无。", 2_500_000)


@pytest.mark.parametrize("same", [True, False])
def test_a_nil_report_of_such_a_month_goes_through_after_a_first_refusal(gone, client, same):
    """A figure of the month that was let go may be the one last submitted, too."""
    if same:
        report = MonthlyReport.objects.get(period=gone.september)
        last = MonthlyReport.objects.get(period__month=date(2023, 8, 1)).target_readings.get().value
        event = report.events.order_by("-pk").first()
        event.snapshot = event.snapshot | {"targets": [one | {"value": str(last)} for one in event.snapshot["targets"]]}
        event.save()
        report.target_readings.update(value=last)
    client.force_login(gone.clerk)
    sent = as_opened(client, gone, step="nil", nil_reason="", **LAG)
    refused = client.post(address(gone), sent)
    assert refused.status_code == 422
    form = refused.context["form"]
    boxes = {name: form.fields[name].prepare_value(form[name].value()) for name in form.fields}
    again = {name: value for name, value in boxes.items() if value not in (None, False, "")}
    again |= {"step": "nil", "nil_reason": "等待验收"}
    assert client.post(address(gone), again).status_code == 302
    report = filing.fresh(MonthlyReport.objects.get(period=gone.september))
    assert (report.state, report.is_nil, report.percent) == (State.SUBMITTED, True, 68)
    assert report.target_readings.get().value == 200
