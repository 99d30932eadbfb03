"""What a parser read can be printed in the words of tables and read again, the same."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from minsheng.task_table.meanings import meaning_of, payer_of
from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.deliverables import parse_deliverables
from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.moments import written_out
from minsheng.task_table.parsers.persons import without_persons
from minsheng.task_table.parsers.roles import brackets_apart, parse_roles
from minsheng.task_table.parsers.target_cells import parse_target_cell
from minsheng.task_table.parsers.targets import parse_targets
from minsheng.task_table.parsers.units import parse_units, without_duties
from tests.minsheng.task_table.test_parsers import TEXTS

UNITS = (
    "县教育局", "县住房和城乡建设局", "县自然资源和规划局", "县残联", "团县委", "各乡镇（街道）",
    "县公安局（交警大队）", "国网青岚县供电公司", "县委宣传部", "县人民医院",
    "县融媒体中心", "各县（市、区）政府", "县工业和信息化局",
)  # fmt: skip
NAMES = st.lists(st.sampled_from(UNITS), unique=True, min_size=1, max_size=6)
SEPARATORS = st.sampled_from(["、", "，", "；", "\n", "/", "＋", "•", " "])
BOUNDS = {None: "{}", "min": "不少于{}", "max": "不超过{}"}
HAN = dict(enumerate("零一二三四五六七八九"))


def in_chinese(number):
    """1205 → 一千二百零五."""
    said, gap = "", False
    for power, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            said += ("零" if gap and said else "") + HAN[digit] + word
        gap = not digit
    return said


@given(NAMES, SEPARATORS)
def test_units(names, separator):
    parsed = parse_units(separator.join(names))
    assert list(parsed.value) == names
    assert parsed.issues == ()


@given(
    NAMES,
    NAMES,
    st.sampled_from(["{}牵头，{}配合", "牵头单位：{}；配合单位：{}", "牵头\n{}\n配合\n{}", "{}为主，{}配合"]),
)
def test_roles(lead, assist, form):
    value = parse_roles(form.format("、".join(lead), "、".join(assist))).value
    assert (list(value.lead), list(value.assist)) == (lead, assist)


@given(TEXTS)
def test_names_that_were_read_are_read_again(text):
    names = parse_units(text).value
    assert all(parse_units(name).value for name in names)
    without_duties(text)
    brackets_apart(text, told=True)
    brackets_apart(text, told=False)
    for told in (True, False):
        without_persons(text, told=told)


@given(
    st.decimals(Decimal("0.1"), 10**6, places=1),
    st.sampled_from(["个", "公里", "万人次", "千伏安", "微克/立方米", "%", "万方"]), st.sampled_from(list(BOUNDS)),
    st.booleans(),
)  # fmt: skip
def test_targets(quantity, unit, bound, approx):
    text = "完成" + BOUNDS[bound].format(f"{'约' if approx else ''}{quantity}{unit}") + "。"
    (target,) = parse_targets(text).value
    assert (target.quantity, target.unit, target.bound, target.approx) == (quantity, unit, bound, approx)
    (again,) = parse_target_cell(f"{quantity}", unit).value
    assert (again.quantity, again.unit) == (quantity, unit)


@given(st.integers(11, 9999), st.sampled_from(["户", "人次", "公里", "册", "场"]))
def test_targets_in_chinese_numerals(number, unit):
    parsed = parse_targets(f"惠及群众{in_chinese(number)}{unit}。")
    assert [(target.quantity, target.unit) for target in parsed.value] == [(number, unit)]
    assert parsed.issues == ()


@given(st.integers(1, 500), st.integers(1, 500))
def test_ranges(low, more):
    for cell in (f"{low}～{low + more}", f"{low}-{low + more}个"):
        (target,) = parse_target_cell(cell, "个").value
        assert (target.quantity, target.maximum, target.unit, target.bound) == (low, low + more, "个", "range")


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["所", "个", "座"])), min_size=2, max_size=8))
def test_parts_that_begin_with_a_figure(parts):
    text = "".join(f"{number}.{count}{unit}设施建成投用。" for number, (count, unit) in enumerate(parts, 1))
    assert [part.text for part in parse_deliverables(text)] == [f"{count}{unit}设施建成投用。" for count, unit in parts]
    assert [(t.quantity, t.unit) for t in parse_targets(text).value] == parts


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_deadlines(day):
    for text in (f"{day:%Y%m%d}", f"不晚于{day.month}月{day.day}日", f"{day.year}年{day.month}月{day.day}日前全部完成"):
        value = parse_deadline(text, year=day.year).value
        assert (value.day, value.status, value.note) == (day, "ok", "")
    month = parse_deadline(f"{day.year}.{day.month}", year=day.year).value
    assert (month.day.month, month.precision) == (day.month, "month")


@given(st.integers(1, 3), st.sampled_from(["前{}季度", "{}季度", "第{}季度末", "2024年前{}季度", "1至{}季度"]))
def test_quarters(number, form):
    for written in (str(number), HAN[number]):
        value = parse_deadline(form.format(written), year=2024).value
        assert (value.day.year, value.day.month) == (2024, number * 3)


@given(TEXTS)
def test_moments_written_out_stay_so(text):
    once = written_out(text)
    parse_deadline(once, year=2024)
    meaning_of(text)
    payer_of(text)


SOURCES = {"中央": "中央", "省级": "省级", "市级": "市级", "县级": "区级财政"}


@given(
    st.dictionaries(st.sampled_from(list(SOURCES)), st.integers(1, 10**6), min_size=1).map(lambda d: list(d.items())),
    st.sampled_from(["、", "，", "；"]), st.booleans(),
)  # fmt: skip
def test_amounts_of_several_payers(parts, separator, secured):
    text = separator.join(f"{payer}补助{amount}万元" for payer, amount in parts)
    text += ("，" if separator != "；" else "；") + "以上资金均已到位" if secured else ""
    lines = [line for line in parse_funding(text).value.lines if line.amount_wan is not None]
    assert [(line.source, line.amount_wan) for line in lines] == [(SOURCES[payer], amount) for payer, amount in parts]
    assert {line.stage for line in lines} == {"secured" if secured else None}
