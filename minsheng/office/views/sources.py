"""Funding sources, shared by all jurisdictions of the portal."""

from typing import Final

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.services.changes import Overtaken
from funding.models import FundingSource
from funding.services import sources
from minsheng import sign_in
from minsheng.narrowing import tidy_address
from minsheng.office import history
from minsheng.office.access import office_of
from minsheng.office.filters import SourceFilter
from minsheng.office.forms import PlaceForm, RenameForm, SourceForm
from minsheng.office.lists import export_address, export_list
from minsheng.office.tables import SourceTable
from minsheng.sheets import Column, Kind

PER_PAGE: Final = 100


def _filter(request: HttpRequest) -> SourceFilter:
    sources = FundingSource.objects.annotate(used=Count("lines")).order_by("position", "pk")  # counting forgets it
    return SourceFilter(request.GET, queryset=sources)


@require_safe
@tidy_address
def listing(request: HttpRequest) -> HttpResponse:
    """The sources in their order, which can be changed where the list is in it and whole."""
    office = office_of(request)
    asked = _filter(request)
    table = SourceTable(asked.qs, params=request.GET, by_hand=not asked.active and not request.GET.get("sort"))
    table.show(request.GET, PER_PAGE)
    table.count = table.page.paginator.count
    table.context = Context({"csrf_token": get_token(request)})
    context = {
        "office": office,
        "tab": "sources",
        "filter": asked,
        "chips": asked.chips(request.GET),
        "table": table,
        "export_url": export_address(request, reverse("office:sources_export")),
    }
    return render(request, "office/sources.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Just this list as Excel."""
    office = office_of(request)
    asked = _filter(request)
    rows = SourceTable(asked.qs, params=request.GET, by_hand=False).rows
    return export_list(
        "sources",
        office.area,
        title=_("Funding sources"),
        asked=asked,
        columns=[Column(_("Name"), 30), Column(_("Code"), 20), Column(_("Funding lines"), 10, Kind.NUMBER)],
        rows=[[str(row.record), row.record.code, row.record.used] for row in rows],
        by=office.user,
        jurisdiction=office.area,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    office = office_of(request)
    form = SourceForm(sign_in.typed(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                source = sources.add(**form.cleaned_data, by=office.user, jurisdiction=office.area)
            except DomainError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, _("“%(name)s” was added.") % {"name": source})
                return redirect("office:sources")
    return render(request, "office/source.html", {"office": office, "tab": "sources", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: its label may change, its code never."""
    office = office_of(request)
    found = get_object_or_404(FundingSource, pk=pk)
    status = 200
    form = RenameForm(sign_in.typed(request), initial={"name": found.name})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                sources.rename(found, **form.cleaned_data, by=office.user, jurisdiction=office.area)
            except Overtaken as error:
                form.say(error)
                status = 409
            except DomainError as error:
                form.add_error("name", str(error))
                status = 409
            else:
                messages.success(request, _("Saved."))
                return redirect("office:sources")
    context = {"office": office, "tab": "sources", "form": form, "source": found, "history": history.of(found)}
    return render(request, "office/source.html", context, status=status)


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = get_object_or_404(FundingSource, pk=pk)
    form = PlaceForm(request.POST)
    if form.is_valid():
        sources.place(found, form.cleaned_data["place"], by=office.user, jurisdiction=office.area)
    else:
        messages.error(request, _("The place in the order is a number from 1."))
    return redirect("office:sources")
