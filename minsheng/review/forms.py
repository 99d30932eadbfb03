"""The decision on a report, and what the queue can be narrowed by."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments import clock
from minsheng.filing.fields import DayInput
from minsheng.review.queue import NARROWED, Row
from projects.services.reports import DAYS_AFTER_RETURN


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
        label=_("Why you approve what you or your own unit filed or reviewed"), max_length=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("step") == "return" and not data.get("comment", "").strip():
            self.add_error("comment", _("Say why the report is returned: the unit reads it."))
        return data

    def focus_first_error(self) -> None:
        """The first box with an error gets the focus."""
        first = next((name for name in self.fields if name in self.errors), None) if self.is_bound else None
        if first is not None:
            self.fields[first].widget.attrs["autofocus"] = True


class ReasonForm(forms.Form):
    """Why a step is taken that the unit did not ask for."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The unit reads it in the report's steps; it is kept."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RunOutForm(ReasonForm):
    """What becomes of a returned report that its unit did not file in time: more time, or nobody waits any longer."""

    step = forms.ChoiceField(choices=[("extend", "extend"), ("let-go", "let-go")], widget=forms.HiddenInput)
    until = forms.DateField(
        label=_("Until, this day included"), widget=DayInput, required=False, help_text=_("To give more time.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = clock.today() + timedelta(days=DAYS_AFTER_RETURN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("step") == "extend" and data.get("until") is None and "until" not in self.errors:
            self.add_error("until", gettext("Say until when the unit may file."))
        return data


class QueueForm(forms.Form):
    """The selects above the queue, offering what waits in it; none where there is nothing to choose."""

    programme = forms.ChoiceField(label=_("Programme"), required=False)
    unit = forms.ChoiceField(label=_("Filing unit"), required=False)
    month = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, key in NARROWED.items():
            offered = dict(sorted(getattr(row, key) for row in rows))
            if len(offered) > 1:
                self.fields[name].choices = [("", _("All")), *offered.items()]  # type: ignore[attr-defined]
            else:
                del self.fields[name]
