"""Files of several sheets, and what a person does about them in the browser."""

from django.urls import reverse

from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.test_rows_kept import fresh, tasks


def lead(name, count):
    return tasks(name, count, leads="财政金融局")


def address(batch, name="batch", *args):
    return reverse(f"task_table:{name}", args=[batch.pk, *args])


def answer(client, batch, table, said, **more):
    return client.post(address(batch, "tables"), {"table": table, "said": said, "sheet": batch.sheet_read, **more})


def confirm(client, batch):
    return client.post(address(batch, "commit"), {"version": fresh(batch).version, "shown": 0})


def rows_of(batch):
    found = fresh(batch).rows.order_by("position")
    return [(row.row, row.reading["project"]) for row in found]


def three_sheets():
    return book(教育类=lead("学校", 2), 交通类=lead("道路", 3), 卫生类=lead("医院", 1))
