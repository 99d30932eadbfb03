"""Persons in a cell of units: 社区建设办（张某）."""

import re

from minsheng.task_table.parsers.units import ENDS

_PHONE = r"(?:1\d{10}|(?:0\d{2,3}-?)?\d{7,8})"
_NO_PERSON = r"[^()（）]{0,3}(?:局|委|办|部|处|科|室|镇|乡|村|站|所|院|会|队|校|区|县|市|司)"
_PERSON = rf"(?!{_NO_PERSON})[一-鿿]{{1,2}}\s{{0,2}}[一-鿿]{{1,2}}"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗宋梁郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "姚谭廖邹熊陆郝孔崔康毛邱秦顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚"
)


def _with(phone: str) -> re.Pattern[str]:
    one = rf"{_PERSON}(?:[\s,，、:：]*{_PHONE}){phone}"
    return re.compile(rf"[(（]\s*(?P<person>{one}(?:[\s、,，;；]+{one})*)\s*[)）]")


_WITH_PHONE, _WITH_PHONE_OR_NOT = _with(""), _with("?")
_IN_BRACKETS = re.compile(rf"[(（]\s*(?P<person>{_PERSON}(?:[、,，/\s]+{_PERSON})*)\s*[)）](?=\s*(?:$|[、,，;；。\n]))")
_APART = re.compile(rf"(?<=[\s、,，:：])(?P<person>{_PERSON}(?:\s*{_PHONE})?)(?=$|[\s、,，;；])")


def without_persons(text: str, *, told: bool) -> tuple[str, tuple[str, ...]]:
    """A cell of units without the persons in it; ``told``: its header speaks of persons, so that a name is one.

    >>> without_persons("社区建设办（张某）、执法队（李某 13812345678）", told=True)
    ('社区建设办、执法队', ('张某', '李某 13812345678'))
    >>> without_persons("县教育局 王小明", told=True), without_persons("市应急局（防汛办）", told=False)[1]
    (('县教育局', ('王小明',)), ())
    >>> without_persons("教育办公室（黎某文，28381101）\\n公共服务办公室（周某：13812345678）", told=True)
    ('教育办公室\\n公共服务办公室', ('黎某文，28381101', '周某：13812345678'))
    """
    persons: list[str] = []

    def maybe(found: re.Match[str]) -> str:
        names = re.split(r"[、,，/\s]+", found["person"])
        behind_a_unit = not told and ENDS.search(text[: found.start()].rstrip())
        return person(found) if behind_a_unit and all(name[0] in _SURNAMES for name in names) else found[0]

    def person(found: re.Match[str]) -> str:
        persons.append(found["person"].strip())
        return ""

    text = (_WITH_PHONE_OR_NOT if told else _WITH_PHONE).sub(person, text)
    text = _IN_BRACKETS.sub(maybe, text)
    if told:
        text = _APART.sub(person, text)
    return text.strip(), tuple(persons)
