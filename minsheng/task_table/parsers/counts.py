"""The figures of a text that count something: 452个, 不少于10次, 三千五百户, 新建一所."""

import re
from collections.abc import Iterator

from minsheng.task_table.parsers.measures import MEASURE
from minsheng.task_table.parsers.numbers import ABOUT, ARABIC, HAN, NEARLY, to_decimal

_SCALE = r"(?:亿|千万|百万|十万|万|千|百)"
_DASH = r"(?:-|—|–|―|~|～|至|到)+"
_HAN = r"[一二两三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰]"
_HAN_NOUN = r"(?<=[一-鿿])(?<![各每第统唯逐同单任某零一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰])"
DOING = (
    r"(?:新建|改建|扩建|迁建|新改建|改扩建|新改扩建|建设|建成|建立|修建|改造|打造|新增|增设|购置|完成|开工|启动|设立|创建|开展|举办|培养|培育|培训|新开通|开通|开设"
    r"|开办|配备|配置|安装|布设|建|达到|选取|选树|提升|整治|治理|实施|组建|引进|招聘|选派|选调|救助|资助|扶持|淘汰|更新|更换|投放|种植|栽植|修缮|维修|加装|维护|发放|提供|打通|贯通|拓宽|疏浚|疏通|硬化|铺设|拆除|整修|翻修|至少|不少于)"
)
# 超3000名, but 彩超8台, B超3台 and 商超5家 are things.
_OVER = "(?<![彩心腹Bb商])超"
_FIGURE = re.compile(
    r"(?=[\d不至最≥>≤<超突高大低小约近])"  # where none can begin, this one look spares the rest
    rf"(?P<bound>不少于|不低于|不小于|至少|最少|≥|>=|不超过|不高于|不多于|最多|≤|<=|超过|突破|{_OVER}|高于|大于|低于|小于)?(?P<about>大约|{ABOUT}|{NEARLY})?"
    rf"(?:(?P<low>{ARABIC})(?P<low_scale>{_SCALE})?(?P<low_unit>{MEASURE})?{_DASH})?(?P<number>{ARABIC})"
    rf"(?P<more>余|多)?(?P<scale>{_SCALE})?(?P<more2>余|多)?(?P<unit>{MEASURE})?(?P<after>(?:左右|上下)?及?(?:以上|以下|以内)?)"
)
# Chinese numerals that count: from ten on they are hardly anything else (三千五百户, 一万两千人, 三万册, 百余场).
_DIGIT = "[一二两三四五六七八九]"
_HAN_COUNT = re.compile(
    rf"(?<![0-9零〇一二两三四五六七八九十百千万第每前各几数])(?P<bound>不少于|不低于|至少|超过|突破)?(?P<about>大约|{ABOUT}|{NEARLY})?"
    rf"(?P<number>(?:{_DIGIT}|十(?={_DIGIT}|[余多万])|[百千](?=[余多])|(?<=近)[百千](?=[^一二两三四五六七八九十百千万]))[零〇一二两三四五六七八九十百千]*"
    rf"(?:万{_DIGIT}千[零〇一二两三四五六七八九十百千]*)?|(?:万(?=[余多])))"
    rf"(?P<more>余|多)?(?P<scale>万|亿)?(?P<more2>余|多)?(?P<unit>{MEASURE})(?!月|工作日|自然日|小时|季度|学[年期]|星期)"
    r"(?P<after>(?:左右|上下)?(?:及?以[上下内])?)"
)
_HAN_PERCENT = re.compile(
    rf"(?P<bound>不少于|不低于|至少|超过|突破)?(?P<about>大约|{ABOUT}|{NEARLY})?(?P<unit>百分之)(?P<number>{HAN})(?P<more>多)?"
    r"(?P<after>(?:左右|上下)?(?:及?以[上下内])?)"
)
# A few things that a Chinese numeral counts without a word of doing before it: asked about.
_HAN_UNREAD = re.compile(
    r"(?<![0-9零〇一二两三四五六七八九十百千万第每前各几数逐同哪任某])(?P<number>[二两三四五六七八九十百千万]{1,5})(?:余|多)?"
    r"(?P<unit>所|座|处|条|家|栋|幢|台|辆|间|户|名|亩|公里|口|盏|场次|个(?!方面|阶段|环节|层面|维度|必须|一|专项|确保|维护|结合|"
    r"统一|全覆盖|转变|坚持|工作日|月|小时|百分点))(?!月|工作日|自然日|小时)"
)
_HAN_AFTERDOING = re.compile(
    rf"{DOING}了?(?P<number>{_HAN}{{1,5}})(?P<more>余|多)?(?P<unit>所|座|处|条(?!龙)|个|家|栋|幢|台|辆|间|场|套)(?!月)"
)
_HAN_BOUND = re.compile(
    rf"(?P<bound>不少于|不低于|不小于|至少|最少|不超过|不高于|不多于|最多|超过|突破)(?P<about>大约|{ABOUT}|{NEARLY})?"
    rf"(?P<number>{HAN})(?P<more>余|多)?(?P<scale>万)?(?P<unit>{MEASURE})(?!月|工作日|自然日|小时|季度|学[年期]|星期)"
    r"(?P<after>(?:左右|上下)?(?:及?以[上下内])?)"
)
_HAN_AT_END = re.compile(
    rf"{_HAN_NOUN}(?P<number>{_HAN}{{1,5}})(?P<more>余|多)?(?P<unit>所|座|处|条|个|家|栋|幢|台|辆|套|间|场|盏|口)(?=[,，;；。、)）]|$)"
)
_HAN_EACH = re.compile(rf"各(?P<number>{_HAN})(?P<unit>所|座|处|条|个|家|栋|台|辆|间|场|次|名|项)")
_ANY_HAN = re.compile(f"{_HAN[:-1]}千万]")
_TENS = re.compile("[十百千万]")
_DOING = re.compile(DOING)
# The same right before a figure: none of these words is longer.
_DOING_LAST = re.compile(DOING + "$")
_LONGEST_DOING = 4


def is_done(before: str) -> bool:
    """Whether a word of doing stands at the end of ``before``, right in front of a figure.

    >>> is_done("今年新改扩建"), is_done("新建学校"), is_done("")
    (True, False, False)
    """
    return _DOING_LAST.search(before, max(0, len(before) - _LONGEST_DOING)) is not None


def figures_in(blanked: str) -> list[re.Match[str]]:
    """Arabic figures, and Chinese ones that count or stand behind a bound or a word of doing (新建一所), in order."""
    found = list(_FIGURE.finditer(blanked))
    if not _ANY_HAN.search(blanked):
        return found
    starts: set[int] = set()
    for pattern in (_HAN_BOUND, _HAN_PERCENT, _HAN_COUNT, _HAN_AFTERDOING, _HAN_AT_END):
        for figure in pattern.finditer(blanked):
            start = figure.start("number")
            small = _TENS.search(figure["number"] + (figure.groupdict().get("scale") or "")) is None
            if start in starts or (pattern is _HAN_COUNT and (small or to_decimal(figure["number"]) is None)):
                continue
            if pattern is _HAN_AT_END and not _DOING.search(blanked[max(0, figure.start() - 25) : figure.start()]):
                continue
            starts.add(start)
            found.append(figure)
    return sorted(found, key=lambda figure: figure.start("number"))


def unsure_in(blanked: str, figures: list[re.Match[str]]) -> Iterator[tuple[str, re.Match[str]]]:
    """Chinese numerals that are no figure of ``figures`` and may be one, each with the code of its question."""
    if not _ANY_HAN.search(blanked):
        return
    read = {found.start("number") for found in figures}
    taken = {position for found in figures for position in range(*found.span())}
    for found in _HAN_EACH.finditer(blanked):
        yield "target_each", found
    for found in _HAN_AT_END.finditer(blanked):
        if found.start("number") not in read:
            yield "target_or_condition", found
    for found in _HAN_UNREAD.finditer(blanked):
        if not _told(found, blanked, taken):
            yield "target_unread", found


def _told(found: re.Match[str], blanked: str, taken: set[int]) -> bool:
    """Whether the numeral is read, or asked about, by another rule."""
    each = found["number"] and blanked[found.start() - 1 : found.start()] == "各"
    return found.start() in taken or each or _HAN_AT_END.search(blanked, max(0, found.start() - 1)) is not None
