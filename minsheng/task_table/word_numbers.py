"""The numbers that Word counts by itself: they stand on the page and not in the text."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

_HAN = "零一二三四五六七八九"
_HAN_FORMATS = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCounting",
}


@dataclass(frozen=True)
class _Level:
    form: str
    text: str
    start: int


class Numbers:
    """Counts the numbered paragraphs of a document; each must be taken once, in its order."""

    def __init__(self, part: Any) -> None:
        self._levels: dict[tuple[str, int], _Level] = {}
        self._counted: Counter[tuple[str, int]] = Counter()
        related = [rel.target_part for rel in part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.NUMBERING]
        for numbering in related[:1]:
            self._learn(numbering.element)

    def _learn(self, root: Any) -> None:
        abstract = {
            item.get(qn("w:abstractNumId")): {
                _number(level, "w:ilvl"): _level(level) for level in item.iter(qn("w:lvl"))
            }
            for item in root.iter(qn("w:abstractNum"))
        }
        for number in root.iter(qn("w:num")):
            link = number.find(qn("w:abstractNumId"))
            levels = abstract.get(link.get(qn("w:val")), {}) if link is not None else {}
            for depth, level in levels.items():
                self._levels[number.get(qn("w:numId")), depth] = level

    def take(self, paragraph: Any) -> str:
        """The number in front of a paragraph as it is shown; empty where there is none, or none that is known here."""
        settings = paragraph.pPr.numPr if paragraph.pPr is not None else None
        if settings is None or settings.numId is None:
            return ""
        number = str(settings.numId.val)
        depth = settings.ilvl.val if settings.ilvl is not None else 0
        level = self._levels.get((number, depth))
        if level is None:
            return ""
        self._counted[number, depth] += 1
        for deeper in range(depth + 1, 9):
            self._counted[number, deeper] = 0
        text = level.text
        for place in range(depth + 1):
            above = self._levels.get((number, place))
            shown = _shown(above, self._counted[number, place] or 1) if above else ""
            if f"%{place + 1}" in text and not shown:
                return ""
            text = text.replace(f"%{place + 1}", shown)
        return text if any(character.isalnum() for character in text) else ""


def _level(element: Any) -> _Level:
    values = {}
    for name in ("numFmt", "lvlText", "start"):
        child = element.find(qn(f"w:{name}"))
        values[name] = child.get(qn("w:val"), "") if child is not None else ""
    start = values["start"]
    return _Level(values["numFmt"], values["lvlText"], int(start) if start.isdigit() else 1)


def _number(element: Any, name: str) -> int:
    value = element.get(qn(name), "0")
    return int(value) if value.isdigit() else 0


def _shown(level: _Level, count: int) -> str:
    number = level.start + count - 1
    if level.form == "decimal":
        return str(number)
    if level.form == "decimalEnclosedCircle" and 0 < number <= 20:
        return chr(0x245F + number)
    if level.form in _HAN_FORMATS and 0 < number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else "十" if tens == 1 else _HAN[tens] + "十") + (_HAN[ones] if ones else "")
    return ""
