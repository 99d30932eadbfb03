"""What of a file is asked about beside the table that is read, and what its rows are once a person reads it on."""

import io

import openpyxl
import pytest

from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.tables import HEADER, task

PLAIN = ("序号", "项目名称", "项目内容", "完成时限", "责任单位")


def line(number, what="食堂", unit="县民政局"):
    return (number, f"{what}{number}", f"新建第{number}处{what}。", "10月底前", unit)


def lines(first, last, what="食堂"):
    return [line(number, what) for number in range(first, last + 1)]


def book(hidden=(), merge=None, **sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in (merge or {}).get(name, ()):
            sheet.merge_cells(cells)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read(file, *joining, **how):
    return read_table(file, name="表.xlsx", year=2023, joining=joining, **how)


def other(reading, name):
    return next(one for one in reading.others if one.name == name)


def said_of(reading, name):
    one = other(reading, name)
    return one.asks, one.fits, one.seems


def numbered(reading):
    return [(row.row, row.project, row.category) for row in reading.rows]


@pytest.mark.parametrize("name", ["续表", "第2页", "Sheet2"])
def test_rows_that_go_on_without_header_are_asked_about_and_suggested(name):
    reading = read(book(任务表=[PLAIN, *lines(1, 3)], **{name: lines(4, 5)}))

    assert len(reading.rows) == 3
    assert said_of(reading, name) == (True, True, "goes-on")
    assert other(reading, name).first[0] == tuple(map(str, line(4)))


@pytest.mark.parametrize(
    "rows",
    [
        [["填表说明"], ["一、请如实填写"]],
        [["序号", "栏目", "填写说明"], [1, "项目名称", "请填写项目的全称，不得简写"], [2, "完成时限", "请填写到月份"]],
        [["县民政局", "王某", "05371234567"], ["县教育局", "李某", "05372345678"]],
        [["序号", "姓名", "联系电话", "单位"], [1, "王某某", "13800000000", "县民政局"], [2, "李", "13900000000", ""]],
        [["县民政局", "专项债券", "教育类"], ["县教育局", "财政资金", "卫生类"]],
        [["类别", "项目数", "投资额"], ["教育类", 12, 3000], ["卫生类", 8, 2000]],
        [["序号", "单位", "项目数", "完成率"], [1, "县民政局", 3, "80%"], [2, "县教育局", 5, "90%"]],
    ],
    ids=["one column", "instructions", "telephones", "contacts", "lists", "summary", "by unit"],
)  # fmt: skip
def test_what_plainly_is_no_task_table_is_told_and_not_asked(rows):
    reading = read(book(任务表=[PLAIN, *lines(1, 3)], Sheet2=rows))

    assert [one.asks for one in reading.others] in ([], [False])
    assert not any(issue.asks for issue in reading.issues)


@pytest.mark.parametrize("merged", [(), ("A1:E1", "A2:E2", "A3:E3")])
def test_tasks_that_each_fill_one_cell_are_asked_about(merged):
    rows = [["补充任务"], ["十一、新建口袋公园3处（县住建局，2023年11月底前完成）"], ["十二、改造老旧小区5个"]]

    reading = read(book(任务表=[PLAIN, *lines(1, 3)], 补充任务=rows, merge={"补充任务": merged}))

    assert said_of(reading, "补充任务") == (True, False, "")
    assert other(reading, "补充任务").rows == 3
    assert [(issue.code, issue.asks) for issue in reading.issues] == [("other_table", True)]


def test_lines_that_are_no_tasks_are_told_all_the_same():
    rows = [["填表说明"], ["一、请各单位于12月底前报送"], ["二、本表由县政府办负责解释"]]

    reading = read(book(任务表=[PLAIN, *lines(1, 3)], 填表说明=rows))

    assert [(issue.code, issue.asks, issue.params["rows"]) for issue in reading.issues] == [("unread_table", False, 3)]


def test_tasks_in_lines_below_a_list_are_asked_about():
    rows = [["县民政局", "王某", "05371234567"], ["十一、新建口袋公园3处"]]

    assert said_of(read(book(任务表=[PLAIN, *lines(1, 3)], 其他=rows)), "其他")[0]


def test_a_sheet_of_the_same_form_is_asked_about_whether_or_not_it_has_more_rows():
    reading = read(book(教育类=[PLAIN, *lines(1, 2, "学校")], 卫生类=[PLAIN, *lines(1, 3, "医院")]))

    assert (reading.sheet, said_of(reading, "教育类")) == ("卫生类", (True, True, "goes-on"))


def test_a_summary_of_the_same_rows_is_read_and_its_parts_are_only_told():
    whole = [*lines(1, 2, "学校"), *lines(1, 2, "医院")]
    reading = read(
        book(汇总表=[PLAIN, *whole], 教育类=[PLAIN, *lines(1, 2, "学校")], 卫生类=[PLAIN, *lines(1, 2, "医院")])
    )

    assert reading.sheet == "汇总表"
    assert [(issue.code, issue.asks) for issue in reading.issues] == [("sheets_same", False)]


@pytest.mark.parametrize(
    ("other_than", "asks"), [({}, False), ({4: "县住建局"}, True), ({3: "12月底前"}, True), ({5: 999}, True)]
)
def test_the_same_tasks_with_other_units_deadlines_or_money_are_asked_about(other_than, asks):
    rows = [[*line(number), 10] for number in range(1, 4)]
    revised = [[other_than.get(place, cell) for place, cell in enumerate(row)] for row in rows]
    header = (*PLAIN, "投资额（万元）")

    reading = read(book(任务表=[header, *rows], 修订=[header, *revised]))

    assert said_of(reading, "修订") == (asks, True, "apart")


def test_a_summary_that_says_less_of_the_same_tasks_is_only_told():
    reading = read(book(任务表=[PLAIN, *lines(1, 3)], 汇总=[PLAIN[:3], *[line(n)[:3] for n in range(1, 4)]]))

    assert not other(reading, "汇总").asks


def test_rows_that_go_on_are_numbered_in_chinese_too():
    def numbered(first):
        return [("一二三四五六"[n - 1], *line(n)[1:]) for n in (first, first + 1)]

    reading = read(book(任务表=[PLAIN, *numbered(1), *numbered(3)], 表二=numbered(5)))

    assert said_of(reading, "表二") == (True, True, "goes-on")


def test_a_month_that_mostly_repeats_the_other_is_asked_about_and_seems_apart():
    changed = [*lines(1, 2), line(3, "公园")]
    reading = read(book(十月=[PLAIN, *lines(1, 3)], 十一月=[PLAIN, *changed]))

    assert said_of(reading, "十一月") == (True, True, "apart")
    assert other(reading, "十一月").same == 2


@pytest.mark.parametrize(("name", "title"), [("2022年", None), ("旧表", "2022年民生实事任务表"), ("填报示例", None)])
def test_another_year_or_an_example_seems_apart(name, title):
    above = [[title]] if title else []
    file = book(
        **{"2023年": [["2023年民生实事任务表"], PLAIN, *lines(1, 3)], name: [*above, PLAIN, *lines(1, 2, "旧事")]}
    )

    assert said_of(read(file), name) == (True, True, "apart")


def test_what_is_hidden_is_told_and_can_be_read_on():
    file = book(任务表=[PLAIN, *lines(1, 3)], 旧表=[PLAIN, *lines(1, 2, "旧事")], hidden=["旧表"])

    reading = read(file)

    assert [(issue.code, issue.asks) for issue in reading.issues] == [("sheets_hidden", False)]
    assert len(read(file, "旧表").rows) == 5


def test_rows_are_read_in_the_order_of_the_file_and_keep_their_numbers():
    file = book(
        教育类=[["民生实事（教育类）"], PLAIN, *lines(1, 2, "学校")],
        交通类=[PLAIN, *lines(1, 3, "道路")],
        卫生类=[PLAIN, *lines(1, 1, "医院")],
    )

    alone, one, both = read(file), read(file, "卫生类"), read(file, "教育类", "卫生类")

    assert [row.row for row in alone.rows] == [2, 3, 4]
    assert numbered(one)[3:] == [(2002, "医院1", "卫生类")]
    assert numbered(both) == [
        (1003, "学校1", "教育类"),
        (1004, "学校2", "教育类"),
        (2, "道路1", "交通类"),
        (3, "道路2", "交通类"),
        (4, "道路3", "交通类"),
        (2002, "医院1", "卫生类"),
    ]
    assert both.rows[0].source["content"].cell == "教育类!C3"
    assert not any(issue.asks for row in both.rows for issue in row.issues)


def test_each_is_read_below_its_own_header_whatever_the_order_of_its_columns():
    turned = [
        ("序号", "责任单位", "项目内容", "项目名称", "完成时限", "备注"),
        (1, "县交通局", "修路5公里。", "修路", "6月底前", "急"),
    ]
    reading = read(book(一=[PLAIN, *lines(1, 2)], 二=turned), "二")

    row = reading.rows[-1]
    assert (row.project, row.lead_units, row.remarks, row.deadline.month) == ("修路", ("县交通局",), "急", 6)


def test_names_of_sheets_that_say_nothing_are_no_category():
    file = book(Sheet1=[PLAIN, *lines(1, 2)], Sheet2=[PLAIN, *lines(1, 1, "公园")], 续表=lines(3, 3))

    assert {row.category for row in read(file, "Sheet2", "续表").rows} == {""}


def test_a_column_of_categories_goes_before_the_name_of_the_sheet():
    first, second = ([(*PLAIN, "类别"), (*line(1, what), "民生")] for what in ("学校", "医院"))

    assert {row.category for row in read(book(教育类=first, 卫生类=second), "卫生类").rows} == {"民生"}


def test_rows_without_header_continue_what_stands_above_them():
    rest = [["任务分解表（续）"], (None, None, "新建第二期。", "10月底前", "县民政局"), *lines(3, 4)]
    reading = read(book(任务表=[PLAIN, ("一、养老类",), *lines(1, 2)], 续表=rest), "续表")

    assert [(row.project, row.category) for row in reading.rows][2:] == [
        ("食堂2", "一、养老类"),
        ("食堂3", "一、养老类"),
        ("食堂4", "一、养老类"),
    ]
    assert [(row.row, row.kind) for row in reading.skipped_rows if row.row > 1000] == [(1001, "note")]


def test_a_task_that_stands_on_both_is_asked_about_as_a_row():
    reading = read(book(一=[PLAIN, *lines(1, 3)], 二=[PLAIN, line(1), line(9)]), "二")

    assert [issue.params["row"] for row in reading.rows for issue in row.issues if issue.code == "row_twice"] == [2]


def test_what_a_person_says_of_a_column_holds_of_that_column_on_the_other_sheet():
    header = ("序号", "项目名称", "项目内容", "何时", "责任单位")
    turned = ("序号", "何时", "项目名称", "项目内容", "责任单位")
    second = [turned, (1, "6月底前", "修路", "修路5公里。", "县交通局")]
    file = book(甲类=[header, *lines(1, 2)], 乙类=second)

    reading = read(file, "乙类", mapping={"D": "deadline"})

    assert [row.deadline.month for row in reading.rows] == [10, 10, 6]
    assert reading.rows[-1].content == "修路5公里。"


def test_money_is_read_in_the_unit_that_its_own_sheet_names():
    def rows(unit):
        return [[f"单位：{unit}"], [*PLAIN, "投资额"], [*line(1), 30], [*line(2), 40]]

    file = book(甲类=rows("万元"), 乙类=[rows("元")[0], [*PLAIN, "投资额"], [*line(3, "公园"), 50000]])

    amounts = [total.amount_wan for row in read(file, "乙类").rows for total in (*row.funding, *row.funding_totals)]

    assert amounts == [30, 40, 5]


def test_another_year_on_a_sheet_that_is_read_on_is_asked():
    file = book(甲=[["2023年民生实事"], PLAIN, *lines(1, 2)], 乙=[["2022年民生实事"], PLAIN, *lines(3, 3)])

    assert [issue.code for issue in read(file, "乙").issues if issue.asks] == ["year_differs"]


def test_what_cannot_be_read_on_is_refused():
    file = book(任务表=[PLAIN, *lines(1, 3)], 名单=[["甲", "乙", "丙"], ["丁", "戊", "己"]])

    for name in ("名单", "没有"):
        with pytest.raises(TaskTableRefused, match=name):
            read(file, name)


def test_rows_of_other_columns_are_asked_about_and_not_offered():
    wider = [[*task(number)[:3], "县民政局", "10月底", "", "", "", "", "备"] for number in (4, 5)]
    reading = read(book(任务表=[HEADER, task(1), task(2), task(3)], 续=wider))

    assert said_of(reading, "续") == (True, False, "")


def test_a_total_on_a_sheet_that_goes_on_is_of_the_rows_of_both():
    def money(number):
        return (*line(number), 10)

    header, rest = (*PLAIN, "投资额（万元）"), [money(3), ("合计", None, None, None, None, 30)]
    right = book(任务表=[header, money(1), money(2)], 续表=rest)
    wrong = book(任务表=[header, money(1), money(2)], 续表=[rest[0], (*rest[1][:5], 99)])

    assert [issue.code for issue in read(right, "续表").issues if issue.code == "total_differs"] == []
    assert [issue.params["row"] for issue in read(wrong, "续表").issues if issue.code == "total_differs"] == [1002]


def test_each_sheet_with_a_header_has_its_own_totals():
    def rows(what, total):
        return [(*PLAIN, "投资额（万元）"), (*line(1, what), 10), (*line(2, what), 5), ("合计", *[None] * 4, total)]

    file = book(教育类=rows("学校", 15), 卫生类=rows("医院", 16))

    assert [issue.params["row"] for issue in read(file, "卫生类").issues if issue.code == "total_differs"] == [1004]


@pytest.mark.parametrize(("total", "wrong"), [(45, []), (30, []), (46, [2])])
def test_a_grand_total_may_be_of_all_that_is_read(total, wrong):
    header = (*PLAIN, "投资额（万元）")
    first = [header, ("总计", *[None] * 4, total), (*line(1), 10), (*line(2), 20)]
    file = book(教育类=first, 卫生类=[header, (*line(1, "医院"), 15)])

    reading = read(file, "卫生类")

    assert [issue.params["row"] for issue in reading.issues if issue.code == "total_differs"] == wrong
    alone = [issue.params["row"] for issue in read(file).issues if issue.code == "total_differs"]
    assert alone == ([] if total == 30 else [2])
