"""本级: the money of the government whose table it is."""

import re

from minsheng.task_table.parsers.payers import NO_LEVEL
from minsheng.task_table.parsers.text import plain

_LEVELS = {"自治区": "省", "兵团": "省", "省": "省", "市": "市", "州": "市", "盟": "市", "县": "县"}
_LEVELS |= {"区": "县", "旗": "县"}
_NEXT = r"\d{4}|[二两][〇零○]|年度|(?:人民)?政府|委|民生|为民|惠民|实事|重点|十[件大项]"
_TELLS = re.compile(rf"(?<![、和及与])(?P<level>{'|'.join(_LEVELS)})(?:本?级)?(?={_NEXT})")
_OWN = re.compile("(?<![省市州县区旗盟镇乡村团级央])本级(?!别)")


def level_of(title: str) -> str:
    """省, 市 or 县, for the level of the government that the title of a table names; empty where it tells none.

    >>> level_of("平洲市2019年市级民生实事"), level_of("江州市临江区人民政府2024年民生实事"), level_of("城市更新项目表")
    ('市', '县', '')
    >>> level_of("内蒙古自治区2024年民生实事"), level_of("湘西自治州2024年民生实事"), level_of("和平街道2024年实事")
    ('省', '市', '')
    >>> level_of("2024年省、市、县民生实事"), level_of("临江区2024年省级民生实事任务分解表")
    ('', '')
    """
    found = list(_TELLS.finditer(NO_LEVEL.sub(lambda word: "□" * len(word[0]), plain(title))))
    levels = {_LEVELS[one["level"]] for one in found}
    return levels.pop() if len(levels) == 1 else ""


def with_own_level(cell: str, level: str) -> str:
    """A plain text with 本级 called by its level.

    >>> with_own_level("中央500万元、本级2500万元，县本级300万元", "市")
    '中央500万元、市级2500万元，县本级300万元'
    """
    return _OWN.sub(f"{level}级", cell) if level else cell


def own_level_left(text: str) -> bool:
    """Whether a text speaks of 本级, and nothing says of which level."""
    return _OWN.search(text) is not None
