"""Workbooks of the old Excel format, also those that WPS writes as .et: .xls to sheets of cells."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from minsheng.task_table.package import MOST_MERGED_CELLS, TaskTableRefused, check_old_office, damaged, password
from minsheng.task_table.sheet import Cell, Place, Sheet
from minsheng.task_table.values import shown

# No sheet of tasks is as large; one stray cell in the far corner makes a sheet so.
MOST_CELLS_SPANNED = 5_000_000


def read_old_excel(data: bytes) -> list[Sheet]:
    """The sheets of an .xls file, in their order. Raises ``TaskTableRefused``.

    Looks are not in what calamine gives: hidden rows and columns, struck text, comments, formats of numbers. The
    sheets say so (``looks`` is false).
    """
    check_old_office(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        kinds = {meta.name: meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet}
        return [
            _sheet(book.get_sheet_by_name(title), hidden=meta.visible != SheetVisibleEnum.Visible)
            for title, meta in kinds.items()
        ]
    except (KeyboardInterrupt, SystemExit, TaskTableRefused):
        raise
    except PasswordError as error:
        raise TaskTableRefused(password()) from error
    except BaseException as error:  # a panic of the Rust library is no Exception
        raise TaskTableRefused(damaged()) from error


def _sheet(sheet: CalamineSheet, *, hidden: bool) -> Sheet:
    if sheet.total_height * sheet.total_width > MOST_CELLS_SPANNED:
        raise TaskTableRefused(
            _("Sheet “%(sheet)s” is larger than a task table can be. Delete its empty rows and columns and try again.")
            % {"sheet": sheet.name}
        )
    anchors: dict[Place, Place] = {}
    ranges: dict[Place, Place] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        start = (top + 1, left + 1)
        ranges[start] = (bottom + 1, right + 1)
        if len(anchors) + (bottom - top + 1) * (right - left + 1) > MOST_MERGED_CELLS:
            raise TaskTableRefused(damaged())
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                anchors[row + 1, column + 1] = start
    cells = {(cell.row, cell.column): cell for cell in _cells(sheet)}
    return Sheet(sheet.name, cells, anchors, ranges, hidden=hidden, looks=False)


def _cells(sheet: CalamineSheet) -> Iterator[Cell]:
    top, left = sheet.start or (0, 0)
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1):
        for column, value in enumerate(values, left + 1):
            if value != "":
                yield Cell(row, column, shown(value), _is_number(value), month_or_day=_first_of_month(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _first_of_month(value: Any) -> bool:
    """A month is kept as its first day; which of the two the cell showed is in its format, that is not known here."""
    return isinstance(value, datetime | date) and value.day == 1
