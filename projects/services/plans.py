"""Programmes and their plans, written whole and taken back whole."""

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from departments import audit, clock, locks
from departments.bulk import ROWS_AT_ONCE, batched, give_keys, insert_columns, insert_rows, new_row
from departments.errors import DomainError
from departments.models import Jurisdiction, User
from projects.models import (
    Deliverable,
    MonthlyReport,
    PeriodFigure,
    Programme,
    Project,
    ReportingPeriod,
    Responsibility,
    SubItem,
    SubItemRevision,
    Target,
)
from projects.rules.kinds import kind_of
from projects.rules.responsible import Share
from projects.services import baselines, figures, periods
from projects.services.figures import Amounts


@dataclass(frozen=True)
class TargetPlan:
    """A target to be. ``marker`` is that of the deliverable it belongs to; bounds as on ``Target``."""

    text: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    approx: bool = False
    unit: str = ""
    per: str = ""
    tracked: bool = True
    marker: str | None = None


@dataclass(frozen=True)
class SubItemPlan:
    """A sub-item to be. ``project`` is its project's name: the same name again is the same project.

    ``fields`` are further fields of ``SubItem`` (serial, deadline, leader, source_cells …); the content tells the kind
    where they do not. ``funding`` is the money
    as JSON, kept in the baseline; the lines themselves are ``funding``'s.
    """

    project: str
    content: str
    fields: dict[str, Any] = field(default_factory=dict)
    deliverables: Sequence[tuple[str, str]] = ()  # marker, text
    targets: Sequence[TargetPlan] = ()
    shares: Sequence[Share] = ()
    funding: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def create(
    jurisdiction: Jurisdiction,
    year: int,
    name: str,
    items: Sequence[SubItemPlan],
    *,
    by: User | None,
    amounts: Sequence[Amounts] = (),
    **source: Any,
) -> Programme:
    """The programme ``name`` of ``year`` with its projects, sub-items, plans and baselines, to December. The periods
    whose day has come are open, and on each sub-item stands what does until its first report.

    ``amounts`` are what stands of the money of each of ``items``; without them it is undecided. ``source`` are the
    fields of ``Programme`` that say where it comes from (title, source_file, source_name, …). Every sub-item must have
    a share that files. What is longer than its column is cut there and ends in “…”; the whole text stands in
    ``source_cells``.

    Raises ``DomainError`` where the programme exists, the year is none, or there are no sub-items.
    """
    locks.hold(Jurisdiction, jurisdiction.pk)  # two of one name come one after the other
    _check(jurisdiction, year, name, items)
    programme = Programme.objects.create(
        jurisdiction=jurisdiction,
        year=year,
        name=name,
        starts_on=date(year, 1, 1),
        first_month=_first_month(year),
        last_month=date(year, 12, 1),
        **{key: cut(Programme, key, value) for key, value in source.items()},
    )
    periods.open_periods(programme)  # units can file from the moment it is there
    projects = _projects(programme, items)
    sub_items: Sequence[SubItem] = _sub_items(programme, projects, items)
    give_keys(sub_items)  # what stands on them is asked of rows that have one
    figures.stand_at_first(programme, sub_items, amounts or [Amounts()] * len(items))
    try:
        with transaction.atomic():
            insert_rows(sub_items)
    except IntegrityError as error:
        raise DomainError(_("Another programme was imported at the same moment. Please confirm again.")) from error
    for some in batched(list(zip(sub_items, items, strict=True)), ROWS_AT_ONCE):
        write_parts([_things_of(sub_item, item) for sub_item, item in some])
        _write_responsibilities(some)
    baselines.keep(sub_items, items, by=by, document=cut(SubItemRevision, "document", programme.source_name))
    audit.record(
        "programme.create", programme, by=by, jurisdiction=jurisdiction, sub_items=len(items), projects=len(projects)
    )
    return programme


@transaction.atomic
def delete(programme: Programme, *, by: User | None, reason: str) -> None:
    """Take back ``programme`` and everything of it, while nothing was filed on it.

    All of it is locked first: a report that begins meanwhile waits, and finds that its sub-item is gone.
    """
    locks.hold(Programme, programme.pk)
    list(locks.held(ReportingPeriod.objects.filter(programme=programme)).values_list("pk"))
    sub_items = SubItem.objects.filter(programme=programme)
    keys = list(locks.held(sub_items).values_list("pk", flat=True))
    if MonthlyReport.objects.filter(sub_item__in=keys).exists():
        raise DomainError(_("Reports were already filed on this programme: the import can no longer be undone."))
    audit.record(
        "programme.delete",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        reason=reason,
        source_sha256=programme.source_sha256,
        sub_items=len(keys),
    )
    try:
        # Without a report they only say that nothing was filed.
        PeriodFigure.objects.filter(sub_item__in=keys).delete()
        sub_items.delete()
        Project.objects.filter(programme=programme).delete()
        ReportingPeriod.objects.filter(programme=programme).delete()
        programme.delete()
    except ProtectedError as error:
        raise DomainError(
            _("People have already recorded something on this programme: the import can no longer be undone.")
        ) from error


def check_name(year: int, name: str) -> None:
    """Whether a programme can be called so; ``DomainError`` says why not."""
    if not 2000 <= year <= 2100:
        raise DomainError(_("The year must lie between 2000 and 2100."))
    if not name.strip() or len(name) > 60:
        raise DomainError(_("A programme needs a name of at most 60 characters."))


def _first_month(year: int) -> date:
    """January; in the year itself the present month, since nobody can file for months that went by before."""
    return max(date(year, 1, 1), clock.today().replace(day=1)) if clock.today().year == year else date(year, 1, 1)


def _check(jurisdiction: Jurisdiction, year: int, name: str, items: Sequence[SubItemPlan]) -> None:
    check_name(year, name)
    if not items:
        raise DomainError(_("A programme needs at least one sub-item."))
    if Programme.objects.filter(jurisdiction=jurisdiction, year=year, name=name).exists():
        raise DomainError(
            _("The programme “%(name)s” of %(year)s of %(jurisdiction)s exists already; it cannot be imported again.")
            % {"name": name, "year": year, "jurisdiction": jurisdiction}
        )
    if any(sum(share.files for share in item.shares) != 1 for item in items):
        raise DomainError(_("Each sub-item needs exactly one unit that files its reports."))


def _projects(programme: Programme, items: Sequence[SubItemPlan]) -> dict[str, Project]:
    """Projects by the name that items use, in the order of their first item."""
    names = dict.fromkeys(cut(Project, "name", item.project) for item in items)
    rows = [
        new_row(Project, programme_id=programme.pk, position=place, name=name)
        for place, name in enumerate(names, start=1)
    ]
    return {project.name: project for project in insert_rows(rows, keys=True)}


def _sub_items(programme: Programme, projects: dict[str, Project], items: Sequence[SubItemPlan]) -> list[SubItem]:
    prefix, made = free_prefix(programme.year), []
    for position, item in enumerate(items, start=1):
        sub_item = sub_item_of(programme, item)
        sub_item.project_id = projects[cut(Project, "name", item.project)].pk
        sub_item.position, sub_item.code = position, f"{prefix}-{position:03}"
        made.append(sub_item)
    return made


def sub_item_of(programme: Programme, item: SubItemPlan) -> SubItem:
    """The sub-item that ``item`` becomes, not yet written, without project, position and code."""
    fields = {key: cut(SubItem, key, value) for key, value in item.fields.items()}
    if "kind" not in fields:
        fields["kind"] = kind_of(item.content)
    return new_row(SubItem, {"programme": programme}, content=item.content, **fields)


def free_prefix(year: int) -> str:
    """``MS2023`` for the first programme of the year anywhere, ``MS2023B`` for the second, and so on."""
    codes = SubItem.objects.filter(code__startswith=f"MS{year}").values_list("code", flat=True)
    taken = {code.rpartition("-")[0] for code in codes}
    letters = string.ascii_uppercase
    suffixes = ("" if n == 0 else letters[n] if n < len(letters) else f"X{n}" for n in count())
    return next(prefix for suffix in suffixes if (prefix := f"MS{year}{suffix}") not in taken)


@dataclass(frozen=True)
class Parts:
    """What belongs to a sub-item, not yet written."""

    deliverables: list[Deliverable]
    targets: list[Target]
    responsibilities: list[Responsibility]


def parts_of(sub_item: SubItem, item: SubItemPlan) -> Parts:
    """Deliverables, targets and responsibilities that ``item`` gives ``sub_item``."""
    parts = _things_of(sub_item, item)
    for order, share in enumerate(item.shares, start=1):
        responsibility = Responsibility(sub_item_id=sub_item.pk, **_of_share(order, share))
        responsibility.department = share.department  # it is asked for its name
        parts.responsibilities.append(responsibility)
    return parts


def _of_share(order: int, share: Share) -> dict[str, Any]:
    return {
        "order": order,
        "department_id": share.department.pk if share.department else None,
        "group_origin_id": share.group.pk if share.group else None,
        "role": share.role,
        "files": share.files,
        "stated_as": cut(Responsibility, "stated_as", share.written),
    }


def _write_responsibilities(new: Iterable[tuple[SubItem, SubItemPlan]]) -> None:
    """Those of new sub-items: of a large table most of all rows, since groups stand as their members."""
    columns: dict[str, list[Any]] = {"sub_item_id": []}
    known: dict[int, dict[str, list[Any]]] = {}  # sub-items may have their shares in common
    for sub_item, item in new:
        said = known.get(id(item.shares))
        if said is None:
            each = [_of_share(order, share) for order, share in enumerate(item.shares, 1)]
            said = known[id(item.shares)] = {name: [one[name] for one in each] for name in each[0]} if each else {}
        for name, values in said.items():
            columns.setdefault(name, []).extend(values)
        columns["sub_item_id"].extend([sub_item.pk] * len(item.shares))
    insert_columns(Responsibility, columns)


def _things_of(sub_item: SubItem, item: SubItemPlan) -> Parts:
    """Deliverables and targets."""
    deliverables = [
        new_row(
            Deliverable, sub_item_id=sub_item.pk, position=place, marker=cut(Deliverable, "marker", marker), text=text
        )
        for place, (marker, text) in enumerate(item.deliverables, start=1)
    ]
    by_marker = {deliverable.marker: deliverable for deliverable in reversed(deliverables)}
    targets = [
        new_row(
            Target,
            sub_item_id=sub_item.pk,
            position=place,
            text=cut(Target, "text", target.text),
            kind=_target_kind(target),
            minimum=target.minimum,
            maximum=target.maximum,
            approx=target.approx,
            unit=cut(Target, "unit", target.unit),
            per=cut(Target, "per", target.per),
            tracked=target.tracked,
        )
        for place, target in enumerate(item.targets, start=1)
    ]
    if deliverables:
        for target, plan in zip(targets, item.targets, strict=True):
            if plan.marker in by_marker:
                target.deliverable = by_marker[plan.marker]
    return Parts(deliverables, targets, [])


def write_parts(parts: Sequence[Parts]) -> None:
    """Write what belongs to new sub-items: three statements, however many there are, but for what one holds."""
    insert_rows([row for one in parts for row in one.deliverables], keys=True)  # targets refer to them
    insert_rows([row for one in parts for row in one.targets])
    insert_rows([row for one in parts for row in one.responsibilities])


def _target_kind(target: TargetPlan) -> Target.Kind:
    if target.minimum is None and target.maximum is None:
        return Target.Kind.YES_NO
    return Target.Kind.RATE if target.unit in {"%", "％", "‰", "百分点"} else Target.Kind.COUNT


def cut(model: type[Model], name: str, value: Any) -> Any:
    """``value`` as the column ``name`` holds it: a longer text is cut and ends in “…”."""
    if not isinstance(value, str) or (length := _length(model, name)) is None or len(value) <= length:
        return value
    return f"{value[: length - 1]}…"


@cache
def _length(model: type[Model], name: str) -> int | None:
    return getattr(model._meta.get_field(name), "max_length", None)
