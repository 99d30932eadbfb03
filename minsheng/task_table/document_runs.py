"""Tables of a Word document that are read on by themselves, each below a header of its own.

一、… and its table, 二、… and its table with other columns: where nothing but headings in their sequence stands between
them, and each names tasks and who is responsible, the document goes on. In doubt a person is asked instead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import dropwhile, takewhile
from typing import Final

from minsheng.task_table.continued import may_stand_between, says_that_it_goes_on, unit_named
from minsheng.task_table.header import Header
from minsheng.task_table.headings import Numbers, last_heading
from minsheng.task_table.meanings import DESCRIPTIONS
from minsheng.task_table.other_tables import APART, GOES_ON, Read, others_of
from minsheng.task_table.parsers.text import key, one_line, plain
from minsheng.task_table.result import OtherTable
from minsheng.task_table.sheet import Sheet

# What stands under such a heading is no task of the year, or stands elsewhere already.
_APART = re.compile(
    r"取消|撤销|调出|退出|终止|暂缓|储备|候选|备选|预备|落选|未当选|未入选|上年|去年|往年|已完成|完成情况|"
    r"进展|汇总|统计|联系|通讯|名单|参考|示例|样表"
)
_OTHER_LISTS: Final = {"progress", "contact"}


def run_of(tables: Sequence[Sheet], read: Read, others: Sequence[OtherTable]) -> list[Sheet]:
    """The tables right behind the one that is read that go on from it, in their order."""
    run: list[Sheet] = []
    first, header = read.sheet, read.header
    if not first.in_document or not _names_both(header):
        return run
    about = {one.name: one for one in others}
    numbers, known = Numbers(), _tasks(first, header)
    numbers.take([*first.above, *_within(first)])
    unit = header.amount_unit or unit_named(first.above) or "万元"
    for table in _behind(tables, first):
        below, other = read.headers.get(table.name), about.get(table.name)
        if below is None or other is None or not _fits(header, below, other):
            break
        tasks = _tasks(table, below)
        theirs = below.amount_unit or unit_named(table.above) or unit
        if not _leads_on(table.above, numbers) or theirs != unit or tasks & known:
            break
        known |= tasks
        numbers.take(_within(table))
        run.append(table)
    return run


def first_of_run(tables: Sequence[Sheet], sheet: Sheet, headers: Mapping[str, Header]) -> Sheet:
    """The table from which on the document is read, where ``sheet`` goes on from it: the longest need not be first."""
    above = sheet.above
    candidates: list[Sheet] = []
    for table in reversed([*_before(tables, sheet)]):
        header = headers.get(table.name)
        if header is None or not _names_both(header) or not all(map(may_stand_between, above)):
            break
        candidates.insert(0, table)
        above = table.above
    for table in candidates:
        read = Read(table, headers[table.name], headers)
        if any(one is sheet for one in run_of(tables, read, others_of(tables, read))):
            return table
    return sheet


def goes_on_by_itself(others: Sequence[OtherTable], run: Sequence[Sheet]) -> tuple[OtherTable, ...]:
    """The other tables, told which of them are the ``run``."""
    above = {table.name: table.above for table in run}
    return tuple(
        replace(one, itself=True, seems=GOES_ON, under=one_line(last_heading(above[one.name])))
        if one.name in above
        else one
        for one in others
    )


def _before(tables: Sequence[Sheet], sheet: Sheet) -> Iterator[Sheet]:
    """Tables of the document before ``sheet``."""
    if sheet.in_document:
        yield from takewhile(lambda table: table is not sheet, (table for table in tables if table.in_document))


def _behind(tables: Sequence[Sheet], first: Sheet) -> Iterator[Sheet]:
    behind = dropwhile(lambda table: table is not first, tables)
    return (table for table in behind if table.in_document and table is not first)


def _within(table: Sheet) -> list[str]:
    """The lines between the parts of one that was continued."""
    return [line for row in sorted(table.between) for line in table.between[row]]


def _leads_on(lines: Sequence[str], numbers: Numbers) -> bool:
    """Whether what stands above a table says that the tables go on: by headings in sequence, or in so many words."""
    if not all(map(may_stand_between, lines)) or any(_APART.search(plain(line)) for line in lines):
        return False
    return numbers.take(lines) and (bool(last_heading(lines)) or any(map(says_that_it_goes_on, lines)))


def _names_both(header: Header) -> bool:
    return header.column(*DESCRIPTIONS) is not None and header.column("lead_units") is not None


def _fits(header: Header, below: Header, other: OtherTable) -> bool:
    """Whether it holds tasks as the first one does, and nothing tells of another list."""
    more = {column.meaning for column in below.columns} - {column.meaning for column in header.columns}
    tasks = other.asks and other.fits and other.same == 0 and other.seems != APART
    return tasks and _names_both(below) and not more & _OTHER_LISTS


def _tasks(table: Sheet, header: Header) -> set[str]:
    """What its rows say is to be done."""
    columns = [column.index for meaning in DESCRIPTIONS if (column := header.column(meaning))]
    rows = [row for row in table.rows if row >= header.first_data_row and len(table.filled(row)) > 1]
    return {key(table.text(row, index)) for row in rows for index in columns} - {""}
