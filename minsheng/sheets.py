"""A list as an Excel sheet: title, columns, rows, sums; ready to print. Values are inert: no text becomes a formula.

Rows are written one by one and not kept, so that a list of any length needs little memory.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

import xlsxwriter

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST: Final = 32_767  # characters a cell holds
# What XML cannot hold, and what a spreadsheet reads as the beginning of a formula if a person edits the cell.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
_FONT: Final[dict[str, Any]] = {"font_name": "宋体", "font_size": 10}
_PAPER_A4: Final = 9


class Kind(StrEnum):
    """What a column holds; each value is written as that: amounts, percents and counts as numbers, days as dates."""

    TEXT = "text"
    AMOUNT = "amount"
    PERCENT = "percent"
    NUMBER = "number"
    DAY = "day"


FORMATS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {"text_wrap": True, "align": "left"},
    Kind.AMOUNT: {"num_format": "#,##0.00####", "align": "right"},
    Kind.PERCENT: {"num_format": "0.0%", "align": "right"},
    Kind.NUMBER: {"num_format": "#,##0.##", "align": "right"},
    Kind.DAY: {"num_format": "yyyy-mm-dd", "align": "center"},
}


@dataclass(frozen=True)
class Column:
    heading: str
    width: int
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Marked:
    """A number with a word before it that stays a number: 约1,200.00."""

    value: Decimal
    word: str


@dataclass(frozen=True)
class Sheet:
    """``notes`` stand below the title, one line each. ``sums`` has a value for each column, empty where none is.

    A value is a text, a number, a day, ``Marked``, or nothing; percents are out of a hundred.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = ()
    sums: Sequence[Any] = field(default=())
    page_words: str = "&P / &N"


def workbook(*sheets: Sheet) -> bytes:
    """``sheets`` as an .xlsx file; their names differ."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False}) as book:
        for sheet in sheets:
            _Writer(book, sheet).write()
    return buffer.getvalue()


def inert(text: str) -> str:
    """``text`` as a cell may hold it: without characters a file cannot hold, cut where it is too long.

    >>> inert("a\\x00b")
    'ab'
    """
    clean = _ILLEGAL.sub("", text)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 1]}…"


def like_a_formula(text: str) -> bool:
    """Whether a program might reckon with ``text`` once somebody edits its cell: such a cell is quoted."""
    return text.startswith(_FORMULA)


def sheet_name(text: str) -> str:
    """``text`` as the name of a sheet: at most 31 characters, without those that a name cannot have.

    >>> sheet_name("民生[实事]/2023")
    '民生实事2023'
    """
    return re.sub(r"[\[\]:*?/\\']", "", inert(text))[:31]


class _Writer:
    def __init__(self, book: Any, sheet: Sheet) -> None:
        self.book = book
        self.sheet = sheet
        self.page = book.add_worksheet(sheet_name(sheet.name))
        self.formats: dict[tuple[str, ...], Any] = {}

    def write(self) -> None:
        sheet, page = self.sheet, self.page
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
        head = 1 + len(sheet.notes)
        self._paper(head)
        page.set_row(0, 26)
        title = self.book.add_format({**_FONT, "bold": True, "font_size": 15, "align": "left", "valign": "vcenter"})
        page.write_string(0, 0, inert(sheet.title), title)
        plain = self.book.add_format({**_FONT, "font_color": "#444444"})
        for row, note in enumerate(sheet.notes, start=1):
            page.write_string(row, 0, inert(note), plain)
        heading = self.book.add_format(
            {**_FONT, "bold": True, "bg_color": "#E9EDF2", "border": 1, "text_wrap": True, "align": "center"}
        )
        heading.set_align("vcenter")
        for place, column in enumerate(sheet.columns):
            page.write_string(head, place, inert(column.heading), heading)
        row = head
        for row, values in enumerate(sheet.rows, start=head + 1):
            self._row(row, values)
        if sheet.sums:
            self._row(row + 1, sheet.sums, total=True)

    def _paper(self, head: int) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(_PAPER_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.repeat_rows(head)
        page.freeze_panes(head + 1, 0)
        page.set_footer(f"&C{self.sheet.page_words}")

    def _row(self, row: int, values: Sequence[Any], *, total: bool = False) -> None:
        for place, (column, value) in enumerate(zip(self.sheet.columns, values, strict=True)):
            self._cell(row, place, value, column.kind, total=total)

    def _cell(self, row: int, place: int, value: Any, kind: Kind, *, total: bool) -> None:
        page = self.page
        if value is None or value == "":
            page.write_blank(row, place, None, self._format(kind, total=total))
        elif isinstance(value, Marked):
            page.write_number(row, place, value.value, self._format(kind, total=total, word=value.word))
        elif isinstance(value, Decimal | int):
            number = value / 100 if kind == Kind.PERCENT else value
            page.write_number(row, place, number, self._format(kind, total=total))
        elif isinstance(value, date):
            page.write_datetime(row, place, value, self._format(Kind.DAY, total=total))
        else:
            text = inert(str(value))
            quoted = like_a_formula(text)
            page.write_string(row, place, text, self._format(kind, total=total, quoted=quoted))

    def _format(self, kind: Kind, *, total: bool, word: str = "", quoted: bool = False) -> Any:
        key = (kind, str(total), word, str(quoted))
        if key not in self.formats:
            made: dict[str, Any] = {**_FONT, "border": 1, "valign": "top", **FORMATS[kind]}
            if total:
                made |= {"bold": True, "bg_color": "#E9EDF2"}
            if word:
                made["num_format"] = f'"{word.replace(chr(34), "")}"{made["num_format"]}'
            if quoted:
                made["quote_prefix"] = True
            self.formats[key] = self.book.add_format(made)
        return self.formats[key]
