"""What the columns of a task table mean, by the words of their headers and by what stands in them."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from openpyxl.utils import get_column_letter

from minsheng.task_table.parsers.numbers import ARABIC
from minsheng.task_table.parsers.targets import MEASURES
from minsheng.task_table.parsers.text import SAME_TEXTS, is_nothing, plain
from minsheng.task_table.sheet import Sheet

# The first pattern that fits names the meaning. Words that look back (progress) come before those that look ahead.
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("serial", r"^(?:项目|任务|事项)?(?:序号|编号|项次|序|号|No\.?|NO\.?|#)$|^序号"),
    ("plan", r"^(?:20\d\d年)?(?:第?[一二三四1-4]季度|Q[1-4]|[上下]半年|(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
             r"月份?)(?:末|底)?前?的?(?:工作|推进|进度|形象|投资|任务|阶段)*(?:计划|目标|安排|节点|要求|进度|任务)?$"),
    ("deadline", r"(?:完成|办结|竣工|完工|截止|终止|结束|计划|交付|整改)的?"
                 r"(?:时间|时限|期限|日期|节点|时段|时点|时序|月份)|"
                 r"^(?:时限|期限|工期|时间|完成期限|时间节点|进度时限)|(?:时限|期限|时间节点|时间要求|"
                 r"时间进度)(?:要求)?$|起止(?:时间|年限|日期)|建设(?:年限|周期|工期)|年度节点"),
    ("start", r"(?:开工|启动|开始|起始|动工)(?:时间|日期)"),
    ("leader", r"领导|县长|市长|区长|主任|挂帅|包抓|包保人"),
    ("contact", r"责任人|负责人|联系人|联络员|经办人|填报人|电话|联系方式|手机"),
    ("content", r"(?:内容|任务|目标|规模)(?:及|和|与|、).*(?:资金|投资|经费)"),  # asked about: funding_in_content
    ("funding", r"(?:资金|经费|投资)(?:渠道|来源|筹措|落实|安排|保障|筹集|情况|构成|及)|筹资|资金\(来源\)|"
                r"资金（来源）"),
    ("progress", r"进展|进度|完成(?:情况|率|比例|程度|数|量|投资)|实际完成|已完成|累计|存在(?:的)?问题|"
                 r"下[一]?步|满意度|考核|分值|权重|形象|落实情况|工作情况|亮灯|季度目标|月目标|上半年目标|计划进度|推进情况|是否|状态|"
                 r"评价|得分"),
    ("amount_year_plan", r"(?:20\d\d年|年度|本年|当年|今年)度?(?:计划|安排|预算)?(?:完成)?(?:总)?投资"),
    ("amount_total", r"^(?:项目|估算)?投资$|总投资|投资(?:总)?额|概算|投资(?:规模)?\(?(?:万元|亿元)|计划投资|总投入"),
    ("amount", r"(?:资金|经费|金额|预算|投入|补助)(?:额|数|总额|规模|需求|量|合计)?(?:\(?(?:万元|亿元|元)\)?)?$|"
               r"^(?:资金|经费|金额|预算)"),
    ("lead_units", r"(?:牵头|主办|主责|责任).*(?:配合|协办|协助|协同|参与)"),  # one column for both roles, as _BOTH
    ("assisting_units", r"协办|配合|协助|协同|参与|参加|协作|支持单位|联办|成员单位"),
    ("implementing_units", r"实施(?:单位|主体|部门)|建设(?:单位|主体)|业主|承建|承办|落实单位|项目单位|执行单位"),
    ("lead_units", r"主办|牵头|主责|责任(?:单位|部门|主体|处室|科室)|负责(?:单位|部门)|主管(?:单位|部门)|"
                   r"实施责任|^责任|^(?:单位|部门)(?:名称)?$|承担单位|填报单位|申报单位|提出单位"),
    ("remarks", r"备注|^说明|备考|^注$|其他说明"),
    ("category", r"类别|分类|类型|领域|板块|大类|^方面|^类$|民生工程类"),
    ("unit_of_measure", r"计量单位|数量单位|^单位\((?:个|户|人)"),
    ("quantity", r"^(?:计划|任务|目标|指标|年度|建设|完成|总)*(?:数量?|量|任务数|目标数|目标值|计划数|任务量|"
                 r"指标值|目标任务数|规模数)(?:\(.*\))?$"),
    ("place", r"地点|地址|位置|建设性质|性质|区域|覆盖范围"),
    ("project_content", r"(?:项目|事项|实事|任务|名称)(?:及|和|与|、|/)"
                        r"(?:主要|建设|具体|工作|实施|年度|目标)*(?:内容|任务|目标|规模)"),
    ("content", r"内容|规模|举措|措施|工作要求|标准|具体|要求|年度(?:目标|任务)|目标|任务(?!名称|类)|指标|做法|描述"),
    ("project", r"项目|实事|事项|工程|名称|任务名称|^民生|^工作$"),
)  # fmt: skip
_COMPILED = tuple((meaning, re.compile(pattern)) for meaning, pattern in _MEANINGS)
# In a column that stands under 资金, or is one of several amounts, the words say whose money it is.
_MONEY_PARENT = re.compile(r"资金|投资|经费|筹措|预算|投入")
_SOURCE_COLUMNS = (
    ("amount_sum", r"^(?:合计|小计|总计|总额|总投资|总投入|资金总额|共计|总量)"),
    ("amount:中央", r"中央|国家"),
    ("amount:区级财政", r"县区|区县|县市区|[县市区]\([县市区]、?[县市区]\)"),
    ("amount:多级合计(mixed)", r"市县|省市|市区|县区|区县|地方|各级"),
    ("amount:省级", r"省|自治区"),
    ("amount:上级补助", r"上级"),
    ("amount:区级财政", r"县|区|旗"),
    ("amount:市级", r"市|州"),
    ("amount:地方政府专项债", r"专项债|债券"),
    ("amount:企业自筹", r"企业|社会资本|自筹"),
    ("amount:财政资金(unspecified)", r"财政|预算|本级"),
    ("amount:其他", r"其他|社会|群众|银行|贷款"),
)
_BOTH = re.compile(r"(?:牵头|主办|主责|责任)[^(]*(?:配合|协办|协助|协同|参与)")
_LOOKS_BACK = re.compile("情况|实际|截至|已|累计|问题|开工|启动|开始|动工")
_DATE = re.compile(r"\d月(?:份|底|末|前|\d|中旬|上旬|下旬|$)|[一二三四]季度|年[底末]|全年|[上下]半年")
_HOW = re.compile("标准|要求|措施|举措")
_UNIT = re.compile(r"(万元|亿元|千元|百万元|元)")
_AMOUNT_WORDS = re.compile(r"(?:万元|亿元|[(:]元\)?)")
DESCRIPTIONS = ("project", "content", "project_content")
_UNIT_NAME = re.compile(
    r"[一-鿿]{1,}(?:局|委|办|部|厅|处|中心|公司|集团|街道|镇|乡|政府|会|站|院|大队)(?:[、,，;\s]|$)"
)
_SHORT_TARGET = re.compile(rf"(?:约|≥|不少于)?{ARABIC}[万亿]?[^\d,，;；。]{{0,4}}(?:以上)?")


_SERIAL = re.compile(r"[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)]?[.、]?")

# What a person may say that a column means.
_ALL = [meaning for meaning, _ in (*_MEANINGS, *_SOURCE_COLUMNS)]
MEANINGS = tuple(meaning for meaning in dict.fromkeys([*_ALL, "target", "goal", "extra"]) if meaning != "quantity")


@dataclass(frozen=True)
class Column:
    """``header`` is the text as a reader sees it, ``unit`` that of its amounts (万元) where it names one."""

    index: int
    header: str
    meaning: str
    unit: str = ""

    @property
    def letter(self) -> str:
        return str(get_column_letter(self.index))

    @property
    def source(self) -> str:
        """The funding source of a column of amounts (amount:中央); empty for others."""
        return self.meaning.partition(":")[2]


@lru_cache(maxsize=SAME_TEXTS)
def meaning_of(header: str, parent: str = "") -> str:
    """The meaning of one header text; empty for words that no task table is known to use.

    >>> meaning_of("主 办\\n单 位"), meaning_of("资金渠道\\n（筹资落实情况）"), meaning_of("计划完成时间")
    ('lead_units', 'funding', 'deadline')
    >>> meaning_of("自治区\\n本级财政", parent="2019年计划筹措资金（万元）"), meaning_of("1—6月完成情况")
    ('amount:省级', 'progress')
    """
    words = plain(header)
    if not words or len(words) > 40:
        return ""
    above = plain(parent)
    if above and above != words:
        if _MONEY_PARENT.search(above) and not re.search("渠道|来源$", words):
            for meaning, pattern in _SOURCE_COLUMNS:
                if re.search(pattern, words):
                    return meaning
        counted = "quantity" if meaning_of(parent) == "quantity" else ""
        return meaning_of(header) or counted or meaning_of(above + words)
    bare = re.sub(r"\((?!万|亿|元|来源)[^()]*\)", "", words) or words
    if _AMOUNT_WORDS.search(words) and not re.search("总投资|投资额|概算|计划投资|渠道|来源", words):
        for meaning, pattern in _SOURCE_COLUMNS[1:-2]:
            if re.search(pattern, words):
                return meaning
    for meaning, compiled in _COMPILED:
        if compiled.search(bare):
            return meaning
    return ""


def names_both_roles(header: str) -> bool:
    """Whether a header of units names leads and assisting units at once: 牵头及配合单位."""
    return _BOTH.search(plain(header)) is not None


def unit_of(header: str) -> str:
    """万元 of 总投资（万元）; empty where the header names none."""
    found = _UNIT.search(plain(header))
    return found[1] if found else ""


def settle(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """Decide what a word alone does not: by the other columns and by what stands below.

    A table has one project and one content at most; with one description alone it is both. 责任单位 beside 牵头单位
    assist. A column 单位 that holds 个 and 户 is the unit of measure, and a remarks column of departments only leads.
    """
    settled = [_by_cells(column, columns, sheet, rows) for column in columns]
    settled = _units(settled, sheet, rows)
    settled = _descriptions(settled, sheet, rows)
    settled = _dates(settled, sheet, rows)
    settled = _unnamed_serial(settled, sheet, rows)
    taken: set[str] = set()
    result = []
    for column in settled:
        once = column.meaning not in ("funding", "progress") and not column.meaning.startswith("amount")
        repeated = once and column.meaning in taken
        taken.add(column.meaning)
        result.append(replace(column, meaning="extra") if repeated or not column.meaning else column)
    return result


def _dates(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """Without a column called so, the first one that says when things are to be done is that of deadlines."""
    if any(column.meaning == "deadline" for column in columns):
        return columns
    for column in columns:
        if column.meaning not in ("progress", "plan", "goal", "", "extra") or _LOOKS_BACK.search(plain(column.header)):
            continue
        cells = samples(sheet, column.index, rows)
        if sum(_DATE.search(cell) is not None and len(cell) <= 30 for cell in cells) * 5 >= len(cells) * 4 > 0:
            return [replace(c, meaning="deadline") if c is column else c for c in columns]
    return columns


def _unnamed_serial(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    """A first column without a header that counts up is the serial number."""
    first = min(columns, key=lambda column: column.index)
    if any(column.meaning == "serial" for column in columns) or plain(first.header) or first.meaning:
        return columns
    cells = samples(sheet, first.index, rows)
    counted = sum(_SERIAL.fullmatch(cell) is not None for cell in cells)
    if len(set(cells)) < 2 or counted * 5 < len(cells) * 4:
        return columns
    return [replace(column, meaning="serial") if column is first else column for column in columns]


def samples(sheet: Sheet, column: int, rows: range) -> list[str]:
    """What stands in a column below its header."""
    texts = (plain(sheet.text(row, column)) for row in rows)
    return [text for text in texts if not is_nothing(text)]


def _by_cells(column: Column, columns: list[Column], sheet: Sheet, rows: range) -> Column:
    cells = samples(sheet, column.index, rows)
    measures = sum(cell in MEASURES or cell.lstrip("万") in MEASURES for cell in cells)
    if column.meaning == "lead_units" and plain(column.header) in ("单位", "单位名称") and measures * 2 > len(cells):
        return replace(column, meaning="unit_of_measure")
    if column.meaning in ("content", "quantity") and cells:
        short = sum(_SHORT_TARGET.fullmatch(cell) is not None for cell in cells)
        if short * 3 >= len(cells) * 2:
            return replace(column, meaning="target")
    if column.meaning == "quantity":
        return replace(column, meaning="target")
    if column.meaning in ("amount", "amount_total") and cells:
        wordy = sum(re.search(r"[一-鿿]{3,}", cell.replace("万元", "")) is not None for cell in cells)
        if wordy * 2 > len(cells) and not any(other.meaning == "funding" for other in columns):
            return replace(column, meaning="funding")
    if column.meaning == "funding" and cells and all(re.fullmatch(rf"[≤约¥]*{ARABIC}", cell) for cell in cells):
        return replace(column, meaning="amount")
    return column


def _units(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    leads = [column for column in columns if column.meaning == "lead_units"]
    if len(leads) > 1:
        # 牵头单位 and 责任单位 side by side: the one that says it leads does.
        first = next((c for c in leads if re.search("牵头|主办|主责|第一", plain(c.header))), leads[0])
        return [replace(c, meaning="assisting_units") if c in leads and c is not first else c for c in columns]
    if leads:
        return columns
    implementing = [column for column in columns if column.meaning == "implementing_units"]
    if implementing:
        return [replace(c, meaning="lead_units") if c is implementing[0] else c for c in columns]
    for column in columns:
        if column.meaning in ("remarks", ""):
            cells = samples(sheet, column.index, rows)
            if (
                cells
                and sum(_UNIT_NAME.search(cell) is not None and len(cell) < 60 for cell in cells) * 3 >= len(cells) * 2
            ):
                return [replace(c, meaning="lead_units") if c is column else c for c in columns]
    return columns


def _descriptions(columns: list[Column], sheet: Sheet, rows: range) -> list[Column]:
    described = [column for column in columns if column.meaning in DESCRIPTIONS]
    names = [column for column in described if column.meaning != "content"]
    contents = [column for column in described if column.meaning == "content"]
    if len(described) == 1:
        return [replace(c, meaning="project_content") if c is described[0] else c for c in columns]
    if not names and len(contents) > 1:  # 任务 | 具体内容: the first names, the longest tells
        return [replace(c, meaning="project") if c is contents[0] else c for c in columns]
    if len(names) > 1 and not contents:
        longest = max(names[1:], key=lambda c: sum(map(len, samples(sheet, c.index, rows))))
        columns = [replace(c, meaning="content") if c is longest else c for c in columns]
        names = [c for c in names if c is not longest]
    if any(c.meaning == "project_content" for c in names):  # 名称及内容 | 工作标准: the second tells how, not what
        columns = [
            replace(c, meaning="extra") if c in contents and _HOW.search(plain(c.header)) else c for c in columns
        ]
        contents = [c for c in contents if not _HOW.search(plain(c.header))]
    if len(contents) > 1:  # 主要内容 | 年度目标: the one that is called content, or else the longest

        def weight(c: Column) -> tuple[bool, int]:
            return re.search("内容|规模", plain(c.header)) is not None, sum(map(len, samples(sheet, c.index, rows)))

        main = max(contents, key=weight)
        columns = [replace(c, meaning="goal") if c in contents and c is not main else c for c in columns]
    return [replace(c, meaning="project") if c.meaning == "project_content" and contents else c for c in columns]
