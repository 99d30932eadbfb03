"""The names of a jurisdiction: each means one thing. Aliases are taught and forgotten here."""

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, locks
from departments.errors import DomainError
from departments.models import Department, DepartmentAlias, DepartmentGroup, Jurisdiction, User
from departments.names import plain, visible
from departments.permissions import ADMINISTER, has_grant

Named = Department | DepartmentGroup


def require_administrator(by: User | None, jurisdiction: Jurisdiction) -> None:
    """``by`` administers ``jurisdiction`` (``None``: the system)."""
    if by is not None and not has_grant(by, ADMINISTER, jurisdiction):
        raise DomainError(_("Only an administrator of the jurisdiction can change this."))


def lock(jurisdiction: Jurisdiction) -> None:
    """Of two people who name something at once the second waits, and sees what the first did."""
    locks.hold(Jurisdiction, jurisdiction.pk)


def meaning_of(text: str, jurisdiction: Jurisdiction) -> Named | None:
    """What ``text`` means here: a unit, a section by its full name, a group, or whose alias it is."""
    wanted = plain(text)
    alias = (
        DepartmentAlias.objects.filter(jurisdiction=jurisdiction, plain=wanted)
        .select_related("department__parent", "group")
        .first()
    )
    if alias is not None:
        return alias.department or alias.group
    for group in DepartmentGroup.objects.filter(jurisdiction=jurisdiction):
        if plain(group.name) == wanted:
            return group
    for unit in Department.objects.filter(jurisdiction=jurisdiction).select_related("parent"):
        if plain(unit.full_name) == wanted:
            return unit
    return None


def check_free(text: str, jurisdiction: Jurisdiction, *, of: Named | None) -> None:
    """Refuse a name or alias that already means something else than ``of``."""
    if not plain(text):
        raise DomainError(_("A name cannot be empty."))
    meant = meaning_of(text, jurisdiction)
    if meant is not None and meant != of:
        raise DomainError(
            _("“%(name)s” already stands for %(other)s here; one name cannot mean two things.")
            % {"name": text, "other": meant.full_name if isinstance(meant, Department) else meant}
        )


@transaction.atomic
def add_alias(text: str, *, of: Named, by: User | None) -> DepartmentAlias:
    """Teach that tables also write ``of`` as ``text``. What is ambiguous is refused."""
    jurisdiction, text = of.jurisdiction, visible(text)
    require_administrator(by, jurisdiction)
    lock(jurisdiction)
    check_free(text, jurisdiction, of=of)
    if meaning_of(text, jurisdiction) == of:
        raise DomainError(_("“%(name)s” is known already.") % {"name": text})
    alias = DepartmentAlias.objects.create(
        jurisdiction=jurisdiction,
        text=text,
        plain=plain(text),
        department=of if isinstance(of, Department) else None,
        group=of if isinstance(of, DepartmentGroup) else None,
    )
    audit.record("alias.add", of, by=by, jurisdiction=jurisdiction, alias=text)
    return alias


@transaction.atomic
def remove_alias(alias: DepartmentAlias, *, by: User | None) -> None:
    """Forget an alias: what was imported with it stays, the next table with it asks again."""
    require_administrator(by, alias.jurisdiction)
    meant = alias.department or alias.group
    assert meant is not None  # by a constraint  # noqa: S101
    audit.record("alias.remove", meant, by=by, jurisdiction=alias.jurisdiction, alias=alias.text)
    alias.delete()
