"""Forms of the review that speak of many rows: columns, and why a row is left out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from minsheng.task_table.meanings import MEANINGS
from minsheng.task_table.models import ImportBatch
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
    """What each column means, and which table of the file it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": batch.version, "sheet": batch.document.get("sheet")}
        super().__init__(*args, **kwargs)
        self.batch = batch
        document = batch.document
        candidates = document.get("candidates") or [{"name": document.get("sheet"), "rows": 0, "hidden": False}]
        self.fields["sheet"] = forms.ChoiceField(
            label=_("Sheet or table of the file"),
            choices=[(one["name"], _sheet(one)) for one in candidates],
        )
        self._cells: dict[str, str] = {}
        for row in batch.rows.order_by("position")[:ROWS_ASKED]:
            self._cells = _cells(row.reading) | self._cells
        for letter, meaning in document.get("header_map", {}).items():
            self.fields[f"column-{letter}"] = forms.ChoiceField(
                label=letter,
                choices=[(name, MEANS.get(name, name)) for name in _ordered()],
                initial=meaning or "extra",
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

    def mapping(self) -> dict[str, str]:
        """What a person said: of the columns that he changed now or earlier."""
        said = {}
        for letter, meaning in self.batch.document.get("header_map", {}).items():
            chosen = self.cleaned_data[f"column-{letter}"]
            if chosen != (meaning or "extra") or letter in self.batch.mapping:
                said[letter] = chosen
        return said

    def shown_again(self, now: ImportBatch) -> "ColumnsForm":
        data = {**{name: self.data.get(name) for name in self.data}, "version": str(now.version)}
        again = ColumnsForm(data, batch=now)
        again.is_valid()
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
