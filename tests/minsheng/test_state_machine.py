"""Periods, reports and rights as one machine, driven at random: what must hold whatever people do, in whatever order.

``LIVES=long`` lets it run longer: ``make test-long``.
"""

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from departments.errors import DomainError
from departments.permissions import SUPERVISE
from funding.models import FundingReading
from minsheng.filing import drafts
from minsheng.filing import services as filing
from minsheng.filing.content import Content
from projects.models import ExceptionRequest, FilingException, PeriodFigure, ReportEvent, SubItem
from projects.rules.reports import EDITABLE, STEPS, SUBMISSION
from tests.minsheng.facts import FILE, REVIEW, Facts, State
from tests.minsheng.lives import READ, RIGHTS, Town

LONG = os.environ.get("LIVES") == "long"
RUNS, STEPS_OF_A_RUN = (150, 80) if LONG else (10, 40)
PHASES = list(Phase) if LONG else [Phase.explicit, Phase.reuse, Phase.generate]
# What of a figure may never change; ``newest`` alone is taken from it by its successor.
FIGURE = [field.attname for field in PeriodFigure._meta.concrete_fields if field.name != "newest"]
OFFICE_STEPS = ["take-over", "reopen", "let-go", "more-time", "keep"]
EVENT = [field.attname for field in ReportEvent._meta.concrete_fields]

numbers = st.integers(0, 11)  # which of those there are
often = st.sampled_from([True, True, True, False])  # whether somebody is chosen who may
percents = st.integers(0, 100)


class Reporting(RuleBasedStateMachine):
    """A town over three months. Each rule is a step that somebody tries; the pages' rights and the services decide."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.town = Town()
        self.events, self.figures = {}, {}
        self.read = None

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(rights=st.lists(st.lists(st.sampled_from(RIGHTS), max_size=3, unique=True), min_size=2, max_size=2))
    def people_settle(self, rights):
        """Two who file, a reviewer, the office, and two with anything; and a first month of their work."""
        files, reviews = RIGHTS[:3], RIGHTS[3:6]
        for some in ([files[0]], [files[1]], reviews[:1], [(SUPERVISE, None)], *rights):
            self.town.settle(some)
        self.readers_read(0, 0)
        self.units_file(0, 50, 0)
        self.reviewers_work(0, "return", 2)
        self.reviewers_work(0, "on", 1)

    # What people do -------------------------------------------------------------------------------------------------

    def facts(self):
        """The tables, read anew after each step."""
        mark = (self.town.moment, self.town.steps)
        if self.read is None or self.read[0] != mark:
            self.read = mark, Facts(self.town.moment.date())
        return self.read[1]

    def person(self, number, able, *, likely):
        """One of those who are able, where there is one and it is likely; else anybody."""
        found = [one for one in self.town.people if able(one.pk)] if likely else []
        return self.town.fresh(_one_of(found or self.town.people, number))

    def slot(self, number, *, likely, filed=False):
        """A sub-item in a month; likely one that its unit can file now (or has filed: ``filed``)."""
        every = list(self.facts().slots())
        found = [one for one in every if one.open and (one.report is None or one.report.state in EDITABLE) != filed]
        return _one_of(found if found and likely else every, number)

    @rule(days=st.sampled_from([1, 3, 7, 10, 31]))
    def time_passes(self, days):
        self.town.wait(days)

    @rule(number=numbers, who=numbers, likely=often, percent=percents)
    def saves(self, number, who, likely, percent):
        slot = self.slot(number, likely=likely)
        if slot is None:
            return
        person = self.person(who, lambda one: self.facts().holds(one, FILE, slot.unit), likely=likely)
        if self.town.attempt(self.town.save, person, slot.item, slot.period.month, percent):
            assert _may_be_written(slot)

    @rule(number=numbers, who=numbers, likely=often, percent=percents)
    def files(self, number, who, likely, percent):
        self.file(self.slot(number, likely=likely), who, likely, percent)

    @rule(who=numbers, percent=percents, skip=st.integers(0, 3))
    def units_file(self, who, percent, skip):
        """What is open is filed by those who may; all but the first ``skip``."""
        slots = [one for one in self.facts().slots() if _may_be_written(one)]
        for slot in slots[skip:]:
            self.file(slot, who, likely=True, percent=percent)

    @rule(who=numbers, step=st.sampled_from(["on", "on", "on", "return"]), skip=st.integers(0, 2))
    def reviewers_work(self, who, step, skip):
        """What waits is passed on or approved, or returned, by those who may; all but the first ``skip``."""
        for report in self.waiting()[skip:]:
            self.decide(report, who, likely=True, step=step, why=True)

    def waiting(self):
        facts = self.facts()
        found = [one for one in facts.reports.values() if one.state in SUBMISSION]
        return sorted(found, key=lambda one: facts.periods[one.period_id].month)

    def file(self, slot, who, likely, percent):
        if slot is None:
            return
        facts = self.facts()
        person = self.person(who, lambda one: facts.holds(one, FILE, slot.unit), likely=likely)
        if not self.town.attempt(self.town.file, person, slot.item, slot.period.month, percent):
            return
        assert _may_be_written(slot)
        self.says_of_its_line(facts, slot, percent)
        assert facts.holds(person.pk, FILE, slot.unit)
        report = self.facts().reports[slot.item.pk, slot.period.pk]
        reviewed = facts.anybody(REVIEW, report.department_id, but=person.pk)
        assert report.state == (State.UNIT_REVIEW if reviewed else State.SUBMITTED)

    def says_of_its_line(self, facts, slot, typed):
        """What the filing unit typed, unless another unit reads the line in this month: then what that one said."""
        line = self.town.lines.get(slot.item.pk)
        if line is None:
            return
        said = FundingReading.objects.get(line=line, report__sub_item=slot.item, report__period=slot.period).secured
        readers = [unit for one, unit in facts.lines_read(slot) if one.pk == line]
        if not readers:
            assert said == typed
            return
        version = facts.contributed.get((slot.report.pk, readers[0])) if slot.report else None
        if version and any(one["id"] == line for one in version.snapshot["money"]):
            assert said == READ.secured

    @rule(number=numbers, who=numbers, likely=often, unit=st.integers(-1, 2))
    def lines_are_assigned(self, number, who, likely, unit):
        """From a month on; what was submitted before says afterwards what it said."""
        slot = self.slot(number, likely=likely)
        if slot is None or slot.item.pk not in self.town.lines:
            return
        facts, before = self.facts(), _submitted_amounts()
        files = lambda one: facts.holds(one, FILE, slot.unit) or facts.governs(one, "supervise")  # noqa: E731
        person = self.person(who, files, likely=likely)
        reader = self.town.units[unit] if unit >= 0 else None
        if self.town.attempt(self.town.assign, person, slot.item, reader, slot.period.month):
            assert files(person.pk)
        assert _submitted_amounts() == before

    @rule(number=numbers, who=numbers, likely=often, unit=st.integers(0, 2))
    def office_hands_over(self, number, who, likely, unit):
        """From a month on that nobody has submitted; what was filed before stays with who filed it."""
        slot = self.slot(number, likely=likely)
        if slot is None:
            return
        facts, before = self.facts(), _submitted_amounts()
        person = self.person(who, lambda one: facts.governs(one, "supervise"), likely=likely)
        if self.town.attempt(self.town.hand_over, person, slot.item, self.town.units[unit], slot.period.month):
            assert facts.governs(person.pk, "supervise")
            assert self.facts().unit_of(slot.item.pk, slot.period.month) == self.town.units[unit].pk
        assert _submitted_amounts() == before

    @rule(number=numbers, who=numbers)
    def readers_read(self, number, who):
        found = _one_of(list(self.facts().readings()), number)
        if found is not None:
            slot, unit, _told = found
            person = self.person(who, lambda one: self.facts().holds(one, FILE, unit), likely=True)
            unit = next(one for one in self.town.units if one.pk == unit)
            self.town.attempt(self.town.contribute, person, slot.item, slot.period.month, unit)

    @rule(number=numbers, who=numbers, likely=often, step=st.sampled_from(["on", "on", "return"]), why=st.booleans())
    def decides(self, number, who, likely, step, why):
        waiting = self.waiting() if likely else []
        report = _one_of(waiting or list(self.facts().reports.values()), number)
        if report is not None:
            self.decide(report, who, likely, step, why)

    def decide(self, report, who, likely, step, why):
        """Somebody passes on or approves (``on``), or returns."""
        facts = self.facts()
        within = report.state == State.UNIT_REVIEW
        able = (
            (lambda one: facts.holds(one, REVIEW, report.department_id) and one != report.submitted_by_id)
            if within
            else (lambda one: facts.governs(one, "supervise"))
        )
        person = self.person(who, able, likely=likely)
        if step == "on":
            step = "pass" if within else "approve"
        exception = "无他人可审。" if why else ""
        if not self.town.attempt(self.town.decide, person, report, step, exception=exception, at_line=why):
            return
        assert able(person.pk)
        assert report.state in SUBMISSION
        if step == "approve":
            assert facts.holds_up(report) == []  # months in order
            assert why or person.pk not in (report.submitted_by_id, report.reviewed_by_id)

    @rule(number=numbers, who=numbers, likely=often, step=st.sampled_from(OFFICE_STEPS))
    def office_acts(self, number, who, likely, step):
        facts = self.facts()
        state = {"take-over": State.UNIT_REVIEW, "reopen": State.APPROVED}.get(step, State.RETURNED)
        found = [one for one in facts.reports.values() if one.state == state]
        report = _one_of(found if found and likely else list(facts.reports.values()), number)
        if report is None:
            return
        person = self.person(who, lambda one: facts.governs(one, "supervise"), likely=likely)
        if not self.town.attempt(self.town.office, person, report, step):
            return
        assert facts.governs(person.pk, "supervise")
        if step == "take-over":
            assert facts.is_stuck(report)
        elif step == "reopen":
            assert report.state == State.APPROVED
        elif report.state == State.RETURNED:
            assert not facts.is_open(report.sub_item_id, report.period_id) or self.was_given(person, report)

    def was_given(self, person, report):
        """A second click on more time: the person's own exception is there."""
        return FilingException.objects.filter(period=report.period_id, sub_item=report.sub_item_id, by=person).exists()

    @rule(number=numbers, who=numbers, likely=often, everybody=st.booleans(), days=st.integers(-1, 20))
    def office_excepts(self, number, who, likely, everybody, days):
        slot = self.slot(number, likely=False)
        if slot is not None:
            person = self.person(who, lambda one: self.facts().governs(one, "supervise"), likely=likely)
            item = None if everybody else slot.item
            self.town.attempt(self.town.except_, person, slot.period.month, item, days)

    @precondition(lambda self: FilingException.objects.exists())
    @rule(who=numbers, likely=often)
    def office_ends_an_exception(self, who, likely):
        person = self.person(who, lambda one: self.facts().governs(one, "supervise"), likely=likely)
        self.town.attempt(self.town.end, person, FilingException.objects.order_by("pk").last())

    @rule(number=numbers, who=numbers, likely=often, everything=st.booleans())
    def unit_asks(self, number, who, likely, everything):
        facts = self.facts()
        slots = [one for one in facts.slots() if not one.open]
        slot = _one_of(slots if slots and likely else list(facts.slots()), number)
        if slot is None:
            return
        person = self.person(who, lambda one: facts.holds(one, FILE, slot.unit), likely=likely)
        if self.town.attempt(self.town.ask, person, slot.item, slot.period.month, everything=everything):
            assert facts.today >= slot.period.locks_on
            assert facts.holds(person.pk, FILE, slot.unit)

    @precondition(lambda self: ExceptionRequest.objects.filter(state="waiting").exists())
    @rule(who=numbers, likely=often, grant=st.booleans())
    def office_answers(self, who, likely, grant):
        request = ExceptionRequest.objects.filter(state="waiting").order_by("pk")[0]
        person = self.person(who, lambda one: self.facts().governs(one, "supervise"), likely=likely)
        if self.town.attempt(self.town.answer, person, request, grant=grant):
            request.refresh_from_db()
            assert request.state == ("granted" if grant else "refused")
            assert self.facts().governs(person.pk, "supervise")

    @rule(who=numbers, right=st.sampled_from(RIGHTS))
    def rights_change(self, who, right):
        self.town.turn(_one_of(self.town.people, who), *right)

    @rule(who=numbers)
    def accounts_change(self, who):
        self.town.dismiss(_one_of(self.town.people, who))

    @rule(number=numbers)
    def a_stale_tab_writes_into_what_is_locked_or_gone_on(self, number):
        """The services themselves refuse, whoever asks."""
        slots = [slot for slot in self.facts().slots() if not _may_be_written(slot)]
        slot = _one_of(slots, number)
        if slot is None:
            return
        by = self.town.administrator
        with self.town.now():
            sub_item = SubItem.objects.select_related("programme__jurisdiction").get(pk=slot.item.pk)
            sheet = filing.sheet_of(sub_item, self.town.period(slot.period.month))
            with pytest.raises(DomainError), transaction.atomic():
                drafts.save_draft(sheet, Content(progress="x"), by=by, seen_version=0)
            with pytest.raises(DomainError), transaction.atomic():
                filing.submit(sheet, by=by)

    # What must hold -------------------------------------------------------------------------------------------------

    @invariant()
    def a_month_has_one_report_by_the_unit_that_files_it(self):
        facts = self.facts()
        for (item, period), report in facts.reports.items():
            assert report.department_id == facts.unit_of(item, facts.periods[period].month)

    @invariant()
    def steps_are_kept_and_lead_to_the_state(self):
        rows = {row["id"]: row for row in ReportEvent.objects.order_by("pk").values(*EVENT)}
        assert _kept(self.events, rows)
        self.events = rows
        stands = dict.fromkeys((report.pk for report in self.facts().reports.values()), State.DRAFT)
        for row in rows.values():
            assert row["from_state"] == stands[row["report_id"]]
            assert row["to_state"] in STEPS[row["from_state"]]
            stands[row["report_id"]] = row["to_state"]
        assert stands == {report.pk: report.state for report in self.facts().reports.values()}

    @invariant()
    def nobody_approves_his_own_without_saying_why(self):
        last = {}
        for row in self.events.values():
            own = last.setdefault(row["report_id"], set())
            if row["from_state"] in EDITABLE and row["to_state"] in SUBMISSION:
                own.clear()
            if row["to_state"] == State.APPROVED:
                assert row["actor_id"] not in own or row["snapshot"].get("exception")
            elif row["to_state"] in SUBMISSION and not row["snapshot"].get("taken_over"):
                own.add(row["actor_id"])

    @invariant()
    def figures_are_appended_and_never_changed(self):
        rows = {row["id"]: row for row in PeriodFigure.objects.order_by("pk").values(*FIGURE)}
        assert _kept(self.figures, rows)
        self.figures = rows
        sequences = {}
        for row in rows.values():
            sequences.setdefault((row["sub_item_id"], row["period_id"]), []).append(row["sequence"])
        assert all(found == list(range(1, len(found) + 1)) for found in sequences.values())
        assert PeriodFigure.objects.filter(newest=True).count() == len(sequences)
        locked = [one.pk for one in self.facts().periods.values() if one.locked_at]
        assert {key for key in sequences if key[1] in locked} == {
            (item.pk, period) for item in self.town.items for period in locked
        }

    @invariant()
    def what_is_approved_has_its_figure(self):
        newest = PeriodFigure.objects.filter(newest=True).exclude(report=None)
        kept = dict(newest.values_list("report", "percent"))
        for report in self.facts().reports.values():
            if report.state == State.APPROVED:
                assert kept[report.pk] == report.percent
            assert report.state != State.DRAFT or report.pk not in kept  # let go: its figure is no longer shown

    @invariant()
    def what_is_granted_has_its_exception(self):
        for request in ExceptionRequest.objects.select_related("exception", "department"):
            assert (request.exception is not None) == (request.state == "granted")
            assert request.exception is None or request.covered_by(request.exception)


def _one_of(rows, number):
    return rows[number % len(rows)] if rows else None


def _may_be_written(slot):
    """By the tables: the month is open for the unit, and it is its turn."""
    return slot.open and (slot.report is None or slot.report.state in EDITABLE)


def _submitted_amounts():
    """What reports that have left their unit say of their lines."""
    found = FundingReading.objects.exclude(report__state__in=EDITABLE).order_by("pk")
    return list(found.values_list("pk", "secured", "spent"))


def _kept(before, now):
    return all(now.get(key) == row for key, row in before.items())


@pytest.mark.django_db
def test_what_must_hold_holds():
    run_state_machine_as_test(
        Reporting,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS_OF_A_RUN,
            phases=PHASES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
