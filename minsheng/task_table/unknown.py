"""Columns that no rule knows: what stands in them may be what a row seems to lack, so that a person is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minsheng.task_table.column import Column
from minsheng.task_table.columns import holds_units
from minsheng.task_table.meanings import below_money, payer_of
from minsheng.task_table.parsers.amounts import amount_in_column, amounts
from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.sources import sources_in
from minsheng.task_table.parsers.text import is_nothing, one_line, plain
from minsheng.task_table.target_columns import has_whole, may_be_target

if TYPE_CHECKING:
    from minsheng.task_table.result import RowReading
    from minsheng.task_table.row import RowReader

# What was done, by whom it is watched and where: no promise, no unit that carries it out.
_LOOKS_BACK = re.compile("情况|实际|截至|已|累计|完成|进展|问题|存在|上年|去年|20\\d\\d年度?实")
_WATCHES = re.compile("督|监|指导|审核|验收|考核|评|填报|地点|区域|位置|范围|受益|对象|联系")
_LONGEST_DATE = 24
_MONEY = re.compile("财政(?![局所])|资金|配套|自筹")  # whosever it is: 街道自筹 beside 市财政
_FIGURE = re.compile(r"[约≥≤]?\d+(?:\.\d+)?[万亿]?")


def ask_about_unknown(row: RowReader, reading: RowReading) -> None:
    """Ask about each cell of an unknown column that looks like what the row lacks: money, units, a deadline."""
    for column in row.header.columns:
        if column.meaning != "extra":
            continue
        text = row.sheet.text(row.row, column.index)
        if not is_nothing(text) and (field := _looks_like(column, plain(text), reading, row)):
            row.ask(
                field, "warning", "column_unknown", column=one_line(column.header) or column.letter, text=plain(text)
            )


def _tells_money(header: str, text: str) -> bool:
    if any(amounts(text)):
        return bool(sources_in(text) or sources_in(header))
    return bool(payer_of(header)) and amount_in_column(text, "万元") is not None


def _looks_like(column: Column, text: str, reading: RowReading, row: RowReader) -> str:
    """The field of the row that a cell may tell; empty for none."""
    header = plain(column.header)
    if _LOOKS_BACK.search(header):
        return ""
    if not reading.funding and not reading.funding_totals and _tells_money(header, text):
        return "funding"
    if (
        not column.stage
        and (below_money(column.header) or _MONEY.search(column.own))
        and amount_in_column(text, "万元") is not None
    ):
        return "funding"  # 资金安排 over a word that no rule knows: its figure may be a line that the others are not
    parts = reading.targets and has_whole(row.header.targets)
    if not parts and _FIGURE.fullmatch(text) and may_be_target(column, row.above.year):
        return "targets"
    if len(text) <= 60 and not _WATCHES.search(header) and holds_units(text):
        if not reading.lead_units:
            return "lead_units"
        return "" if reading.assisting_units or row.header.column("assisting_units") else "assisting_units"
    bare = re.fullmatch(r"\d+(?:\.\d+)?%?", text) and not re.search("时|期|节点|日", header)  # 2.3 may count anything
    if reading.deadline is None and not bare and len(text) <= _LONGEST_DATE and not row.header.column("deadline"):
        return "deadline" if parse_deadline(text, year=row.above.year).value.day else ""
    return ""
