"""The zone with its units, an importer, and tables: the real one, and small ones made for a question."""

import io
import json
from datetime import datetime

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from departments import clock
from departments.models import Jurisdiction
from departments.permissions import IMPORT_TABLE
from departments.services import units
from minsheng.task_table import services
from tests.factories.departments import UserFactory
from tests.minsheng.task_table import small

FIXTURES = settings.BASE_DIR / "fixtures"
HEADER = ["序号", "项目名称", "项目内容及规模", "完成期限", "资金渠道及筹资落实情况", "主办单位", "协办单位"]


def book(**sheets):
    """A file with these sheets: their rows below ``HEADER``, by name."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in [HEADER, *rows]:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return SimpleUploadedFile("表.xlsx", file.getvalue())


@pytest.fixture(autouse=True)
def _january():
    with clock.at(datetime(2023, 1, 10, 9, 0)):  # noqa: DTZ001 Shanghai time
        yield


@pytest.fixture
def zone(db):
    units.load(json.loads((FIXTURES / "departments.json").read_text(encoding="utf-8")), by=None)
    return Jurisdiction.objects.get(code="370871")


@pytest.fixture
def importer(zone):
    return UserFactory(grants={zone: [IMPORT_TABLE]})


@pytest.fixture
def alice(client, importer):
    """The importer, signed in."""
    client.force_login(importer)
    return client


@pytest.fixture
def bob(zone):
    """Another importer."""
    return UserFactory(grants={zone: [IMPORT_TABLE]})


@pytest.fixture
def seed():
    """The official table, as a browser sends it."""
    return lambda: SimpleUploadedFile("任务分解表.xlsx", (FIXTURES / "task_table_2023.xlsx").read_bytes())


@pytest.fixture
def table():
    """A table of rows (leads, assists) or (leads, assists, funding); each call makes another file."""

    def make(*rows):
        book = openpyxl.Workbook()
        book.active.append(HEADER)
        for number, (leads, assists, *money) in enumerate(rows, start=1):
            content = f"新建第{number}处公园。新增车位{number}00个。"
            funding = money[0] if money else f"财政资金{number}万元"
            book.active.append([number, f"项目{number}", content, "2023年12月底", funding, leads, assists])
        file = io.BytesIO()
        book.save(file)
        return SimpleUploadedFile("表.xlsx", file.getvalue())

    return make


@pytest.fixture
def stage(zone, importer):
    def staged(file, programme="民生实事", year=2023):
        return services.stage(file, jurisdiction=zone, year=year, programme=programme, by=importer)

    return staged


@pytest.fixture
def batch(stage):
    """Of ``small.ROWS``: rows 2, 4 and 5 of the sheet are tasks, 3 a heading; row 5 names no lead unit."""
    return stage(small.book(small.ROWS))
