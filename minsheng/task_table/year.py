"""Which year a task table is of."""

import re
from collections import Counter
from collections.abc import Iterable

from minsheng.task_table.header import Header
from minsheng.task_table.parsers.parsed import Issue
from minsheng.task_table.parsers.text import is_nothing, one_line, plain
from minsheng.task_table.sheet import Sheet

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)(?=年|$|[^\d])")
_YEAR_IN_WORDS = re.compile("二[〇零○][〇零○一二三四五六七八九]{2}(?=年)")


def year_of(
    sheet: Sheet, header: Header, *, title: str, name: str, given: int | None = None
) -> tuple[int | None, Issue | None]:
    """The year, and what there is to ask about it. ``given`` is what a person says, ``name`` that of the file.

    The title tells it, before the header, most deadlines, the other lines above, the names of sheet and file, and
    last a few deadlines that name a year where the others do not: they may end in another. Two that differ are asked.
    """
    deadlines = _deadlines(sheet, header)
    dated = [text for text in deadlines if _years([text])]
    most = len(dated) * 2 > len(deadlines)
    lines = [cell.text for row in sheet.rows if row < header.rows[0] for cell in sheet.filled(row)]
    headers = [column.header for column in header.columns]
    sources = (
        [title], headers, dated if most else [], [*lines, *sheet.before], [sheet.name], [name], [] if most else dated
    )  # fmt: skip
    found = given or next((years.most_common(1)[0][0] for texts in sources if (years := _years(texts))), None)
    if found is None:
        return None, Issue("year", "warning", "year_unknown")
    against = _against(found, _contradicting(sources, [title], dated if most else [], [name], given=given))
    return found, Issue("year", "warning", "year_differs", {"year": found, "text": against}) if against else None


def _contradicting(
    sources: Iterable[list[str]], title: list[str], dated: list[str], name: list[str], *, given: int | None
) -> Iterable[list[str]]:
    """The texts whose year has to be that of the table. One deadline, or a line above, may well name another."""
    if given is not None and given in _years(title):
        return [dated] if len(dated) > 1 else []
    if given is not None or _years(title):
        return [title, dated if len(dated) > 1 else [], name]
    return sources


def _against(year: int, sources: Iterable[list[str]]) -> str:
    """The text that names another year, of the first of ``sources`` that does not name ``year`` too; else empty."""
    against = (texts for texts in sources if (years := _years(texts)) and year not in years)
    return one_line(next((text for text in next(against, []) if _years([text])), ""))


def years_in(texts: Iterable[str]) -> set[int]:
    """The years that texts name."""
    return set(_years(texts))


def _deadlines(sheet: Sheet, header: Header) -> list[str]:
    column = header.column("deadline")
    rows = [row for row in sheet.rows if row >= header.first_data_row] if column else []
    return [text for row in rows if column and not is_nothing(text := sheet.text(row, column.index))]


def _years(texts: Iterable[str]) -> Counter[int]:
    return Counter(int(year) for text in texts for year in _YEAR.findall(_in_digits(plain(text))))


def _in_digits(text: str) -> str:
    """A text with its years in Arabic digits: 二〇二四年民生实事.

    >>> _in_digits("二〇二四年民生实事")
    '2024年民生实事'
    """
    digits = str.maketrans("〇零○一二三四五六七八九", "000123456789")
    return _YEAR_IN_WORDS.sub(lambda year: year[0].translate(digits), text)
