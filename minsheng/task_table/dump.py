"""A reading as JSON for people and programs, and whole for keeping."""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from departments.errors import DomainError
from minsheng.task_table.parsers.money_lines import FundingItem, FundingSum
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.targets import Target
from minsheng.task_table.result import RowReading, TableReading

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
        "skipped_rows": [{"row": skipped.row, "kind": skipped.kind} for skipped in reading.skipped_rows],
        "issues": [_issue(issue) for issue in reading.issues],
        "rows": [_row(row) for row in reading.rows],
    }


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


def dump(reading: TableReading) -> Json:
    """The whole reading in plain JSON values; ``load`` gives back an equal one. Decimals are strings."""
    plain_values: Json = _plain(reading)
    return {"format": FORMAT, **plain_values}


def load(values: Mapping[str, Any]) -> TableReading:
    """The reading that ``dump`` was given, by this version or an earlier one.

    Raises ``DomainError`` for one that a later version wrote.
    """
    if values.get("format", 1) > FORMAT:
        raise DomainError(
            _("This import was staged by a newer version of the portal. Discard it and read the file again.")
        )
    reading: TableReading = _builder(TableReading)({name: values[name] for name in values if name != "format"})
    return reading


_LIKE_JSON = frozenset({str, int, bool, float, type(None)})


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _LIKE_JSON:
        return value
    if names := _names(kind):
        found = dict(vars(value))
        if len(found) != len(names):  # something is kept beside its fields
            found = {name: found[name] for name in names}
        for name, item in found.items():
            if type(item) not in _LIKE_JSON:
                found[name] = _plain(item)
        return found
    if kind is tuple:
        return [item if type(item) in _LIKE_JSON else _plain(item) for item in value]
    if kind is dict:
        return {name: item if type(item) in _LIKE_JSON else _plain(item) for name, item in value.items()}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; of others none."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _builder(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of the annotation ``kind`` out of plain JSON; looked up once, since tables have many rows."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        real = [argument for argument in arguments if argument is not type(None)]
        return _builder(real[0]) if len(real) == 1 else _as_it_is
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _of_fields(kind)
    if origin is tuple:
        return _of_tuple(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _builder(arguments[1])
        return dict if inner is _as_it_is else lambda value: {name: inner(item) for name, item in value.items()}
    if kind is Decimal:
        return Decimal
    return date.fromisoformat if kind is date else _as_it_is


def _of_fields(kind: Any) -> Callable[[Any], Any]:
    names = {field.name for field in dataclasses.fields(kind)}
    builders = ((name, _builder(hint)) for name, hint in typing.get_type_hints(kind).items())
    made = [(name, build) for name, build in builders if build is not _as_it_is]

    def build(value: Mapping[str, Any]) -> Any:
        held = dict(value)
        for name, make in made:
            if (item := held.get(name)) is not None:
                held[name] = make(item)
        if held.keys() != names:  # an earlier version wrote it
            return kind(**held)
        one = object.__new__(kind)
        # At once: a frozen class sets its fields one by one, at several times the cost.
        object.__setattr__(one, "__dict__", held)
        return one

    return build


def _of_tuple(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        inner = _builder(arguments[0])
        return tuple if inner is _as_it_is else lambda value: tuple(map(inner, value))
    places = [_builder(argument) for argument in arguments]
    return lambda value: tuple(build(item) for build, item in zip(places, value, strict=True))
