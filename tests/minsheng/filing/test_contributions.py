"""What the other responsible units say to a month's report, through the services."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.permissions import FILE_REPORT
from funding.services.readings import LineReading
from minsheng.filing import contribute as contributing
from minsheng.filing.content import Content
from minsheng.filing.contributions import sum_of
from minsheng.filing.drafts import FieldsConflict
from minsheng.filing.merge import Opened, base_of
from minsheng.filing.panel import panel_of, shares_of
from minsheng.review import services as review
from projects.models import Contribution, ContributionVersion, MonthlyReport, ReportEvent, Responsibility, Target
from projects.rules.periods import month_before
from projects.services import shifts
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import FilingExceptionFactory, ResponsibilityFactory, SubItemFactory, TargetFactory
from tests.minsheng.life import content, contribute, desk, draft, sheet, submitted


def test_the_filing_unit_sees_who_has_and_has_not_and_the_sum(world, streets):
    contribute(world, streets[0], share="20")
    contribute(world, streets[1], share="30", submit=False)
    here = sheet(world).contributed
    assert [(one.unit.name, one.is_submitted) for one in here] == [("光荷街道", True), ("明湖街道", False)]
    assert sum_of(here, world.target.pk) == 20  # nothing of a draft
    panel = panel_of(here)
    assert (panel.asked, panel.submitted, [one.one.unit.name for one in panel.missing]) == (2, 1, ["明湖街道"])
    contribute(world, streets[1], share="30")
    assert sum_of(sheet(world).contributed, world.target.pk) == 50


def test_co_leads_stand_first_and_are_named_where_they_are_missing(world, streets):
    lead = DepartmentFactory(jurisdiction=world.jurisdiction, name="共同主办局")
    ResponsibilityFactory(sub_item=world.sub_item, department=lead, order=5)
    here = sheet(world).contributed
    assert [one.unit.name for one in here] == ["共同主办局", "光荷街道", "明湖街道"]
    panel = panel_of(here)
    assert (panel.missing_leads, panel.missing_others) == (["共同主办局"], 2)


def test_rates_make_no_sum(world, streets):
    rate = TargetFactory(sub_item=world.sub_item, text="满意率95%", kind=Target.Kind.RATE, unit="%")
    here = desk(world, streets[0][0])
    said = Content(progress="", targets={world.target.pk: Decimal(1), rate.pk: Decimal(96)})
    contributing.save(here, said, by=streets[0][1], seen_version=0)
    contributing.submit(here, by=streets[0][1])
    shares = shares_of(sheet(world).contributed, rate)
    assert (shares.total, [part.value for part in shares.parts]) == (None, ["96"])


def test_contributions_do_not_begin_the_units_own_draft(world, streets):
    contribute(world, streets[0])
    report = MonthlyReport.objects.get()
    assert (report.version, report.edited_by, report.department) == (0, None, world.unit)
    assert draft(world).version == 1


def test_a_correction_is_read_once_it_is_submitted_and_the_old_version_stays(world, streets):
    contribute(world, streets[0], "已完成入户。", "20")
    contribute(world, streets[0], "正在改写", "25", submit=False)
    (one, _other) = sheet(world).contributed
    assert (one.text, one.shares) == ("已完成入户。", {world.target.pk: 20})
    assert desk(world, streets[0][0]).has_unsent

    contribute(world, streets[0], "已完成入户，并公示。", "25")
    (one, _other) = sheet(world).contributed
    assert (one.text, one.shares, one.newest.number) == ("已完成入户，并公示。", {world.target.pk: 25}, 2)
    assert [version.snapshot["progress"] for version in one.versions] == ["已完成入户。", "已完成入户，并公示。"]
    assert not desk(world, streets[0][0]).has_unsent
    assert [version.author_name for version in one.versions] == [f"光荷街道·{streets[0][1]}"] * 2


def test_the_same_said_twice_is_one_version(world, streets):
    first = contribute(world, streets[0])
    assert contributing.submit(desk(world, streets[0][0]), by=streets[0][1]) == first
    assert contribute(world, streets[0]) == first
    assert ContributionVersion.objects.count() == 1
    assert Contribution.objects.get().version == 1


def test_they_are_frozen_with_the_report_and_a_return_opens_them_again(world, streets):
    contribute(world, streets[0])
    report = submitted(world)
    with pytest.raises(IllegalTransition):
        contribute(world, streets[0], "改写。")
    with pytest.raises(IllegalTransition):
        contribute(world, streets[1])
    with pytest.raises(IllegalTransition):
        contributing.submit(desk(world, streets[0][0]), by=streets[0][1])
    assert [one.text for one in Contribution.objects.all()] == ["已完成入户。"]
    shot = ReportEvent.objects.get().snapshot
    (kept,) = shot["contributions"]
    assert (kept["unit"], kept["text"], kept["number"]) == ("光荷街道", "已完成入户。", 1)
    assert [(target["id"], target["value"]) for target in kept["targets"]] == [(world.target.pk, "20.0000")]
    assert shot["not_contributed"] == ["明湖街道"]
    review.send_back(report, by=world.office, comment="请核实街道数据")
    assert contribute(world, streets[0], "改写。").number == 2


def test_later_steps_keep_what_was_contributed_then(world, streets):
    contribute(world, streets[0])
    report = submitted(world)
    Responsibility.objects.filter(department=streets[0][0]).delete()  # whatever becomes of the plan
    review.approve(report, by=world.office)
    first, second = ReportEvent.objects.order_by("pk")
    assert second.snapshot["contributions"] == first.snapshot["contributions"]
    assert second.snapshot["not_contributed"] == ["明湖街道"]


def test_what_is_refused_changes_nothing(world, streets):
    stranger = DepartmentFactory(jurisdiction=world.jurisdiction)
    with pytest.raises(DomainError):
        contribute(world, (stranger, world.stranger))
    assert not Contribution.objects.exists()
    with pytest.raises(contributing.Refused) as refused:
        contribute(world, streets[0], " ", None)
    assert [field for field, _message in refused.value.findings] == ["progress"]
    with pytest.raises(DomainError):
        contributing.submit(desk(world, streets[1][0]), by=streets[1][1])  # nothing was written yet
    assert not ContributionVersion.objects.exists()
    with clock.at(datetime(2023, 10, 5)), pytest.raises(DomainError, match="督查室"):  # noqa: DTZ001
        contribute(world, streets[0])
    FilingExceptionFactory(period=world.september, sub_item=world.sub_item, until=date(2023, 10, 9))
    with clock.at(datetime(2023, 10, 5)):  # noqa: DTZ001
        assert contribute(world, streets[0]).number == 1  # open as long as the filing unit may write


def test_nothing_new_is_one_step_unless_something_was_written(world, streets):
    here = desk(world, streets[0][0])
    contributing.save(here, here.present, by=streets[0][1], seen_version=0)
    assert contributing.submit(here, by=streets[0][1], nothing=True).snapshot["is_nil"]
    panel = panel_of(sheet(world).contributed)
    assert (panel.submitted, panel.new) == (1, [])  # nothing to take over

    contribute(world, streets[1], "写了一句。", None, submit=False)
    assert not contributing.submit(desk(world, streets[1][0]), by=streets[1][1], nothing=True).snapshot["is_nil"]


def test_two_people_of_a_unit_overwrite_nothing(world, streets):
    unit, clerk = streets[0]
    colleague = UserFactory(department=unit, grants={unit: [FILE_REPORT]})
    contribute(world, streets[0], "甲写的。", "20", submit=False)
    here = desk(world, unit)
    opened = Opened(base_of(here.present), "form")
    contributing.save(here, Content(progress="乙写的。", targets=here.present.targets), by=colleague, seen_version=1)
    # Another field: both stand.
    kept = contributing.save(
        here,
        Content(progress="甲写的。", targets={world.target.pk: Decimal(25)}),
        by=clerk,
        seen_version=1,
        opened=opened,
    )
    assert (kept.content.progress, kept.content.targets, kept.theirs) == (
        "乙写的。",
        {world.target.pk: Decimal(25)},
        ["progress"],
    )
    # The same field: nothing is written, and both texts are told.
    with pytest.raises(FieldsConflict) as refused:
        contributing.save(here, Content(progress="甲又写的。", targets={}), by=clerk, seen_version=1, opened=opened)
    clash = next(one for one in refused.value.clashes if one.field == "progress")
    assert (clash.mine, clash.theirs) == ("甲又写的。", "乙写的。")
    assert str(colleague) in clash.who
    assert Contribution.objects.get().text == "乙写的。"
    with pytest.raises(Conflict):  # a form without a base changes nothing that differs
        contributing.save(here, Content(progress="旧窗口。"), by=clerk, seen_version=1)


def test_last_months_own_figures_are_the_beginning(world, streets):
    with clock.at(datetime(2023, 8, 20, 9)):  # noqa: DTZ001
        contribute(world, streets[0], "八月。", "12", period=world.august)
        contribute(world, streets[1], "八月。", "99", period=world.august, submit=False)
    here = desk(world, streets[0][0])
    assert (here.present.targets, here.present.progress, here.said.progress) == ({world.target.pk: 12}, "", "八月。")
    assert desk(world, streets[1][0]).present.targets == {world.target.pk: None}  # a draft is not what was said


# hand-overs --------------------------------------------------------------------------------------------------------


def earliest(world):
    return shifts.bounds([world.sub_item])[world.sub_item.pk].month


def test_a_contribution_does_not_hold_back_a_hand_over(world, streets):
    september = date(2023, 9, 1)  # August has locked
    assert earliest(world) == september
    contribute(world, streets[0], submit=False)
    assert earliest(world) == september
    contribute(world, streets[0])
    draft(world)
    assert earliest(world) == september  # the month's report is still to be submitted
    submitted(world)
    assert earliest(world) == date(2023, 10, 1)


def hand_over(old, since, **new):
    old.until = month_before(since)
    old.save()
    return ResponsibilityFactory(sub_item=old.sub_item, since=since, **new)


def test_a_report_begun_by_a_contribution_goes_to_the_unit_that_files_by_then(world, streets):
    contribute(world, streets[0])
    heir = DepartmentFactory(jurisdiction=world.jurisdiction, name="接任局")
    filing = Responsibility.objects.get(sub_item=world.sub_item, files=True)
    hand_over(filing, date(2023, 9, 1), department=heir, files=True)
    clerk = UserFactory(department=heir, grants={heir: [FILE_REPORT]})
    report = draft(world, by=clerk)
    assert (report.department, report.department_name) == (heir, "接任局")
    assert [one.text for one in sheet(world).contributed if one.text] == ["已完成入户。"]


def test_who_has_handed_over_is_read_and_not_counted(world, streets):
    contribute(world, streets[0], share="20")
    heir = DepartmentFactory(jurisdiction=world.jurisdiction, name="接任街道")
    role = Responsibility.objects.get(department=streets[0][0])
    hand_over(role, date(2023, 9, 1), department=heir, role=Responsibility.Role.ASSIST)
    contribute(world, (heir, UserFactory(grants={heir: [FILE_REPORT]})), share="22")
    here = sheet(world).contributed
    assert sum_of(here, world.target.pk) == 22  # neither missing nor double
    assert {one.unit.name: one.is_asked for one in here if one.is_submitted} == {"光荷街道": False, "接任街道": True}
    with pytest.raises(DomainError):
        contribute(world, streets[0], "再写。")


def test_a_contribution_to_another_sub_item_is_none_here(world, streets):
    other = SubItemFactory(project=world.sub_item.project, lead=world.unit, assists=[streets[0][0]])
    target = TargetFactory(sub_item=other)
    here = desk(world, streets[0][0])
    kept = contributing.save(
        here,
        Content(progress="好。", targets={target.pk: Decimal(7)}, money={world.line.pk: LineReading(None, Decimal(1))}),
        by=streets[0][1],
        seen_version=0,
    )
    # Neither another sub-item's target nor a line that is not the unit's own.
    assert kept.content.targets == {world.target.pk: None}
    assert kept.content.money == {}
    assert not kept.contribution.readings.exists()
    assert not kept.contribution.money.exists()


def test_the_content_of_the_report_is_its_units_own(world, streets):
    contribute(world, streets[0], "街道文字。", "20")
    draft(world, content(world, "75", reached="300"))
    report = MonthlyReport.objects.get()
    assert (report.progress, report.target_readings.get().value) == ("本月完成主体施工。", 300)


def test_a_unit_that_has_become_the_filing_one_is_no_stranger_to_itself(world, streets, client):
    """It contributed, then the sub-item was handed over to it: its share counts, and its text needs no name."""
    street, clerk = streets[0]
    contribute(world, streets[0], "已完成入户。", "20")
    contribute(world, streets[1], share="30")
    Responsibility.objects.get(sub_item=world.sub_item, department=street).delete()
    hand_over(
        Responsibility.objects.get(sub_item=world.sub_item, files=True), date(2023, 9, 1), department=street, files=True
    )
    here = sheet(world)
    own = next(one for one in here.contributed if one.unit == street)
    assert (own.files, own.is_asked, own.shares) == (True, False, {world.target.pk: 20})
    assert sum_of(here.contributed, world.target.pk) == 50
    client.force_login(clerk)
    address = reverse("filing:report", args=[world.sub_item.pk, "2023-09"])
    page = client.get(address).content.decode()
    assert "填报单位（本单位）" in page
    assert "已不负责" not in page
    form = client.get(address).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    client.post(address, {**hidden, "progress": "", "step": f"take-text-{own.contribution.pk}"})
    assert MonthlyReport.objects.get().progress == "已完成入户。"
    # Its own share can be corrected, and the text that was submitted before stays.
    own_desk = reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", street.pk])
    form = client.get(own_desk).context["form"]
    hidden = {name: form[name].value() for name in ("version", "base", "editor")}
    client.post(own_desk, {**hidden, f"target_{world.target.pk}": "25", "step": "submit"})
    (own,) = (one for one in sheet(world).contributed if one.files)
    assert (own.text, own.shares) == ("已完成入户。", {world.target.pk: 25})
