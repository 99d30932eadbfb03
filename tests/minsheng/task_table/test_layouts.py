"""Where a table keeps its title, its year, and the words that other tables have in their header."""

import io
from datetime import date

import pytest

from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.tables import read, saved
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


TURNED = ["序号", "项目名称", "项目要素", "具体内容", "备注"]
LINES = {
    "建设内容": "新建食堂{}个。",
    "资金安排": "县财政50万元。",
    "责任分工": "主办：县民政局；会办：县财政局",
    "完成时间": "9月底前",
}


def turned(serial, project, **more):
    lines = [["", "", label, text.format(serial), more.get(label, "")] for label, text in LINES.items()]
    lines[0][:2] = [serial, project]
    return lines


@pytest.mark.parametrize("merge", [[], ["A2:A5", "B2:B5", "A6:A9", "B6:B9"]])
def test_a_header_on_its_side_is_a_header(merge):
    reading = read(TURNED, *turned(1, "养老服务", 完成时间="续建"), *turned(2, "就业服务"), ("注：略。",), merge=merge)
    assert [(row.row, row.serial, row.project, row.content) for row in reading.rows] == [
        (2, "1", "养老服务", "新建食堂1个。"), (6, "2", "就业服务", "新建食堂2个。"),
    ]  # fmt: skip
    row = reading.rows[0]
    assert (row.lead_units, row.assisting_units) == (("县民政局",), ("县财政局",))
    assert (row.deadline, row.remarks) == (date(2023, 9, 30), "续建")
    assert [(line.source, line.amount_wan) for line in row.funding] == [("区级财政", 50)]
    cells = {name: row.source[name].cell for name in ("content", "funding", "lead_units", "deadline", "remarks")}
    assert cells == {"content": "D2", "funding": "D3", "lead_units": "D4", "deadline": "D5", "remarks": "E5"}
    assert not {issue.code for row in reading.rows for issue in row.issues} & {"row_folded", "project_missing"}
    assert [skipped.kind for skipped in reading.skipped_rows] == ["header", "note"]


@pytest.mark.parametrize(
    "change",
    [
        lambda block: block[3].__setitem__(slice(0, 2), [1, "养老服务"]),  # named again, as if it were another
        lambda block: block[3].__setitem__(2, "选址"),  # a label that no header has
        lambda block: block[3].__setitem__(2, ""),
        lambda block: block[3].__setitem__(2, "建设内容"),  # twice in a block
        lambda block: (block[2].__setitem__(4, "续建"), block[3].__setitem__(4, "县办")),
    ],
)
def test_a_block_unlike_the_others_is_asked_about(change):
    block = turned(1, "养老服务")
    change(block)
    reading = read(TURNED, *block, *turned(2, "就业服务"), *turned(3, "住房"))
    asked = [(row.row, [i.params for i in row.issues if i.code == "row_folded"]) for row in reading.rows]
    assert asked == [(2, [{"row": 2, "last": 5}]), (6, []), (10, [])]
    said = "".join([*(cell.text for cell in reading.rows[0].source.values()), *reading.rows[0].extra.values()])
    assert all(line[3] in said and line[4] in said for line in block)


def test_rows_under_one_project_that_are_tasks_stay_rows():
    rows = [
        [1, "养老服务", "新建食堂", "3个", ""],
        ["", "", "改造护理床位", "90张", ""],
        [2, "就业", "新增就业", "900人", ""],
    ]
    reading = read(["序号", "项目名称", "建设内容", "目标", "责任单位"], *rows)
    assert [row.row for row in reading.rows] == [2, 3, 4]
