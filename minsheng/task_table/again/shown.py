"""Differences in words: old beside new, with what of a text or a list is other marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.models import FundingTotal
from funding.money import show_wan
from minsheng.task_table.again.compared import Pair, Row
from minsheng.task_table.again.matching import NEW, Matching, Proposal, Why
from minsheng.task_table.again.pictures import Difference
from minsheng.task_table.again.present import Present
from minsheng.task_table.parsers.text import key
from projects.models import Responsibility, SubItem

LABELS: Final[dict[str, Promise]] = {
    "status": gettext_lazy("State"),
    "serial": gettext_lazy("Serial"),
    "category": gettext_lazy("Category"),
    "project": gettext_lazy("Project"),
    "content": gettext_lazy("Content and scale"),
    "deliverables": gettext_lazy("Deliverables"),
    "targets": gettext_lazy("Targets"),
    "deadline": gettext_lazy("Deadline"),
    "funding": gettext_lazy("Funding"),
    "responsibilities": gettext_lazy("Responsible units"),
    "leader": gettext_lazy("Leader in charge"),
    "contact": gettext_lazy("Contact"),
    "remarks": gettext_lazy("Remarks"),
    "extra": gettext_lazy("Other columns"),
}
REASONS: Final[dict[str, Promise]] = {
    Why.DOUBLE: gettext_lazy("All agrees, but several are alike: say which it is."),
    Why.MOVED: gettext_lazy("Same content under another serial: the row moved."),
    Why.OTHER_PROJECT: gettext_lazy("Same content in another project."),
    Why.REWORDED: gettext_lazy("Same serial and similar content: reworded."),
    Why.SIMILAR: gettext_lazy("Similar content under another serial."),
    Why.SERIAL_ONLY: gettext_lazy("Only the serial is the same; the content is another."),
}
_LONG: Final = 4000  # beyond it a text is not compared character by character
Segments = list[tuple[str, bool]]  # text, and whether it is other than on the other side


@dataclass(frozen=True)
class ChangeShown:
    """One field: ``old`` and ``new`` as lines of segments."""

    label: str
    old: list[Segments]
    new: list[Segments]


@dataclass(frozen=True)
class DifferenceShown:
    difference: Difference
    label: Any
    changes: list[ChangeShown]
    take: BoundField | None


@dataclass(frozen=True)
class PairShown:
    pair: Pair
    differences: list[DifferenceShown]
    kept: list[DifferenceShown]
    month: BoundField | None


@dataclass(frozen=True)
class NewShown:
    row: Row
    month: BoundField | None


@dataclass(frozen=True)
class MissingShown:
    present: Present
    act: BoundField | None
    reason: BoundField | None


@dataclass(frozen=True)
class MatchShown:
    """A row whose sub-item a person says. ``present`` is what it was said to be, or what is proposed (``best``)."""

    row: Row
    choice: BoundField
    best: Proposal | None
    present: Present | None
    why: str
    segments: tuple[Segments, Segments]


def differences_of(found: Iterable[Difference], takes: Mapping[str, BoundField]) -> list[DifferenceShown]:
    return [
        DifferenceShown(
            one,
            LABELS[one.part],
            [_change(name, old, new, one.part) for name, (old, new) in one.changes.items()],
            takes.get(one.part),
        )
        for one in found
    ]


def match_of(row: Row, bound: BoundField, matched: Matching, items: Mapping[int, Present]) -> MatchShown:
    best, said = matched.best.get(row.number), matched.decided.get(row.number)
    present = items.get(said if said is not None else best.item if best else NEW)
    if said is not None:
        why = _("A person confirmed this match.") if present else _("A person said that it is a new sub-item.")
    else:
        why = str(REASONS.get(best.why, "")) if best else ""
    both = segments(present.sub_item.content, row.reading.content) if present else ([], [])
    return MatchShown(row, bound, best, present, why, both)


def segments(old: str, new: str) -> tuple[Segments, Segments]:
    """Both texts in pieces, those that differ marked."""
    if max(len(old), len(new)) > _LONG:
        return [(old, True)], [(new, True)]
    left: Segments = []
    right: Segments = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        other = what != "equal" and key(old[a:b]) != key(new[c:d])
        if old[a:b]:
            left.append((old[a:b], other))
        if new[c:d]:
            right.append((new[c:d], other))
    return left, right


def _change(name: str, old: Any, new: Any, part: str) -> ChangeShown:
    label = "" if name == part and name != "deadline" else _label(name)
    if isinstance(old, list) and isinstance(new, list):
        before, after = [_words(name, one) for one in old], [_words(name, one) for one in new]
        return ChangeShown(label, _lines(before, after), _lines(after, before))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = _entries(old), _entries(new)
        return ChangeShown(label, _lines(before, after), _lines(after, before))
    left, right = segments(_words(name, old), _words(name, new))
    return ChangeShown(label, [left] if left else [], [right] if right else [])


def _lines(these: Sequence[str], others: Iterable[str]) -> list[Segments]:
    there = {key(one) for one in others}
    return [[(one, key(one) not in there)] for one in these]


def _entries(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in values.items()]


def _label(name: str) -> str:
    try:
        return capfirst(str(getattr(SubItem._meta.get_field(name), "verbose_name", name)))
    except FieldDoesNotExist:
        return name


def _words(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return _object(name, value)
    text = str(value)
    try:
        choices = getattr(SubItem._meta.get_field(name), "flatchoices", ())
    except FieldDoesNotExist:
        choices = ()
    return next((str(word) for choice, word in choices if choice == text), text)


def _object(name: str, value: Mapping[str, Any]) -> str:
    if name == "responsibilities":
        role = str(Responsibility.Role(value["role"]).label)
        unit = value["name"] or _("%(name)s (nobody named yet)") % {"name": value["stated_as"]}
        via = value["stated_as"] if value["name"] and value["stated_as"] != value["name"] else ""
        files = _("files the reports") if value["files"] else ""
        return " · ".join(word for word in (role, unit, via, files) if word)
    if name == "funding":
        return _money(value)
    if name == "targets":
        asked = "" if value["tracked"] else _("not asked each month")
        return " · ".join(word for word in (f"{value['marker'] or ''}{value['text']}", _bounds(value), asked) if word)
    return f"{value.get('marker') or ''}{value.get('text') or ''}"


def _bounds(value: Mapping[str, Any]) -> str:
    least, most = value["minimum"], value["maximum"]
    about = _("about") + " " if value["approx"] else ""
    unit = value["unit"] + (f"/{value['per']}" if value["per"] else "")
    if least is None and most is None:
        return ""
    if least == most:
        return f"{about}{least} {unit}".strip()
    if most is None:
        return f"{about}≥ {least} {unit}".strip()
    return f"{about}≤ {most} {unit}".strip() if least is None else f"{about}{least}–{most} {unit}".strip()


def _money(value: Mapping[str, Any]) -> str:
    if "kind" in value:
        what = str(FundingTotal.Kind(value["kind"]).label)
        return f"{what} {value['year']} · {_wan(value['amount'], approx=value['approx'])}"
    stages = {"planned": _("planned"), "applied": _("applied for"), "secured": _("secured")}
    words = [value["source"], value["use"], str(value["year"])]
    words += [f"{word} {_wan(value[name], approx=value['approx'])}" for name, word in stages.items() if value[name]]
    if value["rate"]:
        words.append(f"{value['rate']} {value['rate_unit']}")
    if value["share"]:
        words.append(f"{Decimal(value['share']) * 100:f}%")
    return " · ".join(word for word in words if word)


def _wan(amount: str, *, approx: bool) -> str:
    return _("%(amount)s × 10,000 yuan") % {"amount": show_wan(Decimal(amount), approx=approx)}
