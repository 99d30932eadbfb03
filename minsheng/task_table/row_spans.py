"""Rows of a sheet in few words, as a form sends them back: 2-5,8."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

_SPAN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True)
class RowSpans:
    """Rows in their order, each run of them by its first and last; empty for none."""

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, rows: Iterable[int]) -> Self:
        """
        >>> str(RowSpans.of([2, 3, 4, 8])), str(RowSpans.of([]))
        ('2-4,8', '')
        """
        found: list[tuple[int, int]] = []
        for row in sorted(rows):
            if found and row <= found[-1][1] + 1:
                found[-1] = found[-1][0], row
            else:
                found.append((row, row))
        return cls(tuple(found))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """As a form sends it back; none where it cannot be read.

        >>> RowSpans.read("2-4,8") == RowSpans.of([2, 3, 4, 8]), RowSpans.read("") == RowSpans.of([])
        (True, True)
        >>> RowSpans.read("2-x"), RowSpans.read(",")
        (None, None)
        """
        found = [_SPAN.fullmatch(part) for part in text.split(",")] if text else []
        read = [(int(one[1]), int(one[2] or one[1])) for one in found if one]
        return cls(tuple(sorted(read))) if len(read) == len(found) else None

    def __contains__(self, row: int) -> bool:
        place = bisect_right(self.spans, row, key=lambda one: one[0]) - 1
        return place >= 0 and row <= self.spans[place][1]

    def __str__(self) -> str:
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.spans)
