"""What a unit is told until somebody of it takes note: a month that was let go, an approval that was kept, an exception
that was ended.
"""

from collections.abc import Iterable

from departments import clock
from departments.models import Department, User
from projects.models import ApprovalKept, ContributionVersion, LetGo, ReportEvent, Told


def tell(event: ReportEvent) -> None:
    """Note for its unit, and for each that has submitted a contribution to it, that the month was let go by ``event``;
    what nobody had noted of before goes with this. The caller has a transaction.
    """
    before = LetGo.objects.filter(event__report=event.report_id, noted_at=None)
    before.update(noted_at=clock.now())
    said = ContributionVersion.objects.filter(contribution__report=event.report_id).order_by()
    units = {event.report.department_id, *said.values_list("contribution__department", flat=True)}
    LetGo.objects.bulk_create(LetGo(event=event, department_id=unit) for unit in sorted(units))


def tell_kept(event: ReportEvent, uncounted: Iterable[Department]) -> None:
    """Note for the unit of the month, and for those of which something is ``uncounted`` that they had submitted since,
    that an approval was kept by ``event``. The caller has a transaction.
    """
    without = set(uncounted)
    for unit in {event.report.department, *without}:
        ApprovalKept.objects.create(event=event, department=unit, uncounted=unit in without)


def note(told: Told, *, by: User) -> None:
    """Somebody of the unit has read it; once."""
    type(told)._default_manager.filter(pk=told.pk, noted_at=None).update(noted_by=by, noted_at=clock.now())
