"""What people say of an update, field by field, and how two meet who say it at once.

A page tells of each of its fields what stood and what it showed (``Seen``): what it merely proposed stands nowhere yet.
What one of two changed since is taken; what both changed differently is a clash, which a person settles. Nothing is
overwritten unseen. Pure functions, but for ``others``, which asks the record who said what stands.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from departments import clock
from departments.models import User
from minsheng.task_table.again.carried import MATCH
from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.again.pictures import PARTS
from minsheng.task_table.models import ImportBatch
from minsheng.task_table.others import Other

# Of rows of the sheet: take-3-content, back-3-leader, month-3, match-3. Of sub-items that are missing: gone-7-act.
TAKE, BACK, MONTH, GONE = "take", "back", "month", "gone"
WHOLE: Final = ("reason", "document")  # of the update as a whole
Seen = Mapping[str, tuple[Any, Any]]  # name of a field → what stood, and what the page showed


@dataclass(frozen=True)
class Said:
    """What a person says of a row: parts that stay as they are, parts that go back to what the table has as before,
    and the month from which units hold.
    """

    refused: Collection[str] = ()
    set_back: Collection[str] = ()
    month: date | None = None


@dataclass(frozen=True)
class Gone:
    """What a person says of a sub-item that the table no longer names."""

    act: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Decisions:
    """What a person says of the rows and missing sub-items he has before him, and of the update as a whole."""

    rows: Mapping[int, Said] = field(default_factory=dict)
    missing: Mapping[int, Gone] = field(default_factory=dict)
    reason: str = ""
    document: str = ""

    def fields(self) -> dict[str, Any]:
        """The same by the names of fields."""
        found: dict[str, Any] = {}
        for row, one in self.rows.items():
            found |= {f"{TAKE}-{row}-{part}": part not in one.refused for part in PARTS}
            found |= {f"{BACK}-{row}-{part}": part in one.set_back for part in PARTS}
            found[f"{MONTH}-{row}"] = one.month.isoformat() if one.month else ""
        for pk, gone in self.missing.items():
            found |= {f"{GONE}-{pk}-act": gone.act, f"{GONE}-{pk}-reason": plain(gone.reason)}
        return {**found, "reason": plain(self.reason), "document": plain(self.document)[:200]}


@dataclass(frozen=True)
class Kept:
    """What became of what a person said: ``clashes`` wait for him, ``theirs`` he left and others changed."""

    update: TableUpdate
    clashes: list[Other] = field(default_factory=list)
    theirs: list[Other] = field(default_factory=list)


@dataclass(frozen=True)
class Merged:
    """Fields by name: what is to be put, what clashes, and what others changed while it was left as it was shown."""

    values: dict[str, Any]
    clashes: list[str]
    theirs: list[str]


def stands(update: TableUpdate, name: str) -> Any:
    """What was said of the field so far; of a match or a month that nobody said, nothing."""
    kind, _dash, rest = name.partition("-")
    if kind == GONE:
        pk, _dash, what = rest.partition("-")
        return update.missing.get(pk, {}).get(what, "")
    if kind in WHOLE:
        return getattr(update, name)
    row, _dash, part = rest.partition("-")
    said = update.rows.get(row, {})
    if kind == TAKE:
        return part not in said.get("refused", ())
    if kind == BACK:
        return part in said.get("set_back", ())
    return said.get(MONTH, "") if kind == MONTH else said.get(MATCH)


def put(update: TableUpdate, name: str, value: Any) -> None:
    """Put ``value`` in the field's place. What was said of another match of a row holds no longer."""
    kind, _dash, rest = name.partition("-")
    if kind == GONE:
        pk, _dash, what = rest.partition("-")
        update.missing[pk] = {"act": "", "reason": "", **update.missing.get(pk, {}), what: value}
        return
    if kind in WHOLE:
        setattr(update, name, value)
        return
    row, _dash, part = rest.partition("-")
    said = dict(update.rows.get(row, {}))
    if kind == TAKE:
        _list(said, "refused", part, there=not value)
    elif kind == BACK:
        _list(said, "set_back", part, there=value)
    elif kind == MONTH:
        said = {key: one for key, one in said.items() if key != MONTH} | ({MONTH: value} if value else {})
    else:
        said = {} if value is None else {MATCH: value}
    update.rows[row] = said
    if not said:
        del update.rows[row]


def merge(update: TableUpdate, said: Mapping[str, Any], seen: Seen | None) -> Merged:
    """What is ``said`` by the name of its field, onto what stands. Without ``seen`` all of it counts."""
    if seen is None:
        return Merged({name: value for name, value in said.items() if value != stands(update, name)}, [], [])
    other_match = [name for name, (stood, _shown) in seen.items() if _is_match(name) and stands(update, name) != stood]
    moot = {name.partition("-")[2] for name in other_match if name not in said}  # it is about another sub-item now
    values, clashes = {}, []
    theirs = [name for name in other_match if name not in said]
    for name, value in said.items():
        now = stands(update, name)
        if name not in seen or value == now or _row_of(name) in moot:
            continue
        stood, shown = seen[name]
        if now == stood:
            values[name] = value
        elif value == shown:
            theirs.append(name)
        else:
            clashes.append(name)
    return Merged(values, clashes, theirs)


def place(name: str) -> tuple[int | None, str]:
    """The row of the sheet a field is of, and what it is called in the record."""
    kind, _dash, rest = name.partition("-")
    if kind == GONE or kind in WHOLE:
        return None, name
    row, _dash, part = rest.partition("-")
    return int(row), f"{kind}-{part}" if part else kind


def others(update: TableUpdate, merged: Merged, said: Mapping[str, Any], *, by: User | None) -> Kept:
    """Who said what stands in the fields that clash, and in those that only others changed. One query, or none."""
    names = [*merged.clashes, *merged.theirs]
    if not names:
        return Kept(update)
    last = _last(update.batch, names)

    def told(name: str) -> Other:
        row, part = place(name)
        who, by_pk, at = last.get((row, part)) or last.get((row, MATCH)) or ("", None, None)
        when = f"{clock.local(at):%m-%d %H:%M}" if at else ""
        own = by is not None and by_pk == by.pk
        return Other(name, said.get(name), stands(update, name), who, when, own)

    return Kept(update, [told(name) for name in merged.clashes], [told(name) for name in merged.theirs])


def _last(batch: ImportBatch, names: Iterable[str]) -> dict[tuple[int | None, str], tuple[str, int | None, Any]]:
    parts = {place(name)[1] for name in names} | {MATCH}
    found = batch.decisions.filter(part__in=parts).order_by("version", "pk")
    return {(row, part): (who, by, at) for row, part, who, by, at in found.values_list(*_RECORD)}


_RECORD: Final = ("row", "part", "by_name", "by_id", "at")


def _list(said: dict[str, Any], name: str, part: str, *, there: bool) -> None:
    parts = {*said.pop(name, ())} - {part} | ({part} if there else set())
    if parts:
        said[name] = sorted(parts)


def _is_match(name: str) -> bool:
    return name.startswith(f"{MATCH}-")


def _row_of(name: str) -> str:
    kind, _dash, rest = name.partition("-")
    return rest.partition("-")[0] if kind in {TAKE, BACK, MONTH} else ""


def plain(text: str) -> str:
    """However a line ends."""
    return text.replace("\r\n", "\n").strip()
