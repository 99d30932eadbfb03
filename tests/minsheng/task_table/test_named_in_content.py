"""Dates and amounts that only the content of a task names: told, and taken where a person says so."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from departments import audit
from departments.errors import DomainError
from minsheng.task_table import defaults, named_defaults, services, steps
from minsheng.task_table.corrections import standing
from minsheng.task_table.reread import reread
from tests.minsheng.task_table.small import address, fresh, row_of, written
from tests.minsheng.task_table.tables import read
from tests.minsheng.task_table.test_review_defaults import stale

HEADER = ["序号", "项目名称", "建设内容", "主办单位"]
CONTENTS = [
    "新建公园1处，4月开工，11月底前建成。计划投资300万元，其中区财政200万元。",
    "改造道路3条，6月底前完成主体，12月20日前竣工。所需资金50万元由区级财政列支。",
    "开展培训5期，6月底前完成3期，10月底前完成2期。每人补助100元。",
]


def table(*contents, header=HEADER, more=(), title=None):
    made = openpyxl.Workbook()
    if title:
        made.active.append([title])
    made.active.append([*header])
    for number, content in enumerate(contents, start=1):
        made.active.append([number, f"项目{number}", content, "财政金融局", *more])
    file = io.BytesIO()
    made.save(file)
    return SimpleUploadedFile("表.xlsx", file.getvalue())


@pytest.fixture
def batch(stage):
    return stage(table(*CONTENTS))


def told(row):
    return [
        (issue.code, issue.params["text"], issue.asks)
        for issue in row.issues
        if issue.code in ("content_names_day", "content_states_money")
    ]


def test_rows_tell_what_their_content_names_and_take_nothing():
    first, second, third = read(HEADER, *([n, f"事{n}", text, "财政局"] for n, text in enumerate(CONTENTS, 1))).rows

    assert told(first) == [
        ("content_names_day", "11月底前建成", False),
        ("content_states_money", "计划投资300万元,其中区财政200万元", False),
    ]
    assert told(second)[0] == ("content_names_day", "12月20日前竣工", False)
    assert told(third) == []
    assert [(row.deadline, row.deadline_status, row.funding, row.funding_totals) for row in (first, second, third)] == [
        (None, "missing", (), ())
    ] * 3
    assert not any(issue.asks for row in (first, second) for issue in row.issues)
    assert "内容中写有时限“11月底前建成”，未作为完成时限读入。" in [issue.message for issue in first.issues]


def test_what_a_column_tells_is_not_told_of_the_content():
    header = [*HEADER, "完成时限", "资金来源"]
    dated, blank = read(
        header,
        [1, "甲", CONTENTS[0], "财政局", "2023年10月底", "区财政10万元"],
        [2, "乙", CONTENTS[0], "财政局", "", ""],
    ).rows
    assert (told(dated), [code for code, *_rest in told(blank)]) == ([], ["content_names_day"])


@pytest.mark.parametrize(
    "content",
    [
        "2022年底前已完成2处，今年续建。",
        "每年6月底前完成1次检查。",
        "9月底前完成年度投资2亿元。",
        "9月底前开工建设。",
        "全年开展培训。",
        "2023年底完成70%。",
        "2月30日前完成。",
    ],
)
def test_no_other_date_is_one_of_completion(content):
    (row,) = read(HEADER, [1, "甲", content, "财政局"]).rows
    assert [one for one in told(row) if one[0] == "content_names_day"] == []


@pytest.mark.parametrize("content", ["发放创业贷款3亿元。", "每人每月补助100元。", "实现产值5亿元。"])
def test_no_other_money_is_funding(content):
    (row,) = read(HEADER, [1, "甲", content, "财政局"]).rows
    assert told(row) == []


def test_dates_of_the_contents_are_taken_as_a_persons_word(batch, importer):
    assert named_defaults.default_days(batch, by=importer) == 2
    assert named_defaults.default_days(batch, by=importer) == 0
    assert defaults.default_deadline(batch, date(2023, 12, 31), by=importer) == 1

    first, second, third = services.commit(fresh(batch), by=importer, passing=True).sub_items.order_by("position")
    assert [(one.deadline, one.deadline_precision) for one in (first, second, third)] == [
        (date(2023, 11, 30), "month"), (date(2023, 12, 20), "day"), (date(2023, 12, 31), "year"),
    ]  # fmt: skip
    assert first.deadline_note == f"取自项目内容所写时限，导入时由{audit.signature(importer)}统一采用。"
    assert {one.by for one in batch.decisions.filter(step="default")} == {importer}


def test_amounts_of_the_contents_are_taken_with_their_stage(batch, importer):
    assert named_defaults.default_money(batch, by=importer) == 2
    assert named_defaults.default_money(batch, by=importer) == 0

    money = standing(row_of(batch, 2), "money")
    assert [(one["source"], one["amount_wan"], one["stage"]) for one in money["funding"]] == [
        ("区级财政", "200", "planned")
    ]
    assert [(one["kind"], one["amount_wan"]) for one in money["funding_totals"]] == [("total_investment", "300")]
    assert standing(row_of(batch, 4), "money")["funding"] == []
    first, second, third = services.commit(fresh(batch), by=importer, passing=True).sub_items.order_by("position")
    lines = [[(line.source_id, line.planned) for line in one.funding_lines.all()] for one in (first, second, third)]
    assert [len(one) for one in lines] == [1, 1, 0]
    assert (first.funding_lines.get().planned, second.funding_lines.get().planned) == (2_000_000, 500_000)


WHAT = [("days", "deadline"), ("amounts", "money")]


@pytest.mark.parametrize(("what", "part"), WHAT)
def test_rows_a_person_answered_are_left_alone(batch, importer, bob, what, part):
    values = {
        "deadline": {**standing(row_of(batch, 2), part), "deadline": "2023-10-31", "deadline_precision": "month"},
        "money": {"funding": [], "funding_totals": [{"kind": "sum", "amount_wan": "1", "approx": False, "text": "",
                                                     "reference_year": None}]},
    }[part]  # fmt: skip
    steps.correct(batch, 2, part, values, seen=0, by=bob)

    assert named_defaults.DEFAULTS[what](fresh(batch), by=importer) == 1
    assert row_of(batch, 2).corrections[part]["by_name"] == audit.signature(bob)


@pytest.mark.parametrize(("what", "part"), WHAT)
def test_content_that_a_person_wrote_anew_names_it_no_longer(batch, importer, bob, what, part):
    steps.correct(batch, 2, "content", {"content": "新建公园1处。", "kind": "other"}, seen=0, by=bob)

    assert named_defaults.DEFAULTS[what](fresh(batch), by=importer) == 1
    assert part not in row_of(batch, 2).corrections


@pytest.mark.parametrize(
    ("what", "shown"),
    [("days", ["2023-11-30", "“11月底前建成”"]), ("amounts", ["计划", "200万元", "“计划投资300万元"])],
)
def test_page_shows_what_is_taken_and_takes_it(alice, batch, importer, what, shown):
    page = alice.get(address(batch, "batch")).content.decode()
    assert all(words in page for words in shown)

    data = stale(alice, batch, what)
    assert alice.post(address(batch, "default"), data).status_code == 302

    assert {(one.row, one.by) for one in batch.decisions.filter(step="default")} == {(2, importer), (3, importer)}
    assert f'name="what" value="{what}"' not in alice.get(address(batch, "batch")).content.decode()
    assert alice.post(address(batch, "default"), data).status_code == 302  # a second click takes nothing more
    assert batch.decisions.filter(step="default").count() == 2


@pytest.mark.parametrize(("what", "part"), WHAT)
def test_stale_page_takes_what_it_showed_and_nothing_else(alice, batch, bob, what, part):
    steps.leave_out(batch, 3, reason="不列入", by=bob)
    data = stale(alice, batch, what)
    steps.take_in(batch, 3, by=bob)
    before = written(batch)

    page = alice.post(address(batch, "default"), data)

    assert (page.status_code, written(batch)) == (409, before)
    assert page.context["wrong"]["text"] in page.content.decode()
    reread(fresh(batch), sheet=batch.sheet_read, mapping={}, version=fresh(batch).version, by=bob)
    assert alice.post(address(batch, "default"), data).status_code == 409


def test_what_cannot_be_a_deadline_is_not_offered(stage):
    batch = stage(table("新建公园1处，2035年11月底前建成。"))
    with pytest.raises(DomainError):
        defaults.default_deadline(batch, date(2035, 11, 30), by=None)
    assert named_defaults.days_named(batch, list(batch.rows.all())) == []


def test_money_of_an_earlier_year_is_shown_and_taken_as_such(alice, stage, importer):
    batch = stage(table("改造道路3条。总投资500万元，2022年已到位中央资金200万元，2023年区级财政安排300万元。"))
    assert "200万元 （2022年，仅供参考）" in alice.get(address(batch, "batch")).content.decode()

    named_defaults.default_money(batch, by=importer)

    money = standing(row_of(batch, 2), "money")["funding"]
    assert [(one["amount_wan"], one["reference_year"]) for one in money] == [("200", 2022), ("300", None)]


def test_level_of_the_table_says_whose_money_it_is(stage, importer):
    batch = stage(table("改造道路3条。所需资金50万元由本级财政列支。", title="江州市2023年民生实事任务表"))
    (one,) = named_defaults.money_named(batch, list(batch.rows.all()))
    assert one.values["funding"][0]["source"] == "市级"
