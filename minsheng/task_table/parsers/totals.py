"""Amounts that are totals: what the words before them make of them."""

import re

from minsheng.task_table.parsers.figures import Token
from minsheng.task_table.parsers.sources import HIGHER, MIXED, UNSPECIFIED, one_source

_TOTAL = re.compile(
    r"(?:总投资|投资总额|总概算|投资概算|概算|估算|投资估算|总造价|投资|总投入)(?:额|资金|金额)?(?:估算)?(?:为|"
    r"约|达|是|:|¥)*$"
)
_YEAR_PLAN = re.compile(
    r"(?:20\d\d年|年度|当年|本年|今年|年内)度?(?:计划|拟|预计|预算|完成|安排)*(?:完成)?(?:总)?(?:投资|"
    r"投入)(?:额|资金)?(?:为|约|达|:)*$"
    r"|年度(?:投资)?计划(?:投资)?(?:为|约|:)*$"
)
_SURE_SUM = re.compile(
    r"(?:共计|合计|总计|总共|总额|总资金|小计|共需|共)(?:需要?|投入|安排|筹集|使用|资金|经费|为|约|:)*$"
)
_PARTS_FOLLOW = re.compile(r"[,，、]?\(?其中|\(")
_INVESTMENT = re.compile("总投资|投资总额|概算|总投入")


def kind_of_total(token: Token, following: Token | None) -> str:
    """Which total the words before an amount make of it; empty for a line."""
    head = token.head
    parts = following is not None and (
        _PARTS_FOLLOW.match(following.before) is not None or token.after.startswith(("(其中", ",其中", "，其中"))
    )
    if _YEAR_PLAN.search(head):
        return "year_plan"
    if _INVESTMENT.search(head) and _TOTAL.search(head):
        return "total_investment"
    own = one_source(head)
    if own is None and _SURE_SUM.search(head):
        return "sum"
    if own is None and _TOTAL.search(head):
        return "total_investment"
    if parts and own in (None, UNSPECIFIED, MIXED, HIGHER) and "已" not in (following.before if following else ""):
        return "sum"
    return ""
