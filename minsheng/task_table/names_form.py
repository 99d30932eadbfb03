"""Whom the names of a table mean that leave it open: unknown ones and open groups, each answered for all its rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from departments.models import DepartmentGroup
from minsheng.task_table.answers import NEW
from minsheng.task_table.match import Kind
from minsheng.task_table.names import GROUP, UNIT, OpenName
from minsheng.task_table.parsers.several import of_several

GONE: Final = "gone"  # of what was posted: names that are asked no more


@dataclass(frozen=True)
class Answered:
    """What a person says of a name that was said otherwise, or not at all, when he looked."""

    field: str
    name: OpenName
    meaning: str = ""
    remember: bool = True
    units: Sequence[int] = ()


class NamesForm(forms.Form):
    """Answers stand there and can be changed. An answer becomes an alias when the import is confirmed, unless it was a
    slip of this table.
    """

    def __init__(
        self,
        *args: Any,
        names: Sequence[OpenName],
        labels: Mapping[int, str],
        groups: Sequence[DepartmentGroup],
        all_new: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names, self.all_new = names, all_new
        for number, name in enumerate(names):
            if name.kind == Kind.OPEN:
                self._add_group(number, name, labels)
            else:
                self._add_name(number, name, labels, groups)
            self.fields[f"written-{number}"] = forms.CharField(
                initial=name.written, widget=forms.HiddenInput, required=False
            )

    def _add_group(self, number: int, name: OpenName, labels: Mapping[int, str]) -> None:
        self.fields[f"units-{number}"] = forms.TypedMultipleChoiceField(
            label=name.written,
            choices=list(labels.items()),
            coerce=int,
            required=False,
            initial=name.units,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"seen-{number}"] = forms.CharField(
            initial=_text(name.units), widget=forms.HiddenInput, required=False
        )

    def _add_name(
        self, number: int, name: OpenName, labels: Mapping[int, str], groups: Sequence[DepartmentGroup]
    ) -> None:
        own = set(name.said["match"]["units"]) if name.said and name.meaning == NEW else set()
        near = [(f"{UNIT}:{pk}", labels[pk]) for pk in name.near if pk in labels]
        rest = [(f"{UNIT}:{pk}", label) for pk, label in labels.items() if pk not in name.near and pk not in own]
        choices: list[Any] = [("", _("— stays open —")), (NEW, _("A new unit of this name"))]
        choices += [(_("Similar names"), near)] if near else []
        choices += [(_("All units"), rest)] if rest else []
        choices += [(_("Groups"), [(f"{GROUP}:{group.pk}", group.name) for group in groups])] if groups else []
        self.fields[f"name-{number}"] = forms.ChoiceField(
            label=name.written,
            choices=choices,
            required=False,
            initial=name.meaning or (NEW if self.all_new and not of_several(name.written) else ""),
        )
        self.fields[f"slip-{number}"] = forms.BooleanField(
            label=_("A slip: in this table only"),
            required=False,
            initial=name.said is not None and not name.said["remember"],
        )
        self.fields[f"seen-{number}"] = forms.CharField(initial=name.meaning, widget=forms.HiddenInput, required=False)

    @classmethod
    def in_place(cls, posted: QueryDict, names: Sequence[OpenName], *, anew: bool = False) -> QueryDict:
        """What was posted, each answer at the place its name has by now. ``anew``: as if it had been seen as it stands,
        and where nothing else was said it stands so.

        An answer to a name that is asked no more has no place; ``GONE`` names these.
        """
        said = {str(posted[name]): name.partition("-")[2] for name in posted if name.startswith("written-")}
        data = QueryDict(mutable=True)
        for number, name in enumerate(names):
            for part in ("written", "name", "units", "slip", "seen"):
                at = said.get(name.written, "")
                values = [str(value) for value in posted.getlist(f"{part}-{at}")]
                if anew and part != "written" and (part == "seen" or not _is_said(posted, at)):
                    values = _standing(name)[part]
                if values:
                    data.setlist(f"{part}-{number}", values)
        asked = {name.written for name in names}
        data.setlist(GONE, [name for name, at in said.items() if name not in asked and _is_said(posted, at)])
        return data

    @property
    def lines(self) -> Iterator[dict[str, Any]]:
        for number, name in enumerate(self.names):
            group = name.kind == Kind.OPEN
            yield {
                "name": name,
                "field": self[f"units-{number}" if group else f"name-{number}"],
                "slip": None if group else self[f"slip-{number}"],
                "hidden": [self[f"written-{number}"], self[f"seen-{number}"]],
            }

    def clean(self) -> dict[str, Any]:
        """Where the names of the table are others by now the places have moved: nothing is taken for another name."""
        data: dict[str, Any] = super().clean() or {}
        for written in self.data.getlist(GONE) if isinstance(self.data, QueryDict) else ():
            self.add_error(None, _("“%(name)s” is no longer asked.") % {"name": written})
        for number, name in enumerate(self.names):
            if data.get(f"written-{number}") != name.written and (
                data.get(f"name-{number}") or data.get(f"units-{number}")
            ):
                field = f"units-{number}" if name.kind == Kind.OPEN else f"name-{number}"
                self.add_error(field, _("The names have changed meanwhile. Please answer again."))
        if not self.errors and not list(self.answers()):
            self.add_error(None, _("Answer at least one name, or go back."))
        return data

    def answers(self) -> Iterator[Answered]:
        """What was said otherwise than it stood when it was shown."""
        for number, name in enumerate(self.names):
            data, seen = self.cleaned_data, str(self.cleaned_data.get(f"seen-{number}", ""))
            if name.kind == Kind.OPEN:
                units = data.get(f"units-{number}", [])
                if _text(units) != seen:
                    yield Answered(f"units-{number}", name, units=units)
                continue
            meaning, remember = data.get(f"name-{number}", ""), not data.get(f"slip-{number}", False)
            slipped = bool(meaning) and name.said is not None and remember != name.said["remember"]
            if meaning != seen or slipped:
                yield Answered(f"name-{number}", name, meaning, remember)

    def refuse(self, written: str, why: str) -> None:
        """Say at the name what is wrong with its answer."""
        for number, name in enumerate(self.names):
            if name.written == written:
                return self.add_error(f"units-{number}" if name.kind == Kind.OPEN else f"name-{number}", why)
        return self.add_error(None, why)

    def seen(self, answered: Answered) -> str:
        return str(self.cleaned_data.get(f"seen-{answered.field.partition('-')[2]}", ""))

    def seen_units(self, answered: Answered) -> list[int]:
        return [int(key) for key in self.seen(answered).split(",") if key.removeprefix("-").isdecimal()]


def _is_said(posted: QueryDict, at: str) -> bool:
    """Whether something else is said at this place than was seen there."""
    said = ",".join(posted.getlist(f"units-{at}")) or posted.get(f"name-{at}", "")
    return said != posted.get(f"seen-{at}", "")


def _standing(name: OpenName) -> dict[str, list[str]]:
    """What the fields of a name hold where nothing is said anew."""
    slip = name.said is not None and not name.said["remember"]
    return {
        "name": [name.meaning],
        "units": [str(key) for key in name.units],
        "slip": ["on"] if slip else [],
        "seen": [_text(name.units) if name.kind == Kind.OPEN else name.meaning],
    }


def _text(units: Sequence[int]) -> str:
    return ",".join(str(key) for key in units)
