"""Tables as they come: old workbooks, Word documents, pasted text; what is hidden, struck through or commented."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from departments.errors import DomainError
from minsheng.task_table.kept import whole_of
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.reading import dump, load, read_pasted, read_table, to_json
from tests.minsheng.task_table.tables import HEADER, kept_again, read, saved, task

OLD = Path(__file__).parents[2] / "data" / "task_tables" / "d04_xls_2021.xls"
SHORT = ["序号", "项目名称", "建设内容", "责任单位", "完成时限"]


def document(*tables, before=(), between=""):
    made = docx.Document()
    for text in before:
        made.add_paragraph(text)
    for number, rows in enumerate(tables):
        if number and between:
            made.add_paragraph(between)
        table = made.add_table(len(rows), len(rows[0]))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
    return made


def word(made):
    file = io.BytesIO()
    made.save(file)
    return read_table(file.getvalue(), name="表.docx", year=2023)


def codes(reading):
    return {issue.code for issue in reading.issues}


def row_codes(row):
    return {(issue.field, issue.code) for issue in row.issues}


@pytest.mark.parametrize("name", ["表.xls", "表.et"])
def test_an_old_workbook_says_what_it_does_not_tell(name):
    """WPS writes .et files in the same format."""
    reading = read_table(OLD.read_bytes(), name=name)
    assert (reading.sheet, len(reading.rows)) == ("任务表", 4)
    assert [candidate.name for candidate in reading.candidates] == ["任务表"]
    assert reading.rows[0].category == "（一）交通出行"
    assert "looks_unknown" in codes(reading)


def test_word_tables_that_go_on_are_one():
    first = [SHORT, ["1", "养老", "新建食堂2个。", "县民政局", "10月"]]
    reading = word(document(first, [["2", "就业", "新增就业900人。", "县人社局", "年底"]]))
    assert [(row.row, row.project) for row in reading.rows] == [(2, "养老"), (3, "就业")]
    assert [candidate.rows for candidate in reading.candidates] == [2]


def test_word_tables_for_each_heading_are_one():
    first = [SHORT, ["1", "养老", "新建食堂2个。", "县民政局", "10月"]]
    second = [SHORT, ["2", "就业", "新增就业900人。", "县人社局", "年底"]]
    reading = word(document(first, second, between="二、就业类"))
    assert [(row.project, row.category) for row in reading.rows] == [("养老", ""), ("就业", "二、就业类")]


def test_of_several_word_tables_one_is_chosen_and_the_others_are_said():
    contacts = [["单位", "联系人"], ["县民政局", "王某"]]
    tasks = [SHORT, *([str(n), f"事{n}", "新建食堂2个。", "县民政局", "10月"] for n in range(1, 4))]
    other = [["序号", "任务", "牵头单位"], ["1", "修路", "县交通局"], ["2", "架桥", "县交通局"]]
    file = io.BytesIO()
    document(contacts, tasks, other, between="附").save(file)
    reading = read_table(file.getvalue(), name="表.docx", year=2023)
    assert [(c.rows, c.chosen) for c in reading.candidates] == [(3, True), (2, False)]
    assert "other_table" in codes(reading)
    name = reading.candidates[1].name
    chosen = read_table(file.getvalue(), name="表.docx", year=2023, sheet=name)
    assert (chosen.sheet, [row.content for row in chosen.rows]) == (name, ["修路", "架桥"])


def test_word_text_as_it_stands_on_the_page():
    """Tracked insertions and content controls are read, tracked deletions are not; a table in a cell is its text."""
    made = document([SHORT, ["1", "养老", "新建食堂2个", "县民政局", "10月"]])
    paragraph = made.tables[0].cell(1, 2).paragraphs[0]._p
    for tag, kind, text in (
        ("w:ins", "w:t", "、床位40张"),
        ("w:del", "w:delText", "、公园1处"),
        ("w:sdt", "w:t", "。"),
    ):
        wrapper = OxmlElement(tag)
        inner = OxmlElement("w:sdtContent") if tag == "w:sdt" else wrapper
        run, words = OxmlElement("w:r"), OxmlElement(kind)
        words.text = text
        run.append(words)
        inner.append(run)
        if inner is not wrapper:
            wrapper.append(inner)
        paragraph.append(wrapper)
    made.tables[0].cell(1, 1).add_table(1, 1).cell(0, 0).text = "（续建）"
    (row,) = word(made).rows
    assert row.content == "新建食堂2个、床位40张。"
    assert row.project == "养老（续建）"


@pytest.mark.parametrize(
    ("tag", "kind"), [("w:fldSimple", "w"), ("w:bdo", "w"), ("w:hyperlink", "w"), ("m:oMath", "m")]
)
def test_word_text_in_whatever_holds_it_is_read(tag, kind):
    made = document([SHORT, ["1", "养老", "新建食堂2个", "县民政局", "10月"]])
    wrapper, run, words = OxmlElement(tag), OxmlElement(f"{kind}:r"), OxmlElement(f"{kind}:t")
    words.text = "、床位40张"
    run.append(words)
    wrapper.append(run)
    made.tables[0].cell(1, 2).paragraphs[0]._p.append(wrapper)

    (row,) = word(made).rows

    assert row.content == "新建食堂2个、床位40张"


def test_hidden_words_of_word_are_asked_about():
    made = document([SHORT, *([n, f"养老{n}", "新建食堂2个", "县民政局", "10月"] for n in "1234")])
    cells = [made.tables[0].cell(row, 2).paragraphs[0] for row in range(1, 5)]
    cells[0].add_run("、床位40张").font.hidden = True
    style = made.styles.add_style("暗", WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    made.styles.add_style("更暗", WD_STYLE_TYPE.CHARACTER).base_style = style
    cells[1].add_run("、公园1处", style="更暗")
    cells[2].add_run("、公园1处", style="更暗").font.hidden = False
    cells[3].add_run("、公园1处").font.hidden = False

    rows = word(made).rows

    assert [row.content for row in rows][:2] == ["新建食堂2个、床位40张", "新建食堂2个、公园1处"]
    found = [[issue.params["text"] for issue in row.issues if issue.code == "cell_hidden"] for row in rows]
    assert found == [["、床位40张"], ["、公园1处"], [], []]


def test_a_hidden_row_of_word_is_asked_about_also_where_the_table_goes_on():
    lines = [["1", "养老", "新建食堂2个", "县民政局", "10月"], ["2", "道路", "改造道路5条", "县住建局", "11月"]]
    made = document([SHORT, *lines], [SHORT, *([n, f"第{n}事", *rest] for n, _name, *rest in lines)])
    for table in made.tables:
        table.rows[2]._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))

    rows = word(made).rows

    assert ["row_hidden" in {issue.code for issue in row.issues} for row in rows] == [False, True, False, True]


def test_numbers_that_word_counts_are_read():
    made = document([SHORT, *(["", f"事{n}", "新建食堂2个。", "县民政局", "10月"] for n in range(3))])
    for row in made.tables[0].rows[1:]:
        row.cells[0].paragraphs[0].style = made.styles["List Number"]
        numbering = row.cells[0].paragraphs[0]._p.get_or_add_pPr().get_or_add_numPr()
        numbering.get_or_add_numId().val = _counting(made)
        numbering.get_or_add_ilvl().val = 0
    assert [row.serial for row in word(made).rows] == ["1", "2", "3"]


def _counting(made):
    """The number of a list 1, 2, 3 in the document's numbering, made at the first call."""
    root = made.part.numbering_part.element
    if not root.findall(qn("w:num") + "[@made]"):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), "0")
        for name, value in (("w:start", "1"), ("w:numFmt", "decimal"), ("w:lvlText", "%1")):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            level.append(child)
        abstract = OxmlElement("w:abstractNum")
        abstract.set(qn("w:abstractNumId"), "777")
        abstract.append(level)
        root.insert(0, abstract)
        number = root.add_num(777)
        number.set("made", str(number.numId))
    return int(root.findall(qn("w:num") + "[@made]")[0].get("made"))


def test_pasted_from_excel_and_from_word():
    header = "\t".join(SHORT)
    excel = f'{header}\r\n1\t养老\t"新建食堂2个；\r\n新增床位40张。"\t县民政局\t10月底\r\n'
    paste = f"{header}\n1\t养老\t新建食堂2个；\n新增床位40张。\t县民政局\t10月底\n"
    for text in (excel, paste):
        (row,) = read_pasted(text, year=2023).rows
        assert row.content.replace("\r", "") == "新建食堂2个；\n新增床位40张。"
        assert [str(target.quantity) for target in row.targets] == ["2", "40"]
        assert (row.lead_units, str(row.deadline)) == (("县民政局",), "2023-10-31")


@pytest.mark.parametrize("text", ["", "\n\t\n", "今天天气很好。", "序号\t项目名称\t责任单位\n"])
def test_pasted_without_a_table(text):
    with pytest.raises(TaskTableRefused):
        read_pasted(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from('序号项目名称责任单位完成时限12.、\t\n"|局。月元 '), max_size=120))
def test_nothing_pasted_raises_but_a_refusal(text):
    try:
        reading = read_pasted(text, year=2023)
    except TaskTableRefused:
        return
    assert kept_again(reading) == reading


def test_a_further_table_on_the_sheet_is_read_and_asked_about():
    reading = read(
        HEADER, task(1), ("",), ("附：结转项目",), ("序号", "项目名称", "责任单位"), (1, "福利院", "县民政局")
    )
    assert [(row.row, row.project) for row in reading.rows] == [(2, "养老服务"), (6, "福利院")]
    assert ("row", "row_of_further_table") in row_codes(reading.rows[1])
    assert "further_table" in codes(reading)


def test_a_person_says_what_a_column_means():
    rows = (HEADER, (*task(1)[:7], "县财政局"))
    mapping = {"备 注": "assisting_units", "G": "", "项目名称": "category"}
    (row,) = read_table(saved(*rows), name="表.xlsx", year=2023, mapping=mapping).rows
    assert (row.assisting_units, row.category, row.remarks) == (("县财政局",), "养老服务", "")
    (row,) = read_table(saved(HEADER, task(1)), name="表.xlsx", year=2023, mapping={"完成期限": ""}).rows
    assert (row.deadline, row.extra) == (None, {"完成期限": "10月底"})
    with pytest.raises(TaskTableRefused):
        read_table(saved(HEADER, task(1)), name="表.xlsx", mapping={"完成期限": "colour"})


def test_columns_without_a_header_and_twice_the_same_are_kept():
    header = (*HEADER[:7], "亮点", "亮点", "")
    (row,) = read(header, (*task(1)[:7], "甲", "乙", "丙")).rows
    assert row.extra == {"亮点": "甲", "亮点 I": "乙", "J": "丙"}


def test_hidden_struck_and_commented_are_said():
    def change(book):
        sheet = book.active
        sheet.column_dimensions["E"].hidden = True
        sheet["D2"].font = Font(strike=True)
        sheet["F2"].comment = Comment("改由县卫健局牵头", "督查室")
        hidden = book.create_sheet("旧表")
        for line in (HEADER, task(1), task(2)):
            hidden.append(line)
        hidden.sheet_state = "hidden"

    reading = read(HEADER, task(1), change=change)
    assert {"column_hidden", "sheets_hidden"} <= codes(reading)
    assert {("deadline", "cell_struck"), ("lead_units", "cell_comment")} <= row_codes(reading.rows[0])
    assert [(c.rows, c.hidden, c.chosen) for c in reading.candidates] == [(1, False, True), (2, True, False)]


def test_what_concerns_a_column_is_asked_once():
    header = ("序号", "项目名称", "建设内容", "投资", "牵头及配合单位", "完成时限")
    reading = read(header, *((n, f"事{n}", "新建食堂2个。", n * 10, "县民政局、县财政局", "10月") for n in (1, 2, 3)))
    asked = [issue.code for issue in reading.issues if issue.asks]
    assert sorted(asked) == ["funding_unit_assumed", "lead_of_both"]
    for row in reading.rows:
        assert not [issue for issue in row.issues if issue.asks]
        assert (row.lead_units, row.assisting_units) == (("县民政局",), ("县财政局",))


def test_readings_staged_by_earlier_and_later_versions():
    reading = read(HEADER, task(1))
    kept, rows = dump(reading)
    earlier = {name: value for name, value in kept.items() if name not in ("format", "candidates")}
    fewer = [{name: value for name, value in row.items() if name != "deadline_firm"} for row in rows]
    assert load(earlier, map(whole_of, fewer)) == replace(reading, candidates=())
    with pytest.raises(DomainError):
        load(kept | {"format": 99}, reading.rows)
    assert to_json(reading)["candidates"][0]["chosen"] is True


def test_a_stray_cell_far_below_costs_nothing():
    def change(book):
        book.active["A1048576"] = "备注"

    reading = read(HEADER, task(1), task(2), change=change)

    assert [row.row for row in reading.rows] == [2, 3]
    assert [(row.row, row.text) for row in reading.skipped_rows][1:] == [(1048576, "备注")]
    document, rows = dump(reading)
    assert len(json.dumps(document)) + sum(len(row.text) for row in rows) < 20_000


def test_a_table_far_below_is_read_where_it_stands():
    def change(book):
        book.active.insert_rows(1, 1_048_570)

    reading = read(HEADER, task(1), task(2), change=change)

    assert [row.row for row in reading.rows] == [1048572, 1048573]
    assert (reading.header_rows, len(reading.skipped_rows)) == ((1048571,), 1)


def test_rows_with_a_cell_at_the_far_right_are_read_at_once():
    def change(book):
        for row in range(1, 3):
            book.active.cell(row, 16384, "远")

    assert [row.row for row in read(HEADER, task(1), change=change).rows] == [2]


def test_a_table_in_a_text_box_is_read():
    made = document([SHORT, ["1", "养老", "新建食堂2个", "县民政局", "10月"]], before=("2023年任务分解表",))
    table = made.tables[0]._tbl
    table.getparent().remove(table)
    box = OxmlElement("w:txbxContent")
    box.append(table)
    picture = OxmlElement("w:pict")
    picture.append(box)
    made.add_paragraph().add_run()._r.append(picture)

    reading = word(made)

    assert (reading.title, [row.content for row in reading.rows]) == ("2023年任务分解表", ["新建食堂2个"])


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_strict_open_xml_is_read(kind):
    usual = io.BytesIO(saved(HEADER, task(1), task(2)))
    if kind == "docx":
        usual = io.BytesIO()
        document([SHORT, *([n, f"事{n}", "新建食堂2个", "县民政局", "10月"] for n in "12")]).save(usual)
    names = re.compile(rb"http://schemas.openxmlformats.org/((?!package)\w+)/2006/(?=\w)")
    made = io.BytesIO()
    with zipfile.ZipFile(usual) as source, zipfile.ZipFile(made, "w") as written:
        for part in source.namelist():
            written.writestr(part, names.sub(rb"http://purl.oclc.org/ooxml/\1/", source.read(part)))

    rows = read_table(made.getvalue(), name=f"a.{kind}", year=2023).rows

    assert [(row.serial, row.deadline.month) for row in rows] == [("1", 10), ("2", 10)]


def test_pasted_as_it_is_drawn_with_bars():
    first = ["1", "养老", "新建食堂2个", "县民政局", "10月"]
    lines = [SHORT, ["---"] * 5, first, ["2", "", "修路2条", "县住建局", "11月"]]
    drawn = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    reading = read_pasted(drawn, name="粘贴", year=2023)
    assert [(row.serial, row.content, row.deadline.month) for row in reading.rows] == [
        ("1", "新建食堂2个", 10),
        ("2", "修路2条", 11),
    ]
