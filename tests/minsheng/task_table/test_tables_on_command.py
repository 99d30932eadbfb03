"""Sheets named on the command line, and rows that are named as the file numbers them."""

import json
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from openpyxl.styles import Font

from departments.errors import DomainError
from departments.permissions import IMPORT_TABLE
from minsheng.management.commands.import_task_table import row_and_name
from minsheng.task_table import services, steps
from minsheng.task_table.decisions import MustChoose, choices_by_name
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.tables import say
from projects.models import Programme
from tests.factories.departments import UserFactory
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.sheets import address, lead, three_sheets
from tests.minsheng.task_table.test_rows_kept import fresh, tasks, unit
from tests.minsheng.task_table.test_sheets_imported import again_from


@pytest.fixture
def file():
    return three_sheets()


def run(tmp_path, file, *more):
    path = tmp_path / "表.xlsx"
    path.write_bytes(again_from(file).read())
    call_command(
        "import_task_table", str(path), "--jurisdiction", "370871", "--year", "2023", "--programme", "民生实事", *more
    )


def test_command_asks_for_the_word_of_a_person(zone, tmp_path, file, capsys):
    UserFactory(username="import", grants={zone: [IMPORT_TABLE]})
    for more in ([], ["--by", "import"], ["--goes-on", "教育类"], ["--accept-open"]):
        with pytest.raises(CommandError):
            run(tmp_path, file, *more)
        assert Programme.objects.count() == 0
    with pytest.raises(CommandError, match=r"(?s)“卫生类”：1行.*--goes-on"):
        run(tmp_path, file, "--by", "import", "--goes-on", "教育类")

    run(tmp_path, file, "--by", "import", "--goes-on", "教育类", "--accept-open")

    programme = Programme.objects.get()
    batch = programme.import_batches.get()
    assert programme.sub_items.count() == 5
    assert {name: one["said"] for name, one in batch.other_tables.items()} == {"教育类": GOES_ON, "卫生类": APART}
    assert [(one.part, one.step) for one in batch.decisions.filter(part__startswith="table")] == [
        ("table-教育类", "table"),
        ("table-卫生类", "pass"),
    ]
    assert "“卫生类”：不属于本任务表" in capsys.readouterr().out


def test_what_is_asked_of_rows_names_them_as_the_file_does(alice, stage, importer, zone, tmp_path):
    """Hidden, struck, twice, a total that differs, who files: the numbers are those of the sheet."""
    total = ["", "合计", "", "", "财政资金900万元", "", ""]
    file = book(教育类=[*tasks("学校", 3), tasks("学校", 1)[0]], 卫生类=[*tasks("医院", 2), tasks("学校", 1)[0], total])
    made = openpyxl.load_workbook(again_from(file))
    made["卫生类"].row_dimensions[3].hidden = True
    for cell in made["卫生类"][2]:
        cell.font = Font(strike=True)
    made.save(tmp_path / "表.xlsx")
    again_file = SimpleUploadedFile("表.xlsx", (tmp_path / "表.xlsx").read_bytes())

    batch, _lost = say(stage(again_file), "卫生类", GOES_ON, by=importer)

    asked = {row.row: [one["code"] for one in row.reading["issues"]] for row in batch.rows.all()}
    page = alice.get(address(batch)).content.decode()
    with pytest.raises(MustChoose) as refused:
        services.commit(batch, by=importer)
    assert {"row_struck"} <= {*asked[1002]}
    assert {"row_hidden"} <= {*asked[1003]}
    assert {"row_twice"} <= {*asked[1004]}
    assert "第3行已隐藏" in page
    assert "“教育类”第2行" in page
    assert "“卫生类”第3行" in str(refused.value)
    assert not re.search(r"10\d\d行", page + str(refused.value))
    UserFactory(username="import", grants={zone: [IMPORT_TABLE]})
    with pytest.raises(CommandError) as told:
        run(tmp_path, again_file, "--by", "import", "--goes-on", "卫生类")
    assert not re.search(r"10\d\d行", str(told.value))


def test_row_taken_in_asks_with_the_number_of_its_sheet(stage, importer, tmp_path):
    file = book(教育类=lead("学校", 3), 卫生类=[*lead("医院", 1), ["", "一、民生类", "", "", "", "", ""]])
    made = openpyxl.load_workbook(again_from(file))
    made["卫生类"].row_dimensions[3].hidden = True
    made.save(tmp_path / "表.xlsx")
    batch = stage(SimpleUploadedFile("表.xlsx", (tmp_path / "表.xlsx").read_bytes()))
    batch, _lost = say(batch, "卫生类", GOES_ON, by=importer)

    steps.take_in(batch, 1003, by=importer)

    issues = fresh(batch).rows.get(row=1003).reading.whole.issues
    assert [one.message for one in issues if one.code == "row_hidden"] == ["文件中第3行已隐藏，请确认是否列入。"]


def test_command_names_a_row_of_another_sheet_as_the_file_does(stage, importer):
    batch, _lost = say(stage(book(教育类=tasks("学校", 3), 卫生类=tasks("医院", 2))), "卫生类", GOES_ON, by=importer)

    found = choices_by_name(batch, dict([row_and_name("卫生类!3=洸河街道"), row_and_name("3=柳行街道")]))

    assert {row: found[row].filing for row in found} == {1003: unit("洸河街道"), 3: unit("柳行街道")}
    with pytest.raises(DomainError, match="卫生类!9"):
        choices_by_name(batch, dict([row_and_name("卫生类!9=洸河街道")]))


def test_what_a_command_would_import_can_be_printed_first(tmp_path, file, capsys):
    table = tmp_path / "表.xlsx"
    table.write_bytes(file.read())
    call_command("read_task_table", str(table), year=2023, goes_on=["教育类"])

    printed = json.loads(capsys.readouterr().out)
    (joined,) = printed["joined"]
    assert joined["name"] == "教育类"
    assert [row["row"] - joined["shift"] for row in printed["rows"] if row["row"] > joined["shift"]] == [2, 3]
    with pytest.raises(CommandError):
        call_command("read_task_table", str(table), year=2023, goes_on=["没有这张"])
