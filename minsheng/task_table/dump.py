"""A reading as JSON for people and programs, and whole for keeping."""

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from departments.errors import DomainError
from minsheng.task_table.kept import KeptReading
from minsheng.task_table.parsers.money_lines import FundingItem, FundingSum
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.targets import Target
from minsheng.task_table.result import RowReading, SkippedRow, TableReading

Json = dict[str, Any]
# What ``dump`` writes. 1 had neither a number nor candidates; fields added since have defaults.
FORMAT = 2


def to_json(reading: TableReading) -> Json:
    """The reading as ``read_task_table`` prints it: figures as exact JSON numbers, sentences translated."""
    return {
        "file": reading.file,
        "sheet": reading.sheet,
        "year": reading.year,
        "title": reading.title,
        "header_map": dict(reading.header_map),
        "header_rows": list(reading.header_rows),
        "data_first_row": reading.data_first_row,
        "lead_rule": reading.lead_rule,
        "candidates": [dataclasses.asdict(candidate) for candidate in reading.candidates],
        # A row of such a sheet counts as shift and its own number.
        "joined": [{"name": one.name, "shift": one.shift} for one in reading.joined],
        "skipped_rows": [_skipped(skipped) for skipped in reading.skipped_rows],
        "issues": [_issue(issue) for issue in reading.issues],
        "rows": [_row(row) for row in reading.rows],
    }


def _skipped(skipped: SkippedRow) -> Json:
    return {"row": skipped.row, "kind": skipped.kind} | ({"between": True} if skipped.between else {})


def _row(row: RowReading) -> Json:
    return {
        "row": row.row,
        "serial": _serial(row.serial),
        "project": row.project,
        "content": row.content,
        "category": row.category,
        "leader": row.leader,
        "contact": row.contact,
        "deliverables": [{"marker": part.marker, "text": part.text} for part in row.deliverables],
        "targets": [_target(target) for target in row.targets],
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "deadline_text": row.deadline_text or None,
        "deadline_note": row.deadline_note or None,
        "deadline_status": row.deadline_status,
        "deadline_precision": row.deadline_precision,
        "deadline_firm": row.deadline_firm,
        "funding": [_line(line) for line in row.funding],
        "funding_totals": [_total(total) for total in row.funding_totals],
        "lead_units": list(row.lead_units),
        "assisting_units": list(row.assisting_units),
        "remarks": row.remarks,
        "extra": dict(row.extra),
        "issues": [_issue(issue) for issue in row.issues],
        "source": {name: {"cell": cell.cell, "text": cell.text} for name, cell in row.source.items()},
    }


def _serial(serial: str) -> int | str | None:
    """12 as a number, 009 and 5-1 as they are written."""
    if serial.isascii() and serial.isdigit() and str(int(serial)) == serial:
        return int(serial)
    return serial or None


def _target(target: Target) -> Json:
    return {
        "text": target.text,
        "quantity": number(target.quantity),
        "maximum": number(target.maximum),
        "unit": target.unit,
        "approx": target.approx,
        "bound": target.bound,
        "per": target.per,
        "core": target.core,
        "deliverable": target.deliverable,
    }


def _line(line: FundingItem) -> Json:
    rate = {"amount_yuan": number(line.rate[0]), "per": line.rate[1]} if line.rate else None
    return {
        "source": line.source,
        "amount_wan": number(line.amount_wan),
        "approx": line.approx,
        "stage": line.stage,
        "text": line.text,
        "use": line.use,
        "reference_year": line.reference_year,
        "rate": rate,
        "share": number(line.share),
    }


def _total(total: FundingSum) -> Json:
    return {
        "kind": total.kind,
        "amount_wan": number(total.amount_wan),
        "approx": total.approx,
        "text": total.text,
        "reference_year": total.reference_year,
    }


def _issue(issue: Issue) -> Json:
    return {"field": issue.field, "severity": issue.severity, "code": issue.code, "message": issue.message}


def number(value: Decimal | None) -> int | float | None:
    """A figure as a JSON number; parsers keep figures to so few digits that the float prints exactly as written."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def dump(reading: TableReading) -> tuple[Json, list[KeptReading]]:
    """What is kept of a reading: what it says of the table as a whole, in plain JSON values, and each of its rows.

    ``load`` gives back an equal one. Decimals are texts.
    """
    document: Json = msgspec.to_builtins(dataclasses.replace(reading, rows=()), str_keys=True)
    del document["rows"]
    return {"format": FORMAT, **document}, [KeptReading.of(row) for row in reading.rows]


def load(document: Mapping[str, Any], rows: Iterable[RowReading]) -> TableReading:
    """The reading that ``dump`` was given, by this version or an earlier one.

    Raises ``DomainError`` for one that a later version wrote.
    """
    if document.get("format", 1) > FORMAT:
        raise DomainError(
            _("This import was staged by a newer version of the portal. Discard it and read the file again.")
        )
    reading = msgspec.convert({**document, "rows": ()}, TableReading)
    return dataclasses.replace(reading, rows=tuple(rows))
