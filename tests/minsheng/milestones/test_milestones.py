"""The office's page of milestones: written whole, with a revision, and without touching what was kept."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from departments.models import AuditEvent
from projects.models import Light, Milestone, PeriodFigure, SubItem, SubItemRevision
from projects.services.milestones import token
from tests.factories.projects import MilestoneFactory, PeriodFigureFactory, SubItemRevisionFactory

pytestmark = pytest.mark.django_db


def url(world):
    return reverse("milestones:edit", args=[world.sub_item.pk])


def steps(world):
    return list(Milestone.objects.filter(sub_item=world.sub_item))


def posted(world, *rows, reason="", document="", seen=None):
    """What the form sends: a row is (milestone or None, name, due_on, weight, done_on, remove)."""
    data = {
        "rows-TOTAL_FORMS": len(rows),
        "rows-INITIAL_FORMS": sum(row[0] is not None for row in rows),
        "reason": reason,
        "document": document,
        "seen": token(steps(world)) if seen is None else seen,
    }
    for at, (milestone, name, due_on, weight, done_on, remove) in enumerate(rows):
        data |= {
            f"rows-{at}-pk": milestone.pk if milestone else "",
            f"rows-{at}-name": name,
            f"rows-{at}-due_on": due_on,
            f"rows-{at}-weight": weight,
            f"rows-{at}-done_on": done_on,
        }
        if remove:
            data[f"rows-{at}-remove"] = "on"
    return data


EMPTY = (None, "", "", "1", "", False)


def test_only_a_row_that_holds_a_milestone_marks_what_it_needs(client, world):
    MilestoneFactory(sub_item=world.sub_item)
    client.force_login(world.office)
    first, *others = client.get(url(world)).text.split('class="milestone-row"')[1:]
    assert first.count("field-required") == 3
    assert others
    assert "field-required" not in "".join(others[:-1]) + others[-1].partition("</fieldset>")[0]


def test_the_office_adds_milestones_and_the_plan_is_revised(client, world):
    client.force_login(world.office)
    rows = [(None, "开工", "2023-03-31", "1", "2023-04-02", False), (None, "竣工", "2023-11-30", "3", "", False), EMPTY]
    answer = client.post(url(world), posted(world, *rows, reason="按推进会要求细化。", document="会议纪要3号"))

    assert answer.status_code == 302
    assert [(one.name, one.weight, one.done_on) for one in steps(world)] == [
        ("开工", Decimal(1), date(2023, 4, 2)),
        ("竣工", Decimal(3), None),
    ]
    revision = SubItemRevision.objects.get(sub_item=world.sub_item)
    assert (revision.number, revision.by, revision.document) == (2, world.office, "会议纪要3号")
    assert revision.changes["milestones"][0] == []
    assert AuditEvent.objects.get(action="milestones.change").actor == world.office


def test_figures_follow_at_once_and_kept_ones_stay(client, world):
    first = MilestoneFactory(sub_item=world.sub_item, name="开工", due_on=date(2023, 3, 31))
    SubItem.objects.filter(pk=world.sub_item.pk).update(progress_kind=SubItem.ProgressKind.MILESTONES)
    kept = PeriodFigureFactory(sub_item=world.sub_item, period=world.august, light=Light.RED)
    SubItemRevisionFactory(sub_item=world.sub_item, number=1, plan={"content": "基线"})
    client.force_login(world.office)
    client.post(url(world), posted(world, (first, "开工", "2023-03-31", "1", "2023-03-30", False)))
    sub_item = SubItem.objects.get(pk=world.sub_item.pk)

    assert (sub_item.percent, sub_item.scheduled_percent) == (Decimal(100), Decimal(100))
    assert sub_item.light == Light.BLUE
    assert list(PeriodFigure.objects.values_list("pk", "light", "percent")) == [(kept.pk, Light.RED, Decimal(40))]
    latest = SubItemRevision.objects.get(sub_item=sub_item, number=2)
    assert (latest.plan["content"], latest.reason) == ("基线", "")  # that it is reached needs no reason


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (("开工", "2023-04-30", "1", "", False), 422),  # another day, no reason
        (("开工", "2023-03-31", "1", "", True), 422),  # removed, no reason
        (("", "2023-03-31", "1", "", False), 422),
        (("开工", "2023-03-31", "0", "", False), 422),
        (("开工", "2023-03-31", "1", "2023-09-21", False), 422),  # tomorrow
    ],
)
def test_what_is_refused_changes_nothing(client, world, row, status):
    first = MilestoneFactory(sub_item=world.sub_item, name="开工", due_on=date(2023, 3, 31))
    before = token(steps(world))
    client.force_login(world.office)
    answer = client.post(url(world), posted(world, (first, *row)))

    assert answer.status_code == status
    assert token(steps(world)) == before
    assert not SubItemRevision.objects.exists()


def test_of_two_people_the_later_one_is_told(client, world):
    first = MilestoneFactory(sub_item=world.sub_item, name="开工", due_on=date(2023, 3, 31))
    client.force_login(world.office)
    row = (first, "正式开工", "2023-03-31", "1", "", False)
    answer = client.post(url(world), posted(world, row, reason="改名。", seen="something older"))

    assert answer.status_code == 409
    assert steps(world)[0].name == "开工"


def test_a_milestone_of_another_sub_item_is_not_reached_through_this_one(client, world):
    foreign = MilestoneFactory(name="别处", due_on=date(2023, 3, 31))
    client.force_login(world.office)
    row = (foreign, "偷改", "2023-03-31", "1", "", False)
    data = posted(world, row, reason="改名。") | {"rows-INITIAL_FORMS": 0}

    assert client.post(url(world), data).status_code == 409
    foreign.refresh_from_db()
    assert foreign.name == "别处"


def test_removing_and_nothing_changed(client, world):
    first = MilestoneFactory(sub_item=world.sub_item, name="开工", due_on=date(2023, 3, 31))
    client.force_login(world.office)
    same = (first, "开工", "2023-03-31", "1", "")
    client.post(url(world), posted(world, (*same, False), EMPTY))
    assert not SubItemRevision.objects.exists()

    client.post(url(world), posted(world, (*same, True), reason="不再单列。"))
    assert steps(world) == []
    assert SubItemRevision.objects.get().changes["milestones"][1] == []


def test_a_withdrawn_sub_item_keeps_its_milestones(client, world):
    SubItem.objects.filter(pk=world.sub_item.pk).update(status=SubItem.Status.WITHDRAWN)
    client.force_login(world.office)
    row = (None, "开工", "2023-03-31", "1", "", False)

    assert client.post(url(world), posted(world, row, reason="补充。")).status_code == 422
    assert steps(world) == []


def test_others_are_not_led_there(client, world):
    MilestoneFactory(sub_item=world.sub_item)
    page = reverse("dashboard:sub_item", args=[world.sub_item.pk])
    for user, led in ((world.office, True), (world.leader, False), (world.clerk, False)):
        client.force_login(user)
        assert (url(world) in client.get(page).text) is led


def test_a_refused_post_of_others_changes_nothing(client, world):
    client.force_login(world.leader)
    row = (None, "开工", "2023-03-31", "1", "", False)

    assert client.post(url(world), posted(world, row, reason="补充。")).status_code == 403
    assert steps(world) == []


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, django_assert_num_queries, world, count):
    for _row in range(count):
        MilestoneFactory(sub_item=world.sub_item)
    client.force_login(world.office)
    client.get(url(world))
    with django_assert_num_queries(8):
        assert client.get(url(world)).status_code == 200
