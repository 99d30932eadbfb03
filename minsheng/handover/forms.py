"""Who shall be responsible, from which month on, and why: of one sub-item, or of all that a unit holds."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.language import year_month
from departments.models import Department
from minsheng.handover.services import Share, share_of
from projects.models import Responsibility

if TYPE_CHECKING:
    FormSet = forms.BaseFormSet["ShareForm"]
else:
    FormSet = forms.BaseFormSet  # takes no type at runtime

Role = Responsibility.Role
EMPTY: Final = 3  # rows for further units
MOST: Final = 60
FILES: Final = "files"
PARTS: Final = [
    (FILES, _("files (first lead)")),
    (Role.LEAD.value, _("leads too")),
    (Role.ASSIST.value, _("assists")),
    ("", _("no longer responsible")),
]


class MonthChoice(forms.TypedChoiceField):
    """A month of the programme, as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=lambda text: date.fromisoformat(f"{text}-01"), **kwargs)

    def offer(self, months: Iterable[date]) -> None:
        self.choices = [(f"{month:%Y-%m}", year_month(month)) for month in months]


class ShareForm(forms.Form):
    """One row: a unit and its part. A row without a unit is none, unless the table names units nobody has named yet."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    part = forms.ChoiceField(label=_("Part"), choices=PARTS, required=False, initial=Role.ASSIST.value)

    def __init__(self, *args: Any, units: Sequence[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    @property
    def row(self) -> Responsibility | None:
        """What stands there at present; none in an empty row."""
        return cast("Responsibility | None", self.initial.get("row"))


class RowsOfShares(FormSet):
    """All units of a sub-item, and some empty rows."""

    default_error_messages: ClassVar = {
        "missing_management_form": _("The list came incomplete; nothing was saved. Open the page again."),
    }

    def shares(self, units: dict[int, Department]) -> list[Share]:
        """What the valid rows ask for."""
        found = (_share(form, units) for form in self.forms)
        return [share for share in found if share is not None]


def _share(form: ShareForm, units: dict[int, Department]) -> Share | None:
    key, part, row = form.cleaned_data.get("unit"), form.cleaned_data.get("part"), form.row
    unit = units.get(int(key)) if key else None
    if not part or (unit is None and (row is None or row.department_id is not None)):
        return None
    role = Role.ASSIST if part == Role.ASSIST else Role.LEAD
    if row is not None and row.department_id in (None, unit.pk if unit else None):
        present = share_of(row)  # as the table calls it, be it named only now
        return Share(unit, role, part == FILES, present.written, present.group)
    return Share(unit, role, part == FILES, unit.full_name if unit else "")


Rows = forms.formset_factory(
    ShareForm, formset=RowsOfShares, extra=EMPTY, max_num=MOST, validate_max=True, absolute_max=MOST + EMPTY
)


def rows_of(present: Sequence[Responsibility], units: Iterable[Department], data: Any = None) -> RowsOfShares:
    offered = {unit.pk: unit for unit in (*units, *(row.department for row in present)) if unit}
    choices = [("", "—"), *((str(unit.pk), unit.full_name) for unit in offered.values())]
    initial = [{"row": row, "unit": str(row.department_id or ""), "part": _part(row)} for row in present]
    return cast(RowsOfShares, Rows(data, initial=initial, prefix="rows", form_kwargs={"units": choices}))


def _part(row: Responsibility) -> str:
    return FILES if row.files else row.role


class WhyForm(forms.Form):
    """From when, why, and by which document; ``seen`` is what was looked at."""

    month = MonthChoice(label=_("From month"), help_text=_("The new units file from this month on."))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with the revision of the plan."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document = forms.CharField(label=_("Document"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, months: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(MonthChoice, self.fields["month"]).offer(months)


class SuccessionForm(forms.Form):
    """Whose sub-items go to whom, from when: what the address asks for."""

    old = forms.ChoiceField(label=_("Handed over by"))
    new = forms.ChoiceField(label=_("Taken over by"))
    month = MonthChoice(label=_("From month"))

    def __init__(
        self,
        *args: Any,
        holders: Iterable[Department],
        units: Iterable[Department],
        months: Iterable[date],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("old", holders), ("new", units)):
            choices = [("", "—"), *((str(unit.pk), unit.full_name) for unit in offered)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        cast(MonthChoice, self.fields["month"]).offer(months)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("old") and data.get("old") == data.get("new"):
            self.add_error("new", _("Choose another unit."))
        return data


class SuccessionReasonForm(forms.Form):
    """Why many sub-items are handed over at once, and by which document."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with the revision of each sub-item."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document = forms.CharField(label=_("Document"), max_length=200, required=False)
