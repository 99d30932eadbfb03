"""Units, sections, aliases and groups of jurisdictions, from a file: as often as one likes, with the same result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit
from departments.errors import DomainError
from departments.language import listed
from departments.models import Department, DepartmentAlias, DepartmentGroup, GroupMember, Jurisdiction, User
from departments.names import plain
from departments.services import jurisdictions

_LABELS: Final = ("short_name", "office_name", "office_contact")


@dataclass
class Loaded:
    """What a file brought: how many of each it names, and how many of them were new."""

    jurisdictions: int = 0
    units: int = 0
    sections: int = 0
    groups: int = 0
    aliases: int = 0
    created: int = 0
    codes: list[str] = field(default_factory=list)


@transaction.atomic
def load(data: Mapping[str, Any], *, by: User | None) -> Loaded:
    """Bring the jurisdictions of ``data`` to what it says (the form of ``fixtures/departments.json``).

    Units are recognised by name inside their jurisdiction, aliases by what they are compared as. What the file
    does not name stays as it is: nothing is ever deleted. A name with two meanings is refused, and then nothing
    of the file is loaded.
    """
    loaded = Loaded()
    for entry in _list(data, "jurisdictions"):
        jurisdiction = _jurisdiction(entry, loaded, by=by)
        before = loaded.created
        _units(jurisdiction, entry, loaded)
        _groups(jurisdiction, entry, loaded)
        _check_meanings(jurisdiction)
        if loaded.created > before:
            audit.record("units.load", jurisdiction, by=by, jurisdiction=jurisdiction, created=loaded.created - before)
    return loaded


def _jurisdiction(entry: Mapping[str, Any], loaded: Loaded, *, by: User | None) -> Jurisdiction:
    code, name = _text(entry, "code"), _text(entry, "name")
    labels = {label: str(entry[label]) for label in _LABELS if label in entry}
    parent = None
    if entry.get("parent"):
        parent = Jurisdiction.objects.filter(code=entry["parent"]).first()
        if parent is None:
            raise DomainError(
                _("Jurisdiction %(code)s names a parent that does not exist: %(parent)s.")
                % {"code": code, "parent": entry["parent"]}
            )
    loaded.jurisdictions += 1
    loaded.codes.append(code)
    jurisdiction = Jurisdiction.objects.filter(code=code).first()
    if jurisdiction is None:
        loaded.created += 1
        return jurisdictions.create(by=by, code=code, name=name, parent=parent, **labels)
    if jurisdiction.parent != parent:
        jurisdictions.move(jurisdiction, parent, by=by)
    for attribute, value in {"name": name, **labels}.items():
        setattr(jurisdiction, attribute, value)
    jurisdiction.save(update_fields=["name", *labels])
    return jurisdiction


def _units(jurisdiction: Jurisdiction, entry: Mapping[str, Any], loaded: Loaded) -> None:
    """Units in the order of the file, which is the official order; their sections follow them."""
    for order, unit in enumerate(_list(entry, "units"), start=1):
        department = _department(jurisdiction, None, unit, loaded, order=order, position=0)
        loaded.units += 1
        for position, section in enumerate(_list(unit, "sections"), start=1):
            _department(jurisdiction, department, section, loaded, order=order, position=position)
            loaded.sections += 1


def _department(
    jurisdiction: Jurisdiction,
    parent: Department | None,
    entry: Mapping[str, Any],
    loaded: Loaded,
    *,
    order: int,
    position: int,
) -> Department:
    department, created = Department.objects.update_or_create(
        jurisdiction=jurisdiction,
        parent=parent,
        name=_text(entry, "name"),
        defaults={"short_name": entry.get("short_name", ""), "order": order, "position": position},
    )
    loaded.created += created
    for alias in _list(entry, "aliases"):
        _alias(jurisdiction, alias, loaded, department=department)
    return department


def _groups(jurisdiction: Jurisdiction, entry: Mapping[str, Any], loaded: Loaded) -> None:
    for data in _list(entry, "groups"):
        name = _text(data, "name")
        is_open = bool(data.get("is_open"))
        members = _members(jurisdiction, name, _list(data, "members"))
        if is_open == bool(members):
            raise DomainError(
                _("The group %(group)s either has members or is open (is_open), not both.") % {"group": name}
            )
        group, created = DepartmentGroup.objects.update_or_create(
            jurisdiction=jurisdiction, name=name, defaults={"is_open": is_open}
        )
        loaded.groups += 1
        loaded.created += created
        group.memberships.exclude(department__in=members).delete()
        for position, member in enumerate(members, start=1):
            GroupMember.objects.update_or_create(group=group, department=member, defaults={"position": position})
        for alias in _list(data, "aliases"):
            _alias(jurisdiction, alias, loaded, group=group)


def _members(jurisdiction: Jurisdiction, group: str, names: Sequence[str]) -> list[Department]:
    found = {unit.name: unit for unit in Department.objects.filter(jurisdiction=jurisdiction, parent=None)}
    missing = [name for name in names if name not in found]
    if missing:
        raise DomainError(
            _("The group %(group)s names units that do not exist: %(names)s.")
            % {"group": group, "names": listed(missing)}
        )
    return [found[name] for name in names]


def _alias(
    jurisdiction: Jurisdiction,
    text: str,
    loaded: Loaded,
    *,
    department: Department | None = None,
    group: DepartmentGroup | None = None,
) -> None:
    loaded.aliases += 1
    known = DepartmentAlias.objects.filter(jurisdiction=jurisdiction, plain=plain(text)).first()
    if known is None:
        loaded.created += 1
        DepartmentAlias.objects.create(
            jurisdiction=jurisdiction, text=text, plain=plain(text), department=department, group=group
        )
    elif (known.department, known.group) != (department, group):
        raise DomainError(
            _("The alias %(alias)s means two things: %(old)s and %(new)s.")
            % {"alias": text, "old": known.department or known.group, "new": department or group}
        )


def _check_meanings(jurisdiction: Jurisdiction) -> None:
    """A name of a unit or group is never an alias of another one."""
    units = Department.objects.filter(jurisdiction=jurisdiction, parent=None)
    meanings: dict[str, Department | DepartmentGroup] = {plain(unit.name): unit for unit in units}
    for group in DepartmentGroup.objects.filter(jurisdiction=jurisdiction):
        if meanings.setdefault(plain(group.name), group) != group:
            raise DomainError(_("%(name)s is the name of a unit and of a group.") % {"name": group})
    aliases = DepartmentAlias.objects.filter(jurisdiction=jurisdiction).select_related("department", "group")
    for alias in aliases:
        meant = meanings.get(alias.plain)
        if meant is not None and meant not in (alias.department, alias.group):
            raise DomainError(
                _("The alias %(alias)s means two things: %(old)s and %(new)s.")
                % {"alias": alias, "old": meant, "new": alias.department or alias.group}
            )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DomainError(
            _("The file is not complete: “%(key)s” is missing in %(entry)s.") % {"key": key, "entry": _short(entry)}
        )
    return value


def _list(entry: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise DomainError(_("“%(key)s” must be a list in %(entry)s.") % {"key": key, "entry": _short(entry)})
    return value


def _short(entry: Mapping[str, Any]) -> str:
    return str(entry.get("name") or entry.get("code") or dict(entry))[:60]
