"""The overview's file: the same figures as the page, in sheets, and a record that it was taken."""

from datetime import datetime
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT, OVERSEE
from projects.models import Light
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ProgrammeFactory, ReportingPeriodFactory, SubItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    with clock.at(datetime(2023, 10, 20, 9)):  # noqa: DTZ001 - Shanghai time, the clock's own
        programme = ProgrammeFactory()
        unit = DepartmentFactory(jurisdiction=programme.jurisdiction, name="=HYPERLINK(1)")
        ReportingPeriodFactory(programme=programme)
        SubItemFactory(programme=programme, lead=unit, light=Light.RED)
        SubItemFactory(programme=programme, lead=unit, light=Light.GREEN)
        yield programme


def test_its_sheets_hold_the_pages_figures_and_texts_are_inert(client, programme):
    client.force_login(UserFactory(grants={programme.jurisdiction: [OVERSEE]}))
    response = client.get(reverse("dashboard:overview_export", args=[programme.pk]))
    book = load_workbook(BytesIO(response.content))

    figures = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=5)}
    assert (figures["红灯"], figures["绿灯"]) == ("1", "1")
    unit = next(row for row in book.worksheets[1].iter_rows(min_row=5))
    assert [cell.value for cell in unit] == ["=HYPERLINK(1)", 1, 1]
    assert unit[0].data_type == "s"
    assert len(book.sheetnames) == 4  # no money, no sheet of it
    assert AuditEvent.objects.filter(action="overview.export").count() == 1


def test_for_others_it_does_not_exist_and_nothing_is_recorded(client, programme):
    client.force_login(UserFactory(grants={DepartmentFactory(jurisdiction=programme.jurisdiction): [FILE_REPORT]}))

    assert client.get(reverse("dashboard:overview_export", args=[programme.pk])).status_code == 404
    assert not AuditEvent.objects.filter(action="overview.export").exists()
