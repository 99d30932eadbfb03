"""Names as a table writes them at home: with their government in front, run together, with a role behind, left open."""

import io

import docx
import pytest

from departments.models import Department, DepartmentAlias
from minsheng.task_table import names
from minsheng.task_table.match import Kind, resolver_of
from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.roles import parse_roles
from minsheng.task_table.parsers.units import parse_units
from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.tables import read, task


@pytest.mark.parametrize("written", ["区财政金融局", "高新区财政金融局", "济宁高新区财政金融局", "高新区财金局"])
def test_the_own_government_in_front_is_at_home(zone, written):
    unit = Department.objects.get(name="财政金融局")
    DepartmentAlias.objects.get_or_create(
        jurisdiction=zone, text="财金局", plain="财金局", defaults={"department": unit}
    )
    assert resolver_of(zone).resolve(written) == ["财政金融局"]


@pytest.mark.parametrize("written", ["市财政金融局", "任城区财政金融局", "高新区", "区局"])
def test_another_government_in_front_is_not(zone, written):
    assert resolver_of(zone).match(written).kind == Kind.UNKNOWN


def test_a_group_is_at_home_too(zone):
    assert len(resolver_of(zone).resolve("高新区各街道")) == 5


@pytest.mark.parametrize(
    "written",
    ["有关街道", "相关街道", "各有关街道", "属地街道", "涉及街道", "相关镇街", "有关部门", "相关单位", "区直有关部门"],
)
def test_names_that_leave_open_who_is_meant_are_open(zone, written):
    assert resolver_of(zone).match(written).kind == Kind.OPEN


def test_an_open_name_is_answered_with_units_and_not_with_a_new_one(stage, table, importer):
    batch = stage(table(("财政金融局", "有关街道"), ("财政金融局", "有关街道")))
    (found,) = names.unanswered(batch.rows.order_by("position"))
    assert (found.written, found.kind, found.rows) == ("有关街道", Kind.OPEN, [2, 3])

    street = Department.objects.get(name="洸河街道")
    names.name_group(batch, "有关街道", [street.pk], seen=[], by=importer)
    assert names.unanswered(batch.rows.order_by("position")) == []


def test_known_names_run_together_are_taken_apart(zone):
    known = resolver_of(zone).known_names
    parsed = parse_units("应急管理局市场监督管理局、区财政金融局经济发展局", known=known)
    assert parsed.value == ("应急管理局", "市场监督管理局", "区财政金融局", "经济发展局")
    assert parsed.issues == ()


def test_what_may_be_a_part_of_the_unit_in_front_is_asked():
    parsed = parse_units("公安分局消防救援大队", known=("公安分局", "消防救援大队"))
    assert parsed.value == ("公安分局", "消防救援大队")
    assert [issue.code for issue in parsed.issues] == ["units_run_together"]


def test_names_that_come_apart_in_two_ways_stay_together():
    known = ("甲乙局", "丙丁局戊己局", "甲乙局丙丁局", "戊己局")
    parsed = parse_units("甲乙局丙丁局戊己局", known=known)
    assert parsed.value == ("甲乙局丙丁局戊己局",)
    assert [issue.code for issue in parsed.issues] == ["units_run_together"]


@pytest.mark.parametrize(
    ("text", "known", "assist"),
    [
        ("发改委会办", (), ("发改委",)),
        ("区发改委会办、财政局会办", (), ("区发改委", "财政局")),
        ("农委会办", ("农委",), ("农委",)),
        ("财政局会同", (), ("财政局",)),
    ],
)
def test_a_role_behind_a_name_is_no_part_of_it(text, known, assist):
    assert parse_roles(text, known=known).value.assist == assist


@pytest.mark.parametrize("text", ["安委会办", "区工会会办公室", "妇儿工委会办"])
def test_offices_keep_their_names(text):
    assert parse_roles(text) is None


def test_the_column_of_assisting_units_may_say_so_again():
    header = ("序号", "项目名称", "建设内容", "主办单位", "会办单位")
    found = read(header, (1, "养老", "新建食堂12个。", "民政局", "发改委会办、残联配合"))
    assert found.rows[0].assisting_units == ("发改委", "残联")
    assert not [issue for issue in found.rows[0].issues if issue.field == "assisting_units" and issue.asks]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("2023年底前完成主体工程，2024年6月投用", True),
        ("2023年6月开工，2024年5月竣工", True),
        ("2023年6月底前完成主体，2023年12月底前投用", False),
        ("6月底前完成主体，12月底前通车", False),
    ],
)
def test_a_last_date_after_the_year_is_asked(text, asks):
    assert ("deadline_several_later" in [i.code for i in parse_deadline(text, year=2023).issues if i.asks]) == asks


@pytest.mark.parametrize(
    ("project", "name"),
    [("第1项工程", "第1项工程"), ("第二件 民生实事", "第二件民生实事"), ("第3项 道路工程", "道路工程")],
)
def test_an_ordinal_is_the_name_where_nothing_else_is(project, name):
    found = read(("序号", "项目名称", "项目内容及规模", "完成期限", "资金渠道", "主办单位"), task(1, project)[:6])
    assert found.rows[0].project == name


def in_word(*before, below=()):
    document = docx.Document()
    for line in before:
        document.add_paragraph(line)
    rows = (
        ("序号", "项目名称", "建设内容", "总投资", "牵头单位"),
        ("1", "养老", "新建食堂12个。", "3000000", "民政局"),
        ("2", "托育", "新增托位60个。", "5000000", "教育局"),
    )
    table = document.add_table(len(rows), len(rows[0]))
    for cell, text in zip((c for line in table.rows for c in line.cells), (t for r in rows for t in r), strict=True):
        cell.text = text
    for line in below:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return read_table(file.getvalue(), name="表.docx", year=2023)


@pytest.mark.parametrize(
    ("before", "amount"),
    [
        (("江州市2023年民生实事", "单位：元"), 300),
        (("单位：元", "江州市2023年民生实事"), 300),
        (("江州市2023年民生实事", "填报单位：市府办　　金额单位：万元"), 3_000_000),
    ],
)
def test_a_line_above_a_word_table_says_the_unit_of_its_money(before, amount):
    found = in_word(*before)
    assert found.rows[0].funding_totals[0].amount_wan == amount
    assert "funding_unit_assumed" not in [issue.code for issue in found.issues]


def test_prose_above_a_word_table_says_no_unit():
    found = in_word("江州市2023年民生实事", "请各单位元旦前报送。")
    assert "funding_unit_assumed" in [issue.code for issue in found.issues]
