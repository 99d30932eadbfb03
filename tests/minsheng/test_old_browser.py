"""Chrome 63, as near as a new browser comes to it: what came later is taken away before a page begins.

Syntax is another matter: tests/test_vendor.py reads the files for it.
"""

import pytest
from django.urls import reverse

from tests.factories.projects import SubItemFactory
from tests.minsheng.life import approved_in_august

pytestmark = pytest.mark.django_db
# What scripts may call since, but not in Chrome 63. (Without globalThis the driver itself does not work.)
LATER = {
    "Array": ["fromAsync"],
    "Array.prototype": [
        "at",
        "findLast",
        "findLastIndex",
        "flat",
        "flatMap",
        "toReversed",
        "toSorted",
        "toSpliced",
        "with",
    ],
    "Document.prototype": ["startViewTransition"],
    "Element.prototype": [
        *("checkVisibility", "getHTML", "moveBefore", "replaceChildren", "setHTMLUnsafe", "toggleAttribute"),
    ],
    "Object": ["fromEntries", "groupBy", "hasOwn"],
    "Promise": ["allSettled", "any", "withResolvers"],
    "Promise.prototype": ["finally"],
    "String.prototype": ["at", "matchAll", "replaceAll", "trimEnd", "trimStart"],
    "window": ["AbortController", "AbortSignal", "ResizeObserver", "WeakRef", "queueMicrotask", "structuredClone"],
}
TAKE_AWAY = "".join(
    f"delete {holder}[{name!r}]; if ({holder}[{name!r}] !== undefined) throw new Error({name!r});"
    for holder, names in LATER.items()
    for name in names
)


@pytest.fixture
def old(world, live_server, new_context, sign_in):
    """A leader's tab in an old browser."""
    context = new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    context.add_init_script(TAKE_AWAY)
    page = context.new_page()
    sign_in(page, world.leader)
    return page


def test_charts_are_drawn(old, world):
    approved_in_august(world)
    old.goto(reverse("dashboard:overview", args=[world.sub_item.programme_id]))
    old.locator("html[data-ready=true]").wait_for(state="attached")
    assert old.evaluate("typeof ResizeObserver") == "undefined"
    assert old.locator("figure[data-drawn] canvas").count() > 0


def test_a_list_is_narrowed_in_place(old, world):
    other = SubItemFactory(lead=world.unit, project__programme=world.sub_item.programme, content="另一件实事。")
    old.goto(reverse("dashboard:list", args=[world.sub_item.programme_id]))
    old.evaluate("window.before = true")
    old.get_by_label("关键词").fill("另一件")
    old.get_by_label("关键词").press("Enter")
    old.wait_for_url("**/*q=*")
    assert old.locator("tbody tr").count() == 1
    assert other.content[:3] in old.locator("tbody tr").inner_text()
    assert old.evaluate("window.before")  # the page itself stayed
