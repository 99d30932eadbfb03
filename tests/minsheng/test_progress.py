"""How far a long step has come is told while it runs, and to nobody else."""

import io
from threading import Event

import pytest
from django.core.cache import caches
from django.core.cache.backends.filebased import FileBasedCache
from django.urls import reverse

from departments.permissions import IMPORT_TABLE
from minsheng import progress
from minsheng.task_table.models import ImportBatch
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.minsheng.task_table.tables import HEADER, saved, task

NAME = "0123456789abcdef"
WATCH = """() => {
    const place = document.querySelector(".waiting"), seen = [];
    new MutationObserver(() => {
        const bar = place.querySelector("progress");
        if (place.hidden || !bar.hasAttribute("value")) { return; }
        seen.push([place.querySelector(".waiting-words").textContent, bar.value]);
        sessionStorage.seen = JSON.stringify(seen);
    }).observe(place, {subtree: true, childList: true, attributes: true});
}"""


class Patient(FileBasedCache):
    """Holds a step at what it tells until the page has asked once more: no machine is too quick to be watched."""

    asked = Event()

    def set(self, key, value, *args, **kwargs):
        super().set(key, value, *args, **kwargs)
        if value["done"] and not self.asked.is_set():
            self.asked.wait(30)

    def get(self, key, *args, **kwargs):
        told = super().get(key, *args, **kwargs)
        if told and told["done"]:
            self.asked.set()
        return told


@pytest.fixture(autouse=True)
def _nothing_told():
    caches["progress"].clear()


@pytest.mark.django_db
def test_a_step_is_told_while_it_runs(client):
    person, other = UserFactory(), UserFactory()
    url = reverse("progress", args=[NAME])
    for one in (person, other):
        client.force_login(one)
        assert client.get(url).json() == {}
    client.force_login(person)
    with progress._told_to(person, NAME):
        for number in progress.each(range(3), "Reading", 3):
            assert client.get(url).json() == {"words": "Reading", "done": 0, "total": 3}, number  # not more often
        progress.tell("Writing")
        assert client.get(url).json() == {"words": "Writing", "done": 0, "total": 0}
        client.force_login(other)
        assert client.get(url).json() == {}
    client.force_login(person)
    assert client.get(url).json() == {}


@pytest.mark.django_db
def test_a_name_that_is_none_tells_nothing(client):
    person = UserFactory()
    client.force_login(person)
    for name in ("short", "zzzzzzzzzzzzzzzzzzzz", "a" * 60):
        with progress._told_to(person, name):
            progress.tell("Writing")
            assert client.get(reverse("progress", args=[name])).json() == {}


def test_nobody_waits():
    progress.tell("Writing")  # a command's step says it to nobody
    assert list(progress.each("ab", "Reading", 2)) == ["a", "b"]


def test_the_page_shows_how_far_an_upload_is(live_server, page, sign_in, page_log, settings, monkeypatch):
    held = settings.CACHES["progress"] | {"BACKEND": f"{__name__}.Patient"}
    settings.CACHES = settings.CACHES | {"progress": held}
    Patient.asked.clear()
    monkeypatch.setattr(progress, "EVERY", 0)  # seconds: every row is told
    area = JurisdictionFactory()
    person = UserFactory(grants={area: [IMPORT_TABLE]})
    sign_in(page, person)
    page.goto(live_server.url + reverse("task_table:upload"))
    rows = [task(number) for number in range(1, 61)]
    page.locator("[name=year]").fill("2023")
    page.locator("[name=programme]").fill("民生实事")
    page.locator("input[type=file]").set_input_files(
        {"name": "表.xlsx", "mimeType": "application/octet-stream", "buffer": io.BytesIO(saved(HEADER, *rows)).read()}
    )
    assert not page.locator(".waiting").is_visible()
    page.evaluate(WATCH)  # while the browser waits for the next page, the test waits with it
    page.get_by_role("button", name="上传并读取").click()
    page.get_by_role("button", name="确认导入").wait_for()
    seen = page.evaluate("JSON.parse(sessionStorage.seen)")
    counts = [int(done) for words, done in seen if words == "正在逐行识别…"]
    assert counts == sorted(counts)
    assert 0 < counts[-1] <= 61
    assert ImportBatch.objects.get().rows.count() == 60
