"""Words of a header that stand in the cells, before what other tables have in a column of its own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header, settled
from minsheng.task_table.meanings import meaning_of, unit_of
from minsheng.task_table.parsers.text import is_nothing, plain
from minsheng.task_table.sheet import Cell, Sheet

_KINDS = {
    "content": "content", "project_content": "content", "lead_units": "units", "assisting_units": "units",
    "implementing_units": "units", "deadline": "deadline", "funding": "funding",
}  # fmt: skip
_MEANING = {"units": "lead_units"}  # of the column that a kind goes into; else the kind itself
_BESIDES = ("remarks", "leader", "contact", "place", "start", "plan", "progress")
_PROJECT = re.compile("(?:项目|实事|事项|任务|工程)名称")
# What a cell of units has to keep, since it tells their roles; 责任分工 does not.
_ROLE = re.compile("(?:牵头|主办|主责|责任|负责|承办|实施|建设|配合|协办|协助|协同|参与|会办)(?:单位|部门|主体)?")
_HOW = re.compile("标准|要求|措施|举措|做法")


@dataclass(frozen=True)
class Part:
    """What one label says of a task; ``cell`` holds the text behind it, and knows where in the file that stands."""

    label: str
    cell: Cell

    @property
    def kind(self) -> str:
        return kind_of_label(self.label)


def kind_of_label(label: str) -> str:
    """What a word before a text says of it: content, units, deadline, funding, or a further meaning of a header.

    Empty for a word that no header has, or that may as well be the name of something (供水工程).

    >>> [kind_of_label(word) for word in ("目标任务", "资金安排", "牵头单位", "完成时限", "备注", "供水工程", "其中")]
    ['content', 'funding', 'units', 'deadline', 'remarks', '', '']
    """
    meaning = meaning_of(label)
    if meaning.startswith("amount"):
        return "funding"
    if _PROJECT.fullmatch(plain(label)):
        return "project"
    return _KINDS.get(meaning, meaning if meaning in _BESIDES else "")


def tell_apart(kinds: Iterable[str]) -> bool:
    """Whether labels of these kinds make a header: one of content, units, deadline, money alone may be anything."""
    return len(set(kinds) & set(_KINDS.values())) > 1


def spread(
    sheet: Sheet, header: Header, column: Column, parts: Mapping[int, list[Part]], mapping: Mapping[str, str] | None
) -> tuple[Sheet, Header]:
    """The sheet with what each row's labels say in a column of its own; ``column`` keeps what is of its own kind.

    The further columns stand right of all others. What the table has a column for already is kept as an extra.
    """
    taken = {_kind(other) for other in header.columns if other is not column} - {""}
    names = list(dict.fromkeys(_column_of(part) for row in parts.values() for part in row))
    own = next((name for name in sorted(names, key=_tells_how) if name[0] == _kind(column)), None)
    last = max([sheet.last_column, *(right for _row, right in sheet.anchors)])
    others = [name for name in names if name != own]
    columns = {
        name: _new_column(index, name, beside=name[0] in (*taken, _kind(column)))
        for index, name in enumerate(others, last + 1)
    }
    further = tuple(columns.values())
    columns |= {own: column} if own else {}
    cells = dict(sheet.cells)
    for row, told in parts.items():
        cells.pop((row, column.index), None)
        for name, index in ((name, columns[name].index) for name in names):
            if same := [part for part in told if _column_of(part) == name]:
                cells[row, index] = replace(_together(same), row=row, column=index)
    wider = replace(sheet, cells=cells)
    return wider, settled(wider, replace(header, columns=(*header.columns, *further)), mapping)


def _kind(column: Column) -> str:
    meaning = column.meaning.partition(":")[0]
    return "funding" if meaning.startswith("amount") else _KINDS.get(meaning, meaning)


def _column_of(part: Part) -> tuple[str, str]:
    """Kind and words of the column that a part goes into: one for all units, deadlines, amounts of a row."""
    return part.kind, "" if part.kind in ("units", "deadline", "funding", "project") else plain(part.label)


def _tells_how(name: tuple[str, str]) -> bool:
    return _HOW.search(name[1]) is not None


def _new_column(index: int, name: tuple[str, str], *, beside: bool) -> Column:
    kind, words = name
    header = words or {"units": "责任单位", "deadline": "完成时限", "funding": "资金来源", "project": "项目名称"}[kind]
    several = kind == "content" and beside and not _tells_how(name)
    known = "" if beside and not several else _MEANING.get(kind, kind)
    return Column(index, header, known or "extra", unit_of(header))


def _together(parts: list[Part]) -> Cell:
    """One cell of several parts: each with its label, where there are several or the label tells a role."""
    first = parts[0]
    if first.kind == "units":
        alone = len(parts) == 1 and meaning_of(first.label) == "lead_units"
        named = [not alone and _ROLE.fullmatch(plain(part.label)) is not None for part in parts]
    else:
        named = [len({plain(part.label) for part in parts}) > 1] * len(parts)
    texts = (
        f"{part.label}：{part.cell.text}" if name else part.cell.text for part, name in zip(parts, named, strict=True)
    )
    return joined_cells([replace(part.cell, text=text) for part, text in zip(parts, texts, strict=True)])


def joined_cells(cells: list[Cell]) -> Cell:
    """Cells one below the other as one, at the place of the first."""
    if len(cells) == 1:
        return cells[0]
    return replace(
        cells[0],
        text="\n".join(cell.text for cell in cells if not is_nothing(cell.text)),
        is_number=False,
        struck=all(cell.struck for cell in cells),
        struck_part="".join(cell.struck_part for cell in cells),
        hidden_part="".join(cell.hidden_part for cell in cells),
        formula_without_value=any(cell.formula_without_value for cell in cells),
        month_or_day=False,
        comment="\n".join(cell.comment for cell in cells if cell.comment),
    )
