"""Headers over two columns: the two ends of a time, figures to be reached side by side, steps with their dates."""

from datetime import date

import pytest

from tests.minsheng.task_table.tables import read

TITLE = ("清河县2025年民生实事项目表",)
TIMES = [("2025.3", "2025.12"), ("2025年4月", "2025年9月")]


def under(parent, one, other, *pairs, unit="所"):
    rows = [
        (n, f"项目{n}", unit, first, second, "县教育局", "2025年10月") for n, (first, second) in enumerate(pairs, 1)
    ]
    head = ("序号", "项目名称", "计量单位", parent, "", "责任单位", "完成时限")
    return read(TITLE, head, ("", "", "", one, other), *rows, year=2025, merge=("D2:E2",))


def times(one, other, *, parent="", pairs=TIMES):
    rows = [(n, f"项目{n}", "新建学校1所。", first, second, "县教育局") for n, (first, second) in enumerate(pairs, 1)]
    if not parent:
        return read(TITLE, ("序号", "项目名称", "建设内容", one, other, "责任单位"), *rows, year=2025)
    head = ("序号", "项目名称", "建设内容", parent, "", "责任单位")
    merge = ("D2:E2", "A2:A3", "B2:B3", "C2:C3", "F2:F3")
    return read(TITLE, head, ("", "", "", one, other), *rows, year=2025, merge=merge)


@pytest.mark.parametrize("parent", ["建设周期", "起止时间", "建设年限", ""])
@pytest.mark.parametrize(
    ("one", "other"),
    [("计划开工", "计划竣工"), ("开始", "结束"), ("起", "止"), ("启动", "投用"), ("开工年月", "完工年月")],
)
def test_a_time_with_two_ends_is_due_at_the_second(parent, one, other):
    reading = times(one, other, parent=parent)
    assert [row.deadline for row in reading.rows] == [date(2025, 12, 31), date(2025, 9, 30)]


def test_the_second_of_two_columns_of_dates_below_a_time_is_the_deadline_whatever_it_is_called():
    reading = times("初", "终", parent="建设周期")
    assert [row.deadline for row in reading.rows] == [date(2025, 12, 31), date(2025, 9, 30)]


def test_when_things_were_really_finished_is_no_deadline():
    reading = times("计划", "实际", parent="建设时间")
    assert [row.deadline.month for row in reading.rows] == [3, 4]


@pytest.mark.parametrize("parent", ["2025年目标", "任务数", "年度任务"])
@pytest.mark.parametrize(("one", "other"), [("计划开工", "计划竣工"), ("新建", "改造"), ("城区", "农村")])
def test_figures_under_one_header_are_all_to_be_reached(parent, one, other):
    reading = under(parent, one, other, (9, 11), ("", 16500), ("≥2000", "约15"))
    read_ = [[(t.text, t.quantity, t.unit, t.bound, t.approx) for t in row.targets] for row in reading.rows]
    assert read_ == [
        [(f"项目1（{one}）", 9, "所", None, False), (f"项目1（{other}）", 11, "所", None, False)],
        [(f"项目2（{other}）", 16500, "所", None, False)],
        [(f"项目3（{one}）", 2000, "所", "min", False), (f"项目3（{other}）", 15, "所", None, True)],
    ]


def test_columns_that_are_called_by_what_they_count_tell_the_unit():
    (row,) = under("改造任务", "户数", "面积（万平方米）", (120, "1.5"), unit="处").rows
    assert [(str(t.quantity), t.unit) for t in row.targets] == [("120", "户"), ("1.5", "万平方米")]


@pytest.mark.parametrize(
    ("one", "other", "quantity"),
    [("上半年", "全年", 11), ("2025年", "2026年", 9), ("现有", "新增", 11), ("合计", "其中城区", 9)],
)
def test_of_figures_under_one_header_only_those_of_the_year_and_the_whole_are_to_be_reached(one, other, quantity):
    (row,) = under("目标任务", one, other, (9, 11)).rows
    assert [target.quantity for target in row.targets] == [quantity]
    assert not [issue for issue in row.issues if issue.field == "targets" and issue.asks]


def test_a_part_whose_whole_is_blank_is_asked_about():
    _first, row = under("目标任务", "合计", "城区", (9, 4), ("", 11)).rows
    assert not row.targets
    assert "column_unknown" in [issue.code for issue in row.issues if issue.field == "targets"]


def stepwise(header, *cells):
    rows = [(n, f"项目{n}", "新建学校1所。", cell, "县教育局") for n, cell in enumerate(cells, 1)]
    return read(TITLE, ("序号", "项目名称", "主要内容", header, "责任单位"), *rows, year=2025)


STEPS = (
    "3月底前：完成设计\n6月底前：完成5处\n10月底前：全部完工",
    "4月底前完成采购；8月底前全部安装到位",
    "1—3月：前期准备。\n4—11月：施工。",
)


@pytest.mark.parametrize("header", ["推进时序", "进度安排", "实施步骤", "推进计划", "时间安排"])
def test_the_last_of_steps_with_dates_is_the_deadline_where_no_column_tells_it(header):
    reading = stepwise(header, *STEPS)
    assert [row.deadline and row.deadline.month for row in reading.rows] == [10, 8, 11]
    assert all(any(issue.code == "deadline_several" for issue in row.issues) for row in reading.rows)


def test_steps_are_no_deadlines_beside_a_column_of_them_nor_in_a_report():
    rows = [(n, f"项目{n}", "新建学校1所。", cell, "县教育局", "12月") for n, cell in enumerate(STEPS, 1)]
    beside = read(TITLE, ("序号", "项目名称", "主要内容", "推进时序", "责任单位", "完成时限"), *rows, year=2025)
    assert {row.deadline.month for row in beside.rows} == {12}
    report = stepwise("工作进展", *STEPS[:2], "3月：已完成设计；6月：已开工")
    assert report.header_map["D"] != "deadline"


def figures_of_money(*headers, title="清河开发区2023年民生实事投资计划表（单位：万元）"):
    head = ("序号", "项目名称", "主要内容", *headers, "责任单位", "完成时限")
    rows = [(n, f"项目{n}", "新建学校1所。", *[100 * n] * len(headers), "教育局", "8月底前") for n in (1, 2)]
    return read((title,), head, *rows, year=None)


@pytest.mark.parametrize(
    ("headers", "sources"),
    [
        (("总投资", "区财政"), ["区级财政"]),
        (("中央资金", "省级资金", "县级配套"), ["中央", "省级", "区级财政"]),
        (("市财政", "街道自筹"), ["市级", "其他"]),
        (("财政资金", "自筹资金"), ["财政资金(unspecified)", "企业自筹"]),
        (("镇级配套", "村自筹"), ["其他", "其他"]),
        (("省补助", "市补助", "县补助"), ["省级", "市级", "区级财政"]),
        (("县级专项资金",), ["区级财政"]),
    ],
)
def test_a_column_of_figures_called_by_a_level_and_its_money_is_of_that_level(headers, sources):
    reading = figures_of_money(*headers)
    assert [line.source for line in reading.rows[0].funding] == sources
    assert {line.amount_wan for line in reading.rows[1].funding} == {200}


def test_a_column_of_figures_that_speaks_of_money_and_is_not_known_is_asked_about():
    row = figures_of_money("县级财政", "配套比照").rows[0]
    assert "column_unknown" in [issue.code for issue in row.issues if issue.field == "funding"]


@pytest.mark.parametrize("unit", ["（单位：万元）", "(单位:万元、个)", "    单位：万元"])
def test_a_title_that_says_its_unit_is_the_title(unit):
    reading = figures_of_money("县级财政", title="清河县2023年民生实事投资计划表" + unit)
    assert (reading.title, reading.year) == ("清河县2023年民生实事投资计划表", 2023)
    assert reading.skipped_rows[0].kind == "title"


@pytest.mark.parametrize(
    "total",
    [("合计", "", "2项", ""), ("合计", "2项", "", ""), ("总计（2项）", "", "", ""), ("小计2项", "", "", "")],
)
def test_a_total_in_a_first_column_of_units_is_no_task(total):
    head = ("牵头单位", "序号", "项目名称", "主要内容", "县财政（万元）", "完成时限")
    rows = [("县教育局", 1, "学校", "新建学校1所", 300, "8月底前"), ("县住建局", 2, "道路", "修路3条", 200, "10月")]
    reading = read(TITLE, head, *rows, (*total, 500, ""), year=2025)
    assert [row.project for row in reading.rows] == ["学校", "道路"]
    assert reading.skipped_rows[-1].kind == "subtotal"
