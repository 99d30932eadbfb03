"""Who leads and who assists, where a cell of units tells it itself."""

import re
from dataclasses import dataclass
from functools import lru_cache

from minsheng.task_table.parsers.parsed import Issue, Parsed
from minsheng.task_table.parsers.text import SAME_TEXTS, is_nothing, one_line, plain
from minsheng.task_table.parsers.units import (
    ENDS,
    HARD,
    Known,
    both_offices,
    by_lines,
    looks_like_unit,
    outside_brackets,
    parse_units,
)

_LEAD = r"(?:牵头|主办|主责|责任|负责|承办|为主)"
_ASSIST = r"(?:配合|协办|协助|协同|协作|参与|参加|参建|联办|会办|为辅)"
# Who carries out: he leads where nobody else is said to, and assists beside one who is.
_CARRIES_OUT = r"(?:实施|建设|承建|执行|落实)(?=单位|部门|主体)"
_ROLE = re.compile(
    rf"(?:第一|共同|主要|总)?(?P<role>{_LEAD}|{_ASSIST}|{_CARRIES_OUT})(?:单位|部门|主体)?(?:[:：]|为[:：]?)"
)
_MARKED = re.compile(rf"[(（](?:共同|积极|主动|协助)?(?P<role>{_LEAD}|{_ASSIST})(?:单位|部门)?[)）]")
# A（配合单位：B、C）: the brackets hold what would else stand behind.
_LABELLED = re.compile(
    rf"[(（](?P<label>(?:{_LEAD}|{_ASSIST})(?:单位|部门)?[:：])(?P<names>(?:[^()（）]|[(（][^()（）]*[)）])+)[)）]"
)
# A（会同B、C）
_WITH = re.compile(r"[(（](?:会同|联合)(?!县)(?P<names>(?:[^()（）]|[(（][^()（）]*[)）])+)[)）]")
# A（B、C配合）: the brackets hold who assists.
_BRACKET = re.compile(
    rf"[(（](?!(?:{_ASSIST}|共同|积极|主动)+[)）]|[^()（）]*(?:牵头|主办|主责))"
    rf"(?P<names>(?:[^()（）]|[(（][^()（）]*[)）])+?)(?:共同|积极|主动|协助)*{_ASSIST}[)）]"
)
# 牵头 and 配合 on lines of their own, above the names.
_ROLE_LINE = re.compile(rf"(?m)^[ \t]*(?P<role>{_LEAD}|{_ASSIST})(?:单位|部门)?[ \t]*$")
_IN_BRACKETS = re.compile(r"[(（](?P<names>(?:[^()（）]|[(（][^()（）]*[)）])+)[)）](?=\s*(?:$|[、,，;；。\n]))")
_STAR = "[★☆▲△●◎＊*※]"
# A★、B、C: the mark tells who leads, where not every name bears one.
_STARRED = re.compile(rf"{_STAR}+\s*(?P<before>[^★☆▲△●◎＊*※、,，;；\s]+)|(?P<after>[^★☆▲△●◎＊*※、,，;；\s]+){_STAR}+")
_SHORT_MARK = re.compile(r"[(（](?:(?P<lead>主|正|主要|总牵头)|(?P<assist>协|配|协办|副|辅|次))[)）]")
# （责任单位：A；配合单位：B） behind the text of a task.
_IN_TEXT = re.compile(
    rf"(?:[(（]|^|[。；;\n])\s*(?P<units>(?:{_LEAD})(?:单位|部门)[:：](?:[^()（）。]|[(（][^()（）]*[)）])+)[)）]?[。\s]*$"
)
# 县财政局会办, but 安委会办 and 工会办 are offices.
_VERB = re.compile(
    r"(?:总(?=牵头)|主要)?(?P<role>牵头|主办|主责|负责|为主|配合|协办|协助|协同|参与|为辅|(?<![委员工商协学残联])会办)"
    r"(?=$|[,，;；。、\n])"
)
_BEHIND = re.compile(r"(?P<name>[^、,，;；:：。\s（）()]{2,30}?)(?P<role>会办|会同)(?=$|[、,，;；。\s])")
# Commissions that are so called for short, and are none of a 会: 发改委会办 is 发改委, 安委会办 the office of 安委会.
_COMMISSION = re.compile(r"(?:发改|卫健|卫计|国资|经信|工信|住建|建设|民宗|商务|交通|政法|农业|文旅|城管|科教)委$")
# 牵头单位：A；B、C按职责分工负责
_LEADING_LABEL = re.compile(r"(?:牵头|主办|主责)(?:单位|部门)?[:：]")
_BY_DUTIES = re.compile(
    r"[,，;；\n](?P<names>[^,，;；:：\n]+?)(?:(?:按照?|根据)(?:各自)?(?:工作)?(?:职责|职能)(?:任务)?)?分工(?:共同|分别|具体)?(?:负责|落实)"
)
_SURELY_LEADS = ("牵头", "主办", "主责", "为主")

# A会同B, A联合B: words of roles between two whole names only; 会同县 is a county, 联合会 and 联合党委 are names.
_TOGETHER = re.compile(
    r"[,，]?会同|联合(?![会社国体校村厂党团]|工会|执法|指挥|调度|办公|服务|工作|调解|监管|检查|整治|治理|防控|救援|"
    r"中学|小学|学校|大学|学院|医院|公司|集团)"
)
_OTHER_IN_BRACKETS = re.compile(r"(?P<level>[省市县区州旗])[^()（）]+[(（](?P<other>[^()（）、]+)[)）]")
_NAMES_APART = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True)
class Units:
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()


@lru_cache(maxsize=SAME_TEXTS)
def parse_roles(text: str, *, known: Known = ()) -> Parsed[Units] | None:
    """The units of a cell that tells their roles itself; ``None`` where it does not.

    >>> parse_roles("牵头单位：市教育局；配合单位：市财政局、市住建局").value
    Units(lead=('市教育局',), assist=('市财政局', '市住建局'))
    >>> parse_roles("市教育局（牵头）、市财政局").value
    Units(lead=('市教育局',), assist=('市财政局',))
    >>> parse_roles("市教育局（牵头）\\n市财政局、市住建局（配合）").value
    Units(lead=('市教育局',), assist=('市财政局', '市住建局'))
    >>> parse_roles("市教育局牵头，市财政局、市住建局配合").value
    Units(lead=('市教育局',), assist=('市财政局', '市住建局'))
    >>> parse_roles("市教育局、市财政局") is None
    True
    >>> parse_roles("市教育局（配合单位：市财政局、各县（区））").value
    Units(lead=('市教育局',), assist=('市财政局', '各县（区）'))
    >>> parse_roles("区交通运输局（会同区公安分局）").value
    Units(lead=('区交通运输局',), assist=('区公安分局',))
    >>> parse_roles("市教育局牵头，会同市财政局、市住建局").value
    Units(lead=('市教育局',), assist=('市财政局', '市住建局'))
    >>> parse_roles("牵头\\n市教育局\\n配合\\n市财政局").value
    Units(lead=('市教育局',), assist=('市财政局',))
    >>> parse_roles("市教育局为主，市财政局配合").value
    Units(lead=('市教育局',), assist=('市财政局',))
    >>> parse_roles("市教育局牵头，各区、市直有关部门按职责分工负责").value
    Units(lead=('市教育局',), assist=('各区', '市直有关部门'))
    >>> parse_roles("市教育局为主，市财政局为辅").value, parse_roles("责任单位：市教育局；实施单位：各学校").value
    (Units(lead=('市教育局',), assist=('市财政局',)), Units(lead=('市教育局',), assist=('各学校',)))
    >>> parse_roles("市教育局会同市财政局、市住建局").value
    Units(lead=('市教育局',), assist=('市财政局', '市住建局'))
    """
    if "会" in text:
        text = _said_apart(text, known)
    if _ROLE_LINE.match(text.lstrip()):
        text = _ROLE_LINE.sub(r"；\g<role>单位：", text)
    text = re.sub(rf"【((?:{_LEAD}|{_ASSIST})(?:单位|部门)?)[:：]?】", r"；\1：", text)
    text = re.sub(rf"为((?:{_LEAD}|{_ASSIST}))(?:单位|部门)(?=$|[、,，;；。\n])", r"\1", text)
    text = re.sub(rf"({_ASSIST})(?:落实|实施|推进|完成|做好相关工作)+(?=$|[、,，;；。\n])", r"\1", text)
    text = re.sub(r"(?<=牵头|主办)(?:并|总)?(?:负责|组织|实施|落实|协调|抓总)+", "", text)
    text = _SHORT_MARK.sub(lambda found: "（牵头）" if found["lead"] else "（配合）", text)
    text = _LABELLED.sub(r"；\g<label>\g<names>；", text)
    text = _WITH.sub(lambda found: f"；配合单位：{found['names']}；" if ENDS.search(found["names"]) else found[0], text)
    inside = [found["names"] for found in _BRACKET.finditer(text)]
    if inside:
        rest = _BRACKET.sub("、", text)
        roles = parse_roles(rest, known=known) or _of_roles(rest, [("牵头", rest)], known)
        assisting = parse_units("、".join(inside), known=known, field="assisting_units")
        others = (name for name in roles.value.assist if name not in assisting.value)
        return Parsed(Units(roles.value.lead, (*assisting.value, *others)), text, (*roles.issues, *assisting.issues))
    if _LEADING_LABEL.search(text):
        text = _BY_DUTIES.sub(
            lambda found: f"；配合单位：{found['names']}" if ENDS.search(found["names"]) else found[0], text
        )
    labels = list(_ROLE.finditer(text))
    if labels:
        ends = [label.start() for label in labels[1:]] + [len(text)]
        pieces = [(label["role"], text[label.end() : end]) for label, end in zip(labels, ends, strict=True)]
        if any(role in ("牵头", "主办") for role, _ in pieces):  # beside the one who leads, the rest assist
            pieces = [("配合" if role == "责任" else role, piece) for role, piece in pieces]
        if labels[0].start():
            pieces.insert(0, ("牵头", text[: labels[0].start()]))
        if not any(re.fullmatch(_LEAD, role) for role, _ in pieces):  # 实施单位：A；配合单位：B
            pieces = [(role if re.fullmatch(_ASSIST, role) else "牵头", piece) for role, piece in pieces]
        return _of_roles(text, pieces, known)
    if _MARKED.search(text):
        text = re.sub(rf"({_MARKED.pattern})(?=\s*[一-鿿])", r"\1、", text)
        names = [name for piece in outside_brackets(HARD, both_offices(text)) for name in by_lines(piece, known)]
        marked = [(found["role"] if (found := _MARKED.search(name)) else "", _MARKED.sub("", name)) for name in names]
        rest = "配合" if any(re.fullmatch(_LEAD, role) for role, _ in marked) else "牵头"
        return _of_roles(text, [(role or rest, name) for role, name in marked], known)
    verbs = list(_VERB.finditer(text))
    if verbs and not re.search(r"(?:指挥|领导).{0,3}$", text[: verbs[0].start()]):
        starts = [0, *(verb.end() for verb in verbs)]
        pieces = [(verb["role"], text[start : verb.start()]) for verb, start in zip(verbs, starts[:-1], strict=True)]
        pieces.append(("配合", text[starts[-1] :]))
        pieces = _beside_the_lead(pieces)
        if not any(re.fullmatch(_LEAD, role) for role, _ in pieces):  # A会同B、C配合
            pieces = [part for role, piece in pieces for part in _together(piece, known) or [(role, piece)]]
        return _of_roles(text, pieces, known)
    together = _together(text, known)
    return _of_roles(text, together, known) if together else None


def _said_apart(text: str, known: Known) -> str:
    """A cell in which 会办 and 会同 behind a whole name are a word of roles and no part of it: 发改委会办.

    >>> _said_apart("市发改委会办，区残联牵头、财政局会同", ()), _said_apart("安委会办、农委会办", ("农委",))
    ('市发改委协办，区残联牵头、财政局协办', '安委会办、农委协办')
    """

    def apart(found: re.Match[str]) -> str:
        name, role = plain(found["name"]), found["role"]
        whole = name in known or _COMMISSION.search(name) or (role == "会同" and ENDS.search(name))
        return f"{found['name']}协办" if whole and f"{name}{role}" not in known else found[0]

    return _BEHIND.sub(apart, text)


def _beside_the_lead(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A牵头，B、C按职责分工负责: behind the one who leads, the others assist, whatever they answer for."""
    first = next((place for place, (role, _) in enumerate(pieces) if role in _SURELY_LEADS), len(pieces))
    return [("配合" if place > first and role == "负责" else role, piece) for place, (role, piece) in enumerate(pieces)]


def _together(text: str, known: Known) -> list[tuple[str, str]] | None:
    """What stands before 会同 and 联合 leads, what follows assists; ``None`` where neither joins two whole names."""
    pieces: list[tuple[str, str]] = []
    for part in re.split("[;；]", text):
        found = next((word for word in _TOGETHER.finditer(part) if _joins(part, word, known)), None)
        if found is None:
            pieces.append(("牵头", part))
            continue
        rest = part[found.end() :]
        for word in reversed([word for word in _TOGETHER.finditer(rest) if _joins(rest, word, known)]):
            rest = rest[: word.start()] + "、" + rest[word.end() :]
        pieces += [("牵头", part[: found.start()]), ("配合", rest)]
    return pieces if any(role == "配合" for role, _ in pieces) else None


def _together_if_leading(role: str, piece: str, known: Known) -> list[tuple[str, str]]:
    return (re.fullmatch(_LEAD, role) and _together(piece, known)) or [(role, piece)]


def _joins(text: str, word: re.Match[str], known: Known) -> bool:
    """Whether this word stands between two names outside brackets and not inside one."""
    before, after = text[: word.start()], text[word.end() :]
    if len(re.findall("[(（]", before)) != len(re.findall("[)）]", before)):
        return False
    if re.search(r"[、,，/]\s*$", before) or (
        after.startswith("县") and re.search(r"(?:[市省州]|[,，\s])$", before + word[0][:-2])
    ):
        return False  # 怀化市会同县教育局
    sides = [*outside_brackets(HARD, before)[-1:], *outside_brackets(HARD, after)[:1]]
    if len(sides) < 2 or plain("".join((sides[0], word[0], sides[1]))) in known:
        return False
    return all(plain(side) in known or (len(one_line(side)) > 1 and ENDS.search(one_line(side))) for side in sides)


def _of_roles(text: str, pieces: list[tuple[str, str]], known: Known) -> Parsed[Units]:
    found: dict[bool, list[str]] = {True: [], False: []}
    issues: list[Issue] = []
    parts = [part for piece in pieces for part in _together_if_leading(*piece, known)]
    for role, piece in parts:
        leads = re.fullmatch(_LEAD, role) is not None
        parsed = parse_units(piece, known=known, field="lead_units" if leads else "assisting_units")
        found[leads] += [name for name in parsed.value if name not in found[leads]]
        issues += parsed.issues
    return Parsed(Units(tuple(found[True]), tuple(found[False])), text, tuple(issues))


def brackets_apart(text: str, *, told: bool) -> tuple[str, str] | None:
    """A cell of units without the brackets that list other units, and what these hold; ``None`` where none does.

    ``told``: the header says that brackets hold units. Else there must be several; 县公安局（交警大队） and
    县农业农村局（县乡村振兴局） name a part, or the same unit, and 各街道（东街街道、西街街道） its members.

    >>> brackets_apart("区教委（区卫健委、各街道）", told=False)
    ('区教委', '区卫健委、各街道')
    >>> brackets_apart("县农业农村局（县乡村振兴局）", told=False), brackets_apart("各县（市、区）政府", told=True)
    (None, None)
    >>> brackets_apart("县公安局（交警大队）", told=True)
    ('县公安局', '交警大队')
    """
    inside: list[str] = []

    def apart(found: re.Match[str]) -> str:
        before = plain(re.split(r"[、,，;；。\n]", text[: found.start()])[-1])
        names = [plain(name) for name in outside_brackets(HARD, found["names"])]
        units = bool(names) and all(
            len(name) > 1 and looks_like_unit(name) and not re.match("[含除]|包括", name) for name in names
        )
        several = len(names) > 1 and not re.match("各|有关|相关|全", before)
        if not units or not ENDS.search(before) or not (told or several):
            return found[0]
        inside.append(found["names"])
        return ""

    rest = _IN_BRACKETS.sub(apart, text)
    return (rest, "、".join(inside)) if inside else None


def one_in_brackets(name: str) -> bool:
    """Whether a unit in brackets may be one of its own: one of the same level.

    >>> one_in_brackets("县农业农村局（县乡村振兴局）"), one_in_brackets("县公安局（交警大队）")
    (True, False)
    """
    found = _OTHER_IN_BRACKETS.fullmatch(plain(name))
    return found is not None and found["other"].startswith((found["level"], "各")) and looks_like_unit(found["other"])


def by_marks(text: str) -> str:
    """A cell of units in which a mark tells who leads, in words; else the text as it was.

    >>> by_marks("区住建局★ 区城管局"), by_marks("★区住建局、★区城管局")
    ('区住建局（牵头） 区城管局', '★区住建局、★区城管局')
    """
    marked = len(_STARRED.findall(text))
    names = [name for name in _NAMES_APART.split(text) if not is_nothing(name)]
    if not 0 < marked < len(names):
        return text
    return _STARRED.sub(lambda found: f"{found['before'] or found['after']}（牵头）", text)


def units_in_text(text: str) -> str:
    """What the end of a task's text says of its units, for tables that have no column for them.

    >>> units_in_text("硬化通组公路130公里。（责任单位：县交通运输局）"), units_in_text("明确责任单位：镇、村两级")
    ('责任单位：县交通运输局', '')
    """
    found = _IN_TEXT.search(text)
    return found["units"].strip() if found else ""
