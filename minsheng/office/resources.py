"""The flat registers as import-export reads and writes them: units, aliases, people without passwords, sources.

Every write goes through the services an administrator's pages use, so what they refuse is refused here, and what
they record is recorded. Columns named in ``fixed`` leave with an export and may not differ when they come back.
"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources, widgets

from departments.errors import DomainError
from departments.models import Department, DepartmentAlias, DepartmentGroup, Jurisdiction, User
from departments.names import plain
from departments.services import names, people, structure
from funding.models import FundingSource
from funding.services import sources


class Text(widgets.Widget):  # type: ignore[misc]
    """A cell as text, without the space around it."""

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        return "" if value is None else str(value).strip()

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "" if value is None else str(value)


class YesNo(Text):
    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return _("yes") if value else _("no")


class Unit(Text):
    """A unit of ``area`` by its full name; with ``top`` no section."""

    def __init__(self, area: Jurisdiction, *, top: bool = False) -> None:
        super().__init__()
        found = Department.objects.filter(jurisdiction=area).select_related("parent")
        self.by_name: dict[str, Department | DepartmentGroup] = {
            plain(unit.full_name): unit for unit in found if not (top and unit.parent_id)
        }

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if plain(text) not in self.by_name:
            raise ValueError(_("There is no unit “%(name)s”.") % {"name": text})
        return self.by_name[plain(text)]

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return value.full_name if value else ""


class Meaning(Unit):
    """A unit or a group of ``area`` by its name."""

    def __init__(self, area: Jurisdiction) -> None:
        super().__init__(area)
        self.by_name |= {plain(group.name): group for group in DepartmentGroup.objects.filter(jurisdiction=area)}

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        found = super().clean(value)
        if found is None:
            raise ValueError(_("Say which unit or group is meant."))
        return found

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return value.full_name if isinstance(value, Department) else str(value or "")


class Field(fields.Field):  # type: ignore[misc]
    """A column whose refusals are sentences of ours, without a prefix in English."""

    def clean(self, row: Any, **kwargs: Any) -> Any:
        return self.widget.clean(row[self.column_name], row=row, **kwargs)


class Register(resources.ModelResource):  # type: ignore[misc]
    """What the registers share. ``labels`` are the headings of the columns, in their order."""

    labels: ClassVar[dict[str, str | Promise]] = {}
    key: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, area: Jurisdiction, by: User) -> None:
        super().__init__()
        self.area, self.by = area, by
        self.fields = self.columns()
        self.doubles: dict[int, int] = {}  # of the file: which row says again what row is meant

    def columns(self) -> dict[str, Field]:
        return {name: self.column(name, Text()) for name in self.labels}

    @staticmethod
    def column(name: str, widget: widgets.Widget) -> Field:
        return Field(attribute=name, column_name=name, widget=widget)

    def rows(self) -> QuerySet[Any]:
        """What an export holds."""
        raise NotImplementedError

    def find(self, row: dict[str, Any]) -> Model | None:
        """The row of the database that ``row`` is about."""
        raise NotImplementedError

    def write(self, instance: Any, *, is_new: bool) -> None:
        """Hand ``instance`` to the services."""
        raise NotImplementedError

    def identity(self, row: dict[str, Any]) -> tuple[str, ...]:
        """What two rows of a file must not share: the key, compared as ``find`` compares it."""
        return tuple(plain(str(row[name] or "")) for name in self.key)

    def before_import_row(self, row: Any, *, row_number: int, **_kwargs: Any) -> None:
        if row_number in self.doubles:
            raise ValidationError(_("The same as row %(row)d of the file.") % {"row": self.doubles[row_number]})

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Model | None:
        return self.find(row)

    def get_import_order(self) -> list[str]:
        return list(self.fields)

    def get_export_order(self) -> list[str]:
        return list(self.fields)

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 the library's signature
        name = field.column_name
        if name not in self.fixed:
            super().import_field(field, instance, row, is_m2m, **kwargs)
        elif name in row and str(row[name] or "").strip() not in ("", field.export(instance)):
            raise ValueError(_("This column is read only: change it on its page."))

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **_kwargs: Any) -> None:
        """Lengths and forms as the model says, of the columns that were read only."""
        errors = dict(import_validation_errors or {})
        read = set(self.fields) - set(self.fixed) - set(errors)
        others = [field.name for field in instance._meta.fields if field.name not in read]
        try:
            instance.clean_fields(exclude=others)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:  # noqa: FBT001 the library's signature
        try:
            self.write(instance, is_new=is_create)
        except DomainError as error:
            raise ValidationError(str(error)) from error

    class Meta:
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        store_instance = True
        use_transactions = True


class UnitRegister(Register):
    labels: ClassVar = {
        "parent": gettext_lazy("Unit above"),
        "name": gettext_lazy("Name"),
        "short_name": gettext_lazy("Short name"),
        "contact": gettext_lazy("Contact"),
        "telephone": gettext_lazy("Telephone"),
        "active_until": gettext_lazy("Last day"),
        "successor": gettext_lazy("Successor"),
    }
    key: ClassVar = ("parent", "name")
    fixed: ClassVar = ("active_until", "successor")

    class Meta(Register.Meta):
        model = Department
        import_id_fields = ("parent", "name")

    def columns(self) -> dict[str, Field]:
        return super().columns() | {
            "parent": self.column("parent", Unit(self.area, top=True)),
            "successor": self.column("successor", Unit(self.area)),
        }

    def rows(self) -> QuerySet[Any]:
        units = Department.objects.filter(jurisdiction=self.area).select_related("parent", "successor__parent")
        return units.official_order()

    def find(self, row: dict[str, Any]) -> Model | None:
        above, name = plain(str(row["parent"] or "")), plain(str(row["name"] or ""))
        for unit in self.rows():
            if plain(unit.name) == name and (plain(unit.parent.name) if unit.parent else "") == above:
                return unit  # type: ignore[no-any-return]
        return None

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 as above
        if instance.pk and field.column_name in self.key:
            return  # what recognised the row does not change it
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def write(self, instance: Any, *, is_new: bool) -> None:
        content = {name: getattr(instance, name) for name in structure.CONTENT}
        if is_new:
            added = structure.add(self.area, by=self.by, parent=instance.parent, **content)
            instance.pk = added.pk
            if not added.parent_id:
                self.fields["parent"].widget.by_name[plain(added.name)] = added
        else:
            structure.change(Department.objects.get(pk=instance.pk), by=self.by, **content)


class AliasRegister(Register):
    labels: ClassVar = {"text": gettext_lazy("Alias"), "meaning": gettext_lazy("Unit or group meant")}
    key: ClassVar = ("text",)

    class Meta(Register.Meta):
        model = DepartmentAlias
        import_id_fields = ("text",)

    def columns(self) -> dict[str, Field]:
        return {"text": self.column("text", Text()), "meaning": self.column("meaning", Meaning(self.area))}

    def rows(self) -> QuerySet[Any]:
        return (
            DepartmentAlias.objects.filter(jurisdiction=self.area)
            .select_related("department__parent", "group")
            .order_by("department__order", "department__position", "text")
        )

    def dehydrate_meaning(self, alias: DepartmentAlias) -> str:
        return self.fields["meaning"].widget.render(alias.department or alias.group)  # type: ignore[no-any-return]

    def find(self, row: dict[str, Any]) -> Model | None:
        found = self.rows().filter(plain=plain(str(row["text"] or ""))).first()
        if found:
            found.meaning = found.department or found.group
        return found

    def init_instance(self, row: Any = None) -> DepartmentAlias:
        alias = DepartmentAlias()
        alias.meaning = None  # type: ignore[attr-defined]
        return alias

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 as above
        if instance.pk and field.column_name == "text":
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def write(self, instance: Any, *, is_new: bool) -> None:
        added = names.add_alias(instance.text, of=instance.meaning, by=self.by)  # refuses another meaning
        instance.pk = added.pk


class PeopleRegister(Register):
    labels: ClassVar = {
        "username": gettext_lazy("User name"),
        "name": gettext_lazy("Name of the person"),
        "department": gettext_lazy("Unit"),
        "telephone": gettext_lazy("Telephone"),
        "is_active": gettext_lazy("in use"),
    }
    key: ClassVar = ("username",)
    fixed: ClassVar = ("is_active",)

    class Meta(Register.Meta):
        model = User
        import_id_fields = ("username",)

    def columns(self) -> dict[str, Field]:
        return super().columns() | {
            "department": self.column("department", Unit(self.area)),
            "is_active": self.column("is_active", YesNo()),
        }

    def rows(self) -> QuerySet[Any]:
        kept = User.objects.kept_by(Jurisdiction.objects.filter(pk=self.area.pk)).select_related("department__parent")
        return kept.order_by("department__order", "department__position", "username")

    def find(self, row: dict[str, Any]) -> Model | None:
        return self.rows().filter(username__iexact=str(row["username"] or "").strip()).first()

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 as above
        if instance.pk and field.column_name == "username":
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def write(self, instance: Any, *, is_new: bool) -> None:
        content = {name: getattr(instance, name) for name in people.CONTENT}
        if is_new:
            added = people.add(self.area, by=self.by, username=instance.username, password=None, **content)
            instance.pk = added.pk
        else:
            people.change(User.objects.get(pk=instance.pk), by=self.by, **content)


class SourceRegister(Register):
    labels: ClassVar = {"code": gettext_lazy("Code"), "name": gettext_lazy("Name")}
    key: ClassVar = ("code",)

    class Meta(Register.Meta):
        model = FundingSource
        import_id_fields = ("code",)

    def rows(self) -> QuerySet[Any]:
        return FundingSource.objects.all()

    def identity(self, row: dict[str, Any]) -> tuple[str, ...]:
        return (str(row["code"] or "").strip(),)

    def find(self, row: dict[str, Any]) -> Model | None:
        return FundingSource.objects.filter(code=str(row["code"] or "").strip()).first()

    def write(self, instance: Any, *, is_new: bool) -> None:
        if is_new:
            added = sources.add(code=instance.code, name=instance.name, by=self.by, jurisdiction=self.area)
            instance.pk = added.pk
        else:
            stored = FundingSource.objects.get(pk=instance.pk)
            sources.rename(stored, instance.name, by=self.by, jurisdiction=self.area)
