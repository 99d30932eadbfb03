"""Audit events as people read them: what was done, and what changed from what to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from departments.language import listed
from departments.models import AuditEvent
from minsheng.office import words


@dataclass(frozen=True)
class Line:
    """One fact of an event; ``old`` is ``None`` where nothing stood there before."""

    label: str | Promise
    new: str
    old: str | None = None


@dataclass(frozen=True)
class Entry:
    event: AuditEvent
    action: str | Promise
    lines: tuple[Line, ...]


def entry(event: AuditEvent) -> Entry:
    return Entry(event, words.ACTIONS.get(event.action, event.action), tuple(_lines(event.details)))


def of(row: models.Model, most: int = 20) -> list[Entry]:
    """What was done to ``row``, newest first."""
    events = AuditEvent.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk))
    return [entry(event) for event in events[:most]]


def _lines(details: dict[str, Any]) -> Iterator[Line]:
    changed = details.get("changed")
    if isinstance(changed, dict):
        for name, pair in changed.items():
            yield Line(_label(name), _text(name, pair[1]), _text(name, pair[0]))
    added = details.get("added")
    if isinstance(added, dict):
        for name, value in added.items():
            if value not in ("", None):
                yield Line(_label(name), _text(name, value))
    for name, value in details.items():
        if name in ("changed", "added") or name in words.SILENT or value in ("", None):
            continue
        if name == "programme" and isinstance(value, int):
            continue  # a key; the object of the event says its name
        yield Line(_label(name), _text(name, value))


def _label(name: str) -> str | Promise:
    return words.FIELDS.get(name, name)


def _text(name: str, value: Any) -> str:
    if name == "right":
        return str(words.RIGHTS.get(str(value), value))
    if value is True or value == "True":
        return _("yes")
    if value is False or value == "False":
        return _("no")
    if isinstance(value, list):
        return listed(value)
    return str(value)
