"""Which programmes a person may see, as a whole or in part."""

from django.db.models import Q, QuerySet

from departments import clock
from departments.permissions import OVERSEE, SUPERVISE, Person, jurisdictions_granted
from projects.models import Programme, SubItem
from projects.standing import running_first


def first_of(programmes: QuerySet[Programme]) -> Programme | None:
    """The one of ``programmes`` that a page shows where its address names none."""
    return running_first(programmes, today=clock.today()).first()


def overseen_programmes(user: Person) -> QuerySet[Programme]:
    """Programmes of which ``user`` may see the whole, the newest first."""
    reach = jurisdictions_granted(user, OVERSEE, SUPERVISE).values("pk")
    return Programme.objects.filter(jurisdiction__in=reach).select_related("jurisdiction")


def visible_programmes(user: Person) -> QuerySet[Programme]:
    """Programmes of which ``user`` may see the whole, or any sub-item."""
    reach = jurisdictions_granted(user, OVERSEE, SUPERVISE).values("pk")
    mine = SubItem.objects.visible_to(user).values("programme")
    return Programme.objects.filter(Q(jurisdiction__in=reach) | Q(pk__in=mine)).select_related("jurisdiction")
