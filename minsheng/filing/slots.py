"""Which reports wait for a person's units. The to-do, its number and the filing page all ask here."""

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef

from departments.models import User
from departments.permissions import FILE_REPORT, departments_granted
from funding.models import FundingLine
from projects.filings import contributions_missing, filings
from projects.models import ContributionVersion, SubItem

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


def lines_of() -> "QuerySet[FundingLine]":
    """The money lines that units are to read each month (``is_read`` says the same of one)."""
    lines = FundingLine.objects.filter(department__isnull=False, sub_item__status=SubItem.Status.ACTIVE)
    return lines.filter(year=F("sub_item__programme__year"), rate=None)


def lines_missing() -> "QuerySet[FundingLine]":
    """Of these the ones in whose sub-item a month is written to which their unit has submitted nothing."""
    said = ContributionVersion.objects.filter(
        contribution__department=OuterRef(OuterRef("department")),
        contribution__report__sub_item=OuterRef("sub_item"),
        contribution__report__period=OuterRef("period"),
    )
    written = filings().filter(open_now=True, gone_on=False, sub_item=OuterRef("sub_item"), department__isnull=False)
    return lines_of().filter(
        Exists(written.exclude(department=OuterRef("department")).exclude(Exists(said)).order_by())
    )


def _of(user: User) -> "QuerySet[Slot]":
    return filings().filter(gone_on=False, department__in=departments_granted(user, FILE_REPORT).values("pk"))
