"""The forms by which a part of a row is corrected: each gives its values as ``corrections`` keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments.errors import DomainError
from departments.models import Jurisdiction
from funding.models import FundingSource, FundingTotal
from funding.services.lines import yuan
from minsheng.task_table.answers import answer_of, pending_units
from minsheng.task_table.compose import SOURCE_CODES
from minsheng.task_table.corrections import seen_of, standing
from minsheng.task_table.match import Kind, Match, Resolver, resolver_of
from minsheng.task_table.models import StagedRow
from minsheng.task_table.spoken import BOUNDS, KINDS, STAGES
from projects.models import SubItem
from projects.rules.responsible import ASSIST, LEAD

LINES: Final = 60  # at most, of money or targets of one row
DAYS: Final = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"]
Data = QueryDict | Mapping[str, Any] | None


class SeenForm(forms.Form):
    """``seen`` is how often the part had been changed when it was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NameForm(SeenForm):
    serial = forms.CharField(label=gettext_lazy("Serial"), max_length=20, required=False)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=120, required=False)
    project = forms.CharField(
        label=gettext_lazy("Project"),
        max_length=200,
        help_text=gettext_lazy("Rows of the same name are sub-items of one project."),
    )


class ContentForm(SeenForm):
    content = forms.CharField(
        label=gettext_lazy("Content and scale"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Deliverables and targets stay as they are; they are corrected on their own."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()))


class PeopleForm(SeenForm):
    leader = forms.CharField(label=gettext_lazy("Leader in charge"), max_length=120, required=False)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=200, required=False)
    remarks = forms.CharField(label=gettext_lazy("Remarks"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DeadlineForm(SeenForm):
    deadline = forms.DateField(
        label=gettext_lazy("Deadline"),
        required=False,
        input_formats=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The last day; empty where there is none."),
    )
    deadline_precision = forms.ChoiceField(
        label=gettext_lazy("Precision"), required=False, choices=list(SubItem.Precision.choices)
    )
    deadline_firm = forms.BooleanField(
        label=gettext_lazy("firm deadline"),
        required=False,
        help_text=gettext_lazy("Not firm: the date depends on somebody else's progress."),
    )
    deadline_note = forms.CharField(label=gettext_lazy("note on the deadline"), required=False, max_length=300)


class LineForm(forms.Form):
    """One amount of money."""

    origin = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    source = forms.ChoiceField(label=gettext_lazy("Source"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (10,000 yuan)"), required=False, min_value=0, max_digits=16, decimal_places=6
    )
    approx = forms.BooleanField(label=gettext_lazy("about"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=list(STAGES.items()))
    use = forms.CharField(label=gettext_lazy("Use"), max_length=120, required=False)
    year = forms.IntegerField(label=gettext_lazy("Year, if another"), required=False, min_value=2000, max_value=2100)
    rate = forms.DecimalField(
        label=gettext_lazy("Standard (yuan)"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    per = forms.CharField(label=gettext_lazy("per"), max_length=20, required=False)

    def clean_amount(self) -> Decimal | None:
        return _kept(self.cleaned_data["amount"])


class TotalForm(forms.Form):
    """A total as the table states it."""

    origin = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=list(FundingTotal.Kind.choices))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount (10,000 yuan)"), min_value=0, max_digits=16, decimal_places=6
    )
    approx = forms.BooleanField(label=gettext_lazy("about"), required=False)
    year = forms.IntegerField(label=gettext_lazy("Year, if another"), required=False, min_value=2000, max_value=2100)

    def clean_amount(self) -> Decimal | None:
        return _kept(self.cleaned_data["amount"])


class DeliverableForm(forms.Form):
    marker = forms.CharField(label=gettext_lazy("Mark"), max_length=20, required=False)
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 2}))


class TargetForm(forms.Form):
    """One figure that is to be reached."""

    text = forms.CharField(label=gettext_lazy("What is to be reached"), max_length=300)
    bound = forms.ChoiceField(label=gettext_lazy("Qualifier"), required=False, choices=list(BOUNDS.items()))
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), min_value=0, max_digits=18, decimal_places=4)
    maximum = forms.DecimalField(
        label=pgettext_lazy("target", "to"), required=False, min_value=0, max_digits=18, decimal_places=4
    )
    unit = forms.CharField(label=gettext_lazy("Unit of measure"), max_length=20, required=False)
    approx = forms.BooleanField(label=gettext_lazy("about"), required=False)
    per = forms.CharField(label=gettext_lazy("counted per"), max_length=20, required=False)
    core = forms.BooleanField(label=gettext_lazy("asked each month"), required=False)
    deliverable = forms.CharField(label=gettext_lazy("Deliverable"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        least, most = data.get("quantity"), data.get("maximum")
        if data.get("bound") == "range" and least is not None and (most is None or most < least):
            self.add_error("maximum", _("Name the upper end of the range; it is not below the lower one."))
        return data


class UnitForm(forms.Form):
    """A name by which a unit, a section or a group is known; ``order`` is its place."""

    order = forms.IntegerField(label=gettext_lazy("Order"), required=False, min_value=1, max_value=999)
    name = forms.CharField(
        label=gettext_lazy("Unit, section or group"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )


@dataclass
class Lines:
    """Forms of one kind beneath each other, with their heading."""

    title: str
    forms: "forms.BaseFormSet[Any]"


class PartForm:
    """The form of one part of one row: ``form`` holds its single fields, ``sets`` its lines."""

    def __init__(self, row: StagedRow, part: str, *, jurisdiction: Jurisdiction, data: Data = None) -> None:
        self.row, self.part, self.jurisdiction, self.data = row, part, jurisdiction, data
        self.values_shown = standing(row, part)
        self.form: forms.Form = _FORMS.get(part, SeenForm)(data, initial=self._initial())
        self.sets: list[Lines] = []
        self._resolver: Resolver | None = None
        if part in _SETS:
            _SETS[part](self)

    @property
    def is_bound(self) -> bool:
        return self.form.is_bound

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
        return all(every) and (self.part != "units" or self._names_known())

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
        if self.part in _VALUES:
            data |= _VALUES[self.part](self)
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
        kind = forms.formset_factory(form, extra=extra, can_delete=True, max_num=LINES, absolute_max=LINES)
        lines = kind(self.data, prefix=prefix, initial=initial)
        for one in lines.forms:
            one.fields["DELETE"].label = _("remove")
        self.sets.append(Lines(title, lines))

    def _initial(self) -> dict[str, Any]:
        values = self.values_shown
        known = _FORMS.get(self.part, SeenForm).base_fields
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


def _money(part: PartForm) -> None:
    sources = list(FundingSource.objects.order_by("pk").values_list("code", "name"))
    read, values = part.row.reading, part.values_shown
    lines = [
        {
            "origin": _origin(line, read["funding"]),
            "source": SOURCE_CODES.get(line["source"], line["source"]),
            "amount": _decimal(line["amount_wan"]),
            "approx": line["approx"],
            "stage": line["stage"] or "planned",
            "use": line["use"],
            "year": line["reference_year"],
            "rate": _decimal(line["rate"][0]) if line["rate"] else None,
            "per": line["rate"][1] if line["rate"] else "",
        }
        for line in values["funding"]
    ]
    totals = [
        {
            "origin": _origin(total, read["funding_totals"]),
            "kind": total["kind"],
            "amount": _decimal(total["amount_wan"]),
            "approx": total["approx"],
            "year": total["reference_year"],
        }
        for total in values["funding_totals"]
    ]
    part.add(_("Amounts by source"), LineForm, "line", lines, 2)
    for form in part.sets[-1].forms.forms:
        form.fields["source"].choices = [("", _("— choose —")), *sources]
    part.add(_("Totals that the table states"), TotalForm, "total", totals, 1)
    # A blank line that nobody touched is no line: what its lists begin with is no change.
    for form in part.sets[0].forms.extra_forms:
        form.fields["stage"].initial = "planned"
    for form in part.sets[1].forms.extra_forms:
        form.fields["kind"].initial = FundingTotal.Kind.TOTAL_INVESTMENT


def _deliverables(part: PartForm) -> None:
    part.add(_("Deliverables"), DeliverableForm, "part", part.values_shown["deliverables"], 2)


def _targets(part: PartForm) -> None:
    initial = [
        {
            **target,
            "quantity": _decimal(target["quantity"]),
            "maximum": _decimal(target["maximum"]),
            "bound": target["bound"] or "",
            "deliverable": target["deliverable"] or "",
        }
        for target in part.values_shown["targets"]
    ]
    part.add(_("Targets"), TargetForm, "target", initial, 2)
    for form in part.sets[-1].forms.extra_forms:
        form.fields["core"].initial = True


def _units(part: PartForm) -> None:
    for role, title in ((LEAD, _("Lead units")), (ASSIST, _("Assisting units"))):
        names = part.values_shown["units"].get(role.value, [])
        initial = [{"order": place, "name": match["written"]} for place, match in enumerate(names, start=1)]
        part.add(title, UnitForm, role.value, initial, 2)


def _money_values(part: PartForm) -> dict[str, Any]:
    read = part.row.reading
    lines = []
    for data in part.lines(0):
        origin = _of_origin(data["origin"], read["funding"])
        same = origin and SOURCE_CODES.get(origin["source"], origin["source"]) == data["source"]
        rate = [_text(data["rate"]), data["per"]] if data["rate"] is not None else None
        stage = data["stage"]
        lines.append(
            {
                "source": origin["source"] if origin and same else data["source"],
                "amount_wan": _as_read(data["amount"], origin, "amount_wan"),
                "approx": data["approx"],
                "stage": origin["stage"] if origin and (origin["stage"] or "planned") == stage else stage,
                "text": origin["text"] if origin else "",
                "use": data["use"],
                "reference_year": data["year"],
                "rate": origin["rate"] if origin and _same_rate(origin["rate"], rate) else rate,
                "share": origin["share"] if origin else None,
            }
        )
    totals = []
    for data in part.lines(1):
        origin = _of_origin(data["origin"], read["funding_totals"])
        totals.append(
            {
                "kind": data["kind"],
                "amount_wan": _as_read(data["amount"], origin, "amount_wan"),
                "approx": data["approx"],
                "text": origin["text"] if origin else "",
                "reference_year": data["year"],
            }
        )
    return {"funding": lines, "funding_totals": totals}


def _deliverable_values(part: PartForm) -> dict[str, Any]:
    return {"deliverables": [{"marker": data["marker"], "text": data["text"]} for data in part.lines(0)]}


def _target_values(part: PartForm) -> dict[str, Any]:
    read = {target["text"]: target for target in part.row.reading["targets"]}
    return {
        "targets": [
            {
                "text": data["text"],
                "quantity": _as_read(data["quantity"], read.get(data["text"]), "quantity"),
                "unit": data["unit"],
                "approx": data["approx"],
                "bound": data["bound"] or None,
                "maximum": _as_read(data["maximum"], read.get(data["text"]), "maximum")
                if data["bound"] == "range"
                else None,
                "per": data["per"],
                "core": data["core"],
                "deliverable": data["deliverable"] or None,
            }
            for data in part.lines(0)
        ]
    }


def _unit_values(part: PartForm) -> dict[str, Any]:
    """Names in their order, each once; one that stood there before means what it meant."""
    stood = {match["written"]: match for names in part.values_shown["units"].values() for match in names}
    units: dict[str, list[dict[str, Any]]] = {}
    for place, role in enumerate((LEAD, ASSIST)):
        lines = enumerate(part.lines(place))
        ordered = sorted(lines, key=lambda pair: (pair[1]["order"] or LINES + pair[0], pair[0]))
        names = dict.fromkeys(data["name"].strip() for _place, data in ordered)
        units[role.value] = [stood.get(name) or _match(part.resolver, name) for name in names]
    written = {role: [match["written"] for match in names] for role, names in units.items()}
    return {"lead_units": written[LEAD.value], "assisting_units": written[ASSIST.value], "units": units}


def _match(resolver: Resolver, name: str) -> dict[str, Any]:
    found: Match = resolver.match(name)
    data = found.dump()
    return {**data, "kind": found.kind.value, "units": list(found.units), "near": list(found.near)}


def _kept(wan: Decimal | None) -> Decimal | None:
    if wan is not None:
        try:
            yuan(wan)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
    return wan


def _origin(line: Mapping[str, Any], read: Iterable[Mapping[str, Any]]) -> int | None:
    """Which line of the reading a line comes from, by the text it was read from."""
    mine = (line["text"], line.get("source"), line.get("kind"))
    theirs = ((one["text"], one.get("source"), one.get("kind")) for one in read)
    return next((place for place, one in enumerate(theirs) if one == mine and one[0]), None)


def _of_origin(place: int | None, read: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return read[place] if place is not None and place < len(read) else None


def _same_rate(read: Sequence[Any] | None, typed: Sequence[Any] | None) -> bool:
    if not read or not typed:
        return not read and not typed
    return Decimal(read[0]) == Decimal(typed[0]) and read[1] == typed[1]


def _as_read(value: Decimal | None, read: Mapping[str, Any] | None, name: str) -> str | None:
    """The figure as it is kept; as it was read where it is the same."""
    if value is None:
        return None
    if read and read[name] is not None and Decimal(read[name]) == value:
        return str(read[name])
    return _text(value)


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _decimal(value: str | None) -> Decimal | None:
    return Decimal(_text(Decimal(value))) if value is not None else None


_FORMS: Final[dict[str, type[forms.Form]]] = {
    "name": NameForm,
    "content": ContentForm,
    "people": PeopleForm,
    "deadline": DeadlineForm,
}
_SETS: Final = {"money": _money, "deliverables": _deliverables, "targets": _targets, "units": _units}
_VALUES: Final = {
    "money": _money_values,
    "deliverables": _deliverable_values,
    "targets": _target_values,
    "units": _unit_values,
}
