"""Tables whose header lies on its side: several rows to a project, a label at the front of each.

序号 | 项目名称 | 项目要素 | 具体内容
1    | 邻里中心 | 建设内容 | 新建邻里中心1.8万平方米。
     |          | 责任分工 | 主办：规划建设部
     |          | 完成时间 | 2023年12月
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header, repeats, sample_rows
from minsheng.task_table.labels import Part, joined_cells, kind_of_label, spread, tell_apart
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import is_nothing, key, one_line, plain
from minsheng.task_table.sheet import Cell, Sheet

_LONGEST_LABEL = 14
_NAMES = ("serial", "project", "project_content")


@dataclass
class Block:
    """The rows of one task. ``unsure``: they hold something that not every block has."""

    rows: list[int]
    names: list[str]
    parts: list[Part] = field(default_factory=list)
    unsure: bool = False


def blocks_folded(sheet: Sheet, header: Header, mapping: Mapping[str, str] | None) -> tuple[Sheet, Header, list[Issue]]:
    """The table with each block as one row, its first, where a column holds labels of several kinds.

    The labels are columns then. A block that is not like the others is asked about as a row.
    """
    found = _labels_and_texts(sheet, header)
    if found is None:
        return sheet, header, []
    labels, texts = found
    blocks = _blocks(sheet, header, labels, texts)
    folded = _without_further_rows(sheet, blocks, (labels, texts))
    sheet, header = spread(folded, header, texts, {block.rows[0]: block.parts for block in blocks}, mapping)
    return sheet, header, [Issue("header", "info", "rows_folded", {"text": one_line(labels.header)})]


def _labels_and_texts(sheet: Sheet, header: Header) -> tuple[Column, Column] | None:
    """The column of labels and the one behind it; ``None`` where nearly every cell of a column is not a label.

    A project goes over several rows in such a table: it is merged over them, or blank in all but the first.
    """
    rows = [row for row in sample_rows(sheet, header) if not repeats(sheet, header, row)]
    for labels, texts in zip(header.columns, header.columns[1:], strict=False):
        names = _names(header, labels, texts)
        cells = [plain(text) for row in rows if not is_nothing(text := sheet.own_text(row, labels.index))]
        kinds = [kind_of_label(cell) if len(cell) <= _LONGEST_LABEL else "" for cell in cells]
        if not names or sum(map(bool, kinds)) * 5 < len(kinds) * 4 or not tell_apart(kinds):
            continue
        named = sum(any(not is_nothing(sheet.own_text(row, name.index)) for name in names) for row in rows)
        repeated = len(cells) - len(set(cells))
        if named * 2 <= len(cells) or repeated * 2 >= len(cells):
            return labels, texts
    return None


def _names(header: Header, *others: Column) -> list[Column]:
    return [column for column in header.columns if column.meaning in _NAMES and column not in others]


def _blocks(sheet: Sheet, header: Header, labels: Column, texts: Column) -> list[Block]:
    """The blocks in their order. A line without a label goes on with the one before it."""
    names = _names(header, labels, texts)
    blocks: list[Block] = []
    for row in (row for row in sheet.rows if row >= header.first_data_row):
        told = not is_nothing(sheet.own_text(row, labels.index))
        text = sheet.cell(row, texts.index)
        if repeats(sheet, header, row) or not (told or _goes_on(sheet, row, blocks, texts)):
            continue
        label = one_line(sheet.text(row, labels.index)) if told else blocks[-1].parts[-1].label
        own = [key(sheet.own_text(row, name.index)) for name in names]
        same = bool(blocks) and all(one in ("", last) for one, last in zip(own, blocks[-1].names, strict=True))
        again = bool(blocks) and told and any(part.label == label for part in blocks[-1].parts)
        if not same or (again and any(own)):
            blocks.append(Block([row], own))
        elif any(own) or again or not _right_below(sheet, row, blocks):
            blocks[-1].unsure = True
        block = blocks[-1]
        block.rows += [row] if row not in block.rows else []
        block.unsure |= not kind_of_label(label) or (not told and sheet.cell(row, labels.index).row == row)
        block.parts.append(Part(label, replace(text, origin=text.origin or (text.row, text.column))))
    return blocks


def _goes_on(sheet: Sheet, row: int, blocks: list[Block], texts: Column) -> bool:
    return bool(blocks) and _right_below(sheet, row, blocks) and not is_nothing(sheet.own_text(row, texts.index))


def _right_below(sheet: Sheet, row: int, blocks: list[Block]) -> bool:
    return row == blocks[-1].rows[-1] + 1 and row not in sheet.between


def _without_further_rows(sheet: Sheet, blocks: list[Block], taken: tuple[Column, Column]) -> Sheet:
    """The sheet with what other columns say in further rows of a block in its first, and its labels taken out."""
    cells = dict(sheet.cells)
    unsure: set[int] = set()
    rows = {row: block for block in blocks for row in block.rows}
    left: dict[tuple[int, int], list[Cell]] = {}
    for place in sorted(place for place in sheet.cells if place[0] in rows):
        cell, first = cells.pop(place), rows[place[0]].rows[0]
        if place[1] not in [column.index for column in taken]:
            left.setdefault((first, place[1]), []).append(cell)
    for (row, column), found in left.items():
        said = [cell for cell in found if not is_nothing(cell.text)]
        same = len({key(cell.text) for cell in said}) == 1
        cells[row, column] = joined_cells(said[:1] if same else said or found[:1])
        if len(said) > 1 and not same:
            unsure.add(row)
    hidden = {block.rows[0] for block in blocks if sheet.hidden_rows.intersection(block.rows)}
    unsure |= {block.rows[0] for block in blocks if block.unsure} | hidden
    return replace(sheet, cells=cells, folded={b.rows[0]: b.rows[-1] for b in blocks if b.rows[0] in unsure})
