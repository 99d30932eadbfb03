"""The office's steps with what comes after them: a second click, remarks with which an approved report is reopened."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import IllegalTransition
from departments.permissions import FILE_REPORT, rights_held
from funding.services.readings import LineReading
from minsheng.review import services as review
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import LineAssignmentFactory
from tests.minsheng.life import approved, contribute, submitted


def test_taking_over_sent_twice_by_one_person_is_done_once(world, client):
    world.reviewer()
    report = submitted(world)
    page = reverse("review:take_over", args=[report.pk])
    with clock.at(datetime(2023, 9, 27, 9, tzinfo=clock.ZONE)):
        client.force_login(world.office)
        for _click in range(2):
            assert client.post(page, {"reason": "滞留。"}).status_code == 302
        assert report.events.count() == 2
        with pytest.raises(IllegalTransition):
            review.take_over(report, by=UserFactory(), reason="滞留。")


def test_a_report_is_reopened_with_remarks_at_its_fields_and_their_readers_are_asked(world, client):
    finance = DepartmentFactory(jurisdiction=world.jurisdiction, name="财政金融局")
    reader = UserFactory(department=finance, grants={finance: [FILE_REPORT]})
    LineAssignmentFactory(line=world.line, department=finance)
    contribute(world, (finance, reader), money={world.line.pk: LineReading(None, Decimal(2_000_000), Decimal(1))})
    report = approved(world)
    page, key = reverse("review:reopen", args=[report.pk]), f"money_{world.line.pk}"
    client.force_login(world.office)
    assert f'name="remark_{key}"' in client.get(page).content.decode()
    refused = client.post(page, {"reason": "", f"remark_{key}": "与国库不符。"})
    assert refused.status_code == 422
    assert "与国库不符。" in refused.content.decode()
    assert client.post(page, {"reason": "支出不符。", f"remark_{key}": "与国库不符。"}).status_code == 302
    step = report.events.latest("pk")
    assert (step.comment, [one["text"] for one in step.remarks]) == ("支出不符。", ["与国库不符。"])
    (group,) = todo.board_of(reader, rights_held(reader), {}).groups
    assert (group.kind, group.count, "与国库不符。" in group.entries[0].why) == (Kind.READ_MONEY, 1, True)
    client.force_login(world.clerk)
    form = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"])).content.decode()
    assert "与国库不符。" in form


def test_a_report_reopened_without_remarks_asks_nobody_else(world):
    finance = DepartmentFactory(jurisdiction=world.jurisdiction)
    reader = UserFactory(grants={finance: [FILE_REPORT]})
    LineAssignmentFactory(line=world.line, department=finance)
    review.reopen(approved(world), by=world.office, reason="数字有误。")
    assert todo.number(reader, rights_held(reader)) == 0
