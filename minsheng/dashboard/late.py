"""What is late and whose, and what has turned yellow or red: the first rows of a list, each with its sentence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Case, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext as _

from departments.models import Department
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from, sub_item_from
from minsheng.dashboard.matrix import every_from
from projects.models import Light
from projects.standing import Standpoint, turned_worse, worst_first

BEHIND: Final = (Light.RED, Light.YELLOW)
SHOWN: Final = 8  # rows of a short list; its head leads to the whole
# Up to so many that are behind are read whole, and what has turned is told from them.
WHOLE: Final = 40


@dataclass(frozen=True)
class LateRow:
    """A sub-item that is behind, or has just turned: its light, whose it is, and why."""

    serial: str
    title: str
    url: str
    light: str
    unit: str
    sentence: str


@dataclass(frozen=True)
class ShortList:
    """The first rows of a list, how long it is, and where the whole stands."""

    rows: Sequence[Any]
    count: int
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Found:
    """The first sub-items of a list, and how long it is."""

    rows: Sequence[Any]
    count: int


def behind_and_turned(point: Standpoint, behind: int) -> tuple[Found, Found]:
    """The first that are behind, of ``behind`` in all, and of those that have turned: of few in one query."""
    if behind > WHOLE:
        late = _first(point, Q(stood_light__in=BEHIND))
        turned = _first(point, turned_worse(), "before")
        count = len(turned) if len(turned) < SHOWN else _worst(point, turned_worse(), "before").count()
        return Found(late, behind), Found(turned, count)
    worse = Case(When(turned_worse(), then=Value(value=True)), default=Value(value=False), output_field=BooleanField())
    every = list(_worst(point, Q(stood_light__in=BEHIND), "before").annotate(worse=worse)) if behind else []
    turned = [row for row in every if row.worse]
    return Found(every[:SHOWN], len(every)), Found(turned[:SHOWN], len(turned))


def behind(point: Standpoint) -> ShortList:
    """All that are red and yellow, the worst first."""
    rows = list(_worst(point, Q(stood_light__in=BEHIND)))
    return behind_list(point, Found(rows, len(rows)), whose(point, {row.pk for row in rows}))


def turned(point: Standpoint) -> ShortList:
    """All that have turned yellow or red since the month before, or from yellow to red."""
    rows = list(_worst(point, turned_worse(), "before"))
    return turned_list(point, Found(rows, len(rows)), whose(point, {row.pk for row in rows}))


def behind_list(point: Standpoint, found: Found, units: Mapping[int, str]) -> ShortList:
    return ShortList(_rows(point, found.rows, units), found.count, list_from(point, light="behind"))


def turned_list(point: Standpoint, found: Found, units: Mapping[int, str]) -> ShortList:
    return ShortList(_rows(point, found.rows, units), found.count, list_from(point, turned="worse"))


def whose(point: Standpoint, sub_items: Collection[int]) -> dict[int, str]:
    """The filing units of ``sub_items`` by name, those that have one. One query, none where none is asked about."""
    if not sub_items:
        return {}
    name = Department.objects.filter(pk=OuterRef("stood_unit")).order_by().values("name")
    every = every_from(point, "unit").filter(pk__in=sub_items).order_by().annotate(name=Subquery(name))
    return {pk: name for pk, name in every.values_list("pk", "name") if name}


def _worst(point: Standpoint, which: Q, *only: str) -> Any:
    every = every_from(point, "light", "percent", "scheduled", "sentence", *only)
    return worst_first(every).filter(which).select_related("project")


def _first(point: Standpoint, which: Q, *only: str) -> list[Any]:
    return list(_worst(point, which, *only)[:SHOWN])


def _rows(point: Standpoint, rows: Iterable[Any], units: Mapping[int, str]) -> list[LateRow]:
    return [
        LateRow(
            serial=row.serial or words.NOTHING,
            title=row.title,
            url=sub_item_from(point, row.pk),
            light=row.stood_light,
            unit=units.get(row.pk) or _("to be named"),
            sentence=row.stood_sentence,
        )
        for row in rows
    ]
