"""The flat list of a programme's sub-items out as Excel, corrected there, and back in: a look, then revisions.

Recognised by our code. Only flat fields change; deliverables, targets, money and units are the official table's.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import audit, locks
from departments.errors import Conflict, DomainError
from departments.models import AuditEvent, User
from minsheng import figures
from minsheng.office import excel
from minsheng.office.exchange import GOOD_FOR, Preview, Sheet, preview
from minsheng.office.resources import Field, Register, Text
from projects.models import Programme, SubItem, SubItemRevision
from projects.rules.deadlines import check_deadline
from projects.services import revisions
from projects.services.baselines import json_of

ACTION: Final = "programme.list"
_SALT: Final = "task_table.flat"
EDITED: Final = (
    "serial",
    "category",
    "content",
    "deadline",
    "deadline_precision",
    "deadline_text",
    "leader",
    "contact",
    "remarks",
    "deadline_note",
)


class Day(Text):
    """A day as 2023-10-31, or none."""

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> date | None:
        text = super().clean(value)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise ValueError(_("“%(text)s” is no day; write it like 2023-10-31.") % {"text": text}) from error

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return value.isoformat() if value else ""


class Columns(Text):
    """The further columns of the official table, each a line: its header and what stood below."""

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "\n".join(_("%(name)s: %(text)s") % {"name": name, "text": text} for name, text in value.items())


class SubItemRegister(Register):
    """The flat fields of the sub-items of one programme; each changed row becomes a revision."""

    labels: ClassVar = {
        "code": gettext_lazy("Code"),
        "serial": gettext_lazy("Serial"),
        "project": gettext_lazy("Project"),
        "category": gettext_lazy("Category"),
        "content": gettext_lazy("Content and scale"),
        "deadline": gettext_lazy("Deadline"),
        "deadline_text": gettext_lazy("Deadline as written"),
        "leader": gettext_lazy("Leader in charge"),
        "contact": gettext_lazy("Contact"),
        "remarks": gettext_lazy("Remarks"),
        "deadline_note": gettext_lazy("Note on the deadline"),
        "extra": gettext_lazy("Other columns"),
    }
    key: ClassVar = ("code",)
    fixed: ClassVar = ("project", "extra")

    class Meta(Register.Meta):
        model = SubItem
        import_id_fields = ("code",)

    def __init__(self, *, programme: Programme, by: User, reason: str = "") -> None:
        super().__init__(area=programme.jurisdiction, by=by)
        self.programme, self.reason = programme, reason

    def columns(self) -> dict[str, Field]:
        return super().columns() | {
            "deadline": self.column("deadline", Day()),
            "extra": self.column("extra", Columns()),
        }

    def rows(self) -> QuerySet[SubItem]:
        found = SubItem.objects.filter(programme=self.programme).exclude(status=SubItem.Status.WITHDRAWN)
        return found.select_related("project", "programme__jurisdiction").order_by("position")

    def identity(self, row: dict[str, Any]) -> tuple[str, ...]:
        return (str(row["code"] or "").strip(),)

    def find(self, row: dict[str, Any]) -> SubItem | None:
        return self.rows().filter(code=str(row["code"] or "").strip()).first()

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 the library's signature
        if field.column_name != "code":
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def write(self, instance: SubItem, *, is_new: bool) -> None:
        if is_new:
            raise DomainError(_("There is no sub-item with this code in the programme."))
        stored = locks.held(SubItem.objects.all()).get(pk=instance.pk)
        if instance.deadline != stored.deadline:
            check_deadline(instance.deadline, year=self.programme.year)
            instance.deadline_precision = SubItem.Precision.DAY if instance.deadline else ""
        values = {name: new for name in EDITED if (new := getattr(instance, name)) != getattr(stored, name)}
        changes = {name: [json_of(getattr(stored, name)), json_of(new)] for name, new in values.items()}
        one = revisions.Revised(
            stored, values=values, changes=changes, plan={name: new for name, (_old, new) in changes.items()}
        )
        origin = SubItemRevision.Origin.CORRECTION
        revisions.revise(self.programme, [one], by=self.by, reason=self.reason, origin=origin)


def export(register: SubItemRegister) -> bytes:
    """The list as a workbook of inert text, in the form in which it can come back."""
    data = register.export(register.rows())
    return excel.workbook([str(label) for label in register.labels.values()], data)


def sign(sheet: Sheet, shown: Preview, register: SubItemRegister) -> str:
    """The upload and what was shown of it, for whom, so that just this can be confirmed."""
    held = {
        "programme": register.programme.pk,
        "by": register.by.pk,
        "columns": sheet.columns,
        "rows": sheet.rows,
        "numbers": sheet.numbers,
        "digest": shown.digest,
    }
    return signing.dumps(held, salt=_SALT, compress=True)


def opened(token: str, register: SubItemRegister) -> tuple[Sheet, str]:
    """The upload that was signed for this programme and person, and the digest of what was shown of it."""
    try:
        held = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise Conflict(_("What you looked at is no longer valid: upload the file again.")) from error
    if (held["programme"], held["by"]) != (register.programme.pk, register.by.pk):
        raise Conflict(_("What you looked at is no longer valid: upload the file again."))
    return Sheet(held["columns"], held["rows"], held["numbers"]), held["digest"]


@dataclass(frozen=True)
class Done:
    """How many sub-items changed, and whether it was an earlier confirmation of the same look that changed them."""

    changed: int
    earlier: bool = False


@transaction.atomic
def confirm(token: str, register: SubItemRegister) -> Done:
    """Write what was signed, all of it, each row with the reason; nothing where it would do something else by now.

    Whoever confirms twice is told the same.
    """
    sheet, digest = opened(token, register)
    if not register.reason.strip():
        raise DomainError(_("Say why the programme changes: it is kept with each revision."))
    list(locks.held(register.rows()).values_list("pk"))
    programme, upload = register.programme, hashlib.sha256(token.encode()).hexdigest()
    earlier = _written(programme, upload)
    if earlier is not None:
        return Done(earlier, earlier=True)
    done = preview(sheet, register, dry=False)
    if done.wrong or done.digest != digest:
        raise Conflict(_("The programme changed since you looked at it. Nothing was written: look at it again."))
    figures.refresh_programme(programme)
    audit.record(
        ACTION, programme, by=register.by, jurisdiction=programme.jurisdiction, rows=done.changed, upload=upload
    )
    return Done(done.changed)


def _written(programme: Programme, upload: str) -> int | None:
    """How many sub-items an upload changed that is written already."""
    kept = AuditEvent.objects.filter(
        object_type=programme._meta.label_lower, object_id=str(programme.pk), action=ACTION, details__upload=upload
    ).first()
    return kept.details["rows"] if kept else None
