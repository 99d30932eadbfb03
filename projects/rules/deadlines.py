"""Which days a person can set as deadline of a sub-item."""

from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from departments.errors import DomainError

YEARS_BEFORE: Final = 1  # that of the programme: work of the year before may be carried on
YEARS_AFTER: Final = 10


def check_deadline(day: date | None, *, year: int, before: date | None = None) -> None:
    """Raise ``DomainError`` for a day that can only be a slip in a programme of ``year``.

    Without a day there is no deadline; ``before`` is what stood, as an official table may name any day.
    """
    if day is None or day == before or year - YEARS_BEFORE <= day.year <= year + YEARS_AFTER:
        return
    raise DomainError(
        _("The deadline %(day)s cannot be right: it must lie between %(first)s and %(last)s.")
        % {"day": day.isoformat(), "first": f"{year - YEARS_BEFORE}-01-01", "last": f"{year + YEARS_AFTER}-12-31"}
    )
