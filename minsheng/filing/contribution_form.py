"""The form of a unit's contribution: its text, its share of each target, the money lines assigned to it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.models import FundingLine
from funding.money import format_wan, plain_wan
from funding.services.readings import LineReading
from minsheng.filing.content import CONTRIBUTED_LENGTH, Content
from minsheng.filing.contribute import Desk
from minsheng.filing.contribution_checks import warnings_of
from minsheng.filing.fields import FigureField, WanField
from minsheng.filing.lines import Box, MoneyLine, TargetLine, noticed
from minsheng.filing.opened_form import OpenedForm, beginning, plain, stages_of
from minsheng.words import number


class ContributionForm(OpenedForm):
    """As wide open as a draft may be; what a submission needs is said by ``contribute.refusals``."""

    progress = forms.CharField(
        label=gettext_lazy("What your unit did this month"),
        help_text=gettext_lazy("The filing unit reads it under your unit's name."),
        max_length=CONTRIBUTED_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why a figure fell"),
        help_text=gettext_lazy(
            "Needed where a figure is lower than last submitted; the filing unit and the reviewers read it."
        ),
        max_length=CONTRIBUTED_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    # Set where a submission was refused: what was typed stands on the desk.
    kept_as_draft = False

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        self.desk = desk
        version = desk.contribution.version if desk.contribution else 0
        kwargs.setdefault("initial", beginning(desk.present, version=version))
        super().__init__(*args, **kwargs)
        if desk.is_own:
            del self.fields["progress"]  # its words stand in the report itself
        for target in desk.targets:
            share = FigureField(label=target.text, required=False)
            share.widget.attrs["data-last"] = plain(desk.last.targets.get(target.pk))
            self.fields[f"target_{target.pk}"] = share
        if not desk.explains:
            del self.fields["reason"]
        for line in desk.lines:
            for stage, label in stages_of(line):
                amount = WanField(label=label)
                amount.widget.attrs["data-last"] = plain_wan(getattr(desk.reported.get(line.pk), stage, None))
                self.fields[f"{stage}_{line.pk}"] = amount

    def lines(self) -> Sequence[FundingLine]:
        return self.desk.lines

    def elsewhere(self) -> list[tuple[FundingLine, str, str]]:
        """Lines that were taken back: a unit that is not otherwise responsible does not learn their names here."""
        named = bool(self.desk.role) or self.desk.unit == self.desk.filing
        return [
            (line, str(line) if named else _("Money line"), reader.full_name if reader else "")
            for line, reader in self.desk.others
        ]

    def target_lines(self) -> list[TargetLine]:
        lines = []
        for target in self.desk.targets:
            last = self.desk.last.targets.get(target.pk)
            box = self._box(f"target_{target.pk}", last, "" if last is None else number(last))
            lines.append(TargetLine([box], last is not None, noticed([box], ()), target))
        return lines

    def money_lines(self) -> list[MoneyLine]:
        lines = []
        for line in self.desk.lines:
            last = self.desk.reported.get(line.pk, LineReading())
            boxes = [
                self._box(f"{stage}_{line.pk}", getattr(last, stage), format_wan(getattr(last, stage)))
                for stage, _label in stages_of(line)
            ]
            lines.append(MoneyLine(boxes, line.pk in self.desk.reported, noticed(boxes, ()), line))
        return lines

    def unusual(self) -> list[str]:
        """What is pointed out in what it says at present, where that can be read."""
        if self.is_bound and not self.is_valid():
            return []
        content = self.content() if self.is_bound else self.desk.present
        return [finding.message for finding in warnings_of(self.desk, content)]

    def _box(self, name: str, last: Decimal | None, last_shown: str) -> Box:
        value = self.cleaned_data.get(name) if self.is_bound else self.initial.get(name)
        shown = format_wan(value) if self.label_of(name) != str(self.fields[name].label) else number(value)
        return Box(self[name], "" if last is None else last_shown, shown, value, last)

    def content(self) -> Content:
        """What was typed, of a valid form; of a line that had no box in the form that was sent, what stood there."""
        data, stood = self.cleaned_data, self.desk.present
        money = {}
        for line in self.desk.lines:
            asked = [f"{stage}_{line.pk}" for stage, _label in stages_of(line)]
            kept = vars(stood.money[line.pk])
            typed = {name.partition("_")[0]: data.get(name) for name in asked}
            money[line.pk] = LineReading(**(kept | typed if any(name in self.data for name in asked) else kept))
        return Content(
            progress=data.get("progress", stood.progress).replace("\r\n", "\n"),
            reason=data.get("reason", "").replace("\r\n", "\n"),
            targets={target.pk: data.get(f"target_{target.pk}") for target in self.desk.targets},
            money=money,
        )
