"""Whom units call: the administrator says it, units read it."""

import pytest
from django.urls import reverse

from departments.models import AuditEvent
from departments.services import jurisdictions
from tests.factories.departments import UserFactory

PAGE = reverse("office:office")


def test_the_office_is_named_and_the_change_is_recorded(office, town):
    response = office.post(PAGE, {"office_name": "督查室", "office_contact": " 陈立新 0537-5550102 "})
    assert response.url == f"{PAGE}?area={town.zone.pk}"
    town.zone.refresh_from_db()
    assert (town.zone.office_name, town.zone.office_contact) == ("督查室", "陈立新 0537-5550102")
    event = AuditEvent.objects.get()
    assert (event.action, event.details) == (
        "jurisdiction.office",
        {"changed": {"office_contact": ["", "陈立新 0537-5550102"]}},
    )
    html = office.get(PAGE).content.decode()
    assert 'value="陈立新 0537-5550102"' in html
    assert "设置督查机构联系方式" in html
    office.post(PAGE, {"office_name": "督查室", "office_contact": "陈立新 0537-5550102"})
    assert AuditEvent.objects.count() == 1  # the same again is no change


@pytest.mark.parametrize("wrong", [{"office_name": ""}, {"office_contact": "长" * 121}])
def test_what_cannot_be_is_said_in_place_and_changes_nothing(office, town, wrong):
    response = office.post(PAGE, {"office_name": "督查室", "office_contact": "王科"} | wrong)
    assert response.status_code == 422
    assert "王科" in response.content.decode() or "长" in response.content.decode()
    town.zone.refresh_from_db()
    assert town.zone.office_contact == ""
    assert not AuditEvent.objects.exists()


def test_another_zones_office_is_not_named(office, town):
    assert office.post(f"{PAGE}?area={town.other.pk}", {"office_name": "越权"}).status_code == 404
    town.other.refresh_from_db()
    assert town.other.office_name != "越权"
    assert not AuditEvent.objects.exists()


def test_the_service_asks_for_the_right_itself(town):
    with pytest.raises(jurisdictions.DomainError):
        jurisdictions.name_office(town.zone, office_name="越权", office_contact="", by=UserFactory())
    assert not AuditEvent.objects.exists()
