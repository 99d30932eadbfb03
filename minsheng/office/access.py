"""What an administrator sees: his jurisdictions and what they keep. Everything else does not exist for him."""

from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from departments.models import Department, DepartmentGroup, Jurisdiction, User
from departments.models.department import DepartmentQuerySet
from departments.permissions import ADMINISTER, jurisdictions_granted
from minsheng.http import Request


@dataclass(frozen=True)
class Office:
    """The jurisdictions ``user`` administers, in order; ``area`` is the one that lists show."""

    user: User
    areas: tuple[Jurisdiction, ...]
    area: Jurisdiction

    def units(self) -> DepartmentQuerySet:
        return Department.objects.filter(jurisdiction__in=self.areas)

    def groups(self) -> QuerySet[DepartmentGroup]:
        return DepartmentGroup.objects.filter(jurisdiction__in=self.areas)

    def people(self) -> QuerySet[User]:
        return User.objects.kept_by(Jurisdiction.objects.filter(pk__in=[area.pk for area in self.areas]))


def office_of(request: HttpRequest) -> Office:
    """The office of whoever asks; 404 where he administers nothing, or not the area the address names."""
    user = cast(Request, request).user
    areas = tuple(jurisdictions_granted(user, ADMINISTER).order_by("path"))
    asked = request.GET.get("area", "")
    found = next((area for area in areas if str(area.pk) == asked), areas[0] if areas and not asked else None)
    if found is None:
        raise Http404
    return Office(user, areas, found)


def unit_or_404(office: Office, pk: int) -> Department:
    return get_object_or_404(office.units().select_related("parent", "jurisdiction", "successor"), pk=pk)


def group_or_404(office: Office, pk: int) -> DepartmentGroup:
    return get_object_or_404(office.groups().select_related("jurisdiction"), pk=pk)


def person_or_404(office: Office, pk: int) -> User:
    return get_object_or_404(office.people().select_related("department__parent", "jurisdiction"), pk=pk)
