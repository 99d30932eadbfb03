"""Rows of Word tables that are one are counted as the document's: what stands between two of them has no number."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.errors import DomainError
from minsheng.task_table import reread as again
from minsheng.task_table import source, steps
from minsheng.task_table.continued import _append, says_that_it_goes_on
from minsheng.task_table.reading import to_json
from minsheng.task_table.sheet import Cell
from tests.minsheng.task_table.test_continued import FIRST, SECOND, task
from tests.minsheng.task_table.test_files import SHORT, document, word
from tests.minsheng.task_table.test_rows_kept import fresh

MONEY = [*SHORT, "资金（万元）"]


def uploaded(made, name="表.docx"):
    file = io.BytesIO()
    made.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def skipped(reading):
    return [(one.row, one.kind, one.text, one.between) for one in reading.skipped_rows if one.row > 1]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("二、卫生类", "category"),
        ("单位：万元", "note"),
        ("注：以实际为准", "note"),
        ("注：" + "以实际为准，" * 12, "note"),
    ],
)
def test_a_line_between_two_tables_has_no_row_of_its_own_and_is_listed(line, kind):
    reading = word(document(FIRST, SECOND, between=line))

    assert [row.row for row in reading.rows] == [2, 3, 4, 5]
    assert skipped(reading) == [(4, kind, line, True)]
    assert to_json(reading)["skipped_rows"][-1] == {"row": 4, "kind": kind, "between": True}


def test_a_repeated_header_and_blank_rows_at_the_end_are_rows_of_the_document():
    reading = word(document([*FIRST, [""] * 5], [SHORT, *SECOND], [SHORT, task(5)], between="二、卫生类"))

    assert [(row.row, row.category) for row in reading.rows[1:]] == [
        (3, ""), (6, "二、卫生类"), (7, "二、卫生类"), (9, "二、卫生类"),
    ]  # fmt: skip
    assert {row.source["content"].cell for row in reading.rows} == {"C2", "C3", "C6", "C7", "C9"}


@pytest.mark.parametrize(("stated", "differs"), [("300", []), ("400", [4])])
def test_a_total_that_stands_between_two_tables_is_one_of_the_rows_above(stated, differs):
    first, second = [MONEY, task(1, "100"), task(2, "200")], [MONEY, task(3, "50")]
    reading = word(document(first, second, between=f"合计：{stated}万元"))

    assert [row.row for row in reading.rows] == [2, 3, 5]
    assert [one.params["row"] for one in reading.issues if one.code == "total_differs"] == differs


def counted_before(first, second):
    """As an earlier reader joined tables: each line between them took a row."""
    lines = [line for line in second.above if not says_that_it_goes_on(line)]
    below = _append(first, second)
    by = len(lines)

    def place(row):
        return row + by if row > first.end else row

    cells = {(place(row), column): cell for (row, column), cell in below.cells.items()}
    headings = {(first.end + n, 1): Cell(first.end + n, 1, line) for n, line in enumerate(lines, start=1)}
    wide = {(row, 1): (row, first.last_column) for row, _column in headings}
    return type(first)(
        first.name, {at: type(cell)(*at, cell.text) for at, cell in cells.items()} | headings,
        ranges={**first.ranges, **wide}, above=first.above, before=first.before, notes=first.notes,
        in_document=True, columns=first.columns,
    )  # fmt: skip


@pytest.fixture
def staged_before(stage, monkeypatch):
    """A batch of three tables that an earlier reader read: rows 2 and 3, 5 and 6, 8, with headings at 4 and 7."""
    made = document(FIRST, SECOND, [task(5)], between="二、卫生类")
    with monkeypatch.context() as patched:
        patched.setattr("minsheng.task_table.continued._append", counted_before)
        batch = stage(uploaded(made))
    assert [row.row for row in batch.rows.order_by("position")] == [2, 3, 5, 6, 8]
    return batch


def reread(batch, by, mapping=None):
    now = fresh(batch)
    return again.reread(now, sheet=now.sheet_read, mapping=mapping or {}, version=now.version, by=by)


def said_of(batch):
    found = fresh(batch).rows.order_by("position")
    leaders = ((row.corrections.get("people") or {}).get("values") or {} for row in found)
    return [(row.row, row.reading["serial"], one.get("leader")) for row, one in zip(found, leaders, strict=True)]


def people(leader):
    return {"leader": leader, "contact": "", "remarks": ""}


def test_answers_stay_on_their_task_where_a_newer_reader_counts_otherwise(staged_before, importer):
    steps.correct(staged_before, 5, "people", people("丙"), seen=0, by=importer)
    steps.correct(staged_before, 8, "people", people("戊"), seen=0, by=importer)
    steps.leave_out(staged_before, 6, reason="重复", by=importer)

    _batch, lost = reread(staged_before, importer)

    assert said_of(staged_before) == [(2, "1", None), (3, "2", None), (4, "3", "丙"), (5, "4", None), (6, "5", "戊")]
    assert [row.row for row in fresh(staged_before).rows.all() if row.left_out] == [5]
    assert lost == []


def test_no_answer_falls_on_the_row_that_has_the_number_now(staged_before, importer, monkeypatch):
    """Row 5 is gone from the new reading; another task has its number."""
    steps.correct(staged_before, 5, "people", people("丙"), seen=0, by=importer)
    kept = document(FIRST, [task(6), task(4)], [task(5)], between="二、卫生类")
    content = uploaded(kept).read()
    monkeypatch.setattr(source, "content_of", lambda _batch: content)

    _batch, lost = reread(staged_before, importer)

    assert [leader for _row, _serial, leader in said_of(staged_before)] == [None] * 5
    assert [(one.row, one.part, one.values, one.elsewhere) for one in lost] == [(5, "people", people("丙"), True)]
    kept_lost = fresh(staged_before).decisions.get(step="lost")
    with pytest.raises(DomainError):
        steps.use_again(fresh(staged_before), kept_lost, by=importer)


def test_a_row_is_not_taken_in_where_another_one_has_its_number_now(staged_before, importer):
    """Row 4 was a heading; now a task stands there."""
    with pytest.raises(DomainError, match="重新识别"):
        steps.take_in(staged_before, 4, by=importer)

    assert [row.row for row in fresh(staged_before).rows.all()] == [2, 3, 5, 6, 8]


def test_a_line_between_two_tables_is_shown_and_cannot_be_taken_in(alice, stage, importer):
    batch = stage(uploaded(document(FIRST, SECOND, between="二、卫生类")))
    page = alice.get(reverse("task_table:batch", args=[batch.pk])).content.decode()

    assert "第4行之前" in page
    assert reverse("task_table:take_in", args=[batch.pk, 4]) not in page
    steps.take_in(batch, 4, by=importer)  # the task of that number is in: nothing changes
    assert [row.row for row in fresh(batch).rows.order_by("position")] == [2, 3, 4, 5]


def test_a_heading_that_was_taken_in_before_is_lost_aloud_and_no_other_row_is_taken_in(
    staged_before, importer, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr("minsheng.task_table.continued._append", counted_before)
        steps.take_in(staged_before, 7, by=importer)
    steps.correct(staged_before, 7, "people", people("庚"), seen=0, by=importer)

    _batch, lost = reread(staged_before, importer)

    assert [(row, serial) for row, serial, _leader in said_of(staged_before)] == [
        (2, "1"), (3, "2"), (4, "3"), (5, "4"), (6, "5"),
    ]  # fmt: skip
    assert [(one.row, one.part) for one in lost] == [(7, "people"), (7, "")]  # what was said of it, and that it was in
