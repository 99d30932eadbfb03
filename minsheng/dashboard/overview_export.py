"""The overview as an Excel file: a sheet for each of its figures, tables and lists, the lists whole."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from departments import audit, clock, language
from departments.language import listed
from departments.models import User
from funding.money import wan_from_yuan
from minsheng import sheets
from minsheng.charts import Bars, Point, Stacked
from minsheng.dashboard import heat, late, next_milestones, words
from minsheng.dashboard.matrix import Matrix
from minsheng.dashboard.overview import Asked, Overview, every_unit, overview_of
from minsheng.dashboard.tiles import Tile, since_words
from minsheng.sheets import Column, Kind, Sheet
from projects.standing import Standpoint

# Name, columns, rows and sums of a sheet.
Made = tuple[str, list[Column], list[Sequence[Any]], Sequence[Any]]


def export_overview(point: Standpoint, *, by: User) -> tuple[str, bytes]:
    """The name and the content of the file. That it was taken is recorded."""
    found = overview_of(point, Asked(all_units=True))
    programme = point.programme
    when = timezone.localtime(clock.now(), clock.ZONE)
    month = language.year_month(point.period.month) if point.period else ""
    notes = [
        words.seen_from(point),
        *([words.by_present_plan()] if point.period else []),
        _("Exported %(time)s by %(person)s; money in 10,000 yuan")
        % {"time": f"{when:%Y-%m-%d %H:%M}", "person": audit.signature(by)},
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
            for name, columns, rows, sums in _made(found)
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


def _made(found: Overview) -> list[Made]:
    """In the order of the page."""
    point, matrix = found.point, Matrix(found.point)
    turned = [_late(_("Turned yellow or red"), late.turned(point))] if point.before else []
    filing = heat.heatmap(matrix, "filing", every_unit(matrix, "filing"))
    return [
        _figures(found),
        _late(_("What is late"), late.behind(point)),
        _owing(found),
        *turned,
        _grid(found.by_unit),
        _heat(_("Lights by month"), found.heat),
        _heat(_("Filing by month"), filing),
        *([_grid(found.sources.chart)] if found.sources else []),
        _milestones(_("Milestones overdue"), next_milestones.milestones_due(point, "overdue")),
        _milestones(_("Milestones due within 30 days"), next_milestones.milestones_due(point, "soon")),
    ]


def _figures(found: Overview) -> Made:
    since = since_words(found.point)
    heading = _("Against the %(month)s") % {"month": since} if since else pgettext("of a figure", "Change")
    columns = [
        Column(_("Figure"), 24),
        Column(_("Value"), 14, Kind.NUMBER),
        Column(pgettext("of a figure", "Unit"), 8),
        Column(heading, 22),
        Column("", 36),
    ]
    tiles = (*found.lights, *([found.kept] if found.kept else []), *found.money, *found.filing)
    rows: list[Sequence[Any]] = [(tile.label, *_number(tile), tile.change, _beside(tile)) for tile in tiles]
    return _("Figures"), columns, rows, ()


def _number(tile: Tile) -> tuple[Any, str]:
    """A number that can be reckoned with, and its unit apart; money in that of the whole file, not of each tile."""
    if tile.number is None:
        return tile.value, ""
    if tile.tone == "money":
        return wan_from_yuan(Decimal(tile.number)), _("10,000 yuan")
    return tile.number, ngettext("item", "items", int(tile.number))


def _beside(tile: Tile) -> str:
    return listed(part for part in (tile.note, *(one.words for one in tile.parts)) if part)


def _late(name: str, short: late.ShortList) -> Made:
    columns = [
        Column(_("No."), 6),
        Column(_("Light"), 12),
        Column(_("Sub-item"), 44),
        Column(_("Filing unit"), 24),
        Column(_("Why"), 60),
    ]
    rows = [(row.serial, words.light_word(row.light), row.title, row.unit, row.sentence) for row in short.rows]
    return name, columns, list(rows), ()


def _owing(found: Overview) -> Made:
    columns = [Column(_("Unit"), 30), Column(_("Not filed"), 12, Kind.NUMBER), Column(_("Of these returned"), 16)]
    rows = [(one.unit, one.count, one.returned) for one in found.owing.rows]
    total = sum(one.count for one in found.owing.rows)
    return _("Units that have not filed"), columns, list(rows), (_("Total"), total, "")


def _milestones(name: str, due: next_milestones.Milestones) -> Made:
    columns = [
        Column(_("Due on"), 14, Kind.DAY),
        Column("", 14),
        Column(_("Milestone"), 36),
        Column(_("Sub-item"), 44),
        Column(_("Filing unit"), 24),
    ]
    return name, columns, [(row.due_on, row.days, row.name, row.sub_item, row.unit) for row in due.rows], ()


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


def _heat(name: str, shown: heat.Heatmap) -> Made:
    columns = [Column(_("Unit"), 30), *(Column(head.word, 9) for head in shown.heads)]
    rows = [(row.unit, *(f"{cell.mark}{cell.count}" if cell.url else "" for cell in row.cells)) for row in shown.rows]
    legend = [(f"{one.mark} {one.words}", *("" for _head in shown.heads)) for one in shown.legend]
    return name, columns, [*rows, *legend], ()
