"""When two ways of writing a unit's name are the same way."""

import unicodedata
from typing import Final

# Brackets that NFKC leaves as they are.
_BRACKETS: Final = str.maketrans("〔〕【】〈〉《》[]{}", "()()()()()()")


def plain(text: str) -> str:
    """What names are compared as: NFKC, round brackets only, no white space, one case.

    >>> plain("党工委组织部 （人力资源部）") == plain("党工委组织部(人力\\n资源部)")
    True
    """
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS).casefold()
    return "".join(folded.split()).replace("\u200b", "").replace("\ufeff", "")


def section_name(unit: str, section: str) -> str:
    """A section as tables write it: 党政办公室（宣传）."""
    return f"{unit}（{section}）"
