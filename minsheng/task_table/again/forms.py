"""What a person says of an update: which programme, which row is which sub-item, what of the differences is taken."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from minsheng.task_table.again import matching
from minsheng.task_table.again.compared import Comparison, Pair, Row
from minsheng.task_table.again.pictures import Difference
from minsheng.task_table.again.present import Present
from minsheng.task_table.again.services import Gone, Said
from minsheng.task_table.again.writing import KEEP, WITHDRAW, month_of, month_of_new
from minsheng.task_table.parsers.text import key
from projects.models import Programme
from projects.rules.periods import months_between

MOST_OFFERED: Final = 300  # sub-items in one list to choose from
Options = list[tuple[Any, Any]]


class BeginForm(forms.Form):
    """Which programme the table changes."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme that the table changes"), queryset=Programme.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class MatchForm(forms.Form):
    """Row by row which sub-item it is. A likely proposal stands there already; that it is right a person says.

    Those that only ``moved`` are many, and taken with one tick.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        found: Comparison,
        rows: Sequence[Row],
        moved: Sequence[tuple[Row, Present]] = (),
        words: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"version": found.update.batch.version}
        super().__init__(*args, **kwargs)
        self.found, self.moved = found, moved
        if moved:
            self.fields["moved_taken"] = forms.BooleanField(
                label=_("I have looked at them: each is the sub-item named beside it"), required=False
            )
        matched = found.matching
        sure = set(matched.sure.values())
        free: Options = [(pk, _item(one)) for pk, one in found.items.items() if pk not in sure]
        self.is_long = len(free) > MOST_OFFERED
        wanted = self._with(words, free)[:MOST_OFFERED]
        for row in rows:
            near: Options = [
                (one.item, f"{_item(found.items[one.item])} ({one.percent}%)")
                for one in matched.proposed.get(row.number, ())
            ]
            there = {item for item, _label in near}
            rest = [(pk, label) for pk, label in wanted if pk not in there]
            said = matched.decided.get(row.number)
            if said and said not in there | dict(rest).keys():
                rest.append((said, _item(found.items[said])))
            options: Options = [("", _("— choose —")), (matching.NEW, _("a new sub-item"))]
            if near:
                options.append((_("Proposals"), near))
            if rest:
                options.append((_("Other sub-items"), rest))
            name = f"row-{row.number}"
            self.fields[name] = forms.TypedChoiceField(
                label=_("is"), choices=options, coerce=int, empty_value=None, required=False
            )
            self.initial[name] = self._first(row)

    def _with(self, words: str, options: Options) -> Options:
        """Those whose name or content has the words."""
        if not words:
            return options
        items = self.found.items
        return [(pk, label) for pk, label in options if key(words) in key(f"{label}{items[pk].sub_item.content}")]

    def _first(self, row: Row) -> int | str:
        matched = self.found.matching
        if row.number in matched.decided:
            return matched.decided[row.number]
        if best := matched.best.get(row.number):
            return best.item if best.score >= matching.LIKELY else ""
        near = matched.proposed.get(row.number, ())
        return "" if any(one.score >= matching.LIKELY for one in near) else matching.NEW

    def matches(self) -> dict[int, int | None]:
        data = self.cleaned_data
        taken = self.moved if data.get("moved_taken") else ()
        said: dict[int, int | None] = {row.number: one.sub_item.pk for row, one in taken}
        return said | {int(name.partition("-")[2]): data[name] for name in self.fields if name.startswith("row-")}


class UpdateForm(forms.Form):
    """What of the differences on this page is taken, from when, what becomes of what is missing, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    marks = forms.JSONField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why the programme changes"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    document = forms.CharField(
        label=gettext_lazy("Authorising document"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Its number and title; without one, the name of the file is kept."),
    )

    def __init__(
        self,
        *args: Any,
        found: Comparison,
        pairs: Iterable[Pair],
        serials: Iterable[Pair] = (),
        more: bool = False,
        asking: int = 0,
        new: Iterable[Row],
        missing: Iterable[Present],
        **kwargs: Any,
    ) -> None:
        update = found.update
        kwargs["initial"] = {
            "version": update.batch.version,
            "marks": json.dumps(found.marks),
            "reason": update.reason,
            "document": update.document,
        }
        super().__init__(*args, **kwargs)
        self.initial["marks"] = found.marks
        self.found, self.pairs, self.new, self.missing = found, list(pairs), list(new), list(missing)
        self.serials = list(serials)
        if self.serials:
            self.fields["serials_taken"] = forms.BooleanField(
                label=pgettext("differences", "take all of them"), required=False
            )
            self.initial["serials_taken"] = not all("serial" in pair.refused for pair in self.serials)
        if more:
            self.fields["looked"] = forms.BooleanField(label=_("I have looked at all pages"), required=False)
        if asking:
            self.fields["passing"] = forms.BooleanField(
                label=_("Leave the open questions as read; it is recorded under my name"), required=False
            )
        for pair in self.pairs:
            self._add_pair(pair)
        for row in self.new:
            self._add_month(f"new-{row.number}", found.programme.first_month, month_of_new(found, row))
        for one in self.missing:
            self._add_missing(one, update.missing)

    def _add_pair(self, pair: Pair) -> None:
        if pair.present.sub_item.is_closed:
            return
        for one in pair.differences:
            name = f"take-{pair.row.number}-{one.part}"
            self.fields[name] = forms.BooleanField(label=pgettext("a difference", "take"), required=False)
            self.initial[name] = one.part not in pair.refused
            self._add_month_of(pair, one)
        for one in pair.kept:
            name = f"back-{pair.row.number}-{one.part}"
            self.fields[name] = forms.BooleanField(label=_("set back to the table"), required=False)
            self.initial[name] = one.part in pair.set_back
            self._add_month_of(pair, one)

    def _add_month_of(self, pair: Pair, one: Difference) -> None:
        if one.part == "responsibilities":
            first = pair.present.first_month or self.found.programme.first_month
            self._add_month(f"month-{pair.row.number}", first, month_of(pair))

    def _add_month(self, name: str, first: date, initial: date) -> None:
        months = months_between(first, max(self.found.programme.last_month, initial))
        self.fields[name] = forms.TypedChoiceField(
            label=_("from the month"),
            choices=[(month.isoformat(), f"{month:%Y-%m}") for month in months],
            coerce=date.fromisoformat,
            empty_value=None,
            required=False,
        )
        self.initial[name] = initial.isoformat()

    def _add_missing(self, one: Present, said: Mapping[str, Mapping[str, str]]) -> None:
        pk = str(one.sub_item.pk)
        options: Options = [("", _("— choose —")), (KEEP, _("keep it as it is"))]
        if not one.sub_item.is_closed:
            options.append((WITHDRAW, _("withdraw it from the programme")))
        self.fields[f"gone-{pk}-act"] = forms.ChoiceField(
            label=_("What becomes of it"), choices=options, required=False
        )
        self.fields[f"gone-{pk}-reason"] = forms.CharField(label=_("Reason"), max_length=500, required=False)
        self.initial[f"gone-{pk}-act"] = said.get(pk, {}).get("act", "")
        self.initial[f"gone-{pk}-reason"] = said.get(pk, {}).get("reason", "")

    def takes(self, pair: Pair) -> dict[str, forms.BoundField]:
        names = {one.part: f"take-{pair.row.number}-{one.part}" for one in pair.differences}
        return {part: self[name] for part, name in names.items() if name in self.fields}

    def backs(self, pair: Pair) -> dict[str, forms.BoundField]:
        names = {one.part: f"back-{pair.row.number}-{one.part}" for one in pair.kept}
        return {part: self[name] for part, name in names.items() if name in self.fields}

    def refuse_unseen(self) -> bool:
        """Say so where what is confirmed was not shown, or not answered."""
        if "looked" in self.fields and not self.cleaned_data["looked"]:
            self.add_error("looked", _("There are more differences on the next pages: look at them first, or say so."))
        if "passing" in self.fields and not self.cleaned_data["passing"]:
            self.add_error("passing", _("Answer the open questions, or say that they stay as read."))
        return bool(self.errors)

    def bound(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    def rows(self) -> dict[int, Said]:
        data = self.cleaned_data
        said = {
            pair.row.number: Said(
                [part for part, bound in self.takes(pair).items() if not data[bound.name]],
                [part for part, bound in self.backs(pair).items() if data[bound.name]],
                data.get(f"month-{pair.row.number}"),
            )
            for pair in self.pairs
        }
        said |= {pair.row.number: Said([] if data["serials_taken"] else ["serial"]) for pair in self.serials}
        return said | {row.number: Said(month=data.get(f"new-{row.number}")) for row in self.new}

    def gone(self) -> dict[int, Gone]:
        data = self.cleaned_data
        keys = [one.sub_item.pk for one in self.missing]
        return {pk: Gone(data[f"gone-{pk}-act"], data[f"gone-{pk}-reason"]) for pk in keys}


def _item(one: Present) -> str:
    item = one.sub_item
    state = f" ({item.get_status_display()})" if item.status != item.Status.ACTIVE else ""
    return f"{item}{state}"
