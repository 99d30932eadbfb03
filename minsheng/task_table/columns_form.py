"""The form of the columns: what each was read as, of the table and of the sheets that are read on with it."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from departments import clock
from departments.language import listed
from departments.models import User
from minsheng.task_table.column_keys import key_of, place_of
from minsheng.task_table.columns import meant_twice
from minsheng.task_table.meanings import MEANINGS
from minsheng.task_table.models import ImportBatch, ImportDecision
from minsheng.task_table.others import Other, said_otherwise
from minsheng.task_table.result import columns_of
from minsheng.task_table.review_forms import MEANS

ROWS_ASKED: Final = 20  # for a cell of each column that says something


class ColumnsForm(forms.Form):
    """What each column means, and which table of the file it is.

    ``base`` tells what each column was shown as: of two people who change columns at once each keeps his own, and of
    one that both changed the second is asked.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        document = batch.document
        self._columns = columns_of(document)
        self._stands = {column: read.meaning for column, read in self._columns.items()}
        shown = {"sheet": batch.sheet_read, "columns": self._stands}
        kwargs["initial"] = {"version": batch.version, "sheet": document.get("sheet"), "base": shown}
        super().__init__(*args, **kwargs)
        self.batch = batch
        candidates = document.get("candidates") or [{"name": document.get("sheet"), "rows": 0, "hidden": False}]
        self.fields["sheet"] = forms.ChoiceField(
            label=_("Sheet or table of the file"),
            choices=[(one["name"], _sheet(one)) for one in candidates],
        )
        self._cells = _cells_of(batch)
        for column, meaning in self._stands.items():
            self.fields[field_of(column)] = forms.ChoiceField(
                label=column,
                choices=[(name, MEANS.get(name, name)) for name in _ordered()],
                initial=meaning,
                required=place_of(column)[0] == "",  # a sheet may be read on while the page is open
            )

    @property
    def tables(self) -> Iterator[dict[str, Any]]:
        """The table, and each sheet that is read on below another header, with their columns: letter, words of its
        header, a cell of the first row, what it means.
        """
        for sheet, columns in groupby(self._columns, key=lambda column: place_of(column)[0]):
            yield {"name": sheet, "lines": [self._line(column) for column in columns]}

    def _line(self, column: str) -> dict[str, Any]:
        bound, words = self[field_of(column)], self._columns[column].words
        return {
            "letter": place_of(column)[1],
            "header": words,
            "sample": self._cells.get(column, ""),
            "field": bound,
            "control": bound.as_widget(attrs={"class": "form-select", "aria-label": f"{column} {words}"}),
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

    def _chosen(self, column: str) -> str:
        """What is to hold of a column: as he says, or, where he left it as it was shown, as it stands."""
        chosen: str = self.cleaned_data[field_of(column)]
        return self._stands[column] if chosen in ("", self._shown.get(column)) else chosen

    def clean(self) -> dict[str, Any]:
        """Of two columns that he reads as the same, where only one can be, the second would be lost: asked at both.
        Where one of them is another person's word since, it is no mistake of his but a clash.
        """
        data: dict[str, Any] = super().clean() or {}
        if self.errors or "by_words" in self.data or data["sheet"] != self.batch.sheet_read:
            return data
        for meaning, letters in self._twice():
            if not any(self._is_of_others(letter) for letter in letters):
                self._ask_which(meaning, letters)
        return data

    def _twice(self) -> list[tuple[str, list[str]]]:
        """What only one column of a sheet can be, and those that are to be it."""
        return meant_twice({letter: self._chosen(letter) for letter in self._stands})

    def _is_of_others(self, column: str) -> bool:
        """Whether it was said to be something else since it was shown, and stays so."""
        stands = self._stands[column]
        return self._chosen(column) == stands != self._shown.get(column, stands)

    def _ask_which(self, meaning: str, letters: list[str]) -> None:
        text = _("Columns %(letters)s are all read as “%(meaning)s”, and only one can be: choose another meaning.")
        what = {"letters": listed(letters), "meaning": MEANS.get(meaning, meaning)}
        for letter in letters:
            self.add_error(field_of(letter), text % what)

    def clashes(self) -> list[str]:
        """Columns that he changed, and another one otherwise since they were shown; or another one to the same."""
        otherwise = [
            letter
            for letter, stands in self._stands.items()
            if self._chosen(letter) != stands != self._shown.get(letter, stands)
        ]
        return otherwise + [letter for _meaning, letters in self._twice() for letter in letters]

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
            mine = self.cleaned_data.get(field_of(letter), meaning)
            touched = mine != shown.get(letter, meaning)
            data[field_of(letter)] = mine if touched else meaning
            if touched and mine != meaning != shown.get(letter, meaning):
                clashes[letter] = (meaning, mine)
        again = ColumnsForm(data, batch=now)
        again.is_valid()
        theirs = {letter for letter, meaning in stands.items() if meaning != shown.get(letter, meaning)}
        twice = meant_twice({letter: data[field_of(letter)] for letter in stands})
        same = {letter for _meaning, letters in twice for letter in letters} & theirs - clashes.keys()
        said = _last_said(now, clashes.keys() | same)
        for letter, (meaning, mine) in clashes.items():
            who, when, own = _who(said.get(letter), by)
            other = Other(letter, mine, meaning, who, when, own=own)
            words = (str(MEANS.get(one, one)) for one in (meaning, mine))
            again.add_error(field_of(letter), said_otherwise(other, *words))
        for letter in sorted(same):
            who, when, own = _who(said.get(letter), by)
            text = _("You said so in another window (%(when)s).") if own else _("%(who)s said so meanwhile (%(when)s).")
            again.add_error(field_of(letter), text % {"who": who or _("Somebody else"), "when": when})
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


def _cells_of(batch: ImportBatch) -> dict[str, str]:
    """Of each column a cell that says something, out of the first rows of the table and of each sheet read on."""
    found: dict[str, str] = {}
    starts = [0, *(one.shift for one in batch.joined)]
    for start in starts:
        rows = batch.rows.filter(row__gt=start).order_by("row")[:ROWS_ASKED]
        for row in rows:
            sheet = batch.place_of(row.row)[0]
            of = "" if sheet == batch.sheet_read else sheet
            found = _cells(row.reading, of) | found
    return found


def _cells(reading: Mapping[str, Any], sheet: str) -> dict[str, str]:
    """Texts of a row by the keys of their columns."""
    found: dict[str, str] = {}
    for cell in reading["source"].values():
        address = cell["cell"].rpartition("!")[2]
        letter = "".join(character for character in address if character.isalpha())
        if cell["text"].strip():
            found.setdefault(key_of(letter, sheet), cell["text"])
    return found


def field_of(column: str) -> str:
    """The field of a column: a name of a sheet may hold what no address should."""
    sheet, letter = place_of(column)
    mark = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    return f"column-{letter}-{mark}" if sheet else f"column-{letter}"
