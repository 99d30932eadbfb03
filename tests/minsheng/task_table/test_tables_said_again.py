"""Sheets that were read on, or left apart, when the next table of the programme comes, or another programme."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.errors import DomainError
from minsheng.task_table import services
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.tables import MustSayTables, open_tables, say
from projects.models import Programme
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.sheets import address, answer, lead, rows_of, three_sheets
from tests.minsheng.task_table.test_rows_kept import fresh
from tests.minsheng.task_table.test_sheets_imported import again_from, write_update


@pytest.fixture
def file():
    return three_sheets()


def test_next_table_of_the_programme_is_read_with_the_same_sheets(stage, importer, file):
    first = stage(file)
    say(first, "教育类", GOES_ON, by=importer)
    say(first, "卫生类", APART, by=importer)
    services.commit(fresh(first), by=importer)

    with pytest.raises(DomainError, match="没有任何变化"):
        stage(again_from(file))
    changed = book(教育类=lead("学校", 2), 交通类=lead("道路", 4), 卫生类=lead("医院", 2))
    batch = stage(changed)

    assert len(compare(batch.update).matching.sure) == 5
    assert [one.table.name for one in open_tables(batch)] == ["卫生类"]  # it says something else by now
    again.decide(fresh(batch), again.Decisions(reason="年中调整"), by=importer)
    with pytest.raises(MustSayTables):
        write_update(fresh(batch), importer)
    say(fresh(batch), "卫生类", GOES_ON, by=importer)
    assert [row for row, _project in rows_of(batch)] == [1002, 1003, 2, 3, 4, 5, 2002, 2003]
    assert len(compare(fresh(batch).update).matching.sure) == 5


def test_update_writes_the_order_of_the_file_also_for_sheets_before_the_table(stage, importer):
    schools, clinics = lead("学校", 3), lead("医院", 5)
    first, _lost = say(stage(book(教育类=schools, 卫生类=clinics)), "教育类", GOES_ON, by=importer)
    programme = services.commit(first, by=importer)
    new = [4, "托育点", "新增托育点1处。", "2023年12月底", "财政资金1万元", "财政金融局", ""]

    batch = stage(book(教育类=[schools[0], new, *schools[1:]], 卫生类=clinics))
    (row,) = (row.row for row in batch.rows.all() if row.reading["project"] == "托育点")
    again.settle(batch, {row: matching.NEW}, by=importer)
    write_update(batch, importer)

    names = ["学校1", "托育点", "学校2", "学校3", *(f"医院{n}" for n in range(1, 6))]
    assert [one.project.name for one in programme.sub_items.order_by("position")] == names


def test_question_stands_on_the_pages_of_an_update(alice, stage, importer, file):
    services.commit(stage(book(交通类=lead("道路", 3))), by=importer)
    batch = stage(file)

    page = alice.get(address(batch, "again"))
    done = answer(alice, batch, "教育类", APART, update="1")

    assert "“教育类”未读入" in page.content.decode()
    assert done.url == address(batch, "again")


def test_sheet_that_is_part_of_another_programme_is_not_read_twice(stage, importer, file):
    first = stage(file)
    for name in ("教育类", "卫生类"):
        say(first, name, GOES_ON, by=importer)
    services.commit(fresh(first), by=importer)

    with pytest.raises(DomainError, match="此文件已导入"):
        stage(again_from(file), "重点工作")


def test_sheets_left_apart_become_a_programme_of_their_own(stage, importer, file):
    first = stage(file)
    say(first, "教育类", GOES_ON, by=importer)
    say(first, "卫生类", APART, by=importer)
    services.commit(fresh(first), by=importer)

    other = stage(again_from(file), "重点工作")

    assert (other.sheet_read, open_tables(other)) == ("卫生类", [])
    with pytest.raises(DomainError, match="民生实事"):
        say(other, "教育类", GOES_ON, by=importer)
    services.commit(other, by=importer)
    assert Programme.objects.count() == 2


def hide(file, name):
    made = openpyxl.load_workbook(again_from(file))
    made[name].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("表.xlsx", out.getvalue())


def test_sheet_that_is_hidden_by_now_is_not_read_on_by_itself(alice, stage, importer):
    first, _lost = say(stage(book(交通类=lead("道路", 3), 卫生类=lead("医院", 1))), "卫生类", GOES_ON, by=importer)
    services.commit(first, by=importer)

    batch = stage(hide(book(交通类=lead("道路", 3), 卫生类=lead("医院", 3)), "卫生类"))

    assert [(one.table.name, one.table.hidden) for one in open_tables(batch)] == [("卫生类", True)]
    assert batch.rows.count() == 3
    assert not batch.decisions.filter(part="table-卫生类").exists()
    for place in ("batch", "again"):
        assert "该工作表在文件中为隐藏" in alice.get(address(batch, place)).content.decode()
    again.decide(batch, again.Decisions(reason="年中调整"), by=importer)
    with pytest.raises(DomainError, match="卫生类"):
        again.commit(fresh(batch), by=importer, seen=compare(fresh(batch).update).marks)


def test_hidden_sheet_that_a_person_reads_on_is_said_to_be_hidden(alice, stage, importer):
    batch = stage(hide(book(交通类=lead("道路", 3), 卫生类=lead("医院", 1)), "卫生类"))
    assert open_tables(batch) == []

    batch, _lost = say(batch, "卫生类", GOES_ON, by=importer)

    assert "该工作表在文件中为隐藏" in alice.get(address(batch)).content.decode()


def test_a_category_that_was_the_name_of_a_sheet_is_no_difference_when_it_is_the_only_one_read(stage, importer):
    first, _lost = say(stage(book(教育类=lead("学校", 3), 卫生类=lead("医院", 2))), "卫生类", GOES_ON, by=importer)
    programme = services.commit(first, by=importer)
    assert {one.category for one in programme.sub_items.all()} == {"教育类", "卫生类"}

    batch = stage(book(教育类=lead("学校", 4), 卫生类=lead("医院", 2)))
    say(fresh(batch), "卫生类", APART, by=importer)
    found = compare(fresh(batch).update)
    assert {row.reading["category"] for row in fresh(batch).rows.all()} == {""}
    assert (list(found.pairs), len(found.same)) == ([], 3)
