"""The monthly report's form. It is never saved by itself: the services decide what a submission means."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from funding.models import FundingLine
from funding.money import format_wan, plain_wan
from funding.services.readings import LineReading
from minsheng.filing import nil
from minsheng.filing.content import TEXT_LENGTH, TEXTS, Content
from minsheng.filing.fields import DayInput, FigureField, WanField
from minsheng.filing.lines import Box, MoneyLine, TargetLine, elsewhere_of, noticed
from minsheng.filing.merge import base_of, read_base
from minsheng.filing.opened_form import OpenedForm, beginning, plain, stages_of
from minsheng.filing.panel import shares_of
from minsheng.filing.remarks import Asked
from minsheng.filing.services import Sheet
from minsheng.filing.settled import present_of
from minsheng.words import number
from projects.models import MonthlyReport

# They explain what stands above them, and are read last.
LAST: Final = ("reason", "factor", "measure", "measure_by")


class ReportForm(OpenedForm):
    """What a unit fills in each month: text, percent, a reading per tracked target and per funding line.

    Fields are as wide open as a draft may be; what a submission needs is said by the rules.
    """

    is_nil = forms.BooleanField(
        label=_("Nil report: nothing changed this month"),
        help_text=_("The last submitted figures are carried on."),
        required=False,
    )
    nil_reason = forms.CharField(label=_("Why nothing changed"), max_length=200, required=False)
    percent = FigureField(label=_("Progress (%)"), digits=3, places=1, maximum=Decimal(100), required=False)
    progress = forms.CharField(
        label=_("Progress this month"),
        help_text=_("What was done, in figures where there are any."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    problems = forms.CharField(
        label=_("Problems"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_steps = forms.CharField(
        label=_("Next steps"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.CharField(
        label=_("Reason for the fall or the lag"),
        help_text=_("Needed where a figure falls or the item is behind schedule."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    factor = forms.ChoiceField(
        label=_("What mainly holds it up"), choices=[("", "—"), *MonthlyReport.Factor.choices], required=False
    )
    measure = forms.CharField(
        label=_("Measure to catch up"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    measure_by = forms.DateField(label=_("Caught up by"), required=False, widget=DayInput)
    # Set where a submission was refused: what was typed stands as a draft.
    kept_as_draft = False
    # Targets at which it is asked once more whether the sum is to replace a larger figure.
    asks_again: frozenset[int] = frozenset()
    # A nil report about which it is asked once more; it is answered for up to this version of a contribution.
    nil_known = 0
    # What the reviewers asked for, as they returned the report.
    asked = Asked([])
    # Fields that something is said about: their lines do not fold.
    noticed_fields: frozenset[str] = frozenset()

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        self.sheet = sheet
        kwargs.setdefault("initial", initial_of(sheet))
        super().__init__(*args, **kwargs)
        if sheet.by_milestones:
            del self.fields["percent"]
        for target in sheet.targets:
            field = FigureField(label=target.text, required=False)
            field.widget.attrs["data-last"] = plain(sheet.last.targets.get(target.pk))
            self.fields[f"target_{target.pk}"] = field
        for line in sheet.lines:
            # A line that another unit reads is text: no box, in which figures might be typed or lost.
            for stage, label in () if line.pk in sheet.assigned else stages_of(line):
                amount = WanField(label=label)
                amount.widget.attrs["data-last"] = plain_wan(getattr(sheet.last.money.get(line.pk), stage, None))
                self.fields[f"{stage}_{line.pk}"] = amount
        for name in LAST:
            self.fields[name] = self.fields.pop(name)

    def lines(self) -> Sequence[FundingLine]:
        return self.sheet.lines

    @property
    def own_share_url(self) -> str:
        """Where the filing unit states its own share of the targets, beside those of the others."""
        sheet = self.sheet
        if sheet.unit is None:
            return ""
        return reverse("filing:contribute", args=[sheet.sub_item.pk, f"{sheet.period.month:%Y-%m}", sheet.unit.pk])

    def stated(self, name: str) -> Any:
        """What the box says at present: as typed where that can be read, else nothing."""
        return self.cleaned_data.get(name) if self.is_bound else self.initial.get(name)

    def target_lines(self) -> list[TargetLine]:
        lines = []
        for target in self.sheet.targets:
            box = self._box(f"target_{target.pk}", self.sheet.last.targets.get(target.pk), number)
            compared = box.last_value is not None
            shares = shares_of(self.sheet.contributed, target)
            lines.append(TargetLine([box], compared, noticed([box], self.noticed_fields), target, shares))
        return lines

    def money_lines(self) -> list[MoneyLine]:
        """Lines with their boxes; those that another unit reads without, and with what it read."""
        lines = []
        present = present_of(self.sheet)
        for line in self.sheet.lines:
            last = self.sheet.last.money.get(line.pk, LineReading())
            compared = line.pk in self.sheet.last.money
            if line.pk in self.sheet.assigned:
                elsewhere = elsewhere_of(self.sheet, line, present.money[line.pk], self.asked)
                lines.append(MoneyLine([], compared, noticed=False, line=line, elsewhere=elsewhere))
                continue
            boxes = [
                self._box(f"{stage}_{line.pk}", getattr(last, stage), format_wan) for stage, _label in stages_of(line)
            ]
            others = line.reader_in(self.sheet.period.month) or line.reader_in(date.max)
            others = others if others != self.sheet.unit else None
            lines.append(MoneyLine(boxes, compared, noticed(boxes, self.noticed_fields), line, in_others=others))
        return lines

    def elsewhere(self) -> list[tuple[FundingLine, str, str]]:
        assigned = self.sheet.assigned
        return [(line, str(line), assigned[line.pk].unit.full_name) for line in self.sheet.lines if line.pk in assigned]

    def _box(self, name: str, last: Decimal | None, shown: Callable[[Decimal | None], str]) -> Box:
        value = self.stated(name)
        return Box(self[name], "" if last is None else shown(last), shown(value), value, last)

    def last_percent(self) -> str:
        return number(self.sheet.last.percent, nothing="")

    def so_far(self) -> Content:
        """What the form says at present; what cannot be read counts as not stated. The form is validated if bound."""
        if not self.is_bound:
            present = present_of(self.sheet)
            return nil.begun_anew(self.sheet, present, base_of(present))
        self.is_valid()
        return self.content()

    def show_as_kept(self) -> None:
        """Show what the draft holds rather than what was typed: it was merged, and a nil report carries figures."""
        kept = initial_of(self.sheet)
        data = self.data.dict() if isinstance(self.data, QueryDict) else dict(self.data)
        for name, box in self.fields.items():
            if name == "editor":
                continue
            value = box.prepare_value(kept.get(name))
            data[name] = "" if value is None or value is False else str(value)
            self.cleaned_data[name] = kept.get(name)
        self.data = data

    @property
    def explains(self) -> bool:
        """Whether one of the boxes that explain is filled in, wrong, or wanted."""
        return any(self[name].value() or self[name].errors or name in self.noticed_fields for name in LAST)

    def content(self) -> Content:
        """What was typed, of a valid form; beside a nil report nothing of what a month that was let go had said."""
        data = self.cleaned_data
        kept = present_of(self.sheet).money
        typed = Content(
            percent=data.get("percent"),
            **{name: data.get(name, "").replace("\r\n", "\n") for name in TEXTS},
            is_nil=bool(data.get("is_nil")),
            measure_by=data.get("measure_by"),
            targets={target.pk: data.get(f"target_{target.pk}") for target in self.sheet.targets},
            money={line.pk: self._typed_of(line, kept[line.pk]) for line in self.sheet.lines},
        )
        return nil.begun_anew(self.sheet, typed, read_base(str(data.get("base", ""))) or {})

    def _typed_of(self, line: FundingLine, kept: LineReading) -> LineReading:
        """What was typed of a line; of one without boxes in the form that was sent, and of amounts it does not ask,
        what was kept stays kept.
        """
        asked = [stage for stage, _label in stages_of(line) if f"{stage}_{line.pk}" in self.fields]
        if not any(f"{stage}_{line.pk}" in self.data for stage in asked):
            return kept
        return replace(kept, **{stage: self.cleaned_data.get(f"{stage}_{line.pk}") for stage in asked})


def initial_of(sheet: Sheet) -> dict[str, Any]:
    """What the form begins with, by the names of its fields."""
    return beginning(present_of(sheet), version=sheet.report.version if sheet.report else 0)
