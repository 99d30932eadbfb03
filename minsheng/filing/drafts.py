"""Keeping a draft: by hand or while it is typed, by one person or by two at once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import clock
from departments.errors import Conflict, DomainError
from departments.models import User
from funding.services import readings
from minsheng.filing.content import Content, content_of
from minsheng.filing.merge import JOINABLE, Opened, base_of, digest, flat, merge
from minsheng.filing.services import (
    Sheet,
    fresh,
    narrowed,
    settled,
    starting_of,
    with_newest_contributions,
    with_others_money,
)
from projects.models import MonthlyReport
from projects.rules.reports import EDITABLE
from projects.services import reports


@dataclass(frozen=True)
class Clash:
    """A field that two forms changed at once: what was typed, and what the other one saved, who and when.

    ``own``: the other one is another window of the same person.
    """

    field: str
    mine: Any
    theirs: Any
    who: str
    when: str
    own: bool = False

    @property
    def seen(self) -> str:
        return digest(self.theirs)

    @property
    def can_join(self) -> bool:
        return self.field in JOINABLE and bool(self.mine) and bool(self.theirs)


class FieldsConflict(Conflict):
    """The same fields were changed by somebody else meanwhile; nothing was written."""

    def __init__(self, clashes: list[Clash]) -> None:
        self.clashes = clashes
        first = clashes[0]
        if first.own:
            told = _(
                "You changed the same field in another window at %(when)s. Nothing was overwritten: choose below,"
                " then save again."
            )
        else:
            told = _(
                "%(who)s changed the same field at %(when)s. Nothing was overwritten: choose below, then save again."
            )
        super().__init__(told % {"who": first.who, "when": first.when})


@dataclass(frozen=True)
class Saved:
    """A draft as it stands after saving; ``theirs`` are fields that others changed and this form does not show."""

    report: MonthlyReport
    content: Content
    theirs: list[str]


@transaction.atomic
def save_draft(sheet: Sheet, content: Content, *, by: User, seen_version: int, opened: Opened | None = None) -> Saved:
    """Keep what was typed, merged field by field with what others saved meanwhile (``minsheng.filing.merge``).

    Nothing is checked but that it is this unit's turn. ``opened`` is what the form began with; without it, a form of
    an older version than the present one may change nothing that differs. Raises ``FieldsConflict``.
    """
    if not sheet.is_open:
        raise DomainError(_("This period is locked: ask the supervision office for an exception."))
    report = reports.start(sheet.sub_item, sheet.period)
    reports.lock(report, allowed=EDITABLE)
    sheet = with_newest_contributions(replace(sheet, report=report), report)
    stored = content_of(fresh(report))
    present = with_others_money(sheet, stored) if report.version else starting_of(sheet)
    opened = opened or Opened()
    if opened.base is None and seen_version == report.version:
        opened = replace(opened, base=base_of(present))
    merged = merge(opened, present, narrowed(sheet, content), marks=report.edits)
    if merged.clashes:
        raise FieldsConflict([_clash(report, name, content, present, by=by) for name in merged.clashes])
    kept = settled(sheet, merged.content)
    before, after = flat(stored), flat(kept)
    changed = [name for name, value in after.items() if digest(value) != digest(before.get(name))]
    if changed or not report.version:
        reports.revise(
            report,
            by=by,
            seen_version=report.version,
            content=kept.text(),
            targets=kept.targets,
            changed=changed,
            form=opened.editor,
        )
        readings.revise(report, kept.money)
    return Saved(report, kept, merged.theirs)


def _clash(report: MonthlyReport, name: str, typed: Content, present: Content, *, by: User) -> Clash:
    mark = report.edits.get(name, {})
    at = datetime.fromisoformat(mark["at"]) if mark else report.edited_at or clock.now()
    who = mark.get("by") or str(report.edited_by or "")
    own = mark["person"] == str(by.pk) if "person" in mark else report.edited_by == by
    return Clash(name, flat(typed).get(name), flat(present).get(name), who, f"{clock.local(at):%H:%M}", own)
