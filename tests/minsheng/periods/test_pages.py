"""The office's pages of periods: what they show, what they change, what they refuse."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import audit, clock
from departments.models import AuditEvent
from projects.models import (
    DayOverride,
    FilingException,
    MonthlyReport,
    Programme,
    ReportingPeriod,
)
from tests.factories.departments import DepartmentFactory
from tests.factories.projects import FilingExceptionFactory, ProgrammeFactory, SubItemFactory

State = MonthlyReport.State


def at(month, day):
    return clock.at(datetime(2023, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


def address(world, name, *more):
    return reverse(f"periods:{name}", args=[world.sub_item.programme_id, *more])


def test_the_office_finds_its_periods(world, office):
    page = office.get("/periods/", follow=True)
    assert page.redirect_chain == [(address(world, "periods"), 302)]
    rows = page.context["rows"]
    assert [(row.month.month, row.state) for row in rows[7:10]] == [(8, "已锁定"), (9, "报送中"), (10, "未开始")]
    assert rows[9].days.due_on == date(2023, 10, 25)


def test_lists_taken_as_files_push_no_change_out_of_the_history(world, office):
    programme = world.sub_item.programme
    asked = {"due_on": "2023-09-28", "reason": "国庆前统一报送", "seen": "2023-09-25"}
    office.post(address(world, "due", "2023-09"), asked)
    for _time in range(25):
        audit.record("list.export", programme, by=world.office, jurisdiction=world.jurisdiction)

    shown = [one.event.action for one in office.get(address(world, "periods")).context["history"]]
    assert shown == ["period.due"]


def test_only_a_month_that_is_owed_something_is_chased(world, office):
    MonthlyReport.objects.create(
        sub_item=world.sub_item, period=world.august, department=world.unit, state=MonthlyReport.State.APPROVED
    )
    page = office.get(address(world, "periods"))
    filings = {row.month.month: row.filings.unfiled for row in page.context["rows"] if row.period}
    assert {month: filings[month] for month in (8, 9)} == {8: 0, 9: 1}
    assert page.text.count(">催报<") == sum(1 for unfiled in filings.values() if unfiled)


def test_units_before_their_first_month_are_told_so(world, office):
    with at(10, 1):
        programme = ProgrammeFactory(jurisdiction=world.jurisdiction, year=2024)
        page = office.get(reverse("periods:units", args=[programme.pk]))
    assert 'class="empty' in page.text
    assert "<table" not in page.text
    assert "0个月" not in page.text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "more", "queries"), [("periods", (), 16), ("unfiled", ("2023-09",), 14), ("units", (), 11)]
)
def test_pages_ask_the_same_whatever_the_number_of_items(
    world, office, count, name, more, queries, django_assert_num_queries
):
    for _ in range(count - 1):
        SubItemFactory(project=world.sub_item.project, lead=DepartmentFactory(jurisdiction=world.jurisdiction))
    office.get(address(world, name, *more))
    with django_assert_num_queries(queries):
        assert office.get(address(world, name, *more)).status_code == 200


@pytest.mark.parametrize("who", ["clerk", "stranger", "leader"])
@pytest.mark.parametrize(
    ("name", "more", "data"),
    [
        (
            "settings",
            (),
            {"step": "save", "first_month": "2023-01", "last_month": "2023-12", "due_day": 5, "lock_after_days": 3},
        ),
        ("calendar", (), {"day": "2023-10-25", "works": "off"}),
        ("due", ("2023-09",), {"due_on": "2023-09-28", "reason": "不应生效", "seen": "2023-09-25"}),
        ("exceptions", ("2023-08",), {"whom": "all", "until": "2023-09-28", "reason": "不应生效"}),
    ],
)
def test_who_does_not_supervise_changes_nothing(world, client, who, name, more, data):
    client.force_login(getattr(world, who))
    expected = 403 if who == "leader" else 404
    assert client.post(address(world, name, *more), data).status_code == expected
    assert Programme.objects.get().due_day == 25
    assert ReportingPeriod.objects.get(month=date(2023, 9, 1)).due_on == date(2023, 9, 25)
    assert not DayOverride.objects.exists()
    assert not FilingException.objects.exists()
    assert not AuditEvent.objects.exists()


# settings --------------------------------------------------------------------------------------------------------


def fields(page, **others):
    form = page.context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    return shown | {"first_month": "2023-01", "last_month": "2023-12"} | others


def test_settings_are_looked_at_before_they_are_saved(world, office):
    url = address(world, "settings")
    asked = fields(office.get(url), due_day="10", reason="按通知调整")
    shown = office.post(url, asked | {"step": "preview"})
    assert shown.context["preview"]
    october = next(one for one in shown.context["planned"] if one.month == date(2023, 10, 1))
    assert (october.before.due_on, october.after.due_on) == (date(2023, 10, 25), date(2023, 10, 10))
    assert Programme.objects.get().due_day == 25

    assert office.post(url, asked | {"step": "save", "reason": ""}).status_code == 422
    assert office.post(url, asked | {"step": "save"}).status_code == 302
    assert Programme.objects.get().due_day == 10
    assert office.post(url, asked | {"step": "save", "due_day": "11"}).status_code == 409  # made of an older page
    assert office.post(url, asked | {"step": "save", "seen": "x"}).status_code == 409
    assert Programme.objects.get().due_day == 10
    assert "按通知调整" in office.get(address(world, "periods")).content.decode()


@pytest.mark.parametrize(
    ("others", "told", "not_told"),
    [
        (
            {"lock_after_days": "5"},
            "锁定日期 2023-11-04",
            "截止日期 2023-10-25",
        ),  # the due day is not said again
        ({"due_day": "20"}, "截止日期 2023-10-25", ""),
        ({"last_month": "2024-01"}, "新增", "锁定日期 2023-11-04"),
    ],
)
def test_of_each_month_that_changes_it_is_shown_what_was_before(world, office, others, told, not_told):
    url = address(world, "settings")
    shown = office.post(url, fields(office.get(url)) | others | {"reason": "调整", "step": "preview"})
    table = shown.content.decode().partition("<tbody>")[2]
    before = " ".join(re.sub("<[^>]+>", " ", table).split())
    assert told in before
    assert not not_told or not_told not in before


@pytest.mark.parametrize("others", [{"due_day": "32"}, {"first_month": "2023-13"}, {"lock_after_days": "0"}])
def test_settings_that_make_no_sense_are_refused_in_place(world, office, others):
    url = address(world, "settings")
    assert office.post(url, fields(office.get(url)) | others | {"step": "save"}).status_code == 422


def test_months_the_wrong_way_round_are_refused(world, office):
    url = address(world, "settings")
    asked = fields(office.get(url), first_month="2023-12", last_month="2023-01", reason="调整")
    for step in ("preview", "save"):
        refused = office.post(url, asked | {"step": step})
        assert refused.status_code == 422
        assert "末个报送月份不能早于" in refused.content.decode()
        assert not refused.context["preview"]
    assert Programme.objects.get().first_month == date(2023, 1, 1)


@pytest.mark.parametrize("others", [{"first_month": "2022-06"}, {"last_month": "2124-06"}, {"last_month": "2023-08"}])
def test_months_that_cannot_be_had_are_refused_before_they_are_saved(world, office, others):
    """Locked already, a hundred years away, opened already: the preview says so, and promises no days."""
    url = address(world, "settings")
    refused = office.post(url, fields(office.get(url), reason="调整") | others | {"step": "preview"})
    assert (refused.status_code, refused.context["preview"]) == (422, False)
    assert len(refused.context["form"].non_field_errors()) == 1
    assert refused.context["form"]["reason"].value() == "调整"


# one due day -----------------------------------------------------------------------------------------------------


def test_units_see_a_changed_due_day_and_why(world, office):
    url = address(world, "due", "2023-09")
    asked = {"due_on": "2023-09-28", "reason": "国庆前统一报送", "seen": "2023-09-25"}
    assert office.post(url, asked | {"due_on": "2023-09-19"}).status_code == 422
    assert office.post(url, asked).status_code == 302
    assert office.post(url, asked).status_code == 302  # a second click
    assert office.post(url, asked | {"due_on": "2023-09-27"}).status_code == 409
    assert AuditEvent.objects.count() == 1
    office.force_login(world.clerk)
    for page in (reverse("filing:due"), reverse("filing:report", args=[world.sub_item.pk, "2023-09"])):
        assert "国庆前统一报送" in office.get(page).content.decode()


def test_a_day_off_is_said(world, office):
    asked = {"due_on": "2023-09-29", "reason": "推迟", "seen": "2023-09-25"}
    done = office.post(address(world, "due", "2023-09"), asked, follow=True)
    assert "2023-09-29为休息日" in done.content.decode()


# exceptions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whom", ["all", "unit", "item"])
def test_an_exception_lets_a_unit_file_and_ends_early(world, office, whom):
    key = {"all": "all", "unit": f"unit:{world.unit.pk}", "item": f"item:{world.sub_item.pk}"}[whom]
    url = address(world, "exceptions", "2023-08")
    report = reverse("filing:report", args=[world.sub_item.pk, "2023-08"])
    assert office.post(url, {"whom": key, "until": "2023-09-30", "reason": "系统故障"}).status_code == 302
    office.force_login(world.clerk)
    assert office.get(report).context["sheet"].is_open
    office.force_login(world.office)
    exception = FilingException.objects.get()
    assert "系统故障" in office.get(url).content.decode()
    end = address(world, "end_exception", "2023-08", exception.pk)
    assert office.get(end).status_code == 302  # to the page, and ends nothing
    assert office.post(end).status_code == 302
    office.force_login(world.clerk)
    page = office.get(report)
    assert not page.context["sheet"].is_open
    assert "2023-09-04" in page.content.decode()  # since when it is locked


def test_an_exception_of_another_month_or_programme_is_not_ended_here(world, office):
    with at(9, 6):
        exception = FilingExceptionFactory(period=world.august, until=date(2023, 9, 30))
    assert office.post(address(world, "end_exception", "2023-09", exception.pk)).status_code == 404
    exception.refresh_from_db()
    assert exception.until == date(2023, 9, 30)


@pytest.mark.parametrize("whom", ["unit:999999", "item:0", "", "else"])
def test_an_exception_for_whom_the_programme_does_not_know_is_refused(world, office, whom):
    url = address(world, "exceptions", "2023-08")
    assert office.post(url, {"whom": whom, "until": "2023-09-30", "reason": "补报"}).status_code == 422
    assert not FilingException.objects.exists()


# working days ----------------------------------------------------------------------------------------------------


def test_a_day_set_by_hand_moves_what_is_not_due(world, office):
    url = address(world, "calendar")
    assert office.post(url, {"day": "2023-09-25", "works": "off", "note": "区内统一调休"}).status_code == 302
    assert ReportingPeriod.objects.get(month=date(2023, 9, 1)).due_on == date(2023, 9, 26)
    assert office.post(url, {"day": "2023-10-01", "works": "off"}).status_code == 422
    forget = address(world, "forget_day", DayOverride.objects.get().pk)
    assert office.post(forget).status_code == 302
    assert "该日的设置已删除" in office.post(forget, follow=True).content.decode()  # a second click
    assert AuditEvent.objects.filter(action="calendar.forget").count() == 1
    assert office.post(address(world, "forget_day", 999_999)).status_code == 404
    assert ReportingPeriod.objects.get(month=date(2023, 9, 1)).due_on == date(2023, 9, 25)
