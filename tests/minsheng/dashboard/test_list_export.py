"""The list as an Excel file: rows and sums of the page, as numbers and dates, and no text that becomes a formula."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from urllib.parse import quote

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT, OVERSEE
from projects.models import Light
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import PeriodFigureFactory, ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _twentieth_of_october():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        yield


@pytest.fixture
def programme():
    return ProgrammeFactory(name="民生实事")


@pytest.fixture
def leader(programme):
    return UserFactory(grants={programme.jurisdiction: [OVERSEE]})


def download(client, user, programme, **params):
    client.force_login(user)
    return client.get(reverse("dashboard:list_export", args=[programme.pk]), params)


def read(response):
    """The notes above, the rows below the heads as a dict each, and the sheet."""
    sheet = load_workbook(BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    heads = rows[4]
    return [row[0] for row in rows[:4]], [dict(zip(heads, row, strict=True)) for row in rows[5:]], sheet


def test_rows_order_and_sums_are_those_of_the_page(client, programme, leader):
    unit, helper = DepartmentFactory.create_batch(2, jurisdiction=programme.jurisdiction)
    for planned in (10_000, None, Decimal("12345.67")):
        SubItemFactory(programme=programme, lead=unit, assists=[helper], planned=planned, light=Light.RED, percent=40)
    SubItemFactory(programme=programme, planned=70_000)
    client.force_login(leader)
    asked = {"light": "red", "sort": "-planned"}
    page = client.get(reverse("dashboard:list", args=[programme.pk]), asked).context["list"]
    notes, rows, _sheet = read(download(client, leader, programme, **asked))

    assert [row["序号"] for row in rows[:-1]] == [row.serial for row in page.rows]
    assert [row["计划"] for row in rows] == [1.234567, 1, "未定", float(page.sums.planned / 10_000)]
    assert [row["全部主办单位"] for row in rows[:-1]] == [unit.name] * 3
    assert [row["协办单位"] for row in rows[:-1]] == [helper.name] * 3
    assert (rows[0]["进度"], rows[-1]["序号"]) == (0.4, "合计")
    assert "红灯" in notes[2]
    assert str(leader) in notes[3]


def test_numbers_are_numbers_days_are_days_and_about_stays_said(client, programme, leader):
    SubItemFactory(programme=programme, planned=10_000, planned_approx=True, deadline=date(2023, 12, 31), secured=0)
    _notes, rows, sheet = read(download(client, leader, programme))
    cells = {sheet.cell(5, cell.column).value: cell for cell in sheet[6]}

    assert cells["计划"].value == 1
    assert "约" in cells["计划"].number_format
    assert (cells["到位"].value, cells["支出"].value) == (0, None)
    assert cells["完成期限（日期）"].value == datetime(2023, 12, 31)  # noqa: DTZ001 a cell has no zone
    assert rows[-1]["到位"] == 0


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "＝"])
def test_a_text_is_never_a_formula(client, programme, leader, sign):
    text = f'{sign}HYPERLINK("http://example.test","x")'
    SubItemFactory(programme=programme, content=text, sentence=text, project__name=text[:40], serial=text[:20])
    sheet = load_workbook(BytesIO(download(client, leader, programme, q=sign.strip()).content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value and "HYPERLINK" in str(cell.value)]

    assert len(cells) >= 4
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(sign))


def test_what_a_file_cannot_hold_is_left_out(client, programme, leader):
    SubItemFactory(programme=programme, content="一\x0b二\x1f三\ufffe四", sentence="长" * 300)
    _notes, rows, _sheet = read(download(client, leader, programme))

    assert rows[0]["内容和规模"] == "一二三四"


def test_a_past_month_is_said_and_its_figures_are_in_it(client, programme, leader):
    sub_item = SubItemFactory(programme=programme, planned=70_000)
    september = ReportingPeriodFactory(programme=programme, month=date(2023, 9, 1))
    PeriodFigureFactory(sub_item=sub_item, period=september, planned=20_000, sequence=2)
    response = download(client, leader, programme, month="2023-09")
    notes, rows, _sheet = read(response)

    assert rows[0]["计划"] == rows[-1]["计划"] == 2
    assert rows[0]["更正"] == "更正"
    assert "2023年9月" in notes[1]
    assert "2023年9月" in notes[2]


def test_its_name_is_chinese_and_it_prints_on_landscape_a4(client, programme, leader):
    SubItemFactory(programme=programme)
    response = download(client, leader, programme)
    _notes, _rows, sheet = read(response)

    assert f"filename*=utf-8''{quote(str(programme))}" in response["Content-Disposition"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.freeze_panes == "A6"
    assert "&P" in sheet.oddFooter.center.text


def test_what_was_taken_is_recorded(client, programme, leader):
    SubItemFactory(programme=programme, light=Light.RED)
    download(client, leader, programme, light="red", sort="-planned", q="")
    event = AuditEvent.objects.get(action="list.export")

    assert (event.actor, event.object_id) == (leader, str(programme.pk))
    assert event.details == {"filters": {"light": "red"}, "conditions": "亮灯：■ 红灯", "sort": "-planned", "rows": 1}


def test_a_unit_takes_only_its_own_and_strangers_nothing(client, programme):
    unit, other = DepartmentFactory.create_batch(2, jurisdiction=programme.jurisdiction)
    SubItemFactory(programme=programme, lead=unit, content="本单位的。")
    SubItemFactory(programme=programme, lead=other, content="别人的。")
    _notes, rows, _sheet = read(download(client, UserFactory(grants={unit: [FILE_REPORT]}), programme))

    assert [row["子项"] for row in rows[:-1]] == ["本单位的"]
    assert download(client, UserFactory(), programme).status_code == 404
    assert AuditEvent.objects.filter(action="list.export").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, django_assert_num_queries, programme, leader, count):
    for _n in range(count):
        SubItemFactory(programme=programme, lead=DepartmentFactory(jurisdiction=programme.jurisdiction))
    download(client, leader, programme)  # warm guardian's process-wide permission cache

    with django_assert_num_queries(19):
        client.get(reverse("dashboard:list_export", args=[programme.pk]))
