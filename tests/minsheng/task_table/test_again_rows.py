"""What a person says of a row of an update stays with that row, whatever becomes of the rows around it."""

import importlib
import io
from datetime import date, datetime

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments import clock
from minsheng.task_table import services, steps
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Decisions, Said
from minsheng.task_table.reread import reread
from tests.minsheng.task_table.conftest import HEADER, book

OLD = ["新建社区公园三处并配齐健身设施", "改造老旧小区供水管网二十公里", "扩建镇中心小学教学楼一栋"]
NEW = ["新建社区公园三处并配齐全部健身设施", "改造老旧小区供水管网共二十公里", "扩建镇中心小学教学楼共一栋"]


@pytest.fixture(autouse=True)
def _july():
    with clock.at(datetime(2023, 7, 6, 9, 0)):  # noqa: DTZ001 Shanghai time
        yield


@pytest.fixture
def programme(stage, importer):
    return services.commit(stage(book(甲=tasks(OLD))), by=importer)


def tasks(contents, *, serials=None):
    named = zip(serials or range(1, len(contents) + 1), contents, strict=True)
    return [
        [serial, f"项目{content[2:4]}", content, "2023年12月底", "财政资金1万元", "财政金融局", "经济发展局"]
        for serial, content in named
    ]


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def matched(batch):
    """Which content became which, of what a person said and what is sure."""
    found = compare(fresh(batch).update)
    contents = {row.row: row.reading["content"] for row in batch.rows.all()}
    return {contents[row]: found.items[pk].sub_item.content for row, pk in found.matching.pairs.items()}


def settle(batch, by):
    best = compare(fresh(batch).update).matching.best
    return again.settle(fresh(batch), {row: one.item for row, one in best.items()}, by=by)


def test_matches_stay_with_their_rows_where_a_row_is_taken_in_above_them(programme, stage, importer):
    heading = ["", "一、民生类", "", "", "", "", ""]
    batch = stage(book(甲=[heading, *tasks(NEW)]))
    settle(batch, importer)
    again.decide(fresh(batch), Decisions({4: Said(refused=["content"])}, reason="年中调整"), by=importer)
    assert matched(batch) == dict(zip(NEW, OLD, strict=True))

    steps.take_in(fresh(batch), 2, by=importer)

    found = compare(fresh(batch).update)
    assert matched(batch) == dict(zip(NEW, OLD, strict=True))
    assert list(found.matching.proposed) == [2]  # only the row that was taken in is asked
    assert [pair.row.reading.content for pair in found.pairs if pair.refused] == [NEW[1]]
    again.settle(fresh(batch), {2: matching.NEW}, by=importer)
    steps.leave_out(fresh(batch), 2, reason="标题行", by=importer)
    before = {item.pk: item.content for item in programme.sub_items.all()}
    again.commit(fresh(batch), by=importer, seen=compare(fresh(batch).update).marks)

    now = {item.pk: item.content for item in programme.sub_items.all()}
    assert [(before[pk], now[pk]) for pk in sorted(now)] == [(OLD[0], NEW[0]), (OLD[1], OLD[1]), (OLD[2], NEW[2])]


def test_of_another_sheet_nothing_holds_that_was_said_of_the_first(programme, stage, importer, client):
    batch = stage(book(甲=tasks(NEW), 乙=tasks(NEW[::-1])))
    settle(batch, importer)
    gone = programme.sub_items.first().pk
    again.decide(fresh(batch), Decisions(missing={gone: again.Gone("withdraw", "并入")}), by=importer)

    now, lost = reread(fresh(batch), sheet="乙", mapping={}, version=fresh(batch).version, by=importer)

    found = compare(now.update)
    assert (found.matching.decided, now.update.rows, now.update.missing) == ({}, {}, {})
    assert not found.matching.is_settled
    assert sorted((one.row, one.part) for one in lost) == [(2, "match"), (3, "match"), (4, "match")]
    client.force_login(importer)
    page = client.get(reverse("task_table:batch", args=[batch.pk])).content.decode()
    assert page.count("该行对应的子项及其差异的取舍") == 3


def test_columns_read_otherwise_give_back_rows_that_say_something_else(programme, stage, importer):
    rows = tasks(NEW)
    rows[0].append("另一种内容说明")
    header = [*HEADER, "说明"]
    made = openpyxl.Workbook()
    for row in [header, *rows]:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    batch = stage(SimpleUploadedFile("表.xlsx", file.getvalue()))
    settle(batch, importer)
    said = Said(refused=["deadline"], month=date(2023, 8, 1))
    again.decide(fresh(batch), Decisions({3: said}), by=importer)
    now = fresh(batch)
    how = {"sheet": now.document["sheet"], "by": importer}

    now, lost = reread(now, mapping={"H": "remarks"}, version=now.version, **how)
    assert matched(batch) == dict(zip(NEW, OLD, strict=True))  # none is called otherwise
    assert now.update.rows["3"] == {
        "match": now.update.rows["3"]["match"],
        "refused": ["deadline"],
        "month": "2023-08-01",
    }

    now, lost = reread(now, mapping={"D": "extra", "H": "remarks"}, version=now.version, **how)
    assert (set(now.update.rows["3"]), [one.row for one in lost]) == ({"match"}, [3])  # its deadline is another

    now, lost = reread(now, mapping={"C": "extra", "H": "content"}, version=now.version, **how)
    assert (now.update.rows, sorted(one.row for one in lost)) == ({}, [2, 3, 4])


def test_row_that_was_matched_says_so_on_the_page(programme, stage, importer, client):
    batch = stage(book(甲=tasks(NEW)))
    settle(batch, importer)
    again.settle(fresh(batch), {3: None, 4: matching.NEW}, by=importer)
    client.force_login(importer)

    page = client.get(reverse("task_table:again", args=[batch.pk]))

    second, first, third = page.context["shown"]  # what is open comes first
    assert (first.present.sub_item.content, str(first.why), first.best) == (OLD[0], "已由人工确认对应。", None)
    assert second.best is not None
    assert (third.present, str(third.why)) == (None, "已确认为新增子项。")
    assert "没有相近的子项" not in page.content.decode()


def test_what_was_kept_by_place_is_kept_by_row(programme, stage, importer):
    moved = importlib.import_module("minsheng.migrations.0007_rows_of_updates")
    one, other = stage(book(甲=tasks(NEW))), stage(book(甲=[["", "一、民生类"], *tasks(NEW)]))
    places = {"1": {"match": 7}, "3": {"match": 0}}
    steps.take_in(other, 2, by=importer)
    for batch in (one, other):
        batch.update.rows = places
        batch.update.save()

    moved.by_row(apps, None)

    assert fresh(one).update.rows == {"2": {"match": 7}, "4": {"match": 0}}
    assert fresh(other).update.rows == {}  # nobody knows which rows were meant
    moved.by_place(apps, None)
    assert fresh(one).update.rows == places


def test_match_of_a_row_that_is_left_out_hides_no_sub_item(programme, stage, importer):
    batch = stage(book(甲=tasks(NEW)))
    settle(batch, importer)
    again.decide(fresh(batch), Decisions(reason="年中调整"), by=importer)

    steps.leave_out(fresh(batch), 3, reason="不再列入", by=importer)

    found = compare(fresh(batch).update)
    assert [one.sub_item.content for one in found.missing] == [OLD[1]]
    with pytest.raises(again.Unsettled, match="不再列出"):
        again.commit(fresh(batch), by=importer, seen=found.marks)
    steps.take_in(fresh(batch), 3, by=importer)
    assert matched(batch) == dict(zip(NEW, OLD, strict=True))  # what was said of it holds when it is back


def test_row_taken_in_again_is_asked_where_another_row_took_its_sub_item(programme, stage, importer):
    batch = stage(book(甲=tasks(NEW)))
    settle(batch, importer)
    second = compare(fresh(batch).update).matching.decided[3]
    steps.leave_out(fresh(batch), 3, reason="不再列入", by=importer)
    again.settle(fresh(batch), {4: second}, by=importer)

    steps.take_in(fresh(batch), 3, by=importer)

    found = compare(fresh(batch).update)
    assert (sorted(found.matching.proposed), second in found.matching.pairs.values()) == ([3, 4], False)
    with pytest.raises(again.DomainError, match="同一子项"):
        again.settle(fresh(batch), {3: second}, by=importer)
    again.settle(fresh(batch), {3: second, 4: matching.NEW}, by=importer)
    assert matched(batch) == {NEW[0]: OLD[0], NEW[1]: OLD[1]}
