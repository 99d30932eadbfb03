"""The overview's file: the same figures as the page, in sheets, and a record that it was taken."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT, OVERSEE
from projects.models import Light
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import (
    MilestoneFactory,
    PeriodFigureFactory,
    ProgrammeFactory,
    ReportingPeriodFactory,
    SubItemFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        programme = ProgrammeFactory()
        unit = DepartmentFactory(jurisdiction=programme.jurisdiction, name="=HYPERLINK(1)")
        ReportingPeriodFactory(programme=programme)
        SubItemFactory(programme=programme, lead=unit, light=Light.RED)
        SubItemFactory(programme=programme, lead=unit, light=Light.GREEN)
        yield programme


def rows_of(book, name):
    """The rows of a sheet below its heads."""
    return [[cell.value for cell in row] for row in book[name].iter_rows(min_row=5)]


def test_its_sheets_hold_the_pages_figures_and_lists_and_texts_are_inert(client, programme):
    late = programme.sub_items.get(light=Light.RED)
    late.planned = Decimal(291_234_500)
    late.sentence = "截至9月底序时进度75%，实际36%，红灯"
    late.save()
    MilestoneFactory(sub_item=late, due_on=date(2023, 6, 30), name="主体完工")
    MilestoneFactory(sub_item=late, due_on=date(2023, 11, 1), name="竣工")
    client.force_login(UserFactory(grants={programme.jurisdiction: [OVERSEE]}))
    response = client.get(reverse("dashboard:overview_export", args=[programme.pk]))
    book = load_workbook(BytesIO(response.content))

    assert book.sheetnames == [
        *("主要数据", "滞后子项", "未报送单位", "各单位亮灯情况", "各单位逐月亮灯", "各单位逐月报送"),
        *("已逾期的节点", "30天内到期的节点"),  # no money, no sheet of it; no month before, nothing has turned
    ]
    figures = {row[0]: tuple(row[1:3]) for row in rows_of(book, "主要数据")}
    assert (figures["红灯"], figures["绿灯"]) == ((1, "项"), (1, "项"))
    assert figures["计划资金"] == (29_123.45, "万元")  # the tile says 2.91亿元
    assert figures["支出"] == ("—", None)
    unit = "=HYPERLINK(1)"
    assert rows_of(book, "滞后子项") == [[late.serial, "红灯", late.title, unit, late.sentence]]
    assert rows_of(book, "未报送单位") == [[unit, 2, None], ["合计", 2, None]]
    assert rows_of(book, "各单位亮灯情况")[0] == [unit, 1, 1]
    assert book["各单位亮灯情况"]["A5"].data_type == "s"
    assert [row[1:3] for row in rows_of(book, "已逾期的节点")] == [["已过112天", "主体完工"]]
    assert [row[1:3] for row in rows_of(book, "30天内到期的节点")] == [["还有12天", "竣工"]]
    assert AuditEvent.objects.filter(action="overview.export").count() == 1


def test_its_lists_are_whole_and_say_what_turned(client, programme):
    before = ReportingPeriodFactory(programme=programme, month=date(2022, 12, 1))
    for _n in range(12):
        worse = SubItemFactory(programme=programme, light=Light.YELLOW)
        PeriodFigureFactory(sub_item=worse, period=before, light=Light.GREEN)
    client.force_login(UserFactory(grants={programme.jurisdiction: [OVERSEE]}))
    book = load_workbook(BytesIO(client.get(reverse("dashboard:overview_export", args=[programme.pk])).content))

    assert len(rows_of(book, "滞后子项")) == 13
    assert len(rows_of(book, "转为黄灯或红灯")) == 13  # the red one had no figure before


def test_for_others_it_does_not_exist_and_nothing_is_recorded(client, programme):
    client.force_login(UserFactory(grants={DepartmentFactory(jurisdiction=programme.jurisdiction): [FILE_REPORT]}))

    assert client.get(reverse("dashboard:overview_export", args=[programme.pk])).status_code == 404
    assert not AuditEvent.objects.filter(action="overview.export").exists()
