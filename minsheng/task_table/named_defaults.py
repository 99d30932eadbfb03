"""What many rows name in their content only, taken by a person in one step: the dates as deadlines, the amounts as
funding. Each row gets its own; what is taken was shown, and is the person's word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from departments import audit, language
from departments.errors import DomainError
from departments.models import User
from minsheng.task_table import record
from minsheng.task_table.corrections import standing
from minsheng.task_table.defaults import ANY, Shown, keep_defaults, without_deadline
from minsheng.task_table.held import lock
from minsheng.task_table.in_content import DAY, MONEY
from minsheng.task_table.models import ImportBatch, StagedRow
from minsheng.task_table.parsers.deadline import Deadline
from minsheng.task_table.parsers.money_lines import Funding
from minsheng.task_table.parsers.named import day_of, money_of, stand_in
from minsheng.task_table.parsers.own_level import level_of
from minsheng.task_table.spoken import Words, spoken
from minsheng.task_table.steps import put
from projects.rules.deadlines import check_deadline

Values = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """``words`` are those of the content, ``values`` what they are as a correction of ``part``."""

    row: StagedRow
    words: str
    part: str
    values: Values

    def taken(self, words: Words) -> str:
        """What is taken, in words."""
        return str(self.values["deadline"]) if self.part == "deadline" else spoken(self.part, self.values, words)


def days_named(batch: ImportBatch, rows: list[StagedRow]) -> list[Named]:
    """Rows without a deadline whose content names one day by which all is done, and nobody said anything of it."""
    found = []
    for row in rows:
        words = _named(row, DAY)
        read = day_of(words, year=batch.year) if words and without_deadline(row) else None
        if read is not None and _can_be(batch, read):
            found.append(Named(row, words, "deadline", _of_day(read)))
    return found


def money_named(batch: ImportBatch, rows: list[StagedRow]) -> list[Named]:
    """Rows without funding whose content states amounts, and nobody said anything of it."""
    level = level_of(batch.document.get("title", ""))
    found = []
    for row in rows:
        words = _named(row, MONEY)
        read = money_of(words, year=batch.year, level=level) if words and without_money(row) else None
        if read is not None:
            found.append(Named(row, words, "money", _of_money(read)))
    return found


def without_money(row: StagedRow) -> bool:
    """Whether neither the table nor a person says anything of money."""
    return (
        row.is_in
        and not row.corrections.get("money", {}).get("values")
        and not row.reading.get("funding")
        and not row.reading.get("funding_totals")
        and not any(key.startswith("funding_") for key in row.accepted)
    )


@transaction.atomic
def default_days(batch: ImportBatch, *, by: User | None, shown: Shown = ANY) -> int:
    """The day that the content names is the deadline of each row that has one; how many took it.

    Raises ``Conflict`` where other rows have one than were ``shown``.
    """
    with language.of_the_office():
        note = _("Named in the content: taken for all such rows by %(person)s when it was imported.")
        note %= {"person": audit.signature(by) or _("the office")}
    return _take(batch, days_named, {"deadline_note": note}, by=by, shown=shown)


@transaction.atomic
def default_money(batch: ImportBatch, *, by: User | None, shown: Shown = ANY) -> int:
    """The amounts that the content states are the funding of each row that has such; how many took them.

    Raises ``Conflict`` where other rows have such than were ``shown``.
    """
    return _take(batch, money_named, {}, by=by, shown=shown)


_Of = Callable[[ImportBatch, list[StagedRow]], list[Named]]
DEFAULTS: Final = {"days": default_days, "amounts": default_money}  # as the page calls them


def _take(batch: ImportBatch, named: _Of, more: Values, *, by: User | None, shown: Shown) -> int:
    locked = lock(batch, {ImportBatch.State.STAGED}, sheet=shown.sheet)
    found = named(locked, list(locked.rows.order_by("position")))
    rows = [one.row for one in found]
    shown.refuse_others(locked, rows)
    said = []
    for one in found:
        values = one.values | more
        said.append(record.Said(one.row.row, one.part, standing(one.row, one.part), values))
        put(one.row, one.part, values, by=by)
    keep_defaults(locked, rows, said, ["corrections"], by=by)
    return len(rows)


def _named(row: StagedRow, code: str) -> str:
    """What the reader found in the content, as long as it stands there still."""
    words = next((str(one["params"]["text"]) for one in row.reading["issues"] if one["code"] == code), "")
    if not words or "content" not in row.corrections:
        return words
    return words if stand_in(words, str(standing(row, "content")["content"])) else ""


def _can_be(batch: ImportBatch, read: Deadline) -> bool:
    try:
        check_deadline(read.day, year=batch.year)
    except DomainError:
        return False
    return True


def _of_day(read: Deadline) -> Values:
    return {
        "deadline": read.day.isoformat() if read.day else None,
        "deadline_precision": read.precision,
        "deadline_firm": read.firm,
        "deadline_note": "",
        "deadline_status": "ok",
    }


def _of_money(read: Funding) -> Values:
    return {
        "funding": [msgspec.to_builtins(line) for line in read.lines],
        "funding_totals": [msgspec.to_builtins(total) for total in read.totals],
    }
