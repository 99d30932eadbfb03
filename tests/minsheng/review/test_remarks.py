"""A return with a reason overall and at the fields it concerns: who says it, where it is read, what becomes of it."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import DomainError, IllegalTransition
from departments.permissions import FILE_REPORT, REVIEW_REPORT, SUPERVISE
from minsheng.filing.due import due_months
from minsheng.filing.remarks import asked_of
from minsheng.periods.chase import chase_of, text_of
from minsheng.periods.filings import Reporting
from minsheng.review import services as review
from minsheng.review.answers import answers_of
from projects.filing import Filing
from projects.models import FilingException, MonthlyReport, ReportEvent, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import approved, content, draft, sheet, submitted

State = MonthlyReport.State


def at(month, day):
    return clock.at(datetime(2023, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


def address(report, name="report"):
    return reverse(f"review:{name}", args=[report.pk])


@pytest.fixture
def keys(world):
    return f"target_{world.target.pk}", f"money_{world.line.pk}"


def returned(world, report, keys, *, by=None):
    target, money = keys
    remarks = {"progress": "请写明完成层数。", target: "与上报台账不一致。", money: "支出依据？", "problems": "  "}
    review.send_back(report, by=by or world.office, comment="请核实完成数", remarks=remarks)
    return MonthlyReport.objects.get(pk=report.pk)


# the step ------------------------------------------------------------------------------------------------------


def test_remarks_are_kept_with_the_step_by_field_with_its_name_of_the_day(world, keys):
    target, money = keys
    returned(world, submitted(world), keys)
    event = ReportEvent.objects.latest("pk")
    assert event.remarks == [
        {"field": target, "label": world.target.text, "text": "与上报台账不一致。"},
        {"field": money, "label": str(world.line), "text": "支出依据？"},
        {"field": "progress", "label": "本月进展", "text": "请写明完成层数。"},
    ]
    assert event.told == "请核实完成数（另有3处批注）"


def test_a_remark_alone_is_reason_enough_and_nothing_is_none(world):
    report = submitted(world)
    with pytest.raises(DomainError):
        review.send_back(report, by=world.office, remarks={"progress": "  "})
    with pytest.raises(DomainError):
        review.send_back(report, by=world.office, remarks={"progress": "请核实", "target_0": "没有这一栏"})
    assert MonthlyReport.objects.get().state == State.SUBMITTED
    assert ReportEvent.objects.count() == 1

    review.send_back(report, by=world.office, remarks={"progress": "请核实"})
    assert ReportEvent.objects.latest("pk").told == "1处批注，见各栏"


def test_a_sub_item_by_milestones_has_no_percent_to_remark_on(world):
    report = submitted(world)
    SubItem.objects.update(progress_kind=SubItem.ProgressKind.MILESTONES)
    with pytest.raises(DomainError):
        review.send_back(report, by=world.office, remarks={"percent": "偏高"})


def test_either_reviewer_remarks_and_the_unit_reads_both(world, keys):
    reviewer = world.reviewer()
    report = submitted(world)
    review.pass_on(report, by=reviewer)
    report = returned(world, report, keys)
    report = submitted(world, content(world, "76"))
    assert report.state == State.UNIT_REVIEW
    review.send_back(report, by=reviewer, comment="层数还没写", remarks={"progress": "层数？"})

    events = list(report.events.order_by("pk"))
    asked = asked_of(events)
    assert [event.actor for event in asked.returns] == [world.office, reviewer]
    assert [one.text for one in asked.at("progress")] == ["请写明完成层数。", "层数？"]
    assert len(asked_of(events, within=False).returns) == 1  # what the unit says within itself is its own


def test_what_was_approved_since_asks_for_nothing(world):
    report = approved(world)
    review.reopen(report, by=world.office, reason="数据有误")
    report = submitted(world, content(world, "76"))
    assert asked_of(list(report.events.order_by("pk")))
    review.approve(report, by=world.office)
    assert not asked_of(list(report.events.order_by("pk")))


def test_who_holds_both_rights_returns_from_either_state(world):
    both = UserFactory(department=world.unit, grants={world.unit: [REVIEW_REPORT], world.jurisdiction: [SUPERVISE]})
    report = submitted(world)
    assert report.state == State.UNIT_REVIEW
    review.send_back(report, by=both, comment="请补充")
    assert MonthlyReport.objects.get().state == State.RETURNED


def test_who_reviews_for_the_unit_does_not_return_what_has_left_it(world):
    reviewer = world.reviewer()
    report = submitted(world)
    review.pass_on(report, by=reviewer)
    with pytest.raises(IllegalTransition):
        review.send_back(report, by=reviewer, comment="请补充")
    assert MonthlyReport.objects.get().state == State.SUBMITTED


# due again -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "told"), [(27, Filing.ON_TIME), (28, Filing.LATE)])
def test_what_the_office_returned_is_due_again_seven_days_later(world, day, told):
    review.send_back(submitted(world), by=world.office, comment="请核实")  # on the 20th, due on the 25th
    with at(9, day):
        submitted(world, content(world, "76"))
        counts = Reporting(world.sub_item.programme).of(world.september).counts
        assert dict(counts) == {told: 1}


def test_a_slow_reviewer_makes_no_unit_late(world):
    world.reviewer()
    report = submitted(world)
    with at(9, 27):
        review.take_over(report, by=world.office, reason="审核人出差")
        assert dict(Reporting(world.sub_item.programme).of(world.september).counts) == {Filing.ON_TIME: 1}


@pytest.mark.parametrize(("day", "opened"), [(27, False), (28, True)])
def test_a_return_keeps_the_month_open_as_long_as_it_is_due_again(world, day, opened):
    """September locks on 5 October."""
    report = submitted(world)
    with at(9, day):
        review.send_back(report, by=world.office, comment="请核实")
    assert FilingException.objects.exists() is opened
    with at(10, day - 23):
        submitted(world, content(world, "76"))
    assert MonthlyReport.objects.get().state == State.SUBMITTED


def test_the_text_that_chases_says_how_many_remarks_and_until_when(world, keys):
    returned(world, submitted(world), keys)
    with at(9, 26):
        reporting = Reporting(world.sub_item.programme)
        owing = chase_of(reporting, world.september)
        (item,) = owing.owing[0].items
        assert (item.due_on, item.days_late, owing.days_late) == (date(2023, 9, 27), 0, 1)
        assert "（退回待改、3处批注、9月27日前重报）" in text_of(reporting, owing)
        assert "逾期" not in text_of(reporting, owing).splitlines()[1]
    with at(9, 30):
        assert "已逾期3天" in text_of(reporting, chase_of(Reporting(world.sub_item.programme), world.september))


# the unit's pages ----------------------------------------------------------------------------------------------


def test_the_units_list_and_form_say_what_is_asked_for_at_its_field(world, keys, client):
    target = keys[0]
    returned(world, submitted(world), keys)
    (item,) = due_months(world.clerk)[0].waiting_items
    assert (item.return_comment, item.due_again) == ("请核实完成数（另有3处批注）", date(2023, 9, 27))

    client.force_login(world.clerk)
    assert "请核实完成数（另有3处批注）" in client.get(reverse("filing:due")).content.decode()
    page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"]))
    html = page.content.decode()
    place = {field: html.index(f'id="{box}"') for field, box in (("progress", "id_progress"), (target, f"id_{target}"))}
    remark = html.index("请写明完成层数。", html.index('id="report-form"'))
    assert place["progress"] < remark < html.index('id="id_problems"')
    assert html.count("与上报台账不一致。") == 2  # above the form and at its field
    assert f'href="#id_{target}"' in html
    assert f'href="#line-money-{world.line.pk}"' in html
    assert "9月27日" in html
    form = page.context["form"]
    assert all(line.is_open for line in (*form.target_lines(), *form.money_lines()))


def test_the_form_gives_the_reason_in_full_once_and_its_steps_point_to_it(world, keys, client):
    returned(world, submitted(world), keys)
    client.force_login(world.clerk)
    url = reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    page = client.get(url)
    assert page.text.count("请核实完成数") == 1
    assert page.context["timeline"][-1].comment == "退回原因见本页上方。"

    submitted(world)
    again = client.get(url)  # answered: it stands in the steps alone
    assert again.text.count("请核实完成数") == 1
    assert again.context["timeline"][-2].comment == "请核实完成数"


def test_a_draft_that_was_never_returned_has_no_remarks(world, client):
    draft(world)
    client.force_login(world.clerk)
    page = client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"]))
    assert not page.context["asked"]
    assert 'class="remark"' not in page.content.decode()


def test_remarks_stand_in_the_steps_for_insiders_only(world, keys, client):
    review.approve(submitted(world), by=world.office)
    review.reopen(MonthlyReport.objects.get(), by=world.office, reason="更正")
    returned(world, submitted(world, content(world, "76")), keys)
    review.approve(submitted(world, content(world, "77")), by=world.office)
    helping = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=helping, role="assist")
    helper = UserFactory(department=helping, grants={helping: [FILE_REPORT]})
    seen = {}
    for name, person in (("clerk", world.clerk), ("leader", world.leader), ("helper", helper)):
        client.force_login(person)
        seen[name] = (
            "请写明完成层数。" in client.get(reverse("dashboard:sub_item", args=[world.sub_item.pk])).content.decode()
        )
    assert seen == {"clerk": True, "leader": True, "helper": False}


# the reviewer's pages ------------------------------------------------------------------------------------------


def test_every_field_has_its_place_for_a_remark(world, keys, client):
    report = submitted(world)
    client.force_login(world.office)
    html = client.get(address(report)).content.decode()
    for field in ("percent", *keys, "progress", "problems", "next_steps"):
        assert html.count(f'name="remark_{field}"') == 1
    assert html.count('form="decision-form"') >= 6


def test_the_office_returns_with_remarks_on_its_page(world, keys, client):
    report = submitted(world)
    client.force_login(world.office)
    done = client.post(address(report), {"step": "return", "remark_progress": "请写明完成层数。"})
    assert done.status_code == 302
    assert [one["field"] for one in ReportEvent.objects.latest("pk").remarks] == ["progress"]


@pytest.mark.parametrize("step", ["approve", "pass"])
def test_remarks_do_not_get_lost_in_an_approval(world, client, step):
    if step == "pass":
        client.force_login(world.reviewer())
    else:
        client.force_login(world.office)
    report = submitted(world)
    answer = client.post(address(report), {"step": step, "remark_progress": "请写明完成层数。"})
    assert answer.status_code == 422
    assert "请写明完成层数。" in answer.content.decode()
    assert MonthlyReport.objects.get().state == report.state


def test_what_was_typed_is_shown_where_a_colleague_decided_first(world, client):
    report = submitted(world)
    client.force_login(world.office)
    review.approve(report, by=UserFactory(grants={world.jurisdiction: [SUPERVISE]}))
    answer = client.post(address(report), {"step": "return", "comment": "请核实", "remark_progress": "层数？"})
    assert answer.status_code == 409
    assert "层数？" in answer.content.decode()


def test_the_office_reads_what_it_returned_with_its_remarks(world, keys, client):
    report = returned(world, submitted(world, content(world, "70", progress="完成主体施工。")), keys)
    draft(world, content(world, "90", progress="正在修改的内容"))
    client.force_login(world.office)
    for name in ("report", "versions"):
        html = client.get(address(report, name)).content.decode()
        assert "完成主体施工。" in html
        assert "70.0%" in html
        assert "请写明完成层数。" in html
        assert "正在修改的内容" not in html


def test_what_the_units_reviewer_returned_has_not_reached_the_office(world, client):
    reviewer = world.reviewer()
    report = submitted(world, content(world, progress="单位内部的内容"))
    review.send_back(report, by=reviewer, comment="请补充", remarks={"progress": "单位内部的批注"})
    client.force_login(world.office)
    for name in ("report", "versions"):
        html = client.get(address(report, name)).content.decode()
        assert "单位内部的内容" not in html
    client.force_login(reviewer)
    html = client.get(address(report)).content.decode()
    assert "单位内部的内容" in html
    assert html.count("单位内部的批注") == 2  # at its field, in the steps


def test_the_next_submission_shows_what_was_asked_for_beside_what_changed(world, keys, client):
    target, money = keys
    returned(world, submitted(world, content(world, "70", progress="完成主体施工三层。")), keys)
    report = submitted(world, content(world, "70", progress="完成主体施工两层。", problems="资金未到。"))
    asked = asked_of(list(report.events.order_by("pk")), within=False)
    answers = answers_of(asked, sheet(world))
    assert {field: answers[field].changed for field in ("progress", target, money, "percent", "problems")} == {
        "progress": True,
        target: False,
        money: False,
        "percent": False,
        "problems": True,
    }
    client.force_login(world.office)
    html = client.get(address(report)).content.decode()
    assert "上次退回：" in html
    assert html.count("已修改") == 1
    assert html.count("未修改") == 2
    assert "<del>三</del>" in html


def test_versions_show_what_was_remarked_on_the_earlier_one(world, keys, client):
    report = returned(world, submitted(world), keys)
    submitted(world, content(world, "76"))
    client.force_login(world.office)
    html = client.get(address(report, "versions")).content.decode()
    assert html.count("请写明完成层数。") == 2  # at its field, in the steps
