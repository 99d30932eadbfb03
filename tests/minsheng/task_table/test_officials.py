"""What offices write besides: persons beside units, ranked leads, counted groups, rates in parts, columns by payer."""

from decimal import Decimal

import pytest

from minsheng.task_table.meanings import meaning_of, payer_of
from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.targets import parse_targets
from minsheng.task_table.parsers.units import parse_units
from tests.minsheng.task_table.tables import read

TITLE = ("某县2023年民生实事任务表",)


def asked(parsed):
    return [issue.code for issue in parsed.issues if issue.asks]


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("主办单位及负责人", "lead_units"),
        ("责任部门、联系人", "lead_units"),
        ("责任科室和分管领导", "lead_units"),
        ("协办单位及责任人", "assisting_units"),
        ("责任领导及责任单位", "lead_units"),
        ("单位负责人", "contact"),
        ("分管负责人", "contact"),
        ("县级包联同志", "leader"),
        ("市政府分管同志", "leader"),
        ("项目性质", "extra"),
        ("建设位置", "place"),
    ],
)
def test_headers_of_units_and_people(header, meaning):
    assert meaning_of(header) == meaning


def test_persons_below_their_units_are_no_units():
    header = ("序号", "项目", "内容", "主办单位及负责人", "协办单位", "完成时限")
    reading = read(
        TITLE,
        header,
        ("1", "幼儿园", "新建幼儿园2所", "县教体局\n周国庆", "县住建局", "8月底"),
        ("2", "公厕", "改造公厕9座", "县城管局\n吴 敏", "各街道", "9月底"),
    )
    assert [(row.lead_units, row.assisting_units, row.contact) for row in reading.rows] == [
        (("县教体局",), ("县住建局",), "周国庆"),
        (("县城管局",), ("各街道",), "吴 敏"),
    ]
    assert not any(issue.asks for row in reading.rows for issue in row.issues)


@pytest.mark.parametrize(
    ("called", "note", "lead"),
    [
        ("主办单位", "注：排首位的为第一责任单位。", ("县卫健局", "县医保局")),
        ("主办单位", "说明：列第一位的为总牵头单位。", ("县卫健局", "县医保局")),
        ("责任单位", "注：排首位的为第一责任单位。", ("县卫健局",)),
        ("主办单位", "注：列在首位的为牵头单位。", ("县卫健局",)),
    ],
)
def test_a_note_that_ranks_those_who_lead_leaves_them_leads(called, note, lead):
    header = ("序号", "项目", "内容", called, "配合单位", "完成时限")
    row, _ = read(
        TITLE,
        header,
        ("1", "体检", "免费体检3000人", "县卫健局、县医保局", "县财政局", "10月底"),
        ("2", "公园", "新建公园2处", "县住建局", "县林业局", "9月底"),
        (note,),
    ).rows
    assert row.lead_units == lead
    assert set(row.lead_units + row.assisting_units) == {"县卫健局", "县医保局", "县财政局"}


@pytest.mark.parametrize(
    ("text", "names", "codes"),
    [
        ("国家税务总局青岚县税务局", ("国家税务总局青岚县税务局",), []),
        ("国家税务总局青岚县税务局县财政局", ("国家税务总局青岚县税务局县财政局",), ["units_run_together"]),
        ("东河乡、南坪乡等9个乡", ("东河乡", "南坪乡"), ["units_and_others"]),
        ("东河乡、南坪乡等2个乡", ("东河乡", "南坪乡"), []),
        ("县司法局、东河乡、南坪乡等两个乡镇", ("县司法局", "东河乡", "南坪乡"), []),
        ("东河乡、南坪乡等有关乡镇", ("东河乡", "南坪乡"), []),
        ("县人社局、县司法局等5家单位", ("县人社局", "县司法局"), ["units_and_others"]),
        ("太平乡、安等镇", ("太平乡", "安等镇"), []),
        ("省、市交通部门", ("省", "市交通部门"), ["unit_unlikely"]),
        ("县职业高中、铁路机务段、县纪委机关", ("县职业高中", "铁路机务段", "县纪委机关"), []),
    ],
)  # fmt: skip
def test_units(text, names, codes):
    parsed = parse_units(text)
    assert (parsed.value, asked(parsed)) == (names, codes)


def money(text):
    return [(n.source, n.amount_wan and float(n.amount_wan), n.rate) for n in parse_funding(text).value.lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("县财政450万元、民间投资260万元", [("区级财政", 450, None), ("企业自筹", 260, None)]),
        ("社会出资75万元", [("企业自筹", 75, None)]),
        ("单床补贴2000元", [("其他", None, (Decimal(2000), "床"))]),
        ("建设单位自筹30万元", [("企业自筹", 30, None)]),
        (
            "每户补贴1.5万元，其中省1.1万元、县0.4万元",
            [("省级", None, (Decimal(11000), "户")), ("区级财政", None, (Decimal(4000), "户"))],
        ),
        (
            "省财政每户补贴1.5万元，市财政20万元、县财政40万元",
            [("省级", None, (Decimal(15000), "户")), ("市级", 20, None), ("区级财政", 40, None)],
        ),
        ("每个站补助6万元", [("其他", None, (Decimal(60000), "个"))]),
        ("每月每人补助80元", [("其他", None, (Decimal(80), "人·月"))]),
        ("涉农整合资金70万元", [("财政资金(unspecified)", 70, None)]),
        ("闽宁协作资金220万元", [("其他", 220, None)]),
        ("县级协作资金220万元", [("区级财政", 220, None)]),
    ],
)
def test_money(text, lines):
    assert money(text) == lines


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("地方政府专项债", "amount:地方政府专项债"),
        ("一般债券", "amount:其他"),
        ("特别国债", "amount:中央"),
        ("镇街自筹", "amount:其他"),
        ("村民自筹", "amount:其他"),
        ("企业自筹", "amount:企业自筹"),
        ("中央和省级", "amount:多级合计(mixed)"),
        ("市级及以上", "amount:多级合计(mixed)"),
        ("县及以下", "amount:区级财政"),
        ("县（市）", "amount:区级财政"),
        ("就业补助资金", "amount:就业补助资金"),
        ("体彩公益金", "amount:其他"),
        ("政府投入", "amount:财政资金(unspecified)"),
        ("其他", "amount:其他"),
        ("合计", "amount_sum"),
    ],
)
def test_columns_below_a_header_of_money(header, meaning):
    assert meaning_of(header, "资金构成（万元）") == meaning


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("地方政府专项债（万元）", "amount:地方政府专项债"),
        ("银行贷款（万元）", "amount:其他"),
        ("中央、省级补助（万元）", "amount:多级合计(mixed)"),
        ("村集体经济收入（万元）", ""),
    ],
)
def test_columns_of_amounts_that_stand_alone(header, meaning):
    assert meaning_of(header) == meaning


def test_a_sum_before_its_parts_is_no_money_besides():
    assert payer_of("其中：市级") == "amount:市级"
    header = ("序号", "项目", "内容", "经费预算（万元）", "其中：市级", "其中：区级", "责任单位", "完成时限")
    first, second = read(
        TITLE,
        header,
        ("1", "公厕", "改造公厕9座", 90, 30, 60, "区城管局", "9月底"),
        ("2", "道路", "改造道路3条", 410, 210, 200, "区住建局", "10月底"),
    ).rows
    assert [(line.source, int(line.amount_wan)) for line in first.funding] == [("市级", 30), ("区级财政", 60)]
    assert [(total.kind, int(total.amount_wan)) for total in second.funding_totals] == [("sum", 410)]


def test_further_figures_of_one_doing_beside_a_column_of_figures():
    header = ("序号", "指标", "计量单位", "目标值", "举措", "责任单位", "完成时限")
    first, second = read(
        TITLE,
        header,
        ("1", "农网改造", "个", 6, "新建台区6个，安装配变28台、导线41公里、电杆300基。", "县供电公司", "9月底"),
        ("2", "养老床位", "张", 120, "改造中心2处，服务半径3公里。", "县民政局", "10月底"),
    ).rows
    assert [(int(t.quantity), t.unit) for t in first.targets] == [(6, "个"), (28, "台"), (41, "公里"), (300, "基")]
    assert [(int(t.quantity), t.unit) for t in second.targets] == [(120, "张"), (2, "处")]


def test_a_column_called_by_the_tasks_that_only_numbers_them():
    header = ("领域", "民生实事", "主要任务", "责任单位", "完成时限", "资金来源及数额（万元）")
    first, second = read(
        TITLE,
        header,
        ("住房", "1", "交付安置房240套", "区住建局", "6月", "省级380\n区级120"),
        ("就业", "2", "新建零工驿站3个", "区人社局", "9月", "—"),
    ).rows
    assert [(row.serial, row.project) for row in (first, second)] == [
        ("1", "交付安置房240套"),
        ("2", "新建零工驿站3个"),
    ]
    assert [(line.source, int(line.amount_wan)) for line in first.funding] == [("省级", 380), ("区级财政", 120)]
    assert not any(issue.asks for row in (first, second) for issue in row.issues)


def test_a_task_of_numbered_parts_is_named_without_their_numbers():
    header = ("编号", "任务", "年度形象目标", "责任单位")
    first, second = read(
        TITLE,
        header,
        ("1", "（1）改造卫生院4所；（2）新建村卫生室11个。", "年内完工", "县卫健局"),
        ("2", "硬化通组路60公里", "9月底前通车", "县交通局"),
    ).rows
    assert first.project == "改造卫生院4所；新建村卫生室11个"
    assert [part.text for part in first.deliverables] == ["改造卫生院4所；", "新建村卫生室11个。"]
    assert [row.deadline.isoformat() for row in (first, second)] == ["2023-12-31", "2023-09-30"]


@pytest.mark.parametrize("text", ["开展一村一法律顾问服务", "送戏一村一年一场", "完成一户一表改造"])
def test_what_every_place_has_is_no_figure(text):
    parsed = parse_targets(text)
    assert (parsed.value, asked(parsed)) == ((), [])


def test_size_of_what_is_counted_is_asked():
    parsed = parse_targets("建设200千瓦以上充电站6座")
    assert (float(parsed.value[-1].quantity), asked(parsed)) == (6, ["target_or_size"])


@pytest.mark.parametrize("text", ["2023-10-31 00:00:00", "2023-10-31T00:00:00", "2023/10/31 0:00"])
def test_a_day_as_programs_write_it(text):
    parsed = parse_deadline(text, year=2023)
    assert (parsed.value.day.isoformat(), parsed.value.note, parsed.issues) == ("2023-10-31", "", ())


def test_who_leads_in_person_is_no_unit_beside_the_one_that_is_responsible():
    reading = read(
        ("序号", "项目名称", "建设内容", "牵头人", "责任单位"),
        ("1", "东门路", "硬化道路1.2公里", "李刚", "县交通局"),
        ("2", "西岭桥", "新建桥1座", "王芳", "县水利局"),
    )
    assert [(row.leader, row.lead_units, row.assisting_units) for row in reading.rows] == [
        ("李刚", ("县交通局",), ()),
        ("王芳", ("县水利局",), ()),
    ]
