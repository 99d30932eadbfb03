"""Pages by hand: every one without any script, and a list with the keyboard alone."""

import pytest
from django.urls import reverse

from departments.models import User
from tests.minsheng.test_every_page import pages

# What a page asks of a script: a form that nothing sends, a table that stays folded, a button that does nothing.
WAITING = """() => {
    const wrong = [];
    const shown = (one) => one.getClientRects().length > 0;
    for (const form of document.querySelectorAll("main form")) {
        const sends = Array.from(form.elements).filter((one) => one.type === "submit" && shown(one));
        if (shown(form) && !sends.length) wrong.push("nothing sends " + form.outerHTML.slice(0, 120));
    }
    for (const chart of document.querySelectorAll("figure[data-chart]")) {
        // where a table of the page says the same, the chart with its own is for those who see it drawn
        const within = chart.closest("[data-drawn-only]") ? chart.closest("section") : chart;
        if (!Array.from(within.querySelectorAll("table")).some(shown)) wrong.push("no table of " + chart.id);
    }
    for (const button of document.querySelectorAll("main button[type=button]")) {
        if (shown(button)) wrong.push("does nothing: " + button.outerHTML.slice(0, 120));
    }
    if (!shown(document.querySelector("h1"))) wrong.push("no heading");
    return wrong;
}"""


# What has the focus, by its label or its words.
FOCUSED = """() => {
    const one = document.activeElement;
    return (one.labels && one.labels.length ? one.labels[0] : one).textContent;
}"""


@pytest.fixture
def year(transactional_db, fill_year):
    fill_year()


def walk(live_server, new_context, sign_in, **options):
    """Each page in a tab of its person."""
    tabs = {}
    for seen in pages():
        if seen.person not in tabs:
            context = new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url, **options)
            tabs[seen.person] = context.new_page()
            if seen.person:
                sign_in(tabs[seen.person], User.objects.get(username=seen.person))
        page = tabs[seen.person]
        page.goto(seen.url)
        yield seen.name, page


@pytest.mark.looks
def test_no_page_waits_for_a_script(year, live_server, new_context, sign_in, page_log):
    page_log.allow("404|403")
    waiting = {}
    for name, page in walk(live_server, new_context, sign_in, java_script_enabled=False):
        if wrong := page.evaluate(WAITING):
            waiting[name] = wrong
    assert waiting == {}


def test_the_keyboard_alone_narrows_orders_and_opens_the_trail(year, live_server, new_context, sign_in):
    page = new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url).new_page()
    sign_in(page, User.objects.get(username="shenji"))
    page.goto(reverse("office:audit"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past header and navigation, to the content
    assert page.evaluate("document.activeElement.id") == "main"

    def tab_to(name):
        for _step in range(40):
            page.keyboard.press("Tab")
            if name in page.evaluate(FOCUSED):
                return
        pytest.fail(f"{name} was not reached")

    tab_to("对象")
    page.keyboard.type("道路改造")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*q=*")
    assert page.locator("tbody tr").count() > 0
    assert all("道路改造" in row for row in page.locator("tbody tr").all_inner_texts())
    tab_to("时间")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*sort=*")
    assert "q=" in page.url
    times = [row.split("\t")[1] for row in page.locator("tbody tr").all_inner_texts()]
    assert times == sorted(times, reverse="sort=-at" in page.url)
