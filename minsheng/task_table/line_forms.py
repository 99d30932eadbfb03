"""The fields of the forms by which parts of a row are corrected."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments.errors import DomainError
from funding.models import FundingTotal
from funding.services.lines import yuan
from minsheng.task_table.spoken import BOUNDS, KINDS, STAGES
from projects.models import SubItem

DAYS: Final = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"]


class KeptForm(forms.Form):
    """What the reader took stands as it is, however long or exact: limits are for what a person types anew.

    A text may be as long as the one that stands there; what would be cut is asked about (``lengths``).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            stands = self.get_initial_for_field(field, name)
            if isinstance(field, forms.CharField) and isinstance(stands, str):
                _make_room(field, len(stands) + stands.count("\n"))  # a browser sends two characters for a line's end

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # of the forms of Django, where each field is cleaned
        for name in [name for name in self.errors if name in self.fields]:
            bound = self[name]
            if bound.initial not in (None, "") and not self.fields[name].has_changed(bound.initial, bound.data):
                del self.errors[name]
                self.cleaned_data[name] = bound.initial
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):  # the line's ends of a browser make no other text
                self.cleaned_data[name] = value.replace("\r\n", "\n")


def _make_room(field: forms.CharField, length: int) -> None:
    if field.max_length is None or length <= field.max_length:
        return
    field.max_length = length
    others = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
    field.validators = [*others, MaxLengthValidator(length)]
    field.widget.attrs["maxlength"] = str(length)


class SeenForm(KeptForm):
    """``seen`` is how often the part had been changed when it was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NameForm(SeenForm):
    serial = forms.CharField(label=gettext_lazy("Serial"), max_length=20, required=False)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=120, required=False)
    project = forms.CharField(
        label=gettext_lazy("Project"),
        max_length=200,
        help_text=gettext_lazy("Rows of the same name are sub-items of one project."),
    )


class ContentForm(SeenForm):
    content = forms.CharField(
        label=gettext_lazy("Content and scale"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Deliverables and targets stay as they are; they are corrected on their own."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()))


class PeopleForm(SeenForm):
    leader = forms.CharField(label=gettext_lazy("Leader in charge"), max_length=120, required=False)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=200, required=False)
    remarks = forms.CharField(label=gettext_lazy("Remarks"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DeadlineForm(SeenForm):
    deadline = forms.DateField(
        label=gettext_lazy("Deadline"),
        required=False,
        input_formats=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The last day; empty where there is none."),
    )
    deadline_precision = forms.ChoiceField(
        label=gettext_lazy("Precision"), required=False, choices=list(SubItem.Precision.choices)
    )
    deadline_firm = forms.BooleanField(
        label=gettext_lazy("firm deadline"),
        required=False,
        help_text=gettext_lazy("Not firm: the date depends on somebody else's progress."),
    )
    deadline_note = forms.CharField(label=gettext_lazy("note on the deadline"), required=False, max_length=300)


class LineForm(KeptForm):
    """One amount of money."""

    origin = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    source = forms.ChoiceField(label=gettext_lazy("Source"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (10,000 yuan)"), required=False, min_value=0, max_digits=16, decimal_places=6
    )
    approx = forms.BooleanField(label=gettext_lazy("about"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=list(STAGES.items()))
    use = forms.CharField(label=gettext_lazy("Use"), max_length=120, required=False)
    year = forms.IntegerField(label=gettext_lazy("Year, if another"), required=False, min_value=2000, max_value=2100)
    rate = forms.DecimalField(
        label=gettext_lazy("Standard (yuan)"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    per = forms.CharField(label=gettext_lazy("per"), max_length=20, required=False)
    share = forms.DecimalField(
        label=gettext_lazy("Share (%)"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    text = forms.CharField(label=gettext_lazy("Text in the table"), max_length=500, required=False)

    def clean_amount(self) -> Decimal | None:
        return _kept(self.cleaned_data["amount"])


class TotalForm(KeptForm):
    """A total as the table states it."""

    origin = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=list(FundingTotal.Kind.choices))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (10,000 yuan)"), min_value=0, max_digits=16, decimal_places=6
    )
    approx = forms.BooleanField(label=gettext_lazy("about"), required=False)
    year = forms.IntegerField(label=gettext_lazy("Year, if another"), required=False, min_value=2000, max_value=2100)

    def clean_amount(self) -> Decimal | None:
        return _kept(self.cleaned_data["amount"])


class DeliverableForm(KeptForm):
    marker = forms.CharField(label=gettext_lazy("Mark"), max_length=20, required=False)
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 2}))


class TargetForm(KeptForm):
    """One figure that is to be reached."""

    text = forms.CharField(label=gettext_lazy("What is to be reached"), max_length=300)
    bound = forms.ChoiceField(label=gettext_lazy("Qualifier"), required=False, choices=list(BOUNDS.items()))
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), min_value=0, max_digits=18, decimal_places=4)
    maximum = forms.DecimalField(
        label=pgettext_lazy("target", "to"), required=False, min_value=0, max_digits=18, decimal_places=4
    )
    unit = forms.CharField(label=gettext_lazy("Unit of measure"), max_length=20, required=False)
    approx = forms.BooleanField(label=gettext_lazy("about"), required=False)
    per = forms.CharField(label=gettext_lazy("counted per"), max_length=20, required=False)
    core = forms.BooleanField(label=gettext_lazy("asked each month"), required=False)
    deliverable = forms.CharField(label=gettext_lazy("Deliverable"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        least, most = data.get("quantity"), data.get("maximum")
        if data.get("bound") == "range" and least is not None and (most is None or most < least):
            self.add_error("maximum", _("Name the upper end of the range; it is not below the lower one."))
        return data


class ExtraForm(KeptForm):
    """One further column of the table, by the words of its header."""

    name = forms.CharField(label=gettext_lazy("Column"), max_length=120)
    text = forms.CharField(label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class UnitForm(KeptForm):
    """A name by which a unit, a section or a group is known; ``order`` is its place."""

    order = forms.IntegerField(label=gettext_lazy("Order"), required=False, min_value=1, max_value=999)
    name = forms.CharField(
        label=gettext_lazy("Unit, section or group"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )


def _kept(wan: Decimal | None) -> Decimal | None:
    if wan is not None:
        try:
            yuan(wan)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
    return wan


FORMS: Final[dict[str, type[forms.Form]]] = {
    "name": NameForm,
    "content": ContentForm,
    "people": PeopleForm,
    "deadline": DeadlineForm,
}
