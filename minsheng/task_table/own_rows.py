"""Rows of a sheet that is read on count from 1000, 2000 … on; what people are told names them as the file does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from minsheng.task_table.choice import Part
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.result import RowReading

_NUMBERS: Final = ("row", "last")  # what the number of a row is called among the parameters of an issue


def rows_as_in_file(rows: Sequence[RowReading], parts: Sequence[Part]) -> list[RowReading]:
    """The rows with the numbers of their sheets in what is asked of them; another sheet is named."""
    if len(parts) == 1:
        return list(rows)
    return [row_as_in_file(row, parts) if any("row" in one.params for one in row.issues) else row for row in rows]


def row_as_in_file(row: RowReading, parts: Sequence[Part]) -> RowReading:
    own = _part_of(row.row, parts)
    return replace(row, issues=tuple(_as_in_file(one, parts, own) for one in row.issues))


def issues_as_in_file(issues: Sequence[Issue], parts: Sequence[Part]) -> list[Issue]:
    """What is said of the table as a whole; rows of other sheets than the table are named with their sheet."""
    main = next((part for part in parts if not part.sheet.shift), None)
    return [_as_in_file(one, parts, main) for one in issues] if len(parts) > 1 else list(issues)


def _as_in_file(issue: Issue, parts: Sequence[Part], here: Part | None) -> Issue:
    number = issue.params.get("row")
    part = _part_of(number, parts) if isinstance(number, int) else None
    if part is None or issue.code == "other_table":
        return issue
    shift = part.sheet.shift
    params = {name: v - shift if name in _NUMBERS and isinstance(v, int) else v for name, v in issue.params.items()}
    if part is not here:
        params["of_sheet"] = part.sheet.name
    return replace(issue, params=params)


def _part_of(row: int, parts: Sequence[Part]) -> Part | None:
    """The part whose rows are counted so; headers are rows of their sheet, too."""
    return next((part for part in parts if part.sheet.shift < row <= part.sheet.last_row), None)
