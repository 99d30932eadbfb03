"""Each month has its own reader of a money line, and the newest word counts: after a hand-over, or taken back."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from funding.services.readings import LineReading
from minsheng.filing.contributing import waiting_for
from minsheng.filing.settled import present_of
from projects.models import MonthlyReport, Responsibility
from tests.factories.projects import ReportingPeriodFactory
from tests.minsheng.filing.test_assigned_lines import LAST, READ, assign, filed, read, reader
from tests.minsheng.filing.test_assigned_months import TODAY, handed_over, own, page_of
from tests.minsheng.life import desk, draft, sheet

__all__ = ["filed", "handed_over"]


# the newest word -----------------------------------------------------------------------------------------------------

CORRECTED = LineReading(None, Decimal(3_400_000), Decimal(3_000_000))


def correct(world):
    """The filing unit, having taken the line back, says other amounts in its draft."""
    draft(world, replace(present_of(sheet(world)), money={world.line.pk: CORRECTED}))


def test_what_was_submitted_before_a_line_was_taken_back_counts_no_more(filed, finance, streets):
    assign(filed, finance[0])
    read(filed, finance)
    assign(filed, None)
    correct(filed)

    assign(filed, streets[0][0])  # which says nothing
    assert present_of(sheet(filed)).money == {filed.line.pk: LAST}
    assert sheet(filed).unread == {filed.line.pk: streets[0][0].full_name}
    assert assign(filed, None).replaced == []
    assert present_of(sheet(filed)).money == {filed.line.pk: CORRECTED}

    assign(filed, finance[0])  # once more: it is asked anew
    assert sheet(filed).unread == {filed.line.pk: "财政金融局"}
    (task,) = waiting_for(finance[1], TODAY)
    assert task.unread == [filed.line]
    assert desk(filed, finance[0]).anew == [filed.line]
    assert assign(filed, None).replaced == []
    assert present_of(sheet(filed)).money == {filed.line.pk: CORRECTED}

    assign(filed, finance[0])
    read(filed, finance)  # the same amounts are a new word
    assert (sheet(filed).unread, waiting_for(finance[1], TODAY)) == ({}, [])
    assert present_of(sheet(filed)).money == {filed.line.pk: READ}


def test_who_takes_a_line_back_is_told_what_stood_in_the_draft(filed, finance, client):
    draft(filed, own(filed))
    assign(filed, finance[0])
    read(filed, finance)
    client.force_login(filed.clerk)
    sent = {"unit": "", "seen": finance[0].pk}
    page = client.post(page_of(filed, "2023-09"), sent, follow=True).content.decode()
    assert "2023年9月草稿中原为到位260.00、支出170.00" in page


def test_what_the_filing_unit_had_contributed_before_it_filed_is_no_others_word(filed, finance, streets):
    """It read the line for the unit before it, files the month by now, and has corrected its own draft."""
    assign(filed, finance[0])
    read(filed, finance)
    role = Responsibility.objects.get(sub_item=filed.sub_item, files=True)
    role.department = finance[0]
    role.save()
    MonthlyReport.objects.filter(period=filed.september).update(department=finance[0])
    draft(filed, replace(present_of(sheet(filed)), money={filed.line.pk: CORRECTED}), by=finance[1])
    assign(filed, streets[0][0], by=finance[1])
    assert present_of(sheet(filed)).money == {filed.line.pk: LAST}
    assign(filed, None, by=finance[1])
    assert present_of(sheet(filed)).money == {filed.line.pk: CORRECTED}


# each month its own reader ------------------------------------------------------------------------------------------


@pytest.fixture
def october(filed, handed_over):
    """It is 5 October: September can still be written by the old unit, October is the new one's. Gives its clerk."""
    september = filed.september
    september.due_on, september.locks_on = date(2023, 10, 10), date(2023, 10, 20)
    september.save()
    filed.october = ReportingPeriodFactory(programme=filed.sub_item.programme, month=date(2023, 10, 1))
    with clock.at(datetime(2023, 10, 5, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        yield handed_over[1]


def give(client, person, world, unit, month, seen=None):
    client.force_login(person)
    sent = {"unit": unit.pk if unit else "", "seen": seen.pk if seen else ""}
    return client.post(page_of(world, month), sent)


def readers(world):
    return [reader(world, date(2023, month, 1)) for month in (8, 9, 10, 11)]


def test_neither_unit_of_a_hand_over_changes_the_others_months(filed, finance, streets, october, client):
    unit, street = finance[0], streets[0][0]
    assert give(client, filed.clerk, filed, unit, "2023-09").status_code == 302
    assert readers(filed) == [None, unit, None, None]
    assert give(client, october, filed, street, "2023-10").status_code == 302
    assert readers(filed) == [None, unit, street, street]
    # The old one takes its month back, the new one its own: each leaves the other's.
    assert give(client, filed.clerk, filed, None, "2023-09", unit).status_code == 302
    assert readers(filed) == [None, None, street, street]
    assert give(client, filed.clerk, filed, unit, "2023-08").status_code == 302
    assert readers(filed) == [unit, unit, street, street]
    assert give(client, october, filed, None, "2023-10", street).status_code == 302
    assert readers(filed) == [unit, unit, None, None]
    for person, month in ((filed.clerk, "2023-10"), (october, "2023-09")):
        assert give(client, person, filed, unit, month).status_code == 403
    assert readers(filed) == [unit, unit, None, None]


def test_who_read_it_before_the_hand_over_goes_on_until_the_new_unit_says_otherwise(filed, finance, client):
    assign(filed, finance[0])
    assert readers(filed) == [None, *[finance[0]] * 3]


def test_the_page_says_until_when_a_line_is_given(filed, finance, handed_over, client):
    give(client, filed.clerk, filed, finance[0], "2023-09")
    spans = client.get(page_of(filed, "2023-09")).context["spans"]
    assert [(span.months, span.unit.name) for span in spans] == [
        ("2023年8月", filed.unit.name),
        ("2023年9月", finance[0].name),
        ("自2023年10月起", handed_over[0].name),
    ]


def test_the_office_decides_up_to_what_was_decided_for_later_months(filed, finance, streets, october, client):
    unit, street = finance[0], streets[0][0]
    give(client, october, filed, street, "2023-10")
    page = give(client, filed.office, filed, unit, "2023-08")
    assert page.status_code == 302
    assert readers(filed) == [unit, unit, street, street]
    text = client.get(page_of(filed, "2023-08")).content.decode()
    for told in ("2023年8月", "2023年9月", "2023年10月起", unit.full_name, street.full_name):
        assert told in text


def test_assigned_from_a_later_month_an_earlier_one_keeps_its_reader(filed, finance, streets, october, client):
    assign(filed, finance[0])  # for September on
    read(filed, finance, submit=False)
    give(client, filed.office, filed, streets[0][0], "2023-10", finance[0])
    assert readers(filed) == [None, finance[0], streets[0][0], streets[0][0]]
    assert list(sheet(filed).assigned) == [filed.line.pk]
    assert [task.period for task in waiting_for(finance[1], clock.today())] == [filed.september]


def test_who_takes_a_line_back_is_told_of_a_draft_and_it_stays_readable(filed, finance, streets, client):
    assign(filed, finance[0])
    read(filed, finance, LineReading(None, Decimal(4_440_000), Decimal(1)), submit=False)
    client.force_login(filed.clerk)
    answer = client.post(page_of(filed, "2023-09"), {"unit": "", "seen": finance[0].pk}, follow=True)
    assert "财政金融局已存有2023年9月的草稿" in answer.content.decode()
    client.force_login(finance[1])
    theirs = client.get(reverse("filing:contribute", args=[filed.sub_item.pk, "2023-09", finance[0].pk]))
    page = theirs.content.decode()
    assert theirs.status_code == 200
    assert "444.00" in page
    assert "发展软环境保障局" in page
    # Nothing is told where nothing was drafted.
    client.force_login(filed.clerk)
    client.post(page_of(filed, "2023-09"), {"unit": streets[0][0].pk, "seen": ""})
    again = client.post(page_of(filed, "2023-09"), {"unit": "", "seen": streets[0][0].pk}, follow=True)
    assert "草稿" not in "".join(map(str, again.context["messages"]))


def test_a_second_press_after_a_refusal_answers_to_what_the_page_says(filed, finance, streets, client):
    assign(filed, finance[0])
    client.force_login(filed.clerk)
    sent = {"unit": streets[0][0].pk, "seen": ""}
    refused = client.post(page_of(filed), sent)
    assert (refused.status_code, reader(filed)) == (409, finance[0])
    assert refused.context["form"]["unit"].value() == str(streets[0][0].pk)
    sent["seen"] = refused.context["form"]["seen"].value()
    assert client.post(page_of(filed), sent).status_code == 302
    assert reader(filed) == streets[0][0]
