"""What the header of a column of money says of its amounts besides who pays: how far along they are, of which year.

What is secured, spent or missing of a sum is in it already, and what another year pays is none of this one's: neither
is ever added to what is planned.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from minsheng.task_table.column import Column
from minsheng.task_table.parsers.parsed import Severity
from minsheng.task_table.parsers.sources import ENTERPRISE, MIXED, UNSPECIFIED, one_source
from minsheng.task_table.parsers.text import plain
from minsheng.task_table.target_columns import of_several_years, years_from

_NOT_YET = re.compile("未|待|应|拟|计划|预计|预期|预算|安排|需求")
_GAP = re.compile(
    "缺口|差额|缺额|尚需|尚缺|尚差|不足|拖欠|未到位|待到位|未落实|待落实|未下达|待下达|未拨付|待拨付|未支付|待支付"
)
_SPENT = re.compile(
    "支付|支出|已?使用(?:的?(?:资金|经费|金额))|已[使花]?用|执行(?:数|金额)|报账|结算|决算|(?:资金|经费|预算)(?:使用|执行)"
)
_SECURED = re.compile(
    "到位|到账|下达|拨付|拨入|已(?:经)?(?:落实|安排|筹|争取|获|批)|落实(?:的?(?:资金|经费|金额|投资))|批复(?:的?(?:资金|经费|金额))"
)
_APPLIED = re.compile("申请|争取|申报")
_WHOLE_OF = re.compile("安排|计划|需求|筹[措集资]|来源|渠道|构成")  # 资金安排及到位情况 / 省级: the plan, as likely
_WHOLE = re.compile("总投[资入]|投资总额")
_OF_THE_YEAR = re.compile("20\\d\\d年|年度|本年|今年|当年")
_TOTALS = ("amount", "amount_total", "amount_sum", "amount_year_plan")
_COMPANIES = re.compile("企|公司|集团|自筹|自有|业主|社会资本|单位")
# 2022年结转资金 pays in this year.
_CARRIED = re.compile("结转|结余|滚存")
SPENT, GAP = "spent", "missing"


def stage_told(column: Column) -> str:
    """How far along the money of a column is, by its header: applied, secured, spent, missing; empty for planned.

    >>> def told(*headers):
    ...     return [stage_told(Column(4, header, "amount")) for header in headers]
    >>> told("到位资金", "已落实资金（万元）", "资金到位情况 / 省级", "批复资金", "已下达资金")
    ['secured', 'secured', 'secured', 'secured', 'secured']
    >>> told("申请资金", "已支付金额", "资金缺口", "尚需资金", "未到位资金")
    ['applied', 'spent', 'missing', 'missing', 'missing']
    >>> told("资金需求", "计划到位资金", "支出预算", "资金安排及到位情况 / 省级", "落实情况")
    ['', '', '', '', '']
    """
    above, own = plain(column.above), column.own
    words = own if _WHOLE_OF.search(above) else above + own
    if _GAP.search(words):
        return GAP
    if _APPLIED.search(words) and not re.search("已(?:申请|争取)到?|申请到", words):
        return "applied"
    if _NOT_YET.search(words.replace("已安排", "")):
        return ""
    if _SPENT.search(words):
        return SPENT
    return "secured" if _SECURED.search(words) or re.search("申请到|已申请", words) else ""


def stages_told(columns: list[Column]) -> list[Column]:
    """资金总额 | 已到位资金 | 资金缺口: amounts by source keep their stage; a sum at a later stage is no second sum.

    本年度资金 beside 总资金 is what is planned this year.
    """
    return _of_this_year([_staged(column) for column in columns])


def _staged(column: Column) -> Column:
    if not column.meaning.startswith("amount"):
        return column
    if column.meaning == "amount_year_plan" and of_several_years(column):
        return replace(column, meaning="amount_total")
    stage = stage_told(column)
    if not stage:
        return column
    source = column.source or one_source(column.own)
    if stage in (SPENT, GAP) or source in (None, MIXED, UNSPECIFIED):
        return replace(column, meaning="extra", stage=stage)
    return replace(column, meaning=f"amount:{source}", stage=stage)


def _of_this_year(columns: list[Column]) -> list[Column]:
    """总投资 | 2025年计划投资 / 合计: of two sums the one that names a year is what is planned in it."""
    sums = [column for column in columns if column.meaning in _TOTALS]
    of_year = [column for column in sums if _OF_THE_YEAR.search(plain(column.header))]
    if not of_year or (len(of_year) == len(sums) and all(column.meaning != "amount_year_plan" for column in sums)):
        return columns
    meant = {c.index: "amount_year_plan" for c in of_year if c.meaning in ("amount", "amount_sum")}
    meant |= {c.index: "amount_total" for c in sums if c not in of_year and _WHOLE.search(c.own)}
    return [replace(column, meaning=meant.get(column.index, column.meaning)) for column in columns]


def of_their_years(columns: Sequence[Column], year: int | None) -> tuple[Column, ...]:
    """The columns, each of money that is of another year than the table's with that year."""
    return tuple(
        replace(column, year=other)
        if column.meaning.startswith(("amount", "funding")) and (other := year_told(column, year)) != column.year
        else column
        for column in columns
    )


def year_told(column: Column, year: int | None) -> int | None:
    """The year of which the money of a column is, where that is another than ``year``; the nearest words decide.

    >>> def told(*headers):
    ...     return [year_told(Column(4, header, "amount"), 2023) for header in headers]
    >>> told("2022年投资", "次年计划投资", "2024年投资 / 省级", "去年资金")
    [2022, 2024, 2024, 2022]
    >>> told("2023年投资", "年度投资", "2022年结转资金", "2021—2023年投资", "2022年投资 / 2023年")
    [None, None, None, None, None]
    """
    if year is None or of_several_years(column):
        return None
    for words in (column.own, *map(plain, reversed(column.above.split(" / ")))):
        years = set() if _CARRIED.search(words) else years_from(words, year)
        if years:
            return years.pop() if len(years) == 1 and year not in years else None
    return None


def told_of_money(columns: Sequence[Column]) -> list[tuple[str, Severity, Column]]:
    """What is told of columns of money as a whole: code and severity of an issue, and the column.

    Asked, where nothing but a sum at a later stage tells what a task costs.
    """
    planned = any(c.meaning.startswith(("amount", "funding")) and c.year is None for c in columns)
    assumed = [c for c in columns if c.source == ENTERPRISE and not _COMPANIES.search(plain(c.header))]
    kept = [c for c in columns if c.meaning == "extra" and c.stage]
    severity: Severity = "info" if planned else "warning"
    return [
        *(("funding_column_of_year", "info", column) for column in columns if column.year is not None),
        *(("funding_column_of_companies", "info", column) for column in assumed),
        *(("funding_column_of_stage", severity, column) for column in kept),
    ]
