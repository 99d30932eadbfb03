"""Putting a table aside from a page that is stale: what others did on it since is shown first."""

import pytest

from departments import audit
from minsheng.task_table import services
from minsheng.task_table.again import services as again
from minsheng.task_table.again.services import Decisions, Gone, Said
from tests.minsheng.task_table import small
from tests.minsheng.task_table.small import address, correct, fresh
from tests.minsheng.task_table.test_again_said import ROWS, book, edited


def shown_version(page, batch):
    """The version that the form to put the table aside sends."""
    text = page.content.decode()
    form = text[text.index(f'action="{address(batch, "discard")}"') :]
    return form.partition('name="version" value="')[2].partition('"')[0]


def test_a_correction_of_another_one_is_not_thrown_away_unseen(alice, batch, bob):
    data = {"version": shown_version(alice.get(address(batch, "batch")), batch)}
    correct(batch, 4, bob, project="学位")

    refused = alice.post(address(batch, "discard"), data)

    assert (refused.status_code, fresh(batch).state) == (409, "staged")
    (one,) = refused.context["changed"]
    assert (one.row, one.what, one.by_name) == (4, "序号和项目", audit.signature(bob))
    alice.post(address(batch, "discard"), {"version": shown_version(refused, batch)})
    assert fresh(batch).state == "discarded"


def test_own_work_since_is_no_reason_to_ask(alice, batch, importer):
    correct(batch, 4, importer, project="学位")

    assert alice.post(address(batch, "discard"), {"version": 0}).status_code == 302
    assert fresh(batch).state == "discarded"


@pytest.fixture
def programme(stage, importer):
    return services.commit(
        stage(small.uploaded(["序号", "项目名称", "项目内容及规模", "责任单位", "备注"], *ROWS)), by=importer
    )


def test_an_update_without_difference_is_closed_only_while_it_has_none(alice, programme, stage, bob):
    batch = stage(book([*ROWS, [None] * 5, ["", "注：以上项目年底前完成", "", "", ""]]))
    page = alice.get(address(batch, "again"))
    assert page.context["found"].is_the_same
    correct(batch, 4, bob, project="另一个")

    refused = alice.post(address(batch, "discard"), {"version": shown_version(page, batch), "update": "1"})

    assert (refused.status_code, fresh(batch).state) == (409, "staged")
    assert not refused.context["found"].is_the_same
    assert [one.row for one in refused.context["changed"]] == [4]
    assert "页面打开后的变动" in refused.content.decode()


def test_differences_decided_in_one_step_are_listed_by_field_and_row(alice, programme, stage, bob):
    rows = edited(2, 2, "新建第2处公园。新增车位900个。", edited(2, 4, "新的备注"))[:5]
    batch = stage(book(rows))
    gone = programme.sub_items.get(position=6)
    version = fresh(batch).version
    again.decide(
        batch, Decisions({3: Said(["content", "remarks"])}, {gone.pk: Gone("withdraw", "已并入")}, "年中调整"), by=bob
    )

    refused = alice.post(address(batch, "discard"), {"version": version, "update": "1"})

    changed = {(one.row, frozenset(one.what.split("、"))) for one in refused.context["changed"]}
    assert changed == {(3, frozenset({"内容和规模", "备注"})), (None, frozenset({str(gone), "原因"}))}
