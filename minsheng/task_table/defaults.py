"""What is missing in many rows of a staged table, said once: a person's word, kept as such in each of them.

Where a person said something of the part already, that stands. From when the work counts is no matter of the table: a
sub-item begins with its programme, whose settings say when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments import audit, language
from departments.bulk import update_rows
from departments.errors import Conflict, DomainError
from departments.models import User
from minsheng.task_table import compose, record
from minsheng.task_table.answers import pending_units
from minsheng.task_table.corrections import correction, standing, was_read
from minsheng.task_table.decisions import rows_to_choose
from minsheng.task_table.held import lock
from minsheng.task_table.match import resolver_of
from minsheng.task_table.models import ImportBatch, ImportDecision, StagedRow
from minsheng.task_table.row_spans import RowSpans
from minsheng.task_table.spoken import KINDS
from minsheng.task_table.steps import put
from projects.models import SubItem
from projects.rules.deadlines import check_deadline
from projects.rules.responsible import eligible

Step = ImportDecision.Step
OTHER: Final = SubItem.Kind.OTHER.value
LONGEST_CATEGORY: Final = 120


@dataclass(frozen=True)
class Shown:
    """What a person had before him who says a default: the sheet, the batch's version, and of which rows the page said
    that they lack it. What the page did not tell is none.
    """

    sheet: str | None = None
    version: int | None = None
    rows: RowSpans | None = None

    def refuse_others(self, batch: ImportBatch, rows: Sequence[StagedRow]) -> None:
        """Raise ``Conflict`` where the word would fall on one of ``rows`` that was not before him."""
        again = batch.decisions.filter(step=Step.REREAD)
        read_again = self.version is not None and again.filter(version__gt=self.version).exists()
        count = len(rows)
        if read_again or (self.rows is not None and any(row.row not in self.rows for row in rows)):
            raise Conflict(
                ngettext(
                    "The table changed meanwhile: %(count)s row lacks it by now. Look at it, then take it again.",
                    "The table changed meanwhile: %(count)s rows lack it by now. Look at them, then take it again.",
                    count,
                )
                % {"count": count}
            )


ANY: Final = Shown()


@transaction.atomic
def default_deadline(batch: ImportBatch, day: date, *, by: User | None, shown: Shown = ANY) -> int:
    """The deadline of every row that names none: a person's word, and the plan says so; how many rows took it.

    Raises ``DomainError`` for a day that cannot be right, ``Conflict`` where other rows lack it than were ``shown``.
    """
    locked = lock(batch, {ImportBatch.State.STAGED}, sheet=shown.sheet)
    check_deadline(day, year=locked.year)
    with language.of_the_office():
        note = _("The table names none: set for all rows alike by %(person)s when it was imported.")
        note %= {"person": audit.signature(by) or _("the office")}
    values = {
        "deadline": day.isoformat(),
        "deadline_precision": "year" if (day.month, day.day) == (12, 31) else "day",
        "deadline_firm": True,
        "deadline_note": note,
        "deadline_status": "ok",
    }
    rows = [row for row in locked.rows.order_by("position") if without_deadline(row)]
    shown.refuse_others(locked, rows)
    said = [record.Said(row.row, "deadline", standing(row, "deadline"), values) for row in rows]
    for row in rows:
        put(row, "deadline", values, by=by)
    keep_defaults(locked, rows, said, ["corrections"], by=by)
    return len(rows)


@transaction.atomic
def default_filing(batch: ImportBatch, *, by: User | None, shown: Shown = ANY) -> int:
    """The first of the units that may file, in their official order, on every row where a person must choose one."""
    locked = lock(batch, {ImportBatch.State.STAGED}, sheet=shown.sheet)
    order = [*resolver_of(locked.jurisdiction).labels, *pending_units(locked)]
    rows = [row for row in locked.rows.order_by("position") if row.is_in]
    people = compose.People(rows)
    open_rows = set(rows_to_choose(rows, people))
    changed, said = [], []
    for row in rows:
        among = {unit.pk for unit in eligible(people.stated(row)) or ()}
        first = next((pk for pk in order if pk in among), None)
        if row.row in open_rows and first is not None:
            before = row.decisions
            row.decisions = {"named": row.decisions.get("named", {}), "filing": first}
            changed.append(row)
            said.append(record.Said(row.row, "filing", before, row.decisions))
    shown.refuse_others(locked, changed)
    keep_defaults(locked, changed, said, ["decisions"], by=by)
    return len(changed)


def without_deadline(row: StagedRow) -> bool:
    """Whether neither the table nor a person names a date, nor says that there is none: “as read” is such a word."""
    return (
        row.is_in
        and not row.reading.get("deadline_text")
        and not row.corrections.get("deadline", {}).get("values")
        and not row.reading.get("deadline")
        and not any(key.startswith("deadline_") for key in row.accepted)
    )


@transaction.atomic
def default_kind(batch: ImportBatch, kind: str, *, by: User | None, shown: Shown = ANY) -> int:
    """The kind of work of every row whose content does not tell it: it decides the scheduled progress."""
    if kind not in KINDS or kind == OTHER:
        raise DomainError(_("Choose the kind of work."))
    return _default(batch, without_kind, "content", {"kind": kind}, by=by, shown=shown)


@transaction.atomic
def default_category(batch: ImportBatch, category: str, *, by: User | None, shown: Shown = ANY) -> int:
    """The category of every row that stands under none."""
    category = category.strip()
    if not 0 < len(category) <= LONGEST_CATEGORY:
        raise DomainError(_("Name the category, in at most %(count)s characters.") % {"count": LONGEST_CATEGORY})
    return _default(batch, without_category, "name", {"category": category}, by=by, shown=shown)


def without_kind(row: StagedRow) -> bool:
    """Whether the content does not tell what kind of work it is, and nobody said something of the content."""
    return row.is_in and correction(row, "content") is None and was_read(row, "content")["kind"] == OTHER


def without_category(row: StagedRow) -> bool:
    """Whether the row stands under no category, and nobody said something of its name."""
    return row.is_in and correction(row, "name") is None and not row.reading.get("category")


def _default(
    batch: ImportBatch,
    missing: Callable[[StagedRow], bool],
    part: str,
    values: dict[str, Any],
    *,
    by: User | None,
    shown: Shown,
) -> int:
    locked = lock(batch, {ImportBatch.State.STAGED}, sheet=shown.sheet)
    rows = [row for row in locked.rows.order_by("position") if missing(row)]
    shown.refuse_others(locked, rows)
    said = []
    for row in rows:
        before = was_read(row, part)
        put(row, part, before | values, by=by)
        said.append(record.Said(row.row, part, before, before | values))
    keep_defaults(locked, rows, said, ["corrections"], by=by)
    return len(rows)


def keep_defaults(
    batch: ImportBatch, rows: list[StagedRow], said: list[record.Said], fields: list[str], *, by: User | None
) -> None:
    """Keep what was said of these rows and of these fields of them, on record as one step."""
    if rows:
        update_rows(rows, fields)
        record.keep(batch, said, step=Step.DEFAULT, by=by)
