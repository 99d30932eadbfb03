"""A name that the jurisdiction does not know, answered once for all rows of a table and known from then on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from departments import audit, locks
from departments.errors import Conflict, DomainError
from departments.models import Department, DepartmentAlias, DepartmentGroup, Jurisdiction, User
from departments.names import plain
from minsheng.task_table import record
from minsheng.task_table.compose import matches_of
from minsheng.task_table.match import Kind, Match, resolver_of
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.services import lock

NEW: Final = "new"  # a unit of this name is made
UNIT: Final = "unit"  # unit:<key>
GROUP: Final = "group"  # group:<key>


@dataclass
class UnknownName:
    """A name nobody knows, with the rows of the sheet that hold it and the units it is like."""

    written: str
    near: tuple[int, ...]
    rows: list[int] = field(default_factory=list)


def unknown_names(rows: Iterable[StagedRow]) -> list[UnknownName]:
    """Names without an answer, those of most rows first; spelled alike is the same name."""
    found: dict[str, UnknownName] = {}
    for row in rows:
        named = row.decisions.get("named", {})
        for _role, match in matches_of(row) if row.is_in else ():
            if match.kind == Kind.UNKNOWN and not named.get(match.written):
                name = found.setdefault(plain(match.written), UnknownName(match.written, match.near))
                if row.row not in name.rows:
                    name.rows.append(row.row)
    return sorted(found.values(), key=lambda name: -len(name.rows))


@transaction.atomic
def answer(batch: ImportBatch, written: str, meaning: str, *, remember: bool = True, by: User | None) -> list[int]:
    """``written`` means this in every row of the batch: ``new``, ``unit:<key>`` or ``group:<key>``.

    Without ``remember`` (a slip of the pen in this table) no alias is kept, and a unit is named in these rows only.
    Gives the rows of the sheet it settled. Raises ``Conflict`` where somebody answered it meanwhile.
    """
    locked = lock(batch, {ImportBatch.State.STAGED})
    rows = list(locked.rows.order_by("position"))
    found = next((name for name in unknown_names(rows) if plain(name.written) == plain(written)), None)
    if found is None:
        raise Conflict(_("“%(name)s” was answered meanwhile.") % {"name": written})
    jurisdiction = locks.held(Jurisdiction.objects.all()).get(pk=locked.jurisdiction_id)
    unit, group = _meant(jurisdiction, meaning, written, by=by)
    if (remember or group) and meaning != NEW:
        _alias(jurisdiction, written, unit, group, by=by)
    match = resolver_of(jurisdiction).match(written)
    changed = [row for row in rows if row.row in found.rows]
    for row in changed:
        if match.kind == Kind.UNKNOWN and unit is not None:  # a slip, known in this table only
            _name(row, written, unit)
        else:
            _settle(row, written, match)
    after = str(unit.full_name if unit else group)
    StagedRow.objects.bulk_update(changed, ["units", "corrections", "decisions"])
    said = [record.Said(row.row, written, written, after) for row in changed]
    record.keep(locked, said, step=ImportDecision.Step.NAME, by=by)
    return found.rows


def _meant(
    jurisdiction: Jurisdiction, meaning: str, written: str, *, by: User | None
) -> tuple[Department | None, DepartmentGroup | None]:
    kind, _colon, key = meaning.partition(":")
    if kind == NEW:
        return _new(jurisdiction, written, by=by), None
    number = int(key) if key.isdigit() else 0
    if kind == UNIT and number in resolver_of(jurisdiction).labels:
        return Department.objects.get(pk=number), None
    if kind == GROUP and (group := DepartmentGroup.objects.filter(jurisdiction=jurisdiction, pk=number).first()):
        return None, group
    raise DomainError(_("Choose among the units of the jurisdiction."))


def _new(jurisdiction: Jurisdiction, name: str, *, by: User | None) -> Department:
    """A new unit, after all others in the official order."""
    if len(name) > 80 or Department.objects.filter(jurisdiction=jurisdiction, parent=None, name=name).exists():
        raise DomainError(_("A unit cannot be called “%(name)s”: the name is taken, or too long.") % {"name": name})
    last = Department.objects.filter(jurisdiction=jurisdiction).aggregate(last=Max("order"))["last"] or 0
    unit = Department.objects.create(jurisdiction=jurisdiction, name=name, order=last + 1)
    audit.record("unit.create", unit, by=by, jurisdiction=jurisdiction, name=name, reason="import")
    return unit


def _alias(
    jurisdiction: Jurisdiction,
    written: str,
    unit: Department | None,
    group: DepartmentGroup | None,
    *,
    by: User | None,
) -> None:
    if len(written) > 120:
        raise DomainError(_("“%(name)s” is too long for an alias.") % {"name": written})
    alias, made = DepartmentAlias.objects.get_or_create(
        jurisdiction=jurisdiction,
        plain=plain(written),
        defaults={"text": written, "department": unit, "group": group},
    )
    if not made and (alias.department, alias.group) != (unit, group):
        if alias.department and alias.department.active_until is None:
            raise DomainError(_("“%(name)s” is an alias of another unit.") % {"name": written})
        alias.department, alias.group = unit, group
        alias.save(update_fields=["department", "group"])
    audit.record(
        "unit.alias",
        alias,
        by=by,
        jurisdiction=jurisdiction,
        unit=unit.full_name if unit else "",
        group=group.name if group else "",
    )


def _name(row: StagedRow, written: str, unit: Department) -> None:
    same = {match.written for _role, match in matches_of(row) if plain(match.written) == plain(written)}
    named = {**row.decisions.get("named", {}), **{name: [unit.pk] for name in same}}
    row.decisions = {"named": named, "filing": row.decisions.get("filing")}


def _settle(row: StagedRow, written: str, match: Match) -> None:
    """Put what the name means in its places, of the reading and of a correction of its units."""
    row.units = _replaced(row.units, written, match)
    found = row.corrections.get("units", {})
    if found.get("values"):
        values = {**found["values"], "units": _replaced(found["values"]["units"], written, match)}
        row.corrections = {**row.corrections, "units": {**found, "n": found["n"] + 1, "values": values}}


Names = dict[str, list[dict[str, Any]]]


def _replaced(units: Names, written: str, match: Match) -> Names:
    def meant(data: dict[str, Any]) -> dict[str, Any]:
        own = str(data["written"])
        same = data["kind"] == Kind.UNKNOWN.value and plain(own) == plain(written)
        return Match(own, match.kind, match.units, match.group).dump() if same else data

    return {role: [meant(data) for data in names] for role, names in units.items()}


def groups_of(jurisdiction: Jurisdiction) -> Sequence[DepartmentGroup]:
    return list(DepartmentGroup.objects.filter(jurisdiction=jurisdiction))
