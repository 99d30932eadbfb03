"""The steps of the review: what each does and refuses, what two people in it see, for whom it does not exist."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments import audit
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import Department
from departments.permissions import IMPORT_TABLE, SUPERVISE
from minsheng.task_table import defaults, services, steps
from minsheng.task_table.corrections import PARTS, seen_of, standing
from minsheng.task_table.counted import progress_of
from minsheng.task_table.decisions import Choice
from minsheng.task_table.models import ImportDecision
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.shown import show
from minsheng.task_table.table import table_of
from projects.models import Programme, SubItem
from tests.factories.departments import JurisdictionFactory, UserFactory

HEADER = ["序号", "项目名称", "项目内容及规模", "资金渠道", "主办单位", "协办单位", "建设地点"]
ROWS = [
    [1, "养老服务", "新建老年食堂12个。", "财政资金260万元", "财政金融局", "经济发展局", "城区"],
    ["", "二、教育类", "", "", "", "", ""],
    [2, "学位扩容", "新增学位800个。", "约500万元", "财政金融局", "", "新区"],
    [3, "停车设施", "新增车位300个。", "企业自筹90万元", "", "经济发展局", ""],
]


def book(rows):
    made = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return SimpleUploadedFile("表.xlsx", file.getvalue())


@pytest.fixture
def batch(stage):
    """Rows 2, 4 and 5 of the sheet are tasks, 3 a heading; row 5 names no lead unit."""
    return stage(book(ROWS))


@pytest.fixture
def bob(zone):
    return UserFactory(grants={zone: [IMPORT_TABLE]})


@pytest.fixture
def alice(client, importer):
    client.force_login(importer)
    return client


def row_of(batch, row):
    return batch.rows.get(row=row)


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def written(batch):
    """Everything that is kept of a batch."""
    rows = list(batch.rows.order_by("position").values())
    return rows, fresh(batch).version, list(batch.decisions.order_by("pk").values())


def name_values(batch, row, **other):
    return {**standing(row_of(batch, row), "name"), **other}


def correct(batch, row, by, seen=0, **other):
    return steps.correct(batch, row, "name", name_values(batch, row, **other), seen=seen, by=by)


def unit(name):
    return Department.objects.get(name=name)


def address(batch, name, *more):
    return reverse(f"task_table:{name}", args=[batch.pk, *more])


# --- correct and take back


def test_correction_lies_over_the_reading_and_is_recorded(batch, importer):
    read = row_of(batch, 2).reading
    correct(batch, 2, importer, project="养老服务提升")

    row = row_of(batch, 2)
    assert (row.reading, standing(row, "name")["project"]) == (read, "养老服务提升")
    said = batch.decisions.get()
    assert (said.step, said.row, said.part, said.before["project"], said.after["project"], said.by) == (
        "correct", 2, "name", "养老服务", "养老服务提升", importer,
    )  # fmt: skip


def test_the_same_again_is_no_decision(batch, importer):
    correct(batch, 2, importer)

    assert (batch.decisions.count(), fresh(batch).version) == (0, 0)


def test_what_was_read_typed_in_again_is_no_correction(batch, importer):
    correct(batch, 2, importer, project="养老服务提升")
    correct(batch, 2, importer, seen=1, project="养老服务")

    assert row_of(batch, 2).corrections["name"]["values"] is None


def test_second_of_two_is_told_what_the_first_said_and_overwrites_nothing(batch, importer, bob):
    correct(batch, 2, importer, project="甲的名称")
    before = written(batch)

    with pytest.raises(steps.ChangedMeanwhile, match=audit.signature(importer)) as told:
        correct(batch, 2, bob, project="乙的名称")

    assert written(batch) == before
    assert standing(told.value.row, "name")["project"] == "甲的名称"
    correct(batch, 2, bob, seen=1, project="乙的名称")
    assert standing(row_of(batch, 2), "name")["project"] == "乙的名称"


def test_my_own_other_window_is_called_that(batch, importer):
    correct(batch, 2, importer, project="先前的名称")

    with pytest.raises(steps.ChangedMeanwhile, match="您在另一个窗口"):
        correct(batch, 2, importer, project="后来的名称")


def test_other_parts_and_rows_never_conflict(batch, importer, bob):
    correct(batch, 2, importer, project="甲的名称")
    correct(batch, 4, bob, project="乙的名称")
    people = {"leader": "示例领导", "contact": "", "remarks": ""}
    steps.correct(batch, 2, "people", people, seen=0, by=bob)

    assert (fresh(batch).version, batch.decisions.count()) == (3, 3)


def test_correction_is_taken_back(batch, importer, bob):
    correct(batch, 2, importer, project="养老服务提升")
    with pytest.raises(steps.ChangedMeanwhile):
        steps.take_back(batch, 2, "name", seen=0, by=bob)
    steps.take_back(batch, 2, "name", seen=1, by=bob)

    row = row_of(batch, 2)
    assert (standing(row, "name")["project"], seen_of(row, "name")) == ("养老服务", 2)
    assert list(batch.decisions.values_list("step", flat=True)) == ["correct", "take-back"]


@pytest.mark.parametrize(
    "step",
    [
        lambda batch, by: correct(batch, 2, by, seen=1, project="又一名称"),
        lambda batch, by: steps.take_back(batch, 2, "name", seen=1, by=by),
    ],
    ids=["correct", "take-back"],
)
def test_row_left_out_by_a_colleague_is_not_corrected_and_he_is_named(batch, importer, bob, step):
    correct(batch, 2, importer, project="养老服务提升")
    steps.leave_out(batch, 2, reason="已并入", by=bob)
    before = written(batch)

    with pytest.raises(Conflict, match=f"第2行已由{audit.signature(bob)}剔除"):
        step(batch, importer)

    assert written(batch) == before


# --- accept, ask again, leave out, take in


def test_question_is_accepted_once_and_asked_again(batch, importer):
    assert steps.accept(batch, [(5, "lead_missing.1")], by=importer) == 1
    assert steps.accept(batch, [(5, "lead_missing.1"), (5, "nonsense.1"), (99, "lead_missing.1")], by=importer) == 0

    assert row_of(batch, 5).accepted["lead_missing.1"]["by_name"] == audit.signature(importer)
    steps.ask_again(batch, 5, "lead_missing.1", by=importer)
    assert row_of(batch, 5).accepted == {}
    assert list(batch.decisions.values_list("step", flat=True)) == ["accept", "reopen"]


def test_who_files_cannot_be_accepted_as_read(batch, importer):
    assert steps.accept(batch, [(5, "filing")], by=importer) == 0


def test_row_is_left_out_with_a_reason_and_taken_in_again(batch, importer, bob):
    with pytest.raises(DomainError):
        steps.leave_out(batch, 5, reason="  ", by=importer)
    steps.leave_out(batch, 5, reason="重复", by=importer)
    steps.leave_out(batch, 5, reason="另一理由", by=bob)  # it is out already
    assert row_of(batch, 5).left_out["reason"] == "重复"

    assert services.commit(batch, by=importer).sub_items.count() == 2


def test_heading_taken_in_becomes_a_task_at_its_place(batch, importer):
    steps.take_in(batch, 3, by=importer)
    steps.take_in(batch, 3, by=importer)

    assert list(batch.rows.order_by("position").values_list("row", "position")) == [(2, 1), (3, 2), (4, 3), (5, 4)]
    assert row_of(batch, 3).reading["project"] == "教育类"
    with pytest.raises(DomainError):
        steps.take_in(batch, 77, by=importer)


# --- defaults


def counted(batch):
    """What is kept of the questions, and what a count of all rows gives."""
    kept = progress_of(fresh(batch), 0)
    return kept, show(table_of(fresh(batch))).progress


TOUCHING = {
    "correct": lambda batch, by: correct(batch, 5, by, category="停车"),
    "take-back": lambda batch, by: steps.take_back(batch, 2, "name", seen=1, by=by),
    "units": lambda batch, by: steps.correct(batch, 2, "units", {**standing(row_of(batch, 5), "units")}, seen=0, by=by),
    "accept": lambda batch, by: steps.accept(batch, [(5, "lead_missing.1"), (4, "funding_unit_assumed.1")], by=by),
    "leave-out": lambda batch, by: steps.leave_out(batch, 5, reason="不列入", by=by),
    "take-in": lambda batch, by: steps.take_in(batch, 3, by=by),
    "filing": lambda batch, by: services.decide(batch, {5: Choice(filing=unit("财政金融局").pk)}, by=by),
    "deadline": lambda batch, by: defaults.default_deadline(batch, date(2023, 12, 31), by=by),
}


@pytest.mark.parametrize("step", TOUCHING)
def test_what_is_left_to_decide_is_counted_anew_for_the_rows_a_step_touched(batch, importer, step):
    correct(batch, 2, importer, category="养老")
    before, whole = counted(batch)
    assert before == whole
    assert (before.points, before.blocking) > (0, 0)

    version = fresh(batch).version
    TOUCHING[step](fresh(batch), importer)

    assert fresh(batch).version == version + 1
    kept, whole = counted(batch)
    assert kept == whole


@pytest.mark.parametrize("count", [3, 12])
def test_saving_a_correction_touches_its_row_only(alice, stage, count):
    batch = stage(book([[number, f"项目{number}", *ROWS[0][2:]] for number in range(1, count + 1)]))
    data = {"category": "养老", "project": "养老", "version": "0", "seen": "0"}
    for row in (2, 3):  # the first time all are counted once
        with CaptureQueriesContext(connection) as asked:
            response = alice.post(address(batch, "part", row, "name"), data, headers={"HX-Request": "true"})
        assert response.status_code == 200
    whole = [query["sql"] for query in asked if query["sql"].startswith("SELECT") and '"reading"' in query["sql"]]
    assert len(asked) == 33
    assert whole
    assert [sql for sql in whole if '"row" = ' not in sql and '"id" IN (' not in sql] == []


def test_default_deadline_is_a_persons_word_and_the_plan_says_so(batch, importer):
    assert defaults.default_deadline(batch, date(2023, 12, 31), by=importer) == 3
    assert defaults.default_deadline(batch, date(2023, 11, 30), by=importer) == 0
    steps.leave_out(batch, 5, reason="重复", by=importer)

    programme = services.commit(batch, by=importer)

    for item in programme.sub_items.all():
        assert (item.deadline, item.deadline_precision) == (date(2023, 12, 31), "year")
        assert item.deadline_note == f"表中未注明，导入时由{audit.signature(importer)}统一取定。"
        assert item.revisions.get(number=1).plan["deadline_note"] == item.deadline_note


def test_default_kind_and_category_are_a_persons_word_where_nobody_said_otherwise(batch, importer, bob):
    steps.correct(batch, 4, "content", {**standing(row_of(batch, 4), "content"), "kind": "training"}, seen=0, by=bob)
    correct(batch, 2, bob, project="养老")

    assert defaults.default_kind(batch, "construction", by=importer) == 2
    assert defaults.default_category(batch, " 民生类 ", by=importer) == 0  # row 2 is Bob's, the others stand under one
    assert defaults.default_kind(batch, "policy", by=importer) == 0

    row = row_of(batch, 2)
    assert row.corrections["content"]["by_name"] == audit.signature(importer)
    said = batch.decisions.filter(step="default", row=2).get()
    assert (said.part, said.before["kind"], said.after["kind"], said.by) == (
        "content",
        "other",
        "construction",
        importer,
    )
    shown = {one.staged.row: one for one in show(table_of(fresh(batch))).rows}
    assert shown[2].changes["content"].by == audit.signature(importer)
    services.decide(batch, {5: Choice(filing=unit("财政金融局").pk)}, by=importer)
    kinds = services.commit(batch, by=importer).sub_items.order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["construction", "training", "construction"]


def test_rows_under_no_category_get_one(stage, importer):
    batch = stage(book([ROWS[0], ROWS[2]]))

    assert defaults.default_category(batch, "民生类", by=importer) == 2
    steps.take_back(batch, 3, "name", seen=1, by=importer)

    assert [standing(row, "name")["category"] for row in batch.rows.order_by("position")] == ["民生类", ""]
    assert {one.part for one in batch.decisions.filter(step="default")} == {"name"}


@pytest.mark.parametrize(
    ("what", "field", "typed"),
    [("deadline", "day", "1999-01-01"), ("kind", "kind", "other"), ("category", "category", "民" * 121)],
)
def test_default_that_is_refused_is_said_in_place_and_changes_nothing(alice, stage, what, field, typed):
    batch = stage(book([ROWS[0], ROWS[2]]))
    before = written(batch)

    page = alice.post(address(batch, "default"), {"what": what, field: typed, "back": "show=open"})

    assert (page.status_code, written(batch)) == (422, before)
    assert (page.context["wrong"]["typed"], page.context["look"].show) == (typed, "open")
    assert page.context["wrong"]["text"] in page.content.decode()


def test_first_in_the_official_order_files_where_a_group_leads(stage, table, importer):
    batch = stage(table(("各街道", ""), ("财政金融局", "")))

    assert defaults.default_filing(batch, by=importer) == 1
    assert defaults.default_filing(batch, by=importer) == 0
    programme = services.commit(batch, by=importer)
    first = programme.sub_items.first().responsibilities.get(files=True)
    assert first.department.name == "洸河街道"


# --- confirming what is open


def test_open_questions_are_asked_about_and_passed_by_name(stage, table, importer):
    batch = stage(table(("财政金融局", "交通局")))

    with pytest.raises(StillOpen) as asked:
        services.commit(batch, by=importer, passing=False)
    assert ([(kind, count) for kind, _words, count in asked.value.kinds], Programme.objects.count()) == (
        [("unknown_unit", 1)], 0,
    )  # fmt: skip

    services.commit(batch, by=importer)

    row = batch.rows.get()
    answer = row.accepted["name.交通局"]
    assert (answer["by_name"], answer["passed"]) == (audit.signature(importer), True)
    assert [one.row for one in batch.decisions.filter(step=ImportDecision.Step.PASS, by=importer)] == [row.row]


def test_page_asks_once_more_keeps_the_choices_and_shows_who_let_pass(alice, stage, table, importer):
    batch = stage(table(("各街道", "交通局")))
    place = batch.rows.get().row
    files = Department.objects.get(name="王因街道").pk
    response = alice.post(address(batch, "commit"), {"version": 0, f"row-{place}-filing": files})

    assert response.url == f"{address(batch, 'confirm')}?version=1"
    assert (Programme.objects.count(), batch.rows.get().decisions["filing"]) == (0, files)
    page = alice.get(response.url)
    assert [(kind, count) for kind, _words, count in page.context["kinds"]] == [("unknown_unit", 1)]
    done = alice.post(address(batch, "commit"), {"version": 1, "shown": "0", "passing": "1"})
    assert (done.url, Programme.objects.count()) == (address(batch, "batch"), 1)
    text = alice.get(done.url).content.decode()
    assert "按识别结果接受" in text
    assert audit.signature(importer) in text


def test_confirmation_of_what_changed_meanwhile_is_refused(alice, batch, bob):
    steps.leave_out(batch, 5, reason="重复", by=bob)

    response = alice.post(address(batch, "commit"), {"version": 0, "shown": "0", "passing": "1"})

    assert (response.status_code, Programme.objects.count()) == (409, 0)
    assert [one.by_name for one in response.context["changed"]] == [audit.signature(bob)]
    assert len(response.context["page"]) == 2  # the rows are there again


# --- every field by its form


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


# --- for whom it is not, and when


STEPS = [
    ("part", (2, "name"), {"seen": "0", "project": "甲"}),
    ("take_back", (2, "name"), {"seen": "1"}),
    ("accept", (), {"point": "5:lead_missing.1"}),
    ("ask_again", (2,), {"point": "lead_missing.1"}),
    ("leave_out", (2,), {"reason": "重复"}),
    ("take_in", (3,), {}),
    ("default", (), {"what": "deadline", "day": "2023-12-31"}),
    ("use_again", (), {"lost": "1"}),
    ("columns", (), {"version": "0", "sheet": "Sheet"}),
    ("commit", (), {"version": "0", "passing": "1"}),
]


@pytest.mark.parametrize(("name", "more", "data"), STEPS, ids=[one[0] for one in STEPS])
@pytest.mark.parametrize("who", ["elsewhere", "supervisor"])
def test_nobody_else_takes_a_step(client, batch, zone, name, more, data, who):
    grants = {JurisdictionFactory(): [IMPORT_TABLE]} if who == "elsewhere" else {zone: [SUPERVISE]}
    client.force_login(UserFactory(grants=grants))
    before = written(batch)

    response = client.post(address(batch, name, *more), data)

    assert (response.status_code, written(batch)) == (404, before)


@pytest.mark.parametrize(
    "step",
    [
        lambda batch, by: correct(batch, 2, by, project="甲"),
        lambda batch, by: steps.take_back(batch, 2, "name", seen=0, by=by),
        lambda batch, by: steps.accept(batch, [(5, "lead_missing.1")], by=by),
        lambda batch, by: steps.ask_again(batch, 5, "lead_missing.1", by=by),
        lambda batch, by: steps.leave_out(batch, 2, reason="重复", by=by),
        lambda batch, by: steps.take_in(batch, 3, by=by),
        lambda batch, by: defaults.default_deadline(batch, date(2023, 12, 31), by=by),
        lambda batch, by: defaults.default_filing(batch, by=by),
    ],
    ids=["correct", "take-back", "accept", "ask-again", "leave-out", "take-in", "deadline", "filing"],
)
def test_no_step_after_the_end(batch, importer, step):
    services.discard(batch, by=importer)
    before = written(batch)

    with pytest.raises(IllegalTransition):
        step(batch, importer)

    assert written(batch) == before
