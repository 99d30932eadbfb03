"""Sums that a cell writes out: 区级财政6500万元+市级1700万元=8200万元."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from minsheng.task_table.parsers.figures import Token
from minsheng.task_table.parsers.numbers import ARABIC

_MONEY_UNIT = r"(?:[千百]?[万亿]元?|元)"
# (万元) behind the last figure: the unit of all of them.
_UNIT_BEHIND = re.compile(rf"(?<=\d)\(({_MONEY_UNIT})\)")
_SUM = re.compile(rf"=[^\d=,，;；。]{{0,8}}{ARABIC}(?P<unit>{_MONEY_UNIT})")
_SUM_FIRST = re.compile(rf"{ARABIC}(?P<unit>{_MONEY_UNIT})[^\d=,，;；。]{{0,8}}=(?=[^=;；。]*\+)")
_BARE = re.compile(rf"(?<![\d.,])({ARABIC})(?=[+=]|\([^()\d]*\)[+=])")
_BARE_BEHIND = re.compile(rf"(?<=[+=])([^\d+=,，;；。]{{0,10}}{ARABIC})(?=\([^()\d]*\)|$|[+=,，;；。\n])")
_JOINS = re.compile(r"[^\d+=×*,，、;；。]*\+[^\d+=×*,，、;；。]*")
_LISTS = re.compile(r"[^\d+=×*,，、;；。]*[,，、和及与][^\d+=×*,，、;；。]*")
_EQUALS = re.compile(r"[^\d+=×*,，、;；。]*=[^\d+=×*,，、;；。]*")


def units_written_out(cell: str, unit: str = "") -> str:
    """A plain text in which every figure of a sum has the unit of its last one, or else ``unit``.

    >>> units_written_out("6500+1700=8200万元"), units_written_out("区级6500+市级1700=8200(万元)")
    ('6500万元+1700万元=8200万元', '区级6500万元+市级1700万元=8200万元')
    >>> units_written_out("8200万元=6500(区级)+1700(市级)"), units_written_out("5+2课后服务", "万元")
    ('8200万元=6500万元(区级)+1700万元(市级)', '5+2课后服务')
    """
    if "+" not in cell:
        return cell
    cell = _UNIT_BEHIND.sub(r"\1", cell)
    found = _SUM.search(cell) or _SUM_FIRST.search(cell)
    if found is not None:
        unit = found["unit"]
        cell = _BARE_BEHIND.sub(rf"\g<1>{unit}", cell)
    elif not unit or not ("=" in cell or re.search(r"\d{2}\+[一-鿿]", cell)):
        return cell
    return _BARE.sub(rf"\g<1>{unit}", cell)


def sums_in(sentence: str, tokens: Sequence[Token]) -> dict[int, Decimal]:
    """The places of amounts that a sign of equality makes the sum of others, each with what those add up to, in 万元.

    Only of amounts joined by + or listed, on one side of the sign; 20万元×3所=60万元 is none.

    >>> from minsheng.task_table.parsers.figures import share_out, tokens_of
    >>> def added(sentence):
    ...     share_out(sentence, tokens := tokens_of(sentence))
    ...     return {place: str(wan) for place, wan in sums_in(sentence, tokens).items()}
    >>> added("区级财政6500万元+市级1700万元=8200万元"), added("6500万元+1700万元=8300万元,已到位100万元")
    ({20: '8200'}, {14: '8200'})
    >>> added("总投资8200万元=区级6500万元+市级1700万元"), added("20万元×3所=60万元"), added("区级65万元=65万元")
    ({3: '8200'}, {}, {})
    """
    found: dict[int, Decimal] = {}
    if "=" not in sentence:
        return found
    gaps = [sentence[one.end : other.start] for one, other in pairwise(tokens)]
    for place, gap in enumerate(gaps):
        if not _EQUALS.fullmatch(gap):
            continue
        before, behind = tokens[place::-1], tokens[place + 1 :]
        left, right = _run(before, gaps[:place][::-1], _JOINS), _run(behind, gaps[place + 1 :], _JOINS)
        if len(left) == len(right) == 1:
            left = _run(before, gaps[:place][::-1], _LISTS)
        if len(left) > 1 == len(right):
            found[right[0].start] = _added(left)
        elif len(right) > 1 == len(left):
            found[left[0].start] = _added(right)
    return found


def _run(tokens: Sequence[Token], gaps: Sequence[str], joins: re.Pattern[str]) -> list[Token]:
    """The first of ``tokens`` and those that ``joins`` adds to it."""
    run = list(tokens[:1])
    for token, gap in zip(tokens[1:], gaps, strict=False):
        if not joins.fullmatch(gap) or token.amount is None:
            break
        run.append(token)
    return run if run and run[0].amount is not None else []


def _added(parts: Sequence[Token]) -> Decimal:
    return sum((part.amount.wan for part in parts if part.amount is not None), Decimal(0))
