"""The one module that answers “may”: grants on units and jurisdictions, and how far each reaches (design §4).

Superusers and model-wide permissions open nothing here. Lists ask once for granted ids, never per row.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from departments.models import (
    Department,
    DepartmentGroupGrant,
    DepartmentUserGrant,
    Jurisdiction,
    JurisdictionGroupGrant,
    JurisdictionUserGrant,
    User,
)

FILE_REPORT: Final = "departments.file_report"
REVIEW_REPORT: Final = "departments.review_report"
IMPORT_TABLE: Final = "departments.import_table"
SUPERVISE: Final = "departments.supervise"
ADMINISTER: Final = "departments.administer"
OVERSEE: Final = "departments.oversee"
AUDIT: Final = "departments.audit"

ON_DEPARTMENTS: Final = (FILE_REPORT, REVIEW_REPORT)
ON_JURISDICTIONS: Final = (IMPORT_TABLE, SUPERVISE, ADMINISTER, OVERSEE, AUDIT)
# Rights that reach the jurisdictions below as well.
REACHES_DOWN: Final = (OVERSEE, AUDIT)
# 三员分立: whoever holds one of these does not get a second from a single administrator.
KEPT_APART: Final = (ADMINISTER, SUPERVISE, AUDIT)

Person = User | AnonymousUser


def departments_granted(user: Person, *perms: str) -> QuerySet[Department]:
    """Units on which ``user`` holds any of ``perms``, with the sections of those units; no query before it is read.

    Grants on objects alone count: a model-wide permission opens no single object, hence it must open no list either.
    """
    if not user.is_authenticated or not user.is_active:
        return Department.objects.none()
    own, of_groups = _granted(user, perms, DepartmentUserGrant, DepartmentGroupGrant)
    reach = Q(pk__in=own) | Q(parent__in=own) | Q(pk__in=of_groups) | Q(parent__in=of_groups)
    return Department.objects.filter(reach)


def jurisdictions_granted(user: Person, *perms: str) -> QuerySet[Jurisdiction]:
    """Jurisdictions that any of ``perms`` of ``user`` reaches: one query for the grants, none per row."""
    if not user.is_authenticated or not user.is_active:
        return Jurisdiction.objects.none()
    straight = [perm for perm in perms if perm not in REACHES_DOWN]
    deep = [perm for perm in perms if perm in REACHES_DOWN]
    reach = _on_jurisdictions(user, straight) if straight else Q(pk__in=[])
    above = Jurisdiction.objects.filter(_on_jurisdictions(user, deep)).values_list("path", flat=True) if deep else ()
    for path in above:
        reach |= Q(path__startswith=path)
    return Jurisdiction.objects.filter(reach)


def _on_jurisdictions(user: User, perms: Iterable[str]) -> Q:
    own, of_groups = _granted(user, perms, JurisdictionUserGrant, JurisdictionGroupGrant)
    return Q(pk__in=own) | Q(pk__in=of_groups)


def _granted(
    user: User, perms: Iterable[str], to_users: type[Model], to_groups: type[Model]
) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """Keys of the objects that grants name: those to ``user``, and those to groups of his.

    Written as plain subqueries, since every page asks several: the library's ``get_objects_for_user`` finds the same
    rows in nearly twice the processor's time (a test compares them).
    """
    codenames = [perm.split(".")[1] for perm in perms]
    own = to_users._default_manager.filter(user=user, permission__codename__in=codenames)
    of_groups = to_groups._default_manager.filter(group__user=user, permission__codename__in=codenames)
    return own.values("content_object"), of_groups.values("content_object")


def has_grant(user: Person, perm: str, on: Department | Jurisdiction) -> bool:
    """Whether ``perm`` of ``user`` reaches ``on``."""
    if isinstance(on, Department):
        return departments_granted(user, perm).filter(pk=on.pk).exists()
    return jurisdictions_granted(user, perm).filter(pk=on.pk).exists()


def holders(perm: str, on: Department) -> QuerySet[User]:
    """Active people whose ``perm`` reaches the unit ``on``, by a grant of their own or of a group of theirs."""
    codename = perm.split(".")[1]
    objects = [on.pk, on.parent_id] if on.parent_id else [on.pk]
    direct = Q(departmentusergrant__permission__codename=codename, departmentusergrant__content_object__in=objects)
    by_group = Q(
        groups__departmentgroupgrant__permission__codename=codename,
        groups__departmentgroupgrant__content_object__in=objects,
    )
    return User.objects.filter(direct | by_group, is_active=True).distinct()


def is_held(perm: str, unit: str, parent: str, *, but: str = "") -> Exists:
    """As a condition on rows: whether an active person holds ``perm`` on the unit the row names; ``holders`` asks it
    of one. ``unit`` and ``parent`` are names of the row's fields; with ``but``, another person than that one.
    """
    units = [OuterRef(unit), OuterRef(parent)]
    codename = perm.split(".")[1]
    reach = Q()
    for grant in ("departmentusergrant", "groups__departmentgroupgrant"):
        on = Q(**{f"{grant}__content_object": units[0]}) | Q(**{f"{grant}__content_object": units[1]})
        reach |= Q(**{f"{grant}__permission__codename": codename}) & on
    people = User.objects.filter(reach, is_active=True)
    return Exists(people.exclude(pk=OuterRef(but)) if but else people)


def is_supervised() -> Exists:
    """As a condition on jurisdictions: whether an active person supervises them."""
    codename = SUPERVISE.split(".")[1]
    reach = Q()
    for grant in ("jurisdictionusergrant", "groups__jurisdictiongroupgrant"):
        reach |= Q(**{f"{grant}__permission__codename": codename, f"{grant}__content_object": OuterRef("pk")})
    return Exists(User.objects.filter(reach, is_active=True))


def holders_by_unit(perm: str, units: Iterable[int]) -> dict[int, list[User]]:
    """Active people who hold ``perm`` on each of ``units`` or on a section of it; two queries for all of them."""
    wanted = list(units)
    found: dict[int, dict[int, User]] = {unit: {} for unit in wanted}
    on = Q(content_object__in=wanted) | Q(content_object__parent__in=wanted)
    codename = Q(permission__codename=perm.split(".")[1])
    top = Coalesce("content_object__parent", "content_object")
    direct = DepartmentUserGrant.objects.filter(on, codename, user__is_active=True).annotate(top=top)
    for grant in direct.select_related("user").order_by("user"):
        found[grant.top][grant.user_id] = grant.user
    groups = dict[int, set[int]]()
    for group, unit in DepartmentGroupGrant.objects.filter(on, codename).values_list("group", top):
        groups.setdefault(group, set()).add(unit)
    members = User.objects.filter(groups__in=groups, is_active=True).annotate(member_of=F("groups"))
    for user in members.order_by("pk") if groups else ():
        for unit in groups.get(user.member_of, ()):
            found[unit].setdefault(user.pk, user)
    return {unit: list(people.values()) for unit, people in found.items()}


def require(allowed: bool) -> None:  # noqa: FBT001 it reads as a sentence: require(can_file(…))
    """Refuse with 403 what a person sees but may not do."""
    if not allowed:
        raise PermissionDenied


def rights_held(user: Person) -> frozenset[str]:
    """Which rights ``user`` holds on anything at all, for navigation only: one query, no object."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    grants = ("departmentusergrant", "jurisdictionusergrant"), ("departmentgroupgrant", "jurisdictiongroupgrant")
    mine = Q()
    for own, of_group in zip(*grants, strict=True):
        mine |= Q(**{f"{own}__user": user}) | Q(**{f"{of_group}__group__user": user})
    codenames = Permission.objects.filter(mine).values_list("codename", flat=True)
    return frozenset(f"departments.{codename}" for codename in codenames)
