"""Changing the milestones of a sub-item, and its figures with them."""

from collections.abc import Sequence

from django.db import transaction

from departments.models import User
from departments.permissions import SUPERVISE, Person, has_grant
from funding import summary
from minsheng.figures import latest_approved
from projects.models import SubItem, SubItemRevision
from projects.services import figures, milestones


def may_change(user: Person, sub_item: SubItem) -> bool:
    return has_grant(user, SUPERVISE, sub_item.programme.jurisdiction)


@transaction.atomic
def write(
    sub_item: SubItem, wanted: Sequence[milestones.Wanted], *, by: User, seen: str, reason: str, document: str = ""
) -> SubItemRevision | None:
    """The milestones as ``wanted``, with the light they lead to; kept figures of past months are not touched."""
    revision = milestones.write(sub_item, wanted, by=by, seen=seen, reason=reason, document=document)
    if revision is not None:
        fresh = SubItem.objects.select_related("programme").get(pk=sub_item.pk)
        figures.refresh(fresh, summary.figures_of(fresh, latest_approved(fresh)))
    return revision
