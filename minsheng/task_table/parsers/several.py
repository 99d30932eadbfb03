"""Names that stand for several units at once: 各镇, 有关部门."""

import re

from minsheng.task_table.parsers.text import plain

_SEVERAL = re.compile("各(?!界)|[省市县区州]?直?(?:有关|相关)")


def of_several(written: str) -> bool:
    """Whether a name stands for several units at once, and so is never the name of a new one.

    >>> [of_several(name) for name in ("各镇", "各镇（街道）", "有关部门", "县直相关单位")]
    [True, True, True, True]
    >>> [of_several(name) for name in ("示例服务中心", "县各界联合会", "各界联合会")]
    [False, False, False]
    """
    return _SEVERAL.match(plain(written)) is not None
