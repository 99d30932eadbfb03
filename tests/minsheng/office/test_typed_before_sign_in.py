"""The administrator's forms: what is sent after the sign-in has expired stands in them again, and nothing was done."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from departments.models import AuditEvent, Department, DepartmentAlias, DepartmentGroup, User
from funding.models import FundingSource
from minsheng import sign_in
from tests.factories.departments import DepartmentGroupFactory
from tests.factories.funding import FundingSourceFactory

TEXT = "写了很久的名称"


def on(name, of=None):
    return lambda town: reverse(f"office:{name}", args=[getattr(town, of).pk] if of else [])


# form: (page it stands on, address it is sent to, what is typed beside the text, in which field the text is)
FORMS = {
    "new unit": (on("unit_add"), on("unit_add"), {}, "name"),
    "unit": (on("unit", "unit"), on("unit", "unit"), {"short_name": "简称"}, "name"),
    "alias of a unit": (on("unit", "unit"), on("unit_alias", "unit"), {}, "alias"),
    "new group": (on("group_add"), on("group_add"), {}, "name"),
    "group": (on("group", "group"), on("group", "group"), {}, "name"),
    "alias of a group": (on("group", "group"), on("group_alias", "group"), {}, "alias"),
    "new source": (on("source_add"), on("source_add"), {"code": "x"}, "name"),
    "source": (on("source", "source"), on("source", "source"), {}, "name"),
    "new person": (on("person_add"), on("person_add"), {"username": "liu", "password": "geheim-geheim"}, "name"),
    "person": (on("person", "person"), on("person", "person"), {}, "name"),
    "right on an area": (
        on("person", "person"), on("person_area_right", "person"), {"area-right": "administer"}, "area-reason",
    ),
    "office": (on("office"), on("office"), {}, "office_name"),
}  # fmt: skip


def state():
    kept = (Department, DepartmentAlias, DepartmentGroup, FundingSource, User)
    return [list(model.objects.order_by("pk").values()) for model in kept], AuditEvent.objects.count()


@pytest.mark.parametrize("name", FORMS)
def test_what_was_typed_stands_there_again_and_nothing_was_done(client, town, name):
    town.group, town.source = DepartmentGroupFactory(jurisdiction=town.zone), FundingSourceFactory()
    page, address, beside, field = FORMS[name]
    client.force_login(town.administrator)
    assert f'name="{sign_in.FIELD}" value="' in client.get(page(town)).content.decode()
    client.logout()
    before = state()

    mark = {sign_in.FIELD: sign_in.typed_by(town.administrator)}
    sent = client.post(address(town), {**beside, field: TEXT, **mark})

    assert sent.url.startswith(reverse("account_login"))
    assert all("geheim" not in str(one.get_decoded()) for one in Session.objects.all())
    client.force_login(town.administrator)
    again = client.get(address(town), follow=True)
    assert (again.status_code, again.request["PATH_INFO"]) == (200, page(town))
    shown = again.content.decode()
    assert str(sign_in.RESTORED) in shown
    box = shown.partition(TEXT)[0].rpartition("<")[2]
    assert (shown.count(TEXT), f'name="{field}"' in box) == (1, True)
    assert [list(model.objects.order_by("pk").values()) for model in (Department, DepartmentAlias)] == before[0][:2]
    assert AuditEvent.objects.filter(action__startswith="department").count() == 0
    assert TEXT not in client.get(page(town)).content.decode()


def test_the_end_of_a_unit_keeps_its_day(client, town):
    url = reverse("office:unit_close", args=[town.unit.pk])
    client.post(url, {"until": "2023-11-07", sign_in.FIELD: sign_in.typed_by(town.administrator)})
    client.force_login(town.administrator)
    assert 'value="2023-11-07"' in client.get(url, follow=True).content.decode()
    town.unit.refresh_from_db()
    assert town.unit.active_until is None


def test_another_person_reads_nothing_of_it(client, town):
    url = reverse("office:unit_alias", args=[town.unit.pk])
    client.post(url, {"alias": TEXT, sign_in.FIELD: sign_in.typed_by(town.administrator)})
    client.force_login(town.second)
    assert TEXT not in client.get(url, follow=True).content.decode()
