"""A unit's contribution as its people meet it: right, wrong, twice, in an old window, after the report has left."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT, OVERSEE, REVIEW_REPORT
from funding.models import FundingLine
from funding.services.readings import LineReading
from minsheng import sign_in
from minsheng.review import services as review
from projects.models import Contribution, ContributionVersion, MonthlyReport, Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import TargetFactory
from tests.minsheng.filing.test_assigned_lines import assign
from tests.minsheng.life import approved_in_august, contribute, submitted

TEXT = "已完成入户。"


@pytest.fixture
def street(streets):
    return streets[0]


@pytest.fixture
def clerk(street, client):
    client.force_login(street[1])
    return client


def address(world, unit, name="contribute", month="2023-09"):
    return reverse(f"filing:{name}", args=[world.sub_item.pk, month, unit.pk])


def typed(world, **changed):
    return {"version": "0", "progress": TEXT, f"target_{world.target.pk}": "２０", "step": "save", **changed}


def opened(client, world, unit, **changed):
    form = client.get(address(world, unit)).context["form"]
    return typed(world) | {name: form[name].value() for name in ("version", "base", "editor")} | changed


def test_it_is_written_submitted_and_corrected(world, street, clerk):
    url = address(world, street[0])
    assert clerk.get(url).context["editable"]
    saved = clerk.post(url, opened(clerk, world, street[0]))
    assert (saved.status_code, saved.url) == (302, url)
    assert not ContributionVersion.objects.exists()
    done = clerk.post(url, opened(clerk, world, street[0], step="submit"))
    assert (done.status_code, done.url) == (302, reverse("filing:due"))
    assert ContributionVersion.objects.get().snapshot["progress"] == TEXT
    assert "提交更正" in clerk.get(url).content.decode()

    clerk.post(url, opened(clerk, world, street[0], progress="入户全部完成。"))
    page = clerk.get(url).content.decode()
    assert "更正尚未提交" in page
    clerk.post(url, opened(clerk, world, street[0], progress="入户全部完成。", step="submit"))
    assert [one.snapshot["progress"] for one in ContributionVersion.objects.order_by("number")] == [
        TEXT,
        "入户全部完成。",
    ]


def test_last_months_values_stand_beside(world, street, clerk):
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001
        contribute(world, street, "八月已完成摸底。", "12", period=world.august)
    page = clerk.get(address(world, street[0]))
    (line,) = page.context["form"].target_lines()
    assert (line.boxes[0].last, line.unchanged) == ("12", True)
    assert "八月已完成摸底。" in page.content.decode()


def test_nothing_new_takes_one_click_from_the_page(world, street, clerk):
    url = address(world, street[0])
    empty = {"progress": "", f"target_{world.target.pk}": ""}
    assert clerk.post(url, opened(clerk, world, street[0], step="nothing", **empty)).status_code == 302
    assert ContributionVersion.objects.get().snapshot["is_nil"]


def test_what_is_not_complete_is_kept_as_a_draft_and_said_at_its_box(world, street, clerk):
    assign(world, street[0])
    secured = f"secured_{world.line.pk}"
    refused = clerk.post(
        address(world, street[0]),
        opened(clerk, world, street[0], step="submit", **{secured: "", f"spent_{world.line.pk}": ""}),
    )
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [secured]
    assert refused.context["form"]["progress"].value() == TEXT
    assert Contribution.objects.get().text == TEXT
    assert not ContributionVersion.objects.exists()
    again = {name: refused.context["form"][name].value() for name in ("version", "base", "editor")}
    form = typed(world, step="submit", **again, **{secured: "200", f"spent_{world.line.pk}": "100"})
    assert clerk.post(address(world, street[0]), form).status_code == 302
    (money,) = ContributionVersion.objects.get().snapshot["money"]
    assert (money["secured"], money["spent"]) == ("2000000.00", "1000000.00")


@pytest.mark.parametrize(
    ("field", "value"), [("target", "很多"), ("target", "-1"), ("progress", "长" * 2001), ("version", "x")]
)
def test_bad_input_is_said_in_place_and_writes_nothing(world, street, clerk, field, value):
    name = f"target_{world.target.pk}" if field == "target" else field
    refused = clerk.post(address(world, street[0]), typed(world, **{name: value}))
    assert refused.status_code == 422
    assert name in refused.context["form"].errors
    assert not MonthlyReport.objects.exists()


def test_a_double_click_is_one_submission_and_succeeds(world, street, clerk):
    form = opened(clerk, world, street[0], step="submit")
    answers = [clerk.post(address(world, street[0]), form) for _ in range(3)]
    assert [(one.status_code, one.url) for one in answers] == [(302, reverse("filing:due"))] * 3
    assert (ContributionVersion.objects.count(), Contribution.objects.get().version) == (1, 1)


def test_two_people_of_a_unit_see_both_texts(world, street, clerk):
    mine = opened(clerk, world, street[0], progress="我写的。")
    colleague = UserFactory(grants={street[0]: [FILE_REPORT]})
    contribute(world, (street[0], colleague), "同事写的。", submit=False)
    refused = clerk.post(address(world, street[0]), mine)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert all(text in page for text in ("我写的。", "同事写的。", str(colleague)))
    assert Contribution.objects.get().text == "同事写的。"
    (row,) = refused.context["form"].clash_rows()
    joined = mine | {"choose_progress": "joined", "seen_progress": row.clash.seen}
    assert clerk.post(address(world, street[0]), joined).status_code == 302
    assert Contribution.objects.get().text == "同事写的。\n我写的。"


def test_what_a_colleague_wrote_is_looked_at_before_it_is_submitted(world, street, clerk):
    mine = opened(clerk, world, street[0], progress="", step="submit")
    contribute(world, (street[0], UserFactory(grants={street[0]: [FILE_REPORT]})), "同事写的。", None, submit=False)
    sent = clerk.post(address(world, street[0]), mine)
    assert (sent.status_code, sent.url) == (302, address(world, street[0]))
    assert not ContributionVersion.objects.exists()


def test_it_saves_itself_and_overwrites_nobody(world, street, clerk):
    url = address(world, street[0], "contribute_autosave")
    form = opened(clerk, world, street[0])
    answer = clerk.post(url, form)
    assert "已自动保存 09:00" in answer.content.decode()
    assert Contribution.objects.get().text == TEXT
    form |= {"base": answer.context["base"], "version": "1"}
    assert clerk.post(url, form).status_code == 204
    assert "未自动保存" in clerk.post(url, form | {f"target_{world.target.pk}": "多"}).content.decode()

    contribute(world, (street[0], UserFactory(grants={street[0]: [FILE_REPORT]})), "同事改的。", "20", submit=False)
    assert "尚未保存：本单位本月工作" in clerk.post(url, form | {"progress": "我又改。"}).content.decode()
    assert Contribution.objects.get().text == "同事改的。"
    assert not ContributionVersion.objects.exists()


def test_what_was_typed_before_a_line_was_taken_back_is_shown(world, street, clerk):
    assign(world, street[0])
    form = opened(clerk, world, street[0], **{f"secured_{world.line.pk}": "300", f"spent_{world.line.pk}": ""})
    assign(world, None)
    assert "改由其他单位报数" in clerk.post(address(world, street[0], "contribute_autosave"), form).content.decode()
    refused = clerk.post(address(world, street[0]), form)
    assert refused.status_code == 409
    assert "300.00万元，现由发展软环境保障局报数" in refused.content.decode()
    assert not Contribution.objects.exists()


def test_a_report_that_has_left_its_unit_freezes_it(world, street, clerk):
    contribute(world, street)
    form = opened(clerk, world, street[0], progress="旧窗口写的。")
    report = submitted(world)
    page = clerk.get(address(world, street[0]))
    assert not page.context["editable"]
    assert all(text in page.content.decode() for text in ("协办情况随之冻结", str(world.clerk), TEXT))
    assert 'name="step"' not in page.content.decode()
    late = clerk.post(address(world, street[0]), form)
    assert late.status_code == 409
    assert "旧窗口写的。" in late.content.decode()
    assert Contribution.objects.get().text == TEXT
    review.send_back(report, by=world.office, comment="请核实。")
    assert clerk.get(address(world, street[0])).context["editable"]


def test_a_locked_month_says_whom_to_ask(world, street, clerk):
    with clock.at(datetime(2023, 10, 5)):  # noqa: DTZ001
        assert "督查室" in clerk.get(address(world, street[0])).content.decode()
        refused = clerk.post(address(world, street[0]), typed(world))
    assert refused.status_code == 409
    assert TEXT in refused.content.decode()
    assert not Contribution.objects.exists()


def test_an_expired_sign_in_loses_nothing(world, street, client):
    url = address(world, street[0])
    data = typed(world, typed_by=sign_in.typed_by(street[1]), progress="写了很久的一段话。")
    assert client.post(url, data).url.startswith(reverse("account_login"))
    client.force_login(street[1])
    restored = client.get(url)
    assert "写了很久的一段话。" in restored.content.decode()
    assert not Contribution.objects.exists()


# whose it is -------------------------------------------------------------------------------------------------------


def test_a_desk_is_its_own_units_alone(world, streets, finance, client):
    """Whoever sees the sub-item is refused, for everybody else it does not exist; nothing is written."""
    contribute(world, streets[0])
    unit = streets[0][0]
    refused = (world.clerk, world.office, world.leader, world.reviewer(), streets[1][1])
    missing = (world.stranger, finance[1], UserFactory(), UserFactory(grants={DepartmentFactory(): [FILE_REPORT]}))
    assign(world, finance[0])  # reading a line opens no other unit's desk
    for people, status in ((refused, 403), (missing, 404)):
        for person in people:
            client.force_login(person)
            assert client.get(address(world, unit)).status_code == status
            assert client.post(address(world, unit), typed(world, progress="别人写的。")).status_code == status
            assert client.post(address(world, unit, "contribute_autosave"), typed(world)).status_code == status
    assert Contribution.objects.get().text == TEXT


def test_a_units_reviewer_reads_and_does_not_write(world, street, client):
    contribute(world, street)
    client.force_login(UserFactory(grants={street[0]: [REVIEW_REPORT]}))
    page = client.get(address(world, street[0]))
    assert (page.status_code, page.context["editable"]) == (200, False)
    assert TEXT in page.content.decode()
    assert client.post(address(world, street[0]), typed(world, progress="改。")).status_code == 403
    assert Contribution.objects.get().text == TEXT


def test_what_is_not_asked_does_not_exist(world, street, finance, client):
    client.force_login(UserFactory(grants={street[0]: [FILE_REPORT], world.unit: [FILE_REPORT]}))
    assert client.get(address(world, street[0], month="2023-13")).status_code == 404
    assert client.get(address(world, street[0], month="2024-01")).status_code == 404
    assert client.get(reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", 999_999])).status_code == 404
    Responsibility.objects.filter(department=street[0]).delete()
    assert client.get(address(world, street[0])).status_code == 404
    Responsibility.objects.filter(files=False).delete()
    assert client.get(address(world, world.unit)).status_code == 404  # it files the report alone
    SubItem.objects.update(status=SubItem.Status.WITHDRAWN)
    assert client.get(address(world, street[0])).status_code == 404


def test_a_unit_that_only_reads_a_line_sees_the_line_and_no_more(world, finance, client):
    approved_in_august(world)
    assign(world, finance[0])
    client.force_login(finance[1])
    page = client.get(address(world, finance[0]))
    text = page.content.decode()
    assert (page.status_code, page.context["form"].target_lines()) == (200, [])
    assert [line.line for line in page.context["form"].money_lines()] == [world.line]
    assert page.context["form"].money_lines()[0].boxes[0].last == "200.00"
    assert reverse("dashboard:sub_item", args=[world.sub_item.pk]) not in text
    assert "计划安排" not in text
    assert client.get(reverse("dashboard:sub_item", args=[world.sub_item.pk])).status_code == 404
    assert client.get(reverse("filing:report", args=[world.sub_item.pk, "2023-09"])).status_code == 404
    data = {"version": "0", f"secured_{world.line.pk}": "300", f"spent_{world.line.pk}": "150", "step": "submit"}
    assert client.post(address(world, finance[0]), data).status_code == 302
    assign(world, None)
    assert client.get(address(world, finance[0])).status_code == 200  # what it said stays readable
    assert not client.get(address(world, finance[0])).context["editable"]


def test_an_assisting_unit_does_not_learn_what_was_submitted(world, street, clerk):
    """The plan beside its form says nothing of the last report: it reads approved ones only."""
    approved_in_august(world)
    MonthlyReport.objects.update(state=MonthlyReport.State.SUBMITTED)
    assert "68%" not in clerk.get(address(world, street[0])).content.decode().split('class="report-side"')[1]


def test_oversight_above_sees_it_in_the_report_only(world, street, client):
    contribute(world, street)
    client.force_login(UserFactory(grants={world.jurisdiction: [OVERSEE]}))
    assert client.get(address(world, street[0])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_much_there_is(world, street, clerk, django_assert_num_queries, count):
    assign(world, street[0])
    for _ in range(count - 1):
        TargetFactory(sub_item=world.sub_item)
        FundingLineFactory(sub_item=world.sub_item, reader=street[0])
    for number in range(count):
        read = {line.pk: LineReading(secured=Decimal(number)) for line in FundingLine.objects.all()}
        contribute(world, street, f"第{number}次。", money=read)
    clerk.get(address(world, street[0]))
    with django_assert_num_queries(37):  # nine of them for the number in the header: his unit has money lines to read
        clerk.get(address(world, street[0]))


@pytest.mark.parametrize("count", [1, 3])
def test_the_filing_units_form_asks_the_same_however_many_units_contribute(
    world, client, django_assert_num_queries, count
):
    for order in range(count):
        unit = DepartmentFactory(jurisdiction=world.jurisdiction)
        Responsibility.objects.create(
            sub_item=world.sub_item, department=unit, role="assist", order=order, stated_as="街道"
        )
        contribute(world, (unit, UserFactory(grants={unit: [FILE_REPORT]})))
        Responsibility.objects.create(
            sub_item=world.sub_item,
            department=DepartmentFactory(jurisdiction=world.jurisdiction),
            role="assist",
            order=9,
            stated_as="街道",
        )
    client.force_login(world.clerk)
    url = reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    client.get(url)
    with django_assert_num_queries(39):
        client.get(url)


def test_the_period_opens_for_contributions_too(world, street, clerk):
    with clock.at(datetime(2023, 8, 31)):  # noqa: DTZ001
        assert clerk.post(address(world, street[0]), typed(world)).status_code == 409
    assert not Contribution.objects.exists()
    assert world.september.opens_on == date(2023, 9, 1)
