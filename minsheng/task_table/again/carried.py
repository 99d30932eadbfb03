"""What people said of the rows of an update, where the table is read again: only of rows that are still the same."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.carry import Lost
from minsheng.task_table.models import ImportBatch, StagedRow

MATCH: Final = "match"  # the part that is lost
_NAMED: Final = ("serial", "project", "content")  # what a row is matched by
_BESIDE: Final = {"source", "issues"}  # where it stands and what is asked of it: no difference hangs on it


def carry_said(batch: ImportBatch, pairs: Sequence[tuple[StagedRow, StagedRow]], *, same_sheet: bool) -> list[Lost]:
    """Keep of what was said of the old rows what holds of those they are ``pairs`` with; what does not.

    Which sub-item a row is holds while it is named as before, what of its differences is taken while all of it is read
    as before. Of another sheet nothing holds, nor what becomes of sub-items that are missing.
    """
    update = TableUpdate.objects.filter(batch=batch).first()
    if update is None:
        return []
    now = {old.row: (old.reading, new) for old, new in pairs}
    rows, lost = {}, []
    for key, said in sorted(update.rows.items(), key=lambda one: int(one[0])):
        before, new = now.get(int(key), (None, None))
        kept = _kept(said, before, new.reading) if before is not None and new is not None else {}
        number = new.row if new is not None else int(key)
        if kept:
            rows[str(number)] = kept
        if kept != said:
            lost.append(Lost(number, MATCH, None, ""))
    update.rows = rows
    if not same_sheet:
        update.missing = {}
    update.save(update_fields=["rows", "missing"])
    return lost


def _kept(said: dict[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    if any(old[name] != new[name] for name in _NAMED):
        return {}
    names = (old.keys() | new.keys()) - _BESIDE
    whole = all(old.get(name) == new.get(name) for name in names)
    return {name: value for name, value in said.items() if whole or name == MATCH}
