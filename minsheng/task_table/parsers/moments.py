"""Moments in a text: 2023年12月底, 2021.8, 三季度末, 前三季度, 20240831, each with its last day."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from minsheng.task_table.parsers.numbers import to_decimal

DASH = r"(?:-|—|–|―|－|~|～|至|到)+"
_YEAR = (
    r"(?:(?P<year>20\d\d|[二两][〇零][〇零一二三四五六七八九]{2}|(?<!\d)\d\d(?=年))"
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
# 3—11月, 2023.3-2023.11 and 2022-2023年 written out, so that both ends are moments.
_SHORT_RANGES = (
    (re.compile(r"(20\d\d)[.年](0?[1-9]|1[0-2])(-|~|至|—)(0?[1-9]|1[0-2])月?(?![\d月日.]|季度)"), r"\1年\2月\3\4月"),
    (
        re.compile(rf"(20\d\d)[.年/](\d{{1,2}})(?![\d.月/])({DASH})(20\d\d)[.年/](\d{{1,2}})(?![\d.月/])"),
        r"\1年\2月\3\4年\5月",
    ),
    (re.compile(rf"(?<![\d.\-/])(\d{{1,2}})({DASH})(\d{{1,2}}月)"), r"\1月\2\3"),
    (re.compile(rf"(?<!\d)(20\d\d)年?({DASH})(20\d\d)(?:年|(?![.\-/\d]))"), r"\1年\2\3年"),
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
# Holidays of one day in every year; 春节 and 中秋 go by the moon.
_HOLIDAYS = {
    "元旦": (1, 1), "妇女节": (3, 8), "三八": (3, 8), "植树节": (3, 12), "五一": (5, 1), "劳动节": (5, 1),
    "五四": (5, 4), "青年节": (5, 4), "六一": (6, 1), "儿童节": (6, 1), "七一": (7, 1), "建党节": (7, 1),
    "八一": (8, 1), "建军节": (8, 1), "教师节": (9, 10), "国庆": (10, 1),
}  # fmt: skip
_BEFORE_HOLIDAY = re.compile(
    rf"(?P<year>20\d\d年|今年|本年|明年)[“\"]?(?P<name>{'|'.join(_HOLIDAYS)})[”\"]?(?:国际)?"
    r"(?:劳动|妇女|儿童|青年|建军|建党)?节?(?:黄金周|长?假期?|来临)?"
    r"(?:之|以)?前(?:夕)?(?!后)"
)


@dataclass(frozen=True)
class Moment:
    start: int
    end: int
    day: date | None  # None: there is no such day
    precision: str
    unsure: str = ""


def written_out(cell: str) -> str:
    """A plain text with its moments in words that are known.

    >>> written_out("2023年前三季度"), written_out("3—11月"), written_out("20240831"), written_out("岁末")
    ('2023年三季度', '3月—11月', '2024年08月31日', '年底')
    >>> written_out("2024年国庆节前"), written_out("今年五一前"), written_out("2025年元旦前"), written_out("五一前")
    ('2024年9月30日前', '今年4月30日前', '2024年12月31日前', '五一前')
    """
    for short, long in (*_OTHERWISE, *_SHORT_RANGES):
        cell = short.sub(long, cell)
    return _BEFORE_HOLIDAY.sub(_day_before, cell)


def _day_before(found: re.Match[str]) -> str:
    """2024年国庆节前 is by the last day of September; without a year a person is asked, as of 春节."""
    (month, day), written = _HOLIDAYS[found["name"]], found["year"]
    if not written[0].isdigit():
        last = date(2001, month, day) - timedelta(days=1)
        return found[0] if month == day == 1 else f"{written}{last.month}月{last.day}日前"
    last = date(int(written[:4]), month, day) - timedelta(days=1)
    return f"{last.year}年{last.month}月{last.day}日前"


def moments_in(cell: str, year: int | None) -> Iterator[Moment]:
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
        yield Moment(found.start(), found.end(), day, precision, unsure)


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
    return not (found["end"] == "" and re.match(r"[^前底末内止完(),;。\-—–―~～至到]", cell[found.end() :]))


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
