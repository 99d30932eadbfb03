"""总投资 | 其中：中央 | 省级 | 县级: whether the parts of each row are what its total says."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header, sample_rows
from minsheng.task_table.meanings import opens_parts
from minsheng.task_table.parsers.amounts import amount_in_column, exact
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import is_nothing, plain
from minsheng.task_table.sheet import Sheet

_TOTALS = ("amount_total", "amount_year_plan", "amount")
Parts = tuple[Column, tuple[Column, ...], bool]


def ask_of_parts(sheet: Sheet, header: Header, row: int) -> list[Issue]:
    """Ask where the columns below 其中 are more than the total in front of them; and where columns by payer are less or
    more, in a table in which those of most rows are all of it.
    """
    found = _parts_in(sheet, header)
    if found is None:
        return []
    total, parts, are_all = found
    stated, added = _figures(sheet, header, row, total, parts)
    if stated is None or added is None or added == stated or (added < stated and not are_all):
        return []
    params = {"text": plain(sheet.text(row, total.index)), "amount": str(exact(added)), "column": plain(total.header)}
    return [Issue("funding", "warning", "funding_parts_differ", params)]


def _parts_in(sheet: Sheet, header: Header) -> Parts | None:
    """The column of a total, those of its parts, and whether they are all of it; kept, since each row asks."""
    kept: tuple[Sheet, Parts | None] | None = vars(header).get("_parts")
    if kept is None or kept[0] is not sheet:
        kept = vars(header)["_parts"] = sheet, _find(sheet, header)
    return kept[1]


def _find(sheet: Sheet, header: Header) -> Parts | None:
    money = [
        column
        for column in header.columns
        if column.meaning.startswith("amount") and not column.stage and column.year is None
    ]
    for total, following in pairwise(money):
        if total.meaning not in _TOTALS or not following.source:
            continue
        parts: list[Column] = []
        for column in money[money.index(following) :]:
            if not column.source or (parts and column.index != parts[-1].index + 1):
                break
            parts.append(column)
        are_all = _are_all(sheet, header, total, parts)
        return (total, tuple(parts), are_all) if are_all or _opened(sheet, header, following) else None
    return None


def _opened(sheet: Sheet, header: Header, column: Column) -> bool:
    """Whether 其中 stands over a column, or in front of its words."""
    return any(opens_parts(sheet.text(row, column.index)) for row in header.rows)


def _are_all(sheet: Sheet, header: Header, total: Column, parts: Sequence[Column]) -> bool:
    rows = [_figures(sheet, header, row, total, parts) for row in sample_rows(sheet, header)]
    told = [(stated, added) for stated, added in rows if stated is not None and added]
    return len(parts) > 1 and sum(stated == added for stated, added in told) * 2 > len(told) > 1


def _figures(
    sheet: Sheet, header: Header, row: int, total: Column, parts: Sequence[Column]
) -> tuple[Decimal | None, Decimal | None]:
    """The total of a row and what its parts add up to, in 万元; none where a cell holds no figure or is not its own."""
    amounts: list[Decimal] = []
    told = False
    for column in (total, *parts):
        cell = sheet.cell(row, column.index)
        if (cell.row, cell.column) != (row, column.index):
            return None, None
        nothing = is_nothing(cell.text)
        unit = column.unit or total.unit or header.amount_unit or "万元"
        found = (Decimal(0), False) if nothing else amount_in_column(cell.text, unit)
        if found is None or (nothing and column is total):
            return None, None
        told |= not nothing and column is not total
        amounts.append(found[0])
    return amounts[0], sum(amounts[1:], Decimal(0)) if told else None
