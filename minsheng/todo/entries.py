"""What a to-do consists of: entries, and the sources they come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from departments import clock
from departments.models import User


class Kind(TextChoices):
    """Why something waits, in the order in which kinds are offered; the value stands in addresses."""

    RETURNED = "returned", pgettext_lazy("to-do", "Returned")
    FILE = "file", pgettext_lazy("to-do", "To file")
    CONTRIBUTE = "contribute", pgettext_lazy("to-do", "To contribute")
    READ_MONEY = "read-money", pgettext_lazy("to-do", "Money to read")
    REFUSED = "refused", pgettext_lazy("to-do", "Request refused, or ended early")
    CUT_SHORT = "cut-short", pgettext_lazy("to-do", "Exception ended early")
    LET_GO = "let-go", pgettext_lazy("to-do", "No longer waited for")
    KEPT = "kept", pgettext_lazy("to-do", "Earlier approval kept")
    REVIEW = "review", pgettext_lazy("to-do", "To review for the unit")
    APPROVE = "approve", pgettext_lazy("to-do", "To approve")
    STUCK = "stuck", pgettext_lazy("to-do", "Stuck in unit review")
    ASKED = "asked", pgettext_lazy("to-do", "Exceptions asked for")
    RUN_OUT = "run-out", pgettext_lazy("to-do", "Returned, not filed in time")
    RECHECK = "recheck", pgettext_lazy("to-do", "Later months to check")
    NO_UNIT = "no-unit", pgettext_lazy("to-do", "Without a filing unit")
    ENDED = "ended", pgettext_lazy("to-do", "Ended units that still file")
    IMPORT = "import", pgettext_lazy("to-do", "Tables to confirm")
    RIGHT = "right", pgettext_lazy("to-do", "Rights to confirm")
    NO_FILER = "no-filer", pgettext_lazy("to-do", "Units nobody files for")
    NO_OFFICE = "no-office", pgettext_lazy("to-do", "Nobody supervises")


@dataclass(frozen=True)
class Entry:
    """One thing that waits for a person, and the page where he takes the next step.

    ``since``: from when on it has waited. ``due`` is the day it should be done by, ``until`` the last one on which it
    can be. ``why`` and ``who`` are another person's words and name; ``note`` is the portal's own word. ``page`` is
    where it is read, where that is not the step's own.
    """

    title: str
    url: str
    step: str
    since: datetime | date | None
    serial: str = ""
    about: str = ""
    month: str = ""
    due: date | None = None
    until: date | None = None
    why: str = ""
    who: str = ""
    note: str = ""
    posts: bool = False  # the step is taken by the button itself
    page: str = ""
    programme: int | None = None  # its key
    programme_name: str = ""  # where the person has more than one

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due < clock.today()

    @property
    def days_waiting(self) -> int:
        """For how many days it has waited, where no day says by when it should be done."""
        if self.due is not None or self.since is None:
            return 0
        since = clock.local(self.since).date() if isinstance(self.since, datetime) else self.since
        return (clock.today() - since).days

    @property
    def days_late(self) -> int:
        return (clock.today() - self.due).days if self.due else 0


Rows = QuerySet[Any] | list[Any]


@dataclass(frozen=True)
class Source:
    """Where entries of one kind come from.

    ``waiting`` gives what waits for a person, one row for each entry, as a query (or as a list, where no query can
    tell); the number in the header counts it. Sources that share it part it among themselves: ``mine`` are the rows of
    this kind, oldest first. ``read`` makes entries of some of them, in a fixed number of queries. Whoever holds none of
    ``rights`` is not asked about. ``all_at`` is the work page of the kind, where there is one.
    """

    kind: Kind
    rights: frozenset[str]
    waiting: Callable[[User], Rows]
    mine: Callable[[Any], Rows]
    read: Callable[[Any, User], Iterable[Entry]]
    all_at: str = ""
    all_words: str | Promise = ""

    def rows(self, user: User) -> Rows:
        """What of this kind waits for ``user``, oldest first."""
        return self.mine(self.waiting(user))


def ordered(*by: str) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    """``mine`` of a source that shares its rows with no other."""
    return lambda rows: rows.order_by(*by)
