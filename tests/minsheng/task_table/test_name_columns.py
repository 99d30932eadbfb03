"""Which column names the projects: words of what is told of a project besides are no name of it."""

import pytest

from tests.minsheng.task_table.tables import read

TITLE = ("某县2023年民生实事任务表",)
TOLD = [
    "项目级别",
    "项目来源",
    "项目周期",
    "项目立项文号",
    "事项代码",
    "实事编码",
    "工程属性",
    "项目所处阶段",
    "任务来源",
    "项目要素",
]


def table(*headers, content="新建文化中心1处，建筑面积3000平方米，年底前开放"):
    cells = {"序号": "1", "项目名称": "文化中心", "建设内容": content, "责任单位": "县文旅局"}
    second = {**cells, "序号": "2", "项目名称": "人民桥", "建设内容": "新建桥9座，连通城东与城西各乡镇"}
    rows = [[row.get(header, "市级") for header in headers] for row in (cells, second)]
    return read(TITLE, headers, *rows)


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("place", [1, 2])
def test_what_is_told_of_a_project_is_not_its_name(told, place):
    headers = ["序号", "项目名称", "建设内容", "责任单位"]
    headers.insert(place, told)
    reading = table(*headers)
    assert [row.project for row in reading.rows] == ["文化中心", "人民桥"]
    assert [row.serial for row in reading.rows] == ["1", "2"]
    assert [row.extra for row in reading.rows] == [{told: "市级"}] * 2
    assert [issue.code for issue in reading.issues] == ["no_deadline_column"]


@pytest.mark.parametrize("headers", [("项目编码", "序号", "项目名称"), ("序号", "项目代码", "项目名称")])
def test_numbers_that_count_are_the_serials_and_codes_are_kept(headers):
    reading = table(*headers, "建设内容", "责任单位")
    assert [(row.serial, row.project) for row in reading.rows] == [("1", "文化中心"), ("2", "人民桥")]
    assert {*reading.rows[0].extra} == {*headers} - {"序号", "项目名称"}


def test_codes_alone_are_the_serials():
    reading = read(
        TITLE,
        ("项目编码", "项目名称", "建设内容", "责任单位"),
        ("GX-01", "东门路", "硬化道路1.2公里", "县交通局"),
        ("GX-02", "西岭桥", "新建桥1座", "县交通局"),
    )
    assert [(row.serial, row.project) for row in reading.rows] == [("GX-01", "东门路"), ("GX-02", "西岭桥")]


def test_without_contents_the_longer_texts_about_a_project_are():
    reading = read(
        TITLE,
        ("序号", "项目概况", "项目名称", "责任单位"),
        ("1", "硬化道路1.2公里，配套路灯30盏", "东门路", "县交通局"),
        ("2", "新建桥1座，连通两岸", "西岭桥", "县交通局"),
    )
    assert [(row.project, row.content) for row in reading.rows] == [
        ("东门路", "硬化道路1.2公里，配套路灯30盏"),
        ("西岭桥", "新建桥1座，连通两岸"),
    ]


@pytest.mark.parametrize(
    ("headers", "asked"),
    [(("民生实事", "项目名称", "建设内容"), "项目名称"), (("序号", "项目甲类", "建设内容"), "项目甲类")],
)
def test_a_column_that_may_be_another_name_is_asked_about(headers, asked):
    reading = table(*headers, "责任单位")
    (issue,) = [issue for issue in reading.issues if issue.code == "project_column_unsure"]
    assert (issue.asks, issue.params) == (True, {"text": asked})


def test_the_lines_of_the_form_above_are_no_part_of_the_header():
    reading = read(
        TITLE,
        ("制表：镇党政综合办", "", "", "金额单位：元"),
        ("项目编码", "项目名称", "建设内容", "责任单位"),
        ("GX-01", "东门路", "硬化道路1.2公里", "县交通局"),
        ("GX-02", "西岭桥", "新建桥1座", "县交通局"),
        merge=("A2:C2",),
    )
    assert reading.header_rows == (3,)
    assert [row.project for row in reading.rows] == ["东门路", "西岭桥"]


@pytest.mark.parametrize("called", ["编码", "代码", "项目代码"])
def test_a_column_of_codes_numbers_the_tasks_where_nothing_else_does(called):
    reading = read((called, "工程名称", "工程内容", "责任单位"), ("JH-1", "市场", "设置摊位64个。", "县商务局"))
    assert [(row.serial, row.project) for row in reading.rows] == [("JH-1", "市场")]
    beside = read(
        ("序号", called, "工程名称", "工程内容", "责任单位"), (1, "JH-1", "市场", "设置摊位64个。", "县商务局")
    )
    assert [(row.serial, row.project) for row in beside.rows] == [("1", "市场")]
