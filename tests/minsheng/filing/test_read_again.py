"""A report comes back with a remark at what another unit said: who reads the line is asked, and answers."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from departments.models import DepartmentUserGrant
from departments.permissions import ADMINISTER, rights_held
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import services as filing
from minsheng.filing.contributing import tasks_of, waiting_for
from minsheng.filing.remarks import asked_of
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from minsheng.review.answers import answers_of
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from minsheng.todo.sources.office import NO_FILER
from projects.models import ContributionVersion, MonthlyReport
from tests.factories.departments import UserFactory
from tests.minsheng.filing.test_assigned_lines import READ, assign, filed, read
from tests.minsheng.filing.test_taking import take as take_over
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import contribute, desk, draft, sheet, submitted

__all__ = ["filed"]
TODAY = date(2023, 9, 20)
WHY = "与台账不符，请核实。"


@pytest.fixture
def read_once(filed, finance):
    """The bureau has read its line, and the report with it was submitted."""
    assign(filed, finance[0])
    read(filed, finance)
    submitted(filed)
    return filed


def give_back(world, *, remarks=None, comment="请核实。"):
    report = MonthlyReport.objects.get(period=world.september)
    review.send_back(report, by=world.office, comment=comment, remarks=remarks)
    return report


def at_line(world):
    return {f"money_{world.line.pk}": WHY}


def entries(user):
    groups = todo.board_of(user, rights_held(user), {}).groups
    return [(group.kind, entry) for group in groups for entry in group.entries]


def theirs(world, unit):
    return reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", unit.pk])


def test_without_a_remark_at_its_line_nothing_waits(read_once, finance):
    give_back(read_once, remarks={"progress": "请写明。"})
    assert waiting_for(finance[1], TODAY) == []
    assert not desk(read_once, finance[0]).asked


def test_with_one_it_waits_until_the_unit_has_answered(read_once, finance):
    give_back(read_once, remarks=at_line(read_once))
    (task,) = waiting_for(finance[1], TODAY)
    assert ([one.text for one in task.again], task.unread) == ([WHY], [read_once.line])
    ((kind, entry),) = entries(finance[1])
    assert (kind, entry.why, entry.note, entry.step) == (
        Kind.READ_MONEY,
        f"区级财政：{WHY}",
        "1笔资金待重新报数",
        "更正",
    )
    assert todo.number(finance[1], rights_held(finance[1])) == 1
    assert entry.due == date(2023, 9, 27)

    corrected = LineReading(None, Decimal(2_900_000), Decimal(1_500_000))
    read(read_once, finance, corrected)
    assert (waiting_for(finance[1], TODAY), entries(finance[1])) == ([], [])
    assert [task.newest.number for task in tasks_of(finance[1], TODAY)] == [2]
    assert present_of(sheet(read_once)).money == {read_once.line.pk: corrected}


def test_a_draft_is_no_answer_and_the_same_said_again_is(read_once, finance):
    give_back(read_once, remarks=at_line(read_once))
    read(read_once, finance, LineReading(None, Decimal(1), Decimal(1)), submit=False)
    assert len(waiting_for(finance[1], TODAY)) == 1
    for _click in range(2):  # a double click is one answer
        read(read_once, finance)
    assert waiting_for(finance[1], TODAY) == []
    assert ContributionVersion.objects.count() == 2

    filing.submit(sheet(read_once), by=read_once.clerk)
    give_back(read_once, remarks=at_line(read_once))  # and once more
    assert len(waiting_for(finance[1], TODAY)) == 1


def test_what_was_answered_for_stays_answered_when_the_units_own_reviewer_returns_it(read_once, finance):
    give_back(read_once, remarks=at_line(read_once))
    read(read_once, finance)
    reviewer = read_once.reviewer()
    filing.submit(sheet(read_once), by=read_once.clerk)
    report = MonthlyReport.objects.get(period=read_once.september)
    review.send_back(report, by=reviewer, comment="再核。")
    assert waiting_for(finance[1], TODAY) == []
    filing.submit(sheet(read_once), by=read_once.clerk)
    review.send_back(MonthlyReport.objects.get(pk=report.pk), by=reviewer, remarks=at_line(read_once))
    assert len(waiting_for(finance[1], TODAY)) == 1  # the line is the bureau's, whoever remarks something at it


def test_a_reopened_month_asks_only_with_a_remark(filed, finance):
    assign(filed, finance[0])
    report = submitted(filed)  # nobody had read it
    review.approve(report, by=filed.office)
    review.reopen(report, by=filed.office, reason="更正。")
    assert waiting_for(finance[1], TODAY) == []
    draft(filed, present_of(sheet(filed)))
    filing.submit(sheet(filed), by=filed.clerk)
    give_back(filed, remarks=at_line(filed))
    assert [[one.text for one in task.again] for task in waiting_for(finance[1], TODAY)] == [[WHY]]
    assert [kind for kind, _entry in entries(finance[1])] == [Kind.READ_MONEY]


def test_a_unit_that_contributes_too_is_asked_again_for_its_line(filed, streets):
    assign(filed, streets[0][0])
    contribute(filed, streets[0], money={filed.line.pk: READ})
    submitted(filed)
    give_back(filed, remarks=at_line(filed))
    assert [kind for kind, _entry in entries(streets[0][1])] == [Kind.READ_MONEY]
    contribute(filed, streets[0], money={filed.line.pk: READ})
    assert entries(streets[0][1]) == []


def test_a_line_of_the_filing_unit_asks_nobody_else(filed, finance):
    submitted(filed)
    assign(filed, finance[0])
    give_back(filed, remarks=at_line(filed))
    assert waiting_for(finance[1], TODAY) == []


def test_the_administrator_is_told_where_nobody_can_answer(read_once, finance):
    administrator = UserFactory(grants={read_once.jurisdiction: [ADMINISTER]})

    def told():
        return list(NO_FILER.rows(administrator))

    DepartmentUserGrant.objects.filter(content_object=finance[0]).delete()
    report = give_back(read_once, remarks={"progress": f'"money_{read_once.line.pk}" 请写明。'})
    assert told() == []
    filing.submit(sheet(read_once), by=read_once.clerk)
    give_back(read_once, remarks=at_line(read_once))
    assert told() == [finance[0]]
    filing.submit(sheet(read_once), by=read_once.clerk)
    assert told() == []
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=read_once.office)
    review.reopen(MonthlyReport.objects.get(pk=report.pk), by=read_once.office, reason="更正。")
    assert told() == []  # what was approved since asks for nothing


# the pages ---------------------------------------------------------------------------------------------------------


def test_the_reader_finds_the_remark_in_its_list_and_at_the_line(read_once, finance, client):
    give_back(read_once, remarks={**at_line(read_once), "progress": "请写明层数。"}, comment="总体意见。")
    client.force_login(finance[1])
    due = client.get(reverse("filing:due"))
    assert [task.unit for task in due.context["contributions"]] == [finance[0]]
    assert f"区级财政：{WHY}" in due.content.decode()
    page = client.get(theirs(read_once, finance[0]))
    text = page.content.decode()
    assert page.context["editable"]
    assert text.count(WHY) == 2  # above, and at the line
    assert f'href="#line-money-{read_once.line.pk}"' in text
    assert "请写明层数。" not in text  # what is said of the filing unit's own is not theirs to read
    assert "总体意见。" not in text
    assert "请原样重新提交" in text

    form = {name: page.context["form"][name].value() for name in ("version", "base", "editor")}
    amounts = {f"secured_{read_once.line.pk}": "300", f"spent_{read_once.line.pk}": "150"}
    assert client.post(theirs(read_once, finance[0]), {**form, **amounts, "step": "submit"}).status_code == 302
    assert waiting_for(finance[1], TODAY) == []
    assert "请原样重新提交" not in client.get(theirs(read_once, finance[0])).content.decode()


def test_the_filing_unit_sees_whether_the_reader_has_answered(read_once, finance, client):
    give_back(read_once, remarks=at_line(read_once))
    client.force_login(read_once.clerk)
    assert "财政金融局待办中已有此批注，尚未答复" in client.get(address(read_once)).content.decode()
    read(read_once, finance)
    page = client.get(address(read_once)).content.decode()
    assert WHY in page
    assert "尚未答复" not in page


def test_a_unit_reads_what_is_said_of_its_share_and_text_once_taken_over(filed, streets, client):
    for street in streets:
        contribute(filed, street, "已完成入户。", share="150")
    client.force_login(filed.clerk)
    assert take_over(client, filed, "take-sums").status_code == 302
    one = sheet(filed).contributed[0].contribution
    assert take_over(client, filed, f"take-text-{one.pk}").status_code == 302
    filing.submit(sheet(filed), by=filed.clerk)
    give_back(filed, remarks={f"target_{filed.target.pk}": "合计有误。", "progress": "请写明。", "problems": "请补。"})
    told = {}
    for unit, clerk in streets:
        client.force_login(clerk)
        text = client.get(theirs(filed, unit)).content.decode()
        told[unit] = [words for words in ("合计有误。", "请写明。", "请补。") if words in text]
        assert waiting_for(clerk, TODAY) == []  # to read it; the filing unit itself can correct what it took
    assert list(told.values()) == [["合计有误。", "请写明。"], ["合计有误。"]]
    assert contributing.desk_of(filed.sub_item, filed.september, streets[0][0]).is_editable


def test_what_was_only_carried_on_is_no_answer_to_the_remark(read_once, finance, client):
    """The reader says nothing, and the unit files again."""
    report = give_back(read_once, remarks=at_line(read_once))
    submitted(read_once)
    event = report.events.order_by("pk").last()
    shot = dict(event.snapshot)
    assert shot["lines_unanswered"] == {str(read_once.line.pk): "财政金融局"}
    answer = answers_of(asked_of(list(report.events.order_by("pk"))), event)[f"money_{read_once.line.pk}"]
    assert (answer.answered, answer.changed) == (False, False)
    client.force_login(read_once.office)
    assert ">尚未答复</span>" in client.get(reverse("review:report", args=[report.pk])).content.decode()
    # The amount is another one all the same.
    event.snapshot = shot | {"money": [one | {"secured": "1"} for one in shot["money"]]}
    answer = answers_of(asked_of(list(report.events.order_by("pk"))), event)[f"money_{read_once.line.pk}"]
    assert (answer.answered, answer.differs, answer.changed) == (False, True, False)
