"""Who has not filed a month: on the page, as a text for the work group, as a file, and month by month."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.models import AuditEvent, User
from departments.permissions import FILE_REPORT, REVIEW_REPORT
from minsheng.dashboard.matrix import Matrix
from minsheng.filing import services as filing
from minsheng.periods.chase import chase_of, text_of
from minsheng.periods.filings import Filings, Reporting
from minsheng.review import services as review
from projects.filing import Filing
from projects.models import (
    MonthlyReport,
    Programme,
    Responsibility,
    SubItem,
)
from projects.services import periods
from projects.standing import standpoint
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import FilingExceptionFactory, ReportingPeriodFactory, SubItemFactory
from tests.minsheng.life import approved_in_august, content, draft, sheet, submitted
from tests.minsheng.periods.test_pages import address, at

State = MonthlyReport.State


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


def test_unfiled_is_one_figure_on_every_page_whether_the_day_has_come_or_not(autumn, office):
    for day in (20, 28):
        with at(9, day):
            page = office.get(address(autumn, "unfiled", "2023-09"))
            tile = page.context["unfiled"]
            overview = office.get(reverse("dashboard:overview", args=[autumn.sub_item.programme.pk])).context
            shown = next(one for one in overview["overview"].filing if one.label == tile.label)
            assert tile.number == shown.number == page.context["chase"].count == 3
            assert len(office.get(tile.url).context["list"].page.object_list) == 3


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


def test_whom_a_report_in_unit_review_waits_for_is_named_with_telephone(autumn, office):
    """Never the one who submitted it, though he may review as well; where nobody is left, only the state is said."""
    reviewer = UserFactory(grants={autumn.unit: [REVIEW_REPORT]}, name="郑海涛", telephone="0537-456")
    UserFactory(grants={autumn.unit: [FILE_REPORT, REVIEW_REPORT]}, name="许提交", telephone="0537-789")
    submitter = User.objects.get(name="许提交")
    MonthlyReport.objects.filter(state=State.UNIT_REVIEW).update(submitted_by=submitter)
    with at(9, 28):
        reporting = Reporting(autumn.sub_item.programme)
        chase = chase_of(reporting, autumn.september)
        assert "（待单位审核：郑海涛 0537-456）" in text_of(reporting, chase)
        assert "待单位审核：郑海涛 0537-456" in office.get(address(autumn, "unfiled", "2023-09")).content.decode()
        reviewer.is_active = False
        reviewer.save()
        assert "（待单位审核）" in text_of(reporting, chase_of(reporting, autumn.september))


def test_the_text_nests_quotes_and_names_the_year_where_it_is_another(autumn):
    SubItem.objects.filter(reports=None, status="active").update(content="建设“智慧养老”平台")
    with clock.at(datetime(2024, 2, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        reporting = Reporting(autumn.sub_item.programme)
        text = text_of(reporting, chase_of(reporting, autumn.september))
    assert "“建设‘智慧养老’平台”" in text
    assert "应于2023年9月25日前报送，已于2023年10月5日锁定，截至2月20日" in text


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


def test_before_the_due_day_no_rate_says_who_is_in_time_on_the_page_or_in_the_file(autumn, office):
    def said(day):
        with at(9, day):
            page = office.get(address(autumn, "unfiled", "2023-09"))
            rows = list(load_workbook(BytesIO(office.get(address(autumn, "export", "2023-09")).content)).active.values)
            months = office.get(address(autumn, "periods")).context["rows"]
        (month,) = [row for row in months if row.month == autumn.september.month]
        figures = [row.filings for row in (*page.context["rows"], page.context["total"], month)]
        return {one.timeliness is None for one in figures}, page.content.decode(), rows[1][0]

    without, page, note = said(25)
    assert without == {True}
    assert "截止后计算" in page
    assert note == "截止日期2023-09-25；报送率 25.0%，及时率 —（截止后计算）"
    without, page, note = said(26)
    assert without == {False}
    assert "截止后计算" not in page
    assert note == "截止日期2023-09-25；报送率 25.0%，及时率 25.0%"


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


# after the lock ------------------------------------------------------------------------------------------------------


def text_at(world, month, day):
    with at(month, day):
        reporting = Reporting(world.sub_item.programme)
        return text_of(reporting, chase_of(reporting, world.september))


def test_after_the_lock_the_text_asks_to_ask_first(autumn, office):
    """September locks on 5 October; until the day before, it asks to file."""
    assert text_at(autumn, 10, 4).splitlines()[-1].startswith("请尽快报送。")
    text = text_at(autumn, 10, 5)
    head, first, second, foot = text.splitlines()
    assert "应于9月25日前报送，已于10月5日锁定，截至10月5日 09:00" in head
    assert "（退回待改、已锁定）" in first
    assert "（待单位审核）" in first
    assert "锁定）；" not in second  # what the head says is not said again of each
    assert "请尽快报送" not in text
    assert foot.startswith("锁定后不能直接报送，确需报送的，请先在平台申请补报。督查室")
    with at(10, 5):
        assert text.splitlines()[0] in office.get(address(autumn, "unfiled", "2023-09")).content.decode()
        rows = list(load_workbook(BytesIO(office.get(address(autumn, "export", "2023-09")).content)).active.values)
    assert rows[2][0] == "已于2023-10-05锁定，已锁定的须由单位申请补报后方可报送"
    assert [row[5] for row in rows[5:]] == ["退回待改、已锁定", "待单位审核", "逾期未报、已锁定"]


def test_who_may_still_file_by_an_exception_is_told_until_when(autumn):
    lazy = SubItem.objects.get(reports=None, status="active")
    FilingExceptionFactory(period=autumn.september, sub_item=lazy, until=date(2023, 10, 12))
    _head, first, second, foot = text_at(autumn, 10, 10).splitlines()
    assert "（退回待改、已锁定）" in first
    assert "（逾期未报、可补报至10月12日）" in second
    assert foot.startswith("注明“可补报至”的，请在期限内报送；其余已锁定")
    _head, first, second, foot = text_at(autumn, 10, 13).splitlines()  # it has run out
    assert "可补报" not in second
    assert foot.startswith("锁定后不能直接报送")
    FilingExceptionFactory(period=autumn.september, until=date(2023, 10, 31))
    text = text_at(autumn, 10, 13)
    assert text.count("可补报至10月31日") == 2
    assert text.splitlines()[-1].startswith("请尽快报送。")


def test_a_day_by_which_it_was_due_again_is_not_promised_after_the_lock(world):
    report = submitted(world)
    with at(9, 20):
        review.send_back(report, by=world.office, comment="请核实")
    again = "9月27日"
    assert f"{again}前重报" in text_at(world, 9, 26)
    assert f"（退回待改、应于{again}前重报）" in text_at(world, 9, 30)
    assert again not in text_at(world, 10, 20)


# a second year -------------------------------------------------------------------------------------------------------


def test_months_of_a_second_year_are_told_from_those_of_the_first(world, office):
    with at(9, 28):
        heads = [name for _month, name in office.get(address(world, "units")).context["months"]]
    assert heads == ["8月", "9月"]
    Programme.objects.update(last_month=date(2024, 3, 1))
    for month in (date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)):
        ReportingPeriodFactory(programme=world.sub_item.programme, month=month)
    names = ["2023年8月", "9月", "12月", "2024年1月", "2月"]
    with clock.at(datetime(2024, 2, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        page = office.get(address(world, "units"))
        assert [name for _month, name in page.context["months"]] == names
        assert ">2024年1月<" in page.content.decode()
        months = office.get(address(world, "unfiled", "2024-02")).context["months"]
        assert [(one.label, one.current) for one in months] == [(name, name == "2月") for name in names]
        overview = office.get(reverse("dashboard:overview", args=[world.sub_item.programme_id])).context["overview"]
    assert [head.word for head in overview.heat.heads] == [*names, "当前"]
    labels = [one.label for one in overview.months]
    assert labels[1].startswith("2024年2月")
    assert labels[2:] == ["1月", "2023年12月", "9月", "8月"]
