"""Headers however they are worded, and the rows that are no tasks."""

import pytest

from minsheng.task_table.meanings import meaning_of
from minsheng.task_table.messages import MESSAGES
from tests.minsheng.task_table.tables import HEADER, kept_again, read, saved, task


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("序\n号", "serial"), ("事项名称", "project"), ("民生实事", "project"), ("目标任务", "content"),
        ("计划完成时间", "deadline"), ("资金（来源）", "funding"), ("总投资（万元）", "amount_total"),
        ("牵头部门", "lead_units"), ("协同单位", "assisting_units"), ("分管领导", "leader"),
        ("项目责任人", "contact"), ("1-8月实际\n完成情况", "progress"), ("备   注", "remarks"),
        ("所属领域", "category"),
    ],
)  # fmt: skip
def test_words_of_headers(words, meaning):
    assert meaning_of(words) == meaning


def test_header_of_two_rows():
    reading = read(
        ("2023年民生实事",),
        ("序号", "项目名称", "主要内容", "责任单位", "", "完成时限"),
        ("", "", "", "牵头单位", "配合单位", ""),
        (1, "养老", "新建食堂2个", "县民政局", "县财政局", "年底"),
        merge=["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"],
    )
    assert reading.header_rows == (2, 3)
    (row,) = reading.rows
    assert (row.lead_units, row.assisting_units) == (("县民政局",), ("县财政局",))


def test_header_repeated_at_a_page_break_is_no_task():
    title = "青岚县2023年民生实事"
    reading = read((title,), HEADER, task(1), (title,), HEADER, task(2, "就业"), merge=["A1:H1", "A4:H4"])
    assert [row.row for row in reading.rows] == [3, 6]
    assert [(skipped.row, skipped.kind) for skipped in reading.skipped_rows] == [
        (1, "title"), (2, "header"), (4, "title"), (5, "repeated_header"),
    ]  # fmt: skip


@pytest.mark.parametrize("continued", ["", "·", "同上", "—"])
def test_project_continues(continued):
    reading = read(HEADER, task(1, "安居"), task(2, continued), task(3, "畅通"))
    assert [row.project for row in reading.rows] == ["安居", "安居", "畅通"]


def test_project_merged_and_repeated():
    reading = read(HEADER, task(1, "安居"), task(2, None), task(3, "安\n居"), merge=["B2:B3"])
    assert [row.project for row in reading.rows] == ["安居"] * 3
    assert [row.source["project"].cell for row in reading.rows] == ["B2", "B2", "B4"]


def test_headings_totals_and_notes_are_no_tasks():
    reading = read(
        ("2023年民生实事",),
        HEADER,
        ("一、教育",),
        task(1),
        ("合计", "", "", "", "财政资金260万元"),
        ("说明：列第一位者为工作牵头单位。",),
        merge=["A3:H3", "A6:H6"],
    )
    assert [(skipped.row, skipped.kind) for skipped in reading.skipped_rows] == [
        (1, "title"), (2, "header"), (3, "category"), (5, "subtotal"), (6, "note"),
    ]  # fmt: skip
    assert (reading.rows[0].category, reading.lead_rule) == ("一、教育", "first")


def test_questions_whether_a_row_belongs():
    reading = read(HEADER, task(1), task(2), task(3, "就业"), hidden_rows=[4])
    codes = [[issue.code for issue in row.issues if issue.field == "row"] for row in reading.rows]
    assert codes == [[], ["row_twice"], ["row_hidden"]]


def test_amounts_of_a_merged_cell_count_once():
    reading = read(HEADER, task(1), task(2, "就业"), merge=["E2:E3"])
    assert [[line.amount_wan for line in row.funding] for row in reading.rows] == [[260], []]
    assert all("funding_shared" in [issue.code for issue in row.issues] for row in reading.rows)


def test_formula_without_a_value_is_asked_about():
    reading = read(HEADER, (1, "养老", "=A2&B2", "年底", "", "县民政局", "", ""))
    assert "formula_without_value" in [issue.code for issue in reading.rows[0].issues]


def test_unknown_columns_are_kept():
    header = (*HEADER, "惠及人群")
    assert read(header, (*task(1), "老人")).rows[0].extra == {"惠及人群": "老人"}


def test_every_reading_is_kept_whole():
    reading = read(HEADER, task(1, deadline="2月30日"), task(2, "道路", "道路3—5公里", "长期", "张三"))
    assert kept_again(reading) == reading


def test_every_issue_has_its_sentence():
    reading = read(HEADER, task(1, deadline="2月30日"), task(2, "道路", "道路3—5度", "每月", "张三"))
    assert all(issue.message for row in reading.rows for issue in row.issues)
    assert all("%(" not in issue.message for row in reading.rows for issue in row.issues)
    assert all(str(message) for message in MESSAGES.values())


def test_year_of_the_title():
    assert saved(HEADER)  # a workbook in itself
    assert read(("2021年民生实事任务表",), HEADER, task(1), year=None).year == 2021


def test_source_columns_and_roles_under_spanning_headers():
    """Funding by level in pure numbers, the unit in the title, lead and assisting under 责任单位."""
    reading = read(
        ("临江市2024年民生实事资金安排表（单位：万元）",),
        ("序号", "项目名称", "建设内容", "资金来源", "", "", "", "责任单位", "", "完成时限"),
        ("", "", "", "合计", "中央", "省", "县区", "牵头单位", "配合单位", ""),
        ("一", "教育提升（2项）"),
        (
            1,
            "幼儿园",
            "新建幼儿园三所，新增学位1080个。",
            2100,
            600,
            1000,
            500,
            "教育局",
            "财政局、住建局",
            "第三季度末",
        ),
        (2, "食堂", "改造食堂二十个。", 250.5, None, 250.5, None, "教育局", "市场监管局", "2024年8月底前"),
        ("", "合计", "", 2350.5, 600, 1250.5, 500),
        merge=["A1:J1", "A2:A3", "B2:B3", "C2:C3", "D2:G2", "H2:I2", "J2:J3"],
        year=None,
    )
    one, two = reading.rows
    assert (reading.year, reading.amount_unit, [skipped.kind for skipped in reading.skipped_rows[-2:]]) == (
        2024, "万元", ["category", "subtotal"],
    )  # fmt: skip
    assert [(line.source, line.amount_wan) for line in one.funding] == [
        ("中央", 600), ("省级", 1000), ("区级财政", 500),
    ]  # fmt: skip
    assert (one.lead_units, one.assisting_units, str(one.deadline)) == (
        ("教育局",), ("财政局", "住建局"), "2024-09-30",
    )  # fmt: skip
    assert [(target.quantity, target.unit) for target in two.targets] == [(20, "个")]


def test_header_of_two_rows_whose_first_cell_stands_over_number_and_name():
    reading = read(
        ("项目", "", "指标", "计量\n单位", "目标", "责任单位", "", "进展", ""),
        ("编号", "名称", "", "", "", "主办", "协办", "1-6月", "7-12月"),
        ("1", "社保\n扩面", "基本养老保险参保率", "%", 95.5, "人社局", "税务局", "95%", ""),
    )
    (row,) = reading.rows
    assert (row.serial, row.project, row.lead_units, row.assisting_units) == ("1", "社保扩面", ("人社局",), ("税务局",))


def test_one_column_for_both_roles():
    reading = read(
        ("序号", "工程名称", "建设任务", "牵头及配合部门"),
        (1, "出行", "新建天桥3座", "交通局牵头，城管局配合"),
        (2, "教育", "新建初中1所", "教育局（牵头）\n住建局、自然资源分局（配合）"),
    )
    assert [(row.lead_units, row.assisting_units) for row in reading.rows] == [
        (("交通局",), ("城管局",)), (("教育局",), ("住建局", "自然资源分局")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "footer",
    [
        ("审核人：张三", "", "填表人：李四", "", "联系电话：0731-1234567", "", "日期：2023年3月1日"),
        ("", "审核：", "", "", "制表：王五"),
        ("", "单位负责人（签字）：", "填报日期：2023.3.1"),
    ],
)
def test_footer_of_signatures_is_no_task(footer):
    reading = read(HEADER, task(1), footer)
    assert [row.row for row in reading.rows] == [2]
    assert [(skipped.row, skipped.kind) for skipped in reading.skipped_rows] == [(1, "header"), (3, "note")]


def test_a_task_with_a_telephone_number_is_a_task():
    reading = read(HEADER, task(1), (2, "审核人：培训", "联系电话：12345", "", "", "", "", ""))
    assert [row.row for row in reading.rows] == [2, 3]
    below = (*[None] * 6, "", "联系电话：12345")
    reading = read(HEADER, task(1), below, merge=[f"{column}2:{column}3" for column in "ABCDEF"])
    assert [row.row for row in reading.rows] == [2, 3]
