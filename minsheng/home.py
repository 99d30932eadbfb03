"""The first page after sign-in: each person lands on his job."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from departments.permissions import rights_held
from minsheng.http import Request
from minsheng.navigation import landing_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Staff land on what is due, the office on its queue, leadership on the overview, the importer on the tables."""
    landing = landing_for(rights_held(cast(Request, request).user))
    return redirect(landing) if landing else render(request, "home.html")
