"""A table that is confirmed or taken back while units file and the day is run: nothing is half of the one, half of the
other, and nobody waits for ever.
"""

import io
from datetime import datetime
from decimal import Decimal
from itertools import count

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from departments import clock
from departments.models import Department
from departments.permissions import FILE_REPORT
from minsheng.daily import tick
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.task_table import services
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Decisions
from minsheng.task_table.models import ImportBatch
from projects.models import MonthlyReport, Programme, ReportingPeriod, SubItem, Target, TargetReading
from tests.factories.departments import UserFactory
from tests.minsheng.pairs import DONE, MANY, REFUSED, Pair
from tests.minsheng.task_table.conftest import HEADER

pytestmark = pytest.mark.django_db(transaction=True)
JULY = datetime(2023, 7, 6, 9, tzinfo=clock.ZONE)
UNIT = "财政金融局"
ROUNDS = max(5, MANY // 4)  # a table is read and compared before each
numbers = count(1)


@pytest.fixture
def both():
    with Pair(moment=JULY) as pair, clock.at(JULY):
        yield pair


@pytest.fixture
def clerk(zone):
    return UserFactory(grants={Department.objects.get(jurisdiction=zone, name=UNIT): [FILE_REPORT]})


def table(what):
    """One sub-item that promises ``what``; never the same file twice."""
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    money = f"财政资金{next(numbers)}万元"
    book.active.append([1, "停车设施", f"新建停车场。{what}。", "2023年12月底", money, UNIT, "经济发展局"])
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("表.xlsx", file.getvalue())


def update(stage, importer, what):
    """A later table, decided on; what confirms it."""
    batch = stage(table(what))
    best = compare(batch.update).matching.best
    again.settle(batch, {row: one.item for row, one in best.items()}, by=importer)
    again.decide(ImportBatch.objects.get(pk=batch.pk), Decisions(reason="年中调整"), by=importer)
    batch = ImportBatch.objects.get(pk=batch.pk)
    seen = compare(batch.update).marks
    return lambda: again.commit(batch, by=importer, seen=seen, version=batch.version)


def page():
    """What a clerk's page has read."""
    sub_item = SubItem.objects.select_related("programme__jurisdiction").get()
    return filing.sheet_of(sub_item, ReportingPeriod.objects.get(month=datetime(2023, 7, 1, tzinfo=clock.ZONE)))


def save(sheet, by):
    typed = Content(
        percent=Decimal(50), progress="正在施工。", targets={target.pk: Decimal(7) for target in sheet.targets}
    )
    return drafts.save_draft(sheet, typed, by=by, seen_version=0)


def test_a_page_read_before_the_update_is_saved_after_it(stage, importer, clerk):
    with clock.at(JULY):
        services.commit(stage(table("新增车位100个")), by=importer)
        confirm, sheet = update(stage, importer, "新增厕所8座"), page()
        confirm()
        save(sheet, clerk)
    assert MonthlyReport.objects.get().progress == "正在施工。"
    assert list(TargetReading.objects.values_list("target__text", "value")) == [("新增厕所8座", None)]


def test_an_update_and_a_draft_typed_for_what_it_drops(stage, importer, clerk, both):
    services.commit(stage(table("新增车位100个")), by=importer)
    for number in range(ROUNDS):
        MonthlyReport.objects.all().delete()
        confirm = update(stage, importer, ("新增厕所8座", "新增车位100个")[number % 2])
        sheet = page()
        assert both(confirm, lambda: save(sheet, clerk)) == [DONE, DONE]
        assert MonthlyReport.objects.get().progress == "正在施工。"
        # What was typed for a target stands where the target does: under the new plan, or with the one it replaced.
        readings = TargetReading.objects.values_list("target", flat=True)
        assert set(readings) <= set(Target.every.values_list("pk", flat=True))


def test_an_update_and_the_daily_run(stage, importer, both):
    programme = services.commit(stage(table("新增车位100个")), by=importer)
    for number in range(ROUNDS):
        ReportingPeriod.objects.filter(month__gt=programme.first_month).delete()
        confirm = update(stage, importer, f"新增车位{number + 101}个")
        assert both(confirm, lambda: tick(Programme.objects.select_related("jurisdiction").get())) == [DONE, DONE]
        assert ReportingPeriod.objects.filter(month__month=7).count() == 1


def test_taking_a_table_back_and_the_first_draft(stage, importer, clerk, both):
    """Either the first draft is there, and the table stays; or all of it is gone, and the draft is refused."""
    for _ in range(ROUNDS):
        batch = stage(table("新增车位100个"))
        tick(services.commit(batch, by=importer))
        sheet = page()
        ends = both(lambda: services.undo(batch, by=importer, reason="误导入"), lambda: save(sheet, clerk))
        assert sorted(ends) == [DONE, REFUSED]
        assert (Programme.objects.count(), MonthlyReport.objects.count()) == ((0, 0) if ends[0] == DONE else (1, 1))
        if ends[0] == REFUSED:
            MonthlyReport.objects.all().delete()
            services.undo(batch, by=importer, reason="误导入")
