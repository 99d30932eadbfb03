"""What is longer than its column is asked about before it is cut, and a form takes back what it shows."""

import pytest
from django.urls import reverse

from departments import audit
from minsheng.task_table import services, steps
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.corrections import standing
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.points import CUT
from minsheng.task_table.shown import show
from minsheng.task_table.table import table_of
from projects.models import Project
from tests.minsheng.task_table.tables import uploaded

HEADER = ["序号", "项目名称", "项目内容及规模", "完成期限", "主办单位", "协办单位", "分管领导", "建设地点"]
LONG = "提升城乡居民健身设施" * 25


def book(*rows, header=HEADER):
    return uploaded(header, *rows)


def task(name="养老服务", content="新建老年食堂。", leader="", extra="", units="财政金融局"):
    return [1, name, content, "2023年12月底", units, "", leader, extra]


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def cuts(batch):
    (row,) = show(table_of(fresh(batch))).rows
    return [point for point in row.points if point.kind == CUT]


def test_text_that_would_be_cut_is_asked_about(stage, importer):
    batch = stage(book(task(name=LONG, leader="示例领导" * 40)))

    found = {point.part: point for point in cuts(batch)}
    assert (set(found), {point.is_open for point in found.values()}) == ({"name", "people"}, {True})
    assert (
        found["name"].message == "项目：“提升城乡居民健身设施提升城乡居民健身设施…”共250个字符，写入时最多保留200个。"
    )
    with pytest.raises(StillOpen):
        services.commit(fresh(batch), by=importer, passing=False)
    assert Project.objects.count() == 0

    steps.accept(batch, [(2, point.key) for point in found.values()], by=importer)
    services.commit(fresh(batch), by=importer, passing=False)
    assert Project.objects.get().name == f"{LONG[:199]}…"
    assert batch.rows.get().accepted[found["name"].key]["by_name"] == audit.signature(importer)


def test_shorter_text_answers_it_and_another_long_one_is_asked_again(stage, importer):
    batch = stage(book(task(name=LONG)))
    (point,) = cuts(batch)
    steps.accept(batch, [(2, point.key)], by=importer)
    values = standing(batch.rows.get(), "name")

    steps.correct(batch, 2, "name", {**values, "project": f"{LONG}等"}, seen=0, by=importer)
    assert [one.is_open for one in cuts(batch)] == [True]
    steps.correct(batch, 2, "name", {**values, "project": "健身设施"}, seen=1, by=importer)
    assert cuts(batch) == []


def test_unit_that_nobody_knows_is_not_cut_unasked(stage):
    batch = stage(book(task(units="示例" * 61 + "中心")))

    assert [(point.part, point.is_open) for point in cuts(batch)] == [("units", True)]


def test_accepted_once_holds_for_the_next_table_of_the_same_text(stage, importer):
    batch = stage(book(task(name=LONG)))
    steps.accept(batch, [(2, point.key) for point in cuts(batch)], by=importer)
    services.commit(fresh(batch), by=importer)

    same = stage(book(task(name=LONG, content="新建老年食堂。", extra="甲")))
    other = stage(book(task(name=f"{LONG}等")))

    assert compare(same.update).open_points == []
    assert [point.is_open for point in cuts(other)] == [True]


def sent(form):
    """What a browser sends of a form that nobody touched."""
    data = {}
    every = [form.form, *(lines.forms.management_form for lines in form.sets)]
    for one in [*every, *(line for lines in form.sets for line in lines.forms.forms)]:
        for bound in one:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif value is not False and value not in (None, ""):
                text = bound.field.prepare_value(value)
                data[bound.html_name] = str(text).replace("\n", "\r\n")
    return data


LONGEST = {
    "content": task(content="新建老年食堂。\n配齐设备。"),
    "name": task(name=LONG),
    "people": task(leader="示例领导" * 40),
    "units": task(units="、".join(f"第{n}示例服务中心" for n in range(70))),
    "targets": task(content="".join(f"{n}.新建第{n}街区老年食堂{n + 1}个。" for n in range(1, 66))),
    "deliverables": task(content="".join(f"{n}.新建第{n}街区老年食堂{n + 1}个。" for n in range(1, 66))),
    "extra": task(extra="第一行\n" * 1500),
    "deadline": [1, "养老服务", "新建老年食堂。", f"2023年12月底（{LONG}{LONG}）", "财政金融局", "", "", ""],
}


@pytest.mark.parametrize("part", LONGEST)
def test_form_takes_back_what_it_shows(alice, stage, part):
    batch = stage(book(LONGEST[part]))
    address = reverse("task_table:part", args=[batch.pk, 2, part])
    before = standing(batch.rows.get(), part)

    response = alice.post(address, sent(alice.get(address).context["form"]))

    assert (response.status_code, standing(batch.rows.get(), part)) == (302, before)


def test_one_of_many_lines_is_corrected(alice, stage):
    batch = stage(book(LONGEST["targets"]))
    address = reverse("task_table:part", args=[batch.pk, 2, "targets"])
    form = alice.get(address).context["form"]
    count = len(standing(batch.rows.get(), "targets")["targets"])
    assert (count > 60, len(form.sets[0].more)) == (True, 2)

    data = sent(form) | {"target-0-quantity": "7", f"target-{count}-text": "再建一个", f"target-{count}-quantity": "1"}
    response = alice.post(address, data)

    now = standing(batch.rows.get(), "targets")["targets"]
    assert (response.status_code, now[0]["quantity"], now[-1]["text"], len(now)) == (302, "7", "再建一个", count + 1)


def test_figure_more_exact_than_typed_ones_stands(alice, stage, importer):
    batch = stage(book(task(content="新建老年食堂12个。")))
    values = standing(batch.rows.get(), "targets")
    exact = [{**values["targets"][0], "quantity": "12.123456"}]
    steps.correct(batch, 2, "targets", {"targets": exact}, seen=0, by=importer)
    address = reverse("task_table:part", args=[batch.pk, 2, "targets"])
    data = sent(alice.get(address).context["form"])

    assert alice.post(address, data).status_code == 302
    assert standing(batch.rows.get(), "targets")["targets"][0]["quantity"] == "12.123456"
    assert alice.post(address, data | {"target-0-quantity": "13.123456"}).status_code == 422


def test_text_that_is_typed_anew_is_no_longer_than_it_may_be(alice, stage):
    batch = stage(book(task()))
    address = reverse("task_table:part", args=[batch.pk, 2, "name"])

    response = alice.post(address, {"seen": "0", "serial": "1", "category": "", "project": LONG})

    assert (response.status_code, list(response.context["form"].form.errors)) == (422, ["project"])
