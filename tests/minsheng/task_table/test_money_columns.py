"""Columns of money at another stage than planned, or of another year: never added to what is planned."""

import pytest

from tests.minsheng.task_table.tables import read


def table(*headers, cells=(100, 60, 40), year=2023, title="某县2023年民生实事任务表", **more):
    return read(
        (title,),
        ("序号", "项目名称", "建设内容", *headers, "责任单位", "完成时限"),
        ("1", "东门路", "硬化道路1.7公里", *cells[: len(headers)], "县交通局", "10月底"),
        ("2", "西岭桥", "新建桥7座", *cells[: len(headers)], "县交通局", "11月底"),
        year=year,
        **more,
    )


def told(reading):
    return {issue.code: issue.severity for issue in reading.issues}


def asked(row):
    return [issue.code for issue in row.issues if issue.asks and issue.field == "funding"]


def totals(row):
    return [(total.kind, float(total.amount_wan), total.reference_year) for total in row.funding_totals]


@pytest.mark.parametrize(
    ("headers", "total"),
    [
        (("资金总额（万元）", "已到位资金（万元）", "缺口资金（万元）"), "sum"),
        (("计划资金（万元）", "到位资金（万元）"), "sum"),
        (("预算金额（万元）", "已支付金额（万元）"), "sum"),
        (("项目预算（万元）", "资金缺口（万元）"), "sum"),
        (("总投资（万元）", "已落实资金（万元）"), "total_investment"),
        (("总投资（万元）", "已下达资金（万元）", "尚需资金（万元）"), "total_investment"),
    ],
)
def test_what_is_secured_spent_or_missing_is_no_second_sum(headers, total):
    reading = table(*headers)
    for row in reading.rows:
        assert totals(row) == [(total, 100, None)]
        assert [*row.extra] == [*headers[1:]]
        assert asked(row) == []
    assert told(reading)["funding_column_of_stage"] == "info"


def test_sums_that_only_tell_what_was_applied_for_and_granted_are_asked_about():
    reading = table("申请资金（万元）", "批复资金（万元）")
    assert [totals(row) for row in reading.rows] == [[], []]
    assert told(reading)["funding_column_of_stage"] == "warning"


def test_by_source_the_stage_is_kept():
    reading = table("省级资金（万元）", "已到位省级资金（万元）", "申请中央资金（万元）")
    found = [(line.source, float(line.amount_wan), line.stage) for line in reading.rows[0].funding]
    assert found == [("省级", 100, None), ("省级", 60, "secured"), ("中央", 40, "applied")]


@pytest.mark.parametrize(
    "headers", [("所需资金（万元）", "项目预算（万元）"), ("年度资金（万元）", "本年投资（万元）")]
)
def test_two_sums_of_a_row_are_asked_about(headers):
    for row in table(*headers).rows:
        assert asked(row) == ["funding_sums"]


@pytest.mark.parametrize(
    "headers", [("所需资金（万元）", "本年度资金（万元）"), ("资金总额（万元）", "2023年资金（万元）")]
)
def test_of_a_sum_and_one_of_the_year_the_second_is_planned_in_it(headers):
    for row in table(*headers).rows:
        assert sorted(totals(row)) == [("sum", 100, None), ("year_plan", 60, None)]
        assert asked(row) == []


def test_a_sum_below_the_year_is_that_of_the_year():
    reading = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", "建设内容", "投资安排（万元）", "", "", "", "责任单位"),
        ("", "", "", "总投资", "2023年计划投资", "", "", ""),
        ("", "", "", "", "合计", "财政资金", "社会资本", ""),
        ("1", "东门路", "硬化道路1.7公里", 300, 100, 60, 40, "县交通局"),
        ("2", "西岭桥", "新建桥7座", 500, 200, 150, 50, "县交通局"),
        merge=("A2:A4", "B2:B4", "C2:C4", "D2:G2", "D3:D4", "E3:G3", "H2:H4"),
    )
    assert totals(reading.rows[0]) == [("total_investment", 300, None), ("year_plan", 100, None)]
    assert [float(line.amount_wan) for line in reading.rows[0].funding] == [60, 40]


@pytest.mark.parametrize(
    ("headers", "years"),
    [
        (("2022年投资", "2023年投资", "2024年投资"), (2022, None, 2024)),
        (("2023年计划投资", "2024年计划投资"), (None, 2024)),
        (("年度计划投资", "次年计划投资"), (None, 2024)),
        (("上年投资", "本年投资", "明年投资"), (2022, None, 2024)),
    ],
)
def test_the_money_of_another_year_is_marked_as_such(headers, years):
    reading = table(*(f"{header}（万元）" for header in headers), cells=(100, 60, 40))
    for row in reading.rows:
        expected = zip((100, 60, 40), years, strict=False)
        assert totals(row) == [("year_plan", amount, year) for amount, year in expected]
        assert asked(row) == []
    assert told(reading)["funding_column_of_year"] == "info"


def test_the_year_above_holds_for_those_who_pay_below_it():
    reading = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", "建设内容", "2023年投资（万元）", "", "2024年投资（万元）", "", "责任单位"),
        ("", "", "", "省级", "县级", "省级", "县级", ""),
        ("1", "东门路", "硬化道路1.7公里", 60, 40, 30, 20, "县交通局"),
        merge=("A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:G2", "H2:H3"),
    )
    found = [(line.source, float(line.amount_wan), line.reference_year) for line in reading.rows[0].funding]
    assert found == [("省级", 60, None), ("区级财政", 40, None), ("省级", 30, 2024), ("区级财政", 20, 2024)]


def test_what_is_carried_over_pays_in_this_year():
    reading = table("2022年结转资金（万元）")
    assert totals(reading.rows[0]) == [("sum", 100, None)]


def test_the_plan_of_several_years_is_a_total():
    reading = table("2022—2024年计划投资（万元）", "2023年计划投资（万元）")
    assert totals(reading.rows[0]) == [("total_investment", 100, None), ("year_plan", 60, None)]


@pytest.mark.parametrize("words", ["上年目标", "去年任务", "往年目标", "次年目标", "明年任务"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_goal_of_the_year_before_or_after_is_kept_and_no_target(words, turned):
    headers, cells = ["年度目标", words], ["建设健身路径22条", "建设健身路径11条"]
    order = slice(None, None, -1 if turned else 1)
    reading = table(*headers[order], cells=cells[order])
    row = reading.rows[0]
    assert (row.content, row.extra) == ("硬化道路1.7公里", {words: "建设健身路径11条"} | row.extra)
    bare = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", *headers[order], "责任单位"),
        ("1", "健身路径", *cells[order], "县体育局"),
    )
    assert (bare.rows[0].content, bare.rows[0].extra) == ("建设健身路径22条", {words: "建设健身路径11条"})
    assert [float(target.quantity) for target in bare.rows[0].targets] == [22]
    assert "column_of_years" in told(bare)


def test_columns_called_by_who_pays_are_theirs_also_where_a_cell_says_more():
    reading = read(
        ("某县2023年民生实事任务表",),
        ("序号", "项目名称", "建设内容", "财政资金（万元）", "社会资金（万元）", "责任单位"),
        ("1", "公园", "新建公园1处", 100, 20, "县住建局"),
        ("2", "道路", "新修道路2条", "80（含上年结转30万元）", 30, "县交通局"),
        ("3", "学校", "新建学校1所", 60, 10, "县教育局"),
    )
    found = [(line.source, float(line.amount_wan)) for line in reading.rows[0].funding]
    assert found == [("财政资金(unspecified)", 100), ("其他", 20)]
    assert (reading.rows[0].funding_totals, asked(reading.rows[0])) == ((), [])


@pytest.mark.parametrize(("words", "said"), [("社会投入", True), ("企业自筹", False), ("社会资本", False)])
def test_it_is_said_where_words_that_name_no_company_are_taken_as_one(words, said):
    reading = table("县级财政（万元）", f"{words}（万元）")
    assert [line.source for line in reading.rows[0].funding] == ["区级财政", "企业自筹"]
    assert ("funding_column_of_companies" in told(reading)) == said
