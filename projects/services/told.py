"""What a unit is told until somebody of it takes note: a month that was let go, an exception that was ended."""

from departments import clock
from departments.models import User
from projects.models import LetGo, ReportEvent, Told


def tell(event: ReportEvent) -> None:
    """Note for its unit that the month was let go by ``event``; what nobody had noted of before goes with this. The
    caller has a transaction.
    """
    before = LetGo.objects.filter(event__report=event.report_id, noted_at=None)
    before.update(noted_at=clock.now())
    LetGo.objects.create(event=event, department=event.report.department)


def note(told: Told, *, by: User) -> None:
    """Somebody of the unit has read it; once."""
    type(told)._default_manager.filter(pk=told.pk, noted_at=None).update(noted_by=by, noted_at=clock.now())
