"""The rights of people as rows: who, what, on what."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from departments.models import Department, DepartmentUserGrant, Jurisdiction, JurisdictionUserGrant, User
from minsheng.office import words


@dataclass(frozen=True)
class RightRow:
    person: User
    right: str
    on: Department | Jurisdiction

    @property
    def label(self) -> str | Promise:
        return words.RIGHTS[self.right]

    @property
    def short(self) -> str | Promise:
        return words.SHORT_RIGHTS[self.right]

    @property
    def where(self) -> str:
        return self.on.full_name if isinstance(self.on, Department) else str(self.on)

    @property
    def kind(self) -> str:
        return "unit" if isinstance(self.on, Department) else "area"


def right_rows(grants: QuerySet[DepartmentUserGrant] | QuerySet[JurisdictionUserGrant]) -> list[RightRow]:
    on = ["content_object__parent"] if grants.model is DepartmentUserGrant else ["content_object"]
    found = grants.select_related("user__department", "permission__content_type", *on)
    return [_row(grant) for grant in found if _code(grant) in words.RIGHTS]


def rights_of(people: Iterable[User], areas: Iterable[Jurisdiction]) -> dict[int, list[RightRow]]:
    """What each of ``people`` may in ``areas``: two queries, however many there are."""
    keys, areas = [person.pk for person in people], list(areas)
    on_areas = JurisdictionUserGrant.objects.filter(user__in=keys, content_object__in=areas)
    on_units = DepartmentUserGrant.objects.filter(user__in=keys, content_object__jurisdiction__in=areas)
    by_person: dict[int, list[RightRow]] = {}
    for row in [
        *right_rows(on_areas.order_by("content_object__path", "pk")),
        *right_rows(on_units.order_by("content_object__order", "content_object__position", "pk")),
    ]:
        by_person.setdefault(row.person.pk, []).append(row)
    return by_person


def _row(grant: DepartmentUserGrant | JurisdictionUserGrant) -> RightRow:
    return RightRow(grant.user, _code(grant), grant.content_object)


def _code(grant: DepartmentUserGrant | JurisdictionUserGrant) -> str:
    return f"departments.{grant.permission.codename}"
