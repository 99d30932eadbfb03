"""What the office's lists can be narrowed by."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from departments import clock
from departments.models import (
    AuditEvent,
    Department,
    DepartmentGroup,
    DepartmentUserGrant,
    GroupMember,
    Jurisdiction,
    JurisdictionUserGrant,
    User,
)
from funding.models import FundingSource
from minsheng.narrowing import Choices, ListFilter, Narrowing
from minsheng.office import words
from minsheng.office.access import Office
from minsheng.office.history import action_of

NONE: Final = "none"
ACCOUNT_STATES: Final[Choices] = [
    ("active", _("in use")),
    ("closed", pgettext_lazy("account", "closed")),
    ("never", _("never signed in")),
]
UNIT_STATES: Final[Choices] = [("active", _("goes on")), ("ended", _("ended"))]
UNIT_PEOPLE: Final[Choices] = [
    ("none", _("nobody has an account")),
    ("filing", _("nobody can fill in reports")),
]
GROUP_KINDS: Final[Choices] = [("named", _("named here")), ("open", _("decided for each sub-item"))]
SOURCE_USES: Final[Choices] = [("used", _("in use")), ("unused", _("not used"))]
LONGEST: Final = 100


class PeopleFilter(ListFilter):
    """The accounts of one jurisdiction."""

    q = django_filters.CharFilter(label=_("Name, user name or telephone"), method="by_text", max_length=LONGEST)
    unit = Narrowing(_("Unit"), "by_unit")
    right = Narrowing(_("Right"), "by_right", [*words.RIGHTS.items(), (NONE, _("no right at all"))])
    state = Narrowing(_("State"), "by_state", ACCOUNT_STATES)

    def __init__(self, data: QueryDict, *, queryset: QuerySet[User], office: Office, units: Any) -> None:
        self.office = office
        super().__init__(data, queryset=queryset)
        self.filters["unit"].extra["choices"] = [(str(unit.pk), unit.full_name) for unit in units]

    def by_text(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        named = Q(name__icontains=value) | Q(username__icontains=value)
        return queryset.filter(named | Q(telephone__icontains=value))

    def by_unit(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(Q(department=value) | Q(department__parent=value))

    def by_right(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Holding it anywhere in the office's jurisdictions; ``none``: holding nothing there."""
        on_units = DepartmentUserGrant.objects.filter(content_object__jurisdiction__in=self.office.areas)
        on_areas = JurisdictionUserGrant.objects.filter(content_object__in=self.office.areas)
        held = [Exists(grants.filter(user=OuterRef("pk"))) for grants in (on_units, on_areas)]
        if value == NONE:
            return queryset.exclude(held[0]).exclude(held[1])
        code = value.partition(".")[2]
        held = [
            Exists(grants.filter(user=OuterRef("pk"), permission__codename=code)) for grants in (on_units, on_areas)
        ]
        return queryset.filter(held[0] | held[1])

    def by_state(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "never":
            return queryset.filter(is_active=True, last_login=None)
        return queryset.filter(is_active=value == "active")


class UnitFilter(ListFilter):
    """The units of one jurisdiction, found by their sections and aliases too."""

    q = django_filters.CharFilter(label=_("Name, section, alias or contact"), method="by_text", max_length=LONGEST)
    state = Narrowing(_("State"), "by_state", UNIT_STATES)
    people = Narrowing(_("People"), "by_people", UNIT_PEOPLE)

    def by_text(self, queryset: QuerySet[Department], name: str, value: str) -> QuerySet[Department]:
        named = [Q(**{f"{field}__icontains": value}) for field in ("name", "short_name", "contact", "telephone")]
        alias = Q(aliases__text__icontains=value)
        own = Department.objects.filter(pk=OuterRef("pk")).filter(named[0] | named[1] | named[2] | named[3] | alias)
        below = Department.objects.filter(parent=OuterRef("pk")).filter(named[0] | named[2] | named[3] | alias)
        return queryset.filter(Exists(own) | Exists(below))

    def by_state(self, queryset: QuerySet[Department], name: str, value: str) -> QuerySet[Department]:
        return queryset.filter(active_until__isnull=value == "active")

    def by_people(self, queryset: QuerySet[Department], name: str, value: str) -> QuerySet[Department]:
        """Units that go on and in which, sections included, nobody has an account or may fill in reports."""
        people = User.objects.filter(is_active=True)
        mine = people.annotate(of=Coalesce("department__parent", "department")).filter(of=OuterRef("pk"))
        if value == "filing":
            grants = DepartmentUserGrant.objects.filter(user__is_active=True, permission__codename="file_report")
            mine = grants.annotate(of=Coalesce("content_object__parent", "content_object")).filter(of=OuterRef("pk"))
        return queryset.filter(~Exists(mine), active_until=None)


class GroupFilter(ListFilter):
    """The groups of one jurisdiction."""

    q = django_filters.CharFilter(label=_("Name, alias or member"), method="by_text", max_length=LONGEST)
    unit = Narrowing(_("Member"), "by_unit")
    members = Narrowing(_("Kind of group"), "by_members", GROUP_KINDS)

    def __init__(self, data: QueryDict, *, queryset: QuerySet[DepartmentGroup], units: Any) -> None:
        super().__init__(data, queryset=queryset)
        self.filters["unit"].extra["choices"] = [(str(unit.pk), unit.full_name) for unit in units]

    def by_text(self, queryset: QuerySet[DepartmentGroup], name: str, value: str) -> QuerySet[DepartmentGroup]:
        own = DepartmentGroup.objects.filter(pk=OuterRef("pk"))
        member = own.filter(members__name__icontains=value)
        return queryset.filter(
            Q(name__icontains=value) | Exists(member) | Exists(own.filter(aliases__text__icontains=value))
        )

    def by_unit(self, queryset: QuerySet[DepartmentGroup], name: str, value: str) -> QuerySet[DepartmentGroup]:
        return queryset.filter(Exists(GroupMember.objects.filter(group=OuterRef("pk"), department=int(value))))

    def by_members(self, queryset: QuerySet[DepartmentGroup], name: str, value: str) -> QuerySet[DepartmentGroup]:
        return queryset.filter(is_open=value == "open")


class SourceFilter(ListFilter):
    """The sources, shared by all jurisdictions."""

    q = django_filters.CharFilter(label=_("Name or code"), method="by_text", max_length=LONGEST)
    used = Narrowing(_("Whether used"), "by_use", SOURCE_USES)

    def by_text(self, queryset: QuerySet[FundingSource], name: str, value: str) -> QuerySet[FundingSource]:
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def by_use(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(used__gt=0) if value == "used" else queryset.filter(used=0)


class DayFilter(django_filters.DateFilter):
    def __init__(self, label: Any, narrow: str) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, method=narrow, widget=widget, input_formats=["%Y-%m-%d"])


class TrailFilter(ListFilter):
    """The audit trail of whoever reads it: the people and actions that stand in it."""

    person = Narrowing(_("Person"), "by_person")
    action = Narrowing(_("Action"), "by_action")
    area = Narrowing(_("Jurisdiction"), "by_area")
    since = DayFilter(_("From"), "by_since")
    until = DayFilter(_("To"), "by_until")
    q = django_filters.CharFilter(label=_("Object"), method="by_text", max_length=LONGEST)

    def __init__(self, data: QueryDict, *, queryset: QuerySet[AuditEvent], areas: Sequence[Jurisdiction]) -> None:
        super().__init__(data, queryset=queryset)
        actors = User.objects.filter(pk__in=queryset.order_by().values("actor")).order_by("username")
        people = [(str(actor.pk), _named(actor)) for actor in actors]
        found = set(queryset.order_by().values_list("action", flat=True).distinct())
        offered: dict[str, list[tuple[str, Any]]] = {
            "person": [*people, (NONE, gettext("the system"))],
            "action": sorted(((action, action_of(action)) for action in found), key=_place),
            "area": [(str(area.pk), str(area)) for area in areas],
        }
        for name, choices in offered.items():
            self.filters[name].extra["choices"] = choices
        if len(areas) < 2:
            del self.filters["area"]

    def by_person(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return queryset.filter(actor_id=None if value == NONE else int(value))

    def by_action(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return queryset.filter(action=value)

    def by_area(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return queryset.filter(jurisdiction_id=int(value))

    def by_since(self, queryset: QuerySet[AuditEvent], name: str, value: Any) -> QuerySet[AuditEvent]:
        return queryset.filter(at__gte=datetime.combine(value, time.min, clock.ZONE))

    def by_until(self, queryset: QuerySet[AuditEvent], name: str, value: Any) -> QuerySet[AuditEvent]:
        return queryset.filter(at__lte=datetime.combine(value, time.max, clock.ZONE))

    def by_text(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return queryset.filter(object_name__icontains=value)


def _place(choice: tuple[str, Any]) -> int:
    """Actions in the order of their words, which keeps those of a kind together."""
    order = list(words.ACTIONS)
    return order.index(choice[0]) if choice[0] in order else len(order)


def _named(person: User) -> str:
    return gettext("%(person)s (%(username)s)") % {"person": str(person), "username": person.username}
