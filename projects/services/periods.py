"""Reporting periods: opened month by month."""

from django.db import transaction

from departments import clock
from projects.models import Programme, ReportingPeriod
from projects.rules.periods import days_of, months_between


@transaction.atomic
def open_periods(programme: Programme) -> list[ReportingPeriod]:
    """Make the periods whose opening day has come; those already there stay as they are.

    Safe to run twice or late: a missed month is made up for.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    there = set(programme.periods.values_list("month", flat=True))
    made = []
    for month in months_between(programme.first_month, programme.last_month):
        if month in there:
            continue
        days = days_of(
            month,
            due_day=programme.due_day,
            due_next_month=programme.due_next_month,
            lock_after_days=programme.lock_after_days,
        )
        if days.opens_on > clock.today():
            break
        made.append(
            ReportingPeriod.objects.create(
                programme=programme, month=month, opens_on=days.opens_on, due_on=days.due_on, locks_on=days.locks_on
            )
        )
    return made


@transaction.atomic
def mark_locked(period: ReportingPeriod) -> bool:
    """Note that ``period`` locked, once; false where it was noted before."""
    period.refresh_from_db(from_queryset=ReportingPeriod.objects.select_for_update())
    if period.locked_at is not None:
        return False
    period.locked_at = clock.now()
    period.save(update_fields=["locked_at"])
    return True
