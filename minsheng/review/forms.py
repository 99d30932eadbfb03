from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """A decision on a report: a return needs a comment, an approval of one's own filing a reason."""

    step = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("pass", _("Pass on")), ("return", _("Return"))], widget=forms.HiddenInput
    )
    comment = forms.CharField(
        label=_("Comment or reason of the return"),
        help_text=_("A return needs a reason: the unit reads it and corrects."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    exception = forms.CharField(
        label=_("Why you approve what you filed or reviewed yourself"), max_length=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("step") == "return" and not data.get("comment", "").strip():
            self.add_error("comment", _("Say why the report is returned: the unit reads it."))
        return data
