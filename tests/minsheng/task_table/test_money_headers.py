"""Headers of money in several levels: 其中 between the sum and who pays, and words below that no rule knows."""

import pytest
from openpyxl import Workbook

from minsheng.task_table.reading import read_table


def money_table(tmp_path, middle, parts, *, merged=True):
    sheet = (book := Workbook()).active
    sheet.append(["2023年民生实事任务表"])
    sheet.append(["序号", "项目", "内容", "资金安排（万元）", "", "", "牵头单位", "完成时限"])
    sheet.append(["", "", "", "总额", middle, "", "", ""])
    sheet.append(["", "", "", "", *parts, "", ""])
    sheet.append([1, "道路", "改造道路3条", 860, 700, 160, "县交通局", "12月底"])
    sheet.append([2, "学校", "新建学校1所", 500, "", 500, "县教育局", "9月底"])
    if merged:
        for cells in ("A2:A4", "B2:B4", "C2:C4", "D2:F2", "D3:D4", "E3:F3", "G2:G4", "H2:H4"):
            sheet.merge_cells(cells)
    book.save(path := tmp_path / "table.xlsx")
    return read_table(path, name=path.name).rows


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("middle", ["其中", "其中：", "#", "其中：财政资金", "资金构成", "按来源"])
def test_who_pays_below_a_level_that_only_opens(tmp_path, middle, merged):
    first, second = money_table(tmp_path, middle, ["上级", "县级"], merged=merged)
    assert [(line.source, line.amount_wan) for line in first.funding] == [("上级补助", 700), ("区级财政", 160)]
    assert [(line.source, line.amount_wan) for line in second.funding] == [("区级财政", 500)]
    assert [total.amount_wan for total in first.funding_totals] == [860]


@pytest.mark.parametrize("word", ["甲类", "A", "第一批", "性质", "备注"])
def test_a_figure_below_a_money_header_is_asked_where_its_word_is_unknown(tmp_path, word):
    first, _ = money_table(tmp_path, "其中", [word, "县级"])
    assert "funding" in [issue.field for issue in first.issues if issue.asks]


def test_an_amount_beside_those_who_share_it_is_theirs(tmp_path):
    sheet = (book := Workbook()).active
    sheet.append(["序号", "项目", "内容", "经费预算（元）", "经费渠道", "牵头单位"])
    sheet.append([1, "道路", "改造道路3条", 2600000, "市、区财政按比例分担", "县交通局"])
    sheet.append([2, "学校", "新建学校1所", 800000, "市财政、企业", "县教育局"])
    book.save(path := tmp_path / "table.xlsx")

    shared, listed = read_table(path, name=path.name).rows

    assert [(line.source, line.amount_wan) for line in shared.funding] == [("多级合计(mixed)", 260)]
    assert [(line.source, line.amount_wan) for line in listed.funding] == [("多级合计(mixed)", 80)]
