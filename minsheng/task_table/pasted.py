"""A table that was copied from Excel, Word or a page and pasted as text, as a sheet of cells."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from minsheng.task_table.flattened import Row, rows_of_lines
from minsheng.task_table.meanings import DESCRIPTIONS, meaning_of
from minsheng.task_table.package import TaskTableRefused
from minsheng.task_table.parsers.text import plain
from minsheng.task_table.sheet import Cell, Sheet

MOST_CHARACTERS = 5_000_000
_MOST_COLUMNS = 100


def open_pasted(text: str) -> Sheet:
    """The rows of a pasted text as a sheet: with tabs as Excel and Word copy them, or every cell on its own line.

    What a paste does not carry is said of the sheet (``looks``). Raises ``TaskTableRefused`` for a text without a
    table.
    """
    if len(text) > MOST_CHARACTERS:
        raise TaskTableRefused(_("The pasted text is too long to be a task table."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").lstrip("\ufeff")
    rows = _rows(text)
    cells = {
        (row, column): Cell(row, column, value.strip())
        for row, record in enumerate(rows, 1)
        for column, value in enumerate(record[:_MOST_COLUMNS], 1)
        if value.strip()
    }
    unsure = frozenset(number for number, record in enumerate(rows, 1) if isinstance(record, Row) and record.unsure)
    if not cells:
        raise TaskTableRefused(_("The pasted text is empty."))
    return Sheet(_("Pasted text"), cells, looks=False, unsure_rows=unsure)


def _rows(text: str) -> Sequence[list[str]]:
    if "\t" not in text and (drawn := _drawn(text)):
        return drawn
    if "\t" not in text and len(_BARS.findall(text)) >= _FEWEST_BARS:
        text = _BARS.sub("\t", text)
    return _whole(_records(text)) if "\t" in text else rows_of_lines(re.sub(r"[|｜]", "", text).split("\n"))


def _drawn(text: str) -> list[list[str]]:
    """The rows of a table drawn with bars, as Markdown does: nearly every line of it begins and ends with one.

    >>> _drawn("2023年\\n| 序号 | 项目 |\\n|---|:-:|\\n| 1 | 学校 |\\n|  | 道路\\\\|桥 |")
    [['2023年'], [' 序号 ', ' 项目 '], [' 1 ', ' 学校 '], ['  ', ' 道路|桥 ']]
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    drawn = [line for line in lines if _DRAWN.fullmatch(line)]
    if len(drawn) < _FEWEST_DRAWN or not any(_RULE.fullmatch(line) for line in drawn):
        return []
    return [
        [cell.replace("\\|", "|") for cell in _BETWEEN.split(line[1:-1])] if _DRAWN.fullmatch(line) else [line]
        for line in lines
        if not _RULE.fullmatch(line)
    ]


def decoded(data: bytes) -> str:
    """A text file as Windows or anything newer writes it: UTF-8, UTF-16 with its mark, GB 18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _records(text: str) -> list[list[str]]:
    """Lines of cells. Excel puts a cell of several lines in quotes; a quote within a cell is doubled then.

    >>> _records('1\\t"甲\\n“乙”"\\t丙\\n2\\t丁')
    [['1', '甲\\n“乙”', '丙'], ['2', '丁']]
    """
    records: list[list[str]] = [[]]
    position = 0
    while position <= len(text):
        quoted = _QUOTED.match(text, position)
        if quoted:
            records[-1].append(quoted[1].replace('""', '"'))
            end = quoted.end()
        else:
            end = _END.search(text, position).start()  # type: ignore[union-attr]  # the end of the text is one
            records[-1].append(text[position:end])
        if text[end : end + 1] == "\n":
            records.append([])
        position = end + 1
    return records


# Between two cells on one line, as pages are copied; at the end of a line a bar says only that a cell ends.
_BARS = re.compile(r"(?<=\S) ?[|｜] ?(?=[^\s|｜])")
_FEWEST_BARS = 4
_DRAWN = re.compile(r"[|｜].*[|｜]")
_RULE = re.compile(r"(?=.*-)[|｜+:\-\s]+")
_BETWEEN = re.compile(r"(?<!\\)[|｜]")
_FEWEST_DRAWN = 3
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\n|\Z)')
_END = re.compile(r"\t|\n|\Z")


def _whole(records: list[list[str]]) -> list[list[str]]:
    """Put together rows that line breaks inside their cells took apart, as Word copies them.

    The header tells how many cells a row has; a piece belongs to the row above as long as both have no more.
    """
    header = next((n for n, record in enumerate(records) if _names_columns(record)), None)
    if header is None:
        return records
    width = len(records[header])
    rows = [*records[: header + 1]]
    for record in records[header + 1 :]:
        last = rows[-1]
        fits = len(last) + len(record) - 1 <= width
        if len(rows) > header + 1 and len(last) < width and fits and any(cell.strip() for cell in record):
            rows[-1] = [*last[:-1], f"{last[-1]}\n{record[0]}", *record[1:]]
        else:
            rows.append(record)
    return rows


def _names_columns(record: list[str]) -> bool:
    meanings = {meaning_of(cell) for cell in record if len(plain(cell)) <= 20} - {""}
    return len(meanings) > 1 and bool(meanings & {*DESCRIPTIONS, "target"})
