"""Where money comes from, in the words of the official vocabulary."""

import re
from functools import lru_cache

from minsheng.task_table.parsers import payers
from minsheng.task_table.parsers.text import SAME_TEXTS

BOND, CENTRAL, PROVINCE, CITY, DISTRICT = "地方政府专项债", "中央", "省级", "市级", "区级财政"
UNSPECIFIED, ENTERPRISE, HIGHER = "财政资金(unspecified)", "企业自筹", "上级补助"
EMPLOYMENT, MIXED, OTHER = "就业补助资金", "多级合计(mixed)", "其他"
SOURCES = (
    BOND, CENTRAL, PROVINCE, CITY, DISTRICT, UNSPECIFIED, ENTERPRISE, HIGHER, EMPLOYMENT, MIXED, OTHER,
)  # fmt: skip

_TAKEN = "□"
_FUNDS = (
    (EMPLOYMENT, payers.EMPLOYMENT_FUND),
    (BOND, payers.BONDS),
    (OTHER, payers.LOTTERY),
    (OTHER, payers.OTHERS),
    (ENTERPRISE, payers.COMPANIES),
)
_SEVERAL = re.compile(
    r"各级|[省市州区县]级?(?:及|和)?以[上下]|[两二三四多]级(?!医|甲|达|保)|省市县|市县财政|省市区|[省市州盟][县区旗][(〔][市县区旗][)〕]"
)
_LEVELS = {"省": PROVINCE, "市": CITY, "州": CITY, "区": DISTRICT, "县": DISTRICT, "旗": DISTRICT}
_LISTED = re.compile(r"[、,，和及与+/]")
_SELF = re.compile(r"自筹|自有资金")
# 自筹 of somebody who is not known to be a company (寺庙自筹) is not a company's.
_WHO_ITSELF = re.compile(
    r"(?<![一-鿿])(?:资金|经费|费用|项目|剩余|其余|余下|不足|部分|以|由|通过|为|来源|方式|全部|全额|单位|自行|渠道|主要|拟|计划|预计|需|均)*$"
)
_PUBLIC_TOO = re.compile(r"(?:财政|政府)(?:资金|补[贴助]|拨款|投入|奖补)")
_PUBLIC = re.compile(
    r"财政|预算|公共资金|政府(?:投资|出资|补助|补贴|购买|资金)|统筹整合|涉农(?:整合)?资金|衔接(?:推进)?资金|补助资金"
)

# 财政资金（含上级）: whose money is in the amount besides, and how much of it nobody says.
_INCLUDED = re.compile(r"[(〔,，]?(?:其中)?(?P<none>不)?(?:包含|包括|含)(?P<whose>[^()〔〕,，;；。\d]{1,20})[)〕]?")


@lru_cache(maxsize=SAME_TEXTS)
def sources_in(text: str) -> tuple[str, ...]:
    """Every source that a plain text names, each once, in the order of the text; more specific words win.

    >>> sources_in("中央、省、市、区康复资金"), sources_in("市区各")
    (('中央', '省级', '市级', '区级财政'), ('市级', '区级财政'))
    >>> sources_in("所需资金从各级就业补助资金中列支"), sources_in("老城区改造")
    (('就业补助资金',), ())
    >>> sources_in("区文化专项经费"), sources_in("县域商业建设资金"), sources_in("棚户区改造资金")
    (('区级财政',), (), ())
    >>> sources_in("车购税补助、地方政府债券及县级自筹")
    ('中央', '地方政府专项债', '区级财政')
    >>> sources_in("自治区、盟、旗按比例分担"), sources_in("自治区水利发展资金"), sources_in("地区财政")
    (('省级', '市级', '区级财政'), ('省级',), ('市级',))
    >>> sources_in("省级残保金"), sources_in("县财政、残保金"), sources_in("残保金")
    (('省级',), ('区级财政', '其他'), ('其他',))
    >>> sources_in("牧户自筹"), sources_in("县水务集团配套"), sources_in("民政部补助"), sources_in("中省资金")
    (('其他',), ('企业自筹',), ('中央',), ('中央', '省级'))
    """
    found: dict[int, str] = {}
    for source, pattern in _FUNDS:
        for match in pattern.finditer(text):
            of_level = pattern is payers.OTHERS and payers.is_of_level(match)
            if not of_level:
                found.setdefault(match.start(), source)
            taken = "彩" if of_level or pattern is payers.LOTTERY else _TAKEN  # whose it is, its level says
            text = text[: match.start()] + taken * len(match[0]) + text[match.end() :]
    for source, pattern in ((CENTRAL, payers.CENTRAL_MONEY), (HIGHER, payers.HIGHER_MONEY)):
        for match in pattern.finditer(text):
            found[match.start()] = source
    text = payers.levels_written_out(text)
    text = payers.NO_LEVEL.sub(lambda match: _TAKEN * len(match[0]), text)
    for pattern in payers.LEVELS:
        for match in pattern.finditer(text):
            found.setdefault(match.start(), _LEVELS[match[0][0]])
    return tuple(dict.fromkeys(source for _, source in sorted(found.items())))


@lru_cache(maxsize=SAME_TEXTS)
def one_source(text: str) -> str | None:
    """The one source of an amount: ``MIXED`` where several pay it together, ``None`` where the text names none.

    >>> one_source("区财政资金"), one_source("争取市级财政补贴心理健康辅导室"), one_source("教室照明")
    ('区级财政', '市级', None)
    >>> one_source("中央、省、市、区资金"), one_source("财政预算资金"), one_source("市县财政")
    ('多级合计(mixed)', '财政资金(unspecified)', '多级合计(mixed)')
    >>> one_source("市县(区)配套"), one_source("县(市、区)配套")
    ('多级合计(mixed)', '区级财政')
    >>> one_source("自治区本级财政"), one_source("争取上级专项债"), one_source("省级以上资金")
    ('省级', '地方政府专项债', '多级合计(mixed)')
    >>> one_source("财政资金（含上级）"), one_source("县级财政(不含上级补助)"), one_source("财政资金(含省、市补助)")
    ('财政资金(unspecified)', '区级财政', '多级合计(mixed)')
    """
    return _named(_without(text, found)) if (found := _included(text)) else _named(text)


def _named(text: str) -> str | None:
    named = list(sources_in(text))
    if EMPLOYMENT in named and not {BOND, ENTERPRISE, OTHER} & set(named):
        return EMPLOYMENT
    if BOND in named and set(named) <= {BOND, HIGHER}:
        return BOND
    if OTHER in named and len(named) == 2 and "彩" in text:  # 市级体彩公益金
        named.remove(OTHER)
    if HIGHER in named and len(named) == 2 and not _LISTED.search(text):  # 上级车购税资金: whose, and which
        named.remove(HIGHER)
    if _SEVERAL.search(text) and len(named) != 1:
        return MIXED
    if len(named) > 1 or (named == [ENTERPRISE] and _PUBLIC_TOO.search(text)):
        return MIXED
    if named:
        return MIXED if _SEVERAL.search(text) and named[0] not in (EMPLOYMENT, BOND, ENTERPRISE) else named[0]
    if _PUBLIC.search(text):
        return UNSPECIFIED
    itself = _SELF.search(text)
    return ENTERPRISE if itself and _WHO_ITSELF.search(text[: itself.start()]) else None


def includes_others(text: str) -> bool:
    """Whether the words of an amount say that money of somebody else is in it, and not how much.

    >>> includes_others("财政资金(含上级)"), includes_others("区财政(不含上级)"), includes_others("含税")
    (True, False, False)
    """
    found = _included(text)
    return found is not None and not found["none"]


def _included(text: str) -> re.Match[str] | None:
    """What is said to be in an amount, or not to be: the money of one, beside what else is named."""
    found = _INCLUDED.search(text) if "含" in text or "包括" in text else None
    inside = sources_in(found["whose"]) if found else ()
    if found is None or not inside or (len(inside) > 1 and not found["none"]):
        return None
    return found if _named(_without(text, found)) else None


def _without(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + text[found.end() :]
