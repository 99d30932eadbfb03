"""Columns said otherwise: the table is read again, what people said stays or is listed, and the next table knows it."""

import pytest
from django.urls import reverse

from departments import audit
from departments.errors import Conflict, DomainError
from departments.permissions import IMPORT_TABLE
from minsheng.task_table import record, services, steps
from minsheng.task_table.again.flat import SubItemRegister
from minsheng.task_table.corrections import standing
from minsheng.task_table.models import ColumnMemory
from minsheng.task_table.reread import reread
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.minsheng.task_table.conftest import book as two_sheets
from tests.minsheng.task_table.tables import tells_progress, uploaded

HEADER = ["序号", "项目名称", "项目内容及规模", "何时见效", "主办单位", "工程量（处）", "片区"]
ROWS = [
    [1, "养老服务", "新建老年食堂。", "10月底", "财政金融局", 12, ""],
    ["", "二、教育类", "", "", "", "", ""],
    [2, "学位扩容", "新增学位。", "11月底", "经济发展局", 800, "新区"],
]


def book(rows=ROWS, header=HEADER):
    return uploaded(header, *rows)


@pytest.fixture
def batch(stage):
    return stage(book())


def fresh(batch):
    return type(batch).objects.get(pk=batch.pk)


def again(batch, by, version=None, **mapping):
    now = fresh(batch)
    return reread(
        now, sheet=now.document["sheet"], mapping=mapping, version=now.version if version is None else version, by=by
    )


def row_of(batch, row):
    return batch.rows.get(row=row)


def address(batch, name="columns"):
    return reverse(f"task_table:{name}", args=[batch.pk])


def correct(batch, row, part, by, **other):
    values = {**standing(row_of(batch, row), part), **other}
    return steps.correct(batch, row, part, values, seen=0, by=by)


# --- what is shown of the columns


def test_every_column_has_a_cell_that_says_something(alice, batch):
    page = alice.get(address(batch))

    assert tells_progress(page)
    shown = {line["letter"]: line["sample"] for table in page.context["form"].tables for line in table["lines"]}
    assert shown == {
        "A": "1", "B": "养老服务", "C": "新建老年食堂。", "D": "10月底", "E": "财政金融局", "F": "12", "G": "新区",
    }  # fmt: skip


def test_every_cell_of_a_row_stands_on_the_source_side(alice, batch):
    page = alice.get(address(batch, "batch"))

    (row,) = (row for row in page.context["page"] if row.staged.row == 4)
    assert {cell.cell: cell.text for _label, cell in row.cells} == {
        "A4": "2", "B4": "学位扩容", "C4": "新增学位。", "D4": "11月底", "E4": "经济发展局", "F4": "800", "G4": "新区",
    }  # fmt: skip


# --- read again


def test_column_said_to_be_the_deadline_is_read_as_it(batch, importer):
    now, lost = again(batch, importer, D="deadline")

    assert (lost, now.document["header_map"]["D"]) == ([], "deadline")
    assert [row.reading["deadline"] for row in batch.rows.order_by("position")] == ["2023-10-31", "2023-11-30"]


def test_column_of_figures_gives_targets_that_bear_the_name_of_the_task(batch, importer):
    again(batch, importer, F="target")

    targets = [row.reading["targets"] for row in batch.rows.order_by("position")]
    assert [[(one["text"], one["quantity"]) for one in row] for row in targets] == [
        [("养老服务", "12")],
        [("学位扩容", "800")],
    ]


def test_corrections_stay_field_by_field_where_the_cells_are_the_same(batch, importer):
    correct(batch, 2, "name", importer, project="养老服务提升", category="民政类")
    correct(batch, 2, "people", importer, leader="示例领导")

    _now, lost = again(batch, importer, G="category", D="deadline")

    # 片区 is the category now: of row 2 it says nothing, as before
    row = row_of(batch, 2)
    assert (standing(row, "name")["project"], standing(row, "people")["leader"]) == ("养老服务提升", "示例领导")
    assert (standing(row, "name")["category"], lost) == ("民政类", [])


def test_answer_that_no_longer_holds_is_listed_and_used_again(alice, batch, importer):
    correct(batch, 4, "name", importer, project="学位扩容提升", category="教育类")

    _now, lost = again(batch, importer, G="category")

    assert [(one.row, one.part) for one in lost] == [(4, "name")]
    values = standing(row_of(batch, 4), "name")
    assert (values["project"], values["category"]) == ("学位扩容提升", "新区")  # the name stayed, the category is read
    page = alice.get(address(batch, "batch"))
    (told,) = page.context["lost"]
    assert (told["row"], told["again"], "教育类" in told["text"]) == ("第4行", True, True)
    assert audit.signature(importer) in page.content.decode()
    response = alice.post(address(batch, "use_again"), {"lost": told["pk"]})
    assert response.status_code == 302
    assert standing(row_of(batch, 4), "name")["category"] == "教育类"
    assert record.lost(fresh(batch)) == []


def test_row_that_was_taken_in_stays_in(batch, importer):
    steps.take_in(batch, 3, by=importer)
    correct(batch, 3, "content", importer, content="办好教育。")

    _now, lost = again(batch, importer, D="deadline")

    assert list(batch.rows.order_by("position").values_list("row", "position")) == [(2, 1), (3, 2), (4, 3)]
    assert (standing(row_of(batch, 3), "content")["content"], lost) == ("办好教育。", [])


def test_row_left_out_stays_out_only_while_it_reads_the_same(batch, importer):
    for row in (2, 4):
        steps.leave_out(batch, row, reason="重复", by=importer)

    _now, lost = again(batch, importer, G="category")

    assert (row_of(batch, 2).is_in, row_of(batch, 4).is_in) == (False, True)
    assert [(one.row, one.part) for one in lost] == [(4, "row")]


def test_version_before_somebody_decided_is_refused(batch, importer):
    correct(batch, 2, "name", importer, project="养老服务提升")
    before = list(batch.rows.order_by("position").values())

    with pytest.raises(Conflict):
        again(batch, importer, version=0, D="deadline")

    assert list(batch.rows.order_by("position").values()) == before


def sent(page, **other):
    """What the form of the columns sends when nothing of it is touched, but for ``other``."""
    return {bound.name: bound.value() for bound in page.context["form"]} | other


def test_columns_that_two_people_change_are_all_read_so(alice, batch, bob):
    page = alice.get(address(batch))
    again(batch, bob, D="deadline")
    correct(batch, 2, "name", bob, project="养老服务提升")

    response = alice.post(address(batch), sent(page, **{"column-F": "target"}))

    assert (response.status_code, fresh(batch).mapping) == (302, {"D": "deadline", "F": "target"})
    assert standing(row_of(batch, 2), "name")["project"] == "养老服务提升"


def test_column_that_two_people_read_otherwise_is_asked_with_the_name(alice, batch, bob):
    page = alice.get(address(batch))
    again(batch, bob, D="remarks", G="place")

    asked = alice.post(address(batch), sent(page, **{"column-D": "start", "column-F": "target"}))

    assert (asked.status_code, fresh(batch).mapping) == (409, {"D": "remarks", "G": "place"})
    form = asked.context["form"]
    (error,) = form.errors["column-D"]
    assert all(word in error for word in (audit.signature(bob), "01-10 09:00", "备注"))
    assert [form[f"column-{letter}"].value() for letter in "DFG"] == ["start", "target", "place"]
    alice.post(address(batch), sent(asked))
    assert fresh(batch).mapping == {"D": "start", "F": "target", "G": "place"}


def test_two_people_who_read_two_columns_as_one_thing_are_asked(alice, batch, bob):
    page = alice.get(address(batch))
    again(batch, bob, G="leader")

    asked = alice.post(address(batch), sent(page, **{"column-F": "leader"}))

    assert (asked.status_code, fresh(batch).mapping) == (409, {"G": "leader"})
    errors = asked.context["form"].errors
    assert "F、G" in errors["column-F"][0]
    assert "F、G" in errors["column-G"][0]
    assert audit.signature(bob) in errors["column-G"][1]
    alice.post(address(batch), sent(asked, **{"column-G": "place"}))
    assert fresh(batch).mapping == {"F": "leader", "G": "place"}


def test_one_person_who_reads_two_columns_as_one_thing_is_told_at_both(alice, batch):
    page = alice.get(address(batch))

    refused = alice.post(address(batch), sent(page, **{"column-F": "content"}))

    assert (refused.status_code, fresh(batch).mapping, fresh(batch).version) == (422, {}, 0)
    assert set(refused.context["form"].errors) == {"column-C", "column-F"}


def test_columns_of_money_may_be_several(alice, batch):
    alice.post(address(batch), sent(alice.get(address(batch)), **{"column-F": "amount", "column-G": "amount"}))

    assert fresh(batch).mapping == {"F": "amount", "G": "amount"}


def test_two_columns_said_to_be_one_thing_are_refused_by_the_service_too(batch, importer):
    with pytest.raises(DomainError):
        again(batch, importer, F="leader", G="leader")

    assert fresh(batch).mapping == {}


def test_a_remembered_column_keeps_the_other_of_its_meaning_as_it_is(batch, stage, importer):
    again(batch, importer, D="deadline")

    second = stage(book([["2023年6月", *ROWS[0]], ["2023年7月", *ROWS[2]]], ["完成期限", *HEADER]))

    assert [second.document["header_map"][letter] for letter in "AE"] == ["extra", "deadline"]
    assert row_of(second, 3).reading["extra"]["完成期限"] == "2023年7月"


def test_a_clash_names_who_changed_that_column_and_not_who_read_last(alice, batch, bob, importer):
    page = alice.get(address(batch))
    again(batch, bob, D="remarks")
    again(batch, importer, D="remarks", G="place")

    asked = alice.post(address(batch), sent(page, **{"column-D": "start"}))

    (error,) = asked.context["form"].errors["column-D"]
    assert audit.signature(bob) in error


def test_columns_sent_twice_are_read_once(alice, batch):
    data = sent(alice.get(address(batch)), **{"column-D": "deadline"})
    alice.post(address(batch), data)
    version = fresh(batch).version

    second = alice.post(address(batch), data)

    assert (second.status_code, fresh(batch).version) == (302, version)


def test_columns_of_a_sheet_that_is_no_longer_the_one_are_not_read(alice, stage, bob):
    rows = [[1, "停车设施", "新建停车场。", "年底", "财政资金1万元", "财政金融局", ""]]
    batch = stage(two_sheets(甲=rows, 乙=[[1, "养老服务", *rows[0][2:]]]))
    page = alice.get(address(batch))
    reread(batch, sheet="乙", mapping={}, version=0, by=bob)

    refused = alice.post(address(batch), sent(page, **{"column-D": "remarks"}))

    assert (refused.status_code, fresh(batch).mapping, fresh(batch).sheet_read) == (409, {}, "乙")
    assert refused.context["form"]["column-D"].value() == "deadline"
    # nor is another sheet read over what a colleague has decided meanwhile
    page = alice.get(address(batch))
    correct(batch, 2, "name", bob, project="养老服务提升")
    refused = alice.post(address(batch), sent(page, sheet="甲"))
    assert (refused.status_code, fresh(batch).sheet_read) == (409, "乙")


@pytest.mark.parametrize("mapping", [{"D": "nonsense"}, dict.fromkeys("ABCDEFG", "extra")])
def test_columns_by_which_nothing_can_be_read_are_refused_and_change_nothing(batch, importer, mapping):
    before = list(batch.rows.order_by("position").values())

    with pytest.raises(DomainError):
        again(batch, importer, **mapping)

    assert (list(batch.rows.order_by("position").values()), fresh(batch).mapping) == (before, {})


# --- remembered


def test_next_table_is_read_so_and_says_whose_word_it_follows(alice, batch, stage, importer):
    again(batch, importer, D="deadline")

    second = stage(book([*ROWS, [3, "停车设施", "新增车位。", "12月底", "经济发展局", 30, ""]]))

    assert second.mapping == {"D": "deadline"}
    assert second.columns_from["by_name"] == audit.signature(importer)
    text = alice.get(address(second, "batch")).content.decode()
    assert f"列对应沿用了{audit.signature(importer)}对以往任务表的设定" in text


def test_the_way_back_reads_by_the_words_and_forgets(alice, batch, stage, importer):
    again(batch, importer, D="extra")
    second = stage(book([*ROWS, [3, "停车设施", "新增车位。", "12月底", "经济发展局", 30, ""]]))
    page = alice.get(address(second))
    form = page.context["form"]
    data = {bound.name: bound.value() for bound in form}

    response = alice.post(address(second), {**data, "by_words": "1"})

    assert response.status_code == 302
    assert (fresh(second).mapping, fresh(second).columns_from, ColumnMemory.objects.count()) == ({}, {}, 0)
    third = stage(book(ROWS[:1]))
    assert (third.mapping, third.columns_from) == ({}, {})


# --- further columns are kept, shown and exported


def test_further_columns_are_in_both_lists_that_leave_the_portal(batch, importer, zone):
    programme = services.commit(batch, by=importer)
    items = list(programme.sub_items.order_by("position"))
    assert [item.extra.get("片区") for item in items] == [None, "新区"]
    register = SubItemRegister(programme=programme, by=importer)
    rows = register.export(register.rows())
    assert [row["extra"] for row in rows.dict] == [
        "\n".join(f"{name}：{text}" for name, text in item.extra.items()) for item in items
    ]


def test_importer_of_another_jurisdiction_reads_nothing_again(client, batch):
    client.force_login(UserFactory(grants={JurisdictionFactory(): [IMPORT_TABLE]}))

    for name in ("columns", "use_again"):
        assert client.post(address(batch, name), {"version": 0, "sheet": "Sheet"}).status_code == 404
    assert fresh(batch).version == 0
