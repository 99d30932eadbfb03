"""Two people at one update: what one of them changed is kept, what both changed is asked, naming the other."""

import json
from datetime import date, datetime

import pytest

from departments import audit, clock
from minsheng.task_table import services
from minsheng.task_table.again import matching
from minsheng.task_table.again import services as again
from minsheng.task_table.again.comparison import compare
from minsheng.task_table.again.services import Decisions, Gone, Said
from minsheng.task_table.reread import reread
from tests.minsheng.task_table.conftest import book
from tests.minsheng.task_table.test_again_pages import SURE, address, typed, written

MONEY = (*SURE, "财政资金7万元")
AUGUST, SEPTEMBER = date(2023, 8, 1), date(2023, 9, 1)


@pytest.fixture(autouse=True)
def _july():
    with clock.at(datetime(2023, 7, 6, 9, 30)):  # noqa: DTZ001 Shanghai time
        yield


@pytest.fixture
def programme(stage, table, importer):
    return services.commit(stage(table(SURE, SURE)), by=importer)


def update(batch):
    return type(batch.update).objects.get(pk=batch.pk)


def version(batch):
    return type(batch).objects.get(pk=batch.pk).version


# --- which row is which sub-item


@pytest.fixture
def three(programme, stage, table):
    """Rows 4 and 5 agree with no sub-item: new ones are proposed."""
    return stage(table(SURE, SURE, SURE, SURE))


def test_match_of_a_colleague_stays_where_the_row_was_left_as_proposed(alice, three, programme, bob):
    page = alice.get(address("again", three))
    second = programme.sub_items.get(position=2).pk
    again.settle(three, {3: matching.NEW, 4: second}, by=bob)

    response = alice.post(address("again_match", three), typed(page), follow=True)

    assert [update(three).rows[row] for row in "45"] == [{"match": second}, {"match": matching.NEW}]
    assert str(bob) in " ".join(map(str, response.context["messages"]))
    assert three.decisions.filter(row=5, part="match").get().by != bob


def test_row_matched_otherwise_by_both_is_asked_with_the_name(alice, three, programme, bob, importer):
    second = programme.sub_items.get(position=2).pk
    again.settle(three, {3: matching.NEW, 4: second, 5: matching.NEW}, by=bob)
    page = alice.get(f"{address('again', three)}?step=match")
    again.settle(three, {4: None}, by=bob)

    asked = alice.post(f"{address('again_match', three)}?step=match", typed(page, **{"row-4": str(matching.NEW)}))

    assert (asked.status_code, "4" in update(three).rows) == (409, False)
    (error,) = asked.context["form"].errors["row-4"]
    assert all(word in error for word in (str(bob), "07-06 09:30", "“尚未对应”", "“新增子项”"))
    assert asked.context["form"]["row-4"].value() == str(matching.NEW)
    alice.post(address("again_match", three), typed(asked))
    assert update(three).rows["4"] == {"match": matching.NEW}
    assert three.decisions.filter(row=4, part="match").last().by == importer


def test_same_matches_sent_twice_say_nothing(alice, three):
    data = typed(alice.get(address("again", three)))
    alice.post(address("again_match", three), data)
    before = (version(three), three.decisions.count())

    second = alice.post(address("again_match", three), data)

    assert (second.status_code, (version(three), three.decisions.count())) == (302, before)


def test_match_typed_for_the_rows_of_another_reading_is_not_kept(alice, programme, stage, bob):
    rows = [[n, f"项目{n}", f"新建第{n}处公园。", "", "", *SURE] for n in (1, 2)]
    batch = stage(book(甲=rows))
    data = typed(alice.get(address("again", batch)))
    reread(batch, sheet="甲", mapping={"D": "remarks"}, version=version(batch), by=bob)

    refused = alice.post(address("again_match", batch), data)

    assert (refused.status_code, update(batch).rows) == (409, {})
    assert "重新识别" in refused.content.decode()


# --- what of the differences is taken


@pytest.fixture
def changed(programme, stage, table):
    return stage(table(MONEY, ("经济发展局", "")))


def test_refusal_of_a_colleague_is_not_ticked_again(alice, changed, bob):
    page = alice.get(address("again", changed))
    again.decide(changed, Decisions({2: Said(refused=["funding"])}), by=bob)

    response = alice.post(address("again_decide", changed), typed(page, reason="年中调整"), follow=True)

    assert (response.status_code, update(changed).rows["2"]["refused"]) == (200, ["funding"])
    assert update(changed).reason == "年中调整"
    assert response.context["form"]["take-2-funding"].value() is False
    told = " ".join(map(str, response.context["messages"]))
    assert "年中调整" not in told


def test_month_said_by_both_is_asked_and_the_rest_is_kept(alice, changed, bob, importer):
    page = alice.get(address("again", changed))
    again.decide(changed, Decisions({3: Said(month=SEPTEMBER)}, reason="同事的原因"), by=bob)
    before = written()
    data = typed(page, **{"month-3": AUGUST.isoformat(), "document": "〔2023〕12号"})
    del data["take-2-funding"]

    asked = alice.post(address("again_decide", changed), data)

    kept = update(changed)
    assert asked.status_code == 409
    assert (kept.rows["3"]["month"], kept.rows["2"]["refused"]) == ("2023-09-01", ["funding"])
    assert (kept.reason, kept.document, written()) == ("同事的原因", "〔2023〕12号", before)
    form = asked.context["form"]
    (error,) = form.errors["month-3"]
    assert all(word in error for word in (str(bob), "07-06 09:30", "2023-09", "2023-08"))
    assert (form["month-3"].value(), form["reason"].value()) == ("2023-08-01", "同事的原因")
    alice.post(address("again_decide", changed), typed(asked))
    assert update(changed).rows["3"]["month"] == "2023-08-01"
    assert changed.decisions.filter(row=3, part="month").last().by == importer


def test_what_the_same_person_says_twice_is_no_clash(alice, changed):
    data = typed(alice.get(address("again", changed)), reason="年中调整", **{"month-3": SEPTEMBER.isoformat()})
    alice.post(address("again_decide", changed), data)
    before = version(changed)

    second = alice.post(address("again_decide", changed), data)

    assert (second.status_code, version(changed)) == (302, before)


def test_other_window_of_the_same_person_is_named_as_such(alice, changed, importer):
    page = alice.get(address("again", changed))
    again.decide(changed, Decisions(reason="另一窗口"), by=importer)

    asked = alice.post(address("again_decide", changed), typed(page, reason="这个窗口"))

    (error,) = asked.context["form"].errors["reason"]
    assert "另一窗口" in error
    assert str(importer) not in error


def test_page_that_does_not_tell_what_it_showed_overwrites_nothing(alice, changed, bob):
    data = typed(alice.get(address("again", changed)), reason="年中调整")
    again.decide(changed, Decisions({2: Said(refused=["funding"])}), by=bob)

    refused = alice.post(address("again_decide", changed), {**data, "base": "["})

    assert (refused.status_code, update(changed).rows["2"]["refused"]) == (422, ["funding"])
    del data["base"]
    refused = alice.post(address("again_decide", changed), data)
    assert (refused.status_code, update(changed).rows["2"]["refused"]) == (409, ["funding"])


@pytest.mark.parametrize("name", ["match-abc", "take-x-funding", "month-", "gone-1", "nonsense", "match-٣"])
@pytest.mark.parametrize("step", ["again_decide", "again_match", "again_commit"])
def test_page_with_fields_that_no_page_has_is_refused_and_no_fault(alice, changed, bob, step, name):
    query = "?step=match" if step == "again_match" else ""
    data = typed(alice.get(address("again", changed) + query))
    base = json.loads(data["base"])
    base["fields"] = {**base["fields"], name: [None, 1]}
    again.decide(changed, Decisions(reason="年中调整"), by=bob)
    before = update(changed).rows, update(changed).reason, version(changed), written()

    refused = alice.post(address(step, changed) + query, {**data, "base": json.dumps(base)})

    assert refused.status_code in (409, 422)
    assert (update(changed).rows, update(changed).reason, version(changed), written()) == before


def test_what_a_colleague_said_of_a_missing_sub_item_is_named_once(alice, stage, programme, table, bob):
    batch = stage(table(MONEY))
    page = alice.get(address("again", batch))
    gone = programme.sub_items.get(position=2)
    again.decide(batch, Decisions(missing={gone.pk: Gone("withdraw", "已并入")}), by=bob)

    told = alice.post(address("again_decide", batch), typed(page), follow=True)

    (text,) = [str(one) for one in told.context["messages"] if str(bob) in str(one)]
    assert text.count(str(gone)) == 1


def test_rows_that_the_page_did_not_show_are_not_spoken_of(alice, stage, table, importer, bob, monkeypatch):
    monkeypatch.setattr("minsheng.task_table.again.pages.PER_PAGE", 1)
    programme = services.commit(stage(table(SURE, SURE)), by=importer)
    batch = stage(table(MONEY, MONEY))
    page = alice.get(address("again", batch))
    # The first row is matched with a new one: the second moves up to the page that was shown.
    again.settle(batch, {2: matching.NEW}, by=bob)

    alice.post(address("again_decide", batch), typed(page))

    assert "refused" not in update(batch).rows.get("3", {})
    assert programme.sub_items.count() == 2


# --- what is missing, and confirming


@pytest.fixture
def gone(programme, stage, table):
    batch = stage(table(MONEY))
    return batch, programme.sub_items.get(position=2).pk


def test_missing_sub_item_decided_by_both_is_asked(alice, gone, bob):
    batch, pk = gone
    page = alice.get(address("again", batch))
    again.decide(batch, Decisions(missing={pk: Gone("withdraw", "并入其他项目")}), by=bob)

    asked = alice.post(address("again_decide", batch), typed(page, **{f"gone-{pk}-act": "keep"}, reason="年中调整"))

    kept = update(batch)
    assert (asked.status_code, kept.reason) == (409, "年中调整")
    assert kept.missing[str(pk)] == {"act": "withdraw", "reason": "并入其他项目"}
    form = asked.context["form"]
    assert str(bob) in form.errors[f"gone-{pk}-act"][0]
    assert form[f"gone-{pk}-act"].value() == "keep"
    assert form[f"gone-{pk}-reason"].value() == "并入其他项目"  # only the colleague said it


def test_missing_sub_item_left_open_keeps_the_word_of_the_colleague(alice, gone, bob):
    batch, pk = gone
    page = alice.get(address("again", batch))
    again.decide(batch, Decisions(missing={pk: Gone("withdraw", "并入其他项目")}), by=bob)

    response = alice.post(address("again_decide", batch), typed(page, reason="年中调整"))

    assert (response.status_code, update(batch).missing[str(pk)]["act"]) == (302, "withdraw")


def test_nobody_confirms_what_a_colleague_decided_meanwhile_unseen(alice, changed, programme, bob):
    page = alice.get(address("again", changed))
    again.decide(changed, Decisions({2: Said(refused=["funding"])}), by=bob)
    before = written()

    refused = alice.post(address("again_commit", changed), typed(page, reason="年中调整"))

    assert (refused.status_code, written(), update(changed).reason) == (409, before, "年中调整")
    assert refused.context["form"]["take-2-funding"].value() is False
    assert [(one.row, one.by_name) for one in refused.context["changed"]] == [(2, audit.signature(bob))]
    done = alice.post(address("again_commit", changed), typed(refused))
    assert done.status_code == 302
    first = programme.sub_items.get(position=1)
    assert (first.planned, first.revisions.count()) == (10_000, 1)  # the colleague's refusal held


def test_clash_on_confirming_writes_nothing_until_it_is_settled(alice, changed, bob):
    page = alice.get(address("again", changed))
    again.decide(changed, Decisions({3: Said(month=SEPTEMBER)}), by=bob)
    before = written()

    asked = alice.post(
        address("again_commit", changed), typed(page, reason="年中调整", **{"month-3": AUGUST.isoformat()})
    )

    assert (asked.status_code, written(), update(changed).rows["3"]["month"]) == (409, before, "2023-09-01")
    assert "month-3" in asked.context["form"].errors
    alice.post(address("again_commit", changed), typed(asked))
    assert written() != before


def test_who_said_what_of_an_update_is_on_record(changed, bob):
    again.decide(changed, Decisions({2: Said(refused=["funding"])}, reason="年中调整"), by=bob)

    said = changed.decisions.order_by("part").values_list("row", "part", "before", "after", "by", "step")
    assert list(said) == [
        (None, "reason", "", "年中调整", bob.pk, "differ"),
        (2, "take-funding", True, False, bob.pk, "differ"),
    ]


def test_another_programme_taken_meanwhile_is_told(alice, changed, stage, table, importer, bob):
    row = [1, "停车设施", "新建停车场。", "年底", "财政资金1万元", "公安分局", ""]
    other = services.commit(stage(book(甲=[row]), "另一方案"), by=importer)
    page = alice.get(address("again", changed))
    again.begin(changed, other, by=bob)
    again.settle(changed, {2: matching.NEW, 3: matching.NEW}, by=bob)
    data = typed(page, reason="年中调整")
    del data["take-2-funding"]

    refused = alice.post(address("again_decide", changed), data)

    assert (refused.status_code, update(changed).rows["2"]) == (409, {"match": matching.NEW})
    assert refused.context["form"]["reason"].value() == "年中调整"
    assert compare(update(changed)).programme == other
