"""Headers and what stands round them: the form's own lines, plans of progress, units of measure, rows there twice."""

import pytest

from tests.minsheng.task_table.tables import read

TITLE = ("某县2023年民生实事指标表",)
BELOW = ("", "", "", "", "全年", "其中：一季度", "其中：9月底", "", "")
MERGED = ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:G3", "H3:H4", "I3:I4")


def header(second="单位"):
    return ("序号", "指标名称", second, "上年完成", "2023年目标", "", "", "责任单位", "备注")


def indicators(above, *rows):
    return read(TITLE, above, header(), BELOW, *rows, merge=("A1:I1", *MERGED))


FLATS = ("1", "公租房分配", "套", "310", "420", "80", "300", "县住建局", "")
BEDS = ("2", "养老床位", "张", "", "约260", "开工", "100", "县民政局", "续建")


@pytest.mark.parametrize(
    "above",
    [
        ("填报单位：县民生实事工作专班", "", "", "", "", "", "", "2023年3月6日", ""),
        ("牵头部门：县政府办公室", "", "", "", "", "", "", "", "2023.3.6"),
        ("报送部门：县发改局", "", "", "联系电话：0000-0000000", "", "", "填报日期：3月6日", "", ""),
        ("制表人：", "", "", "", "", "审核人：", "", "", ""),
    ],
)
def test_a_label_with_what_it_says_is_no_header(above):
    reading = indicators(above, FLATS, BEDS)
    assert reading.header_map["D"] == "extra"
    assert [(row.project, row.content, row.lead_units, row.assisting_units) for row in reading.rows] == [
        ("公租房分配", "公租房分配", ("县住建局",), ()),
        ("养老床位", "养老床位", ("县民政局",), ()),
    ]


def test_parts_of_the_year_below_a_target_are_its_plan():
    reading = indicators(("",) * 9, FLATS, BEDS)
    assert [reading.header_map[letter] for letter in "EFG"] == ["target", "plan", "plan"]
    assert [[(float(t.quantity), t.unit) for t in row.targets] for row in reading.rows] == [
        [(420, "套")],
        [(260, "张")],
    ]
    assert not any(issue.asks for row in reading.rows for issue in row.issues)


def test_two_measures_in_one_cell():
    row = indicators(("",) * 9, ("1", "危房改造", "户/平方米", "12/900", "16/1200", "", "", "县住建局", "")).rows[0]
    assert [(float(t.quantity), t.unit) for t in row.targets] == [(16, "户"), (1200, "平方米")]


def test_two_figures_of_one_measure_are_asked():
    row = indicators(("",) * 9, ("1", "危房改造", "户", "", "16/1200", "", "", "县住建局", "")).rows[0]
    assert "targets" in [issue.field for issue in row.issues if issue.asks]


@pytest.mark.parametrize(("second", "twice"), [(("所", "3"), True), (("个", "1200"), False), (("所", "4"), False)])
def test_one_project_with_several_measures_is_not_there_twice(second, twice):
    first, again = (("1", "学位扩容", *figures, "县教育局") for figures in (("所", "3"), second))
    reading = read(
        ("序号", "项目名称", "计量单位", "数量", "责任单位"), first, again, merge=("A2:A3", "B2:B3", "E2:E3")
    )
    assert [issue.code for issue in reading.rows[1].issues if issue.field == "row"] == ["row_twice"] * twice


def test_figures_planned_for_the_year_are_the_targets():
    reading = read(
        ("序号", "指标", "计量单位", "2022年实际", "2023年计划", "责任单位"),
        ("1", "新增公园", "处", "6", "8", "县城管局"),
        ("2", "供水普及率", "%", "91.5", "≥93", "县水利局"),
    )
    figures = [[(float(t.quantity), t.unit, t.bound) for t in row.targets] for row in reading.rows]
    assert figures == [[(8, "处", None)], [(93, "%", "min")]]
    assert not any(issue.asks for row in reading.rows for issue in row.issues)


def timed(*times, word="进度安排"):
    rows = [(str(n), f"事项{n}", "新建1处", "县城管局", when) for n, when in enumerate(times, 1)]
    return read(("序号", "项目名称", "建设内容", "责任单位", word), *rows)


def test_times_below_a_word_of_progress_are_deadlines():
    reading = timed("10月底", "常态化开展", "汛期前", "2023年三季度", "每季度末", "11月（暂定）", "5月开工，9月完成")
    assert reading.header_map["E"] == "deadline"
    assert [row.deadline and row.deadline.month for row in reading.rows] == [10, None, None, 9, None, 11, 9]


@pytest.mark.parametrize(
    "times",
    [
        ("已完成60%", "6月底已开工", "10月底", "目前正在施工", "12月已完成"),
        ("每月1次", "长期", "每季度1次", "常态化", "每周2次"),
        (
            "一季度立项；二季度开工；三季度完工",
            "一季度招标；四季度完工",
            "10月底",
            "前期已办结",
            "二季度开工；年底完工",
        ),
    ],
)
def test_progress_and_what_comes_again_are_no_deadlines(times):
    reading = timed(*times)
    assert reading.header_map["E"] != "deadline"
    assert "no_deadline_column" in [issue.code for issue in reading.issues]


def test_a_column_mostly_of_dates_that_is_not_taken_is_asked_about():
    reading = timed("10月底", "11月底", "9月底", "基本完成", "正在施工")
    assert [issue.code for issue in reading.issues if "deadline" in issue.code] == ["deadline_column_unsure"]


def test_of_two_serial_numbers_the_one_that_counts_every_task():
    head = ("序号", "类别", "项目序号", "项目名称", "责任单位")
    rows = [("一", "教育", "1", "新建学校", "县教育局"), ("", "", "2", "新建幼儿园", "县教育局")]
    rows.append(("二", "健康", "3", "新建医院", "县卫健局"))
    reading = read(("某县2023年民生实事",), ("（县政府办公室 2023年1月）",), head, *rows, merge=("A4:A5", "B4:B5"))
    assert (reading.title, [row.serial for row in reading.rows]) == ("某县2023年民生实事", ["1", "2", "3"])


@pytest.mark.parametrize(("title", "source"), [("江州市2023年民生实事", "市级"), ("民生实事", "财政资金(unspecified)")])
def test_a_column_of_the_own_level(title, source):
    reading = read(
        (title,), ("序号", "项目名称", "责任单位", "中央", "本级"), ("1", "新建学校", "市教育局", "10", "20")
    )
    assert [line.source for line in reading.rows[0].funding] == ["中央", source]
    asked = [issue.code for issue in reading.issues if issue.params.get("text") == "本级" and issue.asks]
    assert ("funding_no_source" in asked) == (source != "市级")


def test_a_role_that_is_not_understood_is_asked_about_in_both_fields():
    reading = read(("序号", "项目名称", "责任单位"), ("1", "新建学校", "主责单位：县教育局；监督单位：县审计局"))
    asked = {issue.field for issue in reading.rows[0].issues if issue.code == "unit_unlikely"}
    assert asked == {"lead_units", "assisting_units"}


# --- headers of three rows, and columns that compete

OVER = ("序号", "项目名称", "建设内容", "投资安排（万元）", "", "", "时间安排", "", "责任单位")
MIDDLE = ("", "", "", "总投资", "本年投资", "", "开工（启动）", "完工（完成）", "")
UNDER = ("", "", "", "", "财政资金", "社会资本", "", "", "")
THREE = ("A3:A5", "B3:B5", "C3:C5", "D3:F3", "D4:D5", "E4:F4", "G3:H3", "G4:G5", "H4:H5", "I3:I5")


@pytest.mark.parametrize("note", ["（共4大类12项）", "（二十件）"])
def test_a_note_in_brackets_below_the_title_begins_no_header_of_three_rows(note):
    task = ("1", "学校扩建", "新建教学楼2幢", 12800, 4200, 300, "2月", "10月", "县教体局")
    below = (note, "", "", "", "", "", "", "", "2023年2月")
    reading = read(("某县2023年民生实事表",), below, OVER, MIDDLE, UNDER, task, merge=THREE)

    assert reading.header_rows == (3, 4, 5)
    (row,) = reading.rows
    assert (row.row, row.deadline.isoformat(), row.lead_units) == (6, "2023-10-31", ("县教体局",))
    assert [(line.source, line.amount_wan) for line in row.funding] == [
        ("财政资金(unspecified)", 4200),
        ("企业自筹", 300),
    ]


def test_a_header_goes_down_as_far_as_its_cells_are_merged():
    rows = [
        ("序号", "项目名称", "资金安排（万元）", "", "", "责任单位"),
        ("", "", "合计", "其中", "", ""),
        ("", "", "", "财政", "", ""),
        ("", "", "", "省级", "县级", ""),
        ("1", "新建公园3处", 700, 500, 200, "县住建局"),
    ]
    merge = ("A1:A4", "B1:B4", "C1:E1", "C2:C4", "D2:E2", "D3:E3", "F1:F4")
    reading = read(*rows, merge=merge)

    assert reading.header_rows == (1, 2, 3, 4)
    assert [(line.source, line.amount_wan) for row in reading.rows for line in row.funding] == [
        ("省级", 500), ("区级财政", 200),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "day", "asked"),
    [("12月底", "12月底", False), ("2023年6月", "12月底", True), ("", "12月底", False), ("6月", "—", False)],
)
def test_another_column_of_deadlines_that_says_another_day_is_asked_about(second, day, asked):
    header = ("序号", "项目名称", "项目内容", "完成时限", "竣工时间", "责任单位")
    (row,) = read(header, ("1", "公园", "新建公园3处", day, second, "县住建局")).rows
    found = [issue for issue in row.issues if issue.code == "deadline_other_column"]
    assert [(one.severity, one.params["text"], one.params["column"]) for one in found] == (
        [("warning", second, "竣工时间")] if asked else []
    )


def test_when_it_was_done_is_no_other_deadline():
    header = ("序号", "项目名称", "项目内容", "完成时限", "实际完成时间", "责任单位")
    (row,) = read(header, ("1", "公园", "新建公园3处", "12月底", "2023年6月", "县住建局")).rows
    assert not [issue for issue in row.issues if issue.code == "deadline_other_column"]


@pytest.mark.parametrize(
    ("called", "read_from"), [("推进措施及时间节点", "建设停车场9处"), ("年度目标", "上半年建成5处")]
)
def test_steps_beside_the_task_are_not_what_it_is_to_reach(called, read_from):
    header = ("序号", "项目名称", "建设内容", called, "责任单位", "完成时限")
    (row,) = read(header, ("1", "停车场", "建设停车场9处。", "上半年建成5处", "县住建局", "10月底")).rows
    assert [target.text for target in row.targets] == [read_from]


WORDS = ("序号", "项目名称", "建设内容", "投资（万元）", "", "", "责任单位", "完成时限")
ALL_DOWN = ("A1:A3", "B1:B3", "C1:C3", "D1:F1", "D2:D3", "G1:G3", "H1:H3")


@pytest.mark.parametrize(
    ("middle", "merge"), [(("总投资", "2023年", ""), ("E2:F2",)), (("总投资", "2023年投资", "其中"), ())]
)
@pytest.mark.parametrize("parts", [("财政", "社会"), ("县级", "乡镇自筹")])
def test_words_between_cells_that_reach_down_are_header_and_no_task(middle, merge, parts):
    rows = [
        ("1", "东门路", "硬化道路1.2公里", 230, 150, 80, "县住建局", "9月底前"),
        ("2", "西岭桥", "新建桥1座", 60, 40, 20, "县交通局", "10月底前"),
    ]
    header = [WORDS, ("", "", "", *middle, "", ""), ("", "", "", "", *parts, "", "")]
    reading = read(*header, *rows, merge=(*ALL_DOWN, *merge))

    assert reading.header_rows == (1, 2, 3)
    assert [(row.row, row.project) for row in reading.rows] == [(4, "东门路"), (5, "西岭桥")]
    assert [[line.amount_wan for line in row.funding] for row in reading.rows] == [[150, 80], [40, 20]]
    assert [[total.amount_wan for total in row.funding_totals] for row in reading.rows] == [[230], [60]]


def test_cells_of_tasks_that_are_merged_down_are_no_header():
    rows = [("1", "东门路", "硬化道路", "县住建局", "9月底前"), ("", "", "安装路灯", "县城管局", "10月底前")]
    reading = read(("序号", "项目名称", "建设内容", "责任单位", "完成时限"), *rows, merge=("A2:A3", "B2:B3"))
    assert [row.content for row in reading.rows] == ["硬化道路", "安装路灯"]
