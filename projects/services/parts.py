"""Deliverables and targets of sub-items that are in force, made those of a later table.

A target whose words stay while its figure moves stays the same target, with its readings. One with readings that the
later table no longer names is superseded, not deleted.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar

from django.db import models
from django.db.models import F

from departments import clock
from departments.bulk import insert_rows, update_rows
from projects.models import ContributionReading, Deliverable, SubItem, Taking, Target, TargetReading
from projects.services.plans import Parts

T = TypeVar("T")
Revision = tuple[SubItem, Parts]
_AWAY: Final = 10_000  # where positions wait while they change places
_FIGURES: Final = re.compile(r"[\d.,\s]+")
TARGET: Final = (
    "position", "deliverable", "text", "kind", "minimum", "maximum", "approx", "unit", "per", "tracked",
)  # fmt: skip


def pair(
    old: Iterable[T], new: Iterable[T], *keys: Callable[[T], Hashable]
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Which of ``new`` are which of ``old``, by the first of ``keys`` under which exactly one of each agrees.

    Also gives what is left of both.
    """
    old, new, found = list(old), list(new), []
    for key in keys:
        olds, news = _single(old, key), _single(new, key)
        both = [(olds[value], news[value]) for value in news if value in olds]
        found += both
        gone, come = {id(one) for one, _other in both}, {id(other) for _one, other in both}
        old = [one for one in old if id(one) not in gone]
        new = [one for one in new if id(one) not in come]
    return found, old, new


def _single(rows: Iterable[T], key: Callable[[T], Hashable]) -> dict[Hashable, T]:
    found: dict[Hashable, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return {value: same[0] for value, same in found.items() if len(same) == 1}


def step_aside(rows: "models.QuerySet[Any]") -> None:
    """Free the positions that are about to be given anew."""
    rows.update(position=F("position") + _AWAY)


def write_deliverables(revisions: Sequence[Revision]) -> None:
    """Make the deliverables those of the parts: the same mark is the same deliverable."""
    if not revisions:
        return
    present = _by_sub_item(Deliverable.objects.filter(sub_item__in=[one.pk for one, _parts in revisions]))
    kept, gone, come = [], [], []
    for sub_item, parts in revisions:
        both, old, new = pair(
            present.get(sub_item.pk, []), parts.deliverables, lambda one: (one.marker, one.text), lambda one: one.marker
        )
        for row, wanted in both:
            row.marker, row.text, row.position = wanted.marker, wanted.text, wanted.position
        kept += [row for row, _wanted in both]
        gone += [row.pk for row in old]
        come += new
    Deliverable.objects.filter(pk__in=gone).delete()
    step_aside(Deliverable.objects.filter(pk__in=[row.pk for row in kept]))
    update_rows(kept, ["position", "marker", "text"])
    insert_rows(come)


def write_targets(revisions: Sequence[Revision]) -> None:
    """Make the targets those of the parts. Deliverables are written before."""
    if not revisions:
        return
    keys = [one.pk for one, _parts in revisions]
    present = _by_sub_item(Target.objects.filter(sub_item__in=keys))
    deliverables = _by_sub_item(Deliverable.objects.filter(sub_item__in=keys))
    kept, gone, come = [], [], []
    for sub_item, parts in revisions:
        marks = {one.marker: one for one in reversed(deliverables.get(sub_item.pk, []))}
        both, old, new = pair(present.get(sub_item.pk, []), parts.targets, _exactly, _but_for_the_figure)
        for wanted in parts.targets:
            wanted.deliverable = marks.get(wanted.deliverable.marker) if wanted.deliverable else None
        for row, wanted in both:
            for name in TARGET:
                setattr(row, name, getattr(wanted, name))
        kept += [row for row, _wanted in both]
        gone += old
        come += new
    read = _with_readings(row.pk for row in gone)
    Target.objects.filter(pk__in=[row.pk for row in gone if row.pk not in read]).delete()
    Target.objects.filter(pk__in=read).update(superseded_at=clock.now(), tracked=False)
    step_aside(Target.objects.filter(pk__in=[row.pk for row in kept]))
    update_rows(kept, TARGET)
    insert_rows(come)


def _exactly(target: Target) -> Hashable:
    return target.text, target.unit, target.per, target.minimum, target.maximum


def _but_for_the_figure(target: Target) -> Hashable:
    return _FIGURES.sub("#", target.text), target.unit, target.per


def _with_readings(keys: Iterable[int]) -> set[int]:
    keys = list(keys)
    if not keys:
        return set()
    read = TargetReading.objects.filter(target__in=keys).order_by().values_list("target", flat=True)
    shared = ContributionReading.objects.filter(target__in=keys).order_by().values_list("target", flat=True)
    taken = Taking.objects.filter(target__in=keys).order_by().values_list("target", flat=True)
    return {*read, *shared, *taken}


def _by_sub_item(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.sub_item_id, []).append(row)
    return found
