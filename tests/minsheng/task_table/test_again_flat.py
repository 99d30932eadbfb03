"""The flat list out to Excel and back: differences are shown, and confirmed as revisions; nested parts stay."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.models import AuditEvent
from departments.permissions import IMPORT_TABLE
from minsheng.task_table import services
from projects.models import SubItem, SubItemRevision, Target
from tests.factories.departments import JurisdictionFactory, UserFactory


@pytest.fixture
def programme(stage, seed, importer):
    return services.commit(stage(seed()), by=importer)


def address(name, programme):
    return reverse(f"task_table:{name}", args=[programme.pk])


@pytest.fixture
def corrected(alice, programme):
    """The list as downloaded, after ``edit(sheet)``."""

    def make(edit):
        book = openpyxl.load_workbook(io.BytesIO(alice.get(address("flat_export", programme)).content))
        edit(book.active)
        file = io.BytesIO()
        book.save(file)
        return SimpleUploadedFile("子项.xlsx", file.getvalue())

    return make


def cell(sheet, code, heading):
    row = next(row for row in range(2, 30) if sheet.cell(row, 1).value == code)
    column = next(column for column in range(1, 20) if sheet.cell(1, column).value == heading)
    return sheet.cell(row, column)


def written():
    return list(SubItem.objects.order_by("pk").values()), SubItemRevision.objects.count()


def test_list_that_comes_back_as_it_went_changes_nothing(alice, programme, corrected):
    page = alice.post(address("flat", programme), {"file": corrected(lambda sheet: None)})

    assert (page.status_code, page.context["preview"].unchanged, page.context["preview"].shown) == (200, 22, [])
    assert page.context["token"] == ""


def test_corrections_are_shown_and_become_revisions(alice, programme, corrected, importer):
    targets = list(Target.objects.values())

    def edit(sheet):
        cell(sheet, "MS2023-006", "完成期限").value = "2023-10-31"
        leader = cell(sheet, "MS2023-007", "分管领导")
        leader.value, leader.data_type = "=1+1", "s"

    before = written()
    page = alice.post(address("flat", programme), {"file": corrected(edit)})
    shown = page.context["preview"]
    assert (shown.changed, shown.wrong, written()) == (2, 0, before)
    response = alice.post(address("flat_confirm", programme), {"token": page.context["token"], "reason": "更正"})

    assert response.status_code == 302
    item = SubItem.objects.get(code="MS2023-006")
    revision = item.revisions.get(number=2)
    assert item.deadline == date(2023, 10, 31)
    assert (revision.origin, revision.reason, revision.by) == ("correction", "更正", importer)
    assert revision.changes == {
        "deadline": [before[0][5]["deadline"].isoformat(), "2023-10-31"],
        "deadline_precision": ["month", "day"],
    }
    assert SubItem.objects.get(code="MS2023-007").leader == "=1+1"  # text, here and in what leaves
    assert list(Target.objects.values()) == targets
    sheet = openpyxl.load_workbook(io.BytesIO(alice.get(address("flat_export", programme)).content)).active
    assert cell(sheet, "MS2023-007", "分管领导").data_type == "s"


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("完成期限", "十月底"),
        ("完成期限", "1023-11-20"),
        ("完成期限", "3000-01-01"),
        ("编号", "MS2023-999"),
        ("项目", "另一项目"),
    ],
)
def test_a_wrong_row_is_said_and_nothing_can_be_written(alice, programme, corrected, heading, value):
    def edit(sheet):
        names = {sheet.cell(1, column).value: column for column in range(1, 11)}
        place = names.get(heading) or {"编号": 1, "项目": 3}[heading]
        sheet.cell(3, place).value = value
        cell(sheet, "MS2023-006", "完成期限").value = "2023-10-31"

    before = written()
    page = alice.post(address("flat", programme), {"file": corrected(edit)})

    assert (page.status_code, page.context["preview"].wrong, page.context["token"]) == (422, 1, "")
    assert written() == before


def test_programme_that_changed_since_is_refused(alice, programme, corrected):
    def edit(sheet):
        cell(sheet, "MS2023-006", "完成期限").value = "2023-10-31"

    page = alice.post(address("flat", programme), {"file": corrected(edit)})
    SubItem.objects.filter(code="MS2023-006").update(deadline=date(2023, 11, 30))
    before = written()
    response = alice.post(address("flat_confirm", programme), {"token": page.context["token"], "reason": "更正"})

    assert (response.status_code, written()) == (409, before)
    assert response.context["why"]["reason"].value() == "更正"
    (row,) = response.context["preview"].shown
    assert [(one.old, one.new) for one in row.cells if one.old] == [("2023-11-30", "2023-10-31")]
    again = alice.post(address("flat_confirm", programme), {"token": response.context["token"], "reason": "更正"})
    assert (again.status_code, SubItem.objects.get(code="MS2023-006").deadline) == (302, date(2023, 10, 31))


def test_a_day_that_is_taken_away_leaves_no_precision(alice, programme, corrected):
    def edit(sheet):
        cell(sheet, "MS2023-006", "完成期限").value = None

    page = alice.post(address("flat", programme), {"file": corrected(edit)})
    alice.post(address("flat_confirm", programme), {"token": page.context["token"], "reason": "更正"})

    item = SubItem.objects.get(code="MS2023-006")
    assert (item.deadline, item.deadline_precision) == (None, "")


def test_without_a_reason_what_was_shown_is_shown_again_and_can_be_written(alice, programme, corrected):
    def edit(sheet):
        cell(sheet, "MS2023-006", "完成期限").value = "2023-10-31"

    page = alice.post(address("flat", programme), {"file": corrected(edit)})
    before = written()
    refused = alice.post(address("flat_confirm", programme), {"token": page.context["token"], "reason": " "})

    assert (refused.status_code, list(refused.context["why"].errors), written()) == (422, ["reason"], before)
    assert refused.context["preview"] == page.context["preview"]
    done = alice.post(address("flat_confirm", programme), {"token": refused.context["token"], "reason": "更正"})
    assert (done.status_code, SubItemRevision.objects.count()) == (302, before[1] + 1)


def test_whoever_confirms_twice_is_told_that_it_was_written(alice, programme, corrected):
    def edit(sheet):
        cell(sheet, "MS2023-006", "完成期限").value = "2023-10-31"

    page = alice.post(address("flat", programme), {"file": corrected(edit)})
    said = {"token": page.context["token"], "reason": "更正"}
    alice.post(address("flat_confirm", programme), said)
    before = written()

    second = alice.post(address("flat_confirm", programme), said, follow=True)

    assert (second.redirect_chain, written()) == ([(address("flat", programme), 302)], before)
    assert "此前已写入" in [str(message) for message in second.context["messages"]][-1]
    assert AuditEvent.objects.filter(action="programme.list").count() == 1


def test_what_is_not_signed_for_this_programme_is_refused(alice, programme):
    before = written()
    refused = alice.post(address("flat_confirm", programme), {"token": "none", "reason": "更正"})
    assert (refused.status_code, written()) == (409, before)


def test_for_an_importer_of_another_jurisdiction_it_does_not_exist(client, programme):
    client.force_login(UserFactory(grants={JurisdictionFactory(): [IMPORT_TABLE]}))

    for name, method in (("flat", client.get), ("flat_export", client.get), ("flat_confirm", client.post)):
        assert method(address(name, programme)).status_code == 404
