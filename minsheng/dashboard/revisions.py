"""What a revision of the plan changed, field by field, in words. Pure functions over loaded rows.

``changes`` maps a field to its old and new value: a pair, or an object with ``old`` and ``new``. Values are JSON:
dates and amounts as text, parts of the plan (targets, responsibilities, …) as lists of objects.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from minsheng.dashboard import words
from projects.models import Responsibility, SubItem, SubItemRevision

# Parts of the plan that are no field of a sub-item.
PARTS: Final[dict[str, Promise]] = {
    "project": gettext_lazy("Project"),
    "deliverables": gettext_lazy("Deliverables"),
    "targets": gettext_lazy("Targets"),
    "responsibilities": gettext_lazy("Responsibility"),
    "funding": gettext_lazy("Money"),
    "milestones": gettext_lazy("Milestones"),
    "from_month": gettext_lazy("From month"),
}
# Of an object in a list, what a person calls it by, and what else is said of it.
NAMES: Final = ("text", "name", "stated_as", "use")
BESIDE: Final[dict[str, Promise]] = {
    "due_on": gettext_lazy("planned for"),
    "done_on": gettext_lazy("reached on"),
    "weight": gettext_lazy("weight"),
    "planned": gettext_lazy("planned"),
    "amount": gettext_lazy("amount"),
}


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


def changes_of(revision: SubItemRevision) -> list[Change]:
    """Old and new value of each field that changed, the fields called as the page calls them."""
    changes = revision.changes if isinstance(revision.changes, dict) else {}
    return list(_changes(sorted(changes.items(), key=lambda item: _place(item[0]))))


def _place(field: str) -> int:
    """Where a field stands among those of a sub-item and the parts of its plan: the database keeps no order."""
    order = [*(one.name for one in SubItem._meta.concrete_fields), *PARTS]
    return order.index(field) if field in order else len(order)


def _changes(items: Any) -> Iterator[Change]:
    for field, value in items:
        old, new = _pair(value)
        yield Change(label_of(field), _words(field, old), _words(field, new))


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, dict):
        return value.get("old"), value.get("new")
    if isinstance(value, list | tuple) and len(value) == 2:
        return value[0], value[1]
    return None, value


def label_of(field: str) -> str:
    """What the page calls a field of a sub-item or a part of its plan."""
    if field in PARTS:
        return str(PARTS[field])
    try:
        return capfirst(str(getattr(SubItem._meta.get_field(field), "verbose_name", field)))
    except FieldDoesNotExist:
        return field


def _words(field: str, value: Any) -> str:
    if value is None or value == "" or value in ([], {}):
        return words.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(_words("", one) for one in value)
    if isinstance(value, dict):
        return _object(value)
    if field == "from_month":
        return words.kept_month(value)
    return _choice(field, str(value))


def _object(value: dict[str, Any]) -> str:
    """``①新增托位452个``: an object of the plan by its name; one without a name with all it says."""
    name = next((str(value[key]) for key in NAMES if value.get(key)), "")
    if not name:
        return "; ".join(f"{key}: {_words('', one)}" for key, one in value.items() if one not in (None, "", [], {}))
    beside = [f"{word} {value[key]}" for key, word in BESIDE.items() if value.get(key)]
    marker = str(value.get("marker") or "")
    return " ".join([_with_part(marker + name, value), *beside])


def _with_part(name: str, value: dict[str, Any]) -> str:
    """Of a responsibility, the unit and which part it has."""
    role = str(value.get("role") or "")
    if role not in Responsibility.Role.values:
        return name
    part = _("filing unit") if value.get("files") else Responsibility.Role(role).label
    return pgettext("a unit and its part", "%(name)s (%(part)s)") % {"name": name, "part": part}


def _choice(field: str, value: str) -> str:
    """The word of a choice (建设, 按百分比), else the value itself."""
    try:
        choices = getattr(SubItem._meta.get_field(field), "flatchoices", []) if field else []
    except FieldDoesNotExist:
        choices = []
    return next((str(word) for key, word in choices if key == value and word), value)
