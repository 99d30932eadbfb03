"""What the words of a header mean: the vocabulary of the columns of task tables."""

import re
from collections.abc import Sequence
from functools import lru_cache

from minsheng.task_table.parsers.sources import OTHER, UNSPECIFIED, one_source
from minsheng.task_table.parsers.text import SAME_TEXTS, plain
from minsheng.task_table.parsers.units import looks_like_unit

_WITH_PERSON = r"(?:及|和|与|、|/)其?(?:主要|分管|直接|具体)?(?:领导|责任人|负责人|联[系络][人员])"
# 内容、预算与时限, 目标任务及时限要求: what is to be done, and beside it when and by which money.
_WHAT = "(?:内容|任务|目标|(?<!投资)(?<!资金)规模|举措|(?<!整改)措施|指标)(?:要求)?"
_WHEN = "(?<!开工)(?<!启动)(?<!开始)(?:时限|期限|工期|时间|节点|年限|进度安排)"
_MONEY = "(?:资金|投资|经费|预算|投入|概算)"
_WITH = (
    rf"{_WHAT}(?:以?及|[和与、/+,])(?:[^()]*[及和与、/+,])?[^()及和与、/+,]{{0,6}}(?:{_WHEN}|{_MONEY})"
    "(?!完成|执行|到位|使用|支出|进展)"
)
_WITH_IN_BRACKETS = re.compile(rf"{_WHAT}\((?:含|包含|包括|注明|明确|写明|附|及)[^()]*\)")
# 项目级别, 事项来源, 工程代码: what is told of a project besides its name, and is none of the columns that are read.
_NOT_THE_NAME = (
    r"(?:项目|任务|实事|事项|工程)[^()]{0,6}(?:级别|等级|等次|层级|来源|周期|文号|文件|批文|批复|依据|属性|阶段|批次|数量?|"
    r"总数|归口|行业|专业|资质|条件|要素|背景|性质|来由|由来|现状|用途|用地|方式|模式|途径|属地|辖区|代码|编码|编号|效益|效果|"
    r"年份|年度|日期|优先级|排名|票数|密级|标签|标识|图片|照片|附件|链接|坐标|提出人|提议人|建议人|征集|储备)$"
)
# The first pattern that fits names the meaning. Words that look back (progress) come before those that look ahead.
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("serial", r"^(?:项目|任务|事项|实事|工程|目标)?(?:序号|编号|项次|件次|次序|排序|序|号|No\.?|NO\.?|#)$|^序号|"
               r"^(?:项目|任务|事项|实事|工程|目标)?(?:库|备案|赋码|国家|统一|审批)*(?:编[码号]|代码|识别码|[Ii][Dd])$"),
    ("plan", r"^(?:20\d\d年)?(?:到|至|前)?(?:第?[一二三四两1-4]个?季度|Q[1-4]|[上下]半年|年中|"
             r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:-|—|–|~|～|至|到))?(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
             r"月份?)(?:末|底)?前?的?(?:工作|推进|进度|形象|投资|任务|阶段)*(?:计划|目标|安排|节点|要求|进度|任务)?值?$"),
    ("content", _WITH),  # the rest is read out of it: told_in_content
    ("deadline", r"(?:完成|办结|竣工|完工|截止|终止|结束|计划|交付|整改)的?"
                 r"(?:时间|时限|期限|日期|节点|时段|时点|时序|月份)|"
                 r"^(?:时限|期限|工期|时间|完成期限|时间节点|进度时限)|(?:时限|期限|时间节点|时间要求|"
                 r"时间进度)(?:要求)?$|起止(?:时间|年限|日期)|建设(?:年限|周期|工期)|年度节点"),
    ("start", r"(?:开工|启动|开始|起始|动工)(?:时间|日期)"),
    ("lead_units", r"(?:领导|责任人|负责人|牵头人)(?:及|和|与|、|/)(?:责任|牵头|主办)?(?:单位|部门)"),
    # 牵头部门及责任人: the unit, and whom in it; who answers for 配合单位及责任人 assists
    ("assisting_units", rf"(?:配合|协办|协助|协同|参与)(?:单位|部门){_WITH_PERSON}"),
    ("lead_units", rf"(?:单位|部门|处室|科室|主体){_WITH_PERSON}"),
    ("leader", r"(?:负责|分管|包联|包保|联系|挂点|责任)同志|领导|县长|市长|区长|主任|挂帅|包抓|包保人|"
               r"(?:牵头|主办|领办|督办)人(?!.*单位)"),
    ("contact", r"责任人|负责人|联系人|联络员|经办人|填报人|电话|联系方式|手机"),
    ("funding", r"(?:资金|经费|投资|预算|投入)(?:金额|额度?|规模|需求)?(?:渠道|来源|筹措|落实|安排|保障|筹集|情况|构成|"
                r"配套|及|与|\(来源\))|^(?:来源|渠道)(?:及|和|$)|筹资|出资(?:方式|渠道|来源)|(?:财政|资金)投入(?!金?额)|钱从"),
    ("progress", r"进展|进度|完成(?:情况|率|比例|程度|数|量|投资)|实际完成|已完成|累计|存在(?:的)?问题|"
                 r"下[一]?步|满意度|考核|分值|权重|形象|落实情况|工作情况|亮灯|季度目标|月目标|上半年目标|计划进度|推进情况|是否|状态|"
                 r"评价|得分"),
    ("amount_year_plan", r"(?:20\d\d年|年度|本年|当年|今年|[上去次明下来]年|[上下]一年)度?(?:计划|安排|预算)?(?:完成)?"
                         r"(?:总)?投资"),
    ("amount_total", r"^(?:项目|估算)?投资(?:估算)?$|总投资|投资(?:总)?额|概算|投资(?:规模|估算)?\(?(?:万元|亿元)|"
                     r"计划投资|总投入"),
    ("amount", r"(?:资金|经费|金额|预算|投入|补助)(?:额|数|总额|规模|需求|量|合计)?(?:\(?(?:万元|亿元|元)\)?)?$|"
               r"^(?:资金|经费|金额|预算)"),
    ("lead_units", r"(?:牵头|主办|主责|责任).*(?:配合|协办|协助|协同|参与|会办)"),  # one column for both, as _BOTH
    ("assisting_units", r"协办|配合|协助|协同|参与|参加|协作|会办|会商|联办|成员单位|参建|"
                        r"(?:支持|会同|联合|协调|保障|共同责任)(?:单位|部门)"),
    ("implementing_units", r"实施(?:单位|主体|部门)|建设(?:单位|主体)|业主|承建|承办|落实单位|项目单位|执行单位|"
                           r"项目法人"),
    ("lead_units", r"主办|牵头|主责|责任(?:单位|部门|主体|处室|科室)|负责(?:单位|部门)|主管(?:单位|部门)|"
                   r"实施责任|^责任|^(?:单位|部门)(?:名称)?$|承担单位|填报单位|申报单位|提出单位"),
    ("remarks", r"备注|^说明|备考|^注$|其他说明"),
    ("category", r"类别|分类|类型|类目|门类|领域|板块|大类|^方面|^类$|民生工程类"),
    ("unit_of_measure", r"计量单位|数量单位|^单位\((?:个|户|人)"),
    ("quantity", r"^(?:计划|任务|目标|指标|年度|建设|完成|总)*(?:数量?|量|任务数|目标数|目标值|计划数|任务量|"
                 r"指标值|目标任务数|规模数)(?:\(.*\))?$"),
    ("extra", rf"性质|^{_NOT_THE_NAME}"),  # 新建 or 续建: nothing of where
    ("place", r"地点|地址|位置|区域|覆盖范围"),
    ("project_content", r"(?:项目|事项|实事|任务|名称)(?:及|和|与|、|/)"
                        r"(?:主要|建设|具体|工作|实施|年度|目标)*(?:内容|任务|目标|规模)"),
    ("content", r"内容|规模|举措|措施|工作要求|标准|具体|要求|年度(?:目标|任务)|目标|任务(?!名称|类)|指标|做法|描述"),
    ("project", r"项目|实事|事项|工程|名称|任务名称|^民生|^工作$"),
)  # fmt: skip
_COMPILED = tuple((meaning, re.compile(pattern)) for meaning, pattern in _MEANINGS)
# In a column that stands under 资金, or is one of several amounts, the words say whose money it is.
_MONEY_PARENT = re.compile(r"资金|投资|经费|筹措|预算|投入")
# First what a cell would not say so, then what ``one_source`` reads, then single words.
_SOURCE_COLUMNS_FIRST = (
    ("amount_sum", r"^(?:合计|小计|总计|总额|总投资|总投入|资金总额|共计|总量)"),
    ("amount:区级财政", r"县区|区县|县市区|[县市区]\([县市区]、?[县市区]?\)|[县区]级?(?:及|和)?以下"),
    ("amount:企业自筹", r"业主"),
)
_SOURCE_COLUMNS = (
    ("amount:中央", r"中央|国家"),
    ("amount:多级合计(mixed)", r"市县|省市|市区|地方|各级"),
    ("amount:省级", r"省|自治区"),
    ("amount:上级补助", r"上级"),
    ("amount:区级财政", r"县|区|旗"),
    ("amount:市级", r"市|州"),
    ("amount:地方政府专项债", r"专项债|债券"),
    ("amount:企业自筹", r"企业|社会(?:资本|力量)?|自筹"),
    ("amount:财政资金(unspecified)", r"财政|预算|本级|政府"),
    ("amount:其他", r"其他|社会|群众|银行|贷款"),
)
_LEADS, _ASSISTS = r"(?:牵头|主办|主责|责任)", r"(?:配合|协办|协助|协同|参与|会办)"
_BOTH = re.compile(rf"{_LEADS}[^(]*{_ASSISTS}|{_LEADS}(?:单位|部门)?\({_ASSISTS}(?:单位|部门)?\)")
_OTHERS_IN_BRACKETS = re.compile(rf"{_LEADS}(?:单位|部门)?\({_ASSISTS}(?:单位|部门)?\)")
_OF_LEVEL = (
    r"(?:中央|国家|省市县?|市县|省|自治区|兵团|师市|市|州|盟|县|区|县区|区县|旗|团场?|上级|乡镇|镇街|镇乡?|乡|街道|"
    r"村(?:集体|级)?|社区|园区)(?:本?级)?"
)
_GIVEN = r"(?:财政|资金|专项|补助|配套|投入|自筹|奖补|投资|贷款)"
_PAYER = re.compile(
    rf"(?:其中[:：]?)?(?:{_OF_LEVEL}|(?:合计|小计|总计|本|地方|企业|社会(?:资本|力量)?|民间|自筹|财政|政府|"
    r"(?:地方政府)?(?:专项|一般)?债券?|(?:特别)?国债|群众|银行|其他)(?:本?级)?)"
    rf"{_GIVEN}*"
)
# 区财政, 省级资金, 镇配套: nothing but money is called so, also where no other column of money stands beside it.
_ONE_PAYER = re.compile(rf"(?:其中[:：]?)?{_OF_LEVEL}(?:财政|资金|专项|补助|配套|自筹|奖补){_GIVEN}*")
_UNIT = re.compile(r"(万元|亿元|千元|百万元|元)")
_CONTENT_WITH, _TELLS_WHEN, _TELLS_MONEY = re.compile(_WITH), re.compile(_WHEN), re.compile(_MONEY)
_BRACKETS = re.compile(r"\([^()]*\)")
_AMOUNT_WORDS = re.compile(r"(?:万元|亿元|[(:]元\)?)")
# 填报单位：县民生办, 制表人：, 日期：…: a form's own lines, round the table.
SIGNED = re.compile(
    r"(?:(?:填表|填报|制表|编制|审核|审批|审定|复核|核对|校对|经办|报送|统计)(?:人员?|者|单位|部门|日期|时间)?|"
    r"(?:单位|部门)?(?:负责|联系)人|(?:主要|分管|单位)领导|(?:联系)?(?:电话|方式)|手机号?码?|传真|(?:电子)?邮箱|"
    r"签[字章名]|(?:单位)?(?:盖章|公章)|日期)(?:\((?:签[字章名]|盖章|公章)\))?:.{0,40}"
)
_LABELLED = re.compile(r"[^:()\d]{2,10}:(?P<value>.{3,})")
_DAY = re.compile(r"(?:20\d\d[年.\-/])?\d{1,2}[月.\-/]\d{1,2}日?")
_OPENS = r"(?:其中|分别为?|包括|包含|含|#)"
# Below a header of time, the two ends of what takes so long; flat beside each other they may count things.
_BEGINS = re.compile(
    r"(?:计划|预计|拟|预期|项目|建设)*(?:开[工始建]|启动|动工|起始?|自|从|始|进场|起点)(?:的?(?:时间|日期|年月|年份|年度|月份|年|月))?"
)
_ENDS = re.compile(
    r"(?:计划|预计|拟|预期|项目|建设|全部|全面)*(?:竣工|完工|完成|建成|办结|结束|终[止了]?|截?止|至|到|末|投用|投产|投入使用|"
    r"交付(?:使用)?|通车|终点)(?:的?(?:时间|日期|年月|年份|年度|月份|年|月))?"
)
DESCRIPTIONS = ("project", "content", "project_content")
# What a person may say that a column means.
_ALL = [meaning for meaning, _ in (*_MEANINGS, *_SOURCE_COLUMNS_FIRST, *_SOURCE_COLUMNS)]
MEANINGS = tuple(meaning for meaning in dict.fromkeys([*_ALL, "target", "goal", "extra"]) if meaning != "quantity")


@lru_cache(maxsize=SAME_TEXTS)
def meaning_of(header: str, parent: str = "") -> str:
    """The meaning of one header text; empty for words that no task table is known to use.

    >>> meaning_of("主 办\\n单 位"), meaning_of("资金渠道\\n（筹资落实情况）"), meaning_of("计划完成时间")
    ('lead_units', 'funding', 'deadline')
    >>> meaning_of("自治区\\n本级财政", parent="2019年计划筹措资金（万元）"), meaning_of("1—6月完成情况")
    ('amount:省级', 'progress')
    >>> meaning_of("其中：三季度末", parent="年度目标"), meaning_of("填报单位：县民生办")
    ('plan', '')
    >>> meaning_of("计划开工", parent="建设周期"), meaning_of("止", parent="起止时间")
    ('start', 'deadline')
    """
    words = plain(header)
    if not words or len(words) > 40 or is_note(words):
        return ""
    words = re.sub(rf"^{_OPENS}:?(?=.)", "", words)
    above = plain(parent)
    if above and above != words:
        money = _MONEY_PARENT.search(above) and not re.search("渠道|来源$", words)
        if money and (meaning := _whose(words, _SOURCE_COLUMNS)):
            return meaning
        spanning = meaning_of(parent)
        if spanning in ("deadline", "start") and (end := end_of_time(words)):
            return end
        counted = "quantity" if spanning == "quantity" else ""
        return meaning_of(words) or counted or meaning_of(above + words)
    bare = re.sub(r"\((?!万|亿|元|来源)[^()]*\)", "", words) or words
    if _AMOUNT_WORDS.search(words) and not re.search("总投资|投资额|概算|计划投资|渠道|来源", words):
        meaning = _whose(words, _SOURCE_COLUMNS[:-2])
        if meaning not in ("", "amount_sum", f"amount:{UNSPECIFIED}") and (
            meaning != f"amount:{OTHER}" or re.search("债|贷款|自筹|彩", words)
        ):
            return meaning
    for meaning, compiled in _COMPILED:
        if compiled.search(bare):
            return meaning
    return ""


def end_of_time(header: str) -> str:
    """Which end of a time the words of a header name, where they name nothing else: start, deadline, or empty.

    >>> [end_of_time(words) for words in ("计划开工", "起", "启动年月", "完工（完成）", "止", "完成", "全部投用")]
    ['start', 'start', 'start', 'deadline', 'deadline', 'deadline', 'deadline']
    >>> end_of_time("实际竣工"), end_of_time("完成情况"), end_of_time("起草方案")
    ('', '', '')
    """
    words = _BRACKETS.sub("", plain(header))
    return "start" if _BEGINS.fullmatch(words) else "deadline" if _ENDS.fullmatch(words) else ""


def _whose(words: str, single: Sequence[tuple[str, str]]) -> str:
    """Whose money a column below a header of money holds, in the words of cells where they have one for it."""
    for meaning, pattern in _SOURCE_COLUMNS_FIRST:
        if re.search(pattern, words):
            return meaning
    source = one_source(re.sub(r"\((?:单位:)?[百千]?[万亿]?元\)", "", words))
    return f"amount:{source}" if source else next((m for m, pattern in single if re.search(pattern, words)), "")


def is_note(words: str) -> bool:
    """Whether a plain text is a label with what it says, as forms have them above the table, and so no header.

    >>> (
    ...     is_note("填报单位:县民生办"),
    ...     is_note("责任单位:县教育局"),
    ...     is_note("报送时间:2024年3月1日"),
    ...     is_note("其中:上级"),
    ... )
    (True, True, True, False)
    """
    if SIGNED.fullmatch(words) or _DAY.fullmatch(words):
        return True
    found = _LABELLED.fullmatch(words)
    return found is not None and (looks_like_unit(found["value"]) or _DAY.fullmatch(found["value"]) is not None)


def only_opens(header: str) -> bool:
    """Whether a level of a header only says that parts follow, and nothing of their meaning.

    >>> only_opens("其中："), only_opens("其 中"), only_opens("其中：财政资金")
    (True, True, False)
    """
    return re.fullmatch(rf"{_OPENS}[:：]?", plain(header)) is not None


def opens_parts(header: str) -> bool:
    """Whether a header says that it holds a part of the column in front of it.

    >>> opens_parts("其中"), opens_parts("其中：中央"), opens_parts("中央")
    (True, True, False)
    """
    return plain(header).startswith("其中")


def meaning_below(header: str, above: Sequence[str]) -> str:
    """The meaning of a header under those ``above`` it, outermost first: the nearest that tells decides.

    >>> meaning_below("上级", ["资金安排", "资金构成"]), meaning_below("县级", ["资金安排（万元）", "按来源分"])
    ('amount:上级补助', 'amount:区级财政')
    >>> meaning_below("目标值", ["2023年目标"]), meaning_below("合计", [])
    ('quantity', '')
    """
    meaning = meaning_of(header, above[-1] if above else "")
    if meaning or not any(tells_money(words) for words in above):
        return meaning
    return next(filter(None, (meaning_of(header, words) for words in reversed(above) if tells_money(words))), "")


def tells_money(header: str) -> bool:
    """Whether a header is one of money, so that what stands under it says whose, or how much of it."""
    return _MONEY_PARENT.search(plain(header)) is not None


def below_money(header: str) -> bool:
    """Whether the words of a column, outermost first, stand below a header of money: 资金安排 / 甲类."""
    return any(tells_money(words) for words in header.split(" / ")[:-1])


@lru_cache(maxsize=SAME_TEXTS)
def content_with(header: str) -> tuple[str, ...]:
    """What the cells of a column of contents tell besides, by its header: deadline, funding.

    >>> content_with("内容、预算与时限"), content_with("目标任务及时限要求"), content_with("项目内容及资金")
    (('deadline', 'funding'), ('deadline',), ('funding',))
    >>> content_with("主要内容（含完成时限、资金）"), content_with("建设内容及规模"), content_with("任务完成时限")
    (('deadline', 'funding'), (), ())
    >>> content_with("建设规模（内容）及工期"), content_with("存在问题及整改措施、时限")
    (('deadline',), ())
    >>> (
    ...     content_with("建设内容（投资单位：万元）"),
    ...     content_with("年度任务和投资完成情况"),
    ...     content_with("内容及开工时间"),
    ... )
    ((), (), ())
    """
    words = plain(header.rpartition(" / ")[2])
    found = _CONTENT_WITH.search(_BRACKETS.sub("", words)) or _WITH_IN_BRACKETS.search(words)
    if found is None:
        return ()
    told = (("deadline", _TELLS_WHEN), ("funding", _TELLS_MONEY))
    return tuple(what for what, pattern in told if pattern.search(found.string, found.start()))


def payer_of(header: str) -> str:
    """The meaning of a column of figures that is called by nothing but who pays (中央, 县级配套, 合计); else empty.

    >>> payer_of("中央"), payer_of("县级配套"), payer_of("合计"), payer_of("县级责任")
    ('amount:中央', 'amount:区级财政', 'amount_sum', '')
    """
    return _as_payer(header, _PAYER)


def surely_payer_of(header: str) -> str:
    """The same for a header that says itself that the figures are money of a level: 区财政, 省级资金, 镇配套.

    >>> [surely_payer_of(header) for header in ("区财政", "省级资金（万元）", "镇级配套", "团场自筹")]
    ['amount:区级财政', 'amount:省级', 'amount:其他', 'amount:区级财政']
    >>> [surely_payer_of(header) for header in ("区", "区财政局", "专项资金", "市补助（人）")]
    ['', '', '', '']
    """
    return _as_payer(header, _ONE_PAYER)


def _as_payer(header: str, pattern: re.Pattern[str]) -> str:
    words = re.sub(rf"\((?:单位:)?[百千]?[万亿]?元\)$|^{_OPENS}:?(?=.)", "", plain(header).rpartition("/")[2])
    return meaning_of(words, parent="资金") if pattern.fullmatch(words) else ""


def names_both_roles(header: str) -> bool:
    """Whether a header of units names leads and assisting units at once: 牵头及配合单位."""
    return _BOTH.search(plain(header)) is not None


def says_leading(header: str) -> bool:
    """Whether a header of units says that they lead, and not only that they answer.

    >>> says_leading("牵头部门"), says_leading("责任单位")
    (True, False)
    """
    return re.search("牵头|主办|主责", plain(header)) is not None


def assisting_in_brackets(header: str) -> bool:
    """Whether a header of units says that brackets hold those who assist.

    >>> assisting_in_brackets("牵头单位（配合单位）"), assisting_in_brackets("责任单位（牵头/配合）")
    (True, False)
    """
    return _OTHERS_IN_BRACKETS.search(plain(header)) is not None


def unit_of(header: str) -> str:
    """万元 of 总投资（万元）; empty where the header names none."""
    found = _UNIT.search(plain(header))
    return found[1] if found else ""
