"""Opening a workbook: Excel or Word to sheets of cells."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import MergedCell

from minsheng.task_table.package import Source, TaskTableRefused, read_package
from minsheng.task_table.sheet import Cell, Place, Sheet
from minsheng.task_table.word import read_word


def open_workbook(source: Source, *, name: str) -> list[Sheet]:
    """The sheets of an Excel workbook, or the tables of a Word document, in their order.

    Formulas stand for the values Excel last saved, macros are never looked at. Raises ``TaskTableRefused``.
    """
    archive = read_package(source)
    parts = set(archive.namelist())
    if "word/document.xml" in parts:
        return read_word(archive)
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
        values = openpyxl.load_workbook(file, data_only=True, keep_links=False)
        formulas = None
        if _has_formulas(archive):
            file.seek(0)
            formulas = openpyxl.load_workbook(file, data_only=False, keep_links=False)
        return [_sheet(sheet, formulas[sheet.title] if formulas else None) for sheet in values.worksheets]
    except Exception as error:  # openpyxl has no error of its own for damaged files
        raise TaskTableRefused(
            _(
                "%(name)s cannot be read as an Excel workbook; it may be damaged. Open it in Excel, save it as "
                ".xlsx and try again."
            )
            % {"name": name}
        ) from error


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = (part for part in archive.namelist() if part.startswith("xl/worksheets/") and part.endswith(".xml"))
    return any(re.search(rb"<(?:\w+:)?f[ >/]", archive.read(part)) for part in sheets)


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
    # Not iter_rows: one stray cell at the far corner would make it walk through millions of empty ones.
    for (row, column), cell in sheet._cells.items():
        if isinstance(cell, MergedCell):
            continue
        without = formulas is not None and cell.value is None and formulas.cell(row, column).data_type == "f"
        if cell.value is None and not without:
            continue
        number = isinstance(cell.value, int | float | Decimal) and not isinstance(cell.value, bool)
        struck = bool(cell.font is not None and cell.font.strike)
        yield Cell(row, column, _shown(cell.value, cell.number_format or ""), number, struck, without)


def _hidden_columns(sheet: Any) -> Iterator[int]:
    for size in sheet.column_dimensions.values():
        if size.hidden and size.min and size.max:
            yield from range(size.min, min(size.max, size.min + 500) + 1)


def _shown(value: Any, number_format: str) -> str:
    """A value as it stands in the cell: 0.54 as 54% in a column of percentages, a date by its parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        day = "d" in re.sub(r'"[^"]*"|\[[^\]]*\]', "", number_format.lower())
        return f"{value.year}年{value.month}月" + (f"{value.day}日" if day else "")
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format)
    return str(value)


def _number(value: int | float | Decimal, number_format: str) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(value)
    percent = "%" in number_format
    number = number * 100 if percent else number
    whole = number == number.to_integral_value()
    return (str(int(number)) if whole else format(number.normalize(), "f")) + ("%" if percent else "")
