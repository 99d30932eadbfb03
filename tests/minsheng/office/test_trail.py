"""The audit trail as a person reads it: each kind of event in words, dense, sorted, narrowed, taken along."""

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments import clock
from departments.models import AuditEvent
from departments.permissions import AUDIT
from departments.services import jurisdictions
from minsheng.office import history
from minsheng.office.facts import lines_of
from tests.factories.departments import AuditEventFactory, UserFactory
from tests.minsheng.test_language import CODE

TRAIL = reverse("office:audit")


def said(details):
    """The facts in one text each, old and new with an arrow."""
    return [
        f"{line.label} {line.old} → {line.new}" if line.old is not None else f"{line.label} {line.new}"
        for line in lines_of(details)
    ]


MILESTONE = {"name": "改造方案公示", "due_on": "2023-03-31", "weight": "3", "done_on": None}


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        ({"right": "departments.supervise", "where": "示例区", "where_id": 3, "second": None, "second_name": ""},
         ["权限 督查：报送期、审核、督办单、销号", "范围 示例区"]),
        ({"changed": {"name": ["王丽", "王莉"], "telephone": ["", "1"]}}, ["名称 王丽 → 王莉", "电话  → 1"]),
        ({"changed": {"due_next_month": [False, True]}, "reason": "按通知"}, ["次月截止 否 → 是", "原因 按通知"]),
        ({"old": [], "new": [MILESTONE], "reason": "录入"},
         ["新增 改造方案公示、计划日期 2023-03-31、权重 3", "原因 录入"]),
        ({"old": [MILESTONE], "new": [MILESTONE | {"due_on": "2023-04-30", "done_on": "2023-04-02"}], "reason": ""},
         ["改造方案公示 · 计划日期 2023-03-31 → 2023-04-30", "改造方案公示 · 完成日期  → 2023-04-02"]),
        ({"old": [MILESTONE], "new": [], "reason": ""}, ["删除 改造方案公示、计划日期 2023-03-31、权重 3 → "]),
        ({"changed": {"MS2023-001": ["content"], "MS2023-002": ["deadline", "targets"]}, "document": "区政发1号"},
         ["MS2023-001 内容和规模", "MS2023-002 完成期限、目标值", "依据文件 区政发1号"]),
        ({"sub_items": ["MS2023-023", "MS2023-024"], "reason": ""}, ["子项 MS2023-023、MS2023-024"]),
        ({"matches": {"12": "MS2023-003", "2": 0, "3": None}},
         ["第2行 新增子项", "第3行 重新待定", "第12行 MS2023-003"]),
        ({"rows": {"4": {"match": 7, "refused": ["content"], "month": "2023-05-01"}, "5": {"match": 8}},
          "missing": {"MS2023-009": {"act": "withdraw", "reason": "并入其他子项"}}},
         ["MS2023-009 调出、并入其他子项", "第4行 不采纳：内容和规模、自2023年5月起"]),
        ({"decisions": {"10": {"lead": {"kind": "unit"}}, "9": {}}}, ["表格行 9、10"]),
        ({"sheet": "Sheet1", "header_map": {"B": "content", "A": "serial", "C": ""}},
         ["工作表 Sheet1", "列 A 序号、B 内容和规模"]),
        ({"kind": "units", "rows": 3, "filters": {"state": "active"}, "sort": "-name"}, ["类型 单位", "行数 3"]),
        ({"unit": "示例局", "text": "已完成", "shares": {"3": "12", "4": None}},
         ["单位 示例局", "内容 已完成", "目标值份额 12"]),
        ({"programme": 3, "sha256": "abc"}, ["文件校验码 abc"]),
    ],
)  # fmt: skip
def test_every_kind_of_detail_is_said_in_words(details, lines):
    assert said(details) == lines
    assert not [line for line in lines if CODE.search(line)]


def test_an_operators_field_is_called_by_its_name(town):
    event = AuditEventFactory(
        action="admin.change",
        object_type="departments.department",
        details={"changed": {"short_name": ["", "示例"], "position": ["1", "2"]}},
    )
    assert [str(line.label) for line in history.entry(event).lines] == ["简称", "排序"]
    gone = AuditEventFactory(action="was.recorded", object_type="nothing.more", details={})
    assert (str(history.entry(gone).action), history.entry(gone).lines) == ("其他操作", ())


def test_a_jurisdiction_that_moves_names_what_it_moves_from_and_to(town):
    jurisdictions.move(town.zone, town.other, by=None)
    details = AuditEvent.objects.get(action="jurisdiction.move").details
    assert said(details) == [f"上级  → {town.other}"]


@pytest.fixture
def auditor(client, town):
    client.force_login(town.auditor)
    return client


def shown(client, query=""):
    return client.get(TRAIL + query).context["table"].records


def test_a_long_event_is_folded_and_none_of_it_is_lost(auditor, town):
    parts = {f"MS2023-{number:03}": ["content"] for number in range(1, 31)}
    AuditEventFactory(jurisdiction=town.zone, action="programme.revise", details={"changed": parts})
    html = auditor.get(TRAIL).content.decode()
    before, _summary, folded = html.partition("<summary>还有26项</summary>".replace(">", ">\n"))[0:3]
    before, folded = (
        html[: html.index('<details class="office-more">')],
        html[html.index('<details class="office-more">') :],
    )
    assert len(re.findall("MS2023-", before)) == history.SHOWN
    assert len(re.findall("MS2023-", folded)) == 30 - history.SHOWN
    assert re.search(r"<summary>\s*还有26项\s*</summary>", folded)


def test_the_trail_is_ordered_by_its_heads_and_numbered(auditor, town):
    now = clock.now()
    events = [
        AuditEventFactory(jurisdiction=town.zone, at=now + timedelta(hours=hours), actor_name=name, action=action)
        for hours, name, action in ((1, "乙局·李", "person.add"), (2, "", "unit.add"), (3, "甲局·王", "alias.add"))
    ]
    assert shown(auditor) == events[::-1]
    assert shown(auditor, "?sort=at") == events
    assert shown(auditor, "?sort=-at") == events[::-1]
    assert shown(auditor, "?sort=action") == [events[2], events[0], events[1]]
    assert shown(auditor, "?sort=nothing") == events[::-1]
    page = auditor.get(TRAIL + "?sort=at&person=none").content.decode()
    assert 'aria-sort="ascending"' in page
    assert 'href="?sort=-at&amp;person=none"' in page


def test_what_the_system_did_is_found(auditor, town):
    by_system = AuditEventFactory(jurisdiction=town.zone, actor=None)
    AuditEventFactory(jurisdiction=town.zone, actor=town.administrator)
    assert shown(auditor, "?person=none") == [by_system]


def test_an_auditor_of_several_jurisdictions_chooses_one(client, town):
    here, there = (AuditEventFactory(jurisdiction=zone) for zone in (town.zone, town.other))
    both = UserFactory(grants={town.zone: [AUDIT], town.other: [AUDIT]})
    client.force_login(both)
    assert set(shown(client)) == {here, there}
    assert shown(client, f"?area={town.other.pk}") == [there]
    client.force_login(town.auditor)
    assert shown(client, f"?area={town.other.pk}") == [here]  # he has no choice, and what is not his stays hidden


def test_the_file_has_the_facts_that_the_page_folds(auditor, town):
    parts = {f"MS2023-{number:03}": ["content"] for number in range(1, 31)}
    AuditEventFactory(jurisdiction=town.zone, action="programme.revise", details={"changed": parts})
    content = auditor.get(reverse("office:audit_export")).content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[3][:1] == ("序号",)
    assert len(rows[4][5].splitlines()) == 30
