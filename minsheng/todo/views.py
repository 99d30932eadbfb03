"""The home page of every role: what waits for the person, returned and oldest first, and the next step of each."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from departments.permissions import rights_held
from minsheng.http import Request
from minsheng.todo import services


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The person's to-do. Leadership for whom nothing waits is led on to the overview, its page of ten seconds."""
    user = cast(Request, request).user
    held = rights_held(user)
    if not held:
        return render(request, "home.html")
    if services.begins_at_overview(user, held):
        return redirect("dashboard:overview")
    return render(request, "todo/page.html", {"board": services.board_of(user, held, request.GET.dict())})
