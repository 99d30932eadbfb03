"""What happens by itself once a day: ``tick``."""

from dataclasses import dataclass

from django.db import transaction

from departments import clock
from minsheng import figures
from projects.models import Programme
from projects.services import periods


@dataclass(frozen=True)
class Ticked:
    """What one run did: periods opened, periods locked, figures kept, sub-items looked at again."""

    opened: int = 0
    locked: int = 0
    kept: int = 0
    refreshed: int = 0


@transaction.atomic
def tick(programme: Programme) -> Ticked:
    """Open the periods that are due to open, keep figures of those that lock, and refresh the lights.

    Safe to run twice, or after days without a run: each step looks at what is there.
    """
    opened = periods.open_periods(programme)
    over = programme.periods.filter(locked_at=None, locks_on__lte=clock.today()).order_by("month")
    locked = [period for period in over if periods.mark_locked(period)]
    kept = sum(figures.keep_locked(period) for period in locked)
    return Ticked(len(opened), len(locked), kept, figures.refresh_programme(programme))
