"""The tree of jurisdictions."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, locks
from departments.errors import DomainError
from departments.models import Jurisdiction, User
from departments.services import changes, names


@transaction.atomic
def create(*, by: User | None, code: str, name: str, parent: Jurisdiction | None = None, **labels: str) -> Jurisdiction:
    """A new jurisdiction below ``parent``, with its path."""
    jurisdiction = Jurisdiction.objects.create(parent=parent, path=f"new-{code}", code=code, name=name, **labels)
    jurisdiction.path = _path(jurisdiction.pk, parent)
    jurisdiction.save(update_fields=["path"])
    audit.record("jurisdiction.create", jurisdiction, by=by, jurisdiction=jurisdiction, code=code)
    return jurisdiction


@transaction.atomic
def move(jurisdiction: Jurisdiction, to: Jurisdiction | None, *, by: User | None) -> None:
    """Hang ``jurisdiction`` and all below it under ``to``; never under itself."""
    locks.again(jurisdiction)
    if to and to.path.startswith(jurisdiction.path):
        raise DomainError(_("A jurisdiction cannot be moved below itself."))
    old, new = jurisdiction.path, _path(jurisdiction.pk, to)
    parents = [str(jurisdiction.parent or ""), str(to or "")]
    for node in locks.held(Jurisdiction.objects.filter(path__startswith=old)):
        node.path = new + node.path.removeprefix(old)
        node.save(update_fields=["path"])
    jurisdiction.parent, jurisdiction.path = to, new
    jurisdiction.save(update_fields=["parent"])
    audit.record("jurisdiction.move", jurisdiction, by=by, jurisdiction=jurisdiction, changed={"parent": parents})


@transaction.atomic
def name_office(
    jurisdiction: Jurisdiction,
    *,
    office_name: str,
    office_contact: str,
    by: User,
    drawn: Mapping[str, str] | None = None,
) -> bool:
    """Say what the supervision office is called and how it is reached; whether anything differed.

    Units read it where a month has locked, and in the text that reminds them. ``drawn``: what the form showed in which
    this was typed (``changes.typed``).
    """
    names.require_administrator(by, jurisdiction)
    locks.again(jurisdiction)
    content = {"office_name": office_name.strip(), "office_contact": office_contact.strip()}
    content = changes.typed({name: getattr(jurisdiction, name) for name in content}, content, drawn)
    return bool(changes.apply(jurisdiction, content, action="jurisdiction.office", by=by, jurisdiction=jurisdiction))


def _path(pk: int, parent: Jurisdiction | None) -> str:
    return f"{parent.path if parent else '/'}{pk}/"
