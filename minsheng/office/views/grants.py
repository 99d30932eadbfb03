"""Giving and taking rights, from a person's page and from a unit's; what a second administrator must agree to."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.errors import DomainError
from departments.models import Department, GrantRequest, Jurisdiction
from departments.permissions import ON_DEPARTMENTS, ON_JURISDICTIONS
from departments.services import grants
from minsheng.office import words
from minsheng.office.access import Office, office_of, person_or_404, unit_or_404
from minsheng.office.forms import AreaRightForm, PersonRightForm, UnitRightForm
from minsheng.office.views.people import person_page
from minsheng.office.views.units import unit_page


@require_POST
def give_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A right on a unit, to the person whose page it is."""
    office = office_of(request)
    person = person_or_404(office, pk)
    units = office.units().filter(active_until=None).select_related("parent", "jurisdiction").official_order()
    form = UnitRightForm(request.POST, units=units, prefix="unit")
    if not form.is_valid():
        return person_page(request, office, person, unit_right=form, status=422)
    try:
        grants.give(form.cleaned_data["right"], form.cleaned_data["unit"], to=person, by=office.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return person_page(request, office, person, unit_right=form, status=409)
    messages.success(request, _("The right was given."))
    return redirect("office:person", pk)


@require_POST
def give_area(request: HttpRequest, pk: int) -> HttpResponse:
    """A right on a jurisdiction; one kept apart from another of the person's is asked for instead of given."""
    office = office_of(request)
    person = person_or_404(office, pk)
    form = AreaRightForm(request.POST, areas=office.areas, prefix="area")
    if not form.is_valid():
        return person_page(request, office, person, area_right=form, status=422)
    right, reason = form.cleaned_data["right"], form.cleaned_data["reason"]
    area = next(area for area in office.areas if str(area.pk) == form.cleaned_data["area"])
    try:
        if person != office.user and grants.would_join(right, person):
            if not reason:
                form.add_error(
                    "reason",
                    _(
                        "Administration, supervision and audit are kept apart, and this person holds one of them. "
                        "Say why a second is needed; another administrator must then agree."
                    ),
                )
                return person_page(request, office, person, area_right=form, status=409)
            grants.ask(right, area, to=person, by=office.user, reason=reason)
            messages.warning(request, _("Not given yet: another administrator must agree to this right first."))
        else:
            grants.give(right, area, to=person, by=office.user)
            messages.success(request, _("The right was given."))
    except DomainError as error:
        form.add_error(None, str(error))
        return person_page(request, office, person, area_right=form, status=409)
    return redirect("office:person", pk)


@require_POST
def give_on_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A right on the unit whose page it is, to a person."""
    office = office_of(request)
    unit = unit_or_404(office, pk)
    people = office.people().filter(is_active=True, jurisdiction=unit.jurisdiction).select_related("department")
    form = PersonRightForm(request.POST, people=people.order_by("name"))
    if not form.is_valid():
        return unit_page(request, office, unit, right=form, status=422)
    try:
        grants.give(form.cleaned_data["right"], unit, to=form.cleaned_data["person"], by=office.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return unit_page(request, office, unit, right=form, status=409)
    messages.success(request, _("The right was given."))
    return redirect("office:unit", pk)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """A right of the person whose page it is, on a unit or jurisdiction of the office."""
    office = office_of(request)
    person = person_or_404(office, pk)
    on = _object(request, office)
    try:
        grants.take(request.POST.get("right", ""), on, of=person, by=office.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The right was taken."))
    if request.POST.get("back") == "unit" and isinstance(on, Department):
        return redirect("office:unit", on.pk)
    return redirect("office:person", pk)


def _object(request: HttpRequest, office: Office) -> Department | Jurisdiction:
    """What the right is on, as the button names it."""
    right, key = request.POST.get("right", ""), request.POST.get("on", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    if right in ON_DEPARTMENTS:
        return get_object_or_404(office.units().select_related("jurisdiction"), pk=int(key))
    if right in ON_JURISDICTIONS:
        return get_object_or_404(Jurisdiction, pk=int(key), pk__in=[area.pk for area in office.areas])
    raise Http404


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Rights that wait for a second administrator, and what became of the last ones."""
    office = office_of(request)
    mine = GrantRequest.objects.filter(jurisdiction__in=office.areas).select_related(
        "person__department", "asked_by", "decided_by", "jurisdiction"
    )
    rows = [(row, words.RIGHTS.get(row.right, row.right), _may_agree(row, office)) for row in mine[:100]]
    waiting = [row for row in rows if row[0].state == GrantRequest.State.WAITING]
    decided = [row for row in rows if row[0].state != GrantRequest.State.WAITING]
    context = {"office": office, "tab": "requests", "waiting": waiting, "decided": decided}
    return render(request, "office/requests.html", context)


def _may_agree(row: GrantRequest, office: Office) -> bool:
    return office.user.pk not in (row.asked_by_id, row.person_id)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = get_object_or_404(
        GrantRequest.objects.filter(jurisdiction__in=office.areas).select_related("person", "jurisdiction", "asked_by"),
        pk=pk,
    )
    agree = request.POST.get("decision") == "agree"
    try:
        grants.decide(found, by=office.user, agree=agree)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The right was given.") if agree else _("The request was declined."))
    return redirect("office:requests")
