"""The pages in both languages: chosen by cookie, whole in each, and nothing English is kept."""

import re
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from departments import audit, clock
from departments.language import listed
from departments.models import AuditEvent, User
from minsheng import figures
from minsheng.review import services as review
from projects.models import MonthlyReport, PeriodFigure, ReportEvent, SubItem
from tests.factories.departments import PASSWORD
from tests.minsheng.life import content, submitted
from tests.minsheng.test_every_page import FILES, OFFICE
from tests.minsheng.test_matrix import MATRIX, address, place

__all__ = ["place"]

HAN = r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
ENGLISH = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}")
# What only code says: a key, the name of an action, a structure, a line for no choice. Names of files are none.
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(?!www\.)[a-z_]+\.(?!xlsx?\b|docx?\b|html\b)[a-z_]+\b|\{'|\['|\bNone\b|-{4,}")
ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "data-label", "data-choose", "data-none"}
PLANE = 0xF0000  # of private use: no sign of any language
SECTION = re.compile(rf"（[{chr(PLANE)}-{chr(PLANE + 0xFFFD)}]+）")  # a section after its unit: an official name


class Interface(HTMLParser):
    """The words of a page for eyes and ears. What says of itself that it is in another language is left out."""

    def __init__(self, html):
        super().__init__()
        self.words, self.language, self._skipping = [], "", ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"]
        elif "lang" in given or tag in ("script", "style", "code"):
            self._skipping = self._skipping or tag
        if not self._skipping:
            self.words += [value for name, value in attrs if name in ATTRIBUTES and value]

    def handle_endtag(self, tag):
        if tag == self._skipping:
            self._skipping = ""

    def handle_data(self, data):
        if data.strip() and not self._skipping:
            self.words.append(" ".join(data.split()))


def in_english(client):
    client.cookies["language"] = "en"


def hide_the_data():
    """Every Chinese sign in the database becomes one of no language, so that what is left on a page is the portal's."""

    def hidden(value):
        if isinstance(value, str):
            return re.sub(HAN, lambda sign: chr(PLANE + ord(sign[0])), value)
        if isinstance(value, Mapping):  # also a reading as it is kept
            return {hidden(key): hidden(one) for key, one in value.items()}
        return [hidden(one) for one in value] if isinstance(value, list) else value

    for model in apps.get_models():
        kinds = (models.CharField, models.TextField, models.JSONField)
        fields = [field for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.primary_key]
        for row in model._base_manager.all() if fields else ():
            before = {field.attname: getattr(row, field.attname) for field in fields}
            after = {name: new for name, old in before.items() if (new := hidden(old)) != old}
            if after:  # row by row: in one statement for many, the CASE over texts costs the server far more
                models.QuerySet(model).filter(pk=row.pk).update(**after)


def strange(response, language):
    """What stands on the page in the other language."""
    page = Interface(response.content.decode())
    assert response["Content-Language"] == language
    assert page.language in (language, "")  # a part of a page names none
    words = re.compile(HAN) if language == "en" else ENGLISH
    return [text for text in page.words if words.search(SECTION.sub("", text)) or CODE.search(text)]


def walk(client, urls, language):
    """Each address with what is strange on its page."""
    client.cookies["language"] = language
    return {url: found for url in urls if (found := strange(client.get(url), language))}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_and_refusal_of_the_matrix_is_whole_in_its_language(place, client, language):
    hide_the_data()
    client.cookies["language"] = language
    found, refused = {}, set()
    for person in ("nobody", "clerk", "reviewer", "office", "leader", "importer", "administrator", "auditor"):
        if place.people[person]:
            client.force_login(User.objects.get(pk=place.people[person].pk))
        for name, method in MATRIX:
            if name in ("task_table:discard", "periods:end_exception") or name in FILES:
                # The one leaves later pages less to show, the other an entry of the trail in the office's words; the
                # rest are no pages.
                continue
            # That something does not exist is said to a person in the same words everywhere, why he may not to all.
            asked = person, name, method
            said = {404: person, 403: (name, method)}.get(MATRIX[name, method][person], asked)
            if said in refused:
                continue
            refused.add(said)
            response = getattr(client, method)(address(place, name))
            if response.get("Content-Type", "").startswith("text/html") and response.status_code != 302:
                found[asked] = strange(response, language)
    assert len(found) > 90
    assert {where: words for where, words in found.items() if words} == {}


def test_a_year_of_the_demo_is_whole_in_both_languages(db, client, fill_year, settings):
    fill_year()
    settings.PORTAL_OFFICE = ""  # a name like those in the database
    hide_the_data()
    sub_items = [reverse("dashboard:sub_item", args=[pk]) for pk in SubItem.objects.values_list("pk", flat=True)[::5]]
    reviews = [
        reverse("review:report", args=[pk])
        for pk in MonthlyReport.objects.filter(period__month__month=10, state="submitted").values_list("pk", flat=True)
    ]
    programme = SubItem.objects.values_list("programme", flat=True)[0]
    lists = [reverse("dashboard:list", args=[programme]) + query for query in ("", "?show=undetermined", "?q=nothing")]
    walks = {
        "lingdao": ["/", reverse("dashboard:overview", args=[programme]), *lists, *sub_items],
        "duban": [reverse("review:queue"), *reviews, reverse("programmes:settings", args=[programme])],
        "daoru": [reverse("task_table:batches"), reverse("task_table:upload")],
        "chengjian": [reverse("filing:due")],
        "guanli": [reverse(f"office:{name}") for name in OFFICE],
        "shenji": [reverse("office:audit"), reverse("office:audit") + "?page=2"],
    }
    for language in ("en", "zh-hans"):
        for person, urls in walks.items():
            client.force_login(User.objects.get(username=person))
            assert walk(client, [url for url in urls if url != "/"], language) == {}, person


def switch(client, language, **headers):
    return client.post(reverse("set_language"), {"language": language}, headers=headers)


@pytest.mark.parametrize("accepted", ["en-US,en;q=0.9", "zh-CN,zh;q=0.9", "fr", ""])
def test_chinese_comes_first_whatever_the_browser_accepts(db, client, accepted):
    response = client.get(reverse("account_login"), headers={"accept-language": accepted})
    assert response["Content-Language"] == "zh-hans"
    assert "Accept-Language" not in response["Vary"]
    assert "登录" in response.content.decode()


def test_the_cookie_alone_decides(db, client):
    page = reverse("account_login")
    for value, language in {
        "en": "en",
        "zh-hans": "zh-hans",
        "fr": "zh-hans",
        "<x>": "zh-hans",
        "EN": "zh-hans",
    }.items():
        client.cookies["language"] = value
        response = client.get(page, headers={"accept-language": "de"})
        assert (response["Content-Language"], "Cookie" in response["Vary"]) == (language, True)
        assert f'<html lang="{language}">' in response.content.decode()
    assert translation.get_language() == "zh-hans"  # a request leaves no language behind


def test_the_sign_in_page_switches_and_comes_back(db, client):
    page = reverse("account_login")
    assert ">English</button>" in client.get(page).content.decode()
    response = switch(client, "en", referer=f"http://testserver{page}?next=/filing/")
    assert (response.status_code, response.url) == (302, f"http://testserver{page}?next=/filing/")
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == ("en", True, "Lax", "/")
    assert cookie["max-age"] == 31_536_000
    english = client.get(page).content.decode()
    assert "Sign in" in english
    assert ">中文</button>" in english
    switch(client, "zh-hans")
    assert "登录" in client.get(page).content.decode()


@pytest.mark.parametrize("language", ["fr", "zh-hant", "", "en<script>"])
def test_another_language_is_refused_and_changes_nothing(db, client, language):
    in_english(client)
    response = switch(client, language)
    assert response.status_code == 400
    assert not response.cookies
    assert client.get(reverse("account_login"))["Content-Language"] == "en"


@pytest.mark.parametrize("place_to_go", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_switch_leads_to_no_other_site(db, client, place_to_go):
    response = client.post(
        reverse("set_language"), {"language": "en", "next": place_to_go}, headers={"referer": place_to_go}
    )
    assert (response.status_code, response.url) == (302, "/")


def test_a_page_that_answers_a_form_leads_back_to_the_page_before_it(db, client):
    before = f"http://testserver{reverse('account_login')}"
    response = client.post(reverse("account_login"), {"login": "x", "password": "y"}, headers={"referer": before})
    assert f'<input type="hidden" name="next" value="{before}">' in response.content.decode()


def test_the_switch_needs_the_token_of_a_page(db):
    client = Client(enforce_csrf_checks=True)
    response = switch(client, "en")
    assert (response.status_code, response.cookies.get("language")) == (403, None)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_signing_in_and_out_speaks_the_language(world, client, language):
    """The library's own messages too: wrong password, password changed, signed out."""
    client.cookies["language"] = language
    hide_the_data()
    name, change = world.clerk.username, reverse("account_change_password")
    assert strange(client.post(reverse("account_login"), {"login": name, "password": "wrong-x"}), language) == []
    assert strange(client.post(reverse("account_login"), {}), language) == []
    client.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    wrong = {"oldpassword": "wrong-x", "password1": "a", "password2": "b"}
    assert strange(client.post(change, wrong), language) == []
    alike = {"oldpassword": PASSWORD, "password1": "password", "password2": "password"}
    assert strange(client.post(change, alike), language) == []
    new = {"oldpassword": PASSWORD, "password1": "another-pass-77", "password2": "another-pass-77"}
    changed = client.post(change, new, follow=True)
    assert [str(message) for message in changed.context["messages"]]
    assert strange(changed, language) == []
    assert strange(client.post(reverse("account_logout"), follow=True), language) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_blocked_sign_in_and_an_error_speak_the_language(db, client, language, settings, monkeypatch):
    client.cookies["language"] = language
    answers = [client.post(reverse("account_login"), {"login": "x", "password": "y"}) for _attempt in range(7)]
    assert all(strange(answer, language) == [] for answer in answers)
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    blocked = client.post(reverse("account_login"), {"login": "x", "password": "y"})
    assert strange(blocked, language) == []
    client.raise_request_exception = False
    monkeypatch.setattr("minsheng.language.i18n.set_language", lambda request: 1 / 0)
    broken = switch(client, "en")
    assert (broken.status_code, strange(broken, language)) == (500, [])


def test_what_an_english_reader_does_is_kept_in_chinese(world, client):
    """Sentences, warnings, reasons and names that are stored are in the language of the office."""
    with translation.override("en"):
        with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
            late = submitted(world, content(world, "45", secured="6000000", reason="原因"), period=world.august)
        figures.keep_locked(world.september)
        review.approve(late, by=world.office)  # corrects what September had carried on
        report = submitted(world, content(world, "40", reason="原因"), period=world.september)
        review.approve(report, by=world.office)
    world.sub_item.refresh_from_db()
    kept = list(PeriodFigure.objects.all())
    assert len(kept) == 4
    warnings = [text for event in ReportEvent.objects.all() for text in event.snapshot["warnings"]]
    texts = [world.sub_item.sentence, *(figure.sentence for figure in kept), *warnings]
    texts += [figure.reason for figure in kept if figure.cause == PeriodFigure.Cause.CORRECTION]
    assert warnings
    assert [text for text in texts if not re.search(HAN, text) or ENGLISH.search(text)] == []


def test_the_trail_names_what_it_is_about_in_chinese(world, client):
    with translation.override("en"):
        audit.record("programme.look", world.sub_item.programme, by=world.office)
        audit.record("period.look", world.september, by=world.office)
    names = AuditEvent.objects.order_by("pk").values_list("object_name", flat=True)
    assert list(names) == [str(world.sub_item.programme), "2023年9月"]


def test_days_and_months_are_written_as_each_language_writes_them(world):
    with translation.override("en"):
        assert str(world.september) == "September 2023"
        assert listed(["a", "b"]) == "a, b"
    assert str(world.september) == "2023年9月"
    assert listed(["甲", "乙"]) == "甲、乙"
