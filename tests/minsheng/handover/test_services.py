"""A hand-over is dated: the new unit files from then on, the old one keeps reading, nothing is missing or double."""

from collections import Counter
from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT
from minsheng.daily import tick
from minsheng.dashboard.matrix import Matrix
from minsheng.filing import services as filing
from minsheng.filing import slots
from minsheng.filing.due import due_months
from minsheng.handover import services
from minsheng.handover.months import spans
from minsheng.handover.services import Share, hand_over, present_of, share_of, succeeded
from minsheng.periods.chase import chase_of
from minsheng.periods.filings import Reporting
from minsheng.review import services as review
from projects.models import MonthlyReport, ReportingPeriod, Responsibility, SubItem, SubItemRevision
from projects.services import shifts
from projects.standing import standpoint, stood
from tests.factories.departments import DepartmentFactory, DepartmentGroupFactory, UserFactory
from tests.factories.projects import ReportingPeriodFactory, ResponsibilityFactory, SubItemFactory
from tests.minsheng.life import approved_in_august, content, contribute, draft, sheet, submitted

State = MonthlyReport.State
Role = Responsibility.Role
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2023, month, 1) for month in (8, 9, 10, 11))


def at(month, day):
    return clock.at(datetime(2023, month, day, 9))  # noqa: DTZ001 Shanghai time, as the clock reads it


@pytest.fixture
def new(world):
    unit = DepartmentFactory(jurisdiction=world.jurisdiction, name="数据和政务服务局")
    world.new_clerk = UserFactory(department=unit, grants={unit: [FILE_REPORT]})
    return unit


def goes_to(world, unit, since, *, items=None, **said):
    """Everything that the world's unit holds goes to ``unit``."""
    items = items or [world.sub_item]
    present = present_of(items)
    return hand_over(
        world.sub_item.programme,
        {one.pk: succeeded(present[one.pk], world.unit, unit) for one in items},
        since=since,
        by=world.office,
        reason=said.pop("reason", "机构改革"),
        document=said.pop("document", "济高新编〔2023〕5号"),
        seen=said.pop("seen", {one.pk: shifts.token(present[one.pk]) for one in items}),
    )


def held(sub_item):
    rows = sub_item.responsibilities.order_by("pk")
    return [(row.department.name, row.role, row.files, row.since, row.until) for row in rows]


def month(world, first):
    return ReportingPeriod.objects.get(programme=world.sub_item.programme, month=first)


# what is written -----------------------------------------------------------------------------------------------


def test_a_hand_over_is_dated_and_kept_as_a_revision_and_in_the_trail(world, new):
    goes_to(world, new, OCTOBER)
    assert held(world.sub_item) == [
        (world.unit.name, "lead", True, None, SEPTEMBER),
        (new.name, "lead", True, OCTOBER, None),
    ]
    revision = SubItemRevision.objects.get()
    assert (revision.origin, revision.reason, revision.document) == ("hand-over", "机构改革", "济高新编〔2023〕5号")
    assert (revision.number, revision.by) == (2, world.office)  # number 1 is the table's baseline
    old, now = revision.changes["responsibilities"]
    assert ([one["name"] for one in old], [one["name"] for one in now]) == ([world.unit.name], [new.name])
    assert revision.changes["from_month"] == [None, "2023-10"]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.details["month"]) == ("responsibility.hand_over", world.office, "2023-10")
    assert event.details["changed"].keys() == {world.sub_item.code}


def test_the_sub_items_page_tells_it(world, new, client):
    goes_to(world, new, OCTOBER)
    client.force_login(world.leader)
    page = client.get(reverse("dashboard:sub_item", args=[world.sub_item.pk]))
    html = page.content.decode()
    assert "责任移交" in html
    assert "济高新编〔2023〕5号" in html
    assert f"{new.name}（填报单位）" in html
    shares = page.context["shares"]
    assert [(one.name, one.files, one.past, one.coming) for one in shares] == [
        (world.unit.name, True, False, False),
        (new.name, True, False, True),
    ]
    with at(10, 5):
        ReportingPeriodFactory(programme=world.sub_item.programme, month=OCTOBER)
        shares = client.get(reverse("dashboard:sub_item", args=[world.sub_item.pk])).context["shares"]
    assert [(one.name, one.files, one.past) for one in shares] == [
        (new.name, True, False),
        (world.unit.name, False, True),
    ]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"reason": "  "}, DomainError),
        ({"since": date(2024, 1, 1)}, DomainError),
        ({"since": date(2023, 10, 2)}, DomainError),
        ({"seen": {}}, Conflict),
    ],
)
def test_what_is_not_said_or_seen_changes_nothing(world, new, said, error):
    with pytest.raises(error):
        goes_to(world, new, said.pop("since", OCTOBER), **said)
    assert held(world.sub_item) == [(world.unit.name, "lead", True, None, None)]
    assert not SubItemRevision.objects.exists()
    assert not AuditEvent.objects.exists()


def test_of_two_who_change_it_the_later_one_is_told(world, new):
    token = shifts.token(present_of([world.sub_item])[world.sub_item.pk])
    goes_to(world, new, OCTOBER)
    other = DepartmentFactory(jurisdiction=world.jurisdiction)
    share = Share(other, Role.LEAD, True, other.name)
    with pytest.raises(Conflict):
        hand_over(
            world.sub_item.programme,
            {world.sub_item.pk: [share]},
            since=OCTOBER,
            by=world.office,
            reason="调整",
            seen={world.sub_item.pk: token},
        )
    assert SubItemRevision.objects.count() == 1


@pytest.mark.parametrize("status", [SubItem.Status.CLOSED, SubItem.Status.WITHDRAWN])
def test_what_is_closed_or_withdrawn_stays(world, new, status):
    SubItem.objects.update(status=status)
    with pytest.raises(DomainError):
        goes_to(world, new, OCTOBER)
    assert not SubItemRevision.objects.exists()


def test_units_that_end_or_belong_elsewhere_take_nothing_over(world, new):
    new.active_until = date(2023, 9, 30)
    new.save()
    with pytest.raises(DomainError, match="2023-09-30"):
        goes_to(world, new, OCTOBER)
    with pytest.raises(DomainError):
        goes_to(world, DepartmentFactory(), OCTOBER)
    assert not SubItemRevision.objects.exists()


@pytest.mark.parametrize(
    "shares",
    [
        lambda world, new: [Share(new, Role.LEAD, False, "")],
        lambda world, new: [Share(new, Role.LEAD, True, ""), Share(world.unit, Role.LEAD, True, "")],
        lambda world, new: [Share(new, Role.LEAD, True, ""), Share(new, Role.ASSIST, False, "")],
        lambda world, new: [Share(None, Role.LEAD, True, "各街道")],
        lambda world, new: [Share(new, Role.ASSIST, True, "")],
        lambda world, new: [],
    ],
)
def test_exactly_one_named_lead_files_and_each_unit_has_one_part(world, new, shares):
    seen = {world.sub_item.pk: shifts.token(present_of([world.sub_item])[world.sub_item.pk])}
    wanted = {world.sub_item.pk: shares(world, new)}
    with pytest.raises(DomainError):
        hand_over(world.sub_item.programme, wanted, since=OCTOBER, by=world.office, reason="调整", seen=seen)
    assert held(world.sub_item) == [(world.unit.name, "lead", True, None, None)]


def test_leads_and_assisting_units_change_without_the_filing_unit(world, new):
    assisting = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=assisting, role="assist", order=1)
    (rows,) = present_of([world.sub_item]).values()
    shares = [share_of(rows[0]), Share(new, Role.ASSIST, False, new.name)]
    seen = {world.sub_item.pk: shifts.token(rows)}
    submitted(world)  # September: who files does not change, but who assists in a submitted month does not either
    with pytest.raises(DomainError, match="2023年9月"):
        hand_over(
            world.sub_item.programme,
            {world.sub_item.pk: shares},
            since=SEPTEMBER,
            by=world.office,
            reason="调整",
            seen=seen,
        )
    hand_over(
        world.sub_item.programme, {world.sub_item.pk: shares}, since=OCTOBER, by=world.office, reason="调整", seen=seen
    )
    assert held(world.sub_item) == [
        (world.unit.name, "lead", True, None, None),
        (assisting.name, "assist", False, None, SEPTEMBER),
        (new.name, "assist", False, OCTOBER, None),
    ]


def test_units_that_the_table_left_open_are_named(world, new):
    group = DepartmentGroupFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(
        sub_item=world.sub_item, department=None, role="assist", order=1, stated_as="试点街道", group_origin=group
    )
    (rows,) = present_of([world.sub_item]).values()
    shares = [share_of(rows[0]), Share(new, Role.ASSIST, False, "试点街道", group)]
    hand_over(
        world.sub_item.programme,
        {world.sub_item.pk: shares},
        since=SEPTEMBER,
        by=world.office,
        reason="明确试点街道",
        seen={world.sub_item.pk: shifts.token(rows)},
    )
    named = world.sub_item.responsibilities.get(department=new)
    assert (named.stated_as, named.group_origin, named.since) == ("试点街道", group, SEPTEMBER)


# from when -----------------------------------------------------------------------------------------------------


def test_a_submitted_month_is_refused_and_named(world, new):
    submitted(world)
    with pytest.raises(DomainError, match="2023年9月已报送，可自2023年10月起移交"):
        goes_to(world, new, SEPTEMBER)
    assert held(world.sub_item) == [(world.unit.name, "lead", True, None, None)]
    goes_to(world, new, OCTOBER)


def test_a_returned_month_was_submitted(world, new):
    review.send_back(submitted(world), by=world.office, comment="请核实")
    with pytest.raises(DomainError, match="2023年9月已报送"):
        goes_to(world, new, SEPTEMBER)


def test_a_locked_month_stays_with_whoever_owed_it(world, new):
    """August locked on 4 September, and was not filed."""
    with pytest.raises(DomainError, match="2023年8月已锁定，可自2023年9月起移交"):
        goes_to(world, new, AUGUST)
    goes_to(world, new, SEPTEMBER)


def test_a_month_that_was_only_begun_goes_over_with_its_draft(world, new):
    report = draft(world, content(world, progress="原单位已写的内容"))
    before = sheet(world)
    goes_to(world, new, SEPTEMBER)
    report.refresh_from_db()
    assert (report.department, report.department_name, report.progress) == (new, new.name, "原单位已写的内容")
    for refused in (
        lambda: filing.submit(before, by=world.clerk),  # opened before, sent after
        lambda: draft(world, content(world, "80"), by=world.clerk, seen_version=0),
    ):
        with pytest.raises(Conflict):
            refused()
    assert [slots.to_file(person).count() for person in (world.clerk, world.new_clerk)] == [0, 1]
    filing.submit(sheet(world), by=world.new_clerk)
    assert MonthlyReport.objects.get().department == new


def test_a_contributors_draft_holds_nothing_up(world, new):
    assisting = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=world.sub_item, department=assisting, role="assist", order=1)
    clerk = UserFactory(department=assisting, grants={assisting: [FILE_REPORT]})
    contribute(world, (assisting, clerk), "已配合", None)
    goes_to(world, new, SEPTEMBER)
    assert MonthlyReport.objects.get().department == new


def test_a_hand_over_that_never_began_is_taken_back(world, new):
    goes_to(world, new, NOVEMBER)
    (rows,) = present_of([world.sub_item]).values()
    back = [Share(world.unit, Role.LEAD, True, world.unit.name)]
    hand_over(
        world.sub_item.programme,
        {world.sub_item.pk: back},
        since=NOVEMBER,
        by=world.office,
        reason="改革方案调整",
        seen={world.sub_item.pk: shifts.token(rows)},
    )
    assert held(world.sub_item) == [(world.unit.name, "lead", True, None, None)]
    with pytest.raises(DomainError):
        goes_to(world, world.unit, NOVEMBER)  # nothing would change


def test_a_second_hand_over_begins_no_earlier_than_the_first(world, new):
    goes_to(world, new, NOVEMBER)
    (rows,) = present_of([world.sub_item]).values()
    other = DepartmentFactory(jurisdiction=world.jurisdiction)
    with pytest.raises(DomainError, match="2023年11月"):
        hand_over(
            world.sub_item.programme,
            {world.sub_item.pk: succeeded(rows, new, other)},
            since=OCTOBER,
            by=world.office,
            reason="调整",
            seen={world.sub_item.pk: shifts.token(rows)},
        )
    assert SubItemRevision.objects.count() == 1


# around the month of change ------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", [(9, 20), (9, 30), (10, 2), (10, 26), (11, 6)])
def test_nothing_is_missing_or_double_around_the_month_of_change(world, new, today):
    """August was filed; September and October are not yet; the new unit files from October on."""
    approved_in_august(world)
    second = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    goes_to(world, new, OCTOBER)
    with at(*today):
        tick(world.sub_item.programme)
        programme = world.sub_item.programme
        reporting = Reporting(programme)
        owner = {AUGUST: world.unit, SEPTEMBER: world.unit, OCTOBER: new, NOVEMBER: new}
        for period in reporting.months:
            if period.month not in owner:
                continue
            counts = {unit: sum(one.filing.values()) for unit, one in reporting.matrix.at(period).items()}
            expected = Counter({owner[period.month].pk: 1})
            expected[world.unit.pk] += 1  # the second one
            assert counts == expected
            owing = {one.unit: {item.sub_item.pk for item in one.items} for one in chase_of(reporting, period).owing}
            if period.month >= SEPTEMBER:
                assert world.sub_item.pk in owing[owner[period.month].name]
                assert sum(world.sub_item.pk in items for items in owing.values()) == 1
        # The overview's unit is the one that the filing page of its month names.
        point = standpoint(programme, today=clock.today())
        now = Matrix(point).at(None)
        assert {unit: sum(one.filing.values()) for unit, one in now.items()} == {
            unit: sum(one.filing.values()) for unit, one in Matrix(point).at(point.filing).items()
        }
        to_do = {
            person: [
                (entry.period.month, item.sub_item.pk)
                for entry in due_months(person)
                for item in entry.waiting_items
                if item.sub_item == world.sub_item
            ]
            for person in (world.clerk, world.new_clerk)
        }
        open_months = [period for period in reporting.months if period.locks_on > clock.today()]
        assert to_do[world.clerk] == [(one.month, world.sub_item.pk) for one in open_months if one.month == SEPTEMBER]
        assert to_do[world.new_clerk] == [(one.month, world.sub_item.pk) for one in open_months if one.month >= OCTOBER]
        assert slots.to_file(world.new_clerk).count() == len(to_do[world.new_clerk])
        assert second.responsibilities.count() == 1


def test_the_old_unit_reads_what_it_filed_and_no_draft_of_its_successor(world, new):
    approved_in_august(world)
    submitted(world)
    goes_to(world, new, OCTOBER)
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=OCTOBER)
    with at(10, 10):
        draft(world, content(world, "84"), by=world.new_clerk, period=october)
    readable = {
        person: set(MonthlyReport.objects.readable_by(person).values_list("period__month", flat=True))
        for person in (world.clerk, world.new_clerk)
    }
    assert readable[world.clerk] == {AUGUST, SEPTEMBER}
    assert readable[world.new_clerk] >= {AUGUST, OCTOBER}


def test_what_is_returned_after_the_hand_over_goes_back_to_who_filed_it(world, new):
    report = submitted(world)
    goes_to(world, new, OCTOBER)
    with at(10, 2):
        review.send_back(report, by=world.office, comment="请核实")
        assert [slots.to_file(person).count() for person in (world.clerk, world.new_clerk)] == [1, 0]
        submitted(world, content(world, "76"))
    assert MonthlyReport.objects.get().department == world.unit


def test_the_new_units_first_month_carries_the_last_figures_on(world, new):
    approved_in_august(world)
    submitted(world)
    goes_to(world, new, OCTOBER)
    october = ReportingPeriodFactory(programme=world.sub_item.programme, month=OCTOBER)
    with at(10, 10):
        assert sheet(world, october).last.percent == 75


def test_the_list_names_the_unit_of_the_month_that_is_filed(world, new):
    goes_to(world, new, OCTOBER)
    for today, unit in ((date(2023, 9, 25), world.unit), (date(2023, 10, 3), new)):
        ReportingPeriodFactory(programme=world.sub_item.programme, month=today.replace(day=1))
        point = standpoint(world.sub_item.programme, today=today)
        assert stood(SubItem.objects.all(), point).values_list("stood_unit", flat=True).get() == unit.pk


# many at once --------------------------------------------------------------------------------------------------


def test_all_that_a_unit_holds_goes_to_its_successor_together(world, new):
    section = DepartmentFactory(parent=world.unit, name="规划科")
    by_section, assisted, beside = (SubItemFactory(project=world.sub_item.project) for _ in range(3))
    ResponsibilityFactory(sub_item=by_section, department=section, files=True)
    lead = DepartmentFactory(jurisdiction=world.jurisdiction)
    ResponsibilityFactory(sub_item=assisted, department=lead, files=True)
    ResponsibilityFactory(sub_item=assisted, department=world.unit, role="assist", order=1)
    ResponsibilityFactory(sub_item=beside, department=world.unit, files=True)
    ResponsibilityFactory(sub_item=beside, department=new, role="assist", order=1)
    items = [world.sub_item, by_section, assisted, beside]
    assert len(goes_to(world, new, OCTOBER, items=items)) == 4
    now = {
        one.pk: [
            (row.department, row.role, row.files)
            for row in Responsibility.objects.current().filter(sub_item=one).order_by("-files", "pk")
        ]
        for one in items
    }
    assert now == {
        world.sub_item.pk: [(new, "lead", True)],
        by_section.pk: [(new, "lead", True)],
        assisted.pk: [(lead, "lead", True), (new, "assist", False)],
        beside.pk: [(new, "lead", True)],
    }
    assert SubItemRevision.objects.count() == 4
    assert AuditEvent.objects.count() == 1


def test_of_many_one_refused_stops_all(world, new):
    second = SubItemFactory(project=world.sub_item.project, lead=world.unit)
    submitted(world)
    with pytest.raises(DomainError, match="2023年9月已报送"):
        goes_to(world, new, SEPTEMBER, items=[world.sub_item, second])
    assert held(second) == [(world.unit.name, "lead", True, None, None)]
    assert not SubItemRevision.objects.exists()


def test_what_belongs_to_another_programme_is_refused(world, new):
    with pytest.raises(DomainError):
        goes_to(world, new, OCTOBER, items=[world.sub_item, SubItemFactory(lead=world.unit)])
    assert not SubItemRevision.objects.exists()


def test_only_the_office_may(world):
    people = (world.office, world.leader, world.clerk, world.stranger)
    assert [services.may_hand_over(one, world.sub_item.programme) for one in people] == [True, False, False, False]


def test_who_files_which_month_in_spans(world, new):
    goes_to(world, new, OCTOBER)
    months = [date(2023, month, 1) for month in range(8, 13)]
    rows = list(world.sub_item.responsibilities.select_related("department__parent"))
    shown = [(one.first.month, one.last.month, one.unit) for one in spans(rows, months)]
    assert shown == [(8, 9, world.unit.name), (10, 12, new.name)]
    again = spans(rows, months, since=date(2023, 12, 1), unit="某局")
    assert [(one.last.month, one.unit, one.coming) for one in again][-2:] == [(11, new.name, False), (12, "某局", True)]
