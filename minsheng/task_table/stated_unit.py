"""The unit of money that stands above a table and holds for all of it: 单位：万元."""

import re

from minsheng.task_table.parsers.text import plain
from minsheng.task_table.sheet import Sheet

_UNIT = r"(?:人民币|[一-鿿]{1,4}[、,/])*(?P<unit>万元|亿元|千元|元(?!旦))"
_IN_CELL = re.compile(rf"单位[:(]{{0,2}}{_UNIT}")
_IN_LINE = re.compile(rf"单位[:(]{{1,2}}{_UNIT}|^\(?(?:金额|资金)?{_IN_CELL.pattern.replace('unit', 'bare')}\)?$")


def amount_unit(sheet: Sheet, header_row: int) -> str:
    """The unit in a row above the header, or in the text before a Word table, the nearest line first; else empty."""
    for row in sheet.rows:
        if row > header_row:
            break
        for cell in sheet.filled(row):
            if found := _IN_CELL.search(plain(cell.text)):
                return found["unit"]
    return next(filter(None, map(unit_in, reversed(sheet.above))), "")


def unit_in(line: str) -> str:
    """The unit that a line of text states; a cell may leave out the colon, in prose 各单位元旦前… is none.

    >>> unit_in("填报单位：县政府办　　单位：元"), unit_in("（单位：个、万元）"), unit_in("金额单位 万元")
    ('元', '万元', '万元')
    >>> unit_in("请各单位元旦前报送。"), unit_in("请各单位万元以上项目另报。")
    ('', '')
    """
    found = _IN_LINE.search(plain(line))
    return (found["unit"] or found["bare"]) if found else ""
