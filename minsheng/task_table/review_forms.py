"""Forms of the review that speak of many rows: columns, and why a row is left out."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments import clock
from departments.models import User
from minsheng.task_table.meanings import MEANINGS
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.others import Other, said_otherwise
from minsheng.task_table.parsers import sources

MEANS: Final[dict[str, Promise]] = {
    "serial": gettext_lazy("Serial"),
    "category": gettext_lazy("Category"),
    "project": gettext_lazy("Project"),
    "project_content": pgettext_lazy("column", "Project with its content"),
    "content": gettext_lazy("Content and scale"),
    "target": pgettext_lazy("column", "Figures to be reached"),
    "goal": pgettext_lazy("column", "Goal in words"),
    "unit_of_measure": gettext_lazy("Unit of measure"),
    "deadline": gettext_lazy("Deadline"),
    "start": pgettext_lazy("column", "Start"),
    "plan": pgettext_lazy("column", "Plan of a quarter or month"),
    "progress": pgettext_lazy("column", "Progress"),
    "funding": gettext_lazy("Funding"),
    "amount": pgettext_lazy("column", "Amount"),
    "amount_total": gettext_lazy("total investment"),
    "amount_year_plan": gettext_lazy("planned this year"),
    "amount_sum": gettext_lazy("stated sum"),
    f"amount:{sources.CENTRAL}": pgettext_lazy("column", "Amount: central"),
    f"amount:{sources.PROVINCE}": pgettext_lazy("column", "Amount: province"),
    f"amount:{sources.CITY}": pgettext_lazy("column", "Amount: city"),
    f"amount:{sources.DISTRICT}": pgettext_lazy("column", "Amount: district"),
    f"amount:{sources.HIGHER}": pgettext_lazy("column", "Amount: higher level"),
    f"amount:{sources.BOND}": pgettext_lazy("column", "Amount: special bond"),
    f"amount:{sources.ENTERPRISE}": pgettext_lazy("column", "Amount: enterprise"),
    f"amount:{sources.UNSPECIFIED}": pgettext_lazy("column", "Amount: public money"),
    f"amount:{sources.MIXED}": pgettext_lazy("column", "Amount: several levels"),
    f"amount:{sources.OTHER}": pgettext_lazy("column", "Amount: other sources"),
    "lead_units": gettext_lazy("Lead units"),
    "assisting_units": gettext_lazy("Assisting units"),
    "implementing_units": pgettext_lazy("column", "Implementing units"),
    "leader": gettext_lazy("Leader in charge"),
    "contact": gettext_lazy("Contact"),
    "place": pgettext_lazy("column", "Place"),
    "remarks": gettext_lazy("Remarks"),
    "extra": pgettext_lazy("column", "Another column: kept and shown as it is"),
}


ROWS_ASKED: Final = 20  # for a cell of each column that says something


class LeaveOutForm(forms.Form):
    """Why a row does not become a sub-item."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stays on record; the row can be taken in again."),
    )


class ColumnsForm(forms.Form):
    """What each column means, and which table of the file it is.

    ``base`` tells what each column was shown as: of two people who change columns at once each keeps his own, and of
    one that both changed the second is asked.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        document = batch.document
        self._stands = {letter: meaning or "extra" for letter, meaning in document.get("header_map", {}).items()}
        shown = {"sheet": batch.sheet_read, "columns": self._stands}
        kwargs["initial"] = {"version": batch.version, "sheet": document.get("sheet"), "base": shown}
        super().__init__(*args, **kwargs)
        self.batch = batch
        candidates = document.get("candidates") or [{"name": document.get("sheet"), "rows": 0, "hidden": False}]
        self.fields["sheet"] = forms.ChoiceField(
            label=_("Sheet or table of the file"),
            choices=[(one["name"], _sheet(one)) for one in candidates],
        )
        self._cells: dict[str, str] = {}
        for row in batch.rows.order_by("position")[:ROWS_ASKED]:
            self._cells = _cells(row.reading) | self._cells
        for letter, meaning in self._stands.items():
            self.fields[f"column-{letter}"] = forms.ChoiceField(
                label=letter, choices=[(name, MEANS.get(name, name)) for name in _ordered()], initial=meaning
            )

    @property
    def lines(self) -> Iterator[dict[str, Any]]:
        """Each column: letter, words of its header, a cell of the first row, what it means."""
        texts = self.batch.document.get("header_texts", {})
        for letter in self.batch.document.get("header_map", {}):
            bound, named = self[f"column-{letter}"], f"{letter} {texts.get(letter, '')}"
            yield {
                "letter": letter,
                "header": texts.get(letter, ""),
                "sample": self._cells.get(letter, ""),
                "field": bound,
                "control": bound.as_widget(attrs={"class": "form-select", "aria-label": named}),
            }

    @property
    def _shown(self) -> dict[str, str]:
        """What each column was shown as; of a page that does not tell, as what it stands."""
        base = self.cleaned_data.get("base")
        columns = base.get("columns") if isinstance(base, dict) else None
        return columns if isinstance(columns, dict) else self._stands

    @property
    def is_of_this_sheet(self) -> bool:
        """Whether the page told what it showed, of the sheet that was read."""
        base = self.cleaned_data.get("base")
        return isinstance(base, dict) and base.get("sheet") == self.batch.sheet_read

    def _chosen(self, letter: str) -> str:
        """What is to hold of a column: as he says, or, where he left it as it was shown, as it stands."""
        chosen: str = self.cleaned_data[f"column-{letter}"]
        return self._stands[letter] if chosen == self._shown.get(letter) else chosen

    def clashes(self) -> list[str]:
        """Columns that he changed, and another one otherwise since they were shown."""
        return [
            letter
            for letter, stands in self._stands.items()
            if self._chosen(letter) != stands != self._shown.get(letter, stands)
        ]

    def mapping(self) -> dict[str, str]:
        """What a person said: of the columns that he changed now, or somebody earlier."""
        return {
            letter: self._chosen(letter)
            for letter, stands in self._stands.items()
            if self._chosen(letter) != stands or letter in self.batch.mapping
        }

    @property
    def says_nothing_new(self) -> bool:
        """Whether what he says of the columns stands already, as where it was sent twice."""
        return all(self._chosen(letter) == stands for letter, stands in self._stands.items())

    def shown_again(self, now: ImportBatch, by: User) -> "ColumnsForm":
        """The form over what now stands, with what he changed; both sayings where another one changed the same."""
        if now.sheet_read != self.batch.sheet_read or not self.is_of_this_sheet:
            return ColumnsForm(batch=now)  # what he said is about the columns of another sheet
        data = {name: str(self.data[name]) for name in ("sheet",) if name in self.data}
        fresh = ColumnsForm(batch=now)
        data |= {"version": str(now.version), "base": json.dumps(fresh.initial["base"])}
        shown, stands = self._shown, fresh.initial["base"]["columns"]
        clashes = {}
        for letter, meaning in stands.items():
            mine = self.cleaned_data.get(f"column-{letter}", meaning)
            touched = mine != shown.get(letter, meaning)
            data[f"column-{letter}"] = mine if touched else meaning
            if touched and mine != meaning != shown.get(letter, meaning):
                clashes[letter] = (meaning, mine)
        again = ColumnsForm(data, batch=now)
        again.is_valid()
        said = now.decisions.filter(step=ImportDecision.Step.REREAD).order_by("version").last() if clashes else None
        for letter, (theirs, mine) in clashes.items():
            who, when = (said.by_name, f"{clock.local(said.at):%m-%d %H:%M}") if said else ("", "")
            other = Other(letter, mine, theirs, who, when, own=said is not None and said.by_id == by.pk)
            again.add_error(
                f"column-{letter}", said_otherwise(other, str(MEANS.get(theirs, theirs)), str(MEANS.get(mine, mine)))
            )
        return again


def _ordered() -> list[str]:
    """The meanings in the order of the list, and any the reader knows besides."""
    return [*MEANS, *(meaning for meaning in MEANINGS if meaning not in MEANS)]


def _sheet(candidate: Mapping[str, Any]) -> str:
    text = _("%(name)s (%(rows)s rows)") % {"name": candidate["name"], "rows": candidate["rows"]}
    hidden = _("hidden")
    return f"{text} {hidden}" if candidate.get("hidden") else text


def _cells(reading: Mapping[str, Any]) -> dict[str, str]:
    """Texts of a row by the letter of their column."""
    found: dict[str, str] = {}
    for cell in reading["source"].values():
        letter = "".join(character for character in cell["cell"] if character.isalpha())
        if cell["text"].strip():
            found.setdefault(letter, cell["text"])
    return found
