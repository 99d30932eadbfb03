"""What the office sets: the schedule, one due day, an exception, a working day."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from minsheng.filing.fields import DayInput
from projects.models import Programme, ReportingPeriod, SubItem
from projects.rules.periods import Schedule

EVERYBODY: Final = "all"


class MonthInput(forms.DateInput):
    input_type = "month"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m", attrs={"placeholder": "2023-01"})


class MonthField(forms.DateField):
    """A month as its first day."""

    widget = MonthInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m"], **kwargs)


class ReasonField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)


class ScheduleForm(forms.Form):
    """The reporting settings of a programme; ``seen`` are those that were changed."""

    first_month = MonthField(label=_("First reporting month"))
    last_month = MonthField(label=_("Last reporting month"))
    due_day = forms.IntegerField(
        label=_("Due day"),
        help_text=_("5, 10, 25 or any other; 31 is the month's last day."),
        min_value=1,
        max_value=31,
    )
    due_next_month = forms.TypedChoiceField(
        label=_("Of which month"),
        choices=[("", _("of the month itself")), ("next", _("of the following month"))],
        coerce=bool,
        required=False,
        empty_value="",
    )
    lock_after_days = forms.IntegerField(
        label=_("Days from the due day to the lock"),
        help_text=_("After the lock only exceptions let a unit file."),
        min_value=1,
        max_value=90,
    )
    reason = ReasonField(help_text=_("Needed to save; kept with the settings."), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def schedule(self) -> Schedule:
        """What the valid form asks for."""
        asked = {name: self.cleaned_data[name] for name in Schedule.__dataclass_fields__}
        return Schedule(**{**asked, "due_next_month": bool(asked["due_next_month"])})

    def clean_seen(self) -> Schedule | None:
        """The settings the person changed; nothing where the page is not ours."""
        try:
            kept = signing.loads(self.cleaned_data["seen"])
        except signing.BadSignature:
            return None
        return Schedule(**{**kept, **{name: date.fromisoformat(kept[name]) for name in ("first_month", "last_month")}})


def schedule_form(schedule: Schedule, typed: Any = None) -> ScheduleForm:
    """The form as it begins, or as it was typed."""
    values = asdict(schedule)
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    values["due_next_month"] = "next" if schedule.due_next_month else ""
    return ScheduleForm(typed, initial={**values, "seen": signing.dumps(kept)})


class DueForm(forms.Form):
    """Another due day for one month; ``seen`` is the one that was changed."""

    due_on = forms.DateField(label=_("New due day"), widget=DayInput)
    reason = ReasonField(help_text=_("The units read it beside the new day."))
    seen = forms.DateField(widget=forms.HiddenInput)


class ExceptionForm(forms.Form):
    """Who may still file a month that has locked, until when, and why."""

    whom = forms.ChoiceField(label=_("For whom"))
    until = forms.DateField(label=_("Until, this day included"), widget=DayInput)
    reason = ReasonField(help_text=_("It is kept with the exception."))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.fields["whom"].choices = _choices(programme)  # type: ignore[attr-defined]

    def clean_whom(self) -> dict[str, Any]:
        """The sub-item or the unit; nothing for everybody."""
        kind, _colon, key = self.cleaned_data["whom"].partition(":")
        if kind == EVERYBODY:
            return {}
        if kind == "unit":
            return {"department": Department.objects.get(pk=key)}
        return {"sub_item": SubItem.objects.get(pk=key, programme=self.programme)}


def _choices(programme: Programme) -> Sequence[Any]:
    units = Department.objects.filter(
        responsibilities__sub_item__programme=programme, responsibilities__files=True
    ).select_related("parent")
    items = SubItem.objects.counted().filter(programme=programme).select_related("project").order_by("position")
    return [
        (EVERYBODY, _("Every unit")),
        (_("One unit"), [(f"unit:{unit.pk}", unit.full_name) for unit in units.distinct().official_order()]),
        (_("One sub-item"), [(f"item:{item.pk}", str(item)) for item in items]),
    ]


class WorkingDayForm(forms.Form):
    """What the office knows better of a day."""

    day = forms.DateField(label=_("Day"), widget=DayInput)
    works = forms.ChoiceField(
        label=_("It is"),
        choices=[("off", _("a day off")), ("works", _("a working day"))],
        widget=forms.RadioSelect,
        initial="off",
    )
    note = forms.CharField(
        label=_("Note"), help_text=_("By which notice, for instance."), max_length=100, required=False
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise ValidationError(gettext("Only days of the years 2000 to 2100."))
        return day


def due_form(period: ReportingPeriod, typed: Any = None) -> DueForm:
    return DueForm(typed, initial={"due_on": period.due_on, "seen": period.due_on})
