"""The office's pages of hand-overs: looked at first, then written; refused in place with what was typed."""

from datetime import date

import pytest
from django.urls import reverse

from departments.permissions import FILE_REPORT
from projects.models import Responsibility, SubItemRevision
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory, SubItemFactory
from tests.minsheng.life import draft, submitted

OCTOBER = date(2023, 10, 1)


@pytest.fixture
def new(world):
    return DepartmentFactory(jurisdiction=world.jurisdiction, name="数据和政务服务局")


@pytest.fixture
def office(world, client):
    client.force_login(world.office)
    return client


def single(world):
    return reverse("handover:sub_item", args=[world.sub_item.pk])


def many(world):
    return reverse("handover:programme", args=[world.sub_item.programme_id])


def rows(page, *shares, **why):
    """The form as it was opened, with the rows ``(unit, part)``."""
    formset, form = page.context["rows"], page.context["form"]
    data = {f"rows-{name}": formset.management_form[name].value() for name in formset.management_form.fields}
    for number, (unit, part) in enumerate(shares):
        data |= {f"rows-{number}-unit": unit.pk if unit else "", f"rows-{number}-part": part}
    opened = {name: form[name].value() or "" for name in form.fields}
    return data | opened | {"month": "2023-10", "reason": "机构改革"} | why


def current(world):
    return [
        (row.department, row.role, row.files)
        for row in Responsibility.objects.current().filter(sub_item=world.sub_item).order_by("-files", "pk")
    ]


def test_a_sub_item_is_looked_at_first_then_handed_over(world, new, office):
    page = office.get(single(world))
    assert [month.month for month in page.context["months"]] == [9, 10, 11, 12]
    shown = office.post(single(world), rows(page, (new, "files"), (world.unit, "assist"), step="preview"))
    spans = shown.context["preview"].spans
    assert [(one.first.month, one.last.month, one.unit) for one in spans] == [
        (1, 9, world.unit.name),
        (10, 12, new.name),
    ]
    assert current(world) == [(world.unit, "lead", True)]

    done = office.post(single(world), rows(page, (new, "files"), (world.unit, "assist"), step="save"))
    assert done.url == reverse("dashboard:sub_item", args=[world.sub_item.pk])
    assert "自2023年10月起" in office.get(done.url).text
    assert current(world) == [(new, "lead", True), (world.unit, "assist", False)]
    again = office.post(single(world), rows(page, (new, "files"), (world.unit, "assist"), step="save"))
    assert again.status_code == 409  # made of an older page
    assert SubItemRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("why", "shares"),
    [
        ({"reason": " "}, "new"),
        ({"month": "2023-08"}, "new"),
        ({"month": "x"}, "new"),
        ({}, "nobody"),
        ({}, "both"),
        ({}, "same"),
    ],
)
def test_what_is_refused_is_said_in_place_with_what_was_typed(world, new, office, why, shares):
    page = office.get(single(world))
    asked = {
        "new": [(new, "files")],
        "nobody": [(world.unit, "")],
        "both": [(world.unit, "files"), (new, "files")],
        "same": [(world.unit, "files")],
    }
    refused = office.post(single(world), rows(page, *asked[shares], step="save", document="5号文", **why))
    assert refused.status_code == 422
    assert refused.context["form"].errors
    assert 'value="5号文"' in refused.content.decode()
    assert current(world) == [(world.unit, "lead", True)]


def test_a_submitted_month_is_not_offered_and_named(world, new, office):
    submitted(world)
    page = office.get(single(world))
    assert [month.month for month in page.context["months"]] == [10, 11, 12]
    assert "2023年9月已报送，可自2023年10月起移交。" in page.content.decode()


def test_an_open_name_is_named_here_and_stays_open_where_it_is_left(world, new, office):
    ResponsibilityFactory(sub_item=world.sub_item, department=None, role="assist", order=1, stated_as="试点街道")
    page = office.get(single(world))
    office.post(single(world), rows(page, (new, "files"), (None, "assist"), step="save"))
    opened = Responsibility.objects.get(department=None)
    assert (opened.until, opened.stated_as) == (None, "试点街道")
    page = office.get(single(world))
    office.post(single(world), rows(page, (new, "files"), (world.unit, "assist"), step="save"))
    assert Responsibility.objects.get(department=world.unit, until=None).stated_as == "试点街道"


def test_the_page_of_a_closed_sub_item_offers_nothing_it_would_refuse(world, office):
    world.sub_item.status = "closed"
    world.sub_item.save()
    assert single(world) not in office.get(reverse("dashboard:sub_item", args=[world.sub_item.pk])).content.decode()


def test_what_a_unit_holds_is_shown_then_the_chosen_go_over(world, new, office):
    second = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    third = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    submitted(world)
    asked = {"old": world.unit.pk, "new": new.pk, "month": "2023-09"}
    shown = office.get(many(world), asked)
    by_item = {one.sub_item: one for one in shown.context["shown"]}
    assert "2023年9月已报送" in by_item[world.sub_item].refusal
    assert [by_item[one].refusal for one in (second, third)] == ["", ""]
    html = shown.content.decode()
    assert html.count('name="item"') == 2
    assert "数据和政务服务局尚无填报员" in html
    UserFactory(grants={new: [FILE_REPORT]})
    assert "尚无填报员" not in office.get(many(world), asked).content.decode()

    chosen = asked | {"item": [by_item[second].key], "reason": "机构改革", "document": "5号文"}
    done = office.post(many(world), chosen, follow=True)
    assert "已向数据和政务服务局移交1个子项。" in done.content.decode()
    files = Responsibility.objects.current().filter(files=True)
    assert {row.sub_item: row.department for row in files} == {
        world.sub_item: world.unit,
        second: new,
        third: world.unit,
    }
    assert office.post(many(world), chosen).status_code == 409  # made of an older page
    assert SubItemRevision.objects.count() == 1


def test_a_draft_that_goes_over_is_said(world, new, office):
    draft(world)
    shown = office.get(many(world), {"old": world.unit.pk, "new": new.pk, "month": "2023-09"})
    assert "2023年9月的草稿一并移交。" in shown.content.decode()


@pytest.mark.parametrize("others", [{"item": []}, {"reason": " "}, {"item": ["x"]}, {"new": "0"}, {"month": "2024-01"}])
def test_what_is_not_said_hands_nothing_over(world, new, office, others):
    asked = {"old": world.unit.pk, "new": new.pk, "month": "2023-10"}
    key = office.get(many(world), asked).context["shown"][0].key
    refused = office.post(many(world), asked | {"item": [key], "reason": "机构改革"} | others)
    assert refused.status_code == 422
    assert current(world) == [(world.unit, "lead", True)]


def test_a_unit_that_ends_is_proposed_with_its_successor(world, new, office):
    world.unit.successor, world.unit.active_until = new, date(2023, 9, 30)
    world.unit.save()
    form = office.get(many(world)).context["form"]
    assert (form["old"].value(), form["new"].value(), form["month"].value()) == (
        str(world.unit.pk),
        str(new.pk),
        "2023-09",
    )


def test_a_unit_does_not_succeed_itself(world, office):
    page = office.get(many(world), {"old": world.unit.pk, "new": world.unit.pk, "month": "2023-10"})
    assert page.context["form"].errors
    assert page.context["shown"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_the_same_however_many(world, new, office, django_assert_num_queries, count):
    for _ in range(count - 1):
        SubItemFactory(project=world.sub_item.project, lead=world.unit)
    draft(world)
    asked = {"old": world.unit.pk, "new": new.pk, "month": "2023-10"}
    office.get(many(world), asked)
    with django_assert_num_queries(20):
        assert len(office.get(many(world), asked).context["shown"]) == count


@pytest.mark.parametrize("who", ["clerk", "leader", "stranger"])
def test_who_is_not_the_office_hands_nothing_over(world, new, client, who):
    client.force_login(getattr(world, who))
    statuses = {
        client.post(url, {"old": world.unit.pk, "new": new.pk, "month": "2023-10", "reason": "x"}).status_code
        for url in (single(world), many(world))
    }
    assert statuses <= {403, 404}
    assert current(world) == [(world.unit, "lead", True)]


def test_a_person_of_the_new_unit_sees_the_sub_item_at_once(world, new, office):
    page = office.get(single(world))
    office.post(single(world), rows(page, (new, "files"), step="save"))
    office.force_login(UserFactory(grants={new: [FILE_REPORT]}))
    assert office.get(reverse("dashboard:sub_item", args=[world.sub_item.pk])).status_code == 200
