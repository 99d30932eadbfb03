"""Where everything stands, and why: the overview of a programme, its list, and one sub-item."""

from typing import Final, cast
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from departments import clock
from departments.permissions import OVERSEE, SUPERVISE, rights_held
from minsheng import sheets
from minsheng.dashboard import detail, export, listing, services, words
from minsheng.dashboard.overview import Asked, overview_of
from minsheng.dashboard.overview_export import export_overview
from minsheng.http import Request
from minsheng.narrowing import tidy_address
from projects.models import Programme, SubItem

OTHERS: Final = 50  # programmes to change to


@require_safe
def newest_overview(request: HttpRequest) -> HttpResponse:
    """The programme that runs, of those the person sees as a whole; without one, a page that says so to who could."""
    user = cast(Request, request).user
    first = services.first_of(services.overseen_programmes(user))
    if first is not None:
        return redirect("dashboard:overview", first.pk)
    if not rights_held(user) & {OVERSEE, SUPERVISE}:
        raise Http404
    return render(request, "dashboard/no_programme.html")


@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """The programme as it stands now, or with ``?month=2023-08`` as its figures were kept."""
    user = cast(Request, request).user
    programme, others = _one_of(services.overseen_programmes(user), pk)
    point = listing.point_of(programme, request.GET, today=clock.today())
    asked = Asked(
        heat="filing" if request.GET.get("heat") == "filing" else "lights",
        all_units=request.GET.get("units") == "all",
    )
    context = {
        "programme": programme,
        "others": others,
        "overview": overview_of(point, asked),
        "month_unknown": listing.month_unknown(point, request.GET),
    }
    return render(request, "dashboard/overview.html", context)


@require_safe
def overview_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The overview's tables as an Excel file. A month the programme does not have gives the page that says so: the
    file of today would pass for that month's.
    """
    user = cast(Request, request).user
    programme = get_object_or_404(services.overseen_programmes(user), pk=pk)
    point = listing.point_of(programme, request.GET, today=clock.today())
    if listing.month_unknown(point, request.GET):
        return redirect(f"{reverse('dashboard:overview', args=[pk])}?{urlencode({'month': request.GET['month']})}")
    return _file(*export_overview(point, by=user))


@require_safe
def newest_list(request: HttpRequest) -> HttpResponse:
    """The list of the programme that runs, of those in which the person may see anything."""
    first = services.first_of(services.visible_programmes(cast(Request, request).user))
    return redirect("dashboard:list", first.pk) if first else render(request, "dashboard/no_programme.html")


@require_safe
@tidy_address
def sub_item_list(request: Request, pk: int) -> HttpResponse:
    """The sub-items of a programme that the person may see, narrowed and ordered as the address says."""
    user = request.user
    programme, others = _one_of(services.visible_programmes(user), pk)
    point = listing.point_of(programme, request.GET, today=clock.today())
    found = listing.list_of(user, point, request.GET)
    context = {
        "programme": programme,
        "others": others,
        "point": point,
        "seen_from": words.seen_from(point),
        "by_present_plan": words.by_present_plan(),
        "list": found,
        "chips": found.filter.chips(request.GET),
        "export_url": _address(reverse("dashboard:list_export", args=[pk]), request),
    }
    response = render(request, "dashboard/list.html", context)
    if request.htmx:
        response["HX-Push-Url"] = _address(request.path, request)
    return response


@require_safe
def list_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Just this list as a workbook: who may see it may take it along, and that is recorded."""
    user = cast(Request, request).user
    programme = get_object_or_404(services.visible_programmes(user), pk=pk)
    point = listing.point_of(programme, request.GET, today=clock.today())
    return _file(*export.export_list(point, request.GET, by=user))


def _one_of(programmes: QuerySet[Programme], pk: int) -> tuple[Programme, list[Programme]]:
    """That programme, else 404, and the newest of the others. One query, where it is among the newest itself."""
    newest = list(programmes[: OTHERS + 1])
    programme = next((one for one in newest if one.pk == pk), None) or get_object_or_404(programmes, pk=pk)
    return programme, [one for one in newest if one != programme][:OTHERS]


def _file(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=sheets.CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _address(path: str, request: HttpRequest) -> str:
    """``path`` with what the address asks for, without what it leaves open."""
    asked = [(name, value) for name, values in request.GET.lists() for value in values if value]
    return f"{path}?{urlencode(asked)}" if asked else path


@require_safe
def sub_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one sub-item that the person may read. ``month`` shows the top as that month kept it."""
    user = cast(Request, request).user
    found = get_object_or_404(detail.loaded(SubItem.objects.visible_to(user)), pk=pk)
    point = listing.point_of(found.programme, request.GET, today=clock.today())
    context = detail.page_of(found, user=user, point=point, asked=request.GET.get("events", ""))
    context["month_unknown"] = listing.month_unknown(point, request.GET)
    return render(request, "dashboard/sub_item.html", context)
