"""What names that nobody knows mean in one table, as people said it: laid over the matches, written at the commit.

``ImportBatch.names`` leads from the plain name to the answer: ``written``, ``meaning`` (``new``, ``unit:<key>`` or
``group:<key>``), ``match`` (``match.Match`` as it is kept), ``remember`` (an alias from then on), ``by_name``, ``at``.
A unit that is to be made has a key below zero until then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext as _

from departments import audit
from departments.bulk import update_rows
from departments.errors import Conflict, DomainError
from departments.models import Department, DepartmentAlias, DepartmentGroup, User
from departments.names import plain
from minsheng.task_table.corrections import units_data
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.models import ImportBatch, StagedRow

NEW: Final = "new"
LONGEST_UNIT: Final = 80
LONGEST_ALIAS: Final = 120
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class ToMake:
    """What a commit adds to the units of the jurisdiction: names of new units, and aliases with what they mean."""

    units: list[str]
    aliases: list[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.units or self.aliases)


def answer_of(batch: ImportBatch, written: str) -> Answer | None:
    """What somebody said that ``written`` means in this table."""
    found: Answer | None = batch.names.get(plain(written)) if batch.names else None
    return found


def meant(batch: ImportBatch, match: Match) -> Match:
    """The match with the answer over it."""
    said = answer_of(batch, match.written) if match.kind == Kind.UNKNOWN else None
    return Match.load({**said["match"], "written": match.written}) if said else match


def pending_units(batch: ImportBatch) -> dict[int, Department]:
    """The units that a commit would make, under their keys below zero; not saved."""
    return {
        key: Department(pk=key, jurisdiction_id=batch.jurisdiction_id, name=said["written"])
        for said in batch.names.values()
        for key in said["match"]["units"]
        if key < 0 and said["meaning"] == NEW
    }


def pending_labels(batch: ImportBatch) -> dict[int, str]:
    """Their names, as they are offered beside those of the units that are there."""
    return {key: _("%(name)s (new)") % {"name": unit.name} for key, unit in pending_units(batch).items()}


def free_key(batch: ImportBatch) -> int:
    return min([0, *pending_units(batch)]) - 1


def to_make(batch: ImportBatch, rows: Iterable[StagedRow]) -> ToMake:
    """What the commit of these rows adds: answers to names that none of them holds any more add nothing."""
    said = _used(batch, rows)
    labels = _labels(said)
    return ToMake(
        [one["written"] for one in said if one["meaning"] == NEW],
        [(one["written"], labels[one["meaning"]]) for one in said if one["meaning"] != NEW and one["remember"]],
    )


def write(batch: ImportBatch, rows: Collection[StagedRow], *, by: User | None) -> bool:
    """Make the units and aliases of ``to_make``; whether there were any. The jurisdiction is locked by the caller.

    What was chosen of the new units on the rows, and the answers, lead to the units made. Raises ``Conflict`` where
    the name has been taken since.
    """
    said = _used(batch, rows)
    made: dict[int, int] = {}
    for one in said:
        if one["meaning"] == NEW:
            made[one["match"]["units"][0]] = _new(batch, one["written"], by=by).pk
    if made:
        _lead_to(batch, rows, made)
    aliases = [one for one in said if one["meaning"] != NEW and one["remember"]]
    for one in aliases:
        _alias(batch, one, by=by)
    return bool(made or aliases)


def _used(batch: ImportBatch, rows: Iterable[StagedRow]) -> list[dict[str, Any]]:
    """The answers that these rows hang on, themselves or through what was chosen of them."""
    if not batch.names:
        return []
    names: set[str] = set()
    keys: set[int] = set()
    for row in rows:
        named = row.decisions.get("named", {})
        keys.update(key for units in named.values() for key in units if key < 0)
        keys.add(row.decisions.get("filing") or 0)
        for data in (data for names_of in units_data(row).values() for data in names_of):
            if data["kind"] == Kind.UNKNOWN.value and not named.get(data["written"]):
                names.add(plain(data["written"]))
    used = {name: said for name, said in batch.names.items() if name in names}
    keys.update(key for said in used.values() for key in said["match"]["units"])
    used |= {
        name: said
        for name, said in batch.names.items()
        if said["meaning"] == NEW and keys & set(said["match"]["units"])
    }
    return [said for name, said in batch.names.items() if name in used]


def _labels(said: Iterable[Answer]) -> dict[str, str]:
    """What the meanings are called, two queries."""
    found: dict[str, str] = {}
    units = {key for one in said for key in one["match"]["units"]}
    groups = {one["match"]["group"] for one in said}
    names = {unit.pk: unit.full_name for unit in Department.objects.filter(pk__in=units).select_related("parent")}
    names |= {key: one["written"] for one in said if one["meaning"] == NEW for key in one["match"]["units"]}
    called = dict(DepartmentGroup.objects.filter(pk__in=groups).values_list("pk", "name"))
    for one in said:
        group = one["match"]["group"]
        label = called.get(group, "") if group else names.get(next(iter(one["match"]["units"]), 0), "")
        found[one["meaning"]] = label
    return found


def _new(batch: ImportBatch, name: str, *, by: User | None) -> Department:
    """A new unit, after all others in the official order."""
    jurisdiction = batch.jurisdiction
    if Department.objects.filter(jurisdiction=jurisdiction, parent=None, name=name).exists():
        raise Conflict(_("“%(name)s” is a unit by now: answer that name again.") % {"name": name})
    last = Department.objects.filter(jurisdiction=jurisdiction).aggregate(last=Max("order"))["last"] or 0
    unit = Department.objects.create(jurisdiction=jurisdiction, name=name, order=last + 1)
    audit.record(
        "unit.create", unit, by=by, jurisdiction=jurisdiction, name=name, reason="import"
    )  # fmt: skip
    return unit


def _lead_to(batch: ImportBatch, rows: Collection[StagedRow], made: Mapping[int, int]) -> None:
    for name, said in batch.names.items():
        units = [made.get(key, key) for key in said["match"]["units"]]
        batch.names[name] = {**said, "match": {**said["match"], "units": units}}
    batch.save(update_fields=["names"])
    changed = []
    for row in rows:
        named = {
            written: [made.get(key, key) for key in keys] for written, keys in row.decisions.get("named", {}).items()
        }
        filing = row.decisions.get("filing")
        decisions = {**row.decisions, "named": named, "filing": made.get(filing, filing)}
        if row.decisions and decisions != row.decisions:
            row.decisions = decisions
            changed.append(row)
    update_rows(changed, ["decisions"])


def _alias(batch: ImportBatch, said: Answer, *, by: User | None) -> None:
    match, written = said["match"], said["written"]
    unit = None if match["group"] else match["units"][0]
    alias, made = DepartmentAlias.objects.get_or_create(
        jurisdiction=batch.jurisdiction,
        plain=plain(written),
        defaults={"text": written, "department_id": unit, "group_id": match["group"]},
    )
    if not made and (alias.department_id, alias.group_id) != (unit, match["group"]):
        if alias.department and alias.department.active_until is None:
            raise Conflict(_("“%(name)s” is an alias of another unit by now: answer it again.") % {"name": written})
        alias.department_id, alias.group_id = unit, match["group"]
        alias.save(update_fields=["department", "group"])
    audit.record(
        "unit.alias",
        alias,
        by=by,
        jurisdiction=batch.jurisdiction,
        unit=unit,
        group=match["group"],
    )


def check_name(name: str, meaning: str, *, remember: bool) -> None:
    """Whether the commit can write this; said when the name is answered, not only then."""
    if meaning == NEW and len(name) > LONGEST_UNIT:
        raise DomainError(_("A unit cannot be called “%(name)s”: the name is too long.") % {"name": name})
    if meaning != NEW and remember and len(name) > LONGEST_ALIAS:
        raise DomainError(_("“%(name)s” is too long for an alias.") % {"name": name})
