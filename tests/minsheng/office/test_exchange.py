"""Registers out and in: what leaves is inert, what comes is shown first and written all together or not at all."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from departments import clock
from departments.models import (
    AuditEvent,
    Department,
    DepartmentAlias,
    DepartmentUserGrant,
    JurisdictionUserGrant,
    User,
)
from departments.permissions import FILE_REPORT, REVIEW_REPORT
from departments.services import grants
from funding.models import FundingSource
from tests.factories.departments import DepartmentAliasFactory, DepartmentFactory, UserFactory

PEOPLE = ["用户名", "姓名", "单位", "联系电话"]
KINDS = ("units", "aliases", "people", "sources")


def workbook(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def upload(client, kind, content):
    file = content if isinstance(content, bytes) else workbook(*content)
    address = reverse("office:exchange_upload", args=[kind])
    return client.post(address, {"file": SimpleUploadedFile("名册.xlsx", file)})


def confirm(client, kind, token):
    return client.post(reverse("office:exchange_confirm", args=[kind]), {"token": token})


def told(response):
    return [(row.number, row.kind) for row in response.context["preview"].rows]


SUPERVISES, AUDITS = "督查：报送期、审核、督办单、销号", "审计：查看审计记录"
RIGHTS = ["用户名", "权限", "单位或行政区划"]


def test_rights_go_out_with_since_when_and_by_whom_and_come_back_unchanged(office, town):
    grants.give(FILE_REPORT, town.unit, to=town.person, by=town.second)
    User.objects.filter(pk=town.person.pk).update(name="=1+1")
    out = office.get(reverse("office:exchange_export", args=["rights"]))
    rows = list(load_workbook(io.BytesIO(out.content)).active)
    events = AuditEvent.objects.count()
    lines = {row[0].value: [cell.value for cell in row[1:]] for row in rows[1:]}

    today = clock.today().isoformat()
    assert lines["wangli"] == ["=1+1", "填报月报", "示例局", today, AuditEvent.objects.get().actor_name]
    assert lines["guanli"][2:4] == [str(town.zone), None]  # what was set up before anything was recorded
    assert town.foreigner.username not in lines
    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert {row.kind for row in upload(office, "rights", out.content).context["preview"].rows} == {"skip"}
    assert AuditEvent.objects.count() == events


def test_rights_come_in_through_the_service_that_gives_them(office, town):
    section = DepartmentFactory(parent=town.unit, name="一科")
    line = ["wangli", "审核本单位月报", section.full_name]
    response = upload(office, "rights", [RIGHTS, ["WANGLI", "填报月报", "示例局"], line])
    assert told(response) == [(2, "new"), (3, "new")]
    assert not grants.holds_directly(FILE_REPORT, town.unit, town.person)

    confirm(office, "rights", response.context["token"])
    assert grants.holds_directly(FILE_REPORT, town.unit, town.person)
    assert grants.holds_directly(REVIEW_REPORT, section, town.person)
    given = AuditEvent.objects.filter(action="grant.give", object_id=str(town.person.pk))
    assert set(given.values_list("actor", flat=True)) == {town.administrator.pk}
    assert {row.kind for row in upload(office, "rights", [RIGHTS, line]).context["preview"].rows} == {"skip"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([["guanli", "填报月报", "示例局"]], "不能为本人授权"),
        ([["guanli2", AUDITS, "{zone}"]], "应当分设"),
        (
            [["wangli", SUPERVISES, "{zone}"], ["wangli", AUDITS, "{zone}"]],
            "应当分设",
        ),
        ([["wangli", "填报月报", "示例局"], ["WANGLI", "填报月报", "示例局"]], "与第2行重复"),
        ([["wangli", "填报月报", "{zone}"]], "没有此项权限"),
        ([["wangli", "填报月报", "{foreign}"]], "没有"),
        ([["nobody", "填报月报", "示例局"]], "没有"),
        ([["wangli", "作主", "示例局"]], "没有"),
    ],
)
def test_no_file_gives_what_a_page_would_not(office, town, lines, said):
    names = {"zone": str(town.zone), "foreign": town.foreign_unit.full_name}
    rows = [[cell.format(**names) for cell in line] for line in lines]
    before = list(JurisdictionUserGrant.objects.values_list("pk")), list(DepartmentUserGrant.objects.values_list("pk"))
    response = upload(office, "rights", [RIGHTS, *rows])

    assert response.status_code == 422
    assert told(response)[-1][1] == "wrong"
    assert said in response.text
    assert response.context["token"] == ""
    assert not AuditEvent.objects.exists()
    after = list(JurisdictionUserGrant.objects.values_list("pk")), list(DepartmentUserGrant.objects.values_list("pk"))
    assert before == after


def test_a_right_taken_meanwhile_from_who_confirms_is_not_used(office, town):
    response = upload(office, "rights", [RIGHTS, ["wangli", "填报月报", "示例局"]])
    grants.give(FILE_REPORT, town.unit, to=town.person, by=town.second)

    assert confirm(office, "rights", response.context["token"]).status_code == 409
    assert AuditEvent.objects.filter(action="grant.give").count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_left_comes_back_without_a_change_and_without_a_formula(office, town, kind):
    trap = '=HYPERLINK("http://x","y")'
    Department.objects.filter(pk=town.unit.pk).update(contact=trap)
    User.objects.filter(pk=town.person.pk).update(name=trap)
    FundingSource.objects.filter(code="other").update(name=trap)
    DepartmentAliasFactory(department=DepartmentFactory(parent=town.unit), text=trap, plain=trap.casefold())
    out = office.get(reverse("office:exchange_export", args=[kind]))
    cells = [cell for row in load_workbook(io.BytesIO(out.content)).active for cell in row]
    assert trap in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    assert {cell.value: cell.quotePrefix for cell in cells}[trap]
    assert not any(cell.quotePrefix for cell in cells if cell.value != trap)
    assert {row.kind for row in upload(office, kind, out.content).context["preview"].rows} == {"skip"}
    assert not AuditEvent.objects.exists()


def test_passwords_and_other_zones_do_not_leave(office, town):
    text = str(
        [
            cell.value
            for row in load_workbook(
                io.BytesIO(office.get(reverse("office:exchange_export", args=["people"])).content)
            ).active
            for cell in row
        ]
    )
    assert "wangli" in text
    assert town.foreigner.username not in text
    assert "md5" not in text


def test_a_look_writes_nothing_and_the_confirmation_writes_just_that(office, town):
    response = upload(
        office, "people", [PEOPLE, ["zhangxin", "张新", "示例局", 5371234], ["wangli", "王莉", "示例局", None]]
    )
    assert told(response) == [(2, "new"), (3, "update")]
    assert not User.objects.filter(username="zhangxin").exists()
    assert not AuditEvent.objects.exists()

    assert confirm(office, "people", response.context["token"]).status_code == 302
    new = User.objects.get(username="zhangxin")
    assert (new.name, new.department, new.telephone, new.jurisdiction) == ("张新", town.unit, "5371234", town.zone)
    assert not new.has_usable_password()
    town.person.refresh_from_db()
    assert town.person.name == "王莉"
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == [
        "office.import",
        "person.add",
        "person.change",
    ]


def test_one_wrong_row_and_nothing_is_written_each_fault_in_its_place(office, town):
    rows = [
        ["zhangxin", "张新", "示例局", ""],
        ["有 空格", "某", "无此局", ""],
        [town.foreigner.username, "抢注", "", ""],
        ["chang", "长" * 41, "", ""],
        ["zhangxin", "又一个", "", ""],
    ]
    response = upload(office, "people", [PEOPLE, *rows])
    assert response.status_code == 422
    assert told(response) == [(2, "new"), (3, "wrong"), (4, "wrong"), (5, "wrong"), (6, "wrong")]
    text = response.content.decode()
    for said in ("请输入合法的用户名", "没有名为“无此局”的单位", "已被使用", "无此局", "与第2行重复"):
        assert said in text
    assert response.context["token"] == ""
    assert not User.objects.filter(username__in=["zhangxin", "chang"]).exists()
    assert not AuditEvent.objects.exists()


def test_what_changed_meanwhile_is_shown_again_and_not_overwritten(office, town):
    rows = [PEOPLE, ["zhangxin", "张新", "", ""], ["wangli", "王莉", "示例局", ""]]
    token = upload(office, "people", rows).context["token"]
    User.objects.filter(pk=town.person.pk).update(name="王小丽")
    response = confirm(office, "people", token)
    assert response.status_code == 409
    assert "王小丽" in response.content.decode()
    town.person.refresh_from_db()
    assert town.person.name == "王小丽"
    assert not User.objects.filter(username="zhangxin").exists()
    assert not AuditEvent.objects.exists()
    assert confirm(office, "people", response.context["token"]).status_code == 302  # looked at again, confirmed
    assert confirm(office, "people", token).status_code == 409  # once only


def test_a_confirmation_is_its_persons_and_its_registers(office, town):
    token = upload(office, "people", [PEOPLE, ["zhangxin", "张新", "", ""]]).context["token"]
    for kind, sent in (("people", token[:-1] + ("A" if token[-1] != "A" else "B")), ("units", token), ("people", "")):
        assert confirm(office, kind, sent).status_code == 409
    office.force_login(town.second)
    assert confirm(office, "people", token).status_code == 409
    assert not User.objects.filter(username="zhangxin").exists()
    assert not AuditEvent.objects.exists()


def test_units_sections_aliases_and_sources_come_in(office, town):
    heads = ["上级单位", "名称", "联系人"]
    response = upload(
        office, "units", [heads, ["", "数据局", "李四"], ["数据局", "综合科", ""], ["", "示例局", "王五"]]
    )
    assert told(response) == [(2, "new"), (3, "new"), (4, "update")]
    confirm(office, "units", response.context["token"])
    assert Department.objects.get(name="综合科").parent.name == "数据局"
    town.unit.refresh_from_db()
    assert town.unit.contact == "王五"

    response = upload(
        office, "aliases", [["别名", "所指单位或单位组"], ["数据管理局", "数据局"], ["综合", "数据局（综合科）"]]
    )
    confirm(office, "aliases", response.context["token"])
    assert DepartmentAlias.objects.count() == 2
    response = upload(
        office, "aliases", [["别名", "所指单位或单位组"], ["数据管理局", "示例局"], ["数据局", "示例局"], ["空", ""]]
    )
    assert told(response) == [(2, "wrong"), (3, "wrong"), (4, "wrong")]

    response = upload(office, "sources", [["代码", "名称"], ["lottery", "彩票公益金"], ["other", "其他资金"]])
    confirm(office, "sources", response.context["token"])
    assert FundingSource.objects.get(code="lottery").name == "彩票公益金"
    assert FundingSource.objects.get(code="other").name == "其他资金"


def test_a_column_that_is_only_read_is_not_silently_ignored(office, town):
    response = upload(office, "people", [["用户名", "姓名", "在用"], ["wangli", "王丽", "否"]])
    assert told(response) == [(2, "wrong")]
    assert "此列仅供查看" in response.content.decode()
    town.person.refresh_from_db()
    assert town.person.is_active


@pytest.mark.parametrize(
    "content",
    [
        b"not a workbook",
        b"",
        [],
        [PEOPLE],
        [["用户名", "密码"], ["a", "b"]],
        [["姓名"], ["王丽"]],
        [["用户名", "用户名"], ["a", "b"]],
    ],
)
def test_a_file_that_is_not_this_register_is_refused_in_place(office, town, content):
    response = upload(office, "people", content)
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert User.objects.count() == 5


def test_another_zones_register_and_an_unknown_one_do_not_exist(office, town):
    for address in (
        reverse("office:exchange_export", args=["people"]) + f"?area={town.other.pk}",
        reverse("office:exchange_export", args=["grants"]),
        reverse("office:exchange_upload", args=["grants"]),
    ):
        assert office.get(address).status_code == 404


def test_the_operators_account_is_not_changed_by_a_register(office, town):
    UserFactory(username="yunwei", name="运维", jurisdiction=town.zone, is_staff=True)
    assert told(upload(office, "people", [PEOPLE, ["yunwei", "假", "", ""]])) == [(2, "wrong")]
    assert User.objects.get(username="yunwei").name == "运维"


def test_a_formula_that_was_never_worked_out_is_refused_and_its_cell_named(office, town):
    response = upload(office, "people", [PEOPLE[:2], ["wangli", "王莉"], ['=CONCATENATE("new","one")', None]])

    assert response.status_code == 422
    assert "A3" in response.text
    assert "公式" in response.text
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "第一个工作表的第一行为空"),
        ([["代码", "名称", "名称"], ["neu", "甲", "乙"]], "有多列的表头为“名称”"),
        ([["代码", "备注"], ["neu", "甲"]], "无法识别：备注"),
    ],
)
def test_what_is_wrong_with_the_headings_is_said(office, town, lines, said):
    response = upload(office, "sources", lines)
    assert (response.status_code, said in response.text, "无法识别：—" in response.text) == (422, True, False)


def test_a_right_is_known_by_its_short_word_and_all_are_named_to_who_writes_another(office, town):
    def row(*rights):
        lines = [[town.person.username, right, town.unit.name] for right in rights]
        return upload(office, "rights", [RIGHTS, *lines]).context["preview"].rows[-1]

    assert row("填报").kind == row("填报月报").kind == "new"
    assert row("填报月报", "填报").errors == ("与第2行重复。",)
    (error,) = [text for cell in row("督办").cells for text in cell.errors]
    assert error == "没有名为“督办”的权限，可填：填报、单位审核、导入、督查、管理、总览、审计。"
    grants.give(FILE_REPORT, town.unit, to=town.person, by=town.second)
    assert row("填报").kind == "skip"


@pytest.mark.parametrize(
    ("kind", "headings", "lines"),
    [
        ("people", ["用户名", "姓名"], [["newone", "张三"], ["NewOne", "李四"]]),
        ("units", ["上级单位", "名称", "简称"], [["", "新局", "一"], ["", "新 局", "二"]]),
        ("units", ["上级单位", "名称", "简称"], [["", "示例局", "一"], ["", "示例局", "二"]]),
        ("aliases", ["别名", "所指单位或单位组"], [["新名", "示例局"], ["新名", "示例局"]]),
        ("sources", ["代码", "名称"], [["neu", "甲"], ["neu", "乙"]]),
    ],
)
def test_what_stands_in_the_file_twice_is_refused_and_the_first_row_named(office, town, kind, headings, lines):
    before = [model.objects.count() for model in (User, Department, DepartmentAlias, FundingSource)]
    response = upload(office, kind, [headings, [], *lines])  # an empty row is none, and counts in the numbers

    assert response.status_code == 422
    assert [row.kind == "wrong" for row in response.context["preview"].rows] == [False, True]
    assert response.context["preview"].rows[1].errors == ("与第3行重复。",)
    assert '<th scope="col">变更</th>' in response.text
    assert "token" not in response.context or not response.context["token"]
    assert [model.objects.count() for model in (User, Department, DepartmentAlias, FundingSource)] == before
    assert not Department.objects.exclude(short_name="").filter(name="示例局", short_name__in="一二").exists()
