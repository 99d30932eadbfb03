"""Who is responsible for one row, out of the columns of units and what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minsheng.task_table.parsers.roles import Units, by_marks, parse_roles, units_in_text, without_persons
from minsheng.task_table.parsers.text import one_line, plain
from minsheng.task_table.parsers.units import parse_units

if TYPE_CHECKING:
    from minsheng.task_table.row import RowReader

_BOTH = ("lead_units", "assisting_units")


@dataclass(frozen=True)
class Responsible:
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()  # whom a column of units names besides


def read_units(row: RowReader, *, continues: bool) -> Responsible:
    """The units of a row; a blank cell of a row that continues takes those above, and a person is asked."""
    known = row.above.known_units
    text, other = row.text("lead_units"), row.text("assisting_units")
    previous = row.above.previous
    if not text and continues and previous and previous.lead_units:
        row.ask("lead_units", "warning", "units_continued")
        if not other:
            row.ask("assisting_units", "warning", "units_continued")
        assist = parse_units(other, known=known).value if other else previous.assisting_units
        return Responsible(previous.lead_units, assist)
    if not text and not other:
        text = _behind_the_text(row)
    text, persons = without_persons(text, told=_tells_persons(row))
    for person in persons:
        row.ask("contact", "info", "person_in_units", text=person)
    if row.row in row.sheet.unsure_rows:
        for field in _BOTH:
            row.ask(field, "warning", "units_placed", text=one_line(text + other))
    units = _roles(row, text)
    more = parse_units(other, known=known, field="assisting_units")
    row.issues += more.issues
    if not units.lead:
        row.ask("lead_units", "error", "lead_missing")
    return Responsible(units.lead, tuple(dict.fromkeys([*units.assist, *more.value])), persons)


def _behind_the_text(row: RowReader) -> str:
    text = units_in_text(row.text("content", "project_content")) or units_in_text(row.text("remarks"))
    if text:
        for field in _BOTH:
            row.ask(field, "info", "units_from_text", text=text)
    return text


def _roles(row: RowReader, text: str) -> Units:
    """Who of the units of the first column leads: the cell says so, or its header, a note, their order."""
    known = row.above.known_units
    said = by_marks(text)
    if said != text:
        row.ask("lead_units", "info" if row.above.mark_leads else "warning", "lead_by_mark", text=plain(text))
    roles = parse_roles(said, known=known)
    if roles is not None:
        row.issues += roles.issues
        return roles.value
    parsed = parse_units(text, known=known)
    row.issues += parsed.issues
    both = row.header.both_roles and len(parsed.value) > 1
    if both and not row.above.first_leads:
        for field in _BOTH:
            row.ask(field, "info", "lead_of_both", text=one_line(row.header.by_meaning["lead_units"].header))
    if row.above.first_leads or both:
        return Units(parsed.value[:1], parsed.value[1:])
    return Units(parsed.value)


def _tells_persons(row: RowReader) -> bool:
    column = row.header.column("lead_units")
    return column is not None and re.search("人", plain(column.header)) is not None
