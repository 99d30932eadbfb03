"""Reference data for the platform operator: what a jurisdiction is made of. People and progress are not here.

Nothing with a history is deleted; every change is recorded; names are held to the rule that one means one thing.
"""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from import_export.admin import ExportMixin
from import_export.formats import base_formats
from import_export.resources import ModelResource, modelresource_factory

from departments import audit
from departments.errors import DomainError
from departments.models import Department, DepartmentAlias, DepartmentGroup, GroupMember, Jurisdiction, User
from departments.names import plain
from departments.services import jurisdictions, names

LABELS: Final = ("short_name", "office_name", "office_contact")


class NamedColumns(ModelResource):  # type: ignore[misc]
    """An export whose headings are the names of the fields in the interface's language."""

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        columns = super().get_export_headers(selected_fields)
        return [str(self._meta.model._meta.get_field(column).verbose_name) for column in columns]


class ReferenceAdmin(ExportMixin, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    """Kept, exported as Excel, recorded, never deleted. Imports go through the administrator's checked pages."""

    formats = (base_formats.XLSX,)
    skip_export_form = True  # the whole register at once; nothing to choose

    def get_export_resource_classes(self, request: HttpRequest) -> list[Any]:
        return [modelresource_factory(self.model, NamedColumns)]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        self.record(request, "admin.change" if change else "admin.add", obj, form)

    def record(self, request: HttpRequest, action: str, obj: Any, form: Any = None) -> None:
        by = request.user if isinstance(request.user, User) else None
        area = obj if isinstance(obj, Jurisdiction) else getattr(obj, "jurisdiction", None)
        changed = {
            name: [str(form.initial.get(name) or ""), str(form.cleaned_data.get(name) or "")]
            for name in (form.changed_data if form else ())
        }
        audit.record(action, obj, by=by, jurisdiction=area, changed=changed)


class JurisdictionForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_parent(self) -> Jurisdiction | None:
        parent: Jurisdiction | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and parent.path.startswith(self.instance.path):
            raise ValidationError(self.fields["parent"].error_messages["invalid_choice"])
        return parent


@admin.register(Jurisdiction)
class JurisdictionAdmin(ReferenceAdmin):
    form = JurisdictionForm
    list_display = (
        "name",
        "code",
        "parent",
        "office_name",
    )
    fields = ("parent", "code", "name", *LABELS)
    search_fields = (
        "name",
        "code",
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """The tree is the service's: it writes the path."""
        by = request.user if isinstance(request.user, User) else None
        parent, labels = obj.parent, {name: getattr(obj, name) for name in LABELS}
        if not change:
            made = jurisdictions.create(by=by, code=obj.code, name=obj.name, parent=parent, **labels)
            obj.pk, obj.path, obj._state.adding = made.pk, made.path, False
            return
        obj.save(update_fields=["code", "name", *LABELS])
        if "parent" in form.changed_data:
            jurisdictions.move(obj, parent, by=by)
        self.record(request, "admin.change", obj, form)


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A unit's name means nothing else yet."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parent = data.get("parent", self.instance.parent if self.instance.pk else None)
        area = data.get("jurisdiction") or (self.instance.jurisdiction if self.instance.pk else None)
        name = data.get("name", "")
        if area and name and name != self.initial.get("name"):
            full = Department(name=name, parent=parent).full_name
            _check_free(full, area, of=self.instance if self.instance.pk else None)
        return data


@admin.register(Department)
class DepartmentAdmin(ReferenceAdmin):
    form = UnitForm
    list_display = (
        "full_name",
        "jurisdiction",
        "order",
        "position",
        "active_until",
        "successor",
    )
    list_filter = ("jurisdiction",)
    list_select_related = (
        "parent",
        "jurisdiction",
        "successor",
    )
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["jurisdiction", "parent"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["queryset"] = Department.objects.filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AliasForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        area, text = data.get("jurisdiction"), data.get("text", "")
        if area and text and plain(text) != self.instance.plain:
            _check_free(text, area, of=data.get("department") or data.get("group"))
        return data


@admin.register(DepartmentAlias)
class DepartmentAliasAdmin(ReferenceAdmin):
    form = AliasForm
    list_display = (
        "text",
        "department",
        "group",
        "jurisdiction",
    )
    list_filter = ("jurisdiction",)
    list_select_related = (
        "department",
        "group",
        "jurisdiction",
    )
    search_fields = ("text",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.plain = plain(obj.text)
        super().save_model(request, obj, form, change)


class MemberInline(admin.TabularInline):  # type: ignore[type-arg]
    model = GroupMember
    extra = 0


@admin.register(DepartmentGroup)
class DepartmentGroupAdmin(ReferenceAdmin):
    list_display = (
        "name",
        "jurisdiction",
        "is_open",
    )
    list_filter = ("jurisdiction",)
    inlines = (MemberInline,)


def _check_free(text: str, area: Jurisdiction, *, of: Department | DepartmentGroup | None) -> None:
    try:
        names.check_free(text, area, of=of)
    except DomainError as error:
        raise ValidationError(str(error)) from error
