"""Milestones of a plan, written as a whole list by the supervision office; each change is a revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.errors import Conflict, DomainError
from departments.models import User
from projects.models import Milestone, SubItem, SubItemRevision


@dataclass(frozen=True)
class Wanted:
    """A milestone as it shall be; ``pk`` of one that exists, ``None`` for a new one."""

    pk: int | None
    name: str
    due_on: date
    weight: Decimal
    done_on: date | None = None


def token(milestones: Sequence[Milestone]) -> str:
    """What the list looked like, so that of two people who change it the later one is told."""
    return "|".join(f"{one.pk}:{one.name}:{one.due_on}:{one.weight.normalize():f}:{one.done_on}" for one in milestones)


@transaction.atomic
def write(
    sub_item: SubItem, wanted: Sequence[Wanted], *, by: User, seen: str, reason: str, document: str = ""
) -> SubItemRevision | None:
    """Make the milestones of ``sub_item`` those ``wanted``; what is not among them goes. ``None``: nothing changed.

    ``seen`` is the ``token`` of the list that was changed. A change of the plan needs a reason; that a milestone was
    reached needs none. Figures kept of past months stay as they are.

    Raises ``Conflict`` where somebody else changed the list meanwhile, ``DomainError`` for what the rules refuse.
    """
    locks.hold(SubItem, sub_item.pk)
    present = list(Milestone.objects.filter(sub_item=sub_item))
    if token(present) != seen:
        raise Conflict(_("Somebody else changed these milestones meanwhile. Look at them and change them again."))
    _check(sub_item, present, wanted)
    old = [_json(one) for one in present]
    if not _differs(present, wanted):
        return None
    if _is_of_the_plan(present, wanted) and not reason.strip():
        raise DomainError(_("Say why the milestones change: it is kept with the revision of the plan."))
    _apply(sub_item, present, wanted)
    new = [_json(one) for one in Milestone.objects.filter(sub_item=sub_item)]
    audit.record(
        "milestones.change",
        sub_item,
        by=by,
        jurisdiction=sub_item.programme.jurisdiction,
        old=old,
        new=new,
        reason=reason,
    )
    return _revise(sub_item, old, new, by=by, reason=reason, document=document)


def _check(sub_item: SubItem, present: Sequence[Milestone], wanted: Sequence[Wanted]) -> None:
    if sub_item.status != SubItem.Status.ACTIVE:
        raise DomainError(_("A sub-item that is closed or withdrawn keeps its milestones."))
    if {one.pk for one in wanted if one.pk} - {one.pk for one in present}:
        raise Conflict(_("Somebody else changed these milestones meanwhile. Look at them and change them again."))
    for one in wanted:
        if not one.name.strip():
            raise DomainError(_("Each milestone needs a name."))
        if one.weight <= 0:
            raise DomainError(_("The weight of a milestone must be more than 0."))
        if one.done_on is not None and one.done_on > clock.today():
            raise DomainError(_("“%(name)s” cannot have been reached on a day that has not come yet.") % vars(one))


def _differs(present: Sequence[Milestone], wanted: Sequence[Wanted]) -> bool:
    return {one.pk: (*_plan(one), one.done_on) for one in present} != {
        one.pk or -at: (*_plan(one), one.done_on) for at, one in enumerate(wanted, start=1)
    }


def _is_of_the_plan(present: Sequence[Milestone], wanted: Sequence[Wanted]) -> bool:
    """Whether more changes than that some are reached."""
    return {one.pk: _plan(one) for one in present} != {
        one.pk or -at: _plan(one) for at, one in enumerate(wanted, start=1)
    }


def _plan(one: Milestone | Wanted) -> tuple[str, date, Decimal]:
    return one.name, one.due_on, one.weight


def _apply(sub_item: SubItem, present: Sequence[Milestone], wanted: Sequence[Wanted]) -> None:
    kept = {one.pk: one for one in wanted if one.pk}
    for row in present:
        if row.pk not in kept:
            row.delete()
            continue
        one = kept[row.pk]
        row.name, row.due_on, row.weight, row.done_on = one.name, one.due_on, one.weight, one.done_on
        row.save(update_fields=["name", "due_on", "weight", "done_on"])
    place = max((row.position for row in present), default=0)
    for at, one in enumerate((one for one in wanted if not one.pk), start=1):
        Milestone.objects.create(
            sub_item=sub_item,
            position=place + at,
            name=one.name,
            due_on=one.due_on,
            weight=one.weight,
            done_on=one.done_on,
        )


def _json(one: Milestone) -> dict[str, Any]:
    return {
        "name": one.name,
        "due_on": one.due_on.isoformat(),
        "weight": f"{one.weight.normalize():f}",
        "done_on": one.done_on.isoformat() if one.done_on else None,
    }


def _revise(
    sub_item: SubItem, old: list[dict[str, Any]], new: list[dict[str, Any]], *, by: User, reason: str, document: str
) -> SubItemRevision:
    """Append to the plan's history. The baseline is the table's: a first revision of another origin is number 2."""
    last = SubItemRevision.objects.filter(sub_item=sub_item).order_by("-number").first()
    return SubItemRevision.objects.create(
        sub_item=sub_item,
        number=(last.number if last else 1) + 1,
        origin=SubItemRevision.Origin.CORRECTION,
        at=clock.now(),
        by=by,
        reason=reason.strip(),
        document=document.strip(),
        plan={**(last.plan if last else {}), "milestones": new},
        changes={"milestones": [old, new]},
    )
