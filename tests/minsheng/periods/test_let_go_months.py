"""A month the office waits for no longer: counted as missing, urged from nobody, and called by one word everywhere."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from minsheng.daily import tick
from minsheng.dashboard.matrix import Matrix
from minsheng.filing import services as filing
from minsheng.filing.asking import locked_items
from minsheng.periods.chase import chase_of, text_of
from minsheng.periods.filings import Reporting
from minsheng.review import services as review
from minsheng.review.doubts import Doubts
from projects.filing import Filing
from projects.filings import let_go
from projects.models import MonthlyReport, ReportingPeriod, SubItem
from projects.services import shifts
from projects.standing import standpoint, stood
from tests.factories.projects import FilingExceptionFactory, SubItemFactory
from tests.minsheng.life import content, draft, sheet, submitted
from tests.minsheng.periods.test_pages import address

WORD = "按未报处理"


def at(month, day):
    return clock.at(datetime(2023, month, day, 9, tzinfo=clock.ZONE))


@pytest.fixture
def gone(world):
    """September was returned and is let go; beside it an item of which nothing was filed. It is 20 October."""
    world.other = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    report = submitted(world)
    review.send_back(report, by=world.office, comment="请核实。")
    with at(10, 20):
        tick(world.sub_item.programme)
        review.let_go(report, by=world.office, reason="不再等待。")
        world.september.refresh_from_db()
        yield world


def chase(world):
    reporting = Reporting(world.sub_item.programme)
    return reporting, chase_of(reporting, world.september)


def file_rows(world, office):
    content_ = office.get(address(world, "export", "2023-09")).content
    return {row[4]: row[5:] for row in load_workbook(BytesIO(content_)).active.values if row[4]}


def test_it_is_counted_as_the_heatmap_counts_it_and_left_out_of_the_text(gone, office):
    reporting, found = chase(gone)
    matrix = Matrix(standpoint(gone.sub_item.programme, today=clock.today()))
    (counts,) = matrix.at(gone.september).values()
    assert dict(counts.filing) == dict(reporting.of(gone.september).counts) == {Filing.MISSING: 2}
    assert (found.count, found.not_urged, found.urged.count) == (2, 1, 1)
    text = text_of(reporting, found)
    assert "尚有1个单位1项" in text
    assert gone.sub_item.title not in text
    assert gone.other.title in text
    page = office.get(address(gone, "unfiled", "2023-09"))
    assert page.context["unfiled"].number == 2
    assert "另有1项已按未报处理，列入下表，不再催报。" in page.content.decode()
    assert f'<span class="badge-plain">{WORD}</span>' in page.content.decode()
    rows = file_rows(gone, office)
    assert rows[gone.sub_item.title] == (WORD, None)
    assert rows[gone.other.title] == ("逾期未报、已锁定", 25)


def test_where_nothing_else_is_missing_nobody_is_urged(gone, office):
    SubItem.objects.filter(pk=gone.other.pk).update(status=SubItem.Status.WITHDRAWN)
    reporting, found = chase(gone)
    gone_only = [item.sub_item for one in found.owing for item in one.items if item.let_go]
    assert gone_only == [gone.sub_item]
    with at(9, 1):  # before the lock nothing is let go, and the text is there
        assert text_of(*chase(gone))
    found.owing[0].items = [item for item in found.owing[0].items if item.let_go]
    assert text_of(reporting, found) == ""


def test_what_may_be_filed_by_an_exception_is_urged_again(gone):
    FilingExceptionFactory(period=gone.september, sub_item=gone.sub_item, until=date(2023, 10, 31))
    reporting, found = chase(gone)
    assert found.not_urged == 0
    assert f"（{WORD}、可补报至10月31日）" in text_of(reporting, found)
    period = ReportingPeriod.objects.get(pk=gone.september.pk)
    draft(gone, content(gone, "77"), period=period)
    filing.submit(sheet(gone, period), by=gone.clerk)
    assert not let_go().exists()
    assert gone.sub_item.title not in text_of(*chase(gone))


def test_lists_and_the_items_own_page_say_it(gone, office):
    url = reverse("dashboard:list", args=[gone.sub_item.programme_id])
    page = office.get(url, {"month": "2023-09", "filing": "missing"}).content.decode()
    assert (page.count(WORD), "逾期未报" in page) == (1, True)
    head = office.get(reverse("dashboard:sub_item", args=[gone.sub_item.pk]), {"month": "2023-09"})
    assert f"2023年9月月报：{WORD}" in head.content.decode()
    row = stood(SubItem.objects.filter(pk=gone.sub_item.pk), chase(gone)[0].point.at(gone.september)).get()
    assert (row.filing, row.let_go) == (Filing.MISSING, True)
    assert MonthlyReport.objects.get(sub_item=gone.sub_item).is_let_go


def test_the_unit_reads_it_among_what_has_locked(gone, client):
    locked = [one for one in locked_items(gone.clerk) if one.period == gone.september]
    assert {one.sub_item: one.let_go for one in locked} == {gone.sub_item: True, gone.other: False}
    client.force_login(gone.clerk)
    page = client.get(reverse("filing:due")).content.decode()
    assert page.count(WORD) == 1


def test_the_approver_of_a_later_month_is_told_so(gone):
    october = ReportingPeriod.objects.get(month="2023-10-01")
    report = submitted(gone, content(gone, "80"), period=october)
    doubt, same = Doubts(gone.office, [report]).of(sheet(gone, october))
    assert f"2023年9月（{WORD}）" in doubt.message
    assert same.message.startswith("与2023年9月原报数相同（该月已按未报处理）")
    FilingExceptionFactory(period=gone.september, sub_item=gone.sub_item, until=date(2023, 10, 31))
    doubt, _same = Doubts(gone.office, [report]).of(sheet(gone, october))
    assert f"2023年9月（{WORD}，现仍可补报）" in doubt.message


def test_a_hand_over_does_not_call_it_submitted(gone):
    bounds = shifts.bounds([gone.sub_item, gone.other])
    assert bounds[gone.sub_item.pk].message == f"2023年9月{WORD}，可自2023年10月起移交。"
    assert bounds[gone.other.pk].message == "2023年9月已锁定，可自2023年10月起移交。"
