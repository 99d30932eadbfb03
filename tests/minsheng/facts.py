"""What stands in the database of a small town (``lives``), read without any of the portal's own questions."""

from types import SimpleNamespace

from departments import clock
from departments.models import Department, DepartmentUserGrant, JurisdictionUserGrant, User
from funding.models import FundingLine, LineAssignment
from projects.models import (
    ApprovalKept,
    ContributionVersion,
    ExceptionRequest,
    FilingException,
    LetGo,
    MonthlyReport,
    Recheck,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    SubItem,
)
from projects.rules.reports import EDITABLE, SUBMISSION

State = MonthlyReport.State
FILE, REVIEW = "file_report", "review_report"


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
        self.rechecks = list(Recheck.objects.select_related("report", "because"))
        self.let_go = list(LetGo.objects.select_related("event__report"))
        self.kept = list(ApprovalKept.objects.select_related("event__report"))
        every = list(Responsibility.objects.all())
        self.roles = [role for role in every if role.files]
        self.others = [role for role in every if not role.files and role.department_id]
        self.lines = list(FundingLine.objects.all())
        self.assignments = list(LineAssignment.objects.order_by("-pk"))
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
        for line in self.lines:
            reader = self.reader_of(line, slot) if line.sub_item_id == slot.item.pk else None
            if reader not in (None, slot.unit):
                yield line, reader

    def reader_of(self, line, slot):
        """The unit to which ``line`` is assigned in the month: as it was decided last, but never over a submission."""
        steps = self.steps.get(slot.report.pk, ()) if slot.report else ()
        submitted = [one.pk for one in steps if one.to_state in SUBMISSION and one.from_state in EDITABLE]
        month = slot.period.month
        for one in self.assignments:  # the newest first
            if one.line_id != line.pk or month < one.since or (one.until and month > one.until):
                continue
            if one.department_id is None or all(step > one.after for step in submitted):
                return one.department_id
        return None

    def readings(self):
        """The units whose reading a month still waits for, where their word is not missing anyway."""
        for slot in self.slots():
            written = slot.open and (slot.report is None or slot.report.state in EDITABLE)
            for line, unit in self.lines_read(slot) if written else ():
                version = self.contributed.get((slot.report.pk, unit)) if slot.report else None
                again = self.is_remarked(slot.report, line, after=version.after if version else 0)
                counts = version is not None and version.pk > self.counts_after(line, slot.period.month)
                stated = counts and any(one["id"] == line.pk for one in version.snapshot["money"])
                responsible = any(
                    role.department_id == unit and role.sub_item_id == slot.item.pk and role.held_in(slot.period.month)
                    for role in self.others
                )
                if self.is_reopened(slot):
                    waits = again
                else:
                    waits = (not stated or again) and (version is not None or not responsible)
                if waits:
                    yield slot, unit, not counts or again

    def is_remarked(self, report, line, *, after):
        """Whether a return since the last approval remarks something at ``line``, later than the step ``after``."""
        if report is None or report.state not in EDITABLE:
            return False
        standing = []
        for step in reversed(self.steps.get(report.pk, ())):
            if step.to_state == State.APPROVED:
                break
            if step.to_state == State.RETURNED:
                standing.append(step)
        return any(
            step.pk > after and any(one["field"] == f"money_{line.pk}" for one in step.remarks) for step in standing
        )

    def counts_after(self, line, month):
        """The newest version of a contribution that a take-back of ``line`` in ``month`` has made void."""
        back = [
            one.after_version
            for one in self.assignments
            if one.line_id == line.pk and one.department_id is None and one.since <= month
            if one.until is None or month <= one.until
        ]
        return max(back, default=0)

    def is_reopened(self, slot):
        return slot.report is not None and slot.report.state in EDITABLE and slot.report.pk in self.approved_once

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

    def contributed_to(self, report):
        """The units that have submitted a contribution to the report of this key."""
        said = ContributionVersion.objects.filter(contribution__report=report)
        return set(said.values_list("contribution__department", flat=True))

    def is_let_go(self, report, *, since=None):
        """Whether the office waits for the report no longer, and decided so after ``since``."""
        newest = self.newest.get(report.pk) if report else None
        return newest is not None and newest.to_state == State.DRAFT and (since is None or newest.at >= since)

    def did_already(self, person, report, step):
        """Whether the person has just done it: a second click is as good as the first."""
        newest = self.newest.get(report.pk)
        if step == "right":
            said = [one for one in self.rechecks if one.report_id == report.pk and one.said_at is not None]
            waits = any(one.pk == report.pk for one in self.to_recheck())
            return report.state == State.APPROVED and not waits and bool(said) and said[-1].said_by_id == person
        if step == "take-over":
            over = newest is not None and bool(newest.snapshot.get("taken_over"))
            return report.state == State.SUBMITTED and over and newest.actor_id == person
        return step == "let-go" and report.state == State.DRAFT

    def to_recheck(self):
        """Approved months of which something is asked: they stand as they did, and so does what they are beside."""
        for one in self.rechecks:
            if one.said_at is None and one.report.state == State.APPROVED:
                own = [
                    step.pk
                    for step in self.steps[one.report_id]
                    if step.to_state == State.APPROVED and step.from_state == State.SUBMITTED  # not one that was kept
                ]
                ended = (State.APPROVED, State.DRAFT)
                cause = [step.pk for step in self.steps[one.because.report_id] if step.to_state in ended]
                if own[-1] < one.because_id == cause[-1]:
                    yield one.report

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
