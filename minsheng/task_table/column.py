"""A column of a task table, and what stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from minsheng.task_table.parsers.text import is_nothing, plain
from minsheng.task_table.sheet import Sheet


@dataclass(frozen=True)
class Column:
    """``header`` is the text as a reader sees it, ``unit`` that of its amounts (万元) where it names one.

    ``stage`` and ``year`` are those of its amounts, where it says that they are not planned, or another year's.
    """

    index: int
    header: str
    meaning: str
    unit: str = ""
    stage: str = ""
    year: int | None = None

    @property
    def letter(self) -> str:
        return str(get_column_letter(self.index))

    @property
    def source(self) -> str:
        """The funding source of a column of amounts (amount:中央); empty for others."""
        return self.meaning.partition(":")[2]

    @property
    def above(self) -> str:
        """The words over those of the column itself (建设周期 / 计划开工); empty where nothing spans it."""
        return self.header.rpartition(" / ")[0]

    @property
    def own(self) -> str:
        """The words of the column itself, plain."""
        return plain(self.header.rpartition(" / ")[2])


def samples(sheet: Sheet, column: int, rows: Iterable[int]) -> list[str]:
    """What stands in a column below its header."""
    texts = (plain(sheet.text(row, column)) for row in rows)
    return [text for text in texts if not is_nothing(text)]
