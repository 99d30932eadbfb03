"""What conftest.py promises to every other test."""

import threading

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import translation

from funding.models import FundingSource


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_rows_of_migrations_are_there_for_each_test_that_commits(attempt):
    assert FundingSource.objects.exists()


@pytest.mark.parametrize("attempt", [1, 2])
def test_rows_of_migrations_are_there_for_each_test_with_a_server(live_server, attempt):
    assert FundingSource.objects.exists()


@pytest.mark.parametrize("attempt", [1, 2])
def test_cache_and_language_are_fresh(attempt):
    assert cache.get("left_behind") is None
    assert translation.get_language() == "zh-hans"
    cache.set("left_behind", attempt)
    translation.activate("en")


def test_files_and_clock_are_the_tests_own():
    assert not default_storage.path("x").startswith(str(settings.VAR_DIR))
    assert settings.PORTAL_NOW is None


@pytest.mark.django_db(transaction=True)
def test_threads_have_connections_of_their_own():
    """Or a race between two people could not be tested."""
    others = []

    def note_connection():
        with connection.cursor():
            others.append(connection.connection)
        connection.close()

    thread = threading.Thread(target=note_connection)
    thread.start()
    thread.join()
    with connection.cursor():
        assert others[0] is not connection.connection
