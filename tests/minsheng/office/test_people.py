"""Accounts and rights, as an administrator keeps them."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from departments.errors import DomainError
from departments.models import AuditEvent, GrantRequest, User
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, OVERSEE, REVIEW_REPORT, SUPERVISE, has_grant
from departments.services import grants, names, people, structure
from tests.factories.departments import PASSWORD, AuditEventFactory, DepartmentFactory, UserFactory

NEW = {"name": "张新", "username": "zhangxin", "department": "", "telephone": "", "password": ""}


def post(client, page, /, *args, **data):
    return client.post(reverse(f"office:{page}", args=args), data)


def recorded():
    return sorted(AuditEvent.objects.values_list("action", flat=True))


def enter(client, username, password):
    client.logout()
    return client.post(reverse("account_login"), {"login": username, "password": password})


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_many_people_as_for_one(office, town, django_assert_num_queries, count):
    for number in range(count):
        UserFactory(name=f"查{number}", department=town.unit, grants={town.unit: [FILE_REPORT], town.zone: [OVERSEE]})
    office.get(reverse("office:people") + "?q=查")
    # session, user, areas, units of the filter, count, people, rights on areas, on units, navigation and its number
    with django_assert_num_queries(10):
        response = office.get(reverse("office:people") + "?q=查")
    table = response.context["table"]
    assert [len(table.held[person.pk]) for person in table.records] == [2] * count


def test_the_operators_accounts_and_other_zones_people_are_not_listed(office, town):
    operator = UserFactory(jurisdiction=town.zone, is_superuser=True, is_staff=True)
    shown = set(office.get(reverse("office:people")).context["table"].records)
    assert shown == {town.administrator, town.second, town.auditor, town.person}
    assert office.get(reverse("office:person", args=[operator.pk])).status_code == 404
    assert post(office, "person_password", operator.pk).status_code == 404


def test_a_new_person_signs_in_and_must_choose_his_own_password(office, town, client):
    response = post(office, "person_add", **NEW | {"department": town.unit.pk, "telephone": "139"})
    password = response.context["password"]
    assert password in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    person = User.objects.get(username="zhangxin")
    assert (person.name, person.department, person.jurisdiction) == ("张新", town.unit, town.zone)
    assert password not in str(list(AuditEvent.objects.values()))

    enter(client, "zhangxin", password)
    own = reverse("account_change_password")
    for address in ("home", "filing:due", "dashboard:sub_items"):
        assert client.get(reverse(address)).url == own
    data = {"oldpassword": password, "password1": password, "password2": password}
    assert "初始密码已有他人知悉" in client.post(own, data).content.decode()
    chosen = "Ganjing-2023-shi"
    response = client.post(own, data | {"password1": chosen, "password2": chosen})
    assert response.url == reverse("home")
    assert client.get(reverse("filing:due")).status_code == 200
    assert recorded() == ["person.add", "person.choose_password"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "WANGLI"}, "已被使用"),
        ({"username": "有 空格"}, "用户名"),
        ({"username": ""}, "用户名"),
        ({"name": ""}, "姓名"),
        ({"password": "123"}, "密码"),
        ({"department": "0"}, "单位"),
    ],
)
def test_a_bad_account_is_refused_in_place(office, town, wrong, said):
    before = User.objects.count()
    response = post(office, "person_add", **NEW | {"telephone": "13800000000"} | wrong)
    assert response.status_code in (409, 422)
    assert said in response.content.decode()
    assert 'value="13800000000"' in response.content.decode()
    assert User.objects.count() == before
    assert recorded() == []


def test_a_reset_ends_the_sessions_of_the_person(office, town, client):
    person = type(client)()
    person.force_login(town.person)
    assert person.get(reverse("filing:due")).status_code == 200
    password = post(office, "person_password", town.person.pk, password="").context["password"]
    assert person.get(reverse("filing:due")).url.startswith(reverse("account_login"))
    assert enter(person, "wangli", PASSWORD).status_code == 200  # the old one opens nothing
    assert enter(person, "wangli", password).status_code == 302
    assert recorded() == ["person.reset_password"]


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(office, town, client):
    person = type(client)()
    person.force_login(town.person)
    post(office, "person_active", town.person.pk, active="0")
    assert person.get(reverse("filing:due")).status_code == 302
    post(office, "person_active", town.person.pk, active="1")
    town.person.refresh_from_db()
    assert town.person.is_active
    assert recorded() == ["person.close", "person.open"]


def test_nobody_closes_or_resets_himself(office, town):
    post(office, "person_active", town.administrator.pk, active="0")
    assert post(office, "person_password", town.administrator.pk, password="").status_code == 409
    town.administrator.refresh_from_db()
    assert town.administrator.is_active
    assert town.administrator.check_password(PASSWORD)
    assert recorded() == []


def test_changing_a_person_keeps_old_and_new(office, town):
    unit = DepartmentFactory(jurisdiction=town.zone, name="新单位")
    post(office, "person", town.person.pk, name="王丽", department=unit.pk, telephone="0537-2")
    assert AuditEvent.objects.get().details["changed"] == {
        "department": ["示例局", "新单位"],
        "telephone": ["", "0537-2"],
    }
    response = post(office, "person", town.person.pk, name="王丽", department=town.foreign_unit.pk, telephone="")
    assert response.status_code == 422
    town.person.refresh_from_db()
    assert town.person.department == unit


def test_rights_on_a_unit_are_given_and_taken_from_both_pages(office, town):
    post(office, "person_unit_right", town.person.pk, **{"unit-right": FILE_REPORT, "unit-unit": town.unit.pk})
    post(office, "unit_right", town.unit.pk, person=town.person.pk, right=REVIEW_REPORT)
    assert has_grant(town.person, FILE_REPORT, town.unit)
    assert has_grant(town.person, REVIEW_REPORT, town.unit)
    page = office.get(reverse("office:unit", args=[town.unit.pk]))
    assert {row.right for row in page.context["rights"]} == {FILE_REPORT, REVIEW_REPORT}
    post(office, "person_right_take", town.person.pk, right=FILE_REPORT, on=town.unit.pk)
    response = post(office, "person_right_take", town.person.pk, right=REVIEW_REPORT, on=town.unit.pk, back="unit")
    assert response.url == reverse("office:unit", args=[town.unit.pk])
    assert not has_grant(town.person, FILE_REPORT, town.unit)
    assert recorded() == ["grant.give", "grant.give", "grant.take", "grant.take"]


def test_nobody_gives_to_or_takes_from_himself(office, town):
    me = town.administrator
    assert (
        post(office, "person_unit_right", me.pk, **{"unit-right": FILE_REPORT, "unit-unit": town.unit.pk}).status_code
        == 409
    )
    area = {"area-right": SUPERVISE, "area-area": town.zone.pk, "area-reason": "理由"}
    assert post(office, "person_area_right", me.pk, **area).status_code == 409
    assert post(office, "unit_right", town.unit.pk, person=me.pk, right=FILE_REPORT).status_code == 409
    post(office, "person_right_take", me.pk, right=ADMINISTER, on=town.zone.pk)
    assert has_grant(me, ADMINISTER, town.zone)
    assert not has_grant(me, FILE_REPORT, town.unit)
    assert recorded() == []
    assert not GrantRequest.objects.exists()


@pytest.mark.parametrize(
    ("right", "on"),
    [("departments.oversee", "foreign"), (FILE_REPORT, "foreign_unit"), (FILE_REPORT, "x"), ("auth.add_user", "zone")],
)
def test_taking_what_is_not_the_offices_does_not_exist(office, town, right, on):
    key = {"foreign": town.other.pk, "foreign_unit": town.foreign_unit.pk, "zone": town.zone.pk}.get(on, "x")
    assert post(office, "person_right_take", town.person.pk, right=right, on=key).status_code == 404
    assert recorded() == []


def test_rights_of_another_zone_cannot_be_given(office, town):
    data = {"area-right": OVERSEE, "area-area": town.other.pk, "area-reason": ""}
    assert post(office, "person_area_right", town.person.pk, **data).status_code == 422
    data = {"unit-right": FILE_REPORT, "unit-unit": town.foreign_unit.pk}
    assert post(office, "person_unit_right", town.person.pk, **data).status_code == 422
    assert post(office, "person_unit_right", town.foreigner.pk, **data).status_code == 404
    assert post(office, "unit_right", town.unit.pk, person=town.foreigner.pk, right=FILE_REPORT).status_code == 422
    assert recorded() == []


def ask(office, town, reason="人手不足，暂兼"):
    data = {"area-right": SUPERVISE, "area-area": town.zone.pk, "area-reason": reason}
    return post(office, "person_area_right", town.auditor.pk, **data)


def test_a_second_right_kept_apart_waits_for_a_second_administrator(office, town):
    response = ask(office, town, reason="")
    assert response.status_code == 409
    assert "应当分设" in response.content.decode()
    assert not GrantRequest.objects.exists()

    ask(office, town)
    assert not has_grant(town.auditor, SUPERVISE, town.zone)
    request = GrantRequest.objects.get()
    assert ask(office, town).status_code == 409  # once is enough
    post(office, "request", request.pk, decision="agree")  # not who asked
    assert not has_grant(town.auditor, SUPERVISE, town.zone)

    office.force_login(town.second)
    assert request.reason in office.get(reverse("office:requests")).content.decode()
    post(office, "request", request.pk, decision="agree")
    assert has_grant(town.auditor, SUPERVISE, town.zone)
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (GrantRequest.State.AGREED, town.second)
    event = AuditEvent.objects.get(action="grant.give")
    assert (event.actor, event.details["second"], event.details["reason"]) == (
        town.administrator,
        town.second.pk,
        request.reason,
    )
    post(office, "request", request.pk, decision="decline")  # decided once
    request.refresh_from_db()
    assert request.state == GrantRequest.State.AGREED


def test_a_request_is_declined_or_taken_back_and_nothing_was_given(office, town):
    ask(office, town)
    request = GrantRequest.objects.get()
    post(office, "request", request.pk, decision="decline")
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (GrantRequest.State.DECLINED, town.administrator)
    assert not has_grant(town.auditor, SUPERVISE, town.zone)
    assert recorded() == ["grant.ask", "grant.decline"]


def test_who_asked_must_still_administer_when_another_agrees(office, town):
    ask(office, town)
    grants.take(ADMINISTER, town.zone, of=town.administrator, by=town.second)
    office.force_login(town.second)
    post(office, "request", GrantRequest.objects.get().pk, decision="agree")
    assert not has_grant(town.auditor, SUPERVISE, town.zone)
    assert GrantRequest.objects.get().state == GrantRequest.State.WAITING


def test_the_auditor_finds_the_trail_and_others_do_not(office, town, client):
    post(office, "person", town.person.pk, name="王莉", department=town.unit.pk, telephone="")
    client.force_login(town.auditor)
    page = client.get(reverse("office:audit"))
    assert [event.action for event in page.context["table"].records] == ["person.change"]
    assert "王莉" in page.content.decode()
    address = reverse("office:audit")
    for query, found in (
        (f"?person={town.administrator.pk}", 1),
        ("?action=person.change", 1),
        ("?until=2000-01-01", 0),
        ("?since=2000-01-01&q=王", 1),
        ("?q=无此人", 0),
    ):
        assert len(client.get(address + query).context["table"].records) == found, query
    wrong = client.get(address + "?since=昨天&person=999999")
    assert len(wrong.context["table"].records) == 1
    assert wrong.context["filter"].form.errors.keys() == {"since", "person"}


def test_the_trail_of_another_zone_is_not_shown(office, town, client):
    post(office, "person", town.person.pk, name="王莉", department=town.unit.pk, telephone="")
    client.force_login(UserFactory(grants={town.other: [AUDIT]}))
    assert client.get(reverse("office:audit")).context["table"].records == []


def test_the_trails_export_is_the_filtered_trail_and_inert(office, town, client):
    post(office, "person", town.person.pk, name="=1+1", department=town.unit.pk, telephone="")
    post(office, "unit_alias", town.unit.pk, alias="别名一")
    client.force_login(town.auditor)
    content = client.get(reverse("office:audit_export") + "?action=person.change").content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows())
    assert len(rows) == 5  # title, conditions, who took it when, headings, the one event
    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert "王丽 → =1+1" in rows[4][5].value
    taken = AuditEvent.objects.get(action="office.export")
    assert (taken.actor, taken.details["rows"], taken.details["conditions"]) == (town.auditor, 1, "操作：修改账号")


def test_a_long_trail_is_paged(town, client, django_assert_num_queries):
    AuditEventFactory.create_batch(51, jurisdiction=town.zone, actor=town.administrator)
    client.force_login(town.auditor)
    client.get(reverse("office:audit"))
    # session, user, paths of the areas, may he, actors, actions, count, page, navigation
    with django_assert_num_queries(9):
        page = client.get(reverse("office:audit"))
    assert len(page.context["table"].records) == 50
    second = client.get(reverse("office:audit") + "?page=2").context["table"]
    assert (len(second.records), second.numbers[second.records[0].pk]) == (1, 51)


def test_the_first_administrator_comes_from_the_command_line(town, client, capsys):
    call_command("make_administrator", "first", "首任", jurisdiction=town.other.code)
    password = capsys.readouterr().out.split()[2]
    person = User.objects.get(username="first")
    assert has_grant(person, ADMINISTER, town.other)
    assert person.check_password(password)
    assert person.must_change_password
    with pytest.raises(CommandError):
        call_command("make_administrator", "first", "又一", jurisdiction=town.other.code)
    with pytest.raises(CommandError):
        call_command("make_administrator", "second", "又一", jurisdiction="0")


def test_a_service_asked_by_somebody_else_refuses_by_itself(town):
    """The pages show 404 first; the rule does not depend on them."""
    stranger, acts = UserFactory(grants={town.other: [ADMINISTER]}), []
    acts.append(lambda: people.change(town.person, by=stranger, name="改名"))
    acts.append(lambda: people.reset_password(town.person, password="Ganjing-2023-shi", by=stranger))
    acts.append(lambda: people.set_active(town.person, active=False, by=stranger))
    acts.append(lambda: people.add(town.zone, by=stranger, username="a1", name="某", password=None))
    acts.append(lambda: structure.add(town.zone, by=stranger, name="某局"))
    acts.append(lambda: structure.change(town.unit, by=stranger, name="某局"))
    acts.append(lambda: structure.place(town.unit, 1, by=stranger))
    acts.append(lambda: names.add_alias("某别名", of=town.unit, by=stranger))
    acts.append(lambda: grants.ask(SUPERVISE, town.zone, to=town.auditor, by=stranger, reason="理由"))
    for act in acts:
        with pytest.raises(DomainError):
            act()
    town.person.refresh_from_db()
    assert (town.person.name, town.person.is_active) == ("王丽", True)
    assert town.person.check_password(PASSWORD)
    assert recorded() == []
