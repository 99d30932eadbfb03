"""Units side by side: their lights as bars, and who has not filed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from minsheng.charts import Category, Point, Series, Stacked
from minsheng.dashboard import words
from minsheng.dashboard.addresses import list_from
from minsheng.dashboard.matrix import TONES, Matrix, Unit, unit_url
from projects.filing import Filing


def lights_by_unit(matrix: Matrix, units: Iterable[tuple[Unit, str]], *, all_units: bool) -> Stacked:
    """The sub-items of ``units`` by light, from where the programme is looked at; the sum is always of all units."""
    point, units = matrix.point, list(units)
    lights, every = matrix.lights(point.period), matrix.all_lights(point.period)
    shown = [light for light in words.LIGHTS if every[light]]
    return Stacked(
        id="lights-by-unit",
        caption=_("Lights by unit"),
        label=_("Unit"),
        categories=[Category(name, unit_url(point, unit)) for unit, name in units],
        series=[
            Series(
                name=f"{words.SHAPES[light]} {words.LIGHTS[light]}",  # type: ignore[index]
                tone=TONES[light],  # type: ignore[index, arg-type]
                points=[
                    Point(count, url=unit_url(point, unit, light=light))
                    if (count := lights[unit][light])
                    else Point(None)
                    for unit, _name in units
                ],
            )
            for light in shown
        ],
        totals=[Point(every[light], url=list_from(point, light=light)) for light in shown],
        total_label="" if all_units else _("All units"),
    )


@dataclass(frozen=True)
class Owing:
    """A unit that has not filed for some of its sub-items; ``returned`` says for how many of them it was sent back."""

    unit: str
    count: int
    url: str
    returned: str
    returned_url: str


def unfiled_by_unit(matrix: Matrix) -> list[Owing]:
    """Units that still owe reports of the period shown, in official order, each with how many."""
    point = matrix.point
    filing = matrix.filing(point.period)
    owing = []
    for unit, name in matrix.named(filing):
        missing = sum(filing[unit][one] for one in (Filing.MISSING, Filing.RETURNED, Filing.WAITING))
        if missing:
            returned = filing[unit][Filing.RETURNED]
            note = pgettext("filing", "%(count)d returned") % {"count": returned} if returned else ""
            owing.append(
                Owing(
                    unit=name,
                    count=missing,
                    url=unit_url(point, unit, filing="unfiled"),
                    returned=note,
                    returned_url=unit_url(point, unit, filing=Filing.RETURNED),
                )
            )
    return owing
