"""People and their accounts."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.models import Department, GrantRequest, User
from departments.models.department import DepartmentQuerySet
from departments.services import people
from minsheng.office import history
from minsheng.office.access import Office, office_of, person_or_404
from minsheng.office.forms import (
    AreaRightForm,
    NewPersonForm,
    PasswordForm,
    PeopleFilter,
    PersonForm,
    UnitRightForm,
)
from minsheng.office.rights import rights_of

# Read aloud and typed by hand: nothing that looks like something else.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PER_PAGE = 50


def initial_password() -> str:
    """About 59 bits, in three groups."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _group in range(3))


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The people of one jurisdiction with their rights, in the order of their units."""
    office = office_of(request)
    form = PeopleFilter(request.GET, units=units_of(office))
    found = _filtered(office.people().filter(jurisdiction=office.area), form)
    page = Paginator(
        found.select_related("department__parent").order_by("department__order", "department__position", "username"),
        PER_PAGE,
    ).get_page(request.GET.get("page"))
    rights = rights_of(page.object_list, office.areas)
    rows = [(person, rights.get(person.pk, [])) for person in page.object_list]
    context = {"office": office, "tab": "people", "form": form, "page": page, "rows": rows}
    return render(request, "office/people.html", context)


def _filtered(people_: QuerySet[User], form: PeopleFilter) -> QuerySet[User]:
    form.is_valid()
    asked = form.cleaned_data
    if asked.get("q"):
        people_ = people_.filter(Q(name__icontains=asked["q"]) | Q(username__icontains=asked["q"]))
    if asked.get("unit"):
        people_ = people_.filter(Q(department=asked["unit"]) | Q(department__parent=asked["unit"]))
    match asked.get("state"):
        case "active":
            return people_.filter(is_active=True)
        case "closed":
            return people_.filter(is_active=False)
        case "never":
            return people_.filter(is_active=True, last_login=None)
    return people_


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new account; its initial password is shown once, on the answer, and kept nowhere."""
    office = office_of(request)
    asked = {"department": request.GET.get("unit")}
    form = NewPersonForm(request.POST if request.method == "POST" else None, units=units_of(office), initial=asked)
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
    context = {
        "office": office,
        "tab": "people",
        "person": person,
        "is_me": person == office.user,
        "rights": rights_of([person], office.areas).get(person.pk, []),
        "requests": requests.select_related("asked_by", "jurisdiction"),
        "history": history.of(person),
        "form": forms.get("form") or PersonForm(initial=content, units=units_of(office, person)),
        "password": forms.get("password") or PasswordForm(),
        "unit_right": forms.get("unit_right")
        or UnitRightForm(units=units, initial={"unit": person.department_id}, prefix="unit"),
        "area_right": forms.get("area_right") or AreaRightForm(areas=office.areas, prefix="area"),
    }
    return render(request, "office/person.html", context, status=status)
