"""What people corrected of a row, laid over what was read: the reading itself is never changed."""

from collections.abc import Iterable
from typing import Any, Final

from minsheng.task_table.kept import whole_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.result import RowReading
from projects.rules.kinds import kind_of

# The parts of a row that are corrected as one: part → keys of the reading; ``units`` and ``kind`` are the row's own.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("serial", "category", "project"),
    "content": ("content", "kind"),
    "targets": ("targets",),
    "deliverables": ("deliverables",),
    "deadline": ("deadline", "deadline_precision", "deadline_firm", "deadline_note", "deadline_status"),
    "money": ("funding", "funding_totals"),
    "units": ("lead_units", "assisting_units", "units"),
    "people": ("leader", "contact", "remarks"),
    "extra": ("extra",),
}
# Where a question about a field is answered; what is about the row as a whole is accepted, or the row left out.
PART_OF: Final = {
    "serial": "name",
    "category": "name",
    "project": "name",
    "content": "content",
    "targets": "targets",
    "deliverables": "deliverables",
    "deadline": "deadline",
    "funding": "money",
    "lead_units": "units",
    "assisting_units": "units",
    "leader": "people",
    "contact": "people",
    "remarks": "people",
}
OWN: Final = {"units", "kind"}


def correction(row: StagedRow, part: str) -> dict[str, Any] | None:
    """The correction that stands for ``part``: its values, ``by_name``, ``at``; none where the reading stands."""
    found: dict[str, Any] = row.corrections.get(part, {})
    return found if found.get("values") is not None else None


def seen_of(row: StagedRow, part: str) -> int:
    """How often ``part`` was changed: what a form was built on, and what its answer is checked against."""
    return int(row.corrections.get(part, {}).get("n", 0))


def was_read(row: StagedRow, part: str) -> dict[str, Any]:
    """The values of ``part`` as they were read."""
    values = {key: row.reading.get(key) for key in PARTS[part] if key not in OWN}
    if part == "units":
        values["units"] = row.units
    if part == "content":
        values["kind"] = kind_of(row.reading["content"]).value
    return values


def standing(row: StagedRow, part: str) -> dict[str, Any]:
    """The values of ``part`` as they will be written."""
    found = correction(row, part)
    return dict(found["values"]) if found else was_read(row, part)


def corrected(row: StagedRow) -> RowReading:
    """The reading with all corrections over it."""
    if not row.corrections:
        return whole_of(row.reading)
    return whole_of({**row.reading, **{key: value for key, value in _corrected(row) if key not in OWN}})


def units_data(row: StagedRow) -> dict[str, Any]:
    """Who is named, as it was corrected or read: role → ``match.Match`` as it is kept."""
    found = correction(row, "units")
    units: dict[str, Any] = found["values"].get("units", row.units) if found else row.units
    return units


def kind_said(row: StagedRow) -> str:
    """The kind that a person gave the row; empty where the content tells it."""
    found = correction(row, "content")
    return str(found["values"].get("kind", "")) if found else ""


def _corrected(row: StagedRow) -> Iterable[tuple[str, Any]]:
    for part in PARTS:
        if found := correction(row, part):
            yield from found["values"].items()
