"""Cells that hold a task with labelled lines: 目标任务：…, 资金安排：…, 完成时限：….

Such a table has a column or two; the labels are its header.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from minsheng.task_table.header import Header, sample_rows
from minsheng.task_table.labels import Part, kind_of_label, spread, tell_apart
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import is_nothing, one_line
from minsheng.task_table.sheet import Cell, Sheet

# At the start of a line or sentence: 目标任务：, 2.资金安排：, 【完成时限】
_LABEL = re.compile(
    r"(?:^|(?<=[\n。；;]))\s*(?:[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．]\s*)?"
    r"(?:[【\[〔](?P<boxed>[^】\]〕\n]{2,14})[】\]〕][:：]?|"
    r"(?P<label>[一-鿿][一-鿿（）() \u3000]{0,12}[一-鿿）)])[:：])"
)
_NEVER = ("serial", "project", "category", "leader", "contact", "plan", "progress", "start", "unit_of_measure")


def labels_apart(sheet: Sheet, header: Header, mapping: Mapping[str, str] | None) -> tuple[Sheet, Header, list[Issue]]:
    """The table with each label's text in a column of its own, where most cells of a column are written so."""
    for column in header.columns:
        rows = [row for row in sample_rows(sheet, header) if _own(sheet, row, column.index)]
        told = [row for row in rows if column.meaning not in _NEVER and is_labelled(sheet.text(row, column.index))]
        if not told or len(told) * 2 < len(rows):
            continue
        every = [row for row in sheet.rows if row >= header.first_data_row and _own(sheet, row, column.index)]
        parts = {row: parts_of(cell) for row in every if is_labelled((cell := sheet.cell(row, column.index)).text)}
        sheet, header = spread(sheet, header, column, parts, mapping)
        return sheet, header, [Issue("header", "info", "cells_labelled", {"text": one_line(column.header)})]
    return sheet, header, []


def _own(sheet: Sheet, row: int, column: int) -> bool:
    return not is_nothing(sheet.own_text(row, column))


def is_labelled(text: str) -> bool:
    """Whether a text begins with a label and has labels of several kinds.

    >>> is_labelled("目标任务：新建学校3所。\\n牵头单位：市教育局\\n完成时限：2024年底")
    True
    >>> is_labelled("新建学校3所。责任单位：市教育局"), is_labelled("牵头单位：市教育局\\n配合单位：市财政局")
    (False, False)
    """
    labels = list(_labels(text))
    return bool(labels) and not text[: labels[0].start()].strip() and tell_apart(map(_kind, labels))


def parts_of(cell: Cell) -> list[Part]:
    """The parts of a labelled text: a label ends the part before it.

    >>> [part.cell.text for part in parts_of(Cell(1, 1, "目标任务：修路5公里。资金安排：县财政50万元。\\n要求：无"))]
    ['修路5公里。', '县财政50万元。', '无']
    """
    labels = list(_labels(cell.text))
    ends = [label.start() for label in labels[1:]] + [len(cell.text)]
    return [
        Part(
            _words(label),
            replace(cell, text=cell.text[label.end() : end].strip(), origin=cell.origin or (cell.row, cell.column)),
        )
        for label, end in zip(labels, ends, strict=True)
    ]


def _labels(text: str) -> list[re.Match[str]]:
    return [found for found in _LABEL.finditer(text) if _kind(found)]


def _words(label: re.Match[str]) -> str:
    return one_line(label["boxed"] or label["label"])


def _kind(label: re.Match[str]) -> str:
    return kind_of_label(_words(label))
