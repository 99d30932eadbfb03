"""The portal's clock: the only source of domain times, in Asia/Shanghai.

``PORTAL_NOW`` freezes it for demos and training; ``at(moment)`` moves it in tests and while a demo is filled.
Sign-in, sessions and lock-outs use real time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

ZONE = ZoneInfo("Asia/Shanghai")
_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The domain's present moment, aware, in Asia/Shanghai."""
    frozen: datetime | None = _moved.get() or settings.PORTAL_NOW
    return (frozen or timezone.now()).astimezone(ZONE)


def today() -> date:
    """The domain's present day in Asia/Shanghai."""
    return now().date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at ``moment`` (Shanghai time where it names no zone) inside the block."""
    token = _moved.set(moment if moment.tzinfo else moment.replace(tzinfo=ZONE))
    try:
        yield
    finally:
        _moved.reset(token)


def end_of(day: date) -> datetime:
    """The moment ``day`` is over."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZONE)


def local(moment: datetime | None) -> datetime:
    """``moment`` in Shanghai time, the present one where there is none."""
    return moment.astimezone(ZONE) if moment else now()
