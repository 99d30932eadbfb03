"""Accounts as an administrator keeps them: made, changed, closed, never deleted. No right is given here."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, locks
from departments.errors import DomainError
from departments.models import Department, Jurisdiction, User
from departments.names import visible
from departments.services import changes, names

CONTENT = ("name", "department", "telephone")


@transaction.atomic
def add(
    jurisdiction: Jurisdiction, *, by: User | None, username: str, name: str, password: str | None, **content: Any
) -> User:
    """An account kept by ``jurisdiction``, without any right. Who knows ``password`` is asked for another at once.

    Without a password nobody can sign in until one is set.
    """
    names.require_administrator(by, jurisdiction)
    username = User.normalize_username(username.strip()).lower()
    if User.objects.filter(username__iexact=username).exists():
        raise DomainError(_("The user name %(name)s is taken.") % {"name": username})
    if name and not visible(name):
        raise DomainError(_("A name cannot be empty."))
    _check_unit(content.get("department"), jurisdiction)
    user = User(
        username=username,
        name=visible(name),
        jurisdiction=jurisdiction,
        department=content.get("department"),
        telephone=str(content.get("telephone", "")).strip(),
        must_change_password=True,
    )
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    user.save()
    added = {"username": username, "name": user.name, "department": changes.shown(user.department)}
    audit.record("person.add", user, by=by, jurisdiction=jurisdiction, added=added)
    return user


@transaction.atomic
def change(user: User, *, by: User, drawn: Mapping[str, str] | None = None, **content: Any) -> bool:
    """Write name, unit and telephone; whether anything differed. Signatures of earlier days stay.

    ``drawn``: what the form showed in which this was typed (``changes.typed``).
    """
    jurisdiction = _kept_by(user, by)
    values = {name: content[name] for name in CONTENT if name in content}
    for name in ("name", "telephone"):
        if name in values:
            values[name] = visible(str(values[name]))
    values = changes.typed({name: getattr(user, name) for name in CONTENT}, values, drawn)
    if not values.get("name", user.name):
        raise DomainError(_("A name cannot be empty."))
    _check_unit(values.get("department"), jurisdiction)
    return bool(changes.apply(user, values, action="person.change", by=by, jurisdiction=jurisdiction))


@transaction.atomic
def set_active(user: User, *, active: bool, by: User) -> bool:
    """Close or open the account: a closed one cannot sign in, its sessions end, its rights open nothing."""
    jurisdiction = _kept_by(user, by)
    if user == by:
        raise DomainError(_("Nobody can close his own account: another administrator does it."))
    action = "person.open" if active else "person.close"
    return bool(changes.apply(user, {"is_active": active}, action=action, by=by, jurisdiction=jurisdiction))


@transaction.atomic
def reset_password(user: User, *, password: str, by: User) -> None:
    """Give a new initial password: all sessions of the person end, and he must choose his own at the next sign-in."""
    jurisdiction = _kept_by(user, by)
    if user == by:
        raise DomainError(_("Change your own password on its own page."))
    _check_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record("person.reset_password", user, by=by, jurisdiction=jurisdiction)


@transaction.atomic
def choose_password(user: User, password: str) -> None:
    """The person's own choice, which nobody else knows."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record("person.choose_password", user, by=user, jurisdiction=user.jurisdiction)


def _kept_by(user: User, by: User) -> Jurisdiction:
    """The jurisdiction that keeps the account, which ``by`` administers; the operator's accounts are kept by none."""
    locks.again(user)
    if user.jurisdiction is None or user.is_staff or user.is_superuser:
        raise DomainError(_("This account is not kept here."))
    names.require_administrator(by, user.jurisdiction)
    return user.jurisdiction


def _check_unit(unit: Department | None, jurisdiction: Jurisdiction) -> None:
    if unit is not None and unit.jurisdiction_id != jurisdiction.pk:
        raise DomainError(_("The unit belongs to another jurisdiction than the account."))


def _check_password(password: str, user: User) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
