"""A small town whose reports live at random: its people, and its steps as the pages allow them."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from guardian.shortcuts import assign_perm, remove_perm

from departments import clock
from departments.errors import DomainError
from departments.models import DepartmentUserGrant, JurisdictionUserGrant, User
from departments.permissions import ADMINISTER, FILE_REPORT, OVERSEE, REVIEW_REPORT, SUPERVISE, departments_granted
from funding.models import FundingLine
from funding.services import assignments
from funding.services.readings import LineReading
from minsheng.daily import tick
from minsheng.filing import contribute as contributing
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.assigning import decides_until, may_assign
from minsheng.filing.content import Content
from minsheng.handover import services as handover
from minsheng.review import rechecks
from minsheng.review import services as review
from projects.models import (
    MonthlyReport,
    ReportingPeriod,
    SubItem,
)
from projects.services import exceptions, periods, shifts, told
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

    def save(self, person, item, month, percent=50, *, nil=False):
        """A draft; as a nil report (``nil``) with the last figures."""
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
        if nil:
            last = Decimal(percent) if sheet.last.percent is None else sheet.last.percent
            money = {line.pk: sheet.last.money.get(line.pk, content.money[line.pk]) for line in sheet.lines}
            content = replace(content, is_nil=True, nil_reason="无变化。", progress="", percent=last, money=money)
        version = sheet.report.version if sheet.report else 0
        return drafts.save_draft(sheet, content, by=person, seen_version=version).report

    def submit(self, person, item, month):
        sheet = self.sheet(item, month)
        if not filing.rights_of(person, sheet.sub_item, sheet.period).submit:
            raise Refused
        return filing.submit(sheet, by=person, known=sys.maxsize)  # he was told of what a nil report leaves out

    def file(self, person, item, month, percent=50, *, nil=False):
        self.save(person, item, month, percent, nil=nil)
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
        until = decides_until(person, found, month)
        assignments.assign(line, unit, by=person, seen=line.reader_in(month), month=month, until=until)

    def hand_over(self, person, item, unit, month):
        """The office gives the item to ``unit`` from ``month`` on; the old one keeps its months."""
        found = SubItem.objects.select_related("programme__jurisdiction").get(pk=item.pk)
        rows = handover.present_of([found])[found.pk]
        files = next((row.department for row in rows if row.files), None)
        if not handover.may_hand_over(person, found.programme) or files in (None, unit):
            raise Refused
        handover.hand_over(
            found.programme,
            {found.pk: handover.succeeded(rows, files, unit)},
            since=month,
            by=person,
            reason="机构改革。",
            seen={found.pk: shifts.token(rows)},
        )

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

    def office(self, person, report, step, *, days=3, at_line=False):
        """Taking over, reopening (with a remark at the money line: ``at_line``), giving more time, letting go, saying
        that a month is right: the office's own pages.
        """
        found = MonthlyReport.objects.select_related("sub_item__programme", "period").get(pk=report.pk)
        if not review.supervises(person, found):
            raise Refused
        if step == "take-over":
            review.take_over(found, by=person, reason="滞留。")
        elif step == "reopen":
            line = self.lines.get(report.sub_item_id)
            remarks = {f"money_{line}": "请核实金额。"} if line and at_line else None
            review.reopen(found, by=person, reason="更正。", remarks=remarks)
        elif step == "let-go":
            review.let_go(found, by=person, reason="不再等待。")
        elif step == "keep":
            review.keep_approval(found, by=person, reason="维持。")
        elif step == "right":
            rechecks.say_right(found, by=person, reason="无误。")
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

    def note_let_go(self, person, let_go):
        if not departments_granted(person, FILE_REPORT).filter(pk=let_go.department_id).exists():
            raise Refused
        told.note(let_go, by=person)

    def note_kept(self, person, kept):
        if not departments_granted(person, FILE_REPORT).filter(pk=kept.department_id).exists():
            raise Refused
        told.note(kept, by=person)

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
