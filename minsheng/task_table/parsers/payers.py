"""The words of who pays: funds by their names, people and companies, the levels of government."""

import re

# A level, or a fund, begins a phrase: nothing of a longer word stands before it.
_BEGINS = r"(?:(?<=^)|(?<=[,，、;；:：(\d元由从取请排中及和与向+□]))"
_MONEY_OF = r"(?:级|本级|财政|补|奖|配套|承担|统筹|资金|安排|专项|投|预算|负担|筹|出资|\d|约|¥|各|彩|$)"

# The whole phrase, so that its level (省级就业补助资金) is not read as a second source.
EMPLOYMENT_FUND = re.compile(
    r"(?:各级|中央|省级?|市级?|区级?|县级?|上级)*(?:财政)?就业(?:创业)?(?:补助|专项|补贴)(?:资金)?|就业资金"
)
BONDS = re.compile(
    r"(?:地方政府|各级|省级?|市级?|区级?|县级?|上级|新增|政府)*(?:专项债券?|地方政府债券?|政府债券)(?:资金)?"
)
LOTTERY = re.compile(r"(?:(?:福利|体育)?彩票|福彩|体彩)(?:公益)?(?:金|资金)?")
_GIVES = r"(?:自筹|自付|自缴|自愿|自行|筹资|出资|投入|承担|分摊|负担|缴费?)"
OTHERS = re.compile(
    r"(?:爱心)?(?:企业|人士|乡贤|商会|校友)(?:捐赠|捐助|捐款|赞助)|一般债券?|"
    # people and households, whoever they are: 牧户自筹, 职工出资
    rf"[一-鿿]?(?:户|村民|居民|农民|牧民|渔民|市民|职工|工人|员工|民众|会员|社员|学员|学生|家长|患者|老人)(?:个人)?{_GIVES}|"
    rf"(?:居民|村民|群众|住户|业主|个人|受益户|农户){_GIVES}?(?!代表)"
    rf"|(?:\d{{1,3}}|[一二三四五六七八九十]{{1,3}}|各)连(?:队)?{_GIVES}|连队{_GIVES}"
    r"|村集体|集体经济|社会(?:捐赠|捐助|募捐|力量|资金)|捐赠|慈善|爱心|银行贷款|贷款|(?<!企业)(?<!公司)(?<!集团)融资|"
    r"土地出让金?|东西部协作|(?<![一-鿿])[京津沪苏浙闽鲁粤][蒙甘滇云陕青川宁渝桂黔贵新藏冀]协作|对口支援|医保基金|援[疆藏青](?:资金|项目)?|援[助建]资金|残疾人就业保障金|残保金|"
    r"(?:学校|医院|[中小]学|幼儿园|社区|村级?)(?:自筹|自有|配套)(?:资金)?|"
    # 镇（街道）财政: of towns, whatever they are called
    r"(?:乡镇|镇街?|街道(?:办事处)?|乡)(?:[(〔](?:乡|镇|街道?|街办|办事处|园区|场)[)〕])?(?:级|财政|配套|列支|承担|出资|投入|安排|自筹|以奖代补|奖补|补助|补贴)(?:资金)?|镇?村自筹|"
    r"(?:乡镇|镇街|街道|(?<![一-鿿])[乡镇])(?=\d|约|$)"
)
# Funds that each level has of its own: 省级残保金 is the province's, 残保金 alone is somebody's.
_PUBLIC_FUND = re.compile("残疾人就业保障金|残保金|医保基金|土地出让金?")
_LEVEL_BEFORE = re.compile("(?:中央|国家|自治区|(?<![社小园校])[省市州县区旗](?:本?级)?(?:财政)?|[省市州县区旗]残联)$")
_NAMED = r"(?:(?![财政和与及由向从补给对级资等])[一-鿿]){0,8}"
_PAYS_ITSELF = r"(?:自筹|自有|配套|投资|出资|投入|承担|筹措|解决|融资)*(?:资金)?"
COMPANIES = re.compile(
    rf"(?:国有|社会|项目|建设|运营|实施|相关)*(?:企业|社会资本|民间资本|(?:社会|民间)(?=投资|出资)|公司|开发商|运营商){_PAYS_ITSELF}|"
    r"(?:业主|建设单位|实施单位|项目单位)自筹"
    # by their names: 县水务集团配套, 区城投出资
    rf"|{_NAMED}(?:集团(?!军)|公司|[城国交建水农文旅]投(?!资|入)){_PAYS_ITSELF}"
    rf"|国网[一-鿿]{{0,6}}?(?:供电|电力){_PAYS_ITSELF}"
    rf"|(?:铁塔|移动|联通|电信|广电|供电|电力|电网|燃气|热力|供水|邮政|石化|石油)(?:公司|企业)?(?=自筹|出资|投资|承担|配套){_PAYS_ITSELF}"
)

# Words that hold a level's character and are no level: 城市, 小区, 市场.
NO_LEVEL = re.compile(
    r"城市|超市|门市|都市|上市|市场|市政(?!法|协)|市民|市容|小区|社区|校区|城区|片区|景区|厂区|辖区|地区|灾区|山区|库区|"
    r"牧区|园区|街区|区域|区内|区间|区位"
    r"|县城|县道|省道|省会|省力|节省|全区|全市|全县|全省|[市区县]直(?!属|接)"
)
# The departments of the State Council; a 部 of a party committee is of any level.
_MINISTRY = (
    r"(?:财政|教育|民政|交通运输|交通|水利|农业农村|农业|住房和?城乡建设|住建|文化和旅游|文旅|工业和信息化|工信|科学?技术?|公安|司法|"
    r"商务|应急管理|人力资源和?社会保障|人社|自然资源|生态环境|退役军人事务)部"
    r"(?=本级|补|资金|专项|下达|奖|安排|拨|投资|彩|预算|支持|$)"
)
# 中省资金, 国家、省补助: the state, where it stands before a province.
_STATE = (
    rf"国家(?=[、和及与/]?(?:省|自治区)(?:[市县区]|{_MONEY_OF}|[、和及与]))|"
    rf"{_BEGINS}[中国](?=、?省(?!道|干)(?:[市县区]|{_MONEY_OF}))"
)
CENTRAL_MONEY = re.compile(
    r"中央(?:预算内|财政|补助|专项)*|国家级|国家(?:财政|补助|专项|资金|预算|[一-鿿]{2,6}(?:总?局|委)|[一-鿿]{1,6}专项(?=[\d约¥:]|$))|特别国债|国债|"
    rf"车购税|车辆购置税|{_STATE}|{_MINISTRY}"
)
HIGHER_MONEY = re.compile(r"上级|向上争取|上争|省市资金|上面")
# Levels that are called otherwise, by what they are: 盟 and 地区 stand where cities do, the corps where provinces do.
# 县（市）, 县（市、区）, 区（县）: all of them counties, whatever they are called.
_SAME_LEVEL = (
    (re.compile(r"(?<![省市州盟])[县市区旗][(〔][县市区旗](?:[、/]?[县市区旗])*[)〕]"), "县"),
    (re.compile("自治区(?:本级)?"), "省"),
    (
        re.compile(
            rf"兵团(?:本级)?(?={_MONEY_OF}|[、,，和及与]|(?!第)[一-鿿]{{1,8}}?(?:资金|经费|补[助贴]|专项(?!债)))"
        ),
        "省",
    ),
    (re.compile(rf"{_BEGINS}(?:地区|盟市?)(?={_MONEY_OF}|[、,，和及与/旗县市])"), "州"),
    (re.compile(rf"{_BEGINS}师市?(?={_MONEY_OF}|[、,，和及与/团])"), "州"),
    (re.compile(rf"{_BEGINS}团场?(?={_MONEY_OF}|自筹)"), "县"),
)
_OF_MONEY = (
    r"级|本级|财政|补|奖|配套|承担|统筹|拨|投入|资金|安排|专项|自筹|出资|负担|筹|预算|"
    r"按(?![时期月季年质])|\d|约|¥|各|彩|两级|三级|$|[)(:：、/和及与,，]"
)
_LEVEL = re.compile(
    rf"[省市州区县旗](?={_OF_MONEY}|[省市州区县旗](?:级|财政|彩|各|共|配套|补|统筹|分担|承担|自筹|资金|[、和及两三]|$))"
)
_OFFICE = re.compile(
    r"[省市区县](?=(?:[一-鿿]{1,8}(?:厅|局|委)|残联|妇联|总?工会|红十字会)(?:部门)?(?:下达|彩|补助|补贴|奖补|安排|拨款|资金|配套|预算|经费|列支|承担|自筹|出资|负担))"
)
# 区文化专项经费, 县教育资金: a level at the beginning of the phrase, its money at the end.
_OF_LEVEL = re.compile(
    rf"{_BEGINS}[省市州区县旗](?![域际间内外容民场区直县委]|政(?!法|协))[一-鿿]{{1,8}}?"
    r"(?:(?:专项)?(?:经费|资金|补助|补贴|奖补)|专项(?=[\d约¥:]|$))"
)
_RUN = re.compile(
    r"(?<=[省市州区县央级政][、/和及与,])[省市州区县旗]|(?<=[省市州央])[市区县旗](?=级|财政|\d|各|两|"
    r"三|分担|共|配套|补|统筹|承担|自筹|资金)"
)
LEVELS = (_LEVEL, _RUN, _OFFICE, _OF_LEVEL)


def is_of_level(fund: re.Match[str]) -> bool:
    """Whether a fund found in a text stands right behind the level whose it is: 省级残保金."""
    before = fund.string[max(0, fund.start() - 8) : fund.start()]
    return _PUBLIC_FUND.match(fund[0]) is not None and _LEVEL_BEFORE.search(before) is not None


def levels_written_out(text: str) -> str:
    """A plain text with every level called by one character of 省, 市, 州, 县, 区, 旗; each stands where it stood.

    >>> levels_written_out("自治区、盟、旗"), levels_written_out("地区财政"), levels_written_out("贫困地区")
    ('□□省、州、旗', '□州财政', '贫困地区')
    >>> levels_written_out("县(市)自筹"), levels_written_out("各县(市、区)财政")
    ('□□□县自筹', '各□□□□□县财政')
    """
    for pattern, level in _SAME_LEVEL:
        text = pattern.sub(lambda found, level=level: "□" * (len(found[0]) - 1) + level, text)  # type: ignore[misc]
    return text
