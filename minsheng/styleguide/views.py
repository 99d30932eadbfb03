"""All components of ``templates/components`` on one page, with made-up figures."""

from datetime import datetime
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments import clock
from minsheng.styleguide import samples
from minsheng.styleguide.forms import ExampleForm


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """For developers, to see what there is before they make another; any signed-in person may look."""
    moment = datetime(2023, 10, 8, 16, 20, tzinfo=clock.ZONE)
    context = {
        "tiles": samples.tiles(),
        "lights": ("green", "yellow", "red", "blue", "grey", None),
        "progress": [(Decimal(45), Decimal("66.7")), (Decimal(100), None), (None, Decimal(75))],
        "charts": samples.charts(),
        "rows": samples.rows(),
        "events": samples.events(moment),
        "steps": samples.steps(),
        "facts": samples.facts(),
        "options": [
            {"label": _("Lights"), "url": "?by=lights", "current": request.GET.get("by") != "filing"},
            {"label": _("Filing"), "url": "?by=filing", "current": request.GET.get("by") == "filing"},
        ],
        "page": Paginator(range(137), 20).get_page(request.GET.get("page")),
        "form": ExampleForm(),
        "wrong": ExampleForm({"percent": "101", "month": "9", "kind": "red"}, prefix="wrong", auto_id="wrong_%s"),
    }
    return render(request, "styleguide/components.html", context)
