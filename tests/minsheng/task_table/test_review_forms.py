"""Every field of a row by its form: corrected, refused in place, told where somebody was first."""

from datetime import date

import pytest

from departments import audit
from minsheng.task_table import services, steps
from minsheng.task_table.corrections import PARTS, standing
from projects.models import SubItem
from tests.minsheng.task_table.small import address, correct, row_of, written


@pytest.mark.parametrize("part", list(PARTS))
def test_form_of_each_part_sent_untouched_changes_nothing(alice, batch, part):
    page = alice.get(address(batch, "part", 2, part))
    before = written(batch)

    response = alice.post(address(batch, "part", 2, part), typed(page.context["form"]))

    assert response.status_code == 302
    assert written(batch) == before


def typed(part, **other):
    """What a browser sends of the form as it was drawn."""
    data = {}
    every = [part.form, *(form for lines in part.sets for form in lines.forms.forms)]
    every += [lines.forms.management_form for lines in part.sets]
    for form in every:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and value != "":
                data[bound.html_name] = "on" if value is True else str(bound.field.prepare_value(value))
    return {**data, **other}


@pytest.mark.parametrize(
    ("part", "name", "value", "of", "expected"),
    [
        ("name", "project", "新名称", lambda item: item.project.name, "新名称"),
        ("name", "serial", "一", lambda item: item.serial, "一"),
        ("name", "category", "养老类", lambda item: item.category, "养老类"),
        ("content", "content", "新建老年食堂13个。", lambda item: item.content, "新建老年食堂13个。"),
        ("content", "kind", "policy", lambda item: item.kind, "policy"),
        ("deadline", "deadline", "2023-10-31", lambda item: item.deadline, date(2023, 10, 31)),
        ("deadline", "deadline_note", "暂定", lambda item: item.deadline_note, "暂定"),
        ("people", "leader", "示例领导", lambda item: item.leader, "示例领导"),
        ("people", "remarks", "跨年", lambda item: item.remarks, "跨年"),
        ("money", "line-0-amount", "300", lambda item: int(item.planned), 3_000_000),
        ("money", "line-0-share", "40", lambda item: float(item.funding_lines.get().share), 0.4),
        ("money", "line-0-text", "市级财政", lambda item: item.funding_lines.get().text, "市级财政"),
        ("targets", "target-0-quantity", "13", lambda item: int(item.targets.get().minimum), 13),
        ("units", "lead-0-name", "党政办公室", lambda item: item.responsibilities.get(files=True).department.name,
         "党政办公室"),
        ("extra", "extra-0-text", "老城区", lambda item: item.extra, {"建设地点": "老城区"}),
    ],
)  # fmt: skip
def test_each_field_is_corrected_by_its_form_and_written_so(alice, batch, importer, part, name, value, of, expected):
    page = alice.get(address(batch, "part", 2, part))
    response = alice.post(address(batch, "part", 2, part), typed(page.context["form"], **{name: value}))
    assert (response.status_code, batch.decisions.count()) == (302, 1)

    steps.leave_out(batch, 5, reason="重复", by=importer)
    services.commit(batch, by=importer)

    assert of(SubItem.objects.get(source_row=2)) == expected


def test_wrong_value_is_said_at_its_field_and_stays(alice, batch):
    before = written(batch)
    page = alice.get(address(batch, "part", 2, "deadline"))

    response = alice.post(address(batch, "part", 2, "deadline"), typed(page.context["form"], deadline="明年"))

    form = response.context["form"].form
    assert (response.status_code, list(form.errors), form["deadline"].value()) == (422, ["deadline"], "明年")
    assert written(batch) == before


def test_page_of_a_part_shows_both_texts_where_somebody_was_first(alice, batch, bob):
    page = alice.get(address(batch, "part", 2, "name"))
    correct(batch, 2, bob, project="乙的名称")

    response = alice.post(address(batch, "part", 2, "name"), typed(page.context["form"], project="甲的名称"))

    text = response.content.decode()
    assert (response.status_code, "乙的名称" in text, "甲的名称" in text) == (409, True, True)
    kept = alice.post(address(batch, "part", 2, "name"), typed(response.context["form"]))
    assert (kept.status_code, standing(row_of(batch, 2), "name")["project"]) == (302, "甲的名称")


def test_row_left_out_meanwhile_says_so_in_its_place(alice, batch, bob):
    page = alice.get(address(batch, "part", 2, "name"))
    steps.leave_out(batch, 2, reason="已并入", by=bob)

    refused = alice.post(address(batch, "part", 2, "name"), typed(page.context["form"], project="甲的名称"))
    fragment = alice.get(address(batch, "row", 2), headers={"HX-Request": "true"})

    words = f"第2行已由{audit.signature(bob)}剔除"
    assert (refused.status_code, words in refused.content.decode()) == (409, True)
    assert (fragment.status_code, words in fragment.content.decode()) == (200, True)


def test_ended_session_is_told_to_the_script_and_nothing_changes(client, batch):
    before = written(batch)

    response = client.post(address(batch, "part", 2, "name"), {"project": "甲"}, headers={"HX-Request": "true"})

    assert (response.status_code, written(batch)) == (401, before)
