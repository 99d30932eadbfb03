"""Which reports wait for a person's units. The to-do, its number and the filing page all ask here."""

from typing import TYPE_CHECKING

from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from projects.filings import contributions_missing, filings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.filings import Slot


def to_file(user: User) -> "QuerySet[Slot]":
    """What the person's units can file and have not, what was returned to them among it."""
    return _of(user).filter(open_now=True)


def locked(user: User) -> "QuerySet[Slot]":
    """What the person's units have not filed and cannot any more, unless they ask for an exception."""
    return _of(user).filter(open_now=False)


def to_contribute(user: User) -> "QuerySet[Slot]":
    """What the person's units are responsible for besides, in months that are still written, without a word of theirs;
    ``contributing.waiting_for`` lists these too, and assigned money lines that they have not read.
    """
    return contributions_missing().filter(department__in=departments_granted(user, FILE_REPORT).values("pk"))


def _of(user: User) -> "QuerySet[Slot]":
    return filings().filter(gone_on=False, department__in=departments_granted(user, FILE_REPORT).values("pk"))
