"""What stands or compares is no target, what is listed behind a rate is one, and words that name who pays."""

import pytest

from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.targets import parse_targets
from tests.minsheng.task_table.tables import read


def figures(text):
    return [(float(target.quantity), target.unit) for target in parse_targets(text, year=2024).value]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("新建农村公路120公里，里程为2023年的1.5倍。", [(120, "公里")]),
        ("学位数达到去年的2倍，新增学位900个。", [(900, "个")]),
        ("用户增长1.2倍。", []),
        ("2023年已建成12个，今年再建18个。", [(18, "个")]),
        ("去年建成12个，今年新建18个。", [(18, "个")]),
        ("2023年更新38所，2024年更新42所。", [(42, "所")]),
        ("2023年发放1.2万户，2024年计划发放1.5万户。", [(1.5, "万户")]),
        ("现有床位400张，新增300张。", [(300, "张")]),
        ("全县已建成充电桩200个、换电站3座，年底前再建充电桩100个、换电站2座。", [(100, "个"), (2, "座")]),
        ("在去年80户的基础上新增40户。", [(40, "户")]),
        ("截至2023年底已完成65%，2024年全部建成。", []),
        ("储备帐篷1万顶（2025年补足另5000顶）。", [(1, "万顶")]),
        ("占全市的31%，开发岗位240个。", [(240, "个")]),
    ],
)
def test_what_stands_or_compares_is_no_target_and_it_is_said(text, left):
    assert figures(text) == left
    assert "target_state" in {issue.code for issue in parse_targets(text, year=2024).issues}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("2023年续建的12个小区6月底前全部扫尾", [(12, "个")]),
        ("含2020年续建60户", [(60, "户")]),
        ("对已建成的12个小区开展回头看", [(12, "个")]),
        ("现有公厕120座全部改造提升", [(120, "座")]),
        ("对现有12座泵站进行改造", [(12, "座")]),
        ("已签约项目8个年内全部开工", [(8, "个")]),
        ("去年启动的8个小区全部完工", [(8, "个")]),
        ("2023年度高标准农田建设项目3万亩", [(3, "万亩")]),
        ("已完成前期工作，新建学校3所", [(3, "所")]),
        ("截至2024年底，建成5G基站200个", [(200, "个")]),
        ("到2025年建成20个", [(20, "个")]),
        ("新能源公交车占公交车总数的80%以上", [(80, "%")]),
        ("完成应建总数的80%", [(80, "%")]),
        ("改造2000年底前建成的城镇老旧小区126个", [(126, "个")]),
    ],
)
def test_what_is_done_with_what_stands_is_to_be_reached(text, left):
    parsed = parse_targets(text, year=2024)
    assert figures(text) == left
    assert not {issue.code for issue in parsed.issues} & {"target_state", "target_other_year"}


@pytest.mark.parametrize("text", ["2023年改造38所", "2025年改造38所"])
def test_a_figure_of_another_year_alone_is_asked_about(text):
    assert [i.code for i in parse_targets(text, year=2024).issues if i.asks] == ["target_other_year"]


def money(text, **how):
    return [(line.source, line.amount_wan, line.rate) for line in parse_funding(text, year=2024, **how).value.lines]


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("按每人每月100元、200元的标准由市财政列支", [("市级", 100, "人·月"), ("市级", 200, "人·月")]),
        ("80—89岁每人每月50元，90岁以上100元", [("其他", 50, "人·月"), ("其他", 100, "人·月")]),
        (
            "县财政按小学每生每年1000元、初中1250元补助",
            [("区级财政", 1000, "生·年"), ("区级财政", 1250, "生·年")],
        ),
        ("小学、初中生均公用经费分别为720元、940元", [("其他", 720, "生"), ("其他", 940, "生")]),
        ("户均补助2万元、1万元", [("其他", 20000, "户"), ("其他", 10000, "户")]),
        ("每亩补贴120元或150元", [("其他", 120, "亩"), ("其他", 150, "亩")]),
        ("县财政每人每年补助300元，个人缴费200元", [("区级财政", 300, "人·年"), ("其他", 200, "人·年")]),
    ],
)
def test_what_is_listed_behind_a_rate_is_a_rate(text, rates):
    assert money(text) == [(source, None, (amount, per)) for source, amount, per in rates]


@pytest.mark.parametrize("text", ["每户补助2万元，共计100万元", "县财政按每床5000元标准补助，约需150万元"])
def test_a_sum_behind_a_rate_is_none(text):
    found = parse_funding(text, year=2024).value
    assert len([line for line in found.lines if line.rate]) == 1
    assert [*(total.amount_wan for total in found.totals), *(n.amount_wan for n in found.lines if n.amount_wan)]


def test_a_few_yuan_are_asked_about_but_in_a_column_of_yuan():
    assert [issue.code for issue in parse_funding("县财政补助5000元").issues] == ["funding_small"]
    assert not parse_funding("县财政补助5000", unit="元").issues


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("兵团政法专项1680万元", "省级"),
        ("县教育专项200万元", "区级财政"),
        ("市科技专项300万元", "市级"),
        ("国家教育专项200万元", "中央"),
        ("131团自筹250万元", "区级财政"),
        ("团场自筹300万元", "区级财政"),
        ("三连自筹20万元", "其他"),
        ("国网四川电力投资5,600万元", "企业自筹"),
        ("国网江州供电投资300万元", "企业自筹"),
        ("县电力公司投资80万元", "企业自筹"),
    ],
)
def test_payers_by_their_level_and_their_name(text, source):
    parsed = parse_funding(text)
    assert [line.source for line in parsed.value.lines] == [source]
    assert not parsed.issues


@pytest.mark.parametrize(
    ("text", "source"), [("市政道路专项资金200万元", "其他"), ("县供电局投资20万元", None), ("社团自筹10万元", "其他")]
)
def test_words_that_hold_a_level_or_a_company_are_none(text, source):
    parsed = parse_funding(text)
    assert [line.source for line in parsed.value.lines] == ([source] if source else [])
    assert any(issue.asks for issue in parsed.issues)


def test_an_amount_that_names_nobody_is_that_of_its_column():
    head = ("序号", "项目名称", "主要内容", "省级财政投入（亿元）", "责任单位")
    rows = [("1", "学校", "新建学校1所", "已安排3.1", "县教育局"), ("2", "道路", "修路3条", "市级1.5", "县住建局")]
    first, second = read(("2024年民生实事",), head, *rows, year=2024).rows
    assert [(n.source, n.amount_wan, n.stage) for n in first.funding] == [("省级", 31000, "secured")]
    assert [(n.source, n.amount_wan) for n in second.funding] == [("市级", 15000)]
    assert not [issue for row in (first, second) for issue in row.issues if issue.field == "funding" and issue.asks]


@pytest.mark.parametrize("header", ["完成标准", "验收标准", "质量要求", "工作要求"])
@pytest.mark.parametrize(
    ("content", "standard", "targets"),
    [
        ("改造泵房45座。", "验收合格率100%", [(45, "座", True), (100, "%", False)]),
        ("更换水表80000只。", "2021年更换6.5万只", [(80000, "只", True)]),
        ("清掏雨水口2.1万座次。", "每年不少于2次", [(2.1, "万座次", True), (2, "次", False)]),
        ("改造供水管网。", "改造管网32公里", [(32, "公里", True)]),
    ],
)
def test_a_standard_stands_beside_the_figures_of_the_text(header, content, standard, targets):
    head = ("序号", "项目名称", "主要内容", header, "责任单位", "完成时限")
    (row,) = read(("2022年为民办实事",), head, ("1", "供水", content, standard, "县水务局", "10月"), year=2022).rows
    assert [(float(t.quantity), t.unit, t.core) for t in row.targets] == targets


def test_a_goal_goes_before_the_figures_of_the_text():
    head = ("序号", "项目名称", "主要内容", "年度目标", "责任单位", "完成时限")
    (row,) = read(
        ("2022年为民办实事",), head, ("1", "供水", "改造泵房45座。", "改造泵房30座", "县水务局", "10月"), year=2022
    ).rows
    assert [(t.quantity, t.core) for t in row.targets] == [(30, True)]
