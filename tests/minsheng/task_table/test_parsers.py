"""What holds for every text: no parser raises, and what it read can be read again."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minsheng.task_table.parsers.amounts import _AMOUNT, amount_in_column, amounts
from minsheng.task_table.parsers.counts import _FIGURE
from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.deliverables import parse_deliverables
from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.measures import MEASURES
from minsheng.task_table.parsers.no_targets import MONEY, SPANS
from minsheng.task_table.parsers.numbers import to_decimal
from minsheng.task_table.parsers.own_level import level_of
from minsheng.task_table.parsers.roles import parse_roles
from minsheng.task_table.parsers.sources import SOURCES, one_source
from minsheng.task_table.parsers.target_cells import parse_target_cell
from minsheng.task_table.parsers.targets import parse_targets
from minsheng.task_table.parsers.text import follows, is_nothing, key, one_line, plain, without_serial
from minsheng.task_table.parsers.times import is_dated, tells_when
from minsheng.task_table.parsers.units import parse_units

# Any text, and texts of the pieces that tables are made of: the second come near what rules look for.
PIECES = (
    "2023年", "12月", "底", "前", "31日", "13月", "2月30日", "年底", "上半年", "三季度", "每", "长期", "至", "—",
    "约", "左右", "不少于", "以上", "500", "１２", "1,236.5", "0.35", "三千五百", "万元", "亿元", "元", "万", "%",
    "个", "人", "万㎡", "省级", "市", "区财政", "专项债", "企业自筹", "其中", "共计", "总投资", "已到位", "申请",
    "各", "（", "）", "(", "，", "、", "；", "。", "：", "\n", " ", "①", "②", "1.", "2.", "一是", "牵头单位：",
    "教育局", "财政", "局", "中国移动公司", "街道", "“", "”", "\x00", "\u200b", "本级", "分别", "和", "由", "增加到",
    "压缩至", "个工作日", "牵头", "为辅", "按职责分工负责",
)  # fmt: skip
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.sampled_from(PIECES)).map("".join))


@given(TEXTS, st.one_of(st.none(), st.integers(2000, 2099)))
def test_no_deadline_raises_or_is_made_up(text, year):
    parsed = parse_deadline(text, year=year)
    assert parsed.raw == text
    if parsed.value.status in ("invalid", "unparseable", "recurring", "open_ended", "missing"):
        assert parsed.value.day is None
    else:
        assert parsed.value.day is not None
    if parsed.value.status in ("invalid", "unparseable", "recurring"):
        assert any(issue.asks for issue in parsed.issues)
    if parsed.value.status == "multi":
        assert parsed.issues


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day):
    for text in (f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f"{day.year}.{day.month}.{day.day}前"):
        assert parse_deadline(text, year=day.year).value.day == day


@given(TEXTS, st.sampled_from(["", "万元"]), st.sampled_from(["", "省", "市", "县"]))
def test_no_funding_raises(text, unit, level):
    value = parse_funding(text, year=2023, unit=unit, level=level).value
    assert {line.source for line in value.lines} <= set(SOURCES)
    assert all(line.amount_wan is None for line in value.lines if line.rate)


@given(st.decimals(Decimal("0.01"), 10**8, places=2), st.sampled_from(["专项债", "区财政资金", "省级补助", "企业自筹"]))
def test_every_amount_is_read_back(amount, source):
    (line,) = parse_funding(f"{source}{amount}万元").value.lines
    assert (line.amount_wan, line.source, line.approx, line.stage) == (amount, one_source(source), False, None)


RULED = (
    *PIECES, "热线", "电话", "号码", ":", "第", "前", "名", "大", "(2)", "型", "宽", "高", "纬", "七", "路", "道", "《",
    "》", "12345", "K3+200", "G3", "Φ", "一", "村", "辅警", "投资", "超", "近", "突破", "≥", "￥", "百", "户", "周边",
)  # fmt: skip


@given(st.one_of(TEXTS, st.lists(st.sampled_from(RULED)).map("".join)))
@example(
    "热线电话56789，热线号码56789，热线:56789，大(2)型，第3批，前3名，Φ300，《9个》，‘9个’，一村一辅警，纬七路、，宽5米，间距3米"
)
@example("约5元，每人5元，投资5万，超5个，近5个，≥5个，突破5个，小于5个，最多5个，￥5万，百万元，≤5万元，左右5万元")
def test_rules_that_look_at_one_character_first_miss_nothing(text):
    """The first look must let pass all that a rule can begin with."""
    words = plain(text)
    for rule in (SPANS, MONEY, _FIGURE, _AMOUNT):
        look = re.match(r"\(\?=\[.+?(?<!\\)\]\)", rule.pattern)
        without = re.compile(rule.pattern[look.end() :])
        assert [found.span() for found in rule.finditer(words)] == [found.span() for found in without.finditer(words)]


@given(TEXTS)
def test_no_target_raises(text):
    for target in parse_targets(text).value + parse_target_cell(text).value:
        assert target.maximum is None or target.maximum > target.quantity
        assert (target.maximum is not None) == (target.bound == "range")


@given(st.integers(1, 10**7), st.sampled_from(["个", "所", "公里", "万人", "㎡"]), st.booleans())
def test_every_target_is_read_back(quantity, unit, approx):
    (target,) = parse_targets(f"新增设施{'约' if approx else ''}{quantity}{unit}。").value
    assert (target.quantity, target.unit, target.approx, target.bound) == (quantity, unit, approx, None)


@given(st.integers(1, 10**5), st.sampled_from(["分钟", "小时", "个工作日", "天"]), st.booleans())
def test_every_promised_time_is_read_back(quantity, unit, at_most):
    (target,) = parse_targets(
        f"办理时限由{quantity + 1}{unit}压缩至{quantity}{unit}{'以内' if at_most else ''}。"
    ).value
    assert (target.quantity, target.unit, target.bound) == (quantity, unit, "max" if at_most else None)


@given(TEXTS)
def test_parts_lose_nothing_behind_the_first_mark(text):
    parts = parse_deliverables(text)
    assert len(parts) != 1
    for part, following in pairwise(parts):
        assert part.end <= following.start
    if parts:
        assert parts[-1].end == len(text)


@given(TEXTS, st.frozensets(st.sampled_from(["教育局", "财政局", "街道"])))
def test_no_units_raise(text, known):
    names = parse_units(text, known=known).value
    assert len(set(names)) == len(names)
    assert all(name == one_line(name) and not is_nothing(name) for name in names)
    parse_roles(text, known=known)


@given(
    st.lists(
        st.sampled_from(["县教育局", "自然资源和规划局", "各街道", "县公安局（交警大队）"]), unique=True, min_size=1
    )
)
def test_names_are_read_back(names):
    for separator in ("、", "\n", "，", "；"):
        assert list(parse_units(separator.join(names)).value) == names


@given(TEXTS)
def test_texts_and_numbers_never_raise(text):
    assert not (is_dated(text) and not tells_when(text))
    assert level_of(text) in ("", "省", "市", "县")
    assert plain(plain(text)) == plain(text)
    key(text)
    without_serial(text)
    follows(text, "1")
    to_decimal(text)
    list(amounts(plain(text)))
    amount_in_column(text, "万元")
    one_source(text)


def test_measures_are_words():
    assert all(word.strip() == word and word for word in MEASURES)


@pytest.mark.parametrize(
    ("text", "day", "status"),
    [
        ("3—11月", "2023-11-30", "range"),
        ("2023.3-2023.11", "2023-11-30", "range"),
        ("上半年启动，年底前完成", "2023-12-31", "multi"),
        ("二〇二三年十二月底", "2023-12-31", "ok"),
        ("2022年12月底", "2022-12-31", "before_plan_year"),
        ("明年6月底", "2024-06-30", "ok"),
        ("长期坚持", None, "open_ended"),
        ("每季度", None, "recurring"),
        ("13月底", None, "invalid"),
        ("合同签订后60日内", None, "unparseable"),
    ],
)
def test_deadlines(text, day, status):
    value = parse_deadline(text, year=2023).value
    assert (value.day and value.day.isoformat(), value.status) == (day, status)


def test_arranged_money_is_secured():
    (line,) = parse_funding("区财政已安排预算96万元").value.lines
    assert line.stage == "secured"


def test_without_a_year_nothing_is_guessed():
    parsed = parse_deadline("12月底", year=None)
    assert (parsed.value.day, [issue.code for issue in parsed.issues]) == (None, ["deadline_year_missing"])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("省、市财政分别补助300万元、200万元", [("省级", 300), ("市级", 200)]),
        ("中央1200万元、市区各150万元", [("中央", 1200), ("市级", 150), ("区级财政", 150)]),
        ("专项债2亿元（已下达1.2亿元）", [("地方政府专项债", 20000), ("地方政府专项债", 12000)]),
        ("财政资金8万元/个×12个", [("财政资金(unspecified)", None)]),
        ("市、区两级体彩公益金各150万元", [("市级", 150), ("区级财政", 150)]),
        ("无需资金", []),
    ],
)
def test_funding(text, lines):
    assert [(line.source, line.amount_wan) for line in parse_funding(text, year=2023).value.lines] == lines


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("建设长5公里、宽12米的道路一条", [(5, "公里"), (1, "条")]),
        ("新建一所九年一贯制学校，增加学位1800个", [(1, "所"), (1800, "个")]),
        ("推进12345热线与110联动，完成G312国道改造15.6公里", [(Decimal("15.6"), "公里")]),
        ("50户以上自然村通硬化路", []),
        ("免费为2万名35-64岁妇女开展“两癌”筛查", [(2, "万名")]),
        ("改造食堂二十个、幸福院叁处，涉及学校十二所", [(20, "个"), (3, "处"), (12, "所")]),
        ("购置CT1台、DR2台，按GB50180-2018建设，配5G设备", [(1, "台"), (2, "台")]),
        ("建设微型消防站25个，2公里内5分钟到场，整治3处内涝点", [(25, "个"), (3, "处")]),
        ("开展促消费活动十余场，档案数字化12万页", [(10, "场"), (12, "万页")]),
        ("除险加固小（2）型水库5座", [(5, "座")]),
        ("除险加固小（1）型水库3座、小（2）型水库5座", [(3, "座"), (5, "座")]),
        ("除险加固小(一)型水库3座、小(二)型水库5座", [(3, "座"), (5, "座")]),
    ],
)
def test_figures(text, figures):
    parsed = parse_targets(text)
    assert [(target.quantity, target.unit) for target in parsed.value] == figures
    assert not any(issue.code == "target_unread" for issue in parsed.issues)
    assert parse_deliverables(text) == ()


@pytest.mark.parametrize(
    ("text", "lead", "assist"),
    [
        ("牵头：县水利局；责任：各乡镇、县供水公司", ["县水利局"], ["各乡镇", "县供水公司"]),
        ("主办：县水利局\n责任单位：各乡镇", ["县水利局"], ["各乡镇"]),
        ("责任单位：各乡镇\n牵头单位：县水利局", ["县水利局"], ["各乡镇"]),
        ("责任单位：县水利局；配合单位：各乡镇", ["县水利局"], ["各乡镇"]),
        ("市文广旅局会同市文联、各县（市、区）政府", ["市文广旅局"], ["市文联", "各县（市、区）政府"]),
        ("市教育局、市卫健委联合市财政局", ["市教育局", "市卫健委"], ["市财政局"]),
        ("市文广旅局，会同市文\n联", ["市文广旅局"], ["市文联"]),
        ("县民政局会同县财政局；县住建局联合县城管局", ["县民政局", "县住建局"], ["县财政局", "县城管局"]),
        ("牵头单位：县民政局会同县残联；配合单位：各乡镇", ["县民政局"], ["县残联", "各乡镇"]),
        ("县民政局会同县残联牵头，各乡镇配合", ["县民政局"], ["县残联", "各乡镇"]),
        ("市水利局会同各县", ["市水利局"], ["各县"]),
        ("县民政局会同县残联、各乡镇配合", ["县民政局"], ["县残联", "各乡镇"]),
        ("市水利局（各县市区配合）", ["市水利局"], ["各县市区"]),
        ("市水利局（市财政局、各县（市、区）政府配合）", ["市水利局"], ["市财政局", "各县（市、区）政府"]),
        ("市水利局(由市财政局协办)、\n市住建局", ["市水利局", "市住建局"], ["市财政局"]),
        ("市水利局（牵头）、市财政局（协助配合）", ["市水利局"], ["市财政局"]),
        ("牵头：市水利局（市财政局配合）；配合：各县", ["市水利局"], ["市财政局", "各县"]),
        ("市水利局牵头，市财政局、各县（市、区）分工负责", ["市水利局"], ["市财政局", "各县（市、区）"]),
        ("牵头单位：市水利局；各县（区）、市住建局按职责分工负责", ["市水利局"], ["各县（区）", "市住建局"]),
        ("市水利局、各县（区）按职责分工负责", ["市水利局", "各县（区）"], []),
        ("责任单位：市水利局；参建单位：市住建局、各镇", ["市水利局"], ["市住建局", "各镇"]),
        ("实施单位：市水利局；协作单位：各镇", ["市水利局"], ["各镇"]),
        ("市水利局主办，市财政局会办", ["市水利局"], ["市财政局"]),
        ("市水利局主办，市工会办、市安委会办配合", ["市水利局"], ["市工会办", "市安委会办"]),
    ],
)
def test_roles(text, lead, assist):
    value = parse_roles(text).value
    assert (list(value.lead), list(value.assist)) == (lead, assist)


@pytest.mark.parametrize(
    "name",
    [
        "市残疾人联合会", "县农村信用合作联合社", "县残联", "市工商业联合会", "怀化市会同县教育局", "会同县教育局",
        "高新区联合党委",
        "青岚县联合中学", "县城市管理局联合执法大队", "县（市）联合工会（市教育局会同市财政局）",
    ],
)  # fmt: skip
def test_words_of_roles_inside_a_name(name):
    assert parse_roles(name) is None
    assert parse_units(name).value == (name,)


@pytest.mark.parametrize("text", ["市教育局、会同县教育局", "市教育局，会同县教育局", "市教育局\n会同县教育局"])
def test_a_county_is_no_word_of_roles(text):
    assert parse_roles(text) is None
    assert parse_units(text).value == ("市教育局", "会同县教育局")


@pytest.mark.parametrize(
    ("text", "quantity", "unit", "bound"),
    [
        ("送戏下乡全年不低于一百二十场", 120, "场", "min"),
        ("开展义诊不少于三十次，让群众受益", 30, "次", "min"),
        ("至少三所学校达标", 3, "所", "min"),
        ("培训不少于一千二百人", 1200, "人", "min"),
        ("每次候车不超过五人", 5, "人", "max"),
        ("惠及群众不少于三万人次", 3, "万人次", "min"),
    ],
)
def test_bounds_of_chinese_numerals(text, quantity, unit, bound):
    parsed = parse_targets(text)
    assert [(t.quantity, t.unit, t.bound) for t in parsed.value] == [(quantity, unit, bound)]
    assert not parsed.issues


@pytest.mark.parametrize("text", ["工期不超过三个工作日", "不超过三个月", "不少于两小时", "超过二十年的小区"])
def test_bounds_of_durations_are_no_figures(text):
    assert parse_targets(text).value == ()
