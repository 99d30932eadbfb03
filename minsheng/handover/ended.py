"""Units that end, or are to end, and still file sub-items: somebody must take these over."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from departments.models import Department
from projects.models import Responsibility, SubItem
from projects.models.responsibility import ResponsibilityQuerySet


def filings_left() -> ResponsibilityQuerySet:
    """Who files what last, as no hand-over has ended it, of sub-items that go on."""
    return Responsibility.objects.current().filter(
        files=True, department__isnull=False, sub_item__status=SubItem.Status.ACTIVE
    )


def filed_by(unit: Department) -> list[SubItem]:
    """What ``unit`` and its sections file, programme by programme, in the order of each table."""
    left = filings_left().filter(Q(department=unit) | Q(department__parent=unit), sub_item=OuterRef("pk"))
    found = SubItem.objects.filter(Exists(left)).select_related("project", "programme__jurisdiction")
    return list(found.order_by("programme", "position"))


def ended_in(jurisdictions: QuerySet[Any]) -> QuerySet[Department]:
    """Units and sections with an end that still file something in programmes of ``jurisdictions``."""
    left = filings_left().filter(sub_item__programme__jurisdiction__in=jurisdictions, department=OuterRef("pk"))
    return Department.objects.filter(Exists(left), active_until__isnull=False)
