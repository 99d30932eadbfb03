"""Two task tables side by side on one sheet: the right one is asked about as other tables are, nothing is mixed."""

import io

import openpyxl
import pytest

from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.test_other_tables import numbered, other, said_of

HEADER = ("序号", "项目名称", "建设内容", "责任单位", "完成时限", "资金来源")


def line(number, what):
    return (
        number,
        f"{what}{number}",
        f"新建第{number}处{what}。",
        "县民政局",
        "2023年11月底",
        f"区级财政{9 + number}万元",
    )


def lines(what, count=3):
    return [line(number, what) for number in range(1, count + 1)]


def beside(left, right, *, column=9, top=2, title="青河县2023年民生实事任务分解表", merge=()):
    """The bytes of a sheet with two tables, the right one from ``column`` on."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "任务表"
    sheet["A1"] = title
    for first, rows in ((1, left), (column, right)):
        for row, cells in enumerate(rows, top):
            for place, value in enumerate(cells, first):
                sheet.cell(row, place).value = value
    for cells in merge:
        sheet.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(file, *joining, **how):
    return read_table(file, name="表.xlsx", year=2023, joining=joining, **how)


def money(reading):
    return [[line.amount_wan for line in row.funding] for row in reading.rows]


@pytest.mark.parametrize("merge", [(), ("A1:N1",), ("A1:F1",)])
def test_the_table_at_the_right_is_asked_about_and_not_mixed_in(merge):
    reading = read(beside([HEADER, *lines("教育")], [HEADER, *lines("卫生", 4)], merge=merge), sheet="任务表")

    assert [row.project for row in reading.rows] == ["教育1", "教育2", "教育3"]
    assert money(reading) == [[10], [11], [12]]
    assert {row.assisting_units for row in reading.rows} == {()}
    assert said_of(reading, "任务表!I:N") == (True, True, "goes-on")
    assert other(reading, "任务表!I:N").first[0][:2] == ("1", "卫生1")
    assert [(issue.code, issue.asks) for issue in reading.issues] == [("other_table", True)]


def test_both_are_read_with_a_word_of_a_person():
    file = beside([HEADER, *lines("教育")], [HEADER, *lines("卫生", 2)])

    reading = read(file, "任务表!I:N")

    assert numbered(reading)[3:] == [(1003, "卫生1", ""), (1004, "卫生2", "")]
    assert reading.rows[3].source["project"].cell == "任务表!J3"
    assert money(reading)[3:] == [[10], [11]]
    assert {row.category for row in reading.rows} == {""}


def test_the_right_one_can_be_read_in_place_of_the_left():
    reading = read(beside([HEADER, *lines("教育")], [HEADER, *lines("卫生", 2)]), sheet="任务表!I:N")

    assert [row.project for row in reading.rows] == ["卫生1", "卫生2"]
    assert [one.name for one in reading.others] == ["任务表"]
    assert reading.rows[0].source["project"].cell == "J3"


def test_three_tables_without_a_gap_and_with_a_title_each():
    def titled(what):
        return [[f"{what}类"], HEADER[:5], *[one[:5] for one in lines(what)]]

    right = [[*one, *[None] * (5 - len(one)), *two] for one, two in zip(titled("卫生"), titled("养老"), strict=True)]
    reading = read(beside(titled("教育"), right, column=6), sheet="任务表")

    assert [one.name for one in reading.others] == ["任务表!F:J", "任务表!K:O"]
    assert [row.project for row in reading.rows] == ["教育1", "教育2", "教育3"]


@pytest.mark.parametrize(
    "header",
    [
        ("序号", "任务类别", "序号", "具体任务", "责任单位", "完成时限"),
        ("序号", "项目名称", "序号", "建设内容", "责任单位", "完成时限"),
    ],
)
def test_numbers_of_tasks_within_a_category_are_no_second_table(header):
    rows = [(n, f"养老{n}", n, f"新建第{n}处食堂。", "县民政局", "10月底前") for n in (1, 2)]

    assert read(beside([header, *rows], [])).others == ()


def test_the_same_tasks_again_with_further_columns_are_one_table():
    left = [HEADER, *lines("教育")]
    right = [("序号", "项目名称", "备注"), *[(n, f"教育{n}", f"第{n}条") for n in (1, 2, 3)]]

    reading = read(beside(left, right, column=7))

    assert reading.others == ()
    assert [row.remarks for row in reading.rows] == ["第1条", "第2条", "第3条"]


def test_parts_beside_their_project_are_one_table_and_asked_about():
    header = ("序号", "项目名称", "牵头单位", "序号", "项目名称", "责任单位", "完成时限")
    rows = [(1, "养老", "县民政局", 1, "食堂", "县民政局", "6月底前")]
    rows += [(None, None, None, n, f"照料中心{n}", "县卫健局", "6月底前") for n in (2, 3)]
    rows += [(2, "教育", "县教育局", 1, "学校", "县教育局", "6月底前")]

    reading = read(beside([header, *rows], []))

    assert reading.others == ()
    assert [(one.code, one.asks, one.params) for one in reading.issues] == [("tables_beside", True, {"row": 2})]


def test_the_right_one_may_be_worded_otherwise_and_hold_less():
    right = [("序号", "工程名称", "投资额（万元）"), *[(n, f"道路{n}", 30) for n in (1, 2)]]

    reading = read(beside([HEADER, *lines("教育")], right, column=8))

    assert [one.name for one in reading.others] == ["任务表!H:J"]
    assert money(reading) == [[10], [11], [12]]
