"""The pages of a money line that another unit reads: forms that were opened before, the page that assigns, the desk."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT
from funding.models import FundingReading
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from minsheng.filing.merge import Opened, base_of
from minsheng.filing.settled import present_of
from minsheng.review import services as review
from projects.models import Contribution, MonthlyReport, Responsibility
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.minsheng.filing.test_assigned_lines import READ, assign, filed, read, reader
from tests.minsheng.filing.test_views import address, typed
from tests.minsheng.life import content, desk, draft, sheet, submitted

__all__ = ["filed"]


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
