"""Figures of a submission that was returned, and that the month says otherwise by now, where a later month goes on with
them: the office gives a word, and approves none of them in bulk.
"""

import pytest
from django.urls import reverse

from departments.errors import DomainError
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from minsheng.review.withdrawn import withdrawn_before
from projects.models import MonthlyReport
from tests.minsheng.life import approved, content, draft, sheet, submitted
from tests.minsheng.review.test_after_let_go import on

State = MonthlyReport.State
FALSE = {"reached": "300", "secured": "1900000"}
TRUE = {"reached": "300", "secured": "1650000"}


def filed_falsely(world):
    """August is submitted with 76 % and 1,900,000 yuan secured."""
    with on(9, 1):
        return submitted(world, content(world, "76", **FALSE), period=world.august)


def filed_truly(world, august):
    """It is returned, filed anew and approved with 70 % and 1,650,000."""
    review.send_back(august, by=world.office, comment="虚报。")
    world.august.refresh_from_db()
    with on(9, 21):
        report = submitted(world, content(world, "70", **TRUE), period=world.august)
        review.approve(report, by=world.office)


def waiting_of(world):
    return next(row for row in queue_of(world.office) if row.report.period == world.september)


def test_what_was_filed_meanwhile_wants_a_word_and_is_not_in_bulk(world, client):
    august = filed_falsely(world)
    waiting = submitted(world, content(world, "76", **FALSE))
    filed_truly(world, august)
    row = waiting_of(world)
    assert (row.in_bulk, [doubt.kind for doubt in row.doubts]) == (False, ["returned"])
    figures = "进度76.0%（该月70.0%）、区级财政到位（万元）190.00（该月165.00）"
    told = f"与2023年8月被退回的报送数相同、与其现数不同：{figures}。"
    assert row.doubts[0].message == told
    client.force_login(world.office)
    here = reverse("review:report", args=[waiting.pk])
    page = client.get(here).content.decode()
    assert (told in page, "仍予通过的理由" in page) == (True, True)
    assert "沿用曾被退回的数据" in client.get(reverse("review:queue")).content.decode()
    (outcome,) = approve_each({waiting.pk: row.newest_event}, by=world.office)
    assert told in outcome.why
    assert client.post(here, {"step": "approve", "seen": row.doubts[0].key}).status_code == 422
    with pytest.raises(DomainError, match="被退回的报送数"):
        review.approve(waiting, by=world.office)
    assert MonthlyReport.objects.get(pk=waiting.pk).state == State.SUBMITTED
    review.approve(waiting, by=world.office, exception="9月已核，无误。")
    shot = waiting.events.latest("pk").snapshot
    assert (shot["despite"], shot["exception"]) == ([told], "9月已核，无误。")


def test_so_does_what_was_drafted_meanwhile_and_its_unit_is_told(world, client):
    august = filed_falsely(world)
    draft(world, content(world, "76", **FALSE))
    filed_truly(world, august)
    (one,) = withdrawn_before(sheet(world))
    assert (one.was_returned, one.figures) == (True, "进度 76.0%、区级财政到位（万元） 190.00")
    client.force_login(world.clerk)
    page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"])).content.decode()
    assert "2023年8月曾报送其他数据，已被退回" in page
    with on(9, 22):
        submitted(world, content(world, "76", **FALSE, problems="无。"))
    assert [doubt.kind for doubt in waiting_of(world).doubts] == ["returned"]


def test_a_figure_stated_anew_after_the_correction_is_none_of_them(world):
    """It happens to be what August had said; whoever typed it saw what August says now."""
    filed_truly(world, filed_falsely(world))
    with on(9, 22):
        submitted(world, content(world, "76", **FALSE))
    row = waiting_of(world)
    assert (row.doubts, row.in_bulk) == ([], True)
    assert withdrawn_before(sheet(world)) == []


def test_what_was_filed_again_with_the_same_figures_asks_nothing(world):
    august = filed_falsely(world)
    submitted(world, content(world, "76", **FALSE))
    review.send_back(august, by=world.office, comment="请写明进展。")
    world.august.refresh_from_db()
    with on(9, 21):
        report = submitted(world, content(world, "76", **FALSE, progress="已封顶。"), period=world.august)
        review.approve(report, by=world.office)
    assert (waiting_of(world).doubts, waiting_of(world).in_bulk) == ([], True)


def test_so_it_is_where_the_unit_s_own_reviewer_returned_it(world):
    reviewer = world.reviewer()
    august = filed_falsely(world)
    review.pass_on(submitted(world, content(world, "76", **FALSE)), by=reviewer)
    review.send_back(august, by=reviewer, comment="虚报。")
    world.august.refresh_from_db()
    with on(9, 21):
        report = submitted(world, content(world, "70", **TRUE), period=world.august)
        review.pass_on(report, by=reviewer)
        review.approve(report, by=world.office)
    assert [doubt.kind for doubt in waiting_of(world).doubts] == ["returned"]


@pytest.fixture
def reopened(world):
    """August was approved with 70 %, is reopened, and filed anew with 76 %, with which September begins."""
    with on(8, 28):
        august = approved(world, content(world, "70", **TRUE), period=world.august)
    review.reopen(august, by=world.office, reason="请核实。")
    world.august.refresh_from_db()
    return filed_falsely(world), submitted(world, content(world, "76", **FALSE))


def test_an_approval_kept_in_its_place_is_no_less_a_correction(world, reopened):
    august, waiting = reopened
    review.send_back(august, by=world.office, comment="仍不实。")
    with on(10, 1):
        review.keep_approval(august, by=world.office, reason="原数无误。")
        (doubt,) = waiting_of(world).doubts
        assert (doubt.kind, "进度76.0%（该月70.0%）" in doubt.message) == ("returned", True)
        (one,) = withdrawn_before(sheet(world))
        assert (one.was_returned, one.event) == (True, august.events.latest("pk"))
        review.approve(waiting, by=world.office, exception="9月已核，无误。")


def test_what_was_approved_before_is_told_once_as_corrected(world):
    with on(8, 28):
        august = approved(world, content(world, "76", **FALSE), period=world.august)
    submitted(world, content(world, "76", **FALSE))
    review.reopen(august, by=world.office, reason="虚报。")
    world.august.refresh_from_db()
    with on(9, 21):
        report = submitted(world, content(world, "70", **TRUE, reason="核减。"), period=world.august)
        review.approve(report, by=world.office)
    assert [doubt.kind for doubt in waiting_of(world).doubts] == ["old"]
    assert [one.was_returned for one in withdrawn_before(sheet(world))] == [False]
