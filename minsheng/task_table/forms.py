"""What a person types and chooses while a task table is imported."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments import clock
from departments.language import listed
from departments.models import Jurisdiction, User
from departments.permissions import IMPORT_TABLE, jurisdictions_granted
from minsheng.task_table.compose import is_asked, matches_of
from minsheng.task_table.decisions import Choice
from minsheng.task_table.match import Kind, Match
from minsheng.task_table.models import StagedRow
from minsheng.task_table.table import Table
from projects.rules.responsible import eligible, must_choose

PROGRAMME: Final = "民生实事"  # the programme that every government has
Options = list[tuple[Any, Any]]


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
        help_text=_("The Excel workbook (.xlsx) or Word document (.docx) as it was issued. Nothing is changed in it."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,.docx", "data-choose": _("Choose a file"), "data-none": _("no file chosen")}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"year": clock.today().year, "programme": PROGRAMME})
        super().__init__(*args, **kwargs)
        self.fields["jurisdiction"].queryset = jurisdictions_granted(user, IMPORT_TABLE)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("It stays on record.")
    )


class ChoicesForm(forms.Form):
    """What a table leaves open, row by row: who files, whom an unknown name means, which units an open group names.

    ``version`` is that of the batch as it was shown: nobody confirms what he has not seen.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"version": table.batch.version}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.table = table
        self._by_row: dict[int, str] = {}
        self._filing: dict[int, str] = {}
        self._named: dict[int, dict[str, str]] = {}
        for row in table.rows:
            self._add_names(row, initial)
            self._add_filing(row, initial)

    def _add_filing(self, row: StagedRow, initial: dict[str, Any]) -> None:
        labels, stated = self.table.labels, self.table.people.stated(row)
        if not must_choose(stated):
            return
        among = eligible(stated)
        keys = labels.keys() if among is None else [unit.pk for unit in among]
        options: Options = [(pk, labels[pk]) for pk in keys if pk in labels]
        name = f"row-{row.position}-filing"
        self.fields[name] = forms.TypedChoiceField(
            label=_("Files the reports"),
            choices=[("", _("— choose —")), *options],
            coerce=int,
            empty_value=None,
            required=False,
        )
        self._filing[row.position] = self._by_row[row.row] = name
        initial[name] = row.decisions.get("filing") or ""

    def _add_names(self, row: StagedRow, initial: dict[str, Any]) -> None:
        labels = self.table.labels
        asked = {match.written: match for _role, match in matches_of(row) if is_asked(match)}
        for number, (written, match) in enumerate(asked.items()):
            name = f"row-{row.position}-name-{number}"
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
            self._named.setdefault(row.position, {})[written] = name

    def fields_of(self, row: StagedRow) -> list[forms.BoundField]:
        """The fields that belong to ``row``: names first, then who files."""
        names = [*self._named.get(row.position, {}).values()]
        if row.position in self._filing:
            names.append(self._filing[row.position])
        return [self[name] for name in names]

    def choices(self) -> dict[int, Choice]:
        """What was chosen, by position; every row that leaves something open is there, chosen or not."""
        data = self.cleaned_data
        return {
            position: Choice(
                filing=data.get(self._filing.get(position, "")),
                named={written: _listed(data.get(name)) for written, name in self._named.get(position, {}).items()},
            )
            for position in sorted(self._filing.keys() | self._named.keys())
        }

    def refuse_rows(self, rows: Sequence[int]) -> None:
        """Say at each of these rows of the sheet that who files must be chosen."""
        for row in rows:
            if row in self._by_row:
                self.add_error(self._by_row[row], _("Choose who files the reports."))

    def tell_other_choices(self) -> None:
        """Where somebody else chose otherwise meanwhile, say at the field what he chose; what was typed here stays."""
        for name in self.changed_data:
            if name != "version":
                theirs = _listed(self.initial[name] or None)
                units = listed(self.table.labels.get(pk, "") for pk in theirs)
                self.add_error(name, _("Meanwhile somebody else chose: %(units)s") % {"units": units or "—"})


def _options(match: Match, labels: dict[int, str]) -> Options:
    """Units for an unknown name: those with a similar name first."""
    near: Options = [(pk, labels[pk]) for pk in match.near if pk in labels]
    rest: Options = [(pk, label) for pk, label in labels.items() if pk not in match.near]
    first: Options = [("", _("— stays open —"))]
    return [*first, (_("Similar names"), near), (_("All units"), rest)] if near else [*first, *rest]


def _listed(value: list[int] | int | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]
