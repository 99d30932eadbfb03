"""The list of sub-items as an Excel file: the same rows in the same order, with what a page has no room for."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from departments import audit, clock, language
from departments.language import listed
from departments.models import User
from funding.money import wan_from_yuan
from minsheng import sheets
from minsheng.dashboard import listing, tables, words
from minsheng.sheets import Column, Kind, Marked
from projects.models import Responsibility, SubItem
from projects.standing import Standpoint

Role = Responsibility.Role


@dataclass(frozen=True)
class Field:
    """A column of the file: ``of`` gives its value of a row; ``sum``: which of the list's sums stands below it."""

    column: Column
    of: Callable[[Any], Any]
    sum: str = ""


def export_list(point: Standpoint, params: QueryDict, *, by: User) -> tuple[str, bytes]:
    """The name and the content of the file with all that ``by`` sees of the list. That it was taken is recorded."""
    found = listing.whole_list_of(by, point, params)
    fields = _fields(found)
    programme = point.programme
    when = timezone.localtime(clock.now(), clock.ZONE)
    month = language.year_month(point.period.month) if point.period else ""
    title = _("%(programme)s: list of sub-items") % {"programme": programme}
    stamp = {"time": f"{when:%Y-%m-%d %H:%M}", "person": audit.signature(by)}
    sheet = sheets.Sheet(
        name=_("Sub-items"),
        title=title,
        notes=[
            words.seen_from(point),
            *([words.by_present_plan()] if found.filter.by_present_plan else []),
            _("Conditions: %(conditions)s") % {"conditions": found.filter.in_words or _("none")},
            _("Exported %(time)s by %(person)s; money in 10,000 yuan") % stamp,
        ],
        columns=[field.column for field in fields],
        rows=([field.of(row) for field in fields] for row in found.table.data),
        sums=_sums(fields, found.sums),
        page_words=_("page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"},
    )
    content = sheets.workbook(sheet)
    with language.of_the_office():
        conditions = found.filter.in_words
    audit.record(
        "list.export",
        programme,
        by=by,
        jurisdiction=programme.jurisdiction,
        conditions=conditions,
        filters=found.filter.active,
        sort=found.table.order_by[0] if found.table.order_by else "",
        rows=found.sums.count,
    )
    return f"{title}_{month or f'{when:%Y-%m-%d}'}.xlsx", content


def _fields(found: listing.SubItemList) -> list[Field]:
    point, table = found.point, found.table

    def heading(name: str) -> str:
        return str(table.columns[name].header)

    fields = [
        Field(Column(heading("position"), 6), lambda row: row.serial),
        Field(Column(heading("project"), 18), lambda row: row.project.name),
        Field(Column(heading("title"), 30), lambda row: row.title),
        Field(Column(_("Content and scale"), 46), lambda row: row.content),
        Field(Column(_("Status"), 8), lambda row: row.get_status_display()),
        Field(Column(heading("light"), 10), table.light_words),
        Field(Column(_("Why this light"), 36), lambda row: row.stood_sentence),
        Field(Column(heading("percent"), 9, Kind.PERCENT), lambda row: row.stood_percent),
        Field(Column(heading("scheduled"), 9, Kind.PERCENT), lambda row: row.stood_scheduled),
        Field(Column(_("Points behind"), 9, Kind.NUMBER), _behind),
        Field(Column(heading("deadline"), 14), lambda row: _deadline(row, point)),
        Field(Column(_("Deadline (day)"), 11, Kind.DAY), lambda row: row.deadline),
        Field(Column(_("Note on the deadline"), 20), lambda row: row.deadline_note),
        Field(Column(_("Filing unit"), 18), lambda row: next(iter(tables.unit_names(row)), _("to be named"))),
        Field(Column(_("All lead units"), 22), lambda row: listed(tables.unit_names(row))),
        Field(Column(_("Assisting units"), 24), lambda row: listed(tables.unit_names(row, Role.ASSIST))),
        Field(Column(heading("planned"), 13, Kind.AMOUNT), _planned, "planned"),
        Field(Column(heading("secured"), 13, Kind.AMOUNT), lambda row: _wan(row.shown_secured), "secured"),
        Field(Column(heading("spent"), 13, Kind.AMOUNT), lambda row: _wan(row.shown_spent), "spent"),
    ]
    if point.filing:
        filing = Field(Column(heading("filing"), 10), tables.filing_word)
        waiting = Field(Column(_("Waiting for approval"), 18), lambda row: tables.pending_words(row, point))
        fields[-3:-3] = [filing, waiting]
    if point.period:
        corrected = Field(Column(_("Correction"), 8), lambda row: pgettext("a figure", "corrected") * row.corrected)
        fields.insert(7, corrected)
    return fields + _further(found)


def _further(found: listing.SubItemList) -> list[Field]:
    """Columns of the official table that the portal has no field for, under the words of their headers."""
    names = dict.fromkeys(name for row in found.table.data for name in row.extra)
    return [Field(Column(name, 18), _extra(name)) for name in names]


def _extra(name: str) -> Callable[[Any], Any]:
    return lambda row: row.extra.get(name, "")


def _sums(fields: list[Field], sums: listing.Sums) -> list[Any]:
    below: list[Any] = [_wan(getattr(sums, field.sum)) if field.sum else "" for field in fields]
    planned = next(place for place, field in enumerate(fields) if field.sum == "planned")
    below[planned] = _marked(sums.planned, approx=sums.approx)
    below[0] = _("Total")
    return below


def _planned(row: Any) -> Any:
    return _marked(row.shown_planned, approx=row.shown_approx)


def _marked(amount: Decimal | None, *, approx: bool) -> Any:
    """An amount in 万元; one that is approximate says so and stays a number, one that nobody has decided is 未定."""
    if amount is None:
        return words.money(None)
    word = (_("about %(amount)s") % {"amount": ""}).strip()
    return Marked(wan_from_yuan(amount), word) if approx else wan_from_yuan(amount)


def _wan(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else wan_from_yuan(amount)


def _behind(row: Any) -> Decimal | None:
    late = tables.behind(row)
    return late if late is not None and late > 0 else None


def _deadline(row: SubItem, point: Standpoint) -> str:
    note = tables.deadline_note(row, point)
    return (
        _("%(deadline)s (%(note)s)") % {"deadline": words.deadline(row), "note": note} if note else words.deadline(row)
    )
