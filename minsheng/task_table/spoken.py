"""A part of a row in one line of words: what had been read beside a correction, or what somebody else typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from departments.language import listed
from minsheng import words as portal_words
from minsheng.task_table.compose import SOURCE_CODES
from minsheng.task_table.corrections import PARTS, correction, was_read
from minsheng.task_table.models import StagedRow
from projects.models import SubItem
from projects.rules.responsible import ASSIST, LEAD

PART_NAMES: Final[dict[str, Promise]] = {
    "name": gettext_lazy("Serial and project"),
    "content": gettext_lazy("Content and scale"),
    "targets": gettext_lazy("Targets"),
    "deliverables": gettext_lazy("Deliverables"),
    "deadline": gettext_lazy("Deadline"),
    "money": gettext_lazy("Funding"),
    "units": gettext_lazy("Lead and assisting units"),
    "people": gettext_lazy("People and remarks"),
    "extra": gettext_lazy("Other columns"),
}
STAGES: Final[dict[str, Promise]] = {
    "planned": gettext_lazy("planned"),
    "applied": gettext_lazy("applied for"),
    "secured": gettext_lazy("secured"),
}
BOUNDS: Final[dict[str, Promise]] = {
    "": pgettext_lazy("target", "exactly"),
    "min": pgettext_lazy("target", "at least"),
    "max": pgettext_lazy("target", "at most"),
    "range": pgettext_lazy("target", "from … to"),
}
KINDS: Final = dict(SubItem.Kind.choices)
PRECISIONS: Final = dict(SubItem.Precision.choices)


@dataclass(frozen=True)
class Words:
    """The words of the day: funding sources by code, units by key."""

    sources: Mapping[str, str]
    labels: Mapping[int, str]
    kinds: Mapping[str, Any] = field(default_factory=lambda: KINDS)

    def source(self, written: str) -> str:
        code = SOURCE_CODES.get(written, written)
        return self.sources.get(code, written)


@dataclass(frozen=True)
class Change:
    """A correction: what had been read, who changed it and when."""

    was: str
    by: str
    at: datetime
    seen: int


def changes_of(row: StagedRow, words: Words) -> dict[str, Change]:
    found = {part: correction(row, part) for part in PARTS}
    return {
        part: Change(
            spoken(part, was_read(row, part), words), one["by_name"], datetime.fromisoformat(one["at"]), one["n"]
        )
        for part, one in found.items()
        if one
    }


def spoken(part: str, values: Mapping[str, Any], words: Words) -> str:
    """The values of a part as one line; a dash for nothing."""
    return listed(piece for piece in _PIECES[part](values, words) if piece) or portal_words.NOTHING


def _name(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    return [values["serial"], values["category"], values["project"]]


def _content(values: Mapping[str, Any], words: Words) -> Iterable[str]:
    return [values["content"], str(words.kinds.get(values.get("kind", ""), ""))]


def _people(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    return [values["leader"], values["contact"], values["remarks"]]


def _extra(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    return (_("%(name)s: %(text)s") % {"name": name, "text": text} for name, text in values["extra"].items())


def _deadline(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    if values["deadline"]:
        yield f"{date.fromisoformat(values['deadline']):%Y-%m-%d}"
        yield str(PRECISIONS.get(values["deadline_precision"], ""))
    if not values["deadline_firm"]:
        yield _("not firm")
    yield values["deadline_note"]


def _deliverables(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    return (f"{part['marker']} {part['text']}".strip() for part in values["deliverables"])


def _targets(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    signs = {"min": "≥ ", "max": "≤ "}
    for target in values["targets"]:
        figure = portal_words.number(Decimal(target["quantity"]))
        if target["bound"] == "range" and target["maximum"]:
            figure = f"{figure}–{portal_words.number(Decimal(target['maximum']))}"
        about = _("about") if target["approx"] else ""
        yield f"{about}{signs.get(target['bound'] or '', '')}{figure}{target['unit']}"


def _money(values: Mapping[str, Any], words: Words) -> Iterable[str]:
    for line in values["funding"]:
        stage = str(STAGES.get(line["stage"] or "planned", ""))
        yield " ".join(filter(None, [words.source(line["source"]), stage, _wan(line), _year(line)]))
    for total in values["funding_totals"]:
        yield " ".join(filter(None, [_("Total"), _wan(total), _year(total)]))


def _year(line: Mapping[str, Any]) -> str:
    """Of which year an amount is, where that is another one than the table's."""
    year = line["reference_year"]
    return _("(%(year)s, for reference)") % {"year": year} if year else ""


def _wan(line: Mapping[str, Any]) -> str:
    if line["amount_wan"] is None:
        return _("Undetermined")
    about = _("about") if line["approx"] else ""
    return "".join((about, portal_words.number(Decimal(line["amount_wan"])), _("10,000 yuan")))


def _units(values: Mapping[str, Any], _words: Words) -> Iterable[str]:
    roles = ((LEAD, _("Lead units")), (ASSIST, _("Assisting units")))
    for role, name in roles:
        names = [match["written"] for match in values["units"].get(role.value, ())]
        if names:
            yield f"{name} {listed(names)}"


_PIECES: Final = {
    "name": _name,
    "content": _content,
    "targets": _targets,
    "deliverables": _deliverables,
    "deadline": _deadline,
    "money": _money,
    "units": _units,
    "people": _people,
    "extra": _extra,
}
