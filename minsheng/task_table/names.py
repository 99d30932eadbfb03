"""Names that leave open who is meant, answered once for all rows of a table: unknown ones, and open groups.

An answer lies over the rows until the commit (``answers``) and can be changed till then; nothing else of the portal
knows it before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.errors import Conflict, DomainError
from departments.models import DepartmentGroup, Jurisdiction, User
from departments.names import plain
from minsheng.task_table import answers, record
from minsheng.task_table.answers import NEW
from minsheng.task_table.compose import written_of
from minsheng.task_table.decisions import check
from minsheng.task_table.held import lock
from minsheng.task_table.match import Kind, Match, Resolver, resolver_of
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow

UNIT: Final = "unit"  # unit:<key>
GROUP: Final = "group"  # group:<key>


@dataclass
class OpenName:
    """A name that leaves open who is meant, with the rows of the sheet that hold it and the units it is like.

    ``said`` is what somebody answered; ``units`` of an open group, where all its rows name the same ones.
    """

    written: str
    kind: Kind
    near: tuple[int, ...] = ()
    rows: list[int] = field(default_factory=list)
    said: Mapping[str, Any] | None = None
    named: list[list[int]] = field(default_factory=list)

    @property
    def meaning(self) -> str:
        return str(self.said["meaning"]) if self.said else ""

    @property
    def units(self) -> list[int]:
        return self.named[0] if self.named and all(one == self.named[0] for one in self.named) else []

    @property
    def is_open(self) -> bool:
        return not all(self.named) if self.kind == Kind.OPEN else self.said is None


def names_of(rows: Iterable[StagedRow]) -> list[OpenName]:
    """Unknown names and open groups, answered or not, those of most rows first; spelled alike is the same name."""
    found: dict[str, OpenName] = {}
    for row in rows:
        named = row.decisions.get("named", {})
        for _role, match in written_of(row) if row.is_in else ():
            if match.kind not in (Kind.UNKNOWN, Kind.OPEN):
                continue
            if match.kind == Kind.UNKNOWN and named.get(match.written):
                continue  # answered for this row alone
            said = answers.answer_of(row.batch, match.written) if match.kind == Kind.UNKNOWN else None
            new = OpenName(match.written, match.kind, match.near, said=said)
            name = found.setdefault(plain(match.written), new)
            if row.row not in name.rows:
                name.rows.append(row.row)
                name.named.append(list(named.get(match.written, ())))
    return sorted(found.values(), key=lambda name: -len(name.rows))


def unanswered(rows: Iterable[StagedRow]) -> list[OpenName]:
    return [name for name in names_of(rows) if name.is_open]


@transaction.atomic
def answer(
    batch: ImportBatch, written: str, meaning: str, *, remember: bool = True, seen: str = "", by: User | None
) -> list[int]:
    """``written`` means this in every row: ``new``, ``unit:<key>``, ``group:<key>``, or nothing, then it is open again.

    Without ``remember`` (a slip of the pen in this table) no alias will be made. ``seen`` is what it meant when the
    person looked. Gives the rows of the sheet that hold it. Raises ``Conflict`` where somebody answered it meanwhile.
    """
    locked = lock(batch, {ImportBatch.State.STAGED})
    rows = list(locked.rows.order_by("position"))
    found = next((name for name in names_of(rows) if plain(name.written) == plain(written)), None)
    if found is None or found.kind != Kind.UNKNOWN:
        raise Conflict(_("“%(name)s” is no longer asked.") % {"name": written})
    if found.meaning not in (seen, meaning):
        person = found.said["by_name"] if found.said else ""
        raise Conflict(
            _("“%(name)s” was answered meanwhile by %(person)s.") % {"name": written, "person": person or "—"}
        )
    said = _said(locked, found, meaning, remember=remember, by=by) if meaning else None
    before = locked.names.pop(plain(written), None)
    if said:
        locked.names[plain(written)] = said
    locked.save(update_fields=["names"])
    _forget_keys(locked, rows)
    StagedRow.objects.bulk_update(rows, ["decisions"], batch_size=500)
    one = record.Said(None, written, before and before["meaning"], meaning)
    record.keep(locked, [one], step=ImportDecision.Step.NAME, by=by)
    return found.rows


@transaction.atomic
def name_group(
    batch: ImportBatch, written: str, units: Sequence[int], *, seen: Sequence[int], by: User | None
) -> list[int]:
    """These units are meant by an open group in every row that named ``seen``, or nobody. Gives rows of the sheet."""
    locked = lock(batch, {ImportBatch.State.STAGED})
    known = resolver_of(locked.jurisdiction).labels.keys() | answers.pending_units(locked).keys()
    if not set(units) <= known:
        raise DomainError(_("Choose among the units of the jurisdiction."))
    changed, said = [], []
    for row in locked.rows.order_by("position"):
        named = row.decisions.get("named", {})
        mine = [
            match.written
            for _role, match in written_of(row)
            if match.kind == Kind.OPEN and plain(match.written) == plain(written)
            if named.get(match.written, []) in ([], list(seen)) and named.get(match.written, []) != list(units)
        ]
        if row.is_in and mine:
            before = row.decisions
            kept = {name: keys for name, keys in named.items() if name not in mine}
            given = {name: list(units) for name in mine} if units else {}
            row.decisions = {"named": kept | given, "filing": row.decisions.get("filing")}
            changed.append(row)
            said.append(record.Said(row.row, written, before, row.decisions))
    check(changed)
    if changed:
        StagedRow.objects.bulk_update(changed, ["decisions"], batch_size=500)
        record.keep(locked, said, step=ImportDecision.Step.NAME, by=by)
    return [row.row for row in changed]


def _said(batch: ImportBatch, name: OpenName, meaning: str, *, remember: bool, by: User | None) -> dict[str, Any]:
    answers.check_name(name.written, meaning, remember=remember)
    return {
        "written": name.written,
        "meaning": meaning,
        "match": _match(batch, name.written, meaning).dump(),
        "remember": remember,
        "by_name": audit.signature(by),
        "at": clock.now().isoformat(),
    }


def _match(batch: ImportBatch, written: str, meaning: str) -> Match:
    resolver = resolver_of(batch.jurisdiction)
    if meaning == NEW:
        _refuse_taken(resolver, written)
        return Match(written, Kind.UNIT, (answers.free_key(batch),))
    kind, _colon, text = meaning.partition(":")
    key = int(text) if text.removeprefix("-").isdecimal() else 0
    if kind == UNIT and (key in resolver.labels or key in answers.pending_units(batch)):
        return Match(written, Kind.UNIT, (key,))
    if kind == GROUP and (group := resolver.group(key)):
        return resolver.match(group.name)
    raise DomainError(_("Choose among the units of the jurisdiction."))


def _refuse_taken(resolver: Resolver, written: str) -> None:
    if plain(written) in {plain(label) for label in resolver.labels.values()}:
        raise DomainError(_("A unit cannot be called “%(name)s”: the name is taken.") % {"name": written})


def _forget_keys(batch: ImportBatch, rows: Iterable[StagedRow]) -> None:
    """Where a unit is not to be made after all, nobody is left chosen by its key; an alias of it is asked again."""
    known = answers.pending_units(batch).keys()
    for name, said in list(batch.names.items()):
        if any(key < 0 and key not in known for key in said["match"]["units"]):
            del batch.names[name]
    batch.save(update_fields=["names"])
    for row in rows:
        if row.decisions:
            named = {
                written: [key for key in keys if key > 0 or key in known]
                for written, keys in row.decisions.get("named", {}).items()
            }
            filing = row.decisions.get("filing")
            row.decisions = {
                "named": {written: keys for written, keys in named.items() if keys},
                "filing": filing if not filing or filing > 0 or filing in known else None,
            }


def groups_of(jurisdiction: Jurisdiction) -> Sequence[DepartmentGroup]:
    return list(DepartmentGroup.objects.filter(jurisdiction=jurisdiction))
