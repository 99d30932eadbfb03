"""Columns of a sheet that is read on below a header of its own: shown with the table's, said otherwise, remembered."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from departments.errors import DomainError
from minsheng.task_table.columns_form import field_of
from minsheng.task_table.models import ColumnMemory
from minsheng.task_table.other_tables import GOES_ON
from minsheng.task_table.reread import reread
from minsheng.task_table.tables import say

HEADER = ["序号", "项目名称", "项目内容及规模", "完成期限", "资金渠道", "主办单位", "协办单位"]
OTHER = ["序号", "项目名称", "项目内容", "责任科室", "何人落实", "何时见效"]


def file(*further):
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "主表"
    for row in (HEADER, *([n, f"学校{n}", f"新建学校{n}所。", "10月底", "", "财政金融局", ""] for n in (1, 2, 3))):
        sheet.append(row)
    sheet = made.create_sheet("附件 2!")
    rows = [[n, f"道路{n}", f"新建道路{n}条。", "财政金融局", "经济发展局", "11月底"] for n in (4, 5)]
    for row in (OTHER, *rows, *further):
        sheet.append(row)
    into = io.BytesIO()
    made.save(into)
    return SimpleUploadedFile("表.xlsx", into.getvalue())


@pytest.fixture
def batch(stage, importer):
    return say(stage(file()), "附件 2!", GOES_ON, by=importer)[0]


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def read_on(batch):
    return [row for row in fresh(batch).rows.order_by("position") if row.row > 1000]


def address(batch):
    return reverse("task_table:columns", args=[batch.pk])


def filled(page):
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields} | {"base": form["base"].value()}


def test_they_are_shown_by_the_name_of_their_sheet_with_a_cell_of_it(alice, batch):
    page = alice.get(address(batch))
    table, other = page.context["form"].tables

    assert (table["name"], other["name"]) == ("", "附件 2!")
    assert [(line["letter"], line["header"], line["sample"]) for line in other["lines"]][3:] == [
        ("D", "责任科室", "财政金融局"),
        ("E", "何人落实", "经济发展局"),
        ("F", "何时见效", "11月底"),
    ]
    assert "“附件 2!”（与本表一并读入）" in page.content.decode()


def test_a_person_says_what_one_of_them_means(alice, batch):
    assert {tuple(row.reading["assisting_units"]) for row in read_on(batch)} == {()}

    posted = filled(alice.get(address(batch))) | {field_of("附件 2!!E"): "assisting_units"}
    answer = alice.post(address(batch), posted)

    assert answer.status_code == 302
    assert fresh(batch).mapping == {"附件 2!!E": "assisting_units"}
    assert {tuple(row.reading["assisting_units"]) for row in read_on(batch)} == {("经济发展局",)}
    assert {tuple(row.reading["lead_units"]) for row in fresh(batch).rows.all()} == {("财政金融局",)}


def test_the_same_letter_of_the_table_is_another_column(alice, batch):
    posted = filled(alice.get(address(batch))) | {field_of("F"): "assisting_units"}
    alice.post(address(batch), posted)

    assert fresh(batch).mapping == {"F": "assisting_units"}
    assert {tuple(row.reading["lead_units"]) for row in read_on(batch)} == {("财政金融局",)}


def test_two_of_one_sheet_that_would_be_one_thing_are_asked_and_nothing_is_read(alice, batch, importer):
    posted = filled(alice.get(address(batch))) | {field_of("附件 2!!D"): "content"}
    answer = alice.post(address(batch), posted)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field_of("附件 2!!C"), field_of("附件 2!!D")}
    now = fresh(batch)
    with pytest.raises(DomainError):
        reread(
            now, sheet="主表", version=now.version, by=importer,
            mapping={"附件 2!!C": "content", "附件 2!!D": "content"},
        )  # fmt: skip
    assert (fresh(batch).mapping, fresh(batch).version) == ({}, batch.version)


def test_two_people_who_change_a_column_of_either_sheet_are_both_heard(alice, batch, bob):
    hers, other = filled(alice.get(address(batch))), Client()
    other.force_login(bob)
    other.post(address(batch), filled(other.get(address(batch))) | {field_of("附件 2!!E"): "assisting_units"})
    alice.post(address(batch), hers | {field_of("E"): "remarks"})

    assert fresh(batch).mapping == {"附件 2!!E": "assisting_units", "E": "remarks"}

    late = alice.post(address(batch), hers | {field_of("附件 2!!E"): "remarks"})
    assert late.status_code == 409
    assert field_of("附件 2!!E") in late.context["form"].errors
    assert fresh(batch).mapping == {"附件 2!!E": "assisting_units", "E": "remarks"}


def test_a_sheet_that_is_read_on_while_the_page_is_open_does_not_hold_it_back(alice, stage, importer):
    batch = stage(file())
    posted = filled(alice.get(address(batch)))
    say(batch, "附件 2!", GOES_ON, by=importer)
    answer = alice.post(address(batch), posted | {field_of("E"): "remarks"})

    assert answer.status_code == 302
    assert (fresh(batch).mapping, len(read_on(batch))) == ({"E": "remarks"}, 2)


def test_the_next_table_knows_them(alice, batch, stage, importer):
    alice.post(address(batch), filled(alice.get(address(batch))) | {field_of("附件 2!!E"): "assisting_units"})
    assert [memory.mapping for memory in ColumnMemory.objects.all()] == [{"何人落实": "assisting_units"}]

    changed = stage(file([6, "桥梁6", "新建桥梁6座。", "财政金融局", "", "9月底"]), programme="第二批实事")
    found = say(changed, "附件 2!", GOES_ON, by=importer)[0]
    assert [(row.reading["project"], row.reading["assisting_units"]) for row in read_on(found)] == [
        ("道路4", ["经济发展局"]), ("道路5", ["经济发展局"]), ("桥梁6", []),
    ]  # fmt: skip
