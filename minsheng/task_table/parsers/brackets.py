"""Amounts in brackets behind an amount: its parts, where they add up to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from minsheng.task_table.parsers.figures import Token
from minsheng.task_table.parsers.terms import source_of


@dataclass(frozen=True)
class Parts:
    """``wholes`` are the places of amounts that only sum up others, ``owners`` lead from a part to who pays it."""

    wholes: frozenset[int] = frozenset()
    owners: Mapping[int, str] = field(default_factory=dict)


def parts_in(sentence: str, tokens: Sequence[Token]) -> Parts:
    """What the brackets of a sentence say of the amounts before them, where they say it exactly.

    就业资金1260万元(省级900万元,区级360万元): each part is paid by whom it names, and the whole is their sum.
    区财政500万元(道路300万元,路灯200万元): the parts are uses of one source.

    >>> from minsheng.task_table.parsers.figures import share_out, tokens_of
    >>> def parts(sentence):
    ...     share_out(sentence, tokens := tokens_of(sentence))
    ...     found = parts_in(sentence, tokens)
    ...     return len(found.wholes), list(found.owners.values())
    >>> parts("就业资金1260万元(省级900万元,区级360万元)"), parts("区财政500万元(道路300万元,路灯200万元)")
    ((1, []), (1, ['区级财政', '区级财政']))
    >>> parts("专项债5000万元(已到位2000万元)"), parts("市级600万元(区级配套200万元,镇街100万元)")
    ((0, []), (0, []))
    """
    wholes: set[int] = set()
    owners: dict[int, str] = {}
    for position, token in enumerate(tokens):
        inside = list(_inside(sentence, token, tokens[position + 1 :]))
        amounts = [part.amount.wan for part in inside if part.amount is not None]
        if token.amount is None or not 1 < len(amounts) == len(inside) or sum(amounts) != token.amount.wan:
            continue
        named, source = [source_of(part) for part in inside], source_of(token)
        if all(named) or (source is not None and not any(named)):
            wholes.add(token.start)
            owners |= {part.start: source for part in inside if source is not None and not all(named)}
    return Parts(frozenset(wholes), owners)


def _inside(sentence: str, token: Token, behind: Iterable[Token]) -> Iterable[Token]:
    """The figures in the brackets right behind ``token``."""
    if sentence[token.end : token.end + 1] != "(":
        return ()
    depth, end = 0, len(sentence)
    for place in range(token.end, len(sentence)):
        depth += (sentence[place] == "(") - (sentence[place] == ")")
        if depth == 0:
            end = place
            break
    return [other for other in behind if other.start < end]
