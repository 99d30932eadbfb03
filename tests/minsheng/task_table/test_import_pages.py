"""The pages of an import: what is shown, what is refused in place, and for whom nothing exists."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve, reverse

from departments.models import Department
from departments.permissions import IMPORT_TABLE, SUPERVISE
from minsheng.task_table import services
from minsheng.task_table.forms import name_field
from minsheng.task_table.models import ImportBatch
from projects.models import Programme, Responsibility
from tests.factories.departments import JurisdictionFactory, UserFactory
from tests.factories.projects import MonthlyReportFactory

SURE = ("财政金融局", "经济发展局")
STEPS = ("decide", "commit", "discard", "undo")


def body(response):
    """A page without the token that every page has of its own."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)


def unit(name):
    return Department.objects.get(name=name)


def address(name, batch=None):
    return reverse(f"task_table:{name}", args=[batch.pk] if batch else [])


@pytest.fixture
def upload(alice, zone):
    def send(file, **typed):
        data = {"jurisdiction": zone.pk, "year": "2023", "programme": "民生实事", **typed}
        return alice.post(address("upload"), data | ({"file": file} if file else {}))

    return send


# --- upload


def test_upload_leads_to_the_staged_table(alice, upload, seed):
    response = upload(seed())

    batch = ImportBatch.objects.get()
    assert (response.status_code, response.url) == (302, address("batch", batch))
    page = alice.get(response.url)
    shown = page.context["shown"]
    assert [row.staged.row for row in shown.asking] == [3, 8, 11]
    text = page.content.decode()
    assert "基础教育扩容提质。①实施幼儿园扩容工程" in text
    assert "交通局" in text
    assert "29,137.00" in text
    assert Programme.objects.count() == 0


def test_form_begins_with_what_is_usual(alice, zone):
    form = alice.get(address("upload")).context["form"]

    assert [form[name].value() for name in ("year", "programme")] == [2023, "民生实事"]
    assert list(form.fields["jurisdiction"].queryset) == [zone]


@pytest.mark.parametrize(
    "file",
    [
        None,
        SimpleUploadedFile("空.xlsx", b""),
        SimpleUploadedFile("文字.xlsx", "民生实事".encode()),
        SimpleUploadedFile("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        SimpleUploadedFile("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        SimpleUploadedFile("信.docx", b"PK\x05\x06" + b"\0" * 18),
    ],
    ids=["none", "empty", "text", "png", "xls", "docx"],
)
def test_a_wrong_file_is_said_at_the_field_and_what_was_typed_stays(upload, file):
    if file:
        file.seek(0)
    response = upload(file, programme="我打的字", year="2024")

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, ["file"])
    assert (form["programme"].value(), form["year"].value()) == ("我打的字", "2024")
    assert 'id="id_file-errors"' in response.content.decode()
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"year": "1999"}, "year"),
        ({"year": "二〇二三"}, "year"),
        ({"programme": " "}, "programme"),
        ({"programme": "项" * 61}, "programme"),
        ({"jurisdiction": ""}, "jurisdiction"),
    ],
)
def test_wrong_words_are_said_at_their_field(upload, seed, typed, field):
    response = upload(seed(), **typed)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert ImportBatch.objects.count() == 0


def test_a_table_of_a_programme_that_exists_leads_to_the_differences(upload, table, stage, importer):
    services.commit(stage(table(SURE)), by=importer)

    response = upload(table(SURE, SURE))

    assert (response.status_code, response.url) == (302, address("again", ImportBatch.objects.latest("pk")))


def test_another_jurisdiction_is_not_offered_nor_taken(upload, seed):
    response = upload(seed(), jurisdiction=JurisdictionFactory().pk)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["jurisdiction"])
    assert ImportBatch.objects.count() == 0


# --- the staged table


def test_confirming_shows_the_result_also_the_second_time(alice, stage, seed):
    batch = stage(seed())
    asked = alice.post(address("commit", batch), {"version": 0})
    assert (asked.url, Programme.objects.count()) == (f"{address('confirm', batch)}?version=0", 0)
    first = alice.post(address("commit", batch), {"version": 0, "shown": "0", "passing": "1"})
    second = alice.post(address("commit", batch), {"version": 0})

    assert [(response.status_code, response.url) for response in (first, second)] == [
        (302, address("batch", batch))
    ] * 2
    assert Programme.objects.count() == 1
    assert [message.level_tag for message in get_messages(second.wsgi_request)] == ["success", "success"]
    assert alice.get(address("batch", batch)).status_code == 200


@pytest.mark.parametrize(
    ("grants", "steps"),
    [
        ([IMPORT_TABLE], ["upload"]),
        ([IMPORT_TABLE, SUPERVISE], ["list", "periods", "upload"]),
    ],
)
def test_whoever_imported_is_told_where_it_goes_on_and_who_does_the_rest(
    client, stage, table, zone, importer, grants, steps
):
    batch = stage(table(SURE))
    programme = services.commit(batch, by=importer)
    client.force_login(UserFactory(grants={zone: grants}))

    page = client.get(address("batch", batch))

    found = [(resolve(url).url_name, client.get(url).status_code) for _words, url in page.context["next_steps"]]
    assert found == [(name, 200) for name in steps]
    assert reverse("task_table:flat", args=[programme.pk]) in page.content.decode()
    assert ("管理员为各单位人员开通权限" in page.content.decode()) == (SUPERVISE not in grants)


def test_another_person_is_told_that_it_was_confirmed(alice, client, stage, table, importer, zone):
    batch = stage(table(SURE))
    services.commit(batch, by=importer)
    client.force_login(UserFactory(grants={zone: [IMPORT_TABLE]}))

    response = client.post(address("commit", batch), {"version": 0}, follow=True)

    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert Programme.objects.count() == 1


def test_what_must_be_chosen_is_said_at_its_row_and_choices_stay(alice, stage, table):
    batch = stage(table(("各街道", "交通局"), ("各街道", "")))
    chosen = {"version": 0, "row-2-filing": unit("柳行街道").pk, name_field(2, "交通局"): unit("城乡建设和交通局").pk}

    response = alice.post(address("commit", batch), chosen)

    form = response.context["form"]
    assert (response.status_code, sorted(form.errors)) == (422, ["__all__", "row-3-filing"])
    assert form["row-2-filing"].value() == str(unit("柳行街道").pk)
    kept = {"named": {"交通局": [unit("城乡建设和交通局").pk]}, "filing": unit("柳行街道").pk}
    assert (Programme.objects.count(), batch.rows.get(position=1).decisions) == (0, kept)  # also on another page

    chosen |= {"version": form["version"].value(), "row-3-filing": unit("王因街道").pk}
    response = alice.post(address("commit", batch), chosen)
    files = Responsibility.objects.filter(files=True).order_by("sub_item__position")
    assert (response.status_code, list(files.values_list("department__name", flat=True))) == (
        302,
        ["柳行街道", "王因街道"],
    )


def test_only_leads_are_offered_where_the_streets_lead(alice, stage, table):
    batch = stage(table(("各街道", "财政金融局"), ("", "财政金融局")))
    form = alice.get(address("batch", batch)).context["form"]

    labels = [label for _key, label in form.fields["row-2-filing"].choices][1:]
    assert labels == ["洸河街道", "柳行街道", "黄屯街道", "王因街道", "接庄街道"]
    assert len(form.fields["row-3-filing"].choices) == 1 + 23 + 2


def test_similar_names_come_first_for_an_unknown_one(alice, stage, table):
    batch = stage(table(("财政金融局", "交通局")))
    form = alice.get(address("batch", batch)).context["form"]

    assert form.fields[name_field(2, "交通局")].choices[1][1] == [(unit("城乡建设和交通局").pk, "城乡建设和交通局")]


def test_choices_are_kept_and_members_of_an_open_group_named(alice, stage, table):
    batch = stage(table(("财政金融局", "试点街道")))
    keys = [unit("王因街道").pk, unit("接庄街道").pk]

    response = alice.post(address("decide", batch), {"version": 0, name_field(2, "试点街道"): keys})

    batch.refresh_from_db()
    assert (response.status_code, batch.version) == (302, 1)
    assert batch.rows.get().decisions["named"] == {"试点街道": keys}
    assert alice.get(address("batch", batch)).context["form"][name_field(2, "试点街道")].value() == keys


@pytest.mark.parametrize("value", ["999999", "王因街道", "-1"])
def test_a_forged_choice_is_refused_in_place(alice, stage, table, value):
    batch = stage(table(("各街道", "财政金融局")))

    response = alice.post(address("commit", batch), {"version": 0, "row-2-filing": value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["row-2-filing"])
    assert Programme.objects.count() == 0


def test_whoever_comes_late_sees_what_the_other_chose_and_keeps_his_own(alice, stage, table, importer, zone):
    batch = stage(table(("各街道", "财政金融局")))
    bob = UserFactory(grants={zone: [IMPORT_TABLE]})
    services.decide(batch, {2: services.Choice(filing=unit("洸河街道").pk)}, by=bob)

    response = alice.post(address("commit", batch), {"version": 0, "row-2-filing": unit("柳行街道").pk})

    form = response.context["form"]
    assert (response.status_code, form["row-2-filing"].value()) == (409, str(unit("柳行街道").pk))
    assert "洸河街道" in form.errors["row-2-filing"][0]
    assert (form["version"].value(), Programme.objects.count()) == ("1", 0)


def test_discarding_puts_it_aside(alice, stage, table):
    batch = stage(table(SURE))

    alice.post(address("discard", batch))
    response = alice.post(address("commit", batch), {"version": 0}, follow=True)

    batch.refresh_from_db()
    assert (batch.state, Programme.objects.count()) == ("discarded", 0)
    assert (response.status_code, response.context["form"]) == (200, None)


def test_undo_with_a_reason(alice, stage, table, importer):
    batch = stage(table(SURE))
    services.commit(batch, by=importer)

    empty = alice.post(address("undo", batch), {"reason": " "})
    assert (empty.status_code, list(empty.context["reason"].errors), Programme.objects.count()) == (422, ["reason"], 1)

    response = alice.post(address("undo", batch), {"reason": "年份有误"}, follow=True)
    batch.refresh_from_db()
    assert (batch.state, Programme.objects.count()) == ("undone", 0)
    assert "年份有误" in response.content.decode()


def test_undo_that_is_refused_keeps_the_reason(alice, stage, table, importer):
    batch = stage(table(SURE))
    programme = services.commit(batch, by=importer)
    MonthlyReportFactory(sub_item=programme.sub_items.get())

    response = alice.post(address("undo", batch), {"reason": "年份有误"})

    assert (response.status_code, response.context["reason"]["reason"].value()) == (409, "年份有误")
    assert Programme.objects.count() == 1


def test_source_is_a_download_of_the_file_as_it_was(alice, stage, seed):
    response = alice.get(address("source", stage(seed())))

    assert b"".join(response.streaming_content) == seed().read()
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"


def test_text_of_the_table_is_escaped(alice, stage, table):
    batch = stage(table(SURE, ("<script>alert(1)</script>局", "")))

    assert b"<script>alert(1)" not in alice.get(address("batch", batch)).content


# --- for whom nothing exists


@pytest.fixture
def bob():
    """Who imports for another jurisdiction."""
    return UserFactory(grants={JurisdictionFactory(): [IMPORT_TABLE]})


def test_batches_of_another_jurisdiction_do_not_exist(client, stage, table, importer, bob):
    staged, committed = stage(table(SURE)), stage(table(SURE, SURE), "重点工作")
    services.commit(committed, by=importer)
    client.force_login(bob)
    before = list(ImportBatch.objects.order_by("pk").values())

    for batch in (staged, committed):
        for name in ("batch", "source"):
            missing = client.get(reverse(f"task_table:{name}", args=[987654]))
            response = client.get(address(name, batch))
            assert (response.status_code, body(response)) == (404, body(missing))
        for name in STEPS:
            missing = client.post(reverse(f"task_table:{name}", args=[987654]), {"version": 0, "reason": "x"})
            response = client.post(address(name, batch), {"version": 0, "reason": "x"})
            assert (response.status_code, body(response)) == (404, body(missing))

    assert list(ImportBatch.objects.order_by("pk").values()) == before
    assert Programme.objects.count() == 1
    assert list(client.get(address("batches")).context["page"]) == []


def test_a_person_without_the_right_imports_nothing(client, zone, seed):
    client.force_login(UserFactory(grants={zone: [SUPERVISE]}))

    assert client.get(address("batches")).status_code == 403
    assert client.get(address("upload")).status_code == 403
    data = {"jurisdiction": zone.pk, "year": "2023", "programme": "民生实事", "file": seed()}
    assert client.post(address("upload"), data).status_code == 403
    assert ImportBatch.objects.count() == 0


# --- how much is asked of the database


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_staged_table_do_not_grow(alice, stage, table, django_assert_num_queries, count):
    batch = stage(table(*[("各街道", "交通局\n试点街道")] * count))

    alice.get(address("batch", batch))  # warm the permission cache of the process
    # session, person, batch with its grant, rows, units, groups, aliases, members (4 for the choices),
    # units and groups of the rows, names of sources, who decided, navigation, sub-items of the year
    with django_assert_num_queries(16):
        response = alice.get(address("batch", batch))

    assert len(response.context["shown"].rows) == count


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list_do_not_grow(alice, stage, table, importer, django_assert_num_queries, count):
    for number in range(count):
        services.commit(stage(table(*[SURE] * (number + 1)), f"事项{number}", 2023 + number), by=importer)

    alice.get(address("batches"))
    # session, person, grant, number of batches, batches with people, navigation
    with django_assert_num_queries(7):
        response = alice.get(address("batches"))

    assert len(response.context["page"].object_list) == count
