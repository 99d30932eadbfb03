"""The monthly report's form. It is never saved by itself: the services decide what a submission means."""

import json
import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from funding.models import FundingLine
from funding.money import format_wan, plain_wan
from funding.services.readings import LineReading
from minsheng.filing.content import TEXTS, Content
from minsheng.filing.contributions import read_by_others, sum_of
from minsheng.filing.drafts import Clash
from minsheng.filing.fields import DayInput, FigureField, WanField
from minsheng.filing.lines import Box, ClashRow, MoneyLine, TargetLine, noticed
from minsheng.filing.merge import CHOICES, Choice, Opened, base_of, read_base
from minsheng.filing.services import Sheet, present_of, starting_money
from minsheng.words import number
from projects.models import MonthlyReport

TEXT_LENGTH = 4000
# They explain what stands above them, and are read last.
LAST: Final = ("reason", "factor", "measure", "measure_by")


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
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    editor = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
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
    # Set where it holds what was sent after the sign-in had expired.
    restored = False
    # Fields that something is said about: their lines do not fold.
    noticed_fields: frozenset[str] = frozenset()
    # Fields that somebody else changed at the same time.
    clashes: Sequence[Clash] = ()

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
        theirs = read_by_others(sheet.contributed)
        for line in sheet.lines:
            for stage, label in stages_of(line):
                amount = WanField(label=label)
                amount.widget.attrs["data-last"] = plain_wan(getattr(sheet.last.money.get(line.pk), stage, None))
                amount.disabled = line.pk in theirs
                self.fields[f"{stage}_{line.pk}"] = amount
        for name in LAST:
            self.fields[name] = self.fields.pop(name)

    def stated(self, name: str) -> Any:
        """What the box says at present: as typed where that can be read, else nothing."""
        return self.cleaned_data.get(name) if self.is_bound else self.initial.get(name)

    def target_lines(self) -> list[TargetLine]:
        lines = []
        for target in self.sheet.targets:
            box = self._box(f"target_{target.pk}", self.sheet.last.targets.get(target.pk), number)
            compared = box.last_value is not None
            total = sum_of(self.sheet.contributed, target.pk)
            lines.append(TargetLine([box], compared, noticed([box], self.noticed_fields), target, total))
        return lines

    def money_lines(self) -> list[MoneyLine]:
        lines = []
        theirs = read_by_others(self.sheet.contributed)
        assigned = {line.pk: one for one in self.sheet.contributed for line in one.lines}
        for line in self.sheet.lines:
            last = self.sheet.last.money.get(line.pk, LineReading())
            compared = line.pk in self.sheet.last.money
            boxes = [
                self._box(f"{stage}_{line.pk}", getattr(last, stage), format_wan) for stage, _label in stages_of(line)
            ]
            by = theirs[line.pk][0] if line.pk in theirs else None
            lines.append(
                MoneyLine(boxes, compared, noticed(boxes, self.noticed_fields), line, by, assigned.get(line.pk))
            )
        return lines

    def _box(self, name: str, last: Decimal | None, shown: Callable[[Decimal | None], str]) -> Box:
        value = self.stated(name)
        return Box(self[name], "" if last is None else shown(last), shown(value), value, last)

    def last_percent(self) -> str:
        return number(self.sheet.last.percent, nothing="")

    def so_far(self) -> Content:
        """What the form says at present; what cannot be read counts as not stated. The form is validated if bound."""
        if not self.is_bound:
            return present_of(self.sheet)
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

    def opened(self) -> Opened:
        """What the form was opened with, and the clashes that its writer has settled since."""
        choices = {}
        for name in self.fields:
            which, seen = str(self.data.get(f"choose_{name}", "")), str(self.data.get(f"seen_{name}", ""))
            if which in CHOICES and seen:
                choices[name] = Choice(which, seen)
        data = self.cleaned_data
        return Opened(read_base(data["base"]) if data.get("base") else None, data.get("editor", ""), choices)

    def clash_rows(self) -> list[ClashRow]:
        return [
            ClashRow(
                clash, self._label(clash.field), *(self._words(clash.field, one) for one in (clash.mine, clash.theirs))
            )
            for clash in self.clashes
        ]

    def _label(self, name: str) -> str:
        line = next((line for line in self.sheet.lines if name.endswith(f"_{line.pk}") and "target" not in name), None)
        label = str(self.fields[name].label) if name in self.fields else name
        return f"{line} {label}" if line else label

    def _words(self, name: str, value: Any) -> str:
        """A value as its box shows it, in words where it is chosen or ticked."""
        field = self.fields.get(name)
        if isinstance(field, forms.BooleanField):
            return str(_("yes") if value else _("no"))
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, ""))  # type: ignore[arg-type]
        return str(field.prepare_value(value) if field and value is not None else value or "")

    @property
    def explains(self) -> bool:
        """Whether one of the boxes that explain is filled in, wrong, or wanted."""
        return any(self[name].value() or self[name].errors or name in self.noticed_fields for name in LAST)

    def focus_first_error(self) -> None:
        """The first box with an error, in the order they are read, gets the focus."""
        first = next((name for name in self.fields if name in self.errors), None)
        if first is not None:
            self.fields[first].widget.attrs["autofocus"] = True

    def content(self) -> Content:
        """What was typed, of a valid form."""
        data = self.cleaned_data
        kept = self._kept_applied()
        return Content(
            percent=data.get("percent"),
            **{name: data.get(name, "").replace("\r\n", "\n") for name in TEXTS},
            is_nil=bool(data.get("is_nil")),
            measure_by=data.get("measure_by"),
            targets={target.pk: data.get(f"target_{target.pk}") for target in self.sheet.targets},
            money={
                line.pk: LineReading(
                    applied=data.get(f"applied_{line.pk}", kept.get(line.pk)),
                    secured=data.get(f"secured_{line.pk}"),
                    spent=data.get(f"spent_{line.pk}"),
                )
                for line in self.sheet.lines
            },
        )

    def _kept_applied(self) -> dict[int, Decimal | None]:
        """Amounts applied for, of lines where the form does not ask them: what was kept stays kept."""
        return {pk: reading.applied for pk, reading in starting_money(self.sheet).items()}


def plain(number: Decimal | None) -> str:
    """As it would be typed: no separators, no idle zeros; nothing is an empty box."""
    return "" if number is None else f"{number.normalize():f}"


def stages_of(line: FundingLine) -> list[tuple[str, Any]]:
    """The amounts asked of a line: applications only where money is applied for (bonds, or the table says so)."""
    stages: list[tuple[str, Any]] = [("secured", _("Secured in all")), ("spent", _("Spent in all"))]
    if line.applied is not None or line.source.code == "special_bond":
        stages.insert(0, ("applied", _("Applied for in all")))
    return stages


def initial_of(sheet: Sheet) -> dict[str, Any]:
    """What the form begins with, by the names of its fields."""
    content = present_of(sheet)
    initial: dict[str, Any] = {
        **content.text(),
        "version": sheet.report.version if sheet.report else 0,
        "base": json.dumps(base_of(content)),
        "editor": secrets.token_hex(8),
    }
    for target, value in content.targets.items():
        initial[f"target_{target}"] = value
    for line, reading in content.money.items():
        for stage in ("applied", "secured", "spent"):
            initial[f"{stage}_{line}"] = getattr(reading, stage)
    return initial
