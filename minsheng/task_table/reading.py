"""Reading a task table: from a file to a ``TableReading``. No database."""

import re
from collections import Counter
from collections.abc import Collection

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from minsheng.task_table.dump import dump, load, to_json
from minsheng.task_table.header import Header, find_header
from minsheng.task_table.package import Source, TaskTableRefused
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import one_line, plain
from minsheng.task_table.result import Deliverable, RowReading, SkippedRow, SourceCell, TableReading
from minsheng.task_table.row import Above, RowReader
from minsheng.task_table.rows import DATA, first_leads, heading_of, kind_of, title_of
from minsheng.task_table.sheet import Sheet
from minsheng.task_table.workbook import open_workbook

__all__ = [
    "Deliverable",
    "RowReading",
    "SkippedRow",
    "SourceCell",
    "TableReading",
    "TaskTableRefused",
    "dump",
    "load",
    "read_table",
    "to_json",
]

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)(?=年|$|[^\d])")


def read_table(
    source: Source, *, name: str, year: int | None = None, sheet: str | None = None, known_units: Collection[str] = ()
) -> TableReading:
    """Read the task table of a file; ``name`` is for people and may tell the year.

    ``year`` and ``sheet`` are found where they are not given. ``known_units`` are names known to be whole.
    Raises ``TaskTableRefused`` for a file that holds no readable table; what is unsure within one becomes an issue.
    """
    sheets = open_workbook(source, name=name)
    chosen, header, issues = _choose(sheets, sheet)
    title = title_of(chosen, header)
    found = year or _guess_year(chosen, header, title, name)
    if found is None:
        issues.append(Issue("year", "warning", "year_unknown"))
    above = Above(found, known_units=known_units)
    above.first_leads = header.column("lead_units") is not None and first_leads(_remarks_on_table(chosen, header))
    rows, skipped = _read_rows(chosen, header, title, above)
    if not rows:
        raise TaskTableRefused(_("There is no task below the header in row %(row)s.") % {"row": header.rows[0]})
    issues += _about_columns(chosen, header)
    letters = {column.index: get_column_letter(column.index) for column in header.columns}
    return TableReading(
        name, chosen.name, found, title, header.rows,
        {letters[column.index]: column.meaning for column in header.columns},
        {letters[column.index]: column.header for column in header.columns},
        tuple(rows), tuple(skipped), tuple(issues), "first" if above.first_leads else "all", header.amount_unit,
    )  # fmt: skip


def _choose(sheets: list[Sheet], name: str | None) -> tuple[Sheet, Header, list[Issue]]:
    """The sheet with the task table: the named one, or that with most rows below a header; visible ones come first."""
    if name is not None:
        sheets = [sheet for sheet in sheets if plain(sheet.name) == plain(name)]
        if not sheets:
            raise TaskTableRefused(_("The file has no sheet called %(name)s.") % {"name": name})
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet))]
    if not found:
        raise TaskTableRefused(
            _(
                "No header of a task table was found: a row that names at least the project or its content, "
                "and the units or the deadline."
            )
        )
    found.sort(key=lambda pair: (pair[0].hidden, -_rows_below(*pair)))
    sheet, header = found[0]
    issues = []
    others = [other.name for other, below in found[1:] if not other.hidden and _rows_below(other, below) > 1]
    if others:
        issues.append(Issue("sheet", "warning", "several_sheets", {"sheet": sheet.name, "others": "、".join(others)}))
    if sheet.hidden:
        issues.append(Issue("sheet", "warning", "sheet_hidden", {"sheet": sheet.name}))
    return sheet, header, issues


def _rows_below(sheet: Sheet, header: Header) -> int:
    return sum(1 for row in sheet.rows if row >= header.first_data_row and len(sheet.filled(row)) > 1)


def _read_rows(sheet: Sheet, header: Header, title: str, above: Above) -> tuple[list[RowReading], list[SkippedRow]]:
    rows: list[RowReading] = []
    skipped: list[SkippedRow] = []
    for row in sheet.rows:
        text = "".join(cell.text for cell in sheet.filled(row))
        if row < header.first_data_row:
            kind = (
                "header"
                if row in header.rows
                else "blank"
                if not text
                else "title"
                if text.strip() == title
                else "note"
            )
        else:
            kind = kind_of(sheet, header, row, title)
        if kind == DATA:
            above.previous = RowReader(sheet, header, row, above).read()
            rows.append(above.previous)
            continue
        if kind == "category":
            above.category = heading_of(sheet, header, row)
            above.previous = above.previous if header.column("serial") else None
        skipped.append(SkippedRow(row, kind, text))
    return rows, skipped


def _remarks_on_table(sheet: Sheet, header: Header) -> list[str]:
    """Texts that may say who leads: those above and in the header, notes below, text round a Word table."""
    outside = [cell.text for row in sheet.rows if row < header.first_data_row for cell in sheet.filled(row)]
    below = [
        cells[0].text for row in sheet.rows if row >= header.first_data_row and len(cells := sheet.filled(row)) == 1
    ]
    return [*outside, *below, *sheet.notes]


def _guess_year(sheet: Sheet, header: Header, title: str, name: str) -> int | None:
    """The year of the title, else of the header, of most deadlines, of the sheet's name, of the file's."""
    column = header.column("deadline")
    deadlines = [sheet.text(row, column.index) for row in sheet.rows if row >= header.first_data_row] if column else []
    headers = [column.header for column in header.columns]
    above = [cell.text for row in range(1, header.rows[0]) for cell in sheet.filled(row)]
    for texts in ([title], headers, deadlines, above, [sheet.name], [name]):
        years = Counter(int(year) for text in texts for year in _YEAR.findall(plain(text)))
        if years:
            return years.most_common(1)[0][0]
    return None


def _about_columns(sheet: Sheet, header: Header) -> list[Issue]:
    issues = []
    for meaning, code in (("deadline", "no_deadline_column"), ("lead_units", "no_units_column")):
        if header.column(meaning) is None:
            issues.append(Issue("header", "info" if meaning == "deadline" else "warning", code))
    hidden = [column for column in header.columns if column.index in sheet.hidden_columns]
    return [
        *issues,
        *(Issue("header", "info", "column_hidden", {"text": one_line(column.header)}) for column in hidden),
    ]
