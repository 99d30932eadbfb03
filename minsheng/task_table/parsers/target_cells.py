"""Target figures in a column of their own: 1300人, 8950, 控制在3.5以内."""

import re

from minsheng.task_table.parsers.bounds import bound_of
from minsheng.task_table.parsers.counts import DOING
from minsheng.task_table.parsers.measures import MEASURES
from minsheng.task_table.parsers.numbers import ARABIC, HAN, to_decimal
from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.targets import Target, parse_targets
from minsheng.task_table.parsers.text import plain

_BOUND = "不少于|不低于|不小于|至少|最少|≥|>=|不超过|不高于|不多于|不大于|最多|≤|<=|超过|突破|高于|大于|低于|小于"
_AFTER = "左右|及?以上|以下|以内"
_BARE_TARGET = re.compile(
    rf"(?P<bound>{_BOUND})?(?P<about>约)?(?:(?P<low>{ARABIC})(?:-|—|–|―|~|～|至|到)+)?(?P<number>{ARABIC}|{HAN})"
    rf"(?P<more>余|多)?(?P<scale>[万亿])?(?P<unit>[^\d,，;；。、]{{0,5}}?)(?P<after>{_AFTER})?"
)
# 力争5, 新增5: words of doing before a figure whose unit has a column of its own.
_AHEAD = re.compile(
    rf"^(?:(?!{_BOUND})(?:力争|争取|确保|预计|计划|控制在|保持在?|稳定在|(?:提高|提升|增加|降低?|下降|减少)[到至]|达|{DOING}))+"
    rf"(?=(?:{_BOUND})?约?{ARABIC}%?(?:{_AFTER})?$)"
)
_DATES = re.compile(r"20\d\d年?|\d+(?:月|[日号])")


def parse_target_cell(text: str, unit: str = "", *, year: int | None = None) -> Parsed[tuple[Target, ...]]:
    """Read a cell that holds a bare target: 1300人, 8950, 100%; ``unit`` is that of its own column, if there is one.

    >>> [(str(t.quantity), t.unit) for t in parse_target_cell("10000万").value + parse_target_cell("8950").value]
    [('10000', '万'), ('8950', '')]
    >>> (target,) = parse_target_cell("6～8", "条").value
    >>> str(target.quantity), str(target.maximum), target.unit, target.bound
    ('6', '8', '条', 'range')
    >>> [(str(t.quantity), t.unit) for t in parse_target_cell("3/1200", "所/个").value]
    [('3', '所'), ('1200', '个')]
    >>> [(str(t.quantity), t.unit) for t in parse_target_cell("21、8600", "个、户").value]
    [('21', '个'), ('8600', '户')]
    >>> cells = ("控制在3.5以内", "低于5", "达到95以上", "力争5", "新增5")
    >>> [(str(t.quantity), t.bound) for cell in cells for t in parse_target_cell(cell, "%").value]
    [('3.5', 'max'), ('5', 'max'), ('95', 'min'), ('5', None), ('5', None)]
    >>> parse_target_cell("完成不少于120", "户").value[0].bound
    'min'
    """
    cell = plain(text)
    figures, units = re.split("[/、]", cell), re.split("[/、]", plain(unit))
    if len(figures) == len(units) > 1 and all(map(_BARE_TARGET.fullmatch, figures)):  # 18/1650 of 个/户
        each = [parse_target_cell(one, of).value for one, of in zip(figures, units, strict=True)]
        return Parsed(tuple(target for targets in each for target in targets), text)
    found = _BARE_TARGET.fullmatch(_AHEAD.sub("", cell))
    quantity = to_decimal(found["number"]) if found else None
    low = to_decimal(found["low"]) if found and found["low"] else None
    if found is None or quantity is None or (low is not None and low >= quantity):
        parsed = parse_targets(text, year=year)
        if re.search(r"\d", _DATES.sub("", cell)) and not (parsed.value or parsed.issues):  # 16/1200 of 户
            return Parsed((), text, (Issue("targets", "warning", "target_unread", {"text": cell}),))
        return parsed
    approx = bool(found["about"] or found["more"]) or found["after"] == "左右"
    words = (found["bound"] or "") + (found["after"] or "")
    written = (found["scale"] or "") + (found["unit"] or ("" if found["scale"] else plain(unit)))
    if low is not None:
        return Parsed((Target(cell, low, written or plain(unit), approx, "range", quantity),), text)
    return Parsed((Target(cell, quantity, written, approx, bound_of(words)),), text)


def measure_in_name(name: str) -> str:
    """The unit of measure in brackets behind the name of an indicator.

    >>> measure_in_name("新增学位（个）"), measure_in_name("义务教育巩固率（%）"), measure_in_name("养老中心（站）建设")
    ('个', '%', '')
    """
    found = re.search(r"\(([^()]{1,4})\)$", plain(name))
    return found[1] if found and found[1].removeprefix("万") in MEASURES else ""
