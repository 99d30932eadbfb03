"""Who is responsible for one row, out of the columns of units and what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.persons import without_persons
from minsheng.task_table.parsers.roles import (
    Units,
    brackets_apart,
    by_marks,
    one_in_brackets,
    parse_roles,
    units_in_text,
)
from minsheng.task_table.parsers.text import one_line, plain
from minsheng.task_table.parsers.units import Known, parse_units

if TYPE_CHECKING:
    from minsheng.task_table.row import RowReader

_BOTH = ("lead_units", "assisting_units")
# A word of roles left in a name: 监督单位：县水利局, 县住建局牵头推进.
_ROLE_LEFT = re.compile(r"[:：]|牵头|配合|主办|协办|协作|为主|为辅|负责|职责|分工")
_ASSISTS = re.compile("会办|会同|配合|协办|协助|协同|参与")


@dataclass(frozen=True)
class Responsible:
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()  # whom a column of units names besides


def read_units(row: RowReader, *, continues: bool) -> Responsible:
    """The units of a row; a blank cell of a row that continues takes those above, and a person is asked."""
    known = row.above.known_units
    text, other = row.text("lead_units"), "、".join(row.texts("assisting_units"))
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
    told = _tells_persons(row)
    for person in persons:
        row.ask("contact", "info" if told or re.search(r"\d", person) else "warning", "person_in_units", text=person)
    if row.row in row.sheet.unsure_rows:
        for field in _BOTH:
            row.ask(field, "warning", "units_placed", text=one_line(text + other))
    before = len(row.issues)
    units = _roles(row, text)
    row.issues += _of_both(row.issues[before:])
    more = _assisting(other, known)
    row.issues += more.issues
    if not units.lead:
        row.ask("lead_units", "error", "lead_missing")
    return Responsible(units.lead, tuple(dict.fromkeys([*units.assist, *more.value])), persons)


def _assisting(text: str, known: Known) -> Parsed[tuple[str, ...]]:
    """The units of a column of those who assist, which may say so once more behind a name: 发改委会办、残联配合."""
    roles = parse_roles(text, known=known) if _ASSISTS.search(text) else None
    if roles is None or roles.value.lead:
        return parse_units(text, known=known, field="assisting_units")
    return Parsed(roles.value.assist, text, roles.issues)


def _of_both(issues: list[Issue]) -> list[Issue]:
    """A role that was not understood leaves open who leads as well as who assists: the same question of the other."""
    return [
        replace(issue, field=next(field for field in _BOTH if field != issue.field))
        for issue in issues
        if issue.code == "unit_unlikely" and _ROLE_LEFT.search(str(issue.params["text"]))
    ]


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
    if (apart := _brackets(row, text)) is not None:
        return apart
    parsed = parse_units(text, known=known)
    row.issues += parsed.issues
    for name in filter(one_in_brackets, parsed.value):
        own = row.header.column("assisting_units") is not None or name in known  # others have a column of their own
        row.ask("lead_units", "info" if own else "warning", "unit_with_brackets", text=name)
    both = row.header.both_roles and len(parsed.value) > 1 and not row.header.assisting_in_brackets
    if both and not row.above.first_leads:
        for field in _BOTH:
            row.ask(field, "info", "lead_of_both", text=one_line(row.header.by_meaning["lead_units"].header))
    if row.above.first_leads or both:
        return Units(parsed.value[:1], parsed.value[1:])
    return Units(parsed.value)


def _brackets(row: RowReader, text: str) -> Units | None:
    """县教育局（县财政局、各乡镇）: those in brackets assist, where the header says so; else a person is asked."""
    told = row.header.assisting_in_brackets
    apart = brackets_apart(text, told=told)
    if apart is None:
        return None
    known = row.above.known_units
    lead = parse_units(apart[0], known=known)
    assist = parse_units(apart[1], known=known, field="assisting_units")
    row.issues += [*lead.issues, *assist.issues]
    if not told or re.search(r"(?:^|[、,，;；\s])各[^（(]*[（(]", text):  # 各街道（甲街道、乙街道）: members?
        for field in _BOTH:
            row.ask(field, "warning", "units_in_brackets", text=one_line(text))
    return Units(lead.value, tuple(name for name in assist.value if name not in lead.value))


def _tells_persons(row: RowReader) -> bool:
    column = row.header.column("lead_units")
    return column is not None and "人" in plain(column.header)
