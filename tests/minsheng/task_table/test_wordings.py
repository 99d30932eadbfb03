"""Wordings of deadlines, figures and units: what each rule was made for, in other words than those that taught it."""

import pytest

from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.targets import parse_targets
from minsheng.task_table.parsers.units import parse_units


@pytest.mark.parametrize(
    ("text", "day", "note"),
    [
        ("每两个月1次；每月不少于2场，11月底前完成", "2023-11-30", True),
        ("按季推进，10月底前全面完成", "2023-10-31", True),
        ("2023年国庆假期前", "2023-09-30", False),
        ("今年“五一”前", "2023-04-30", False),
        ("2024年元旦前", "2023-12-31", False),
        ("2023年八一建军节前完成", "2023-07-31", False),
        ("汛期来临前（5月底前）", "2023-05-31", True),
        ("11月底前（其中两所学校9月底前）", "2023-11-30", True),
        ("6月底前完成管网，10月底前全面完成", "2023-10-31", True),
        ("8月底前完成一期，其余11月底前建成", "2023-11-30", True),
        ("三年（2023-2025年）", "2025-12-31", True),
        ("7月底前完工，8月底前开园", "2023-08-31", True),
        ("5月建成、6月通气", "2023-06-30", True),
    ],
)
def test_deadlines(text, day, note):
    parsed = parse_deadline(text, year=2023)
    assert (parsed.value.day.isoformat(), bool(parsed.value.note)) == (day, note)
    assert not any(issue.asks for issue in parsed.issues)
    assert parsed.value.note.count("(") == parsed.value.note.count(")")


@pytest.mark.parametrize(
    "text",
    [
        "每年9月底前",
        "重阳节前",
        "2023年端午节前",
        "元旦前",
        "2023年国庆前后",
        "教师节前",
        "7月底完工，9月底复查",
        "每逢国庆前",
        "自2023年4月起",
        "2023年5月后",
    ],
)
def test_deadlines_that_are_asked(text):
    assert any(issue.asks for issue in parse_deadline(text, year=2023).issues)


def targets(text):
    return [(float(t.quantity), t.unit, t.core) for t in parse_targets(text).value]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("更换防火门90樘，配备呼吸器40具", [(90, "樘", True), (40, "具", True)]),
        ("新增配变容量1.2万千伏安", [(1.2, "万千伏安", True)]),
        ("修复老城墙4段，立雕像2尊", [(4, "段", True), (2, "尊", True)]),
        ("应具备条件的村全部通车", []),
        ("垃圾回收利用率由35%提升至40%以上", [(40, "%", True)]),
        ("床位从120张增至200张", [(200, "张", True)]),
        ("通勤时间从50分钟压减到40分钟", [(40, "分钟", False)]),
        ("办理不超过三个工作日，审批压减到2天以内", [(3, "个工作日", False), (2, "天", False)]),
        ("建成15分钟生活圈2个，停放不超过30分钟免费，值守24小时", [(2, "个", True)]),
        ("巩固率分别达到90%、85%以上", [(90, "%", True), (85, "%", True)]),
        ("更新9座以上客车12辆，建2座公交车站", [(12, "辆", True), (2, "座", True)]),
        ("开通24小时热线12355，60周岁老人就餐享8折", []),
        ("处理12345件、12315维权申诉300件", [(12345, "件", True), (300, "件", True)]),
        ("从30个村中择优遴选5个", [(5, "个", True)]),
        ("由3个乡镇牵头实施", [(3, "个", True)]),
        ("每万人拥有公交车12辆", [(12, "辆", False)]),
        ("每千名老人配备护理员3名", [(3, "名", False)]),
        ("组织万人健步走3场", [(3, "场", True)]),
        ("新建食堂2处，可同时就餐120人", [(2, "处", True), (120, "人", False)]),
        ("发放助餐券6万张", [(6, "万张", True)]),
        ("新建1.5万吨/日净水厂1座", [(1, "座", True)]),
    ],
)
def test_figures(text, figures):
    assert targets(text) == figures
    assert parse_targets(text).issues == ()


@pytest.mark.parametrize(
    "text", ["敷设电缆2×1.8公里", "新建车道3X2.5千米", "发放助餐券60万元", "新建卫生院1+2所", "建设90张床位的敬老院2所"]
)
def test_figures_that_are_asked(text):
    assert any(issue.asks for issue in parse_targets(text).issues)


def test_nearly():
    (target,) = parse_targets("培训农民近3万人次").value
    assert (target.quantity, target.unit, target.approx) == (3, "万人次", False)
    assert [issue.severity for issue in parse_targets("培训农民近3万人次").issues] == ["info"]
    assert not parse_targets("在附近5个村新建").issues


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("县水利局、县林草局（按各自职责分工落实）", ("县水利局", "县林草局")),
        ("市民政局（分工负责）、市财政局", ("市民政局", "市财政局")),
        ("二连、十六连", ("二连", "十六连")),
        ("旗乌兰牧骑、旗气象台", ("旗乌兰牧骑", "旗气象台")),
    ],
)
def test_units(text, names):
    parsed = parse_units(text)
    assert (parsed.value, parsed.issues) == (names, ())
