"""When two ways of writing a unit's name are the same way."""

import unicodedata
from typing import Final

# Brackets that NFKC leaves as they are.
_BRACKETS: Final = str.maketrans("〔〕【】〈〉《》[]{}", "()()()()()()")


def visible(text: str) -> str:
    """``text`` as a name is kept: without white space around it and characters that show nothing (category Cf), such
    as those that turn the direction of writing.

    >>> visible(" 经济\u202e发展局\u2060 ")
    '经济发展局'
    """
    return "".join(one for one in text if unicodedata.category(one) != "Cf").strip()


def plain(text: str) -> str:
    """What names are compared as: NFKC, round brackets only, no white space, nothing invisible, one case.

    >>> plain("党工委组织部 （人力资源部）") == plain("党工委组织部(人力\\n资源部)")
    True
    >>> plain("经济发展局\u2060") == plain("经济发展局")
    True
    """
    folded = unicodedata.normalize("NFKC", visible(text)).translate(_BRACKETS).casefold()
    return "".join(folded.split())


def section_name(unit: str, section: str) -> str:
    """A section as tables write it: 党政办公室（宣传）."""
    return f"{unit}（{section}）"
