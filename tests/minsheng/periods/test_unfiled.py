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
from projects.filing import Filing
from projects.models import (
    MonthlyReport,
    Responsibility,
    SubItem,
)
from projects.services import periods
from projects.standing import standpoint
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import SubItemFactory
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
    assert "应于2023年9月25日前报送，截至2月20日" in text


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
