"""Text as cells hold it: full-width signs, blanks and line breaks that mean nothing."""

import re
import unicodedata
from functools import lru_cache

from minsheng.task_table.parsers.numbers import to_decimal

# A table asks the same of a text several times, and says the same in many rows.
SAME_TEXTS = 8192

# White space, control characters and the invisible ones that copying from other programs leaves behind.
_INVISIBLE = re.compile(r"[\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: 0xA5}
_MARKS = re.compile(r"^[★☆▲△●○■□◆◇※＊*✓√#]+|[★☆▲△●○■□◆◇※＊*]+$")
_NOTHING = re.compile(r"[-—–―－/／\\_.·•・。、…]*")
_ENDLESS = re.compile(r"[\d,]{21,}")
_DITTO = re.compile(r"同上|〃|″|\"|”|〞|同前")
_SERIAL_IN_NAME = re.compile(
    r"(?P<bracket>[(（](?:[一二三四五六七八九十百]{1,4}|\d{1,3})[)）])[.、．,，:：]?"
    r"|(?P<number>\d{1,3})(?:[.．](?!\d)|[、)）:：])"
    r"|(?P<han>[一二三四五六七八九十]{1,3})[、.．:：]"
    r"|第(?P<nth>[一二三四五六七八九十]{1,3}|\d{1,3})[件项][:：、]?"
    r"|(?P<circle>[①-⑳])[.、．]?"
)

# Words that call no task by its name: what remains of 第1项工程 without its number.
_NO_NAME = re.compile("(?:重点|惠民|民生|为民|建设|年度)*(?:实事|工程|项目|任务|工作|事项|内容|建设|措施|行动|目标)*")


@lru_cache(maxsize=SAME_TEXTS)
def plain(text: str) -> str:
    """``text`` without white space and with full-width signs made narrow, each character else as it was.

    Unlike NFKC it leaves ① and ㎡ alone: the first is a mark and not the number 1.

    >>> plain("２０２３年\\n12 月底（暂定）")
    '2023年12月底(暂定)'
    >>> plain("①约17.88万㎡")
    '①约17.88万㎡'
    """
    return _seen(text.translate(_FULL_WIDTH))


def without_endless_numbers(text: str) -> str:
    """``text`` with runs of more than 20 digits blotted out: no figure, and slow to look for one in.

    >>> without_endless_numbers("共" + "1" * 30 + "个")[:3]
    '共□□'
    """
    return _ENDLESS.sub(lambda run: "□" * len(run[0]), text) if len(text) > 20 else text


@lru_cache(maxsize=SAME_TEXTS)
def key(text: str) -> str:
    """What two people would call the same text: for comparing, never for showing."""
    return _seen(unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=SAME_TEXTS)
def one_line(text: str) -> str:
    """A name without the line breaks of its narrow cell; blanks between Chinese characters go with them.

    >>> one_line("建设区域健康\\n信息\\n平台")
    '建设区域健康信息平台'
    """
    return _seen(text)


def _seen(text: str) -> str:
    """``text`` without what is invisible. Most texts hold none of it, which is quick to see."""
    return text if text.isprintable() and " " not in text else _INVISIBLE.sub("", text)


def is_nothing(text: str) -> bool:
    """Whether a cell says nothing: blank, a dash, a stray dot.

    >>> is_nothing("·"), is_nothing(" — "), is_nothing("无")
    (True, True, False)
    """
    return not text[:1].isalnum() and _NOTHING.fullmatch(one_line(text)) is not None


@lru_cache(maxsize=SAME_TEXTS)
def is_ditto(text: str) -> bool:
    """Whether a cell refers to the one above: 同上, 〃."""
    return _DITTO.fullmatch(plain(text)) is not None


def without_serial(name: str) -> tuple[str, str]:
    """A name and the number written in front of it, without marks.

    A number in brackets is given with them, as tables that restart under each heading write it.

    >>> without_serial("1.城市人居环境提升项目")
    ('1', '城市人居环境提升项目')
    >>> without_serial("（一）困难群众救助项目")
    ('（一）', '困难群众救助项目')
    >>> without_serial("★5G基站建设")
    ('', '5G基站建设')
    >>> without_serial("1.5公里道路改造")
    ('', '1.5公里道路改造')
    >>> without_serial("第1项工程"), without_serial("第1项：道路工程")
    (('1', '第1项工程'), ('1', '道路工程'))
    """
    name = _MARKS.sub("", one_line(name))
    found = _SERIAL_IN_NAME.match(name)
    if found is None or found.end() == len(name):
        return "", name
    serial = next(group for group in found.groups() if group)
    rest = _MARKS.sub("", name[found.end() :])
    return serial, name if found["nth"] and _NO_NAME.fullmatch(rest) else rest


def heading(text: str) -> bool:
    """Whether a line is numbered as headings are: 一、社保惠民项目, （一）…, 第一部分."""
    return _HEADING.match(text) is not None


_HEADING = re.compile(
    r"[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十]+[部章类篇]"
)
_PADDED = re.compile(r"(?<!\d)0\d")
_COUNTED = re.compile(r"(?P<before>\D*?)(?P<number>\d+|[一二三四五六七八九十百]+)(?P<after>\D*)")


def follows(serial: str, previous: str) -> bool:
    """Whether a serial number is the next one, or the same, in the same way of writing.

    >>> follows("（二）", "（一）"), follows("7", "6"), follows("5-2", "5-1")
    (True, True, True)
    >>> (
    ...     follows("02", "01"),
    ...     follows("MS-10", "MS-09"),
    ...     follows("A02", "A01"),
    ...     follows("2-1", "1-3"),
    ...     follows("1-1", "1"),
    ... )
    (True, True, True, True, True)
    >>> follows("7", "六"), follows("12", "10"), follows("009", "８"), follows("3-1", "1-3"), follows("2-2", "1-3")
    (False, False, False, False, False)
    """
    one, two = _split(previous), _split(serial)
    if one is not None and two is not None and one[1:] == two[1:] and two[0] - one[0] in (0, 1):
        return _same_width(previous, serial)
    return _begins_part(plain(serial), plain(previous))


def _begins_part(serial: str, previous: str) -> bool:
    """2-1 behind 1-3 or 2, and 2 behind 1-3: numbers of parts, and of what they are parts of."""
    before, after = (re.split(r"[-.—–]", text) for text in (previous, serial))
    if len(before) > 2 or len(after) > 2 or len(before) == len(after) == 1:
        return False
    if len(after) == 2 and not (after[1].isdecimal() and int(after[1]) == 1):
        return False
    one, two = _split(before[0]), _split(after[0])
    if one is None or two is None or one[1:] != two[1:]:
        return False
    return two[0] - one[0] == 1 or (two[0] == one[0] and len(before) < len(after))


def _split(serial: str) -> tuple[int, str, str, bool] | None:
    """The last number of a serial, what stands before and after it, whether its digits are Arabic."""
    head, dash, tail = plain(serial).rpartition("-")
    found = _COUNTED.fullmatch(tail)
    number = to_decimal(found["number"]) if found else None
    if found is None or number is None:
        return None
    return int(number), head + dash + found["before"], found["after"], found["number"].isascii()


def _same_width(one: str, two: str) -> bool:
    """01 is followed by 02 and 09 by 10, but not 01 by 2."""
    padded = any("0" in serial and _PADDED.search(serial) for serial in (plain(one), plain(two)))
    return not padded or len(plain(one)) == len(plain(two))
