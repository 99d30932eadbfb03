"""Staging, deciding, confirming, discarding, undoing: all or nothing, once, and on record."""

import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from departments import clock
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.models import AuditEvent, Department, DepartmentAlias
from departments.permissions import IMPORT_TABLE
from funding.models import FundingLine
from minsheng.daily import tick
from minsheng.task_table import services
from minsheng.task_table.decisions import Choice, MustChoose
from minsheng.task_table.models import ImportBatch, StagedRow
from projects.models import Programme, Project, Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import MonthlyReportFactory

STREETS = ["洸河街道", "柳行街道", "黄屯街道", "王因街道", "接庄街道"]
SURE = ("财政金融局", "经济发展局")


def unit(name):
    return Department.objects.get(name=name)


def kept_files():
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def in_the_domain():
    tables = (Programme, Project, SubItem, Responsibility, FundingLine)
    return [table.objects.count() for table in tables]


@pytest.fixture(autouse=True)
def _no_files_before():
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


# --- staging


def test_staging_writes_nothing_to_the_domain(stage, seed, importer):
    batch = stage(seed())

    assert in_the_domain() == [0] * 5
    assert (batch.state, batch.rows.count(), batch.uploaded_by) == ("staged", 22, importer)
    assert (batch.file_name, batch.size) == ("任务分解表.xlsx", default_storage.size(batch.file.name))
    assert AuditEvent.objects.get(action="import.stage").details["rows"] == 22


@pytest.mark.parametrize(
    "content",
    [b"", b"not a workbook", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600],
)
def test_what_is_no_task_table_is_refused_and_leaves_nothing(stage, content):
    with pytest.raises(DomainError):
        stage(SimpleUploadedFile("表.xlsx", content))

    assert (ImportBatch.objects.count(), StagedRow.objects.count(), kept_files()) == (0, 0, [])


def test_file_is_removed_again_when_the_batch_cannot_be_kept(table, zone):
    nobody = UserFactory.build()  # a person the database does not know

    with pytest.raises(ValueError, match="unsaved"):
        services.stage(table(SURE), jurisdiction=zone, year=2023, programme="民生实事", by=nobody)

    assert (ImportBatch.objects.count(), kept_files()) == (0, [])


@pytest.mark.parametrize(("year", "name"), [(1999, "民生实事"), (10**20, "民生实事"), (2023, " "), (2023, "项" * 61)])
def test_a_year_or_name_that_is_none_is_refused(stage, table, year, name):
    with pytest.raises(DomainError):
        stage(table(SURE), name, year)

    assert (ImportBatch.objects.count(), kept_files()) == (0, [])


def test_the_same_file_is_refused_under_any_name(stage, table, importer):
    file = table(SURE)
    services.commit(stage(file), by=importer)
    file.seek(0)

    with pytest.raises(DomainError, match="没有任何变化"):
        stage(file)
    file.seek(0)
    with pytest.raises(DomainError, match="民生实事"):
        stage(file, "重点工作")

    assert (ImportBatch.objects.count(), Programme.objects.count()) == (1, 1)


def test_another_table_of_the_same_programme_is_an_update(stage, table, importer):
    services.commit(stage(table(SURE)), by=importer)

    batch = stage(table(SURE, SURE))

    assert batch.is_update
    with pytest.raises(DomainError, match="查看差异"):
        services.commit(batch, by=importer)
    assert SubItem.objects.count() == 1


def test_two_staged_batches_of_one_programme_become_one(stage, table, importer):
    first, second = stage(table(SURE)), stage(table(SURE, SURE))
    services.commit(first, by=importer)

    with pytest.raises(services.ProgrammeExists):
        services.commit(second, by=importer)

    second.refresh_from_db()
    assert (second.state, SubItem.objects.count()) == ("staged", 1)


# --- confirming


def test_what_is_written_is_what_was_staged_not_what_the_file_or_the_units_say_now(stage, table, importer):
    batch = stage(table(("财政金融局", "交通局")))
    DepartmentAlias.objects.create(
        jurisdiction=batch.jurisdiction, text="交通局", plain="交通局", department=unit("城乡建设和交通局")
    )
    with default_storage.open(batch.file.name, "wb") as file:
        file.write(b"something else")

    services.commit(batch, by=importer)

    assert list(Responsibility.objects.filter(department=None).values_list("stated_as", flat=True)) == ["交通局"]


@pytest.mark.parametrize(
    ("leads", "chosen"),
    [("各街道", "柳行街道"), ("交通局", "城乡建设和交通局"), ("试点街道", "王因街道"), ("", "公安分局")],
)
def test_where_the_first_lead_is_no_one_unit_a_person_chooses(stage, table, importer, leads, chosen):
    batch = stage(table(SURE, (leads, "财政金融局"), SURE))

    with pytest.raises(MustChoose, match="3") as refused:
        services.commit(batch, by=importer)
    assert (refused.value.rows, in_the_domain()) == ([3], [0] * 5)

    services.commit(batch, by=importer, choices={3: Choice(filing=unit(chosen).pk)})
    files = Responsibility.objects.get(sub_item__position=2, files=True)
    assert (files.department.name, files.stated_as, files.role) == (chosen, leads, "lead")


def test_streets_that_lead_all_stay_leads_when_one_of_them_files(stage, table, importer):
    batch = stage(table(("各街道", "柳行街道\n财政金融局")))

    services.commit(batch, by=importer, choices={2: Choice(filing=unit("黄屯街道").pk)})

    roles = Responsibility.objects.values_list("department__name", "role", "files")
    assert set(roles) == {(name, "lead", name == "黄屯街道") for name in STREETS} | {("财政金融局", "assist", False)}


def test_a_unit_that_does_not_lead_cannot_be_chosen_where_the_streets_do(stage, table, importer):
    batch = stage(table(("各街道", "财政金融局")))

    with pytest.raises(DomainError, match="财政金融局"):
        services.commit(batch, by=importer, choices={2: Choice(filing=unit("财政金融局").pk)})

    assert in_the_domain() == [0] * 5


def test_members_of_an_open_group_may_be_named(stage, table, importer):
    batch = stage(table(("财政金融局", "试点街道")))
    named = [unit("王因街道").pk, unit("洸河街道").pk]

    services.commit(batch, by=importer, choices={2: Choice(named={"试点街道": named})})

    roles = Responsibility.objects.filter(role="assist").values_list(
        "department__name", "stated_as", "group_origin__name"
    )
    assert list(roles) == [("王因街道", "试点街道", "试点街道"), ("洸河街道", "试点街道", "试点街道")]


def test_units_of_elsewhere_cannot_be_chosen(stage, table, importer):
    batch = stage(table(("交通局", "财政金融局")))
    elsewhere = DepartmentFactory()

    for choice in (Choice(filing=elsewhere.pk), Choice(named={"交通局": [elsewhere.pk]})):
        with pytest.raises(DomainError):
            services.decide(batch, {2: choice}, by=importer)

    assert batch.rows.get().decisions == {}


def test_a_name_that_is_known_is_not_named_again(stage, table, importer):
    batch = stage(table(SURE))

    with pytest.raises(DomainError):
        services.decide(batch, {2: Choice(named={"财政金融局": [unit("公安分局").pk]})}, by=importer)


def test_decisions_are_kept_counted_and_on_record(stage, table, importer):
    batch = stage(table(("交通局", "财政金融局")))
    choices = {2: Choice(named={"交通局": [unit("城乡建设和交通局").pk]})}

    services.decide(batch, choices, by=importer, version=0)
    services.decide(batch, choices, by=importer, version=1)

    batch.refresh_from_db()
    assert (batch.version, AuditEvent.objects.filter(action="import.decide").count()) == (1, 1)
    programme = services.commit(batch, by=importer, version=1)
    assert programme.sub_items.get().responsibilities.get(files=True).department.name == "城乡建设和交通局"


def test_nobody_confirms_what_he_has_not_seen(stage, table, importer):
    batch = stage(table(("交通局", "财政金融局")))
    services.decide(batch, {2: Choice(filing=unit("公安分局").pk)}, by=importer)

    with pytest.raises(Conflict):
        services.commit(batch, by=importer, version=0)

    assert in_the_domain() == [0] * 5


def test_a_unit_that_went_since_stops_the_import(stage, table, importer):
    batch = stage(table(("高新控股集团", "财政金融局")))
    unit("高新控股集团").delete()

    with pytest.raises(DomainError):
        services.commit(batch, by=importer)

    assert in_the_domain() == [0] * 5


def test_a_fault_in_the_last_row_leaves_nothing_of_the_first(stage, table, importer):
    batch = stage(table(SURE, SURE))
    last = batch.rows.get(position=2)
    (line,) = last.reading["funding"]
    last.reading = {**last.reading, "funding": [{**line, "amount_wan": "0.0000001"}]}  # less than a fen
    last.save()

    with pytest.raises(DomainError):
        services.commit(batch, by=importer)

    batch.refresh_from_db()
    assert (batch.state, in_the_domain()) == ("staged", [0] * 5)


def test_whoever_confirms_twice_gets_one_programme_and_another_is_told(stage, table, importer, zone):
    batch = stage(table(SURE))
    first = services.commit(batch, by=importer)

    assert services.commit(batch, by=importer) == first
    with pytest.raises(IllegalTransition):
        services.commit(batch, by=UserFactory(grants={zone: [IMPORT_TABLE]}))

    assert (Programme.objects.count(), AuditEvent.objects.filter(action="import.commit").count()) == (1, 1)


def test_a_discarded_table_stays_and_is_not_confirmed(stage, table, importer):
    batch = stage(table(SURE))
    services.discard(batch, by=importer)
    services.discard(batch, by=importer)

    with pytest.raises(IllegalTransition):
        services.commit(batch, by=importer)

    batch.refresh_from_db()
    assert (batch.state, batch.ended_by, default_storage.exists(batch.file.name)) == ("discarded", importer, True)
    assert AuditEvent.objects.filter(action="import.discard").count() == 1


# --- undoing


def test_undo_takes_everything_back_and_keeps_the_record(stage, table, importer):
    file = table(SURE, SURE)
    batch = stage(file)
    services.commit(batch, by=importer)

    services.undo(batch, by=importer, reason="年份有误")
    services.undo(batch, by=importer, reason="年份有误")

    batch.refresh_from_db()
    assert in_the_domain() == [0] * 5
    assert (batch.state, batch.programme, batch.ended_by, batch.ended_reason) == ("undone", None, importer, "年份有误")
    assert (batch.rows.count(), default_storage.exists(batch.file.name)) == (2, True)
    assert AuditEvent.objects.filter(action="import.undo").count() == 1
    file.seek(0)
    assert services.commit(stage(file), by=importer).sub_items.count() == 2


def test_undo_wants_a_reason(stage, table, importer):
    batch = stage(table(SURE))
    services.commit(batch, by=importer)

    with pytest.raises(DomainError):
        services.undo(batch, by=importer, reason="  ")

    assert Programme.objects.count() == 1


def test_undo_is_refused_once_a_report_was_begun(stage, table, importer):
    batch = stage(table(SURE))
    programme = services.commit(batch, by=importer)
    MonthlyReportFactory(sub_item=programme.sub_items.get())
    before = in_the_domain()

    with pytest.raises(DomainError):
        services.undo(batch, by=importer, reason="年份有误")

    batch.refresh_from_db()
    assert (batch.state, in_the_domain()) == ("committed", before)


# --- at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_batch", [True, False])
def test_two_people_confirm_at_once(stage, table, importer, zone, same_batch):
    first = stage(table(SURE))
    second = first if same_batch else stage(table(SURE, SURE))
    other = UserFactory(grants={zone: [IMPORT_TABLE]})
    barrier = Barrier(2)

    def confirm(batch, by):
        try:
            barrier.wait(timeout=20)
            services.commit(batch, by=by)
        except DomainError:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = Counter(pool.map(confirm, (first, second), (importer, other)))

    assert (ends, Programme.objects.count()) == ({"done": 1, "refused": 1}, 1)


def test_undo_works_after_months_have_locked_without_a_report(stage, table, importer):
    """A table of a year gone by: the daily run locks its months, and still nobody has filed."""
    batch = stage(table(SURE))
    programme = services.commit(batch, by=importer)
    with clock.at(datetime(2024, 3, 1, tzinfo=clock.ZONE)):
        assert tick(programme).kept > 0
        services.undo(batch, by=importer, reason="年份有误")

    assert (Programme.objects.count(), SubItem.objects.count()) == (0, 0)
