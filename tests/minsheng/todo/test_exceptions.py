"""A unit asks to file a locked month; the office grants or refuses; both see how it stands."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError, IllegalTransition
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT, rights_held
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import ExceptionRequest, FilingException, MonthlyReport, ReportingPeriod
from projects.services import exceptions, periods
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import (
    FilingExceptionFactory,
    SubItemFactory,
)
from tests.minsheng.life import draft, submitted

UNTIL = date(2023, 9, 30)
State = ExceptionRequest.State


@pytest.fixture
def another(world):
    """The unit files a second sub-item."""
    return SubItemFactory(project=world.sub_item.project, lead=world.unit)


def august(world):
    return ReportingPeriod.objects.select_related("programme__jurisdiction").get(pk=world.august.pk)


def ask(world, *, by=None, reason="经办人休假，漏报。", until=UNTIL, sub_item=None, unit=None):
    return exceptions.ask(
        august(world),
        unit or world.unit,
        by=by or world.clerk,
        reason=reason,
        wished_until=until,
        sub_item=sub_item,
    )


def kinds(user):
    board = todo.board_of(user, rights_held(user), {})
    return {group.kind: group.count for group in board.groups}, [group.kind for group in board.pending]


def test_it_is_asked_granted_and_filed(world):
    request = ask(world, sub_item=world.sub_item)
    assert (request.state, request.asked_by_name) == (State.WAITING, f"{world.unit}·{world.clerk}")
    assert kinds(world.office) == ({Kind.ASKED: 1}, [])
    assert kinds(world.clerk) == ({Kind.FILE: 1}, [Kind.ASKED])  # September is open

    periods.grant(request, until=date(2023, 9, 25), by=world.office, answer="请尽快。")
    request.refresh_from_db()
    exception = FilingException.objects.get()
    assert (exception.until, exception.sub_item, exception.department) == (date(2023, 9, 25), world.sub_item, None)
    assert (request.state, request.exception, request.answer) == (State.GRANTED, exception, "请尽快。")
    assert kinds(world.office) == ({}, [])
    assert kinds(world.clerk) == ({Kind.FILE: 2}, [])
    assert submitted(world, period=august(world)).state == MonthlyReport.State.SUBMITTED
    actions = AuditEvent.objects.order_by("pk").values_list("action", "details__whom")
    assert list(actions) == [
        ("exception.ask", f"{world.unit} {world.sub_item}"),
        ("period.exception", str(world.sub_item)),
    ]


def test_it_is_refused_with_a_reason_that_somebody_takes_note_of(world):
    request = ask(world)
    with pytest.raises(DomainError, match="原因"):
        exceptions.refuse(request, by=world.office, answer=" ")
    exceptions.refuse(request, by=world.office, answer="已汇总上报。")
    assert kinds(world.office) == ({}, [])
    assert kinds(world.clerk) == ({Kind.FILE: 1, Kind.REFUSED: 1}, [])
    (entry,) = todo.board_of(world.clerk, rights_held(world.clerk), {"kind": "refused"}).groups[0].entries
    assert (entry.why, entry.who, entry.posts) == ("已汇总上报。", str(world.office), True)
    exceptions.note(request, by=world.clerk)
    exceptions.note(request, by=UserFactory())
    request.refresh_from_db()
    assert request.noted_by == world.clerk
    assert kinds(world.clerk) == ({Kind.FILE: 1}, [])
    assert not FilingException.objects.exists()
    assert AuditEvent.objects.latest("pk").details["reason"] == "已汇总上报。"


def test_all_that_a_unit_owes_is_asked_for_at_once(world, another):
    single, everything = ask(world, sub_item=another), ask(world)
    assert kinds(world.office) == ({Kind.ASKED: 2}, [])
    periods.grant(everything, until=UNTIL, by=world.office)
    exception = FilingException.objects.get()
    assert (exception.department, exception.sub_item) == (world.unit, None)
    single.refresh_from_db()
    assert (single.state, single.exception) == (State.GRANTED, exception)  # what was asked for is there
    assert kinds(world.office) == ({}, [])
    assert kinds(world.clerk) == ({Kind.FILE: 4}, [])


def test_an_exception_that_the_office_makes_by_itself_answers_what_was_asked(world, another):
    mine, everything = ask(world, sub_item=world.sub_item), ask(world)
    periods.add_exception(august(world), until=UNTIL, reason="补报", by=world.office, sub_item=world.sub_item)
    states = ExceptionRequest.objects.in_bulk()
    assert [states[one.pk].state for one in (mine, everything)] == [State.GRANTED, State.WAITING]
    periods.add_exception(august(world), until=UNTIL, reason="系统故障", by=world.office)
    everything.refresh_from_db()
    assert everything.state == State.GRANTED


def test_the_same_twice_is_once(world):
    first, second = (ask(world, sub_item=world.sub_item) for _ in range(2))
    assert first == second
    periods.grant(first, until=UNTIL, by=world.office)
    periods.grant(ExceptionRequest.objects.get(), until=UNTIL, by=world.office)
    assert FilingException.objects.count() == 1
    with pytest.raises(IllegalTransition, match="答复"):
        exceptions.refuse(first, by=UserFactory(), answer="不行")
    with pytest.raises(IllegalTransition, match="答复"):
        exceptions.refuse(first, by=world.office, answer="不行")
    assert ExceptionRequest.objects.get().state == State.GRANTED


def test_a_second_request_for_the_same_waits_for_the_answer_to_the_first(world):
    colleague = UserFactory(department=world.unit, grants={world.unit: [FILE_REPORT]})
    ask(world)
    for by, reason, sub_item in (
        (colleague, "漏报", world.sub_item),
        (colleague, "经办人休假，漏报。", None),
        (world.clerk, "另一个理由", None),
    ):
        with pytest.raises(DomainError, match="2023-09-20"):
            ask(world, by=by, reason=reason, sub_item=sub_item)
    exceptions.refuse(ExceptionRequest.objects.get(), by=world.office, answer="不行")
    again = ask(world, by=colleague, reason="年度考核需要")
    assert [one.noted_by for one in ExceptionRequest.objects.exclude(pk=again.pk)] == [colleague]
    assert kinds(world.clerk) == ({Kind.FILE: 1}, [Kind.ASKED])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reason": "  "}, "原因"),
        ({"until": date(2023, 9, 19)}, "已过"),
        ({"sub_item": "elsewhere"}, "无需申请"),
        ({"unit": "another"}, "无需申请"),
    ],
)
def test_what_cannot_be_asked(world, given, message):
    given = given | {"sub_item": SubItemFactory()} if "sub_item" in given else given
    given = given | {"unit": DepartmentFactory(jurisdiction=world.jurisdiction)} if "unit" in given else given
    with pytest.raises(DomainError, match=message):
        ask(world, **given)
    assert not ExceptionRequest.objects.exists()


def test_nothing_is_asked_where_nothing_is_locked_or_owed(world):
    with pytest.raises(DomainError, match="尚未锁定"):
        exceptions.ask(world.september, world.unit, by=world.clerk, reason="x", wished_until=UNTIL)
    FilingExceptionFactory(period=world.august, sub_item=world.sub_item, until=UNTIL)
    with pytest.raises(DomainError, match="无需申请"):
        ask(world, sub_item=world.sub_item)
    report = submitted(world, period=august(world))
    FilingException.objects.all().delete()
    with pytest.raises(DomainError, match="无需申请"):
        ask(world)
    MonthlyReport.objects.filter(pk=report.pk).update(state=MonthlyReport.State.DRAFT)
    assert ask(world).is_waiting


def address(world, month="2023-08"):
    return reverse("filing:exception", args=[world.sub_item.pk, month])


def test_the_locked_page_says_why_whom_to_ask_and_asks(world, another, client):
    world.jurisdiction.office_contact = "陈立新 0537-5550102"
    world.jurisdiction.save()
    client.force_login(world.clerk)
    report = reverse("filing:report", args=[world.sub_item.pk, "2023-08"])
    page = client.get(report).content.decode()
    for word in ("2023-08-25截止", "自2023-09-04起锁定", "督查室 陈立新 0537-5550102", address(world)):
        assert word in page

    form = client.get(address(world))
    assert form.context["form"]["wished_until"].value() == date(2023, 9, 27)
    assert "本单位本月未报的全部2个子项" in form.content.decode()
    wrong = client.post(address(world), {"scope": "all", "wished_until": "2023-09-27", "reason": ""})
    assert (wrong.status_code, ExceptionRequest.objects.count()) == (422, 0)
    typed = {"scope": "all", "wished_until": "2023-09-01", "reason": "漏报"}
    assert (client.post(address(world), typed).status_code, ExceptionRequest.objects.count()) == (409, 0)
    typed["wished_until"] = "2023-09-27"
    for _ in range(2):  # a double click
        assert client.post(address(world), typed).url == report
    request = ExceptionRequest.objects.get()
    assert (request.sub_item, request.reason, request.wished_until) == (None, "漏报", date(2023, 9, 27))
    page = client.get(report).content.decode()
    assert "督查室尚未答复" in page
    assert address(world) not in page
    assert client.get(address(world)).url == report
    assert "已申请补报，尚未答复" in client.get(reverse("filing:due")).content.decode()

    exceptions.refuse(request, by=world.office, answer="已汇总<b>上报</b>")
    page = client.get(report).content.decode()
    assert "已汇总&lt;b&gt;上报" in page
    assert address(world) in page  # it may be asked again
    assert client.post(reverse("filing:exception_noted", args=[request.pk])).url == reverse("home")
    request.refresh_from_db()
    assert request.noted_by == world.clerk


def test_a_single_item_is_not_asked_for_what(world, client):
    client.force_login(world.clerk)
    assert "scope" not in client.get(address(world)).context["form"].fields
    client.post(address(world), {"wished_until": "2023-09-27", "reason": "漏报"})
    assert ExceptionRequest.objects.get().sub_item == world.sub_item


def test_an_open_month_asks_for_nothing(world, client):
    client.force_login(world.clerk)
    assert client.get(address(world, "2023-09")).url == reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    typed = {"wished_until": "2023-09-27", "reason": "漏报"}
    assert client.post(address(world, "2023-09"), typed).status_code == 409
    assert client.get(address(world, "2023-13")).status_code == 404


def test_the_office_answers(world, client):
    request = ask(world, sub_item=world.sub_item)
    answer = reverse("periods:request", args=[request.pk])
    client.force_login(world.office)
    page = client.get(answer)
    assert page.context["form"]["until"].value() == UNTIL
    assert page.context["owed"] == [world.sub_item]
    for typed in ({}, {"step": "grant"}, {"step": "refuse"}, {"step": "grant", "until": "2023-09-03"}):
        assert client.post(answer, typed).status_code == 422
    assert ExceptionRequest.objects.get().is_waiting
    for _ in range(2):
        assert client.post(answer, {"step": "grant", "until": "2023-09-28", "answer": "同意"}).url == reverse("home")
    assert FilingException.objects.get().until == date(2023, 9, 28)
    late = client.post(answer, {"step": "refuse", "answer": "不行，已过期"})
    assert late.status_code == 409
    assert "不行，已过期" in late.content.decode()
    assert ExceptionRequest.objects.get().state == State.GRANTED


def test_the_office_sees_what_was_asked_before(world, client):
    exceptions.refuse(ask(world), by=world.office, answer="不行")
    request = ask(world, reason="再次申请")
    client.force_login(world.office)
    page = client.get(reverse("periods:request", args=[request.pk]))
    assert [one.answer for one in page.context["earlier"]] == ["不行"]
    listed = client.get(reverse("periods:exceptions", args=[world.sub_item.programme_id, "2023-08"])).content.decode()
    assert reverse("periods:request", args=[request.pk]) in listed


def test_whose_it_is_not_neither_asks_nor_answers_nor_notes(world, client):
    request = ask(world)
    exceptions.refuse(request, by=world.office, answer="不行")
    for person, codes in {
        world.stranger: (404, 404, 404),
        world.reviewer(): (403, 404, 404),
        world.leader: (403, 404, 403),
    }.items():
        client.force_login(person)
        got = (
            client.post(address(world), {"wished_until": "2023-09-27", "reason": "漏报"}).status_code,
            client.post(reverse("filing:exception_noted", args=[request.pk])).status_code,
            client.post(
                reverse("periods:request", args=[request.pk]), {"step": "grant", "until": "2023-09-28"}
            ).status_code,
        )
        assert got == codes
    request.refresh_from_db()
    assert (request.state, request.noted_at) == (State.REFUSED, None)
    assert ExceptionRequest.objects.count() == 1


def test_a_section_asks_and_an_exception_of_its_unit_is_an_answer(world):
    section = DepartmentFactory(parent=world.unit)
    sub_item = SubItemFactory(project=world.sub_item.project, lead=section)
    request = ask(world, unit=section)
    assert request.department_name == f"{world.unit}（{section}）"
    assert kinds(world.clerk)[1] == [Kind.ASKED]  # his right reaches the section
    periods.add_exception(august(world), until=UNTIL, reason="补报", by=world.office, department=world.unit)
    request.refresh_from_db()
    assert request.state == State.GRANTED
    assert list(exceptions.owed(august(world), section)) == []
    with clock.at(datetime(2023, 10, 1, 9, tzinfo=clock.ZONE)):
        assert list(exceptions.owed(august(world), section)) == [sub_item]


def test_a_draft_that_was_kept_is_still_owed(world):
    with clock.at(datetime(2023, 8, 20, 9, tzinfo=clock.ZONE)):
        draft(world, period=august(world))
    assert list(exceptions.owed(august(world), world.unit)) == [world.sub_item]


@pytest.mark.parametrize("count", [1, 3])
def test_the_locked_list_asks_the_same_however_long_it_is(world, client, django_assert_num_queries, count):
    for _ in range(count - 1):
        SubItemFactory(project=world.sub_item.project, lead=world.unit)
    submitted(world)
    ask(world, sub_item=world.sub_item)
    client.force_login(world.clerk)
    client.get(reverse("filing:due"))
    # session, person with unit (2), his units, what waits, lead roles (2), periods, exceptions, reports, returns;
    # locked items, their periods, what was asked; contributions: lines, roles; rights and number (2)
    with django_assert_num_queries(19):
        page = client.get(reverse("filing:due"))
    assert len(page.context["locked"]) == count
    with django_assert_num_queries(21):
        client.get("/")
