"""The command: the way of the page in one go, or nothing and one clear line."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from minsheng.task_table.models import ImportBatch
from projects.models import Programme, Responsibility
from tests.factories.departments import UserFactory
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


def test_it_imports_and_says_what_is_open(zone):
    said = run()

    assert "10 projects, 22 sub-items" in said
    assert [line.split()[:3] for line in said.splitlines() if "stays open" in line] == [
        ["row", "8:", "试点街道"],
        ["row", "11:", "交通局"],
    ]
    assert ImportBatch.objects.get().state == "committed"


def test_it_imports_for_a_person(zone):
    person = UserFactory(username="import")

    run(SEED, "--by", "import")

    assert ImportBatch.objects.get().committed_by == person


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

    assert (ImportBatch.objects.count(), Programme.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["none.xlsx", "text.xlsx", "."])
def test_a_file_that_is_none_is_named(zone, tmp_path, name):
    (tmp_path / "text.xlsx").write_text("no workbook")

    with pytest.raises(CommandError):
        run(tmp_path / name)

    assert (ImportBatch.objects.count(), Programme.objects.count()) == (0, 0)


def test_a_refused_import_leaves_no_file(zone, saved):
    def files():
        return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}

    before = files()
    with pytest.raises(CommandError):
        run(saved(("交通局", "")))

    assert files() == before
