"""Where money comes from, in the words of the official vocabulary."""

import re
from functools import lru_cache

from minsheng.task_table.parsers.text import SAME_TEXTS

BOND, CENTRAL, PROVINCE, CITY, DISTRICT = "地方政府专项债", "中央", "省级", "市级", "区级财政"
UNSPECIFIED, ENTERPRISE, HIGHER = "财政资金(unspecified)", "企业自筹", "上级补助"
EMPLOYMENT, MIXED, OTHER = "就业补助资金", "多级合计(mixed)", "其他"
SOURCES = (
    BOND, CENTRAL, PROVINCE, CITY, DISTRICT, UNSPECIFIED, ENTERPRISE, HIGHER, EMPLOYMENT, MIXED, OTHER,
)  # fmt: skip

# Words that hold a level's character and are no level: 城市, 小区, 市场.
_NO_LEVEL = re.compile(
    r"城市|超市|门市|都市|上市|市场|市政|市民|市容|小区|社区|校区|城区|片区|景区|厂区|辖区|地区|灾区|山区|库区|"
    r"牧区|园区|街区|区域|区内|区间|区位"
    r"|县城|县道|省道|省会|省力|节省|全区|全市|全县|全省|[市区县]直(?!属|接)"
)
_TAKEN = "□"
# The whole phrase, so that its level (省级就业补助资金) is not read as a second source.
_FUNDS = (
    (EMPLOYMENT, re.compile(r"(?:各级|中央|省级?|市级?|区级?|县级?|上级)*(?:财政)?就业(?:创业)?(?:补助|专项|"
                            r"补贴)(?:资金)?|就业资金")),
    (BOND, re.compile(r"(?:地方政府|各级|省级?|市级?|区级?|县级?|上级|新增|政府)*(?:专项债券?|地方政府债券?|"
                      r"政府债券)(?:资金)?")),
    (OTHER, re.compile(r"(?:爱心)?(?:企业|人士|乡贤|商会|校友)(?:捐赠|捐助|捐款|赞助)|"
                       r"一般债券?|(?:福彩|体彩|彩票)(?:公益)?(?:金|资金)?|(?:居民|村民|群众|住户|业主|个人|"
                       r"受益户|农户)(?:自筹|出资|自付|承担|缴费?|投入|分摊)?(?!代表)"
                      r"|村集体|集体经济|社会(?:捐赠|捐助|募捐|力量|资金)|捐赠|慈善|爱心|银行贷款|贷款|融资|"
                      r"土地出让金?|东西部协作|对口支援|医保基金|援[疆藏青](?:资金|项目)?|残疾人就业保障金|残保金|"
                       r"(?:学校|医院|[中小]学|幼儿园|社区|村级?)(?:自筹|配套)(?:资金)?|"
                       r"(?:乡镇|镇街?|街道|乡)(?:级|财政|配套|列支|承担|出资|投入|安排|"
                      r"自筹)(?:资金)?|镇?村自筹")),
    (ENTERPRISE, re.compile(r"(?:国有|社会|项目|建设|运营|实施|相关)*(?:企业|社会资本|公司|开发商|"
                            r"运营商)(?:自筹|自有|投资|出资|投入|承担)*(?:资金)?|(?:业主|建设单位|实施单位|"
                            r"项目单位)自筹")),
)  # fmt: skip
_CENTRAL = re.compile(
    r"中央(?:预算内|财政|补助|专项)*|国家级|国家(?:财政|补助|专项|资金|发改委|预算)|特别国债|国债|车购税|车辆购置税"
)
_HIGHER = re.compile(r"上级|向上争取|上争|省市资金|上面")
_LEVEL = re.compile(
    r"自治区|[省市州区县旗](?=级|本级|财政|补|奖|配套|承担|统筹|拨|投入|资金|安排|专项|自筹|出资|负担|筹|预算|"
    r"\d|约|¥|各|两级|三级|$|[)(:：、/和及与,，]|[省市州区县](?:级|财政|各|共|配套|补|统筹|分担|承担|自筹|资金|"
    r"[、和及两三]|$))"
)
_OFFICE = re.compile(r"[省市区县](?=[一-鿿]{1,8}(?:厅|局|委)(?:补助|补贴|奖补|安排|拨款|资金|配套))")
# 区文化专项经费, 县教育资金: a level at the beginning of the phrase, its money at the end.
_OF_LEVEL = re.compile(
    r"(?:(?<=^)|(?<=[,，、;；:：(\d元由从取请排中及和与+]))[省市州区县旗](?![域际间内外容民政场区直县委])[一-鿿]{1,8}?"
    r"(?:专项)?(?:经费|资金|补助|补贴|奖补)"
)
_RUN = re.compile(
    r"(?<=[省市州区县央级政][、/和及与,])(?:自治区|[省市州区县旗])|(?<=[省市州央])[市区县](?=级|财政|\d|各|两|"
    r"三|分担|共|配套|补|统筹|承担|自筹|资金)"
)
_SEVERAL = re.compile(r"各级|[两二三四多]级(?!医|甲|达|保)|省市县|市县财政|省市区")
_LEVELS = {"省": PROVINCE, "自": PROVINCE, "市": CITY, "州": CITY, "区": DISTRICT, "县": DISTRICT, "旗": DISTRICT}
_SELF = re.compile(r"自筹|自有资金")
_PUBLIC_TOO = re.compile(r"(?:财政|政府)(?:资金|补[贴助]|拨款|投入|奖补)")
_PUBLIC = re.compile(r"财政|预算|公共资金|政府(?:投资|出资|补助|购买|资金)|统筹整合|衔接(?:推进)?资金|补助资金")


@lru_cache(maxsize=SAME_TEXTS)
def sources_in(text: str) -> tuple[str, ...]:
    """Every source that a plain text names, each once, in the order of the text; more specific words win.

    >>> sources_in("中央、省、市、区康复资金"), sources_in("市区各")
    (('中央', '省级', '市级', '区级财政'), ('市级', '区级财政'))
    >>> sources_in("所需资金从各级就业补助资金中列支"), sources_in("老城区改造")
    (('就业补助资金',), ())
    >>> sources_in("区文化专项经费"), sources_in("县域商业建设资金"), sources_in("棚户区改造资金")
    (('区级财政',), (), ())
    >>> sources_in("车购税补助、地方政府债券及县级自筹")
    ('中央', '地方政府专项债', '区级财政')
    """
    found: dict[int, str] = {}
    for source, pattern in _FUNDS:
        for match in pattern.finditer(text):
            found.setdefault(match.start(), source)
            text = text[: match.start()] + _TAKEN * len(match[0]) + text[match.end() :]
    text = re.sub("自治区(?:本级)?", lambda match: "自治" + "省" * (len(match[0]) - 2), text)
    text = _NO_LEVEL.sub(lambda match: _TAKEN * len(match[0]), text)
    for source, pattern in ((CENTRAL, _CENTRAL), (HIGHER, _HIGHER)):
        for match in pattern.finditer(text):
            found[match.start()] = source
    for pattern in (_LEVEL, _RUN, _OFFICE, _OF_LEVEL):
        for match in pattern.finditer(text):
            found.setdefault(match.start(), _LEVELS[match[0][0]])
    return tuple(dict.fromkeys(source for _, source in sorted(found.items())))


@lru_cache(maxsize=SAME_TEXTS)
def one_source(text: str) -> str | None:
    """The one source of an amount: ``MIXED`` where several pay it together, ``None`` where the text names none.

    >>> one_source("区财政资金"), one_source("争取市级财政补贴心理健康辅导室"), one_source("教室照明")
    ('区级财政', '市级', None)
    >>> one_source("中央、省、市、区资金"), one_source("财政预算资金"), one_source("市县财政")
    ('多级合计(mixed)', '财政资金(unspecified)', '多级合计(mixed)')
    >>> one_source("自治区本级财政"), one_source("争取上级专项债")
    ('省级', '地方政府专项债')
    """
    named = list(sources_in(text))
    if EMPLOYMENT in named and not {BOND, ENTERPRISE, OTHER} & set(named):
        return EMPLOYMENT
    if BOND in named and set(named) <= {BOND, HIGHER}:
        return BOND
    if OTHER in named and len(named) == 2 and "彩" in text:  # 市级体彩公益金
        named.remove(OTHER)
    if _SEVERAL.search(text) and len(named) != 1:
        return MIXED
    if len(named) > 1 or (named == [ENTERPRISE] and _PUBLIC_TOO.search(text)):
        return MIXED
    if named:
        return MIXED if _SEVERAL.search(text) and named[0] not in (EMPLOYMENT, BOND, ENTERPRISE) else named[0]
    if _PUBLIC.search(text):
        return UNSPECIFIED
    return ENTERPRISE if _SELF.search(text) else None
