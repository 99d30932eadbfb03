"""The forms by which a part of a row is corrected: each gives its values as ``corrections`` keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from departments.errors import DomainError
from departments.models import Jurisdiction
from minsheng.task_table.answers import answer_of, pending_units
from minsheng.task_table.corrections import seen_of, standing
from minsheng.task_table.line_forms import FORMS, SeenForm
from minsheng.task_table.match import Kind, Resolver, resolver_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.part_lines import LINES, MOST_LINES, SETS, VALUES
from projects.rules.deadlines import check_deadline

Data = QueryDict | Mapping[str, Any] | None


@dataclass
class Lines:
    """Forms of one kind beneath each other, with their heading."""

    title: str
    forms: Any  # a set of forms of one kind

    @property
    def there(self) -> Sequence[forms.Form]:
        """The lines that stand there already."""
        return list(self.forms.initial_forms)

    @property
    def more(self) -> Sequence[forms.Form]:
        """Blank ones."""
        return list(self.forms.extra_forms)

    @property
    def more_is_open(self) -> bool:
        return not self.there or any(form.is_bound and form.has_changed() for form in self.more)


class PartForm:
    """The form of one part of one row: ``form`` holds its single fields, ``sets`` its lines."""

    def __init__(self, row: StagedRow, part: str, *, jurisdiction: Jurisdiction, data: Data = None) -> None:
        self.row, self.part, self.jurisdiction, self.data = row, part, jurisdiction, data
        self.values_shown = standing(row, part)
        self.form: forms.Form = FORMS.get(part, SeenForm)(data, initial=self._initial())
        self.sets: list[Lines] = []
        self._resolver: Resolver | None = None
        if part in SETS:
            SETS[part](self)

    @property
    def is_bound(self) -> bool:
        return self.form.is_bound

    @property
    def every(self) -> list[forms.Form]:
        """Its single fields, and its lines."""
        return [self.form, *(form for lines in self.sets for form in lines.forms)]

    @property
    def resolver(self) -> Resolver:
        """The names of the jurisdiction as they are today."""
        self._resolver = self._resolver or resolver_of(self.jurisdiction)
        return self._resolver

    @property
    def names(self) -> Sequence[str]:
        """What units, sections, groups and aliases are called, to pick from."""
        new = {unit.name for unit in pending_units(self.row.batch).values()}
        return sorted(self.resolver.known_names | new) if self.part == "units" else ()

    def is_valid(self) -> bool:
        every = [self.form.is_valid(), *(lines.forms.is_valid() for lines in self.sets)]
        return all(every) and (self.part != "units" or self._names_known()) and self._day_can_be()

    def _day_can_be(self) -> bool:
        before = self.values_shown.get("deadline")
        try:
            check_deadline(
                self.form.cleaned_data.get("deadline"),
                year=self.row.batch.year,
                before=date.fromisoformat(before) if before else None,
            )
        except DomainError as error:
            self.form.add_error("deadline", str(error))
            return False
        return True

    def shown_again(self, row: StagedRow) -> "PartForm":
        """The same with what was typed, over the row as it now stands: saving it again is a choice."""
        sent = self.data or {}
        data = dict(sent.lists()) if isinstance(sent, QueryDict) else dict(sent)
        typed = QueryDict(mutable=True)
        for name, value in data.items():
            typed.setlist(name, value if isinstance(value, list) else [value])
        typed["seen"] = str(seen_of(row, self.part))
        again = PartForm(row, self.part, jurisdiction=self.jurisdiction, data=typed)
        again.is_valid()
        return again

    def values(self) -> dict[str, Any]:
        """What was typed, in the form of ``corrections.standing``."""
        data = dict(self.form.cleaned_data)
        data.pop("seen")
        if self.part == "deadline":
            day: date | None = data["deadline"]
            data["deadline"] = day.isoformat() if day else None
            data["deadline_precision"] = (data["deadline_precision"] or "day") if day else ""
            read = self.row.reading
            same = read.get("deadline") == data["deadline"]
            data["deadline_status"] = read.get("deadline_status") if same else "ok" if day else "missing"
        if self.part in VALUES:
            data |= VALUES[self.part](self)
        return data

    def lines(self, place: int) -> list[dict[str, Any]]:
        """What was typed in lines, without those that are blank or marked to be removed."""
        found = self.sets[place].forms
        return [
            form.cleaned_data
            for form in found.forms
            if form.has_changed() or form.initial
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]

    def add(self, title: str, form: type[forms.Form], prefix: str, initial: list[dict[str, Any]], extra: int) -> None:
        most = max(LINES, len(initial)) + extra
        kind = forms.formset_factory(form, extra=extra, can_delete=True, max_num=most, absolute_max=MOST_LINES)
        lines = kind(self.data, prefix=prefix, initial=initial)
        for one in lines.forms:
            one.fields["DELETE"].label = _("remove")
        self.sets.append(Lines(title, lines))

    def _initial(self) -> dict[str, Any]:
        values = self.values_shown
        known = FORMS.get(self.part, SeenForm).base_fields
        return {"seen": seen_of(self.row, self.part)} | {name: values[name] for name in known if name in values}

    def _names_known(self) -> bool:
        """Say at each name whether somebody of that name is known; names of the table may stay open."""
        written = {match["written"] for names in self.row.units.values() for match in names}
        fine = True
        for lines in self.sets:
            for form in lines.forms.forms:
                name = (form.cleaned_data or {}).get("name")
                gone = (form.cleaned_data or {}).get("DELETE")
                known = name in written or answer_of(self.row.batch, name or "")
                if name and not gone and not known and self.resolver.match(name).kind == Kind.UNKNOWN:
                    form.add_error("name", _("No unit, section or group of this name is known."))
                    fine = False
        return fine
