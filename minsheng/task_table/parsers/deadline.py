"""The 完成期限 column of a task table."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from minsheng.task_table.parsers.moments import DASH, Moment, moments_in, written_out
from minsheng.task_table.parsers.parsed import Issue, Parsed, Severity
from minsheng.task_table.parsers.text import SAME_TEXTS, is_nothing, plain

_BARE_END = re.compile(r"(?:年[底末终内]|全年|岁末|本年度?|当年|年度内?)")
_OPEN = re.compile(r"长期|常年|常态|持续(?![到至])|不间断|永久|经常")
# 持续推进至年底: what goes on has its end.
_UNTIL = re.compile(r"(?:长期|常年|持续|常态化?|不间断)[一-鿿]{0,6}(?:至|到|截止)$")
_RECURRING = re.compile(r"每(?:[两二三四六\d]个?)?(?:年|月|季度?|周|日|天|半年|学期)|按[月季周]|逐[月季年]")
_NOT_FIRM = re.compile(
    r"为准|视.{0,12}(?:情况|而定|进度)|根据.{1,16}(?:调整|确定|安排)|暂定|待定|(?:另行|等待)通知|原则上"
)
_FIRST_STEP = re.compile(
    r"动工|开工|启动|开建|进场|挂网|招标|投入使用|投用|试运营|运营|主体|结顶|封顶|交付|开放|通车|供水|验收"
)
# A date that others lead to (主体完工, 完成70%), and one that ends all (全部完成, 投入使用).
_PART = re.compile(
    r"主体|开工|启动|动工|进场|施工|封顶|前期|首批|一期|部分|过半|招标|立项|设计|方案|手续|基础|试点|阶段|选址|征地|拆迁|征收|招投标|可研|初设|勘察|审批|采购|摸底|调查|(?<!\d)\d{1,2}%"
)
_WHOLE = re.compile(
    r"^(?:前|底|之前)*(?:全面)?完成$|全部|全面|竣工|完工|建成|验收|100%|投入使用|投[用运产]|启用|交付|移交|通[车水电气航]|"
    r"供[水热暖气电]|开[馆园学诊业放]|入[住驻园]|运[营行]|开通"
)
_USED = re.compile(
    "投入使用|投[用运产]|启用|交付|移交|通[车水电气航]|供[水热暖气电]|开[馆园学诊业放]|入[住驻园]|运[营行]|开通"
)
_BUILT = re.compile("完工|竣工|建成|完成|安装|验收|改造|建设|建好|结束")
_TIME_LEFT = re.compile(r"\d(?![\d.]*[%个所处条户人名家座])|季度|月[份底末前]|[上下]半年|年[底末]")
# Words round a date that add nothing to it.
_FILLER = re.compile(
    r"(?:力争|争取|确保|务必|计划|预计|预期|拟|全面|全部|基本|任务|项目|工程|于|在|截至|截止|时间|完成|完工|竣工|办结|建成|完毕|前|"
    r"不晚于|不迟于|不超过|[最至]迟|最晚|"
    r"之前|以前|底|末|止|内|之内|以内|份|日|号"
    r"|的|24时|24:00|[,，.。;；:：、()（）\[\]【】])+"
)
_SHEET_DATE = re.compile(r"[3-6]\d{4}")


@dataclass(frozen=True)
class Deadline:
    """``day`` is the last day of what was written. ``note`` is what the cell says besides."""

    day: date | None = None
    precision: str = ""  # day, month, quarter, half, year
    firm: bool = True
    status: str = (
        "ok"  # milestone, multi, range, before_plan_year, open_ended, recurring, invalid, unparseable, missing
    )
    note: str = ""


# 2023-10-31 00:00:00, as a program writes a day.
_MIDNIGHT = re.compile(r"(?<=\d)[\sT]+0?0:00(?::00(?:\.0+)?)?\s*$")


# 9月开学前, 6月汛期前: before something in that month.
_EVENT = re.compile(r"(?![底末份初之以])[一-鿿]{1,8}(?<![提目当])前")


@lru_cache(maxsize=SAME_TEXTS)
def parse_deadline(text: str, *, year: int | None) -> Parsed[Deadline]:
    """Read one deadline; ``year`` is the table's, for cells that name none.

    A month, quarter, half-year or year stands for its last day; of several moments the latest counts and a person is
    asked. No moment is ever made up: 长期 has none and raises no question, a blank cell is ``missing``, anything else
    that cannot be read has none and a person is asked. A day that does not exist (2月30日) is an error. Never raises.

    >>> parse_deadline("2023年\\n12月底", year=2023).value.day
    datetime.date(2023, 12, 31)
    >>> parse_deadline("2021.8", year=2021).value
    Deadline(day=datetime.date(2021, 8, 31), precision='month', firm=True, status='ok', note='')
    >>> parse_deadline("三季度末", year=2014).value.day, parse_deadline("年底", year=2014).value.day
    (datetime.date(2014, 9, 30), datetime.date(2014, 12, 31))
    >>> parse_deadline("2023年12月份（以全市推进进度为准）", year=2023).value.note
    '以全市推进进度为准'
    >>> parse_deadline("5月底前动工", year=2016).value.status
    'milestone'
    >>> [
    ...     len([issue for issue in parse_deadline(text, year=2024).issues if issue.asks])
    ...     for text in ("持续推进至年底", "长期开展，12月底前完成")
    ... ]
    [0, 1]
    >>> parse_deadline("汛期前", year=2014).value
    Deadline(day=None, precision='', firm=True, status='unparseable', note='汛期前')
    >>> [
    ...     parse_deadline(text, year=2024).value.day.month
    ...     for text in ("前三季度", "20240831", "Ⅱ季度", "岁末", "本年度")
    ... ]
    [9, 8, 6, 12, 12]
    >>> [issue.severity for issue in parse_deadline("6月底前完成主体，12月底前通车", year=2023).issues][:1]
    ['info']
    >>> [issue.severity for issue in parse_deadline("2023年底前完成主体，2024年6月投用", year=2023).issues][:1]
    ['warning']
    >>> [issue.code for issue in parse_deadline("9月开学前", year=2023).issues if issue.asks]
    ['deadline_before_month']
    >>> parse_deadline("2023年2月30日", year=2023).issues[0].code
    'deadline_impossible'
    """
    cell = plain(_MIDNIGHT.sub("", text))
    if is_nothing(cell):
        return Parsed(Deadline(status="missing"), text)
    cell = written_out(cell)
    if _SHEET_DATE.fullmatch(cell):  # a date whose cell lost its date format
        return _single(text, date(1899, 12, 30) + timedelta(days=int(cell)), "deadline_from_number", cell)
    moments = list(moments_in(cell, year))
    firm = not _NOT_FIRM.search(cell)
    if not moments or (len(moments) == 1 and _begins(cell, moments[0])):
        return _without_moment(text, cell, year)
    if any(moment.day is None for moment in moments):
        return Parsed(
            Deadline(status="invalid", firm=firm, note=cell), text, (_issue("error", "deadline_impossible", cell),)
        )
    last = max(moments, key=lambda moment: moment.day or date.min)
    if _RECURRING.search(cell) and not _ends(cell, last):
        return Parsed(
            Deadline(status="recurring", firm=firm, note=plain(text)),
            text,
            (_issue("warning", "deadline_recurring", plain(text)),),
        )
    return _dated(text, cell, moments, last, firm=firm, year=year)


def tells_part(words: str) -> bool:
    """Whether words tell of a step that others follow: 主体完工, 完成70%."""
    return _PART.search(words) is not None


def _dated(
    text: str, cell: str, moments: list[Moment], last: Moment, *, firm: bool, year: int | None
) -> Parsed[Deadline]:
    issues, status, note = [], "ok", _rest(cell, moments)
    joined = re.fullmatch(rf"(?:从|自)?(?:起)?{DASH}|[,，]?{DASH}", cell[moments[0].end : moments[-1].start] or " ")
    if len(moments) == 2 and joined:
        status, note = "range", plain(text)
        issues.append(_issue("info", "deadline_range", cell))
    elif len(moments) > 1:
        status, note = "multi", plain(text)
        certain = _last_ends_all(cell, moments, last)
        later = year is not None and last.day is not None and last.day.year > year  # which of them is this year's?
        code = "deadline_several_later" if later else "deadline_several"
        issues.append(_issue("info" if certain and not later else "warning", code, cell))
    elif _FIRST_STEP.search(note):
        status = "milestone"
        issues.append(_issue("info", "deadline_milestone", note))
    if status in ("ok", "milestone") and _TIME_LEFT.search(
        re.sub(rf"20\d\d年|(?:{_RECURRING.pattern})[^,，;；。]*", "", note)
    ):  # what was read is not all of it
        issues.append(_issue("warning", "deadline_rest", cell))
    if "全年" in cell and not note:
        note = "全年"
    if note:
        issues.append(Issue("deadline_note", "info", "deadline_note", {"text": note}))
    unsure = next((moment.unsure for moment in moments if moment.unsure), "")
    if last.precision == "month" and cell[last.end - 1] not in "底末" and _EVENT.match(cell[last.end :]):
        unsure = "deadline_before_month"
    if unsure:
        issues.append(_issue("warning", unsure, cell))
    if year and last.day and last.day.year < year:
        status = "before_plan_year"
        issues.append(_issue("warning", "deadline_before_plan", cell))
    elif year and last.day and last.day.year > year + 5:
        issues.append(_issue("warning", "deadline_far", cell))
    if _OPEN.search(cell) and not _UNTIL.search(cell[: last.start]):
        issues.append(_issue("warning", "deadline_and_ongoing", cell))
    return Parsed(Deadline(last.day, last.precision, firm, status, note), text, tuple(issues))


def _begins(cell: str, moment: Moment) -> bool:
    """Whether a moment is only where something begins: 自2024年3月起."""
    return re.match("起(?!草)|开始(?!前)|以来|以后|之后|后(?![一-鿿])", cell[moment.end :]) is not None


def _ends(cell: str, last: Moment) -> bool:
    """Whether what comes again and again has an end of its own: 每季度1场，12月底前完成."""
    clause = re.split("[,，;；。(（]", cell[: last.start])[-1] + re.split("[,，;；。)）]", cell[last.start :])[0]
    behind = cell[last.end - 1 : last.end + 2]
    return _RECURRING.search(clause) is None and re.search("[前底末止内]|完成", behind) is not None


def _last_ends_all(cell: str, moments: list[Moment], last: Moment) -> bool:
    """Whether the last date is surely the deadline: 6月底前完成主体，12月底前通车."""
    if last is moments[0] and re.match(r"[前底末内]*\(其中[^()]*\)$", cell[last.end :]):
        return True  # 12月底前(其中加装电梯10月底前)
    if last is not moments[-1] or not _WHOLE.search(cell[last.end :]):
        return False
    between = [cell[one.end : other.start] for one, other in pairwise(moments)]
    used = _USED.search(cell[last.end :])  # 6月底完工，7月通水
    steps = [_PART.search(words) or (used and _BUILT.search(words)) for words in between]
    rest = re.search("其余|其他|剩余|余下", between[-1])  # 其余12月底前完成
    return rest is not None or re.search("全部|全面(?:完成|建成|完工|竣工)", cell[last.end :]) is not None or all(steps)


def _without_moment(text: str, cell: str, year: int | None) -> Parsed[Deadline]:
    if year is None and (_BARE_END.search(cell) or _needs_year(cell)):
        return Parsed(
            Deadline(status="unparseable", note=cell), text, (_issue("error", "deadline_year_missing", cell),)
        )
    if _RECURRING.search(cell):
        return Parsed(Deadline(status="recurring", note=cell), text, (_issue("warning", "deadline_recurring", cell),))
    if _OPEN.search(cell):
        return Parsed(
            Deadline(status="open_ended", firm=False, note=cell), text, (_issue("info", "deadline_open", cell),)
        )
    firm = not _NOT_FIRM.search(cell)
    return Parsed(
        Deadline(status="unparseable", firm=firm, note=cell), text, (_issue("warning", "deadline_unread", cell),)
    )


def _needs_year(cell: str) -> bool:
    return re.search(r"\d{1,2}月|[一二三四1-4]季度|[上下]半年", cell) is not None


def _single(text: str, day: date, code: str, cell: str) -> Parsed[Deadline]:
    return Parsed(Deadline(day, "day"), text, (_issue("warning", code, cell),))


def _issue(severity: Severity, code: str, cell: str) -> Issue:
    return Issue("deadline", severity, code, {"text": cell})


def _rest(cell: str, moments: list[Moment]) -> str:
    """What the cell says besides its moment: 完成新增墓地建设 in 计划10月底完成新增墓地建设."""
    moment = moments[0]
    before, after = cell[: moment.start], cell[moment.end :]
    bracket = re.fullmatch(r"(.*?)\((.+)\)", after)
    if bracket and _FILLER.fullmatch(bracket[1] or "前"):
        return "" if _FILLER.fullmatch(bracket[2]) else bracket[2]
    words = "".join(part for part in (before, after) if not _FILLER.fullmatch(part or "前"))
    words = re.sub(r"\((?:[前底末]|之前|以前)*\)", "", words)  # 主汛期前(5月底前)
    words = re.sub(
        r"^(?:力争|争取|确保|计划|预计|拟|于|在)+|^(?:底|末|份|之|以)*前|^[,，;；:：、。)]|[,，;；:：、。(]$", "", words
    )
    return "" if not words or _FILLER.fullmatch(words) else words
