"""The first revision of a sub-item: the whole plan as the table promised it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from departments import clock
from departments.bulk import ROWS_AT_ONCE, batched, insert_columns
from departments.models import Department, User
from projects.models import SubItem, SubItemRevision

if TYPE_CHECKING:
    from projects.services.plans import SubItemPlan

_AS_TEXT: Final = (Decimal, date)


def keep(
    sub_items: Sequence[SubItem], items: Sequence[SubItemPlan], *, by: User | None, document: str, reason: str = ""
) -> None:
    """Write it for new sub-items; ``document`` names the table."""
    now = clock.now()
    for some in batched(list(zip(sub_items, items, strict=True)), ROWS_AT_ONCE):
        known: dict[int, list[dict[str, Any]]] = {}
        insert_columns(
            SubItemRevision,
            {
                "sub_item_id": [sub_item.pk for sub_item, _item in some],
                "plan": [_plan(sub_item, item, known) for sub_item, item in some],
            },
            number=1,
            origin=SubItemRevision.Origin.TABLE,
            at=now,
            by_id=by and by.pk,
            reason=reason,
            document=document,
        )


def _plan(sub_item: SubItem, item: SubItemPlan, known: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """The plan as JSON. ``known``: sub-items that have their shares in common have their words in common too."""
    responsibilities = known.get(id(item.shares))
    if responsibilities is None:
        responsibilities = known[id(item.shares)] = [
            responsibility(
                one.role,
                one.department,
                written=one.written,
                group=one.group.pk if one.group else None,
                files=one.files,
            )
            for one in item.shares
        ]
    return {
        "project": item.project,
        "content": item.content,
        "kind": sub_item.kind,
        **{key: json_of(value) for key, value in item.fields.items() if key != "source_cells"},
        "deliverables": [{"marker": marker, "text": text} for marker, text in item.deliverables],
        "targets": [{key: json_of(value) for key, value in vars(target).items()} for target in item.targets],
        "responsibilities": responsibilities,
        "funding": item.funding,
    }


def responsibility(
    role: str, unit: Department | None, *, written: str, group: int | None, files: bool
) -> dict[str, Any]:
    """Who is responsible as what, as revisions keep it; ``written`` is what the table calls the unit, ``group`` the key
    of the group it stands for.
    """
    return {
        "role": str(role),
        "department": unit.pk if unit else None,
        "name": unit.full_name if unit else "",
        "stated_as": written,
        "group": group,
        "files": files,
    }


def json_of(value: Any) -> Any:
    """A value of the plan as a revision keeps it."""
    return str(value) if isinstance(value, _AS_TEXT) else value
