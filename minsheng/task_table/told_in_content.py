"""Deadlines and money that the column of contents tells, since its header says so: 内容、预算与时限."""

import re

from minsheng.task_table.column import Column
from minsheng.task_table.header import Header
from minsheng.task_table.meanings import content_with
from minsheng.task_table.parsers.amounts import amounts
from minsheng.task_table.parsers.deadline import parse_deadline
from minsheng.task_table.parsers.moments import moments_in, written_out
from minsheng.task_table.parsers.sources import one_source
from minsheng.task_table.parsers.text import plain

_MEANINGS = ("content", "project_content", "goal")
# A clause with the pause behind it; the pauses of brackets and of 98,000元 part nothing.
_CLAUSE = re.compile(r"(?:[^,，。；;\n(（]|[(（][^()（）]*[)）]?|(?<=\d)[,，](?=\d{3}))+[,，。；;\n]*")
_PAYS = re.compile("由|从|自筹|承担|列支|解决|安排|负担|统筹|配套|支持|补[助贴]|来源")
_REST = re.compile("其余|剩余|余下|不足部分|缺口")
_PAID = re.compile("资金|经费|费用|投资|自筹")
# Money that is itself to be reached, and nobody gives it for the task: 发放贷款5000万元, 带动消费3000万元.
_REACHED = re.compile("贷款(?!贴息)|消费|销售|产值|收入|营收|征缴|减免|减负|交易额|增收|融资|贸易")
_LASTING = ("open_ended", "recurring")


def column_telling(header: Header, what: str) -> Column | None:
    """The column of contents whose header says that it tells ``what`` too: deadline or funding."""
    for meaning in _MEANINGS:
        column = header.column(meaning)
        if column is not None and what in content_with(column.header):
            return column
    return None


def tells_money_too(header: Header) -> Column | None:
    """The column of contents that money is read from: that whose header names it, where no other says who pays."""
    if any(column.meaning.partition(":")[0] in ("amount", "funding") for column in header.columns):
        return None
    return column_telling(header, "funding")


def clauses_of_time(text: str, year: int | None) -> str:
    """What a text says of when it is to be done; empty where it says nothing.

    A time beside an amount is that of the money, where another one stands apart from it.

    >>> clauses_of_time("安装路灯180盏，共50.4万元，由镇财政承担，8月底前完工。", 2023)
    '8月底前完工。'
    >>> clauses_of_time("购置车辆2辆，2022年支出31万元，3月底前到位", 2023), clauses_of_time("开展培训，长期坚持", 2023)
    ('3月底前到位', '长期坚持')
    >>> clauses_of_time("新建篮球场2片，4月开工，11月底前建成，资金30万元", 2023), clauses_of_time("新建公厕3座", 2023)
    ('4月开工，11月底前建成，', '')
    """
    clauses = _CLAUSE.findall(text)
    dated = [one for one in clauses if _has_moment(one, year)]
    apart = [one for one in dated if not amounts(plain(one))]
    return "".join(apart or dated or [one for one in clauses if _is_lasting(one, year)])


def _has_moment(clause: str, year: int | None) -> bool:
    return next(moments_in(written_out(plain(clause)), year or 2000), None) is not None


def _is_lasting(clause: str, year: int | None) -> bool:
    return parse_deadline(clause, year=year or 2000).value.status in _LASTING


def clauses_of_money(text: str) -> str:
    """What a text says of money, and of who pays it; empty where it says neither.

    >>> clauses_of_money("在5个村安装路灯180盏，每盏2800元，共50.4万元，由镇财政承担，8月底前完工。")
    '每盏2800元，共50.4万元，由镇财政承担，'
    >>> clauses_of_money("改造摊位86个，预算98,000元（县补助5万元，余由镇财政安排），9月底前完成。")
    '预算98,000元（县补助5万元，余由镇财政安排），'
    >>> clauses_of_money("由镇财政所安排专人，新建公厕3座"), clauses_of_money("新建公厕3座，资金由县财政解决，6月底")
    ('', '资金由县财政解决，')
    """
    clauses = _CLAUSE.findall(text)
    stated = [position for position, one in enumerate(clauses) if amounts(plain(one))]
    if not stated:
        return "".join(one for one in clauses if _PAID.search(one) and _is_of_payer(one))
    return "".join(one for position, one in enumerate(clauses) if position in stated or _is_of_payer(one))


def money_to_reach(text: str) -> str:
    """The first clause of money that may be what is to be reached, and nobody's funding; empty where none is.

    >>> money_to_reach("发放创业贷款5000万元，县财政贴息100万元"), money_to_reach("县财政补助100万元")
    ('发放创业贷款5000万元', '')
    """
    found = (one for one in _CLAUSE.findall(text) if _REACHED.search(one) and amounts(plain(one)))
    return next(found, "").rstrip("，,。；;\n")


def _is_of_payer(clause: str) -> bool:
    return _REST.search(clause) is not None or (
        _PAYS.search(clause) is not None and one_source(plain(clause)) is not None
    )
