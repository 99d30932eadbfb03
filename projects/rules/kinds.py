"""What kind of work a sub-item is. It decides the plan curve, so only clear words decide it; all else is “other”.

Source of the rule: the names that governments give such items; the first clause of the content is the item's name.
"""

import re
from typing import Final

from projects.models import SubItem

Kind = SubItem.Kind

_MARKS: Final = re.compile(r"[①-⑳]|[（(]\d{1,2}[）)]")
_CLAUSE: Final = re.compile("[。；;，,]")
_END: Final = r"(?:工程|项目|工作|行动|试点|政策|全覆盖)*$"
_WORKS: Final = r"新建|改建|扩建|改造|建成|建设|修建|铺设|整治"
_BUILT: Final = (
    r"道路|公路|桥|停车|小区|管网|泵站|污水|基站|基础设施|危房|无障碍|厕"
    r"|学校|幼儿园|校舍|医院|卫生院|公园|广场|场馆"
)
_CLEAR: Final = (
    (Kind.INSURANCE, re.compile(rf"保险{_END}")),
    (Kind.SUBSIDY, re.compile(rf"(?:发放.*(?:补贴|补助|津贴|补助金))|(?:补贴|补助|奖补|津贴)(?:发放|提标)?{_END}")),
    (Kind.POLICY, re.compile(rf"(?:出台|制定|印发).*(?:政策|办法|意见|规定)|(?:减免|降低).*费用?{_END}")),
    (Kind.TRAINING, re.compile(r"培训(?!基地|中心|机构|学校|室)")),
    (Kind.EQUIPMENT, re.compile(r"(?:购置|购买|配备|配置|安装|更换|更新).*(?:设备|车辆|器材|仪器|装置|器|套|台)")),
    (Kind.CONSTRUCTION, re.compile(rf"(?:{_WORKS}).*(?:{_BUILT})|(?:{_BUILT}).*(?:{_WORKS})")),
)


def kind_of(content: str) -> SubItem.Kind:
    """The kind that the name of a sub-item says plainly; several parts (①②) or several kinds make it “other”.

    >>> kind_of("实施电梯安全保险。2023年，由财政出资为全区所有在用电梯购买安全责任保险。").value
    'insurance'
    >>> kind_of("道路改造工程。改造长虹路工程全长约978米。").value, kind_of("农业经营从业者培训200人。").value
    ('construction', 'training')
    >>> kind_of("残疾儿童康复救助。提供送训生活补助，救助儿童约100人。").value
    'other'
    """
    if len(_MARKS.findall(content)) > 1:
        return Kind.OTHER
    name = _CLAUSE.split("".join(content.split()), maxsplit=1)[0]
    found = [kind for kind, words in _CLEAR if words.search(name)]
    return found[0] if len(found) == 1 else Kind.OTHER
