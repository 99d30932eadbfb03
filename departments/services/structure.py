"""Units, sections and groups, one at a time, as an administrator changes them. Nothing is ever deleted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from departments import audit, language
from departments.errors import DomainError
from departments.models import Department, DepartmentGroup, GroupMember, Jurisdiction, User
from departments.names import section_name, visible
from departments.services import changes, names

CONTENT = ("name", "short_name", "contact", "telephone")


@transaction.atomic
def add(jurisdiction: Jurisdiction, *, by: User | None, parent: Department | None = None, **content: Any) -> Department:
    """A new unit at the end of the official order, or a section at the end of its unit's."""
    names.require_administrator(by, jurisdiction)
    names.lock(jurisdiction)
    if parent is not None and (parent.parent_id or parent.jurisdiction_id != jurisdiction.pk):
        raise DomainError(_("A section stands in a unit of the same jurisdiction, one level deep."))
    _check_name(content["name"], jurisdiction, parent=parent, of=None)
    if parent:
        last = parent.sections.aggregate(last=Max("position"))["last"]
        order, position = parent.order, (last or 0) + 1
    else:
        last = Department.objects.filter(jurisdiction=jurisdiction, parent=None).aggregate(last=Max("order"))["last"]
        order, position = (last or 0) + 1, 0
    unit = Department.objects.create(
        jurisdiction=jurisdiction, parent=parent, order=order, position=position, **_content(content)
    )
    audit.record("unit.add", unit, by=by, jurisdiction=jurisdiction, added=_shown(content))
    return unit


@transaction.atomic
def change(unit: Department, *, by: User | None, drawn: Mapping[str, str] | None = None, **content: Any) -> bool:
    """Write the name and contact of ``unit``; whether anything differed. Reports keep the name of their day.

    ``drawn``: what the form showed in which this was typed (``changes.typed``).
    """
    names.require_administrator(by, unit.jurisdiction)
    names.lock(unit.jurisdiction)
    unit.refresh_from_db()
    content = changes.typed({name: getattr(unit, name) for name in CONTENT}, _content(content), drawn)
    if content.get("name", unit.name) != unit.name:
        _check_name(content["name"], unit.jurisdiction, parent=unit.parent, of=unit)
    changed = changes.apply(unit, content, action="unit.change", by=by, jurisdiction=unit.jurisdiction)
    return bool(changed)


@transaction.atomic
def close(unit: Department, *, until: date, successor: Department | None, by: User | None) -> bool:
    """Let ``unit`` end on the day ``until``; its sections with it. Rows stay; ``successor`` says who does its work."""
    names.require_administrator(by, unit.jurisdiction)
    names.lock(unit.jurisdiction)
    unit.refresh_from_db()
    if successor is not None:
        if successor.jurisdiction_id != unit.jurisdiction_id:
            raise DomainError(_("The successor is a unit of the same jurisdiction."))
        if successor == unit or successor.parent_id == unit.pk:
            raise DomainError(_("A unit is not its own successor."))
        if successor.active_until and successor.active_until <= until:
            raise DomainError(_("The successor ends before that day itself."))
    ending = {"active_until": until, "successor": successor}
    changed = changes.apply(unit, ending, action="unit.close", by=by, jurisdiction=unit.jurisdiction)
    for section in unit.sections.active(until):
        changes.apply(section, ending, action="unit.close", by=by, jurisdiction=unit.jurisdiction)
    return bool(changed)


@transaction.atomic
def reopen(unit: Department, *, by: User | None) -> bool:
    """Let ``unit`` go on without an end, and those of its sections that ended with it."""
    names.require_administrator(by, unit.jurisdiction)
    names.lock(unit.jurisdiction)
    unit.refresh_from_db()
    if unit.parent and unit.parent.active_until:
        raise DomainError(_("The unit above has ended; let it go on first."))
    together = [unit, *unit.sections.filter(active_until=unit.active_until)] if unit.active_until else []
    for row in together:
        going_on = {"active_until": None, "successor": None}
        changes.apply(row, going_on, action="unit.reopen", by=by, jurisdiction=unit.jurisdiction)
    return bool(together)


@transaction.atomic
def place(unit: Department, place_: int, *, by: User | None) -> None:
    """Put ``unit`` at the place ``place_`` (from 1) of the official order, a section at that of its unit's sections.

    A unit takes its sections along. Places are numbered anew without gaps.
    """
    names.require_administrator(by, unit.jurisdiction)
    names.lock(unit.jurisdiction)
    unit.refresh_from_db()
    peers = list(Department.objects.filter(jurisdiction=unit.jurisdiction, parent=unit.parent).official_order())
    was = peers.index(unit) + 1
    peers.remove(unit)
    peers.insert(max(0, place_ - 1), unit)
    field = "position" if unit.parent_id else "order"
    for number, peer in enumerate(peers, start=1):
        if getattr(peer, field) != number:
            Department.objects.filter(pk=peer.pk).update(**{field: number})
        if field == "order":
            peer.sections.exclude(order=number).update(order=number)
    unit.refresh_from_db()
    now = peers.index(unit) + 1
    if now != was:
        audit.record("unit.place", unit, by=by, jurisdiction=unit.jurisdiction, changed={"order": [str(was), str(now)]})


@transaction.atomic
def save_group(
    group: DepartmentGroup | None,
    *,
    jurisdiction: Jurisdiction,
    name: str,
    is_open: bool,
    members: Sequence[Department],
    by: User | None,
    drawn: Mapping[str, str] | None = None,
) -> DepartmentGroup:
    """A group with its members in this order; a group whose members each table leaves open has none of its own.

    ``drawn``: what the form showed in which this was typed (``changes.typed``).
    """
    names.require_administrator(by, jurisdiction)
    names.lock(jurisdiction)
    wanted: dict[str, Any] = {"name": visible(name), "is_open": is_open, "members": list(members)}
    if group is not None:
        group.refresh_from_db()
        now = _stands(group)
        wanted = now | changes.typed(now, wanted, drawn)
    name, is_open, members = wanted["name"], wanted["is_open"], wanted["members"]
    if is_open == bool(members):
        raise DomainError(_("A group either has members, or leaves them open: not both, not neither."))
    if any(member.jurisdiction_id != jurisdiction.pk or member.parent_id for member in members):
        raise DomainError(_("The members of a group are units of its jurisdiction."))
    with language.of_the_office():
        before = language.listed(member.department for member in _memberships(group))
        after = language.listed(members)
    if group is None:
        names.check_free(name, jurisdiction, of=None)
        group = DepartmentGroup.objects.create(jurisdiction=jurisdiction, name=name, is_open=is_open)
        audit.record("group.add", group, by=by, jurisdiction=jurisdiction, added={"name": name})
    else:
        if name != group.name:
            names.check_free(name, jurisdiction, of=group)
        content = {"name": name, "is_open": is_open}
        changes.apply(group, content, action="group.change", by=by, jurisdiction=jurisdiction)
    group.memberships.exclude(department__in=members).delete()
    for position, member in enumerate(members, start=1):
        GroupMember.objects.update_or_create(group=group, department=member, defaults={"position": position})
    if after != before:
        audit.record("group.members", group, by=by, jurisdiction=jurisdiction, changed={"members": [before, after]})
    return group


def _stands(group: DepartmentGroup) -> dict[str, Any]:
    members = [member.department for member in _memberships(group)]
    return {"name": group.name, "is_open": group.is_open, "members": members}


def _memberships(group: DepartmentGroup | None) -> Sequence[GroupMember]:
    return list(group.memberships.select_related("department")) if group else []


def _check_name(name: str, jurisdiction: Jurisdiction, *, parent: Department | None, of: Department | None) -> None:
    names.check_free(section_name(parent.name, name) if parent and name.strip() else name, jurisdiction, of=of)


def _content(values: dict[str, Any]) -> dict[str, str]:
    return {name: visible(str(values[name])) for name in CONTENT if name in values}


def _shown(values: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, text in _content(values).items() if text}
