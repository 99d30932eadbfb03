"""Returns from before: until when they were due again, by the day they were made."""

from datetime import datetime
from importlib import import_module

import pytest
from django.apps import apps

from departments import clock
from projects.models import MonthlyReport, ReportEvent
from tests.factories.projects import MonthlyReportFactory, ReportEventFactory

pytestmark = pytest.mark.django_db
State = MonthlyReport.State


def test_returns_of_the_office_are_due_again_and_submissions_after_them_know_it():
    report = MonthlyReportFactory()
    steps = [
        (1, State.DRAFT, State.UNIT_REVIEW),
        (2, State.UNIT_REVIEW, State.RETURNED),
        (3, State.RETURNED, State.SUBMITTED),
        (4, State.SUBMITTED, State.RETURNED),
        (5, State.RETURNED, State.SUBMITTED),
        (6, State.APPROVED, State.RETURNED),
        (7, State.RETURNED, State.SUBMITTED),
    ]
    for day, old, new in steps:
        at = datetime(2023, 1, day, 23, 30, tzinfo=clock.ZONE)
        ReportEventFactory(report=report, at=at, from_state=old, to_state=new)
    import_module("projects.migrations.0006_due_again").due_again(apps, None)
    found = [event.due_again_on and event.due_again_on.day for event in ReportEvent.objects.order_by("pk")]
    assert found == [None, None, None, 11, 11, 13, 13]
