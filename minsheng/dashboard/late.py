"""What is late and whose, and what has turned yellow or red: the first rows of a list, each with its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from departments.models import Department
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.matrix import every_from
from projects.models import Light
from projects.standing import Standpoint, turned_worse, worst_first

BEHIND: Final = (Light.RED, Light.YELLOW)
SHOWN: Final = 8  # rows of a short list; its head leads to the whole


@dataclass(frozen=True)
class LateRow:
    """A sub-item that is behind, or has just turned: its light, whose it is, and why."""

    pk: int
    serial: str
    title: str
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


def behind(point: Standpoint, limit: int | None = SHOWN) -> ShortList:
    """Red and yellow, the worst first. ``limit=None``: all of them."""
    return _short(point, Q(stood_light__in=BEHIND), limit, light="behind")


def turned(point: Standpoint, limit: int | None = SHOWN) -> ShortList:
    """What has turned yellow or red since the month before, or from yellow to red."""
    return _short(point, turned_worse(), limit, turned="worse")


def _short(point: Standpoint, which: Q, limit: int | None, **asked: str) -> ShortList:
    found: Any = worst_first(every_from(point, before=True)).filter(which).select_related("project")
    rows = list(found[:limit])
    count = found.count() if len(rows) == limit else len(rows)
    units = dict(Department.objects.filter(pk__in={row.stood_unit for row in rows}).values_list("pk", "name"))
    return ShortList([_late_row(row, units) for row in rows], count, list_from(point, **asked))


def _late_row(row: Any, units: dict[int, str]) -> LateRow:
    return LateRow(
        pk=row.pk,
        serial=row.serial or words.NOTHING,
        title=row.title,
        light=row.stood_light,
        unit=units.get(row.stood_unit) or _("to be named"),
        sentence=row.stood_sentence,
    )
