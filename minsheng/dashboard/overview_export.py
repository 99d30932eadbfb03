"""The overview as an Excel file: a sheet for each of its tables, with the same figures."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments import audit, clock
from departments.models import User
from minsheng import sheets
from minsheng.charts import Bars, Point, Stacked
from minsheng.dashboard import matrix as counts
from minsheng.dashboard.overview import Overview, overview_of
from minsheng.sheets import Column, Kind, Sheet
from projects.standing import Standpoint


def export_overview(point: Standpoint, *, by: User) -> tuple[str, bytes]:
    """The name and the content of the file. That it was taken is recorded."""
    found = overview_of(point, heat="lights")
    matrix = counts.Matrix(point)
    programme = point.programme
    when = timezone.localtime(clock.now(), clock.ZONE)
    month = date_format(point.period.month, "YEAR_MONTH_FORMAT") if point.period else ""
    notes = [
        _("As approved at the end of %(month)s") % {"month": month} if month else _("As it stands now"),
        _("Exported %(time)s by %(person)s; money in 10,000 yuan")
        % {"time": f"{when:%Y-%m-%d %H:%M}", "person": audit.signature(by)},
    ]
    made = [
        _figures(found),
        _grid(found.by_unit),
        _heat(_("Lights by month"), found.heat),
        _heat(_("Filing by month"), counts.heatmap(matrix, "filing")),
        *([_grid(found.sources)] if found.sources else []),
    ]
    title = _("%(programme)s: overview") % {"programme": programme}
    content = sheets.workbook(
        *(
            Sheet(
                name=name,
                title=f"{title} · {name}",
                columns=columns,
                rows=rows,
                notes=notes,
                sums=sums,
                page_words=_("page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"},
            )
            for name, columns, rows, sums in made
        )
    )
    audit.record(
        "overview.export",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        month=f"{point.period.month:%Y-%m}" if point.period else "",
    )
    return f"{title}_{month or f'{when:%Y-%m-%d}'}.xlsx", content


# Name, columns, rows and sums of a sheet.
Made = tuple[str, list[Column], list[Sequence[Any]], Sequence[Any]]


def _figures(found: Overview) -> Made:
    columns = [Column(_("Figure"), 24), Column(_("Value"), 14), Column(_("Against last month"), 22), Column("", 36)]
    rows: list[Sequence[Any]] = [
        (tile.label, f"{tile.value}{tile.unit}", tile.change, tile.note)
        for tile in (*found.lights, *found.money, *found.filing)
    ]
    return _("Figures"), columns, rows, ()


def _grid(chart: Stacked | Bars) -> Made:
    kind = Kind.NUMBER if isinstance(chart, Stacked) else Kind.AMOUNT
    columns = [Column(chart.label, 30), *(Column(series.name, 16, kind) for series in chart.series)]
    rows: list[Sequence[Any]] = [
        (category.name, *(_value(series.points[at]) for series in chart.series))
        for at, category in enumerate(chart.categories)
    ]
    return chart.caption, columns, rows, (_("Total"), *(_value(point) for point in chart.totals))


def _value(point: Point) -> Any:
    return point.text if point.value is None else point.value


def _heat(name: str, heat: counts.Heatmap) -> Made:
    columns = [Column(_("Unit"), 30), *(Column(head, 9) for head in heat.heads)]
    rows = [(row.unit, *(f"{cell.mark}{cell.count}" if cell.url else "" for cell in row.cells)) for row in heat.rows]
    legend = [(f"{one.mark} {one.words}", *("" for _head in heat.heads)) for one in heat.legend]
    return name, columns, [*rows, *legend], ()
