"""One of the office's lists as an Excel file: the rows of the page in their order, ready to print, and recorded."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from departments import audit, clock, language
from departments.models import Jurisdiction, User
from minsheng import sheets
from minsheng.narrowing import ListFilter


def export_list(
    kind: str,
    on: models.Model,
    *,
    title: str,
    asked: ListFilter,
    columns: Sequence[sheets.Column],
    rows: Iterable[Sequence[Any]],
    by: User,
    jurisdiction: Jurisdiction | None,
) -> HttpResponse:
    """The list as a file; that ``by`` took it, with which conditions, is kept with ``on``."""
    when = timezone.localtime(clock.now(), clock.ZONE)
    lines = [[number, *row] for number, row in enumerate(rows, start=1)]
    content = sheets.workbook(
        sheets.Sheet(
            name=title,
            title=title,
            notes=[
                _("Conditions: %(conditions)s") % {"conditions": asked.in_words or _("none")},
                _("Exported %(time)s by %(person)s")
                % {"time": f"{when:%Y-%m-%d %H:%M}", "person": audit.signature(by)},
            ],
            columns=[sheets.Column(_("No."), 6, sheets.Kind.NUMBER), *columns],
            rows=lines,
            page_words=_("page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"},
        )
    )
    with language.of_the_office():
        conditions = asked.in_words
    audit.record(
        "office.export", on, by=by, jurisdiction=jurisdiction, kind=kind, conditions=conditions, rows=len(lines)
    )
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{title}_{when:%Y-%m-%d}.xlsx")
        or ""
    }
    return HttpResponse(content, content_type=sheets.CONTENT_TYPE, headers=headers)


def export_address(request: HttpRequest, path: str) -> str:
    """``path`` with what the address asks for, but for the page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"{path}?{asked.urlencode()}" if asked else path
