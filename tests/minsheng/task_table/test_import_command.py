"""The command: the way of the page in one go, or nothing and one clear line."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from departments import audit
from departments.permissions import IMPORT_TABLE, OVERSEE
from minsheng.task_table.models import ImportBatch, ImportDecision
from projects.models import Programme, Responsibility
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.minsheng.task_table.conftest import FIXTURES

SEED = str(FIXTURES / "task_table_2023.xlsx")


def run(file=SEED, *more, jurisdiction="370871", year="2023", programme="民生实事"):
    out = StringIO()
    options = ["--jurisdiction", jurisdiction, "--year", year, "--programme", programme]
    call_command("import_task_table", str(file), *options, *more, stdout=out)
    return out.getvalue()


@pytest.fixture
def saved(table, tmp_path):
    def save(*rows):
        path = tmp_path / "表.xlsx"
        path.write_bytes(table(*rows).read())
        return path

    return save


SURE = ("财政金融局", "")
OPEN = ("财政金融局", "不知道的单位")


def written():
    return ImportBatch.objects.count(), Programme.objects.count()


def test_a_table_that_leaves_nothing_open_is_imported(zone, saved):
    said = run(saved(SURE, SURE))

    assert said.splitlines()[0] == f"“{Programme.objects.get()}”：2个项目、2个子项。"
    assert (ImportBatch.objects.get().state, ImportBatch.objects.get().committed_by) == ("committed", None)


def test_it_imports_for_a_person(zone, saved):
    person = UserFactory(username="import", grants={zone: [IMPORT_TABLE]})

    run(saved(SURE), "--by", "import")

    assert ImportBatch.objects.get().committed_by == person


def test_what_is_open_is_said_row_by_row_and_nothing_is_written(zone, saved):
    with pytest.raises(CommandError) as refused:
        run(saved(SURE, OPEN, OPEN))

    first, *rows, last = str(refused.value).splitlines()
    assert "2处" in first
    assert "--accept-open" in last
    assert [row.split("：")[0] for row in rows] == ["  第3行", "  第4行"]
    assert all("不知道的单位" in row for row in rows)
    assert written() == (0, 0)


def test_only_a_person_lets_open_questions_pass(zone, saved):
    with pytest.raises(CommandError, match="谁"):
        run(saved(OPEN), "--accept-open")

    assert written() == (0, 0)


@pytest.mark.parametrize("more", [[], ["--accept-open"]])
def test_it_imports_for_nobody_who_may_not_import(zone, saved, more):
    UserFactory(username="import", grants={JurisdictionFactory(): [IMPORT_TABLE], zone: [OVERSEE]})

    with pytest.raises(CommandError, match="无权导入") as refused:
        run(saved(SURE), "--by", "import", *more)

    assert str(zone) in str(refused.value)
    assert written() == (0, 0)


def test_table_that_was_saved_again_wants_the_word_of_a_person(zone, saved):
    run(saved(SURE, SURE))
    UserFactory(username="import", grants={zone: [IMPORT_TABLE]})
    before = written()

    for more in ([], ["--apart"]):
        with pytest.raises(CommandError, match="由何人导入" if more else "--apart"):
            run(saved(SURE, (*SURE, "财政资金9万元")), *more, programme="重点工作")
        assert written() == before
    run(saved(SURE, (*SURE, "财政资金9万元")), "--apart", "--by", "import", programme="重点工作")

    assert ImportDecision.objects.get(step="apart").by.username == "import"
    assert Programme.objects.count() == 2


def test_who_lets_open_questions_pass_is_on_record(zone):
    person = UserFactory(username="import", grants={zone: [IMPORT_TABLE]})

    said = run(SEED, "--by", "import", "--accept-open")

    assert "10个项目、22个子项" in said
    passed = ImportDecision.objects.filter(step="pass")
    assert {one.by for one in passed} == {person}
    assert [line.split("：")[0] for line in said.splitlines() if line.startswith("  第")] == [
        f"  第{one.row}行" for one in passed
    ]
    assert [one.row for one in passed] == [3, 8, 11]
    assert audit.signature(person) in said


def test_a_filing_unit_is_given_by_row_and_name(zone, saved):
    file = saved(("各街道", "财政金融局"))
    with pytest.raises(CommandError, match="2"):
        run(file)

    run(file, "--filing-unit", "2=柳行街道")

    assert Responsibility.objects.get(files=True).department.name == "柳行街道"


@pytest.mark.parametrize(
    ("options", "more", "said"),
    [
        ({"jurisdiction": "999999"}, [], "999999"),
        ({"year": "1066"}, [], "2000"),
        ({"programme": " "}, [], "."),
        ({}, ["--by", "nobody"], "nobody"),
        ({}, ["--filing-unit", "99=柳行街道"], "99"),
        ({}, ["--filing-unit", "3=没有的单位"], "没有的单位"),
        ({}, ["--filing-unit", "柳行街道"], "ROW=NAME"),
    ],
)
def test_a_refusal_writes_nothing(zone, options, more, said):
    with pytest.raises(CommandError, match=said):
        run(SEED, *more, **options)

    assert written() == (0, 0)


@pytest.mark.parametrize("name", ["none.xlsx", "text.xlsx", "."])
def test_a_file_that_is_none_is_named(zone, tmp_path, name):
    (tmp_path / "text.xlsx").write_text("no workbook")

    with pytest.raises(CommandError):
        run(tmp_path / name)

    assert written() == (0, 0)


def test_a_refused_import_leaves_no_file(zone, saved):
    def files():
        return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}

    before = files()
    with pytest.raises(CommandError):
        run(saved(("交通局", "")))

    assert files() == before
