"""The office's pages of periods: what they show, what they change, what they refuse."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT
from minsheng.dashboard.matrix import Matrix
from minsheng.filing import services as filing
from minsheng.periods.chase import chase_of, text_of
from minsheng.periods.filings import Filings, Reporting
from projects.filing import Filing
from projects.models import DayOverride, FilingException, MonthlyReport, Programme, ReportingPeriod, Responsibility
from projects.services import periods
from projects.standing import standpoint
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import FilingExceptionFactory, SubItemFactory
from tests.minsheng.life import approved_in_august, content, draft, sheet, submitted

State = MonthlyReport.State


def at(month, day):
    return clock.at(datetime(2023, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


def address(world, name, *more):
    return reverse(f"periods:{name}", args=[world.sub_item.programme_id, *more])


@pytest.fixture
def office(world, client):
    client.force_login(world.office)
    return client


def test_the_office_finds_its_periods(world, office):
    page = office.get("/periods/", follow=True)
    assert page.redirect_chain == [(address(world, "periods"), 302)]
    rows = page.context["rows"]
    assert [(row.month.month, row.state) for row in rows[7:10]] == [(8, "已锁定"), (9, "报送中"), (10, "未开始")]
    assert rows[9].days.due_on == date(2023, 10, 25)


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
    assert office.post(forget).status_code == 404
    assert ReportingPeriod.objects.get(month=date(2023, 9, 1)).due_on == date(2023, 9, 25)


# who has not filed -----------------------------------------------------------------------------------------------


@pytest.fixture
def autumn(world):
    """Of four sub-items one is filed, one returned, one with the unit's reviewer, one missing; one is withdrawn."""
    lazy = DepartmentFactory(jurisdiction=world.jurisdiction, name="示例街道", contact="周主任", telephone="8780000")
    for lead, state in ((world.unit, State.RETURNED), (world.unit, State.UNIT_REVIEW), (lazy, None)):
        sub_item = SubItemFactory(project=world.sub_item.project, lead=lead)
        if state:
            MonthlyReport.objects.create(
                sub_item=sub_item, period=world.september, department=lead, department_name=lead.name, state=state
            )
    SubItemFactory(project=world.sub_item.project, lead=lazy, status="withdrawn")
    submitted(world)
    world.clerk.telephone = "0537-123"
    world.clerk.save()
    return world


def test_figures_are_the_heatmaps_and_lead_to_their_lists(autumn, office):
    approved_in_august(autumn)
    with at(9, 28):
        for month in ("2023-08", "2023-09"):
            page = office.get(address(autumn, "unfiled", month))
            period = page.context["period"]
            matrix = Matrix(standpoint(autumn.sub_item.programme, today=clock.today()))
            shown = {
                row.unit: {one.name: one.number for one in row.counts if one.name in Filing.values and one.number}
                for row in page.context["rows"]
            }
            counts = matrix.at(period)
            assert shown == {name: dict(counts[unit].filing) for unit, name in matrix.units(period)}
            for row in (*page.context["rows"], page.context["total"]):
                for one in row.counts:
                    assert bool(one.url) == bool(one.number)
                    if one.url:
                        assert office.get(one.url).context["list"].sums.count == one.number


def test_completeness_and_timeliness_are_told_apart():
    filings = Filings({Filing.ON_TIME: 4, Filing.NIL: 1, Filing.LATE: 2, Filing.MISSING: 1, Filing.EXEMPT: 3})
    assert (filings.expected, filings.filed, filings.on_time) == (8, 7, 5)
    assert (filings.completeness, filings.timeliness) == (Decimal("87.5"), Decimal("62.5"))
    assert Filings({Filing.EXEMPT: 2}).completeness is None


def test_the_text_names_unit_contact_telephone_items_and_days(autumn):
    with at(9, 28):
        reporting = Reporting(autumn.sub_item.programme)
        text = text_of(reporting, chase_of(reporting, autumn.september))
    head, first, second, foot = text.splitlines()
    assert "2个单位3项" in head
    assert "2023年9月" in head
    assert f"{autumn.unit.name}（{autumn.clerk.name} 0537-123）" in first
    assert "（退回待改）" in first
    assert "（待单位审核）" in first
    assert first.endswith("已逾期3天")
    assert "示例街道（周主任 8780000）" in second
    assert foot.startswith("请尽快报送。督查室")


def test_a_clerk_with_a_telephone_comes_before_what_the_unit_states(autumn):
    lazy = Responsibility.objects.get(department__name="示例街道", sub_item__status="active").department
    UserFactory(grants={DepartmentFactory(parent=lazy): [FILE_REPORT]}, name="张工", telephone="139")
    UserFactory(grants={lazy: [FILE_REPORT]}, name="李停", telephone="138", is_active=False)
    reporting = Reporting(autumn.sub_item.programme)
    last = chase_of(reporting, autumn.september).owing[-1]
    assert list(map(str, last.contacts)) == ["张工 139"]


def test_the_file_says_the_same_and_is_recorded(autumn, office):
    with at(9, 28):
        answer = office.get(address(autumn, "export", "2023-09"))
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[4:]] == [autumn.unit.name, autumn.unit.name, "示例街道"]
    assert rows[4][1:3] == (autumn.clerk.name, "0537-123")
    assert rows[4][-1] == 3
    assert AuditEvent.objects.get().details == {"month": "2023-09", "rows": 3}


def test_a_month_that_has_not_opened_is_not_there(world, office):
    assert office.get(address(world, "unfiled", "2023-10")).status_code == 404
    assert office.get(address(world, "unfiled", "2023-9x")).status_code == 404


def test_a_units_year_counts_the_months_that_were_due(world, office):
    approved_in_august(world)
    with at(9, 20):
        (row,) = office.get(address(world, "units")).context["rows"]
    assert [(cell.filings.filed, cell.filings.expected) for cell in row.cells] == [(1, 1), (0, 1)]
    assert (row.filings.expected, row.filings.timeliness) == (1, Decimal(100))
    with at(9, 28):
        (row,) = office.get(address(world, "units")).context["rows"]
    assert (row.filings.expected, row.filings.completeness) == (2, Decimal(50))


def test_late_is_late_by_the_day_that_was_set(world):
    period = world.september
    with at(9, 25):
        periods.change_due(period, date(2023, 9, 27), seen=period.due_on, by=world.office, reason="推迟")
    with at(9, 27):
        draft(world, content(world))
        filing.submit(sheet(world), by=world.clerk)
    with at(9, 28):
        reporting = Reporting(world.sub_item.programme)
        assert dict(reporting.of(period).counts) == {Filing.ON_TIME: 1}
