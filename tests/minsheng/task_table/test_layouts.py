"""Where a table keeps its title, its year, and the words that other tables have in their header."""

import io
from datetime import date

import pytest

from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.tables import saved
from tests.minsheng.task_table.test_files import SHORT, document

ONE, TWO = ["1", "养老", "新建食堂2个。", "县民政局", "10月底前"], ["2", "就业", "新增就业900人。", "县人社局", "{}"]


def word(*tables, before=(), after=(), name="表.docx", year=None):
    made = document(*tables, before=before)
    for text in after:
        made.add_paragraph(text)
    file = io.BytesIO()
    made.save(file)
    return read_table(file.getvalue(), name=name, year=year)


def table(last="12月底前"):
    return [SHORT, ONE, [text.format(last) for text in TWO]]


def asked(reading):
    return [issue.params["text"] for issue in reading.issues if issue.code == "year_differs"]


@pytest.mark.parametrize("below", ["说明：1.资金按县财政实际安排执行；2.“各镇”指东镇、西镇、南镇。", "联系人：张三"])
def test_the_title_stands_before_a_word_table(below):
    reading = word(table("2027年3月底前"), before=["附件", "江州县2026年为民办实事项目安排表"], after=[below])
    assert (reading.title, reading.year) == ("江州县2026年为民办实事项目安排表", 2026)
    assert [row.deadline.year for row in reading.rows] == [2026, 2027]
    assert not asked(reading)


def test_a_note_below_is_no_title_where_there_is_none():
    reading = word(table("2026年12月"), after=["注：排在第一位的为牵头单位。"], name="江州县2026年实事.docx")
    assert (reading.title, reading.year) == ("", 2026)


@pytest.mark.parametrize(
    ("title", "name", "given", "year", "against"),
    [
        ("2026年民生实事", "表.docx", 2025, 2025, ["2026年民生实事"]),
        ("2026年民生实事", "2025年民生实事.docx", None, 2026, ["2025年民生实事.docx"]),
        ("2026年民生实事", "2025年民生实事.docx", 2026, 2026, []),
        ("民生实事", "2026年民生实事.docx", None, 2026, ["2027年3月底前"]),  # one deadline of two: it may end later
    ],
)
def test_two_years_are_asked_about(title, name, given, year, against):
    reading = word(table("2027年3月底前"), before=[title], name=name, year=given)
    assert (reading.year, asked(reading)) == (year, against)


LABELLED = (
    "目标任务：新建幼儿园3所，新增学位900个。\n资金安排：省级财政安排480万元，市县配套不低于200万元。\n"
    "牵头单位：省教育厅\n配合单位：省发展改革委、省财政厅\n完成时限：2019年10月底前"
)


@pytest.mark.parametrize("text", [LABELLED, LABELLED.replace("目标任务：", "【目标任务】").replace("。\n", "。")])
def test_labelled_lines_are_columns(text):
    rows = (["序号", "项目名称", "内容及要求"], ["1", "学前教育", text])
    (row,) = read_table(saved(*rows), name="表.xlsx", year=2019).rows
    assert row.content == "新建幼儿园3所，新增学位900个。"
    assert [(line.source, line.amount_wan) for line in row.funding] == [("省级", 480), ("多级合计(mixed)", 200)]
    assert (row.lead_units, row.assisting_units) == (("省教育厅",), ("省发展改革委", "省财政厅"))
    assert row.deadline == date(2019, 10, 31)
    assert {cell.cell for name, cell in row.source.items() if name not in ("serial", "project")} == {"C2"}
    assert row.source["deadline"].text == "2019年10月底前"


def test_a_label_beside_a_column_of_its_kind_is_kept():
    rows = (
        ["序号", "项目名称", "内容及要求", "责任单位"],
        ["1", "学前教育", "目标任务：新建幼儿园3所。\n责任单位：各县政府\n工期：2023年10月", "市教育局"],
    )
    (row,) = read_table(saved(*rows), name="表.xlsx", year=2023).rows
    assert (row.lead_units, row.deadline) == (("市教育局",), date(2023, 10, 31))
    assert list(row.extra.values()) == ["各县政府"]
