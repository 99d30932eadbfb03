"""Opening a workbook: Excel or Word to sheets of cells."""

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock

from minsheng.task_table.merged import each_once
from minsheng.task_table.old_excel import read_old_excel
from minsheng.task_table.package import Source, TaskTableRefused, check_zip, damaged, is_old_office, is_word, read_file
from minsheng.task_table.sheet import Cell, Place, Sheet
from minsheng.task_table.strict import usual
from minsheng.task_table.values import shown
from minsheng.task_table.word import read_word


def open_workbook(source: Source, *, name: str) -> list[Sheet]:
    """The sheets of an Excel workbook, or the tables of a Word document, in their order.

    Formulas stand for the values Excel last saved, macros are never looked at. Raises ``TaskTableRefused``.
    """
    data = read_file(source)
    if is_old_office(data):
        return read_old_excel(data)
    archive = check_zip(data)
    try:
        data = usual(data, archive)
        data = each_once(data, zipfile.ZipFile(io.BytesIO(data)))
    except Exception as error:  # a part that is no text, and damaged
        raise TaskTableRefused(damaged()) from error
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = set(archive.namelist())
    if is_word(archive):
        return read_word(data)
    if "xl/workbook.bin" in parts or "content.xml" in parts or not any(part.startswith("xl/") for part in parts):
        raise TaskTableRefused(
            _("%(name)s is not an Excel workbook of the present format. Save it as .xlsx and try again.")
            % {"name": name}
        )
    return _read_excel(archive, name)


def _read_excel(archive: zipfile.ZipFile, name: str) -> list[Sheet]:
    file = archive.fp
    if file is None:
        raise TaskTableRefused(_("The file is empty."))
    try:
        file.seek(0)
        values = openpyxl.load_workbook(file, data_only=True, keep_links=False, rich_text=_strikes_words(archive))
        formulas = None
        if has_formulas(archive):
            file.seek(0)
            formulas = openpyxl.load_workbook(file, data_only=False, keep_links=False)
        return _sheets(values, formulas)
    except Exception as error:  # openpyxl has no error of its own for damaged files
        raise TaskTableRefused(
            _(
                "%(name)s cannot be read as an Excel workbook; it may be damaged. Open it in Excel, save it as "
                ".xlsx and try again."
            )
            % {"name": name}
        ) from error


def _sheets(values: Any, formulas: Any) -> list[Sheet]:
    sheets = [_sheet(sheet, formulas[sheet.title] if formulas else None) for sheet in values.worksheets]
    for sheet in (*values.worksheets, *(formulas.worksheets if formulas else ())):
        sheet._cells.clear()  # sheet and cells hold each other: the whole workbook would wait for the collector
    return sheets


def has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = (part for part in archive.namelist() if part.startswith("xl/worksheets/") and part.endswith(".xml"))
    return any(re.search(rb"<(?:\w+:)?f[ >/]", archive.read(part)) for part in sheets)


def _strikes_words(archive: zipfile.ZipFile) -> bool:
    """Whether single words within a cell are struck through: only then their looks are worth the time."""
    return "xl/sharedStrings.xml" in archive.namelist() and b"strike" in archive.read("xl/sharedStrings.xml")


def _sheet(sheet: Any, formulas: Any) -> Sheet:
    anchors: dict[Place, Place] = {}
    ranges: dict[Place, Place] = {}
    for merged in sheet.merged_cells.ranges:
        top_left = (merged.min_row, merged.min_col)
        ranges[top_left] = (merged.max_row, merged.max_col)
        for row in range(merged.min_row, merged.max_row + 1):
            for column in range(merged.min_col, merged.max_col + 1):
                anchors[row, column] = top_left
    return Sheet(
        sheet.title,
        {(cell.row, cell.column): cell for cell in _cells(sheet, formulas)},
        anchors,
        ranges,
        hidden=sheet.sheet_state != "visible",
        hidden_rows=frozenset(row for row, size in sheet.row_dimensions.items() if size.hidden or size.height == 0),
        hidden_columns=frozenset(_hidden_columns(sheet)),
    )


def _cells(sheet: Any, formulas: Any) -> Iterator[Cell]:
    # By number, since openpyxl builds a font anew for each cell that is asked for its own.
    struck_fonts = {number for number, font in enumerate(sheet.parent._fonts) if font.strike}
    # Not iter_rows: one stray cell at the far corner would make it walk through millions of empty ones.
    for (row, column), cell in sheet._cells.items():
        if isinstance(cell, MergedCell):
            continue
        value = cell.value
        without = formulas is not None and value is None and formulas.cell(row, column).data_type == "f"
        if value is None and not without:
            continue
        comment = cell.comment.text if cell.comment is not None else ""
        struck = cell.has_style and cell._style.fontId in struck_fonts
        if type(value) is str and not struck:
            yield Cell(row, column, value, comment=comment)
            continue
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        text = shown(value, cell.number_format or "")
        part = text if struck else _struck_part(value)
        yield Cell(
            row, column, text, number, struck or part == text != "", part,
            formula_without_value=without, comment=comment,
        )  # fmt: skip


def _struck_part(value: Any) -> str:
    blocks = value if isinstance(value, CellRichText) else ()
    return "".join(block.text for block in blocks if isinstance(block, TextBlock) and block.font.strike)


def _hidden_columns(sheet: Any) -> Iterator[int]:
    for size in sheet.column_dimensions.values():
        if size.hidden and size.min and size.max:
            yield from range(size.min, min(size.max, size.min + 500) + 1)
