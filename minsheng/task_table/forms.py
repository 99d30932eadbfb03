"""What a person types and chooses while a task table is imported."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.files.base import ContentFile, File
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments import clock
from departments.errors import DomainError
from departments.language import listed
from departments.models import Jurisdiction, User
from departments.permissions import IMPORT_TABLE, jurisdictions_granted
from minsheng.task_table.compose import is_asked, matches_of
from minsheng.task_table.decisions import Choice, seen_of
from minsheng.task_table.gone import missing, with_choice
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.models import StagedRow
from minsheng.task_table.pasted import MOST_CHARACTERS
from minsheng.task_table.source import TEXT
from minsheng.task_table.table import Table
from projects.rules.responsible import eligible, must_choose

PROGRAMME: Final = "民生实事"  # the programme that every government has
Options = list[tuple[Any, Any]]
_OF_ROW: Final = re.compile(r"row-(\d{1,9})-", re.ASCII)  # the name of a field


class UploadForm(forms.Form):
    """A task table and where it belongs; only jurisdictions the person may import for are offered."""

    jurisdiction = forms.ModelChoiceField(
        label=_("Jurisdiction"), queryset=Jurisdiction.objects.none(), empty_label=None
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    programme = forms.CharField(
        label=_("Programme"), max_length=60, help_text=_("Its name; several programmes of one year stand side by side.")
    )
    file = forms.FileField(
        label=_("Official table"),
        required=False,
        help_text=_(
            "Excel (.xlsx, .xlsm, .xls), WPS (.et) or Word (.docx), as it was issued; nothing is changed in it. "
            "Old .doc documents, PDF and pictures cannot be read: save them as .docx, or paste the table below."
        ),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".xlsx,.xlsm,.xls,.et,.docx",
                "data-choose": _("Choose a file"),
                "data-none": _("no file chosen"),
            }
        ),
    )
    pasted = forms.CharField(
        label=_("Or paste the table"),
        required=False,
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "pasted", "spellcheck": "false"}),
        help_text=_("Mark the whole table with its header in Excel, WPS, Word or on a page, copy it, paste it here."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"year": clock.today().year, "programme": PROGRAMME})
        super().__init__(*args, **kwargs)
        self.fields["jurisdiction"].queryset = jurisdictions_granted(user, IMPORT_TABLE)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file, pasted = data.get("file"), (data.get("pasted") or "").strip()
        if not file and not pasted and not self.errors:
            self.add_error("file", _("Choose a file, or paste the table."))
        if file and pasted:
            self.add_error("pasted", _("Choose a file or paste the table, not both."))
        return data

    def source(self) -> File:  # type: ignore[type-arg]
        """What was given, as a file: pasted text becomes one."""
        file: File | None = self.cleaned_data.get("file")  # type: ignore[type-arg]
        if file:
            return file
        text = self.cleaned_data["pasted"]
        return ContentFile(text.encode(), name=gettext("Pasted text") + TEXT)

    @property
    def source_field(self) -> str:
        """Where what is wrong with the table is said."""
        return "file" if self.cleaned_data.get("file") else "pasted"


class ReasonForm(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("It stays on record.")
    )


class ChoicesForm(forms.Form):
    """What a table leaves open, row by row: who files, whom an unknown name means, which units an open group names.

    ``version`` is that of the batch as it was shown: nobody confirms what he has not seen. ``shown`` are the rows of
    the sheet that the page held, when these are not all: of the others nothing is said. Fields are named by the row of
    the sheet and the written name, which stay where rows are taken in and names are answered; places do not. The
    controls stand in the rows, outside of the form, and belong to it by its id.
    """

    ID = "choices"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, table: Table, rows: Sequence[StagedRow] | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"version": table.batch.version}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.table = table
        self._filing: dict[int, str] = {}
        self._named: dict[int, dict[str, str]] = {}
        self.rows = self._posted() if rows is None else rows
        for row in self.rows:
            self._add_names(row, initial)
            self._add_filing(row, initial)
            if row.row in self._filing or row.row in self._named:
                name = f"row-{row.row}-seen"
                self.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
                initial[name] = seen_of(row)
        for bound in self.fields.values():
            bound.widget.attrs["form"] = self.ID

    def _posted(self) -> Sequence[StagedRow]:
        """The rows that the answered page held."""
        shown = self.data.get("shown", "") if self.is_bound else ""
        numbers = {int(number) for number in shown.split(",") if number.isdigit()}
        return [row for row in self.table.rows if row.row in numbers] if numbers else self.table.rows

    @property
    def shown(self) -> str:
        """The rows of the sheet that it speaks of, to be sent along."""
        return ",".join(str(row.row) for row in self.rows)

    def seen(self) -> dict[int, str]:
        """What stood on the rows when they were shown, by row; empty where the page did not tell."""
        marks = {row.row: self.cleaned_data.get(f"row-{row.row}-seen") for row in self.rows}
        return {row: mark for row, mark in marks.items() if mark}

    def _add_filing(self, row: StagedRow, initial: dict[str, Any]) -> None:
        labels, stated = self.table.labels, self.table.people.stated(row)
        if not must_choose(stated):
            return
        among = eligible(stated)
        keys = labels.keys() if among is None else [unit.pk for unit in among]
        options: Options = [(pk, labels[pk]) for pk in keys if pk in labels]
        name = f"row-{row.row}-filing"
        self.fields[name] = forms.TypedChoiceField(
            label=_("Files the reports"),
            choices=[("", _("— choose —")), *options],
            coerce=int,
            empty_value=None,
            required=False,
        )
        self._filing[row.row] = name
        initial[name] = row.decisions.get("filing") or ""

    def _add_names(self, row: StagedRow, initial: dict[str, Any]) -> None:
        labels = self.table.labels
        asked = {match.written: match for _role, match in matches_of(row) if is_asked(match)}
        for written, match in asked.items():
            name = name_field(row.row, written)
            chosen: list[int] = row.decisions.get("named", {}).get(written, [])
            if match.kind == Kind.OPEN:
                self.fields[name] = forms.TypedMultipleChoiceField(
                    label=written,
                    choices=list(labels.items()),
                    coerce=int,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
                initial[name] = chosen
            else:
                self.fields[name] = forms.TypedChoiceField(
                    label=gettext("Which unit is “%(name)s”?") % {"name": written},
                    choices=_options(match, labels),
                    coerce=int,
                    empty_value=None,
                    required=False,
                )
                initial[name] = chosen[0] if chosen else ""
            self._named.setdefault(row.row, {})[written] = name

    def fields_of(self, row: StagedRow) -> list[forms.BoundField]:
        """The fields that belong to ``row``: names first, then who files."""
        names = [*self._named.get(row.row, {}).values()]
        if f"row-{row.row}-seen" in self.fields:
            names.append(f"row-{row.row}-seen")
        if row.row in self._filing:
            names.append(self._filing[row.row])
        return [self[name] for name in names]

    def choices(self) -> dict[int, Choice]:
        """What was chosen, by row of the sheet; every row that leaves something open is there, chosen or not."""
        data = self.cleaned_data
        return {
            row: Choice(
                filing=data.get(self._filing.get(row, "")),
                named={written: _listed(data.get(name)) for written, name in self._named.get(row, {}).items()},
            )
            for row in sorted(self._filing.keys() | self._named.keys())
        }

    def gone(self) -> DomainError | None:
        """Why a row of which something else was chosen than stood there is none of the table's any more, with what was
        chosen; nothing where all are there.
        """
        chosen: dict[int, list[str]] = {}
        for name, said in self.data.lists() if isinstance(self.data, QueryDict) else ():
            of_row = _OF_ROW.match(name)
            if of_row and not name.endswith("-seen") and (units := [str(pk) for pk in said if pk]):
                chosen.setdefault(int(of_row[1]), []).extend(units)
        found = missing(self.table.batch, chosen.keys() - {row.row for row in self.table.rows})
        if found is None:
            return None
        row, why = found
        labels = {str(pk): label for pk, label in self.table.labels.items()}
        return with_choice(why, [labels[pk] for pk in chosen[row] if pk in labels])

    def refuse_rows(self, rows: Sequence[int]) -> None:
        """Say at each of these rows of the sheet that who files must be chosen."""
        for row in rows:
            if row in self._filing:
                self.add_error(self._filing[row], _("Choose who files the reports."))

    def tell_other_choices(self) -> None:
        """Where it was chosen otherwise meanwhile, say so at the field; what was typed here stays."""
        for name in self.changed_data:
            if name != "version" and not name.endswith("-seen"):
                theirs = _listed(self.initial[name] or None)
                units = listed(self.table.labels.get(pk, "") for pk in theirs)
                self.add_error(name, _("Chosen meanwhile: %(units)s") % {"units": units or "—"})


def name_field(row: int, written: str) -> str:
    """The field that says whom a written name means in a row of the sheet."""
    return f"row-{row}-name-{hashlib.sha256(written.encode()).hexdigest()[:12]}"


def _options(match: Match, labels: dict[int, str]) -> Options:
    """Units for an unknown name: those with a similar name first."""
    near: Options = [(pk, labels[pk]) for pk in match.near if pk in labels]
    rest: Options = [(pk, label) for pk, label in labels.items() if pk not in match.near]
    first: Options = [("", _("— stays open —"))]
    return [*first, (_("Similar names"), near), (_("All units"), rest)] if near else [*first, *rest]


def _listed(value: list[int] | int | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]
