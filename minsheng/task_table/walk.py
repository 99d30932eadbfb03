"""From row to row of a sheet, each under the header it stands below."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from minsheng.progress import each
from minsheng.task_table.continued import says_that_it_goes_on
from minsheng.task_table.header import Header
from minsheng.task_table.parsers.text import heading, one_line, plain
from minsheng.task_table.result import RowReading, SkippedRow
from minsheng.task_table.row import Above, RowReader
from minsheng.task_table.rows import DATA, heading_of, kind_of, without_unit
from minsheng.task_table.sheet import Cell, Sheet


def read_rows(
    sheet: Sheet, main: Header, further: list[Header], title: str, above: Above
) -> tuple[list[RowReading], list[SkippedRow]]:
    """Every row that says something is one or the other: a task that was read, or skipped with a reason.

    So is every line between two tables of a document that are one: it has no row of its own.
    """
    rows: list[RowReading] = []
    skipped: list[SkippedRow] = []
    headers = {header.rows[0]: header for header in (main, *further)}
    named = {row for header in headers.values() for row in header.rows}
    current = main if main.rows[-1] < min(sheet.rows, default=0) else None  # it stands on another sheet
    for row in each(sheet.rows, _("Reading the rows"), len(sheet.rows)):
        if row in headers:
            current = headers[row]
            heading_above = _heading_above(sheet, row)
            above.category, above.previous, above.tasks = heading_above or above.of_sheet, None, []
            if row not in sheet.between:
                above.headings.begin(heading_above)
        if row in sheet.between:
            for line in _between(sheet, current or main, row, title):
                skipped.append(line)
                if line.kind == "category":
                    _under(above, one_line(without_unit(line.text)), current or main, asked=bool(sheet.shift))
        if row in named:
            kind = "header"
        elif current is None:
            kind = _before(sheet, row, title)
        else:
            kind = kind_of(sheet, current, row, title)
            kind = "note" if kind == "category" and _says_that_it_goes_on(sheet, row) else kind
        if kind == DATA and current is not None:
            above.previous = RowReader(sheet, current, row, above).read(further=current is not main)
            rows.append(above.previous)
            above.tasks.append(row)
            continue
        if kind == "category" and current is not None:
            _under(above, heading_of(sheet, current, row), current)
        skipped.append(SkippedRow(row, kind, "".join(cell.text for cell in sheet.filled(row))))
    return rows, skipped


def _under(above: Above, category: str, header: Header, *, asked: bool = False) -> None:
    above.headings.take(category, asked=asked)
    above.category = " / ".join(above.headings)
    above.previous = above.previous if header.column("serial") else None


def _between(sheet: Sheet, header: Header, row: int, title: str) -> Iterator[SkippedRow]:
    """The lines right before ``row``, each as what it would be as a row of one cell."""
    for text in sheet.between[row]:
        words = without_unit(text) or text
        line = Sheet(sheet.name, {(row, 1): Cell(row, 1, words)}, ranges={(row, 1): (row, sheet.last_column)})
        kind = kind_of(line, header, row, title)
        yield SkippedRow(row, "note" if kind == DATA else kind, text, between=True)


def _heading_above(sheet: Sheet, row: int) -> str:
    """一、教育类 right above a header is the heading of what stands below it."""
    cells = sheet.filled(row - 1)
    return one_line(cells[0].text) if len(cells) == 1 and heading(plain(cells[0].text)) else ""


def _says_that_it_goes_on(sheet: Sheet, row: int) -> bool:
    cells = sheet.filled(row)
    return len(cells) == 1 and says_that_it_goes_on(cells[0].text)


def _before(sheet: Sheet, row: int, title: str) -> str:
    text = "".join(cell.text for cell in sheet.filled(row))
    if without_unit(text).strip() == title:
        return "title"
    return "category" if len(sheet.filled(row)) == 1 and heading(plain(text)) else "note"
