"""What people say of a staged table where it leaves something open: who files, and who is meant."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from departments.errors import Conflict, DomainError
from departments.language import listed
from minsheng.task_table import compose
from minsheng.task_table.corrections import units_data
from minsheng.task_table.match import resolver_of
from minsheng.task_table.models import ImportBatch, StagedRow
from projects.rules.responsible import eligible, must_choose


@dataclass(frozen=True)
class Choice:
    """What a person says of a row: who files, and which units an open group or an unknown name stands for."""

    filing: int | None = None
    named: Mapping[str, Sequence[int]] = field(default_factory=dict)


class MustChoose(DomainError):
    """Rows on which a person must say who files, before anything is written. ``rows`` are rows of the sheet."""

    def __init__(self, rows: Sequence[int], batch: ImportBatch) -> None:
        message = _("Choose first which unit files the reports: %(rows)s.")
        super().__init__(message % {"rows": listed(map(batch.words_of, rows))})
        self.rows = rows


class MustAnswer(DomainError):
    """Rows with an error in the table that a person must correct, accept or leave out. ``rows`` as above."""

    def __init__(self, rows: Sequence[int], batch: ImportBatch) -> None:
        message = _("Correct these first, accept them as read, or leave them out: %(rows)s.")
        super().__init__(message % {"rows": listed(map(batch.words_of, rows))})
        self.rows = rows


def seen_of(row: StagedRow) -> str:
    """A mark of what was chosen on ``row``, of the names it was chosen for, and of which row it is.

    Rows of one number and other text are other rows: of another sheet, or read otherwise.
    """
    which = [row.row, *(row.reading.get(name) for name in ("serial", "project", "content"))]
    stands = json.dumps([which, row.decisions, units_data(row)], sort_keys=True)
    return hashlib.sha256(stands.encode()).hexdigest()[:16]


def same_seen(rows: Sequence[StagedRow], choices: Mapping[int, Choice], seen: Mapping[int, str]) -> None:
    """Raise ``Conflict`` where something else is said of a row than stands, and it is not as it was seen."""
    for row in rows:
        if row.row in seen and seen[row.row] != seen_of(row) and not _says(row, choices[row.row]):
            raise Conflict(
                _("%(row)s: another choice was made meanwhile. Look at both, then choose again.")
                % {"row": row.batch.words_of(row.row)}
            )


def _says(row: StagedRow, choice: Choice) -> bool:
    named = {written: list(units) for written, units in choice.named.items() if units}
    return (row.decisions.get("filing"), row.decisions.get("named", {})) == (choice.filing, named)


def rows_to_choose(rows: Sequence[StagedRow], people: compose.People) -> list[int]:
    """Rows of the sheet on which a person has still to say who files."""
    return [row.row for row in rows if not row.decisions.get("filing") and must_choose(people.stated(row))]


def put(row: StagedRow, choice: Choice, known: Collection[int]) -> bool:
    """Put ``choice`` on ``row``; whether that changed it."""
    asked = {match.written for _role, match in compose.matches_of(row) if compose.is_asked(match)}
    named = {written: list(dict.fromkeys(units)) for written, units in choice.named.items() if units}
    units = {pk for keys in named.values() for pk in keys} | ({choice.filing} if choice.filing else set())
    if not all(unit in known for unit in units) or not named.keys() <= asked:
        text = _("%(row)s: choose among the units of the jurisdiction.")
        raise DomainError(text % {"row": row.batch.words_of(row.row)})
    decisions = {"named": named, "filing": choice.filing} if named or choice.filing else {}
    if decisions == row.decisions:
        return False
    row.decisions = decisions
    return True


def check(rows: Sequence[StagedRow]) -> None:
    """A unit is chosen to file only where a person must choose, and among the leads where these are known."""
    people = compose.People(rows)
    for row in rows:
        filing = people.filing(row)
        if filing is None:
            continue
        stated = people.stated(row)
        among = eligible(stated)
        if not must_choose(stated):
            row.decisions["filing"] = None  # the names given since already say who files
        elif among is not None and filing not in among:
            raise DomainError(
                _("%(row)s: %(unit)s is not among the lead units, so it cannot file the reports.")
                % {"row": row.batch.words_of(row.row), "unit": filing}
            )


def choices_by_name(batch: ImportBatch, filing: Mapping[int | tuple[str, int], str]) -> dict[int, Choice]:
    """Choices of filing units from rows of the sheet and names, as a command line gives them; a row of another sheet
    that is read on with that sheet's name.
    """
    resolver = resolver_of(batch.jurisdiction)
    rows = set(batch.rows.values_list("row", flat=True))
    choices = {}
    numbers = {batch.place_of(row): row for row in rows}
    for place, name in filing.items():
        row = numbers.get(place, 0) if isinstance(place, tuple) else place
        units = resolver.match(name).units
        if row not in rows or len(units) != 1:
            raise DomainError(
                _("Filing unit %(row)s=%(name)s: there is no such row, or no such unit.")
                % {"row": "!".join(map(str, place)) if isinstance(place, tuple) else place, "name": name}
            )
        choices[row] = Choice(filing=units[0])
    return choices
