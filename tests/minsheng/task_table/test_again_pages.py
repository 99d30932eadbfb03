"""The page of an update: what is proposed, what differs, what is refused in place, and for whom it does not exist."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import IMPORT_TABLE
from minsheng.task_table import services
from minsheng.task_table.again import services as again
from projects.models import SubItem, SubItemRevision
from tests.factories.departments import JurisdictionFactory, UserFactory

SURE = ("财政金融局", "经济发展局")


@pytest.fixture(autouse=True)
def _july():
    with clock.at(datetime(2023, 7, 6, 9, 0)):  # noqa: DTZ001 Shanghai time
        yield


@pytest.fixture
def alice(client, importer):
    client.force_login(importer)
    return client


@pytest.fixture
def programme(stage, table, importer):
    return services.commit(stage(table(SURE, SURE)), by=importer)


def address(name, batch):
    return reverse(f"task_table:{name}", args=[batch.pk])


def typed(page, **other):
    """What the form of a page sends when nothing of it is touched, but for ``other``."""
    form = page.context["form"]
    data = {}
    for bound in form:
        value = form.get_initial_for_field(bound.field, bound.name) if not form.is_bound else bound.data
        if value is not None and value is not False and value != "":
            data[bound.name] = bound.field.prepare_value(value) if not isinstance(value, bool) else "on"
    return {**data, **other}


def written():
    return list(SubItem.objects.order_by("pk").values()), SubItemRevision.objects.count()


def test_differences_are_shown_old_beside_new_and_confirmed(alice, programme, stage, table):
    batch = stage(table((*SURE, "财政资金7万元"), ("经济发展局", "")))

    page = alice.get(address("again", batch))
    assert [pair.pair.row.position for pair in page.context["pairs"]] == [1, 2]
    refused = alice.post(address("again_commit", batch), typed(page))
    assert (refused.status_code, "请写明更新原因" in refused.content.decode()) == (409, True)
    data = typed(page, reason="年中调整", document="〔2023〕12号", **{"month-2": "2023-08-01"})
    del data["take-1-funding"]
    response = alice.post(address("again_commit", batch), data)

    assert (response.status_code, response.url) == (302, address("batch", batch))
    first, second = programme.sub_items.order_by("position")
    assert (first.planned, first.revisions.count()) == (10_000, 1)  # the change of its money was not taken
    now = second.responsibilities.get(files=True, until=None)
    assert (now.department.name, now.since) == ("经济发展局", date(2023, 8, 1))
    assert (second.planned, second.revisions.count()) == (20_000, 2)
    assert alice.get(address("batch", batch)).status_code == 200


def test_matches_are_confirmed_by_a_person_first(alice, programme, stage, table):
    batch = stage(table(SURE, SURE, SURE))
    before = written()

    page = alice.get(address("again", batch))
    assert [one.row.position for one in page.context["shown"]] == [3]  # the others agree
    response = alice.post(address("again_match", batch), typed(page))

    assert response.status_code == 302
    assert written() == before
    page = alice.get(address("again", batch))
    assert [one.row.position for one in page.context["new"]] == [3]


def test_nothing_differs_is_said(alice, programme, stage, table):
    batch = stage(table(SURE, (*SURE, "财政资金 2 万元")))

    page = alice.get(address("again", batch))

    assert "没有差异" in page.content.decode()
    assert 'name="reason"' not in page.content.decode()


def test_what_somebody_else_said_meanwhile_is_not_overwritten(alice, programme, stage, table):
    batch = stage(table((*SURE, "财政资金7万元"), SURE))
    page = alice.get(address("again", batch))
    again.decide(batch, again.Decisions(reason="他人填写"), by=UserFactory())
    before = written()

    response = alice.post(address("again_commit", batch), typed(page, reason="年中调整"))

    assert response.status_code == 409
    assert written() == before
    assert type(batch.update).objects.get(pk=batch.pk).reason == "他人填写"
    assert response.context["form"]["reason"].value() == "年中调整"


def test_table_is_taken_for_an_update_of_a_programme_that_is_named(alice, programme, stage, table):
    batch = stage(table(SURE, (*SURE, "财政资金7万元")), "民生实事（调整）")

    page = alice.get(address("again", batch))
    assert list(page.context["programmes"]) == [programme]
    response = alice.post(address("again_begin", batch), {"programme": programme.pk})

    assert (response.status_code, response.url) == (302, address("again", batch))


@pytest.mark.parametrize("step", ["again_begin", "again_match", "again_decide", "again_commit"])
def test_importer_of_another_jurisdiction_changes_nothing(client, programme, stage, table, step):
    batch = stage(table((*SURE, "财政资金7万元"), SURE))
    client.force_login(UserFactory(grants={JurisdictionFactory(): [IMPORT_TABLE]}))
    before = written()

    response = client.post(address(step, batch), {"version": 0, "marks": "{}", "reason": "年中调整"})

    assert response.status_code == 404
    assert (written(), type(batch).objects.get(pk=batch.pk).version) == (before, 0)


def test_queries_of_the_page_do_not_grow(alice, stage, table, importer, django_assert_num_queries):
    for year, count in ((2023, 1), (2024, 3)):
        services.commit(stage(table(*[SURE] * count), year=year), by=importer)
        batch = stage(table(*[(*SURE, "财政资金7万元")] * count), year=year)
        alice.get(address("again", batch))
        with django_assert_num_queries(17):
            page = alice.get(address("again", batch))
        assert len(page.context["pairs"]) == count
