"""The office's use of periods: what it may see, and what a changed working day does to every programme of its own."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from departments.models import Jurisdiction, User
from departments.permissions import SUPERVISE, Person, has_grant, jurisdictions_granted
from projects.models import DayOverride, Programme
from projects.services import periods, working_days


def supervised(user: Person) -> QuerySet[Programme]:
    """The programmes whose periods are this person's, the newest first."""
    reach = jurisdictions_granted(user, SUPERVISE).values("pk")
    return Programme.objects.filter(jurisdiction__in=reach).select_related("jurisdiction")


def may_change(user: Person, programme: Programme) -> bool:
    return has_grant(user, SUPERVISE, programme.jurisdiction)


@transaction.atomic
def set_day(jurisdiction: Jurisdiction, day: date, *, works: bool, note: str, by: User) -> int:
    """Say whether ``day`` is a working day; how many periods, of all programmes, move with it."""
    working_days.set_day(jurisdiction, day, works=works, note=note, by=by)
    return _realigned(jurisdiction)


@transaction.atomic
def forget_day(override: DayOverride, *, by: User) -> int:
    """The country's order decides the day again; how many periods move."""
    jurisdiction = override.jurisdiction
    working_days.forget_day(override, by=by)
    return _realigned(jurisdiction)


def _realigned(jurisdiction: Jurisdiction) -> int:
    return sum(len(periods.realign(programme)) for programme in jurisdiction.programmes.order_by("pk"))
