"""What the content of a task names where its table has no column for it: the day by which it is done, its money."""

import re
from datetime import date

from minsheng.task_table.parsers.amounts import amounts
from minsheng.task_table.parsers.deadline import Deadline, parse_deadline, tells_part
from minsheng.task_table.parsers.funding import parse_funding
from minsheng.task_table.parsers.moments import Moment, moments_in, written_out
from minsheng.task_table.parsers.money_lines import Funding
from minsheng.task_table.parsers.text import plain

_DONE_BY = re.compile(
    r"完成|建成|竣工|完工|办结|投[用运产]|投入(?:使用|运营|运行)|启用|交付|通[车水电气]|开[馆园学诊业街放通]|上线|验收"
)
_NO_END = re.compile(r"已|每|完成(?:年度)?(?:总?投资|产值)|前期|一半|续建")
_BY = re.compile(r"前|[底末]|内")
_LONGEST_CLAUSE = 40
# Money that is no cost of the task.
_NO_COST = re.compile("贷款|授信|产值|营收|收入|销售|消费|利润|税|交易|融资|减[免负]|征[缴收]|收缴|房价|工资|薪")
_ASKED_ANYHOW = ("funding_source_unknown", "funding_total_only")
# 投资120万元（不含征地费30万元）: what is not in the amount is no part of it, and whether anybody pays it is not said.
_LEFT_OUT = re.compile("不(?:包)?[含括]|除外|另(?:行|计|外)")


def completion_named(content: str, *, year: int | None) -> str:
    """The words that name the day by which all is done; empty where there is none, or more than one.

    >>> completion_named("新建篮球场2片，2023年4月开工，11月底前建成，由镇里管理。", year=2023)
    '11月底前建成'
    >>> (
    ...     completion_named("6月底前完成主体，12月底前竣工投用", year=2023),
    ...     completion_named("年底前全部完成。", year=2023),
    ... )
    ('12月底前竣工投用', '年底前全部完成')
    >>> completion_named("6月底前完成3处，10月底前完成7处", year=2023), completion_named("全年开展培训", year=2023)
    ('', '')
    >>> completion_named("安装探头240个，9月前建成使用。", year=2023)  # whether in September or before it is asked
    '9月前建成使用'
    >>> completion_named("引进门诊2家，2023年9月1日前开诊。", year=2023), completion_named("每周开放40小时", year=2023)
    ('2023年9月1日前开诊', '')
    >>> completion_named("2022年底前已完成2处", year=2023), completion_named("9月底前完成投资2亿元", year=2023)
    ('', '')
    """
    if not _DONE_BY.search(content) or not _BY.search(content):
        return ""
    text = written_out(plain(re.sub(r"\s*\n\s*", "。", content.strip())))
    found: dict[date, str] = {}
    for moment in moments_in(text, year):
        words = _clause_from(text, moment)
        if moment.day is not None and words and (year is None or moment.day.year >= year):
            found.setdefault(moment.day, words)
    if len(found) != 1:
        return ""
    ((day, words),) = found.items()
    return words if parse_deadline(words, year=year).value.day == day else ""


def day_of(words: str, *, year: int | None) -> Deadline | None:
    """What such words say, read as a deadline; none where that would ask anything. What is in use by then is done."""
    read = parse_deadline(words, year=year)
    sure = read.value.status in ("ok", "milestone") and not any(issue.asks for issue in read.issues)
    return read.value if sure and read.value.day is not None else None


def _clause_from(text: str, moment: Moment) -> str:
    """The clause from the moment on, where it says that all is done by then."""
    before = re.split(r"[,，;；。:：()（）]", text[: moment.start])[-1]
    after = re.split(r"[,，;；。:：()（）]", text[moment.end :])[0]
    words = text[moment.start : moment.end] + after
    whole = before + words
    done = _DONE_BY.search(after) and _BY.search(words)
    if not done or len(words) > _LONGEST_CLAUSE or _NO_END.search(whole) or tells_part(whole):
        return ""
    return words


def money_named(content: str, *, year: int | None, level: str = "") -> str:
    """The sentences that state what the task costs or who pays what; empty where none does.

    >>> money_named("新建公园1处。计划投资300万元，其中区财政200万元。惠及2万人。", year=2023)
    '计划投资300万元,其中区财政200万元'
    >>> money_named("每人每月补助100元。", year=2023), money_named("发放贷款3亿元。", year=2023)
    ('', '')
    """
    if "元" not in content:
        return ""
    sentences = [plain(one) for one in re.split(r"[。；;\n]", content)]
    text = "；".join(one for one in sentences if amounts(one) and not _NO_COST.search(one))
    stated = text and money_of(text, year=year, level=level, sure=False)
    return text if stated else ""


def money_of(text: str, *, year: int | None, level: str = "", sure: bool = True) -> Funding | None:
    """The amounts of such sentences as funding; none where there are none of the year, or, to be ``sure``, where
    reading them asks more than who pays.

    >>> def sure(text):
    ...     return money_of(text, year=2023)
    >>> [str(total.amount_wan) for total in sure("投资120万元").totals], sure("投资120万元(不含征地费30万元)")
    (['120'], None)
    """
    read = parse_funding(text, year=year, level=level)
    lines, totals = tuple(one for one in read.value.lines if one.amount_wan), read.value.totals
    years = [line.reference_year for line in lines] + [total.reference_year for total in totals]
    of_year = any(one in (None, year) for one in years)
    asked = any(one.asks and one.code not in _ASKED_ANYHOW for one in read.issues) or _LEFT_OUT.search(text)
    if not of_year or (sure and asked):
        return None
    return Funding(lines, totals)


def stand_in(words: str, content: str) -> bool:
    """Whether such words stand in a content, which may be another one by now.

    >>> stand_in("11月底前建成", "新建公园1处，11月底前建成。"), stand_in("11月底前建成", "新建公园1处。")
    (True, False)
    """
    stands = plain(content)
    return all(part in stands or part in written_out(stands) for part in words.split("；"))
