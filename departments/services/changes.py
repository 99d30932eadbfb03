"""One way to change named fields of a row: only what differs is written, and recorded as old → new."""

from typing import Any

from django.db import models

from departments import audit
from departments.models import Jurisdiction, User


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
