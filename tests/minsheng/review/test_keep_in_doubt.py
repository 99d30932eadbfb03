"""An approval that stands after all passes over no more than a new one: what other months say is told, and wants a
word, which its step keeps.
"""

from datetime import date

import pytest
from django.urls import reverse

from departments.errors import Conflict, DomainError
from departments.permissions import rights_held
from minsheng.daily import tick
from minsheng.review import services as review
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import MonthlyReport
from projects.services import periods
from tests.minsheng.life import approved, approved_in_august, content, submitted
from tests.minsheng.review.test_after_let_go import LAG, ended, on, period_of

State = MonthlyReport.State
WORD = "原数无误。"
LATER = "2023年10月已审核通过，其数低于本月：进度75.0%（该月70.0%）。"


def let_go_and_october(world, october):
    """September (75 %) is let go, ``october`` is approved, then September is filed under an exception, and returned."""
    approved_in_august(world)
    report = ended(world, approved(world))
    with on(10, 20):
        later = submitted(world, october, period=period_of(10))
        review.approve(later, by=world.office, exception="9月不再等待。")
        periods.add_exception(world.september, until=date(2023, 10, 22), reason="补报。", by=world.office)
        september = submitted(world, content(world, "72", reached="290"), period=period_of(9))
        review.send_back(september, by=world.office, comment="仍不实。")
    with on(10, 21):
        for given in period_of(9).exceptions.all():
            periods.end_exception(given, by=world.office)
    return MonthlyReport.objects.get(pk=report.pk), later


@pytest.fixture
def lower(world):
    return let_go_and_october(world, content(world, "70", **LAG))


def address(report):
    return reverse("review:run_out", args=[report.pk])


def test_a_later_month_approved_with_less_wants_a_word(world, lower, client):
    september, _october = lower
    client.force_login(world.office)
    with on(10, 21):
        page = client.get(address(september))
        (doubt,) = page.context["form"].doubts
        assert (doubt.kind, doubt.message) == ("later", LATER)
        shown = page.content.decode()
        assert (LATER in shown, "仍予维持的理由" in shown) == (True, True)
        asked = {"step": "keep", "reason": WORD, "seen": doubt.key}
        refused = client.post(address(september), asked)
        assert (refused.status_code, "exception" in refused.context["form"].errors) == (422, True)
        with pytest.raises(DomainError, match="其数低于本月"):
            review.keep_approval(september, by=world.office, reason=WORD)
        assert MonthlyReport.objects.get(pk=september.pk).state == State.RETURNED
        for _click in range(2):
            assert client.post(address(september), asked | {"exception": "10月为核减。"}).url == reverse("home")
        step = september.events.latest("pk")
        assert (step.snapshot["despite"], step.snapshot["exception"]) == ([LATER], "10月为核减。")
        assert (step.comment, step.snapshot["percent"]) == (f"{WORD}\n{LATER}\n10月为核减。", "75.0")


def test_the_other_ways_out_want_none(world, lower, client):
    september, _october = lower
    client.force_login(world.office)
    with on(10, 21):
        assert client.post(address(september), {"step": "let-go", "reason": "不再等待。"}).url == reverse("home")
    assert MonthlyReport.objects.get(pk=september.pk).state == State.DRAFT


def test_what_has_come_up_since_is_shown_and_then_accepted(world, lower, client):
    september, _october = lower
    client.force_login(world.office)
    with on(10, 21):
        with pytest.raises(Conflict):
            review.keep_approval(september, by=world.office, reason=WORD, exception="x", seen=[])
        late = client.post(address(september), {"step": "keep", "reason": WORD, "exception": "已核。", "seen": ""})
        assert (late.status_code, LATER in late.content.decode()) == (409, True)
        seen = late.context["form"]["seen"].value()
        again = {"step": "keep", "reason": WORD, "exception": "已核。", "seen": seen}
        assert client.post(address(september), again).status_code == 302


def test_what_only_carries_it_on_wants_a_word_and_is_checked_after(world):
    nil = {"is_nil": True, "nil_reason": "无变化。", "progress": ""}
    september, october = let_go_and_october(world, content(world, "70", **nil, **LAG))
    with on(10, 21):
        with pytest.raises(DomainError, match="沿用"):
            review.keep_approval(september, by=world.office, reason=WORD)
        review.keep_approval(september, by=world.office, reason=WORD, exception="待复核。")
        board = todo.board_of(world.office, rights_held(world.office), {})
        assert {group.kind: group.count for group in board.groups}[Kind.RECHECK] == 1
    assert october.rechecks.count() == 1


def test_a_month_before_it_that_counts_as_not_filed_wants_a_word(world, client):
    """August is let go while September, which had been approved, is with its unit; September is kept."""
    august = approved_in_august(world)
    september = approved(world)
    review.reopen(august, by=world.office, reason="虚报。")
    review.reopen(september, by=world.office, reason="请核实。")
    with on(10, 8):
        tick(world.sub_item.programme)
        review.let_go(august, by=world.office, reason="不再等待。")
        client.force_login(world.office)
        assert "2023年8月（按未报处理）" in client.get(address(september)).content.decode()
        with pytest.raises(DomainError, match="2023年8月"):
            review.keep_approval(september, by=world.office, reason=WORD)
        review.keep_approval(september, by=world.office, reason=WORD, exception="8月不再等待。")


def test_where_nothing_is_in_doubt_no_word_is_asked(world, client):
    approved_in_august(world)
    september = approved(world)
    review.reopen(september, by=world.office, reason="请核实。")
    client.force_login(world.office)
    with on(10, 8):
        page = client.get(address(september))
        assert (page.context["form"].doubts, "仍予维持的理由" in page.content.decode()) == ([], False)
        assert client.post(address(september), {"step": "keep", "reason": WORD, "seen": ""}).status_code == 302
    assert "despite" not in september.events.latest("pk").snapshot


def test_what_was_answered_for_at_that_approval_is_not_asked_again(world):
    """September was approved above October with a word; kept, it has that word still."""
    september, _october = let_go_and_october(world, content(world, "70", **LAG))
    with on(10, 21):
        review.keep_approval(september, by=world.office, reason=WORD, exception="10月为核减。")
        review.reopen(MonthlyReport.objects.get(pk=september.pk), by=world.office, reason="再核。")
    with on(11, 20):
        review.keep_approval(september, by=world.office, reason="确无误。")
        step = september.events.latest("pk")
        assert (step.comment, step.snapshot["exception"]) == ("确无误。", "10月为核减。")
