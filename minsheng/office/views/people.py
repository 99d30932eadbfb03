"""People and their accounts."""

import secrets
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.models import Department, GrantRequest, User
from departments.models.department import DepartmentQuerySet
from departments.services import people
from departments.services.changes import Overtaken
from minsheng import sign_in
from minsheng.narrowing import tidy_address
from minsheng.office import history
from minsheng.office.access import Office, office_of, person_or_404
from minsheng.office.drawn import typed_on
from minsheng.office.filters import PeopleFilter
from minsheng.office.forms import (
    AreaRightForm,
    NewPersonForm,
    PasswordForm,
    PersonForm,
    UnitRightForm,
)
from minsheng.office.lists import export_address, export_list
from minsheng.office.rights import RightRow, rights_of
from minsheng.office.tables import OFFICIAL, PeopleTable
from minsheng.sheets import Column

# Read aloud and typed by hand: nothing that looks like something else.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PER_PAGE = 50


def initial_password() -> str:
    """About 59 bits, in three groups."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _group in range(3))


def _filter(request: HttpRequest, office: Office) -> PeopleFilter:
    people_ = office.people().filter(jurisdiction=office.area).select_related("department__parent").order_by(*OFFICIAL)
    every = Department.objects.filter(jurisdiction=office.area).select_related("parent").official_order()
    return PeopleFilter(request.GET, queryset=people_, office=office, units=every)


@require_safe
@tidy_address
def listing(request: HttpRequest) -> HttpResponse:
    """The people of one jurisdiction with their rights, in the order of their units."""
    office = office_of(request)
    asked = _filter(request, office)
    table = PeopleTable(asked.qs, params=request.GET)
    table.held = rights_of(table.show(request.GET, PER_PAGE), office.areas)
    context = {
        "office": office,
        "tab": "people",
        "filter": asked,
        "chips": asked.chips(request.GET),
        "table": table,
        "export_url": export_address(request, reverse("office:people_export")),
    }
    return render(request, "office/people.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Just this list as Excel, with what everybody may do."""
    office = office_of(request)
    asked = _filter(request, office)
    found = [row.record for row in PeopleTable(asked.qs, params=request.GET).rows]
    rights = rights_of(found, office.areas)
    return export_list(
        "people",
        office.area,
        title=_("%(area)s: people") % {"area": office.area},
        asked=asked,
        columns=[
            Column(_("Name of the person"), 12),
            Column(_("User name"), 14),
            Column(_("Unit"), 26),
            Column(_("Rights"), 46),
            Column(_("Telephone"), 16),
            Column(_("Last sign-in"), 17),
            Column(_("State"), 8),
        ],
        rows=[_row(person, rights.get(person.pk, [])) for person in found],
        by=office.user,
        jurisdiction=office.area,
    )


def _row(person: User, rights: list[RightRow]) -> list[str]:
    return [
        str(person),
        person.username,
        person.department.full_name if person.department else "",
        "\n".join(f"{right.short} {right.where}" for right in rights),
        person.telephone,
        f"{timezone.localtime(person.last_login):%Y-%m-%d %H:%M}" if person.last_login else _("never"),
        _("in use") if person.is_active else pgettext("account", "closed"),
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new account; its initial password is shown once, on the answer, and kept nowhere."""
    office = office_of(request)
    asked = {"department": request.GET.get("unit")}
    form = NewPersonForm(sign_in.typed(request), units=units_of(office), initial=asked)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            password = form.cleaned_data.pop("password") or initial_password()
            try:
                person = people.add(office.area, by=office.user, password=password, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                context = {"office": office, "tab": "people", "person": person, "password": password, "is_new": True}
                return render(request, "office/person_password.html", context)
    return render(request, "office/person_add.html", {"office": office, "tab": "people", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = person_or_404(office, pk)
    if request.method != "POST":
        return person_page(request, office, found)
    form = PersonForm(request.POST, units=units_of(office, found))
    if not form.is_valid():
        return person_page(request, office, found, form=form, status=422)
    try:
        people.change(found, by=office.user, **form.cleaned_data)
    except Overtaken as error:
        form.say(error)
        return person_page(request, office, person_or_404(office, pk), form=form, status=409)
    except DomainError as error:
        form.add_error(None, str(error))
        return person_page(request, office, person_or_404(office, pk), form=form, status=409)
    messages.success(request, _("Saved."))
    return redirect("office:person", pk)


@never_cache
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Another initial password, shown once; the person's sessions end with the old one."""
    office = office_of(request)
    found = person_or_404(office, pk)
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return person_page(request, office, found, password=form, status=422)
    password = form.cleaned_data["password"] or initial_password()
    try:
        people.reset_password(found, password=password, by=office.user)
    except DomainError as error:
        form.add_error("password", str(error))
        return person_page(request, office, found, password=form, status=409)
    context = {"office": office, "tab": "people", "person": found, "password": password}
    return render(request, "office/person_password.html", context)


@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = person_or_404(office, pk)
    active = request.POST.get("active") == "1"
    try:
        people.set_active(found, active=active, by=office.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        done = _("The account of %(name)s is open again.") if active else _("The account of %(name)s is closed.")
        messages.success(request, done % {"name": found})
    return redirect("office:person", pk)


def units_of(office: Office, person: User | None = None) -> DepartmentQuerySet:
    """Units a person can belong to: those of the account's jurisdiction that go on, and the present one."""
    area = person.jurisdiction if person and person.jurisdiction else office.area
    mine = Department.objects.filter(jurisdiction=area)
    present = person.department_id if person else None
    return mine.filter(Q(active_until=None) | Q(pk=present)).select_related("parent").official_order()


def person_page(request: HttpRequest, office: Office, person: User, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of ``person``; ``forms`` are those that were refused, with what was typed."""
    content = {name: getattr(person, name) for name in ("name", "telephone")} | {"department": person.department_id}
    requests = GrantRequest.objects.filter(
        person=person, state=GrantRequest.State.WAITING, jurisdiction__in=office.areas
    )
    units = office.units().filter(active_until=None).select_related("parent").official_order()
    typed, own = typed_on(request, person.pk), {"unit": person.department_id}
    context = {
        "office": office,
        "tab": "people",
        "person": person,
        "is_me": person == office.user,
        "rights": rights_of([person], office.areas).get(person.pk, []),
        "requests": requests.select_related("asked_by", "jurisdiction"),
        "history": history.of(person),
        "form": forms.get("form") or PersonForm(typed("person"), initial=content, units=units_of(office, person)),
        "password": forms.get("password") or PasswordForm(),
        "unit_right": forms.get("unit_right")
        or UnitRightForm(typed("person_unit_right"), units=units, initial=own, prefix="unit"),
        "area_right": forms.get("area_right")
        or AreaRightForm(typed("person_area_right"), areas=office.areas, prefix="area"),
    }
    return render(request, "office/person.html", context, status=status)
