"""In which months an assigned money line is the other unit's: from the month on that it was assigned from, and not
where the month had been submitted before.
"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import ADMINISTER, FILE_REPORT
from funding.models import FundingLine, LineAssignment
from funding.services.readings import LineReading
from minsheng.filing import services as filing
from minsheng.filing.contributing import waiting_for
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from minsheng.todo.sources.office import NO_FILER
from projects.models import MonthlyReport, PeriodFigure, Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ReportingPeriodFactory, ResponsibilityFactory
from tests.minsheng.filing.test_assigned_lines import LAST, READ, assign, filed, money_of, read, reader
from tests.minsheng.filing.test_views import address
from tests.minsheng.life import approved, content, desk, draft, sheet, submitted

__all__ = ["filed"]
TODAY = date(2023, 9, 20)
OWN = LineReading(None, Decimal(2_600_000), Decimal(1_700_000))  # what the filing unit itself said in September


def own(world):
    return content(world, secured="2600000", spent="1700000")


def resubmit(world, what=None):
    draft(world, what or present_of(sheet(world)))
    return filing.submit(sheet(world), by=world.clerk)


@pytest.mark.parametrize("back", ["returned", "reopened"])
def test_a_month_submitted_before_keeps_its_own_figures_and_stays_the_filing_units(filed, finance, back, client):
    report = (approved if back == "reopened" else submitted)(filed, own(filed))
    assign(filed, finance[0])
    step = review.reopen if back == "reopened" else review.send_back
    step(report, by=filed.office, **({"reason": "更正。"} if back == "reopened" else {"comment": "请核实。"}))

    here = sheet(filed)
    assert (here.assigned, here.unread, present_of(here).money) == ({}, {}, {filed.line.pk: OWN})
    assert waiting_for(finance[1], TODAY) == []
    assert not desk(filed, finance[0]).is_asked
    client.force_login(finance[1])
    theirs = reverse("filing:contribute", args=[filed.sub_item.pk, "2023-09", finance[0].pk])
    assert client.get(theirs).status_code == 404

    client.force_login(filed.clerk)
    page = client.get(address(filed)).content.decode()
    assert f'name="secured_{filed.line.pk}"' in page  # its own boxes
    assert "本月仍由本单位报数" in page

    review.approve(resubmit(filed), by=filed.office)
    assert money_of(report) == OWN
    newest = PeriodFigure.objects.filter(sub_item=filed.sub_item).order_by("pk").last()
    assert (newest.secured, newest.spent) == (OWN.secured, OWN.spent)


def test_it_can_be_corrected_by_the_filing_unit(filed, finance):
    report = submitted(filed, own(filed))
    assign(filed, finance[0])
    review.send_back(report, by=filed.office, comment="请核实。")
    resubmit(filed, replace(content(filed, secured="2700000", spent="1700000"), progress="核实。"))
    assert money_of(report).secured == 2_700_000


def test_a_month_read_by_the_other_unit_stays_with_it_when_it_is_returned(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed)
    review.send_back(report, by=filed.office, comment="请核实。")
    assert list(sheet(filed).assigned) == [filed.line.pk]
    assert present_of(sheet(filed)).money == {filed.line.pk: READ}
    assert desk(filed, finance[0]).lines == [filed.line]


def test_a_line_passed_on_to_a_third_unit_leaves_what_the_second_said(filed, finance, streets):
    """What the second had read of a submitted month stays its own to answer for, where the month comes back."""
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed)
    done = assign(filed, streets[0][0])
    assert (done.since, done.until, done.stay) == (filed.september.month, None, [filed.september.month])
    review.send_back(report, by=filed.office, comment="请核实。")
    assert [one.unit for one in sheet(filed).assigned.values()] == [finance[0]]
    assert present_of(sheet(filed)).money == {filed.line.pk: READ}
    assert not desk(filed, streets[0][0]).lines
    resubmit(filed)
    assert money_of(report) == READ
    # October is the third's, and the second's September may still be taken back.
    assert FundingLine.objects.get().reader_in(date(2023, 10, 1)) == streets[0][0]
    review.send_back(report, by=filed.office, comment="请核实。")
    assign(filed, None)
    assert (sheet(filed).assigned, present_of(sheet(filed)).money) == ({}, {filed.line.pk: READ})


def test_a_line_comes_back_only_where_it_was_away(filed, finance):
    """Given away, taken back and corrected, given away again after the submission: taking it back changes nothing."""
    assign(filed, finance[0])
    read(filed, finance)
    assign(filed, None)
    report = submitted(filed, own(filed))
    assign(filed, finance[0])
    review.send_back(report, by=filed.office, comment="请核实。")
    assign(filed, None)
    assert present_of(sheet(filed)).money == {filed.line.pk: OWN}


def test_what_nobody_has_read_for_a_month_follows_a_correction_of_the_month_before(filed, finance):
    """An unread line carries the last amounts, those of a returned month too: nobody has said anything else of it."""
    assign(filed, finance[0])
    report = submitted(filed)
    assert money_of(report) == LAST
    review.send_back(report, by=filed.office, comment="请核实。")
    august = MonthlyReport.objects.get(period=filed.august)
    review.reopen(august, by=filed.office, reason="更正。")
    assert present_of(sheet(filed)).money == {filed.line.pk: LAST}
    draft(filed, content(filed, "68", reached="200", secured="1900000", reason="多报。"), period=filed.august)
    filing.submit(sheet(filed, filed.august), by=filed.clerk)
    assert present_of(sheet(filed)).money == {filed.line.pk: replace(LAST, secured=Decimal(1_900_000))}
    assert sheet(filed).unread == {filed.line.pk: "财政金融局"}


def test_earlier_months_than_it_is_assigned_from_are_the_filing_units(world, finance):
    assign(world, finance[0], month=world.september.month)
    assert (sheet(world, world.august).assigned, list(sheet(world).assigned)) == ({}, [world.line.pk])
    assert [task.period for task in waiting_for(finance[1], TODAY)] == [world.september]
    assert not desk(world, finance[0], world.august).is_asked

    # To the same unit from an earlier month on: that is a change; from a later one it is none.
    assert assign(world, finance[0], month=world.august.month)
    assert list(sheet(world, world.august).assigned) == [world.line.pk]
    assert not assign(world, finance[0], month=world.september.month)
    newest = LineAssignment.objects.last()
    assert (newest.since, newest.until) == (world.august.month, world.august.month)  # September was decided before


def test_the_administrator_is_not_told_of_a_reader_that_is_asked_nothing(filed, finance):
    administrator = UserFactory(grants={filed.jurisdiction: [ADMINISTER]})
    finance[1].is_active = False
    finance[1].save()

    def told():
        return list(NO_FILER.rows(administrator))

    report = submitted(filed, own(filed))
    assign(filed, finance[0])
    review.send_back(report, by=filed.office, comment="请核实。")
    assert told() == []
    LineAssignment.objects.update(after=0)  # as if it had been assigned before
    assert told() == [finance[0]]
    LineAssignment.objects.update(since=date(2023, 10, 1))
    assert told() == []


def test_a_reopened_month_asks_nobody_who_was_silent(filed, finance):
    """It was approved without the reading: the unit is not asked again, nor is the administrator told of it."""
    administrator = UserFactory(grants={filed.jurisdiction: [ADMINISTER]})
    assign(filed, finance[0])
    report = approved(filed)
    review.reopen(report, by=filed.office, reason="更正。")
    finance[1].is_active = False
    finance[1].save()
    assert list(NO_FILER.rows(administrator)) == []


# who may assign ----------------------------------------------------------------------------------------------------


@pytest.fixture
def handed_over(filed):
    """From October on another unit files; it is September. Gives that unit and its clerk."""
    unit = DepartmentFactory(jurisdiction=filed.jurisdiction, name="应急管理局")
    files = filed.sub_item.responsibilities.get(files=True)
    files.until = filed.september.month
    files.save()
    ResponsibilityFactory(
        sub_item=filed.sub_item,
        department=unit,
        role=Responsibility.Role.LEAD,
        files=True,
        since=date(2023, 10, 1),
    )
    return unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})


def page_of(world, month=""):
    url = reverse("filing:assign", args=[world.sub_item.pk, world.line.pk])
    return f"{url}?month={month}" if month else url


def try_to_assign(client, person, world, finance, month=""):
    client.force_login(person)
    url = page_of(world, month)
    sent = client.post(url, {"unit": finance[0].pk, "seen": "", "back": address(world)})
    assert client.get(url).status_code == (200 if sent.status_code == 302 else sent.status_code)
    return sent.status_code


def test_who_files_the_month_assigns_in_it_and_no_unit_that_only_will(filed, finance, handed_over, client):
    _unit, clerk = handed_over
    overview = reverse("dashboard:sub_item", args=[filed.sub_item.pk])
    for month in ("", "2023-09", "2023-08"):
        assert try_to_assign(client, clerk, filed, finance, month) == 403
    assert page_of(filed) not in client.get(overview).content.decode()
    assert reader(filed) is None

    client.force_login(filed.clerk)
    form = client.get(address(filed)).content.decode()
    assert f"{page_of(filed, '2023-09')}&amp;back=" in form  # what is offered …
    assert page_of(filed) in client.get(overview).content.decode()
    assert try_to_assign(client, filed.clerk, filed, finance, "2023-09") == 302  # … is granted
    given = LineAssignment.objects.get()
    assert (given.department, given.since, given.until) == (finance[0], filed.september.month, filed.september.month)


def test_after_the_hand_over_each_unit_decides_for_its_own_months(filed, finance, handed_over, client):
    _unit, clerk = handed_over
    september = filed.september
    september.due_on, september.locks_on = date(2023, 10, 10), date(2023, 10, 20)
    september.save()
    ReportingPeriodFactory(programme=filed.sub_item.programme, month=date(2023, 10, 1))
    with clock.at(datetime(2023, 10, 5, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        assert try_to_assign(client, clerk, filed, finance, "2023-09") == 403
        assert try_to_assign(client, clerk, filed, finance) == 302  # its own month, the newest
        assert sheet(filed).assigned == {}  # September is still the old unit's to read
        client.force_login(filed.clerk)
        assert f'name="secured_{filed.line.pk}"' in client.get(address(filed)).content.decode()
        # It may let the same unit read it in its own last month too.
        client.post(page_of(filed, "2023-09"), {"unit": finance[0].pk, "seen": ""})
        assert list(sheet(filed).assigned) == [filed.line.pk]


@pytest.mark.parametrize("month", ["2023-13", "x", "2023-10", "2022-09"])
def test_a_month_that_has_not_opened_is_none(filed, finance, client, month):
    assert try_to_assign(client, filed.office, filed, finance, month) == 404
    assert reader(filed) is None
