"""The filter above every list of sub-items. It reads the address, so that a filtered list can be sent on."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from minsheng.dashboard import words


class Show(models.TextChoices):
    """Parts of a programme that a tile counts, besides the lights."""

    UNFILED = "unfiled", _("not filed this period")
    FILED = "filed", _("filed this period")
    PENDING = "pending", _("waiting for approval")
    PLANNED = "planned", _("with planned money")
    SECURED = "secured", _("with secured money")
    SPENT = "spent", _("with spent money")
    UNDETERMINED = "undetermined", _("money undetermined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class FilterForm(forms.Form):
    """Unit, light, part and text, none required. A bad value is said in place and narrows nothing."""

    unit = forms.TypedChoiceField(label=_("Lead unit"), required=False, coerce=int, empty_value=None)
    light = forms.ChoiceField(label=_("Light"), required=False)
    show = forms.ChoiceField(label=_("Show"), required=False)
    q = forms.CharField(label=_("Keyword"), required=False, max_length=100)

    def __init__(self, data: Any, *, units: Iterable[Department]) -> None:
        super().__init__(data)
        everything: list[tuple[Any, str | Promise]] = [("", _("All"))]
        choices: dict[str, list[tuple[Any, str | Promise]]] = {
            "unit": [*everything, *((unit.pk, words.unit_name(unit)) for unit in units)],
            "light": [
                *everything,
                *((light, f"{words.SHAPES[light]} {words.LIGHTS[light]}") for light in words.SHAPES),
            ],
            "show": [*everything, *Show.choices],
        }
        for name, offered in choices.items():
            cast(forms.ChoiceField, self.fields[name]).choices = offered
            self.fields[name].error_messages["invalid_choice"] = _(
                "This choice does not exist here; everything is shown."
            )
        self.fields["q"].widget.attrs["placeholder"] = _("Content, project, serial or code")

    @property
    def narrows(self) -> bool:
        """Whether anything that was understood narrows the list."""
        return any(value not in (None, "") for value in self.cleaned_data.values())
