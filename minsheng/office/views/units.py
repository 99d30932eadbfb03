"""Units, their sections and aliases."""

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.language import listed
from departments.models import Department, DepartmentAlias, DepartmentUserGrant
from departments.services import names, structure
from departments.services.changes import Overtaken
from minsheng import sign_in
from minsheng.narrowing import tidy_address
from minsheng.office import history
from minsheng.office.access import Office, office_of, unit_or_404
from minsheng.office.drawn import typed_on
from minsheng.office.filters import UnitFilter
from minsheng.office.forms import AliasForm, CloseForm, PersonRightForm, PlaceForm, UnitForm
from minsheng.office.lists import export_address, export_list
from minsheng.office.rights import right_rows
from minsheng.office.tables import UnitTable
from minsheng.sheets import Column, Kind

PER_PAGE: Final = 100


def _filter(request: HttpRequest, office: Office) -> UnitFilter:
    sections = Department.objects.official_order().prefetch_related("aliases")
    people = office.people().filter(is_active=True).annotate(of=Coalesce("department__parent", "department"))
    counted = people.filter(of=OuterRef("pk")).order_by().values("of").annotate(count=Count("pk"))
    units = (
        Department.objects.filter(jurisdiction=office.area, parent=None)
        .select_related("successor")
        .prefetch_related("aliases", Prefetch("sections", sections))
        .annotate(persons=Coalesce(Subquery(counted.values("count")), 0))
        .official_order()
    )
    return UnitFilter(request.GET, queryset=units)


@require_safe
@tidy_address
def listing(request: HttpRequest) -> HttpResponse:
    """The units of one jurisdiction in official order, with sections, aliases and how many people each has.

    Their order can be changed where the list is in it and whole.
    """
    office = office_of(request)
    asked = _filter(request, office)
    by_hand = not asked.active and not request.GET.get("sort")
    table = UnitTable(asked.qs, params=request.GET, by_hand=by_hand)
    table.show(request.GET, PER_PAGE)
    table.count = table.page.paginator.count
    table.context = Context({"csrf_token": get_token(request)})
    context = {
        "office": office,
        "tab": "units",
        "filter": asked,
        "chips": asked.chips(request.GET),
        "table": table,
        "export_url": export_address(request, reverse("office:units_export")),
    }
    return render(request, "office/units.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Just this list as Excel."""
    office = office_of(request)
    asked = _filter(request, office)
    return export_list(
        "units",
        office.area,
        title=_("%(area)s: units") % {"area": office.area},
        asked=asked,
        columns=[
            Column(_("Unit"), 26),
            Column(_("Sections"), 30),
            Column(_("Aliases"), 30),
            Column(_("Contact"), 12),
            Column(_("Telephone"), 16),
            Column(_("People"), 8, Kind.NUMBER),
            Column(_("State"), 20),
        ],
        rows=[_row(row.record) for row in UnitTable(asked.qs, params=request.GET, by_hand=False).rows],
        by=office.user,
        jurisdiction=office.area,
    )


def _row(unit: Any) -> list[Any]:
    state = _("goes on")
    if unit.active_until:
        state = _("until %(day)s") % {"day": unit.active_until.isoformat()}
        state = f"{state} → {unit.successor}" if unit.successor else state
    return [
        unit.name,
        listed(section.name for section in unit.sections.all()),
        listed(alias.text for alias in unit.aliases.all()),
        unit.contact,
        unit.telephone,
        unit.persons,
        state,
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new unit, or with ``?parent=`` a section of that unit."""
    office = office_of(request)
    parent = _parent(request, office)
    form = UnitForm(sign_in.typed(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            area = parent.jurisdiction if parent else office.area
            try:
                unit = structure.add(area, by=office.user, parent=parent, **form.cleaned_data)
            except DomainError as error:
                form.add_error("name", str(error))
                status = 409
            else:
                messages.success(request, _("“%(name)s” was added.") % {"name": unit.full_name})
                return redirect("office:unit", parent.pk if parent else unit.pk)
    context = {"office": office, "tab": "units", "form": form, "parent": parent}
    return render(request, "office/unit_add.html", context, status=status)


def _parent(request: HttpRequest, office: Office) -> Department | None:
    asked = request.GET.get("parent", "")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    return get_object_or_404(office.units().select_related("jurisdiction"), pk=int(asked), parent=None)


@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: what it is called, its sections and aliases, who may do what in it, what was done to it."""
    office = office_of(request)
    found = unit_or_404(office, pk)
    if request.method != "POST":
        return unit_page(request, office, found)
    form = UnitForm(request.POST)
    if not form.is_valid():
        return unit_page(request, office, found, form=form, status=422)
    try:
        structure.change(found, by=office.user, **form.cleaned_data)
    except Overtaken as error:
        form.say(error)
        return unit_page(request, office, unit_or_404(office, pk), form=form, status=409)
    except DomainError as error:
        form.add_error("name", str(error))
        return unit_page(request, office, unit_or_404(office, pk), form=form, status=409)
    messages.success(request, _("Saved."))
    return redirect("office:unit", pk)


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Up, down, or to a number in the official order."""
    office = office_of(request)
    found = unit_or_404(office, pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return unit_page(request, office, found, place=form, status=422)
    structure.place(found, form.cleaned_data["place"], by=office.user)
    if request.POST.get("back") == "unit":
        messages.success(request, _("Saved."))
        return redirect("office:unit", found.parent_id or pk)
    return redirect(_list_address(found))


def _list_address(unit: Department) -> str:
    return f"{reverse('office:units')}?area={unit.jurisdiction_id}#unit-{unit.pk}"


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = unit_or_404(office, pk)
    form = CloseForm(request.POST, unit=found)
    if not form.is_valid():
        return unit_page(request, office, found, close=form, status=422)
    try:
        structure.close(found, by=office.user, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return unit_page(request, office, unit_or_404(office, pk), close=form, status=409)
    messages.success(request, _("“%(name)s” ends on that day.") % {"name": found.full_name})
    return redirect("office:unit", pk)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = unit_or_404(office, pk)
    try:
        structure.reopen(found, by=office.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” goes on.") % {"name": found.full_name})
    return redirect("office:unit", pk)


@require_POST
def add_alias(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = unit_or_404(office, pk)
    form = AliasForm(request.POST)
    if not form.is_valid():
        return unit_page(request, office, found, alias=form, status=422)
    try:
        names.add_alias(form.cleaned_data["alias"], of=found, by=office.user)
    except DomainError as error:
        form.add_error("alias", str(error))
        return unit_page(request, office, found, alias=form, status=409)
    messages.success(request, _("“%(name)s” was added.") % {"name": form.cleaned_data["alias"]})
    return redirect("office:unit", pk)


@require_POST
def remove_alias(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    mine = DepartmentAlias.objects.filter(jurisdiction__in=office.areas)
    alias = get_object_or_404(mine.select_related("jurisdiction", "department", "group"), pk=pk)
    names.remove_alias(alias, by=office.user)
    messages.success(request, _("“%(name)s” was removed.") % {"name": alias.text})
    if alias.group_id:
        return redirect("office:group", alias.group_id)
    return redirect("office:unit", alias.department_id or 0)


def unit_page(
    request: HttpRequest, office: Office, unit: Department, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of ``unit``; ``forms`` are those that were refused, with what was typed."""
    peers = Department.objects.filter(jurisdiction=unit.jurisdiction, parent=unit.parent).official_order()
    number = list(peers.values_list("pk", flat=True)).index(unit.pk) + 1
    content = {name: getattr(unit, name) for name in structure.CONTENT}
    rights = DepartmentUserGrant.objects.filter(content_object__in=[unit.pk, unit.parent_id or unit.pk])
    people = office.people().filter(is_active=True, jurisdiction=unit.jurisdiction).exclude(pk=office.user.pk)
    people = people.select_related("department")
    typed = typed_on(request, unit.pk)
    context = {
        "office": office,
        "tab": "units",
        "unit": unit,
        "sections": unit.sections.official_order().prefetch_related("aliases"),
        "aliases": unit.aliases.all(),
        "people": unit.people.order_by("-is_active", "username"),
        "rights": right_rows(rights.order_by("permission__codename", "user__username")),
        "history": history.of(unit),
        "form": forms.get("form") or UnitForm(typed("unit"), initial=content),
        "place": forms.get("place") or PlaceForm(initial={"place": number}),
        "close": forms.get("close")
        or CloseForm(
            typed("unit_close"), unit=unit, initial={"until": unit.active_until, "successor": unit.successor_id}
        ),
        "alias": forms.get("alias") or AliasForm(typed("unit_alias")),
        "right": forms.get("right") or PersonRightForm(typed("unit_right"), people=people.order_by("name")),
    }
    return render(request, "office/unit.html", context, status=status)
