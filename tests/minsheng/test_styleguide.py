"""The page of components: for developers only, without fault for anybody who cannot see, and small."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

from minsheng.urls import addresses
from tests.factories.departments import UserFactory

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATH = "/styleguide/"


@pytest.fixture
def developer(settings):
    settings.ROOT_URLCONF = "tests.minsheng.debug_urls"
    return UserFactory


def test_it_is_routed_for_developers_only(settings):
    assert not settings.DEBUG
    with pytest.raises(Resolver404):
        resolve(PATH)
    assert len(addresses(debug=True)) == len(addresses(debug=False)) + 1


@pytest.mark.django_db
def test_without_debug_there_is_no_such_page(client):
    client.force_login(UserFactory())
    assert client.get(PATH).status_code == 404


@pytest.mark.django_db
def test_with_debug_it_is_open_to_whoever_has_signed_in(developer, client):
    assert client.get(PATH).status_code == 302
    client.force_login(developer())
    assert client.get(PATH).status_code == 200


@pytest.mark.django_db
def test_each_component_is_on_it(developer, client):
    client.force_login(developer())
    html = client.get(PATH).content.decode()
    for name in (
        "tile",
        "light",
        "progress-cell",
        "table-dense",
        "chart",
        "field",
        "form-errors",
        "steps",
        "timeline",
        "facts",
        "callout",
        "fold",
        "switch",
        "pager",
        "empty",
        "icon",
    ):
        assert re.search(rf'class="[^"]*\b{name}\b', html), name


@pytest.fixture
def look(developer, transactional_db, live_server, new_context, sign_in):
    """``look(PHONE)``: the page in the browser, drawn."""

    def at(viewport, **options):
        page = new_context(viewport=viewport, base_url=live_server.url, **options).new_page()
        sign_in(page, developer())
        page.goto(PATH)
        page.locator("html[data-ready=true]").wait_for(state="attached")
        return page

    return at


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_on_it_is_out_of_reach(look, viewport):
    page = look(viewport)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_chart_is_drawn_above_its_table_and_its_bars_are_links(look):
    page = look(DESKTOP)
    assert page.locator("figure[data-drawn] canvas").count() == 4
    table = page.locator("#chart-units table")
    assert not table.is_visible()
    page.locator("#chart-units summary").click()
    assert table.is_visible()
    box = page.locator("#chart-units canvas").bounding_box()
    # In the first unit's bar, which has a part of each light.
    page.locator("#chart-units canvas").click(position={"x": box["width"] * 0.6, "y": 50})
    assert page.url.endswith("#charts")


def test_on_paper_the_tables_stand_open(look):
    page = look(DESKTOP)
    page.emulate_media(media="print")
    page.locator("#chart-units table").wait_for()
    page.emulate_media(media="screen")
    page.locator("#chart-units table").wait_for(state="hidden")


def test_without_scripts_a_chart_is_its_table(look, live_server, new_context, sign_in, developer):
    page = new_context(java_script_enabled=False, base_url=live_server.url).new_page()
    sign_in(page, developer())
    page.goto(PATH)
    assert page.locator("figure table:visible").count() == 4
    assert page.locator("canvas, [data-print]:visible").count() == 0
