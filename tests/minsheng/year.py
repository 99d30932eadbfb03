"""The demo's year and two tables that wait to be imported, as many tests look at them.

Filling takes half a minute, so it is done once in a run, by whichever process comes first; every other test puts the
same rows and files back, in a second.
"""

import fcntl
import pickle
import shutil
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as portal
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from openpyxl import load_workbook

from departments import clock
from departments.models import Jurisdiction, User
from minsheng.task_table import services as tables

ROOT = Path(__file__).resolve().parents[2]
OTHER = ROOT / "tests" / "data" / "task_tables" / "a03_province_money_2020.xlsx"  # of another government: it asks
NOW = datetime(2023, 10, 20, 9, tzinfo=clock.ZONE)
KEPT = {"contenttypes", "auth"}  # what each database wrote as it was migrated; the rows of the year name none of it


@pytest.fixture
def fill_year(request, settings, tmp_path_factory, worker_id) -> Callable[[], None]:
    """Fills the test's database, whether the test commits or not. The portal's clock stands at ``NOW``."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "year"

    def fill():
        settings.PORTAL_NOW = NOW
        settings.PORTAL_OFFICE = "济宁高新区党政办公室"
        shared.mkdir(exist_ok=True)
        with (shared / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            is_first = not (shared / "rows").exists()
            if is_first:
                _fill()
                _keep(shared)
        if not is_first:
            _put_back(shared)
        if connection.vendor == "postgresql":  # no daily work of the server has counted these rows
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    return fill


def _fill():
    call_command("seed_demo", verbosity=0)
    importer = User.objects.get(username="daoru")
    of = {"jurisdiction": Jurisdiction.objects.get(code="370871"), "year": 2023, "by": importer}
    tables.stage(ContentFile(_with_more_sheets(), OTHER.name), programme="重点工作", **of)
    book = load_workbook(ROOT / "fixtures" / "task_table_2023.xlsx")
    cell = next(cell for line in book.active.iter_rows() for cell in line if "道路改造工程" in str(cell.value))
    cell.value = f"{cell.value}新增路灯20盏。"
    changed = BytesIO()
    book.save(changed)
    tables.stage(ContentFile(changed.getvalue(), "调整后的任务分解表.xlsx"), programme="民生实事", **of)


def _with_more_sheets():
    """The other government's table with a sheet that goes on without a header, one of the same form, and contacts."""
    book = load_workbook(OTHER)
    rows = [[cell.value for cell in line] for line in book.active.iter_rows()]
    header = next(at for at, row in enumerate(rows) if sum(value is not None for value in row) > 3)
    tasks = [row for row in rows[header + 1 :] if row[0] and row[2]][:4]
    for name, shown in (("续表", tasks[:2]), ("教育类", [rows[header], *tasks[2:]])):
        sheet = book.create_sheet(name)
        for row in shown:
            sheet.append([f"{value}（新增）" if isinstance(value, str) and len(value) > 20 else value for value in row])
    contacts = book.create_sheet("联系方式")
    for row in (["姓名", "电话"], ["王某某", "0537-1234567"]):
        contacts.append(row)
    changed = BytesIO()
    book.save(changed)
    return changed.getvalue()


def batched(rows, size):
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def _models():
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.app_label not in KEPT]


def _keep(shared):
    rows = {}
    with connection.cursor() as cursor:
        for model in _models():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows[model._meta.db_table] = [column[0] for column in cursor.description], cursor.fetchall()
    shutil.copytree(portal.MEDIA_ROOT, shared / "media", dirs_exist_ok=True)
    written = shared / "rows.part"
    written.write_bytes(pickle.dumps(rows))
    written.rename(shared / "rows")


def _put_back(shared):
    """Names of tables and columns are the models' own. References are checked as the transaction ends."""
    quote = connection.ops.quote_name
    rows = pickle.loads((shared / "rows").read_bytes())
    shutil.copytree(shared / "media", portal.MEDIA_ROOT, dirs_exist_ok=True)
    with transaction.atomic(), connection.cursor() as cursor:
        for model in _models():
            names, values = rows[model._meta.db_table]
            if model._base_manager.exists():
                cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")
            into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, names))})"
            for some in batched(values, 900 // len(names)):
                marks = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(some))
                cursor.execute(f"INSERT INTO {into} VALUES {marks}", [value for row in some for value in row])
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
