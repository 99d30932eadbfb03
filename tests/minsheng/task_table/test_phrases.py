"""Phrases of public task tables, each with what it says; what is not certain is asked."""

import pytest

from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.targets import parse_targets
from minsheng.task_table.parsers.units import parse_units
from minsheng.task_table.reading import read_pasted


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年1季度", "2024-03-31"),
        ("2024.1-12", "2024-12-31"),
        ("2024.3-11月", "2024-11-30"),
        ("1-3季度", "2024-09-30"),
        ("2024-2025年", "2025-12-31"),
        ("10月20日-30日", "2024-10-30"),
        ("2024上半年", "2024-06-30"),
        ("11月中下旬", "2024-11-30"),
        ("二零二四年八月", "2024-08-31"),
        ("2024年12月31日之前完成全年任务", "2024-12-31"),
    ],
)
def test_deadlines_are_read_without_a_question(text, day):
    parsed = parse_deadline(text, year=2024)
    assert parsed.value.day.isoformat() == day
    assert not any(issue.asks for issue in parsed.issues)


@pytest.mark.parametrize(
    "text",
    ["2024年13月", "两年内", "12月底(2024)", "年中", "国庆前", "中秋节前", "元旦前", "每年5月底前", "6月、11月"],
)
def test_unsure_deadlines_are_asked(text):
    assert any(issue.asks for issue in parse_deadline(text, year=2024).issues)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("12345热线按时办结率98%以上", [(98, "%")]),
        ("空气优良天数达到300天以上", [(300, "天")]),
        ("新建36个班九年一贯制学校1所", [(1, "所")]),
        ("新建污水管网2012.5公里", [(2012.5, "公里")]),
        ("配备64排CT1台，改造110国道8公里", [(1, "台"), (8, "公里")]),
        ("PM2.5年均浓度降至32微克/立方米", [(32, "微克/立方米")]),
        ("覆盖率达到百分之九十五以上", [(95, "%")]),
        ("建成纬七路、经十二路2条道路，改造中山三路、解放四路等3条道路", [(2, "条"), (3, "条")]),
        ("在十里铺、三里屯各建1个停车场", [(2, "个")]),
        ("栽植苗木两万余株", [(2, "万株")]),
        ("企业开办压缩至0.5个工作日以内", [(0.5, "个工作日")]),
        ("建设400米环形跑道操场1个、7人制足球场2片", [(1, "个"), (2, "片")]),
        ("铺设塑胶跑道400米，统防统治60万亩次", [(400, "米"), (60, "万亩次")]),
        ("实施“千村示范、万村整治”工程", []),
    ],
)
def test_figures_are_read_without_a_question(text, figures):
    parsed = parse_targets(text)
    assert [(float(target.quantity), target.unit) for target in parsed.value] == figures
    assert parsed.issues == ()


@pytest.mark.parametrize(
    "text",
    ["80%以上的行政村有卫生室", "新建1000平方米以上市场2个", "设三个分中心", "发放救助金1.2亿元", "新增2000学位"],
)
def test_unsure_figures_are_asked(text):
    assert any(issue.asks for issue in parse_targets(text).issues)


@pytest.mark.parametrize("text", ["市市场监管局、市市政管理局", "市市民中心、市市直机关工委", "区区直机关工委"])
def test_names_that_begin_like_their_level_are_names(text):
    assert parse_units(text).issues == ()


@pytest.mark.parametrize(
    "text", ["总投资560万元，全部由市财政承担", "投资560万元，由区财政解决", "总投资5万元，市财政给予补助"]
)
def test_who_pays_a_total_is_asked_where_it_is_not_certain(text):
    assert any(issue.asks for issue in parse_funding(text).issues)


@pytest.mark.parametrize(
    "text",
    ["妇联和团委", "县交通运输局各乡镇", "县教育局.县财政局", "县教育局→县财政局", "县教育局局长李明", "XX镇",
     "县交通运输局负责建设", "教育局财政局"],
)  # fmt: skip
def test_unsure_names_are_asked(text):
    assert any(issue.asks for issue in parse_units(text).issues)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("省级补助120万元，市级配套60万元，均已到位", [("省级", 120, "secured"), ("市级", 60, "secured")]),
        ("已到位中央资金1500万元、自治区资金500万元", [("中央", 1500, "secured"), ("省级", 500, "secured")]),
        ("已下达省级资金300万元，市级资金200万元", [("省级", 300, "secured"), ("市级", 200, "secured")]),
        ("省级资金300万元已到位，市级资金200万元", [("省级", 300, "secured"), ("市级", 200, None)]),
        ("计划安排省级补助5万元、市级补助3万元，目前省级已到位", [("省级", 5, "secured"), ("市级", 3, "planned")]),
        ("申请专项债4000万元，区财政配套1000万元", [("地方政府专项债", 4000, "applied"), ("区级财政", 1000, None)]),
        ("计划投资560万元，由企业自筹", [("企业自筹", 560, "planned")]),
        ("计划投资560万元。由企业自筹。", [("企业自筹", 560, "planned")]),
        ("专项债8000万元（已发行到位5000万元）", [("地方政府专项债", 8000, None), ("地方政府专项债", 5000, "secured")]),
        ("县财政补贴每户2000元，共计40万元", [("区级财政", None, None), ("区级财政", 40, None)]),
        ("省补300万元，其余县级配套", [("省级", 300, None), ("区级财政", None, None)]),
        ("市财政160万元，区财政按1:1配套", [("市级", 160, None), ("区级财政", None, None)]),
        ("需区财政资金300万元，缺口100万元", [("区级财政", 300, None)]),
        ("由县财政列支30万元、乡镇列支20万元", [("区级财政", 30, None), ("其他", 20, None)]),
        ("爱心企业捐赠10万元，镇配套5万元", [("其他", 10, None), ("其他", 5, None)]),
    ],
)
def test_money(text, lines):
    parsed = parse_funding(text, year=2024)
    assert [(line.source, line.amount_wan, line.stage) for line in parsed.value.lines] == lines
    assert not any(issue.asks for issue in parsed.issues)


@pytest.mark.parametrize(
    "text",
    [
        "总投资900万元，其中市补500万元，其余由县财政配套",
        "区级财政300万元（含上级补助100万元）",
        "专项债70%、财政30%",
        "1000万元（省500、市300、县200）",
        "2000万元",
    ],
)
def test_unsure_money_is_asked(text):
    assert any(issue.asks for issue in parse_funding(text, year=2024).issues)


def read(*rows):
    return read_pasted("某县2024年民生实事任务表\n" + "\n".join("\t".join(row) for row in rows))


@pytest.mark.parametrize(
    ("header", "cell", "field"),
    [
        ("投入的钱", "省级补助300万元", "funding"),
        ("属地", "东关镇、西关镇", "assisting_units"),
        ("什么时候", "10月底前", "deadline"),
    ],
)
def test_unknown_column_that_tells_what_a_row_lacks_is_asked_about(header, cell, field):
    columns = ("序号", "项目名称", "建设内容", "责任单位")
    reading = read((*columns, header), ("1", "道路", "新建道路3条", "县住建局", cell)).rows[0]
    asked = [issue.code for issue in reading.issues if issue.field == field and issue.asks]
    told = {"funding": reading.funding, "assisting_units": reading.assisting_units, "deadline": reading.deadline}[field]
    assert asked == ["column_unknown"] or told


def test_columns_called_by_who_pays():
    row = read(
        ("序号", "项目名称", "建设内容", "中央", "省级", "县级配套", "责任单位"),
        ("1", "道路", "新建道路3条", "100", "50", "30", "县住建局"),
    ).rows[0]
    assert [(line.source, line.amount_wan) for line in row.funding] == [("中央", 100), ("省级", 50), ("区级财政", 30)]


def test_several_assisting_columns():
    row = read(
        ("序号", "项目名称", "建设内容", "牵头单位", "责任单位", "配合单位"),
        ("1", "道路", "新建道路3条", "县住建局", "县城投公司", "县财政局"),
    ).rows[0]
    assert (row.lead_units, row.assisting_units) == (("县住建局",), ("县城投公司", "县财政局"))


@pytest.mark.parametrize(
    ("header", "cell", "lead", "assist"),
    [
        ("牵头单位（配合单位）", "区教委（区卫健委、各街道）", ("区教委",), ("区卫健委", "各街道")),
        ("主办（协办）单位", "区公安分局（交警大队）", ("区公安分局",), ("交警大队",)),
        ("责任单位", "县公安局（交警大队）", ("县公安局（交警大队）",), ()),
    ],
)
def test_brackets_in_a_column_of_both_roles(header, cell, lead, assist):
    row = read(("序号", "项目名称", "建设内容", header), ("1", "道路", "新建道路3条", cell)).rows[0]
    assert (row.lead_units, row.assisting_units) == (lead, assist)


def test_a_list_in_brackets_is_asked_about():
    row = read(
        ("序号", "项目名称", "建设内容", "责任单位"), ("1", "道路", "新建3条", "县教育局（县财政局、各乡镇）")
    ).rows[0]
    assert {issue.field for issue in row.issues if issue.code == "units_in_brackets"} == {
        "lead_units",
        "assisting_units",
    }
