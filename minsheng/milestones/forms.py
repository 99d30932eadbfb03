"""The list of milestones as one form: a row for each, and some empty ones for new ones."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Milestone
from projects.services.milestones import Wanted

if TYPE_CHECKING:
    FormSet = forms.BaseFormSet["MilestoneForm"]
else:
    FormSet = forms.BaseFormSet  # takes no type at runtime

EMPTY: Final = 3
MOST: Final = 40


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MilestoneForm(forms.Form):
    """One milestone. An empty row is none."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Milestone"), max_length=120)
    due_on = forms.DateField(label=_("Planned for"), widget=DayInput)
    weight = forms.DecimalField(
        label=_("Weight"), max_digits=5, decimal_places=2, min_value=Decimal("0.01"), initial=Decimal(1)
    )
    done_on = forms.DateField(label=_("Reached on"), required=False, widget=DayInput)
    remove = forms.BooleanField(label=_("Remove"), required=False)


class ReasonForm(forms.Form):
    """Why, and by which document; ``seen`` is the list as it was opened."""

    reason = forms.CharField(
        label=_("Reason of the change"),
        help_text=_("Needed unless you only mark milestones as reached."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document = forms.CharField(label=_("Document"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class RowsOfMilestones(FormSet):
    """The list; new rows stand at its end."""

    default_error_messages: ClassVar = {
        "missing_management_form": _("The list came incomplete; nothing was saved. Open the page again."),
    }

    def wanted(self) -> list[Wanted]:
        """The milestones that the valid form asks for: removed and empty rows are none."""
        rows = (form.cleaned_data for form in self.forms if form.has_changed() or form.initial.get("pk"))
        return [_wanted(row) for row in rows if row and not row["remove"]]


Rows = forms.formset_factory(
    MilestoneForm, formset=RowsOfMilestones, extra=EMPTY, max_num=MOST, validate_max=True, absolute_max=MOST + EMPTY
)


def rows_of(milestones: Sequence[Milestone], data: Any = None) -> RowsOfMilestones:
    return cast(RowsOfMilestones, Rows(data, initial=_initial(milestones), prefix="rows"))


def _initial(milestones: Iterable[Milestone]) -> list[dict[str, Any]]:
    names = ("pk", "name", "due_on", "weight", "done_on")
    return [{name: getattr(one, name) for name in names} for one in milestones]


def _wanted(row: dict[str, Any]) -> Wanted:
    return Wanted(row["pk"], row["name"], row["due_on"], row["weight"], row["done_on"])
