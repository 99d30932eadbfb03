"""The random steps of a town's life: whoever may nearly always takes them, and what is possible more often than not."""

from hypothesis import note

from projects.models import FilingException
from projects.rules.reports import EDITABLE, SUBMISSION
from tests.minsheng.facts import FILE, REVIEW, Facts, State
from tests.minsheng.lives import RIGHTS


def live(town, random):
    """One random step, more likely one that is possible than one that is refused."""
    facts = Facts(town.moment.date())
    names = random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))
    note(f"{town.moment:%m-%d} {names[0].__name__}")
    names[0](town, random, facts)


def _person(town, random, able):
    """One of those who may, nearly always where there is one; else anybody."""
    found = [person for person in town.people if able(person.pk)] if random.random() < 0.9 else []
    return town.fresh(random.choice(found or town.people))


def _wait(town, random, _facts):
    town.wait(random.choice([1, 3, 6, 9, 15]))


def _file(town, random, facts):
    slots = [slot for slot in facts.slots() if slot.open and (slot.report is None or slot.report.state in EDITABLE)]
    slots = slots or list(facts.slots())
    if not slots:
        return
    slot = random.choice(slots)
    person = _person(town, random, lambda one: facts.holds(one, FILE, slot.unit))
    step, nil = random.choice([town.save, town.file, town.file]), random.random() < 0.3
    town.attempt(step, person, slot.item, slot.period.month, random.choice([40, 50, 60]), nil=nil)


def _contribute(town, random, facts):
    every = [*facts.contributions(), *((slot, unit) for slot, unit, _told in facts.readings())]
    if every:
        slot, unit = random.choice(every)
        person = _person(town, random, lambda one: facts.holds(one, FILE, unit))
        unit = next(one for one in town.units if one.pk == unit)
        town.attempt(town.contribute, person, slot.item, slot.period.month, unit, send=random.random() < 0.7)


def _assign(town, random, facts):
    slots = [slot for slot in facts.slots() if slot.item.pk in town.lines]
    if slots:
        slot = random.choice(slots)
        person = _person(town, random, lambda one: facts.holds(one, FILE, slot.unit) or facts.governs(one, "supervise"))
        town.attempt(town.assign, person, slot.item, random.choice([*town.units, None]), slot.period.month)


def _decide(town, random, facts):
    waiting = [one for one in facts.reports.values() if one.state in SUBMISSION]
    if not waiting:
        return
    report = random.choice(waiting)
    within = report.state == State.UNIT_REVIEW
    step = random.choice(["pass", "return"] if within else ["approve", "approve", "return"])
    person = _person(
        town,
        random,
        lambda one: facts.holds(one, REVIEW, report.department_id) if within else facts.governs(one, "supervise"),
    )
    town.attempt(town.decide, person, report, step, at_line=random.random() < 0.6)


def _office(town, random, facts):
    if not facts.reports:
        return
    report = random.choice(list(facts.reports.values()))
    person = _person(town, random, lambda one: facts.governs(one, "supervise"))
    steps = {State.UNIT_REVIEW: ["take-over"], State.APPROVED: ["reopen", "reopen", "right"]}
    step = random.choice(steps.get(report.state, ["let-go", "more-time", "keep"]))
    town.attempt(town.office, person, report, step, at_line=random.random() < 0.6)


def _ask(town, random, facts):
    slots = [slot for slot in facts.slots() if not slot.open]
    if not slots:
        return
    slot = random.choice(slots)
    person = _person(town, random, lambda one: facts.holds(one, FILE, slot.unit))
    town.attempt(town.ask, person, slot.item, slot.period.month, everything=random.random() < 0.4)


def _answer(town, random, facts):
    open_ones = [one for one in facts.requests if one.noted_at is None and one.state != "granted"]
    if not open_ones:
        return
    request = random.choice(open_ones)
    if request.is_refused:
        person = _person(town, random, lambda one: facts.holds(one, FILE, request.department_id))
        town.attempt(town.note, person, request)
    else:
        person = _person(town, random, lambda one: facts.governs(one, "supervise"))
        town.attempt(town.answer, person, request, grant=random.random() < 0.5)


def _note_let_go(town, random, facts):
    open_ones = [one for one in facts.let_go if one.noted_at is None]
    if open_ones:
        let_go = random.choice(open_ones)
        person = _person(town, random, lambda one: facts.holds(one, FILE, let_go.department_id))
        town.attempt(town.note_let_go, person, let_go)


def _note_kept(town, random, facts):
    open_ones = [one for one in facts.kept if one.noted_at is None]
    if open_ones:
        kept = random.choice(open_ones)
        person = _person(town, random, lambda one: facts.holds(one, FILE, kept.department_id))
        town.attempt(town.note_kept, person, kept)


def _except(town, random, facts):
    person = _person(town, random, lambda one: facts.governs(one, "supervise"))
    if facts.exceptions and random.random() < 0.4:
        town.attempt(town.end, person, FilingException.objects.get(pk=facts.exceptions[-1].pk))
        return
    month = random.choice(list(facts.periods.values())).month
    town.attempt(town.except_, person, month, random.choice([None, *town.items]))


def _people(town, random, _facts):
    person = random.choice(town.people)
    if random.random() < 0.5:
        town.dismiss(person)
    else:
        town.turn(person, *random.choice(RIGHTS))


def _hand_over(town, random, facts):
    person = _person(town, random, lambda one: facts.governs(one, "supervise"))
    month = random.choice(list(facts.periods.values())).month
    town.attempt(town.hand_over, person, random.choice(town.items), random.choice(town.units), month)


def _withdraw(town, random, _facts):
    town.withdraw(random.choice(town.items))


WEIGHTS = {
    _wait: 5,
    _file: 8,
    _contribute: 3,
    _assign: 2,
    _decide: 6,
    _office: 4,
    _ask: 3,
    _answer: 3,
    _note_let_go: 0.5,
    _note_kept: 0.5,
    _except: 2,
    _people: 2,
    _hand_over: 2,
    _withdraw: 0.3,
}
