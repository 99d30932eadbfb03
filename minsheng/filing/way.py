"""The way of a report: the stations before and behind it, and the steps it has taken, ready to be drawn."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from minsheng.words import near_moment
from projects.models import MonthlyReport, ReportEvent

State = MonthlyReport.State
DONE, CURRENT, RETURNED, TODO = "done", "current", "returned", "todo"
# How many of the three stations lie behind a report in each state.
BEHIND: Final = {State.DRAFT: 0, State.RETURNED: 0, State.UNIT_REVIEW: 1, State.SUBMITTED: 2, State.APPROVED: 3}


TONES: Final = {State.APPROVED: "green", State.RETURNED: "yellow", State.SUBMITTED: "blue", State.UNIT_REVIEW: "blue"}


@dataclass(frozen=True)
class Step:
    """A station, as ``components/steps.html`` draws it."""

    label: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class Event:
    """A step that was taken, as ``components/timeline.html`` draws it; ``told`` is its comment where there is room for
    one line only.
    """

    at: datetime
    title: str
    actor: str
    comment: str
    tone: str
    is_return: bool = False
    remarks: Sequence[Mapping[str, str]] = ()
    told: str = ""


def taken(
    events: Iterable[ReportEvent], *, insider: bool = True, above: Collection[ReportEvent | None] = ()
) -> list[Event]:
    """The steps, in order; the reasons of returns only for an ``insider`` (design §4). What was said with those that
    stand ``above`` on the page is not said again.
    """
    return [
        _said_above(_taken(event, insider=insider)) if event in above else _taken(event, insider=insider)
        for event in events
    ]


def _taken(event: ReportEvent, *, insider: bool) -> Event:
    may_read = insider or event.to_state != State.RETURNED
    return Event(
        at=event.at,
        title=event.title,
        actor=event.who,
        comment=event.comment if may_read else "",
        tone=TONES.get(State(event.to_state), "grey"),
        is_return=event.to_state == State.RETURNED,
        remarks=event.remarks if insider else (),
        told=event.told if may_read else "",
    )


def _said_above(step: Event) -> Event:
    return replace(step, comment=_("The reason stands at the top of this page."), remarks=())


def way_of(report: MonthlyReport | None, events: Sequence[ReportEvent], *, reviewed: bool) -> list[Step]:
    """Filing, the unit's review where one of its reviewers looks at it first (``reviewed``), the office, approved."""
    state = State(report.state) if report else State.DRAFT
    behind = BEHIND[state]
    passed = {event.to_state: event for event in _counting(events) if event.to_state != State.RETURNED}
    stations = [
        (_("The unit fills in"), passed.get(State.UNIT_REVIEW) or passed.get(State.SUBMITTED)),
        (_("The unit reviews"), passed.get(State.SUBMITTED)),
        (_("The office reviews"), passed.get(State.APPROVED)),
    ]
    steps = []
    for place, (label, event) in enumerate(stations):
        if place == 1 and not reviewed:
            continue
        if place < behind:
            steps.append(Step(label, DONE, _note(event)))
        elif place == behind:
            steps.append(Step(label, RETURNED if state == State.RETURNED else CURRENT))
        else:
            steps.append(Step(label, TODO))
    return [*steps, Step(_("Approved"), DONE if state == State.APPROVED else TODO)]


def _counting(events: Iterable[ReportEvent]) -> list[ReportEvent]:
    """Without what came between an approval and the step that kept it: it does not count."""
    found: list[ReportEvent] = []
    for event in events:
        if event.is_kept:
            while found and found[-1].to_state != State.APPROVED:
                found.pop()
        found.append(event)
    return found


def _note(event: ReportEvent | None) -> str:
    if event is None:
        return ""
    return f"{near_moment(event.at)} {event.who}"
