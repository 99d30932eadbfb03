"""Exceptions that were ended before their day: who is told, and until when."""

from datetime import datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, rights_held
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import ExceptionEnd, ExceptionRequest, FilingException, MonthlyReport
from projects.services import periods
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import (
    FilingExceptionFactory,
    MonthlyReportFactory,
    ReportEventFactory,
    SubItemFactory,
)
from tests.minsheng.life import draft, submitted
from tests.minsheng.todo.test_exceptions import UNTIL, State, another, ask, august, kinds

__all__ = ["another", "august"]


@pytest.mark.parametrize("of", ["an item", "all"])
def test_what_was_granted_and_ended_early_is_told_until_somebody_has_noted_it(world, another, client, of):
    request = ask(world, sub_item=world.sub_item if of == "an item" else None)
    periods.grant(request, until=UNTIL, by=world.office)
    month = reverse("filing:report", args=[world.sub_item.pk, "2023-08"])
    client.force_login(world.clerk)
    with clock.at(datetime(2023, 9, 22, 9, tzinfo=clock.ZONE)):
        assert Kind.REFUSED not in kinds(world.clerk)[0]
        periods.end_exception(FilingException.objects.get(), by=world.office)
        page = client.get(month).content.decode()
        assert "补报许可已由督查室于2023-09-22 09:00提前终止。" in page
        assert "现已到期" not in page
        assert "补报许可已于2023-09-22提前终止" in client.get(reverse("filing:due")).content.decode()
        (entry,) = todo.board_of(world.clerk, rights_held(world.clerk), {"kind": "refused"}).groups[0].entries
        assert "于2023-09-22提前终止" in entry.note
        assert entry.url == reverse("filing:exception_noted", args=[request.pk])
        assert client.post(entry.url).status_code == 302
        assert Kind.REFUSED not in kinds(world.clerk)[0]
        assert "提前终止" in client.get(month).content.decode()  # where it is asked for, it goes on being said


def test_an_end_that_keeps_nothing_from_being_filed_is_not_told(world):
    request = ask(world, sub_item=world.sub_item)
    periods.grant(request, until=UNTIL, by=world.office)
    submitted(world, period=august(world))
    periods.end_exception(FilingException.objects.get(), by=world.office)
    assert Kind.REFUSED not in kinds(world.clerk)[0]


def test_asking_again_notes_that_it_was_ended(world):
    periods.grant(ask(world, sub_item=world.sub_item), until=UNTIL, by=world.office)
    periods.end_exception(FilingException.objects.get(), by=world.office)
    assert Kind.REFUSED in kinds(world.clerk)[0]
    ask(world, sub_item=world.sub_item)
    assert kinds(world.clerk) == ({Kind.FILE: 1}, [Kind.ASKED])


def test_an_exception_nobody_asked_for_that_was_ended_is_told_on_the_page(world, client):
    periods.add_exception(august(world), until=UNTIL, reason="系统故障", by=world.office)
    periods.end_exception(FilingException.objects.get(), by=world.office)
    client.force_login(world.clerk)
    page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-08"])).content.decode()
    assert "提前终止" in page


def end(world, **given):
    """An exception for August that the office made by itself is ended at once."""
    exception = periods.add_exception(august(world), until=UNTIL, reason="系统故障", by=world.office, **given)
    periods.end_exception(exception, by=world.office)
    return exception


def told(user):
    """What the to-do says of exceptions that ended early and that nobody had asked for."""
    groups = todo.board_of(user, rights_held(user), {}).groups
    return [entry for group in groups if group.kind == Kind.CUT_SHORT for entry in group.entries]


@pytest.mark.parametrize("to", ["an item", "the unit", "all"])
def test_one_that_nobody_asked_for_and_ended_early_is_told_until_somebody_has_noted_it(world, another, client, to):
    given = {"an item": {"sub_item": world.sub_item}, "the unit": {"department": world.unit}, "all": {}}[to]
    end(world, **given)
    (entry,) = told(world.clerk)
    assert entry.title == (world.sub_item.title if to == "an item" else "本月未报的全部子项")
    assert (entry.why, entry.who) == ("系统故障", str(world.office))
    assert entry.note == "补报许可已于2023-09-20提前终止，未报的已锁定"
    assert told(world.reviewer()) == told(world.office) == []
    client.force_login(world.clerk)
    page = client.get("/").content.decode()
    assert "补报许可提前终止" in page
    for _click in range(2):
        assert client.post(entry.url).url == reverse("home")
    assert told(world.clerk) == []
    assert ExceptionEnd.objects.get().noted_by == world.clerk


def test_whom_it_kept_nothing_from_is_not_told(world, another):
    """Of three units one has filed, one files in another programme, one still owes."""
    filed_unit = DepartmentFactory(jurisdiction=world.jurisdiction)
    item = SubItemFactory(project=world.sub_item.project, lead=filed_unit)
    ReportEventFactory(
        report=MonthlyReportFactory(sub_item=item, period=world.august, state=MonthlyReport.State.SUBMITTED)
    )
    SubItemFactory(lead=DepartmentFactory(jurisdiction=world.jurisdiction))
    end(world)
    assert [one.department for one in ExceptionEnd.objects.all()] == [world.unit]


def test_a_draft_that_was_begun_is_still_owed_and_another_exception_keeps_it_open(world):
    FilingExceptionFactory(period=world.august, sub_item=world.sub_item, until=UNTIL)
    draft(world, period=august(world))
    end(world)
    assert not ExceptionEnd.objects.exists()
    FilingException.objects.filter(ended_at=None).delete()
    end(world)
    assert [one.department for one in ExceptionEnd.objects.all()] == [world.unit]


def test_a_section_is_told_and_so_is_who_files_for_its_unit(world):
    section = DepartmentFactory(parent=world.unit)
    SubItemFactory(project=world.sub_item.project, lead=section)
    own = UserFactory(department=section, grants={section: [FILE_REPORT]})
    end(world, department=world.unit)
    assert (len(told(own)), len(told(world.clerk))) == (1, 2)


def test_what_was_asked_for_is_told_by_its_request_alone(world, another):
    periods.grant(ask(world), until=UNTIL, by=world.office)
    periods.end_exception(FilingException.objects.get(), by=world.office)
    assert (kinds(world.clerk)[0][Kind.REFUSED], told(world.clerk)) == (1, [])


def test_what_was_asked_for_one_item_does_not_tell_of_the_others(world, another):
    ask(world, sub_item=world.sub_item)
    end(world)
    assert (kinds(world.clerk)[0][Kind.REFUSED], len(told(world.clerk))) == (1, 1)


def test_ended_again_it_is_told_once(world):
    end(world)
    end(world)
    assert len(told(world.clerk)) == 1
    assert ExceptionEnd.objects.count() == 2


def test_an_end_is_not_told_while_the_month_is_open_again_and_never_once_it_is_filed(world):
    end(world)
    periods.add_exception(august(world), until=UNTIL, reason="再开", by=world.office)
    assert told(world.clerk) == []
    submitted(world, period=august(world))
    periods.end_exception(FilingException.objects.get(ended_at=None), by=world.office)
    assert told(world.clerk) == []


@pytest.mark.parametrize("asked", ["the item", "all"])
def test_asking_for_it_notes_the_end(world, another, asked):
    end(world)
    ask(world, sub_item=world.sub_item if asked == "the item" else None)
    assert len(told(world.clerk)) == (1 if asked == "the item" else 0)  # the other item is owed, too
    ExceptionRequest.objects.update(state=State.REFUSED, decided_at=clock.now())
    with clock.at(datetime(2023, 9, 21, 9, tzinfo=clock.ZONE)):
        ask(world, sub_item=another)
    assert len(told(world.clerk)) == (1 if asked == "the item" else 0)


def test_ended_twice_it_is_told_once(world):
    exception = end(world)
    periods.end_exception(exception, by=world.office)
    assert ExceptionEnd.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_units_are_told_in_as_many_queries_as_there_are(world, django_assert_max_num_queries, count):
    for _ in range(count):
        SubItemFactory(project=world.sub_item.project, lead=DepartmentFactory(jurisdiction=world.jurisdiction))
    exception = periods.add_exception(august(world), until=UNTIL, reason="系统故障", by=world.office)
    with django_assert_max_num_queries(16):
        periods.end_exception(exception, by=world.office)
    assert ExceptionEnd.objects.count() == 1 + count
