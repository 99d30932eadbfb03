"""Pages of what went wrong: each as it is really drawn, in the look of the others, and none a dead end."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments import clock
from tests.factories.departments import UserFactory

# name → its address, its status
PAGES = {
    "400": ("/fail/400/", 400),
    "403": ("/fail/403/", 403),
    "404": ("/there/is/none/", 404),
    "429": ("/fail/429/", 429),
    "500": ("/fail/500/", 500),
    "csrf": ("/fail/csrf/", 403),
}


@pytest.fixture
def failing(settings):
    settings.ROOT_URLCONF = "tests.minsheng.error_urls"
    settings.PORTAL_OFFICE, settings.PORTAL_CONTACT = "示例区督查室", "0537-0000000"
    assert not settings.DEBUG


def asked(client, name, **headers):
    address, status = PAGES[name]
    client.raise_request_exception = False
    response = (client.post if name == "csrf" else client.get)(address, headers=headers)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("name", PAGES)
def test_every_error_is_of_the_portal_and_leads_on(failing, name, signed_in):
    client = Client(enforce_csrf_checks=True)
    if signed_in or name in ("400", "403", "429", "500", "csrf"):
        client.force_login(UserFactory(name="王丽"))
    html = asked(client, name)
    assert re.search(r'<img class="brand-mark" src="[^"]*img/portal\.svg"', html)
    header, footer = html.partition("</header>")[0], html.rpartition("<footer")[2]
    assert "民生实事项目管理平台" in header
    assert "示例区督查室" in header
    assert "示例区督查室" in footer
    assert "0537-0000000" in footer
    main = re.search(r"<main.*</main>", html, re.DOTALL)[0]
    assert re.search(r'<a class="btn btn-[\w-]+" href="/">', main)
    assert len(re.findall("<h1>", html)) == 1
    if name in ("403", "404", "429", "csrf") and (signed_in or name != "404"):
        assert "王丽" in header


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["403", "404", "429", "csrf"])
def test_the_way_back_leads_to_the_page_before_and_to_no_other_site(failing, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    before = f"http://testserver{reverse('filing:due')}"
    assert f'href="{before}" data-back' in asked(client, name, referer=before)
    for foreign in ("https://elsewhere.example/", "javascript:alert(1)", ""):
        assert "data-back" not in asked(client, name, referer=foreign)
    here = f"http://testserver{PAGES[name][0]}"
    assert ("data-back" in asked(client, name, referer=here)) == (name == "csrf")  # its form stands at its own address


@pytest.mark.django_db
def test_a_broken_portal_still_answers(failing, client, settings, monkeypatch):
    """Neither the database nor the list of collected files is there."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    client.force_login(UserFactory())

    def gone(*_args, **_kwargs):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(connection, "cursor", gone)
    html = asked(client, "500")
    assert f"{timezone.localtime():%Y-%m-%d}" in html


@pytest.mark.django_db
def test_the_time_of_an_error_is_that_of_the_log(failing, client, settings):
    client.force_login(UserFactory())
    settings.PORTAL_NOW = clock.local(timezone.now()).replace(year=2023, month=10, day=20)
    assert f"{timezone.localtime():%Y-%m-%d %H:%M}" in asked(client, "500")


@pytest.mark.django_db
def test_a_host_that_is_not_the_portal_s_is_refused_with_a_page(failing, client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "brand-mark" in response.content.decode()


@pytest.mark.django_db
def test_a_lock_out_says_how_long_and_keeps_the_name(client):
    page = reverse("account_login")
    for _attempt in range(6):
        html = client.post(page, {"login": "wangli", "password": "y"}).content.decode()
    assert re.search(r'role="alert".*五分钟.*管理员', html, re.DOTALL)
    assert 'value="wangli"' in html
    assert "placeholder" not in html


@pytest.mark.parametrize("width", [1440, 390])
def test_errors_are_within_reach(failing, transactional_db, live_server, new_context, sign_in, page_log, width):
    page_log.allow("status of 4|error 500|status of 500")
    page = new_context(viewport={"width": width, "height": 844}, base_url=live_server.url).new_page()
    sign_in(page, UserFactory(name="王丽"))
    faults = []
    for name, (address, _status) in PAGES.items():
        page.goto(address)
        if name == "csrf":
            page.get_by_role("textbox").fill("长长的文字")
            page.get_by_role("button").click()
        page.locator("html[data-ready=true]").wait_for(state="attached")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{name}: wider than the screen")
        found = Axe().run(page)
        if found.violations_count:
            faults.append(f"{name}: {found.generate_report()}")
    assert faults == []
    page.locator("[data-back]").click()
    page.wait_for_url("**/fail/csrf/")
    assert page.get_by_role("textbox").input_value() == "长长的文字"  # as the browser kept it


@pytest.mark.django_db
def test_what_is_sent_to_a_page_that_takes_nothing_gets_a_page_that_says_so(client):
    client.force_login(UserFactory())
    for address in (reverse("home"), reverse("filing:due")):
        response = client.post(address, {"text": "x"}, headers={"referer": f"http://testserver{address}"})
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert "<h1>此处不能提交</h1>" in response.text
        assert f'href="http://testserver{address}" data-back' in response.text
    in_place = client.post(reverse("home"), headers={"HX-Request": "true"})
    assert (in_place.status_code, in_place.text) == (405, "")
