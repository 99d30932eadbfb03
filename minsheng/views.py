"""Pages that belong to no job: what Django shows when a form comes back without its token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """The page has expired; the reason is in the log, not on the page."""
    return render(request, "403_csrf.html", status=403)
