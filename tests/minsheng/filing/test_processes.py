"""Eight processes file at once over one database, as the portal's settings open it: none is refused, none is lost."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from departments.permissions import FILE_REPORT
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import SubItemFactory, TargetFactory
from tests.minsheng.pairs import MANY

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = 8
EACH = max(5, MANY // 4)


@pytest.fixture
def clerks(world):
    """Eight, the first two of one unit, each with items of his own."""
    found = {}
    for number in range(PROCESSES):
        unit = world.unit if number < 2 else DepartmentFactory(jurisdiction=world.jurisdiction)
        clerk = UserFactory(department=unit, grants={unit: [FILE_REPORT]})
        found[clerk] = SubItemFactory.create_batch(EACH, project=world.sub_item.project, lead=unit)
        for item in found[clerk]:
            TargetFactory(sub_item=item)
            FundingLineFactory(sub_item=item)
    return found


@pytest.fixture
def portal(clerks, tmp_path):
    """Runs the portal's own processes over a copy of what the test has written (SQLite), or over the same database."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORTAL_ENV")}
    env |= {
        "DJANGO_SETTINGS_MODULE": "minsheng.settings",
        "PORTAL_NOW": "2023-09-20T09:00",
        "PORTAL_VAR": str(tmp_path),
        "LOG_LEVEL": "ERROR",
    }
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        env["DATABASE_URL"] = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"

    else:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "portal.sqlite3")])

    def start(*arguments):
        command = [sys.executable, "-m", "tests.minsheng.filing.process", *map(str, arguments)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, **pipes)

    return start


def answer_of(process):
    said, _errors = process.communicate(timeout=240)
    assert process.returncode == 0
    return json.loads(said.splitlines()[-1])


def test_eight_processes_file_at_once(clerks, world, portal):
    processes = [
        portal("file", world.september.pk, clerk.pk, *(item.pk for item in items)) for clerk, items in clerks.items()
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    acknowledged = {}
    for process in processes:
        acknowledged |= answer_of(process)

    assert [one for one in acknowledged.values() if "refused" in one] == []
    stored = answer_of(portal("check", world.september.pk))
    assert len(acknowledged) == PROCESSES * EACH
    assert stored == {
        key: {"state": "submitted", "text": one["text"], "events": ["submitted"], "reached": ["300.0000"]}
        for key, one in acknowledged.items()
    }
