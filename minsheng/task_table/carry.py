"""What people said of a row, carried to another reading of it: field by field, where its cells are the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from minsheng.task_table.corrections import PART_OF, PARTS, correction, was_read
from minsheng.task_table.lengths import PREFIX
from minsheng.task_table.models import StagedRow
from minsheng.task_table.parsers.text import is_ditto, is_nothing, key
from minsheng.task_table.points import FILING

Reading = Mapping[str, Any]
# Which cells a value of the reading comes from; of the others it is the cell of the same name.
CELLS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("content",),
    "deliverables": ("content",),
    "targets": ("targets", "content", "project"),
    "deadline_precision": ("deadline",),
    "deadline_firm": ("deadline",),
    "deadline_note": ("deadline",),
    "deadline_text": ("deadline",),
    "deadline_status": ("deadline",),
    "funding_totals": ("funding",),
    "units": ("lead_units", "assisting_units"),
}
_UNITS: Final = ("lead_units", "assisting_units")
# They come from several columns, of which the cells do not tell.
_BY_VALUE: Final = {"funding", "funding_totals", "extra"}


@dataclass(frozen=True)
class Lost:
    """What somebody said of a row and does not hold of its new reading; ``values`` of a correction, to use again.

    ``elsewhere``: the number of the row is that of another one now, so there is nothing to use it on.
    """

    row: int
    part: str
    values: dict[str, Any] | None
    by_name: str
    elsewhere: bool = False


def same_source(old: Reading, new: Reading, name: str) -> bool:
    """Whether two readings have the value ``name`` from cells of the same text, wherever these stand.

    A cell that says nothing of its own (blank, 同上, no column at all) is filled from elsewhere: then the values count.
    """
    texts = [_texts(reading, name) for reading in (old, new)]
    if texts[0] != texts[1]:
        return False
    if name not in _BY_VALUE and all(texts[0]):
        return True
    names = _UNITS if name == "units" else (name,)
    return all(_plain(old.get(one)) == _plain(new.get(one)) for one in names)


def _texts(reading: Reading, name: str) -> list[str]:
    cells = (reading["source"].get(field, {}) for field in CELLS.get(name, (name,)))
    texts = (str(cell.get("text", "")) for cell in cells)
    return ["" if is_nothing(text) or is_ditto(text) else key(text) for text in texts]


def _plain(value: Any) -> Any:
    return key(value) if isinstance(value, str) else value


def carry(old: StagedRow, new: StagedRow) -> list[Lost]:
    """Put on ``new`` what was said of ``old``; what could not be."""
    lost = [one for part in PARTS if (one := _carry_part(old, new, part))]
    same = {part for part in PARTS if all(same_source(old.reading, new.reading, name) for name in PARTS[part])}
    whole = same == set(PARTS)
    codes = {issue["code"]: PART_OF.get(issue["field"], "") for issue in new.reading["issues"]}
    for point, answer in old.accepted.items():
        code = point.rpartition(".")[0]
        part = "units" if point.startswith("name.") else codes.get(code, "")
        if point.startswith(PREFIX):  # of this very text; of another one it is asked anew
            part = point.split(".")[1]
        if part in same or (not part and whole and code in codes):
            new.accepted[point] = answer
        elif code in codes or point.startswith("name."):
            lost.append(Lost(old.row, point, None, str(answer.get("by_name", ""))))
    if whole:
        new.left_out = old.left_out
    elif old.left_out:
        lost.append(Lost(old.row, "row", None, str(old.left_out.get("by_name", ""))))
    if "units" in same:
        new.decisions = old.decisions
    elif old.decisions:
        lost.append(Lost(old.row, FILING, None, ""))
    return lost


def _carry_part(old: StagedRow, new: StagedRow, part: str) -> Lost | None:
    """The values of a correction that differ from what was read hold where their cells are the same."""
    found = old.corrections.get(part)
    if not found or found.get("values") is None:
        return None
    read, fresh, values = was_read(old, part), was_read(new, part), found["values"]
    said = {name for name in values if values[name] not in (read.get(name), fresh.get(name))}
    if part == "units" and said:
        said |= set(PARTS["units"])  # names and what they mean go together
    kept = {name for name in said if same_source(old.reading, new.reading, name)}
    if part in ("units", "deadline") and kept != said:
        kept = set()
    if kept:
        now = fresh | {name: values[name] for name in kept}
        new.corrections = {**new.corrections, part: {**found, "values": now}}
    return None if kept == said else Lost(old.row, part, values, str(found.get("by_name", "")))


def all_lost(old: StagedRow) -> list[Lost]:
    """What was said of a row that is no longer there."""
    lost = [
        Lost(old.row, part, found["values"], str(found.get("by_name", "")))
        for part in PARTS
        if (found := correction(old, part))
    ]
    lost += [Lost(old.row, point, None, str(answer.get("by_name", ""))) for point, answer in old.accepted.items()]
    if old.decisions:
        lost.append(Lost(old.row, FILING, None, ""))
    if old.left_out:
        lost.append(Lost(old.row, "row", None, str(old.left_out.get("by_name", ""))))
    return lost


def says_nothing_new(old: StagedRow, new: StagedRow, part: str, names: Iterable[str]) -> bool:
    """Whether of these values of a part nothing was said of the new row that was not said of the old one."""
    if part == "units" and new.decisions and new.decisions != old.decisions:
        return False
    if part not in new.corrections:
        return True
    mine, theirs = correction(new, part), correction(old, part)
    if mine is None:  # taken back: what was read is to stand
        return theirs is None
    read = was_read(new, part)
    return all(
        mine["values"].get(name) in (read.get(name), theirs["values"].get(name) if theirs else read.get(name))
        for name in names
    )


def pairs_of(old: Sequence[StagedRow], new: Sequence[StagedRow]) -> list[tuple[StagedRow, StagedRow]]:
    """Rows of two tables that say the same: all of it, content and project, the content, or at least their name.

    Each time only where nothing else says so; what was said is carried by equal cells only, and shown in the review.
    """
    found: list[tuple[StagedRow, StagedRow]] = []
    old, new = list(old), list(new)
    for names in (("serial", "project", "content"), ("project", "content"), ("content",), ("serial", "project")):
        one_of = _by(old, _mark(names))
        pairs = [(one_of[mark], row) for mark, row in _by(new, _mark(names)).items() if mark in one_of]
        found += pairs
        taken = {id(row) for pair in pairs for row in pair}
        old, new = ([row for row in rows if id(row) not in taken] for rows in (old, new))
    return found


def _mark(names: Iterable[str]) -> Callable[[StagedRow], tuple[str, ...]]:
    return lambda row: tuple(key(str(row.reading.get(name) or "")) for name in names)


def _by(rows: Sequence[StagedRow], mark: Callable[[StagedRow], tuple[str, ...]]) -> dict[tuple[str, ...], StagedRow]:
    """Rows by their mark, where it is theirs alone."""
    marks = [mark(row) for row in rows]
    count = Counter(marks)
    return {one: row for one, row in zip(marks, rows, strict=True) if count[one] == 1 and any(one)}
