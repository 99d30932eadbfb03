"""A sheet of cells: texts with their addresses, merged ranges, what is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from openpyxl.utils import get_column_letter

from minsheng.task_table.parsers.text import is_nothing

Place = tuple[int, int]  # row, column, both from 1


@dataclass(frozen=True)
class Cell:
    """``text`` as it came; a number or date as a person would write it."""

    row: int
    column: int
    text: str
    is_number: bool = False
    struck: bool = False
    struck_part: str = ""  # what of the text is struck through, where the format tells
    hidden_part: str = ""  # what of the text is in the file and not on the page, where the format tells
    formula_without_value: bool = False
    month_or_day: bool = False  # a date on the first of a month that may stand for the month
    comment: str = ""
    origin: Place | None = None  # where it stands in the file, if that is elsewhere
    sheet: str = ""  # on which sheet, if that is another than the one that is read

    @property
    def address(self) -> str:
        found = address(*(self.origin or (self.row, self.column)))
        return f"{self.sheet}!{found}" if self.sheet else found


@lru_cache(maxsize=8192)  # many columns are blank, and asked of again and again
def _blank(row: int, column: int) -> Cell:
    return Cell(row, column, "")


@dataclass(frozen=True)
class Sheet:
    """Cells by place. ``anchors`` leads from every cell of a merged range to its top left one."""

    name: str
    cells: Mapping[Place, Cell]
    anchors: Mapping[Place, Place] = field(default_factory=dict)
    ranges: Mapping[Place, Place] = field(default_factory=dict)  # top left → bottom right
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    looks: bool = True  # false: the format does not tell what is hidden, struck through or commented
    folded: Mapping[int, int] = field(default_factory=dict)  # first → last of rows that may not be one task
    unsure_rows: frozenset[int] = frozenset()  # of a paste that does not tell whose column each unit stood in
    notes: tuple[str, ...] = ()  # text round the tables of a Word document
    in_document: bool = False  # a table of a Word document: it may go on in the next one
    above: tuple[str, ...] = ()  # text between this table and the one before
    columns: int = 0  # how many a table of a Word document has, blank ones too
    before: tuple[str, ...] = ()  # all text before this table
    cut_from: str = ""  # the sheet on which it stands at the right of another table
    height: int = 0  # how many rows a table of a Word document has, blank ones too
    between: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # row → lines of the document right before it

    @property
    def on_sheet(self) -> str:
        """What the sheet is called in the file."""
        return self.cut_from or self.name

    def cell(self, row: int, column: int) -> Cell:
        """The cell a reader sees at this place: for a merged range its top left one."""
        place = (row, column)
        if self.anchors:
            place = self.anchors.get(place, place)
        return self.cells.get(place) or _blank(*place)

    def text(self, row: int, column: int) -> str:
        return self.cell(row, column).text

    def own_text(self, row: int, column: int) -> str:
        """The text of a cell without what merging lends it from above or the left."""
        return "" if self.anchors.get((row, column), (row, column)) != (row, column) else self.text(row, column)

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The rows that say something. One stray cell may stand a million rows below the table."""
        return tuple(self._by_row)

    @cached_property
    def last_row(self) -> int:
        return max((row for row, _column in self.cells), default=0)

    @property
    def end(self) -> int:
        """The number of its last row, be it blank."""
        return max(self.height, self.last_row)

    @cached_property
    def last_column(self) -> int:
        return max((column for _row, column in self.cells), default=0)

    def filled(self, row: int) -> list[Cell]:
        """The cells of a row that say something, each merged range once, in their order."""
        return self._by_row.get(row, [])

    @cached_property
    def _by_row(self) -> Mapping[int, list[Cell]]:
        rows: dict[int, list[Cell]] = {}
        for place in sorted(self.cells):
            if not is_nothing(self.cells[place].text):
                rows.setdefault(place[0], []).append(self.cells[place])
        return rows

    def width(self, cell: Cell) -> int:
        """Over how many columns a cell is merged."""
        return self.ranges.get((cell.row, cell.column), (cell.row, cell.column))[1] - cell.column + 1

    def bottom(self, cell: Cell) -> int:
        """The last row over which a cell is merged."""
        return self.ranges.get((cell.row, cell.column), (cell.row, cell.column))[0]


def moved(sheet: Sheet, by: int, *, same: bool = False) -> Sheet:
    """``sheet`` with rows counted from ``by`` on, to be read behind another one; its cells know where they stand,
    unless it is to be a part of the ``same`` sheet.
    """
    if not by:
        return sheet
    if same:
        cells = {(row + by, column): replace(cell, row=row + by) for (row, column), cell in sheet.cells.items()}
    else:
        cells = {
            (row + by, column): replace(
                cell, row=row + by, origin=cell.origin or (cell.row, cell.column), sheet=cell.sheet or sheet.on_sheet
            )
            for (row, column), cell in sheet.cells.items()
        }
    return replace(
        sheet,
        cells=cells,
        anchors={(row + by, column): (top + by, left) for (row, column), (top, left) in sheet.anchors.items()},
        ranges={(top + by, left): (row + by, column) for (top, left), (row, column) in sheet.ranges.items()},
        hidden_rows=frozenset(row + by for row in sheet.hidden_rows),
        between={row + by: lines for row, lines in sheet.between.items()},
    )


def together(first: Sheet, second: Sheet) -> Sheet:
    """Two sheets with rows of different numbers as one, to be looked at as a whole."""
    return replace(
        first,
        cells={**first.cells, **second.cells},
        anchors={**first.anchors, **second.anchors},
        ranges={**first.ranges, **second.ranges},
        hidden_rows=first.hidden_rows | second.hidden_rows,
        between={**first.between, **second.between},
    )


def address(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
