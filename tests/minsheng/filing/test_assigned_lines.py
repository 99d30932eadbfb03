"""A money line that another unit reads: assigned, read, carried on where nobody has read it, taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from funding.models import FundingLine, FundingReading, LineAssignment
from funding.services import assignments, lines
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import services as filing
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from projects.models import MonthlyReport, ReportEvent, Responsibility, SubItem, Target
from projects.services import parts, plans
from tests.factories.departments import DepartmentFactory
from tests.factories.funding import FundingLineFactory
from tests.minsheng.life import approved_in_august, content, contribute, desk, draft, sheet, submitted

READ = LineReading(None, Decimal(3_000_000), Decimal(1_500_000))
LAST = LineReading(None, Decimal(2_000_000), Decimal(1_000_000))  # what August said


SEPTEMBER = date(2023, 9, 1)


def assign(world, unit, *, by=None, seen=None, month=SEPTEMBER):
    line = FundingLine.objects.get(pk=world.line.pk)
    return assignments.assign(line, unit, by=by or world.clerk, seen=seen or line.reader_in(month), month=month)


def reader(world, month=SEPTEMBER):
    return FundingLine.objects.get(pk=world.line.pk).reader_in(month)


def read(world, finance, reading=READ, **kwargs):
    return contribute(world, finance, "", None, money={world.line.pk: reading}, **kwargs)


def money_of(report):
    return content_of(MonthlyReport.objects.get(pk=report.pk)).money[world_line(report)]


def world_line(report):
    return report.sub_item.funding_lines.get().pk


@pytest.fixture
def filed(world):
    """August was filed: what a line carries on."""
    approved_in_august(world)
    return world


# assigning ---------------------------------------------------------------------------------------------------------


def test_it_is_recorded_who_assigned_and_who_took_back(world, finance):
    assert assign(world, finance[0])
    world.line.refresh_from_db()
    given = world.line.assigned_in(SEPTEMBER)
    assert (given.department, given.by_name) == (finance[0], f"发展软环境保障局·{world.clerk}")
    assert given.at is not None
    assert not assign(world, finance[0])  # twice is once
    assert assign(world, None, by=world.office)
    assert not assign(world, None)
    events = AuditEvent.objects.filter(action__startswith="line.").order_by("pk")
    assert [(one.action, one.actor, *one.details["changed"]["reader"]) for one in events] == [
        ("line.assign", world.clerk, "", "财政金融局"),
        ("line.take_back", world.office, "财政金融局", ""),
    ]


def test_of_two_who_decide_at_once_the_later_is_told(world, finance, streets):
    line = FundingLine.objects.get()
    assign(world, finance[0])
    with pytest.raises(Conflict, match="财政金融局"):
        assignments.assign(line, streets[0][0], by=world.office, seen=None, month=SEPTEMBER)
    assert reader(world) == finance[0]


def test_what_cannot_be_assigned_is_refused(world, finance):
    elsewhere = DepartmentFactory()
    ended = DepartmentFactory(jurisdiction=world.jurisdiction, active_until=date(2023, 9, 1))
    rate = FundingLineFactory(sub_item=world.sub_item, rate=Decimal(10), planned=None)
    for unit in (elsewhere, ended, world.unit):
        with pytest.raises(DomainError):
            assign(world, unit)
    with pytest.raises(DomainError):
        assignments.assign(rate, finance[0], by=world.clerk, seen=None, month=SEPTEMBER)
    SubItem.objects.update(status=SubItem.Status.CLOSED)
    with pytest.raises(DomainError):
        assign(world, finance[0])
    assert not LineAssignment.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="line.").exists()


# reading -----------------------------------------------------------------------------------------------------------


def test_a_unit_that_is_not_responsible_reads_its_line_and_nothing_else(filed, finance):
    with pytest.raises(DomainError):
        read(filed, finance)
    assign(filed, finance[0])
    here = desk(filed, finance[0])
    assert (here.role, here.targets, here.present.money) == ("", [], {filed.line.pk: LAST})
    read(filed, finance)
    report = submitted(filed)
    assert money_of(report) == READ
    shot = ReportEvent.objects.filter(report=report).get().snapshot
    assert shot["lines_read"] == {str(filed.line.pk): f"财政金融局·{finance[1]}"}
    assert shot["lines_unread"] == {}


def test_nothing_is_no_reading(filed, finance):
    assign(filed, finance[0])
    with pytest.raises(contributing.Refused) as refused:
        contribute(filed, finance, "未发生。", None, money={filed.line.pk: LineReading()})
    assert [field for field, _message in refused.value.findings] == [f"secured_{filed.line.pk}"]


def test_an_application_alone_is_a_reading(world, finance):
    assign(world, finance[0])
    read(world, finance, LineReading(applied=Decimal(10)))
    assert sheet(world).unread == {}


def test_a_line_that_nobody_has_read_carries_the_last_amounts_and_everybody_is_told(filed, finance):
    assign(filed, finance[0])
    read(filed, finance, submit=False)  # a draft is no reading
    report = submitted(filed, content(filed, secured="9000000"))  # whatever the filing unit types
    assert money_of(report) == LAST
    assert filing.warnings_of(sheet(filed), content_from(ReportEvent.objects.get(report=report))) == [
        "“区级财政”：财政金融局本月尚未报数，沿用上次报送数。"
    ]
    # The reviewer sees the same in the queue, opens it, and does not approve it in passing.
    (row,) = queue_of(filed.office)
    assert (row.look.warnings, row.in_bulk) == (["“区级财政”：财政金融局本月尚未报数，沿用上次报送数。"], False)
    (outcome,) = approve_each({report.pk: row.newest_event}, by=filed.office)
    assert not outcome.done
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=filed.office)
    assert ReportEvent.objects.filter(report=report).last().snapshot["lines_unread"] == {
        str(filed.line.pk): "财政金融局"
    }


def test_what_is_assigned_after_the_submission_does_not_change_it(filed, finance):
    report = submitted(filed)
    before = queue_of(filed.office)[0].look.warnings
    assign(filed, finance[0])
    assert sheet(filed).unread == {}
    assert queue_of(filed.office)[0].look.warnings == before
    assert money_of(report) == LineReading(None, Decimal(2_000_000), Decimal(1_000_000))
    review.send_back(report, by=filed.office, comment="请补充。")
    assert sheet(filed).unread == {}  # written again, and still the filing unit's


def test_a_nil_report_carries_on_all_but_what_others_read(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed, Content(is_nil=True, nil_reason="等待验收"))
    assert money_of(report) == READ


def test_a_line_of_the_unit_that_files_is_its_own(filed, finance):
    assign(filed, finance[0])
    filing_role = Responsibility.objects.get(sub_item=filed.sub_item, files=True)
    filing_role.department = finance[0]
    filing_role.save()
    assert sheet(filed).assigned == {}
    assert not desk(filed, finance[0]).is_asked


# taking back -------------------------------------------------------------------------------------------------------


def test_typed_figures_stay_while_the_line_is_away(filed, finance):
    draft(filed, content(filed, secured="2500000"))
    assign(filed, finance[0])
    form = present_of(sheet(filed))
    assert form.money[filed.line.pk] == LAST  # it does not count …
    draft(filed, replace(form, progress="改。"))
    assert FundingReading.objects.get(report__period=filed.september).secured == 2_500_000
    assign(filed, None)
    assert present_of(sheet(filed)).money[filed.line.pk].secured == 2_500_000  # … and is there again


def test_a_line_that_comes_back_begins_with_what_was_read(filed, finance):
    draft(filed, content(filed, secured="2500000"))
    assign(filed, finance[0])
    read(filed, finance)
    read(filed, finance, LineReading(None, Decimal(4), Decimal(4)), submit=False)  # a draft stays on its desk
    assign(filed, None)
    assert present_of(sheet(filed)).money[filed.line.pk] == READ
    (event,) = AuditEvent.objects.filter(action="line.take_back")
    assert event.details["replaced"] == "2023-09: — / 2500000.00 / 1000000.00"


def test_so_does_one_of_a_month_that_nobody_has_written_yet(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    assign(filed, None)
    assert MonthlyReport.objects.get(period=filed.september).version == 0
    assert present_of(sheet(filed)).money[filed.line.pk] == READ
    report = submitted(filed, replace(present_of(sheet(filed)), percent=Decimal(75), progress="好。", reason="x"))
    assert money_of(report) == READ


# a later table -----------------------------------------------------------------------------------------------------


def test_a_later_table_that_drops_what_only_contributions_speak_of_supersedes_it(world, streets, finance):
    assign(world, finance[0])
    read(world, finance, submit=False)  # a draft of another unit is all there is of it
    contribute(world, streets[0], share="20")
    assert not FundingReading.objects.exists()
    lines.revise([(world.sub_item, lines.Stated([], []))])
    dropped = FundingLine.every.get(pk=world.line.pk)
    assert (dropped.superseded_at is not None, dropped.reader_in(SEPTEMBER)) == (True, finance[0])
    parts.write_targets([(world.sub_item, plans.Parts([], [], []))])
    assert Target.every.get(pk=world.target.pk).superseded_at is not None
    assert not desk(world, finance[0]).is_asked
    assert sheet(world).unread == {}


def test_a_line_that_a_later_table_keeps_stays_with_its_reader(world, finance):
    assign(world, finance[0])
    same = FundingLine(
        sub_item=world.sub_item, source=world.line.source, position=1, year=2023, planned=Decimal(7), use=world.line.use
    )
    lines.revise([(world.sub_item, lines.Stated([same], []))])
    kept = FundingLine.objects.get()
    assert (kept.pk, kept.planned, kept.reader_in(SEPTEMBER)) == (world.line.pk, Decimal(7), finance[0])
