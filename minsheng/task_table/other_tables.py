"""What a file holds beside the table that is read: which of it seems to be tasks, too, and which plainly is not.

A person is asked about the first; of the second (instructions, contacts, lists to choose from, a summary of the same
rows, what is hidden) it is told that it was not read. No row is lost unseen.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from minsheng.task_table.column import samples
from minsheng.task_table.columns import holds_units
from minsheng.task_table.continued import FEWEST_COLUMNS, is_serial, says_that_it_goes_on, unit_named
from minsheng.task_table.header import Header, sample_rows
from minsheng.task_table.parsers.lines import tell_tasks
from minsheng.task_table.parsers.numbers import to_decimal
from minsheng.task_table.parsers.parsed import Issue, Param
from minsheng.task_table.parsers.text import is_nothing, key, one_line, plain
from minsheng.task_table.parsers.times import tells_when
from minsheng.task_table.result import OtherTable
from minsheng.task_table.set_apart import lines_set_apart
from minsheng.task_table.sheet import Sheet
from minsheng.task_table.year import years_in

GOES_ON, APART = "goes-on", "apart"
TABLE: Final = "table-"  # before its name, in the record of what was said of it
_DESCRIBED: Final = ("project", "project_content", "content")
_SETTLED = re.compile(r"\w+_units|deadline|funding|amount.*|target")  # columns of what a revision changes
_TOLD_ONE_BY_ONE: Final = 5
_LONGEST_TEXT: Final = 60
_ROWS_SHOWN: Final = 3
_LONGEST_CELL: Final = 80
_ROWS_LOOKED_AT: Final = 50
_SHORTEST_TASK: Final = 6
_PHONE = re.compile(r"(?:\(?0\d{2,3}\)?-?)?[2-9]\d{6,7}(?:-\d{1,5})?|1[3-9]\d{9}")
_PHONE_HEADER = re.compile("电话|联系方式|手机")
_EXAMPLE = re.compile("示例|样例|范例|样表|模板|填表|说明")
_PLAN = re.compile("重点|实事|工作|十大|专项|攻坚|计划")  # the name of a table that may well be a programme of its own
Kind = Callable[[str], bool]


@dataclass(frozen=True)
class Read:
    """The table that is read. ``headers`` are those of all tables that have one, by name."""

    sheet: Sheet
    header: Header
    headers: Mapping[str, Header]

    def others(self, tables: Iterable[Sheet]) -> Iterator[Sheet]:
        """A table inside a cell is text of that cell; a table around the one that is read only lays out the page."""
        tables = list(tables)
        in_cells = any(table.in_document for table in tables)
        for table in tables:
            inside = in_cells and not table.in_document and table.name not in self.headers
            if table is not self.sheet and not inside and not self.sheet.name.startswith(f"{table.name}."):
                yield table


def others_of(tables: Iterable[Sheet], read: Read) -> tuple[OtherTable, ...]:
    """The other tables that have rows, in their order."""
    found = []
    for table in read.others(tables):
        header = read.headers.get(table.name)
        first = header.first_data_row if header else 0
        below = [row for row in table.rows if row >= first]
        rows = [row for row in below if len(table.filled(row)) > 1]
        if rows:
            found.append(_headed(table, header, rows, read) if header else _bare(table, rows, read))
        elif below:
            found.append(_lines(table, below))
    return tuple(found)


def told(others: Sequence[OtherTable], joined: Collection[str]) -> list[Issue]:
    """What is said of each: asked about, read on, or only told that it was not read."""
    issues = []
    for one in others:
        what: dict[str, Param] = {"name": one.name, "rows": one.rows, "text": _text(one)}
        if one.name in joined:
            code = "table_goes_on" if one.itself and one.under else "table_joined"
            issues.append(Issue("sheet", "info", code, {**what, "under": one.under}))
        elif one.asks:
            issues.append(Issue("sheet", "warning", "other_table", what))
    left = [one for one in others if not one.asks and one.name not in joined]
    hidden = [one.name for one in left if one.headed and one.hidden]
    same = [one.name for one in left if one.headed and not one.hidden and one.same >= one.rows]
    issues += [Issue("sheet", "info", "sheets_same", {"others": "、".join(same)})] if same else []
    issues += [Issue("sheet", "info", "sheets_hidden", {"others": "、".join(hidden)})] if hidden else []
    bare = [one for one in left if one.name not in (*hidden, *same)]
    for one in bare[:_TOLD_ONE_BY_ONE]:
        code = "unread_hidden" if one.hidden else "unread_table"
        issues.append(Issue("sheet", "info", code, {"name": one.name, "rows": one.rows, "text": _text(one)}))
    if further := bare[_TOLD_ONE_BY_ONE:]:
        names = "、".join(one.name for one in further)
        issues.append(Issue("sheet", "info", "unread_tables", {"names": names}))
    return issues


def _text(other: OtherTable) -> str:
    return " ".join(text for text in (other.first[0] if other.first else ()) if text)[:_LONGEST_TEXT]


def _headed(table: Sheet, header: Header, rows: Sequence[int], read: Read) -> OtherTable:
    """One with a header of its own: its rows are read below it, whatever the order of its columns."""
    ours, theirs = _meanings(read.header), _meanings(header)
    again, same = _same(table, header, rows, read)
    named = _names_tasks(table, header, rows)
    fits = named and _as_described(ours, theirs, apart=table.in_document)
    seems = _seems_apart(table, header.rows[0], read) or (APART if again * 2 >= len(rows) else "")
    if not seems and fits and len(ours & theirs) >= len(ours | theirs) - 1 and not _PLAN.search(plain(table.name)):
        seems = GOES_ON
    asks = not table.hidden and same < len(rows) and named
    return OtherTable(
        table.name, len(rows), asks, fits, headed=True, hidden=table.hidden, same=same, seems=seems,
        first=_first(table, rows), mark=_mark(table),
    )  # fmt: skip


def _bare(table: Sheet, rows: Sequence[int], read: Read) -> OtherTable:
    """One without a header: its rows are read below that of the table, if its columns hold the same."""
    fits = _fits(table, rows, read)
    last, first = _serials(read.sheet, read.header, read.sheet.rows), _serials(table, read.header, rows)
    follows = bool(last and first) and first[0] == last[-1] + 1
    named = any(map(says_that_it_goes_on, (table.name, *table.above, *_alone(table, rows[0]))))
    same = _same(table, read.header, rows, read)[1] if fits else 0
    lines = [row for row in table.rows if len(table.filled(row)) == 1]
    tasks = _like_tasks(table, rows, read) or _told_in_lines(table, lines)
    asks = not table.hidden and same < len(rows) and (tasks or (fits and (follows or named)))
    seems = _seems_apart(table, rows[0], read) or (GOES_ON if fits and (follows or named) else "")
    return OtherTable(
        table.name, len(rows), asks, fits, headed=False, hidden=table.hidden, same=same, seems=seems,
        first=_first(table, rows), mark=_mark(table),
    )  # fmt: skip


def _lines(table: Sheet, rows: Sequence[int]) -> OtherTable:
    """One whose rows each fill one cell: no column tells what is what, so they are never read on."""
    return OtherTable(
        table.name, len(rows), asks=not table.hidden and _told_in_lines(table, rows), fits=False, headed=False,
        hidden=table.hidden, first=_first(table, rows), mark=_mark(table),
    )  # fmt: skip


def _told_in_lines(table: Sheet, rows: Iterable[int]) -> bool:
    return tell_tasks(cell.text for row in rows for cell in table.filled(row))


def _as_described(ours: set[str], theirs: set[str], *, apart: bool) -> bool:
    """Whether both tell of tasks, and half of the columns mean the same. In a document one table may tell in one column
    what another has ``apart`` in two.
    """
    described = set(_DESCRIBED)
    if apart and ours & described and theirs & described:
        ours, theirs = ({*one - described, "content"} for one in (ours, theirs))
    return bool(ours & theirs & described) and len(ours & theirs) * 2 >= len(ours)


def _meanings(header: Header) -> set[str]:
    return {column.meaning.partition(":")[0] for column in header.columns} - {"", "extra", "progress", "plan"}


def _names_tasks(table: Sheet, header: Header, rows: Sequence[int]) -> bool:
    """Whether words stand below what its header takes for tasks: 项目数 counts them."""
    columns = [column for meaning in (*_DESCRIBED, "goal", "target") if (column := header.column(meaning))]
    return any(_mostly(samples(table, column.index, rows[:_ROWS_LOOKED_AT]), _is_words) for column in columns)


def _is_words(text: str) -> bool:
    return re.fullmatch(r"[\d.,%个项处]+", text) is None


def _same(table: Sheet, header: Header, rows: Sequence[int], read: Read) -> tuple[int, int]:
    """How many of its rows the table has, too: of the same project and content, as far as both tables name them; and
    how many of these say the same of units, deadline and money. The others are a revision, or what it revises.
    """
    both = [
        (ours.index, theirs.index)
        for meaning in _DESCRIBED
        if (ours := read.header.column(meaning)) and (theirs := header.column(meaning))
    ]
    if not both:
        return 0, 0
    known: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in read.sheet.rows:
        known[tuple(key(read.sheet.text(row, ours)) for ours, _theirs in both)].append(row)
    known.pop(("",) * len(both), None)
    found = [(row, known.get(tuple(key(table.text(row, theirs)) for _ours, theirs in both), [])) for row in rows]
    ours_said, theirs_said = _settled(read.sheet, read.header), _settled(table, header)
    same = sum(any(_says_as_much(ours_said(one), theirs_said(row)) for one in there) for row, there in found)
    return sum(bool(there) for _row, there in found), same


def _settled(sheet: Sheet, header: Header) -> Callable[[int], dict[str, str]]:
    """What a row says of units, deadline and money: meaning of the column → text; blank ones left away."""
    columns = [column for column in header.columns if _SETTLED.fullmatch(column.meaning)]

    def said(row: int) -> dict[str, str]:
        texts = {column.meaning: key(sheet.text(row, column.index)) for column in columns}
        return {meaning: text for meaning, text in texts.items() if not is_nothing(text)}

    return said


def _says_as_much(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Whether all that the other table says of a task stands in the table that is read."""
    return theirs.items() <= ours.items()


def _seems_apart(table: Sheet, first: int, read: Read) -> str:
    """Whether its name, or a line above its rows, says that it is an example, of another year than the table, or that
    it holds what was cancelled, is done, or was never chosen.
    """
    if _EXAMPLE.search(plain(table.name)):
        return APART
    above, lines = _alone(read.sheet, read.header.rows[0]), _alone(table, first)
    ours = years_in([*above, *read.sheet.above, read.sheet.name])
    theirs = years_in([*lines, *table.above, table.name])
    if ours and theirs and not ours & theirs:
        return APART
    known = [*above, *read.sheet.above, *read.sheet.before]
    return APART if lines_set_apart([*lines, *table.above, table.name], known) else ""


def _alone(table: Sheet, before: int) -> list[str]:
    """The lines above the rows: title, unit, that it goes on."""
    return [cell.text for row in table.rows if row < before for cell in table.filled(row)]


def _serials(table: Sheet, header: Header, rows: Iterable[int]) -> list[int]:
    column = header.column("serial")
    texts = (table.text(row, column.index) for row in rows) if column else ()
    return [int(number) for text in texts if (number := to_decimal(plain(text).strip("()、.")))]


def _fits(table: Sheet, rows: Sequence[int], read: Read) -> bool:
    """Whether its columns are those of the table: as many or fewer, and of the same kind where that can be told."""
    widest = max(read.sheet.last_column, *(column.index for column in read.header.columns))
    if not FEWEST_COLUMNS <= table.last_column <= widest:
        return False
    unit = unit_named(table.above)
    if unit and unit != (read.header.amount_unit or unit_named(read.sheet.above) or "万元"):
        return False
    agree = []
    ours = sample_rows(read.sheet, read.header)
    for meaning, of_kind in (("serial", is_serial), ("lead_units", holds_units), ("deadline", tells_when)):
        column = read.header.column(meaning)
        if column and _mostly(samples(read.sheet, column.index, ours), of_kind):
            theirs = samples(table, column.index, rows[:_ROWS_LOOKED_AT])
            agree += [_mostly(theirs, of_kind)] if column.index <= table.last_column else []
    return bool(agree) and all(agree)


def _like_tasks(table: Sheet, rows: Sequence[int], read: Read) -> bool:
    """Whether a column says what is to be done, and another one by whom or by when; with neither in the table, a
    number. Where telephone numbers stand it is a list of contacts, unless the table has such, too.
    """
    columns = [samples(table, index, rows[:_ROWS_LOOKED_AT]) for index in range(1, table.last_column + 1)]
    phones = any(_PHONE_HEADER.search(plain(column.header)) for column in read.header.columns)
    if len(columns) < FEWEST_COLUMNS or (not phones and any(_mostly(cells, _is_phone) for cells in columns)):
        return False
    whose = [cells for cells in columns if _mostly(cells, holds_units)]
    when = [cells for cells in columns if _mostly(cells, tells_when)]
    described = [cells for cells in columns if cells not in (*whose, *when) and _mostly(cells, _describes)]
    if read.header.column("lead_units") or read.header.column("deadline"):
        return bool(described and (whose or when))
    return bool(described) and any(_mostly(cells, is_serial) for cells in columns)


def _describes(text: str) -> bool:
    return len(text) >= _SHORTEST_TASK and not is_serial(text) and not text.replace(".", "").isdigit()


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def _mostly(cells: Sequence[str], of_kind: Kind) -> bool:
    return sum(map(of_kind, cells)) * 2 >= len(cells) > 0


def _first(table: Sheet, rows: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """The cells of the first rows, as a reader sees them; blank columns at the left and right are left away."""
    columns = [cell.column for row in rows[:_ROWS_SHOWN] for cell in table.filled(row)]
    first, last = min(columns, default=1), max(columns, default=0)
    return tuple(
        tuple(_shown(table.text(row, column)) for column in range(first, min(last, first + 11) + 1))
        for row in rows[:_ROWS_SHOWN]
    )


def _shown(text: str) -> str:
    line = "" if is_nothing(text) else one_line(text)
    return line if len(line) <= _LONGEST_CELL else f"{line[: _LONGEST_CELL - 1]}…"


def _mark(table: Sheet) -> str:
    """The same for tables of the same text in the same cells."""
    said = "\n".join(f"{row},{column} {table.cells[row, column].text}" for row, column in sorted(table.cells))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
