"""Whom to call about a unit's filing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from departments.models import Department, User
from departments.permissions import FILE_REPORT, holders_by_unit


@dataclass(frozen=True)
class Contact:
    """Somebody who files for a unit, or whom the unit names."""

    name: str
    telephone: str

    def __str__(self) -> str:
        return f"{self.name} {self.telephone}".strip()


def contacts_of(units: Iterable[Department]) -> dict[int, list[Contact]]:
    """Whom to call, by the key of each unit or section (``parent`` is read): a section is reached through its unit.
    Two queries.
    """
    units = list(units)
    people = holders_by_unit(FILE_REPORT, {unit.parent_id or unit.pk for unit in units}) if units else {}
    return {unit.pk: reachable(unit, people[unit.parent_id or unit.pk]) for unit in units}


def reachable(unit: Department, people: Sequence[User]) -> list[Contact]:
    """Those who file and can be called; else those who file; whom the unit names where there is no telephone at all.
    A section that names nobody is reached as its unit says.
    """
    filers = [Contact(person.name, person.telephone) for person in people]
    with_telephone = [one for one in filers if one.telephone]
    named = unit if unit.contact or unit.telephone else unit.parent or unit
    stated = [Contact(named.contact, named.telephone)] if named.contact or named.telephone else []
    return with_telephone or (stated if named.telephone else filers or stated)
