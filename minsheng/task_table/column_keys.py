"""What a column of a file is called: by its letter, and of a sheet that is read on by that sheet as well (附件2!C)."""

from collections.abc import Mapping


def key_of(letter: str, sheet: str = "") -> str:
    """``sheet`` is empty for the table itself.

    >>> key_of("C"), key_of("C", "附件2")
    ('C', '附件2!C')
    """
    return f"{sheet}!{letter}" if sheet else letter


def place_of(column: str) -> tuple[str, str]:
    """Sheet and letter of such a key; words of a header have no sheet.

    >>> place_of("C"), place_of("附件!2!C"), place_of("落实!科室")
    (('', 'C'), ('附件!2', 'C'), ('', '落实!科室'))
    """
    sheet, _mark, letter = column.rpartition("!")
    return (sheet, letter) if sheet and letter.isascii() and letter.isalpha() else ("", column)


def own(mapping: Mapping[str, str], sheet: str) -> dict[str, str]:
    """What is said of the columns of one sheet, by letter; of the table itself by letter or words.

    >>> own({"C": "serial", "附件2!C": "content"}, ""), own({"C": "serial", "附件2!C": "content"}, "附件2")
    ({'C': 'serial'}, {'C': 'content'})
    """
    return {letter: means for column, means in mapping.items() for at, letter in [place_of(column)] if at == sheet}
