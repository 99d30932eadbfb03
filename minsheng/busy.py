"""What a person sees where the database gave up waiting: that nothing of the step was written, and how to repeat it.

Services lock in one order (``departments/locks.py``), so this is for what nobody foresaw. The step is not repeated by
itself: whoever takes it sees first what has become of it.
"""

import logging
from typing import Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger(__name__)

# PostgreSQL: deadlock detected, could not serialize, lock not available. SQLite: busy, locked.
POSTGRESQL: Final = frozenset({"40P01", "40001", "55P03"})
SQLITE: Final = frozenset({5, 6})


class BusyMiddleware(MiddlewareMixin):
    """Answers 503 with the typed text, which one click sends again."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not gave_up(exception):
            return None
        logger.warning("%s %s: the database gave up waiting: %s", request.method, request.path, exception)
        if request.headers.get("HX-Request") == "true":
            answer = HttpResponse(status=503)
        else:
            answer = render(
                request, "503.html", {"typed": _typed(request), "again": request.get_full_path()}, status=503
            )
        answer["Retry-After"] = "1"
        return answer


def gave_up(exception: Exception) -> bool:
    """Whether the database ended a transaction because others held what it needed; all of it was taken back."""
    cause = exception.__cause__
    if not isinstance(exception, OperationalError) or cause is None:
        return False
    primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest says more exactly what is busy
    return getattr(cause, "pgcode", None) in POSTGRESQL or primary in SQLITE


def _typed(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was sent, to be sent again; ``None`` where it cannot be, or may not stand in a page (files, passwords)."""
    if request.method != "POST" or request.FILES or any("password" in name for name in request.POST):
        return None
    pairs = ((name, value) for name, values in request.POST.lists() for value in values)
    return [(name, value) for name, value in pairs if name != "csrfmiddlewaretoken"]
