"""Where the database gives up waiting for a lock the person is told, keeps the text and sends it once more."""

import html
import re
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, transaction

from departments import clock, locks
from minsheng import busy
from projects.models import MonthlyReport, SubItem
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.life import draft

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "写了很久的一段话。\n“第二行”。"


@pytest.fixture
def world(world, settings):
    """The clock also for the other thread."""
    settings.PORTAL_NOW = datetime(2023, 9, 20, 9, tzinfo=clock.ZONE)
    return world


@contextmanager
def held_elsewhere(world):
    """Another transaction holds the sub-item, and this connection soon gives up waiting for it."""
    holding, done = Event(), Event()

    def hold():
        with transaction.atomic():
            locks.hold(SubItem, world.sub_item.pk)
            holding.set()
            done.wait(timeout=30)
        connection.close()

    other = Thread(target=hold)
    other.start()
    assert holding.wait(timeout=30)
    patience("300")
    try:
        yield
    finally:
        done.set()
        other.join()
        patience("20000")


def patience(milliseconds):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        else:
            cursor.execute(f"SET lock_timeout = {milliseconds}")


def test_the_step_is_not_taken_and_one_click_repeats_it(world, client):
    client.force_login(world.clerk)
    data = typed(world, progress=TEXT, step="save")
    with held_elsewhere(world):
        answer = client.post(address(world), data)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert not MonthlyReport.objects.exists()

    page = answer.content.decode()
    assert "请再试一次" in page
    card = page.partition('class="error-card"')[2].partition("</form>")[0]
    again = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', card))
    again.pop("csrfmiddlewaretoken")
    again = {name: html.unescape(value) for name, value in again.items()}
    assert again == {name: str(value) for name, value in data.items()}
    assert client.post(address(world), again).status_code == 302
    assert MonthlyReport.objects.get().progress.splitlines() == TEXT.splitlines()


def test_a_part_of_a_page_is_told_without_one(world, client):
    client.force_login(world.clerk)
    with held_elsewhere(world):
        answer = client.post(f"{address(world)}autosave/", typed(world), HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.content) == (503, b"")


def test_of_a_deadlock_one_step_is_whole_and_the_other_is_told(world, client, locks_in_order):
    """A transaction that breaks the order, as none of ours does, against a draft."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one lock for everything")
    report = draft(world)
    client.force_login(world.clerk)
    upwards, ends = Event(), []

    def break_the_order():
        try:
            with transaction.atomic():
                MonthlyReport.objects.select_for_update().get(pk=report.pk)
                upwards.set()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(0.4)")
                locks.hold(SubItem, world.sub_item.pk)
        except OperationalError as error:
            ends.append(busy.gave_up(error))
        finally:
            connection.close()

    other = Thread(target=break_the_order)
    other.start()
    assert upwards.wait(timeout=30)
    answer = client.post(address(world), typed(world, progress=TEXT, version=str(report.version)))
    other.join()
    locks_in_order.found.clear()  # it was broken on purpose
    # PostgreSQL chooses which one ends.
    assert (answer.status_code, ends) in ((503, []), (302, [True]), (409, [True]))
    assert MonthlyReport.objects.get().version == (1 if answer.status_code != 302 else 2)


@pytest.mark.parametrize("sent", [{"password": "minsheng-2023"}, {"old_password": "x", "new_password1": "y"}])
def test_a_password_does_not_stand_in_the_page(rf, sent):
    request = rf.post("/accounts/login/", {"login": "fazhan", **sent})
    assert busy._typed(request) is None


def test_other_errors_are_errors():
    assert not busy.gave_up(OperationalError("server closed the connection unexpectedly"))
    assert not busy.gave_up(ValueError())
