"""Names in a table → units, sections and groups of the jurisdiction, by name and alias, never by a guess."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from departments import clock
from departments.errors import DomainError
from departments.models import Department, DepartmentAlias, DepartmentGroup, GroupMember, Jurisdiction
from departments.names import plain
from minsheng.task_table.local_names import at_home, home_prefixes, leaves_open

NEAR: Final = 3  # how many names are proposed for one that is not known
LIKE: Final = 0.5  # how like they must be, by difflib's measure; 交通局 and 城乡建设和交通局 are 0.55


class Kind(StrEnum):
    UNIT = "unit"
    GROUP = "group"
    OPEN = "open"  # a group whose members a person names (试点街道)
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Match:
    """What one written name means. ``units`` are keys: the unit itself, or the group's members in order.

    An open group and an unknown name have no units; ``near`` proposes units for the latter. 有关街道 is open by its
    words alone, and no group of the jurisdiction then.
    """

    written: str
    kind: Kind
    units: tuple[int, ...] = ()
    group: int | None = None
    near: tuple[int, ...] = ()

    def __hash__(self) -> int:
        return hash(self.written)  # quick: of a large table it is asked many thousand times

    def dump(self) -> dict[str, Any]:
        return {
            "written": self.written,
            "kind": self.kind,
            "units": self.units,
            "group": self.group,
            "near": self.near,
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Match":
        return _match(data["written"], data["kind"], tuple(data["units"]), data["group"], tuple(data["near"]))


@lru_cache(maxsize=4096)  # a table of thousands of rows names the same units again and again
def _match(written: str, kind: str, units: tuple[int, ...], group: int | None, near: tuple[int, ...]) -> Match:
    return Match(written, Kind(kind), units, group, near)


@dataclass(frozen=True)
class Resolver:
    """The names of one jurisdiction as they are today: four queries to build, none to ask."""

    labels: dict[int, str]  # key of a unit or section → its full name, in official order
    known_names: frozenset[str]
    _units: dict[str, frozenset[int]]
    _groups: dict[str, DepartmentGroup]
    _members: dict[int, tuple[int, ...]]
    _prefixes: tuple[str, ...] = ()
    _found: dict[str, Match] = field(default_factory=dict, compare=False)

    def match(self, written: str) -> Match:
        found = self._found.get(written)
        if found is None:
            found = self._found[written] = self._match(written)
        return found

    def _match(self, written: str) -> Match:
        name = plain(written)
        for one in (name, *(() if name in self._units else at_home(name, self._prefixes))):
            if found := self._known(written, one):
                return found
        if leaves_open(name):
            return Match(written, Kind.OPEN)
        return Match(written, Kind.UNKNOWN, near=tuple(self._units.get(name, ())) or self._near(name))

    def _known(self, written: str, name: str) -> Match | None:
        if group := self._groups.get(name):
            members = () if group.is_open else self._members.get(group.pk, ())
            return Match(written, Kind.GROUP if members else Kind.OPEN, members, group.pk)
        units = self._units.get(name, frozenset())
        return Match(written, Kind.UNIT, tuple(units)) if len(units) == 1 else None

    def group(self, key: int) -> DepartmentGroup | None:
        """The group with this key, if it is one of the jurisdiction."""
        return next((group for group in self._groups.values() if group.pk == key), None)

    def resolve(self, written: str) -> list[str]:
        """The full names of the units that ``written`` stands for; none where a person must say."""
        return [self.labels[pk] for pk in self.match(written).units]

    def _near(self, name: str) -> tuple[int, ...]:
        close = get_close_matches(name, self._units, n=NEAR, cutoff=LIKE)
        found = dict.fromkeys(pk for known in close for pk in sorted(self._units[known]))
        return tuple(found)[:NEAR]


def resolver_for(code: str) -> Resolver:
    """The resolver of the jurisdiction with this code; ``DomainError`` where there is none."""
    return resolver_of(jurisdiction_by(code))


def jurisdiction_by(code: str) -> Jurisdiction:
    found = Jurisdiction.objects.filter(code=code).first()
    if found is None:
        raise DomainError(_("There is no jurisdiction with the code %(code)s.") % {"code": code})
    return found


def resolver_of(jurisdiction: Jurisdiction) -> Resolver:
    """The resolver of ``jurisdiction``: units that have not ended, their sections, aliases and groups."""
    active = Department.objects.filter(jurisdiction=jurisdiction).active(clock.today()).official_order()
    departments = list(active.select_related("parent"))
    labels = {unit.pk: unit.full_name for unit in departments}
    names: dict[str, set[int]] = {}
    for pk, label in labels.items():
        names.setdefault(plain(label), set()).add(pk)
    groups = {plain(group.name): group for group in DepartmentGroup.objects.filter(jurisdiction=jurisdiction)}
    aliases = list(DepartmentAlias.objects.filter(jurisdiction=jurisdiction))
    by_key = {group.pk: group for group in groups.values()}
    for alias in aliases:
        if alias.group_id is not None:
            groups[alias.plain] = by_key[alias.group_id]
        elif alias.department_id in labels:
            names.setdefault(alias.plain, set()).add(alias.department_id)
    prefixes = home_prefixes(filter(None, (jurisdiction.name, jurisdiction.short_name)))
    written = [*labels.values(), *(group.name for group in by_key.values()), *(alias.text for alias in aliases)]
    return Resolver(
        labels=labels,
        known_names=frozenset(f"{prefix}{name}" for name in written for prefix in ("", *prefixes)),
        _units={name: frozenset(keys) for name, keys in names.items()},
        _groups=groups,
        _members=_members(by_key, labels),
        _prefixes=prefixes,
    )


def _members(groups: Iterable[int], labels: dict[int, str]) -> dict[int, tuple[int, ...]]:
    members: dict[int, tuple[int, ...]] = {}
    for member in GroupMember.objects.filter(group__in=list(groups)):
        if member.department_id in labels:
            members[member.group_id] = (*members.get(member.group_id, ()), member.department_id)
    return members
