"""A person says what another sheet of the file is before anything is imported, and his word is on record."""

import re

import pytest
from django.test import Client

from departments.errors import DomainError
from minsheng.task_table import services, steps
from minsheng.task_table.corrections import standing
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.reread import reread
from minsheng.task_table.tables import MustSayTables, SaidMeanwhile, open_tables, say
from projects.models import Programme, SubItem
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.sheets import address, answer, confirm, lead, rows_of, three_sheets
from tests.minsheng.task_table.test_rows_kept import fresh


@pytest.fixture
def file():
    return three_sheets()


def test_nothing_is_imported_before_somebody_says_what_the_other_sheets_are(alice, stage, file):
    batch = stage(file)
    page = alice.get(address(batch)).content.decode()

    refused = confirm(alice, batch)

    assert "“教育类”未读入，其中似乎也有任务（2行）。是否属于本任务表？" in page
    assert "新建学校第1处公园。" in page  # its first rows
    assert (refused.status_code, Programme.objects.count()) == (409, 0)
    assert "教育类、卫生类" in refused.content.decode()


def test_confirming_without_asking_once_more_is_refused_too(stage, importer, file):
    with pytest.raises(MustSayTables) as asked:
        services.commit(stage(file), by=importer)

    assert (asked.value.tables, Programme.objects.count()) == ([("教育类", 2), ("卫生类", 1)], 0)


def test_page_does_not_say_that_nothing_is_asked(alice, stage, importer, file):
    batch, sure = stage(file), "没有疑问"
    assert sure not in alice.get(address(batch)).content.decode()

    for name in ("教育类", "卫生类"):
        say(batch, name, APART, by=importer)

    assert sure in alice.get(address(batch)).content.decode()


def test_sheets_are_read_on_in_the_order_of_the_file_and_written_with_their_place(alice, stage, file):
    batch = stage(file)

    for name in ("卫生类", "教育类"):
        assert answer(alice, batch, name, GOES_ON).url == address(batch)
    page = alice.get(address(batch)).content.decode()
    confirm(alice, batch)

    assert "“教育类”第2行" in page
    assert "1002行" not in page
    items = SubItem.objects.order_by("position")
    assert [(one.source_sheet, one.source_row, one.category, one.project.name) for one in items] == [
        ("教育类", 2, "教育类", "学校1"),
        ("教育类", 3, "教育类", "学校2"),
        ("交通类", 2, "交通类", "道路1"),
        ("交通类", 3, "交通类", "道路2"),
        ("交通类", 4, "交通类", "道路3"),
        ("卫生类", 2, "卫生类", "医院1"),
    ]
    assert {one["cell"].partition("!")[0] for one in items[0].source_cells.values()} == {"教育类"}
    assert batch.decisions.filter(step="table").count() == 2


def test_sheets_that_are_no_part_of_it_are_recorded_once_as_the_persons_word(alice, stage, importer, file):
    batch = stage(file)

    for _time in range(2):
        for name in ("教育类", "卫生类"):
            answer(alice, batch, name, APART)
    confirm(alice, batch)

    assert Programme.objects.get().sub_items.count() == 3
    said = batch.decisions.filter(step="table").order_by("pk")
    assert [(one.part, one.by, one.after["said"]) for one in said] == [
        ("table-教育类", importer, APART),
        ("table-卫生类", importer, APART),
    ]


def test_answers_stay_on_their_rows_when_a_sheet_is_read_on_and_when_it_no_longer_is(stage, importer, file):
    batch = stage(file)
    steps.correct(batch, 3, "people", {"leader": "甲", "contact": "", "remarks": ""}, seen=0, by=importer)
    steps.leave_out(batch, 4, reason="重复", by=importer)

    batch, lost = say(batch, "卫生类", GOES_ON, by=importer)
    assert lost == []
    steps.correct(batch, 2002, "people", {"leader": "乙", "contact": "", "remarks": ""}, seen=0, by=importer)
    batch, lost = say(batch, "教育类", GOES_ON, by=importer)
    assert lost == []
    batch, lost = say(batch, "教育类", APART, by=importer)
    assert lost == []

    leaders = {row.row: standing(row, "people")["leader"] for row in fresh(batch).rows.all()}
    assert leaders == {2: "", 3: "甲", 4: "", 2002: "乙"}
    assert not fresh(batch).rows.get(row=4).is_in
    batch, lost = say(batch, "卫生类", APART, by=importer)
    assert [(one.row, one.part) for one in lost] == [(2002, "people")]


def test_a_row_of_a_sheet_that_is_read_on_is_taken_in_at_its_place(stage, importer):
    heading = ["", "一、民生类", "", "", "", "", ""]
    batch = stage(book(甲类=[*lead("学校", 1), heading], 乙类=lead("道路", 3)))
    batch, _lost = say(batch, "甲类", GOES_ON, by=importer)

    steps.take_in(batch, 1003, by=importer)

    assert rows_of(batch)[:3] == [(1002, "学校1"), (1003, "民生类"), (2, "道路1")]
    fresh_batch = say(fresh(batch), "甲类", APART, by=importer)[0]
    assert [row for row, _project in rows_of(fresh_batch)] == [2, 3, 4]


def test_a_row_taken_in_is_told_as_lost_with_its_sheet_and_taken_in_again_with_it(alice, stage, importer, bob):
    heading = ["", "一、民生类", "", "", "", "", ""]
    batch = stage(book(甲类=[*lead("学校", 1), heading], 乙类=lead("道路", 3)))
    batch, _lost = say(batch, "甲类", GOES_ON, by=importer)
    steps.take_in(batch, 1003, by=bob)

    batch, lost = say(fresh(batch), "甲类", APART, by=importer)
    told = alice.get(address(batch)).content.decode()
    batch, _lost = say(batch, "甲类", GOES_ON, by=importer)
    page = alice.get(address(batch)).context

    assert [(one.row, one.by_name) for one in lost] == [(1003, str(bob))]
    assert "“甲类”第3行 <strong>收为子项</strong>" in told
    assert [(one["row"], one["take_in"]) for one in page["lost"]] == [("“甲类”第3行", 1003)]
    alice.post(address(batch, "take_in", 1003), {"sheet": "乙类"})
    assert (1003, "民生类") in rows_of(batch)
    assert alice.get(address(batch)).context["lost"] == []


def test_two_people_who_say_otherwise_of_one_sheet_see_both(client, alice, stage, importer, bob, file):
    batch = stage(file)
    say(batch, "教育类", APART, by=bob, seen="")

    clash = answer(alice, batch, "教育类", GOES_ON, seen="")

    assert clash.status_code == 409
    text = clash.content.decode()
    assert bob.get_full_name() in text or str(bob) in text
    assert "“不属于本任务表”" in text
    assert "“与本表一并读入”" in text
    assert [row for row, _project in rows_of(batch)] == [2, 3, 4]
    with pytest.raises(SaidMeanwhile):
        say(fresh(batch), "教育类", GOES_ON, by=importer, seen="")
    say(fresh(batch), "教育类", GOES_ON, by=importer, seen=APART)  # who saw it may say otherwise
    assert len(rows_of(batch)) == 5


def test_two_people_who_speak_of_two_sheets_both_keep_their_word(stage, importer, bob, file):
    batch = stage(file)

    say(batch, "教育类", GOES_ON, by=bob, seen="")
    say(batch, "卫生类", GOES_ON, by=importer, seen="")
    steps.correct(batch, 2, "people", {"leader": "甲", "contact": "", "remarks": ""}, seen=0, by=bob)

    assert [row for row, _project in rows_of(batch)] == [1002, 1003, 2, 3, 4, 2002]


def test_another_sheet_chosen_as_the_table_is_asked_about_the_first_one(alice, stage, importer, file):
    batch = stage(file)
    say(batch, "卫生类", GOES_ON, by=importer)

    answer(alice, batch, "教育类", "table", version=fresh(batch).version)

    now = fresh(batch)
    assert (now.sheet_read, [one.table.name for one in open_tables(now)]) == ("教育类", ["交通类", "卫生类"])
    assert rows_of(batch) == [(2, "学校1"), (3, "学校2")]
    late = answer(alice, batch, "卫生类", GOES_ON)  # the page of the sheet that was read before
    assert (late.status_code, len(rows_of(batch))) == (302, 2)


def test_other_columns_are_read_again_with_the_sheets_that_are_read_on(alice, stage, importer, file):
    batch = stage(file)
    for name in ("教育类", "卫生类"):
        say(batch, name, GOES_ON, by=importer)

    services_version = fresh(batch).version
    page = alice.get(address(batch, "columns"))
    data = {bound.name: bound.value() for bound in page.context["form"]}
    alice.post(address(batch, "columns"), {**data, "base": "", "column-G": "extra", "version": services_version})

    assert len(rows_of(batch)) == 6
    assert {tuple(row.reading["assisting_units"]) for row in fresh(batch).rows.all()} == {()}


def test_number_of_queries_does_not_hang_on_the_sheets(alice, stage, importer, django_assert_num_queries):
    small = stage(book(甲=lead("学校", 2), 乙=lead("道路", 1)))
    large = stage(book(甲=lead("学校", 2), 乙=lead("道路", 1), 丙=lead("医院", 1), 丁=lead("公园", 1)), "另一")
    for batch, names in ((small, ["乙"]), (large, ["乙", "丙"])):
        for name in names:
            say(batch, name, GOES_ON, by=importer)
    alice.get(address(small))
    for batch in (small, large):
        with django_assert_num_queries(15):
            alice.get(address(batch))


def test_only_a_person_says_it(stage, file):
    batch = stage(file)

    with pytest.raises(DomainError, match="由何人导入"):
        say(batch, "教育类", APART, by=None)
    assert len(open_tables(fresh(batch))) == 2


@pytest.mark.parametrize("names", [("任务表(1)", "任务表（1）"), ("表 1", "表 1 ")])
def test_sheets_whose_names_look_the_same_are_told_apart(stage, importer, names):
    batch = stage(book(**{names[0]: lead("学校", 2), names[1]: lead("道路", 1)}))

    for name, project in reversed(list(zip(names, ("学校1", "道路1"), strict=True))):
        batch, _lost = reread(batch, sheet=name, mapping={}, version=batch.version, by=importer)
        assert (batch.sheet_read, rows_of(batch)[0]) == (name, (2, project))


def test_expired_page_leads_back_to_the_batch_where_the_browser_does_not_tell_it(stage, file):
    batch = stage(file)

    expired = Client(enforce_csrf_checks=True).post(address(batch, "tables"), {"table": "教育类"})

    assert expired.status_code == 403
    assert f'href="{address(batch)}"' in expired.content.decode()


# --- many sheets of one layout, said in one form


@pytest.fixture
def many():
    return book(**{f"第{number}类": lead(f"工程{number}", 1) for number in range(1, 6)}, 总表=lead("学校", 9))


def test_many_sheets_are_asked_about_in_one_form_and_read_once(alice, stage, many):
    batch = stage(many)
    page = alice.get(address(batch)).content.decode()
    assert "有5张表未读入，其中似乎也有任务。哪些属于本任务表？" in page
    assert page.count('type="checkbox" name="table"') == 5

    chosen = ["第1类", "第3类", "第5类"]
    said = alice.post(
        address(batch, "tables"), {"table": chosen, "said": "goes-on", "seen": "", "sheet": batch.sheet_read}
    )

    assert said.status_code == 302
    now = fresh(batch)
    assert [one.name for one in now.joined] == chosen
    assert (now.version, {one.table.name for one in open_tables(now)}) == (batch.version + 1, {"第2类", "第4类"})
    alice.post(address(batch, "tables"), {"table": ["第2类", "第4类"], "said": "apart", "seen": ""})
    assert open_tables(fresh(batch)) == []
    assert {name: one["said"] for name, one in fresh(batch).other_tables.items()} == {
        **dict.fromkeys(chosen, GOES_ON), "第2类": APART, "第4类": APART,
    }  # fmt: skip


def test_one_of_many_that_another_said_otherwise_of_holds_all_back(alice, stage, many, bob):
    batch = stage(many)
    say(batch, "第3类", APART, by=bob)
    posted = {"table": ["第1类", "第3类"], "said": "goes-on", "seen": "", "sheet": batch.sheet_read}
    late = alice.post(address(batch, "tables"), posted)

    assert late.status_code == 409
    assert (fresh(batch).joined, len(open_tables(fresh(batch)))) == ([], 4)


def test_no_tick_is_told(alice, stage, many):
    batch = stage(many)
    alice.post(address(batch, "tables"), {"said": "goes-on", "seen": ""})
    assert "请至少勾选一张表。" in alice.get(address(batch)).content.decode()
    assert len(open_tables(fresh(batch))) == 5


def test_two_sheets_are_asked_about_one_by_one(alice, stage, file):
    assert 'type="checkbox" name="table"' not in alice.get(address(stage(file))).content.decode()


def test_many_answers_have_a_line_each_with_who_and_when(alice, stage, many, importer):
    batch = stage(many)
    say(batch, [f"第{number}类" for number in range(1, 6)], GOES_ON, by=importer)
    page = alice.get(address(batch)).content.decode()
    lines = re.findall(r'other-table-line">\s*<summary>(.*?)</summary>', page, re.DOTALL)
    assert len(lines) == 5
    assert "“第1类”与本表一并读入（1行）" in lines[0]
    assert str(importer) in lines[0]
