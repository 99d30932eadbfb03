"""Who files which month: before and after a hand-over, as its preview shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from projects.models import Responsibility

NOBODY = ""


@dataclass(frozen=True)
class Span:
    """Months after one another that one unit files; ``coming``: by the hand-over that is looked at."""

    first: date
    last: date
    unit: str
    coming: bool = False

    @property
    def is_single(self) -> bool:
        return self.first == self.last


def spans(
    filing: Iterable[Responsibility], months: Sequence[date], *, since: date | None = None, unit: str = ""
) -> list[Span]:
    """Who files each of ``months`` by ``filing``, what was written down; from ``since`` on it is ``unit``."""
    rows = list(filing)
    found: list[Span] = []
    for month in months:
        coming = since is not None and month >= since
        held = [row for row in rows if row.held_in(month)]
        newest = max(held, key=lambda row: row.since or date.min, default=None)
        name = unit if coming else newest.department.full_name if newest and newest.department else NOBODY
        if found and (found[-1].unit, found[-1].coming) == (name, coming):
            found[-1] = Span(found[-1].first, month, name, coming)
        else:
            found.append(Span(month, month, name, coming))
    return found
