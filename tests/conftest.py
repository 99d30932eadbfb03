"""What all tests share: the portal's own settings, with what a test must not touch put aside.

The database is chosen by DATABASE_URL, SQLite otherwise; every test passes on both. Browser tests: see chromium.py.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from django.test import override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.chromium import browser_type_launch_args, find_chromium, new_context, page_log, sign_in
from tests.chromium import required as browser_required
from tests.lock_order import LockOrder

__all__ = ["browser_type_launch_args", "new_context", "page_log", "sign_in"]

# How fast a property runs is the machine's business: none fails because another process has the processor.
hypothesis_settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("portal")

_scratch = pytest.StashKey[Path]()
_lock_order = LockOrder()
_BROWSER_FIXTURES = {"browser", "browser_type", "context", "new_context", "page", "page_log"}
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_configure(config: pytest.Config) -> None:
    """Each process has a database file of its own.

    In memory, the threads of a live server and of a race between two people would share one connection,
    and SQLite would be another database than the one that runs.
    """
    scratch = config.stash[_scratch] = Path(tempfile.mkdtemp(prefix="minsheng-tests-"))
    database = portal_settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(scratch / "test.sqlite3")
        # A test need not survive a power cut.
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    connection_created.connect(_lock_order.watch)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_scratch], ignore_errors=True)


def pytest_report_header() -> str:
    chromium = find_chromium()
    if chromium.path:
        return f"browser tests: run, with {chromium.path}"
    return f"browser tests: {'FAIL' if browser_required() else 'SKIPPED'}, {chromium.missing}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        _put_rows_back(item)
        if _asks_no_database(item):
            item.add_marker(pytest.mark.no_database)


def _asks_no_database(item: pytest.Item) -> bool:
    """pytest-django refuses a test the database unless it says that it needs one. Those of the project as a whole
    (files right in ``tests``) start processes of their own, which have one.
    """
    fixtures = getattr(item, "fixturenames", ())
    told = item.get_closest_marker("django_db") is not None or bool(_DATABASE_FIXTURES.intersection(fixtures))
    return not told and item.path.parent != Path(__file__).parent


def _put_rows_back(item: pytest.Item) -> None:
    """A test that commits (a live server, threads) wipes the tables afterwards, and with them the rows that
    migrations wrote: Django's serialized rollback puts them back.
    """
    marker = item.get_closest_marker("django_db")
    options = dict(marker.kwargs) if marker else {"transaction": True}
    asked = {"live_server", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    if asked or (marker and options.get("transaction")):
        item.add_marker(pytest.mark.django_db(**options | {"serialized_rollback": True}), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Once Playwright's event loop runs in this thread, Django connects anew: that connection, too, knows the rows to
    put back.
    """
    with django_db_blocker.unblock():
        connection = connections[DEFAULT_DB_ALIAS]
        rows = getattr(connection, "_test_serialized_contents", None)
        if rows is not None:
            type(connection)._test_serialized_contents = rows


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests(tmp_path_factory):
    """Settings that would cost time, or reach outside of the test."""
    changed = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
            "progress": portal_settings.CACHES["progress"] | {"LOCATION": tmp_path_factory.mktemp("progress")},
        },
        STORAGES={
            **portal_settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        PORTAL_NOW=None,
    )
    with changed:
        yield


@pytest.fixture(autouse=True)
def locks_in_order():
    """Whatever a test does, its transactions lock rows in the one order (``departments/locks.py``)."""
    _lock_order.found.clear()
    yield _lock_order
    if _lock_order.found:
        pytest.fail("\n".join(dict.fromkeys(_lock_order.found)), pytrace=False)


@pytest.fixture(autouse=True)
def _as_if_alone():
    """No test sees what an earlier one left in the process: sign-in limits are counted in the cache, and a request
    leaves its language behind.
    """
    cache.clear()
    translation.deactivate()
