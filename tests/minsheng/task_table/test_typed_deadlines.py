"""Deadlines that people type: one rule, wherever they are typed."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.errors import DomainError
from minsheng.task_table import defaults, steps
from minsheng.task_table.corrections import standing
from projects.rules.deadlines import check_deadline
from tests.minsheng.task_table.conftest import HEADER

TYPED = {"seen": "0", "deadline_precision": "day", "deadline_firm": "on"}


@pytest.fixture
def batch(stage):
    """Row 2 has a deadline long before the year of the table, row 3 none."""
    book = openpyxl.Workbook()
    for row in (
        HEADER,
        *([n, f"项目{n}", "新建公园1处。", when, "", "财政金融局", ""] for n, when in ((1, "2012年10月底"), (2, ""))),
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return stage(SimpleUploadedFile("表.xlsx", file.getvalue()))


def address(batch, name, *more):
    return reverse(f"task_table:{name}", args=[batch.pk, *more])


def written(batch):
    return list(batch.rows.order_by("position").values()), list(batch.decisions.order_by("pk").values())


@pytest.mark.parametrize("typed", ["0001-01-01", "1023-11-20", "3000-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_right_is_refused_wherever_it_is_typed(alice, batch, importer, typed):
    before = written(batch)

    corrected = alice.post(address(batch, "part", 3, "deadline"), {**TYPED, "deadline": typed})
    default = alice.post(address(batch, "default"), {"what": "deadline", "day": typed})

    assert (corrected.status_code, default.status_code, written(batch)) == (422, 422, before)
    (said,) = corrected.context["form"].form.errors["deadline"]
    assert default.context["wrong"]["text"] == said
    assert typed in said
    values = standing(batch.rows.get(row=3), "deadline") | {"deadline": typed}
    with pytest.raises(DomainError):
        steps.correct(batch, 3, "deadline", values, seen=0, by=importer)
    with pytest.raises(DomainError):
        defaults.default_deadline(batch, date.fromisoformat(typed), by=importer)
    assert written(batch) == before


def test_a_day_that_the_table_names_stands_however_odd(alice, batch):
    sent = {**TYPED, "deadline": "2012-10-31", "deadline_precision": "month", "deadline_note": "以前年度结转"}
    response = alice.post(address(batch, "part", 2, "deadline"), sent)

    assert response.status_code == 302
    stands = standing(batch.rows.get(row=2), "deadline")
    assert (stands["deadline"], stands["deadline_note"]) == ("2012-10-31", "以前年度结转")


@pytest.mark.parametrize(
    ("day", "fine"), [("2021-12-31", False), ("2022-01-01", True), ("2033-12-31", True), ("2034-01-01", False)]
)
def test_the_range_is_that_of_the_programme(day, fine):
    try:
        check_deadline(date.fromisoformat(day), year=2023)
    except DomainError:
        assert not fine
    else:
        assert fine
    check_deadline(None, year=2023)
