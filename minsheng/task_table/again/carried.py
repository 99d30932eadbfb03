"""What people said of the rows of an update, where the table is read again: only of rows that are still the same."""

from collections.abc import Sequence
from typing import Any, Final

from minsheng.task_table.again.models import TableUpdate
from minsheng.task_table.carry import Lost
from minsheng.task_table.models import ImportBatch, StagedRow

MATCH: Final = "match"  # the part that is lost
_NAMED: Final = ("serial", "project", "content")  # what a row is matched by
_BESIDE: Final = {"source", "issues"}  # where it stands and what is asked of it: no difference hangs on it


def carry_said(batch: ImportBatch, old: Sequence[StagedRow], fresh: Sequence[StagedRow]) -> list[Lost]:
    """Keep of what was said of the ``old`` rows what holds of the ``fresh`` ones; what does not.

    Which sub-item a row is holds while it is named as before, what of its differences is taken while all of it is read
    as before. Without ``fresh`` rows (another sheet) nothing holds, nor what becomes of sub-items that are missing.
    """
    update = TableUpdate.objects.filter(batch=batch).first()
    if update is None:
        return []
    before, now = ({row.row: row.reading for row in rows} for rows in (old, fresh))
    rows, lost = {}, []
    for key, said in sorted(update.rows.items(), key=lambda one: int(one[0])):
        kept = _kept(said, before.get(int(key)), now.get(int(key)))
        if kept:
            rows[key] = kept
        if kept != said:
            lost.append(Lost(int(key), MATCH, None, ""))
    update.rows = rows
    if not fresh:
        update.missing = {}
    update.save(update_fields=["rows", "missing"])
    return lost


def _kept(said: dict[str, Any], old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    if old is None or new is None or any(old[name] != new[name] for name in _NAMED):
        return {}
    names = (old.keys() | new.keys()) - _BESIDE
    whole = all(old.get(name) == new.get(name) for name in names)
    return {name: value for name, value in said.items() if whole or name == MATCH}
