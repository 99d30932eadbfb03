"""What amounts of money take from each other: a source named once, a stage said of all, the rest of a total."""

import re
from dataclasses import replace
from decimal import Decimal

from minsheng.task_table.parsers.amounts import Amount, exact
from minsheng.task_table.parsers.figures import Token
from minsheng.task_table.parsers.money_lines import Context, FundingItem
from minsheng.task_table.parsers.numbers import ARABIC
from minsheng.task_table.parsers.sources import MIXED, OTHER, UNSPECIFIED, one_source
from minsheng.task_table.parsers.terms import EACH_OF, NOT_YET, stage_of

# An amount that is a part, or a further one, of what was named before it.
_OF_THE_SAME = re.compile(
    r"[,，、(]?(?:目前|现|其中|截至[^,，(]{1,12}|20\d\d年度?|[上下]半年|前期|年初|第[一二三四五]批|首批|\d{1,2}月(?:份|底)?|"
    r"年内|[今本当]年|预计|计划|拟)*(?:已|再|追加|另|第[一二三四五]批|首批)"
)
_JOINED = re.compile(r"(?:[、/]|[、,，]?(?:或|至|到|和|及))[^,，;；。、\d]{0,10}")
_NO_RATE = re.compile("共|合计|总|累计|最高|封顶|上限|限额|安排|资金|约?需|预[计算]|另|其余")
_SCALED = re.compile("[万亿千百十]")
_SMALL = 10_000  # yuan
_MORE = re.compile("再|追加")
_NEXT_YEAR = re.compile(r"[,，、]?20\d\d年(?:度)?(?:计划|预计|拟)?(?:再|另)?(?:安排|投入|下达|补助|拨付|配套)?约?")
_ALL_SECURED = re.compile(r"(?:均|都|全部|以上|上述)[^,，;；。]{0,4}?(?:到位|下达|拨付|落实|安排|到账|发行)(?!后|前)")
_REST = re.compile(r"(?:其余|剩余|余下)(?:部分|资金)?(?:的?(?:由|为|从|来自))?(?P<who>[^,，;；。()\d]{1,20})[)）]?$")
_PAYS = re.compile("配套|承担|自筹|补助|补贴|解决|出资|负担|兜底|投入")
_PROPORTION = re.compile(
    rf"(?P<names>[一-鿿]{{1,8}}(?::[一-鿿]{{1,8}})+)(?:=|为|是)(?P<figures>{ARABIC}(?::{ARABIC})+)(?P<unit>[万亿]?元|万|亿)"
)
_NOT_ON = re.compile(r"其余|剩余|余下|不足|缺口|差额|尚|还|另|追加|需|未|待|[总概估]|合计|共计|其中|20\d\d年")
# 由300万元增加到420万元: where it stood
_STOOD = re.compile(r"[由从](?:原来?|上年|去年|往年)?的?(?P<per>(?:每[一-鿿]{1,3}){0,2})约?$")
_ROSE = re.compile(
    r"(?:左右)?(?:提高|提升|增[加长至到]?|上升|上调|扩大|调[整增高减]|降低?|下[降调]|减少?|压减)[到至为]+(?:每[一-鿿]{1,3}){0,2}约?$"
)
_CHANGED = re.compile(r"(?:调整|变更|调增|调减|追加|核减|压减)(?:后|为|到|至)+(?:约|:|[^,，\d]{0,4}金)*$")
_VERB = re.compile("承担|自筹|解决|出资|负担|兜底|投入|安排|由|从|列支|投资|支持")
# 由企业自筹 behind a total, and what says that the one named pays only a part of it.
_WHOLE_PAID = re.compile(
    r"[,，、(]?(?:所需|建设|项目)?(?:资金|经费|费用)?(?:来源|渠道)?(?:(?:全部|全额|均|都|主要)?(?:由|从|为|来自|是|使用|:|属)|"
    r"全部|全额)(?P<who>[^,，;；。()\d]{2,25})[)）]?[,，]?$"
)
_ALONE_PAID = re.compile(
    r"[,，(](?P<who>[^,，;；。()\d]{2,12}?(?:自筹|承担|解决|出资|负担|兜底|列支|保障|投资|资金))[)）]?$"
)
_PART_PAID = re.compile("配套|补助|补贴|奖补|部分|适当|按|比例|缺口|不足|其余|剩余|余下|主要|差额|结余|审[核批查]|批复")
EACH = re.compile(r"(?:各|分别)(?:级|自|承担|出资|安排|补助|配套|负担|奖补)?约?$")
LISTED = re.compile("[、,，和及]")
_SOURCE_OF_ALL = re.compile(
    r"(?:均|全部|都|以上)(?:为|由|从|来自|属)(?P<who>[^,，;；。]+)|"
    r"[由从](?P<who2>[^,，;；。]+?)(?:中?(?:统筹|安排|承担|解决|保障|列支|支出))(?!约?\d)|"
    r"来源(?:为|是|:)?(?P<who3>[^,，;；。]+)"
)
_GOES_ON = re.compile(r"[、,，和及与以]")
_TWO_CLAUSES = re.compile(r"[,，(].*[,，(]")
_COMMA = re.compile("[,，]")
_CLAUSES = re.compile(r"[,，]|(?<![省市县区州盟旗级央区家])、")


def inherited(
    token: Token, source: str | None, named: list[str], stage: str | None, *, alone: bool, context: Context
) -> str | None:
    """The source of an amount that has none of its own, from what came before it in the sentence."""
    if "分别" in token.head and len(named) > 1 and not alone:  # 省、市财政分别补助300万元、200万元
        context.respectively = named[1:]
        return named[0]
    of_rate = context.lines and context.lines[-1].rate and context.lines[-1].source != OTHER
    if source == UNSPECIFIED and of_rate:
        return context.lines[-1].source  # 区财政按每户5000元补助，预计补助资金150万元
    if source is not None or not context.lines:
        return source
    if context.respectively and LISTED.fullmatch(token.before):
        return context.respectively.pop(0)
    previous = context.lines[-1]
    if _OF_THE_SAME.match(token.before) and (stage == "secured" or _MORE.search(token.before)):
        context.ask_if_several(token.before)
        return previous.source  # 计划申请专项债5000万元，目前已申请到2000万元
    if _NEXT_YEAR.fullmatch(token.before):
        return previous.source  # 县财政2024年安排100万元、2025年安排50万元
    if of_rate:
        return previous.source  # 市财政按每床5000元标准补助，约需150万元
    return None


def rate_listed(token: Token, amount: Amount, sentence: str, context: Context) -> tuple[Decimal, str] | None:
    """The rate that an amount behind another rate is: 每人每月100元、200元, 小学每生每年1000元、初中1250元.

    What is joined to a rate by 、 or 或 is one too, and so is a small sum in yuan behind one in yuan; not what says
    that it is a sum or a limit.
    """
    previous = context.lines[-1] if context.lines else None
    if previous is None or previous.rate is None or _NO_RATE.search(token.before + token.after[:4]):
        return None
    yuan = amount.wan * 10_000
    small = yuan < _SMALL and not _SCALED.search(sentence[token.start : token.end])
    joined = _JOINED.fullmatch(token.before) is not None and one_source(token.head) is None
    alike = previous.rate[0] / 20 <= yuan <= previous.rate[0] * 20
    return (exact(yuan), previous.rate[1]) if alike and (joined or (small and previous.rate[0] < _SMALL)) else None


def small_sum(token: Token, amount: Amount, sentence: str) -> bool:
    """Whether an amount is a few yuan, so that it may be one for each of many: 3000元."""
    return 0 < amount.wan < 1 and not _SCALED.search(sentence[token.start : token.end])


def without_baselines(sentence: str, tokens: list[Token], context: Context) -> list[Token]:
    """县财政投入由300万元增加到420万元 states the second amount: the first says where it stood, and who pays."""
    kept: list[Token] = []
    stood: Token | None = None
    for token in tokens:
        moved = _ROSE.match(sentence[stood.end : token.start]) if stood is not None else None
        if stood is not None and moved is not None:
            kept.remove(stood)
            token.before = _STOOD.sub(r"\g<per>", stood.before)
            context.ask("info", "funding_compared", sentence[stood.start : stood.end])
        stood = token if token.amount is not None and _STOOD.search(token.before) else None
        kept.append(token)
    return kept


def take_back_changed(token: Token, source: str | None, context: Context) -> FundingItem | None:
    """原计划500万元，现调整为380万元: the amount before gives way to this one, where both are of one source."""
    if not context.lines or context.after_total or not _CHANGED.search(token.head):
        return None
    earlier = context.lines[-1]
    if earlier.amount_wan is None or (source not in (None, earlier.source) and earlier.source != OTHER):
        return None
    del context.lines[-1]
    context.issues = [issue for issue in context.issues if issue.params["text"] != earlier.text]
    return earlier


def carried_stage(token: Token, context: Context) -> str | None:
    """The stage of the amount before, where this one goes on with its clause: 已到位中央资金15万元、省级资金5万元.

    Neither the rest of a total nor what has a verb of its own goes on (…，县财政配套300万元, 其余由企业自筹).
    """
    goes_on = _GOES_ON.match(token.before) and not _TWO_CLAUSES.search(token.before)
    if context.said_stage is None or not goes_on or _NOT_ON.search(token.before):
        return None
    if context.said_stage == "applied" and "配套" in token.before:
        return None  # 申请专项债4000万元，区财政配套1000万元: nobody applies for what is his own
    listed = token.before[0] not in ",，" and not _COMMA.search(token.before)
    return context.said_stage if listed or not _VERB.search(token.before) else None


def said_of_another(token: Token, source: str | None, context: Context) -> bool:
    """市级补助300万元，目前省级已到位: the words behind an amount tell the stage of another, which is given to it."""
    stage, other = stage_of(token.after), one_source(token.after)
    lines = [line for line in context.lines if line.source == other and line.amount_wan is not None]
    if stage is None or source in (None, other) or not lines:
        return False
    context.lines = [replace(line, stage=stage) if line in lines else line for line in context.lines]
    return True


def source_for_all(sentence: str, context: Context, first: int) -> None:
    """均为区级财政, 由区级财政安排 behind several amounts names the source of all of them that had none."""
    found = _SOURCE_OF_ALL.search(sentence)
    source = one_source(found["who"] or found["who2"] or found["who3"]) if found else None
    if found is None or source is None:
        return
    totals = [total for total in context.totals if total.reference_year is None]
    stated = [line for line in context.lines[first:] if line.reference_year is None]
    if not stated and len(totals) == 1 and (found["who3"] or found["who"]):
        total = totals[0]  # 计划投资600万元，资金来源为区财政
        context.lines.append(FundingItem(source, total.amount_wan, total.approx, stage_of(sentence), sentence))
        context.ask("warning", "funding_total_as_line", total.text)
    open_ = (OTHER, UNSPECIFIED) if len(context.lines[first:]) == 1 else (OTHER,)  # 预算120万元，从区级福彩公益金中列支
    changed = {line.text for line in context.lines[first:] if line.source in open_ and (line.amount_wan or line.rate)}
    context.lines[first:] = [
        replace(line, source=source) if line.text in changed else line for line in context.lines[first:]
    ]
    context.issues = [
        i for i in context.issues if not (i.code == "funding_source_unknown" and i.params["text"] in changed)
    ]


def stage_for_all(sentence: str, context: Context, first: int) -> None:
    """均已到位 behind several amounts is said of all of them."""
    found = _ALL_SECURED.search(sentence)
    if found is None or NOT_YET.search(sentence):
        return
    first = 0 if re.match("以上|上述", found[0]) else first
    context.lines[first:] = [
        replace(line, stage="secured") if line.amount_wan is not None else line for line in context.lines[first:]
    ]


def rest_of_total(sentence: str, context: Context) -> bool:
    """其余县级配套 behind amounts: a line of that source whose amount the cell does not state."""
    found = _REST.search(sentence)
    source = one_source(found["who"]) if found else None
    if found is None or source is None:
        return False
    context.lines.append(FundingItem(source, stage=stage_of(found[0]), text=found[0]))
    context.ask("info", "funding_no_amount", found[0])
    return True


def payers_behind(words: str, context: Context) -> None:
    """区财政按1:1配套 behind the last amount of a sentence: a further source, its amount not stated."""
    for clause in _CLAUSES.split(words)[1:]:  # 由市、区财政按1:1分担 is one clause
        source = one_source(clause)
        if (
            source is None
            or source in (MIXED, UNSPECIFIED)
            or not (_PAYS.search(clause) or (context.totals and not context.lines))
            or re.search("审[核批查]|批复", clause)
        ):
            continue
        if all(line.source != source for line in context.lines):
            lone = context.totals and all(
                line.reference_year for line in context.lines
            )  # 总投资560万元，市财政给予补助: how much of it?
            context.lines.append(FundingItem(source, stage=stage_of(clause), text=clause.strip("()")))
            context.ask("warning" if lone else "info", "funding_no_amount", clause.strip("()"))


def payer_of_total(words: str, sentence: str, context: Context, first_line: int, first_total: int) -> bool:
    """计划投资560万元，由企业自筹: the one total of a sentence is paid by the one source behind it.

    Said so of a plan it is certain; where the stage is open, or several pay, a person is asked.
    """
    totals = [total for total in context.totals[first_total:] if total.reference_year is None]
    stated = [line for line in context.lines[first_line:] if line.reference_year is None]
    found = _WHOLE_PAID.fullmatch(words) or _ALONE_PAID.fullmatch(words)
    source = one_source(found["who"]) if found else None
    if found is None or source is None or len(totals) != 1 or stated:
        return False
    if _PART_PAID.search(found[0]):
        return False
    for line in context.lines[first_line:]:  # 2023年已投入…，2024年拟投入…，由市财政承担
        context.name_source(line, source)
    total, stage = totals[0], stage_of(found[0]) or stage_of(sentence) or stage_of(totals[0].text)
    context.lines.append(FundingItem(source, total.amount_wan, total.approx, stage, sentence.strip("()")))
    certain = (stage == "planned" or total.kind == "sum") and source != MIXED
    context.ask("info" if certain else "warning", "funding_total_as_line", total.text)
    return True


def parts_of_rate(context: Context) -> None:
    """每户补助2.6万元，中央1.8万元、省级0.8万元: amounts that add up to the rate before them are parts of the rate."""
    rates = [n for n, line in enumerate(context.lines) if line.rate is not None]
    parts = context.lines[rates[0] + 1 :] if len(rates) == 1 else []
    amounts = [line.amount_wan for line in parts if line.amount_wan is not None]
    whole = context.lines[rates[0]].rate if rates else None
    if whole is None or not 1 < len(amounts) == len(parts) or sum(amounts) * 10_000 != whole[0]:
        return
    context.lines[rates[0] + 1 :] = [
        replace(line, amount_wan=None, rate=(amount * 10_000, whole[1]))
        for line, amount in zip(parts, amounts, strict=True)
    ]
    if context.lines[rates[0]].source in (OTHER, MIXED):  # whose it is, its parts say
        del context.lines[rates[0]]


def sum_of_rates(cell: str, context: Context) -> None:
    """每村补助5万元，20个村共计100万元，由县财政承担: the sum is the amount of the one source, the rate tells how."""
    sums = [total for total in context.totals if total.kind == "sum" and total.reference_year is None]
    rates = [line for line in context.lines if line.rate is not None]
    others = [line for line in context.lines if line.rate is None]
    if not sums and (each := next((line for line in rates if EACH_OF.search(line.text)), None)):
        context.ask("warning", "funding_no_amount", each.text)  # 3个镇各补助20万元, and not how much in all
    if not rates or len(sums) != 1 or len(context.totals) > 1:
        return
    if any(line.amount_wan is not None or line.share is not None for line in others):
        return
    total, source = sums[0], one_source(cell)
    if source is None or len({line.source for line in context.lines} - {OTHER, source}) > 0:
        context.ask("warning", "funding_total_only", total.text)
        return
    stage = next((line.stage for line in others if line.stage), stage_of(total.text))
    context.lines = [replace(line, source=source) for line in rates]
    context.lines.append(FundingItem(source, total.amount_wan, total.approx, stage, total.text))
    context.totals.remove(total)
    context.issues = [issue for issue in context.issues if issue.code != "funding_no_amount"]


def only_total(cell: str, context: Context) -> bool:
    """省、市、区按4:3:3分担，共计600万元: the one sum of a cell without lines belongs to those it names."""
    sums = [total for total in context.totals if total.kind == "sum"]
    if context.lines or len(context.totals) != 1 or not sums:
        return False
    source = one_source(cell)
    if source is None:
        return False
    context.lines.append(FundingItem(source, sums[0].amount_wan, sums[0].approx, stage_of(cell), cell))
    if source == MIXED:
        context.ask("info", "funding_mixed", sums[0].text)
    else:
        context.ask("warning", "funding_total_as_line", sums[0].text)
    return True


def in_proportion(cell: str) -> str:
    """省补:市补:县配套=100:50:50万元, written out: one amount for each source.

    >>> in_proportion("省补:市补:县配套=100:50:50万元")
    '省补100万元、市补50万元、县配套50万元'
    >>> in_proportion("省、市按4:6分担100万元")
    '省、市按4:6分担100万元'
    """
    found = _PROPORTION.search(cell)
    if found is None:
        return cell
    names, figures = found["names"].split(":"), found["figures"].split(":")
    if len(names) != len(figures):
        return cell
    written = "、".join(f"{name}{figure}{found['unit']}" for name, figure in zip(names, figures, strict=True))
    return cell[: found.start()] + written + cell[found.end() :]
