"""Deadlines and money that stand in the text of a task, where the header of its column says so."""

from datetime import date

import pytest

from tests.minsheng.task_table.tables import read

HEADERS = (
    "内容、预算与时限", "项目内容及资金、时限", "任务内容、完成时限及资金安排", "目标任务和经费及时间要求",
    "主要内容（含完成时限、资金）", "建设规模、工期及投资", "任务/资金/时间节点",
)  # fmt: skip
LIGHTS = "安装路灯180盏，每盏2800元，共50.4万元，由县财政承担，8月底前完工。"
PONDS = "整治山塘4口，加固堤坝620米，县级补助36万元，6月15日前完工验收。"


def table(header, *contents, more=(), cells=()):
    rows = ((str(n), f"事项{n}", text, *cells, "县水利局") for n, text in enumerate(contents, 1))
    return read(("某县2023年民生实事",), ("序号", "项目名称", header, *more, "责任单位"), *rows)


def amounts(row):
    return [(line.source, float(line.amount_wan)) for line in row.funding if line.amount_wan]


def asked(row):
    return [issue.code for issue in row.issues if issue.asks]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_joins_them_is_of_contents_and_the_rest_is_read_out_of_them(header):
    reading = table(header, LIGHTS, PONDS)
    assert reading.header_map["C"] == "content"
    assert {"deadline_in_content", "funding_from_content"} <= {issue.code for issue in reading.issues}
    lights, ponds = reading.rows
    assert (lights.content, lights.deadline, lights.deadline_text) == (LIGHTS, date(2023, 8, 31), "8月底前完工。")
    assert (amounts(lights), amounts(ponds)) == ([("区级财政", 50.4)], [("区级财政", 36)])
    assert [float(target.quantity) for target in lights.targets] == [180]
    assert ponds.deadline == date(2023, 6, 15)
    assert lights.source["deadline"] == lights.source["funding"] == lights.source["content"]
    assert asked(lights) == asked(ponds) == []


@pytest.mark.parametrize("header", ["建设内容和时限", "目标任务及时限要求", "目标及完成时间", "举措、时间节点"])
def test_only_what_the_header_names_is_read(header):
    reading = table(header, LIGHTS, PONDS)
    assert [row.deadline for row in reading.rows] == [date(2023, 8, 31), date(2023, 6, 15)]
    assert [row.funding for row in reading.rows] == [(), ()]


def test_money_alone():
    reading = table("项目内容及资金", LIGHTS, PONDS)
    assert [amounts(row) for row in reading.rows] == [[("区级财政", 50.4)], [("区级财政", 36)]]
    assert [row.deadline for row in reading.rows] == [None, None]


@pytest.mark.parametrize("header", ["建设内容", "目标任务", "内容及规模", "任务描述"])
def test_nothing_is_read_out_of_contents_that_do_not_say_so(header):
    reading = table(header, LIGHTS, PONDS)
    assert [(row.deadline, row.funding) for row in reading.rows] == [(None, ())] * 2


@pytest.mark.parametrize("header", ["任务完成时限", "完成时限及要求", "目标完成时间", "时间节点", "目标任务及时限"])
def test_a_column_of_nothing_but_times_is_that_of_deadlines(header):
    reading = table("建设内容", LIGHTS, PONDS, more=(header,), cells=("10月底前",))
    assert (reading.header_map["C"], reading.header_map["D"]) == ("content", "deadline")
    assert reading.rows[0].deadline == date(2023, 10, 31)


def test_a_column_of_its_own_comes_first():
    reading = table("内容、预算与时限", LIGHTS, PONDS, more=("完成时间", "资金来源"), cells=("9月底", "市级补助20万元"))
    assert [(row.deadline, amounts(row)) for row in reading.rows] == [(date(2023, 9, 30), [("市级", 20)])] * 2
    assert "funding_in_content" in [issue.code for issue in reading.issues if issue.asks]


def test_a_text_without_a_time_or_a_sum_is_told():
    row = table("内容、预算与时限", "新建公厕3座。", PONDS).rows[0]
    assert (row.deadline, row.funding, asked(row)) == (None, (), ["deadline_missing"])


def test_a_time_of_another_year_and_one_that_has_no_end():
    spent, ongoing = table(
        "内容、预算与时限",
        "购车2辆，2022年支出31.5万元，2023年预算38万元由县财政承担，3月底前到位。",
        "开展巡查，长期坚持。",
    ).rows
    assert (spent.deadline, asked(spent)) == (date(2023, 3, 31), [])
    assert [line.reference_year for line in spent.funding] == [2022, None]
    assert "funding_of_year" in [issue.code for issue in spent.issues]
    assert (ongoing.deadline, ongoing.deadline_status) == (None, "open_ended")


def test_who_pays_without_a_sum_money_to_reach_and_a_total_beside():
    header, total = "内容、预算与时限", {"more": ("总投资（万元）",), "cells": ("500",)}
    row = table(header, "新建公园2处，资金由县财政统筹解决，9月30日前建成。").rows[0]
    assert [(line.source, line.amount_wan) for line in row.funding] == [("区级财政", None)]
    row = table(header, "发放创业贷款5000万元，12月底前完成").rows[0]
    assert "target_money" in [issue.code for issue in row.issues if issue.asks and issue.field == "funding"]
    row = table(header, "新建公园2处，中央补助300万元、县级200万元，9月30日前建成。", **total).rows[0]
    assert (amounts(row), [float(t.amount_wan) for t in row.funding_totals]) == (
        [("中央", 300), ("区级财政", 200)],
        [500],
    )


@pytest.mark.parametrize("header", ["内容、预算与时限", "目标任务及时限"])
def test_short_contents_with_their_times_are_contents(header):
    reading = table(header, "新建公厕3座，10月底前建成", "修路5公里，年底前完工")
    assert reading.header_map["C"] == "content"
    assert [row.deadline for row in reading.rows] == [date(2023, 10, 31), date(2023, 12, 31)]
    assert [[float(t.quantity) for t in row.targets] for row in reading.rows] == [[3], [5]]
