"""A figure that no column holds as it stands is asked about; money of that kind holds up the import."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from funding.models import FundingLine
from minsheng.task_table import services, steps
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Decisions
from minsheng.task_table.corrections import standing
from minsheng.task_table.decisions import MustAnswer
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.points import UNKEPT
from minsheng.task_table.reading import LONGEST_TITLE
from minsheng.task_table.shown import show
from minsheng.task_table.table import table_of
from projects.models import Programme, Target
from tests.minsheng.task_table.conftest import book

ROW = 2
HUGE = "999999999999999亿元"


def task(content="新建老年食堂9处。", money="财政资金60万元"):
    return book(表=[[1, "养老服务", content, "2023年12月底", money, "财政金融局", ""]])


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def points(batch):
    (row,) = show(table_of(fresh(batch))).rows
    return [point for point in row.points if point.kind == UNKEPT]


def test_target_too_large_for_its_column_is_asked_about_and_then_has_no_figure(stage, importer):
    batch = stage(task("植树999999999999999株。"))

    (point,) = points(batch)
    assert (point.part, point.severity, point.is_open, point.acceptable) == ("targets", "warning", True, True)
    assert point.message == "“植树999999999999999株”：数值过大，无法保存，该目标写入时不带数值。"
    with pytest.raises(StillOpen):
        services.commit(fresh(batch), by=importer, passing=False)

    steps.accept(batch, [(ROW, point.key)], by=importer)
    services.commit(fresh(batch), by=importer, passing=False)
    assert [(target.minimum, target.maximum) for target in Target.objects.all()] == [(None, None)]


def test_target_that_fits_is_not_asked_about(stage):
    assert points(stage(task("植树99999999999999株，改造面积17.8812万㎡。"))) == []


@pytest.mark.parametrize(
    ("content", "money", "message"),
    [
        ("改造面积17.88123万㎡。", "财政资金60万元", "“改造面积17.88123万㎡”：写入时最多保留4位小数。"),
        ("新建老年食堂9处。", "按每人每月2889.435元测算", "“按每人每月2889.435元测算”：写入时最多保留2位小数。"),
    ],
)
def test_figure_that_would_be_rounded_is_asked_about(stage, content, money, message):
    assert [(point.message, point.severity) for point in points(stage(task(content, money)))] == [(message, "warning")]


def test_amount_too_large_or_finer_than_a_fen_holds_up_the_import(client, stage, importer):
    client.force_login(importer)
    batch = stage(task(money=f"区财政资金{HUGE}"))
    (point,) = points(batch)
    assert (point.part, point.severity, point.acceptable) == ("money", "error", False)
    assert point.message == f"“区财政资金{HUGE}”：金额精确到分，最多一万亿元。"
    with pytest.raises(MustAnswer):
        services.commit(fresh(batch), by=importer)
    steps.accept(batch, [(ROW, point.key)], by=importer)
    assert [one.is_open for one in points(batch)] == [True]

    values = standing(batch.rows.get(), "money")
    fine = {**values["funding"][0], "amount_wan": "0.0000001"}
    steps.correct(batch, ROW, "money", {**values, "funding": [fine]}, seen=0, by=importer)
    assert [(one.severity, one.is_open) for one in points(batch)] == [("error", True)]
    assert client.get(reverse("task_table:batch", args=[batch.pk])).status_code == 200

    right = {**fine, "amount_wan": "99999.5"}
    steps.correct(batch, ROW, "money", {**values, "funding": [right]}, seen=1, by=importer)
    assert points(batch) == []
    services.commit(fresh(batch), by=importer)
    assert FundingLine.objects.get().planned == 999995000


def test_total_too_large_is_asked_about_too(stage):
    assert [point.severity for point in points(stage(task(money=f"区财政50万元，共计{HUGE}")))] == ["error"]


def test_update_with_such_an_amount_can_be_looked_at(stage, importer):
    services.commit(stage(task()), by=importer)

    again = stage(task(money=f"区财政资金{HUGE}，共计{HUGE}"))

    assert compare(again.update).blocking == [ROW]


def titled(title, file=None):
    made = openpyxl.load_workbook(io.BytesIO((file or task()).read()))
    made.active.insert_rows(1)
    made.active["A1"] = title
    file = io.BytesIO()
    made.save(file)
    return SimpleUploadedFile("表.xlsx", file.getvalue())


def test_long_title_is_said_and_cut(client, stage, importer):
    client.force_login(importer)
    long = "2023年民生实事项目任务分解表" + "及责任分工" * 50
    batch = stage(titled(long))

    assert Programme._meta.get_field("title").max_length == LONGEST_TITLE
    page = client.get(reverse("task_table:batch", args=[batch.pk])).content.decode()
    assert f"标题“{long[:20]}…”较长，写入时最多保留200个字符。" in page
    assert services.commit(batch, by=importer).title == f"{long[:199]}…"


def test_long_title_of_an_update_is_cut_too(stage, importer):
    programme = services.commit(stage(task()), by=importer)
    batch = stage(titled("民生实事任务分解表及责任分工" * 20, task(money="财政资金70万元")))
    again.settle(batch, {ROW + 1: programme.sub_items.get().pk}, by=importer)
    again.decide(fresh(batch), Decisions({}, {}, "年中调整", "1号"), by=importer)

    again.commit(fresh(batch), by=importer, seen=compare(batch.update).marks, version=fresh(batch).version)

    programme.refresh_from_db()
    assert (len(programme.title), programme.title[-1]) == (LONGEST_TITLE, "…")
