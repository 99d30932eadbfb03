"""A person says what another sheet of the file is before anything is imported, and his word is on record."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from openpyxl.styles import Font

from departments.errors import DomainError
from departments.permissions import IMPORT_TABLE
from minsheng.management.commands.import_task_table import row_and_name
from minsheng.task_table import services, steps
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.corrections import standing
from minsheng.task_table.decisions import MustChoose, choices_by_name
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.reread import reread
from minsheng.task_table.tables import MustSayTables, SaidMeanwhile, open_tables, say
from projects.models import Programme, SubItem
from tests.factories.departments import UserFactory
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.test_rows_kept import fresh, tasks, unit
from tests.minsheng.task_table.test_sheets_imported import again_from, write_update


def lead(name, count):
    return tasks(name, count, leads="财政金融局")


@pytest.fixture
def file():
    return book(教育类=lead("学校", 2), 交通类=lead("道路", 3), 卫生类=lead("医院", 1))


def address(batch, name="batch", *args):
    return reverse(f"task_table:{name}", args=[batch.pk, *args])


def answer(client, batch, table, said, **more):
    return client.post(address(batch, "tables"), {"table": table, "said": said, "sheet": batch.sheet_read, **more})


def confirm(client, batch):
    return client.post(address(batch, "commit"), {"version": fresh(batch).version, "shown": 0})


def rows_of(batch):
    found = fresh(batch).rows.order_by("position")
    return [(row.row, row.reading["project"]) for row in found]


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


def test_next_table_of_the_programme_is_read_with_the_same_sheets(stage, importer, file):
    first = stage(file)
    say(first, "教育类", GOES_ON, by=importer)
    say(first, "卫生类", APART, by=importer)
    services.commit(fresh(first), by=importer)

    with pytest.raises(DomainError, match="没有任何变化"):
        stage(again_from(file))
    changed = book(教育类=lead("学校", 2), 交通类=lead("道路", 4), 卫生类=lead("医院", 2))
    batch = stage(changed)

    assert len(compare(batch.update).matching.sure) == 5
    assert [one.table.name for one in open_tables(batch)] == ["卫生类"]  # it says something else by now
    again.decide(fresh(batch), again.Decisions(reason="年中调整"), by=importer)
    with pytest.raises(MustSayTables):
        write_update(fresh(batch), importer)
    say(fresh(batch), "卫生类", GOES_ON, by=importer)
    assert [row for row, _project in rows_of(batch)] == [1002, 1003, 2, 3, 4, 5, 2002, 2003]
    assert len(compare(fresh(batch).update).matching.sure) == 5


def test_update_writes_the_order_of_the_file_also_for_sheets_before_the_table(stage, importer):
    schools, clinics = lead("学校", 3), lead("医院", 5)
    first, _lost = say(stage(book(教育类=schools, 卫生类=clinics)), "教育类", GOES_ON, by=importer)
    programme = services.commit(first, by=importer)
    new = [4, "托育点", "新增托育点1处。", "2023年12月底", "财政资金1万元", "财政金融局", ""]

    batch = stage(book(教育类=[schools[0], new, *schools[1:]], 卫生类=clinics))
    (row,) = (row.row for row in batch.rows.all() if row.reading["project"] == "托育点")
    again.settle(batch, {row: matching.NEW}, by=importer)
    write_update(batch, importer)

    names = ["学校1", "托育点", "学校2", "学校3", *(f"医院{n}" for n in range(1, 6))]
    assert [one.project.name for one in programme.sub_items.order_by("position")] == names


def test_question_stands_on_the_pages_of_an_update(alice, stage, importer, file):
    services.commit(stage(book(交通类=lead("道路", 3))), by=importer)
    batch = stage(file)

    page = alice.get(address(batch, "again"))
    done = answer(alice, batch, "教育类", APART, update="1")

    assert "“教育类”未读入" in page.content.decode()
    assert done.url == address(batch, "again")


def test_sheet_that_is_part_of_another_programme_is_not_read_twice(stage, importer, file):
    first = stage(file)
    for name in ("教育类", "卫生类"):
        say(first, name, GOES_ON, by=importer)
    services.commit(fresh(first), by=importer)

    with pytest.raises(DomainError, match="此文件已导入"):
        stage(again_from(file), "重点工作")


def test_sheets_left_apart_become_a_programme_of_their_own(stage, importer, file):
    first = stage(file)
    say(first, "教育类", GOES_ON, by=importer)
    say(first, "卫生类", APART, by=importer)
    services.commit(fresh(first), by=importer)

    other = stage(again_from(file), "重点工作")

    assert (other.sheet_read, open_tables(other)) == ("卫生类", [])
    with pytest.raises(DomainError, match="民生实事"):
        say(other, "教育类", GOES_ON, by=importer)
    services.commit(other, by=importer)
    assert Programme.objects.count() == 2


def test_only_a_person_says_it(stage, file):
    batch = stage(file)

    with pytest.raises(DomainError, match="由何人导入"):
        say(batch, "教育类", APART, by=None)
    assert len(open_tables(fresh(batch))) == 2


def run(tmp_path, file, *more):
    path = tmp_path / "表.xlsx"
    path.write_bytes(again_from(file).read())
    call_command(
        "import_task_table", str(path), "--jurisdiction", "370871", "--year", "2023", "--programme", "民生实事", *more
    )


def test_command_asks_for_the_word_of_a_person(zone, tmp_path, file, capsys):
    UserFactory(username="import", grants={zone: [IMPORT_TABLE]})
    for more in ([], ["--by", "import"], ["--goes-on", "教育类"], ["--accept-open"]):
        with pytest.raises(CommandError):
            run(tmp_path, file, *more)
        assert Programme.objects.count() == 0
    with pytest.raises(CommandError, match=r"(?s)“卫生类”：1行.*--goes-on"):
        run(tmp_path, file, "--by", "import", "--goes-on", "教育类")

    run(tmp_path, file, "--by", "import", "--goes-on", "教育类", "--accept-open")

    programme = Programme.objects.get()
    batch = programme.import_batches.get()
    assert programme.sub_items.count() == 5
    assert {name: one["said"] for name, one in batch.other_tables.items()} == {"教育类": GOES_ON, "卫生类": APART}
    assert [(one.part, one.step) for one in batch.decisions.filter(part__startswith="table")] == [
        ("table-教育类", "table"),
        ("table-卫生类", "pass"),
    ]
    assert "“卫生类”：不属于本任务表" in capsys.readouterr().out


def test_what_is_asked_of_rows_names_them_as_the_file_does(alice, stage, importer, zone, tmp_path):
    """Hidden, struck, twice, a total that differs, who files: the numbers are those of the sheet."""
    total = ["", "合计", "", "", "财政资金900万元", "", ""]
    file = book(教育类=[*tasks("学校", 3), tasks("学校", 1)[0]], 卫生类=[*tasks("医院", 2), tasks("学校", 1)[0], total])
    made = openpyxl.load_workbook(again_from(file))
    made["卫生类"].row_dimensions[3].hidden = True
    for cell in made["卫生类"][2]:
        cell.font = Font(strike=True)
    made.save(tmp_path / "表.xlsx")
    again_file = SimpleUploadedFile("表.xlsx", (tmp_path / "表.xlsx").read_bytes())

    batch, _lost = say(stage(again_file), "卫生类", GOES_ON, by=importer)

    asked = {row.row: [one["code"] for one in row.reading["issues"]] for row in batch.rows.all()}
    page = alice.get(address(batch)).content.decode()
    with pytest.raises(MustChoose) as refused:
        services.commit(batch, by=importer)
    assert {"row_struck"} <= {*asked[1002]}
    assert {"row_hidden"} <= {*asked[1003]}
    assert {"row_twice"} <= {*asked[1004]}
    assert "第3行已隐藏" in page
    assert "“教育类”第2行" in page
    assert "“卫生类”第3行" in str(refused.value)
    assert not re.search(r"10\d\d行", page + str(refused.value))
    UserFactory(username="import", grants={zone: [IMPORT_TABLE]})
    with pytest.raises(CommandError) as told:
        run(tmp_path, again_file, "--by", "import", "--goes-on", "卫生类")
    assert not re.search(r"10\d\d行", str(told.value))


def test_row_taken_in_asks_with_the_number_of_its_sheet(stage, importer, tmp_path):
    file = book(教育类=lead("学校", 3), 卫生类=[*lead("医院", 1), ["", "一、民生类", "", "", "", "", ""]])
    made = openpyxl.load_workbook(again_from(file))
    made["卫生类"].row_dimensions[3].hidden = True
    made.save(tmp_path / "表.xlsx")
    batch = stage(SimpleUploadedFile("表.xlsx", (tmp_path / "表.xlsx").read_bytes()))
    batch, _lost = say(batch, "卫生类", GOES_ON, by=importer)

    steps.take_in(batch, 1003, by=importer)

    issues = fresh(batch).rows.get(row=1003).reading.whole.issues
    assert [one.message for one in issues if one.code == "row_hidden"] == ["文件中第3行已隐藏，请确认是否列入。"]


def test_command_names_a_row_of_another_sheet_as_the_file_does(stage, importer):
    batch, _lost = say(stage(book(教育类=tasks("学校", 3), 卫生类=tasks("医院", 2))), "卫生类", GOES_ON, by=importer)

    found = choices_by_name(batch, dict([row_and_name("卫生类!3=洸河街道"), row_and_name("3=柳行街道")]))

    assert {row: found[row].filing for row in found} == {1003: unit("洸河街道"), 3: unit("柳行街道")}
    with pytest.raises(DomainError, match="卫生类!9"):
        choices_by_name(batch, dict([row_and_name("卫生类!9=洸河街道")]))


def hide(file, name):
    made = openpyxl.load_workbook(again_from(file))
    made[name].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("表.xlsx", out.getvalue())


def test_sheet_that_is_hidden_by_now_is_not_read_on_by_itself(alice, stage, importer):
    first, _lost = say(stage(book(交通类=lead("道路", 3), 卫生类=lead("医院", 1))), "卫生类", GOES_ON, by=importer)
    services.commit(first, by=importer)

    batch = stage(hide(book(交通类=lead("道路", 3), 卫生类=lead("医院", 3)), "卫生类"))

    assert [(one.table.name, one.table.hidden) for one in open_tables(batch)] == [("卫生类", True)]
    assert batch.rows.count() == 3
    assert not batch.decisions.filter(part="table-卫生类").exists()
    for place in ("batch", "again"):
        assert "该工作表在文件中为隐藏" in alice.get(address(batch, place)).content.decode()
    again.decide(batch, again.Decisions(reason="年中调整"), by=importer)
    with pytest.raises(DomainError, match="卫生类"):
        again.commit(fresh(batch), by=importer, seen=compare(fresh(batch).update).marks)


def test_hidden_sheet_that_a_person_reads_on_is_said_to_be_hidden(alice, stage, importer):
    batch = stage(hide(book(交通类=lead("道路", 3), 卫生类=lead("医院", 1)), "卫生类"))
    assert open_tables(batch) == []

    batch, _lost = say(batch, "卫生类", GOES_ON, by=importer)

    assert "该工作表在文件中为隐藏" in alice.get(address(batch)).content.decode()


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
