"""Tables of a document that go on under headings in sequence, each below its own header, are read by themselves."""

import docx
import pytest
from django.urls import reverse

from departments.errors import DomainError
from minsheng.task_table import reread as again
from minsheng.task_table import services, steps
from minsheng.task_table.other_tables import APART, GOES_ON
from minsheng.task_table.reading import read_table
from minsheng.task_table.tables import open_tables, say, tables_of
from projects.models import SubItem
from tests.minsheng.task_table.test_continued import FIRST, task
from tests.minsheng.task_table.test_files import word
from tests.minsheng.task_table.test_other_tables import book, lines
from tests.minsheng.task_table.test_rows_counted_on import uploaded
from tests.minsheng.task_table.test_rows_kept import fresh

OTHER = ["序号", "实事任务", "牵头单位", "完成时间", "备注"]
TITLE = "江州县2023年民生实事任务清单"


def short(number, more=""):
    return [str(number), f"修建道路{number}公里", "县交通运输局", "9月底前", more]


SECOND = [OTHER, short(1, "已定"), short(2)]
THIRD = [["事项", "责任单位", "序号"], ["改造医院3所", "县卫生健康局", "1"]]


def written(*parts, title=TITLE):
    """A document of headings (texts) and tables (rows), in their order."""
    made = docx.Document()
    made.add_paragraph(title)
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
            continue
        table = made.add_table(len(part), len(part[0]))
        for row, texts in enumerate(part):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
    return made


def rows_of(reading):
    return [(row.row, row.category, row.project) for row in reading.rows]


def codes(reading):
    told = ("table_goes_on", "table_joined", "other_table", "further_table", "unread_table", "sheets_same")
    return [one.code for one in reading.issues if one.code in told]


@pytest.fixture
def made():
    return written("一、民政", FIRST, "二、交通", SECOND, "三、卫生", THIRD)


def test_tables_with_headers_of_their_own_are_read_on_and_counted_on(made):
    reading = word(made)

    assert rows_of(reading) == [
        (2, "一、民政", "事1"), (3, "一、民政", "事2"), (5, "二、交通", "修建道路1公里"),
        (6, "二、交通", "修建道路2公里"), (8, "三、卫生", "改造医院3所"),
    ]  # fmt: skip
    assert reading.rows[2].source["content"].cell.endswith("!B2")
    assert not any(issue.code == "row_of_further_table" for row in reading.rows for issue in row.issues)
    told = [one for one in reading.issues if one.code == "table_goes_on"]
    assert [(one.params["rows"], one.params["under"], one.asks) for one in told] == [
        (2, "二、交通", False), (1, "三、卫生", False),
    ]  # fmt: skip
    assert "一并读取“表2”2行（“二、交通”项下）" in told[0].message


@pytest.mark.parametrize("heading", ["（二）交通", "第二部分交通", "二、交通（单位：万元）"])
def test_headings_of_other_styles(heading):
    first = {"（": "（一）民政", "第": "第一部分民政", "二": "一、民政"}[heading[0]]
    reading = word(written(first, FIRST, heading, SECOND))
    assert [category for _row, category, _name in rows_of(reading)] == [first] * 2 + [
        heading.removesuffix("（单位：万元）")
    ] * 2


def test_a_second_heading_under_the_title_leaves_the_first_rows_without_one():
    assert [row.category for row in word(written(FIRST, "二、交通", SECOND)).rows] == ["", "", "二、交通", "二、交通"]


def test_a_chapter_above_a_lone_table_is_no_category():
    assert {row.category for row in word(written("一、总体要求", "二、任务分解", FIRST)).rows} == {""}


def test_a_same_header_under_the_next_heading_tells_the_heading_of_the_first_part():
    rows = word(written("一、民政", FIRST, "二、其他", [FIRST[0], task(3)])).rows
    assert [row.category for row in rows] == ["一、民政", "一、民政", "二、其他"]


def test_what_a_longest_table_goes_on_from_is_read_first():
    long = [OTHER, *map(short, range(1, 8))]
    reading = word(written("一、民政", FIRST, "二、交通", long))

    assert [row.row for row in reading.rows] == [2, 3, *range(5, 12)]
    assert [one.chosen for one in reading.candidates] == [True, False]


def test_a_unit_of_money_above_the_first_holds_of_the_next():
    money = [[*FIRST[0], "总投资"], task(1, "300")]
    reading = word(written("单位：元", "一、民政", money, "二、交通", [[*OTHER, "总投资"], [*short(1), "200000"]]))
    assert [str(line.amount_wan) for row in reading.rows for line in row.funding_totals] == ["0.03", "20"]


CONTACTS = [["单位", "联系人", "电话"], ["县民政局", "王某", "5551234"]]
NAMED = [["项目", "责任单位", "联系电话"], ["热线", "县民政局", "5551234"], ["窗口", "县财政局", "5551235"]]
SUMMARY = [["项目名称", "责任单位", "完成时限"], ["事1", "县民政局", "10月底前"], ["事2", "县民政局", "10月底前"]]
PARTLY = [["项目名称", "责任单位", "完成时限"], ["事1", "县民政局", "10月底前"], ["事9", "县民政局", "10月底前"]]
DONE = [["项目名称", "责任单位", "完成情况"], ["危房改造", "县住建局", "已完成"], ["村道", "县交通局", "已完成"]]
NO_UNITS = [["序号", "实事任务", "完成时间"], ["1", "修建道路1公里", "9月底前"]]


@pytest.mark.parametrize(
    ("between", "second"),
    [
        (["附件2：重点工程安排表"], SECOND),
        (["江州县2023年重点工程安排表"], SECOND),
        (["二、2022年结转事项"], SECOND),
        (["二、储备项目"], SECOND),
        (["三、交通"], SECOND),
        (["一、交通"], SECOND),
        (["以下由交通部门负责。"], SECOND),
        ([], SECOND),
        (["二、联系方式"], CONTACTS),
        (["二、服务"], NAMED),
        (["二、责任分工"], SUMMARY),
        (["二、责任分工"], PARTLY),
        (["二、民生"], DONE),
        (["二、交通"], NO_UNITS),
        (["二、交通", "单位：元"], SECOND),
    ],
    ids=[
        "annex", "title", "another year", "reserve", "number left out", "number again", "sentence", "nothing between",
        "contacts", "telephones", "same rows", "some same rows", "progress", "no units", "another unit of money",
    ],
)  # fmt: skip
def test_in_doubt_a_table_is_not_read_on(between, second):
    reading = word(written("单位：万元", "一、民政", FIRST, *between, second))

    assert [row.row for row in reading.rows] == [2, 3]
    assert reading.joined == ()
    assert codes(reading) in (["other_table"], ["unread_table"], ["sheets_same"])


def test_in_a_workbook_a_sheet_is_asked_about_as_before():
    rows = [("序号", "实事任务", "牵头单位", "完成时间", "备注"), (1, "修建道路1公里", "县交通运输局", "9月底前", "")]
    head = ("序号", "项目名称", "项目内容", "完成时限", "责任单位")
    reading = read_table(book(一=[head, *lines(1, 2)], 二=rows), name="表.xlsx", year=2023)
    assert (len(reading.rows), reading.joined) == (2, ())


# --- what a person says of it


@pytest.fixture
def batch(stage, made):
    return stage(uploaded(made))


def numbered(batch):
    return [(row.row, row.reading["project"]) for row in fresh(batch).rows.order_by("position")]


def leader(batch, row):
    found = fresh(batch).rows.get(row=row).corrections.get("people")
    return found["values"]["leader"] if found else None


def test_page_tells_what_was_read_by_itself_and_asks_nothing(alice, batch):
    page = alice.get(reverse("task_table:batch", args=[batch.pk])).content.decode()

    assert open_tables(batch) == []
    assert "“表2”与本表一并读入（2行）" in page
    assert "“二、交通”项下" in page
    assert "不属于本任务表" in page


def test_a_person_says_that_it_is_no_part_and_other_rows_keep_their_numbers_and_answers(alice, batch, importer):
    steps.correct(batch, 8, "people", {"leader": "甲", "contact": "", "remarks": ""}, seen=0, by=importer)
    steps.leave_out(batch, 3, reason="重复", by=importer)
    all_rows = numbered(batch)
    second, _third = tables_of(batch)

    alice.post(
        reverse("task_table:tables", args=[batch.pk]),
        {"table": second.table.name, "said": APART, "seen": second.said, "sheet": batch.sheet_read},
    )

    assert numbered(batch) == [row for row in all_rows if row[0] not in (5, 6)]
    assert leader(batch, 8) == "甲"
    assert fresh(batch).rows.get(row=3).left_out
    assert [(one.said, one.by_name != "") for one in tables_of(fresh(batch))] == [(APART, True), (GOES_ON, False)]

    say(fresh(batch), second.table.name, GOES_ON, by=importer)
    assert (numbered(batch), leader(batch, 8)) == (all_rows, "甲")


def test_columns_said_anew_keep_what_is_read_on(batch, importer):
    now = fresh(batch)
    again.reread(now, sheet=now.sheet_read, mapping={"E": "plan"}, version=now.version, by=importer)
    assert [row for row, _name in numbered(batch)] == [2, 3, 5, 6, 8]


def test_a_table_staged_before_is_read_again_as_it_was_and_asked_about(stage, made, importer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("minsheng.task_table.choice.run_of", lambda *_args: [])
        patched.setattr("minsheng.task_table.choice.first_of_run", lambda _tables, sheet, _headers: sheet)
        batch = stage(uploaded(made))
        name = tables_of(batch)[0].table.name
        say(batch, name, GOES_ON, by=importer)
    assert [row for row, _name in numbered(batch)] == [2, 3, 1002, 1003]
    steps.correct(fresh(batch), 1003, "people", {"leader": "乙", "contact": "", "remarks": ""}, seen=0, by=importer)

    now = fresh(batch)
    again.reread(now, sheet=now.sheet_read, mapping={}, version=now.version, by=importer)

    assert [row for row, _name in numbered(batch)] == [2, 3, 5, 6]
    assert leader(batch, 6) == "乙"
    assert [one.table.rows for one in open_tables(fresh(batch))] == [1]


def test_no_table_that_was_read_by_itself_is_imported_twice(stage, importer):
    """The file as a programme of its own is refused, and so it is as the same one: nothing would change."""
    first, second = [FIRST[0], task(1), task(2)], [OTHER, short(1), short(2)]
    for rows, column in ((first, 3), (second, 2)):
        for row in rows[1:]:
            row[column] = "财政金融局"
    file = uploaded(written("一、民政", first, "二、交通", second))
    batch = stage(file)
    assert batch.sheets_read == {batch.sheet_read, tables_of(batch)[0].table.name}
    services.commit(batch, by=importer, passing=True)
    assert SubItem.objects.filter(source_sheet=tables_of(batch)[0].table.name).count() == 2

    for programme in ("另一项", "民生实事"):
        file.seek(0)
        with pytest.raises(DomainError, match="已"):
            stage(file, programme=programme)


def test_what_stands_under_two_headings_is_told_by_both():
    made = written(
        "一、城建类", "（一）新建", FIRST, "（二）改造", SECOND,
        "二、教育类", "（一）新建", THIRD, "（二）改造", [OTHER, short(5)],
    )  # fmt: skip
    found = [category for _row, category, _project in rows_of(word(made))]

    assert list(dict.fromkeys(found)) == [
        "一、城建类 / （一）新建", "一、城建类 / （二）改造", "二、教育类 / （一）新建", "二、教育类 / （二）改造",
    ]  # fmt: skip
