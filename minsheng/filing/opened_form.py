"""A form that saves itself, and that two people may have open at once: a report's, or a contribution's."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import language
from departments.errors import DomainError
from funding.models import FundingLine
from funding.money import format_wan, parse_wan
from funding.services.readings import STAGES
from minsheng.filing.content import Content
from minsheng.filing.drafts import Clash
from minsheng.filing.merge import CHOICES, Choice, Opened, base_of, digest, flat, read_base

STAGE_LABELS: Mapping[str, Any] = {
    "applied": gettext_lazy("Applied for in all"),
    "secured": gettext_lazy("Secured in all"),
    "spent": gettext_lazy("Spent in all"),
}
# Of what is filed, all but figures of targets and lines.
TEXT_NAMES: Final = frozenset(flat(Content()))


@dataclass(frozen=True)
class ClashRow:
    """A field that two people changed at once, both texts in words."""

    clash: Clash
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Displaced:
    """What was typed in a box that the form has no more; of a money line in 万元, with the ``unit`` that reads it now,
    where one does.
    """

    name: str
    line: str
    unit: str
    label: str
    typed: str

    @property
    def words(self) -> tuple[str, str]:
        """What stood beside the box, and what was typed, with its unit of measure."""
        if not self.line:
            return self.label, self.typed
        amount = _("%(amount)s (10,000 yuan)") % {"amount": self.typed}
        return _("%(line)s: %(stage)s") % {"line": self.line, "stage": self.label}, amount


class OpenedForm(forms.Form):
    """``version``, ``base`` and ``editor`` say what the form was opened with (``minsheng.filing.merge``)."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), gettext_lazy("This page is out of date: load it again.")
        ),
    )
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    editor = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    # Set where it holds what was sent after the sign-in had expired.
    restored = False
    # Fields that somebody else changed at the same time.
    clashes: Sequence[Clash] = ()

    def lines(self) -> Sequence[FundingLine]:
        """The money lines that its fields may be of."""
        return ()

    def elsewhere(self) -> Sequence[tuple[FundingLine, str, str]]:
        """Money lines that are not this form's to read, each with its name and the unit that reads it."""
        return ()

    def displaced(self) -> list[Displaced]:
        """What was typed in boxes that the form had when it was opened and has no more: of a line that another unit
        reads by now, of a part that another unit has. It has no place here, and is shown so that nobody loses it.
        """
        base = read_base(str(self.data.get("base", ""))) or {}
        elsewhere = {line.pk: (name, unit) for line, name, unit in self.elsewhere()}
        found = []
        for box in self.data:
            typed = str(self.data.get(box, "")).strip()
            if box in self.fields or not typed or not is_content(box):
                continue
            stage, _mark, key = box.partition("_")
            read = _amount(typed) if stage in STAGES else _figure(typed) if box[-1].isdigit() else typed
            if base.get(box) == digest(typed if read is None else read):
                continue
            if stage in STAGES:
                line, unit = elsewhere.get(int(key), ("", ""))
                shown = format_wan(read) if isinstance(read, Decimal) else typed
                found.append(Displaced(box, line or _("Money line"), unit, str(STAGE_LABELS[stage]), shown))
            else:
                found.append(Displaced(box, "", "", self.gone_label(box), typed))
        return found

    def gone_label(self, name: str) -> str:
        """What stood beside a box that the form has no more."""
        field = self.base_fields.get(name)
        return str(field.label) if field and field.label else _("Target")

    def opened(self) -> Opened:
        """What the form was opened with, and the clashes that its writer has settled since."""
        choices = {}
        for name in self.fields:
            which, seen = str(self.data.get(f"choose_{name}", "")), str(self.data.get(f"seen_{name}", ""))
            if which in CHOICES and seen:
                choices[name] = Choice(which, seen)
        data = self.cleaned_data
        return Opened(read_base(data["base"]) if data.get("base") else None, data.get("editor", ""), choices)

    def show_elsewhere(self, values: Mapping[str, Any]) -> None:
        """Show ``values`` of fields that were changed elsewhere alone, as this form was refused for others: they stand,
        and are no longer what the form was opened with.
        """
        data = self.data.dict() if isinstance(self.data, QueryDict) else dict(self.data)
        base = read_base(str(data.get("base", ""))) or {}
        for name, value in values.items():
            if name in self.fields:
                shown = self.fields[name].prepare_value(value)
                data[name] = "" if shown is None or shown is False else str(shown)
                self.cleaned_data[name] = value
                base[name] = digest(value)
        self.data = {**data, "base": json.dumps(base)}

    def clash_rows(self) -> list[ClashRow]:
        return [
            ClashRow(
                clash,
                self.label_of(clash.field),
                *(self.words_of(clash.field, one) for one in (clash.mine, clash.theirs)),
            )
            for clash in self.clashes
        ]

    def told(self, clashes: Sequence[Clash]) -> list[str]:
        """Fields that clash, each with who changed it and when, in words."""
        return [
            (
                _("%(field)s (changed by yourself in another window at %(when)s)")
                if one.own
                else _("%(field)s (changed by %(who)s at %(when)s)")
            )
            % {"field": self.label_of(one.field), "who": one.who, "when": one.when}
            for one in clashes
        ]

    def changed_elsewhere(self, names: Iterable[str], own: Collection[str]) -> str:
        """That the fields ``names`` were changed meanwhile, and by whom: by others, or (``own``) by the same person."""
        others = [self.label_of(name) for name in names if name not in own]
        mine = [self.label_of(name) for name in names if name in own]
        told = []
        if others:
            told.append(_("Somebody else changed: %(fields)s.") % {"fields": language.listed(others)})
        if mine:
            told.append(_("Changed by yourself in another window: %(fields)s.") % {"fields": language.listed(mine)})
        return " ".join(told)

    def focus_first_error(self) -> None:
        """The first box with an error, in the order they are read, gets the focus."""
        first = next((name for name in self.fields if name in self.errors), None)
        if first is not None:
            self.fields[first].widget.attrs["autofocus"] = True

    def typed(self) -> list[tuple[str, str]]:
        """What was typed, by what stands beside the boxes, gone ones among them: to be shown where it can no longer be
        sent.
        """
        values = ((self.label_of(str(field.name)), field.value()) for field in self.visible_fields())
        typed = [(label, str(value)) for label, value in values if isinstance(value, str) and value.strip()]
        return [*typed, *(one.words for one in self.displaced())] if self.is_bound else typed

    def label_of(self, name: str) -> str:
        """What stands beside the box; that of a money line names the line too, whether there is a box or not."""
        line = self.line_of(name)
        if line is not None:
            return _("%(line)s: %(stage)s") % {"line": line, "stage": STAGE_LABELS[name.partition("_")[0]]}
        return str(self.fields[name].label) if name in self.fields else name

    def line_of(self, name: str) -> FundingLine | None:
        """The money line that a field is of, whether there is a box or not."""
        stage, _mark, key = name.partition("_")
        return next((line for line in self.lines() if stage in STAGES and str(line.pk) == key), None)

    def words_of(self, name: str, value: Any) -> str:
        """A value as its box shows it, in words where it is chosen or ticked; an amount with its unit."""
        field = self.fields.get(name)
        if isinstance(value, Decimal) and self.line_of(name) is not None:
            return _("%(amount)s (10,000 yuan)") % {"amount": format_wan(value)}
        if isinstance(field, forms.BooleanField):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, ""))  # type: ignore[arg-type]
        return str(field.prepare_value(value) if field and value is not None else value or "")


def beginning(content: Content, *, version: int) -> dict[str, Any]:
    """What a form begins with, by the names of its fields, and what it remembers of that."""
    return {
        **flat(content),
        "version": version,
        "base": json.dumps(base_of(content)),
        "editor": secrets.token_hex(8),
    }


def plain(number: Decimal | None) -> str:
    """As it would be typed: no separators, no idle zeros; nothing is an empty box."""
    return "" if number is None else f"{number.normalize():f}"


def stages_of(line: FundingLine) -> list[tuple[str, Any]]:
    """The amounts asked of a line: applications only where money is applied for (bonds, or the table says so)."""
    applied = line.applied is not None or line.source.code == "special_bond"
    return [(stage, label) for stage, label in STAGE_LABELS.items() if applied or stage != "applied"]


def is_content(name: str) -> bool:
    """Whether a box of this name holds a part of what is filed.

    >>> [is_content(one) for one in ("progress", "target_12", "spent_7", "seen_progress", "target_x", "version")]
    [True, True, True, False, False, False]
    """
    kind, _mark, key = name.partition("_")
    return name in TEXT_NAMES or (kind in ("target", *STAGES) and key.isdecimal())


def _figure(typed: str) -> Decimal | None:
    """The figure that was typed; none where it is none."""
    try:
        return Decimal(typed.replace(",", ""))
    except InvalidOperation:
        return None


def _amount(typed: str) -> Decimal | None:
    """The amount that was typed; none where it is none."""
    try:
        return parse_wan(typed)
    except DomainError:
        return None
