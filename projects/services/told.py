"""What a unit is told of a month that was let go, until somebody of it takes note."""

from departments import clock
from departments.models import User
from projects.models import LetGo, ReportEvent


def tell(event: ReportEvent) -> None:
    """Note for its unit that the month was let go by ``event``; what nobody had noted of before goes with this. The
    caller has a transaction.
    """
    before = LetGo.objects.filter(event__report=event.report_id, noted_at=None)
    before.update(noted_at=clock.now())
    LetGo.objects.create(event=event, department=event.report.department)


def note(told: LetGo, *, by: User) -> None:
    """Somebody of the unit has read it; once."""
    LetGo.objects.filter(pk=told.pk, noted_at=None).update(noted_by=by, noted_at=clock.now())
