"""The first view of a page, nothing in the cache, weighs little: offices have slow lines, and phones."""

import re
from pathlib import Path

import brotli
import pytest
from django.urls import reverse

STATIC = Path(__file__).resolve().parents[2] / "static"
LIMIT = 150_000  # bytes, compressed, without ECharts, which only pages with charts load
ASKED = re.compile(r'(?:href|src)="/static/([^"#?]+)')


def weight(html):
    """What the page and all it loads weigh, compressed as whitenoise does."""
    loaded = sorted({name for name in ASKED.findall(html) if not name.startswith("vendor/echarts/")})
    assert {"css/portal.css", "vendor/bootstrap/bootstrap.min.css", "vendor/htmx.org/htmx.min.js"} <= set(loaded)
    return sum(
        len(brotli.compress(text)) for text in [html.encode(), *(STATIC.joinpath(n).read_bytes() for n in loaded)]
    )


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("clerk", "filing:due"),
        ("clerk", "filing:report"),
        ("clerk", "dashboard:sub_item"),
        ("office", "review:queue"),
        ("leader", "dashboard:overview-of"),
        ("leader", "dashboard:list"),
    ],
)
def test_a_first_view_is_light(world, client, person, name):
    arguments = {
        "dashboard:overview-of": [world.sub_item.programme_id],
        "dashboard:list": [world.sub_item.programme_id],
        "dashboard:sub_item": [world.sub_item.pk],
        "filing:report": [world.sub_item.pk, "2023-09"],
    }
    client.force_login(getattr(world, person))
    response = client.get(reverse(name.removesuffix("-of"), args=arguments.get(name, [])))
    assert response.status_code == 200
    assert weight(response.content.decode()) < LIMIT


@pytest.mark.django_db
def test_so_is_the_sign_in_page(client):
    assert weight(client.get(reverse("account_login")).content.decode()) < LIMIT
