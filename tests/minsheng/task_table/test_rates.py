"""A rate beside the amount that it makes."""

import pytest

from tests.minsheng.task_table.tables import read

HEADER = ("序号", "实事名称", "实施内容", "投资（万元）", "资金渠道", "牵头单位")


def money(content, amount, source, header="投资（万元）"):
    names = tuple(header if name == "投资（万元）" else name for name in HEADER)
    row = read(("某县2024年民生实事",), names, ("1", "免费体检", content, amount, source, "县卫健局")).rows[0]
    lines = [(line.source, line.amount_wan, line.rate[0] if line.rate else None) for line in row.funding]
    return lines, [issue.code for issue in row.issues if issue.asks and issue.field == "funding"]


@pytest.mark.parametrize("header", ["投资（万元）", "总投资（万元）", "资金（万元）", "金额（万元）"])
@pytest.mark.parametrize(
    ("content", "amount", "source", "rate"),
    [
        ("为城乡居民免费体检2.4万人，体检率不低于90%", "312", "自治区财政按130元/人补助", 130),
        ("为3,200名老人体检", "41.6", "省财政按每人130元补助", 130),
        ("发放补贴120人", "7.2", "省级每人每月50元", 50),
    ],
)
def test_what_a_rate_makes_is_the_amount_of_who_pays_it(header, content, amount, source, rate):
    lines, asked = money(content, amount, source, header)
    assert [(name, yuan) for name, _amount, yuan in lines] == [("省级", rate), ("省级", None)]
    assert (float(lines[1][1]), asked) == (float(amount), [])


def test_what_it_does_not_make_is_asked_about():
    lines, asked = money("改造危房100户", "500", "县财政每户补助2万元")
    assert [(name, amount) for name, amount, _rate in lines] == [("区级财政", None), ("区级财政", 500)]
    assert asked == ["funding_total_as_line"]


@pytest.mark.parametrize("source", ["省财政按130元/人补助，县财政配套100万元", "按每人130元标准", "省财政120万元"])
def test_amounts_of_others_and_rates_of_nobody_are_left_as_they_are(source):
    lines, _asked = money("为城乡居民免费体检2.4万人", "312", source)
    assert 312 not in [amount for _name, amount, _rate in lines]


def test_a_total_of_all_who_pay_that_it_does_not_make_stays_a_total():
    lines, _asked = money("改造危房100户", "500", "县财政每户补助2万元", "总投资（万元）")
    assert lines == [("区级财政", None, 20000)]
