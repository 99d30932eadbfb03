"""Audit events as people read them: what was done, and what changed from what to what."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from departments import clock
from departments.models import AuditEvent
from minsheng.office import words
from minsheng.office.facts import Line, lines_of

SHOWN: Final = 4  # lines of an event that stand in a list; the others are folded


@dataclass(frozen=True)
class Entry:
    event: AuditEvent
    action: str | Promise
    lines: tuple[Line, ...]

    @property
    def first(self) -> tuple[Line, ...]:
        return self.lines if len(self.lines) <= SHOWN + 1 else self.lines[:SHOWN]

    @property
    def folded(self) -> tuple[Line, ...]:
        return self.lines[len(self.first) :]


def entry(event: AuditEvent) -> Entry:
    return Entry(event, action_of(event.action), tuple(lines_of(event.details, _labels(event.object_type))))


def _labels(kind: str) -> words.Words:
    """What the fields of an object are called, where there is no word for all kinds; of a model that is no more, none.

    A person's name is not called as that of a thing is.
    """
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return {}
    fields = {field.name: field.verbose_name for field in model._meta.fields if field.name not in words.FIELDS}
    return fields | words.OF_KINDS.get(kind, {})


def action_of(action: str) -> str | Promise:
    """What was done, in words; an action of an earlier version of the portal that has none is called that."""
    return words.ACTIONS.get(action) or _("another step")


def moment(event: AuditEvent) -> str:
    """When it was, to the second, as the clock of the office shows it."""
    return clock.local(event.at).strftime("%Y-%m-%d %H:%M:%S")


def of(row: models.Model, most: int = 20, *, actions: Collection[str] = ()) -> list[Entry]:
    """What was done to ``row``, newest first; of ``actions`` only, where some are named."""
    events = AuditEvent.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk))
    if actions:
        events = events.filter(action__in=actions)
    return [entry(event) for event in events[:most]]
