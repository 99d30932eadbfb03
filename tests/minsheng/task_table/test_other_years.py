"""What other years, or several together, are to reach or have reached is no target of the table's year."""

import pytest

from minsheng.task_table.parsers.targets import parse_targets
from tests.minsheng.task_table.tables import read


@pytest.mark.parametrize(
    "headers",
    [
        ("三年目标\n（2021—2023年）", "2023年目标任务"),
        ("“十四五”目标任务", "年度目标任务"),
        ("总体目标", "2023年度任务"),
        ("2021-2023年目标", "建设内容"),
        ("2024年目标任务", "2023年目标任务"),
        ("2024年目标任务", "建设内容及规模"),
        ("五年规划目标", "具体任务"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_other_years_are_to_reach_is_kept_and_no_target(headers, turned):
    cells = ("改造校舍30万平方米，覆盖全县所有乡镇和街道，惠及师生", "改造校舍9万平方米")
    order = slice(None, None, -1) if turned else slice(None)
    reading = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", *headers[order], "责任单位"),
        ("1", "校舍改造", *cells[order], "县教育局"),
    )
    row = reading.rows[0]
    assert [(float(target.quantity), target.unit) for target in row.targets] == [(9, "万平方米")]
    assert (row.content, [*row.extra.values()]) == (cells[1], [cells[0]])
    assert "column_of_years" in [issue.code for issue in reading.issues] or headers[0] == "总体目标"


@pytest.mark.parametrize("headers", [("总体目标", "工作举措"), ("三年目标", "备注"), ("第三年目标", "工作举措")])
def test_a_goal_that_may_be_of_the_year_is_read(headers):
    reading = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", *headers, "责任单位"),
        ("1", "校舍改造", "改造校舍9万平方米", "加强调度", "县教育局"),
    )
    assert [float(target.quantity) for target in reading.rows[0].targets] == [9]


def test_of_figures_in_columns_those_of_the_year_are_the_targets():
    reading = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", "计量单位", "三年任务数（2021-2023年）", "2023年任务数", "责任单位"),
        ("1", "校舍改造", "平方米", "3000", "900", "县教育局"),
        ("2", "厕所改造", "座", "30", "9", "县教育局"),
    )
    assert [[float(target.quantity) for target in row.targets] for row in reading.rows] == [[900], [9]]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("改造服务站6个，家庭医生签约率达到42%（2023年为38.5%）", [(6, "个"), (42, "%")]),
        ("为65岁以上老年人免费体检5,600人次（2023年 5,210人次）", [(5600, "人次")]),
        ("资助困难学生3,860人次（2023年资助3,742人次）", [(3860, "人次")]),
        ("新增就业2200人以上。2022年新增就业2315人，完成当年任务的115%。", [(2200, "人")]),
        ("种树5万株（2023年4.8万株、2022年4.5万株）", [(5, "万株")]),
        ("新增床位300张。2023年末全县有床位1200张。", [(300, "张")]),
        ("2024年建成12个，2025年建成20个", [(12, "个")]),
        ("新增学位3000个，其中2024年1200个、2025年1800个", [(3000, "个"), (1200, "个")]),
        ("新建公园3处，2025年再建5处", [(3, "处")]),
        ("2023年改造38所，惠及5000户；2024年改造42所，惠及6000户", [(42, "所"), (6000, "户")]),
    ],
)
def test_a_figure_of_another_year_beside_one_of_the_year_is_told_and_no_target(text, left):
    parsed = parse_targets(text, year=2024)
    assert [(float(target.quantity), target.unit) for target in parsed.value] == left
    assert {issue.severity for issue in parsed.issues} == {"info"}
    assert {issue.code for issue in parsed.issues} <= {"target_of_year", "target_state"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("2023年底存量120户全部改造，新建30户", [(120, "户"), (30, "户")]),
        ("2023年开工建设安置房300套，2024年6月竣工，配建车位200个", [(300, "套"), (200, "个")]),
        ("2023年启动的8个小区完工，新启动3个", [(8, "个"), (3, "个")]),
        ("改造小区12个，其中2023年续建4个", [(12, "个"), (4, "个")]),
        ("新建公园3处，到2025年建成8处", [(3, "处"), (8, "处")]),
        ("2025年春节前慰问500户，发放物资600份", [(500, "户"), (600, "份")]),
        ("完成当年任务的100%", [(100, "%")]),
        ("2024年资助3200人，惠及600户", [(3200, "人"), (600, "户")]),
    ],
)
def test_what_is_done_in_the_year_stays_a_target(text, left):
    parsed = parse_targets(text, year=2024)
    assert [(float(target.quantity), target.unit) for target in parsed.value] == left
    assert parsed.issues == ()
