"""Pages that belong to no job: what is shown where a request cannot be answered as asked.

Pages for 400 and 500 lean on nothing that may be broken: no database, no session, no list of collected files.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.translation import gettext as _

from minsheng.sign_in import refuse_another
from minsheng.step_addresses import page_above


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """The page has expired; the reason is in the log, not on the page. The way back is that to the page which the step
    belongs to, where the browser does not tell which page it came from. Where somebody else has signed in since the
    page was drawn, that is what is said.
    """
    if (refused := refuse_another(request)) is not None:
        return refused
    above = page_above(request.path_info)
    return render(request, "403_csrf.html", {"page_above": "" if above == "/" else above}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return HttpResponse(_plain("400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return HttpResponse(_plain("500.html"), status=500)


def _plain(template: str) -> str:
    """An error page from settings alone; its time is that of the log, whatever the clock of a demo says."""
    context: dict[str, Any] = {
        "portal_name": settings.PORTAL_NAME or _("Livelihood Projects Portal"),
        "portal_office": settings.PORTAL_OFFICE,
        "portal_contact": settings.PORTAL_CONTACT,
        "home": get_script_prefix(),
        "moment": timezone.localtime(),
    }
    return render_to_string(template, context)
