"""The steps of the review: what each does and refuses, what two people in it see, for whom it does not exist."""

from datetime import date

import pytest

from departments import audit
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.permissions import IMPORT_TABLE, SUPERVISE
from minsheng.task_table import defaults, services, steps
from minsheng.task_table.corrections import seen_of, standing
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.minsheng.task_table.small import address, correct, fresh, row_of, written

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
