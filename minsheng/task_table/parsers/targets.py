"""Target figures in the text of a task: 新增托位452个, 不少于10次, 约17.88万㎡, 选取1至2个街道."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from minsheng.task_table.parsers.bounds import bound_of, said_apart
from minsheng.task_table.parsers.counts import figures_in, is_done, unsure_in
from minsheng.task_table.parsers.deliverables import Part, parse_deliverables
from minsheng.task_table.parsers.measures import MEASURE
from minsheng.task_table.parsers.no_targets import MONEY, SPANS
from minsheng.task_table.parsers.numbers import ARABIC, to_decimal
from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.places import places_of_each
from minsheng.task_table.parsers.promised import promised_in
from minsheng.task_table.parsers.states import DROPPED, OF_OTHER_YEAR, OTHER_YEAR, States
from minsheng.task_table.parsers.text import SAME_TEXTS, plain, without_endless_numbers

_SIZED_AFTER = re.compile(r"(?:的|以[上下内]的?)[一-鿿]{2,12}(?:\d|[一两二三]\w)")
_BUILT_OF = re.compile(r"[一-鿿]{0,4}的[一-鿿]{2,12}\d+(?:所|座|处|个|家|栋|幢|条|间)")  # 建设150张床位的养老院1所
_SIZE = re.compile(r"万?(?:平方米|平米|㎡|亩|吨|公里|米|千米|公顷|立方米|千瓦|兆瓦|千伏安|k[Ww]|MW|升|立方)")
# Money that is itself what is to be reached.
_MONEY_TARGET = re.compile(
    r"(?:发放|投放|兑付|返还|资助|筹集|贷款|销售额?|产值|收入|营收|征缴|减免|减负|消费券|交易额|募集|融资|"
    rf"完成投资)[^,，;；。、\d]{{0,8}}{ARABIC}(?:余|多)?[亿万](?!{MEASURE})"
)
_SHARE_WORDS = re.compile(r"(?:按(?![时期月季年质])|按照)[^,，。；;]{0,8}$")
_SHARE_AFTER = re.compile(r"^的?(?:补贴|补助|比例(?:给|补|分|进|予|报)|承担|报销|资助|减免|奖补|由|给予|标准|贴息)")
_PAID = re.compile(r"(?:承担|分担|负担|出资|自筹|配套|拨付|列支)(?:约|各|不超过)?$")
_CONDITION_AFTER = re.compile(r"^(?:范围内|的?(?!以|左右|且|，|,|。|；|;|、|\)|$|的线上)[一-鿿]{2,})")
# 为600名以上困境儿童提供…: people who are served, not the size of a place (50户以上自然村).
_PEOPLE_AFTER = re.compile(
    r"^(?:的)?[一-鿿]{0,8}?(?:儿童|老人|老年人|学生|学员|群众|妇女|残疾人|人员|居民|家庭|职工|青年|青少年|患者|病人|"
    r"对象|师生|教师|劳动力|农民工?|农户|毕业生|退役军人|市民|村民|户主|人才|骨干|干部)"
)
# 35万农村人口, 2万农户: a scale before people counts them.
_PEOPLE_COUNTED = re.compile(
    r"[一-鿿]{0,6}?(?:人口|群众|居民|农民|牧民|农牧民|村民|市民|职工|学生|师生|儿童|妇女|老人|老年人|残疾人|患者|劳动力|(?P<home>农户|牧户|家庭))"
)
_REACHED_AFTER = re.compile(
    r"的?[一-鿿]{1,14}(?:实现|达到|达标|完成|得到|纳入|建成|覆盖|享受|配备|具备|通[上了]?|整治|治理|改造|办结|办理|[即网]办|即来即办|上线|签约|落地)"
)
# 由70%提高到75%: where it stands, and not where it is to be.
_STANDS = re.compile(r"[由从][^,，;；。、\d%]{0,10}$")
_MOVES = re.compile(
    r"(?:左右|以[上下])?[^,，;；。、\d]{0,4}?(?:提高|提升|增[加长至到]|增|扩[大容充]?|上升|上调|降低?|下降|减少?|压[缩减]|缩短|调整|升级?|发展|改?变)?"
    r"[到至为](?:约|不少于|不低于)?\d"
)
_CHOSEN = re.compile(r"[一-鿿]{0,12}中(?:择优|重点|优先)?(?:选|遴|抽|评|筛|确定)")  # 从12所学校中选取3所
# Rates and capacities: how well, and not how much (每千人6批次, 可同时服务40人).
_OF_THOUSANDS = re.compile(
    r"(?:每[十百千万]+(?:名|户|位)?(?:常住|户籍)?[人名户老学儿][^,，;；。\d]{0,16}|[百千万]人口[^,，;；。\d]{0,12})$"
)
_CAPACITY = re.compile(
    r"(?=[可能同一])(?:(?:可|能够?|可以)(?:同时|一次性?|日均?|每[日天年]|最多|年均?)*|同时|一次性)(?:提供)?"
    r"(?:服务|容纳|接待|接收|收治|收住|入住|停放|停靠|满足|就餐|供|处理)[^,，;；。\d]{0,8}$"
)
# 公交专用道2×3.5公里: two of that length, or a size? 2+1所: how many?
_TIMES_OF = re.compile(rf"(?<![\d.xX×*+K])\d+(?:\.\d+)?[xX×*+]\d+(?:\.\d+)?(?=[万千百]?(?:{MEASURE}))(?![xX×*])")
_PER = re.compile(
    r"每(?P<per>年|月|季度|周|天|日|学期|人|户|个?(?:乡镇|镇街|镇|街道|村|社区|区县|县|学校|校|单位|家))|"
    r"(?P<average>年均|月均|人均|户均|日(?=处理|供|产|均|接|检))"
)
_IN_ALL = re.compile(r"(?:共(?![享同用管治])计?|合计|总计|累计)[^\d,，]{0,6}$")  # 每村1场、共计216场
_MARK = re.compile(r"^(?:\d{1,2}[.、](?!\d)|[(（]\d{1,2}[)）]|[①-⑳])")
_DAYS = re.compile(r"天数[^,，;；。\d]{0,6}$")
_BESIDE, _WORD = re.compile("[□a-zA-Z]"), re.compile("[一-鿿]")
_UP_TO, _WITHIN = re.compile("以[上下内]"), re.compile("内(?![涝部环河侧湖港陆])")
_CLAUSE_BEGINS = re.compile(r"(?:^|[,，;；。、:：()的对为])$")
_A_DAY = re.compile(r"日(?:处理|供|产)[^\d,，]{0,4}$")
_DAILY = re.compile(r"/[日天](?:的)?[一-鿿]{2,12}\d")
_CLAUSE_LEFT, _CLAUSE_RIGHT = re.compile(r"[,，;；。:：、()\n](?!\d{3})"), re.compile(r"[,，;；。、()\n]")
_PAUSE = re.compile(r"[,，;；。\n]")
_EACH_BEHIND = re.compile("/(日|天|小时|周|月|季度|年|学期|人|户|村|校)")
_TIMES = {"年均": "年", "月均": "月", "人均": "人", "户均": "户", "日": "日"}


@dataclass(frozen=True)
class Target:
    """``quantity`` is the minimum of a range; ``unit`` holds the scale of the text (万人): nothing is multiplied."""

    text: str
    quantity: Decimal
    unit: str
    approx: bool = False
    bound: str | None = None  # min, max, range
    maximum: Decimal | None = None
    per: str = ""
    core: bool = True
    deliverable: str | None = None


@lru_cache(maxsize=SAME_TEXTS)
def parse_targets(
    text: str, parts: tuple[Part, ...] | None = None, *, year: int | None = None
) -> Parsed[tuple[Target, ...]]:
    """Every figure of a task text that somebody is to reach, in order.

    Years, dates, ages, durations, voltages, ratios, numbers in quoted names, document numbers, money and conditions
    (50户以上自然村) are none, nor is what there is already, was done in another year than ``year``, that of the table,
    or compares. A number that is neither is asked about, never dropped in silence. ``parts`` are the
    deliverables of the text, read here where not given. Never raises.

    >>> def read(text):
    ...     return [(str(t.quantity), t.unit, t.approx, t.bound) for t in parse_targets(text).value]
    >>> read("新增托位452个，救助儿童约100人，新开发岗位500个以上")
    [('452', '个', False, None), ('100', '人', True, None), ('500', '个', False, 'min')]
    >>> read("为全区0到17周岁儿童开通24小时热线，10kv线杆入地，双向4车道")
    []
    >>> read("选取1至2个街道"), read("惠及群众9300余人"), read("改造总建筑面积约17.88万㎡")
    ([('1', '个', False, 'range')], [('9300', '人', True, None)], [('17.88', '万㎡', True, None)])
    >>> read("改造三千五百户，受益一万两千人，配书三万册，演出百余场")
    [('3500', '户', False, None), ('12000', '人', False, None), ('3', '万册', False, None), ('100', '场', True, None)]
    >>> read("70%以上事项实现即来即办，500米站点覆盖率达98%，改造K3+200处弯道1处，开行1路、15路公交")
    [('70', '%', False, 'min'), ('98', '%', False, None), ('1', '处', False, None)]
    >>> read("建设200米跑道操场1个、7人制足球场2片，铺设塑胶跑道400米")
    [('1', '个', False, None), ('2', '片', False, None), ('400', '米', False, None)]
    >>> read("配备彩超8台，家庭医生签约1.8万人，募集约3万册，受益群众超2万人")
    [('8', '台', False, None), ('1.8', '万人', False, None), ('3', '万册', True, None), ('2', '万人', False, 'min')]
    >>> read("等候时间缩短至30分钟以内，办理时限由5个工作日压缩至1个工作日，管理率分别不低于92%和62%")
    [('30', '分钟', False, 'max'), ('1', '个工作日', False, None), ('92', '%', False, 'min'), ('62', '%', False, 'min')]
    >>> read("新购9座微循环公交车20辆、55座救生艇2艘，设立12315消费维权站50个，打通三条断头路")
    [('20', '辆', False, None), ('2', '艘', False, None), ('50', '个', False, None), ('3', '条', False, None)]
    >>> read("继续按照每人2元的标准购买保险，建成“15分钟生活圈”")
    []
    >>> [(str(t.quantity), t.per) for t in parse_targets("送戏下乡每村1场、共计216场").value]
    [('1', '村'), ('216', '')]
    >>> read("消杀12轮次，经费由县级承担60%、州级承担40%"), read("新建桥梁2座、涵洞64道")
    ([('12', '轮次', False, None)], [('2', '座', False, None), ('64', '道', False, None)])
    >>> read("窄路面加宽38公里，拓宽道路4公里，道路宽7米")
    [('38', '公里', False, None), ('4', '公里', False, None)]
    >>> read("解决35万农村人口饮水安全问题，惠及2万农户")
    [('35', '万人', False, None), ('2', '万户', False, None)]
    """
    parts = parse_deliverables(text) if parts is None else parts
    targets: list[Target] = []
    issues: list[Issue] = []
    if parts:
        pieces = [
            (None, text[: parts[0].start].removesuffix(parts[0].marker)),
            *((p.marker, text[p.start : p.end]) for p in parts),
        ]
    else:
        pieces = [(None, text)]
    for marker, piece in pieces:
        found, asked = _read(plain(piece), marker, year)
        targets += found
        issues += asked
    return Parsed(tuple(targets), text, tuple(issues))


def _read(piece: str, marker: str | None, year: int | None) -> tuple[list[Target], list[Issue]]:
    piece = without_endless_numbers(piece)
    piece = _MARK.sub(lambda m: "□" * len(m[0]), piece)
    spans = SPANS.sub(lambda m: m[0] if _counts_days(m) else "□" * len(m[0]), piece)
    times = list(promised_in(piece))
    for found in times:
        spans = spans[: found.start()] + "□" * len(found[0]) + spans[found.end() :]
    costs = "元" in spans or "投资" in spans
    blanked = MONEY.sub(lambda m: "■" * len(m[0]), spans) if costs else spans
    placed = [(found.start("number"), _promised(piece, found, marker)) for found in times]
    issues: list[Issue] = []
    figures = figures_in(blanked)
    states = States(piece, year)
    # Where figures of another year stand. Beside one of the year they are none; alone, the year may be a slip.
    others: set[int] = set()
    for found in figures:
        target = _target(piece, blanked, found, marker)
        if isinstance(target, Target) and (
            state := states.of(found.start("number"), _without_after(found), target.unit)
        ):
            clause = _clause(piece, found.start(), found.end())
            issues.append(Issue("targets", "info" if state == DROPPED else "warning", state, {"text": clause}))
            if state == DROPPED:
                continue
            others.add(found.start("number"))
        if isinstance(target, Target):
            places = places_of_each(blanked[: found.start("number")])
            if places is None and target.unit != "%":
                issues.append(Issue("targets", "warning", "target_each", {"text": target.text}))
            placed.append((found.start("number"), _times(target, places or 1)))
            if found.groupdict().get("about") == "近":
                issues.append(Issue("targets", "info", "nearly", {"text": target.text}))
            behind = (found.groupdict().get("after") or "") + blanked[found.end() :]
            built = _BUILT_OF.match(behind) and is_done(blanked[: found.start()])
            if built or (_SIZE.match(target.unit) and _SIZED_AFTER.match(behind)):
                clause = _clause(piece, found.start(), found.end())
                issues.append(Issue("targets", "warning", "target_or_size", {"text": clause}))
        elif target:
            issues.append(Issue("targets", "warning", target, {"text": _clause(piece, found.start(), found.end())}))
    large = "万" in spans or "亿" in spans
    money = (("target_money", found) for found in (_MONEY_TARGET.finditer(spans) if large else ()))
    products = (("target_or_size", found) for found in _TIMES_OF.finditer(piece))
    for code, found in (*money, *products, *unsure_in(blanked, figures)):
        issues.append(Issue("targets", "warning", code, {"text": _clause(piece, found.start(), found.end())}))
    placed = sorted(placed, key=lambda pair: pair[0])
    if others and len(others) < len(placed):
        placed = [(place, target) for place, target in placed if place not in others]
        issues = [
            replace(one, severity="info", code=OF_OTHER_YEAR) if one.code == OTHER_YEAR else one for one in issues
        ]
    return [target for _, target in placed], issues


def _without_after(found: re.Match[str]) -> int:
    """Where a figure ends, without 以上."""
    return found.end() - len(found.groupdict().get("after") or "")


def _promised(piece: str, found: re.Match[str], marker: str | None) -> Target:
    """等候时间缩短至30分钟以内 tells how well, and not how much."""
    words = (found["bound"] or "") + ("以内" if found["after"] else "")
    return Target(
        _clause(piece, found.start("number"), found.end()), to_decimal(found["number"]) or Decimal(0), found["unit"],
        bool(found["about"]) or piece.startswith("左右", found.end()), bound_of(words), core=False, deliverable=marker,
    )  # fmt: skip


def _times(target: Target, places: int) -> Target:
    """What several places reach together; a share is the same in each."""
    if places == 1 or target.unit == "%":
        return target
    maximum = target.maximum * places if target.maximum is not None else None
    return replace(target, quantity=target.quantity * places, maximum=maximum)


def _counts_days(found: re.Match[str]) -> bool:
    """优良天数达到300天: days that are themselves counted."""
    return "天" in found[0] and _DAYS.search(found.string[: found.start()]) is not None


def _target(piece: str, blanked: str, found: re.Match[str], marker: str | None) -> Target | str | None:
    """The target a figure stands for; the code of a question; ``None`` where it is clearly no target."""
    groups = found.groupdict()
    quantity, unit = to_decimal(found["number"]), groups["unit"]
    unit = "%" if unit == "百分之" else unit
    before, after = blanked[: found.start()], blanked[found.end() :]
    if quantity is None or (_STANDS.search(before) and (_MOVES.match(after) or _CHOSEN.match(after))):
        return None
    if unit is None and groups.get("scale") and (people := _PEOPLE_COUNTED.match(after)):
        unit = "户" if people["home"] else "人"
    if unit is None:
        return None if before.endswith("□") or _BESIDE.match(after) else "target_unread"
    words = (groups.get("bound") or "") + (groups.get("after") or "")
    words += said_apart(before, after)  # 至少建成1处
    doing = is_done(before)
    served = unit in ("名", "人", "户", "位", "人次") and _PEOPLE_AFTER.match(after)
    condition = groups.get("after") and _UP_TO.search(groups["after"]) and _CONDITION_AFTER.match(after)
    if unit == "%" and condition and _REACHED_AFTER.match(after):
        condition = None  # 70%以上事项实现即来即办
    if condition and not doing and not served:
        clear = unit.startswith(("米", "公里", "层")) or (unit != "%" and _CLAUSE_BEGINS.search(before))
        return None if clear else "target_or_condition"
    if _tells_how(unit, before, after):
        return None
    low, scale = groups.get("low"), groups.get("scale") or ""
    approx = (
        bool((groups.get("about") or "近") != "近" or groups.get("more") or groups.get("more2"))
        or "左右" in words
        or "上下" in words
    )
    maximum = None
    if low:
        first = to_decimal(low)
        if first is None or first >= quantity:
            return "target_unread"
        quantity, maximum = first, quantity
    return Target(
        _clause(piece, found.start("number"), found.end()), quantity, scale + unit, approx,
        "range" if low else bound_of(words), maximum, _per(piece, found.start("number"), after),
        core=not (_OF_THOUSANDS.search(before) or _CAPACITY.search(before)), deliverable=marker,
    )  # fmt: skip


def _tells_how(unit: str, before: str, after: str) -> bool:
    """Whether a figure is a size, a share, a distance or money: it tells how, and not how much."""
    if "日" in before and _A_DAY.search(before) and _WORD.match(after):
        return True  # 日处理2万吨污水厂1座: the size of a thing that is counted behind
    if unit == "%" and _PAID.search(before):
        return True  # 经费由县级承担60%、州级承担40%
    if unit == "%" and (_SHARE_AFTER.match(after) or _SHARE_WORDS.search(before)):
        return True
    if unit in ("公里", "千米", "米") and _WITHIN.match(after):
        return True  # 2公里内5分钟到场
    if after.startswith("/") and _DAILY.match(after):
        return True  # 2.5万吨/日污水处理厂1座
    return after.startswith(("范围内", "以外")) or unit in ("万元", "亿元")


def _clause(piece: str, start: int, end: int) -> str:
    """The words between two commas round a figure."""
    left = max((found.end() for found in _CLAUSE_LEFT.finditer(piece[:start])), default=0)
    right = _CLAUSE_RIGHT.search(piece, end)
    return piece[left : right.start() if right else len(piece)]


def _per(piece: str, start: int, after: str) -> str:
    if after.startswith("/") and (behind := _EACH_BEHIND.match(after)):  # 5000立方米/日
        return behind[1]
    left = max((found.end() for found in _PAUSE.finditer(piece[:start])), default=0)
    all_found = list(_PER.finditer(piece[left:start]))
    if not all_found or _IN_ALL.search(piece[left + all_found[-1].end() : start]):
        return ""
    found = all_found[-1]
    return found["per"].removeprefix("个") if found["per"] else _TIMES[found["average"]]
