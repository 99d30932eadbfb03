"""Figures that tell what there is already, what was done before, or how one thing compares with another."""

import re

from minsheng.task_table.parsers.counts import DOING

# The last tells of a figure that another one of the year stands beside.
DROPPED, OTHER_YEAR, OF_OTHER_YEAR = "target_state", "target_other_year", "target_of_year"

# One look that spares nearly every text the slow ones.
_MAY = re.compile(r"[去上往前]年|此前|以往|已|[现原]有|现[状存]|目前有|基础上|倍|占|20\d\d年")
_PAUSE = re.compile(r"[,，;；。:：()（）\n]")
# Of a whole, what of it stands: (含2024年底前已建成的198部) behind 累计达到260部.
_INCLUDED = re.compile(
    rf"(?:其中|包?含|包括)[^,，;；。\d]{{0,6}}(?:20\d\d年)?[^,，;；。\d]{{0,6}}已经?(?:{DOING}|建成|实施|投用)[^,，;；。\d]{{0,6}}$"
)
_PLACE = r"(?:目前|当前|全[省市县区州镇旗]|我[省市县区州镇旗]|本[省市县区州镇旗]|辖区|域内|共|累计|其中|原)*"
_ON_TOP = re.compile(r"在[^,，;；。]*$")
_OF_BASE = re.compile(r"[^,，;；。\d]{0,8}的?基础(?:之)?上")
_TIMES_OF = re.compile(r"(?:为|是|达|增|翻|高|提|相当|的|超|扩)[^,，;；。\d]{0,10}$")
_SHARE_OF = re.compile(r"占[^,，;；。\d]{1,12}的?(?:约|近)?$")
_REACHED = re.compile(r"完成|达|实现|提[高升]|控制|不低于|不少于|不超过|力争|确保|降")
_EXISTS = re.compile(rf"^{_PLACE}(?:现有|原有|已有|现存|目前有|现状)[^,，;；。\d的]{{0,10}}$")
_DONE = re.compile(
    rf"^(?:[^,，;；。\d对把将拟为]{{0,8}}|.*20\d\d年[底末]?)已(?:经|累计|全部|先后)*(?:{DOING}|[一-鿿]{{2}})[^,，;；。\d的]{{0,8}}$"
)
# 现有120个小区全部改造: what there is, and what is done with it.
_CHANGED = re.compile(rf"全部|均|进行|开展|纳入|提质|{DOING}")
_TIME = re.compile(
    rf"^(?:其中)?(?P<by>截至|截止|到|至|自|从)?{_PLACE}(?:(?P<year>20\d\d)年(?:度|[底末初])?|去年|上一?年度?|往年|此前|以往|前[一两三几]年)"
    r"(?:全年|[底末]|以来|前)?(?P<rest>[^,，;；。\d的]{0,14})$"
)
_GOES_ON = re.compile(r"续|结转|跨年|遗留|立项|下达|批[准复]|申报|计划|任务|专项|资金|项目|工程|标准")
# 2023年底存量120户全部改造, 2023年开工建设300套，今年竣工: what is done now with what stood or began then.
_TAKEN_UP = re.compile("全部|均|全面|纳入|进行|提质|继续|续建")
_BEGUN, _ENDED = re.compile("开工|启动|动工|开建"), re.compile("竣工|完工|交付|投用|投入使用|建成|扫尾")
_NOW = re.compile(r"今年|本年|当年|年内|再|续|新[增建]|计划|拟|将|力争|确保")
# 2022年新增就业2315人，完成当年任务的115%; 2023年改造38所，惠及5000户: said of the same year.
_SAME_YEAR = re.compile(
    r"[^,，;；。\d()]{0,6}[,，](?:[^,，;；。\d()]{0,6}(?:当年|该年|同期)|共?(?:惠及|受益|服务|覆盖|带动)|同比|占)[^,，;；。\d()]{0,10}$"
)
_LISTED = re.compile(r"[^,，;；。\d]{0,6}[、和及][^,，;；。\d]{0,10}$")


def state_of(text: str, start: int, end: int, unit: str, year: int | None) -> str:
    """The code of what there is to say of a figure that may tell what stands; empty for one to be reached.

    ``start`` and ``end`` are the ends of the figure in the plain ``text``, ``year`` is that of the table.

    >>> def states(text, year=2024):
    ...     figures = re.finditer(r"(?<![\\d.])[\\d.]+(?P<unit>[^\\d年月])", text)
    ...     return [state_of(text, *found.span(), found["unit"], year) for found in figures]
    >>> states("去年建成12个,今年新建18个"), states("2023年更新38所,2024年更新42所")
    (['target_state', ''], ['target_state', ''])
    >>> states("现有床位400张,新增300张"), states("已建成6公里,续建4公里"), states("在去年80户的基础上新增40户")
    (['target_state', ''], ['target_state', ''], ['target_state', ''])
    >>> states("里程为2023年的1.5倍"), states("占全市的31%,开发岗位240个"), states("储备1顶(2025年补足另5000顶)")
    (['target_state'], ['target_state', ''], ['', 'target_state'])
    >>> states("对已建成的12个小区进行改造"), states("现有120个小区全部改造"), states("2023年续建的12个小区全部扫尾")
    ([''], [''], [''])
    >>> states("累计达到260部(含2023年底前已建成的198部)"), states("建成8处(含已规划的2处)")
    (['', 'target_state'], ['', ''])
    >>> states("2023年改造38所"), states("完成占应建总数的80%"), states("占公交总数的80%以上")
    (['target_other_year'], [''], [''])
    >>> states("2025年改造38所"), states("到2025年改造38所"), states("达到42%(2023年为38.5%)")
    (['target_other_year'], [''], ['', 'target_other_year'])
    """
    paused = [found.end() for found in _PAUSE.finditer(text, 0, start)]
    clause = paused[-1] if paused else 0
    head, rest = text[clause:start], text[end:]
    stop = _PAUSE.search(rest)
    tail = rest[: stop.start()] if stop else rest
    if _ON_TOP.search(head) and _OF_BASE.match(tail):
        return DROPPED
    if text[clause - 1 : clause] in ("(", "（") and _INCLUDED.match(head):
        return DROPPED
    if unit == "倍":
        return DROPPED if _TIMES_OF.search(head) else ""
    if unit == "%" and _SHARE_OF.search(head):
        return "" if _REACHED.search(head) or re.match("以[上下内]", tail) else DROPPED
    further = re.search(r"\d", rest[len(tail) :]) is not None
    if (_EXISTS.match(head) and further) or _DONE.match(head):
        return "" if _CHANGED.search(tail) or len(tail) > 10 or tail.startswith("的") else DROPPED
    return _of_other_year(text, clause, head, tail, year)


def _of_other_year(text: str, clause: int, head: str, tail: str, year: int | None) -> str:
    if "、20" in head:  # (2023年4.8万株、2022年4.5万株)
        clause += head.rindex("、20") + 1
        head = text[clause : clause + len(head) - head.rindex("、20") - 1]
    found = _TIME.match(head)
    if found is not None and (_TAKEN_UP.match(tail) or (_BEGUN.search(found["rest"]) and _ENDED.search(text, clause))):
        return ""
    if found is None or _GOES_ON.search(found["rest"]) or tail.startswith("的"):
        return ""
    named = int(found["year"]) if found["year"] else None
    if named is not None and (year is None or named == year):
        return ""
    if named is not None and year is not None and named > year:
        inside = text[clause - 1 : clause] in ("(", "（") and re.search(r"\d", text[:clause]) is not None
        earlier = re.search(rf"{year}年|今年|本年", text[:clause]) is not None
        return DROPPED if inside else OTHER_YEAR if earlier or not (found["by"] or "前" in head) else ""
    rest = text[clause + len(head) :]
    against = re.search(rf"(?:{_NOW.pattern}|{year or '今年'}年?)[^;；。]*?\d", rest)
    return DROPPED if against else OTHER_YEAR


class States:
    """What the figures of a text, asked for in their order, tell of what stands; see ``state_of``."""

    def __init__(self, text: str, year: int | None) -> None:
        self.text, self.year, self.may, self.last, self.state = text, year, _MAY.search(text) is not None, -1, ""

    def of(self, start: int, end: int, unit: str) -> str:
        """The code for one figure; what is listed behind one that stands does too: 已建成6公里、桥梁2座.

        >>> states = States("已建成6公里、桥梁2座,续建4公里", 2024)
        >>> states.of(3, 6, "公里"), states.of(9, 11, "座"), states.of(14, 17, "公里")
        ('target_state', 'target_state', '')
        >>> states = States("2023年就业2315人,完成当年任务的115%,开展培训3场", 2024)
        >>> states.of(7, 12, "人"), states.of(20, 24, "%"), states.of(29, 31, "场")
        ('target_state', 'target_state', '')
        """
        if not self.may:
            return ""
        between = self.text[self.last : start] if self.last >= 0 else ""
        same = _LISTED.match(between) and not _NOW.search(between)
        if not (same or (between and _SAME_YEAR.match(between))):
            self.state = state_of(self.text, start, end, unit, self.year)
        self.last = end if self.state else -1
        return self.state
