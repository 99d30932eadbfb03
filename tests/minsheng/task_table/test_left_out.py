"""Tasks that were put to a vote and not chosen are asked about: a table lists them beside those that were."""

import pytest

from tests.minsheng.task_table.tables import read


def rows(header, *cells):
    return read(
        ("某市2024年民生实事候选项目表",),
        ("编号", "候选项目", "项目概况", "责任单位", header),
        *((f"0{n}", f"事项{n}", f"新建公园{n}处", "市住建局", cell) for n, cell in enumerate(cells, 1)),
    ).rows


def doubted(header, *cells):
    return [any(i.code == "row_cancelled" and i.asks for i in row.issues) for row in rows(header, *cells)]


@pytest.mark.parametrize("header", ["票决结果", "人大票决", "当选情况", "评审结论", "表决结果"])
def test_one_that_was_not_chosen_is_asked_about(header):
    cells = ("当选", "未当选", "通过", "落选", "未通过", "不予实施", "暂缓", "已立项", "未入选")
    assert doubted(header, *cells) == [False, True, False, True, True, True, True, False, True]


def test_the_question_names_the_words():
    issue = next(i for i in rows("票决结果", "当选", "未当选")[1].issues if i.code == "row_cancelled")
    assert (issue.field, issue.severity, issue.params) == ("row", "warning", {"text": "未当选"})


def test_yes_and_no_below_a_question():
    assert doubted("是否当选", "是", "否") == [False, True]
    assert doubted("是否新建", "是", "否") == [False, False]


@pytest.mark.parametrize(
    ("header", "cell"), [("进展情况", "未立项"), ("备注", "未通过验收的一并重建"), ("建设性质", "新建")]
)
def test_how_far_a_task_is_raises_no_question(header, cell):
    assert doubted(header, cell) == [False]


def test_remarks_say_it_too():
    assert doubted("备注", "未当选，列入储备库", "续建") == [True, False]
