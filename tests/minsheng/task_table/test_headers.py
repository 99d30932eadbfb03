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
