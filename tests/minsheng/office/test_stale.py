"""Two tabs on one form of the office: what the other saved is neither lost nor overwritten unseen."""

import pytest
from django.urls import reverse

from departments.models import AuditEvent, Jurisdiction
from funding.models import FundingSource
from tests.factories.departments import DepartmentFactory, DepartmentGroupFactory


def tab(client, page, pk=None):
    """What a tab sends that shows the form as it stands now."""
    form = client.get(address(page, pk)).context["form"]
    sent = {field.html_name: "" if (value := field.value()) is None else value for field in form}
    sent["drawn"] = form["drawn"].subwidgets[0].data["value"]
    return {name: value for name, value in sent.items() if value is not False}


def address(page, pk):
    return reverse(f"office:{page}", args=[pk] if pk else [])


def test_what_the_other_saved_in_another_field_stays(office, town):
    old = tab(office, "unit", town.unit.pk)
    office.post(address("unit", town.unit.pk), old | {"contact": "甲"})
    response = office.post(address("unit", town.unit.pk), old | {"telephone": "123"})

    assert response.status_code == 302
    town.unit.refresh_from_db()
    assert (town.unit.contact, town.unit.telephone) == ("甲", "123")


def test_the_same_field_is_refused_with_both_and_saved_by_who_has_seen_both(office, town):
    old = tab(office, "unit", town.unit.pk)
    office.post(address("unit", town.unit.pk), old | {"contact": "甲", "telephone": "1"})
    refused = office.post(address("unit", town.unit.pk), old | {"contact": "乙"})

    town.unit.refresh_from_db()
    assert refused.status_code == 409
    assert "其他人员刚刚将此项保存为“甲”" in refused.text
    assert 'value="乙"' in refused.text
    assert (town.unit.contact, AuditEvent.objects.count()) == ("甲", 1)

    drawn = refused.context["form"]["drawn"].subwidgets[0].data["value"]
    office.post(address("unit", town.unit.pk), old | {"contact": "乙", "drawn": drawn})
    town.unit.refresh_from_db()
    assert (town.unit.contact, town.unit.telephone) == ("乙", "1")


def test_both_typed_the_same(office, town):
    old = tab(office, "unit", town.unit.pk)
    for _tab in range(2):
        assert office.post(address("unit", town.unit.pk), old | {"contact": "甲"}).status_code == 302
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("drawn", ["", "null", "[]", '"x"', "{"])
def test_a_form_without_a_memory_or_with_a_wrong_one_is_no_error_of_the_server(office, town, drawn):
    response = office.post(address("unit", town.unit.pk), {"name": "示例局", "contact": "甲", "drawn": drawn})
    assert response.status_code == (422 if drawn == "{" else 302)


def other_fields(town, page):
    """A row, what the first tab changes, what the second changes elsewhere, and what stands then."""
    second = DepartmentFactory(jurisdiction=town.zone)
    match page:
        case "person":
            return town.person, {"telephone": "1"}, {"department": second.pk}, ("telephone", "1")
        case "group":
            group = DepartmentGroupFactory(jurisdiction=town.zone, name="各街道", members=[town.unit])
            return group, {"name": "各街镇"}, {"members": [town.unit.pk, second.pk]}, ("name", "各街镇")
        case _:
            zone = Jurisdiction.objects.get(pk=town.zone.pk)
            return zone, {"office_contact": "甲"}, {"office_name": "督查室"}, ("office_contact", "甲")


@pytest.mark.parametrize("kind", ["person", "group", "office"])  # "page" would be a browser's
def test_every_form_of_the_office_keeps_what_the_other_saved(office, town, kind):
    row, first, then, (field, value) = other_fields(town, kind)
    pk = None if kind == "office" else row.pk
    old = tab(office, kind, pk)
    for typed in (first, then):
        assert office.post(address(kind, pk), old | typed).status_code == 302
    refused = office.post(address(kind, pk), old | dict.fromkeys(first, "乙"))

    row.refresh_from_db()
    assert refused.status_code == 409
    assert getattr(row, field) == value


def test_a_source_renamed_twice(office, town):
    source = FundingSource.objects.first()
    old = tab(office, "source", source.pk)
    office.post(address("source", source.pk), old | {"name": "市级"})
    assert office.post(address("source", source.pk), old | {"name": "省市级"}).status_code == 409
    assert office.post(address("source", source.pk), old).status_code == 302  # nothing typed, nothing undone
    source.refresh_from_db()
    assert source.name == "市级"
