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
from departments.bulk import update_rows
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


@dataclass(frozen=True)
class Answer:
    """What a person says of an unknown name: ``new``, ``unit:<key>``, ``group:<key>``, or nothing: it is open again.

    Without ``remember`` (a slip of the pen in this table) no alias will be made. ``seen`` is what it meant when the
    person looked.
    """

    written: str
    meaning: str
    remember: bool = True
    seen: str = ""


@dataclass(frozen=True)
class Members:
    """The units that a person says are meant by an open group, in every row that named ``seen``, or nobody."""

    written: str
    units: Sequence[int]
    seen: Sequence[int] = ()


class NotKept(DomainError):
    """Of several answers nothing was kept: ``errors`` leads from the place of each that cannot be to what is wrong."""

    def __init__(self, errors: Mapping[int, DomainError]) -> None:
        super().__init__(" ".join(str(error) for error in errors.values()))
        self.errors = errors


@transaction.atomic
def answer_all(batch: ImportBatch, given: Sequence[Answer | Members], *, by: User | None) -> list[int]:
    """Keep all these answers, each of another name, or none of them. Gives the rows of the sheet that they speak of.

    Raises ``NotKept``; where somebody answered one of the names meanwhile it holds a ``Conflict``.
    """
    locked = lock(batch, {ImportBatch.State.STAGED})
    rows = list(locked.rows.order_by("position"))
    stood = {row.pk: row.decisions for row in rows}
    asked = {plain(name.written): name for name in names_of(rows)}
    errors: dict[int, DomainError] = {}
    said: list[record.Said] = []
    spoken_of: set[int] = set()
    for place, one in enumerate(given):
        found = asked.get(plain(one.written))
        try:
            if isinstance(one, Members):
                of_rows = _name_group(locked, rows, one)
                said += of_rows.values()
                spoken_of.update(of_rows)
            else:
                said.append(_answer(locked, rows, found, one, by=by))
                spoken_of.update(found.rows if found else ())
        except DomainError as error:
            errors[place] = error
    if errors:
        raise NotKept(errors)
    changed = [row for row in rows if row.decisions != stood[row.pk]]
    update_rows(changed, ["decisions"])
    if said:
        touched = spoken_of | {row.row for row in changed}
        record.keep(locked, said, step=ImportDecision.Step.NAME, by=by, touched=touched)
    return sorted(spoken_of)


def answer(
    batch: ImportBatch, written: str, meaning: str, *, remember: bool = True, seen: str = "", by: User | None
) -> list[int]:
    """One such answer; raises what is wrong with it."""
    return _alone(batch, Answer(written, meaning, remember, seen), by=by)


def name_group(
    batch: ImportBatch, written: str, units: Sequence[int], *, seen: Sequence[int], by: User | None
) -> list[int]:
    """One such group; raises what is wrong with it."""
    return _alone(batch, Members(written, units, seen), by=by)


def _alone(batch: ImportBatch, one: Answer | Members, *, by: User | None) -> list[int]:
    try:
        return answer_all(batch, [one], by=by)
    except NotKept as error:
        raise error.errors[0] from None


def _answer(
    batch: ImportBatch, rows: Sequence[StagedRow], found: OpenName | None, one: Answer, *, by: User | None
) -> record.Said:
    if found is None or found.kind != Kind.UNKNOWN:
        raise Conflict(_("“%(name)s” is no longer asked.") % {"name": one.written})
    if found.meaning not in (one.seen, one.meaning):
        person = found.said["by_name"] if found.said else ""
        raise Conflict(
            _("“%(name)s” was answered meanwhile by %(person)s.") % {"name": one.written, "person": person or "—"}
        )
    said = _said(batch, found, one.meaning, remember=one.remember, by=by) if one.meaning else None
    before = batch.names.pop(plain(one.written), None)
    if said:
        batch.names[plain(one.written)] = said
    _forget_keys(batch, rows)
    return record.Said(None, one.written, before and before["meaning"], one.meaning)


def _name_group(batch: ImportBatch, rows: Iterable[StagedRow], one: Members) -> dict[int, record.Said]:
    """What it changes, by row of the sheet."""
    known = resolver_of(batch.jurisdiction).labels.keys() | answers.pending_units(batch).keys()
    if not set(one.units) <= known:
        raise DomainError(_("Choose among the units of the jurisdiction."))
    units, seen = list(one.units), list(one.seen)
    changed, before = [], []
    for row in rows:
        named = row.decisions.get("named", {})
        mine = [
            match.written
            for _role, match in written_of(row)
            if match.kind == Kind.OPEN and plain(match.written) == plain(one.written)
            if named.get(match.written, []) in ([], seen) and named.get(match.written, []) != units
        ]
        if row.is_in and mine:
            before.append(row.decisions)
            kept = {name: keys for name, keys in named.items() if name not in mine}
            given = dict.fromkeys(mine, units) if units else {}
            row.decisions = {"named": kept | given, "filing": row.decisions.get("filing")}
            changed.append(row)
    check(changed)
    return {
        row.row: record.Said(row.row, one.written, stood, row.decisions)
        for row, stood in zip(changed, before, strict=True)
    }


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
