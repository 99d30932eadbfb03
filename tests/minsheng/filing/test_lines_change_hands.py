"""A money line whose reader changes in a month that is still written: what was said of it for that month is kept."""

from datetime import date

import pytest

from departments.permissions import rights_held
from funding.services import assignments
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.settled import present_of
from minsheng.handover.services import hand_over, succeeded
from minsheng.handover.services import present_of as roles_of
from minsheng.review import services as review
from minsheng.review.queue import queue_of
from minsheng.todo import services as todo
from projects.models import Contribution, ReportEvent, Responsibility
from projects.services import shifts
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.filing.test_assigned_lines import READ, assign, filed, money_of, read
from tests.minsheng.filing.test_assigned_months import OWN, own
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import contribute, desk, draft, sheet, submitted

__all__ = ["filed"]
SEPTEMBER, OCTOBER = date(2023, 9, 1), date(2023, 10, 1)


def hand_to(world, unit, since):
    present = roles_of([world.sub_item])
    hand_over(
        world.sub_item.programme,
        {world.sub_item.pk: succeeded(present[world.sub_item.pk], world.unit, unit)},
        since=since,
        by=world.office,
        reason="机构改革",
        seen={world.sub_item.pk: shifts.token(present[world.sub_item.pk])},
    )


@pytest.mark.parametrize("typed_before", [False, True])
def test_who_read_it_and_files_from_then_on_begins_with_what_it_read(filed, finance, typed_before):
    if typed_before:
        draft(filed, own(filed))
    assign(filed, finance[0])
    read(filed, finance)
    hand_to(filed, finance[0], SEPTEMBER)

    here = sheet(filed)
    assert (here.unit, here.assigned) == (finance[0], {})
    assert present_of(here).money == {filed.line.pk: READ}


def test_taking_it_back_leaves_what_its_reader_now_files(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    hand_to(filed, finance[0], SEPTEMBER)
    here = sheet(filed)
    drafts.save_draft(here, own(filed), by=finance[1], seen_version=here.report.version)

    assign(filed, None)

    assert present_of(sheet(filed)).money == {filed.line.pk: OWN}


def test_a_hand_over_from_a_later_month_brings_nothing(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    hand_to(filed, finance[0], OCTOBER)
    assert list(sheet(filed).assigned) == [filed.line.pk]
    assert present_of(sheet(filed)).money == {filed.line.pk: READ}


def test_a_third_unit_that_has_said_nothing_carries_what_the_second_said(filed, finance, streets):
    assign(filed, finance[0])
    read(filed, finance)
    assign(filed, streets[0][0])
    assert present_of(sheet(filed)).money == {filed.line.pk: READ}
    assert money_of(submitted(filed)) == READ


def test_from_an_earlier_month_it_stays_its_readers_where_it_was_read(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed)
    line = filed.line
    assignments.assign(line, finance[0], by=filed.clerk, seen=None, month=date(2023, 8, 1))
    review.send_back(report, by=filed.office, comment="请核实。", remarks={f"money_{line.pk}": "与对账单不符。"})

    assert list(sheet(filed).assigned) == [line.pk]
    assert desk(filed, finance[0]).lines == [line]
    board = todo.board_of(finance[1], rights_held(finance[1]), {})
    assert [entry.url for group in board.groups for entry in group.entries] != []


def entries_of(unit):
    board = todo.board_of(unit[1], rights_held(unit[1]), {})
    return [entry for group in board.groups for entry in group.entries]


def test_a_remark_at_a_line_stands_until_its_reader_answers(filed, finance):
    """The unit filed again without it, and the office returned again for something else: it is not forgotten."""
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed)
    review.send_back(report, by=filed.office, comment="请核实。", remarks={f"money_{filed.line.pk}": "与对账单不符。"})
    filing.submit(sheet(filed), by=filed.clerk)
    told = "“区级财政”：退回时所提意见，财政金融局尚未答复。"
    (row,) = queue_of(filed.office)
    assert (told in row.look.warnings, row.in_bulk) == (True, False)
    assert ReportEvent.objects.latest("pk").snapshot["lines_unanswered"] == {str(filed.line.pk): "财政金融局"}
    assert entries_of(finance) == []  # nobody can write it
    review.send_back(report, by=filed.office, comment="再看。", remarks={"progress": "太短。"})

    (entry,) = entries_of(finance)
    assert (entry.why, entry.step) == ("区级财政：与对账单不符。", "更正")
    here = desk(filed, finance[0])
    assert [one.text for one in here.again] == ["与对账单不符。"]
    assert [[one.text for one in said] for _event, said in here.asked.by_return] == [["与对账单不符。"]]
    read(filed, finance)
    assert told not in filing.warnings_of(sheet(filed), present_of(sheet(filed)))
    assert (entries_of(finance), desk(filed, finance[0]).again, bool(desk(filed, finance[0]).asked)) == ([], [], False)


def test_a_remark_that_nobody_answered_stands_at_the_line_for_whoever_reads_it_now(filed, finance, client):
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed)
    field = f"money_{filed.line.pk}"
    review.send_back(report, by=filed.office, comment="请核实。", remarks={field: "与对账单不符。"})
    filing.submit(sheet(filed), by=filed.clerk)
    review.send_back(report, by=filed.office, comment="再看。", remarks={"progress": "太短。"})

    client.force_login(filed.clerk)
    page = client.get(address(filed))
    assert [one.text for one in page.context["asked"].at(field)] == ["与对账单不符。"]
    text = page.content.decode()
    assert "与对账单不符。" in text
    assert f"由发展软环境保障局·{filed.clerk}指定" in text
    assign(filed, None)
    page = client.get(address(filed))
    assert [one.text for one in page.context["asked"].at(field)] == ["与对账单不符。"]
    (line,) = page.context["form"].money_lines()
    assert line.is_open
    # The unit has answered by submitting it itself.
    filing.submit(sheet(filed), by=filed.clerk)
    review.send_back(report, by=filed.office, comment="三看。", remarks={"progress": "太短。"})
    assert client.get(address(filed)).context["asked"].at(field) == []


def test_a_responsible_unit_that_has_said_nothing_sees_what_was_remarked_at_its_line(filed, finance):
    ResponsibilityFactory(sub_item=filed.sub_item, department=finance[0], role=Responsibility.Role.ASSIST)
    assign(filed, finance[0])
    report = submitted(filed)
    review.send_back(report, by=filed.office, comment="请核实。", remarks={f"money_{filed.line.pk}": "请报数。"})
    (entry,) = entries_of(finance)
    assert (entry.why, entry.note) == ("区级财政：请报数。", "含资金1条")
    assert entry.who


def test_a_unit_is_told_of_the_lines_of_that_month_only(filed, finance):
    ResponsibilityFactory(sub_item=filed.sub_item, department=finance[0], role=Responsibility.Role.ASSIST)

    def notes():
        board = todo.board_of(finance[1], rights_held(finance[1]), {})
        return [entry.note for group in board.groups for entry in group.entries]

    assign(filed, finance[0], month=OCTOBER)
    assert notes() == [""]
    assign(filed, finance[0], month=SEPTEMBER)
    assert notes() == ["含资金1条"]


def test_what_was_typed_at_a_desk_bears_the_name_of_who_typed_it(filed, streets):
    unit, clerk = streets[0]
    contribute(filed, (unit, clerk), "已完成。", 5)
    marks = Contribution.objects.get(department=unit).edits
    assert {mark["person"] for mark in marks.values()} == {str(clerk.pk)}
    assert marks
