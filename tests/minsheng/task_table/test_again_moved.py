"""Many rows that only moved are confirmed as one group; the page goes on to what is still open."""

from datetime import datetime

import pytest
from django.urls import reverse

from departments import clock
from minsheng.task_table import services
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.pages import PER_PAGE
from projects.models import SubItem
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.tables import tells_progress
from tests.minsheng.task_table.test_again_pages import typed
from tests.minsheng.task_table.test_again_rows import fresh, matched, tasks

OLD = [f"在第{n}号街区新建社区公园并配齐健身设施" for n in range(1, 6)]


@pytest.fixture(autouse=True)
def _july():
    with clock.at(datetime(2023, 7, 6, 9, 0)):  # noqa: DTZ001 Shanghai time
        yield


def address(batch, name="again"):
    return reverse(f"task_table:{name}", args=[batch.pk])


def imported(stage, importer, contents):
    return services.commit(stage(book(甲=tasks(contents))), by=importer)


def test_rows_behind_an_inserted_one_are_one_group_that_a_person_takes(alice, stage, importer):
    imported(stage, importer, OLD)
    batch = stage(book(甲=tasks(["扩建镇中心小学教学楼一栋", *OLD])))

    page = alice.get(address(batch))

    assert [row.reading.content for row, _present in page.context["form"].moved] == OLD
    assert [one.row.number for one in page.context["shown"]] == [2]
    assert tells_progress(page, address(batch, "again_match"))
    response = alice.post(address(batch, "again_match"), typed(page))  # without the tick they stay open
    assert (response.status_code, matched(batch), len(compare(fresh(batch).update).matching.proposed)) == (302, {}, 5)
    page = alice.get(response.url)
    alice.post(address(batch, "again_match"), typed(page, moved_taken="on"))
    assert matched(batch) == dict(zip(OLD, OLD, strict=True))


def test_group_holds_only_what_is_one_to_one_and_in_force(alice, stage, importer):
    programme = imported(stage, importer, [*OLD, OLD[0]])
    gone = programme.sub_items.get(serial="2")
    SubItem.objects.filter(pk=gone.pk).update(status=SubItem.Status.WITHDRAWN)
    batch = stage(book(甲=tasks(["扩建镇中心小学教学楼一栋", *OLD, OLD[0]])))

    page = alice.get(address(batch))

    assert [row.reading.content for row, _present in page.context["form"].moved] == OLD[2:]
    assert [one.row.number for one in page.context["shown"]] == [2, 3, 4, 8]
    single = alice.get(f"{address(batch)}?step=match&single=1")
    assert (single.context["form"].moved, len(single.context["shown"])) == ([], 7)


def test_group_is_taken_but_for_the_row_that_somebody_matched_otherwise_since(alice, stage, importer, bob):
    imported(stage, importer, OLD)
    batch = stage(book(甲=tasks(["扩建镇中心小学教学楼一栋", *OLD])))
    page = alice.get(address(batch))
    data = typed(page, moved_taken="on")
    row = page.context["form"].moved[0][0].number
    again.settle(batch, {row: matching.NEW}, by=bob)

    asked = alice.post(address(batch, "again_match"), data)

    assert (asked.status_code, compare(fresh(batch).update).matching.decided[row]) == (409, matching.NEW)
    assert asked.context["shown"][0].row.number == row
    (error,) = asked.context["form"].errors[f"row-{row}"]
    assert str(bob) in error
    settled = compare(fresh(batch).update).matching.decided
    assert set(data_rows(page)) - {row} <= settled.keys()  # the others were taken
    alice.post(address(batch, "again_match"), typed(asked))  # having seen both, she stays with hers
    assert compare(fresh(batch).update).matching.decided[row] != matching.NEW


def data_rows(page):
    return [row.number for row, _present in page.context["form"].moved]


def test_page_goes_on_to_rows_that_are_still_open(alice, stage, importer, monkeypatch):
    monkeypatch.setattr("minsheng.task_table.again.pages.PER_PAGE", 2)
    imported(stage, importer, OLD)
    batch = stage(book(甲=tasks([f"{text}共一处" for text in OLD])))
    assert PER_PAGE > 2
    seen, url = [], address(batch)
    for _number in range(3):
        page = alice.get(url)
        seen.append([one.row.number for one in page.context["shown"]])
        url = alice.post(address(batch, "again_match"), typed(page)).url

    assert seen == [[2, 3], [4, 5], [6, 2]]  # those that are answered come behind
    assert compare(fresh(batch).update).matching.is_settled
    assert "pairs" in alice.get(url).context


def test_row_that_was_matched_is_offered_its_own_sub_item_only(alice, stage, importer, monkeypatch):
    monkeypatch.setattr("minsheng.task_table.again.match_form.MOST_OFFERED", 1)
    imported(stage, importer, OLD)
    batch = stage(book(甲=tasks([f"{text}共一处" for text in OLD])))
    alice.post(address(batch, "again_match"), typed(alice.get(address(batch))))

    form = alice.get(f"{address(batch)}?step=match").context["form"]

    for name, field in form.fields.items():
        if name.startswith("row-"):
            offered = [pk for _label, group in field.choices if isinstance(group, list) for pk, _words in group]
            assert (form.initial[name] in offered, len(offered) <= 2) == (True, True)
