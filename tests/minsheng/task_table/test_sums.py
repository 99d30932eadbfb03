"""Totals, in cells and in tables: taken as totals, and held against what their parts add up to."""

import pytest
from django.urls import reverse

from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.tables import saved, uploaded

HEADER = ("序号", "项目名称", "建设内容", "投资额（万元）", "任务数", "牵头单位")
PARTS = ("序号", "项目名称", "建设内容", "总投资（元）", "其中：", "", "", "牵头单位")


def lines(text, **how):
    funding = parse_funding(text, **how).value
    return [(line.source, int(line.amount_wan)) for line in funding.lines], [int(t.amount_wan) for t in funding.totals]


def asked(parsed):
    return [(issue.code, dict(issue.params)) for issue in parsed.issues if issue.asks]


@pytest.mark.parametrize(
    "text",
    [
        "区级财政6500万元+市级1700万元=8200万元",
        "区级财政6500万元＋市级1700万元＝8200万元",
        "区级6500+市级1700=8200万元",
        "区级6500+市级1700=8200（万元）",
        "8200万元=6500万元（区财政）+1700万元（市级）",
        "区财政6500万元、市财政1700万元=8200万元",
        "区级财政6500万元+市级1700万元，合计8200万元",
    ],
)
def test_a_sum_written_out_is_the_total_of_its_parts(text):
    assert lines(text) == ([("区级财政", 6500), ("市级", 1700)], [8200])
    assert asked(parse_funding(text)) == []


def test_a_column_says_the_unit_of_a_bare_sum():
    text = "区级6500+市级1700=8200"
    assert lines(text, unit="万元") == ([("区级财政", 6500), ("市级", 1700)], [8200])


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("区级财政6500万元+市级1700万元=8300万元", "8300万元"),
        ("总投资8300万元=区级财政6500万元+市级1700万元", "总投资8300万元"),
        ("区级财政6500万元、市级1700万元，共计8300万元", "共计8300万元"),
    ],
)
def test_a_wrong_sum_is_asked_with_both_figures(text, stated):
    assert asked(parse_funding(text)) == [("funding_sum_wrong", {"text": stated, "amount": "8200"})]
    assert stated in parse_funding(text).issues[0].message
    assert "8200" in parse_funding(text).issues[0].message


def test_what_is_said_of_a_sum_is_said_of_its_parts():
    found = parse_funding("区级财政6500万元+市级1700万元=8200万元（已到位）").value
    assert [line.stage for line in found.lines] == ["secured", "secured"]


@pytest.mark.parametrize(
    "text", ["6500+1700=8200万元", "区财政20万元×3所=60万元", "专项债5万元+3万元=市级8万元，另2万元"]
)
def test_what_is_no_plain_sum_or_names_nobody_is_asked(text):
    assert asked(parse_funding(text))


@pytest.mark.parametrize(
    ("text", "source", "asks"),
    [
        ("财政资金（含上级）12000000元", "财政资金(unspecified)", True),
        ("区财政（含上级补助）1200万元", "区级财政", True),
        ("区财政1200万元（含省级补助）", "区级财政", True),
        ("财政资金（不含上级）1200万元", "财政资金(unspecified)", False),
        ("区财政1200万元（含设备）", "区级财政", False),
        ("上级资金（含中央）1200万元", "上级补助", False),
    ],
)
def test_money_of_others_within_an_amount_is_asked(text, source, asks):
    parsed = parse_funding(text)
    assert [(line.source, line.amount_wan) for line in parsed.value.lines] == [(source, 1200)]
    assert ("funding_includes" in [code for code, _params in asked(parsed)]) == asks


def test_a_part_behind_a_comma_is_not_counted_twice_unasked():
    assert asked(parse_funding("区财政500万元，含省级补助200万元")) == [("funding_part", {"text": "含省级补助200万元"})]


def task(number, amount, count=None, name="项目"):
    return (number, f"{name}{number}", f"建设内容{number}", amount, count, "县住建局")


def differing(*rows, header=HEADER, **how):
    found = read_table(saved(header, *rows, **how), name="表.xlsx", year=2023)
    return [tuple(i.params.values()) for i in found.issues if i.code == "total_differs"]


def test_a_total_that_is_the_sum_of_its_rows_is_not_asked():
    rows = [task(1, 100, 3), task(2, 250.5, 4), ("合计", "", "", 350.5, 7, "")]
    assert differing(*rows) == []


def test_a_wrong_total_names_row_column_and_both_figures():
    rows = [task(1, 100, 3), task(2, 250, 4), ("合计", "", "", 360, 8, "")]
    assert differing(*rows) == [
        (4, "投资额（万元）", "360万元", "350万元"),
        (4, "任务数", "8", "7"),
    ]
    found = read_table(saved(HEADER, *rows), name="表.xlsx", year=2023)
    (money, _count) = [issue for issue in found.issues if issue.code == "total_differs"]
    assert (money.severity, money.field) == ("warning", "funding")
    assert "360万元" in money.message
    assert "350万元" in money.message


GROUPS = (
    ("一、教育", "", "", "", "", ""),
    task(1, 100), task(2, 200), ("小计", "", "", 300, "", ""),
    ("二、医疗", "", "", "", "", ""),
    task(3, 50), task(4, 60),
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "whole", "wrong"),
    [
        (110, 410, []),
        (120, 410, [(9, "投资额（万元）", "120万元", "110万元")]),
        (110, 400, [(10, "投资额（万元）", "400万元", "410万元")]),
        (110, 110, [(10, "投资额（万元）", "110万元", "410万元")]),  # the sum of the last part only
        (110, 820, [(10, "投资额（万元）", "820万元", "410万元")]),  # rows and their sub-totals together
    ],
)
def test_parts_and_the_whole(part, whole, wrong):
    rows = (*GROUPS, ("小计", "", "", part, "", ""), ("合计", "", "", whole, "", ""))
    assert differing(*rows) == wrong


@pytest.mark.parametrize(
    ("whole", "part", "wrong"),
    [(350, 350, []), (360, 350, [(2, "投资额（万元）", "360万元", "350万元")])],
)
def test_totals_may_stand_above_their_rows(whole, part, wrong):
    rows = (("合计", "", "", whole, "", ""), ("小计", "", "", part, "", ""), task(1, 100), task(2, 250))
    assert differing(*rows) == wrong


def test_headings_may_carry_the_sums_of_their_rows():
    right = (("一、教育", "", "", 300, "", ""), task(1, 100), task(2, 200))
    wrong = (("二、医疗", "", "", 300, "", ""), task(3, 100), task(4, 190))
    assert differing(*right, *wrong) == [(5, "投资额（万元）", "300万元", "290万元")]


def test_words_in_a_cell_may_be_the_rest_of_a_total_but_not_less():
    rows = [task(1, 100), task(2, "待上级下达")]
    assert differing(*rows, ("合计", "", "", 150, "", "")) == []
    assert differing(*rows, ("合计", "", "", 90, "", "")) == [(4, "投资额（万元）", "90万元", "100万元")]


def test_a_merged_amount_counts_once_and_a_hidden_row_may_be_left_out():
    merged = [task(1, 100), task(2, None), ("合计", "", "", 100, "", "")]
    assert differing(*merged, merge=("D2:D3",)) == []
    hidden = [task(1, 100), task(2, 50), ("合计", "", "", 100, "", "")]
    assert differing(*hidden, hidden_rows=(3,)) == []
    assert differing(*hidden) == [(4, "投资额（万元）", "100万元", "150万元")]


def test_figures_of_several_measures_do_not_add_up():
    rows = [task(1, 1, "3所"), task(2, 2, "12公里"), ("合计", "", "", 3, "16", "")]
    assert differing(*rows) == []


def parts(*rows, header=PARTS):
    second = ("", "", "", "", "中央", "省级", "县级", "")
    merge = ("E1:G1", "A1:A2", "B1:B2", "C1:C2", "D1:D2", "H1:H2")
    found = read_table(saved(header, second, *rows, merge=merge), name="表.xlsx", year=2023)
    issues = [
        (row.row, i.params["amount"]) for row in found.rows for i in row.issues if i.code == "funding_parts_differ"
    ]
    return issues, found


def row(number, *amounts):
    return (number, f"项目{number}", f"建设内容{number}", *amounts, "县住建局")


def test_parts_of_a_total_take_its_unit_and_are_held_against_it():
    issues, found = parts(
        row(1, 10_000_000, 3_000_000, 2_000_000, 5_000_000), row(2, 10_000_000, 3_000_000, 0, 8_000_000)
    )
    assert [(line.source, line.amount_wan) for line in found.rows[0].funding] == [
        ("中央", 300), ("省级", 200), ("区级财政", 500),
    ]  # fmt: skip
    assert issues == [(4, "1100")]


def test_less_than_the_total_is_asked_where_the_parts_of_most_rows_are_all():
    whole = [row(n, 100, 30, 20, 50) for n in (1, 2)]
    assert parts(*whole, row(3, 100, 30, 20, 40))[0] == [(5, "0.009")]
    assert parts(*(row(n, 100, 30, 20, n) for n in (1, 2, 3)))[0] == []


def test_parts_without_a_word_above_them_are_asked_where_most_rows_add_up():
    header = (*PARTS[:4], "资金来源（元）", *PARTS[5:])
    whole = [row(n, 100, 30, 20, 50) for n in (1, 2)]
    assert parts(*whole, row(3, 100, 30, 20, 60), header=header)[0] == [(5, "0.011")]
    assert parts(row(1, 100, 30, 20, 60), header=header)[0] == []


def test_a_wrong_total_is_shown_above_the_rows_of_the_review(alice, stage):
    rows = [task(1, 100, 3), task(2, 250, 4), ("合计", "", "", 360, 7, "")]
    batch = stage(uploaded(HEADER, *rows))
    page = alice.get(reverse("task_table:batch", args=[batch.pk]))
    (issue,) = [issue for issue in page.context["shown"].reading.issues if issue.code == "total_differs"]
    assert issue.message in page.content.decode()
    assert page.context["table_asks"]


@pytest.mark.parametrize(("whole", "wrong"), [(350, []), (50, [(7, "投资额（万元）", "50万元", "350万元")])])
def test_each_part_may_have_a_total_of_its_own(whole, wrong):
    rows = (
        task(1, 100),
        task(2, 200),
        ("教育类合计", "", "", 300, "", ""),
        task(3, 50),
        ("卫生类合计", "", "", 50, "", ""),
    )
    assert differing(*rows, ("总计", "", "", whole, "", "")) == wrong


def test_totals_of_pages_are_no_headings():
    rows = (task(1, 100), ("本页小计", "", "", 100, "", ""), HEADER, task(2, 50), ("本页小计", "", "", 60, "", ""))
    assert differing(*rows) == [(6, "投资额（万元）", "60万元", "50万元")]
    found = read_table(saved(HEADER, *rows), name="表.xlsx", year=2023)
    assert [row.category for row in found.rows] == ["", ""]


def test_a_total_may_be_told_in_the_cell_that_calls_it_so():
    header = tuple(words for words in HEADER if words != "任务数")
    rows = [(n, f"项目{n}", f"建设内容{n}", 100, "县住建局") for n in (1, 2)]
    told = [differing(*rows, (f"合计：{n}万元",), header=header, merge=("A4:E4",)) for n in (200, 210)]
    assert told == [[], [(4, "投资额（万元）", "210万元", "200万元")]]
