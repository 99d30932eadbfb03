"""The first view of a page, nothing in the cache, weighs little: offices have slow lines, and phones.

What is counted is what leaves the server: the answers themselves, asked for as a browser asks an intranet without
certificates (gzip, since browsers take Brotli by HTTPS only).
"""

import gzip
import re
from io import BytesIO

import pytest
from django.core.management import call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse

from departments.models import User
from minsheng.compression import CompressionMiddleware
from tests.minsheng.test_every_page import pages

LIMIT = 150_000  # bytes, without ECharts, which only pages with charts load
ASKED = re.compile(r'(?:href|src)="(/static/[^"#?]+)')
BROWSER = {"accept-encoding": "gzip, deflate"}


@pytest.fixture
def collected(settings, tmp_path):
    """Static files as production serves them: collected, named by their content, compressed beforehand."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.WHITENOISE_USE_FINDERS = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)


def sent(response):
    """What leaves the server of one answer."""
    body = b"".join(response) if response.streaming else response.content
    assert len(body) == int(response["Content-Length"])
    return body


def loaded(html):
    """The addresses of all that the page loads at once."""
    found = {address for address in ASKED.findall(html) if "/vendor/echarts/" not in address}
    assert [address for address in found if "/css/portal." in address]
    return sorted(found)


@pytest.mark.looks
def test_the_first_view_of_every_page_is_light(db, fill_year, collected, client):
    fill_year()
    static, heavy = {}, {}
    for seen in pages():
        client.logout()
        if seen.person:
            client.force_login(User.objects.get(username=seen.person))
        response = client.get(seen.url, headers=BROWSER, follow=True)
        assert response["Content-Encoding"] == "gzip", seen
        weight = len(sent(response))
        for address in loaded(gzip.decompress(response.content).decode()):
            if address not in static:
                answer = client.get(address, headers=BROWSER)
                # Its name changes with its content, so a second view asks for nothing again.
                assert answer["Cache-Control"] == "max-age=315360000, public, immutable", address
                static[address] = len(sent(answer))
            weight += static[address]
        if weight > LIMIT:
            heavy[seen.name] = weight
    assert heavy == {}
    assert len(static) > 8


def test_a_page_is_whole_for_whoever_takes_no_compression(db, client):
    page = reverse("account_login")
    plain, packed = client.get(page), client.get(page, headers=BROWSER)
    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert "Accept-Encoding" in plain["Vary"]  # a cache between keeps them apart
    bodies = [
        re.sub(r"<[^>]*csrfmiddlewaretoken[^>]*>", "", html.decode())
        for html in (plain.content, gzip.decompress(packed.content))
    ]
    assert bodies[0] == bodies[1]
    assert packed["Content-Security-Policy"] == plain["Content-Security-Policy"]


def test_no_two_answers_of_a_page_are_of_one_length_for_whoever_listens(db, client):
    """What is packed together with a secret is padded at random, and the token of a form is masked anew (BREACH)."""
    page = reverse("account_login")
    lengths = {len(client.get(page, headers=BROWSER).content) for _time in range(12)}
    assert len(lengths) > 4


@pytest.mark.parametrize(
    ("kind", "packed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("application/octet-stream", False),
    ],
)
def test_only_text_is_packed(rf, kind, packed):
    request = rf.get("/", headers=BROWSER)
    answer = CompressionMiddleware(lambda _request: HttpResponse(b"a" * 5000, content_type=kind))(request)
    assert (answer.get("Content-Encoding") == "gzip") == packed
    assert (len(answer.content) < 5000) == packed


def test_what_streams_keeps_its_length(rf):
    def answer(_request):
        response = StreamingHttpResponse(BytesIO(b"a" * 5000), content_type="text/plain")
        response["Content-Length"] = "5000"
        return response

    response = CompressionMiddleware(answer)(rf.get("/", headers=BROWSER))
    assert (response.get("Content-Encoding"), response["Content-Length"]) == (None, "5000")
    assert b"".join(response) == b"a" * 5000


def test_an_exported_list_leaves_as_it_is(world, client):
    client.force_login(world.leader)
    export = reverse("dashboard:list_export", args=[world.sub_item.programme_id])
    response = client.get(export, headers=BROWSER)
    assert (response.status_code, response.get("Content-Encoding")) == (200, None)
    assert response.content.startswith(b"PK")
