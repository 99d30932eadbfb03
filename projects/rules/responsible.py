"""Who is responsible, from what a table states: groups stand as their members, each unit once, one of them files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from departments.models import Department, DepartmentGroup
from projects.models import Responsibility

LEAD, ASSIST = Responsibility.Role.LEAD, Responsibility.Role.ASSIST


@dataclass(frozen=True)
class Stated:
    """One name in the table: the unit it means, or the members of the group; nobody where a person has to say."""

    role: Responsibility.Role
    written: str
    units: tuple[Department, ...] = ()
    group: DepartmentGroup | None = None


@dataclass(frozen=True)
class Share:
    """One responsibility to be: ``department`` is none where nobody has named the unit yet."""

    role: Responsibility.Role
    department: Department | None
    written: str
    group: DepartmentGroup | None = None
    files: bool = False


def must_choose(stated: Sequence[Stated]) -> bool:
    """Whether a person must say who files: the first lead stated is missing, unknown or more than one unit."""
    leads = [one for one in stated if one.role == LEAD]
    return not leads or len(leads[0].units) != 1


def eligible(stated: Sequence[Stated]) -> tuple[Department, ...] | None:
    """Who may be chosen to file: the leads, where the first one stated is several units; else (None) any unit."""
    leads = [one for one in stated if one.role == LEAD]
    if not leads or not leads[0].units:
        return None
    return tuple(dict.fromkeys(unit for one in leads for unit in one.units))


def shares(stated: Sequence[Stated], *, filing: Department | None = None) -> list[Share]:
    """Each unit once: as lead rather than as assisting unit, by its own name rather than through a group.

    ``filing`` is the choice of a person where one is needed (``must_choose``, ``eligible``): it stands for a first lead
    that is unknown or open, and becomes the lead where none is stated. Without it, where it is needed, nobody files.
    """
    settled = _with_choice(stated, filing) if must_choose(stated) else list(stated)
    ranks = sorted(enumerate(settled), key=lambda pair: (pair[1].role != LEAD, pair[1].group is not None))
    place_of: dict[Department, int] = {}
    for place, one in ranks:
        for unit in one.units:
            place_of.setdefault(unit, place)
    found: dict[tuple[str, Department | str], Share] = {}
    for place, one in enumerate(settled):
        mine = [unit for unit in one.units if place_of[unit] == place]
        for unit in mine:
            found.setdefault((one.role, unit), Share(one.role, unit, one.written, one.group))
        if not one.units:
            found.setdefault((one.role, one.written), Share(one.role, None, one.written, one.group))
    if not must_choose(settled):
        filing = next(one.units[0] for one in settled if one.role == LEAD)
    return [replace(share, files=filing is not None and share.department == filing) for share in found.values()]


def _with_choice(stated: Sequence[Stated], filing: Department | None) -> list[Stated]:
    if filing is None:
        return list(stated)
    first = next((place for place, one in enumerate(stated) if one.role == LEAD), None)
    if first is None:
        return [Stated(LEAD, "", (filing,)), *stated]
    settled = list(stated)
    if not settled[first].units:
        settled[first] = replace(settled[first], units=(filing,))
    return settled
