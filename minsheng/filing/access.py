"""Which sheet an address means, for whom."""

from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404

from departments.models import User
from minsheng.filing.services import Sheet, sheet_of
from projects.models import ReportingPeriod, SubItem


def sheet_or_404(user: User, sub_item: int, month: str) -> Sheet:
    """A sub-item that is not the person's does not exist for them, nor does a month without a period."""
    try:
        first_day = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    visible = SubItem.objects.visible_to(user).select_related("programme__jurisdiction", "project")
    found = get_object_or_404(
        visible.filter(status=SubItem.Status.ACTIVE).prefetch_related("targets", "milestones", "overrides"), pk=sub_item
    )
    periods = ReportingPeriod.objects.filter(programme=found.programme).prefetch_related("exceptions")
    return sheet_of(found, get_object_or_404(periods, month=first_day))
