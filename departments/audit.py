"""Writing the audit trail."""

from typing import Any

from django.db import models

from departments import clock, language
from departments.models import AuditEvent, Jurisdiction, User


def signature(user: User | None) -> str:
    """单位·姓名 of the day, as it is kept beside what a person wrote."""
    if user is None:
        return ""
    return f"{user.department}·{user}" if user.department else str(user)


def record(
    action: str, on: models.Model, *, by: User | None, jurisdiction: Jurisdiction | None = None, **details: Any
) -> AuditEvent:
    """Append that ``by`` did ``action`` (a stable word such as ``programme.import``) to ``on``.

    Call it inside the transaction of the act, so that neither stands without the other.
    ``details`` must be JSON: what was changed, from what, to what.
    """
    with language.of_the_office():
        name = str(on)
    return AuditEvent.objects.create(
        at=clock.now(),
        actor=by,
        actor_name=signature(by),
        action=action,
        jurisdiction=jurisdiction,
        object_type=on._meta.label_lower,
        object_id=str(on.pk),
        object_name=name[:200],
        details=details,
    )


def newest(action: str, on: models.Model, **details: Any) -> AuditEvent | None:
    """The last time that ``action`` was done to ``on``, with ``details`` where some are named."""
    of = AuditEvent.objects.filter(action=action, object_type=on._meta.label_lower, object_id=str(on.pk))
    return of.filter(**{f"details__{name}": value for name, value in details.items()}).first()
