"""What people said of a table and of its programme holds when the next table comes; only what changed there differs."""

import re
from datetime import date, datetime

import pytest

from departments import clock
from departments.models import AuditEvent
from minsheng.task_table import defaults, services, steps
from minsheng.task_table.again import comparison
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Decisions, Said
from minsheng.task_table.corrections import standing
from projects.models import SubItem, SubItemRevision
from projects.services import revisions
from projects.services.revisions import Revised
from tests.minsheng.task_table.tables import uploaded

HEADER = ["序号", "项目名称", "项目内容及规模", "责任单位", "备注"]  # no column of deadlines, as most tables
ROWS = [[n, f"项目{n}", f"新建第{n}处公园。新增车位{n}00个。", "财政金融局", ""] for n in range(1, 7)]
JULY = datetime(2023, 7, 6, 9, 0)  # noqa: DTZ001 Shanghai time


def book(rows):
    return uploaded(HEADER, *rows)


def edited(place, column, value, rows=ROWS):
    rows = [list(row) for row in rows]
    rows[place - 1][column] = value
    return rows


@pytest.fixture
def programme(stage, importer):
    """Six sub-items, their deadline by default, the content of the second corrected, the sixth row left out."""
    batch = stage(book(ROWS))
    defaults.default_deadline(batch, date(2023, 12, 31), by=importer)
    row = batch.rows.get(position=2)
    values = {**standing(row, "content"), "content": "新建第2处公园（含停车场）。"}
    steps.correct(batch, row.row, "content", values, seen=0, by=importer)
    steps.leave_out(batch, batch.rows.get(position=6).row, reason="已并入", by=importer)
    made = services.commit(batch, by=importer)
    with clock.at(JULY):
        yield made


def said(found):
    return [(pair.present.sub_item.serial, [one.part for one in pair.differences]) for pair in found.changed]


def kept(found):
    return [(pair.present.sub_item.serial, [one.part for one in pair.kept]) for pair in found.kept]


def correct_by_hand(programme, serial, importer, **values):
    item = programme.sub_items.select_related("programme__jurisdiction").get(serial=serial)
    changes = {name: [str(getattr(item, name)), str(value)] for name, value in values.items()}
    revisions.revise(
        programme,
        [Revised(item, values=values, changes=changes)],
        by=importer,
        reason="批准的调整",
        origin=SubItemRevision.Origin.CHANGE,
    )
    return item


def confirm(batch, importer, rows=None):
    batch.refresh_from_db()
    again.decide(batch, Decisions(rows or {}, reason="年中调整"), by=importer)
    batch = type(batch).objects.get(pk=batch.pk)
    return again.commit(batch, by=importer, seen=compare(batch.update).marks, version=batch.version)


def test_default_and_correction_hold_and_one_change_is_the_one_difference(programme, stage, importer):
    batch = stage(book(edited(4, 3, "经济发展局")))

    found = compare(batch.update)

    assert (len(found.matching.sure), found.matching.proposed, found.missing, found.new) == (5, {}, [], [])
    assert (said(found), kept(found)) == ([("4", ["responsibilities"])], [])
    confirm(batch, importer)
    assert programme.sub_items.get(serial="2").content == "新建第2处公园（含停车场）。"
    assert set(programme.sub_items.values_list("deadline", flat=True)) == {date(2023, 12, 31)}
    revised = SubItemRevision.objects.filter(sub_item__programme=programme, number__gt=1)
    assert list(revised.values_list("sub_item__serial", flat=True)) == ["4"]


def test_carried_words_are_shown_in_the_review_and_recorded(programme, stage):
    batch = stage(book(edited(4, 4, "重点")))

    row = batch.rows.get(position=2)
    assert row.corrections["content"]["values"]["content"] == "新建第2处公园（含停车场）。"
    assert row.corrections["deadline"]["values"]["deadline"] == "2023-12-31"
    assert batch.rows.get(position=6).left_out["reason"] == "已并入"
    carried = batch.decisions.filter(step="carry")
    assert {(one.row, one.part) for one in carried} >= {(row.row, "content"), (row.row, "deadline")}


def test_what_was_changed_by_hand_since_is_told_apart_and_stays(programme, stage, importer, monkeypatch):
    item = correct_by_hand(programme, "3", importer, deadline=date(2023, 10, 31), leader="示例领导")
    batch = stage(book(edited(4, 3, "经济发展局")))

    found = compare(batch.update)

    assert (said(found), kept(found)) == ([("4", ["responsibilities"])], [("3", ["deadline", "leader"])])
    assert len(found.same) == 3
    monkeypatch.setattr(comparison, "ROWS_AT_ONCE", 2)  # however many rows are compared at a time
    in_runs = compare(batch.update)
    assert (said(in_runs), kept(in_runs), in_runs.marks) == (said(found), kept(found), found.marks)
    confirm(batch, importer)
    item.refresh_from_db()
    assert (item.deadline, item.leader, item.revisions.count()) == (date(2023, 10, 31), "示例领导", 2)


def test_it_is_set_back_to_the_table_where_a_person_says_so(programme, stage, importer):
    item = correct_by_hand(programme, "3", importer, leader="示例领导", contact="示例")
    batch = stage(book(edited(4, 3, "经济发展局")))

    confirm(batch, importer, rows={4: Said(set_back=["leader"])})

    item.refresh_from_db()
    assert (item.leader, item.contact, item.revisions.last().changes) == ("", "示例", {"leader": ["示例领导", ""]})


def test_nothing_but_what_people_changed_is_nothing_to_write(programme, stage, importer):
    correct_by_hand(programme, "3", importer, leader="示例领导")
    batch = stage(book([*ROWS, [None] * 5, ["", "注：以上项目年底前完成", "", "", ""]]))

    found = compare(batch.update)

    assert (found.is_the_same, kept(found)) == (True, [("3", ["leader"])])


def test_content_corrected_in_the_list_is_matched_by_what_the_table_said(programme, stage, importer):
    correct_by_hand(programme, "3", importer, content="完全不同的说法。")
    batch = stage(book(edited(4, 3, "经济发展局")))

    found = compare(batch.update)

    assert (len(found.matching.sure), found.matching.proposed) == (5, {})
    assert kept(found) == [("3", ["content"])]


def test_cell_that_changed_differs_even_where_people_had_corrected_it(programme, stage):
    batch = stage(book(edited(2, 2, "新建第2处公园。新增车位250个。")))
    again.settle(batch, {3: programme.sub_items.get(serial="2").pk}, by=None)

    found = compare(type(batch).objects.get(pk=batch.pk).update)

    (pair,) = found.changed
    assert pair.differences[0].part == "content"
    assert pair.differences[0].changes["content"][1] == "新建第2处公园。新增车位250个。"
    assert "deadline" not in {one.part for one in pair.differences}


def test_correction_of_this_review_is_a_difference_though_its_cell_is_as_before(programme, stage, importer):
    batch = stage(book(edited(4, 3, "经济发展局")))
    row = batch.rows.get(position=3)
    people = {"leader": "新领导", "contact": "", "remarks": ""}
    steps.correct(batch, row.row, "people", people, seen=0, by=importer)

    found = compare(type(batch).objects.get(pk=batch.pk).update)

    assert said(found) == [("3", ["leader"]), ("4", ["responsibilities"])]


def test_correction_taken_back_in_this_review_is_a_difference(programme, stage, importer):
    batch = stage(book(edited(4, 3, "经济发展局")))
    row = batch.rows.get(position=2)
    steps.take_back(batch, row.row, "content", seen=row.corrections["content"]["n"], by=importer)

    found = compare(type(batch).objects.get(pk=batch.pk).update)

    assert said(found) == [("2", ["content"]), ("4", ["responsibilities"])]


def test_refused_difference_is_not_proposed_again_by_the_third_table(programme, stage, importer):
    second = edited(4, 3, "经济发展局", edited(5, 4, "重点"))
    confirm(stage(book(second)), importer, rows={5: Said(refused=["responsibilities"])})
    batch = stage(book(edited(1, 4, "示范", second)))

    found = compare(batch.update)

    assert (said(found), kept(found)) == ([("1", ["remarks"])], [("4", ["responsibilities"])])


def test_rows_that_moved_keep_what_was_said_of_them(programme, stage, importer):
    new = [1, "新项目", "新建图书馆1座。", "经济发展局", ""]
    batch = stage(book([new, *([n + 1, *row[1:]] for n, row in enumerate(ROWS, start=1))]))

    moved = batch.rows.get(position=3)
    assert moved.corrections["content"]["values"]["content"] == "新建第2处公园（含停车场）。"
    found = compare(batch.update)
    best = found.matching.best
    again.settle(batch, {row: best[row].item if row in best else 0 for row in found.matching.proposed}, by=importer)
    found = compare(type(batch).objects.get(pk=batch.pk).update)
    # the new row has no default of its own: its deadline is asked, not guessed
    assert [(pair.only_serial, pair.kept) for pair in found.changed] == [(True, [])] * 5
    assert (len(found.serials), found.listed) == (5, [])


def test_each_row_of_the_last_table_is_the_one_compared_with(programme, stage, importer):
    batch = stage(book(edited(4, 3, "经济发展局")))
    confirm(batch, importer)

    rows = {item.serial: item.staged_row for item in SubItem.objects.select_related("staged_row")}
    assert {row.batch_id for row in rows.values()} == {batch.pk}
    assert all(row.reading["serial"] == serial for serial, row in rows.items())


# --- what goes with a programme that is taken back


def undo(alice, programme, **more):
    batch = programme.import_batches.get()
    page = alice.get(f"/tables/{batch.pk}/")
    mark = re.search(r'name="goes" value="([^"]*)"', page.content.decode()).group(1)
    return batch, page, {"reason": "误导入", "goes": mark, **more}


def test_undoing_names_the_corrections_and_the_waiting_update_that_go_with_it(alice, programme, stage, importer):
    item = correct_by_hand(programme, "3", importer, leader="示例领导")
    waiting = stage(book(edited(4, 3, "经济发展局")))
    batch, page, data = undo(alice, programme)
    text = page.content.decode()
    assert all(word in text for word in ("此后的以下内容将一并撤销", str(item), f"/tables/{waiting.pk}/update/"))

    response = alice.post(f"/tables/{batch.pk}/undo/", data)

    assert (response.status_code, type(programme).objects.count()) == (302, 0)
    event = AuditEvent.objects.get(action="import.undo")
    assert (event.details["corrections"], event.details["waiting"]) == (1, [waiting.file_name])
    assert type(waiting).objects.get(pk=waiting.pk).is_staged


def test_undoing_is_asked_again_where_more_would_go_with_it(alice, programme, stage, importer):
    batch, _page, data = undo(alice, programme)
    correct_by_hand(programme, "3", importer, leader="示例领导")

    refused = alice.post(f"/tables/{batch.pk}/undo/", data)

    assert (refused.status_code, type(programme).objects.count()) == (409, 1)
    assert refused.context["goes"].corrections == 1
    assert refused.context["reason"]["reason"].value() == "误导入"


def test_nothing_new_is_closed_and_not_confirmed(alice, programme, stage, importer):
    correct_by_hand(programme, "3", importer, leader="示例领导")
    batch = stage(book([*ROWS, [None] * 5, ["", "注：以上项目年底前完成", "", "", ""]]))

    page = alice.get(f"/tables/{batch.pk}/update/")
    text = page.content.decode()

    assert ("无须写入" in text, "没有差异" in text) == (True, False)  # what was corrected by hand is shown below
    assert page.context["same"] + len(page.context["found"].kept) == 5
    assert ("确认更新" in text, "保存选择" in text) == (False, True)  # a correction may be set back
    alice.post(f"/tables/{batch.pk}/discard/")
    assert type(batch).objects.get(pk=batch.pk).state == "discarded"
    assert SubItem.objects.get(serial="3").leader == "示例领导"
