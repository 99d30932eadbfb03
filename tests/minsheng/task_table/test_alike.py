"""A table that was saved again, given as another programme: a person says whether it is one, before anything is."""

import re
from itertools import count

import pytest
from django.urls import reverse

from departments.permissions import IMPORT_TABLE
from minsheng.task_table import services
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.alike import MustSayWhether, alike, say_apart
from projects.models import Programme
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.minsheng.task_table.conftest import HEADER
from tests.minsheng.task_table.tables import uploaded

SURE = ("财政金融局", "经济发展局")
OTHER = "重点工作"


@pytest.fixture
def programme(stage, table, importer):
    return services.commit(stage(table(SURE, SURE, SURE)), by=importer)


@pytest.fixture
def saved_again(table):
    """The same rows with other money: never the same bytes."""
    numbers = count(10)
    return lambda rows=3: table(*[(*SURE, f"财政资金{next(numbers)}万元")] * rows)


def address(batch, name="batch"):
    return reverse(f"task_table:{name}", args=[batch.pk])


def commit(client, batch):
    page = client.get(address(batch))
    return client.post(address(batch, "commit"), {"version": page.context["form"]["version"].value()})


def test_saved_again_as_another_programme_is_asked_and_writes_nothing(alice, programme, stage, saved_again):
    batch = stage(saved_again(), OTHER)

    assert "还是另立一个计划" in alice.get(address(batch)).content.decode()
    refused = commit(alice, batch)

    assert (refused.status_code, Programme.objects.count()) == (409, 1)
    assert (refused.context["alike"].programme, refused.context["alike"].same) == (programme, 3)


def test_page_does_not_say_that_nothing_is_asked_beside_the_question(alice, programme, stage, saved_again, importer):
    batch = stage(saved_again(), OTHER)
    sure, button = "没有疑问", re.compile(r'class="btn (\S+)" type="submit" id="confirm-button"')

    text = alice.get(address(batch)).content.decode()
    assert (sure in text, "表格整体的疑问见上方" in text, button.search(text)[1]) == (False, True, "btn-secondary")

    say_apart(batch, programme, by=importer)
    text = alice.get(address(batch)).content.decode()
    assert (sure in text, button.search(text)[1]) == (True, "btn-primary")


def test_answer_that_it_changes_the_programme_makes_it_an_update(alice, programme, stage, saved_again):
    batch = stage(saved_again(), OTHER)

    response = alice.post(address(batch, "again_begin"), {"programme": programme.pk})

    assert (response.url, TableUpdate.objects.get(batch=batch).programme) == (address(batch, "again"), programme)
    assert alice.get(address(batch)).context["alike"] is None


def test_answer_that_it_is_one_of_its_own_is_recorded_once_as_the_persons(
    alice, programme, stage, saved_again, importer
):
    batch = stage(saved_again(), OTHER)

    for _time in range(2):
        alice.post(address(batch, "apart"), {"programme": programme.pk})
    done = commit(alice, batch)

    assert (done.status_code, Programme.objects.count()) == (302, 2)
    said = batch.decisions.get(step="apart")
    assert (said.by, said.after) == (importer, programme.pk)


def test_answer_holds_of_the_programme_it_was_given_for_only(programme, stage, saved_again, importer):
    batch, third = stage(saved_again(), OTHER), stage(saved_again(), "第三")
    for one in (batch, third):
        say_apart(one, programme, by=importer)
    second = services.commit(batch, by=importer)

    with pytest.raises(MustSayWhether) as asked:
        services.commit(third, by=importer)

    assert asked.value.alike.programme == second
    assert Programme.objects.count() == 2


def renumbered(*numbers):
    """The rows ``numbers`` of the programme, counted anew, with other money."""
    rows = [(f"项目{one}", f"新建第{one}处公园。新增车位{one}00个。") for one in numbers]
    return uploaded(
        HEADER,
        *([at, *row, "2023年12月底", "财政资金99万元", *SURE] for at, row in enumerate(rows, start=1)),
    )


def test_serials_that_shifted_are_no_reason_not_to_ask(programme, stage):
    batch = stage(renumbered(9, 1, 2, 3), OTHER)  # a row was inserted on top

    found = alike(batch, batch.rows.all())

    assert (found.programme, found.same, found.rows) == (programme, 3, 4)


def test_a_sub_item_is_the_same_as_one_row_only(programme, stage):
    batch = stage(renumbered(1, 1, 1, 8), OTHER)

    assert alike(batch, batch.rows.all()) is None


@pytest.mark.parametrize(("rows", "asked"), [(4, True), (5, True), (6, False)])
def test_most_rows_are_more_than_half_of_them(programme, stage, saved_again, rows, asked):
    batch = stage(saved_again(rows), OTHER)  # three of them are those of the programme

    assert (alike(batch, batch.rows.all()) is not None) == asked


def test_of_another_year_or_jurisdiction_nothing_is_asked(programme, stage, saved_again, importer):
    services.commit(stage(saved_again(), OTHER, 2024), by=importer)
    batch = stage(saved_again(1), OTHER)
    Programme.objects.filter(year=2023).update(jurisdiction=JurisdictionFactory())

    assert alike(batch, batch.rows.all()) is None


def test_programme_of_another_year_is_no_answer(alice, programme, stage, saved_again, importer):
    next_year = services.commit(stage(saved_again(), year=2024), by=importer)
    batch = stage(saved_again(), OTHER)

    for pk in (next_year.pk, 0, "x"):
        alice.post(address(batch, "apart"), {"programme": pk})

    assert batch.decisions.count() == 0


def test_importer_of_another_jurisdiction_answers_nothing(client, programme, stage, saved_again):
    batch = stage(saved_again(), OTHER)
    client.force_login(UserFactory(grants={JurisdictionFactory(): [IMPORT_TABLE]}))

    assert client.post(address(batch, "apart"), {"programme": programme.pk}).status_code == 404
    assert batch.decisions.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_rows(stage, table, saved_again, importer, django_assert_num_queries, rows):
    services.commit(stage(table(*[SURE] * rows)), by=importer)
    batch = stage(saved_again(rows), OTHER)
    staged = list(batch.rows.all())

    with django_assert_num_queries(3):  # sub-items, what was said, the programme
        assert alike(batch, staged).same == rows
