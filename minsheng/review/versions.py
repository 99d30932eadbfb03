"""What a report said each time it was submitted, two versions side by side with their differences marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import User
from minsheng.dashboard import words
from minsheng.filing.content import STAGE_WORDS as STAGES
from minsheng.filing.content import content_of, snapshot_of
from minsheng.filing.remarks import Asked
from minsheng.filing.services import Sheet
from minsheng.review.kept import submitted_since
from minsheng.review.services import reviews_for_unit
from projects.models import SET_ASIDE, MonthlyReport, ReportEvent
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


@dataclass(frozen=True)
class Version:
    """One submission: the how-manieth, by whom, when, and the return that answered it, if there was one."""

    number: int
    event: ReportEvent
    returned: ReportEvent | None = None

    @property
    def asked(self) -> Asked:
        """What was wrong with it, at which fields."""
        return Asked([self.returned] if self.returned else [])

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
    """The same entry of both versions, each in pieces; ``field`` is the one at which something is remarked."""

    field: str
    label: str
    before: list[Piece]
    after: list[Piece]

    @property
    def differs(self) -> bool:
        return any(piece.changed for piece in (*self.before, *self.after))


def versions_of(report: MonthlyReport, user: User) -> list[Version]:
    """The submissions, oldest first. The office reads what reached it; the unit's reviewer all that he was given."""
    return versions_in(list(report.events.order_by("pk")), within=reviews_for_unit(user, report))


def versions_in(events: Sequence[ReportEvent], *, within: bool) -> list[Version]:
    """The submissions among ``events``, in order, for readers ``within`` the unit or in the office."""
    found: list[Version] = []
    for event in events:
        submitted = event.to_state in SUBMISSION and event.from_state in EDITABLE
        if submitted if within else event.to_state == State.SUBMITTED:
            found.append(Version(len(found) + 1, event))
        elif event.to_state == State.RETURNED and found and (within or event.from_state != State.UNIT_REVIEW):
            found[-1] = replace(found[-1], returned=event)
    return found


def chosen(versions: Sequence[Version], before: str, after: str) -> tuple[Version, Version] | None:
    """The two that the address names by their numbers, else the last two; ``None`` where there are no two."""
    if len(versions) < 2:
        return None
    numbered = {str(version.number): version for version in versions}
    old, new = numbered.get(before, versions[-2]), numbered.get(after, versions[-1])
    return (old, new) if old.number <= new.number else (new, old)


def compared(before: Version, after: Version) -> list[Line]:
    """Every entry that either version has, in the order of the form."""
    return differences(before.event.snapshot, after.event.snapshot)


def content_lines(event: ReportEvent) -> list[Line]:
    """All that ``event`` kept of the report itself."""
    return [line for line in differences(event.snapshot, event.snapshot) if line.field]


def figures_in(event: ReportEvent) -> list[Line]:
    """The figures of what ``event`` kept: percent, targets and money."""
    return _figures(differences(event.snapshot, event.snapshot))


def corrected(approval: ReportEvent, newest: ReportEvent) -> list[Line]:
    """The figures that ``newest`` says otherwise than ``approval``, which was withdrawn."""
    return [line for line in _figures(differences(approval.snapshot, newest.snapshot)) if line.differs]


def unsent(returned: ReportEvent | None, sheet: Sheet) -> list[str]:
    """What the unit has written since its report came back and has not submitted: the names of the entries alone, for a
    draft's text is its unit's.
    """
    if sheet.report is None or returned is None:
        return []
    now = snapshot_of(content_of(sheet.report), targets=sheet.targets, lines=sheet.lines, warnings=[])
    return [line.label for line in differences(returned.snapshot, now) if line.differs and line.field]


def uncounted_in(steps: Sequence[ReportEvent]) -> tuple[ReportEvent, ReportEvent, list[Line]] | None:
    """Of a report's steps, in order: where the newest decision kept an earlier approval, that step, what the unit had
    submitted after that approval, and what of it the approval says otherwise.
    """
    decided = [one for one in steps if one.to_state == State.APPROVED or one.from_state in EDITABLE]
    if not decided or not decided[-1].is_kept:
        return None
    kept = decided[-1]
    for approval in [one for one in decided[:-1] if one.to_state == State.APPROVED][-1:]:
        sent = submitted_since((one for one in steps if one.pk < kept.pk), approval, within=True)
        return (kept, sent, told_otherwise(approval, sent)) if sent else None
    return None


def let_go_in(steps: Sequence[ReportEvent]) -> ReportEvent | None:
    """Of a report's steps, in order: by which the month was let go, unless it has been approved since."""
    found = [one for one in steps if one.to_state in (State.DRAFT, State.APPROVED)]
    return found[-1] if found and found[-1].to_state == State.DRAFT else None


def told_otherwise(approval: ReportEvent, sent: ReportEvent) -> list[Line]:
    """The entries of the report itself that ``sent`` says otherwise than ``approval``."""
    return [line for line in differences(approval.snapshot, sent.snapshot) if line.differs and line.field]


def set_aside_in(events: Sequence[ReportEvent]) -> tuple[ReportEvent, list[Line]] | None:
    """Of a report's steps, in order: where the newest decision kept an earlier approval, what the unit had written
    instead, beside it.
    """
    decided = [one for one in events if one.to_state == State.APPROVED or one.from_state in EDITABLE]
    last = decided[-1] if decided else None
    if last is None or not last.snapshot.get(SET_ASIDE):
        return None
    lines = [line for line in differences(last.snapshot, last.snapshot[SET_ASIDE]) if line.differs and line.field]
    return last, lines


def _figures(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.field == "percent" or line.field.startswith(("target_", "money_"))]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Line]:
    """The same of two snapshots."""
    lines = [_figure("nil_reason", _("nil report"), _yes(old.get("is_nil")), _yes(new.get("is_nil")))]
    lines.append(_figure("percent", _("Progress (%)"), _percent(old.get("percent")), _percent(new.get("percent"))))
    lines += _keyed("target", old.get("targets", ()), new.get("targets", ()), _targets)
    lines += _keyed("money", old.get("money", ()), new.get("money", ()), _money)
    factors = dict(MonthlyReport.Factor.choices)
    words_of = [str(factors.get(shot.get("factor", ""), "")) for shot in (old, new)]
    lines.append(_figure("factor", _("what mainly holds it up"), *words_of))
    for name, label in TEXTS.items():
        if old.get(name) or new.get(name):
            lines.append(_text(name, str(label), old.get(name) or "", new.get(name) or ""))
    lines += _contributions(old, new)
    return [line for line in lines if line.before or line.after]


def _contributions(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Line]:
    """What each unit contributed to either version: its text, its shares, the money it read."""
    left, right = ({one["unit"]: one for one in shot.get("contributions", ())} for shot in (old, new))
    lines = []
    for unit in dict.fromkeys([*left, *right]):
        before, after = left.get(unit, {}), right.get(unit, {})
        label = _("contribution of %(unit)s") % {"unit": unit}
        lines.append(_text("", label, before.get("text", ""), after.get("text", "")))
        was, now = ([one for one in shot.get("targets", ()) if one["value"] is not None] for shot in (before, after))
        figures = [
            *_keyed("", was, now, _targets),
            *_keyed("", before.get("money", ()), after.get("money", ()), _money),
        ]
        lines += [
            replace(one, field="", label=_("%(unit)s: %(figure)s") % {"unit": unit, "figure": one.label})
            for one in figures
        ]
    return lines


def _keyed(kind: str, old: Any, new: Any, values: Any) -> list[Line]:
    """A line for each figure of the targets or funding lines that either version names; two may be called the same."""
    left = {key: (label, value) for entry in old for key, label, value in values(entry)}
    right = {key: (label, value) for entry in new for key, label, value in values(entry)}
    nothing = ("", "")
    return [
        _figure(
            f"{kind}_{key[0]}", (right.get(key) or left[key])[0], left.get(key, nothing)[1], right.get(key, nothing)[1]
        )
        for key in dict.fromkeys([*left, *right])
    ]


def _targets(entry: dict[str, Any]) -> list[tuple[Any, str, str]]:
    value = f"{words.number(_decimal(entry['value']))} {entry.get('unit', '')}".strip()
    return [((entry["id"], ""), entry["text"], value)]


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


def _figure(field: str, label: str, before: str, after: str) -> Line:
    changed = before != after
    return Line(
        field,
        label,
        [Piece(before, changed)] if before else [],
        [Piece(after, changed)] if after else [],
    )


def _text(field: str, label: str, before: str, after: str) -> Line:
    """Character by character; a few equal ones between changes are noise and belong to the change."""
    old: list[Piece] = []
    new: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        changed = tag != "equal"
        if before[a:b]:
            old.append(Piece(before[a:b], changed))
        if after[c:d]:
            new.append(Piece(after[c:d], changed))
    return Line(field, label, old, new)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _percent(value: str | None) -> str:
    return "" if value is None else words.percent(Decimal(value))


def _yes(value: Any) -> str:
    return _("yes") if value else ""
