"""Changes of a plan that is in force: fields, parts and responsibilities of many sub-items at once, each with its
revision. What units reported, what was kept of it and what was closed is never touched.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from departments import audit, clock, language
from departments.bulk import ROWS_AT_ONCE, batched, insert_rows, update_rows
from departments.errors import DomainError
from departments.models import User
from projects.models import Programme, Project, SubItem, SubItemRevision
from projects.services import baselines, parts, plans, shifts
from projects.services.plans import Parts, SubItemPlan

_AWAY: Final = 1_000_000  # where positions wait while they change places


@dataclass(frozen=True)
class Revised:
    """What changes of one sub-item, which the caller has locked.

    ``values`` are fields of ``SubItem``; of ``parts`` only the named ``kinds`` (deliverables, targets,
    responsibilities) are written, new responsibilities from the month ``since`` on. ``changes`` (field → old and new)
    and ``plan`` (what of the kept plan is replaced) are JSON, for the revision; without changes there is none.
    """

    sub_item: SubItem
    values: dict[str, Any] = field(default_factory=dict)
    project: str | None = None
    parts: Parts | None = None
    kinds: Collection[str] = ()
    since: date | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@transaction.atomic
def revise(
    programme: Programme,
    revised: Sequence[Revised],
    *,
    by: User | None,
    reason: str,
    document: str = "",
    origin: SubItemRevision.Origin = SubItemRevision.Origin.TABLE,
    action: str = "programme.revise",
    **details: Any,
) -> None:
    """Write all of ``revised``, or nothing. The number of queries does not grow with them, but for what one holds.

    The audit trail keeps it as ``action``, with ``details``.

    Raises ``DomainError`` where a closed sub-item would change, or a hand-over would reach back into reported months.
    """
    _refuse_closed(revised)
    _projects(programme, revised)
    _values(revised)
    parts.write_deliverables(
        [(one.sub_item, one.parts) for one in revised if one.parts and "deliverables" in one.kinds]
    )
    parts.write_targets([(one.sub_item, one.parts) for one in revised if one.parts and "targets" in one.kinds])
    shifts.write(
        [(one.sub_item, one.parts, one.since) for one in revised if one.parts and "responsibilities" in one.kinds]
    )
    changed = [one for one in revised if one.changes]
    _append(changed, by=by, reason=reason, document=document, origin=origin)
    audit.record(
        action,
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        reason=reason,
        document=document,
        **details,
        changed={one.sub_item.code: sorted(one.changes) for one in changed},
    )


@transaction.atomic
def add(
    programme: Programme,
    items: Sequence[tuple[SubItemPlan, date]],
    *,
    by: User | None,
    reason: str,
    document: str = "",
) -> list[SubItem]:
    """New sub-items behind those there are, each from a month on, with their baselines."""
    if any(sum(share.files for share in item.shares) != 1 for item, _since in items):
        raise DomainError(_("Each sub-item needs exactly one unit that files its reports."))
    projects = {project.name: project for project in programme.projects.all()}
    _make_projects(programme, projects, [plans.cut(Project, "name", item.project) for item, _since in items])
    last = SubItem.objects.filter(programme=programme).aggregate(last=Max("position"))["last"] or 0
    prefix, number = _codes(programme)
    sub_items = []
    for place, (item, since) in enumerate(items, start=1):
        sub_item = plans.sub_item_of(programme, item)
        sub_item.project = projects[plans.cut(Project, "name", item.project)]
        sub_item.position, sub_item.code = last + place, f"{prefix}-{number + place:03}"
        if since > programme.starts_on:
            sub_item.starts_on = since
        sub_items.append(sub_item)
    insert_rows(sub_items, keys=True)
    new = [plans.parts_of(sub_item, item) for sub_item, (item, _since) in zip(sub_items, items, strict=True)]
    for made, (_item, since) in zip(new, items, strict=True):
        for responsibility in made.responsibilities:
            responsibility.since = since if since > programme.first_month else None
    plans.write_parts(new)
    document = plans.cut(SubItemRevision, "document", document)
    baselines.keep(sub_items, [item for item, _since in items], by=by, document=document, reason=reason)
    audit.record(
        "programme.add",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        reason=reason,
        document=document,
        sub_items=[sub_item.code for sub_item in sub_items],
    )
    return sub_items


@transaction.atomic
def reorder(programme: Programme, keys: Sequence[int]) -> None:
    """Put the sub-items in this order, projects in that of their first one; a project without any is taken away."""
    sub_items = SubItem.objects.filter(programme=programme).only("position", "project").in_bulk()
    if [pk for pk, _row in sorted(sub_items.items(), key=lambda pair: pair[1].position)] != list(keys):
        SubItem.objects.filter(programme=programme).update(position=F("position") + _AWAY)
        for place, pk in enumerate(keys, start=1):
            sub_items[pk].position = place
        update_rows(list(sub_items.values()), ["position"])
    wanted = list(dict.fromkeys(sub_items[pk].project_id for pk in keys))
    projects = {project.pk: project for project in programme.projects.all()}
    empty = projects.keys() - set(wanted)
    if [project.pk for project in sorted(projects.values(), key=lambda row: row.position)] != wanted:
        Project.objects.filter(pk__in=empty).delete()
        programme.projects.update(position=F("position") + _AWAY)
        for place, pk in enumerate(wanted, start=1):
            projects[pk].position = place
        update_rows([projects[pk] for pk in wanted], ["position"])


def _refuse_closed(revised: Sequence[Revised]) -> None:
    closed = [one.sub_item for one in revised if one.sub_item.is_closed and (one.changes or one.kinds)]
    if closed:
        raise DomainError(
            _("What was closed keeps its plan: %(sub_items)s") % {"sub_items": language.listed(map(str, closed))}
        )


def _projects(programme: Programme, revised: Sequence[Revised]) -> None:
    moved = [(one, plans.cut(Project, "name", one.project)) for one in revised if one.project is not None]
    if not moved:
        return
    projects = {project.name: project for project in programme.projects.all()}
    _make_projects(programme, projects, [name for _one, name in moved])
    for one, name in moved:
        one.sub_item.project = projects[name]
    update_rows([one.sub_item for one, _name in moved], ["project"])


def _make_projects(programme: Programme, projects: dict[str, Project], names: Sequence[str]) -> None:
    """Put projects of new names behind those there are."""
    new = [name for name in dict.fromkeys(names) if name not in projects]
    last = max((project.position for project in projects.values()), default=0)
    rows = [Project(programme=programme, position=last + place, name=name) for place, name in enumerate(new, start=1)]
    projects.update({project.name: project for project in insert_rows(rows, keys=True)})


def _values(revised: Sequence[Revised]) -> None:
    names = sorted({name for one in revised for name in one.values})
    if not names:
        return
    for one in revised:
        for name, value in one.values.items():
            setattr(one.sub_item, name, plans.cut(SubItem, name, value))
    update_rows([one.sub_item for one in revised if one.values], names)


def _append(
    revised: Sequence[Revised], *, by: User | None, reason: str, document: str, origin: SubItemRevision.Origin
) -> None:
    """The baseline is the table's: the first revision of a sub-item without one is number 2."""
    now = clock.now()
    for some in batched(revised, ROWS_AT_ONCE):
        keys = [one.sub_item.pk for one in some]
        newest: dict[int, SubItemRevision] = {}
        for revision in SubItemRevision.objects.filter(sub_item__in=keys).order_by("sub_item", "number"):
            newest[revision.sub_item_id] = revision
        rows = []
        for one in some:
            last = newest.get(one.sub_item.pk)
            rows.append(
                SubItemRevision(
                    sub_item=one.sub_item,
                    number=(last.number if last else 1) + 1,
                    origin=origin,
                    at=now,
                    by=by,
                    reason=one.reason or reason,
                    document=plans.cut(SubItemRevision, "document", document),
                    plan={**(last.plan if last else {}), **one.plan},
                    changes=one.changes,
                )
            )
        insert_rows(rows)


def _codes(programme: Programme) -> tuple[str, int]:
    """The prefix of the programme's codes and the highest number given: a number is never given twice."""
    numbers: dict[str, int] = defaultdict(int)
    for code in SubItem.objects.filter(programme=programme).values_list("code", flat=True):
        prefix, _dash, number = code.rpartition("-")
        numbers[prefix] = max(numbers[prefix], int(number) if number.isdigit() else 0)
    return next(iter(numbers.items()), (plans.free_prefix(programme.year), 0))
