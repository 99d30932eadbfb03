"""What reviewers asked for as they returned a report: overall, and at the fields it concerns."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments import language
from departments.errors import DomainError
from funding.models import FundingLine
from funding.services.readings import STAGES
from projects.models import ContributionVersion, MonthlyReport, ReportEvent, ReportingPeriod
from projects.rules.reports import EDITABLE, SUBMISSION

if TYPE_CHECKING:
    from minsheng.filing.services import Sheet

State = MonthlyReport.State
PERCENT: Final = "percent"
TEXTS: Final[dict[str, Promise]] = {
    "progress": _("Progress this month"),
    "problems": _("Problems"),
    "next_steps": _("Next steps"),
    "reason": _("Reason for the fall or the lag"),
    "factor": _("What mainly holds it up"),
    "measure": _("Measure to catch up"),
    "measure_by": _("Caught up by"),
    "nil_reason": _("Why nothing changed"),
}
TEXT_LENGTH: Final = 1000


@dataclass(frozen=True)
class Said:
    """A remark at a field, with who made it and when."""

    field: str
    label: str
    text: str
    who: str
    at: datetime

    @property
    def words(self) -> str:
        """With the field that it concerns, on one line."""
        return gettext("%(label)s: %(text)s") % {"label": self.label, "text": self.text}

    @property
    def anchor(self) -> str:
        """Where the field stands in the unit's form."""
        return f"line-{self.field.replace('_', '-')}" if self.field.startswith("money_") else f"id_{self.field}"


@dataclass(frozen=True)
class Asked:
    """What is asked for at present, by the returns that nobody has answered for yet, the oldest first. ``past`` are
    all returns since the last approval: what was remarked at a line that another unit reads stands until that unit
    answers (``older``). ``only`` are the remarks that a reader is concerned with, where these are not all. ``let_go``:
    the office has waited for it no longer since; what it asked for stands, should the month be filed all the same.
    """

    returns: Sequence[ReportEvent]
    past: Sequence[ReportEvent] = ()
    only: "Sequence[tuple[ReportEvent, list[Said]]] | None" = None
    older: Sequence[Said] = ()
    let_go: ReportEvent | None = None

    def __bool__(self) -> bool:
        return bool(self.returns if self.only is None else self.only)

    @cached_property
    def by_return(self) -> list[tuple[ReportEvent, list[Said]]]:
        if self.only is not None:
            return list(self.only)
        return [(event, said_in(event)) for event in self.returns]

    @cached_property
    def every(self) -> list[Said]:
        return [one for _event, said in self.by_return for one in said]

    def at(self, field: str) -> list[Said]:
        return [one for one in (*self.older, *self.every) if one.field == field]

    @property
    def boxes(self) -> frozenset[str]:
        """The fields of the unit's form that are concerned; a money line is all its boxes."""
        boxes: set[str] = set()
        for one in (*self.older, *self.every):
            kind, _line, key = one.field.partition("_")
            boxes |= {f"{stage}_{key}" for stage in STAGES} if kind == "money" else {one.field}
        return frozenset(boxes)

    @property
    def due_again_on(self) -> date | None:
        """By when the report is due again, as the office's return says; no day once it was let go."""
        if self.let_go is not None:
            return None
        return max((day for event in self.returns if (day := event.due_again_on)), default=None)

    def due_on(self, period: ReportingPeriod) -> date:
        """By when the report of ``period`` is due: returned in time it has until the period's own day all the same."""
        return max(self.due_again_on or period.due_on, period.due_on)


def fields_of(sheet: "Sheet") -> dict[str, str]:
    """Everything of a report at which a remark can be made: the key of the field and what it is called."""
    percent = {} if sheet.by_milestones else {PERCENT: str(_("Progress (%)"))}
    targets = {f"target_{target.pk}": target.text for target in sheet.targets}
    money = {f"money_{line.pk}": str(line) for line in sheet.lines}
    return {**percent, **targets, **money, **{name: str(label) for name, label in TEXTS.items()}}


def remarks_of(sheet: "Sheet", texts: Mapping[str, str]) -> list[dict[str, str]]:
    """The remarks as their event keeps them, in the order of the form; empty ones are none."""
    with language.of_the_office():
        labels = fields_of(sheet)
    if texts.keys() - labels.keys():
        raise DomainError(str(_("The report no longer has a field at which something was remarked: look at it again.")))
    return [
        {"field": field, "label": label, "text": text}
        for field, label in labels.items()
        if (text := texts.get(field, "").strip())
    ]


def unanswered(asked: Asked, lines: Iterable[FundingLine], newest: ContributionVersion | None) -> list[Said]:
    """Remarks at money lines that the unit which reads ``lines`` has not answered for: it has submitted nothing since,
    ``newest`` being what it submitted last.
    """
    after = newest.after if newest else 0
    fields = {f"money_{line.pk}" for line in lines}
    later = [event for event in asked.past if event.pk > after]
    return [one for event in later for one in said_in(event) if one.field in fields]


def unanswered_of(sheet: "Sheet") -> dict[str, str]:
    """The units that have not answered for what a return remarked at the line they read, by the line's key. One query
    where the report has come back and such lines are read elsewhere.
    """
    report = sheet.report
    if report is None or report.state not in EDITABLE or not sheet.assigned or sheet.first_submission is None:
        return {}
    asked = asked_of(list(report.events.defer("snapshot").order_by("pk")))
    readers = ((line, sheet.assigned[line.pk]) for line in sheet.lines if line.pk in sheet.assigned)
    return {str(line.pk): one.unit.full_name for line, one in readers if unanswered(asked, [line], one.newest)}


def still_open(asked: Asked, sheet: "Sheet", events: Iterable[ReportEvent]) -> Asked:
    """``asked`` with what earlier returns remarked at money lines and nobody has answered for: for the filing unit,
    which reads the line itself by now perhaps. ``events`` are the report's, with what they kept.
    """
    sent = [event for event in events if event.from_state in EDITABLE and event.to_state in SUBMISSION]
    left = sent[-1].snapshot.get("lines_unanswered", {}) if sent else {}
    earlier = replace(asked, past=[event for event in asked.past if event not in asked.returns])
    older: list[Said] = []
    for line in sheet.lines:
        reader = sheet.assigned.get(line.pk)
        if reader or str(line.pk) in left:
            older += unanswered(earlier, [line], reader.newest if reader else None)
    return replace(asked, older=older)


def concerning(
    asked: Asked, fields: Container[str], lines: Iterable[FundingLine], newest: ContributionVersion | None
) -> Asked:
    """Of ``asked`` what concerns a unit that reads ``lines`` and submitted ``newest`` last: what the returns say at
    ``fields``, and what earlier ones said at its lines and it has not answered for.
    """
    open_ = unanswered(asked, lines, newest)
    only = []
    for event in asked.past:
        asks = event in asked.returns
        said = [one for one in said_in(event) if one.field in fields and (asks or one in open_)]
        if said:
            only.append((event, said))
    return replace(asked, only=only)


def said_in(event: ReportEvent) -> list[Said]:
    return [Said(one["field"], one["label"], one["text"], event.who, event.at) for one in event.remarks]


def asked_of(events: Sequence[ReportEvent], *, within: bool = True) -> Asked:
    """Of ``events``, in order, what is still asked for: the office's last return, and a later one by the unit's own
    reviewer, which is for readers ``within`` the unit. What has been approved since asks for nothing; what was let go
    asks as before.
    """
    office: ReportEvent | None = None
    unit: ReportEvent | None = None
    let_go: ReportEvent | None = None
    past: list[ReportEvent] = []
    for event in events:
        if event.to_state == State.APPROVED:
            office, unit, let_go, past = None, None, None, []
        elif event.to_state == State.DRAFT:
            let_go = event
        elif event.to_state == State.RETURNED:
            let_go = None
            past.append(event)
            by_unit = event.from_state == State.UNIT_REVIEW
            office, unit = (office, event) if by_unit else (event, None)
    returns = [event for event in (office, unit if within else None) if event is not None]
    return Asked(returns, past, let_go=let_go)
