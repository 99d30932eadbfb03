"""Every form that is typed in: what is sent after the sign-in has expired stands in it again, and nothing was done."""

from datetime import datetime

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from departments import clock
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT, departments_granted
from minsheng import sign_in
from minsheng.filing.services import submit
from projects.models import ExceptionRequest, MonthlyReport, ReportEvent
from tests.factories.projects import ExceptionRequestFactory
from tests.minsheng.life import approved, draft, sheet, submitted

TEXT = "写了很久的一段理由。"
State = MonthlyReport.State


def of_report(name):
    return lambda world: reverse(f"review:{name}", args=[MonthlyReport.objects.get().pk])


def of_month(name):
    return lambda world: reverse(f"periods:{name}", args=[world.sub_item.programme_id, "2023-09"])


def of_programme(name):
    return lambda world: reverse(name, args=[world.sub_item.programme_id])


def in_unit_review(world):
    """Long enough for the office to take it over."""
    world.reviewer()
    with clock.at(datetime(2023, 9, 10, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        draft(world)
        submit(sheet(world), by=world.clerk)


def handing_over(world):
    new = departments_granted(world.stranger, FILE_REPORT).get()
    asked = f"?old={world.unit.pk}&new={new.pk}&month=2023-10"
    return reverse("handover:programme", args=[world.sub_item.programme_id]) + asked


def ask(world):
    """August has locked."""
    return reverse("filing:exception", args=[world.sub_item.pk, "2023-08"])


# page: (what is done before, its address, who, what is typed beside the text, in which field the text is)
FORMS = {
    "decision": (submitted, of_report("report"), "office", {"step": "return"}, "comment"),
    "remark": (submitted, of_report("report"), "office", {"step": "return"}, "remark_progress"),
    "take over": (in_unit_review, of_report("take_over"), "office", {}, "reason"),
    "reopen": (approved, of_report("reopen"), "office", {}, "reason"),
    "run out": (submitted, of_report("run_out"), "office", {"step": "let-go"}, "reason"),
    "due day": (None, of_month("due"), "office", {"due_on": "2023-10-07", "seen": "2023-10-05"}, "reason"),
    "exception": (None, of_month("exceptions"), "office", {"whom": "all", "until": "2023-10-20"}, "reason"),
    "calendar": (None, of_programme("periods:calendar"), "office", {"day": "2023-10-09", "works": "off"}, "note"),
    "schedule": (None, of_programme("periods:settings"), "office", {"step": "save", "due_day": "7"}, "reason"),
    "lights": (None, of_programme("programmes:settings"), "office", {"step": "save"}, "reason"),
    "answer": (
        lambda world: ExceptionRequestFactory(period=world.august, department=world.unit),
        lambda world: reverse("periods:request", args=[ExceptionRequest.objects.get().pk]),
        "office",
        {"step": "refuse"},
        "answer",
    ),
    "asking": (None, ask, "clerk", {"wished_until": "2023-10-09"}, "reason"),
    "milestones": (
        None,
        lambda world: reverse("milestones:edit", args=[world.sub_item.pk]),
        "office",
        {"rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0"},
        "reason",
    ),
    "hand-over of one": (
        None,
        lambda world: reverse("handover:sub_item", args=[world.sub_item.pk]),
        "office",
        {"rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0", "step": "save"},
        "reason",
    ),
    "hand-over of all": (None, handing_over, "office", {"step": "save"}, "reason"),
}


def done():
    """What a step would have written."""
    periods = list(MonthlyReport.objects.values_list("pk", "state"))
    return periods, ReportEvent.objects.count(), AuditEvent.objects.count(), ExceptionRequest.objects.count()


@pytest.fixture(params=FORMS)
def form(request, world, client):
    """The form as it is drawn: its address, who has it open, and the sending of it with the text."""
    before, address, who, beside, field = FORMS[request.param]
    if before:
        before(world)
    url, user = address(world), getattr(world, who)
    client.force_login(user)
    drawn = client.get(url, follow=True).content.decode()
    client.logout()
    return url, user, {**beside, field: TEXT}, drawn, request.param


def test_what_was_typed_stands_there_again_and_nothing_was_done(form, client):
    url, user, data, drawn, name = form
    if name != "run out":  # it is not run out yet: what is shown then is below
        assert f'name="{sign_in.FIELD}" value="' in drawn
    before = done()
    assert "填写的内容已保留" not in client.get(reverse("account_login")).text
    sent = client.post(url, data | {sign_in.FIELD: sign_in.typed_by(user)})
    assert sent.status_code == 302
    assert sent.url.startswith(reverse("account_login"))
    assert "填写的内容已保留" in client.get(sent.url).text
    client.force_login(user)
    again = client.get(url)
    assert again.status_code == 200
    page = again.content.decode()
    assert page.count(TEXT) == 1
    assert str(sign_in.RESTORED) in page
    box = page.partition(TEXT)[0].rpartition("<")[2] if name != "calendar" else page.rpartition(TEXT)[0]
    assert f'name="{next(key for key, value in data.items() if value == TEXT)}"' in box
    assert done() == before
    assert TEXT not in client.get(url, follow=True).content.decode()


def test_a_page_that_shows_its_form_no_more_lists_what_was_typed(world, client):
    """The report was approved meanwhile: the decision has no form."""
    report = submitted(world)
    url = reverse("review:report", args=[report.pk])
    client.post(url, {"step": "return", "comment": TEXT, sign_in.FIELD: sign_in.typed_by(world.office)})
    MonthlyReport.objects.update(state=State.APPROVED)
    client.force_login(world.office)
    assert TEXT in client.get(url).content.decode()


def test_an_address_that_is_gone_lists_it_too(world, client):
    url = reverse("periods:request", args=[99])
    client.post(url, {"answer": TEXT, "step": "refuse", sign_in.FIELD: sign_in.typed_by(world.office)})
    assert Session.objects.exists()
    client.force_login(world.office)
    gone = client.get(url)
    assert gone.status_code == 404
    assert TEXT in gone.content.decode()
    assert "refuse" not in gone.content.decode()
