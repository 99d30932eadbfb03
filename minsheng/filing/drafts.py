"""Keeping a draft: by hand or while it is typed, by one person or by two at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import clock
from departments.errors import Conflict, DomainError
from departments.models import User
from funding.services import readings
from funding.services.readings import STAGES
from minsheng.filing.content import TEXT_LENGTH, Content, content_of
from minsheng.filing.merge import JOINABLE, Opened, base_of, digest, flat, joined_too_long, merge
from minsheng.filing.services import Sheet, fresh, planned_now, with_newest_contributions
from minsheng.filing.settled import narrowed, present_of, settled
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
    """The same fields were changed by somebody else meanwhile; nothing was written. ``elsewhere`` is what stands in
    fields that were changed there alone, ``own`` those of them that the same person changed in another window.
    """

    def __init__(
        self,
        clashes: list[Clash],
        told: str = "",
        *,
        elsewhere: Mapping[str, Any] | None = None,
        own: frozenset[str] = frozenset(),
    ) -> None:
        self.clashes, self.elsewhere, self.own = clashes, elsewhere or {}, own
        super().__init__(told or self._told(clashes[0]))

    @staticmethod
    def _told(first: Clash) -> str:
        if first.own:
            told = _(
                "You changed the same field in another window at %(when)s. Nothing was overwritten: choose below,"
                " then save again."
            )
        else:
            told = _(
                "%(who)s changed the same field at %(when)s. Nothing was overwritten: choose below, then save again."
            )
        return told % {"who": first.who, "when": first.when}


class TooLong(FieldsConflict):
    """Two texts that were to be joined are longer together than their box; nothing was written."""

    def __init__(self, clash: Clash, joined: Content, limit: int) -> None:
        told = _("Both texts together have %(count)d characters, at most %(limit)d: choose one, or shorten yours.")
        super().__init__([clash], told % {"count": len(flat(joined)[clash.field]), "limit": limit})


@dataclass(frozen=True)
class Saved:
    """A draft as it stands after saving; ``theirs`` are fields that others changed and this form does not show, lines
    that other units have read since it was opened among them; ``own`` those that the same person changed, in another
    window. ``clashes`` are fields that were left as they stood.
    """

    report: MonthlyReport
    content: Content
    theirs: list[str]
    clashes: Sequence[Clash] = ()
    own: frozenset[str] = frozenset()


@transaction.atomic
def save_draft(
    sheet: Sheet,
    content: Content,
    *,
    by: User,
    seen_version: int,
    opened: Opened | None = None,
    partly: bool = False,
) -> Saved:
    """Keep what was typed, merged field by field with what others saved meanwhile (``minsheng.filing.merge``).

    Nothing is checked but that it is this unit's turn. ``opened`` is what the form began with; without it, a form of
    an older version than the present one may change nothing that differs. Raises ``FieldsConflict``; a form that saves
    itself keeps all that does not clash (``partly``), and chooses nothing.
    """
    if not sheet.is_open:
        raise DomainError(_("This period is locked: ask the supervision office for an exception."))
    report = reports.start(sheet.sub_item, sheet.period, seen_unit=sheet.unit)
    reports.lock(report, allowed=EDITABLE)
    now = with_newest_contributions(planned_now(replace(sheet, report=fresh(report))), report)
    present = present_of(now)
    opened = unsettled(opened) if partly else opened or Opened()
    if opened.base is None and seen_version == report.version:
        opened = replace(opened, base=base_of(present))
    typed = narrowed(now, content)
    _refuse_ground_lost(opened, content, before=sheet, now=now)
    # What other units read is theirs, whatever this form still shows of it.
    others = {pk: present.money[pk] for pk in now.assigned}
    typed = replace(typed, money={**typed.money, **others})
    before = Standing(present, report.edits, report.edited_by, report.edited_at)
    merged = merged_with(before, typed, opened=opened, by=by, limit=TEXT_LENGTH, partly=partly)
    kept = settled(now, merged.content)
    own = replace(kept, money={pk: one for pk, one in kept.money.items() if pk not in others})
    stood, stands = flat(content_of(fresh(report))), flat(own)
    changed = [name for name, value in stands.items() if digest(value) != digest(stood.get(name))]
    if changed or not report.version:
        reports.revise(
            report,
            by=by,
            seen_version=report.version,
            content=own.text(),
            targets=own.targets,
            changed=changed,
            form=opened.editor,
        )
        # What stood in a line before it was assigned to another unit stays: it is there again if the line comes back.
        readings.revise(report, own.money)
    read = [name for name in fields_of(others) if (opened.base or {}).get(name) not in (None, digest(flat(kept)[name]))]
    return Saved(report, kept, [*merged.theirs, *read], merged.clashes, merged.own)


def unsettled(opened: Opened | None) -> Opened:
    """As a form that saves itself was opened: a choice that its writer is about to make is made when he saves."""
    return replace(opened or Opened(), choices={})


@dataclass(frozen=True)
class Standing:
    """What stands in the database, and who wrote which field of it; ``editor`` wrote ``at`` what bears no mark."""

    content: Content
    marks: Mapping[str, Mapping[str, str]]
    editor: User | None
    at: datetime | None


@dataclass(frozen=True)
class Joined:
    """``content`` is what is kept of both; ``theirs``, ``own`` and ``clashes`` as on ``Saved``."""

    content: Content
    theirs: list[str]
    own: frozenset[str]
    clashes: list[Clash]


def merged_with(standing: Standing, typed: Content, *, opened: Opened, by: User, limit: int, partly: bool) -> Joined:
    """What ``by`` has ``typed`` into a form that was ``opened`` so, merged with what stands by now.

    Raises ``FieldsConflict`` for what clashes, but not where all else may be kept (``partly``): figures beside a nil
    report belong together. ``TooLong`` where joined texts are longer than ``limit``.
    """
    merged = merge(opened, standing.content, typed, marks=standing.marks)

    def clash(name: str) -> Clash:
        return _clash_of(name, typed, standing, by=by)

    clashes = [clash(name) for name in merged.clashes]
    own = frozenset(name for name in merged.theirs if _is_own(name, standing, by))
    if clashes and not (partly and all(one.field != "is_nil" for one in clashes)):
        raise FieldsConflict(clashes, elsewhere={name: flat(merged.content)[name] for name in merged.theirs}, own=own)
    for name in joined_too_long(opened, merged.content, limit):
        raise TooLong(clash(name), merged.content, limit)
    return Joined(merged.content, merged.theirs, own, clashes)


def fields_of(lines: Iterable[int]) -> list[str]:
    """The names of the fields of money lines."""
    return [f"{stage}_{pk}" for pk in lines for stage in STAGES]


def _refuse_ground_lost(opened: Opened, typed: Content, *, before: Sheet, now: Sheet) -> None:
    """A line that was assigned while this form was on its way is another unit's, a target or a line that left the plan
    is nobody's: what was typed in it is not lost.
    """
    said, base = flat(typed), opened.base or {}
    moved = fields_of(now.assigned.keys() - before.assigned.keys())
    if any(base.get(name) != digest(said.get(name)) for name in moved):
        raise Conflict(_("A money line was assigned to another unit meanwhile. Nothing was saved; see below."))
    gone = {f"target_{one.pk}" for one in before.targets} - {f"target_{one.pk}" for one in now.targets}
    gone |= set(fields_of({one.pk for one in before.lines} - {one.pk for one in now.lines}))
    if any(name in base and base[name] != digest(said.get(name)) for name in gone):
        raise Conflict(_("The plan was changed meanwhile: what is asked is another. Nothing was saved; see below."))


def _is_own(name: str, standing: Standing, by: User) -> bool:
    mark = standing.marks.get(name)
    return mark["person"] == str(by.pk) if mark and "person" in mark else standing.editor == by


def _clash_of(name: str, typed: Content, standing: Standing, *, by: User) -> Clash:
    """The field ``name`` as ``by`` typed it beside what stands there."""
    mark = standing.marks.get(name)
    when = datetime.fromisoformat(mark["at"]) if mark else standing.at or clock.now()
    who = mark["by"] if mark else str(standing.editor or "")
    return Clash(
        name,
        flat(typed).get(name),
        flat(standing.content).get(name),
        who,
        f"{clock.local(when):%H:%M}",
        _is_own(name, standing, by),
    )
