"""The tree of jurisdictions."""

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit
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
    jurisdiction.refresh_from_db(from_queryset=Jurisdiction.objects.select_for_update())
    if to and to.path.startswith(jurisdiction.path):
        raise DomainError(_("A jurisdiction cannot be moved below itself."))
    old, new = jurisdiction.path, _path(jurisdiction.pk, to)
    for node in Jurisdiction.objects.select_for_update().filter(path__startswith=old):
        node.path = new + node.path.removeprefix(old)
        node.save(update_fields=["path"])
    jurisdiction.parent, jurisdiction.path = to, new
    jurisdiction.save(update_fields=["parent"])
    audit.record("jurisdiction.move", jurisdiction, by=by, jurisdiction=jurisdiction, old=old, new=new)


@transaction.atomic
def change(jurisdiction: Jurisdiction, *, by: User | None, office_name: str, office_contact: str) -> bool:
    """Write what the supervision office is called and whom to ask there; whether anything differed."""
    names.require_administrator(by, jurisdiction)
    jurisdiction.refresh_from_db(from_queryset=Jurisdiction.objects.select_for_update())
    content = {"office_name": office_name.strip(), "office_contact": office_contact.strip()}
    changed = changes.apply(jurisdiction, content, action="jurisdiction.change", by=by, jurisdiction=jurisdiction)
    return bool(changed)


def _path(pk: int, parent: Jurisdiction | None) -> str:
    return f"{parent.path if parent else '/'}{pk}/"
