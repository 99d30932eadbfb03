"""A hand-over is dated: the new unit files from then on, the old one keeps reading, nothing is missing or double."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from departments import clock
from departments.errors import Conflict, DomainError
from departments.models import AuditEvent
from departments.permissions import FILE_REPORT
from minsheng.filing import services as filing
from minsheng.filing import slots
from minsheng.handover.services import Share, hand_over, present_of, share_of, succeeded
from minsheng.review import services as review
from projects.models import MonthlyReport, ReportingPeriod, Responsibility, SubItem, SubItemRevision
from projects.services import shifts
from tests.factories.departments import DepartmentFactory, DepartmentGroupFactory, UserFactory
from tests.factories.projects import ReportingPeriodFactory, ResponsibilityFactory
from tests.minsheng.life import content, contribute, draft, sheet, submitted

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
