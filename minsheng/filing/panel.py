"""The panel 协办情况: which units have contributed to a month and which have not, what they say, what was taken over
and what has changed since. ``panel_for`` asks for contacts, and for what units stated last; nothing else here asks the
database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from funding.money import show_wan
from minsheng.contacts import Contact, contacts_of
from minsheng.dashboard import words
from minsheng.filing.content import STAGE_WORDS, content_from
from minsheng.filing.contributions import Contributed, adds_up, counted_in, sum_of
from minsheng.filing.earlier import last_by_unit
from minsheng.filing.services import Sheet
from projects.models import MonthlyReport, Taking, Target

# The shares of a unit, by their targets' keys.
Lasts = Mapping[int, Decimal | None]


@dataclass(frozen=True)
class Taken:
    """The last taking over of a text or a share: by whom, when, which version; ``was`` where it says another now."""

    taking: Taking
    number: int
    was: str = ""

    @property
    def has_changed(self) -> bool:
        return bool(self.was)


@dataclass(frozen=True)
class Share:
    """A share that a contribution states, in words; ``last`` is what the unit stated before, empty where nothing."""

    name: str
    value: str
    last: str = ""
    fell: bool = False


@dataclass(frozen=True)
class Row:
    """A unit that has contributed. ``is_new``: its text was not taken over, or says something else since."""

    one: Contributed
    shares: list[Share]
    money: list[tuple[str, str]]
    taken: Taken | None

    @property
    def is_new(self) -> bool:
        return self.one.is_text_new


@dataclass(frozen=True)
class Missing:
    """A unit that is asked and has not contributed, with whom to call."""

    one: Contributed
    contacts: Sequence[Contact] = ()


@dataclass(frozen=True)
class Panel:
    rows: list[Row]
    missing: list[Missing] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return len(self.missing) + sum(row.one.is_asked for row in self.rows)

    @property
    def submitted(self) -> int:
        return self.asked - len(self.missing)

    @property
    def missing_leads(self) -> list[str]:
        """Co-leads that are missing are named wherever the panel is folded; the others are counted."""
        return [one.one.unit.full_name for one in self.missing if one.one.leads]

    @property
    def missing_others(self) -> int:
        return len(self.missing) - len(self.missing_leads)

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if row.is_new]


@dataclass(frozen=True)
class Part:
    """A unit's share of a target; ``was`` what it was when it was taken into the sum, empty where that is the same."""

    unit: str
    value: str
    was: str = ""


@dataclass(frozen=True)
class Shares:
    """What the units say of a target; ``total`` is none where their figures make no sum, ``missing`` are co-leads.

    ``asked`` is how many units might state a share; ``own`` whether the filing unit has stated one itself.
    """

    parts: list[Part]
    total: Decimal | None
    missing: list[str]
    taken: Taking | None = None
    asked: int = 0
    own: bool = False

    @property
    def changed(self) -> list[Part]:
        return [part for part in self.parts if part.was]


def panel_of(
    contributed: Iterable[Contributed],
    *,
    contacts: Mapping[int, Sequence[Contact]] | None = None,
    last: Mapping[int, Lasts] | None = None,
) -> Panel:
    """``last`` is what each unit (by its key) stated before; without it, as it stood when it submitted."""
    contributed = list(contributed)
    return Panel(
        rows=[
            row_of(one, last=None if last is None else last.get(one.unit.pk, {}))
            for one in contributed
            if one.is_submitted
        ],
        missing=[
            Missing(one, (contacts or {}).get(one.unit.pk, ()))
            for one in contributed
            if (one.is_asked or one.uncounted) and not one.is_submitted
        ],
    )


def panel_for(sheet: Sheet) -> Panel:
    """The panel of a report's page: while it is written, with whom to call where something is missing; else what of it
    counts. Until it is approved, shares stand beside what their units stated last as it is by now.
    """
    decided = sheet.report is not None and sheet.report.state == MonthlyReport.State.APPROVED
    stated = [one.unit.pk for one in sheet.contributed if one.shares]
    last = None if decided or not stated else _lasts(stated, sheet)
    if sheet.frozen is not None and "contributions" in sheet.frozen:
        return panel_of(counted_in(sheet.contributed, sheet.frozen), last=last)
    missing = [one.unit for one in sheet.contributed if one.is_asked and not one.is_submitted]
    return panel_of(sheet.contributed, contacts=contacts_of(missing) if sheet.is_editable else None, last=last)


def _lasts(units: Iterable[int], sheet: Sheet) -> dict[int, Lasts]:
    newest = last_by_unit(units, sheet.sub_item, sheet.period.month)
    return {one.contribution.department_id: content_from(one).targets for one in newest}


def shares_of(contributed: Iterable[Contributed], target: Target) -> Shares:
    """The shares of ``target``, and whether any of them has changed since the sum was taken over."""
    contributed = list(contributed)
    stated = [one for one in contributed if target.pk in one.shares]
    takings = [taken[0] for one in contributed if (taken := one.taken(target.pk))]
    return Shares(
        parts=[_part(one, target, summed=bool(takings)) for one in stated],
        total=sum_of(stated, target.pk) if adds_up(target) else None,
        missing=[one.unit.full_name for one in contributed if one.leads and one not in stated],
        taken=max(takings, key=lambda taking: taking.pk) if takings else None,
        asked=sum(bool(one.role) or (one.files and one in stated) for one in contributed),
        own=any(one.files for one in stated),
    )


def _part(one: Contributed, target: Target, *, summed: bool) -> Part:
    value, taken, was = one.shares[target.pk], one.taken(target.pk), ""
    if taken is not None:
        before = content_from(taken[1]).targets.get(target.pk)
        was = words.number(before) if before != value else ""
    elif summed:
        was = words.NOTHING
    return Part(one.unit.full_name, words.number(value), was)


def row_of(one: Contributed, *, last: Lasts | None = None) -> Row:
    """What a unit submitted, in words; ``last`` as for ``share_words``."""
    snapshot = one.newest.snapshot if one.newest else {}
    return Row(one, share_words(snapshot, last=last), money_words(snapshot), _taken(one))


def _taken(one: Contributed) -> Taken | None:
    taken = one.taken(None)
    if taken is None:
        return None
    taking, version = taken
    before = content_from(version).progress
    return Taken(taking, version.number, before if before != one.text else "")


def share_words(snapshot: Mapping[str, Any], *, last: Lasts | None = None) -> list[Share]:
    """The shares that a contribution states, in words, each with the one before: that of ``last`` (by its target's
    key), or what it was when the contribution was submitted.
    """
    found = []
    for target in snapshot.get("targets", ()):
        if target["value"] is not None:
            value, stood = Decimal(target["value"]), target.get("last")
            shown = f"{words.number(value)} {target.get('unit', '')}".strip()
            before = last.get(target["id"]) if last is not None else None if stood is None else Decimal(stood)
            found.append(
                Share(target["text"], shown, words.number(before, nothing=""), before is not None and value < before)
            )
    return found


def money_words(snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The amounts that a contribution states, by the line's name and stage, in 10,000 yuan."""
    return [
        (_("%(line)s: %(stage)s") % {"line": line["name"], "stage": label}, show_wan(Decimal(line[stage])))
        for line in snapshot.get("money", ())
        for stage, label in STAGE_WORDS.items()
        if line[stage] is not None
    ]
