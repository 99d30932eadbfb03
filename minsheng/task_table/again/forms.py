"""What a person says of an update: which programme, and what of the differences is taken."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from departments.errors import DomainError
from minsheng.task_table.again.base import Base, sent
from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.again.compared import Comparison, Pair, Row
from minsheng.task_table.again.pictures import Difference
from minsheng.task_table.again.present import Present
from minsheng.task_table.again.said import BACK, GONE, MONTH, TAKE, WHOLE, Gone, Said, place, plain, stands
from minsheng.task_table.again.shown import LABELS
from minsheng.task_table.again.writing import KEEP, WITHDRAW, month_of, month_of_new
from minsheng.task_table.gone import missing
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.others import Other, said_otherwise
from projects.models import Programme, SubItem
from projects.rules.periods import months_between

Options = list[tuple[Any, Any]]


class BeginForm(forms.Form):
    """Which programme the table changes."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme that the table changes"), queryset=Programme.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class UpdateForm(forms.Form):
    """What of the differences on this page is taken, from when, what becomes of what is missing, and why.

    ``base`` is what the page showed: of what is sent only that is spoken of, however the page would be drawn now.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.JSONField(widget=forms.HiddenInput, required=False)
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
            "marks": found.marks,
            "reason": update.reason,
            "document": update.document,
        }
        super().__init__(*args, **kwargs)
        self.found = found
        self.opened = Base.read(self.data.get("base")) if self.is_bound else None
        self._speak_of(pairs, serials, new, missing)
        if self.serials:
            self.fields["serials_taken"] = forms.BooleanField(
                label=pgettext("differences", "take all of them"), required=False
            )
            self.initial["serials_taken"] = all("serial" not in pair.refused for pair in self.serials)
        if more:
            self.fields["looked"] = forms.BooleanField(label=_("I have looked at all pages"), required=False)
        if asking:
            self.fields["passing"] = forms.BooleanField(
                label=_("Leave the open questions as read; it is recorded under my name"), required=False
            )
        for pair in self.pairs:
            self._add_pair(pair)
        for row in self.new:
            self._add_month(f"{MONTH}-{row.number}", found.programme.first_month, month_of_new(found, row))
        for one in self.missing:
            self._add_missing(one, update.missing)
        self.initial["base"] = self.shown().dump()

    def _speak_of(
        self, pairs: Iterable[Pair], serials: Iterable[Pair], new: Iterable[Row], missing: Iterable[Present]
    ) -> None:
        """What the page held, where it tells."""
        self.pairs, self.serials, self.new, self.missing = list(pairs), list(serials), list(new), list(missing)
        if self.opened is None:
            return
        found, named = self.found, self.opened.fields
        numbers = self.opened.serials.keys()
        self.serials = [pair for pair in found.pairs if str(pair.row.number) in numbers]
        every = {pair.row.number: pair for pair in [*self.pairs, *found.pairs]}
        self.pairs = [pair for number, pair in every.items() if f"{MATCH}-{number}" in named]
        self.new = [row for row in found.new if f"{MATCH}-{row.number}" in named]
        self.missing = [one for one in found.missing if f"{GONE}-{one.sub_item.pk}-act" in named]

    def shown(self) -> Base:
        """What its page shows, where nothing of it was sent yet."""
        update, fields = self.found.update, {}
        for name in self.fields:
            if name.partition("-")[0] in (TAKE, BACK, MONTH, GONE, *WHOLE):
                shown = self.initial[name]
                fields[name] = [stands(update, name), plain(shown) if isinstance(shown, str) else shown]
        for row in [pair.row for pair in self.pairs] + self.new:
            name = f"{MATCH}-{row.number}"
            fields[name] = [stands(update, name)] * 2
        serials = {str(pair.row.number): "serial" not in pair.refused for pair in self.serials}
        return Base(self.found.programme.pk, fields, serials)

    def _add_pair(self, pair: Pair) -> None:
        if pair.present.sub_item.is_closed:
            return
        for one in pair.differences:
            name = f"{TAKE}-{pair.row.number}-{one.part}"
            self.fields[name] = forms.BooleanField(label=pgettext("a difference", "take"), required=False)
            self.initial[name] = one.part not in pair.refused
            self._add_month_of(pair, one)
        for one in pair.kept:
            name = f"{BACK}-{pair.row.number}-{one.part}"
            self.fields[name] = forms.BooleanField(label=_("set back to the table"), required=False)
            self.initial[name] = one.part in pair.set_back
            self._add_month_of(pair, one)

    def _add_month_of(self, pair: Pair, one: Difference) -> None:
        if one.part == "responsibilities":
            first = pair.present.first_month or self.found.programme.first_month
            self._add_month(f"{MONTH}-{pair.row.number}", first, month_of(pair))

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
        names = {one.part: f"{TAKE}-{pair.row.number}-{one.part}" for one in pair.differences}
        return {part: self[name] for part, name in names.items() if name in self.fields}

    def backs(self, pair: Pair) -> dict[str, forms.BoundField]:
        names = {one.part: f"{BACK}-{pair.row.number}-{one.part}" for one in pair.kept}
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
                data.get(f"{MONTH}-{pair.row.number}"),
            )
            for pair in self.pairs
        }
        if self._is_said_of_serials():
            said |= {pair.row.number: Said([] if data["serials_taken"] else ["serial"]) for pair in self.serials}
        return said | {row.number: Said(month=data.get(f"{MONTH}-{row.number}")) for row in self.new}

    def _is_said_of_serials(self) -> bool:
        """One tick speaks of all of them: left as it was shown, it says nothing of a single one."""
        if not self.serials:
            return False
        shown = all(self.opened.serials.values()) if self.opened else None
        return shown is not bool(self.cleaned_data["serials_taken"])

    def row_gone(self) -> DomainError | None:
        """Why a row of which something else was sent than the page showed is no sub-item's any more."""
        if self.opened is None:
            return None
        touched = {place(name)[0] for name in self.opened.touched(self.data)}  # type: ignore[arg-type]
        held = {row.number for row in [*(pair.row for pair in self.pairs), *self.new]}
        found = missing(self.found.update.batch, {row for row in touched if row is not None} - held)
        return found and found[1]

    def gone(self) -> dict[int, Gone]:
        data = self.cleaned_data
        keys = [one.sub_item.pk for one in self.missing]
        return {pk: Gone(data[f"gone-{pk}-act"], data[f"gone-{pk}-reason"]) for pk in keys}

    def asked(self, clashes: Sequence[Other]) -> "UpdateForm":
        """This form, opened anew, with what was said where another one said otherwise, and both sayings beside it."""
        data = sent(self)
        for one in clashes:
            data[one.name] = str(one.mine)
        again = UpdateForm(
            data,
            found=self.found,
            pairs=self.pairs,
            serials=self.serials,
            more="looked" in self.fields,
            asking="passing" in self.fields,
            new=self.new,
            missing=self.missing,
        )
        again.is_valid()
        for one in clashes:
            text = said_otherwise(one, self.words(one.name, one.theirs), self.words(one.name, one.mine))
            again.add_error(one.name if one.name in again.fields else None, text)
        return again

    def words(self, name: str, value: Any) -> str:
        """A value as its box shows it."""
        if name.startswith(f"{MONTH}-"):
            return str(value or "")[:7]
        field = self.fields.get(name)
        if isinstance(field, forms.BooleanField):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, "")) if value else ""  # type: ignore[arg-type]
        return str(value or "")


def label_of(name: str, batch: ImportBatch) -> str:
    """What a field is called where its row is not beside it."""
    kind, _dash, rest = name.partition("-")
    row, _dash, part = rest.partition("-")
    if kind == GONE:
        return str(SubItem.objects.filter(pk=row).select_related("project").first() or "")
    if kind in WHOLE:
        return str(UpdateForm.base_fields[name].label)
    if kind == MATCH:
        return batch.words_of(int(row))
    return _("%(row)s: %(field)s") % {"row": batch.words_of(int(row)), "field": LABELS.get(part) or _("from the month")}
