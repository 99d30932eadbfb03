"""What is said of many rows at once, and what is still open when the table is confirmed."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments import audit
from departments.models import Department
from minsheng.task_table import defaults, services, steps
from minsheng.task_table.corrections import standing
from minsheng.task_table.counted import progress_of
from minsheng.task_table.decisions import Choice
from minsheng.task_table.models import ImportDecision
from minsheng.task_table.passing import StillOpen
from minsheng.task_table.reread import reread
from minsheng.task_table.shown import show
from minsheng.task_table.table import table_of
from projects.models import Programme
from tests.minsheng.task_table.conftest import book as sheets
from tests.minsheng.task_table.small import ROWS, address, book, correct, fresh, row_of, unit, written

# What the page of confirming asks.
ASKED = ("按识别结果导入", "将写入")
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


OFFERS = [
    ("deadline", "day", "2023-11-30"),
    ("kind", "kind", "policy"),
    ("category", "category", "民生类"),
    ("filing", "x", ""),
]


def stale(alice, batch, what, **more):
    """What a page's offer sends: with what the page showed."""
    text = alice.get(address(batch, "batch")).content.decode()
    (form,) = [one for one in text.split("<form")[1:] if f'name="what" value="{what}"' in one]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.partition("</form>")[0]))
    assert {"sheet", "version", "rows"} <= hidden.keys()
    return {**{name: value for name, value in hidden.items() if name != "csrfmiddlewaretoken"}, **more}


def lacking(*rows):
    """Rows without deadline and category, that several units lead, and whose content tells no kind of work."""
    return [[n, f"项目{n}", "其他事项。", "", "财政资金1万元", "各街道", ""] for n in rows]


@pytest.mark.parametrize(("what", "field", "value"), OFFERS)
def test_default_of_a_page_of_another_sheet_falls_on_no_row(alice, stage, bob, what, field, value):
    batch = stage(sheets(甲=lacking(1, 2), 乙=lacking(1, 2)))
    data = stale(alice, batch, what, **{field: value})
    reread(batch, sheet="乙", mapping={}, version=0, by=bob)
    before = written(batch)

    page = alice.post(address(batch, "default"), data)

    assert (page.status_code, written(batch)) == (409, before)
    assert page.context["wrong"]["text"] in page.content.decode()
    assert "另一工作表" in page.context["wrong"]["text"]
    assert not value or page.context["wrong"]["typed"] == value


@pytest.mark.parametrize(("what", "field", "value"), OFFERS)
def test_default_falls_on_no_row_that_was_not_shown(alice, stage, bob, what, field, value):
    batch = stage(sheets(甲=[*lacking(1, 2), ["", "合计", "", "", "", "", ""]]))
    steps.leave_out(batch, 3, reason="不列入", by=bob)
    data = stale(alice, batch, what, **{field: value})
    steps.take_in(batch, 3, by=bob)
    before = written(batch)

    page = alice.post(address(batch, "default"), data)

    assert (page.status_code, written(batch)) == (409, before)
    fresh_page = {**data, **stale(alice, batch, what, **{field: value})}
    assert alice.post(address(batch, "default"), fresh_page).status_code == 302
    assert {one.row for one in batch.decisions.filter(step="default")} == {2, 3}


def test_default_is_taken_for_the_rows_that_a_colleague_left_open(alice, stage, bob):
    batch = stage(sheets(甲=lacking(1, 2)))
    data = stale(alice, batch, "category", category="民生类")
    correct(batch, 2, bob, category="养老类")

    alice.post(address(batch, "default"), data)

    assert [standing(row_of(batch, row), "name")["category"] for row in (2, 3)] == ["养老类", "民生类"]


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
    assert all(word in page.text for word in ASKED)
    done = alice.post(address(batch, "commit"), {"version": 1, "shown": "0", "passing": "1"})
    assert (done.url, Programme.objects.count()) == (address(batch, "batch"), 1)
    text = alice.get(done.url).content.decode()
    assert "按识别结果接受" in text
    assert audit.signature(importer) in text


def test_while_rows_hold_the_import_up_nothing_is_asked_that_cannot_be_answered(alice, batch):
    page = alice.get(address(batch, "confirm"))

    assert page.context["blocking"]
    assert "以下各行未处理" in page.text
    assert not any(word in page.text for word in ASKED)


def test_confirmation_of_what_changed_meanwhile_is_refused(alice, batch, bob):
    steps.leave_out(batch, 5, reason="重复", by=bob)

    response = alice.post(address(batch, "commit"), {"version": 0, "shown": "0", "passing": "1"})

    assert (response.status_code, Programme.objects.count()) == (409, 0)
    assert [one.by_name for one in response.context["changed"]] == [audit.signature(bob)]
    assert len(response.context["page"]) == 2  # the rows are there again
