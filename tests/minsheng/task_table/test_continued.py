"""Tables of a Word document that go on in the next one, and what of a file is not read."""

import io

import docx
import openpyxl
import pytest

from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.test_files import SHORT, document, word


def task(number, *more):
    return [str(number), f"事{number}", f"新建食堂{number}个。", "县民政局", "10月底前", *more]


FIRST, SECOND = [SHORT, task(1), task(2)], [task(3), task(4)]


def rows_of(made):
    return [(row.serial, row.category) for row in word(made).rows]


def unread(reading):
    return [
        (issue.code, issue.params.get("name"), issue.params.get("rows"))
        for issue in reading.issues
        if issue.code.startswith("unread") or issue.code == "other_table"
    ]


@pytest.mark.parametrize(
    "line", ["", "续表", "（续表1）", "2023年民生实事任务分解表（续）", "单位：万元", "注：以实际为准"]
)
def test_a_table_without_header_goes_on_below_such_a_line(line):
    assert rows_of(document(FIRST, SECOND, between=line)) == [(str(n), "") for n in range(1, 5)]
    assert unread(word(document(FIRST, SECOND, between=line))) == []


def test_a_heading_between_is_the_category_of_what_follows():
    assert rows_of(document(FIRST, SECOND, between="二、卫生类"))[1:3] == [("2", ""), ("3", "二、卫生类")]


def test_words_that_a_table_goes_on_are_no_category_of_a_repeated_header():
    assert rows_of(document(FIRST, [SHORT, *SECOND], between="（续表1）")) == [(str(n), "") for n in range(1, 5)]


def test_a_column_that_is_blank_in_the_second_part_is_a_column():
    first = [[*SHORT, "备注"], task(1, "已定"), task(2, "")]
    assert len(rows_of(document(first, [task(3, ""), task(4, "")], between="续表"))) == 4


@pytest.mark.parametrize(
    ("second", "between"),
    [
        ([row[:-1] for row in SECOND], ""),
        ([[*row, "备"] for row in SECOND], "续表"),
        (SECOND, "附件2：重点工程安排表"),
        (SECOND, "单位：元"),
    ],
    ids=["narrower", "wider", "another title", "another unit of money"],
)
def test_what_is_not_joined_is_said_and_asked(second, between):
    reading = word(document(FIRST, second, between=between))

    assert [row.serial for row in reading.rows] == ["1", "2"]
    assert unread(reading) == [("other_table", reading.sheet.replace("1", "2"), 2)]
    assert all(issue.asks for issue in reading.issues if issue.code == "other_table")


def test_what_is_no_task_is_only_told():
    contacts = [["县民政局", "王某", "科长", "一楼", "5551234"], ["县教育局", "李某", "科长", "二楼", "5552345"]]
    reading = word(document(FIRST, contacts, between="二、联系方式"))

    assert unread(reading) == [("unread_table", reading.sheet.replace("1", "2"), 2)]
    assert [issue.asks for issue in reading.issues if issue.code == "unread_table"] == [False]


def test_a_sheet_without_header_is_said():
    book = openpyxl.Workbook()
    for row in FIRST:
        book.active.append(row)
    for name, rows in (("续表", SECOND), ("说明", [["本表一式两份"]]), ("选项", [["甲", "乙"]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book["选项"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)

    assert unread(read_table(file.getvalue(), name="表.xlsx", year=2023)) == [
        ("other_table", "续表", 2),
        ("unread_table", "说明", 1),
        ("unread_hidden", "选项", 1),
    ]


def test_many_are_said_in_a_few_lines():
    other = [["甲", "乙"], ["丙", "丁"]]
    codes = [code for code, *_rest in unread(word(document(FIRST, *[other] * 8, between="附")))]
    assert codes == ["unread_table"] * 5 + ["unread_tables"]


def test_a_table_that_only_lays_out_the_page_is_not_said():
    made = docx.Document()
    outer = made.add_table(1, 2)
    outer.cell(0, 0).text, outer.cell(0, 1).text = "左", "右"
    inner = outer.cell(0, 1).add_table(len(FIRST), len(SHORT))
    for row, texts in enumerate(FIRST):
        for column, text in enumerate(texts):
            inner.cell(row, column).text = text
    assert (len(word(made).rows), unread(word(made))) == (2, [])
