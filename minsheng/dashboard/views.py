"""Where everything stands, and why: the overview of a programme, its list, and one sub-item."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from departments import clock
from departments.permissions import OVERSEE, SUPERVISE, rights_held
from minsheng.dashboard import detail, listing, services
from minsheng.dashboard.overview import overview_of
from minsheng.http import Request
from projects.models import SubItem


@require_safe
def newest_overview(request: HttpRequest) -> HttpResponse:
    """The newest programme the person may see as a whole; without one, a page that says so to who could."""
    user = cast(Request, request).user
    newest = services.overseen_programmes(user).first()
    if newest is not None:
        return redirect("dashboard:overview", newest.pk)
    if not rights_held(user) & {OVERSEE, SUPERVISE}:
        raise Http404
    return render(request, "dashboard/no_programme.html")


@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """The programme as it stands now, or with ``?month=2023-08`` as its figures were kept."""
    user = cast(Request, request).user
    programmes = services.overseen_programmes(user)
    programme = get_object_or_404(programmes, pk=pk)
    point = listing.point_of(programme, request.GET, today=clock.today())
    heat = "filing" if request.GET.get("heat") == "filing" else "lights"
    context = {
        "programme": programme,
        "others": list(programmes.exclude(pk=pk)[:50]),
        "overview": overview_of(point, heat=heat),
    }
    return render(request, "dashboard/overview.html", context)


@require_safe
def newest_list(request: HttpRequest) -> HttpResponse:
    """The list of the newest programme in which the person may see anything."""
    newest = services.visible_programmes(cast(Request, request).user).first()
    return redirect("dashboard:list", newest.pk) if newest else render(request, "dashboard/no_programme.html")


@require_safe
def sub_item_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The sub-items of a programme that the person may see, in the table's order."""
    user = cast(Request, request).user
    programmes = services.visible_programmes(user)
    programme = get_object_or_404(programmes, pk=pk)
    point = listing.point_of(programme, request.GET, today=clock.today())
    context = {
        "programme": programme,
        "others": list(programmes.exclude(pk=pk)[:50]),
        "period": point.filing,
        "list": listing.list_of(user, point, request.GET),
    }
    return render(request, "dashboard/list.html", context)


@require_safe
def sub_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one sub-item that the person may read. ``month`` shows the top as that month kept it."""
    user = cast(Request, request).user
    found = get_object_or_404(detail.loaded(SubItem.objects.visible_to(user)), pk=pk)
    point = listing.point_of(found.programme, request.GET, today=clock.today())
    context = detail.page_of(found, user=user, point=point, asked=request.GET.get("events", ""))
    context["month_unknown"] = "month" in request.GET and point.period is None
    return render(request, "dashboard/sub_item.html", context)
