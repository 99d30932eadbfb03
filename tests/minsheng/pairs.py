"""Two people at the same moment, on connections of their own, as often as ``PAIRS`` says (``make test-long``: 200)."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from django.db import connection

from departments import clock
from departments.errors import Conflict, DomainError
from projects.models import FilingException, MonthlyReport, PeriodFigure, ReportEvent

MANY = int(os.environ.get("PAIRS", "20"))
DONE, REFUSED, CONFLICT = "done", "refused", "conflict"
NOON = datetime(2023, 9, 20, 9, 0)  # noqa: DTZ001 Shanghai time, as the clock reads it


class Pair:
    """Two threads that stay, so that what a pair costs is its two steps: ``with Pair() as both: both(one, other)``."""

    def __init__(self, size=2, moment=NOON):
        self.barrier, self.moment = Barrier(size), moment
        self.pool = ThreadPoolExecutor(size)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self(*[_close] * self.barrier.parties)
        self.pool.shutdown()

    def __call__(self, *steps):
        """How each step ended, begun together. What is no refusal by a rule (a deadlock is none) is raised."""
        return [one.result(timeout=60) for one in [self.pool.submit(self._run, step) for step in steps]]

    def _run(self, step):
        with clock.at(self.moment):
            self.barrier.wait(timeout=30)
            try:
                step()
            except Conflict:
                return CONFLICT
            except DomainError:
                return REFUSED
        return DONE


def _close():
    """The connection of the thread that calls it."""
    connection.close()


def again(state, **fields):
    """The month's report back in ``state``, as if no step had been taken since."""
    PeriodFigure.objects.all().delete()
    ReportEvent.objects.all().delete()
    FilingException.objects.all().delete()
    MonthlyReport.objects.update(state=state, **fields)


def report():
    return MonthlyReport.objects.get()


def steps():
    return list(ReportEvent.objects.order_by("pk").values_list("to_state", flat=True))
