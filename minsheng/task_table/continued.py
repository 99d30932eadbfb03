"""Tables of a Word document that are one table, and whether a table without a header seems to go on another."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from minsheng.task_table.column import samples
from minsheng.task_table.columns import holds_units
from minsheng.task_table.header import Header, find_header, sample_rows
from minsheng.task_table.headings import first_under, under
from minsheng.task_table.parsers.text import heading, key, plain
from minsheng.task_table.parsers.times import tells_when
from minsheng.task_table.rows import is_note
from minsheng.task_table.set_apart import tables_set_apart
from minsheng.task_table.sheet import Sheet, moved, together
from minsheng.task_table.stated_unit import unit_in

_LONGEST_HEADING: Final = 60
FEWEST_COLUMNS: Final = 3
_NUMBER = r"[\d一二三四五六七八九十]{0,3}"
_CONTINUED = re.compile(
    rf"[(]?(?:[续接]上?前?[一页表]?[页表]|上接.{{0,8}}|续){_NUMBER}[)]?"
    rf"|.{{0,40}}[(][接上]*续[页表]?{_NUMBER}[)]|附?(?:表|件){_NUMBER}[—-]?续[页表]?{_NUMBER}"
)
_UNIT = re.compile(r"[(]?(?:金额|计量|货币)?单位[:：]?(?:人民币)?(万元|亿元|千元|元)[)]?")
_SERIAL = re.compile(r"[(]?[A-Za-z]{0,3}[-—]?(?:\d[\d.-]{0,5}|[一二三四五六七八九十]{1,3})[)]?[.、]?")


def joined(sheets: list[Sheet]) -> list[Sheet]:
    """Tables of a Word document that are one table: continued over a page, or one for each heading.

    The next one belongs to the one before if it has as many columns and the same header, or none: then nothing stands
    between, or only what says that the table goes on, or headings, units and notes, and its cells are of the same
    kind. What stands between is read before its first row. Amounts of another unit are another table, and so is what
    stands under a heading that sets it apart, with its own continuations.
    """
    result: list[Sheet] = []
    apart = tables_set_apart(sheets)
    for sheet in sheets:
        kept = sheet.name in apart or bool(result and result[-1].name in apart and _begins_anew(sheet))
        if result and sheet.in_document and result[-1].in_document and not kept and _goes_on(result[-1], sheet):
            result[-1] = _append(result[-1], sheet)
        else:
            result.append(sheet)
    return result


def _goes_on(first: Sheet, second: Sheet) -> bool:
    if not _as_wide(first, second) or first.last_column < FEWEST_COLUMNS:
        return False
    header = find_header(first)
    if header is None or not _same_unit(first, header, second):
        return False
    below = find_header(second)
    if below is not None:
        return [key(c.header) for c in header.columns] == [key(c.header) for c in below.columns]
    if all(says_that_it_goes_on(line) for line in second.above):
        return True
    return all(map(may_stand_between, second.above)) and _of_the_same_kind(first, header, second)


def _begins_anew(second: Sheet) -> bool:
    """Whether anything above it is more than a unit, a note, or words that the table goes on."""
    lines = [line for line in second.above if not says_that_it_goes_on(line) and not is_note(line)]
    return not all(_UNIT.fullmatch(plain(line)) for line in lines)


def _as_wide(first: Sheet, second: Sheet) -> bool:
    """Whether they have as many columns; the last ones may be blank in one of them."""
    return first.last_column == second.last_column or 0 < first.columns == second.columns


def _same_unit(first: Sheet, header: Header, second: Sheet) -> bool:
    """Whether the lines above the second do not name another unit of money than holds of the first. Under a heading of
    its own it may be either, where the document named several before and names none here.
    """
    theirs = unit_named(second.above)
    if not theirs and _begins_anew(second) and len(set(filter(None, map(unit_in, second.before)))) > 1:
        return False
    return not theirs or theirs == (header.amount_unit or unit_named(first.above) or "万元")


def unit_named(lines: Sequence[str]) -> str:
    """The unit of money that lines above a table name; empty where they name none."""
    return next((found[1] for line in lines if (found := _UNIT.search(plain(line)))), "")


def says_that_it_goes_on(line: str) -> bool:
    """续表, （续表一）, 任务分解表（续）.

    >>> [says_that_it_goes_on(line) for line in ("续表", "（续表1）", "接上页", "附表1续", "2023年任务分解表（续）")]
    [True, True, True, True, True]
    >>> says_that_it_goes_on("续建项目"), says_that_it_goes_on("表2")
    (False, False)
    """
    return _CONTINUED.fullmatch(plain(line)) is not None


def may_stand_between(line: str) -> bool:
    """Whether a line may stand between two parts of one table: 附件2 begins another one.

    >>> [
    ...     may_stand_between(line)
    ...     for line in ("二、卫生类", "单位：万元", "注：以实际为准", "续表", "附件2", "重点工程")
    ... ]
    [True, True, True, True, False, False]
    """
    words = plain(line)
    note = is_note(line) and not words.startswith(("附件", "附表"))
    headed = heading(words) and len(line) <= _LONGEST_HEADING
    return note or headed or says_that_it_goes_on(line) or _UNIT.fullmatch(words) is not None


def _of_the_same_kind(first: Sheet, header: Header, second: Sheet) -> bool:
    """Whether a column of serials, units or deadlines of the first holds such in the second, too."""
    rows = range(1, second.last_row + 1)
    for meaning, of_kind in (("serial", is_serial), ("lead_units", holds_units), ("deadline", tells_when)):
        column = header.column(meaning)
        if column is None:
            continue
        above, below = samples(first, column.index, sample_rows(first, header)), samples(second, column.index, rows)
        if sum(map(of_kind, above)) * 2 >= len(above) > 0:
            return sum(map(of_kind, below)) * 2 >= len(below) > 0
    return False


def is_serial(text: str) -> bool:
    return _SERIAL.fullmatch(text) is not None


def _append(first: Sheet, second: Sheet) -> Sheet:
    """Rows are counted on as those of the tables; what stands between has no number of its own."""
    by = first.end
    below = moved(under(second, lines_above(second)), by, same=True)
    return replace(together(first_under(first, second.above), below), height=by + second.end)


def lines_above(table: Sheet) -> list[str]:
    """What stands above a table that goes on, but for words that it does."""
    return [line for line in table.above if not says_that_it_goes_on(line)]
