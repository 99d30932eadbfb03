"""A sub-item as its plan stands, and as a row of a new table would have it, in one form, to be compared part by part.

Values are JSON as revisions keep them. What only differs in blanks, line breaks or full-width signs is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from funding.models import FundingLine, FundingTotal
from minsheng.task_table.parsers.text import key
from projects.models import Deliverable, Responsibility, SubItem, Target
from projects.services.baselines import json_of, responsibility

Json = Any
# The parts that a person accepts or refuses, in the order of the page, with the fields of ``SubItem`` they stand for.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "status": (),
    "serial": ("serial",),
    "category": ("category",),
    "project": (),
    "content": ("content", "kind"),
    "deliverables": (),
    "targets": (),
    "deadline": ("deadline", "deadline_precision", "deadline_text", "deadline_note", "deadline_firm"),
    "funding": (),
    "responsibilities": (),
    "leader": ("leader",),
    "contact": ("contact",),
    "remarks": ("remarks",),
    "extra": ("extra",),
}
# Which cells of the table a part is read from.
CELLS: Final[dict[str, tuple[str, ...]]] = {
    "status": (),
    "deliverables": ("content",),
    "targets": ("targets", "content"),
    "responsibilities": ("lead_units", "assisting_units"),
    "extra": (),
}
LEAST: Final = 1 << 40  # rows that have no position yet come last


@dataclass(frozen=True)
class Picture:
    """The values of each part; ``cells`` are those of the table they come from: meaning → address and text."""

    values: Mapping[str, Mapping[str, Json]]
    cells: Mapping[str, Mapping[str, str]]

    def cell(self, part: str) -> list[Mapping[str, str]]:
        found = (self.cells.get(name) for name in CELLS.get(part, (part,)))
        return [cell for cell in found if cell and cell.get("text")]


@dataclass(frozen=True)
class Difference:
    """One part that the new table has otherwise. ``changes``: field → old and new."""

    part: str
    changes: dict[str, list[Json]]
    old_cells: list[Mapping[str, str]]
    new_cells: list[Mapping[str, str]]


def picture(
    sub_item: SubItem,
    project: str,
    *,
    deliverables: Iterable[Deliverable],
    targets: Iterable[Target],
    responsibilities: Iterable[Responsibility],
    lines: Iterable[FundingLine],
    totals: Iterable[FundingTotal],
) -> Picture:
    """From rows of the database as well as from ones not yet written: the same makers gave both their form."""
    parts: dict[str, dict[str, Json]] = {
        "status": {"status": str(sub_item.status)},
        "project": {"project": project},
        "deliverables": {"deliverables": [{"marker": one.marker, "text": one.text} for one in deliverables]},
        "targets": {"targets": [_target(one) for one in targets]},
        "responsibilities": {"responsibilities": [_responsibility(one) for one in responsibilities]},
        "funding": {"funding": [*(_line(one) for one in lines), *(_total(one) for one in totals)]},
    }
    for part, names in PARTS.items():
        if names:
            parts[part] = {name: json_of(getattr(sub_item, name)) for name in names}
    return Picture(parts, sub_item.source_cells)


def differences(old: Picture, new: Picture) -> list[Difference]:
    """What the new picture has otherwise, part by part."""
    found = []
    for part in PARTS:
        before, after = old.values[part], new.values[part]
        changes = {name: [before[name], after[name]] for name in before if not _same(before[name], after[name])}
        if changes:
            found.append(Difference(part, changes, old.cell(part), new.cell(part)))
    return found


def _same(one: Json, other: Json) -> bool:
    return bool(one == other or _plain(one) == _plain(other))  # most are the very same: quick to see


def _plain(value: Json) -> Json:
    """``value`` for comparing only."""
    if isinstance(value, str):
        return key(value)
    if isinstance(value, Mapping):
        return {key(name): _plain(one) for name, one in value.items() if name not in ("cell", "name")}
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return value


def _target(one: Target) -> dict[str, Json]:
    return {
        "text": one.text,
        "minimum": _number(one.minimum),
        "maximum": _number(one.maximum),
        "approx": one.approx,
        "unit": one.unit,
        "per": one.per,
        "tracked": one.tracked,
        "marker": one.deliverable.marker if one.deliverable else None,
    }


def _responsibility(one: Responsibility) -> dict[str, Json]:
    return responsibility(one.role, one.department, written=one.stated_as, group=one.group_origin_id, files=one.files)


def _line(one: FundingLine) -> dict[str, Json]:
    return {
        "source": one.source.name,
        "use": one.use,
        "year": one.year,
        "planned": _number(one.planned),
        "applied": _number(one.applied),
        "secured": _number(one.secured),
        "approx": one.approx,
        "rate": _number(one.rate),
        "rate_unit": one.rate_unit,
        "share": _number(one.share),
        "text": one.text,
    }


def _total(one: FundingTotal) -> dict[str, Json]:
    return {
        "kind": str(one.kind),
        "amount": _number(one.amount),
        "approx": one.approx,
        "year": one.year,
        "text": one.text,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
