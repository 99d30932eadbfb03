"""One way to change named fields of a row: only what differs is written, and recorded as old → new."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from departments import audit
from departments.errors import Conflict
from departments.models import Jurisdiction, User


class Overtaken(Conflict):
    """Somebody else saved another value of the same fields; ``fields`` says what stands there."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(_("Somebody else has changed the same meanwhile; nothing was overwritten."))
        self.fields = dict(fields)


def typed(now: Mapping[str, Any], wanted: Mapping[str, Any], drawn: Mapping[str, str] | None) -> dict[str, Any]:
    """Of ``wanted`` what was typed into a form that showed ``drawn``: the rest stays as it stands ``now``.

    Raises ``Overtaken`` where somebody else has changed a typed field to something else meanwhile. Without ``drawn``
    everything counts as typed.
    """
    if not drawn:
        return dict(wanted)
    mine = {name: value for name, value in wanted.items() if as_drawn(value) != drawn.get(name)}
    lost = {
        name: now[name]
        for name, value in mine.items()
        if name in drawn and as_drawn(now[name]) not in (drawn[name], as_drawn(value))
    }
    if lost:
        raise Overtaken(lost)
    return mine


def as_drawn(value: Any) -> str:
    """A value as a form carries it along: rows by their keys, several of them in any order."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(sorted(as_drawn(one) for one in value))
    return "" if value is None else str(value)


def apply(
    row: models.Model, values: dict[str, Any], *, action: str, by: User | None, jurisdiction: Jurisdiction | None
) -> dict[str, list[str]]:
    """Write what differs in ``values``, record it as ``action``; what was changed, empty where nothing was."""
    changed = {
        name: [shown(getattr(row, name)), shown(value)] for name, value in values.items() if getattr(row, name) != value
    }
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=list(changed))
        audit.record(action, row, by=by, jurisdiction=jurisdiction, changed=changed)
    return changed


def shown(value: Any) -> str:
    """A value as the audit trail keeps it."""
    return "" if value is None else str(value)
