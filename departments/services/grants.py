"""Giving and taking rights: recorded, never to oneself, and never two that are kept apart by one person alone."""

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from departments import audit
from departments.errors import DomainError
from departments.models import Department, Jurisdiction, User
from departments.permissions import ADMINISTER, KEPT_APART, ON_DEPARTMENTS, ON_JURISDICTIONS, has_grant


@transaction.atomic
def give(
    perm: str, on: Department | Jurisdiction, *, to: User, by: User | None, second: User | None = None, reason: str = ""
) -> None:
    """Grant ``perm`` on ``on`` to the person ``to``.

    ``by`` administers the jurisdiction (``None``: the system, while it is set up). A second of the rights kept
    apart (administer, supervise, audit) needs ``second``, another administrator, and a reason; both are recorded.
    """
    jurisdiction = _check(perm, on, by=by)
    if by == to:
        raise DomainError(_("Nobody can give a right to himself."))
    User.objects.select_for_update().get(pk=to.pk)  # two grants to one person are judged one after the other
    if by is not None and _would_join(perm, to):
        _check_second(second, by=by, to=to, jurisdiction=jurisdiction, reason=reason)
    assign_perm(perm, to, on)
    audit.record(
        "grant.give",
        to,
        by=by,
        jurisdiction=jurisdiction,
        right=perm,
        where=str(on),
        where_id=on.pk,
        second=second.pk if second else None,
        reason=reason,
    )


@transaction.atomic
def take(perm: str, on: Department | Jurisdiction, *, of: User, by: User | None) -> None:
    """Take ``perm`` on ``on`` from the person ``of``; nothing happens where he does not hold it."""
    jurisdiction = _check(perm, on, by=by)
    remove_perm(perm, of, on)
    audit.record("grant.take", of, by=by, jurisdiction=jurisdiction, right=perm, where=str(on), where_id=on.pk)


def _check(perm: str, on: Department | Jurisdiction, *, by: User | None) -> Jurisdiction:
    jurisdiction = on.jurisdiction if isinstance(on, Department) else on
    if perm not in (ON_DEPARTMENTS if isinstance(on, Department) else ON_JURISDICTIONS):
        raise DomainError(_("This right does not exist on such an object."))
    if by is not None and not has_grant(by, ADMINISTER, jurisdiction):
        raise DomainError(_("Only an administrator of the jurisdiction can change rights."))
    return jurisdiction


def _would_join(perm: str, to: User) -> bool:
    """Whether ``to`` already holds, anywhere, another of the rights kept apart."""
    if perm not in KEPT_APART:
        return False
    others = [other.split(".")[1] for other in KEPT_APART if other != perm]
    mine = Permission.objects.filter(codename__in=others, content_type__app_label="departments")
    return (
        mine.filter(jurisdictionusergrant__user=to).exists()
        or mine.filter(jurisdictiongroupgrant__group__user=to).exists()
    )


def _check_second(second: User | None, *, by: User, to: User, jurisdiction: Jurisdiction, reason: str) -> None:
    if second is None or second in (by, to) or not has_grant(second, ADMINISTER, jurisdiction):
        raise DomainError(
            _("Administration, supervision and audit are kept apart: a second administrator must agree to this right.")
        )
    if not reason.strip():
        raise DomainError(_("Say why one person needs two rights that are kept apart."))
