"""Giving and taking rights: recorded, never to oneself, and never two that are kept apart by one person alone."""

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from departments import audit, clock, locks
from departments.errors import DomainError, IllegalTransition
from departments.models import (
    Department,
    DepartmentUserGrant,
    GrantRequest,
    Jurisdiction,
    JurisdictionUserGrant,
    User,
)
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
    locks.hold(User, to.pk)  # two grants to one person are judged one after the other
    if by is not None and would_join(perm, to):
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
        second_name=audit.signature(second),
        reason=reason,
    )


@transaction.atomic
def take(perm: str, on: Department | Jurisdiction, *, of: User, by: User | None) -> None:
    """Take ``perm`` on ``on`` from the person ``of``; nothing happens where he does not hold it.

    Nobody takes a right from himself: so a jurisdiction that has an administrator keeps one.
    """
    jurisdiction = _check(perm, on, by=by)
    if by == of:
        raise DomainError(_("Nobody can take a right from himself: another administrator does it."))
    if perm == ADMINISTER:  # two administrators who take it from each other are judged one after the other
        list(locks.held(JurisdictionUserGrant.objects.filter(content_object=jurisdiction)))
        _check(perm, on, by=by)
    if not holds_directly(perm, on, of):
        return
    remove_perm(perm, of, on)
    audit.record("grant.take", of, by=by, jurisdiction=jurisdiction, right=perm, where=str(on), where_id=on.pk)


@transaction.atomic
def ask(perm: str, on: Jurisdiction, *, to: User, by: User, reason: str) -> GrantRequest:
    """Ask for a right that is kept apart from one ``to`` holds; nothing is granted until a second agrees."""
    _check(perm, on, by=by)
    if by == to:
        raise DomainError(_("Nobody can give a right to himself."))
    locks.hold(User, to.pk)
    if not would_join(perm, to):
        raise DomainError(_("This right needs no second administrator: give it directly."))
    if not reason.strip():
        raise DomainError(_("Say why one person needs two rights that are kept apart."))
    if GrantRequest.objects.filter(person=to, right=perm, jurisdiction=on, state=GrantRequest.State.WAITING).exists():
        raise DomainError(_("This right was asked for already; it waits for a second administrator."))
    request = GrantRequest.objects.create(
        person=to, right=perm, jurisdiction=on, reason=reason.strip(), asked_by=by, asked_at=clock.now()
    )
    audit.record("grant.ask", to, by=by, jurisdiction=on, right=perm, where=str(on), where_id=on.pk, reason=reason)
    return request


@transaction.atomic
def decide(request: GrantRequest, *, by: User, agree: bool) -> None:
    """Agree to what another administrator asked for, which gives the right, or decline it. Done once.

    Who asked can decline (take the request back), never agree; the person it is for can do neither.
    """
    locks.again(request)
    if request.state != GrantRequest.State.WAITING:
        raise IllegalTransition(_("This request was decided already."))
    _check(request.right, request.jurisdiction, by=by)
    if by == request.person or (agree and by == request.asked_by):
        raise DomainError(_("Another administrator must agree: neither who asked nor the person it is for."))
    if agree:
        give(
            request.right,
            request.jurisdiction,
            to=request.person,
            by=request.asked_by,
            second=by,
            reason=request.reason,
        )
    else:
        audit.record(
            "grant.decline",
            request.person,
            by=by,
            jurisdiction=request.jurisdiction,
            right=request.right,
            where=str(request.jurisdiction),
            where_id=request.jurisdiction_id,
        )
    request.state = GrantRequest.State.AGREED if agree else GrantRequest.State.DECLINED
    request.decided_by, request.decided_at = by, clock.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])


def holds_directly(perm: str, on: Department | Jurisdiction, user: User) -> bool:
    """Whether ``user`` holds ``perm`` on just this object by a grant of his own."""
    codename = perm.split(".")[1]
    manager = DepartmentUserGrant.objects if isinstance(on, Department) else JurisdictionUserGrant.objects
    return manager.filter(user=user, content_object=on, permission__codename=codename).exists()


def _check(perm: str, on: Department | Jurisdiction, *, by: User | None) -> Jurisdiction:
    jurisdiction = on.jurisdiction if isinstance(on, Department) else on
    if perm not in (ON_DEPARTMENTS if isinstance(on, Department) else ON_JURISDICTIONS):
        raise DomainError(_("This right does not exist on such an object."))
    if by is not None and not has_grant(by, ADMINISTER, jurisdiction):
        raise DomainError(_("Only an administrator of the jurisdiction can change rights."))
    return jurisdiction


def would_join(perm: str, to: User) -> bool:
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
