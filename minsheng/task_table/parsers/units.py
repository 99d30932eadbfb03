"""The 主办单位, 协办单位 and 责任单位 columns: names of units as they are written."""

import re
from functools import lru_cache

from minsheng.task_table.parsers.numbers import to_decimal
from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.text import SAME_TEXTS, is_nothing, one_line, plain

# Names known to be whole.
Known = frozenset[str] | tuple[str, ...]

# What the names of units end in. A name in a narrow cell is broken anywhere; these tell where it was not yet complete.
_ENDINGS_TEXT = (
    "局 委 委会 联 办 部 厅 处 科 室 院 校 队 站 所 中心 公司 集团 街道 镇 乡 区 "
    "县 市 旗 盟 州 政府 委员会 办事处 指挥部 指挥中心 残联 妇联 工会 总工会 文联 科协 "
    "侨联 工商联 红十字会 协会 学会 商会 基金会 团委 团县委 团市委 团区委 党委 纪委 工委 "
    "政协 人大 法院 检察院 公安 银行 支行 分行 医院 学校 大学 学院 中学 小学 幼儿园 "
    "图书馆 博物馆 文化馆 体育馆 档案馆 园 园区 开发区 经开区 高新区 新区 示范区 管理区 "
    "度假区 街办 镇街 乡镇 村 社区 居委会 村委会 企业 单位 部门 机构 联社 供销社 合作社 "
    "电视台 电台 报社 社 移动 联通 电信 铁塔 广电 供电 邮政 烟草 石化 石油 控股 联合会 "
    "专班 工作组 领导小组 小组 组 总站 大队 支队 总队 中队 水司 水务 燃气 热力 交投 "
    "城投 建投 国投 交警 消防 气象 林场 农场 兵团 联盟 联办 保险 保险公司 运营商 业主 "
    "县区 市区 区县 馆 宫 署 前指 前方指挥部 苏木 嘎查 公路段 海关 艺术团 歌舞团 剧团 支部 党支部 一中 二中 实小 "
    "乌兰牧骑 气象台 法庭 牧场 渔场 机场 监狱 粮库 物业 高中 职高 中专 技校 机关 公路管理段 养护段 工务段 "
    "团场 连队 水厂 电厂 污水处理厂 "
    "学生会 研究生会 团总支 党总支 机务段 车务段 供电段 航道段 农商行 武装部 书店 殡仪馆 旅投 文投 产投 农投 水投 金投"
)
_ENDINGS = _ENDINGS_TEXT.split()
# 三连, 36团: the corps numbers its units.
_NUMBERED = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})[团连营师]"
ENDS = re.compile(
    rf"(?:{'|'.join(sorted(_ENDINGS, key=len, reverse=True))}|{_NUMBERED})(?:[(（][^()（）]*[)）])*(?:等)?$"
)
# A line that holds only the last words of a name (…高新区 / 办事处).
_TAIL = re.compile(
    r"(?:(?:监督|综合|行政|联合)?(?:管理|服务|营销|办事|指导|救援|事务|执法))?"
    r"(?:分局|局|委|委员会|管委会|办|办公室|处|中心|公司|有限公司|有限责任公司|分公司|集团|集团公司|大队|支队|"
    r"总队|站|院|指挥部|部|厅|政府|人民政府|联合会|街道办事处)"
)
# 区住房和城乡 / 建设局, 县委 / 组织部: what ends a line as a name may end, and goes on in the next line all the same.
_HALVES = re.compile(
    r"城乡\n(?:建设|规划|管理|发展|一体|统筹|环[卫境]|居民|供水|公[交共]|客运)|(?<!各)乡村\n(?:振兴|建设|旅游|产业|发展)"
    r"|农村\n(?:信用|商业)|农业农村\n[一-鿿]{2,10}(?<!农村)(?:局|委|办|委员会|中心|部|厅|科|站)$"
    r"|城市\n(?:综合|管理|执法|更新|建设|规划|运营|照明|排水|供水|公[交共]|轨道|社会|经济|发展)|[省市县区]市\n[场政容民]"
    r"|广电\n(?:旅游|体育|新闻|出版|传媒|影视)|机关\n(?:事务|党|工委)"
    r"|[省市县区州旗]委\n(?:组织|宣传|统[战一]|政法|社会工作|老干部|编[办制]|机构编制|网信|巡察|政策研究|政研|党校|督查)"
)
_LEVEL_ALONE = re.compile("[省市县区州旗镇乡]|(?:自治)?[区州县]")
_LEVEL = re.compile(r"[市县区省州旗镇]|自治[区州县]|各|团[市县区]委|国网|国家|中国|中共")
# Of known names run together those that begin or end so are units of their own; 大队 may be a part of the one before.
_APART = re.compile(r"^(?:中国|国网|中共|各|[省市县区])|(?:[局委厅]|公司|集团|街道|[镇乡]|政府|联合会|残联|妇联|工会)$")
_LONGEST_RUN = 80
_STRONG = r"(?:局|委员会|管委会|公司|中心|集团|街道|办事处|人民政府|联合会|大队|支队)"
# 市公安局, and on the next line 交警支队: its part, or a unit of its own?
_OF_POLICE = re.compile(r"(?:交警|交通警察|治安|特警|巡警|刑侦|巡特警)(?:支队|大队)")
HARD = re.compile(r"[、,，;；。/／\\＼|｜\t＋+&＆•·‧①-⑳⑴-⒇❶-❿]")
# A stroke between two names, but not the one inside 一带一路—….
_STROKE = re.compile(r"(?<=[局委办部厅会队司心道镇乡联])\s*(?:[—–－―]+|-+)\s*(?=[一-鿿]{3})")
_EVERY = re.compile(
    r"(各[省市县区乡镇])、([市县区乡镇街]道?(?:[(（][^()（）]*[)）])?(?:人民政府|政府|管委会|办事处)|[市县区乡镇街]道?[(（][^()（）]*[)）])"
)
# 各市、县、自治县人民政府; 有关村、社区: levels that are said of one and all, and of nobody by name, are one group.
_LEVELS_OF = (
    r"(?:自治[县州旗]|县区|区县|乡镇|镇街|街镇|[省市县区旗州盟镇村](?!直|级|属)|乡(?!村)|居(?!民)|街道|社区|师市?|团场?|连队?|农场|"
    r"开发区|园区|新区|高新区|经开区|管理区)(?:[(（][^()（）、]*[)）])?"
)
_GROUP = re.compile(
    rf"(?<![一-鿿])(?:各|有关|相关){_LEVELS_OF}(?:、{_LEVELS_OF})*、{_LEVELS_OF}"
    r"(?:(?:人民)?政府|管委会|办事处|党委(?:政府)?)?(?=$|[、,，;；。/\s)）])"
)
# 东城街道党工委、办事处: both offices of one place; 县委、县政府 are two.
_OFFICE = r"(?:(?:人民)?政府|办事处|管委会)"
_BOTH = re.compile(rf"(党工?委(?:[(（]党工委[)）])?)、\s*({_OFFICE}(?:[(（][^()（）]*[)）])?)(?=$|[、,，;；。/\s)）])")
_NOT_BOTH = rf"(?!(?<=党委|工委)[和及与]{_OFFICE}$)"
_KEPT = "\ue000"
_AND = re.compile(
    rf"{_NOT_BOTH}(?:"
    r"(?<=局|委|办|部|厅|镇|乡)(?:以及|及|和|与)(?=[^(（)）]{2,})|(?<=公司|中心|街道|集团|政府|单位|园区|支队|"
    r"大队)(?:以及|及其?|和|与)(?=[^(（)）]{2,})|以及|(?:及|和|与)(?=(?:[省市县区州旗]|各|国网|中国)[一-鿿]|团[市县区]委))"
)
# 区残联和妇联: two names, or one?
_MAYBE_AND = re.compile(rf"{_NOT_BOTH}(?:和|与|及)")
# What is said of several units behind the last of them.
_DUTY = (
    r"(?:(?:按照?|依照?|根据|在)(?:各自)?(?:工作)?(?:职责|职能|责任|分工)+(?:分工|任务|范围|内)*)?(?:分别|共同|各自|联合|具体|协同|分工|"
    r"抓好|做好)*(?:负责|落实|推进|实施|组织实施|抓落实|相关工作)*"
)
_DUTIES = re.compile(rf"{_DUTY}$|[(（]{_DUTY}[)）]$")
_AND_OTHERS = re.compile(
    r"等(?:(?P<count>\d+|[两二三四五六七八九十]{1,2})[个家])?"
    r"(?P<open>[省市县区]?直?(?:各)?(?:相关|有关|成员)?)(?:责任)?"
    r"(?:单位|部门|企业|机构|(?P<place>乡镇街道|乡镇|镇街|街镇|镇乡|乡|镇|街道|村|社区|县区|区县|[县市区])(?:\([^()]*\)|（[^（）]*）)?)?$"
)
_PLACE = re.compile("(?:[乡镇村县市区]|街道|社区)(?:办事处|政府|人民政府|管委会)?$")
# 国家税务总局某市税务局 is one: the first bureau tells whose it is.
_OF_STATE = re.compile("^国家[一-鿿]{2,6}总局(?=[一-鿿]{2,}局$)")
# Words and signs that no name of a unit holds: something of the cell was not understood.
_NO_NAME = re.compile(
    r"牵头|配合|协办|主办|负责|为主|职责|分工|[:：=＝~～?？!！%.→]|[XＸ×]{2}|某某|(?P<twice>[局委县市区镇乡])(?P=twice)"
    # 市市场监管局, 区区直机关工委, 乡乡村振兴办: a level before a name that begins with the same
    r"(?!(?<=市市)(?:场|政|容|民|直|属|立|域)|(?<=区区)(?:直|属|块|域|委)|(?<=县县)(?:直|属|域|委)|"
    r"(?<=乡乡)(?:村|镇)|(?<=镇镇)(?:区|直))"
)
_ROUND = "。.,，、;；:：—–－-【】[]「」"  # signs round a name
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、．](?!\d)|[①-⑳]|[(（]\d{1,2}[)）]|[-·•*★●])+")


@lru_cache(maxsize=SAME_TEXTS)
def parse_units(text: str, *, known: Known = (), field: str = "lead_units") -> Parsed[tuple[str, ...]]:
    """The names in a cell, in their order, each as it is written but without line breaks, numbering and 等.

    Separators inside brackets separate nothing. A line break ends a name only where what stands before it can be a
    whole name, or is one of ``known``; names run together are taken apart only where a new one clearly begins
    (…公司中国…), and a person is asked. A name that does not end like one is kept and asked about. Never raises.

    >>> parse_units("城乡建设和交通局\\n市场监督\\n管理局").value
    ('城乡建设和交通局', '市场监督管理局')
    >>> parse_units("区住房和城乡\\n建设局\\n县委\\n组织部\\n城乡镇\\n建设局").value
    ('区住房和城乡建设局', '县委组织部', '城乡镇', '建设局')
    >>> parse_units("市公安局、市城管局，各县（市、区）政府").value
    ('市公安局', '市城管局', '各县（市、区）政府')
    >>> parse_units("中国铁塔公司高新区\\n办事处\\n中国移动高新区分公司中国联通高新营销中心").value
    ('中国铁塔公司高新区办事处', '中国移动高新区分公司', '中国联通高新营销中心')
    >>> parse_units("各区、县（市）政府，1、县水务局 2、县\\n财政局，县残联和县卫健局").value
    ('各区、县（市）政府', '县水务局', '县财政局', '县残联', '县卫健局')
    >>> parse_units("区民政局、东城街道党工委、办事处，郑旺镇党委和政府，县委、县政府").value
    ('区民政局', '东城街道党工委、办事处', '郑旺镇党委和政府', '县委', '县政府')
    >>> parse_units("财 政 局").value, parse_units("—").value
    (('财政局',), ())
    >>> parse_units("各市、县、自治县人民政府，县财政局").value, parse_units("有关村、社区").value
    (('各市、县、自治县人民政府', '县财政局'), ('有关村、社区',))
    >>> parse_units("各市、县教育局").value, parse_units("各团场、连队，镇水厂").value
    (('各市', '县教育局'), ('各团场、连队', '镇水厂'))
    """
    if is_nothing(text) or plain(text) in ("无", "/"):
        return Parsed((), text)
    names: list[str] = []
    issues: list[Issue] = []
    for piece in _pieces(text):
        for name in by_lines(piece, known):
            for joined in [name] if plain(name) in known else _outside_pattern(_AND, name):
                parts = known_run(joined, known) or _cut(joined)
                cleaned = (_clean(part) for part in parts)
                names = list(dict.fromkeys([*names, *filter(None, cleaned)]))
                if len(parts) > 1 and not (set(parts) <= set(known) and all(map(_APART.search, parts[1:]))):
                    issues.append(Issue(field, "warning", "units_run_together", {"text": plain(joined)}))
    for position, name in enumerate(names):
        if name not in known and (code := _doubt(name, names[position - 1] if position else "")):
            issues.append(Issue(field, "warning", code, {"text": name}))
    others = next((found for piece in _pieces(text) if (found := _others(piece))), None)
    if others and (issue := _of_others(others, names, field)):
        issues.append(issue)
    return Parsed(tuple(names), text, tuple(issues))


def _pieces(text: str) -> list[str]:
    """What stands between separators; 各区、县（市）政府 is one piece."""
    text = _STROKE.sub("、", re.sub(r"[(（]\d{1,2}[)）]", "、", text))
    if "、" in text:
        text = _GROUP.sub(lambda found: found[0].replace("、", _KEPT), text)
    text = both_offices(_EVERY.sub(rf"\1{_KEPT}\2", text))
    return [piece.replace(_KEPT, "、") for piece in outside_brackets(HARD, text)]


def both_offices(text: str) -> str:
    """A text of names in which the two offices of one place stand together, until ``parse_units`` reads it."""
    return _BOTH.sub(rf"\1{_KEPT}\2", text)


def _doubt(name: str, before: str) -> str:
    """The code of the question that a name raises by itself; empty for one that is surely the name of one unit."""
    if (
        not ENDS.search(name)
        or _LEVEL_ALONE.fullmatch(name)
        or len(name) > 40
        or re.search(r"\d{5,}", name)
        or _NO_NAME.search(name)
    ):
        return "unit_unlikely"
    if _OF_POLICE.fullmatch(name) and before.endswith(("公安局", "公安分局")):
        return "unit_part_of_above"
    return "units_run_together" if _glued(name) or _maybe_two(name) else ""


def _maybe_two(name: str) -> bool:
    """妇联和团委: what stands on both sides of 和 may be a unit, but nothing says so."""
    return any(
        len(left := name[: found.start()]) > 1 and ENDS.search(left) and ENDS.search(name[found.end() :])
        for found in _MAYBE_AND.finditer(name)
    )


def _others(piece: str) -> re.Match[str] | None:
    """等有关部门, 等12个乡镇 behind a name: units that the cell does not name, or the sum of those it names."""
    found = _AND_OTHERS.search(without_duties(one_line(piece)))
    told = found is not None and (found["open"] or found["count"] or found["place"])
    return found if told and found and ENDS.search(found.string[: found.start()]) else None


def _of_others(found: re.Match[str], names: list[str], field: str) -> Issue | None:
    """甲镇、乙镇等12个乡镇 names two of twelve, and a person is asked; 甲镇、乙镇等2个乡镇 names all."""
    if found["count"] is None:
        return Issue(field, "info", "units_and_others", {"text": found[0]})
    alike = [name for name in names if not found["place"] or _PLACE.search(name)]
    all_named = to_decimal(found["count"]) == len(alike)
    return None if all_named else Issue(field, "warning", "units_and_others", {"text": found[0]})


def without_duties(name: str) -> str:
    """A name without what is said of several units behind the last one.

    >>> without_duties("各乡镇按职责分工负责"), without_duties("县财政局分别负责"), without_duties("县有限责任公司")
    ('各乡镇', '县财政局', '县有限责任公司')
    >>> without_duties("县水利局（在各自职责范围内负责）"), without_duties("县公安局（交警大队）")
    ('县水利局', '县公安局（交警大队）')
    """
    found = _DUTIES.search(name)
    return name[: found.start()] if found and found[0] and ENDS.search(name[: found.start()]) else name


def outside_brackets(separator: re.Pattern[str], text: str) -> list[str]:
    """Split, but not between brackets: 各县（市、区）政府 is one name."""
    depth, start, pieces = 0, 0, []
    for position, character in enumerate(text):
        depth += (character in "(（") - (character in ")）")
        if depth <= 0 and separator.fullmatch(character):
            pieces.append(text[start:position])
            start = position + 1
    return [piece for piece in [*pieces, text[start:]] if piece.strip()]


def by_lines(piece: str, known: Known) -> list[str]:
    """Names of one piece between hard separators: its line breaks and blanks may stand inside a name or between two."""
    names: list[str] = []
    for line in piece.split():
        if names and _continues(names[-1], line, known):
            names[-1] += line
        else:
            names.append(line)
    return names


def _continues(name: str, line: str, known: Known) -> bool:
    if plain(name) in known and plain(line) in known:
        return False
    if (
        name + line in known
        or _LEVEL_ALONE.fullmatch(name)
        or re.match("[(（)）]", line)
        or name.count("（") + name.count("(") > name.count("）") + name.count(")")
    ):
        return True
    if re.search("[和及与]$", name) or re.match("[和及与](?!平)", line):
        return True
    if name in known or _NUMBERING.match(line):
        return False
    if not ENDS.search(name):
        return not (_LEVEL.match(line) and ENDS.search(line) and len(name) > 3)
    return line not in known and bool(_TAIL.fullmatch(line) or _HALVES.search(f"{name}\n{line}"))


def _cut(name: str) -> list[str]:
    """Names written one behind the other without anything between them, where a new one clearly begins."""
    level = re.match(r"(?:中共|共青团|团)?([市县区省州旗])", name)
    begin = rf"(?:中国|国网|中共|各(?=[乡镇街县区市社村有相]){f'|团?{level[1]}' if level else ''})"
    end = rf"(?:{_STRONG}|(?<![市县区省州旗团])[委办部联会院]|团[市县区]委)"
    cuts = [found.end() for found in re.finditer(rf"{end}(?={begin}[一-鿿]{{2,}})", name)]
    pieces = [name[a:b] for a, b in zip([0, *cuts], [*cuts, len(name)], strict=True)]
    return pieces if all(ENDS.search(piece) and len(piece) > 2 for piece in pieces) else [name]


def known_run(name: str, known: Known) -> list[str]:
    """The known names that make up a name, where they do so in one way only; else none.

    >>> known = ("教育局", "应急管理局", "市场监督管理局", "区政府", "办公室")
    >>> known_run("应急管理局市场监督管理局", known), known_run("区政府办公室", known), known_run("教育局", known)
    (['应急管理局', '市场监督管理局'], [], [])
    """
    if not 6 <= len(name) <= _LONGEST_RUN or name in known or not known:
        return []
    ways: list[list[list[str]]] = [[[]], *([] for _ in name)]  # up to each place
    for end in range(3, len(name) + 1):
        for start in range(end - 2):
            piece = name[start:end]
            if ways[start] and piece in known and not (start and _TAIL.fullmatch(piece)):
                ways[end] = [*ways[end], *([*way, piece] for way in ways[start])][:2]
    return ways[-1][0] if len(ways[-1]) == 1 else []


def _outside_pattern(pattern: re.Pattern[str], name: str) -> list[str]:
    """Split where both sides are whole names: 市教育局及各区政府, but not 自然资源和规划局."""
    parts, start = [], 0
    for found in pattern.finditer(name):
        left, right = name[start : found.start()], name[found.end() :]
        if ENDS.search(left) and ENDS.search(right) and left.count("（") == left.count("）") and len(left) > 2:
            parts.append(left)
            start = found.end()
    return [*parts, name[start:]]


def _glued(name: str) -> bool:
    """Two bureaus without anything between them: 教育局财政局, but not 生态环境局青岚分局."""
    bare = _OF_STATE.sub("", re.sub(r"[(（][^()（）]*[)）]", "", name))
    return re.search(r"局(?!属|机关)[一-鿿]{2,}(?<!分)局$|(?:街道|镇|乡)[一-鿿]{2,3}(?:街道|镇|乡)$", bare) is not None


def _clean(name: str) -> str:
    name = without_duties(_NUMBERING.sub("", one_line(name)).strip(_ROUND))
    name = re.sub(r"^(?:及|以及|和|与|由|会同(?!县))(?=.{3})", "", name)
    others = _AND_OTHERS.search(name)
    if others and ENDS.search(name[: others.start()]):
        name = name[: others.start()]
    return "" if is_nothing(name) or name.isdigit() else name


def looks_like_unit(name: str) -> bool:
    """Whether a text ends as names of units do, and is no longer than one.

    >>> looks_like_unit("县住建局"), looks_like_unit("新建公园2处")
    (True, False)
    """
    return len(name) <= 25 and not re.search(r"\d", name) and ENDS.search(name) is not None
