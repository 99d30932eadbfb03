"""What the name of a unit says of the government whose table it is in, and names that leave open who is meant."""

import re
from collections.abc import Iterable

from departments.names import plain

# What governments are called by; the last of it is what their units put in front of their names: 区教育局.
_LEVEL = re.compile(r"(?:[省市州盟县区旗镇乡]|街道)$")
_BELOW = re.compile(r"(?<=[省市州盟])(?![省市州盟])[一-鿿]{2,}$")  # 临江区 of 江州市临江区
_PLACE = r"(?:乡镇|镇街|街镇|镇乡|街乡|街道|乡|镇|村居|村|社区|园区|县市区|县区|区县|市区|县|区|街办)"
_BODY = r"(?:部门|单位|企业|公司|学校|医院|机构|委办局|处室|科室)"
_SEVERAL = rf"(?:{_PLACE}|{_BODY})"
_SOME = r"(?:有关|相关|涉及|所涉|属地|试点|(?:项目)?所在地?|项目地|辖区内?|对应)"
_OPEN = re.compile(
    rf"(?:各级?)?(?:[省市州盟县区旗][直属级]?各?)?{_SOME}(?:的|各)?"
    rf"(?:责任|职能|成员|业务|主管|行业|配合|直属|[省市州县区]直)?{_SEVERAL}(?:[、和及与/]{_SEVERAL})*(?:\({_SEVERAL}(?:[、/]{_SEVERAL})*\))?"
    r"(?:人民政府|政府|办事处|党工委|管委会|党委)?"
)


def home_prefixes(names: Iterable[str]) -> tuple[str, ...]:
    """What may stand in front of the name of a government's own unit, the longest first.

    >>> home_prefixes(["济宁高新区", "高新区"]), home_prefixes(["江州市临江区"]), home_prefixes(["济宁"])
    (('济宁高新区', '高新区', '区'), ('江州市临江区', '临江区', '区'), ())
    """
    found: set[str] = set()
    for name in map(plain, names):
        level = _LEVEL.search(name)
        if level:
            below = _BELOW.search(name)
            found |= {name, level[0], *([below[0]] if below else [])}
    return tuple(sorted(found, key=len, reverse=True))


def at_home(name: str, prefixes: Iterable[str]) -> list[str]:
    """The same name as a table may write it at home: without the government in front, or with it said otherwise.

    >>> at_home("高新区财政金融局", ("高新区", "区")), at_home("市财政局", ("高新区", "区"))
    (['财政金融局', '区财政金融局'], [])
    """
    prefixes = tuple(prefixes)
    own = next((one for one in prefixes if name.startswith(one) and len(name) > len(one) + 2), None)
    if own is None:
        return []
    rest = name.removeprefix(own)
    return [rest, *(f"{other}{rest}" for other in prefixes if other != own)]


def leaves_open(name: str) -> bool:
    """Whether a name means some of several units, and the table does not say which.

    >>> [
    ...     leaves_open(name)
    ...     for name in ("有关街道", "各相关镇（街道）", "属地街道办事处", "区直有关部门", "相关责任单位")
    ... ]
    [True, True, True, True, True]
    >>> [leaves_open(name) for name in ("各街道", "城中街道", "有关事务中心", "教育局")]
    [False, False, False, False]
    """
    return _OPEN.fullmatch(plain(name)) is not None
