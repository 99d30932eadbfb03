"""Registers as Excel: values leave as text, never as a formula, and come back as text."""

import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from minsheng.sheets import like_a_formula

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60


def workbook(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet whose every cell is inert text, the first row bold and standing."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    rows = [list(map(str, row)) for row in rows]
    for number, heading in enumerate(headings):
        widest = max([len(heading), *(len(row[number]) for row in rows[:500])])
        sheet.column_dimensions[chr(ord("A") + number)].width = min(4 + widest * 1.8, WIDEST)
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # “=…” would be a formula otherwise
    cell.number_format = "@"
    cell.quotePrefix = like_a_formula(value)  # nor once somebody has edited it
    if bold:
        cell.font = Font(bold=True)
    return cell


def download(content: bytes, name: str) -> HttpResponse:
    """The workbook as a file called ``name``."""
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or ""}
    return HttpResponse(content, content_type=TYPE, headers=headers)
