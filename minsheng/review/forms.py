"""The decision on a report, and what the queue can be narrowed by."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments import clock
from minsheng.filing.fields import DayInput
from minsheng.filing.remarks import TEXT_LENGTH
from minsheng.review.doubts import Doubt
from minsheng.review.queue import NARROWED, Row
from projects.services.reports import DAYS_AFTER_RETURN

SEPARATOR: Final = ";"


class RemarksForm(forms.Form):
    """A form with boxes in which something is remarked at the fields of a report."""

    def take_remarks(self, fields_of_report: Mapping[str, str], attributes: Mapping[str, str]) -> None:
        """A box for each of ``fields_of_report`` (key and name)."""
        for field, label in fields_of_report.items():
            self.fields[f"remark_{field}"] = forms.CharField(
                label=label,
                max_length=TEXT_LENGTH,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, **attributes}),
            )

    def remarks(self) -> dict[str, str]:
        """What was remarked, by the key of the field."""
        named = ((name, self.cleaned_data.get(name, "")) for name in self.fields if name.startswith("remark_"))
        return {name.removeprefix("remark_"): text for name, text in named if text.strip()}

    def remark(self, field: str) -> forms.BoundField | None:
        """The box for a remark at a field of the report."""
        name = f"remark_{field}"
        return self[name] if name in self.fields else None

    @property
    def typed_remarks(self) -> list[tuple[str, str]]:
        """What was typed at fields, to be shown where it can no longer be sent."""
        boxes = ((self.fields[name].label, self[name].value()) for name in self.fields if name.startswith("remark_"))
        return [(str(label), text) for label, text in boxes if text]


class DoubtsForm(forms.Form):
    """A form of a step that passes over what is in doubt: ``seen`` are the keys of the doubts on the page."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    doubts: Sequence[Doubt] = ()

    @property
    def seen_doubts(self) -> list[str]:
        """The keys of the doubts that stood on the page that was sent."""
        return str(self.cleaned_data.get("seen", "")).split(SEPARATOR)

    def show_doubts(self, doubts: Sequence[Doubt]) -> None:
        """What is sent next was sent with ``doubts`` on the page, which is shown again as the step was refused."""
        self.doubts = doubts
        data = self.data.dict() if isinstance(self.data, QueryDict) else dict(self.data)
        self.data = {**data, "seen": SEPARATOR.join(one.key for one in doubts)}


class DecisionForm(DoubtsForm, RemarksForm):
    """A decision on a report: a return needs a comment or a remark at a field, an approval in doubt the approver's
    word. ``fields_of_report`` are what can be remarked on (key and name), ``doubts`` what an approval would pass over.
    """

    step = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("pass", _("Pass on")), ("return", _("Return"))], widget=forms.HiddenInput
    )
    comment = forms.CharField(
        label=_("Comment or reason of the return"),
        help_text=_("A return needs a reason, here or at the fields above: the unit reads it and corrects."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    exception = forms.CharField(
        label=_("Why you approve it all the same"),
        help_text=_("Kept with the approval."),
        max_length=500,
        required=False,
    )

    def __init__(
        self, *args: Any, fields_of_report: Mapping[str, str], doubts: Sequence[Doubt] = (), **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"seen": SEPARATOR.join(one.key for one in doubts)})
        super().__init__(*args, **kwargs)
        self.doubts = doubts
        self.take_remarks(fields_of_report, {"form": "decision-form"})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        step, remarks = data.get("step"), self.remarks()
        if step == "return" and not data.get("comment", "").strip() and not remarks:
            self.add_error("comment", _("Say why the report is returned: the unit reads it."))
        if step in ("approve", "pass") and remarks:
            self.add_error(None, _("Remarks at fields go with a return only: return the report, or clear them."))
        if step == "approve" and self.doubts and not data.get("exception", "").strip():
            self.add_error("exception", _("Say why you approve it all the same: it is kept."))
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


class ReopenForm(ReasonForm, RemarksForm):
    """Why an approved report is reopened, and at which fields something is wrong."""

    def __init__(self, *args: Any, fields_of_report: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take_remarks(fields_of_report, {})


class RunOutForm(ReasonForm, DoubtsForm):
    """What becomes of a returned report that its unit did not file in time: its earlier approval stands, it gets more
    time, or nobody waits any longer. ``doubts`` are what keeping the approval would pass over.
    """

    step = forms.ChoiceField(choices=[(one, one) for one in ("keep", "extend", "let-go")], widget=forms.HiddenInput)
    until = forms.DateField(
        label=_("Until, this day included"), widget=DayInput, required=False, help_text=_("To give more time.")
    )
    exception = forms.CharField(
        label=_("Why the earlier approval stands all the same"),
        help_text=_("To keep the earlier approval; kept with the step."),
        max_length=500,
        required=False,
    )

    def __init__(self, *args: Any, doubts: Sequence[Doubt] = (), **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"seen": SEPARATOR.join(one.key for one in doubts)})
        super().__init__(*args, **kwargs)
        self.doubts = doubts
        self.fields["until"].initial = clock.today() + timedelta(days=DAYS_AFTER_RETURN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("step") == "extend" and data.get("until") is None and "until" not in self.errors:
            self.add_error("until", gettext("Say until when the unit may file."))
        if data.get("step") == "keep" and self.doubts and not data.get("exception", "").strip():
            self.add_error("exception", gettext("Say why the earlier approval stands all the same: it is kept."))
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
