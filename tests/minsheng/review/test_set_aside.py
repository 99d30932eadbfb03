"""An earlier approval that stands after all: what was written and read since does not count, and is not lost."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, rights_held
from funding.services.readings import LineReading
from minsheng.review import services as review
from minsheng.todo import services as todo
from projects.models import SET_ASIDE, MonthlyReport, Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import LineAssignmentFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import approved, content, contribute, draft

WHY = "经核实，原数无误。"


def late():
    """September has locked, and what its reopening gave has run out."""
    return clock.at(datetime(2023, 10, 20, 9, tzinfo=clock.ZONE))


def reading(secured, spent):
    return LineReading(None, Decimal(secured), Decimal(spent))


@pytest.fixture
def finance(world):
    """A unit that assists and reads the money line."""
    unit = DepartmentFactory(jurisdiction=world.jurisdiction, name="财政金融局")
    ResponsibilityFactory(sub_item=world.sub_item, department=unit, role=Responsibility.Role.ASSIST)
    LineAssignmentFactory(line=world.line, department=unit)
    return unit, UserFactory(department=unit, grants={unit: [FILE_REPORT]})


@pytest.fixture
def reopened(world, finance):
    """Approved with 200.00/100.00 as read; reopened; read anew, and the unit changed its draft."""
    contribute(world, finance, "已拨付。", None, money={world.line.pk: reading(2_000_000, 1_000_000)})
    report = approved(world)
    review.reopen(report, by=world.office, reason="数字有误。", remarks={f"money_{world.line.pk}": "请核实。"})
    contribute(world, finance, "已核减。", None, money={world.line.pk: reading(1_910_000, 990_000)})
    draft(world, content(world, "60", progress="改过的草稿。"))
    return MonthlyReport.objects.get(pk=report.pk)


@pytest.fixture
def kept(world, reopened):
    with late():
        review.keep_approval(reopened, by=world.office, reason=WHY)
    return MonthlyReport.objects.get(pk=reopened.pk)


def page(client, person, name, *args):
    client.force_login(person)
    with late():
        return client.get(reverse(name, args=args)).content.decode()


def test_before_it_is_kept_the_office_reads_what_would_not_count(world, reopened, client):
    html = page(client, world.office, "review:run_out", reopened.pk)
    assert "尚未报送的栏目" in html
    assert "本月进展、" in html or "进度（%）、" in html
    assert "改过的草稿" not in html  # a draft's text is its unit's
    assert "之后提交，未计入" in html
    assert "191.00" in html


def test_the_report_shows_what_counted_and_what_was_submitted_later(world, finance, kept, client):
    for name, person, args in (
        ("review:report", world.office, [kept.pk]),
        ("filing:report", world.clerk, [world.sub_item.pk, "2023-09"]),
        ("dashboard:sub_item", world.leader, [world.sub_item.pk]),
    ):
        html = page(client, person, name, *args)
        before, _mark, after = html.partition("之后提交，未计入")
        assert "已拨付。" in before
        assert "已核减。" not in before
        assert "191.00" in after
    own = page(client, finance[1], "filing:contribute", world.sub_item.pk, "2023-09", finance[0].pk)
    assert "此后提交的内容未计入" in own


def test_who_reopens_it_again_is_told_that_it_will_come_in(world, kept, client):
    html = page(client, world.office, "review:reopen", kept.pk)
    assert "之后提交，未计入" in html
    assert "191.00" in html


def test_what_the_unit_had_written_is_kept_for_the_unit_alone(world, finance, kept, client):
    step = kept.events.latest("pk")
    assert step.snapshot[SET_ASIDE]["progress"] == "改过的草稿。"
    assert kept.progress == "本月完成主体施工。"
    assert "改过的草稿。" in page(client, world.clerk, "filing:report", world.sub_item.pk, "2023-09")
    for name, person, args in (
        ("review:report", world.office, [kept.pk]),
        ("review:versions", world.office, [kept.pk]),
        ("dashboard:sub_item", world.leader, [world.sub_item.pk]),
        ("filing:contribute", finance[1], [world.sub_item.pk, "2023-09", finance[0].pk]),
    ):
        assert "改过的草稿" not in page(client, person, name, *args)
    with late():
        review.reopen(kept, by=world.office, reason="再看。")
    with clock.at(datetime(2023, 11, 20, 9, tzinfo=clock.ZONE)):
        review.keep_approval(kept, by=world.office, reason=WHY)
    assert SET_ASIDE not in kept.events.latest("pk").snapshot  # nothing was written this time


def test_where_nothing_was_written_or_read_since_nothing_is_said(world, client):
    report = approved(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    html = page(client, world.office, "review:run_out", report.pk)
    assert "尚未报送的栏目" not in html
    with late():
        review.keep_approval(report, by=world.office, reason=WHY)
    assert SET_ASIDE not in report.events.latest("pk").snapshot
    assert "尚未报送的修改" not in page(client, world.clerk, "filing:report", world.sub_item.pk, "2023-09")


def waiting(person, kind="kept"):
    board = todo.board_of(person, rights_held(person), {})
    return [entry for group in board.groups if group.kind == kind for entry in group.entries]


def test_the_unit_and_who_read_since_are_told_until_they_take_note(world, finance, kept, client):
    with late():
        (own,), (theirs,) = waiting(world.clerk), waiting(finance[1])
        assert (own.why, own.who, own.posts, own.note) == (
            WHY,
            str(world.office),
            True,
            "本单位未报送的修改不计入，可在该月月报页面查看",
        )
        assert theirs.note == "本单位此后提交的内容不计入"
        for person in (world.stranger, world.office):
            client.force_login(person)
            assert client.post(own.url).status_code == 404
        client.force_login(world.clerk)
        assert client.post(theirs.url).status_code == 404
        for _click in range(2):
            assert client.post(own.url).url == reverse("home")
        assert (waiting(world.clerk), waiting(finance[1])) == ([], [theirs])


def test_what_comes_after_is_the_news(world, finance, kept):
    with late():
        review.reopen(kept, by=world.office, reason="再核。")
        assert (waiting(world.clerk), waiting(finance[1])) == ([], [])


def test_who_had_nothing_uncounted_is_not_told(world, finance):
    contribute(world, finance, "已拨付。", None, money={world.line.pk: reading(2_000_000, 1_000_000)})
    report = approved(world)
    review.reopen(report, by=world.office, reason="数字有误。")
    with late():
        for _click in range(2):
            review.keep_approval(report, by=world.office, reason=WHY)
        (own,) = waiting(world.clerk)
        assert (own.note, waiting(finance[1])) == ("", [])


def test_amounts_put_back_are_not_called_the_filers_own_draft(world, finance, kept, client):
    """What another unit had read stood in the report: that is no draft of the unit's."""
    with late():
        review.reopen(kept, by=world.office, reason="再核。")
    html = page(client, world.clerk, "filing:report", world.sub_item.pk, "2023-09")
    assert "本单位草稿中原填数" not in html
    assert "本月报此前报送数：" in html
    assert "200.00" in html.partition("本月报此前报送数：")[2][:300]
