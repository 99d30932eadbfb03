"""What units have contributed to earlier months, as far as it stands: not to one that was let go."""

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from departments.models import Department
from projects.filings import let_go
from projects.models import ContributionVersion, SubItem


def last_of(unit: Department, sub_item: SubItem, before: date) -> ContributionVersion | None:
    """What the unit last submitted for an earlier month than ``before``."""
    return _earlier(sub_item, before).filter(contribution__department=unit).first()


def last_by_unit(units: Iterable[int], sub_item: SubItem, before: date) -> QuerySet[ContributionVersion]:
    """The same of many ``units``, by their keys, as far as they have. One query."""
    own = _earlier(sub_item, before).filter(contribution__department=OuterRef("pk")).values("pk")[:1]
    newest = Department.objects.filter(pk__in=list(units)).order_by().annotate(said=Subquery(own)).values("said")
    return ContributionVersion.objects.filter(pk__in=newest).select_related("contribution")


def _earlier(sub_item: SubItem, before: date) -> QuerySet[ContributionVersion]:
    """What stands of the months before, the newest first."""
    found = ContributionVersion.objects.filter(
        contribution__report__sub_item=sub_item, contribution__report__period__month__lt=before
    ).exclude(contribution__report__in=let_go())
    return found.select_related("contribution__report__period").order_by(
        "-contribution__report__period__month", "-number"
    )
