"""The words round an amount: how far it is along, per what, for what."""

import re
from decimal import Decimal

from minsheng.task_table.parsers.amounts import Amount, exact
from minsheng.task_table.parsers.figures import Token
from minsheng.task_table.parsers.sources import ENTERPRISE, MIXED, OTHER, UNSPECIFIED, one_source

_SECURED = re.compile(
    r"(?<!未)(?<!尚未)(?<!没有)(?:已经?(?:全部|足额)?(?:安排|纳入[^,，;；]{0,8}预算|到位|到账|下达|落实|拨付|争取|申请到|申请下达|筹集|筹措|"
    r"获|取得|安排到位|列入预算|发行|支付|兑付|收到)|申请到|到位资金|落实到位|已到)"
)
NOT_YET = re.compile(r"未(?:到位|下达|落实|拨付|到账)|待(?:到位|下达|拨付)")
_PLANNED = re.compile(r"计划|预计|预期|争取|力争|拟|预估")
_APPLIED = re.compile(r"申请(?!到)|申报|报批")

_PER = (
    r"(?:个|人|户|名|所|家|张|床|台|套|处|亩|公里|千米|米|平方米|平米|㎡|吨|次|场|件|站|村|生|辆|座|月|年|天|"
    r"日|校|园|班|镇|乡|县|条|口|盏|份|棵|只|头|株|度|方|位|例|栋|部|店)"
)
_PER_TIME = r"(?:学?年|月|天|日|学期|次|季度?)"
_RATE_AFTER = re.compile(rf"(?:的)?(?:/|每)(?P<a>{_PER})(?:[·./•・]?(?:每|/)?(?P<b>{_PER_TIME}|人))?")
_RATE_BEFORE = re.compile(
    rf"(?:(?:每一?|(?<![一-鿿])单(?=[户人床村校套台辆亩班]))(?P<a>{_PER}|{_PER_TIME})(?:每?(?P<b>{_PER_TIME}|(?<=每){_PER}))?|(?P<average>[人户生亩村校班床园]均|"
    rf"年[人生]均))[^\d,，；;。]{{0,10}}$"
)
# 3个镇各补助20万元: what each of several places gets
EACH_OF = re.compile(
    r"(?:\d+|[两三四五六七八九十]+)(?:个|所|家|户)?"
    r"(?P<a>乡镇|镇街|镇|乡|街道|行政村|村|社区|县区|区县|[区县市]|学校|校|单位|站|家|户|所|个)[^\d,，;；。]{0,6}各"
)
_RATE_EACH = re.compile(rf"{EACH_OF.pattern}(?:自|补助?|奖补?|奖励|安排|给予|投入|配套|需)*约?$")


# 预算约680万元 is what it will cost; 预算资金 and 财政预算 are the state's.
_ESTIMATE = re.compile(r"(?:经费|项目|总)?预算(?:约|为|需|共|总额|金额|:)*$")
# Given by the state, whoever builds: 社会资本投入，以奖代补200万元
_GRANT = re.compile("以奖代补|奖补|补[助贴]")
_PAYS = re.compile(r"保障|承担|分担|共担|自筹|解决|负担|出资|兜底|列支|补助|补贴|配套")
_COMMAS = re.compile("[,，]")
_USED_FOR = re.compile(r"(?:补贴|补助|用于|支持|奖补)([\u4e00-\u9fff]{2,})$")
_ROUND_USE = re.compile(r"(?:约|需|资金|经费|投入|共|计|为|:|、|其中|计划|预计)+$|^(?:、|其中)+")
_USE = re.compile(r"[\u4e00-\u9fff]{2,20}")


def source_of(token: Token) -> str | None:
    """Who pays an amount, in the words before or behind it: the nearest that name somebody.

    公办由财政保障，民办自筹，预计450万元 names two who pay, each a part: ``MIXED``. A company gives no grant.

    >>> source_of(Token(0, 0, before="公办由财政保障，民办自筹，预计"))
    '多级合计(mixed)'
    >>> source_of(Token(0, 0, before="区、镇两级财政按6:4比例分担，预算约")), source_of(Token(0, 0, before="预算"))
    ('多级合计(mixed)', '财政资金(unspecified)')
    >>> (
    ...     source_of(Token(0, 0, before="社会资本投入，街道以奖代补")),
    ...     source_of(Token(0, 0, before="社会资本投入，以奖代补")),
    ... )
    ('其他', '财政资金(unspecified)')
    """
    for words in (token.head, token.before, token.after):
        source = None if _ESTIMATE.fullmatch(words) else one_source(words)
        if words == token.before and len(_payers(words)) > 1:
            return MIXED
        if source == ENTERPRISE and words != token.head and _GRANT.search(token.head):
            return UNSPECIFIED
        if source:
            return source
    return one_source(token.head)


def _payers(before: str) -> set[str]:
    """Who is said to pay in the clauses before that of an amount."""
    clauses = _COMMAS.split(before)[:-1]
    return {one_source(clause) or OTHER for clause in clauses if _PAYS.search(clause)}


def stage_of(words: str) -> str | None:
    if _SECURED.search(words) and not NOT_YET.search(words):
        return "secured"
    if _PLANNED.search(words):
        return "planned"
    return "applied" if _APPLIED.search(words) else None


def rate_of(token: Token, amount: Amount) -> tuple[Decimal, str] | None:
    yuan = exact(amount.wan * 10_000)
    after = _RATE_AFTER.match(token.after)
    before = _RATE_BEFORE.search(token.head)
    if not (after or before) and (each := _RATE_EACH.search(token.head)):
        return yuan, each["a"]
    found = after or before
    if found is None:
        return None
    if before and before["average"] and not after:
        return yuan, before["average"][-2]
    return yuan, "·".join(part for part in _order(found["a"], found["b"]) if part)


def _order(first: str, second: str | None) -> tuple[str, str]:
    """人·月 however it is written: 每月每人, 元/月·人."""
    if second and re.fullmatch(_PER_TIME, first) and not re.fullmatch(_PER_TIME, second):
        return second, first
    return first, second or ""


def use_of(head: str) -> str:
    """What an amount is for, where the words before it say so: 心理健康辅导室 in 争取市级财政补贴心理健康辅导室."""
    found = _USED_FOR.search(head)
    words = found[1] if found else ("" if one_source(head) else head)
    if stage_of(words):
        return ""
    words = _ROUND_USE.sub("", words)
    return words if _USE.fullmatch(words) else ""
