"""Finding the header of a task table, wherever it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from minsheng.task_table.column import Column
from minsheng.task_table.columns import is_once, own_level_named, settle
from minsheng.task_table.deadline_column import calls_itself_deadline
from minsheng.task_table.header_rows import (
    LONGEST_CELL,
    MOST_ROWS,
    belongs,
    below_all,
    may_begin,
    most_rows,
    words_above,
)
from minsheng.task_table.meanings import (
    DESCRIPTIONS,
    assisting_in_brackets,
    is_note,
    meaning_below,
    meaning_of,
    names_both_roles,
    only_opens,
    opens_parts,
    payer_of,
    says_leading,
    tells_money,
    unit_of,
)
from minsheng.task_table.parsers.text import is_nothing, key, one_line, plain
from minsheng.task_table.sheet import Sheet
from minsheng.task_table.stated_unit import amount_unit

_LONGEST_HEADER = 40
_SHORT_HEADER = 16
_FURTHEST = 1000  # rows below a header that is found, where a better one may be
_MOST_SAMPLES = 200
_SURELY = 3  # so many columns of different meaning make a header of a further table
# Columns beyond this hold no table that people fill in by hand.
_MOST_COLUMNS = 100


@dataclass(frozen=True)
class Header:
    """``rows`` of a sheet that name its columns, in their order."""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    amount_unit: str = ""  # of the whole table: 单位：万元

    @cached_property
    def by_meaning(self) -> dict[str, Column]:
        return {column.meaning: column for column in reversed(self.columns)}

    def column(self, *meanings: str) -> Column | None:
        for meaning in meanings:
            if column := self.by_meaning.get(meaning):
                return column
        return None

    @cached_property
    def targets(self) -> tuple[Column, ...]:
        """The columns of figures to be reached, several where one header spans them."""
        return tuple(column for column in self.columns if column.meaning == "target")

    @cached_property
    def other_deadlines(self) -> tuple[Column, ...]:
        """Columns that are called by when things end, beside the one that is read as deadlines."""
        return tuple(c for c in self.columns if c.meaning == "extra" and calls_itself_deadline(c))

    @cached_property
    def both_roles(self) -> bool:
        """Whether leads and assisting units stand in one column, by its header (牵头及配合单位)."""
        column = self.column("lead_units")
        return column is not None and names_both_roles(column.header)

    @cached_property
    def assisting_in_brackets(self) -> bool:
        """Whether brackets in the column of leads hold those who assist, by its header (牵头单位（配合单位）)."""
        column = self.column("lead_units")
        return column is not None and assisting_in_brackets(column.header)

    @property
    def leads_apart(self) -> bool:
        """Whether a column called by those who lead stands beside one of those who assist."""
        lead, assisting = self.column("lead_units"), self.column("assisting_units")
        return lead is not None and assisting is not None and says_leading(lead.header)

    @cached_property
    def last_front(self) -> int:
        """The last of the columns in front, which say what the row is called."""
        columns = [c.index for c in self.columns if c.meaning in ("serial", "category", "project", "project_content")]
        return max(columns, default=1) if min(columns, default=1) <= 3 else 1

    def words_in(self, sheet: Sheet) -> frozenset[str]:
        """The words of the header as they stand in ``sheet``, for comparing; kept, since each row below is compared."""
        kept: tuple[Sheet, frozenset[str]] | None = vars(self).get("_words")
        if kept is None or kept[0] is not sheet:
            words = {key(sheet.text(row, column.index)) for row in self.rows for column in self.columns}
            kept = vars(self)["_words"] = sheet, frozenset(words - {""})
        return kept[1]

    @property
    def first_data_row(self) -> int:
        return self.rows[-1] + 1


def find_header(sheet: Sheet, mapping: Mapping[str, str] | None = None) -> Header | None:
    """The rows that name most columns; the first of them, where a header is repeated at page breaks.

    ``None`` where no row names a description of the tasks and something besides. ``mapping`` is what a person says of
    columns: words of a header, or its letter, → meaning; empty for a column that means nothing to the portal.
    """
    best: tuple[int, Header] | None = None
    for row in sheet.rows:
        if best is not None and (row > best[1].rows[0] + _FURTHEST or best[0] == sheet.last_column):
            break  # nothing names more columns than there are
        if not may_begin(sheet, row) or (best is None and _is_of_form(sheet, row)):
            continue
        for height in range(1, most_rows(sheet, row) + 1):
            rows = tuple(range(row, row + height))
            if height > 1 and not belongs(sheet, rows):
                break
            columns = _mapped(_columns(sheet, rows), mapping)
            count = _named(columns)
            taller = best is not None and best[1].rows[0] == row and (count >= best[0] or below_all(sheet, rows))
            if count >= 2 and (best is None or taller or count > best[0]):
                best = count, Header(rows, tuple(columns))
    return settled(sheet, best[1], mapping) if best else None


def _is_of_form(sheet: Sheet, row: int) -> bool:
    """Whether a row above the table is the form's own (制表：县民生办 | 金额单位：元): no header begins with it."""
    texts = [plain(cell.text) for cell in sheet.filled(row)]
    return all(":" in text for text in texts) and any(map(is_note, texts))


def other_headers(sheet: Sheet, main: Header, mapping: Mapping[str, str] | None = None) -> list[Header]:
    """Headers of further tables on the same sheet, above or below, worded otherwise than the main one."""
    found: list[Header] = []
    after = 0
    for row in sheet.rows:
        if row <= after or row in main.rows or not _is_header(sheet, row) or repeats(sheet, main, row):
            continue
        if any(repeats(sheet, other, row) for other in found):
            continue
        rows: tuple[int, ...] = (row,)
        while len(rows) < MOST_ROWS and belongs(sheet, (*rows, rows[-1] + 1)):
            rows = (*rows, rows[-1] + 1)
        header = Header(rows, tuple(_mapped(_columns(sheet, rows), mapping)))
        if _named(list(header.columns)) >= _SURELY:
            found.append(settled(sheet, header, mapping))
            after = rows[-1]
    return found


def _is_header(sheet: Sheet, row: int) -> bool:
    """Whether nearly every cell of a row is a word of headers: a task never is."""
    cells = sheet.filled(row)
    if len(cells) < _SURELY or any(cell.is_number or len(cell.text) > LONGEST_CELL for cell in cells):
        return False
    meant = sum(1 for cell in cells if len(plain(cell.text)) <= _SHORT_HEADER and meaning_of(cell.text))
    return meant * 5 >= len(cells) * 4


def settled(sheet: Sheet, header: Header, mapping: Mapping[str, str] | None) -> Header:
    """The header with what its columns mean together, and those that nobody named."""
    columns = [*header.columns, *_unnamed(sheet, header)]
    columns.sort(key=lambda column: column.index in sheet.hidden_columns)
    meant = own_level_named(settle(columns, sheet, sample_rows(sheet, header)), sheet, header.rows[0])
    return replace(
        header,
        columns=tuple(sorted(_once(_mapped(meant, mapping), mapping), key=lambda column: column.index)),
        amount_unit=amount_unit(sheet, header.rows[0]),
    )


def sample_rows(sheet: Sheet, header: Header) -> range:
    """Rows below a header that tell what its columns hold: not those of a further table."""
    rows = range(header.first_data_row, min(header.first_data_row + _MOST_SAMPLES, sheet.last_row + 1))
    end = next((row for row in rows if _is_header(sheet, row) and not repeats(sheet, header, row)), rows.stop)
    return range(rows.start, end)


def _unnamed(sheet: Sheet, header: Header) -> list[Column]:
    """Columns with text below a blank header, or one too long to be one: kept, under their letter."""
    known = {column.index for column in header.columns}
    filled = {column for row, column in sheet.cells if row >= header.first_data_row} - known
    return [
        Column(index, one_line(_above_long(sheet, header, index))[:_LONGEST_HEADER], "")
        for index in sorted(filled)
        if index <= _MOST_COLUMNS and any(sheet.own_text(r, index).strip() for r in sheet.rows if r > header.rows[-1])
    ]


def _above_long(sheet: Sheet, header: Header, index: int) -> str:
    return next((text for row in reversed(header.rows) if not is_nothing(text := sheet.text(row, index))), "")


def _mapped(columns: list[Column], mapping: Mapping[str, str] | None) -> list[Column]:
    """The columns with the meanings that a person gave them."""
    if not mapping:
        return columns
    said = {key(words): meaning for words, meaning in mapping.items()}
    letters = {words: meaning for words, meaning in mapping.items() if re.fullmatch("[A-Z]{1,3}", words)}
    return [
        replace(column, meaning=said.get(key(column.header), letters.get(column.letter, column.meaning)) or "extra")
        for column in columns
    ]


def _once(columns: list[Column], mapping: Mapping[str, str] | None) -> list[Column]:
    """Of two columns of a meaning that a table has once, the one a person named has it; the other is kept as it is."""
    if not mapping:
        return columns
    said = {c.index for c in _mapped([replace(c, meaning="?") for c in columns], mapping) if c.meaning != "?"}
    taken: dict[str, int] = {}
    for column in sorted(columns, key=lambda c: (c.index not in said, c.index)):
        taken.setdefault(column.meaning, column.index)
    return [replace(c, meaning="extra") if is_once(c.meaning) and taken[c.meaning] != c.index else c for c in columns]


def _named(columns: list[Column]) -> int:
    meanings = {column.meaning.partition(":")[0] for column in columns} - {"", "extra", "plan"}
    described = meanings & set(DESCRIPTIONS)
    return len(meanings) if described and meanings - {"project", "amount"} else 0


def _columns(sheet: Sheet, rows: tuple[int, ...]) -> list[Column]:
    columns: list[Column] = []
    whole: Column | None = None
    for index in range(1, min(sheet.last_column, _MOST_COLUMNS) + 1):
        texts = list(dict.fromkeys(sheet.text(row, index) for row in rows if not is_nothing(sheet.text(row, index))))
        own_parent = len(rows) > 1 and is_nothing(sheet.text(rows[0], index)) and texts
        if own_parent:
            texts.insert(0, words_above(sheet, rows[0], index))
        if not texts or len(plain(texts[-1])) > _LONGEST_HEADER:
            continue
        whole = _whole(columns, index, texts, whole)
        texts = [text for text in texts[:-1] if not only_opens(text)] + texts[-1:]
        meaning = meaning_below(texts[-1], texts[:-1])
        if whole and (part := meaning_below(texts[-1], [whole.header])).startswith("amount:"):
            meaning = part
        spread = columns and sheet.cell(rows[-1], index) == sheet.cell(rows[-1], index - 1)
        if spread and columns[-1].meaning in ("project", "content"):
            meaning = "content"  # one header over a name and its indicator
        elif spread and columns[-1].header == texts[-1]:
            meaning = "assisting_units" if meaning == "lead_units" else ""
        unit = next(filter(None, map(unit_of, reversed(texts))), "")
        if whole and meaning.startswith("amount"):
            unit = unit or whole.unit
        columns.append(Column(index, " / ".join(texts), meaning, unit))
    return columns


def _whole(columns: list[Column], index: int, texts: list[str], whole: Column | None) -> Column | None:
    """The column of money whose parts stand below 其中 right behind it, where this is one of them.

    总投资（万元） | 其中：中央 | 省级: those behind the first that are called by who pays are parts as well.
    """
    if any(opens_parts(text) for text in texts):
        before = columns[-1] if columns and columns[-1].index == index - 1 else None
        own = before is not None and before.meaning.startswith("amount") and tells_money(before.header)
        return whole or (before if own else None)
    return whole if len(texts) == 1 and payer_of(texts[0]) else None


def repeats(sheet: Sheet, header: Header, row: int) -> bool:
    """Whether a row below is the header again, as at a page break; either of its rows counts."""
    cells = sheet.filled(row)
    texts = header.words_in(sheet)
    others = 0
    for cell in cells:  # of a task nearly every one is another: two or three tell
        others += key(cell.text) not in texts
        if others * 5 > len(cells):
            return False
    return len(cells) - others >= 2
