"""The monthly report's form. It is never saved by itself: the services decide what a submission means."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from funding.models import FundingLine
from funding.money import plain_wan
from funding.services.readings import LineReading
from minsheng.filing.content import Content, content_of
from minsheng.filing.fields import FigureField, WanField
from minsheng.filing.services import Sheet, starting_money
from minsheng.words import number
from projects.models import Target

TEXT_LENGTH = 4000


@dataclass(frozen=True)
class TargetRow:
    """A tracked target with its field and the last submitted value, as text; empty where there was none."""

    target: Target
    field: BoundField
    last: str


@dataclass(frozen=True)
class MoneyRow:
    """A funding line with its fields and the last submitted amounts, as text in 万元; empty where there was none."""

    line: FundingLine
    fields: list[tuple[BoundField, str]]


class ReportForm(forms.Form):
    """What a unit fills in each month: text, percent, a reading per tracked target and per funding line.

    Fields are as wide open as a draft may be; what a submission needs is said by the rules.
    """

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), _("This page is out of date: load it again.")
        ),
    )
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
    is_nil = forms.BooleanField(
        label=_("Nil report: nothing changed this month"),
        help_text=_("The last submitted figures are carried on."),
        required=False,
    )
    nil_reason = forms.CharField(label=_("Why nothing changed"), max_length=200, required=False)

    # Set where a submission was refused: what was typed stands as a draft.
    kept_as_draft = False

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        self.sheet = sheet
        kwargs.setdefault("initial", initial_of(sheet))
        super().__init__(*args, **kwargs)
        if sheet.by_milestones:
            del self.fields["percent"]
        for target in sheet.targets:
            self.fields[f"target_{target.pk}"] = FigureField(label=target.text, required=False)
        for line in sheet.lines:
            for stage, label in stages_of(line):
                self.fields[f"{stage}_{line.pk}"] = WanField(label=label)

    def target_rows(self) -> Iterator[TargetRow]:
        last = self.sheet.last.targets
        for target in self.sheet.targets:
            yield TargetRow(target, self[f"target_{target.pk}"], number(last.get(target.pk), nothing=""))

    def money_rows(self) -> Iterator[MoneyRow]:
        for line in self.sheet.lines:
            last = self.sheet.last.money.get(line.pk, LineReading())
            yield MoneyRow(
                line,
                [(self[f"{stage}_{line.pk}"], plain_wan(getattr(last, stage))) for stage, _label in stages_of(line)],
            )

    def last_percent(self) -> str:
        return number(self.sheet.last.percent, nothing="")

    def content(self) -> Content:
        """What was typed, of a valid form."""
        data = self.cleaned_data
        kept = self._kept_applied()
        return Content(
            percent=data.get("percent"),
            progress=data["progress"],
            problems=data["problems"],
            next_steps=data["next_steps"],
            reason=data["reason"],
            is_nil=data["is_nil"],
            nil_reason=data["nil_reason"],
            targets={target.pk: data[f"target_{target.pk}"] for target in self.sheet.targets},
            money={
                line.pk: LineReading(
                    applied=data.get(f"applied_{line.pk}", kept.get(line.pk)),
                    secured=data[f"secured_{line.pk}"],
                    spent=data[f"spent_{line.pk}"],
                )
                for line in self.sheet.lines
            },
        )

    def _kept_applied(self) -> dict[int, Decimal | None]:
        """Amounts applied for, of lines where the form does not ask them: what was kept stays kept."""
        return {pk: reading.applied for pk, reading in starting_money(self.sheet).items()}


def stages_of(line: FundingLine) -> list[tuple[str, Any]]:
    """The amounts asked of a line: applications only where money is applied for (bonds, or the table says so)."""
    stages: list[tuple[str, Any]] = [("secured", _("Secured in all")), ("spent", _("Spent in all"))]
    if line.applied is not None or line.source.code == "special_bond":
        stages.insert(0, ("applied", _("Applied for in all")))
    return stages


def initial_of(sheet: Sheet) -> dict[str, Any]:
    """The draft where there is one; else empty but for the money, which begins as it last stood."""
    if sheet.report is not None:
        content = content_of(sheet.report)
        initial: dict[str, Any] = {**content.text(), "version": sheet.report.version}
        for target, value in content.targets.items():
            initial[f"target_{target}"] = value
        money = content.money
    else:
        initial, money = {"version": 0}, starting_money(sheet)
    for line, reading in money.items():
        for stage in ("applied", "secured", "spent"):
            initial[f"{stage}_{line}"] = getattr(reading, stage)
    return initial
