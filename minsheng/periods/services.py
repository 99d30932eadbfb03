"""The office's use of periods: what it may see, and what a changed working day does to every programme of its own."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from departments import audit, clock, locks
from departments.models import Jurisdiction, User
from departments.permissions import SUPERVISE, Person, has_grant, jurisdictions_granted
from projects.models import DayOverride, Programme, ReportingPeriod
from projects.rules.working_days import Calendar
from projects.services import periods, schedules, working_days


def supervised(user: Person) -> QuerySet[Programme]:
    """The programmes whose periods are this person's, the newest first."""
    reach = jurisdictions_granted(user, SUPERVISE).values("pk")
    return Programme.objects.filter(jurisdiction__in=reach).select_related("jurisdiction")


def may_change(user: Person, programme: Programme) -> bool:
    return has_grant(user, SUPERVISE, programme.jurisdiction)


@dataclass(frozen=True)
class Moved:
    """What a changed working day did: how many months are due on another day, and the periods whose due day, set by
    hand, is a day off now.
    """

    count: int
    off: list[ReportingPeriod]


@transaction.atomic
def set_day(jurisdiction: Jurisdiction, day: date, *, works: bool, note: str, by: User) -> Moved:
    """Say whether ``day`` is a working day; months of all programmes move with it."""
    before = working_days.calendar_of(jurisdiction)
    working_days.set_day(jurisdiction, day, works=works, note=note, by=by)
    return _realigned(jurisdiction, before)


@transaction.atomic
def forget_day(jurisdiction: Jurisdiction, override: int, *, by: User) -> Moved | None:
    """The country's order decides the day again; months move with it. Nothing where somebody has removed it already.

    Raises ``DoesNotExist`` where the jurisdiction never had such a day set by hand.
    """
    locks.hold(Jurisdiction, jurisdiction.pk)
    found = jurisdiction.day_overrides.filter(pk=override).first()
    if found is None:
        if audit.newest("calendar.forget", jurisdiction, override_id=override) is None:
            raise DayOverride.DoesNotExist
        return None
    before = working_days.calendar_of(jurisdiction)
    working_days.forget_day(found, by=by)
    return _realigned(jurisdiction, before)


def _realigned(jurisdiction: Jurisdiction, before: Calendar) -> Moved:
    now, count, off = working_days.calendar_of(jurisdiction), 0, []
    for programme in jurisdiction.programmes.order_by("pk"):
        count += schedules.coming_moved(programme, before, now) + len(periods.realign(programme))
        by_hand = programme.periods.filter(due_on__gte=clock.today(), regular_due_on__isnull=False).order_by("month")
        off += [one for one in by_hand if before.works(one.due_on) and not now.works(one.due_on)]
    return Moved(count, off)
