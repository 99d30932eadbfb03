"""The filing pages as their users meet them: right, wrong, forged, twice."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.permissions import FILE_REPORT
from projects.models import MonthlyReport, ReportEvent, Responsibility, SubItem
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ReportingPeriodFactory, ResponsibilityFactory, SubItemFactory
from tests.minsheng.life import MEASURE, content, draft, submitted

State = MonthlyReport.State


def address(world, month="2023-09", sub_item=None):
    return reverse("filing:report", args=[(sub_item or world.sub_item).pk, month])


def _body(response):
    """The page without its CSRF token, which is another one each time."""
    return re.sub(rb'value="\w{64}"', b"", response.content)


def typed(world, **changed):
    return {
        "version": "0",
        "percent": "75",
        "progress": "主体完工。",
        f"target_{world.target.pk}": "300",
        f"secured_{world.line.pk}": "200",
        f"spent_{world.line.pk}": "100.5",
        "step": "save",
        **changed,
    }


def test_staff_find_what_is_due(world, client):
    client.force_login(world.clerk)
    (entry,) = client.get("/").context["board"].groups[0].entries
    assert entry.url == address(world)
    response = client.get(reverse("filing:due"))
    (month,) = [month for month in response.context["months"] if month.period == world.september]
    assert [(item.sub_item, item.waits_for_unit) for item in month.items] == [(world.sub_item, True)]
    assert month.days_left == 5


def test_the_form_names_both_days_as_other_pages_do(world, client):
    SubItem.objects.update(deadline=date(2023, 12, 31), deadline_precision=SubItem.Precision.YEAR)
    client.force_login(world.clerk)
    page = client.get(address(world)).text
    assert "<dd>2023年底 </dd>" in page
    assert "<dt>报送截止</dt>" in page
    assert "到期日" not in page


def test_who_files_nothing_is_told_why_and_led_on(world, client):
    client.force_login(world.leader)
    page = client.get(reverse("filing:due"))
    assert "您没有填报任务。" in page.text
    assert f'class="btn btn-primary" href="{reverse("home")}"' in page.text


def test_nothing_approved_yet_has_no_light(world, client):
    SubItem.objects.update(light="green", percent=None)
    client.force_login(world.clerk)
    page = client.get(reverse("filing:due")).text
    assert "尚无" in page
    assert "绿灯" not in page
    SubItem.objects.update(percent=0)
    assert "绿灯" in client.get(reverse("filing:due")).text


def test_a_month_is_filed(world, client):
    client.force_login(world.clerk)
    assert client.get(address(world)).status_code == 200
    saved = client.post(address(world), typed(world))
    assert (saved.status_code, saved.url) == (302, address(world))
    assert MonthlyReport.objects.get().funding_readings.get().spent == 1_005_000

    done = client.post(address(world), typed(world, version="1", step="submit"))
    assert (done.status_code, done.url) == (302, reverse("filing:due"))
    assert MonthlyReport.objects.get().state == State.SUBMITTED


def test_a_refused_submission_keeps_what_was_typed_as_a_draft(world, client):
    client.force_login(world.clerk)
    response = client.post(address(world), typed(world, percent="40", step="submit"))

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == ["reason", *MEASURE]
    assert form["progress"].value() == "主体完工。"
    assert form["version"].value() == "1"
    report = MonthlyReport.objects.get()
    assert (report.state, report.percent) == (State.DRAFT, 40)
    again = client.post(
        address(world), typed(world, percent="40", reason="征地滞后。", version="1", step="submit", **MEASURE)
    )
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("percent", "一半"),
        ("percent", "101"),
        ("percent", "-1"),
        ("percent", "NaN"),
        ("percent", "1e1"),
        ("percent", "45.55"),
        ("percent", "6,5"),
        ("percent", "4²"),
        ("percent", "4 5"),
        ("percent", "1_0"),
        ("percent", "٤٥"),
        ("percent", "+5"),
        ("target", "1,5"),
        ("spent", "5²"),
        ("spent", "1000000000000"),
        ("target", "很多"),
        ("target", "9" * 30),
        ("spent", "abc"),
        ("spent", "-5"),
        ("spent", "1.2345678"),
        ("progress", "长" * 4001),
        ("version", "x"),
    ],
)
def test_bad_input_is_said_in_place_and_writes_nothing(world, client, field, value):
    name = {"target": f"target_{world.target.pk}", "spent": f"spent_{world.line.pk}"}.get(field, field)
    client.force_login(world.clerk)
    response = client.post(address(world), typed(world, **{name: value}))
    assert response.status_code == 422
    assert name in response.context["form"].errors
    assert response.context["form"]["progress"].value() == (value if field == "progress" else "主体完工。")
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize(("percent", "kept"), [("４５", 45), ("45%", 45), ("45.5", "45.5"), (" 7 ", 7)])
def test_figures_are_read_as_people_type_them(world, client, percent, kept):
    client.force_login(world.clerk)
    client.post(address(world), typed(world, percent=percent))
    assert str(MonthlyReport.objects.get().percent) == f"{float(kept):.1f}"


def test_two_people_see_both_texts_and_nothing_is_overwritten(world, client):
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    draft(world, content(world, "70", progress="同事写的内容。"), by=colleague)
    client.force_login(world.clerk)
    response = client.post(address(world), typed(world, progress="我写的内容。"))

    assert response.status_code == 409
    page = response.content.decode()
    assert "同事写的内容。" in page
    assert "我写的内容。" in page
    assert MonthlyReport.objects.get().progress == "同事写的内容。"
    assert client.post(address(world), typed(world, progress="合并后的内容。", version="1")).status_code == 302
    assert MonthlyReport.objects.get().progress == "合并后的内容。"


def test_a_double_click_is_one_submission_and_succeeds(world, client):
    client.force_login(world.clerk)
    answers = [client.post(address(world), typed(world, step="submit")) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, reverse("filing:due"))] * 2
    assert ReportEvent.objects.count() == 1
    assert MonthlyReport.objects.get().version == 1


def test_a_stale_tab_loses_no_text_and_says_why(world, client):
    client.force_login(world.clerk)
    client.post(address(world), typed(world, step="submit"))
    late = client.post(address(world), typed(world, progress="旧窗口里写的内容。"))
    page = late.content.decode()
    assert late.status_code == 409
    assert "旧窗口里写的内容。" in page
    assert 'role="alert"' in page
    assert MonthlyReport.objects.get().progress == "主体完工。"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["stranger", "outsider", "leader_elsewhere"])
def test_another_units_sub_item_does_not_exist(world, client, method, who):
    people = {
        "stranger": world.stranger,
        "outsider": UserFactory(),
        "leader_elsewhere": UserFactory(grants={DepartmentFactory(): [FILE_REPORT]}),
    }
    client.force_login(people[who])
    theirs = getattr(client, method)(address(world), typed(world))
    missing = getattr(client, method)(reverse("filing:report", args=[999_999, "2023-09"]), typed(world))
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert _body(theirs) == _body(missing)
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("step", ["save", "submit"])
def test_an_assisting_unit_writes_nothing(world, client, step):
    assisting = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=assisting, role=Responsibility.Role.ASSIST)
    client.force_login(UserFactory(grants={assisting: [FILE_REPORT]}))
    assert client.post(address(world), typed(world, step=step)).status_code == 403
    assert not MonthlyReport.objects.exists()


def test_a_second_lead_saves_but_does_not_submit(world, client):
    second = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=second, order=1)
    client.force_login(UserFactory(grants={second: [FILE_REPORT]}))
    assert client.post(address(world), typed(world, step="submit")).status_code == 403
    assert not MonthlyReport.objects.exists()
    assert client.post(address(world), typed(world)).status_code == 302
    assert MonthlyReport.objects.get().department == world.unit


def test_office_and_leader_do_not_file(world, client):
    for person in (world.office, world.leader):
        client.force_login(person)
        assert client.post(address(world), typed(world)).status_code == 403
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("month", ["2023-13", "x", "2024-01", "2023-9", "0000-01"])
def test_months_without_a_period_do_not_exist(world, client, month):
    client.force_login(world.clerk)
    assert client.get(f"/filing/{world.sub_item.pk}/{month}/").status_code == 404


def test_a_locked_period_is_said_and_takes_nothing(world, client):
    client.force_login(world.clerk)
    with clock.at(datetime(2023, 10, 5)):  # noqa: DTZ001
        page = client.get(address(world)).content.decode()
        assert "督查室" in page
        assert 'name="step"' not in page
        refused = client.post(address(world), typed(world))
        assert refused.status_code == 409
        assert "主体完工。" in refused.content.decode()
    assert not MonthlyReport.objects.exists()


def test_a_period_that_is_not_open_yet_takes_nothing(world, client):
    november = ReportingPeriodFactory(programme=world.sub_item.programme, month=date(2023, 11, 1))
    client.force_login(world.clerk)
    assert client.post(address(world, f"{november.month:%Y-%m}"), typed(world)).status_code == 409
    assert not MonthlyReport.objects.exists()


def test_a_submitted_report_is_shown_and_not_asked_again(world, client):
    submitted(world, content(world, progress="<script>alert(1)</script>"))
    client.force_login(world.clerk)
    page = client.get(address(world)).content.decode()
    assert 'name="step"' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_due_list_asks_the_same_however_long_it_is(world, client, django_assert_num_queries, count):
    others = SubItemFactory.create_batch(count - 1, project=world.sub_item.project, lead=world.unit)
    for sub_item in (world.sub_item, *others):
        MonthlyReport.objects.create(sub_item=sub_item, period=world.september, department=world.unit)
    client.force_login(world.clerk)
    client.get(reverse("filing:due"))  # warm guardian's process-wide cache
    # session, person with unit (2), his units, what waits, lead roles (2), periods, exceptions, reports, returns; what
    # is locked with its months and requests; navigation and its number (2); contributions: lines, roles
    with django_assert_num_queries(19):
        response = client.get(reverse("filing:due"))
    assert len(response.context["months"][-1].items) == count
