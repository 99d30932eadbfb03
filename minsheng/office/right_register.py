"""Rights as a register: who, what, on which unit or jurisdiction, since when and by whom. It gives, and takes nothing.

Each row that comes in goes through ``grants.give``: nobody gives a right to himself, and a second one of those kept
apart is refused here, since another administrator has to agree to it on the person's page.
"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import clock, locks
from departments.errors import DomainError
from departments.language import listed
from departments.models import AuditEvent, Department, DepartmentUserGrant, Jurisdiction, JurisdictionUserGrant, User
from departments.names import plain
from departments.services import grants
from minsheng.office import words
from minsheng.office.resources import Field, Register, Text, Unit

Grant = DepartmentUserGrant | JurisdictionUserGrant


def _rights_by_words() -> dict[str, str]:
    named = [*words.SHORT_RIGHTS.items(), *words.RIGHTS.items()]
    return {plain(str(label)): right for right, label in named}


class Right(Text):
    """A right by its words, or by the short ones of the lists."""

    def __init__(self) -> None:
        super().__init__()
        self.by_words = _rights_by_words()

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        text = super().clean(value)
        if plain(text) not in self.by_words:
            accepted = listed(words.SHORT_RIGHTS.values())
            raise ValueError(
                _("There is no right “%(name)s”. There are: %(rights)s.") % {"name": text, "rights": accepted}
            )
        return self.by_words[plain(text)]

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return str(words.RIGHTS.get(value, value or ""))


class Place(Unit):
    """What a right is on: a unit or section of ``area``, or ``area`` itself."""

    def __init__(self, area: Jurisdiction) -> None:
        super().__init__(area)
        self.places: dict[str, Department | Jurisdiction] = {plain(str(area)): area, **self.by_name}  # type: ignore[dict-item]

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        text = plain(Text().clean(value))
        if text not in self.places:
            raise ValueError(_("There is no unit “%(name)s”.") % {"name": value})
        return self.places[text]

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return value.full_name if isinstance(value, Department) else str(value or "")


class RightRegister(Register):
    labels: ClassVar = {
        "username": gettext_lazy("User name"),
        "name": gettext_lazy("Name of the person"),
        "right": gettext_lazy("Right"),
        "on": gettext_lazy("Unit or jurisdiction"),
        "since": gettext_lazy("Since"),
        "giver": gettext_lazy("Given by"),
    }
    key: ClassVar = ("username", "right", "on")
    fixed: ClassVar = ("name", "since", "giver")

    class Meta(Register.Meta):
        model = DepartmentUserGrant
        import_id_fields = ("username", "right", "on")

    def columns(self) -> dict[str, Field]:
        return super().columns() | {
            "right": self.column("right", Right()),
            "on": self.column("on", Place(self.area)),
            "username": self.column("username", _Person(self)),
        }

    def people(self) -> Any:
        """Whose rights an administrator of the jurisdiction gives and takes."""
        return User.objects.kept_by(Jurisdiction.objects.filter(pk=self.area.pk))

    def rows(self) -> Any:
        """By person; of each, what he may on the jurisdiction, then on units in official order. Three queries."""
        on_area = JurisdictionUserGrant.objects.filter(content_object=self.area, user__in=self.people())
        on_units = DepartmentUserGrant.objects.filter(content_object__jurisdiction=self.area, user__in=self.people())
        found: list[Grant] = [
            *on_area.select_related("user", "permission", "content_object"),
            *on_units.select_related("user", "permission", "content_object__parent").order_by(
                "content_object__order", "content_object__position", "pk"
            ),
        ]
        given = self._given()
        known = [grant for grant in found if f"departments.{grant.permission.codename}" in words.RIGHTS]
        return sorted((_filled(grant, given) for grant in known), key=lambda grant: grant.user.username)

    def identity(self, row: dict[str, Any]) -> tuple[str, ...]:
        """A right is the same by whichever of its words it is written."""
        right = _rights_by_words().get(plain(str(row["right"] or "")))
        return super().identity(row | {"right": words.RIGHTS[right]} if right else row)

    def find(self, row: dict[str, Any]) -> Model | None:
        return self.kept.get(self.identity(row))

    def before_import(self, dataset: Any, **_kwargs: Any) -> None:
        """Lock everybody the file names, by key, as all services do; and read what there is once."""
        named = {plain(str(name or "")) for name in dataset["username"]}
        keys = [pk for pk, name in self.people().values_list("pk", "username") if plain(name) in named]
        list(locks.held(User.objects.filter(pk__in=keys)).values_list("pk"))
        self.kept = {
            tuple(plain(str(self.fields[name].export(grant))) for name in self.key): grant for grant in self.rows()
        }

    def init_instance(self, row: Any = None) -> Any:
        return _shown(DepartmentUserGrant(), "", "", None, "", "")

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 the library's signature
        if instance.pk and field.column_name in self.key:
            return  # what recognised the row does not change it
        if not instance.pk and field.column_name in self.fixed:
            return  # the person's own name, today, and who confirms
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **_kwargs: Any) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def write(self, instance: Any, *, is_new: bool) -> None:
        """Only a new one changes anything; the name, since when and by whom are read."""
        person = self.people().filter(username__iexact=instance.username, is_active=True).first()
        if person is None:
            raise DomainError(_("This account was closed."))
        grants.give(instance.right, instance.on, to=person, by=self.by)
        model = DepartmentUserGrant if isinstance(instance.on, Department) else JurisdictionUserGrant
        instance.pk = model.objects.values_list("pk", flat=True).order_by("-pk").first()
        instance.name = person.name

    def _given(self) -> dict[tuple[str, str, int], tuple[str, str]]:
        """When and by whom each right was given last, as it was recorded."""
        events = AuditEvent.objects.filter(action="grant.give", jurisdiction=self.area).order_by("pk")
        return {
            (person, details.get("right", ""), details.get("where_id", 0)): (clock.local(at).date().isoformat(), who)
            for person, details, at, who in events.values_list("object_id", "details", "at", "actor_name")
        }


class _Person(Text):
    """A user name of the register, as it is written there."""

    def __init__(self, register: RightRegister) -> None:
        super().__init__()
        self.register = register

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        text = super().clean(value)
        found = self.register.people().filter(username__iexact=text).values_list("username", flat=True).first()
        if found is None:
            raise ValueError(_("There is no account “%(name)s”.") % {"name": text})
        return found


def _filled(grant: Any, given: dict[tuple[str, str, int], tuple[str, str]]) -> Any:
    right = f"departments.{grant.permission.codename}"
    since, giver = given.get((str(grant.user_id), right, grant.content_object_id), ("", ""))
    _shown(grant, grant.user.username, right, grant.content_object, since, giver)
    grant.name = grant.user.name
    return grant


def _shown(grant: Any, username: str, right: str, on: Any, since: str, giver: str) -> Any:
    """``grant`` with what the columns read of it."""
    grant.username, grant.name, grant.right, grant.on = username, "", right, on
    grant.since, grant.giver = since, giver
    return grant
