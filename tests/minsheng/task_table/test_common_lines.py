"""What stands once above or below tables side by side is said of each: title with its year, unit of money, notes."""

import pytest

from tests.minsheng.task_table.test_side_by_side import beside, read

HEADER = ("序号", "项目名称", "建设内容", "责任单位", "投资额")
LEFT, RIGHT = "任务表", "任务表!G:K"
TITLE = "青河县2022年民生实事任务分解表"


def sheet(*above, left=3, right=2, below=(), merge=(), title=TITLE):
    """Tables in A:E and G:K; each line above or below is a dictionary of column → text."""

    def rows(what, count):
        return [(n, f"{what}{n}", f"新建第{n}处{what}。", "县民政局", 200000) for n in range(1, count + 1)]

    def placed(line, first):
        return [line.get(column) for column in range(first, first + 5)]

    longest = max(left, right)
    tables = []
    for first, table in ((1, rows("公厕", left)), (7, rows("公园", right))):
        blank = [()] * (longest - len(table))
        lines = [placed(line, first) for line in above]
        tables.append([*lines, HEADER, *table, *blank, *[placed(line, first) for line in below]])
    return beside(*tables, column=7, title=title, merge=merge)


def totals(reading):
    return {total.amount_wan for row in reading.rows for total in row.funding_totals}


@pytest.mark.parametrize("longer", [LEFT, RIGHT])
@pytest.mark.parametrize(
    ("unit", "merge"),
    [
        ({11: "单位：元"}, ("A1:K1",)),
        ({1: "单位：元"}, ()),
        ({1: "单位：元"}, ("A1:K1", "A2:K2")),
        ({1: "填报单位：县政府办", 11: "金额单位：元"}, ("A1:K1",)),
    ],
)
def test_title_and_unit_hold_of_both_tables(longer, unit, merge):
    file = sheet(unit, left=3 if longer == LEFT else 2, right=2 if longer == LEFT else 3, merge=merge)

    for chosen, other in ((None, {LEFT, RIGHT} - {longer}), (LEFT, {RIGHT}), (RIGHT, {LEFT})):
        reading = read(file, *other, sheet=chosen)
        assert reading.title == TITLE
        assert totals(reading) == {20}
        assert [one.code for one in reading.issues if one.asks] == ["year_differs"]
        assert len(reading.rows) == 5
    assert read(file).sheet == longer


def test_a_unit_between_titles_of_each_is_of_its_own_table_and_the_other_is_asked():
    file = sheet({11: "单位：元"}, title=None, merge=())
    reading = read(file)
    assert totals(reading) == {20}

    file = sheet({1: "新建公厕任务表", 7: "新建公园任务表"}, {11: "单位：元"}, title=TITLE)
    reading = read(file, RIGHT, sheet=LEFT)
    assert totals(reading) == {200000, 20}
    assert "funding_unit_assumed" in {one.code for one in reading.issues if one.asks}


def test_titles_of_each_table_stay_apart():
    lines = ({1: "2023年新建公厕任务表（单位：元）", 7: "2023年新建公园任务表（单位：万元）"},)
    file = sheet(*lines, title=None)

    assert read(file, sheet=LEFT).title == "2023年新建公厕任务表"
    assert read(file, sheet=RIGHT).title == "2023年新建公园任务表"
    assert totals(read(file, sheet=LEFT)) == {20}
    assert totals(read(file, sheet=RIGHT)) == {200000}


@pytest.mark.parametrize(("left", "right"), [(3, 2), (2, 3)])
@pytest.mark.parametrize("merge", [(), ("A6:K6",)])
def test_a_note_below_is_said_of_both(left, right, merge):
    file = sheet(left=left, right=right, below=({1: "注：排在第一位的为牵头单位，第2项已取消。"},), merge=merge)

    for chosen in (LEFT, RIGHT):
        reading = read(file, sheet=chosen)
        assert reading.lead_rule == "first"
        assert [(row.row, row.kind) for row in reading.skipped_rows][-1] == (6, "note")
        assert set(reading.header_map) == set("ABCDE" if chosen == LEFT else "GHIJK")


def test_a_heading_or_task_of_one_table_stays_its_own():
    file = sheet(below=({1: "二、续建类"}, {1: 4, 2: "公厕4", 3: "改造。", 4: "县民政局"}))

    assert [row.project for row in read(file, sheet=RIGHT).rows] == ["公园1", "公园2"]
    left = read(file, sheet=LEFT)
    assert [row.category for row in left.rows] == ["", "", "", "二、续建类"]
