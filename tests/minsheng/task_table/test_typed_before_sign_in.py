"""The pages of an import: what is sent after the sign-in has expired stands in them again, and nothing was done."""

import pytest
from django.urls import reverse

from minsheng import sign_in
from minsheng.task_table import services
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from tests.minsheng.task_table.conftest import book

SURE = ("财政金融局", "经济发展局")
TEXT = "写了很久的一段理由"


@pytest.fixture
def sent(client, importer):
    """Sends a form after the sign-in has expired; gives the page on which it stands again."""

    def send(url, **data):
        before = list(ImportBatch.objects.values()), list(StagedRow.objects.values()), ImportDecision.objects.count()
        client.logout()
        away = client.post(url, data | {sign_in.FIELD: sign_in.typed_by(importer)})
        assert away.url.startswith(reverse("account_login"))
        client.force_login(importer)
        page = client.get(url, follow=True)
        after = list(ImportBatch.objects.values()), list(StagedRow.objects.values()), ImportDecision.objects.count()
        assert (page.status_code, after == before) == (200, True)
        assert str(sign_in.RESTORED) in page.content.decode()
        return page

    return send


def address(name, batch, *more):
    return reverse(f"task_table:{name}", args=[batch.pk, *more])


def test_answers_to_names(stage, table, client, importer, sent):
    batch = stage(table(SURE, ("财政金融局", "某某中心、某某公司")))
    client.force_login(importer)
    asked = client.get(address("unknown", batch)).context["form"]
    places = {name.written: number for number, name in enumerate(asked.names)}
    data = {f"written-{number}": written for written, number in places.items()}

    page = sent(address("unknown", batch), **data, **{f"name-{places['某某公司']}": "new"})

    said = {line["name"].written: line["field"].value() for line in page.context["form"].lines}
    assert said == {"某某中心": None, "某某公司": "new"}


def test_what_columns_mean(stage, table, sent):
    batch = stage(table(SURE))
    page = sent(address("columns", batch), version=batch.version, sheet="Sheet", **{"column-G": "remarks"})
    assert page.context["form"]["column-G"].value() == "remarks"


def test_why_a_row_is_left_out(stage, table, sent):
    batch = stage(table(SURE, SURE))
    assert TEXT in sent(address("leave_out", batch, 2), reason=TEXT).content.decode()


@pytest.mark.parametrize("step", ["decide", "commit"])
def test_who_files(stage, sent, step):
    rows = [[n, f"项目{n}", f"新建第{n}处公园。", "年底", f"{n}万元", "各街道", ""] for n in (1, 2)]
    batch = stage(book(表=rows))
    unit = batch.rows.first().units["lead"][0]["units"][0]
    seen = {"version": batch.version, "sheet": batch.sheet_read, "shown": "2,3"}

    form = sent(address(step, batch), **seen, **{"row-3-filing": unit}).context["form"]

    assert [form["row-2-filing"].value(), form["row-3-filing"].value()] == [None, str(unit)]


def test_why_an_import_is_undone(stage, table, importer, sent):
    batch = stage(table(SURE))
    services.commit(batch, by=importer)
    assert TEXT in sent(address("undo", batch), reason=TEXT).content.decode()


@pytest.mark.parametrize("step", ["again_decide", "again_commit"])
def test_what_is_said_of_an_update(stage, table, importer, sent, step):
    services.commit(stage(table(SURE, SURE)), by=importer)
    batch = stage(table((*SURE, "财政资金7万元"), SURE))
    page = sent(address(step, batch), version=batch.version, reason=TEXT, document="〔2023〕12号")
    assert TEXT in page.content.decode()
    assert page.context["form"]["take-2-funding"].value() in (None, False)


def test_which_row_is_which_sub_item(stage, table, importer, sent):
    services.commit(stage(table(SURE, SURE)), by=importer)
    batch = stage(table(SURE, SURE, SURE))
    page = sent(address("again_match", batch), version=batch.version, **{"row-4": "new"})
    assert page.context["form"]["row-4"].value() == "new"
