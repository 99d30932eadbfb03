"""What an audit event says besides its action: one readable line for each fact, never a key or a structure of code."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from departments.language import listed
from minsheng.dashboard import revisions
from minsheng.dashboard.words import kept_month
from minsheng.office import words
from minsheng.task_table.review_forms import MEANS

MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Line:
    """One fact of an event; ``old`` is ``None`` where nothing stood there before."""

    label: str | Promise
    new: str
    old: str | None = None


def lines_of(details: Mapping[str, Any], labels: Mapping[str, str | Promise] | None = None) -> list[Line]:
    """The facts of an event, what changed first; the rest in the order of ``words.FIELDS``.

    ``labels`` are what details are called of the kind of its object, before what they are called of any.
    """
    return list(_Reader({**words.FIELDS, **(labels or {})}).lines(details))


class _Reader:
    """Reads the details of one event; each method yields the lines of one detail."""

    def __init__(self, labels: Mapping[str, str | Promise]) -> None:
        self.labels = labels
        self.shapes: dict[str, Callable[[str, Any], Iterator[Line]]] = {
            "decisions": self._decided,
            "matches": self._rows,
            "rows": self._rows,
            "missing": self._gone,
            "header_map": self._columns,
            "shares": self._shares,
        }

    def lines(self, details: Mapping[str, Any]) -> Iterator[Line]:
        changed, added = (details.get(name) for name in ("changed", "added"))
        for name, value in _ordered(changed if isinstance(changed, dict) else {}):
            yield from self._change(name, value)
        if {"old", "new"} <= details.keys():
            yield from self._pair("", _("changed"), details["old"], details["new"])
        for name, value in _ordered({**(added if isinstance(added, dict) else {}), **details}):
            if name in words.HOLDERS or name in words.SILENT or value in ("", None, [], {}):
                continue
            yield from self.shapes.get(name, self._plain)(name, value)

    def label(self, name: str) -> str | Promise:
        return self.labels.get(name, name)

    def _plain(self, name: str, value: Any) -> Iterator[Line]:
        if name in ("programme", "unit", "group") and isinstance(value, int):
            return  # a key; the object of the event says its name
        yield Line(self.label(name), self.text(name, value))

    def _change(self, name: str, value: Any) -> Iterator[Line]:
        """Old and new value of a field; or, of a programme that was revised, what changed of one sub-item."""
        if isinstance(value, list) and len(value) == 2 and name in self.labels:
            yield from self._pair(name, self.label(name), *value)
        elif isinstance(value, list):
            yield Line(name, listed(revisions.label_of(str(part)) for part in value))
        else:
            yield Line(self.label(name), self.text(name, value))

    def _pair(self, name: str, label: str | Promise, old: Any, new: Any) -> Iterator[Line]:
        if any(isinstance(one, list) and any(isinstance(part, dict) for part in one) for one in (old, new)):
            yield from self._lists(old or [], new or [])
        else:
            yield Line(label, self.text(name, new), self.text(name, old))

    def _lists(self, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Line]:
        """Of two lists of named things: what came, what went, and what became otherwise."""
        before, after = ({str(one.get("name", "")): one for one in side} for side in (old, new))
        for name, one in after.items():
            if name not in before:
                yield Line(_("new"), self._object(one))
                continue
            for field, value in _ordered(one):
                was = before[name].get(field)
                if value != was:
                    label = format_lazy("{name} · {field}", name=name, field=self._part(field))
                    yield Line(label, self.text(field, value), self.text(field, was))
        for name, one in before.items():
            if name not in after:
                yield Line(_("taken away"), "", self._object(one))

    def _part(self, name: str) -> str | Promise:
        """What is said of a thing in a list."""
        return revisions.BESIDE.get(name) or self.label(name)

    def _object(self, one: Mapping[str, Any]) -> str:
        """A thing by its name, with what else is said of it."""
        said = [
            _("%(label)s %(value)s") % {"label": self._part(name), "value": self.text(name, value)}
            for name, value in _ordered(one)
            if name != "name" and value not in ("", None, [], {})
        ]
        name = str(one.get("name", ""))
        return listed([name, *said] if name else said)

    def _rows(self, name: str, value: Any) -> Iterator[Line]:
        """How many rows; or, row by row, what was said of each."""
        if not isinstance(value, dict):
            yield Line(self.label(name), self.text(name, value))
            return
        for row, said in sorted(value.items(), key=lambda item: (len(item[0]), item[0])):
            text = listed(_said(said)) if isinstance(said, dict) else _matched(said)
            if text:
                yield Line(_("row %(row)s") % {"row": row}, text)

    def _decided(self, name: str, value: Any) -> Iterator[Line]:
        """The answers themselves stand with the import; here, which rows had some."""
        rows: list[str] = sorted(map(str, value), key=lambda row: (len(row), row))
        yield Line(self.label(name), listed(rows))

    def _gone(self, _name: str, value: Any) -> Iterator[Line]:
        """What becomes of sub-items that the table no longer names, by their code."""
        for code, said in sorted(value.items()):
            yield Line(code, listed(filter(None, [self.text("act", said.get("act", "")), said.get("reason", "")])))

    def _columns(self, name: str, value: Any) -> Iterator[Line]:
        """Which column means what: A 序号、B 项目."""
        means = [
            f"{letter} {MEANS.get(meaning, MEANS['extra'])}" for letter, meaning in sorted(value.items()) if meaning
        ]
        yield Line(self.label(name), listed(means))

    def _shares(self, name: str, value: Any) -> Iterator[Line]:
        """A unit's shares, by the words of their target where they are kept."""
        said = [str(one) if key.isdecimal() else f"{key} {one}" for key, one in value.items() if one is not None]
        if said:
            yield Line(self.label(name), listed(said))

    def text(self, name: str, value: Any) -> str:
        """A value in words."""
        if value is None:
            return ""
        if value is True or value == "True":
            return _("yes")
        if value is False or value == "False":
            return _("no")
        if isinstance(value, list):
            return listed(self.text(name, one) for one in value)
        if isinstance(value, dict):
            return self._object(value)
        if MONTH.fullmatch(str(value)):
            return kept_month(str(value))
        return str(words.VALUES.get(name, {}).get(str(value), value))


def _ordered(details: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The database keeps no order of its own."""
    places = {name: place for place, name in enumerate(words.FIELDS)}
    return sorted(details.items(), key=lambda item: (places.get(item[0], len(places)), item[0]))


def _said(said: Mapping[str, Any]) -> Iterator[str]:
    """What a person decided on one row of an update."""
    if said.get("refused"):
        yield _("not taken: %(parts)s") % {"parts": listed(map(revisions.label_of, said["refused"]))}
    if said.get("month"):
        yield _("from %(month)s on") % {"month": kept_month(str(said["month"])[:7])}


def _matched(code: Any) -> str:
    """Which sub-item a row is: its code; none where a person said so or took it back."""
    if code is None:
        return _("open again")
    return _("a new sub-item") if code in (0, "new") else str(code)
