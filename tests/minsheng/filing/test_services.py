"""Drafts, checks and submission, on real rows."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from departments import clock
from departments.errors import Conflict, DomainError, IllegalTransition
from departments.permissions import FILE_REPORT
from funding.models import FundingReading
from funding.services.readings import LineReading
from minsheng.filing import services as filing
from minsheng.filing.content import Content, content_from
from minsheng.filing.services import Refused
from minsheng.review import services as review
from projects.models import FilingException, MonthlyReport, ReportEvent, Responsibility, TargetReading
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.projects import ResponsibilityFactory
from tests.minsheng.life import MEASURE, approved, content, draft, sheet, submitted

State = MonthlyReport.State


def test_a_draft_keeps_text_and_readings(world):
    report = draft(world, content(world, "45.5", problems="资金不足。"))

    assert (report.state, report.percent, report.problems) == (State.DRAFT, Decimal("45.5"), "资金不足。")
    assert list(TargetReading.objects.values_list("target", "value")) == [(world.target.pk, Decimal(300))]
    assert list(FundingReading.objects.values_list("line", "secured", "spent")) == [
        (world.line.pk, Decimal(2_000_000), Decimal(1_000_000))
    ]
    assert (report.department, report.department_name) == (world.unit, "发展软环境保障局")


def test_saving_twice_is_one_report(world):
    assert draft(world).pk == draft(world, content(world, "80")).pk
    assert MonthlyReport.objects.get().percent == 80


def test_an_older_version_overwrites_nothing(world):
    draft(world, content(world, "60"))
    colleague = UserFactory(grants={world.unit: [FILE_REPORT]})
    draft(world, content(world, "70"), by=colleague, seen_version=1)

    with pytest.raises(Conflict, match=str(colleague)):
        draft(world, content(world, "10"), seen_version=1)
    assert MonthlyReport.objects.get().percent == 70


def test_readings_of_other_sub_items_are_dropped(world):
    other = filing.Content(percent=Decimal(75), progress="好", targets={world.target.pk + 99: Decimal(7)})
    draft(world, other)
    assert list(TargetReading.objects.values_list("target", "value")) == [(world.target.pk, None)]


def test_submission_goes_to_the_office_and_keeps_what_was_submitted(world):
    report = submitted(world)

    assert (report.state, report.submitted_by) == (State.SUBMITTED, world.clerk)
    event = ReportEvent.objects.get()
    assert (event.from_state, event.to_state, event.actor_name) == (
        State.DRAFT,
        State.SUBMITTED,
        f"发展软环境保障局·{world.clerk}",
    )
    assert event.snapshot["percent"] == "75.0"
    assert event.snapshot["targets"][0]["value"] == "300.0000"
    assert event.snapshot["money"][0]["spent"] == "1000000.00"


def test_submission_goes_to_another_active_reviewer_of_the_unit_first(world):
    world.reviewer()
    assert submitted(world).state == State.UNIT_REVIEW


def test_a_reviewer_who_files_himself_or_has_left_is_no_reviewer(world):
    gone = world.reviewer()
    gone.is_active = False
    gone.save()
    assert submitted(world).state == State.SUBMITTED


def test_a_submitted_report_is_frozen(world):
    submitted(world)
    with pytest.raises(IllegalTransition):
        draft(world, content(world, "99"))
    assert MonthlyReport.objects.get().percent == 75


def test_submitting_twice_is_one_submission(world):
    submitted(world)
    with pytest.raises(IllegalTransition):
        filing.submit(sheet(world), by=world.clerk)
    assert ReportEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"percent": None}, ["percent"]),
        ({"progress": " "}, ["progress"]),
        ({"targets": {}}, ["target"]),
        ({"percent": Decimal(40)}, ["reason", *MEASURE]),  # 35 points behind
        ({"is_nil": True}, ["nil_reason", "reason", *MEASURE]),  # nothing was ever submitted, so 0 is carried on
    ],
)
def test_what_a_submission_needs_is_said_at_its_field(world, change, fields):
    draft(world, replace(content(world), **change))
    with pytest.raises(Refused) as refused:
        filing.submit(sheet(world), by=world.clerk)
    assert [
        finding.field.split("_", 1)[0] if "target" in finding.field else finding.field
        for finding in refused.value.findings
    ] == fields
    assert MonthlyReport.objects.get().state == State.DRAFT
    assert not ReportEvent.objects.exists()


@pytest.mark.parametrize("fall", [{"percent": "69"}, {"reached": "290"}, {"secured": "1900000"}, {"spent": "900000"}])
def test_a_cumulative_figure_that_falls_needs_a_reason(world, fall):
    with clock.at(datetime(2023, 8, 20)):  # noqa: DTZ001
        approved(world, content(world, "70"), period=world.august)
    draft(world, content(world, **{"percent": "75", **fall}))
    with pytest.raises(Refused) as refused:
        filing.submit(sheet(world), by=world.clerk)
    assert [finding.field for finding in refused.value.findings] == ["reason"]

    draft(world, content(world, **{"percent": "75", **fall}, reason="核减重复统计。"))
    assert filing.submit(sheet(world), by=world.clerk).state == State.SUBMITTED


def test_a_nil_report_carries_the_last_submitted_figures(world):
    with clock.at(datetime(2023, 8, 20)):  # noqa: DTZ001
        approved(world, content(world, "70"), period=world.august)
    draft(world, replace(content(world, "99", reached="452"), is_nil=True, nil_reason="本月无新进展"))
    report = filing.submit(sheet(world), by=world.clerk)

    assert report.percent == 70
    assert report.target_readings.get().value == 300
    assert report.funding_readings.get().secured == 2_000_000


def test_money_above_plan_is_a_warning_that_the_reviewer_sees(world):
    submitted(world, content(world, secured="6000000", spent="7000000"))
    assert len(ReportEvent.objects.get().snapshot["warnings"]) == 2


def test_a_locked_period_takes_nothing(world):
    with clock.at(datetime(2023, 10, 5)), pytest.raises(DomainError):  # noqa: DTZ001
        draft(world)
    assert not MonthlyReport.objects.exists()


def test_an_exception_opens_a_locked_period_up_to_its_last_day(world):
    FilingException.objects.create(
        period=world.september, sub_item=world.sub_item, until="2023-10-09", reason="系统故障", at=clock.now()
    )
    with clock.at(datetime(2023, 10, 9)):  # noqa: DTZ001
        draft(world)
    with clock.at(datetime(2023, 10, 10)), pytest.raises(DomainError):  # noqa: DTZ001
        draft(world, content(world, "80"))
    assert MonthlyReport.objects.get().percent == 75


def test_leads_write_the_draft_and_the_filing_unit_submits(world):
    second_lead, assisting = DepartmentFactory.create_batch(2, jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=second_lead, order=1)
    ResponsibilityFactory(sub_item=world.sub_item, department=assisting, role=Responsibility.Role.ASSIST)
    people = [world.clerk, *(UserFactory(grants={unit: [FILE_REPORT]}) for unit in (second_lead, assisting))]

    rights = [filing.rights_of(person, world.sub_item, world.september) for person in people]
    assert [(right.draft, right.submit) for right in rights] == [(True, True), (True, False), (False, False)]


def test_after_a_hand_over_the_new_unit_files_from_its_month_on(world):
    successor = DepartmentFactory(jurisdiction=world.jurisdiction)
    Responsibility.objects.update(until=world.august.month)
    ResponsibilityFactory(sub_item=world.sub_item, department=successor, files=True, since=world.september.month)
    new_clerk = UserFactory(grants={successor: [FILE_REPORT]})

    assert [
        filing.rights_of(world.clerk, world.sub_item, period).submit for period in (world.august, world.september)
    ] == [
        True,
        False,
    ]
    assert filing.rights_of(new_clerk, world.sub_item, world.september).submit
    assert draft(world, by=new_clerk).department == successor


def test_a_section_is_filed_for_by_its_unit(world):
    section = DepartmentFactory(parent=world.unit)
    Responsibility.objects.update(department=section)
    assert filing.rights_of(world.clerk, world.sub_item, world.september).submit


def test_the_sum_of_money_is_exact(world):
    draft(world, replace(content(world), money={world.line.pk: LineReading(None, Decimal("216000.01"), None)}))
    assert FundingReading.objects.get().secured == Decimal("216000.01")


@pytest.mark.parametrize("missing", MEASURE)
def test_whoever_is_behind_says_what_holds_it_up_what_is_done_and_by_when(world, missing):
    draft(world, replace(content(world, "40", reason="征地滞后。"), **{missing: Content().__dict__[missing]}))
    with pytest.raises(Refused) as refused:
        filing.submit(sheet(world), by=world.clerk)
    assert [finding.field for finding in refused.value.findings] == [missing]

    draft(world, content(world, "40", reason="征地滞后。"))
    filing.submit(sheet(world), by=world.clerk)
    kept = content_from(ReportEvent.objects.get())
    assert {name: getattr(kept, name) for name in MEASURE} == MEASURE


@pytest.mark.parametrize("day", [date(2023, 8, 31), date(2023, 9, 19), date(2027, 1, 1), date(2099, 12, 31)])
def test_a_day_that_has_passed_or_is_far_off_is_no_day_to_catch_up_by(world, day):
    """It is 20 September."""
    draft(world, content(world, "40", reason="征地滞后。", measure_by=day))
    with pytest.raises(Refused) as refused:
        filing.submit(sheet(world), by=world.clerk)
    assert [finding.field for finding in refused.value.findings] == ["measure_by"]


@pytest.mark.parametrize(("day", "refused"), [(date(2023, 9, 29), True), (date(2023, 9, 30), False)])
def test_a_report_filed_after_its_month_speaks_of_the_month_s_end(world, day, refused):
    with clock.at(datetime(2023, 10, 4, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        draft(world, content(world, "40", reason="征地滞后。", measure_by=day))
        if refused:
            with pytest.raises(Refused):
                filing.submit(sheet(world), by=world.clerk)
            return
        assert filing.submit(sheet(world), by=world.clerk).state == State.SUBMITTED


def test_a_day_that_was_right_when_it_was_stated_does_not_keep_an_approval_back(world):
    submitted(world, content(world, "40", reason="征地滞后。", measure_by=date(2023, 9, 21)))
    with clock.at(datetime(2023, 10, 4, 9)):  # noqa: DTZ001 Shanghai time, as the clock reads it
        review.approve(MonthlyReport.objects.get(), by=world.office)
    assert MonthlyReport.objects.get().state == State.APPROVED


def test_a_day_after_the_deadline_is_pointed_out_to_everybody(world):
    world.sub_item.deadline = date(2023, 12, 31)
    world.sub_item.save(update_fields=["deadline"])
    for day, told in ((date(2023, 12, 31), 0), (date(2024, 1, 1), 1)):
        said = content(world, "40", reason="征地滞后。", measure_by=day)
        assert sum("2024-01-01" in text for text in filing.warnings_of(sheet(world), said)) == told
    submitted(world, said)
    assert any("2024-01-01" in text for text in ReportEvent.objects.get().snapshot["warnings"])


@pytest.mark.parametrize(("reached", "warned"), [("272", False), ("270", True), ("452", True)])
def test_a_percent_far_from_what_the_targets_imply_is_pointed_out_to_the_reviewer_too(world, reached, warned):
    """272 of 452 are 60.2 %, within 15 points of 75; 270 are 59.7 %, and all of them 25 points more."""
    submitted(world, content(world, reached=reached))
    shot = ReportEvent.objects.get().snapshot
    assert bool(shot["warnings"]) == warned
