"""Handing sub-items over: other units are responsible from a month on, by decision of the supervision office."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import locks
from departments.errors import Conflict, DomainError
from departments.models import Department, DepartmentGroup, User
from departments.permissions import SUPERVISE, Person, has_grant
from funding.services import assignments
from projects.models import Programme, Responsibility, SubItem, SubItemRevision
from projects.services import baselines, revisions, shifts
from projects.services.plans import Parts
from projects.services.revisions import Revised

Role = Responsibility.Role


@dataclass(frozen=True)
class Share:
    """One responsibility as it shall be. ``written`` is what the table calls it; ``unit`` is none where nobody has
    named it yet.
    """

    unit: Department | None
    role: Role
    files: bool
    written: str
    group: DepartmentGroup | None = None


def may_hand_over(user: Person, programme: Programme) -> bool:
    """Who is responsible is the office's to change, as periods and approvals are (design §4); no unit's own."""
    return has_grant(user, SUPERVISE, programme.jurisdiction)


def present_of(sub_items: Sequence[SubItem]) -> dict[int, list[Responsibility]]:
    """The plan as it stands last, a hand-over dated ahead included, by the key of the sub-item: filing unit first."""
    found: dict[int, list[Responsibility]] = defaultdict(list)
    rows = Responsibility.objects.current().filter(sub_item__in=[one.pk for one in sub_items])
    for row in rows.select_related("department__parent", "group_origin").order_by("-files", "-role", "order", "pk"):
        found[row.sub_item_id].append(row)
    return found


def share_of(row: Responsibility) -> Share:
    return Share(row.department, Role(row.role), row.files, row.stated_as, row.group_origin)


def succeeded(rows: Sequence[Responsibility], old: Department, new: Department) -> list[Share]:
    """The same shares with ``new`` in the place of ``old`` and its sections. Where several of them are responsible, the
    one that remains has the strongest of their parts: it files if any did, and leads if any did.
    """
    shares = [share_of(row) for row in rows]
    if not any(holds(share.unit, old) for share in shares):
        return shares
    both = [share for share in shares if share.unit == new or holds(share.unit, old)]
    kept = Share(
        new,
        Role.LEAD if any(share.role == Role.LEAD for share in both) else Role.ASSIST,
        any(share.files for share in both),
        new.full_name,
    )
    place = min(shares.index(share) for share in both)
    others = [share for share in shares if share not in both]
    before = sum(shares.index(share) < place for share in others)
    return [*others[:before], kept, *others[before:]]


def holds(unit: Department | None, old: Department) -> bool:
    """Whether ``unit`` is ``old`` or one of its sections."""
    return unit is not None and old.pk in (unit.pk, unit.parent_id)


@transaction.atomic
def hand_over(
    programme: Programme,
    wanted: Mapping[int, Sequence[Share]],
    *,
    since: date,
    by: User,
    reason: str,
    document: str = "",
    seen: Mapping[int, str],
) -> list[SubItem]:
    """From ``since`` on, the shares of ``wanted`` (by the key of the sub-item) hold; those that changed nothing are
    left out. ``seen`` are the tokens (``shifts.token``) of what was looked at. All of it is written, or nothing.

    Who was responsible until then keeps reading what it filed. Each sub-item gets a revision, the trail one event.
    Raises ``Conflict`` where somebody changed one meanwhile, ``DomainError`` for what the rules refuse: a month that
    was submitted or has locked, among others.
    """
    if not reason.strip():
        raise DomainError(_("Say why others are responsible: it is kept with the revision of the plan."))
    if since.day != 1 or not programme.first_month <= since <= programme.last_month:
        raise DomainError(_("Choose one of the programme's months."))
    chosen = SubItem.objects.filter(programme=programme, pk__in=wanted).select_related("project", "programme")
    sub_items = list(locks.held(chosen))
    if len(sub_items) != len(wanted):
        raise DomainError(_("Choose sub-items of this programme."))
    present = present_of(sub_items)
    changed_meanwhile = [one for one in sub_items if shifts.token(present[one.pk]) != seen.get(one.pk)]
    if changed_meanwhile:
        raise Conflict(
            _("Who is responsible for “%(sub_item)s” was changed meanwhile. Look at it and decide again.")
            % {"sub_item": changed_meanwhile[0]}
        )
    revised = [_revised(one, present[one.pk], in_order(wanted[one.pk]), since) for one in sub_items]
    revised = [one for one in revised if one.changes]
    if not revised:
        raise DomainError(_("Nothing would change."))
    for one in revised:
        _check(one.sub_item, wanted[one.sub_item.pk], since)
    revisions.revise(
        programme,
        revised,
        by=by,
        reason=reason.strip(),
        document=document.strip(),
        origin=SubItemRevision.Origin.HAND_OVER,
        action="responsibility.hand_over",
        month=f"{since:%Y-%m}",
    )
    for one in revised:
        filing, before = _filing(wanted[one.sub_item.pk]), _filing(map(share_of, present[one.sub_item.pk]))
        if filing is not None and filing != before:
            assignments.begin_filing(one.sub_item, filing, since=since)
    return [one.sub_item for one in revised]


def _filing(shares: Iterable[Share]) -> Department | None:
    return next((share.unit for share in shares if share.files), None)


def in_order(shares: Sequence[Share]) -> list[Share]:
    """The filing unit first, then the other leads, then who assists."""
    return sorted(shares, key=lambda share: (not share.files, share.role != Role.LEAD))


def _revised(sub_item: SubItem, rows: Sequence[Responsibility], shares: Sequence[Share], since: date) -> Revised:
    old, new = [_json(share_of(row)) for row in rows], [_json(share) for share in shares]
    responsibilities = [
        Responsibility(
            sub_item=sub_item,
            department=share.unit,
            role=share.role,
            order=order,
            files=share.files,
            stated_as=share.written[:120],
            group_origin=share.group,
        )
        for order, share in enumerate(shares)
    ]
    changes: dict[str, list[Any]] = {}
    if not _same(old, new):
        changes = {"responsibilities": [old, new], "from_month": [None, f"{since:%Y-%m}"]}
    return Revised(
        sub_item,
        parts=Parts([], [], responsibilities),
        kinds={"responsibilities"},
        since=since,
        changes=changes,
        plan={"responsibilities": new},
    )


def _same(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the same units have the same parts, in whichever order."""

    def parts(entries: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
        return sorted((str(one["department"] or one["stated_as"]), one["role"], str(one["files"])) for one in entries)

    return parts(old) == parts(new)


def _json(share: Share) -> dict[str, Any]:
    return baselines.responsibility(
        share.role, share.unit, written=share.written, group=share.group.pk if share.group else None, files=share.files
    )


def _check(sub_item: SubItem, shares: Sequence[Share], since: date) -> None:
    units = [share.unit for share in shares if share.unit]
    if sub_item.status != SubItem.Status.ACTIVE:
        raise DomainError(_("“%(sub_item)s” is closed or withdrawn: it stays as it is.") % {"sub_item": sub_item})
    if len(set(units)) != len(units):
        raise DomainError(_("“%(sub_item)s”: a unit has one part only.") % {"sub_item": sub_item})
    filing = [share for share in shares if share.files]
    if len(filing) != 1 or filing[0].unit is None or filing[0].role != Role.LEAD:
        raise DomainError(_("“%(sub_item)s”: exactly one unit files, and it leads.") % {"sub_item": sub_item})
    for unit in units:
        if unit.jurisdiction_id != sub_item.programme.jurisdiction_id:
            raise DomainError(_("“%(unit)s” belongs to another jurisdiction.") % {"unit": unit.full_name})
        if unit.active_until is not None and unit.active_until < since:
            raise DomainError(
                _("“%(unit)s” ends on %(day)s, before the hand-over.")
                % {"unit": unit.full_name, "day": unit.active_until.isoformat()}
            )
