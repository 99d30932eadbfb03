"""What was typed on a page about a row reaches that row and no other, whatever rows were taken in or sheet was read."""

import pytest
from django.urls import reverse

from departments.errors import Conflict
from departments.models import Department
from minsheng.task_table import services, steps
from minsheng.task_table.corrections import standing
from minsheng.task_table.decisions import Choice
from minsheng.task_table.forms import name_field
from minsheng.task_table.held import OtherSheet
from minsheng.task_table.reread import reread
from tests.minsheng.task_table.conftest import book

STREETS = ["洸河街道", "柳行街道", "黄屯街道", "王因街道", "接庄街道"]


def tasks(name, count, leads="各街道"):
    return [
        [n, f"{name}{n}", f"新建{name}第{n}处公园。", "2023年12月底", "财政资金1万元", leads, "财政金融局"]
        for n in range(1, count + 1)
    ]


HEADING = ["", "一、民生类", "", "", "", "", ""]


def address(batch, name, *args):
    return reverse(f"task_table:{name}", args=[batch.pk, *args])


def typed(page):
    form = page.context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {**values, "shown": form.shown, "sheet": page.context["batch"].sheet_read}


def unit(name):
    return Department.objects.get(name=name).pk


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def chosen(batch):
    return {row.row: row.decisions["filing"] for row in batch.rows.order_by("row") if row.decisions}


def test_choices_reach_their_rows_where_a_row_was_taken_in_meanwhile(alice, stage, importer):
    batch = stage(book(甲=[HEADING, *tasks("项目", 30)]))
    page = alice.get(f"{address(batch, 'batch')}?page=2")
    rows = [row.staged.row for row in page.context["page"]][:4]
    wanted = {row: unit(STREETS[place]) for place, row in enumerate(rows)}
    steps.take_in(batch, 2, by=importer)

    data = typed(page) | {f"row-{row}-filing": key for row, key in wanted.items()}
    response = alice.post(address(batch, "decide"), data)

    assert (response.status_code, chosen(batch)) == (302, wanted)
    refused = alice.post(address(batch, "commit"), data)  # of the version before: typed again at their rows
    assert refused.status_code == 409
    assert {row: refused.context["form"][f"row-{row}-filing"].value() for row in rows} == {
        row: str(key) for row, key in wanted.items()
    }


def test_typed_meaning_stays_at_its_name_where_another_was_answered(alice, stage, importer):
    batch = stage(book(甲=tasks("项目", 1, leads="交通局、示例服务中心")))
    page = alice.get(address(batch, "batch"))
    second = name_field(2, "示例服务中心")
    data = typed(page) | {second: unit("公安分局")}
    before = standing(batch.rows.get(), "units")
    named = ["示例服务中心"]
    units = {**before["units"], "lead": [one for one in before["units"]["lead"] if one["written"] in named]}
    steps.correct(batch, 2, "units", {**before, "lead_units": named, "units": units}, seen=0, by=importer)

    refused = alice.post(address(batch, "decide"), data)

    form = refused.context["form"]
    assert (refused.status_code, form[second].value()) == (409, str(unit("公安分局")))
    assert name_field(2, "交通局") not in form.fields


def test_choice_for_a_row_of_another_sheet_is_told_and_kept_on_no_row(alice, stage, importer):
    batch = stage(book(甲=tasks("项目", 3), 乙=tasks("别项", 3)))
    page = alice.get(address(batch, "batch"))
    data = typed(page) | {"row-3-filing": unit("柳行街道")}
    reread(fresh(batch), sheet="乙", mapping={}, version=0, by=importer)

    for name in ("decide", "commit"):
        refused = alice.post(address(batch, name), data)
        assert (refused.status_code, chosen(batch)) == (409, {})
        assert "已改读另一工作表" in refused.content.decode()
        assert [row.staged.row for row in refused.context["page"]] == [2, 3, 4]
        assert refused.context["form"]["row-3-filing"].value() in ("", None)
    marks = {row: page.context["form"].initial[f"row-{row}-seen"] for row in (2, 3, 4)}
    with pytest.raises(Conflict):  # the mark of a row tells which row it is
        services.decide(fresh(batch), {3: Choice(filing=unit("柳行街道"))}, by=importer, seen=marks)


STEPS = {
    "part": ({"seen": "0", "serial": "1", "category": "", "project": "甲的名称"}, (3, "name")),
    "take_back": ({"seen": "0"}, (3, "name")),
    "accept": ({"point": "3:lead_missing.1"}, ()),
    "ask_again": ({"point": "lead_missing.1"}, (3,)),
    "leave_out": ({"reason": "不再列入"}, (3,)),
    "take_in": ({}, (2,)),
}


@pytest.mark.parametrize("step", STEPS)
def test_step_on_a_row_of_another_sheet_changes_nothing(alice, stage, importer, step):
    rows = [HEADING, *tasks("项目", 3, leads="")]
    batch = stage(book(甲=rows, 乙=rows))
    reread(fresh(batch), sheet="乙", mapping={}, version=0, by=importer)
    before = list(batch.rows.order_by("pk").values())
    data, args = STEPS[step]

    response = alice.post(address(batch, step, *args), {**data, "sheet": "甲"}, follow=True)

    assert list(batch.rows.order_by("pk").values()) == before
    assert "已改读另一工作表" in response.content.decode()


def test_correction_of_one_sheet_is_used_again_on_that_sheet_only(alice, stage, importer):
    batch = stage(book(甲=tasks("项目", 2), 乙=tasks("别项", 2)))
    values = {**standing(batch.rows.get(row=2), "name"), "project": "改过的名称"}
    steps.correct(batch, 2, "name", values, seen=0, by=importer)
    now, _lost = reread(fresh(batch), sheet="乙", mapping={}, version=1, by=importer)
    (lost,) = now.decisions.filter(step=steps.Step.LOST)

    (line,) = alice.get(address(batch, "batch")).context["lost"]
    with pytest.raises(OtherSheet):
        steps.use_again(now, lost, by=importer)
    assert line["again"] is False
    now, _none = reread(fresh(batch), sheet="甲", mapping={}, version=fresh(batch).version, by=importer)
    (line,) = alice.get(address(batch, "batch")).context["lost"]
    assert line["again"] is True
    steps.use_again(now, lost, by=importer)
    assert standing(now.rows.get(row=2), "name")["project"] == "改过的名称"


def test_choice_for_a_row_that_is_gone_is_refused(stage, importer):
    batch = stage(book(甲=tasks("项目", 1)))

    with pytest.raises(Conflict, match="9"):
        services.decide(batch, {9: Choice(filing=unit("柳行街道"))}, by=importer)
