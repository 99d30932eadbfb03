"""Who pays, by what he is: levels under other names, ministries, companies, households; sums behind rates."""

import pytest

from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.sources import one_source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("中省专项资金", "多级合计(mixed)"),
        ("国家和省级财政", "多级合计(mixed)"),
        ("其中省级财政", "省级"),
        ("盟财政补助", "市级"),
        ("地区本级财政", "市级"),
        ("贫困地区", None),
        ("自治区、地区、县三级", "多级合计(mixed)"),
        ("兵团本级财政", "省级"),
        ("自治区教育发展资金", "省级"),
        ("自治区体育彩票公益金", "省级"),
        ("省福利彩票公益金", "省级"),
        ("福彩公益金", "其他"),
        ("省级残保金", "省级"),
        ("省残疾人就业保障金", "省级"),
        ("自治区残保金", "省级"),
        ("县残联残保金", "区级财政"),
        ("市本级土地出让金", "市级"),
        ("省、市残保金", "多级合计(mixed)"),
        ("市县残保金", "多级合计(mixed)"),
        ("县财政、残保金", "多级合计(mixed)"),
        ("省级补助和残保金", "多级合计(mixed)"),
        ("省级残保金、镇配套", "多级合计(mixed)"),
        ("残保金", "其他"),
        ("社区残保金", "其他"),
        ("文化和旅游部补助", "中央"),
        ("水利部专项资金", "中央"),
        ("国家林业和草原局补助资金", "中央"),
        ("县委组织部", None),
        ("上级国债资金", "中央"),
        ("上级资金、区财政", "多级合计(mixed)"),
        ("州级以上财政", "多级合计(mixed)"),
        ("县水利局部门预算", "区级财政"),
        ("养猪户自筹", "其他"),
        ("省级统筹资金，市县按比例分担", "多级合计(mixed)"),
        ("县残联、县民政局彩票公益金", "区级财政"),
        ("镇办事处", None),
        ("街道办事处自筹", "其他"),
        ("教职工自筹", "其他"),
        ("用水户出资", "其他"),
        ("项目法人自筹", None),
        ("县交投集团自筹", "企业自筹"),
        ("区文旅公司出资", "企业自筹"),
        ("国网供电公司投资", "企业自筹"),
        ("县财政和城投公司", "多级合计(mixed)"),
        ("自筹资金", "企业自筹"),
        ("剩余部分自筹", "企业自筹"),
        ("敬老院自筹", None),
    ],
)
def test_one_source(text, source):
    assert one_source(text) == source


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("自治区500万元、盟120万元、旗80万元", [("省级", 500, None), ("市级", 120, None), ("区级财政", 80, None)]),
        ("省、州、县按5:3:2分担，共需900万元", [("多级合计(mixed)", 900, None)]),
        ("共需300万元，由市、县财政按6:4承担", [("多级合计(mixed)", 300, None)]),
        ("每床补助8000元，共计64万元，由市财政列支", [("市级", None, None), ("市级", 64, None)]),
        ("标准为3万元/户，共50户，合计150万元，从省级财政支出", [("省级", None, None), ("省级", 150, None)]),
        (
            "2023年已完成400万元，2024年计划投入650万元，由区建投公司承担",
            [("企业自筹", 400, None), ("企业自筹", 650, "planned")],
        ),
        ("中央资金800万元，市燃气集团配套300万元", [("中央", 800, None), ("企业自筹", 300, None)]),
        ("上级国债资金900万元，区级配套100万元", [("中央", 900, None), ("区级财政", 100, None)]),
        ("共计70万元，由市财政列支", [("市级", 70, None)]),
        ("计划投入90万元，由各街道承担", [("其他", 90, "planned")]),
        ("公办由财政保障，民办自筹，预计450万元", [("多级合计(mixed)", 450, "planned")]),
        ("区、镇两级财政按6:4分担，预算约680万元", [("多级合计(mixed)", 680, None)]),
        ("共600万元，由省、区各承担300万元", [("省级", 300, None), ("区级财政", 300, None)]),
        ("区财政2200万元，镇（街道）财政800万元", [("区级财政", 2200, None), ("其他", 800, None)]),
        ("区财政补助80%（约240万元），居民自筹20%（约60万元）", [("区级财政", 240, None), ("其他", 60, None)]),
        ("企业融资3200万元，政府补贴400万元", [("企业自筹", 3200, None), ("财政资金(unspecified)", 400, None)]),
        ("省残联下达98万元，区总工会补助5万元", [("省级", 98, None), ("区级财政", 5, None)]),
        ("区财政已安排200万元，年内追加150万元", [("区级财政", 200, "secured"), ("区级财政", 150, None)]),
        ("区财政按每户5000元补助，预计补助资金150万元", [("区级财政", None, None), ("区级财政", 150, "planned")]),
        ("区财政480万元，较上年增加60万元", [("区级财政", 480, None)]),
        # parts in brackets that add up to what stands before them
        ("就业资金1260万元（省级900万元，区级360万元）", [("省级", 900, None), ("区级财政", 360, None)]),
        ("区财政500万元（道路300万元，路灯200万元）", [("区级财政", 300, None), ("区级财政", 200, None)]),
        (
            "中央2000万元，地方配套800万元（其中市级300万元、区级500万元）",
            [("中央", 2000, None), ("市级", 300, None), ("区级财政", 500, None)],
        ),
        (
            "上级补助900万元（中央600万元，省级300万元），区级100万元，合计1000万元",
            [("中央", 600, None), ("省级", 300, None), ("区级财政", 100, None)],
        ),
    ],
)
def test_amounts_are_given_to_who_pays(text, lines):
    parsed = parse_funding(text, year=2024)
    assert [(line.source, line.amount_wan, line.stage) for line in parsed.value.lines] == lines
    assert not any(issue.asks for issue in parsed.issues)


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("州、县各负担50%", [("市级", "0.5"), ("区级财政", "0.5")]),
        ("中央、省补助80%，县配套20%", [("多级合计(mixed)", "0.8"), ("区级财政", "0.2")]),
        ("60%由市、区财政承担", [("多级合计(mixed)", "0.6")]),
    ],
)
def test_shares_of_several(text, shares):
    lines = parse_funding(text, year=2024).value.lines
    assert [(line.source, str(line.share)) for line in lines] == shares


@pytest.mark.parametrize(
    "text",
    [
        "总投资700万元，由县水司承担",
        "每户1500元，共计30万元",
        "敬老院自筹20万元",
        "中央补助1亿元，分两年下达，2024年4000万元",
        "总投资800万元，由市城投集团出资",
        "市级专项资金600万元（其中区级配套200万元）",
        "上级补助900万元（中央600万元，省级300万元），区级100万元，合计1200万元",
        "专项债5000万元（2023年2000万元、2024年3000万元）",
        "专项债5000万元；自筹：800",
    ],
)
def test_who_pays_is_asked(text):
    assert any(issue.asks for issue in parse_funding(text, year=2024).issues)


def test_an_amount_that_was_changed_gives_way_and_it_is_asked():
    parsed = parse_funding("原计划500万元，现调整为380万元，由区财政承担", year=2024)
    assert [(line.source, line.amount_wan) for line in parsed.value.lines] == [("区级财政", 380)]
    assert [(issue.code, issue.asks) for issue in parsed.issues] == [("funding_changed", True)]


@pytest.mark.parametrize(
    ("text", "approx"),
    [("签约企业投资300万元", False), ("节约资金30万元", False), ("募集约30万元", True), ("区财政约需30万元", True)],
)
def test_words_that_end_like_about(text, approx):
    assert [line.approx for line in parse_funding(text, year=2024).value.lines] == [approx]


def test_words_of_an_amount_are_whole():
    lines = parse_funding("区财政（含上年结转）300万元，镇（街道）财政80万元", year=2024).value.lines
    assert [line.text for line in lines] == ["区财政(含上年结转)300万元", "镇(街道)财政80万元"]


def test_what_is_nearly_reached_is_taken_as_it_stands_and_said():
    parsed = parse_funding("县财政近300万元", year=2024)
    assert [(line.amount_wan, line.approx) for line in parsed.value.lines] == [(300, False)]
    assert [(issue.code, issue.asks) for issue in parsed.issues] == [("nearly", False)]


@pytest.mark.parametrize(("level", "source"), [("省", "省级"), ("市", "市级"), ("县", "区级财政")])
@pytest.mark.parametrize("text", ["本级预算安排300万元", "本级配套300万元", "上级补助80万元，本级300万元"])
def test_the_own_level_is_that_of_the_table(text, level, source):
    parsed = parse_funding(text, year=2024, level=level)
    assert (source, 300) in [(line.source, line.amount_wan) for line in parsed.value.lines]
    assert not any(issue.asks for issue in parsed.issues)
    assert any(issue.asks for issue in parse_funding(text, year=2024).issues)


@pytest.mark.parametrize("text", ["省本级财政300万元", "自治区本级财政300万元"])
def test_a_level_that_is_named_stays(text):
    assert [line.source for line in parse_funding(text, year=2024, level="县").value.lines] == ["省级"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("县财政预算由80万元提高至130万元", [("区级财政", 130)]),
        ("省级由50万元提高到80万元，县财政100万元", [("省级", 80), ("区级财政", 100)]),
        ("由市财政安排90万元", [("市级", 90)]),
        ("4个村各奖补5万元，合计20万元，由区财政承担", [("区级财政", None), ("区级财政", 20)]),
        ("补助标准由每人每月500元提高到600元，由县财政承担", [("区级财政", None)]),
    ],
)
def test_what_stood_before_and_what_each_gets_are_no_amounts(text, lines):
    parsed = parse_funding(text, year=2024)
    assert [(line.source, line.amount_wan) for line in parsed.value.lines] == lines
    assert not any(issue.asks for issue in parsed.issues)


def test_what_each_of_several_gets_is_asked_where_nothing_says_how_much_in_all():
    parsed = parse_funding("县财政对4个村各奖补5万元", year=2024)
    assert [line.amount_wan for line in parsed.value.lines] == [None]
    assert any(issue.asks for issue in parsed.issues)
