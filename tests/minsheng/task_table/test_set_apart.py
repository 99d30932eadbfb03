"""What stands under 取消项目, 备选项目 or last year's heading is no task of the year, unless a person says so."""

import io

import pytest

from minsheng.task_table.other_tables import APART
from minsheng.task_table.reading import read_table
from tests.minsheng.task_table.test_continued import task
from tests.minsheng.task_table.test_document_runs import OTHER, codes, short, written
from tests.minsheng.task_table.test_files import SHORT, word
from tests.minsheng.task_table.test_other_tables import book

YEAR = 2023
KEPT = [SHORT, task(1), task(2)]
SET_APART = [
    "二、取消项目",
    "二、2022年已完成项目",
    "（二）备选项目（未列入本年度计划）",
    "二、2022年遗留问题",
    "第二部分上年度事项",
    "附件2：民生实事储备项目库",
    "其他项目（暂缓实施）",
]


def table(first, count=2):
    return [SHORT, *[task(number) for number in range(first, first + count)]]


def names(reading):
    return [row.project for row in reading.rows]


@pytest.mark.parametrize("heading", SET_APART)
@pytest.mark.parametrize("header", ["same", "none", "other"])
def test_a_table_under_such_a_heading_is_asked_about_whatever_its_header(heading, header):
    second = {"same": table(5, 3), "none": table(5, 3)[1:], "other": [OTHER, short(1), short(2), short(3)]}[header]
    reading = word(written("一、新建项目", KEPT, heading, second))

    assert names(reading) == ["事1", "事2"]
    assert codes(reading) == ["other_table"]
    assert [(one.seems, one.rows, one.fits) for one in reading.others] == [(APART, 3, True)]


@pytest.mark.parametrize(
    "heading", ["二、续建项目", "二、2022年续建项目", "二、粮食储备类", "二、退役军人", "注：已完成的不再列出"]
)
def test_other_headings_of_the_same_table_do_not_set_it_apart(heading):
    assert names(word(written("一、新建项目", KEPT, heading, table(5)))) == ["事1", "事2", "事5", "事6"]


def test_the_title_of_a_report_that_stands_on_each_page_does_not():
    title = "江州县2023年民生实事完成情况"
    assert len(word(written(KEPT, title, table(5), title=title)).rows) == 4


def test_a_table_set_apart_goes_on_over_the_page_and_the_next_heading_ends_it():
    made = written(
        "一、新建项目", KEPT, "二、取消项目", table(5), "续表", table(7), table(9)[1:], "三、其他", table(11)
    )
    reading = word(made)

    assert names(reading) == ["事1", "事2"]
    assert [one.seems == APART for one in reading.others] == [True, False]
    assert [row[0] for row in reading.others[0].first] == ["5", "6", SHORT[0]]
    assert all(one.asks for one in reading.others)


def test_a_person_may_read_it_on_and_is_not_asked_again_of_its_rows():
    made = written("一、新建项目", KEPT, "二、取消项目", table(5))
    file = io.BytesIO()
    made.save(file)
    reading = read_table(file.getvalue(), name="表.docx", year=YEAR, joining=[word(made).others[0].name])

    assert [(row.project, row.category) for row in reading.rows][1:3] == [
        ("事2", "一、新建项目"),
        ("事5", "二、取消项目"),
    ]
    assert not any(one.field == "row" for row in reading.rows for one in row.issues)


def test_the_table_of_the_year_is_read_be_it_the_shortest():
    assert names(word(written("一、今年项目", KEPT, "二、候选项目", [OTHER, *map(short, "123456")]))) == ["事1", "事2"]
    sheets = book(备选项目=[SHORT, *map(task, range(5, 12))], 任务表=KEPT)
    assert names(read_table(sheets, name="表.xlsx", year=YEAR)) == ["事1", "事2"]


def asked(*rows, header=SHORT, year=YEAR):
    """The rows of a sheet, each with the heading that it is asked about."""
    found = read_table(book(表=[header, *rows]), name="表.xlsx", year=year).rows
    return [next((one.params["text"] for one in row.issues if one.code == "row_set_apart"), "") for row in found]


def test_rows_below_such_a_heading_within_a_sheet_are_asked():
    rows = [["一、新建项目"], task(1), ["二、取消项目"], task(2), ["三、2022年项目"], task(3), ["四、其他"], task(4)]

    assert asked(*rows) == ["", "二、取消项目", "三、2022年项目", ""]


def test_headings_further_in_do_not_hide_the_outer_one():
    rows = [
        ["一、备选项目"],
        ["（一）交通"],
        task(1),
        ["（二）教育"],
        task(2),
        ["二、实施项目"],
        ["（一）交通"],
        task(3),
    ]

    assert asked(*rows) == ["一、备选项目", "一、备选项目", ""]


def test_a_column_of_categories_says_so_too():
    header = ["类别", *SHORT]
    rows = [["新建项目", *task(1)], ["备选项目", *task(2)], ["", *task(3)], ["续建项目", *task(4)]]

    assert asked(*rows, header=header) == ["", "备选项目", "备选项目", ""]


MONEY = ["序号", "实事", "责任单位", "投资额"]


def costs(first, amount):
    return [MONEY, *[[str(number), f"修路{number}公里", "县交通局", amount] for number in (first, first + 1)]]


def test_under_a_heading_without_a_unit_the_last_one_of_several_is_not_taken_in_silence():
    parts = [
        "一、城建",
        "单位：万元",
        costs(1, "20"),
        "二、教育",
        "单位：元",
        costs(3, "200000"),
        "三、卫生",
        costs(5, "30"),
    ]
    file = io.BytesIO()
    written(*parts).save(file)
    found = read_table(file.getvalue(), name="表.docx", year=YEAR)

    assert [one.name for one in found.others if one.asks] == ["表2", "表3"]
    both = read_table(file.getvalue(), name="表.docx", year=YEAR, joining=["表2", "表3"])
    assert [next(total.amount_wan for total in row.funding_totals) for row in both.rows] == [20, 20, 20, 20, 30, 30]
    assert [one.code for one in both.issues if one.asks] == ["funding_unit_assumed"]


def test_the_only_unit_of_a_document_holds_of_all_of_it():
    parts = ["一、城建", "单位：元", costs(1, "200000"), "二、教育", costs(3, "300000")]
    found = word(written(*parts))
    assert [next(total.amount_wan for total in row.funding_totals) for row in found.rows] == [20, 20, 30, 30]
    assert not [one.code for one in found.issues if one.asks]


def test_headings_within_a_sheet_that_is_read_on_are_asked_of():
    second = [SHORT, task(3), ["二、取消项目"], task(4)]
    file = book(任务表=[SHORT, task(1), task(2), task(6)], 续表=second)
    found = read_table(file, name="表.xlsx", year=YEAR, joining=["续表"]).rows

    assert [row.row for row in found if any(one.code == "row_set_apart" for one in row.issues)] == [1004]
