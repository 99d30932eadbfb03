"""A month that carried an amount on, and the month before is corrected since: what it says, and how it is put right."""

from decimal import Decimal

import pytest

from departments.errors import DomainError
from funding.services.readings import LineReading
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.review import services as review
from minsheng.review.queue import queue_of
from projects.models import MonthlyReport
from tests.minsheng.filing.test_assigned_lines import LAST, READ, assign, filed, money_of, read
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import approved, content, sheet, submitted

__all__ = ["filed"]
State = MonthlyReport.State
NIL = Content(is_nil=True, nil_reason="等待验收")
NEWER = LineReading(None, Decimal(1_800_000), Decimal(1_000_000))
SAYS = "“区级财政”：财政金融局本月尚未报数，沿用上次报送数。"
DIFFERS = "“区级财政”：财政金融局本月尚未报数，本报告所列与上次报送数不同：到位（万元）：200.00（上次180.00）。"


def correct_august(world, secured="1800000"):
    """August is reopened, and filed and approved with 1,800,000 secured."""
    report = MonthlyReport.objects.get(period=world.august)
    review.reopen(report, by=world.office, reason="到位数有误。")
    world.august.refresh_from_db()
    return approved(world, content(world, "68", reached="200", secured=secured), period=world.august)


@pytest.fixture
def unread(filed, finance):
    """September is finance's to read."""
    assign(filed, finance[0])
    return filed


def send_back(world, report):
    review.send_back(report, by=world.office, comment="上月已更正，请核实。")
    return MonthlyReport.objects.get(pk=report.pk)


def warnings(report):
    """What its newest step kept about the money line."""
    return [text for text in report.events.latest("pk").snapshot["warnings"] if "区级财政" in text]


def test_a_nil_report_is_not_approved_with_an_untrue_sentence(unread):
    report = submitted(unread, NIL)
    assert warnings(report) == [SAYS]
    correct_august(unread)

    (row,) = queue_of(unread.office)
    assert (row.look.stale_nil, row.look.odd_money, row.in_bulk) == (True, True, False)
    assert DIFFERS in row.look.warnings
    review.approve(report, by=unread.office)
    assert warnings(report) == [DIFFERS, one_that_differs(row)]


def one_that_differs(row):
    (one,) = [text for text in row.look.warnings if text.startswith("零报告")]
    assert "“区级财政”到位（万元）：200.00（上次180.00）" in one
    return one


def test_so_is_an_ordinary_report(unread):
    report = submitted(unread)
    correct_august(unread)
    (row,) = queue_of(unread.office)
    assert (row.look.warnings, row.look.stale_nil) == ([DIFFERS], False)
    assert not row.in_bulk
    assert money_of(report) == LAST


def test_a_higher_amount_since_is_no_fall_of_this_month(unread):
    """It is not approved as it is: the unit files it again, and has nothing to explain."""
    report = submitted(unread, NIL)
    correct_august(unread, secured="2500000")
    with pytest.raises(DomainError, match="低于上次报送"):
        review.approve(report, by=unread.office)
    send_back(unread, report)
    filing.submit(sheet(unread), by=unread.clerk)
    assert (money_of(report).secured, warnings(report)) == (2_500_000, [SAYS])


@pytest.mark.parametrize("what", [NIL, None])
def test_returned_it_carries_the_newer_amounts_by_itself(unread, what, client):
    report = submitted(unread, what)
    correct_august(unread)
    report = send_back(unread, report)
    client.force_login(unread.clerk)
    page = client.get(address(unread)).content.decode()
    assert "180.00" in page
    assert "本报告原沿用更正前的上次报送数" in page
    assert "沿用上次报送数，并提示审核人" in page

    filing.submit(sheet(unread), by=unread.clerk)
    assert money_of(report) == NEWER
    assert warnings(report) == [SAYS]
    report.refresh_from_db()
    review.approve(report, by=unread.office)
    assert report.state == State.APPROVED


def test_what_somebody_has_read_for_the_month_stays_and_both_are_said(unread, finance, streets):
    """The bureau read it, then the line was given to another unit, which says nothing."""
    read(unread, finance)
    assign(unread, streets[0][0])
    report = submitted(unread)
    told = (
        "“区级财政”：光荷街道本月尚未报数，本报告所列与上次报送数不同："
        "到位（万元）：300.00（上次200.00）、支出（万元）：150.00（上次100.00）。"
    )
    assert (money_of(report), warnings(report)) == (READ, [told])
    send_back(unread, report)
    filing.submit(sheet(unread), by=unread.clerk)
    assert (money_of(report), warnings(report)) == (READ, [told])


def test_of_what_was_never_submitted_the_table_is_named(world, finance):
    assign(world, finance[0])
    report = submitted(world, content(world, reason="进度滞后。"))
    assert warnings(report) == ["“区级财政”：财政金融局本月尚未报数，沿用任务分解表所列金额。"]


def test_the_form_of_a_first_month_says_whose_amounts_stand(world, finance, client):
    assign(world, finance[0])
    client.force_login(world.clerk)
    page = client.get(address(world)).content.decode()
    assert "沿用上次报送数，并提示审核人" not in page
    assert "以上列金额为准，并提示审核人" in page
