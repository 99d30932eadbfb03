"""The 完成期限 column of a task table."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from minsheng.task_table.parsers.numbers import to_decimal
from minsheng.task_table.parsers.parsed import Issue, Parsed, Severity
from minsheng.task_table.parsers.text import SAME_TEXTS, is_nothing, plain

DASH = r"(?:-|—|–|―|－|~|～|至|到)+"
_YEAR = (
    r"(?:(?P<year>20\d\d|[二两]〇[〇一二三四五六七八九]{2}|(?<!\d)\d\d(?=年))"
    r"(?:年度?|[.\-/](?=\d)|(?<=20\d\d)(?=[上下]半年|Q[1-4]|第?[一二三四]季度|[底末]))|"
    r"(?P<relative>明年|次年|翌年|今年|本年|当年|去年|上年))?"
)
_WHEN = re.compile(
    _YEAR + r"(?:"
    r"(?P<month>(?:1[0-2]|0?[1-9])(?!\d|季度)|十[一二]?|[一二三四五六七八九](?!个?季度)|\d{1,3}(?=月))"
    r"(?:月份?(?:(?P<day>\d{1,3}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九](?=[日号]))[日号]?|"
    r"(?P<part>上旬|中旬|下旬|初|中(?!心))|[底末])?"
    r"|(?<=[年./\-]\d)(?:[./\-](?P<day2>\d{1,2})(?!\d))?|(?<=[年./\-]\d\d)(?:[./\-](?P<day3>\d{1,2})(?!\d))?"
    r"|[./](?P<day4>\d{1,2})(?=日|前|$))"
    r"|(?P<quarter>第?[一二三四1-4]季度|Q[1-4])(?:[底末])?"
    r"|(?P<half>[上下]半年|年中(?!心)|(?<=\d年)中(?![心旬]))(?:[底末])?"
    r"|(?P<end>年?[底末]|年?内|全年(?!任务|目标|计划|工作|各项)|年终|(?<=\d年)|(?<=\d年度)))"
)
_BARE_END = re.compile(r"(?:年[底末终内]|全年|岁末|本年度?|当年|年度内?)")
_OPEN = re.compile(r"长期|常年|常态|持续|不间断|永久|经常")
_RECURRING = re.compile(r"每(?:年|月|季度?|周|日|天|半年|学期)|按[月季周]|逐[月季年]")
_NOT_FIRM = re.compile(
    r"为准|视.{0,12}(?:情况|而定|进度)|根据.{1,16}(?:调整|确定|安排)|暂定|待定|(?:另行|等待)通知|原则上"
)
_FIRST_STEP = re.compile(
    r"动工|开工|启动|开建|进场|挂网|招标|投入使用|投用|试运营|运营|主体|结顶|封顶|交付|开放|通车|供水|验收"
)
# 3—11月, 2023.3-2023.11 and 2022-2023年 written out, so that both ends are moments.
_SHORT_RANGES = (
    (re.compile(r"(20\d\d)[.年](0?[1-9]|1[0-2])(-|~|至|—)(0?[1-9]|1[0-2])月?(?![\d月日.]|季度)"), r"\1年\2月\3\4月"),
    (
        re.compile(rf"(20\d\d)[.年/](\d{{1,2}})(?![\d.月/])({DASH})(20\d\d)[.年/](\d{{1,2}})(?![\d.月/])"),
        r"\1年\2月\3\4年\5月",
    ),
    (re.compile(rf"(?<![\d.\-/])(\d{{1,2}})({DASH})(\d{{1,2}}月)"), r"\1月\2\3"),
    (re.compile(rf"(?<!\d)(20\d\d)({DASH})(20\d\d年?)"), r"\1年\2\3"),
    (re.compile(rf"(\d{{1,2}})月(\d{{1,2}})[日号]?({DASH})(\d{{1,2}}[日号])"), r"\1月\2日\3\1月\4"),
    (re.compile(rf"(?<![\d第])([一二三1-3])({DASH})([二三四2-4]季度)"), r"\1季度\2\3"),
)
# The same moments in other words.
_OTHERWISE = (
    (re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)"), r"\1年\2月\3日"),  # 20240831
    (re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)"), r"\1年\2月"),
    (re.compile(r"(?:Ⅳ|(?<![A-Za-z])IV)(?=季度)"), "4"),
    (re.compile(r"(?:Ⅲ|(?<![A-Za-z])III)(?=季度)"), "3"),
    (re.compile(r"(?:Ⅱ|(?<![A-Za-z])II)(?=季度)"), "2"),
    (re.compile(r"(?:Ⅰ|(?<![A-Za-z])I)(?=季度)"), "1"),
    (re.compile(r"前([一二三123])个?(?=季度)"), r"\1"),  # 2023年前三季度: by the end of the third
    (re.compile(r"前两个?季度|前半年"), "上半年"),
    (re.compile(r"后半年"), "下半年"),
    (re.compile(r"(?:岁[末尾底]|年尾|年度[末底])"), "年底"),
    (re.compile(r"上中旬"), "中旬"),
    (re.compile(r"中下旬"), "下旬"),
    (re.compile(r"贯穿(?:于)?全年(?:始终)?|全年(?:度)?(?:推进|实施|开展|进行|落实)(?:完成)?"), "全年"),
    (re.compile(r"^(?:本年度?|当年度?|今年|年度)(?:之?内|前)?(?=$|完成|完工|建成|办结)"), "年内"),
)
# A date that others lead to (主体完工, 完成70%), and one that ends all (全部完成, 投入使用).
_PART = re.compile(
    r"主体|开工|启动|动工|进场|施工|封顶|前期|首批|一期|部分|过半|招标|立项|设计|方案|手续|基础|试点|阶段|(?<!\d)\d{1,2}%"
)
_WHOLE = re.compile(
    r"^(?:前|底|之前)*(?:全面)?完成$|全部|全面|投入使用|投用|启用|交付|通车|竣工|完工|建成|验收|运营|运行|开放|100%"
)
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


@dataclass(frozen=True)
class _Moment:
    start: int
    end: int
    day: date | None  # None: there is no such day
    precision: str
    unsure: str = ""


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
    >>> parse_deadline("汛期前", year=2014).value
    Deadline(day=None, precision='', firm=True, status='unparseable', note='汛期前')
    >>> [
    ...     parse_deadline(text, year=2024).value.day.month
    ...     for text in ("前三季度", "20240831", "Ⅱ季度", "岁末", "本年度")
    ... ]
    [9, 8, 6, 12, 12]
    >>> [issue.severity for issue in parse_deadline("6月底前完成主体，12月底前通车", year=2023).issues][:1]
    ['info']
    >>> parse_deadline("2023年2月30日", year=2023).issues[0].code
    'deadline_impossible'
    """
    cell = plain(text)
    if is_nothing(cell):
        return Parsed(Deadline(status="missing"), text)
    for short, long in (*_OTHERWISE, *_SHORT_RANGES):
        cell = short.sub(long, cell)
    if _SHEET_DATE.fullmatch(cell):  # a date whose cell lost its date format
        return _single(text, date(1899, 12, 30) + timedelta(days=int(cell)), "deadline_from_number", cell)
    moments = list(_moments(cell, year))
    firm = not _NOT_FIRM.search(cell)
    if not moments:
        return _without_moment(text, cell, year)
    if any(moment.day is None for moment in moments):
        return Parsed(
            Deadline(status="invalid", firm=firm, note=cell), text, (_issue("error", "deadline_impossible", cell),)
        )
    last = max(moments, key=lambda moment: moment.day or date.min)
    if _RECURRING.search(cell):
        return Parsed(
            Deadline(status="recurring", firm=firm, note=cell), text, (_issue("warning", "deadline_recurring", cell),)
        )
    return _dated(text, cell, moments, last, firm=firm, year=year)


def _dated(
    text: str, cell: str, moments: list[_Moment], last: _Moment, *, firm: bool, year: int | None
) -> Parsed[Deadline]:
    issues, status, note = [], "ok", _rest(cell, moments)
    joined = re.fullmatch(rf"(?:从|自)?(?:起)?{DASH}|[,，]?{DASH}", cell[moments[0].end : moments[-1].start] or " ")
    if len(moments) == 2 and joined:
        status, note = "range", cell
        issues.append(_issue("info", "deadline_range", cell))
    elif len(moments) > 1:
        status, note = "multi", cell
        certain = _last_ends_all(cell, moments, last)
        issues.append(_issue("info" if certain else "warning", "deadline_several", cell))
    elif _FIRST_STEP.search(note):
        status = "milestone"
        issues.append(_issue("info", "deadline_milestone", note))
    if status in ("ok", "milestone") and _TIME_LEFT.search(
        re.sub(r"20\d\d年", "", note)
    ):  # what was read is not all of it
        issues.append(_issue("warning", "deadline_rest", cell))
    if "全年" in cell and not note:
        note = "全年"
    if note:
        issues.append(Issue("deadline_note", "info", "deadline_note", {"text": note}))
    unsure = next((moment.unsure for moment in moments if moment.unsure), "")
    if unsure:
        issues.append(_issue("warning", unsure, cell))
    if year and last.day and last.day.year < year:
        status = "before_plan_year"
        issues.append(_issue("warning", "deadline_before_plan", cell))
    elif year and last.day and last.day.year > year + 5:
        issues.append(_issue("warning", "deadline_far", cell))
    if _OPEN.search(cell):
        issues.append(_issue("warning", "deadline_and_ongoing", cell))
    return Parsed(Deadline(last.day, last.precision, firm, status, note), text, tuple(issues))


def _last_ends_all(cell: str, moments: list[_Moment], last: _Moment) -> bool:
    """Whether the last date is surely the deadline: 6月底前完成主体，12月底前通车."""
    if last is not moments[-1] or not _WHOLE.search(cell[last.end :]):
        return False
    between = [cell[one.end : other.start] for one, other in pairwise(moments)]
    return "全部" in cell[last.end :] or all(_PART.search(words) for words in between)


def _without_moment(text: str, cell: str, year: int | None) -> Parsed[Deadline]:
    if (_BARE_END.search(cell) and year is None) or _needs_year(cell):
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


def _moments(cell: str, year: int | None) -> Iterator[_Moment]:
    """Every moment in the cell; a year once named holds for what follows it."""
    named = year
    position = 0
    for found in _WHEN.finditer(cell):
        if found.end() == found.start() or found.start() < position or not _is_moment(cell, found):
            continue
        position = found.end()
        said = _year(found, year)
        named = said if said is not None else named
        if named is None:
            continue
        day, precision, unsure = _last_day(named, found, cell)
        if re.match(DASH, cell[found.end() :]) and precision == "month" and said is None:
            pass  # 3月至10月: the first of a range; its end follows
        yield _Moment(found.start(), found.end(), day, precision, unsure)


def _is_moment(cell: str, found: re.Match[str]) -> bool:
    """Not every number with a dot is a date: 1. in front of a text is its number."""
    before = cell[found.start() - 1 : found.start()]
    if found["month"] and "月" not in found[0] and not (found["year"] or found["day4"]):
        return False
    if found["month"] and before.isdigit():
        return False
    if re.match(r"个|余|多", cell[found.end() :]) and found["month"]:
        return False
    if found["end"] is not None and not (found["year"] or found["relative"]):
        return (
            re.fullmatch(r"年[底末内]|全年|年终", found["end"]) is not None
            and not before.isdigit()
            and before not in tuple("一二两三四五六七八九十几半多")
        )
    return not (found["end"] == "" and re.match(r"[^前底末内止完(,。\-—–―~～至到]", cell[found.end() :]))


def _year(found: re.Match[str], year: int | None) -> int | None:
    if found["year"]:
        number = to_decimal(found["year"])
        value = int(number) if number is not None else None
        return value + 2000 if value is not None and value < 100 else value
    if found["relative"] and year is not None:
        return year + {"明": 1, "次": 1, "翌": 1, "去": -1, "上": -1}.get(found["relative"][0], 0)
    return None


def _last_day(year: int, found: re.Match[str], cell: str) -> tuple[date | None, str, str]:
    before_end = cell[found.end() : found.end() + 1] == "前"
    if found["quarter"]:
        quarter = "一二三四".find(found["quarter"].strip("第季度Q")) + 1 or int(found["quarter"].strip("第季度Q"))
        unsure = "deadline_before_month" if before_end and found[0][-1] not in "底末" else ""
        return _month_end(year, quarter * 3), "quarter", unsure
    if found["half"]:
        middle = "中" in found["half"]
        half = 12 if found["half"][0] == "下" else 6
        return _month_end(year, half), "half", "deadline_part_of_month" if middle else ""
    if not found["month"]:
        return date(year, 12, 31), "year", ""
    month = int(to_decimal(found["month"]) or 0)
    written = found["day"] or found["day2"] or found["day3"] or found["day4"]
    if written:
        try:
            return date(year, month, int(to_decimal(written) or 0)), "day", ""
        except ValueError:
            return None, "day", ""
    if not 1 <= month <= 12:
        return None, "month", ""
    if found["part"]:
        last = {"上旬": 10, "中旬": 20, "初": 10, "中": 15}.get(found["part"])
        unsure = "deadline_part_of_month" if found["part"] in ("初", "中") else ""
        return (date(year, month, last) if last else _month_end(year, month)), "day" if last else "month", unsure
    return _month_end(year, month), "month", "deadline_before_month" if before_end and found[0][-1] in "月份" else ""


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _rest(cell: str, moments: list[_Moment]) -> str:
    """What the cell says besides its moment: 完成新增墓地建设 in 计划10月底完成新增墓地建设."""
    moment = moments[0]
    before, after = cell[: moment.start], cell[moment.end :]
    bracket = re.fullmatch(r"(.*?)\((.+)\)", after)
    if bracket and _FILLER.fullmatch(bracket[1] or "前"):
        return "" if _FILLER.fullmatch(bracket[2]) else bracket[2]
    words = "".join(part for part in (before, after) if not _FILLER.fullmatch(part or "前"))
    words = re.sub(
        r"^(?:力争|争取|确保|计划|预计|拟|于|在)+|^(?:底|末|份|之|以)*前|^[,，;；:：、。]|[,，;；:：、。]$", "", words
    )
    return "" if not words or _FILLER.fullmatch(words) else words
