"""The figures of a sentence about money, each with the words that belong to it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from minsheng.task_table.parsers.amounts import Amount, amounts
from minsheng.task_table.parsers.numbers import ARABIC
from minsheng.task_table.parsers.sources import one_source
from minsheng.task_table.parsers.text import SAME_TEXTS, plain

_LISTED = r"(?:(?:中央|国家|自治区|地区|[省市县区州盟旗])(?:本?级)?(?:财政)?[、和及与/])*"
_SHARE = re.compile(
    rf"(?P<percent>{ARABIC})%(?:由|为|来自)(?P<who>{_LISTED}[^,，;；。:\d(]{{1,15}}?)(?:承担|负担|出资|解决|安排|配套|"
    r"列支|筹集|补助|$|(?=[,，;；。()]))"
    rf"|(?P<who2>{_LISTED}[^,，;；。:、\d(]{{1,15}}?)(?:按照?)?(?:承担|负担|出资|配套|分担|"
    rf"补助|自筹)(?:比例为)?(?P<percent2>{ARABIC})%(?!、\d)"
)
# (自治区60%、盟20%、旗20%): nothing but levels, each with its share
_SHARE_LISTED = re.compile(
    r"(?<=[(、,，:])(?P<who>中央|国家|自治区|地区|[省市州盟县区旗]|县区|区县|乡?镇)(?:本?级)?(?:财政)?"
    rf"(?P<percent>{ARABIC})%(?=[、,，)]|$)"
)
_LATER_WORD = re.compile(
    r"到位|下达|落实|拨付|(?:[其剩]余|余下)(?:部分|资金)?[^,，]*$|均[为由从]|全部[为由从来]|来自|来源|^由.+|从.+(?:列支|安排)|资金渠道|其中\)?$"
)
_CLAUSES = re.compile(r"[,，(]")
_COMPLETE = re.compile(r"[元万亿)。;；、,，]$|[下承到]$")
_OPEN_END = re.compile(r"[、,，]$")
_LIST_MARK = re.compile(r"^[①-⑳]|(?<=[\n；;。])[①-⑳]")
_BRACKET = re.compile(r"\([^()]*\)")
_PIECES = re.compile(r"(?=[,，、(])")


@dataclass
class Token:
    """An amount or a share with the words that belong to it."""

    start: int
    end: int
    amount: Amount | None = None
    share: Decimal | None = None
    who: str = ""
    before: str = ""
    after: str = ""

    @property
    def head(self) -> str:
        """The words right before the figure, since the last comma or bracket."""
        return _head(self.before)

    def phrase(self, sentence: str) -> str:
        """The figure with these words, as they stand: 镇(街道)财政800万元."""
        return (self.before[len(self.before) - len(self.head) :] + sentence[self.start : self.end]).strip("、,，()+=")


@lru_cache(maxsize=SAME_TEXTS)  # each figure is asked for it by many rules
def _head(before: str) -> str:
    closed = re.sub(r"\(([^()]*)\)", lambda m: "〔" + re.sub("[,，]", "、", m[1]) + "〕", before)
    return _CLAUSES.split(closed)[-1]


def joined(text: str, *, bare: bool = False) -> str:
    """The cell on one line; a line break ends a sentence where the line before it is complete.

    ``bare``: figures stand without their unit, so that a line may end in one.
    """
    lines = [plain(line) for line in text.splitlines()]
    cell = ""
    for line in filter(None, lines):
        complete = _COMPLETE.search(cell) and not _OPEN_END.search(cell)
        figure = bare and re.search(r"\d$", cell) and re.match(r"[^\d.,万亿元]", line)
        cell += ("\n" if complete or figure else "") + line
    return _LIST_MARK.sub("", cell)


def tokens_of(sentence: str) -> list[Token]:
    shares = _shares_in(sentence) if "%" in sentence else []
    figures = [Token(amount.start, amount.end, amount=amount) for amount in amounts(sentence)]
    inside = [t for t in figures if not any(share.start <= t.start < share.end for share in shares)]
    return sorted([*shares, *inside], key=lambda token: token.start)


def _shares_in(sentence: str) -> list[Token]:
    """The shares of a sentence, each with who pays it.

    >>> [(share.who, str(share.share)) for share in _shares_in("总投资2600万元(自治区60%、盟20%、旗20%)")]
    [('自治区', '0.6'), ('盟', '0.2'), ('旗', '0.2')]
    >>> [(share.who, str(share.share)) for share in _shares_in("60%由区财政承担，其余自筹")]
    [('区财政', '0.6')]
    """
    listed = list(_SHARE_LISTED.finditer(sentence))
    if len(listed) > 1:
        said = [(found, found["percent"], found["who"]) for found in listed]
    else:
        shares = _SHARE.finditer(sentence)
        said = [(found, found["percent"] or found["percent2"], found["who"] or found["who2"]) for found in shares]
    return [
        Token(found.start(), found.end(), share=Decimal(percent.replace(",", "")) / 100, who=who)
        for found, percent, who in said
        if one_source(who)
    ]


def share_out(sentence: str, tokens: list[Token]) -> None:
    """Give the words between two figures to the one they speak of: 已到位 goes back, a name goes on."""
    tokens[0].before = sentence[: tokens[0].start]
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        gap = sentence[token.end : following.start if following else len(sentence)]
        bracket = _BRACKET.match(gap)
        if bracket:
            token.after, gap = bracket[0], gap[bracket.end() :]
        parts = _PIECES.split(gap)
        if following is None:
            token.after += gap
            continue
        token.after += parts.pop(0) if len(parts) > 1 or not parts[0] else ""
        while len(parts) > 1 and _LATER_WORD.search(parts[0].strip(",，、(")) and not _goes_on(*parts[:2]):
            token.after += parts.pop(0)
        following.before = "".join(parts)


def _goes_on(piece: str, following: str) -> bool:
    """由省 before 、区各承担300万元: the two pay the next amount together."""
    return following.startswith("、") and re.fullmatch(r"[,，(]由[一-鿿]{1,4}", piece) is not None


# A number of more than two digits that is neither an amount, a year, a percentage nor a count of things.
UNREAD = re.compile(
    r"(?<=[省市县区])(?:级|财政|补|配套)?\d{2,}(?=[、,，)]|$)|"
    r"(?<=[一-鿿]:)\d{2,}(?:\.\d+)?(?=[、,，;；)]|$)|(?<=自筹|配套|贷款|捐赠|财政|资金|债券)\d{2,}(?:\.\d+)?(?=[、,，;；)]|$)|"
    r"(?<![\d./×*x])(?<!\d:)\d{3,}(?:\.\d+)?(?!\d*(?:年|%|号|[a-zA-Z]|\.\d|"
    r"[个人户名所家张床台套处亩公平㎡吨次场件座辆米只头株位栋村岁天月日团连]))"
)


def blank_out(sentence: str, tokens: list[Token]) -> str:
    for token in tokens:
        sentence = sentence[: token.start] + "□" * (token.end - token.start) + sentence[token.end :]
    return sentence
