"""Groups of units that tables name as one."""

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.errors import DomainError
from departments.language import listed
from departments.models import Department, DepartmentGroup, GroupMember, Jurisdiction
from departments.services import names, structure
from departments.services.changes import Overtaken
from minsheng import sign_in
from minsheng.narrowing import tidy_address
from minsheng.office import history
from minsheng.office.access import Office, group_or_404, office_of
from minsheng.office.drawn import typed_on
from minsheng.office.filters import GroupFilter
from minsheng.office.forms import AliasForm, GroupForm
from minsheng.office.lists import export_address, export_list
from minsheng.office.tables import GroupTable
from minsheng.sheets import Column

PER_PAGE: Final = 100


def _filter(request: HttpRequest, office: Office) -> GroupFilter:
    members = GroupMember.objects.select_related("department__parent")
    groups = (
        DepartmentGroup.objects.filter(jurisdiction=office.area)
        .prefetch_related(Prefetch("memberships", members), "aliases")
        .annotate(size=Count("memberships"))
        .order_by("name", "pk")  # counting forgets the order
    )
    units = Department.objects.filter(jurisdiction=office.area, memberships__isnull=False).distinct()
    return GroupFilter(request.GET, queryset=groups, units=units.select_related("parent").official_order())


@require_safe
@tidy_address
def listing(request: HttpRequest) -> HttpResponse:
    """The groups of one jurisdiction by name, with members and aliases."""
    office = office_of(request)
    asked = _filter(request, office)
    table = GroupTable(asked.qs, params=request.GET)
    table.show(request.GET, PER_PAGE)
    context = {
        "office": office,
        "tab": "groups",
        "filter": asked,
        "chips": asked.chips(request.GET),
        "table": table,
        "export_url": export_address(request, reverse("office:groups_export")),
    }
    return render(request, "office/groups.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Just this list as Excel."""
    office = office_of(request)
    asked = _filter(request, office)
    return export_list(
        "groups",
        office.area,
        title=_("%(area)s: unit groups") % {"area": office.area},
        asked=asked,
        columns=[Column(_("Group"), 26), Column(_("Members"), 60), Column(_("Aliases"), 40)],
        rows=[_row(row.record) for row in GroupTable(asked.qs, params=request.GET).rows],
        by=office.user,
        jurisdiction=office.area,
    )


def _row(group: DepartmentGroup) -> list[str]:
    members = listed(str(one.department) for one in group.memberships.all())
    return [
        group.name,
        _("decided for each sub-item") if group.is_open else members,
        listed(alias.text for alias in group.aliases.all()),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    office = office_of(request)
    form = GroupForm(sign_in.typed(request), units=_units(office.area))
    if request.method == "POST":
        saved, status = _save(request, office, form, None)
        if saved:
            return redirect("office:group", saved.pk)
    else:
        status = 200
    context = {"office": office, "tab": "groups", "form": form}
    return render(request, "office/group.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = group_or_404(office, pk)
    if request.method != "POST":
        return _page(request, office, found)
    form = GroupForm(request.POST, units=_units(found.jurisdiction))
    saved, status = _save(request, office, form, found)
    if saved:
        return redirect("office:group", pk)
    return _page(request, office, group_or_404(office, pk), form=form, status=status)


@require_POST
def add_alias(request: HttpRequest, pk: int) -> HttpResponse:
    office = office_of(request)
    found = group_or_404(office, pk)
    form = AliasForm(request.POST)
    if not form.is_valid():
        return _page(request, office, found, alias=form, status=422)
    try:
        names.add_alias(form.cleaned_data["alias"], of=found, by=office.user)
    except DomainError as error:
        form.add_error("alias", str(error))
        return _page(request, office, found, alias=form, status=409)
    messages.success(request, _("“%(name)s” was added.") % {"name": form.cleaned_data["alias"]})
    return redirect("office:group", pk)


def _save(
    request: HttpRequest, office: Office, form: GroupForm, group: DepartmentGroup | None
) -> tuple[DepartmentGroup | None, int]:
    """The group as saved; or none, with the form's errors and the status of the answer."""
    if not form.is_valid():
        return None, 422
    area = group.jurisdiction if group else office.area
    members = list(form.cleaned_data.pop("members").official_order())
    try:
        saved = structure.save_group(group, jurisdiction=area, members=members, by=office.user, **form.cleaned_data)
    except Overtaken as error:
        form.say(error)
        return None, 409
    except DomainError as error:
        form.add_error(None, str(error))
        return None, 409
    messages.success(request, _("Saved."))
    return saved, 200


def _units(area: Jurisdiction) -> Any:
    return Department.objects.filter(jurisdiction=area, parent=None, active_until=None).official_order()


def _page(
    request: HttpRequest, office: Office, group: DepartmentGroup, *, status: int = 200, **forms: Any
) -> HttpResponse:
    typed = typed_on(request, group.pk)
    context = {
        "office": office,
        "tab": "groups",
        "group": group,
        "aliases": group.aliases.all(),
        "history": history.of(group),
        "form": forms.get("form") or GroupForm.of(group, typed("group"), units=_units(group.jurisdiction)),
        "alias": forms.get("alias") or AliasForm(typed("group_alias")),
    }
    return render(request, "office/group.html", context, status=status)
