"""What a report said each time it was submitted, two versions side by side with their differences marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import User
from minsheng.dashboard import words
from minsheng.review.services import reviews_for_unit
from projects.models import MonthlyReport, ReportEvent
from projects.rules.reports import EDITABLE, SUBMISSION

State = MonthlyReport.State
TEXTS: Final = {
    "progress": gettext_lazy("progress this month"),
    "problems": gettext_lazy("problems"),
    "next_steps": gettext_lazy("next steps"),
    "reason": gettext_lazy("reason for the fall or the lag"),
    "measure": gettext_lazy("measure to catch up"),
    "measure_by": gettext_lazy("caught up by"),
    "nil_reason": gettext_lazy("why nothing changed"),
}
STAGES: Final = {
    "applied": gettext_lazy("applied for"),
    "secured": gettext_lazy("secured"),
    "spent": gettext_lazy("spent"),
}


@dataclass(frozen=True)
class Version:
    """One submission: the how-manieth, by whom, when; what became of it is said by the steps."""

    number: int
    event: ReportEvent

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def label(self) -> str:
        return _("Version %(number)d") % {"number": self.number}


@dataclass(frozen=True)
class Piece:
    """Some characters; ``changed``: the other version does not have them."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Line:
    """The same entry of both versions, each in pieces."""

    label: str
    before: list[Piece]
    after: list[Piece]
    is_text: bool = False

    @property
    def differs(self) -> bool:
        return any(piece.changed for piece in (*self.before, *self.after))


def versions_of(report: MonthlyReport, user: User) -> list[Version]:
    """The submissions, oldest first. The office reads what reached it; the unit's reviewer all that he was given."""
    within = reviews_for_unit(user, report)
    events = [
        event
        for event in report.events.order_by("pk")
        if (
            event.from_state in EDITABLE and event.to_state in SUBMISSION
            if within
            else event.to_state == State.SUBMITTED
        )
    ]
    return [Version(number, event) for number, event in enumerate(events, start=1)]


def chosen(versions: Sequence[Version], before: str, after: str) -> tuple[Version, Version] | None:
    """The two that the address names by their numbers, else the last two; ``None`` where there are no two."""
    if len(versions) < 2:
        return None
    numbered = {str(version.number): version for version in versions}
    old, new = numbered.get(before, versions[-2]), numbered.get(after, versions[-1])
    return (old, new) if old.number <= new.number else (new, old)


def compared(before: Version, after: Version) -> list[Line]:
    """Every entry that either version has, in the order of the form."""
    old, new = before.event.snapshot, after.event.snapshot
    lines = [_figure(_("nil report"), _yes(old.get("is_nil")), _yes(new.get("is_nil")))]
    lines.append(_figure(_("Progress (%)"), _percent(old.get("percent")), _percent(new.get("percent"))))
    lines += _keyed(old.get("targets", ()), new.get("targets", ()), _targets)
    lines += _keyed(old.get("money", ()), new.get("money", ()), _money)
    factors = dict(MonthlyReport.Factor.choices)
    words_of = [str(factors.get(shot.get("factor", ""), "")) for shot in (old, new)]
    lines.append(_figure(_("what mainly holds it up"), *words_of))
    for name, label in TEXTS.items():
        if old.get(name) or new.get(name):
            lines.append(_text(str(label), old.get(name) or "", new.get(name) or ""))
    return [line for line in lines if line.before or line.after]


def _keyed(old: Any, new: Any, values: Any) -> list[Line]:
    """A line for each figure of the targets or funding lines that either version names; two may be called the same."""
    left = {key: (label, value) for entry in old for key, label, value in values(entry)}
    right = {key: (label, value) for entry in new for key, label, value in values(entry)}
    nothing = ("", "")
    return [
        _figure((right.get(key) or left[key])[0], left.get(key, nothing)[1], right.get(key, nothing)[1])
        for key in dict.fromkeys([*left, *right])
    ]


def _targets(entry: dict[str, Any]) -> list[tuple[Any, str, str]]:
    value = f"{words.number(_decimal(entry['value']))} {entry.get('unit', '')}".strip()
    return [(entry["id"], entry["text"], value)]


def _money(entry: dict[str, Any]) -> list[tuple[Any, str, str]]:
    return [
        (
            (entry["id"], stage),
            _("%(line)s: %(stage)s") % {"line": entry["name"], "stage": label},
            words.stage(_decimal(entry[stage])),
        )
        for stage, label in STAGES.items()
        if stage != "applied" or entry[stage] is not None
    ]


def _figure(label: str, before: str, after: str) -> Line:
    changed = before != after
    return Line(
        label,
        [Piece(before, changed)] if before else [],
        [Piece(after, changed)] if after else [],
    )


def _text(label: str, before: str, after: str) -> Line:
    """Character by character; a few equal ones between changes are noise and belong to the change."""
    old: list[Piece] = []
    new: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        changed = tag != "equal"
        if before[a:b]:
            old.append(Piece(before[a:b], changed))
        if after[c:d]:
            new.append(Piece(after[c:d], changed))
    return Line(label, old, new, is_text=True)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _percent(value: str | None) -> str:
    return "" if value is None else words.percent(Decimal(value))


def _yes(value: Any) -> str:
    return _("yes") if value else ""
