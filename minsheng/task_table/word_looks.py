"""What of a Word document is struck through or hidden."""

import re
from typing import Any

from docx.oxml.ns import qn


class Looks:
    """``part`` is the document, whose styles may hide text too."""

    def __init__(self, part: Any) -> None:
        styles = getattr(part, "_styles_part", None)
        found = styles.element.findall(qn("w:style")) if styles is not None else []
        self._styles = {style.get(qn("w:styleId")): style for style in found}

    def struck(self, run: Any) -> bool:
        marks = run.find(qn("w:rPr"))
        return marked(marks, "w:strike") or marked(marks, "w:dstrike")

    def hidden(self, run: Any, paragraph: Any) -> bool:
        """Whether a run is not on the page: what it says itself counts, then its style, then that of its paragraph."""
        own = run.find(qn("w:rPr"))
        if own is not None and own.find(qn("w:vanish")) is not None:
            return marked(own, "w:vanish")
        around = paragraph.find(qn("w:pPr"))
        return self._hides(_named(own, "w:rStyle")) or self._hides(_named(around, "w:pStyle"))

    def _hides(self, name: str) -> bool:
        """Whether a style hides text, or the nearest one that it is based on and that says so."""
        known = set()
        while name in self._styles and name not in known:
            known.add(name)
            marks = self._styles[name].find(qn("w:rPr"))
            if marks is not None and marks.find(qn("w:vanish")) is not None:
                return marked(marks, "w:vanish")
            name = _named(self._styles[name], "w:basedOn")
        return False


def marked(properties: Any, name: str) -> bool:
    """Whether a mark is set: it may also say that it is not."""
    mark = properties.find(qn(name)) if properties is not None else None
    return mark is not None and not re.fullmatch("0|false|off", mark.get(qn("w:val"), "1"))


def _named(properties: Any, name: str) -> str:
    found = properties.find(qn(name)) if properties is not None else None
    return "" if found is None else found.get(qn("w:val"), "")
