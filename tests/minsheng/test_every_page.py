"""Every page of a year's data in the browser, on a desktop and on a phone: within reach of everybody, never wider than
the screen, without a word from the console; what goes on paper, and what is shown when something goes wrong. With
SCREENSHOTS=folder each is also drawn there, to be looked at.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve, reverse

from departments.models import Department, DepartmentGroup, User
from funding.models import FundingSource, LineAssignment
from minsheng.task_table.corrections import PARTS
from minsheng.task_table.models import ImportBatch
from minsheng.views import server_error
from projects.models import ExceptionRequest, MonthlyReport, Programme, SubItem
from tests.minsheng.test_matrix import MATRIX

VIEWPORTS = {"1440": {"width": 1440, "height": 900}, "390": {"width": 390, "height": 844}}
OFFICE_SCREEN, TABLET = {"width": 1280, "height": 720}, {"width": 768, "height": 1024}
HTML, POLICY = "text/html; charset=utf-8", {"content-security-policy": "default-src 'self'"}
State = MonthlyReport.State
TO_DO = ("fazhan", "chengjian", "duban", "daoru", "shenji")
OFFICE = (
    *("units", "unit_add", "groups", "group_add", "sources", "source_add"),
    *("people", "person_add", "requests", "exchange", "office"),
)
# What these send is saved, not shown.
FILES = {
    "progress",  # told to scripts
    "dashboard:list_export",
    "dashboard:overview_export",
    "task_table:source",
    "task_table:flat_export",
    "office:audit_export",
    "office:people_export",
    "office:units_export",
    "office:groups_export",
    "office:sources_export",
    "periods:export",
    "office:exchange_export",
}

# What the keyboard reaches and is not seen to: neither outline nor shadow nor border tells that it has the focus.
UNSEEN = """() => {
    const look = (one) => {
        const style = getComputedStyle(one);
        return [style.outlineStyle !== "none" && style.outlineWidth, style.boxShadow].join();
    };
    const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    const wrong = [];
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    for (const one of document.querySelectorAll(kinds)) {
        if (one.disabled || one.tabIndex < 0 || !one.getClientRects().length) continue;
        if (one.tabIndex > 0) wrong.push("out of order: " + one.outerHTML.slice(0, 120));
        document.activeElement.blur();
        const before = look(one);
        one.focus();
        if (document.activeElement !== one) wrong.push("not reached: " + one.outerHTML.slice(0, 120));
        else if (look(one) === before) wrong.push("not seen: " + one.outerHTML.slice(0, 120));
    }
    return wrong;
}"""


class Seen(NamedTuple):
    person: str  # a user name of the demo; empty: nobody has signed in
    name: str  # of the screenshot
    url: str


def pages():
    """One address for each page and each of its faces, by the person whose page it is."""
    programme = Programme.objects.get()
    late = SubItem.objects.get(serial="12")
    report = MonthlyReport.objects.filter(state=State.SUBMITTED, period__month="2023-10-01").first()
    stuck = MonthlyReport.objects.filter(state=State.UNIT_REVIEW).first()
    approved = MonthlyReport.objects.filter(state=State.APPROVED).latest("period__month")
    twice = MonthlyReport.objects.filter(sub_item__serial="21", period__month="2023-08-01").get()
    returned = MonthlyReport.objects.filter(state=State.RETURNED).latest("period__month")
    again = MonthlyReport.objects.get(sub_item__serial="22", period__month="2023-10-01")
    succession = urlencode({"old": _unit("城乡建设和交通局").pk, "new": _unit("经济发展局").pk, "month": "2023-11"})
    overview, sub_items = (reverse(f"dashboard:{name}", args=[programme.pk]) for name in ("overview", "list"))
    march = ExceptionRequest.objects.get(state=ExceptionRequest.State.WAITING)
    committed, batch, update = ImportBatch.objects.order_by("pk")
    row = batch.rows.get(position=1).row
    unit = Department.objects.get(name="党政办公室")
    return [
        Seen("", "sign-in", reverse("account_login")),
        Seen("lingdao", "overview", overview),
        Seen("lingdao", "overview-month-open", f"{overview}?month=2023-10"),
        Seen("lingdao", "overview-month-filing", f"{overview}?month=2023-08&heat=filing"),
        Seen("lingdao", "list", sub_items),
        Seen("lingdao", "list-narrowed", f"{sub_items}?month=2023-09&light=behind"),
        Seen("lingdao", "list-nothing", f"{sub_items}?q=没有这样的内容"),
        Seen("lingdao", "sub-item", reverse("dashboard:sub_item", args=[late.pk])),
        Seen("lingdao", "sub-item-with-targets", reverse("dashboard:sub_item", args=[_serial("1").pk])),
        Seen("lingdao", "not-found", "/overview/999/"),
        Seen("lingdao", "forbidden", reverse("milestones:edit", args=[late.pk])),
        *(Seen(person, f"to-do-{person}", reverse("home")) for person in TO_DO),
        Seen("fazhan", "due", reverse("filing:due")),
        Seen("shichang", "due-locked", reverse("filing:due")),
        Seen("shichang", "filing-locked", reverse("filing:report", args=[march.sub_item_id, "2023-03"])),
        Seen("fazhan", "filing", reverse("filing:report", args=[_serial("2").pk, "2023-10"])),
        Seen("fazhan", "filing-done", reverse("filing:report", args=[_serial("1").pk, "2023-10"])),
        Seen("chengjian", "filing-returned", reverse("filing:report", args=[returned.sub_item_id, "2023-10"])),
        Seen("chengjian", "list-of-a-unit", sub_items),
        Seen("zuzhi", "filing-contributions", reverse("filing:report", args=[_serial("9").pk, "2023-10"])),
        Seen("zuzhi", "assign", reverse("filing:assign", args=[_serial("9").pk, _assigned_line().pk])),
        Seen("guanghe", "to-do-contributions", reverse("filing:due")),
        *(
            Seen(person, f"contribute-{person}{month}", reverse("filing:contribute", args=[_serial("9").pk, month, pk]))
            for person, month, pk in (
                ("guanghe", "2023-10", _unit("洸河街道").pk),
                ("guanghe", "2023-09", _unit("洸河街道").pk),
                ("caizheng", "2023-10", _unit("财政金融局").pk),
            )
        ),
        Seen("duban", "review-contributions", reverse("review:report", args=[_contributed().pk])),
        Seen("guanghe", "sub-item-assisting", reverse("dashboard:sub_item", args=[_serial("9").pk])),
        Seen("duban", "review-queue", reverse("review:queue")),
        Seen("duban", "review-take-over", reverse("review:take_over", args=[stuck.pk])),
        Seen("duban", "review-reopen", reverse("review:reopen", args=[approved.pk])),
        Seen("duban", "review-versions", reverse("review:versions", args=[twice.pk])),
        Seen("duban", "periods-newest", reverse("periods:newest")),
        Seen("duban", "periods", reverse("periods:periods", args=[programme.pk])),
        Seen("duban", "periods-units", reverse("periods:units", args=[programme.pk])),
        Seen("duban", "periods-settings", reverse("periods:settings", args=[programme.pk])),
        Seen("duban", "programme", reverse("programmes:settings", args=[programme.pk])),
        Seen("duban", "periods-calendar", reverse("periods:calendar", args=[programme.pk])),
        Seen("duban", "periods-unfiled", reverse("periods:unfiled", args=[programme.pk, "2023-10"])),
        Seen("duban", "periods-unfiled-late", reverse("periods:unfiled", args=[programme.pk, "2023-03"])),
        Seen("duban", "periods-due", reverse("periods:due", args=[programme.pk, "2023-10"])),
        Seen("duban", "periods-exceptions", reverse("periods:exceptions", args=[programme.pk, "2023-09"])),
        Seen("duban", "periods-request", reverse("periods:request", args=[march.pk])),
        Seen("duban", "review", reverse("review:report", args=[report.pk])),
        Seen("duban", "review-returned", reverse("review:report", args=[returned.pk])),
        Seen("duban", "review-version", reverse("review:versions", args=[returned.pk])),
        Seen("duban", "review-again", reverse("review:report", args=[again.pk])),
        Seen("duban", "hand-over", reverse("handover:sub_item", args=[late.pk])),
        Seen("duban", "hand-overs", reverse("handover:programme", args=[programme.pk])),
        Seen("duban", "hand-overs-preview", f"{reverse('handover:programme', args=[programme.pk])}?{succession}"),
        Seen("fazhan-sh", "unit-review-queue", reverse("review:queue")),
        Seen("daoru", "tables", reverse("task_table:batches")),
        Seen("daoru", "upload", reverse("task_table:upload")),
        Seen("daoru", "batch", reverse("task_table:batch", args=[batch.pk])),
        Seen("daoru", "batch-committed", reverse("task_table:batch", args=[committed.pk])),
        Seen("daoru", "update", reverse("task_table:again", args=[update.pk])),
        *(
            Seen("daoru", f"batch-{name}", reverse(f"task_table:{name}", args=[batch.pk]))
            for name in ("columns", "unknown", "confirm")
        ),
        Seen("daoru", "batch-leave-out", reverse("task_table:leave_out", args=[batch.pk, row])),
        *(Seen("daoru", f"batch-{part}", reverse("task_table:part", args=[batch.pk, row, part])) for part in PARTS),
        Seen("daoru", "list-as-table", reverse("task_table:flat", args=[programme.pk])),
        Seen("daoru", "password", reverse("account_change_password")),
        Seen("daoru", "password-again", reverse("account_reauthenticate")),
        Seen("duban", "milestones", reverse("milestones:edit", args=[late.pk])),
        *(Seen("guanli", name.replace("_", "-"), reverse(f"office:{name}")) for name in OFFICE),
        Seen("guanli", "unit", reverse("office:unit", args=[unit.pk])),
        Seen("guanli", "group", reverse("office:group", args=[DepartmentGroup.objects.first().pk])),
        Seen("guanli", "source", reverse("office:source", args=[FundingSource.objects.first().pk])),
        Seen("guanli", "person", reverse("office:person", args=[User.objects.get(username="fazhan").pk])),
        Seen("guanli", "exchange-upload", reverse("office:exchange_upload", args=["units"])),
        Seen("guanli", "people-narrowed", reverse("office:people") + "?right=departments.file_report&sort=-last_login"),
        Seen("guanli", "units-nothing", reverse("office:units") + "?q=没有这样的单位"),
        Seen("shenji", "audit", reverse("office:audit")),
        Seen("shenji", "audit-narrowed", reverse("office:audit") + "?action=milestones.change&sort=person"),
        Seen("fazhan", "sub-items", reverse("dashboard:sub_items")),
        Seen("daoru", "sign-out", reverse("account_logout")),
    ]


def shown_to_somebody():
    """The names of all addresses that show a page, by the matrix of who may see what."""
    gets = {name: statuses for (name, method), statuses in MATRIX.items() if method == "get"}
    return {name.removesuffix("-of") for name, statuses in gets.items() if 200 in statuses.values()} - FILES


def _unit(name):
    return Department.objects.get(name=name, parent=None)


def _assigned_line():
    return LineAssignment.objects.get().line


def _contributed():
    """A report to which units contributed, of the newest approved month."""
    return MonthlyReport.objects.filter(sub_item__serial="9", state=State.APPROVED).latest("period__month")


def _serial(serial):
    return SubItem.objects.get(serial=serial)


@pytest.fixture
def filled(transactional_db, fill_year):
    fill_year()


def drawn(page, name, *, whole=True):
    """Draw the page, where that is asked for."""
    if folder := os.environ.get("SCREENSHOTS", ""):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)


def test_every_page_of_the_matrix_is_walked(filled):
    assert shown_to_somebody() - {resolve(urlsplit(seen.url).path).view_name for seen in pages()} == set()


@pytest.mark.looks
@pytest.mark.parametrize("width", VIEWPORTS)
def test_every_page_is_within_reach(filled, live_server, new_context, sign_in, page_log, width):
    page_log.allow("404|403")
    axe, faults, tabs, viewport = Axe(), [], {}, VIEWPORTS[width]
    for seen in pages():
        if seen.person not in tabs:
            tabs[seen.person] = new_context(viewport=viewport, base_url=live_server.url).new_page()
            if seen.person:
                sign_in(tabs[seen.person], User.objects.get(username=seen.person))
        page = tabs[seen.person]
        page.goto(seen.url)
        assert not seen.person or urlsplit(page.url).path != reverse("account_login"), f"{seen.name}: signed out"
        page.locator("html[data-ready=true]").wait_for(state="attached")
        drawn(page, f"{seen.name}-{width}")
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            faults.append(f"{seen.name}: wider than the screen")
        faults += [
            f"{seen.name}: {wide} wide on a screen of {screen['width']}"
            for screen in ((OFFICE_SCREEN, TABLET) if width == "1440" else ())
            if (wide := width_at(page, screen, back_to=viewport)) > screen["width"]
        ]
        found = axe.run(page)
        if found.violations_count:
            faults.append(f"{seen.name}: {found.generate_report()}")
        page.keyboard.press("Tab")  # so that the focus is shown as to whoever uses the keyboard
        faults += [f"{seen.name}: {wrong}" for wrong in page.evaluate(UNSEEN)]
    assert not faults, "\n".join(faults)


def width_at(page, viewport, *, back_to):
    """How wide the page is on another screen, once its charts have been drawn anew."""
    page.set_viewport_size(viewport)
    wide = page.evaluate(
        "new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() => "
        "tell(document.documentElement.scrollWidth))))"
    )
    page.set_viewport_size(back_to)
    return wide


@pytest.mark.looks
def test_no_page_is_wider_than_an_office_screen_in_english(filled, live_server, new_context, sign_in, page_log):
    """In Chinese this is seen as each page is walked, above."""
    page_log.allow("404|403")
    wide, tabs = {}, {}
    for seen in pages():
        if seen.person not in tabs:
            context = new_context(viewport=OFFICE_SCREEN, base_url=live_server.url)
            context.add_cookies([{"name": "language", "value": "en", "url": live_server.url}])
            tabs[seen.person] = context.new_page()
            if seen.person:
                sign_in(tabs[seen.person], User.objects.get(username=seen.person))
        page = tabs[seen.person]
        page.goto(seen.url)
        page.locator("html[lang=en][data-ready=true]").wait_for(state="attached")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > OFFICE_SCREEN["width"]:
            wide[seen.name] = width
    assert wide == {}


class Printed(NamedTuple):
    name: str
    url: str
    pages: int  # of A4, at most
    landscape: bool = False


def printed():
    programme = Programme.objects.get()
    overview, sub_items = (reverse(f"dashboard:{name}", args=[programme.pk]) for name in ("overview", "list"))
    return [
        Printed("overview", overview, 2),
        Printed("overview-month-filing", f"{overview}?month=2023-08&heat=filing", 2),
        Printed("list", sub_items, 2, landscape=True),
        *(Printed(f"sub-item-{n}", reverse("dashboard:sub_item", args=[_serial(n).pk]), 2) for n in ("1", "12")),
    ]


@pytest.mark.looks
def test_what_is_printed_keeps_to_its_paper(filled, live_server, new_context, sign_in):
    page = new_context(base_url=live_server.url).new_page()
    sign_in(page, User.objects.get(username="lingdao"))
    for paper in printed():
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(media="null")
        page.goto(paper.url)
        page.locator("html[data-ready=true]").wait_for(state="attached")
        content = page.pdf(prefer_css_page_size=True, print_background=False)
        assert len(re.findall(rb"/Type\s*/Page\b", content)) <= paper.pages, paper.name
        width, height = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content).groups()
        assert (float(width) > float(height)) is paper.landscape, paper.name
        if folder := os.environ.get("SCREENSHOTS", ""):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"print-{paper.name}.pdf").write_bytes(content)
        page.set_viewport_size({"width": 1032 if paper.landscape else 702, "height": 900})
        page.emulate_media(media="print")
        drawn(page, f"print-{paper.name}")


# The README's: what is seen first, a quarter smaller.
PICTURES = (
    ("lingdao", "overview", "overview", {"width": 1440, "height": 900}),
    ("lingdao", "sub-item", "sub-item", {"width": 1440, "height": 900}),
    ("fazhan", "filing", "filing", {"width": 390, "height": 844}),
)


@pytest.mark.looks
def test_the_pictures_of_the_readme(filled, live_server, new_context, sign_in):
    if "SCREENSHOTS" not in os.environ:
        pytest.skip("drawn by make screenshots")
    urls = {seen.name: seen.url for seen in pages()}
    for person, name, picture, viewport in PICTURES:
        context = new_context(viewport=viewport, base_url=live_server.url, device_scale_factor=0.75)
        page = context.new_page()
        sign_in(page, User.objects.get(username=person))
        page.goto(urls[name])
        page.locator("html[data-ready=true]").wait_for(state="attached")
        drawn(page, f"readme-{picture}", whole=False)


@pytest.mark.looks
@pytest.mark.parametrize("width", VIEWPORTS)
def test_what_is_shown_when_something_goes_wrong_is_within_reach(live_server, new_context, page_log, width):
    page_log.allow("400|403|404|429|500")
    page = new_context(viewport=VIEWPORTS[width], base_url=live_server.url).new_page()
    login, faults, axe = reverse("account_login"), [], Axe()

    def look(name, words):
        assert words in page.locator("main").inner_text(), name
        drawn(page, f"error-{name}-{width}")
        if page.evaluate("document.documentElement.scrollWidth") > VIEWPORTS[width]["width"]:
            faults.append(f"{name}: wider than the screen")
        if (found := axe.run(page)).violations_count:
            faults.append(f"{name}: {found.generate_report()}")

    page.goto(login + "?" + "&".join(["a"] * 5001))
    look("400", "400")
    page.goto("/nowhere/")
    look("404", "404")
    page.goto(login)
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    sign_in_as(page, "nobody")
    look("csrf", "403")
    for _attempt in range(6):
        page.goto(login)
        sign_in_as(page, "nobody")
    look("locked-out", "次数过多")
    body = server_error(None).content.decode()
    page.route("**/broken/", lambda route: route.fulfill(status=500, content_type=HTML, headers=POLICY, body=body))
    page.goto("/broken/")
    look("500", "500")
    assert not faults, "\n".join(faults)


def sign_in_as(page, name):
    page.locator("main [name=login]").fill(name)
    page.locator("main [name=password]").fill("falsch-2023")
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()
