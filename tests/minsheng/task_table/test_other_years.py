"""What other years, or several together, are to reach or have reached is no target of the table's year."""

import pytest

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
