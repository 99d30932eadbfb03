"""Forms of the review that speak of many rows: columns, and why a row is left out."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments import clock
from departments.language import listed
from departments.models import User
from minsheng.task_table.columns import meant_twice
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

    def clean(self) -> dict[str, Any]:
        """Of two columns that he reads as the same, where only one can be, the second would be lost: asked at both.
        Where one of them is another person's word since, it is no mistake of his but a clash.
        """
        data: dict[str, Any] = super().clean() or {}
        if self.errors or "by_words" in self.data or data["sheet"] != self.batch.sheet_read:
            return data
        for meaning, letters in self._twice().items():
            if not any(self._is_of_others(letter) for letter in letters):
                self._ask_which(meaning, letters)
        return data

    def _twice(self) -> dict[str, list[str]]:
        """What only one column can be, and the columns that are to be it."""
        return meant_twice({letter: self._chosen(letter) for letter in self._stands})

    def _is_of_others(self, letter: str) -> bool:
        """Whether it was said to be something else since it was shown, and stays so."""
        stands = self._stands[letter]
        return self._chosen(letter) == stands != self._shown.get(letter, stands)

    def _ask_which(self, meaning: str, letters: list[str]) -> None:
        text = _("Columns %(letters)s are all read as “%(meaning)s”, and only one can be: choose another meaning.")
        what = {"letters": listed(letters), "meaning": MEANS.get(meaning, meaning)}
        for letter in letters:
            self.add_error(f"column-{letter}", text % what)

    def clashes(self) -> list[str]:
        """Columns that he changed, and another one otherwise since they were shown; or another one to the same."""
        otherwise = [
            letter
            for letter, stands in self._stands.items()
            if self._chosen(letter) != stands != self._shown.get(letter, stands)
        ]
        return otherwise + [letter for letters in self._twice().values() for letter in letters]

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
        theirs = {letter for letter, meaning in stands.items() if meaning != shown.get(letter, meaning)}
        twice = meant_twice({letter: data[f"column-{letter}"] for letter in stands})
        same = {letter for letters in twice.values() for letter in letters} & theirs - clashes.keys()
        said = _last_said(now, clashes.keys() | same)
        for letter, (meaning, mine) in clashes.items():
            who, when, own = _who(said.get(letter), by)
            other = Other(letter, mine, meaning, who, when, own=own)
            words = (str(MEANS.get(one, one)) for one in (meaning, mine))
            again.add_error(f"column-{letter}", said_otherwise(other, *words))
        for letter in sorted(same):
            who, when, own = _who(said.get(letter), by)
            text = _("You said so in another window (%(when)s).") if own else _("%(who)s said so meanwhile (%(when)s).")
            again.add_error(f"column-{letter}", text % {"who": who or _("Somebody else"), "when": when})
        return again


def _last_said(batch: ImportBatch, letters: Collection[str]) -> dict[str, ImportDecision]:
    """Who last read each of these columns as something else: one query, or none."""
    found: dict[str, ImportDecision] = {}
    steps = batch.decisions.filter(step=ImportDecision.Step.REREAD).order_by("version") if letters else ()
    for one in steps:
        before, after = ((side or {}).get("header_map") or {} for side in (one.before, one.after))
        found |= {letter: one for letter in letters if before.get(letter) != after.get(letter)}
    return found


def _who(said: ImportDecision | None, by: User) -> tuple[str, str, bool]:
    """Whose word it is, when it was said, and whether it is his own."""
    return (said.by_name, f"{clock.local(said.at):%m-%d %H:%M}", said.by_id == by.pk) if said else ("", "", False)


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
        if cell["text"].strip() and "!" not in cell["cell"]:
            found.setdefault(letter, cell["text"])
    return found
