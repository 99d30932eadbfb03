"""The page of an update: what is proposed, what differs, what is refused in place, and for whom it does not exist."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import IMPORT_TABLE
from minsheng import progress
from minsheng.task_table import services
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from projects.models import SubItem, SubItemRevision
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.minsheng.task_table.tables import tells_progress

SURE = ("财政金融局", "经济发展局")


@pytest.fixture(autouse=True)
def _july():
    with clock.at(datetime(2023, 7, 6, 9, 0)):  # noqa: DTZ001 Shanghai time
        yield


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
        value = bound.value()
        if value is not None and value is not False and value != "":
            data[bound.name] = value if value is not True else "on"
    return {**data, **other}


def written():
    return list(SubItem.objects.order_by("pk").values()), SubItemRevision.objects.count()


def test_differences_are_shown_old_beside_new_and_confirmed(alice, programme, stage, table):
    batch = stage(table((*SURE, "财政资金7万元"), ("经济发展局", "")))

    page = alice.get(address("again", batch))
    assert [pair.pair.row.number for pair in page.context["pairs"]] == [2, 3]
    assert tells_progress(page, address("again_commit", batch))
    refused = alice.post(address("again_commit", batch), typed(page))
    assert (refused.status_code, "请写明更新原因" in refused.content.decode()) == (409, True)
    data = typed(page, reason="年中调整", document="〔2023〕12号", **{"month-3": "2023-08-01"})
    del data["take-2-funding"]
    response = alice.post(address("again_commit", batch), data)

    assert (response.status_code, response.url) == (302, address("batch", batch))
    first, second = programme.sub_items.order_by("position")
    assert (first.planned, first.revisions.count()) == (10_000, 1)  # the change of its money was not taken
    now = second.responsibilities.get(files=True, until=None)
    assert (now.department.name, now.since) == ("经济发展局", date(2023, 8, 1))
    assert (second.planned, second.revisions.count()) == (20_000, 2)
    assert alice.get(address("batch", batch)).status_code == 200


def test_how_far_an_update_is_is_told_while_it_runs(alice, programme, stage, table, importer):
    batch = stage(table((*SURE, "财政资金7万元"), SURE))
    again.decide(batch, again.Decisions(reason="年中调整"), by=importer)
    told = reverse("progress", args=["0123456789abcdef"])
    with progress._told_to(importer, "0123456789abcdef"):
        marks = compare(batch.update).marks
        assert alice.get(told).json() == {"words": "正在与现有计划比较", "done": 0, "total": 2}
        again.commit(batch, by=importer, seen=marks)
        assert alice.get(told).json()["words"] == "正在计算亮灯"


def test_matches_are_confirmed_by_a_person_first(alice, programme, stage, table):
    batch = stage(table(SURE, SURE, SURE))
    before = written()

    page = alice.get(address("again", batch))
    assert [one.row.number for one in page.context["shown"]] == [4]  # the others agree
    response = alice.post(address("again_match", batch), typed(page))

    assert response.status_code == 302
    assert written() == before
    page = alice.get(address("again", batch))
    assert [one.row.number for one in page.context["new"]] == [4]


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
        with django_assert_num_queries(23):
            page = alice.get(address("again", batch))
        assert len(page.context["pairs"]) == count


# --- many differences


@pytest.fixture
def moved(stage, table, importer):
    """Four sub-items, and a table in which two of them changed and the others moved down by one."""
    programme = services.commit(stage(table(SURE, SURE, SURE, SURE)), by=importer)
    for item in programme.sub_items.filter(position__gt=1):
        SubItem.objects.filter(pk=item.pk).update(serial=str(item.position + 10))
        row = item.staged_row
        serial, source = str(item.position + 10), row.reading["source"]
        cell = {**source["serial"], "text": serial}
        row.reading = {**row.reading, "serial": serial, "source": {**source, "serial": cell}}
        row.save()
    batch = stage(table((*SURE, "财政资金7万元"), SURE, SURE, SURE))
    keys = list(programme.sub_items.order_by("position").values_list("pk", flat=True))
    again.settle(batch, dict(enumerate(keys, start=2)), by=importer)
    return batch


def test_rows_of_which_only_the_serial_moved_are_one_group_with_one_tick(alice, moved):
    page = alice.get(address("again", moved))
    assert [pair.pair.row.number for pair in page.context["pairs"]] == [2]
    assert len(page.context["form"].serials) == 3
    assert "仅序号变化（3项）" in page.content.decode()

    data = typed(page, reason="年中调整")
    del data["serials_taken"]
    alice.post(address("again_commit", moved), data)

    assert sorted(SubItem.objects.values_list("serial", flat=True)) == ["1", "12", "13", "14"]
    assert SubItem.objects.get(serial="1").planned == 70_000


def test_what_stands_on_further_pages_is_not_taken_unseen(alice, stage, table, importer, monkeypatch):
    monkeypatch.setattr("minsheng.task_table.again.pages.PER_PAGE", 2)
    services.commit(stage(table(SURE, SURE, SURE)), by=importer)
    batch = stage(table(*[(*SURE, f"财政资金{n}万元") for n in (7, 8, 9)]))
    before = written()

    page = alice.get(address("again", batch))
    refused = alice.post(address("again_commit", batch), typed(page, reason="年中调整"))
    assert (refused.status_code, list(refused.context["form"].errors), written()) == (422, ["looked"], before)
    kept = alice.post(address("again_decide", batch), typed(refused, next="1"))
    assert kept.url == f"{address('again', batch)}?page=2"
    last = alice.get(kept.url)
    assert "looked" not in last.context["form"].fields
    alice.post(f"{address('again_commit', batch)}?page=2", typed(last))

    assert list(SubItem.objects.order_by("position").values_list("planned", flat=True)) == [70_000, 80_000, 90_000]


def test_first_page_is_enough_for_who_says_that_he_has_seen_all(alice, stage, table, importer, monkeypatch):
    monkeypatch.setattr("minsheng.task_table.again.pages.PER_PAGE", 1)
    services.commit(stage(table(SURE, SURE)), by=importer)
    batch = stage(table((*SURE, "财政资金7万元"), (*SURE, "财政资金8万元")))

    page = alice.get(address("again", batch))
    alice.post(address("again_commit", batch), typed(page, reason="年中调整", looked="on"))

    assert SubItem.objects.get(position=2).planned == 80_000


def test_open_questions_of_the_table_are_passed_by_a_tick(alice, programme, stage, table):
    batch = stage(table(("财政金融局", "交通局"), SURE))
    page = alice.get(address("again", batch))
    before = written()

    refused = alice.post(address("again_commit", batch), typed(page, reason="年中调整"))
    assert (refused.status_code, list(refused.context["form"].errors), written()) == (422, ["passing"], before)
    left = alice.get(address("again", batch))  # having looked at the question on its page, he finds what he had typed
    assert left.context["form"]["reason"].value() == "年中调整"
    alice.post(address("again_commit", batch), typed(left, passing="on"))

    assert batch.rows.get(position=1).accepted["name.交通局"]["passed"] is True


def test_confirming_where_the_matching_was_opened_again_says_so_and_keeps_the_reason(
    alice, programme, stage, table, importer
):
    batch = stage(table(SURE, (*SURE, "财政资金7万元"), SURE))
    again.settle(batch, {4: 0}, by=importer)
    page = alice.get(address("again", batch))
    data = typed(page, reason="年中调整")
    again.settle(batch, {4: None}, by=importer)
    before = written()

    response = alice.post(address("again_commit", batch), data, follow=True)

    assert [str(message) for message in response.context["messages"]] == ["请先确认各行对应哪个子项。"]
    batch.refresh_from_db()
    assert (batch.update.reason, written()) == ("年中调整", before)


def test_what_only_people_changed_is_folded_and_not_ticked(alice, programme, stage, table):
    SubItem.objects.filter(position=2).update(leader="示例领导")
    batch = stage(table((*SURE, "财政资金7万元"), SURE))

    page = alice.get(address("again", batch))
    text = page.content.decode()
    assert ("表中未改，曾更正：1处" in text, page.context["form"]["back-3-leader"].value()) == (True, False)
    alice.post(address("again_commit", batch), typed(page, reason="年中调整"))

    assert SubItem.objects.get(position=2).leader == "示例领导"


def test_long_lists_of_sub_items_are_searched(alice, programme, stage, table, monkeypatch):
    monkeypatch.setattr("minsheng.task_table.again.match_form.MOST_OFFERED", 1)
    SubItem.objects.update(content="别的内容甲", serial="")
    SubItem.objects.filter(position=2).update(content="别的内容乙")
    for item in SubItem.objects.all():  # nothing is left by which they would agree
        item.staged_row.delete()
    batch = stage(table((*SURE, "财政资金7万元"), SURE))

    def offered(page):
        choices = page.context["form"].fields["row-2"].choices
        return [pk for label, group in choices if isinstance(group, list) for pk, _words in group]

    second = SubItem.objects.get(position=2).pk
    assert second not in offered(alice.get(address("again", batch)))
    assert second in offered(alice.get(f"{address('again', batch)}?q=内容乙"))


def test_a_stale_choice_of_the_same_programme_keeps_what_was_said(alice, programme, stage, table, importer):
    batch = stage(table(SURE, SURE, SURE))
    again.settle(batch, {4: matching.NEW}, by=importer)
    before = list(type(batch.update).objects.values())

    response = alice.post(address("again_begin", batch), {"programme": programme.pk})

    assert (response.status_code, list(type(batch.update).objects.values())) == (302, before)
    assert before[0]["rows"] != {}
