"""What comes after a month was let go: filed again, kept all the same, and what later months and other units say."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError
from departments.permissions import rights_held
from funding.services.readings import LineReading
from minsheng.daily import tick
from minsheng.filing import services as filing
from minsheng.filing.panel import panel_for
from minsheng.review import services as review
from minsheng.review.queue import queue_of
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.filing import Filing, kept_filing
from projects.models import SET_ASIDE, MonthlyReport, PeriodFigure, SubItem
from projects.services import periods
from projects.standing import standpoint, stood
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import LineAssignmentFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import approved, approved_in_august, content, contribute, draft, sheet, submitted
from tests.minsheng.review.test_after_let_go import ended, on, period_of

State = MonthlyReport.State


def let_go_and_filed_again(world, *, percent="70"):
    """September stood at 75 %, was let go, filed again with ``percent`` under an exception, returned, and locked."""
    approved_in_august(world)
    report = ended(world, approved(world))
    with on(10, 9):
        tick(world.sub_item.programme)
        periods.add_exception(world.september, until=date(2023, 10, 12), reason="补报。", by=world.office)
        report = submitted(world, content(world, percent, reached="280", reason="自查更正。"), period=period_of(9))
        review.send_back(report, by=world.office, comment="仍不实。")
    return MonthlyReport.objects.get(pk=report.pk)


def test_an_approval_kept_after_that_is_the_figure_of_its_month_again(world):
    report = let_go_and_filed_again(world)
    kept = PeriodFigure.objects.filter(sub_item=world.sub_item, period=world.september).order_by("sequence")
    assert [(one.percent, one.report_id) for one in kept] == [(75, report.pk), (68, None)]
    with on(11, 20):
        tick(world.sub_item.programme)
        review.keep_approval(report, by=world.office, reason="原数无误。")
        newest = kept.get(newest=True)
        assert (newest.percent, newest.report, newest.cause) == (75, report, "correction")
        assert newest.reason == "2023年9月月报维持原审核结果：原数无误。"
        october = PeriodFigure.objects.get(sub_item=world.sub_item, period=period_of(10), newest=True)
        assert (october.percent, october.report_id) == (75, None)
        item = SubItem.objects.get(pk=world.sub_item.pk)
        assert (item.percent, item.figure_period) == (75, world.september)
        assert len(kept.all()) == 3


def filing_of(world):
    """How September's filing stands: in its list, and, once it has locked, in the figures."""
    september = period_of(9)
    point = standpoint(world.sub_item.programme, today=clock.today(), month=september.month)
    (kept,) = kept_filing([september], clock.today())
    return [stood(SubItem.objects.all(), point).get().filing, kept.filing]


def test_it_was_filed_when_what_stands_was_filed(world, client):
    """On time; what was submitted after it was let go counts no more, not even as late."""
    report = let_go_and_filed_again(world)
    with on(11, 20):
        tick(world.sub_item.programme)
        assert filing_of(world) == [Filing.RETURNED] * 2
        review.keep_approval(report, by=world.office, reason="原数无误。")
        assert filing_of(world) == [Filing.ON_TIME] * 2
        client.force_login(world.clerk)
        page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"]))
        filled_in = page.context["way"][0]
        assert (filled_in.state, "09-20" in filled_in.note) == ("done", True)
        review.reopen(MonthlyReport.objects.get(pk=report.pk), by=world.office, reason="再看。")
        again = submitted(world, content(world, "75", reason="属实。"), period=period_of(9))
        assert filing_of(world) == [Filing.ON_TIME] * 2
        review.send_back(again, by=world.office, comment="请补充。")
    with on(11, 29):
        periods.add_exception(world.september, until=date(2023, 12, 5), reason="补报。", by=world.office)
        submitted(world, content(world, "75", reason="属实，补充。"), period=period_of(9))
        assert filing_of(world) == [Filing.LATE] * 2


def test_what_was_late_when_it_was_approved_is_late_when_it_is_kept(world):
    approved_in_august(world)
    with on(10, 7):
        tick(world.sub_item.programme)
        periods.add_exception(world.september, until=date(2023, 10, 10), reason="补报。", by=world.office)
        report = submitted(world, content(world, "75"), period=period_of(9))
        review.approve(report, by=world.office)
        review.reopen(report, by=world.office, reason="再看。")
    with on(11, 20):
        tick(world.sub_item.programme)
        review.keep_approval(MonthlyReport.objects.get(pk=report.pk), by=world.office, reason="原数无误。")
        assert filing_of(world) == [Filing.LATE] * 2


def test_a_nil_report_that_differs_wants_a_word_as_any_other_would(world, client):
    """It carries what August said before it was corrected."""
    report = approved_in_august(world)
    nil = replace(content(world, "68", reached="200", progress=""), is_nil=True, nil_reason="无变化。")
    waiting = submitted(world, nil)
    review.reopen(report, by=world.office, reason="多报。")
    submitted(world, content(world, "66", reached="180", reason="核减。"), period=world.august)
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=world.office)
    (row,) = queue_of(world.office)
    assert (row.in_bulk, [doubt.kind for doubt in row.doubts]) == (False, ["nil"])
    client.force_login(world.office)
    here = reverse("review:report", args=[waiting.pk])
    page = client.get(here).content.decode()
    assert "仍予通过的理由" in page
    assert (page.count("零报告与上次报送数不一致"), page.count("零报告表示本月无变化，但")) == (1, 0)
    assert page.count(row.doubts[0].message) == 2  # what is unusual, and what the word is for
    assert client.post(here, {"step": "approve", "seen": row.doubts[0].key}).status_code == 422
    assert MonthlyReport.objects.get(pk=waiting.pk).state == State.SUBMITTED
    review.approve(waiting, by=world.office, exception="9月已核，无误。")
    (said,) = waiting.events.latest("pk").snapshot["despite"]
    figures = f"进度68.0%（该月66.0%）、{world.target.text}200（该月180）"
    assert said == f"零报告所列与2023年8月现数不同：{figures}。"


def test_so_does_one_whose_earlier_month_was_never_approved_with_that_figure(world):
    with on(8, 20):
        august = submitted(world, content(world, "68", reached="200"), period=world.august)
    nil = replace(content(world, "68", reached="200", progress=""), is_nil=True, nil_reason="无变化。")
    waiting = submitted(world, nil)
    review.send_back(august, by=world.office, comment="多报。")
    world.august.refresh_from_db()
    submitted(world, content(world, "68", reached="180"), period=world.august)
    review.approve(MonthlyReport.objects.get(pk=august.pk), by=world.office)
    with pytest.raises(DomainError, match="零报告所列与2023年8月现数不同"):
        review.approve(waiting, by=world.office)


def test_figures_of_a_first_submission_are_told_though_another_followed_before_it_was_let_go(world):
    """September said 76 %, then 72 %, and was let go: October with 76 % carries what nobody stands by."""
    approved_in_august(world)
    september = submitted(world, content(world, "76", reached="260"))
    review.send_back(september, by=world.office, comment="虚报。")
    submitted(world, content(world, "72", reached="250"))
    ended(world, MonthlyReport.objects.get(pk=september.pk), reopen=False)
    with on(10, 20):
        submitted(world, content(world, "76", reached="260"), period=period_of(10))
        (row,) = queue_of(world.office)
    assert not row.in_bulk
    assert any("76" in doubt.message and "260" in doubt.message for doubt in row.doubts)


def entries(user, kind):
    board = todo.board_of(user, rights_held(user), {})
    return [entry for group in board.groups if group.kind == kind for entry in group.entries]


def run_out_page(client, world, report):
    client.force_login(world.office)
    return client.get(reverse("review:run_out", args=[report.pk])).content.decode()


def test_who_decides_reads_what_was_submitted_since_and_that_it_was_let_go(world, client):
    report = let_go_and_filed_again(world)
    with on(11, 20):
        shown = run_out_page(client, world, report)
        assert all(
            words in shown for words in ("曾按未报处理：", "不再等待。", "在该次审核通过之后", "70.0%", "自查更正。")
        )
        assert "尚未报送的栏目" not in shown
        review.keep_approval(report, by=world.office, reason="原数无误。")
        (told,) = entries(world.clerk, Kind.KEPT)
        assert told.note == "本单位此后报送的内容不计入，可在该月月报页面查看"
        client.force_login(world.clerk)
        page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"])).content.decode()
        top = page.partition("流转记录")[0]
        assert all(words in top for words in ("报送的内容不计入", "70.0%", "自查更正。"))
        assert SET_ASIDE not in report.events.latest("pk").snapshot


def test_what_was_written_after_that_submission_is_told_beside_it(world, client):
    report = let_go_and_filed_again(world)
    with on(10, 10):
        draft(world, content(world, "72", reached="281", reason="再核。"))
    with on(11, 20):
        shown = run_out_page(client, world, report)
        assert ("尚未报送的栏目" in shown, "72.0%" in shown, "70.0%" in shown) == (True, False, True)
        review.keep_approval(report, by=world.office, reason="原数无误。")
        (told,) = entries(world.clerk, Kind.KEPT)
        assert told.note == "本单位此后报送及尚未报送的内容均不计入，可在该月月报页面查看"
        client.force_login(world.clerk)
        page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"])).content.decode()
        assert ("72.0%" in page, "70.0%" in page) == (True, True)


def test_the_same_figures_submitted_again_are_no_news(world, client):
    report = approved(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    review.send_back(filing.submit(sheet(world), by=world.clerk), by=world.office, comment="仍不实。")
    with on(11, 20):
        assert "在该次审核通过之后" not in run_out_page(client, world, report)
        review.keep_approval(report, by=world.office, reason="原数无误。")
        (told,) = entries(world.clerk, Kind.KEPT)
        assert told.note == ""


def test_what_never_reached_the_office_it_does_not_read(world, client):
    """The unit's own reviewer sent it back."""
    reviewer = world.reviewer()
    review.reopen(approved_by_both(world, reviewer), by=world.office, reason="数字有误。")
    report = submitted(world, content(world, "70", reached="280", reason="自查更正。"))
    review.send_back(report, by=reviewer, comment="再看。")
    with on(11, 20):
        shown = run_out_page(client, world, report)
        assert ("70.0%" in shown, "自查更正。" in shown) == (False, False)
        review.keep_approval(report, by=world.office, reason="原数无误。")
        (told,) = entries(world.clerk, Kind.KEPT)
        assert told.note == "本单位此后报送的内容不计入，可在该月月报页面查看"


def approved_by_both(world, reviewer):
    report = submitted(world)
    review.pass_on(report, by=reviewer)
    review.approve(report, by=world.office)
    return report


@pytest.fixture
def finance(world):
    """A unit that reads the money line, and is not responsible for the sub-item."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction, name="财政金融局")
    LineAssignmentFactory(line=world.line, department=unit, since=date(2023, 9, 1))
    return unit, UserFactory(department=unit, grants={unit: ["departments.file_report"]})


@pytest.fixture
def read_and_gone(world, finance):
    """September was read by finance, approved, and let go."""
    approved_in_august(world)
    contribute(world, finance, "已拨付。", None, money={world.line.pk: LineReading(None, 2_600_000, 1_200_000)})
    report = approved(world, content(world, "75", secured="2600000", spent="1200000"))
    return ended(world, report)


def desk_page(client, world, finance, month):
    client.force_login(finance[1])
    return client.get(reverse("filing:contribute", args=[world.sub_item.pk, month, finance[0].pk])).content.decode()


def test_who_read_a_line_of_it_is_told_once(world, finance, read_and_gone, client):
    with on(10, 9):
        (theirs,), (own,) = entries(finance[1], Kind.LET_GO), entries(world.clerk, Kind.LET_GO)
        for entry, who in ((theirs, finance[1]), (own, world.clerk)):
            client.force_login(who)
            assert f'<a href="{entry.page}">' in client.get(reverse("home")).content.decode()
            assert "督查室已将该月按未报处理" in client.get(entry.page).content.decode()
        assert (theirs.why, theirs.note) == ("不再等待。", "该月按未报处理，本单位所报内容不再沿用")
        assert own.note != theirs.note
        assert entries(world.office, Kind.LET_GO) == []
        client.force_login(world.clerk)
        assert client.post(theirs.url).status_code == 404
        client.force_login(finance[1])
        assert client.post(theirs.url).url == reverse("home")
        assert (entries(finance[1], Kind.LET_GO), entries(world.clerk, Kind.LET_GO)) == ([], [own])


def test_its_page_says_so_of_that_month_and_of_the_next(world, finance, read_and_gone, client):
    said = "督查室已将该月按未报处理"
    stands = "2023年9月已按未报处理，上次报送以2023年8月为准。"
    with on(10, 20):
        gone, later = desk_page(client, world, finance, "2023-09"), desk_page(client, world, finance, "2023-10")
        assert (said in gone, "不再等待。" in gone, stands in gone) == (True, True, False)
        assert (said in later, stands in later, "不再等待。" in later) == (False, True, True)
        periods.add_exception(world.september, until=date(2023, 10, 25), reason="补报。", by=world.office)
        assert said in desk_page(client, world, finance, "2023-09")
        submitted(world, content(world, "75", secured="2600000", spent="1200000"), period=period_of(9))
        assert said not in desk_page(client, world, finance, "2023-09")
        assert stands not in desk_page(client, world, finance, "2023-10")


def test_who_had_said_nothing_is_not_told(world, finance):
    approved_in_august(world)
    ended(world, approved(world))
    with on(10, 9):
        assert entries(finance[1], Kind.LET_GO) == []
        assert len(entries(world.clerk, Kind.LET_GO)) == 1


def test_the_shares_of_the_next_month_stand_beside_those_that_count(world):
    """October's was submitted before September was let go; then it was 90, now it is August's 20."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role="assist", order=1)
    clerk = UserFactory(department=unit, grants={unit: ["departments.file_report"]})
    with on(8, 18):
        contribute(world, (unit, clerk), share="20", period=world.august)
    approved_in_august(world)
    contribute(world, (unit, clerk), share="90")
    review.reopen(approved(world), by=world.office, reason="数字虚高。")
    with on(10, 8):
        tick(world.sub_item.programme)
        contribute(world, (unit, clerk), share="95", period=period_of(10))
        assert shares(world) == ["90"]
        review.let_go(MonthlyReport.objects.get(period=world.september), by=world.office, reason="不再等待。")
        assert shares(world) == ["20"]


def shares(world):
    """What stands beside October's, as last time."""
    (row,) = panel_for(sheet(world, period_of(10))).rows
    return [share.last for share in row.shares]
