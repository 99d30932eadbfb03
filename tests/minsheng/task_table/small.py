"""A small table of three tasks and a heading, and what is asked of its batch."""

from django.urls import reverse

from departments.models import Department
from minsheng.task_table import steps
from minsheng.task_table.corrections import standing
from tests.minsheng.task_table.tables import uploaded

HEADER = ["序号", "项目名称", "项目内容及规模", "资金渠道", "主办单位", "协办单位", "建设地点"]
ROWS = [
    [1, "养老服务", "新建老年食堂12个。", "财政资金260万元", "财政金融局", "经济发展局", "城区"],
    ["", "二、教育类", "", "", "", "", ""],
    [2, "学位扩容", "新增学位800个。", "约500万元", "财政金融局", "", "新区"],
    [3, "停车设施", "新增车位300个。", "企业自筹90万元", "", "经济发展局", ""],
]


def book(rows):
    return uploaded(HEADER, *rows)


def row_of(batch, row):
    return batch.rows.get(row=row)


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def written(batch):
    """Everything that is kept of a batch."""
    rows = list(batch.rows.order_by("position").values())
    return rows, fresh(batch).version, list(batch.decisions.order_by("pk").values())


def name_values(batch, row, **other):
    return {**standing(row_of(batch, row), "name"), **other}


def correct(batch, row, by, seen=0, **other):
    return steps.correct(batch, row, "name", name_values(batch, row, **other), seen=seen, by=by)


def unit(name):
    return Department.objects.get(name=name)


def address(batch, name, *more):
    return reverse(f"task_table:{name}", args=[batch.pk, *more])
