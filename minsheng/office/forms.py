"""What an administrator types. Rules are the services'; their refusals join the form's errors."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from departments.models import Department, DepartmentGroup, User
from departments.permissions import ON_DEPARTMENTS, ON_JURISDICTIONS
from minsheng.handover.ended import filed_by
from minsheng.office import words
from minsheng.office.drawn import DrawnForm


class UnitForm(DrawnForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    short_name = forms.CharField(label=_("Short name"), max_length=30, required=False)
    contact = forms.CharField(label=_("Contact"), max_length=40, required=False, help_text=_("Whom to call."))
    telephone = forms.CharField(label=_("Telephone"), max_length=40, required=False)


class _Chosen(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Says in words that nothing is chosen yet, or that nothing need be."""

    def __init__(self, queryset: Any, *, required: bool = True, **kwargs: Any) -> None:
        empty = _("— choose —") if required else pgettext_lazy("choice", "none")
        super().__init__(queryset, required=required, **{"empty_label": empty, **kwargs})


class UnitField(_Chosen):
    """A unit by its full name."""

    def label_from_instance(self, obj: Department) -> str:
        return gettext("%(unit)s (ended)") % {"unit": obj.full_name} if obj.active_until else obj.full_name


class CloseForm(forms.Form):
    """The end of a unit. Where it still files sub-items (``left``) that is said, and to be confirmed."""

    until = forms.DateField(
        label=_("Last day"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    successor = UnitField(
        label=_("Successor"),
        queryset=Department.objects.none(),
        required=False,
        help_text=_("Who does its work from then on. The history stays with the unit."),
    )

    sure = forms.BooleanField(label=_("It ends all the same; the supervision office hands them over"))

    def __init__(self, *args: Any, unit: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = filed_by(unit)
        if not self.left:
            del self.fields["sure"]
        peers = Department.objects.filter(jurisdiction=unit.jurisdiction_id, active_until=None)
        cast(UnitField, self.fields["successor"]).queryset = (
            peers.exclude(pk=unit.pk).exclude(parent=unit.pk).select_related("parent").official_order()
        )

    def clean(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}


class OfficeForm(DrawnForm):
    """Whom units call."""

    office_name = forms.CharField(
        label=_("Name of the supervision office"), max_length=60, help_text=_("As units know it.")
    )
    office_contact = forms.CharField(
        label=_("Contact and telephone"),
        max_length=120,
        required=False,
        help_text=_("Units read it where a month has locked, and in the text that reminds them."),
    )


class PlaceForm(forms.Form):
    place = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=9999)


class AliasForm(forms.Form):
    alias = forms.CharField(
        label=_("New alias"), max_length=120, help_text=_("As tables write it. It may mean this one only.")
    )


class GroupForm(DrawnForm):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As tables name it."))
    is_open = forms.BooleanField(
        label=_("Members are decided for each sub-item"),
        required=False,
        help_text=_("For names such as pilot streets: the group has no members of its own."),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField[Department]", self.fields["members"]).queryset = units

    @classmethod
    def of(cls, group: DepartmentGroup, data: Any, *, units: Any) -> "GroupForm":
        members = [member.department_id for member in group.memberships.all()]
        return cls(data, units=units, initial={"name": group.name, "is_open": group.is_open, "members": members})


class SourceForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=30, help_text=_("Small letters, digits and _. It never changes later.")
    )
    name = forms.CharField(label=_("Name"), max_length=60)


class RenameForm(DrawnForm):
    name = forms.CharField(label=_("Name"), max_length=60)


class PersonForm(DrawnForm):
    """Name, unit and telephone of a person."""

    name = forms.CharField(label=_("Name of the person"), max_length=40)
    department = UnitField(
        label=_("Unit"),
        queryset=Department.objects.none(),
        required=False,
        help_text=_("Shown and signed with; it gives no right."),
    )
    telephone = forms.CharField(label=_("Telephone"), max_length=40, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(UnitField, self.fields["department"]).queryset = units


class PasswordForm(forms.Form):
    """An initial password; left empty, the portal makes one."""

    password = forms.CharField(
        label=_("Initial password"),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Empty: one is made and shown once. The person chooses his own at the first sign-in."),
    )


class NewPersonForm(PasswordForm, PersonForm):
    drawn = None  # type: ignore[assignment]  # nobody has saved it before
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("For signing in. Letters, digits and . - _ @ +"),
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "username", "department", "telephone", "password")


class UnitRightForm(forms.Form):
    """A right on a unit, for one person."""

    right = forms.ChoiceField(label=_("Right"), choices=[(right, words.RIGHTS[right]) for right in ON_DEPARTMENTS])
    unit = UnitField(label=_("On the unit"), queryset=Department.objects.none())

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(UnitField, self.fields["unit"]).queryset = units


class AreaRightForm(forms.Form):
    """A right on a jurisdiction; with a reason where it needs a second administrator."""

    right = forms.ChoiceField(label=_("Right"), choices=[(right, words.RIGHTS[right]) for right in ON_JURISDICTIONS])
    area = forms.ChoiceField(label=_("On the jurisdiction"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed where administration, supervision or audit meet in one person."),
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["area"]).choices = [(str(area.pk), str(area)) for area in areas]


class PersonField(_Chosen):
    """A person by name, user name and unit."""

    def label_from_instance(self, obj: User) -> str:
        words = {"person": str(obj), "username": obj.username, "unit": str(obj.department)}
        if obj.department is None:
            return gettext("%(person)s (%(username)s)") % words
        return gettext("%(person)s (%(username)s, %(unit)s)") % words


class PersonRightForm(forms.Form):
    """From a unit's page: who gets a right on it."""

    person = PersonField(label=_("Person"), queryset=User.objects.none())
    right = forms.ChoiceField(label=_("Right"), choices=[(right, words.RIGHTS[right]) for right in ON_DEPARTMENTS])

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PersonField, self.fields["person"]).queryset = people
