"""A money line that another unit reads: assigned, read, carried on where nobody has read it, taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT
from funding.models import FundingLine, FundingReading, LineAssignment
from funding.services import assignments, lines
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content, content_from, content_of
from minsheng.filing.merge import Opened, base_of
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from minsheng.review.bulk import approve_each
from minsheng.review.queue import queue_of
from projects.models import Contribution, MonthlyReport, ReportEvent, Responsibility, SubItem, Target
from projects.services import parts, plans
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.life import approved_in_august, content, contribute, desk, draft, sheet, submitted

READ = LineReading(None, Decimal(3_000_000), Decimal(1_500_000))
LAST = LineReading(None, Decimal(2_000_000), Decimal(1_000_000))  # what August said


SEPTEMBER = date(2023, 9, 1)


def assign(world, unit, *, by=None, seen=None, month=SEPTEMBER):
    line = FundingLine.objects.get(pk=world.line.pk)
    return assignments.assign(line, unit, by=by or world.clerk, seen=seen or line.reader_in(month), month=month)


def reader(world, month=SEPTEMBER):
    return FundingLine.objects.get(pk=world.line.pk).reader_in(month)


def read(world, finance, reading=READ, **kwargs):
    return contribute(world, finance, "", None, money={world.line.pk: reading}, **kwargs)


def money_of(report):
    return content_of(MonthlyReport.objects.get(pk=report.pk)).money[world_line(report)]


def world_line(report):
    return report.sub_item.funding_lines.get().pk


@pytest.fixture
def filed(world):
    """August was filed: what a line carries on."""
    approved_in_august(world)
    return world


# assigning ---------------------------------------------------------------------------------------------------------


def test_it_is_recorded_who_assigned_and_who_took_back(world, finance):
    assert assign(world, finance[0])
    world.line.refresh_from_db()
    given = world.line.assigned_in(SEPTEMBER)
    assert (given.department, given.by_name) == (finance[0], f"发展软环境保障局·{world.clerk}")
    assert given.at is not None
    assert not assign(world, finance[0])  # twice is once
    assert assign(world, None, by=world.office)
    assert not assign(world, None)
    events = AuditEvent.objects.filter(action__startswith="line.").order_by("pk")
    assert [(one.action, one.actor, *one.details["changed"]["reader"]) for one in events] == [
        ("line.assign", world.clerk, "", "财政金融局"),
        ("line.take_back", world.office, "财政金融局", ""),
    ]


def test_of_two_who_decide_at_once_the_later_is_told(world, finance, streets):
    line = FundingLine.objects.get()
    assign(world, finance[0])
    with pytest.raises(Conflict, match="财政金融局"):
        assignments.assign(line, streets[0][0], by=world.office, seen=None, month=SEPTEMBER)
    assert reader(world) == finance[0]


def test_what_cannot_be_assigned_is_refused(world, finance):
    elsewhere = DepartmentFactory()
    ended = DepartmentFactory(jurisdiction=world.jurisdiction, active_until=date(2023, 9, 1))
    rate = FundingLineFactory(sub_item=world.sub_item, rate=Decimal(10), planned=None)
    for unit in (elsewhere, ended, world.unit):
        with pytest.raises(DomainError):
            assign(world, unit)
    with pytest.raises(DomainError):
        assignments.assign(rate, finance[0], by=world.clerk, seen=None, month=SEPTEMBER)
    SubItem.objects.update(status=SubItem.Status.CLOSED)
    with pytest.raises(DomainError):
        assign(world, finance[0])
    assert not LineAssignment.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="line.").exists()


# reading -----------------------------------------------------------------------------------------------------------


def test_a_unit_that_is_not_responsible_reads_its_line_and_nothing_else(filed, finance):
    with pytest.raises(DomainError):
        read(filed, finance)
    assign(filed, finance[0])
    here = desk(filed, finance[0])
    assert (here.role, here.targets, here.present.money) == ("", [], {filed.line.pk: LAST})
    read(filed, finance)
    report = submitted(filed)
    assert money_of(report) == READ
    shot = ReportEvent.objects.filter(report=report).get().snapshot
    assert shot["lines_read"] == {str(filed.line.pk): f"财政金融局·{finance[1]}"}
    assert shot["lines_unread"] == {}


def test_nothing_is_no_reading(filed, finance):
    assign(filed, finance[0])
    with pytest.raises(contributing.Refused) as refused:
        contribute(filed, finance, "未发生。", None, money={filed.line.pk: LineReading()})
    assert [field for field, _message in refused.value.findings] == [f"secured_{filed.line.pk}"]


def test_an_application_alone_is_a_reading(world, finance):
    assign(world, finance[0])
    read(world, finance, LineReading(applied=Decimal(10)))
    assert sheet(world).unread == {}


def test_a_line_that_nobody_has_read_carries_the_last_amounts_and_everybody_is_told(filed, finance):
    assign(filed, finance[0])
    read(filed, finance, submit=False)  # a draft is no reading
    report = submitted(filed, content(filed, secured="9000000"))  # whatever the filing unit types
    assert money_of(report) == LAST
    assert filing.warnings_of(sheet(filed), content_from(ReportEvent.objects.get(report=report))) == [
        "“区级财政”：财政金融局本月尚未报数，沿用上次报送数。"
    ]
    # The reviewer sees the same in the queue, opens it, and does not approve it in passing.
    (row,) = queue_of(filed.office)
    assert (row.look.warnings, row.in_bulk) == (["“区级财政”：财政金融局本月尚未报数，沿用上次报送数。"], False)
    (outcome,) = approve_each({report.pk: row.newest_event}, by=filed.office)
    assert not outcome.done
    review.approve(MonthlyReport.objects.get(pk=report.pk), by=filed.office)
    assert ReportEvent.objects.filter(report=report).last().snapshot["lines_unread"] == {
        str(filed.line.pk): "财政金融局"
    }


def test_what_is_assigned_after_the_submission_does_not_change_it(filed, finance):
    report = submitted(filed)
    before = queue_of(filed.office)[0].look.warnings
    assign(filed, finance[0])
    assert sheet(filed).unread == {}
    assert queue_of(filed.office)[0].look.warnings == before
    assert money_of(report) == LineReading(None, Decimal(2_000_000), Decimal(1_000_000))
    review.send_back(report, by=filed.office, comment="请补充。")
    assert sheet(filed).unread == {}  # written again, and still the filing unit's


def test_a_nil_report_carries_on_all_but_what_others_read(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    report = submitted(filed, Content(is_nil=True, nil_reason="等待验收"))
    assert money_of(report) == READ


def test_a_line_of_the_unit_that_files_is_its_own(filed, finance):
    assign(filed, finance[0])
    filing_role = Responsibility.objects.get(sub_item=filed.sub_item, files=True)
    filing_role.department = finance[0]
    filing_role.save()
    assert sheet(filed).assigned == {}
    assert not desk(filed, finance[0]).is_asked


# taking back -------------------------------------------------------------------------------------------------------


def test_typed_figures_stay_while_the_line_is_away(filed, finance):
    draft(filed, content(filed, secured="2500000"))
    assign(filed, finance[0])
    form = present_of(sheet(filed))
    assert form.money[filed.line.pk] == LAST  # it does not count …
    draft(filed, replace(form, progress="改。"))
    assert FundingReading.objects.get(report__period=filed.september).secured == 2_500_000
    assign(filed, None)
    assert present_of(sheet(filed)).money[filed.line.pk].secured == 2_500_000  # … and is there again


def test_a_line_that_comes_back_begins_with_what_was_read(filed, finance):
    draft(filed, content(filed, secured="2500000"))
    assign(filed, finance[0])
    read(filed, finance)
    read(filed, finance, LineReading(None, Decimal(4), Decimal(4)), submit=False)  # a draft stays on its desk
    assign(filed, None)
    assert present_of(sheet(filed)).money[filed.line.pk] == READ
    (event,) = AuditEvent.objects.filter(action="line.take_back")
    assert event.details["replaced"] == "2023-09: — / 2500000.00 / 1000000.00"


def test_so_does_one_of_a_month_that_nobody_has_written_yet(filed, finance):
    assign(filed, finance[0])
    read(filed, finance)
    assign(filed, None)
    assert MonthlyReport.objects.get(period=filed.september).version == 0
    assert present_of(sheet(filed)).money[filed.line.pk] == READ
    report = submitted(filed, replace(present_of(sheet(filed)), percent=Decimal(75), progress="好。", reason="x"))
    assert money_of(report) == READ


# the form that was opened before -----------------------------------------------------------------------------------


def opened(client, world, **changed):
    form = client.get(address(world)).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    return {**typed(world), **hidden, **changed}


@pytest.fixture
def clerk(filed, client):
    client.force_login(filed.clerk)
    return client


def test_what_was_typed_before_the_assignment_is_shown_with_its_unit(filed, finance, clerk):
    same = {f"spent_{filed.line.pk}": "100"}
    form = opened(clerk, filed, **{f"secured_{filed.line.pk}": "300", "progress": "写了很久。"}, **same)
    assign(filed, finance[0])
    for url in (address(filed), reverse("filing:autosave", args=[filed.sub_item.pk, "2023-09"])):
        answer = clerk.post(url, form)
        assert not MonthlyReport.objects.filter(period=filed.september).exists()
    refused = clerk.post(address(filed), form)
    assert refused.status_code == 409
    (one,) = refused.context["form"].displaced()
    assert (one.line, one.unit, one.typed) == ("区级财政", "财政金融局", "300.00")
    page = refused.content.decode()
    assert "300.00万元，现由财政金融局报数" in page
    assert "写了很久。" in page
    assert f'name="secured_{filed.line.pk}"' not in page  # no box, disabled or not
    assert "没有保存" in answer.context["refusal"] or "未保存" in str(answer.context["refusal"])

    kept = {name: value for name, value in form.items() if not name.startswith(("secured_", "spent_"))}
    assert clerk.post(address(filed), kept).status_code == 302
    report = MonthlyReport.objects.get(period=filed.september)
    assert report.progress == "写了很久。"


def test_an_untouched_line_moves_away_in_silence(filed, finance, clerk):
    form = opened(clerk, filed, **{f"secured_{filed.line.pk}": "200", f"spent_{filed.line.pk}": "100"})
    assign(filed, finance[0])
    assert clerk.post(address(filed), form).status_code == 302


def test_a_line_that_comes_back_while_the_form_is_open_is_not_emptied(filed, finance, clerk):
    assign(filed, finance[0])
    form = opened(clerk, filed)
    form = {name: value for name, value in form.items() if not name.startswith(("secured_", "spent_"))}
    assign(filed, None)
    assert clerk.post(address(filed), form).status_code == 302
    assert FundingReading.objects.get(report__period=filed.september).secured == 2_000_000


def test_what_was_read_meanwhile_is_looked_at_before_it_is_submitted(filed, finance, clerk):
    assign(filed, finance[0])
    form = opened(clerk, filed, step="submit")
    form = {name: value for name, value in form.items() if not name.startswith(("secured_", "spent_"))}
    read(filed, finance)
    sent = clerk.post(address(filed), form)
    assert (sent.status_code, sent.url) == (302, address(filed))
    assert MonthlyReport.objects.get(period=filed.september).state == MonthlyReport.State.DRAFT
    page = clerk.get(address(filed)).content.decode()
    assert "区级财政：累计到位" in page  # which figure it was
    assert "财政金融局已报数" in page


def test_amounts_in_a_clash_bear_their_unit(filed, clerk):
    form = opened(clerk, filed, **{f"secured_{filed.line.pk}": "300"})
    colleague = UserFactory(grants={filed.unit: [FILE_REPORT]})
    draft(filed, content(filed, secured="4000000"), by=colleague)
    (row,) = [row for row in clerk.post(address(filed), form).context["form"].clash_rows() if "到位" in row.label]
    assert (row.label, row.mine, row.theirs) == ("区级财政：累计到位", "300.00万元", "400.00万元")


def test_a_line_assigned_while_the_form_is_on_its_way_is_not_written_over(filed, finance):
    """The page was read before the assignment, the draft is written after it."""
    here = sheet(filed)
    begun = present_of(here)
    opened_with = Opened(base_of(begun), "form")
    assign(filed, finance[0])
    money = {filed.line.pk: LineReading(None, Decimal(9), Decimal(9))}
    typed_more = replace(begun, progress="写了。", money=money)
    with pytest.raises(Conflict):
        drafts.save_draft(here, typed_more, by=filed.clerk, seen_version=0, opened=opened_with)
    assert not MonthlyReport.objects.filter(period=filed.september).exists()
    drafts.save_draft(here, replace(begun, progress="写了。"), by=filed.clerk, seen_version=0, opened=opened_with)
    report = MonthlyReport.objects.get(period=filed.september)
    assert (report.progress, report.funding_readings.count()) == ("写了。", 0)


def test_so_is_one_that_is_taken_back_while_its_reader_writes(filed, finance):
    assign(filed, finance[0])
    here = desk(filed, finance[0])
    opened_with = Opened(base_of(here.present), "form")
    assign(filed, None)
    said = Content(money={filed.line.pk: READ})
    with pytest.raises(DomainError):
        contributing.save(here, said, by=finance[1], seen_version=0, opened=opened_with)
    assert not Contribution.objects.exists()


# the page that assigns ---------------------------------------------------------------------------------------------


def assign_address(world, line=None):
    return reverse("filing:assign", args=[world.sub_item.pk, (line or world.line).pk])


def test_the_filing_unit_assigns_and_the_office_takes_back(world, finance, client):
    client.force_login(world.clerk)
    page = client.get(assign_address(world))
    assert finance[0] in page.context["form"].fields["unit"].queryset
    assert world.unit not in page.context["form"].fields["unit"].queryset
    sent = {"unit": finance[0].pk, "seen": "", "back": address(world)}
    answers = [client.post(assign_address(world), sent) for _ in range(2)]  # a double click
    assert [(one.status_code, one.url) for one in answers] == [(302, address(world))] * 2
    assert AuditEvent.objects.filter(action="line.assign").count() == 1

    client.force_login(world.office)
    assert "财政金融局" in client.get(assign_address(world)).content.decode()
    stale = client.post(assign_address(world), {"unit": world.stranger.department_id or "", "seen": ""})
    assert stale.status_code == 409
    back = client.post(assign_address(world), {"unit": "", "seen": finance[0].pk, "back": "https://elsewhere.example/"})
    assert (back.status_code, back.url) == (302, reverse("dashboard:sub_item", args=[world.sub_item.pk]))
    assert reader(world) is None


def test_nobody_else_assigns(world, finance, streets, client):
    second = DepartmentFactory(jurisdiction=world.jurisdiction)
    Responsibility.objects.create(sub_item=world.sub_item, department=second, role="lead", order=3, stated_as="x")
    people = {
        403: (streets[0][1], world.leader, world.reviewer(), UserFactory(grants={second: [FILE_REPORT]})),
        404: (world.stranger, finance[1], UserFactory()),
    }
    for status, those in people.items():
        for person in those:
            client.force_login(person)
            sent = {"unit": finance[0].pk, "seen": ""}
            assert client.post(assign_address(world), sent).status_code == status
            assert client.get(assign_address(world)).status_code == status
    assert reader(world) is None
    client.force_login(world.clerk)
    rate = FundingLineFactory(sub_item=world.sub_item, rate=Decimal(10), planned=None)
    assert client.get(assign_address(world, rate)).status_code == 404
    other = FundingLineFactory()
    assert client.get(assign_address(world, other)).status_code == 404
    wrong = client.post(assign_address(world), {"unit": "999999", "seen": ""})
    assert wrong.status_code == 422


# a later table -----------------------------------------------------------------------------------------------------


def test_a_later_table_that_drops_what_only_contributions_speak_of_supersedes_it(world, streets, finance):
    assign(world, finance[0])
    read(world, finance, submit=False)  # a draft of another unit is all there is of it
    contribute(world, streets[0], share="20")
    assert not FundingReading.objects.exists()
    lines.revise([(world.sub_item, lines.Stated([], []))])
    dropped = FundingLine.every.get(pk=world.line.pk)
    assert (dropped.superseded_at is not None, dropped.reader_in(SEPTEMBER)) == (True, finance[0])
    parts.write_targets([(world.sub_item, plans.Parts([], [], []))])
    assert Target.every.get(pk=world.target.pk).superseded_at is not None
    assert not desk(world, finance[0]).is_asked
    assert sheet(world).unread == {}


def test_a_line_that_a_later_table_keeps_stays_with_its_reader(world, finance):
    assign(world, finance[0])
    same = FundingLine(
        sub_item=world.sub_item, source=world.line.source, position=1, year=2023, planned=Decimal(7), use=world.line.use
    )
    lines.revise([(world.sub_item, lines.Stated([same], []))])
    kept = FundingLine.objects.get()
    assert (kept.pk, kept.planned, kept.reader_in(SEPTEMBER)) == (world.line.pk, Decimal(7), finance[0])


# what the unit that reads is told, and says ------------------------------------------------------------------------

FALLEN = LineReading(None, Decimal(1_500_000), Decimal(1_000_000))
ODD = LineReading(None, Decimal(2_000_000), Decimal(2_500_000))


def said_at_the_desk(world, finance, client, reading, **more):
    """The bureau's clerk submits ``reading``, typed in 10,000 yuan."""
    client.force_login(finance[1])
    amounts = {stage: f"{getattr(reading, stage) / 10_000}" for stage in ("secured", "spent")}
    typed_in = {f"{stage}_{world.line.pk}": amount for stage, amount in amounts.items()}
    return client.post(
        desk_address(world, finance[0]), {"version": "0", "step": "submit", **typed_in, **more}, follow=True
    )


def desk_address(world, unit):
    return reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", unit.pk])


def test_an_amount_that_fell_is_explained_by_whom_reads_it_and_not_by_the_filing_unit(filed, finance, client):
    assign(filed, finance[0])
    refused = said_at_the_desk(filed, finance, client, FALLEN)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    assert not Contribution.objects.get().versions.exists()

    version = Contribution.objects.get().version
    done = said_at_the_desk(filed, finance, client, FALLEN, version=str(version), reason="上级资金收回50万元。")
    assert done.status_code == 200
    assert Contribution.objects.get().reason == "上级资金收回50万元。"

    # The filing unit gives no reason of its own; everybody reads the bureau's.
    report = submitted(filed, content(filed))
    told = [text for text in report.events.get().snapshot["warnings"] if "上级资金收回50万元。" in text]
    assert len(told) == 1
    assert "财政金融局" in told[0]
    review.approve(report, by=filed.office)
    assert MonthlyReport.objects.get(pk=report.pk).state == MonthlyReport.State.APPROVED


def test_without_its_reason_the_filing_unit_says_why(filed, finance):
    """What was submitted before a reason was asked for."""
    assign(filed, finance[0])
    version = read(filed, finance)
    shot = version.snapshot
    shot["money"][0]["secured"] = "1500000"
    type(version).objects.filter(pk=version.pk).update(snapshot=shot)
    draft(filed, content(filed))
    with pytest.raises(filing.Refused) as refused:
        filing.submit(sheet(filed), by=filed.clerk)
    assert {finding.field for finding in refused.value.findings} == {"reason"}


def test_what_is_odd_is_said_at_the_desk_and_goes_with_it(filed, finance, client):
    assign(filed, finance[0])
    done = said_at_the_desk(filed, finance, client, ODD)
    assert any(message.level_tag == "warning" for message in done.context["messages"])
    (warning,) = Contribution.objects.get().versions.get().snapshot["warnings"]
    page = client.get(desk_address(filed, finance[0]))
    assert page.context["form"].unusual() == [warning]
    assert page.content.decode().count(warning) == page.content.decode().count('id="line-warnings"') == 1

    # While typing, too; and nothing where all is as it should be.
    url = reverse("filing:contribute_autosave", args=[filed.sub_item.pk, "2023-09", finance[0].pk])
    data = {"version": "1", f"secured_{filed.line.pk}": "200", f"spent_{filed.line.pk}": "300"}
    assert warning in client.post(url, data).content.decode()
    data |= {"version": "2", f"spent_{filed.line.pk}": "150"}
    assert "callout-yellow" not in client.post(url, data).content.decode()


def test_who_only_contributes_a_text_is_asked_for_no_reason(filed, streets, client):
    client.force_login(streets[0][1])
    form = client.get(desk_address(filed, streets[0][0])).context["form"]
    assert "reason" not in form.fields
