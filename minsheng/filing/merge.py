"""Two people at one draft: their changes meet field by field. Pure functions.

A form knows what each of its fields said when it was opened (``base_of``, by digest). What only one side changed since
is taken; what both changed differently is a clash, which a person settles. Nothing is overwritten unseen.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from funding.services.readings import STAGES, LineReading
from minsheng.filing.content import Content

MINE, THEIRS, JOINED = "mine", "theirs", "joined"
CHOICES: Final = (MINE, THEIRS, JOINED)
# Long texts: of two, both may be kept.
JOINABLE: Final = frozenset({"progress", "problems", "next_steps", "reason", "measure"})


@dataclass(frozen=True)
class Choice:
    """How a person settled a clash: which text he chose, and the digest of the other's text that he saw."""

    which: str
    seen: str


@dataclass(frozen=True)
class Opened:
    """What a form was opened with: its fields by digest, the form's own mark, and the clashes its writer settled.

    ``base`` is none where it is not known: then every field that differs is a clash.
    """

    base: Mapping[str, str] | None = None
    editor: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True)
class Merged:
    """``content`` holds what can be taken together, the present text where a field is in ``clashes``.

    ``theirs`` are fields that others changed meanwhile and this form did not.
    """

    content: Content
    clashes: list[str]
    theirs: list[str]


def flat(content: Content) -> dict[str, Any]:
    """The content by the names of its form's fields."""
    return {
        **content.text(),
        **{f"target_{key}": value for key, value in content.targets.items()},
        **{f"{stage}_{key}": getattr(one, stage) for key, one in content.money.items() for stage in STAGES},
    }


def digest(value: Any) -> str:
    """Short and stable: the same for 45 and 45.0, and whatever way a line ends.

    >>> (
    ...     digest(Decimal("45.0")) == digest(Decimal(45)),
    ...     digest("a\\r\\nb ") == digest("a\\nb"),
    ...     digest(None) == digest(""),
    ... )
    (True, True, True)
    """
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:16]


def base_of(content: Content) -> dict[str, str]:
    return {name: digest(value) for name, value in flat(content).items()}


def read_base(text: str) -> dict[str, str] | None:
    """The base as a form sends it back; none where it cannot be read.

    >>> read_base('{"percent": "ab"}'), read_base("["), read_base('{"percent": 1}')
    ({'percent': 'ab'}, None, None)
    """
    try:
        read = json.loads(text)
    except ValueError:
        return None
    well = isinstance(read, dict) and all(isinstance(value, str) for value in read.values())
    return read if well else None


def opened_after(opened: Opened, typed: Content, kept: Content, *, clashes: Collection[str] = ()) -> dict[str, str]:
    """The base of a form that stays open after saving: what it wrote, and elsewhere what it still shows.

    Of a field that clashes, and was left as it stood, what it began with: it goes on clashing until it is settled.
    """
    base, stands = dict(opened.base or {}), flat(kept)
    for name, value in flat(typed).items():
        if base.get(name) != digest(value) and name not in clashes:
            base[name] = digest(stands.get(name))
    return base


def merge(opened: Opened, present: Content, typed: Content, *, marks: Mapping[str, Mapping[str, str]]) -> Merged:
    """``typed`` in a form that was opened with ``opened``, onto what stands now.

    ``marks`` say of each field which form wrote it last: what a form wrote itself it may write again.
    """
    now, new = flat(present), flat(typed)
    values, clashes, theirs, mine = dict(now), [], [], []
    for name, value in new.items():
        stands = now.get(name)
        if digest(value) == digest(stands):
            continue
        choice = opened.choices.get(name)
        if choice is not None and choice.seen == digest(stands):
            values[name] = _chosen(choice, name, value, stands)
            mine.append(name)
        elif _untouched(opened, name, stands, marks):
            values[name] = value
            mine.append(name)
        elif opened.base is not None and opened.base.get(name) == digest(value):
            theirs.append(name)
        else:
            clashes.append(name)
    if _nil_clash(values, present, mine, theirs):
        clashes.append("is_nil")
    return Merged(_content(typed, values), clashes, theirs)


def _untouched(opened: Opened, name: str, stands: Any, marks: Mapping[str, Mapping[str, str]]) -> bool:
    if opened.base is None:
        return False
    own = bool(opened.editor) and marks.get(name, {}).get("form") == opened.editor
    return own or opened.base.get(name) == digest(stands)


def _nil_clash(values: Mapping[str, Any], present: Content, mine: list[str], theirs: list[str]) -> bool:
    """A nil report carries the last figures: it does not sweep away figures that the other one has just typed."""
    if not values["is_nil"]:
        return False
    return (present.is_nil and _figures(mine)) or ("is_nil" in mine and _figures(theirs))


def _figures(names: list[str]) -> bool:
    return any(name == "percent" or name[-1].isdigit() for name in names)


def _chosen(choice: Choice, name: str, mine: Any, theirs: Any) -> Any:
    if choice.which == THEIRS:
        return theirs
    if choice.which == JOINED and name in JOINABLE:
        return f"{theirs}\n{mine}".strip()
    return mine


def joined_too_long(opened: Opened, merged: Content, limit: int) -> list[str]:
    """Fields whose texts were to be joined, and are longer than ``limit`` together."""
    said = flat(merged)
    joined = (name for name, choice in opened.choices.items() if choice.which == JOINED and name in JOINABLE)
    return [name for name in joined if len(said.get(name) or "") > limit]


def _content(typed: Content, values: Mapping[str, Any]) -> Content:
    return replace(
        typed,
        **{name: values[name] for name in typed.text()},
        targets={key: values[f"target_{key}"] for key in typed.targets},
        money={key: LineReading(*(values[f"{stage}_{key}"] for stage in STAGES)) for key in typed.money},
    )


def _plain(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").strip()
