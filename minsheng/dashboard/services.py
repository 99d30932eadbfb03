"""Which programmes a person may see, and which month is being filed."""

from datetime import date

from django.db.models import Q, QuerySet

from departments.permissions import OVERSEE, SUPERVISE, Person, jurisdictions_granted
from projects.models import Programme, ReportingPeriod, SubItem


def overseen_programmes(user: Person) -> QuerySet[Programme]:
    """Programmes of which ``user`` may see the whole, the newest first."""
    reach = jurisdictions_granted(user, OVERSEE, SUPERVISE).values("pk")
    return Programme.objects.filter(jurisdiction__in=reach).select_related("jurisdiction")


def visible_programmes(user: Person) -> QuerySet[Programme]:
    """Programmes of which ``user`` may see the whole, or any sub-item."""
    reach = jurisdictions_granted(user, OVERSEE, SUPERVISE).values("pk")
    mine = SubItem.objects.visible_to(user).values("programme")
    return Programme.objects.filter(Q(jurisdiction__in=reach) | Q(pk__in=mine)).select_related("jurisdiction")


def present_period(programme: Programme, today: date) -> ReportingPeriod | None:
    """The period units are filing now: the first opened one not yet past its due day, else the last opened one."""
    opened = list(ReportingPeriod.objects.filter(programme=programme, opens_on__lte=today).order_by("month"))
    return next((period for period in opened if period.due_on >= today), opened[-1] if opened else None)
