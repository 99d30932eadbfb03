"""Random lives of reports: after each step every person's to-do is exactly what rights, days and states say.

Said three times, independently: in plain Python over the tables (``Facts``), by trying (what a person can do next that
waits for him, he finds listed; what he finds listed, he can do), and for the whole (what waits is in somebody's list).
``LIVES=long`` lets more and longer lives pass: ``make test-long``.
"""

import os
from collections import Counter

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from departments import clock
from departments.permissions import FILE_REPORT, REVIEW_REPORT, SUPERVISE, rights_held
from minsheng.todo import services as todo
from minsheng.todo.entries import Kind
from projects.models import ExceptionEnd, ExceptionRequest, MonthlyReport
from projects.rules.reports import EDITABLE
from tests.minsheng.facts import FILE, REVIEW, Facts, State
from tests.minsheng.lives import FIRST as AUGUST
from tests.minsheng.lives import RIGHTS, Town
from tests.minsheng.todo.living import live

LONG = os.environ.get("LIVES") == "long"
LIVES, STEPS = (300, 60) if LONG else (8, 20)
# A short run says that something is wrong, a long one looks for the shortest life in which it is.
PHASES = list(Phase) if LONG else [Phase.explicit, Phase.reuse, Phase.generate]


# Who there is at first; each may hold more, and a fifth person anything.
FIRST = (
    [(FILE_REPORT, 0)],
    [(REVIEW_REPORT, 0)],
    [(SUPERVISE, None)],
    [(FILE_REPORT, 1), (REVIEW_REPORT, 1)],
    [],
)


@pytest.mark.django_db
@settings(
    max_examples=LIVES,
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(random=st.randoms(use_true_random=True), steps=st.integers(STEPS // 2, STEPS))
def test_every_to_do_is_what_rights_and_states_say(random, steps):
    with transaction.atomic():
        town = Town()
        for rights in FIRST:
            more = random.sample(RIGHTS, 1 if rights and random.random() < 0.3 else 0 if rights else 2)
            town.settle({*rights, *more})
        if random.random() < 0.5:
            _begin(town, random)
        everybody = [*town.people, town.administrator]
        for _ in range(steps):
            live(town, random)
            person = random.choice(everybody)
            assert listed(town, person) == expected(Facts(town.moment.date()), person.pk)
        found = {person: listed(town, person, counted=True) for person in everybody}
        assert found == {person: expected(Facts(town.moment.date()), person.pk) for person in everybody}
        _nothing_is_nobodys(town, found)
        person = random.choice(town.people)
        _try(town, person, set(found[person]))
        transaction.set_rollback(True)


def _begin(town, random):
    """A first month as it goes: a line is read, filed, and comes back with a remark at it; or it is assigned late."""
    files, reviews, office, reads = (town.fresh(one) for one in town.people[:4])
    item, month = town.items[0], AUGUST
    late = random.random() < 0.4
    if late:
        town.attempt(town.assign, office, item, None, month)
    else:
        town.attempt(town.contribute, reads, item, month, town.units[1])
    town.attempt(town.file, files, item, month)
    report = MonthlyReport.objects.get(sub_item=item, period__month=month)
    town.attempt(town.decide, reviews, report, "pass")
    if late:
        town.attempt(town.assign, office, item, town.units[1], month)
    if random.random() < 0.3:
        town.attempt(town.decide, office, report, "approve")
        town.attempt(town.office, office, report, "reopen", at_line=random.random() < 0.6)
    else:
        town.attempt(town.decide, office, report, "return", at_line=True)


# Comparing ------------------------------------------------------------------------------------------------------------


def listed(town, person, *, counted=False):
    """What the portal lists for the person, by kind and address; with ``counted`` its number is compared too."""
    person = town.fresh(person)
    with town.now():
        held = rights_held(person)
        board = todo.board_of(person, held, {})
        found = Counter((group.kind, entry.url) for group in board.groups for entry in group.entries)
        assert board.total == sum(found.values())
        assert not counted or todo.number(person, held) == board.total
    return found


def expected(facts, person):
    """The same from the tables."""
    found = Counter()
    for slot in facts.slots():
        state = slot.report.state if slot.report else None
        if slot.open and state in (None, State.DRAFT, State.RETURNED) and facts.holds(person, FILE, slot.unit):
            kind = Kind.RETURNED if state == State.RETURNED else Kind.FILE
            found[kind, reverse("filing:report", args=[slot.item.pk, f"{slot.period.month:%Y-%m}"])] += 1
    for slot, unit in facts.contributions():
        if facts.holds(person, FILE, unit):
            month = f"{slot.period.month:%Y-%m}"
            found[Kind.CONTRIBUTE, reverse("filing:contribute", args=[slot.item.pk, month, unit])] += 1
    for slot, unit, _told in facts.readings():
        if facts.holds(person, FILE, unit):
            month = f"{slot.period.month:%Y-%m}"
            found[Kind.READ_MONEY, reverse("filing:contribute", args=[slot.item.pk, month, unit])] += 1
    found += _of_reports(facts, person)
    found += _of_exceptions(facts, person)
    if facts.governs(person, "administer"):
        found += _empty_posts(facts)
    return found


def _of_exceptions(facts, person):
    """What was asked for, refused or ended early."""
    found = Counter()
    office = facts.governs(person, "supervise")
    for request in facts.requests:
        if request.state == "waiting" and office:
            found[Kind.ASKED, reverse("periods:request", args=[request.pk])] += 1
        refused = request.noted_at is None and (request.state == "refused" or _ended_and_owed(facts, request))
        if refused and facts.holds(person, FILE, request.department_id):
            found[Kind.REFUSED, reverse("filing:exception_noted", args=[request.pk])] += 1
    for end in ExceptionEnd.objects.filter(noted_at=None).select_related("exception"):
        if _is_owed(facts, end.exception, end.department_id, end.exception.ended_at) and facts.holds(
            person, FILE, end.department_id
        ):
            found[Kind.CUT_SHORT, reverse("filing:end_noted", args=[end.pk])] += 1
    for let_go in facts.let_go:
        stands = let_go.noted_at is None and let_go.event.report.state == State.DRAFT
        stands = stands and not any(slot.open and slot.report == let_go.event.report for slot in facts.slots())
        if stands and facts.holds(person, FILE, let_go.department_id):
            found[Kind.LET_GO, reverse("filing:let_go_noted", args=[let_go.pk])] += 1
    for kept in facts.kept:
        stands = kept.noted_at is None and facts.newest[kept.event.report_id].pk == kept.event_id
        if stands and facts.holds(person, FILE, kept.department_id):
            found[Kind.KEPT, reverse("filing:kept_noted", args=[kept.pk])] += 1
    return found


def _ended_and_owed(facts, request):
    """Whether what was granted was ended before its day, and something that it was for is locked and not filed."""
    if request.exception is None or request.exception.ended_at is None:
        return False
    return _is_owed(facts, request, request.department_id, request.exception.ended_at)


def _is_owed(facts, leave, unit, ended):
    """Whether something of ``unit`` that the request or exception ``leave`` is for is locked and not filed; not what
    was let go since it was ``ended``.
    """
    return any(
        not slot.open
        and not facts.is_let_go(slot.report, since=ended)
        and (slot.report is None or slot.report.state in EDITABLE)
        and (slot.period.pk, slot.unit) == (leave.period_id, unit)
        and leave.sub_item_id in (None, slot.item.pk)
        for slot in facts.slots()
    )


def _of_reports(facts, person):
    """What waits for a decision."""
    found = Counter()
    office = facts.governs(person, "supervise")
    for report in facts.reports.values():
        page = reverse("review:report", args=[report.pk])
        if report.state == State.UNIT_REVIEW:
            if facts.holds(person, REVIEW, report.department_id) and report.submitted_by_id != person:
                found[Kind.REVIEW, page] += 1
            if office and facts.is_stuck(report):
                found[Kind.STUCK, reverse("review:take_over", args=[report.pk])] += 1
        elif report.state == State.SUBMITTED and office:
            found[Kind.APPROVE, page] += 1
        elif office and facts.has_run_out(report):
            found[Kind.RUN_OUT, reverse("review:run_out", args=[report.pk])] += 1
    for pk in {report.pk for report in facts.to_recheck()} if office else ():
        found[Kind.RECHECK, reverse("review:recheck", args=[pk])] += 1
    return found


def _empty_posts(facts):
    """What an administrator is told: units and an office without anybody."""
    found = Counter()
    unfiled = (None, State.DRAFT, State.RETURNED)
    asked = {
        slot.unit for slot in facts.slots() if slot.open and (slot.report.state if slot.report else None) in unfiled
    }
    asked |= {unit for _slot, unit in facts.contributions()}
    asked |= {unit for _slot, unit, told in facts.readings() if told}
    for unit in asked:
        if not facts.anybody(FILE, unit):
            found[Kind.NO_FILER, reverse("office:unit", args=[unit])] += 1
    if not any(facts.governs(person, "supervise") for person in facts.active):
        area = next(iter(facts.items.values())).programme.jurisdiction_id
        found[Kind.NO_OFFICE, f"{reverse('office:people')}?area={area}"] += 1
    return found


def _nothing_is_nobodys(town, found):
    """What waits, waits in somebody's list, be it the administrator's, who is told of empty posts."""
    facts = Facts(town.moment.date())
    everywhere = sum(found.values(), Counter())
    kinds = {kind for kind, _url in everywhere}
    urls = {url for _kind, url in everywhere}
    for slot in facts.slots():
        if slot.open and (slot.report is None or slot.report.state in (State.DRAFT, State.RETURNED)):
            theirs = reverse("filing:report", args=[slot.item.pk, f"{slot.period.month:%Y-%m}"])
            assert theirs in urls or reverse("office:unit", args=[slot.unit]) in urls
    for slot, unit, told in facts.readings():
        theirs = reverse("filing:contribute", args=[slot.item.pk, f"{slot.period.month:%Y-%m}", unit])
        assert theirs in urls or reverse("office:unit", args=[unit]) in urls or not told
    for report in facts.reports.values():
        pages = {reverse(f"review:{page}", args=[report.pk]) for page in ("report", "take_over", "run_out")}
        waits = report.state in (State.UNIT_REVIEW, State.SUBMITTED) or facts.has_run_out(report)
        assert not waits or pages & urls or Kind.NO_OFFICE in kinds
    for request in facts.requests:
        asked = reverse("periods:request", args=[request.pk])
        assert request.state != "waiting" or asked in urls or Kind.NO_OFFICE in kinds
    told = {(one.event_id, one.department_id) for one in facts.let_go}
    gone = [step for step in facts.newest.values() if step.to_state == State.DRAFT]
    assert all((step.pk, unit) in told for step in gone for unit in facts.contributed_to(step.report_id))
    assert all((step.pk, step.report.department_id) in told for step in gone)
    told = {one.event_id for one in facts.kept if one.department_id == one.event.report.department_id}
    assert all(step.pk in told for step in facts.newest.values() if step.is_kept)
    _ends_are_told(facts)


def _ends_are_told(facts):
    """Where the last leave to file a month was ended early, the unit has been told: by what it had asked for, or by the
    end; of what was sent off since, the report itself tells.
    """
    told = set(ExceptionEnd.objects.values_list("exception__period", "department"))
    told |= {(one.period_id, one.department_id) for one in facts.requests if one.exception_id}
    for slot in facts.slots():
        leaves = [
            one
            for one in facts.exceptions
            if one.period_id == slot.period.pk and one.sub_item_id in (None, slot.item.pk) and one.department_id is None
        ]
        last = max(leaves, key=lambda one: (one.until, one.pk), default=None)
        begun = slot.report is not None and slot.report.pk in facts.newest
        if last is None or last.ended_at is None or slot.open or begun or slot.unit is None:
            continue
        if clock.local(last.ended_at).date() >= slot.period.locks_on:
            assert (slot.period.pk, slot.unit) in told


# Trying ---------------------------------------------------------------------------------------------------------------


def _possible(town, step, *args, **kwargs):
    """Whether the step would be possible now; it leaves nothing behind."""
    with transaction.atomic():
        done = town.attempt(step, *args, **kwargs)
        transaction.set_rollback(True)
    return done


def _try(town, person, there):
    """What the person can do next of what others would wait for is what he finds listed."""
    person = town.fresh(person)
    facts = Facts(town.moment.date())
    for slot in facts.slots():
        page = reverse("filing:report", args=[slot.item.pk, f"{slot.period.month:%Y-%m}"])
        can = _possible(town, town.file, person, slot.item, slot.period.month)
        assert can == ((Kind.FILE, page) in there or (Kind.RETURNED, page) in there)
    for slot in facts.slots():
        for unit in town.units:
            page = reverse("filing:contribute", args=[slot.item.pk, f"{slot.period.month:%Y-%m}", unit.pk])
            sent = slot.report is not None and (slot.report.pk, unit.pk) in facts.contributed
            can = _possible(town, town.contribute, person, slot.item, slot.period.month, unit)
            unasked = facts.is_reopened(slot) or facts.states_own_share(slot, unit)
            asked = (Kind.CONTRIBUTE, page) in there or (Kind.READ_MONEY, page) in there
            assert can if asked else (sent or unasked or not can)
    for report in facts.reports.values():
        page = reverse("review:report", args=[report.pk])
        reviews, approves = (Kind.REVIEW, page) in there, (Kind.APPROVE, page) in there
        assert _possible(town, town.decide, person, report, "pass") == reviews
        assert _possible(town, town.decide, person, report, "return") == (reviews or approves)
        approvable = approves and not facts.holds_up(report)
        assert _possible(town, town.decide, person, report, "approve") == approvable
        for step, kind, name in (
            ("take-over", Kind.STUCK, "take_over"),
            ("let-go", Kind.RUN_OUT, "run_out"),
            ("right", Kind.RECHECK, "recheck"),
        ):
            listed_ = (kind, reverse(f"review:{name}", args=[report.pk])) in there
            again = facts.did_already(person.pk, report, step)  # his own click once more
            assert again or _possible(town, town.office, person, report, step) == listed_
    for request in ExceptionRequest.objects.filter(state="waiting"):
        can = _possible(town, town.answer, person, request, grant=False)
        assert can == ((Kind.ASKED, reverse("periods:request", args=[request.pk])) in there)
    assert MonthlyReport.objects.count() == len(facts.reports)
