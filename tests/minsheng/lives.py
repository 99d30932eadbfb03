"""A small town whose reports live at random: its people, its steps as the pages allow them, and what stands in the
database read without any of the portal's own questions.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from guardian.shortcuts import assign_perm, remove_perm

from departments import clock
from departments.errors import DomainError
from departments.models import Department, DepartmentUserGrant, JurisdictionUserGrant, User
from departments.permissions import ADMINISTER, FILE_REPORT, OVERSEE, REVIEW_REPORT, SUPERVISE, departments_granted
from funding.models import FundingLine
from funding.services import assignments
from funding.services.readings import LineReading
from minsheng.daily import tick
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.assigning import may_assign
from minsheng.filing.content import Content
from minsheng.review import services as review
from projects.models import (
    ContributionVersion,
    ExceptionRequest,
    FilingException,
    MonthlyReport,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.rules.reports import EDITABLE, SUBMISSION
from projects.services import exceptions, periods
from tests.factories.departments import DepartmentFactory, UserFactory
from tests.factories.funding import FundingLineFactory
from tests.factories.projects import ProgrammeFactory, ProjectFactory, ResponsibilityFactory, SubItemFactory

State = MonthlyReport.State
FIRST, LAST = date(2023, 8, 1), date(2023, 10, 1)
FILE, REVIEW = "file_report", "review_report"
READ = LineReading(None, Decimal(1_000), Decimal(500))  # what other units say of a line


class Refused(Exception):
    """The page would have answered 403 or 404."""


@dataclass
class Town:
    """Two units, one with a section; three sub-items, the second with another unit that leads too, the third the
    section's; the first two with a money line, which any unit may come to read: the second unit reads the first's at
    first. Months open from August to October, due on the 25th, locked a week later.
    """

    moment: datetime = datetime(2023, 8, 22, 9, tzinfo=clock.ZONE)
    people: list[User] = field(default_factory=list)
    steps: int = 0  # taken so far

    def __post_init__(self):
        with clock.at(self.moment):
            unit, other = DepartmentFactory(), None
            other = DepartmentFactory(jurisdiction=unit.jurisdiction)
            self.area = unit.jurisdiction
            self.units = [unit, other, DepartmentFactory(parent=unit)]
            self.programme = ProgrammeFactory(
                jurisdiction=self.area, first_month=FIRST, last_month=LAST, lock_after_days=7
            )
            project = ProjectFactory(programme=self.programme)
            self.items = [SubItemFactory(project=project, lead=unit) for unit in self.units]
            ResponsibilityFactory(sub_item=self.items[1], department=unit, order=1)
            self.lines = {item.pk: FundingLineFactory(sub_item=item).pk for item in self.items[:2]}
            self.administrator = UserFactory(grants={self.area: [ADMINISTER]})
            line = FundingLine.objects.get(pk=self.lines[self.items[0].pk])
            assignments.assign(line, other, by=self.administrator, seen=None, month=FIRST)
            tick(self.programme)

    # people ---------------------------------------------------------------------------------------------------------

    def settle(self, grants):
        """A person who holds ``grants``, each a right and the number of the unit it is on (none: the jurisdiction)."""
        self.steps += 1
        person = UserFactory(department=self.units[len(self.people) % len(self.units)])
        self.people.append(person)
        for right, unit in grants:
            assign_perm(right, person, self.area if unit is None else self.units[unit])
        return person

    def turn(self, person, right, unit):
        """Give the right, or take it where it is held."""
        self.steps += 1
        on = self.area if unit is None else self.units[unit]
        held = DepartmentUserGrant if unit is not None else JurisdictionUserGrant
        codename = right.split(".")[1]
        there = held.objects.filter(user=person, content_object=on, permission__codename=codename).exists()
        (remove_perm if there else assign_perm)(right, person, on)

    def dismiss(self, person):
        """Close the account, or open it again."""
        self.steps += 1
        person.is_active = not person.is_active
        person.save(update_fields=["is_active"])

    # time -----------------------------------------------------------------------------------------------------------

    def wait(self, days):
        self.steps += 1
        self.moment += timedelta(days=days)
        with clock.at(self.moment):
            tick(self.programme)

    def fresh(self, person):
        return User.objects.get(pk=person.pk)

    # steps, as the pages allow them ---------------------------------------------------------------------------------

    def period(self, month):
        return (
            ReportingPeriod.objects.prefetch_related("exceptions").filter(programme=self.programme, month=month).first()
        )

    def sheet(self, item, month):
        found = SubItem.objects.select_related("programme__jurisdiction").get(pk=item.pk)
        period = self.period(month)
        if period is None or found.status != SubItem.Status.ACTIVE:
            raise Refused
        return filing.sheet_of(found, period)

    def save(self, person, item, month, percent=50):
        sheet = self.sheet(item, month)
        if not filing.rights_of(person, sheet.sub_item, sheet.period).draft:
            raise Refused
        content = Content(
            percent=Decimal(percent),
            progress="本月进展正常。",
            reason="征地滞后。",
            factor="land",
            measure="倒排工期。",
            measure_by=date(2023, 12, 1),
            money={line.pk: LineReading(None, Decimal(percent)) for line in sheet.lines},
        )
        version = sheet.report.version if sheet.report else 0
        return drafts.save_draft(sheet, content, by=person, seen_version=version).report

    def submit(self, person, item, month):
        sheet = self.sheet(item, month)
        if not filing.rights_of(person, sheet.sub_item, sheet.period).submit:
            raise Refused
        return filing.submit(sheet, by=person)

    def file(self, person, item, month, percent=50):
        self.save(person, item, month, percent)
        return self.submit(person, item, month)

    def contribute(self, person, item, month, unit, *, send=True):
        """A unit beside the filing one says its word to the month, and sends it."""
        sheet = self.sheet(item, month)
        if not departments_granted(person, FILE_REPORT).filter(pk=unit.pk).exists():
            raise Refused
        desk = contributing.desk_of(sheet.sub_item, sheet.period, unit)
        version = desk.contribution.version if desk.contribution else 0
        said = Content(
            progress="已配合。", reason="更正。", money=dict.fromkeys((line.pk for line in desk.lines), READ)
        )
        contributing.save(desk, said, by=person, seen_version=version)
        if send:
            contributing.submit(contributing.desk_of(sheet.sub_item, sheet.period, unit), by=person)

    def assign(self, person, item, unit, month):
        """Who files the month, or the office, lets ``unit`` read the item's line; without one the filing unit again."""
        found = SubItem.objects.select_related("programme__jurisdiction").get(pk=item.pk)
        period = self.period(month)
        if found.status != SubItem.Status.ACTIVE or period is None or period.opens_on > clock.today():
            raise Refused
        if not may_assign(person, found, month):
            raise Refused
        line = FundingLine.objects.get(pk=self.lines[item.pk])
        assignments.assign(line, unit, by=person, seen=line.department, month=month)

    def decide(self, person, report, step, *, exception="无他人可审。", at_line=False):
        """Passing on, returning (with a remark at the money line: ``at_line``), approving: the page's three buttons."""
        found = review.readable(person).filter(pk=report.pk).select_related("sub_item__programme", "period").first()
        within, above = (
            (review.reviews_for_unit(person, found), review.supervises(person, found)) if found else (False, False)
        )
        if not {"pass": within, "approve": above, "return": within or above}[step]:
            raise Refused
        if step == "pass":
            review.pass_on(found, by=person)
        elif step == "approve":
            review.approve(found, by=person, exception=exception)
        else:
            line = self.lines.get(report.sub_item_id)
            remarks = {f"money_{line}": "请核实金额。"} if line and at_line else None
            review.send_back(found, by=person, comment="请核实。", remarks=remarks)

    def office(self, person, report, step, *, days=3):
        """Taking over, reopening, giving more time, letting go: the office's own pages."""
        found = MonthlyReport.objects.select_related("sub_item__programme", "period").get(pk=report.pk)
        if not review.supervises(person, found):
            raise Refused
        if step == "take-over":
            review.take_over(found, by=person, reason="滞留。")
        elif step == "reopen":
            review.reopen(found, by=person, reason="更正。")
        elif step == "let-go":
            review.let_go(found, by=person, reason="不再等待。")
        else:
            until = clock.today() + timedelta(days=days)
            review.give_more_time(found, until=until, by=person, reason="再给几天。")

    def except_(self, person, month, item, days=3):
        """The office opens a locked month for a sub-item, or for everybody."""
        period = self.period(month)
        if period is None or not _supervises(person, self.area):
            raise Refused
        until = clock.today() + timedelta(days=days)
        periods.add_exception(period, until=until, reason="补报。", by=person, sub_item=item)

    def end(self, person, exception):
        if not _supervises(person, self.area):
            raise Refused
        periods.end_exception(exception, by=person)

    def ask(self, person, item, month, *, everything=False):
        sheet = self.sheet(item, month)
        if sheet.unit is None or not filing.rights_of(person, sheet.sub_item, sheet.period).submit:
            raise Refused
        exceptions.ask(
            sheet.period,
            sheet.unit,
            by=person,
            reason="漏报。",
            wished_until=clock.today() + timedelta(days=5),
            sub_item=None if everything else sheet.sub_item,
        )

    def answer(self, person, request, *, grant):
        if not _supervises(person, self.area):
            raise Refused
        if grant:
            periods.grant(request, until=clock.today() + timedelta(days=3), by=person)
        else:
            exceptions.refuse(request, by=person, answer="不行。")

    def note(self, person, request):
        if not departments_granted(person, FILE_REPORT).filter(pk=request.department_id).exists():
            raise Refused
        exceptions.note(request, by=person)

    def withdraw(self, item):
        self.steps += 1
        SubItem.objects.filter(pk=item.pk).update(status=SubItem.Status.WITHDRAWN)

    @contextmanager
    def now(self):
        with clock.at(self.moment):
            yield

    def attempt(self, step, *args, **kwargs):
        """Take ``step``; whether it was possible."""
        self.steps += 1
        with clock.at(self.moment):
            try:
                step(*args, **kwargs)
            except (DomainError, Refused):
                return False
        return True


def _supervises(person, area):
    return (
        person.is_active
        and JurisdictionUserGrant.objects.filter(
            user=person, content_object=area, permission__codename="supervise"
        ).exists()
    )


# Every right that people of the town may hold, with the number of its unit.
RIGHTS = [(right, unit) for right in (FILE_REPORT, REVIEW_REPORT) for unit in range(3)] + [
    (right, None) for right in (SUPERVISE, OVERSEE, ADMINISTER)
]


class Facts:
    """What stands in the tables, in plain Python: rights, days and states, and what follows from them."""

    def __init__(self, today):
        self.today = today
        self.active = dict(User.objects.values_list("pk", "is_active"))
        self.parent = dict(Department.objects.values_list("pk", "parent"))
        self.on_units = set(DepartmentUserGrant.objects.values_list("user", "permission__codename", "content_object"))
        self.on_areas = set(JurisdictionUserGrant.objects.values_list("user", "permission__codename"))
        self.items = {item.pk: item for item in SubItem.objects.all()}
        self.periods = {period.pk: period for period in ReportingPeriod.objects.all()}
        self.exceptions = list(FilingException.objects.all())
        self.requests = list(ExceptionRequest.objects.all())
        self.reports = {(one.sub_item_id, one.period_id): one for one in MonthlyReport.objects.all()}
        self.newest = {}
        self.steps = {}
        self.approved_once = set()
        for event in ReportEvent.objects.order_by("pk"):
            self.newest[event.report_id] = event
            self.steps.setdefault(event.report_id, []).append(event)
            if event.to_state == State.APPROVED:
                self.approved_once.add(event.report_id)
        every = list(Responsibility.objects.all())
        self.roles = [role for role in every if role.files]
        self.others = [role for role in every if not role.files and role.department_id]
        self.lines = list(FundingLine.objects.exclude(department=None))
        versions = ContributionVersion.objects.select_related("contribution").order_by("number")
        self.contributed = {(one.contribution.report_id, one.contribution.department_id): one for one in versions}

    def holds(self, person, right, unit):
        return self.active[person] and any(
            (person, right, one) in self.on_units for one in (unit, self.parent[unit]) if one
        )

    def anybody(self, right, unit, but=None):
        return any(self.holds(person, right, unit) for person in self.active if person != but)

    def governs(self, person, right):
        return self.active[person] and (person, right) in self.on_areas

    def unit_of(self, item, month):
        found = [
            role.department_id
            for role in self.roles
            if role.sub_item_id == item
            and (role.since is None or role.since <= month)
            and (role.until is None or role.until >= month)
        ]
        return found[0] if found else None

    def is_open(self, item, period):
        unit, period = self.unit_of(item, self.periods[period].month), self.periods[period]
        if unit is None or self.today < period.opens_on:
            return False
        return self.today < period.locks_on or any(
            one.period_id == period.pk
            and one.until >= self.today
            and one.sub_item_id in (None, item)
            and one.department_id in (None, unit, self.parent[unit])
            for one in self.exceptions
        )

    def slots(self):
        """Each sub-item in progress in each month that has opened."""
        for item in self.items.values():
            for period in self.periods.values():
                if item.status == SubItem.Status.ACTIVE and period.opens_on <= self.today:
                    yield SimpleNamespace(
                        item=item,
                        period=period,
                        unit=self.unit_of(item.pk, period.month),
                        report=self.reports.get((item.pk, period.pk)),
                        open=self.is_open(item.pk, period.pk),
                    )

    def contributions(self):
        """The units whose word a month still waits for, each with its sub-item and month."""
        for slot in self.slots():
            written = slot.open and (slot.report is None or slot.report.state in EDITABLE)
            if self.is_reopened(slot):
                continue  # it was approved without their word: nobody is asked for it again
            for role in self.others:
                sent = slot.report is not None and (slot.report.pk, role.department_id) in self.contributed
                if written and not sent and role.sub_item_id == slot.item.pk and role.held_in(slot.period.month):
                    yield slot, role.department_id

    def lines_read(self, slot):
        """The money lines of ``slot`` that another unit than the filing one reads, with that unit."""
        steps = self.steps.get(slot.report.pk, ()) if slot.report else ()
        for line in self.lines:
            if line.sub_item_id != slot.item.pk or line.department_id == slot.unit:
                continue
            before = [one for one in steps if one.to_state in SUBMISSION and one.pk <= line.assigned_after]
            submitted_before = any(one.from_state in EDITABLE for one in before)
            if slot.period.month >= line.assigned_from and not submitted_before:
                yield line, line.department_id

    def readings(self):
        """The units whose reading a month still waits for, where their word is not missing anyway."""
        for slot in self.slots():
            written = slot.open and (slot.report is None or slot.report.state in EDITABLE)
            for line, unit in self.lines_read(slot) if written else ():
                version = self.contributed.get((slot.report.pk, unit)) if slot.report else None
                again = self.is_remarked(slot.report, line, after=version.after if version else 0)
                stated = version is not None and any(one["id"] == line.pk for one in version.snapshot["money"])
                responsible = any(
                    role.department_id == unit and role.sub_item_id == slot.item.pk and role.held_in(slot.period.month)
                    for role in self.others
                )
                if self.is_reopened(slot):
                    waits = again
                else:
                    waits = (not stated or again) and (version is not None or not responsible)
                if waits:
                    yield slot, unit, version is None or again

    def is_remarked(self, report, line, *, after):
        """Whether a return that still stands remarks something at ``line``, later than the step ``after``."""
        if report is None or report.state != State.RETURNED:
            return False
        standing = []
        for step in reversed(self.steps[report.pk]):
            office = step.from_state != State.UNIT_REVIEW
            if step.to_state == State.RETURNED and (office or not standing):
                standing.append(step)
            if step.to_state == State.APPROVED or (step.to_state == State.RETURNED and office):
                break
        return any(
            step.pk > after and any(one["field"] == f"money_{line.pk}" for one in step.remarks) for step in standing
        )

    def is_reopened(self, slot):
        return slot.report is not None and slot.report.state == State.RETURNED and slot.report.pk in self.approved_once

    def states_own_share(self, slot, unit):
        """Whether ``unit`` files the month itself, and may state its own share beside those of others."""
        others = any(one.sub_item_id == slot.item.pk and one.held_in(slot.period.month) for one in self.others)
        return unit.pk == slot.unit and others

    def is_stuck(self, report):
        since = clock.local(self.newest[report.pk].at).date()
        return (
            self.today > self.periods[report.period_id].due_on
            or (self.today - since).days >= 3
            or not self.anybody(REVIEW, report.department_id, but=report.submitted_by_id)
        )

    def is_asked(self, report):
        """Whether its unit waits for the answer to a request that covers it."""
        return any(
            one.state == "waiting"
            and (one.period_id, one.department_id) == (report.period_id, report.department_id)
            and one.sub_item_id in (None, report.sub_item_id)
            for one in self.requests
        )

    def has_run_out(self, report):
        in_progress = self.items[report.sub_item_id].status == SubItem.Status.ACTIVE
        still = self.is_open(report.sub_item_id, report.period_id)
        return report.state == State.RETURNED and in_progress and not still and not self.is_asked(report)

    def holds_up(self, report):
        """Earlier months of the sub-item that must be decided first."""
        in_progress = self.items[report.sub_item_id].status == SubItem.Status.ACTIVE
        waits = {State.UNIT_REVIEW, State.SUBMITTED} | ({State.RETURNED} if in_progress else set())
        month = self.periods[report.period_id].month
        return [
            one
            for one in self.reports.values()
            if one.sub_item_id == report.sub_item_id
            and self.periods[one.period_id].month < month
            and one.state in waits
        ]
