"""Lines of which each was a cell: what is left of a table that was copied from a page."""

import re

from minsheng.task_table.meanings import meaning_of
from minsheng.task_table.parsers.text import heading, plain
from minsheng.task_table.parsers.units import looks_like_unit

_SERIAL = re.compile(r"(\d{1,3})[.、]?")
_WHEN = re.compile(r"年|月|季度|底|前|长期|全年|日|汛|暑|供暖|入冬|开学")
_UNITS = ("lead_units", "assisting_units", "implementing_units")
_AGAIN = {"lead_units": 0.3, "assisting_units": 0.0}  # what a further line in the same column costs
_MOST_LINES = 60  # of one task


class Row(list[str]):
    """The cells of a row; ``unsure`` where units may have stood in another column."""

    unsure = False


def rows_of_lines(lines: list[str]) -> list[Row]:
    """Rows of cells where a run of lines names the columns, a serial number first; else each line by itself.

    The serial numbers, which count up, say where a task begins. With more lines than columns the lines go where they
    fit: names of units to units, dates to deadlines, the rest to the text before.

    >>> lines = "2016年民生实事 序号 民生实事 责任单位 完成时限 1 新建天桥2座。 县水务局 县住建局 9月"
    >>> rows_of_lines(lines.split())[2]
    ['1', '新建天桥2座。', '县水务局\\n县住建局', '9月']
    """
    texts = [line.strip() for line in lines if line.strip()]
    start, width = _header(texts)
    if not width:
        return [Row([text]) for text in texts]
    meanings = [meaning_of(text) for text in texts[start : start + width]]
    rows = [*(Row([text]) for text in texts[:start]), Row(texts[start : start + width])]
    number = 0
    pending: list[str] = []
    for text in texts[start + width :]:
        found = _SERIAL.fullmatch(plain(text))
        if found and int(found[1]) == number + 1:
            rows += _closed(pending, meanings)
            number, pending = number + 1, [text]
        else:
            pending.append(text)
    return rows + _closed(pending, meanings)


def _header(texts: list[str]) -> tuple[int, int]:
    """Where the longest run of column names begins, and how many they are."""
    best = (0, 0)
    for start, text in enumerate(texts):
        if meaning_of(text) != "serial":
            continue
        width = 1
        while start + width < len(texts) and width < 20 and _names(texts[start + width]):
            width += 1
        if width >= 3 and width > best[1]:
            best = (start, width)
    return best


def _names(text: str) -> bool:
    return len(plain(text)) <= 14 and bool(meaning_of(text)) and not _SERIAL.fullmatch(plain(text))


def _closed(lines: list[str], meanings: list[str]) -> list[Row]:
    """The cells of one task; what cannot be one (a heading, a footer) by itself, each line a row."""
    if not lines:
        return []
    if not _SERIAL.fullmatch(plain(lines[0])):
        return [Row([line]) for line in lines]
    headings: list[str] = []
    while len(lines) > len(meanings) and heading(plain(lines[-1])):
        headings.insert(0, lines.pop())
    if len(lines) > _MOST_LINES:
        return [Row([line]) for line in lines]
    return [_placed(lines, meanings), *(Row([text]) for text in headings)]


def _placed(lines: list[str], meanings: list[str]) -> Row:
    """Lines in their order to columns in theirs, each line to the column whose kind it is, as well as can be."""
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}  # column of the last line → score, columns so far
    for text in lines[1:]:
        following: dict[int, tuple[float, list[int]]] = {}
        for last, (score, path) in best.items():
            for column in range(max(last, 1), len(meanings)):
                gain = score + _fits(text, meanings[column]) - 0.6 * max(0, column - last - 1)
                gain -= _AGAIN.get(meanings[column], 0.5) if column == last else 0.0
                if column not in following or gain > following[column][0]:
                    following[column] = (gain, [*path, column])
        best = following
    path = max(best.values(), key=lambda found: found[0] - 0.6 * (len(meanings) - 1 - found[1][-1]))[1]
    cells = Row([""] * len(meanings))
    columns = [column for column in path if meanings[column] in _UNITS]
    cells.unsure = len(columns) > len(set(columns)) and sum(meaning in _UNITS for meaning in meanings) > 1
    for text, column in zip(lines, path, strict=True):
        cells[column] = f"{cells[column]}\n{text}" if cells[column] else text
    return cells


def _fits(text: str, meaning: str) -> float:
    words = plain(text)
    unit = all(looks_like_unit(name) for name in re.split("[、,;]", words) if name)
    when = len(words) <= 16 and _WHEN.search(words) is not None
    if meaning in _UNITS:
        return 2.0 if unit else -2.0
    if meaning == "deadline":
        return 2.0 if when and not unit else -2.0
    if meaning.startswith(("funding", "amount")):
        return 2.0 if re.search(r"元|资金|财政|债|^\d+(?:\.\d+)?$", words) else -1.0
    if meaning in ("leader", "contact"):
        return 1.0 if len(words) <= 4 or re.fullmatch(r"[\d-]{7,13}", words) else -1.0
    if meaning in ("content", "project_content", "project"):
        told = re.search("[。；;]$", words) is not None
        return -1.0 if unit or when else 1.0 if told == (meaning != "project") else 0.5
    return 0.0
